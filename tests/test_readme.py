"""The examples of the README do what the README says."""

from __future__ import annotations

import gc
import hashlib
import hmac
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from tests.docs.pages import section
from tests.docs.running import close_loop, run_project, shell, stub

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock import Mock

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
PORT = "8099"


def blocks(language: str) -> list[str]:
    """The fenced blocks in a language, in the order of the page."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, language
    return found


def sign(secret: str, payload: str) -> str:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


class MyClient:
    """Stands in for the reader's client: it goes by the exchange's time, and repeats no order."""

    def __init__(self, url: str, api_key: str, api_secret: str) -> None:
        self._url = url
        self._key = api_key
        self._secret = api_secret
        self.pings: list[int] = []

    def signed(self, method: str, path: str, **params: str) -> requests.Response:
        now = requests.get(f"{self._url}/api/v3/time", timeout=10).json()["serverTime"]
        query = urlencode({**params, "timestamp": now})
        url = f"{self._url}{path}?{query}&signature={sign(self._secret, query)}"
        return requests.request(method, url, headers={"X-MBX-APIKEY": self._key}, timeout=10)

    def place_order(self, symbol: str, side: str, quantity: str, *, client_id: str, **params: str) -> None:
        order = {"symbol": symbol, "side": side, "quantity": quantity, "newClientOrderId": client_id, **params}
        with suppress(requests.ConnectionError):  # whether it was executed is to be asked, not tried
            self.signed("POST", "/api/v3/order", **{"type": "MARKET", **order})

    def ping(self) -> None:
        self.pings.append(requests.get(f"{self._url}/api/v3/ping", timeout=10).status_code)


def test_the_first_test_passes(pytester: pytest.Pytester) -> None:
    run_project(section("README.md", "In the tests of a Python project"), pytester).assert_outcomes(passed=1)


# The synchronous client of python-binance makes an event loop and never closes it.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", [0, 1])
def test_the_other_python_examples_run(number: int) -> None:
    code = section("README.md", "Three other ways in").of("python")[number].text
    names: dict[str, Any] = {"MyClient": MyClient}
    exec(compile(code, f"README example {number}", "exec"), names)
    pings = names["client"].pings if "client" in names else None
    names.clear()
    close_loop()
    gc.collect()
    assert pings == (None, [429])[number]


def test_the_shell_example_runs_from_top_to_bottom(tmp_path: Path) -> None:
    stub(tmp_path, "npm", 'curl --silent "$BINANCE_URL/api/v3/ping"; curl --silent "$BINANCE_URL/api/v3/ping?a=b"')
    printed = shell(section("README.md", "Three other ways in").only("sh"), tmp_path)
    told = [printed.index(text) for text in ('"status":"ok"', '"kind":"banned_418"', "IP banned", '"reset":true')]
    assert told == sorted(told)
    assert '"now_ms":1700000061000' in printed
    assert printed.count('"verdict":"refused"') == 1


@pytest.fixture
def binance() -> Iterator[Mock]:
    """What `make serve` serves, on a port of its own."""
    with Mock(frozen_at=1_700_000_000_000, seed=7) as mock:
        yield mock


def curl(line: str, binance: Mock) -> tuple[int, Any]:
    """Status and JSON of what a line with curl gets, sent to the mock instead."""
    words = shlex.split(line.replace(f":{PORT}/", f":{binance.url.rpartition(':')[2]}/"), comments=True)
    ran = subprocess.run(
        [words[0], "--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}", *words[1:]],
        capture_output=True,
        check=True,
        text=True,
    )
    body, _, status = ran.stdout.rpartition("\n")
    return int(status), json.loads(body)


def test_the_first_request(binance: Mock) -> None:
    (line,) = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("curl 'http")]
    assert curl(line, binance) == (200, {"symbol": "BTCUSDT", "price": "80000.00000000"})


def test_the_control_calls_of_the_shell_example(binance: Mock) -> None:
    (block,) = [block for block in blocks("sh") if "binance-mock serve" in block]
    lines = [line for line in block.splitlines() if line.startswith("curl ")]
    fault, advance, refused, reset = lines[1:]

    assert curl(fault, binance)[1]["kind"] == "banned_418"
    assert requests.get(f"{binance.url}/api/v3/ping", timeout=10).status_code == 418
    assert curl(advance, binance)[1]["now_ms"] == 1_700_000_061_000
    requests.get(f"{binance.url}/api/v3/ticker/price?symbol=NOPE", timeout=10)
    assert [row["code"] for row in curl(refused, binance)[1]["requests"]] == [-1121]
    assert curl(reset, binance) == (200, {"reset": True})
    assert (len(binance.requests), len(binance.faults), binance.clock.now_ms) == (0, 0, 1_700_000_000_000)


def test_the_key_pair_is_the_one_that_is_served() -> None:
    pair = re.findall(r"^\| (?:API key|secret) \| `(\w+)` \|$", README, re.MULTILINE)
    assert pair == [EXAMPLE_PAIR.api_key, EXAMPLE_PAIR.secret]


def test_the_console_example_prints_what_the_command_prints() -> None:
    (block,) = blocks("console")
    shown = [line.removesuffix("...") for line in block.splitlines() if not line.startswith("$")]
    sent = (
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
    )
    signature = sign(EXAMPLE_PAIR.secret, "&".join(sorted(sent.split("&"))))
    command = (
        f"curl -H 'X-MBX-APIKEY: {EXAMPLE_PAIR.api_key}' -X POST 'http://127.0.0.1:{PORT}/api/v3/order' "
        f"-d '{sent}&signature={signature}'"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "binance_mock", "explain", command], capture_output=True, check=False, text=True
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    printed = ran.stdout.splitlines()
    assert [line[: len(start)] for line, start in zip(printed, shown, strict=True)] == shown
