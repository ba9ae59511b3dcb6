"""Installs the real clients for their drivers: `make clients`. Who has no toolchain for a language goes without it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
CONSTRAINTS = HERE.parents[1] / "constraints.txt"


def run(folder: str, *command: str) -> None:
    """Run a command in a language's folder."""
    subprocess.run(command, cwd=HERE / folder, check=True)  # noqa: S603 - the commands below


def python() -> None:
    """Each client into a folder of its own; those that are there in the pinned version stay."""
    lines = (HERE / "python" / "requirements.txt").read_text().splitlines()
    for pinned in (line for line in lines if line and not line.startswith("#")):
        folder = HERE / "python" / ".installed" / pinned.partition("==")[0]
        stamp = folder / "installed.txt"
        if stamp.is_file() and stamp.read_text() == pinned:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run("python", *pip, "--constraint", str(CONSTRAINTS), "--target", str(folder), pinned)
        stamp.write_text(pinned)


def javascript() -> None:
    """What the lock names, without scripts of packages."""
    run("javascript", "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def go() -> None:
    """One program."""
    run("go", "go", "build", "-o", ".installed/driver", ".")


def java() -> None:
    """One archive, and beside it what it needs."""
    run("java", "mvn", "--quiet", "--batch-mode", "package")


def rust() -> None:
    """One program; a few minutes, for the SDK is large."""
    run("rust", "cargo", "build", "--quiet", "--release")


LANGUAGES: tuple[tuple[str, tuple[str, ...], Callable[[], None]], ...] = (
    ("Python", (), python),
    ("JavaScript", ("node", "npm"), javascript),
    ("Go", ("go",), go),
    ("Java", ("java", "mvn"), java),
    ("Rust", ("cargo",), rust),
)


def main(wanted: list[str]) -> int:
    """Install the clients of all languages, or of those that are named; 1 when something failed."""
    failed = False
    for language, tools, install in LANGUAGES:
        if wanted and language.lower() not in wanted:
            continue
        missing = [tool for tool in tools if shutil.which(tool) is None]
        if missing:
            print(f"{language}: left out, for {' and '.join(missing)} is missing")
            continue
        print(f"{language}: installing", flush=True)
        try:
            install()
        except subprocess.CalledProcessError as error:
            failed = True
            print(f"{language}: {error}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main([word.lower() for word in sys.argv[1:]]))
