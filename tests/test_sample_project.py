"""A project as users have it: its tests pass in every way of reaching the mock, in any order, and in parallel.

The quick tests use this environment. The long one builds the wheel and installs it, with nothing of this repository, in
an environment of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from binance_mock import Mock

ROOT = Path(__file__).parents[1]
PROJECT = Path(__file__).parent / "sample_project"
WAYS = ("fixture", "in-process", "interception")
PASSED = "12 passed"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, out of reach of this one's settings."""
    return Path(shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__", ".*")))


@pytest.fixture
def server() -> Iterator[Mock]:
    """A server that is not the project's own."""
    with Mock() as mock:
        yield mock


def run_tests(project: Path, *options: str, python: str = sys.executable) -> str:
    """What pytest prints; the test fails when one of the project's does."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("way", WAYS)
def test_in_this_environment(project: Path, way: str) -> None:
    assert PASSED in run_tests(project, "--way", way, "-p", "no:randomly")


@pytest.mark.parametrize("way", WAYS)
def test_in_another_order(project: Path, way: str) -> None:
    assert PASSED in run_tests(project, "--way", way, "-p", "no:xdist", "--randomly-seed=7")


def test_in_parallel(project: Path) -> None:
    assert PASSED in run_tests(project, "--way", "interception", "-n", "4")


@pytest.mark.parametrize("way", ["fixture", "interception"])
def test_against_a_server_of_its_own(project: Path, server: Mock, way: str) -> None:
    assert PASSED in run_tests(project, "--way", way, "--binance-url", server.url)
    assert list(server.worlds) == ["default"]
    assert len(server.requests) == 0


def test_the_bot_and_its_tests_know_nothing_of_the_mock() -> None:
    files = [file for file in PROJECT.rglob("*.py") if file.name != "conftest.py"]
    assert len(files) == 5
    assert [file.name for file in files if "mock" in file.read_text("utf-8").lower()] == []


@pytest.mark.long
def test_in_a_fresh_environment_with_the_wheel_alone(project: Path, tmp_path: Path) -> None:
    python = make_environment(tmp_path)
    for way in WAYS:
        for seed in (1, 2, 3):
            assert PASSED in run_tests(project, "--way", way, f"--randomly-seed={seed}", python=python)
        assert PASSED in run_tests(project, "--way", way, "-n", "4", python=python)
    with Mock() as server:
        assert PASSED in run_tests(project, "-n", "4", "--binance-url", server.url, python=python)


def make_environment(folder: Path) -> str:
    """A fresh environment that holds the wheel with its pytest extra, and what the project needs besides.

    Returns:
        its interpreter.
    """
    wheels = folder / "wheels"
    run("-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (wheel,) = wheels.glob("binance_mock-*.whl")
    run("-m", "venv", str(folder / "environment"))
    python = str(folder / "environment" / "bin" / "python")
    others = ["python-binance", "pytest-asyncio", "pytest-randomly", "pytest-xdist"]
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    run("-m", "pip", "install", "--quiet", *constraints, f"{wheel}[pytest]", *others, python=python)
    shown = run("-c", "import binance_mock, pytest_binance; print(binance_mock.__file__)", python=python)
    assert shown.startswith(str(folder))
    return python


def run(*arguments: str, python: str = sys.executable) -> str:
    done = subprocess.run([python, *arguments], cwd="/", capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
