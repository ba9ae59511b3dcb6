"""The measurements run, at a size that tells nothing about speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_engine_row_is_measured_and_written(tmp_path: Path) -> None:
    """Importing the command imports every measurement; one of them is run."""
    told = tmp_path / "told.json"
    done = subprocess.run(
        [
            sys.executable, "-m", "bench", "--quick", "--only", "engine", "--only", "reset", "--only", "marks",
            "--json", str(told),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    # 1 says that a goal is missed, which on a busy machine is no news.
    assert done.returncode in (0, 1), done.stderr
    engine, marks, reset = json.loads(told.read_text())["results"]
    assert marks["name"] == "marking 10,000 open positions"
    assert marks["ours"] > 0
    assert engine["name"] == "engine alone"
    assert engine["ours"] > 0
    assert reset["unit"] == "ms"
    assert all(row["verdict"] in ("ok", "short") for row in (engine, reset))
    assert engine["name"] in done.stdout


def test_an_unknown_row_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--only", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "stream-memory" in done.stderr


def test_the_own_generator_counts_what_the_server_answers(tmp_path: Path) -> None:
    """It takes the place of wrk where that is missing."""
    run = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from bench import load, traffic\n"
        "from bench.process import Server\n"
        "load.WRK = None\n"
        "file = traffic.write(Path(sys.argv[1]), [traffic.TIME, traffic.account()])\n"
        "bad = traffic.write(Path(sys.argv[1] + '.bad'), [traffic.get('/api/v3/nothing')])\n"
        "with Server('bench.servers.mock') as server:\n"
        "    print(json.dumps(load.put(server, file, 0.2)))\n"
        "    try:\n"
        "        load.put(server, bad, 0.2)\n"
        "    except RuntimeError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", run, str(tmp_path / "requests")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told, refused = done.stdout.splitlines()
    requests, seconds, cpu_us, _ = json.loads(told)
    assert requests > 10
    assert seconds > 0
    assert cpu_us > 0
    assert "refusals and 0 broken" in refused
