"""What the gate says otherwise here: O-6, O-12, O-14, O-20 to O-24, O-29 to O-34, O-38 to O-40, O-70."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import BLUEPRINT, frozen_world
from tests.mock_server.venues.options.options_client import CALL, MS, OptionsClient

from binance_mock.gate.desk import routes_of
from binance_mock.gate.faults import FaultBook
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Json, Security
from binance_mock.venues.options.endpoints import ENDPOINTS
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.world import Blueprint


@endpoint("POST", "/eapi/v1/signed", group="trade", security=Security.TRADE, weight=0, order_count=1)
def signed(call: OptionsCall) -> Json:
    """Something that needs a signature and counts as an order."""
    call.limits.orders.check(call.account.name, 1, call.now)
    call.limits.orders.add(call.account.name, 1, call.now)
    return {}


def with_a_signed_call() -> OptionsClient:
    stock = BLUEPRINT.stocks["options"]
    stock = stock._replace(routes=routes_of((*ENDPOINTS, signed)), variants={})
    return OptionsClient(frozen_world(blueprint=Blueprint.of({**BLUEPRINT.stocks, "options": stock})))


def test_weight_is_refused_under_another_code() -> None:
    """O-33, O-40: -1008, not -1003; then a ban."""
    options = OptionsClient()
    options.world.desks["options"].ip.strikes = 1
    for _ in range(120):
        options.keyed("historicalTrades", symbol=CALL).ok()
    reply = options.public("ping")
    assert (reply.status, reply.code, reply.msg) == (
        429,
        -1008,
        "Too much request weight used; current limit is 2400 request weight per 1 MINUTE. "
        "Please use the websocket for live updates to avoid polling the API.",
    )
    assert reply.headers["retry-after"] == "40"
    banned = options.public("ping")
    until = MS + 120_000
    assert (banned.status, banned.code, banned.msg) == (
        418,
        -1008,
        f"Way too much request weight used; IP banned until {until}. "
        "Please use the websocket for live updates to avoid bans.",
    )


@pytest.mark.parametrize(("window", "refused"), [(5000, False), (60_000, False), (60_001, True), (10_000, False)])
def test_the_longest_window(window: int, refused: bool) -> None:
    """O-23: 60000 itself is taken; the text has neither quotes nor a full stop."""
    options = with_a_signed_call()
    if refused:
        wanted = (400, -1131, "recvWindow must be less than 60000")
        assert options.refusal("POST", "signed", recvWindow=window) == wanted
    else:
        assert options.post("signed", recvWindow=window) == {}


@pytest.mark.parametrize(
    ("stamp", "text"),
    [
        (MS + 1000, "Timestamp for this request was 1000ms ahead of the server's time."),
        (MS + 999, None),
        (MS - 4999, None),
        (MS - 5001, "Timestamp for this request is outside of the recvWindow."),
    ],
)
def test_the_edges_of_time(stamp: int, text: str | None) -> None:
    """O-21, O-22; the clock stands 0.456 ms into its millisecond."""
    options = with_a_signed_call()
    options.world.clock.freeze(MS * 1000)
    if text is None:
        assert options.post("signed", timestamp=stamp) == {}
    else:
        assert options.refusal("POST", "signed", timestamp=stamp) == (400, -1021, text)


def test_a_signature_is_needed_and_must_fit() -> None:
    """O-14, O-24"""
    options = with_a_signed_call()
    reply = options.keyed("signed", verb="POST", timestamp=MS)
    assert (reply.status, reply.code) == (400, -1102)
    assert "'signature'" in reply.msg
    reply = options.keyed("signed", verb="POST", timestamp=MS, signature="0" * 64)
    assert (reply.status, reply.code, reply.msg) == (400, -1022, "Signature for this request is not valid.")
    reply = options.keyed("signed", verb="POST", signature="0" * 64)
    assert (reply.code, "'timestamp'" in reply.msg) == (-1102, True)


def test_orders_are_counted_by_minute_and_by_ten_seconds() -> None:
    """O-34, O-38, O-39"""
    options = with_a_signed_call()
    headers = options.ask("POST", "signed").headers
    assert {name: value for name, value in headers.items() if name.startswith("x-mbx")} == {
        "x-mbx-used-weight-1m": "0",
        "x-mbx-order-count-1m": "1",
        "x-mbx-order-count-10s": "1",
    }
    for _ in range(299):
        options.post("signed")
    wanted = (429, -1015, "Too many new orders; current limit is 300 orders per 10 SECOND.")
    assert options.refusal("POST", "signed") == wanted


@pytest.mark.parametrize("path", ["nowhere", "transfer", "order/test"])
def test_an_unknown_path_is_a_page(path: str) -> None:
    """The body is no JSON, whatever is accepted."""
    reply = OptionsClient().call(path, {}, {b"accept": b"application/json"})
    assert (reply.status, reply.json) == (404, None)
    assert reply.headers["content-type"].startswith("text/html")


def test_a_name_twice_is_refused() -> None:
    """O-6"""
    options = OptionsClient()
    response = options.call("depth", [("symbol", "A"), ("symbol", "B")])  # type: ignore[arg-type]  # pairs do
    assert (response.code, response.msg) == (-1101, "Duplicate values for a parameter detected.")


@pytest.mark.parametrize(
    ("kind", "status", "code", "text"),
    [
        ("unknown_503", 503, -1000, "Unknown error, please check your request or try again later."),
        ("unavailable_503", 503, -1016, "Service Unavailable."),
        ("internal_503", 503, -1001, "Internal error; unable to process your request. Please try again."),
        (
            "too_many_429",
            429,
            -1008,
            "Too much request weight used; current limit is 2400 request weight per 1 MINUTE. "
            "Please use the websocket for live updates to avoid polling the API.",
        ),
    ],
)
def test_faults_speak_as_this_market_does(kind: str, status: int, code: int, text: str) -> None:
    """O-31, O-33"""
    options = OptionsClient()
    faults: FaultBook = options.world.faults
    faults.add(kind, venue="options", times=1)
    reply = options.public("ping")
    assert (reply.status, reply.code, reply.msg) == (status, code, text)
    assert options.public("ping").ok() == {}
