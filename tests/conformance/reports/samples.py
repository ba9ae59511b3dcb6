"""Runs of every kind, and what reports say of them: `python -m tests.conformance.reports.samples` writes the files."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

from binance_conformance.protocol import Capabilities, Client, Promise
from binance_conformance.reports import badge, html, junit
from binance_conformance.reports.table import Kit
from binance_conformance.results import CaseResult, CheckInfo, Level, RunResult, State, Step

GOLDEN = Path(__file__).parent / "golden"
KIT = Kit("1.0", frozenset({"faults.order-once", "numbers.plain-decimals", "signing.spaces"}))

ONCE = CheckInfo(
    "faults.order-once", "An order is placed once", Level.MUST, "Two positions instead of one.", ("F-901",), ("S-8",)
)
PLAIN = CheckInfo(
    "numbers.plain-decimals", "Numbers have no exponent", Level.SHOULD, "1e-7 is refused.", ("F-902",), ("S-30",)
)
SPACES = CheckInfo("signing.spaces", "Spaces are signed as sent", Level.MAY, "A refusal.", ("F-903",), ())
GONE = CheckInfo("faults.old-check", "A check of old", Level.MUST, "It was something.", ("F-904",), ())

STEPS = (
    Step("set", "fault unknown_503 (times=1)", {"fault": "unknown_503", "times": 1}),
    Step("call", "place_order symbol=BTCUSDT side=BUY", {"operation": {"op": "place_order"}}),
    Step(
        "arrived",
        "POST /api/v3/order?symbol=BTCUSDT&signature=ab12 -> 400 -1022 Signature for this request is not valid.",
        {
            "time": 1_700_000_000_000,
            "diagnosis": {
                "cause": "spaces",
                "summary": "A space was signed as +.",
                "signed": "a=+",
                "expected": "a=%20",
                "advice": "Sign it as sent.",
            },
        },
    ),
    Step("time", "the client sleeps 1000 ms", {"ms": 1000}),
    Step(
        "arrived",
        "POST /api/v3/order -> 429 -1003 (refused)",
        {"time": 1_700_000_001_000, "why": "The limit was reached."},
    ),
    Step("told", "refused -1022 (400)", {"outcome": "refused"}),
)


def client(name: str = "good-client", **more: Any) -> Client:
    can = Capabilities(venues=("spot", "usdm"), key_types=("hmac", "ed25519"), promises=(Promise.CLOCK_SYNC,))
    return Client(1, name, "2.3.4", "python", can, **more)


def case(check: CheckInfo, state: State, venue: str = "spot", **more: Any) -> CaseResult:
    key = more.get("key_type", "hmac")
    name = f"{check.id}@{venue}" + ("" if key == "hmac" else f"+{key}")
    return CaseResult(
        case=name, check=check.id, venue=venue, level=check.level, state=state, seconds=0.25,
        reproduce=f"binance-mock check --check {name} --trace -- ./driver", **{"key_type": key, **more},
    )  # fmt: skip


def run(*cases: CaseResult, **more: Any) -> RunResult:
    checks = {check.id: check for check in (ONCE, PLAIN, SPACES, GONE)}
    about: dict[str, Any] = {
        "kit": "1.0", "command": "./driver --fast", "started": "2026-01-02T03:04:05+00:00", "seconds": 1.5,
        "client": client(),
    }  # fmt: skip
    named = tuple(checks[id] for id in dict.fromkeys(each.check for each in cases))
    return RunResult(**{**about, "checks": named, "cases": cases, **more})


def failed(check: CheckInfo, venue: str = "spot", **more: Any) -> CaseResult:
    told = {"reason": "the order was placed twice", "expected": "one order", "found": "2 orders", "steps": STEPS}
    return case(check, State.FAILED, venue, **{**told, **more})


PASSED = run(
    case(ONCE, State.PASSED, steps=STEPS[1:2]),
    case(ONCE, State.PASSED, "usdm"),
    case(PLAIN, State.PASSED),
    case(SPACES, State.SKIPPED, reason="the client has no such operation"),
)
FAILED = run(
    failed(ONCE),
    case(ONCE, State.PASSED, "usdm"),
    failed(PLAIN, expectation="known-failing"),
    case(PLAIN, State.PASSED, "usdm", expectation="known-failing"),
    failed(SPACES, key_type="ed25519"),
    case(SPACES, State.ERROR, "usdm", reason="the kit: no such symbol"),
    client=client("bad-client", homepage="https://client.example"),
)
CRASHED = run(
    case(ONCE, State.PASSED),
    case(ONCE, State.ERROR, "usdm", reason="the driver exited with status 1", steps=STEPS[:2]),
    case(PLAIN, State.ERROR, reason="the driver exited with status 1"),
    fault="the driver exited with status 1",
    stderr="Traceback (most recent call last):\n  boom",
)
UNSTARTED = run(
    case(ONCE, State.ERROR, reason="there is no ./driver"), client=None, fault="there is no ./driver", seconds=0.0
)
FLAKY = run(
    case(
        ONCE, State.UNSTABLE, reason="it ended in different ways: too late", attempts=(State.PASSED, State.FAILED),
        expectation="known-flaky",
    ),
    case(ONCE, State.UNSTABLE, "usdm", reason="it ended in different ways", attempts=(State.FAILED, State.PASSED)),
    case(PLAIN, State.PASSED, expectation="known-flaky", attempts=(State.PASSED, State.PASSED)),
)  # fmt: skip
STALE = run(
    case(ONCE, State.PASSED), case(GONE, State.FAILED, reason="as ever"), kit="0.9", client=client("old-client")
)
EMPTY = run()

RUNS: dict[str, tuple[RunResult, ...]] = {
    "nothing": (),
    "empty": (EMPTY,),
    "passed": (PASSED,),
    "failed": (FAILED,),
    "crashed": (CRASHED,),
    "unstarted": (UNSTARTED,),
    "flaky": (FLAKY,),
    "stale": (STALE,),
    "matrix": (PASSED, FAILED, CRASHED, FLAKY, STALE, EMPTY),
}


def unpacked(page: str) -> list[Any]:
    """The evidence in a page, a client each."""
    found = re.findall(r'<script type="text/plain" id="evidence-\d+">([^<]*)</script>', page)
    return [json.loads(gzip.decompress(base64.b64decode(text))) for text in found]


def readable(page: str) -> str:
    """A page with its evidence unpacked, and without what does not depend on the runs."""
    for tag in ("style", "script"):
        page = re.sub(rf"<{tag}>.*?</{tag}>", f"<{tag}></{tag}>", page, flags=re.S)
    page = re.sub(r"sha256-[A-Za-z0-9+/=]*", "sha256", page)
    told = "\n".join(json.dumps(each, indent=1, ensure_ascii=False) for each in unpacked(page))
    page = re.sub(r'<script type="text/plain" id="(evidence-\d+)">[^<]*</script>', r"\1", page)
    return f"{page}\n{told}\n"


def texts() -> dict[str, str]:
    """What should stand in each file."""
    made = {}
    for name, runs in RUNS.items():
        made[f"{name}.html"] = readable(html.render(*runs, kit=KIT))
        made[f"{name}.xml"] = junit.render(*runs, kit=KIT)
        made[f"{name}.json"] = badge.render(*runs, kit=KIT)
    return made


if __name__ == "__main__":
    for name, text in texts().items():
        (GOLDEN / name).write_text(text, "utf-8")
