"""docs/ci.md and the Dockerfile: what can be run of them without Docker and without the service, is run.

The long test makes the image's two stages in folders: the wheel from the files that are copied, then its installation.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from .pages import ROOT, read, section
from .running import PORT, free_port, run_console, shell, stub

PAGE = "docs/ci.md"
TOKEN = "open-sesame"
COMPOSE = ("Compose", "TLS, for clients that keep their hosts")


# -- the workflow -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passes", [True, False])
def test_the_steps_of_the_workflow(tmp_path: Path, passes: bool) -> None:
    """In order, those of a failure only after one; as on the service each is a shell of its own."""
    port = free_port()
    job = yaml.safe_load(section(PAGE, "GitHub Actions").only("yaml"))["jobs"]["test"]
    stub(tmp_path, "pip", 'echo "pip $*"')
    stub(
        tmp_path,
        "npm",
        f"""
        test "$1" = test || exit 0
        curl --silent "$BINANCE_URL/api/v3/ticker/price?symbol={"BTCUSDT" if passes else "NOPE"}"
        {"exit 0" if passes else "exit 1"}""",
    )
    lines = ["failed=0"]
    for number, step in enumerate(step for step in job["steps"] if "run" in step):
        (tmp_path / f"step{number}.sh").write_text(step["run"].replace(PORT, port))
        wanted = "1" if step.get("if") == "failure()" else "0"
        assert step.get("if") in (None, "failure()")
        run = f"bash --noprofile --norc -e -o pipefail step{number}.sh"
        lines.append(f'if test "$failed" = {wanted}; then {run} || failed=1; fi')
    lines.append("echo failed=$failed")
    environment = {name: value.replace(PORT, port) for name, value in job["env"].items()}
    printed = shell("\n".join(lines), tmp_path, port, **environment)
    assert printed.startswith("pip install ./vendor/binance-mock\n")
    assert printed.endswith(f"failed={0 if passes else 1}\n")
    assert ('"symbol":"BTCUSDT"' in printed) == passes
    assert ("GET /api/v3/ticker/price  400  -1121 Invalid symbol." in printed) != passes
    assert "binance-mock 0.1.0 serves on" in (tmp_path / "mock.log").read_text()
    uploaded = [step["with"]["path"] for step in job["steps"] if "upload" in step.get("uses", "")]
    assert uploaded == ["mock.log"]


def test_the_control_calls(served_port: str, tmp_path: Path) -> None:
    run_console(section(PAGE, "GitHub Actions").only("console"), tmp_path, served_port)


# -- the image --------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """Those of the Dockerfile: the word, and the rest."""
    text = re.sub(r"\\\n", " ", read("Dockerfile"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def last(word: str) -> str:
    return [rest for name, rest in instructions() if name == word][-1]


def copied() -> list[str]:
    """What is copied from the checkout."""
    found = []
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            found += rest.split()[:-1]
    return found


def clean_checkout() -> list[str]:
    """The files that git knows, or is about to, as .dockerignore lets them through."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    rules = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    return [file for file in files if (ROOT / file).exists() and not _ignored(file, rules)]


def _ignored(file: str, rules: Sequence[str]) -> bool:
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        if pattern.startswith("**/"):
            fits = any(fnmatch(part, pattern[3:]) for part in Path(file).parts)
        else:
            fits = any(fnmatch(str(part), pattern) for part in (Path(file), *Path(file).parents) if str(part) != ".")
        if fits:
            ignored = not rule.startswith("!")
    return ignored


def below(file: str, folder: str) -> bool:
    return file == folder or file.startswith(f"{folder}/")


def test_everything_that_is_copied_is_in_a_clean_checkout() -> None:
    files = clean_checkout()
    assert copied()
    assert [name for name in copied() if not any(below(file, name) for file in files)] == []


def test_everything_that_the_wheel_is_made_of_is_copied() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    needed = [
        "pyproject.toml",
        project["project"]["readme"],
        *project["project"]["license-files"],
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
    ]
    assert [name for name in needed if not any(below(name, source) for source in copied())] == []


def test_nothing_but_what_is_copied_is_sent_to_the_builder() -> None:
    assert {file for file in clean_checkout() if not any(below(file, source) for source in copied())} == set()


def test_the_image_is_run_by_a_plain_user_on_the_default_port() -> None:
    from binance_mock.config import default_config

    names = [word for word, _ in instructions()]
    assert last("USER") == "mock"
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert last("EXPOSE") == str(default_config().server.port) == PORT


