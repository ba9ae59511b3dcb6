"""`Mock` itself: reset, explaining, and what it says when there is nothing to drive."""

from __future__ import annotations

import inspect
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError
from binance_mock.face.options import WorldOptions

from .conftest import NOW_MS
from .trading import hmac_signer, place


def test_reset_gives_a_fresh_world(binance: Mock) -> None:
    binance.spot.set_price("BTCUSDT", "65000")
    binance.clock.advance(days=1)
    binance.faults.add("latency", ms=1)
    binance.limits.set("REQUEST_WEIGHT", "MINUTE", 100)
    binance.accounts.open("alice")
    place(binance, "BUY", "0.1", price="60000")
    binance.reset()
    assert (binance.clock.mode, binance.clock.now_ms) == ("frozen", NOW_MS)
    assert (len(binance.faults), len(binance.requests)) == (0, 0)
    assert [account.name for account in binance.accounts] == ["default"]
    assert binance.account.balance("USDT") == ("1000000.00000000", "0.00000000")
    assert binance.spot.market("BTCUSDT")["last_price"] == "80000.00000000"
    assert binance.limits.show()["limits"][0]["limit"] == 6000


def test_equal_seeds_and_commands_give_equal_answers(binance: Mock) -> None:
    first = place(binance, "BUY", "0.1").json()
    binance.reset()
    assert place(binance, "BUY", "0.1").json() == first


# -- explaining ------------------------------------------------------------------------------------------------------


def explained(binance: Mock, text: str, secret: str) -> dict[str, Any]:
    target = f"/api/v3/account?{text}&signature={hmac_signer(secret)(text)}"
    return binance.explain(target, headers={"X-MBX-APIKEY": binance.api_key})


def test_a_right_request_is_ok_and_not_executed(binance: Mock) -> None:
    answer = explained(binance, f"timestamp={NOW_MS}", binance.api_secret)
    assert (answer["verdict"], answer["key"], answer["timing"]) == ("ok", "example", None)
    assert answer["diagnosis"]["cause"] == "signature-right"
    assert len(binance.requests) == 0
    assert binance.limits.show()["addresses"]["ips"] == []


def test_the_cause_is_named_and_no_secret(binance: Mock) -> None:
    answer = explained(binance, f"timestamp={NOW_MS}", binance.api_secret + "\n")
    assert answer["verdict"] == "refused"
    assert answer["diagnosis"]["cause"] not in ("unexplained", "signature-right")
    assert binance.api_secret not in str(answer)


def test_the_age_of_the_timestamp_is_told(binance: Mock) -> None:
    answer = explained(binance, f"timestamp={NOW_MS - 5001}", binance.api_secret)
    assert answer["verdict"] == "refused"
    assert "outside of the recvWindow" in answer["timing"]
    assert answer["diagnosis"]["cause"] == "signature-right"


def test_an_order_in_a_body_is_explained(binance: Mock) -> None:
    body = f"symbol=BTCUSDT&timestamp={NOW_MS}"
    signature = hmac_signer(binance.api_secret)(body)
    answer = binance.explain(
        "/api/v3/order", method="POST", headers={"x-mbx-apikey": binance.api_key}, body=f"{body}&signature={signature}"
    )
    assert answer["verdict"] == "ok"
    assert binance.account.balance("USDT").locked == "0.00000000"


def test_an_unknown_key_is_not_repeated(binance: Mock) -> None:
    answer = binance.explain("/api/v3/account?timestamp=1&signature=aa", headers={"X-MBX-APIKEY": "not-known-here"})
    assert answer["key"] == "(14 characters)"
    with pytest.raises(MockError, match="send the path with its query, without the host"):
        binance.explain("https://api.binance.com/api/v3/account")


# -- without a server ------------------------------------------------------------------------------------------------


def test_an_unstarted_mock_says_how_to_start_it() -> None:
    mock = Mock()
    assert repr(mock) == "Mock(not started)"
    uses = (
        lambda: mock.url,
        lambda: mock.api_key,
        lambda: mock.api_secret,
        lambda: mock.clock.now_ms,
        lambda: mock.requests.last,
        lambda: mock.faults.add("error_500"),
        lambda: mock.reset(),
        lambda: mock.account,
    )
    for use in uses:
        with pytest.raises(MockError, match=r"not started; write `with Mock\(\) as binance:`"):
            use()
    mock.stop()


def test_a_stopped_mock_is_an_unstarted_one() -> None:
    with Mock() as mock:
        pass
    with pytest.raises(MockError, match="not started"):
        mock.clock.freeze()


def test_connecting_to_nothing_says_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(MockError, match=f"no mock answered at {url}: .*binance-mock serve"):
            Mock.connect(url)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8099", "https://127.0.0.1:8099", "http://127.0.0.1:99999", "http://["])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(MockError, match=r"is no URL of a mock; it looks like http://127\.0\.0\.1:8099"):
        Mock.connect(url)


def test_a_remote_face_survives_a_restart_of_its_server() -> None:
    """The connection that it keeps was closed meanwhile, as idle ones are."""
    with Mock() as first:
        port = int(first.url.rpartition(":")[2])
        remote = Mock.connect(first.url)
    with Mock(port=port, frozen_at=NOW_MS), remote:
        assert remote.clock.now_ms == NOW_MS


def test_letting_go_of_a_remote_server_leaves_it_running(served: Mock) -> None:
    with Mock.connect(served.url + "/") as remote:
        assert remote.url == served.url
    assert requests.get(f"{served.url}/api/v3/ping", timeout=10).status_code == 200


# -- the constructor -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["seeds", "frozen", "latency", "url"])
def test_an_unknown_option_is_refused(option: str) -> None:
    with pytest.raises(TypeError, match=option):
        Mock(**{option: 1})  # type: ignore[arg-type]  # it is unknown on purpose


def test_every_option_is_named() -> None:
    parameters = inspect.signature(Mock).parameters.values()
    assert all(each.kind in (each.KEYWORD_ONLY, each.VAR_KEYWORD) for each in parameters)
    assert [each.name for each in parameters] == ["config", "host", "port", "serve", "log", "options"]
    assert list(WorldOptions.__annotations__) == [
        "seed", "frozen_at", "balances", "symbols", "limits", "faults", "permissions",
    ]  # fmt: skip


def test_it_starts_at_a_datetime_and_keeps_its_seed() -> None:
    ids = []
    for seed in (7, 7, 8):
        with Mock(seed=seed, frozen_at=datetime.fromtimestamp(NOW_MS / 1000, UTC)) as binance:
            assert binance.clock.now_ms == NOW_MS
            ids.append(place(binance, "BUY", "0.1").json()["clientOrderId"])
    assert ids[0] == ids[1] != ids[2]


def test_starting_twice_is_starting_once() -> None:
    with Mock() as binance:
        url = binance.url
        assert binance.start().url == url
