"""What a test may demand of a world, and what it reads when the demand fails.

`UPDATE_GOLDEN=1` writes the golden texts anew.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError
from binance_mock.face.journal import Requests
from binance_mock.face.market import Level
from binance_mock.face.report import table

from .conftest import NOW_MS
from .trading import hmac_signer, place, signed

GOLDEN = Path(__file__).parents[1] / "golden"
ORDER = "/api/v3/order"
ACCOUNT = "/api/v3/account"


def golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text + "\n", encoding="utf-8")
    assert f"{text}\n" == path.read_text(encoding="utf-8")


def failure(demand: Callable[..., None], *args: Any, **options: Any) -> str:
    """What a demand says that must fail."""
    with pytest.raises(AssertionError) as failed:
        demand(*args, **options)
    return str(failed.value)


def buy(binance: Mock, id: str = "", qty: str = "0.01", side: str = "BUY", **params: str) -> int:
    """Status of a LIMIT order, 0 when the answer is lost."""
    ids = {"newClientOrderId": id} if id else {}
    try:
        return place(binance, side, qty, price="70000", **ids, **params).status_code
    except requests.RequestException:
        return 0


@pytest.fixture
def seen(binance: Mock) -> Mock:
    """Seven requests: two accepted, two refused, two disturbed (one of them executed), and one by another key."""
    alice = binance.accounts.open("alice", {"USDT": "100"})
    get = f"{binance.url}/api/v3"
    requests.get(f"{get}/ping", timeout=10)
    assert buy(binance, "first") == 200
    assert buy(binance, "second", qty="100") == 400
    requests.get(f"{get}/ticker/price?symbol=NOPE", timeout=10)
    binance.faults.add("error_500", path="/api/v3/time", times=1)
    requests.get(f"{get}/time", timeout=10)
    binance.clock.advance(seconds=1)
    binance.faults.add("reset_after", path=ORDER, times=1)
    assert buy(binance, "third", qty="0.02") == 0
    signed(binance, "GET", ACCOUNT, key=alice.api_key, sign=hmac_signer(alice.api_secret))
    return binance


# -- views -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "found", "shown"),
    [
        (lambda seen: seen, [1, 2, 3, 4, 5, 6, 7], "<7 requests>"),
        (lambda seen: seen.to(ORDER), [2, 3, 6], "<3 requests to /api/v3/order>"),
        (lambda seen: seen.to(ORDER, "POST"), [2, 3, 6], "<3 requests to POST /api/v3/order>"),
        (lambda seen: seen.to(ORDER, "delete"), [], "<0 requests to delete /api/v3/order>"),
        (lambda seen: seen.to("/api/v3/t*"), [4, 5], "<2 requests to /api/v3/t*>"),
        (lambda seen: seen.to(ORDER).refused, [3], "<1 refused requests to /api/v3/order>"),
        (lambda seen: seen.refused.to(ORDER), [3], "<1 refused requests to /api/v3/order>"),
        (lambda seen: seen.accepted, [1, 2, 7], "<3 accepted requests>"),
        (lambda seen: seen.refused, [3, 4], "<2 refused requests>"),
        (lambda seen: seen.disturbed, [5, 6], "<2 fault requests>"),
        (lambda seen: seen.executed, [1, 2, 6, 7], "<4 executed requests>"),
        (lambda seen: seen.executed.disturbed.to(ORDER), [6], "<1 fault executed requests to /api/v3/order>"),
        (lambda seen: seen.where(executed=True).to(ORDER), [2, 6], "<2 executed requests to /api/v3/order>"),
        (lambda seen: seen.where(executed=False), [3, 4, 5], "<3 not executed requests>"),
        (lambda seen: seen.where(executed="false"), [3, 4, 5], "<3 not executed requests>"),
        (lambda seen: seen.where(code=-1121), [4], "<1 requests with code=-1121>"),
        (lambda seen: seen.where(account="alice"), [7], "<1 requests with account=alice>"),
        (lambda seen: seen.where(key="example", status=200), [2, 6], "<2 requests with key=example with status=200>"),
        (lambda seen: seen.refused.accepted, [1, 2, 7], "<3 accepted requests>"),
    ],
)
def test_each_view(seen: Mock, view: Callable[[Requests], Requests], found: list[int], shown: str) -> None:
    requests_ = view(seen.requests)
    assert [each.seq for each in requests_] == found
    assert len(requests_) == len(found)
    assert [each.seq for each in reversed(requests_)] == found[::-1]
    assert repr(requests_) == shown


def test_a_view_asks_anew_each_time(binance: Mock) -> None:
    pings = binance.requests.to("/api/v3/ping")
    assert len(pings) == 0
    with pytest.raises(
        IndexError, match=r"the world has seen no requests to /api/v3/ping\nthe world has seen no other"
    ):
        _ = pings.last
    requests.get(f"{binance.url}/api/v3/ping", timeout=10)
    assert pings.last.seq == pings[0].seq == 1


def test_a_view_is_narrowed_once_more_when_asked(seen: Mock) -> None:
    orders = seen.requests.to(ORDER)
    assert [each.seq for each in orders.find(since=2)] == [3, 6]
    assert [each.seq for each in orders.find(executed=True, limit=1)] == [6]
    assert orders.last.params["newClientOrderId"] == "third"
    with pytest.raises(MockError, match="executed is 'maybe'; it is true or false"):
        orders.find(executed="maybe")


def test_parameters_are_decoded(binance: Mock) -> None:
    sent = {"symbol": "A B+C&D=E", "币": "币安人生", "empty": "", "twice": "1"}
    requests.get(f"{binance.url}/api/v3/ping?{urlencode(sent)}&twice=2", timeout=10)
    assert binance.requests.last.params == {**sent, "twice": "2"}
    requests.post(f"{binance.url}{ORDER}?a=query", data={"a": "body", "b": "body"}, timeout=10)
    assert binance.requests.last.params == {"a": "query", "b": "body"}
    requests.get(f"{binance.url}/api/v3/ping", timeout=10)
    assert binance.requests.last.params == {}


def test_what_took_effect_and_how_many_orders(seen: Mock) -> None:
    assert [(each.executed, each.orders) for each in seen.requests] == [
        (True, 0), (True, 1), (False, 0), (False, 0), (False, 0), (True, 1), (True, 0),
    ]  # fmt: skip


# -- counting --------------------------------------------------------------------------------------------------------


def test_demands_that_are_met(seen: Mock) -> None:
    seen.requests.assert_count(7)
    seen.requests.to("/api/v3/klines").assert_count(0)
    seen.assert_accepted(3)
    seen.assert_accepted(1, ORDER)
    seen.assert_accepted(1, ORDER, "POST")
    seen.assert_accepted(2, method="GET")
    seen.assert_accepted(0, ORDER, "DELETE")
    seen.assert_refused(2)
    seen.assert_refused(1, ORDER)
    seen.assert_refused(1, code=-1121)
    seen.assert_refused(1, "/api/v3/*", "GET", code=-1121)
    seen.assert_refused(0, ORDER, code=-1121)


@pytest.mark.parametrize(
    ("demand", "first"),
    [
        (lambda mock: mock.requests.assert_count(6), "expected 6 requests, found 7"),
        (lambda mock: mock.requests.assert_count(8), "expected 8 requests, found 7"),
        (lambda mock: mock.assert_accepted(2), "expected 2 accepted requests, found 3"),
        (lambda mock: mock.assert_accepted(2, ORDER, "POST"), f"expected 2 accepted requests to POST {ORDER}, found 1"),
        (lambda mock: mock.assert_refused(1, method="GET", code=-1), "expected 1 refused requests to GET with code=-1"),
        (lambda mock: mock.assert_refused(0, ORDER), f"expected 0 refused requests to {ORDER}, found 1"),
    ],
)
def test_demands_that_are_not_met(seen: Mock, demand: Callable[[Mock], None], first: str) -> None:
    text = failure(demand, seen)
    assert text.startswith(first)
    assert text.count("nearest:") == (0 if "found 7" in first or "found 3" in first or "expected 0" in first else 1)


def test_too_few_are_shown_with_the_nearest_others(seen: Mock) -> None:
    golden("assert-too-few", failure(seen.assert_accepted, 2, ORDER, "POST"))


def test_too_many_are_shown_without_others(seen: Mock) -> None:
    golden("assert-too-many", failure(seen.assert_refused, 1))


def test_nothing_was_seen_at_all(binance: Mock) -> None:
    assert failure(binance.assert_refused, 1, ORDER) == (
        "expected 1 refused requests to /api/v3/order, found 0\nthe world has seen no other request"
    )
    assert failure(binance.requests.assert_count, 1) == "expected 1 requests, found 0"


# -- one intention, two orders ---------------------------------------------------------------------------------------


def lose(binance: Mock, kind: str = "reset_after") -> None:
    """Let the answer to the next order be lost."""
    binance.faults.add(kind, path=ORDER, method="POST", times=1)


def test_a_lost_answer_and_a_new_client_id_are_a_duplicate(binance: Mock) -> None:
    lose(binance)
    assert (buy(binance, "one"), buy(binance, "two")) == (0, 200)
    golden("assert-duplicate-lost", failure(binance.assert_no_duplicates))


@pytest.mark.parametrize("kind", ["unknown_503", "timeout_504", "empty_body", "garbage_body", "truncated_body"])
def test_whatever_became_of_the_first_answer(binance: Mock, kind: str) -> None:
    binance.faults.add(kind, path=ORDER, times=1, **({"executed": True} if kind[-1].isdigit() else {}))
    buy(binance, "one")
    assert buy(binance, "two") == 200
    assert len(binance.requests.executed) == 2
    assert failure(binance.assert_no_duplicates).startswith(
        "an order was placed twice\nthe caller was not told that #1"
    )


def test_a_late_answer_is_one_that_was_not_told(binance: Mock) -> None:
    binance.faults.add("latency", ms=60_000, stage="after", path=ORDER, times=1)
    assert (buy(binance, "one"), buy(binance, "two")) == (200, 200)
    assert "the caller was not told that #1 was placed" in failure(binance.assert_no_duplicates)


def test_parameters_in_the_body_and_in_another_order_are_the_same_intention(binance: Mock) -> None:
    lose(binance)
    assert buy(binance, "one") == 0
    form = urlencode({
        "price": "70000", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "side": "BUY", "symbol": "BTCUSDT",
        "recvWindow": "60000", "newOrderRespType": "ACK", "timestamp": NOW_MS,
    })  # fmt: skip
    signature = hmac_signer(binance.api_secret)(form)
    headers = {"X-MBX-APIKEY": binance.api_key, "Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{binance.url}{ORDER}", data=f"{form}&signature={signature}", headers=headers, timeout=10)
    assert answer.status_code == 200
    text = failure(binance.assert_no_duplicates)
    assert "they differ in: newClientOrderId (one, then none)" in text


def test_deliberate_equal_orders_are_duplicates_for_the_strict_alone(binance: Mock) -> None:
    assert (buy(binance, "one"), buy(binance, "two")) == (200, 200)
    binance.assert_no_duplicates()
    golden("assert-duplicate-strict", failure(binance.assert_no_duplicates, strict=True))


def test_a_client_id_that_was_used_again_is_a_duplicate(binance: Mock) -> None:
    """The exchange takes it once the first order is no longer open."""
    assert buy(binance, "one") == 200
    assert signed(binance, "DELETE", ORDER, symbol="BTCUSDT", origClientOrderId="one").status_code == 200
    binance.clock.advance(seconds=1)
    assert buy(binance, "one") == 200
    golden("assert-duplicate-client-id", failure(binance.assert_no_duplicates))


@pytest.mark.parametrize(
    "other",
    [
        {"qty": "0.02"},
        {"side": "SELL"},
        {"symbol": "BTCUSDC"},
        {"timeInForce": "IOC"},
        {"selfTradePreventionMode": "NONE"},
    ],
)
def test_another_intention_is_no_duplicate(binance: Mock, other: dict[str, str]) -> None:
    lose(binance)
    assert buy(binance, "one") == 0
    assert buy(binance, "two", **other) in (200, 400)
    binance.assert_no_duplicates(strict=True)


def test_a_resend_that_was_refused_is_no_duplicate(binance: Mock) -> None:
    """The right way: the same client order id, which the exchange refuses while the first order is open."""
    lose(binance)
    assert (buy(binance, "one"), buy(binance, "one")) == (0, 400)
    assert binance.requests.last.msg == "Duplicate order sent."
    binance.assert_no_duplicates(strict=True)


def test_an_order_that_was_never_placed_may_be_sent_again(binance: Mock) -> None:
    lose(binance, "reset_before")
    assert (buy(binance, "one"), buy(binance, "two")) == (0, 200)
    binance.assert_no_duplicates(strict=True)


def test_orders_of_two_accounts_are_two_intentions(binance: Mock) -> None:
    alice = binance.accounts.open("alice", {"USDT": "100000"})
    lose(binance)
    assert buy(binance, "one") == 0
    placed = place(binance, "BUY", "0.01", key=alice.api_key, secret=alice.api_secret, price="70000")
    assert placed.status_code == 200
    binance.assert_no_duplicates(strict=True)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_who_asked_what_became_of_the_first_was_told(binance: Mock, method: str) -> None:
    lose(binance)
    assert buy(binance, "one") == 0
    assert signed(binance, method, ORDER, symbol="BTCUSDT", origClientOrderId="one").status_code == 200
    assert buy(binance, "two") == 200
    binance.assert_no_duplicates()
    assert "two equal orders" in failure(binance.assert_no_duplicates, strict=True)


def test_who_asked_for_another_order_or_got_no_answer_was_not_told(binance: Mock) -> None:
    assert buy(binance, "other", qty="0.5") == 200
    lose(binance)
    assert buy(binance, "one") == 0
    assert signed(binance, "GET", ORDER, symbol="BTCUSDT", origClientOrderId="other").status_code == 200
    assert signed(binance, "GET", ORDER, symbol="BTCUSDT", origClientOrderId="none").status_code == 400
    binance.faults.add("garbage_body", path=ORDER, method="GET", times=1)
    assert signed(binance, "GET", ORDER, symbol="BTCUSDT", origClientOrderId="one").text.startswith("{this is not")
    assert binance.requests.last.executed
    assert buy(binance, "two") == 200
    assert failure(binance.assert_no_duplicates).startswith("an order was placed twice\n")


def test_each_repetition_is_named(binance: Mock) -> None:
    for id in ("one", "two", "three"):
        lose(binance)
        assert buy(binance, id) == 0
    text = failure(binance.assert_no_duplicates)
    assert text.startswith("2 orders were placed twice\n")
    assert [f"told that #{number} was" in text for number in (1, 2, 3)] == [True, True, False]


# -- balances --------------------------------------------------------------------------------------------------------


def test_balances_that_are_met(binance: Mock) -> None:
    account = binance.account
    assert buy(binance) == 200
    account.assert_balance("USDT", free="999300", locked="700.0")
    account.assert_balance("USDT", free="999300.00000000")
    account.assert_balance("USDT", locked="7E+2")
    account.assert_balance("XMR", free="0", locked="0")
    account.assert_balance("USDT")


def test_a_balance_that_is_not_met_is_shown_with_what_took_effect(seen: Mock) -> None:
    golden("assert-balance", failure(seen.account.assert_balance, "USDT", free="999300", locked="700"))
    assert failure(seen.accounts["alice"].assert_balance, "USDT", free="1") == (
        "free USDT is 100.00000000, not 1\nno request changed anything"
    )


# -- the book --------------------------------------------------------------------------------------------------------


def test_the_book_is_that_of_the_exchange(binance: Mock) -> None:
    for limit in (5, 20):
        book = binance.spot.book("BTCUSDT", limit)
        depth = requests.get(f"{binance.url}/api/v3/depth?symbol=BTCUSDT&limit={limit}", timeout=10).json()
        assert book.bids == [Level(*each) for each in depth["bids"]]
        assert book.asks == [Level(*each) for each in depth["asks"]]
        assert book.last_update_id == depth["lastUpdateId"]
    assert len(binance.spot.book("BTCUSDT").bids) == 20
    assert float(book.bids[0].price) > float(book.bids[1].price)
    assert float(book.asks[0].price) < float(book.asks[1].price)


def test_the_book_without_the_market_maker(binance: Mock) -> None:
    before = binance.spot.book("BTCUSDT").last_update_id
    binance.spot.set_liquidity("BTCUSDT", 0)
    buy(binance, qty="0.5")
    book = binance.spot.book("BTCUSDT")
    assert (book.bids, book.asks) == ([("70000.00000000", "0.50000000")], [])
    assert book.last_update_id > before


@pytest.mark.parametrize(
    ("symbol", "limit", "says"),
    [
        ("BTCUSDT", 0, "limit is '0'; send a number from 1 to 5000"),
        ("BTCUSDT", 5001, "limit is '5001'; send a number from 1 to 5000"),
        ("BTCUSDT", -1, "limit is '-1'; send a number from 1 to 5000"),
        ("BTCUSD", 5, "there is no symbol 'BTCUSD'; did you mean 'BTCUSDT'"),
    ],
)
def test_a_book_that_is_not_there(binance: Mock, symbol: str, limit: int, says: str) -> None:
    with pytest.raises(MockError, match=says):
        binance.spot.book(symbol, limit)


# -- clocks that differ ----------------------------------------------------------------------------------------------


def stamped(binance: Mock, timestamp: int, **params: str) -> str:
    """What is said to a request that was made at a time: "" when it is accepted."""
    query = urlencode({**params, "timestamp": timestamp})
    url = f"{binance.url}{ACCOUNT}?{query}&signature={hmac_signer(binance.api_secret)(query)}"
    answer = requests.get(url, headers={"X-MBX-APIKEY": binance.api_key}, timeout=10)
    return "" if answer.status_code == 200 else str(answer.json()["msg"])


AHEAD = "Timestamp for this request was 1000ms ahead of the server's time."
OLD = "Timestamp for this request is outside of the recvWindow."


@pytest.mark.parametrize(
    ("off_by", "says"), [(999, ""), (1000, AHEAD), (86_400_000, AHEAD), (-5000, ""), (-5001, OLD), (0, "")]
)
def test_the_edges_of_the_window(binance: Mock, off_by: int, says: str) -> None:
    """S-20: accepted is what is less than 1000 ms ahead, and at most recvWindow old."""
    binance.clock.client_off_by(off_by)
    assert (binance.clock.mode, binance.clock.now_ms) == ("frozen", NOW_MS - off_by)
    assert stamped(binance, NOW_MS) == says


@pytest.mark.parametrize(("off_by", "says"), [(-100, ""), (-101, OLD)])
def test_the_edges_of_a_window_that_was_asked_for(binance: Mock, off_by: int, says: str) -> None:
    binance.clock.client_off_by(off_by)
    assert stamped(binance, NOW_MS, recvWindow="100") == says


def test_a_running_clock_is_set_against_that_of_the_machine(binance: Mock) -> None:
    binance.clock.live()
    hour = 3_600_000
    for off_by, says in ((hour, AHEAD), (-hour, OLD), (0, "")):
        binance.clock.client_off_by(off_by)
        assert stamped(binance, int(time.time() * 1000), recvWindow="60000") == says
    assert binance.clock.mode == "live"


def test_a_clock_that_stands_jumps_from_where_it_stands(binance: Mock) -> None:
    for ms, now in ((5, 5), (10, 15), (-40, -25)):
        binance.clock.jump(ms)
        assert (binance.clock.mode, binance.clock.now_ms) == ("frozen", NOW_MS + now)
    binance.clock.freeze(10)
    with pytest.raises(MockError, match="now_ms is -1; send milliseconds between"):
        binance.clock.jump(-11)
    assert binance.clock.now_ms == 10


def test_a_running_clock_jumps_and_runs_on(binance: Mock) -> None:
    binance.clock.live()
    hour = 3_600_000
    machine = binance.clock.now_ms
    binance.clock.jump(hour)
    binance.clock.jump(hour)
    assert binance.clock.mode == "offset"
    assert binance.clock.now_ms >= machine + 2 * hour
    binance.clock.jump(-3 * hour)
    assert binance.clock.now_ms < machine
    binance.clock.jump(hour)
    assert binance.clock.mode == "live"


# -- what people read ------------------------------------------------------------------------------------------------


def test_requests_as_text(seen: Mock) -> None:
    signed(seen, "GET", ACCOUNT, sign=hmac_signer(seen.api_secret + "\n"))
    signed(seen, "GET", ACCOUNT, key="nobody")
    golden("requests", str(seen.requests))
    assert table(seen.requests) == str(seen.requests)
    assert table([]) == ""
    assert str(seen.requests.where(code=1)) == ""


@pytest.fixture
def nasty(binance: Mock) -> Mock:
    """Requests that hold what moves a terminal's cursor, and secrets."""
    secret = binance.api_secret
    requests.get(f"{binance.url}/api/v3/%1b%5b2J%0a%c2%85%e2%80%ae{secret}?x=%1b&secret={secret}", timeout=10)
    signed(binance, "GET", ACCOUNT, sign=lambda _: secret, note="\x1b[31m\r\n")
    signed(binance, "GET", ACCOUNT, key=secret)
    return binance


def test_what_people_read_is_printable_and_holds_no_secret(nasty: Mock) -> None:
    texts = [
        str(nasty.requests),
        failure(nasty.requests.assert_count, 9),
        failure(nasty.assert_accepted, 1, ORDER, "POST"),
        failure(nasty.account.assert_balance, "USDT", free="1"),
        *(repr(each) for each in nasty.requests),
        repr(nasty.requests),
    ]
    for text in texts:
        assert all(line.isprintable() for line in text.split("\n")), text
        assert nasty.api_secret not in text
        assert nasty.api_secret.lower() not in text.lower()
    assert r"/api/v3/\x1b[2J\n\x85\u202e***" in texts[0]
    assert r"path is /api/v3/\x1b[2j" in texts[2].lower()


def test_a_clock_beyond_the_calendar_of_a_terminal(binance: Mock) -> None:
    binance.clock.freeze(0)
    requests.get(f"{binance.url}/api/v3/ping", timeout=10)
    assert str(binance.requests) == "#1 00:00:00.000 GET /api/v3/ping 200 accepted  weight 1  key -"