@contextmanager
def container(folder: Path, *options: str, python: str = sys.executable, token: str = TOKEN) -> Iterator[str]:
    """What the image runs, on a free port; gives that port."""
    entry, command = json.loads(last("ENTRYPOINT")), list(options) or json.loads(last("CMD"))
    port = free_port()
    words = [str(Path(python).with_name(entry[0])), *entry[1:], *command, "--json-logs", "--port", port]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE")}
    with subprocess.Popen(
        words, cwd=folder, stderr=subprocess.PIPE, text=True, env=kept | {"BINANCE_MOCK_TOKEN": token}
    ) as server:
        assert server.stderr is not None
        first = server.stderr.readline()
        assert first.startswith("{"), first + server.stderr.read()
        yield port
        server.terminate()
        server.stderr.read()
        assert server.wait(timeout=10) == 0


def is_healthy(words: Sequence[str], port: str, folder: Path, token: str = TOKEN) -> bool:
    """Whether a health check passes. It names ports and folders of the container."""
    assert words[0] == "python"
    script = words[-1].replace(f", {PORT},", f", {port},").replace(", 443,", f", {port},")
    script = script.replace("/certs/", f"{folder}/certs/")
    assert port in script
    environment = {**os.environ, "BINANCE_MOCK_TOKEN": token}
    ran = subprocess.run(
        [sys.executable, *words[1:-1], script], env=environment, capture_output=True, timeout=30, check=False
    )
    return ran.returncode == 0


def health_check() -> list[str]:
    words: list[str] = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    return words


def test_what_the_image_runs_and_its_health(tmp_path: Path) -> None:
    with container(tmp_path) as port:
        assert is_healthy(health_check(), port, tmp_path)
        assert not is_healthy(health_check(), port, tmp_path, token="another")
        run_console(section(PAGE, "Docker").only("console"), tmp_path, port)
    assert not is_healthy(health_check(), port, tmp_path)


def test_without_a_token_it_says_so() -> None:
    words = [*json.loads(last("ENTRYPOINT")), *json.loads(last("CMD"))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE")}
    command = [str(Path(sys.executable).with_name(words[0])), *words[1:]]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 2
    assert "--control-token" in ran.stderr


def test_the_lines_that_build_and_run(tmp_path: Path) -> None:
    stub(tmp_path, "docker", 'printf "%s\\n" "$*"')
    build, run = shell(section(PAGE, "Docker").only("sh"), tmp_path, PORT).splitlines()
    assert build == "build --tag binance-mock ."
    assert run.startswith("run ")
    assert run.endswith(" binance-mock")
    assert f"--publish {PORT}:{PORT} " in run
    assert f"--env BINANCE_MOCK_TOKEN={TOKEN} " in run


@pytest.mark.parametrize("heading", COMPOSE)
def test_the_services_of_a_compose_file(heading: str, tmp_path: Path) -> None:
    services: dict[str, Any] = yaml.safe_load(section(PAGE, heading).only("yaml"))["services"]
    mock, tests = services["binance"], services["tests"]
    assert tests["depends_on"] == {"binance": {"condition": "service_healthy"}}
    command = shlex.split(mock.get("command", "").replace("/certs", str(tmp_path / "certs")))
    (tmp_path / "certs").mkdir()
    with container(tmp_path, *command, token=mock["environment"]["BINANCE_MOCK_TOKEN"]) as port:
        check = mock["healthcheck"]["test"][1:] if "healthcheck" in mock else health_check()
        assert is_healthy(check, port, tmp_path)
        if "--tls" in command:
            (trusted,) = [name for name in tests["environment"].values() if name.startswith("/certs/")]
            ca = trusted.replace("/certs", str(tmp_path / "certs"))
            for host in mock["networks"]["default"]["aliases"]:
                there = ["--noproxy", "*", "--cacert", ca, "--resolve", f"{host}:{port}:127.0.0.1"]
                url = f"https://{host}:{port}/api/v3/ping"
                ran = subprocess.run(["curl", "-sS", *there, url], capture_output=True, text=True, check=False)
                assert (ran.stdout, ran.stderr) == ("{}", "")


@pytest.mark.long
def test_the_two_stages_of_the_image(tmp_path: Path) -> None:
    """The wheel is built of the copied files alone, and the environment holds nothing but what is installed."""
    source, wheels, environment = (tmp_path / name for name in ("source", "wheels", "environment"))
    for file in clean_checkout():
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, source / file)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    runs = [rest for word, rest in instructions() if word == "RUN"]
    (build,) = [line for line in runs if line.startswith("pip wheel ")]
    (install,) = [line.partition(" && ")[0] for line in runs if line.startswith("pip install ")]
    install = install.replace("/tmp/wheels", str(wheels)).replace("/tmp/constraints.txt", "constraints.txt")
    path = f"{environment / 'bin'}:{os.environ['PATH']}"
    for line in (build.replace("/wheels", str(wheels)), install):
        subprocess.run(["sh", "-c", line], cwd=source, env=os.environ | {"PATH": path}, check=True)
    with container(tmp_path, python=str(environment / "bin" / "python")) as port:
        assert is_healthy(health_check(), port, tmp_path)
