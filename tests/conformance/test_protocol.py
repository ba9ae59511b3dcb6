"""What the schema says of lines is what drivers and kit really write, and the documentation is up to date."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from binance_conformance import schema
from binance_conformance.operations import RESULTS, PlaceOrder, ServerTime, described, name_of
from binance_conformance.protocol import Call, Outcome, OutcomeKind
from binance_mock import Mock

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "conformance" / "drivers"


def test_the_documentation_is_up_to_date() -> None:
    for path, text in schema.files().items():
        assert path.read_text("utf-8") == text, "run `python -m binance_conformance.schema --write`"


def test_every_operation_has_a_result_and_a_line_of_documentation() -> None:
    page = (ROOT / "docs" / "drivers.md").read_text("utf-8")
    for operation in RESULTS:
        assert f"| `{name_of(operation)}` |" in page
        assert operation.__doc__


@pytest.mark.parametrize(
    "command", [("node", "javascript/example.mjs"), (sys.executable, "python/example.py"), (sys.executable, "-m")]
)
def test_lines_of_drivers_fit_the_schema(command: tuple[str, str]) -> None:
    whole = json.loads((ROOT / "docs" / "drivers.schema.json").read_text("utf-8"))

    def of(side: str) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for({"$ref": f"#/$defs/{side}", "$defs": whole["$defs"]})

    from_kit, from_driver = of("FromKit"), of("FromDriver")
    argument = "binance_conformance.reference" if command[1] == "-m" else str(EXAMPLES / command[1])
    words = [command[0], "-m", argument] if command[1] == "-m" else [command[0], argument]
    with Mock() as exchange:
        urls = dict.fromkeys(("spot", "usdm", "coinm", "options", "sapi"), exchange.url)
        key = {"type": "hmac", "api_key": exchange.api_key, "secret": exchange.api_secret}
        order = {"op": "place_order", "symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
        lines: list[dict[str, object]] = [
            {"cmd": "hello", "protocol": 1},
            {"cmd": "configure", "urls": urls, "key": key},
            {"cmd": "call", "id": 1, "check": "x", "venue": "spot", "operation": {"op": "server_time"}},
            {"cmd": "call", "id": 2, "check": "x", "venue": "spot", "operation": order},
            {"cmd": "call", "id": 3, "check": "x", "venue": "spot", "operation": {**order, "symbol": "NOSUCH"}},
            {"cmd": "bye"},
        ]
        for line in lines:
            from_kit.validate(line)
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
            assert driver.stdin is not None
            assert driver.stdout is not None
            answers = []
            for line in lines:
                driver.stdin.write(json.dumps(line) + "\n")
                driver.stdin.flush()
                answer = json.loads(driver.stdout.readline())
                while "event" in answer:
                    from_driver.validate(answer)
                    driver.stdin.write(json.dumps({"cmd": "time", "now_ms": exchange.clock.now_ms}) + "\n")
                    driver.stdin.flush()
                    answer = json.loads(driver.stdout.readline())
                from_driver.validate(answer)
                answers.append(answer)
    assert [answer.get("outcome") for answer in answers[2:5]] == ["accepted", "accepted", "refused"]
    assert answers[4]["code"] == -1121
    assert driver.returncode == 0


def test_the_schema_refuses_what_is_no_line() -> None:
    validator = jsonschema_rs.validator_for(schema.protocol_schema())
    assert validator.is_valid({"outcome": "refused", "code": -2010})
    assert not validator.is_valid({"outcome": "fine"})
    assert not validator.is_valid({"cmd": "dance"})
    assert not validator.is_valid({"cmd": "call", "id": 1, "check": "x", "venue": "spot", "operation": {"op": "dance"}})


def test_messages_as_people_read_them() -> None:
    order = PlaceOrder(symbol="BTCUSDT", side="BUY", type="LIMIT", price="1.5")
    assert described(order) == "place_order symbol=BTCUSDT side=BUY type=LIMIT price=1.5"
    told = Outcome(OutcomeKind.REFUSED, code=-2010, status=400, message="Duplicate order sent.")
    assert told.describe() == "refused -2010 (400): Duplicate order sent."
    assert Call(id=1, check="x", venue="spot", operation=ServerTime()).operation == ServerTime()
