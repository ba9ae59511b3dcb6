"""Market maker protection: O-26, O-101."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.venues.options.maker_client import Maker, maker, wrong
from tests.mock_server.venues.options.options_client import BTC, CALL, MS, PUT

from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import show
from binance_mock.venues.options.accounts import Protection, WatchedFill
from binance_mock.venues.options.protection import counting

FROZEN: Final = (400, -6058, "MMP triggered. Please reset MMP config")
LIMITS: Final[dict[str, object]] = {
    "underlying": BTC,
    "windowTimeInMilliseconds": 3000,
    "frozenTimeInMilliseconds": 300_000,
    "qtyLimit": "2",
    "deltaLimit": "100",
}
PRICE: Final = 2000


def protected(world: Maker | None = None, **changes: object) -> tuple[Maker, Maker]:
    """A market maker with a protection and empty books, and somebody who trades with him."""
    quoting = world or maker(levels=0)
    answer = quoting.post("mmpSet", **{**LIMITS, **changes})
    assert not wrong("POST mmpSet", answer)
    for symbol in (CALL, PUT):
        quoting.venue.pins.set(symbol, PRICE * SCALE)
    return quoting, Maker(quoting.world, "taker")


def sell(taker: Maker, quantity: int | str, symbol: str = CALL, price: int = PRICE) -> Any:
    """Sell at once what can be sold."""
    return taker.quote("SELL", price, quantity, symbol, isMmp="false", timeInForce="IOC").ok()


def bid(quoting: Maker, quantity: int | str = 1, symbol: str = CALL, **more: object) -> Any:
    return quoting.quote("BUY", PRICE, quantity, symbol, **more).ok()


def refusal(quoting: Maker, **more: object) -> tuple[int, int, str]:
    reply = quoting.quote("BUY", PRICE, **more)
    return reply.status, reply.code, reply.msg


def test_it_is_set_shown_and_reset() -> None:
    """O-101; numbers as they were sent, without zeros at their end."""
    quoting, _ = protected(deltaLimit="2.30")
    row = {
        "underlyingId": 1,
        "underlying": BTC,
        "windowTimeInMilliseconds": 3000,
        "frozenTimeInMilliseconds": 300_000,
        "qtyLimit": "2",
        "deltaLimit": "2.3",
        "lastTriggerTime": 0,
    }
    assert quoting.get("mmp", underlying="btcusdt") == row
    assert quoting.post("mmpReset", underlying=BTC) == row
    assert not wrong("GET mmp", row) + wrong("POST mmpReset", row)
    assert quoting.post("mmpSet", **{**LIMITS, "underlying": "ETHUSDT"})["underlyingId"] == 2
    assert quoting.get("mmp", underlying=BTC) == row


def test_all_protected_orders_of_the_underlying_are_cancelled_when_the_limit_is_passed() -> None:
    """O-101: in all its contracts, at the fill that passes it; others stay, and so do other accounts'."""
    quoting, taker = protected()
    eth = next(name for name in quoting.listed() if name.startswith("ETH-231124") and name.endswith("-C"))
    rest = [bid(quoting, 1, PUT), quoting.quote("SELL", 4000, 1, CALL).ok()]
    stay = [bid(quoting, 1, PUT, isMmp="false"), quoting.quote("BUY", 5, 1, eth).ok(), taker.quote("BUY", 5).ok()]
    first = bid(quoting, 2)
    sell(taker, 2)
    assert [quoting.status(row) for row in (first, *rest)] == ["FILLED", "NEW", "NEW"], "2 do not exceed 2"
    second = bid(quoting, 2)
    sell(taker, 1)
    assert [quoting.status(row) for row in (second, *rest)] == ["CANCELED"] * 3
    assert quoting.get("order", symbol=CALL, orderId=second["orderId"])["executedQty"] == "1.00"
    assert [row["orderId"] for row in quoting.open()] == [row["orderId"] for row in stay[:2]]
    assert len(taker.open()) == 1
    assert quoting.get("mmp", underlying=BTC)["lastTriggerTime"] == MS
    assert refusal(quoting) == refusal(quoting, symbol=PUT) == FROZEN
    assert bid(quoting, isMmp="false")
    assert quoting.quote("BUY", 5, 1, eth).ok()
    assert taker.quote("BUY", 5).ok()


def test_what_a_taker_would_still_have_met_is_gone() -> None:
    """O-101: it strikes in the middle of a match; what did not trade by then does not."""
    quoting, taker = protected(qtyLimit="1")
    rows = [quoting.quote("BUY", PRICE - 5 * number, 1).ok() for number in range(3)]
    sold = sell(taker, 3, price=PRICE - 10)
    assert [quoting.status(row) for row in rows] == ["FILLED", "FILLED", "CANCELED"]
    assert (sold["executedQty"], sold["status"]) == ("2.00", "EXPIRED")


def test_an_order_that_takes_is_cancelled_too() -> None:
    """O-101: what is left of it neither trades on nor rests."""
    quoting, taker = protected(qtyLimit="1.5")
    for number in range(3):
        taker.quote("SELL", PRICE + 5 * number, 1).ok()
    row = quoting.quote("BUY", PRICE + 10, 5).ok()
    assert (row["status"], row["executedQty"]) == ("CANCELED", "2.00")
    assert quoting.open() == []
    assert len(taker.open()) == 1
    assert quoting.own.held(CALL) == 2 * SCALE


def test_orders_that_are_not_protected_do_not_count() -> None:
    """O-101"""
    quoting, taker = protected()
    for _ in range(3):
        bid(quoting, 2, isMmp="false")
        sell(taker, 2)
    assert quoting.own.held(CALL) == 6 * SCALE
    bid(quoting, 2)
    sell(taker, 2)
    assert quoting.get("mmp", underlying=BTC)["lastTriggerTime"] == 0


@pytest.mark.parametrize(("wait", "struck"), [(2999, True), (3000, False)])
def test_the_window_rolls(wait: int, struck: bool) -> None:
    """O-101"""
    quoting, taker = protected()
    bid(quoting, 4)
    sell(taker, 1)
    quoting.wait(1)
    sell(taker, 1)
    quoting.wait(wait - 1)
    sell(taker, 1)
    assert bool(quoting.get("mmp", underlying=BTC)["lastTriggerTime"]) is struck
    assert len(quoting.open()) == (0 if struck else 1)


@pytest.mark.parametrize(("side", "struck"), [("BUY", True), ("SELL", False)])
def test_deltas_are_netted(side: str, struck: bool) -> None:
    """O-101: a bought call and a bought put take each other's delta off, and so do a bought and a sold call."""
    quoting, taker = protected(qtyLimit="100", deltaLimit="0.7")
    delta = float(quoting.mark()["delta"])
    assert 0.4 < delta < 0.6
    bid(quoting, 1)
    sell(taker, 1)
    assert quoting.own.protections[BTC].fills[0].delta == pytest.approx(delta * SCALE, abs=2)
    if side == "BUY":
        bid(quoting, 1)
        sell(taker, 1)
    else:
        quoting.quote("SELL", PRICE, 1).ok()
        taker.quote("BUY", PRICE, 1, isMmp="false").ok()
    assert bool(quoting.get("mmp", underlying=BTC)["lastTriggerTime"]) is struck


def test_the_unit_counts_in_deltas() -> None:
    """O-45, O-101: a contract of XRP is a hundred."""
    quoting, taker = protected(underlying="XRPUSDT", qtyLimit="1000", deltaLimit="1000000")
    name = next(name for name in quoting.listed() if name.startswith("XRP-231124") and name.endswith("-C"))
    mark, info = quoting.mark(name), quoting.venue.info(name)
    price = show(quoting.venue.middle(info, quoting.now))
    quoting.quote("BUY", price, 1, name).ok()
    taker.quote("SELL", price, 1, name, isMmp="false").ok()
    (fill,) = quoting.own.protections["XRPUSDT"].fills
    assert fill.delta == pytest.approx(100 * float(mark["delta"]) * SCALE, abs=200)


def strike(**changes: object) -> Maker:
    """A market maker whose protection has just struck."""
    quoting, taker = protected(**{"qtyLimit": "1", **changes})
    bid(quoting, 2)
    sell(taker, 2)
    assert refusal(quoting) == FROZEN
    return quoting


def test_it_thaws_by_itself() -> None:
    """O-101: and counts anew from then on."""
    quoting = strike(frozenTimeInMilliseconds=1000)
    taker = Maker(quoting.world, "taker")
    quoting.wait(999)
    assert refusal(quoting) == FROZEN
    quoting.wait(1)
    bid(quoting, 1)
    sell(taker, 1)
    assert quoting.get("mmp", underlying=BTC)["lastTriggerTime"] == MS
    bid(quoting, 1)
    sell(taker, 1)
    assert quoting.get("mmp", underlying=BTC)["lastTriggerTime"] == MS + 1000


def test_without_a_frozen_time_it_waits_for_a_reset() -> None:
    """O-101"""
    quoting = strike(frozenTimeInMilliseconds=0)
    quoting.wait(10**9)
    assert quoting.quote("BUY", 5, symbol=PUT.replace("231124", "231229")).code == -6058
    assert quoting.post("mmpReset", underlying=BTC)["lastTriggerTime"] == MS
    assert quoting.quote("BUY", 5, symbol=PUT.replace("231124", "231229")).ok()


def test_a_reset_ends_a_frozen_time() -> None:
    """O-101"""
    quoting = strike()
    quoting.post("mmpReset", underlying=BTC)
    assert bid(quoting)


def test_setting_it_anew_does_not_thaw() -> None:
    """O-101: only time and a reset do; new limits hold for what was counted already."""
    quoting = strike()
    assert quoting.post("mmpSet", **{**LIMITS, "qtyLimit": "9"})["lastTriggerTime"] == MS
    assert refusal(quoting) == FROZEN
    quoting, taker = protected(qtyLimit="9")
    bid(quoting, 3)
    sell(taker, 2)
    protected(quoting, qtyLimit="2")
    sell(taker, 1)
    assert quoting.open() == []


@pytest.mark.parametrize(
    ("wrong_value", "code", "text"),
    [
        ({"windowTimeInMilliseconds": 0}, -6001, "Invalid mmp window time limit"),
        ({"windowTimeInMilliseconds": 5001}, -6001, "Invalid mmp window time limit"),
        ({"windowTimeInMilliseconds": -1}, -6001, "Invalid mmp window time limit"),
        ({"frozenTimeInMilliseconds": -1}, -6002, "Invalid mmp frozen time limit"),
        ({"qtyLimit": "0"}, -6040, "Invalid qtyLimit or deltaLimit."),
        ({"qtyLimit": "-1"}, -6040, "Invalid qtyLimit or deltaLimit."),
        ({"deltaLimit": "0"}, -6040, "Invalid qtyLimit or deltaLimit."),
        ({"underlying": "NONEUSDT"}, -6004, "Underlying not found"),
    ],
)
def test_what_it_cannot_be_set_to(wrong_value: dict[str, object], code: int, text: str) -> None:
    """O-101"""
    assert maker().refusal("POST", "mmpSet", **{**LIMITS, **wrong_value}) == (400, code, text)


def test_bounds_that_may_be_set() -> None:
    quoting, _ = protected(windowTimeInMilliseconds=5000, frozenTimeInMilliseconds=0, qtyLimit="0.01")
    assert quoting.post("mmpSet", **{**LIMITS, "windowTimeInMilliseconds": 1})["windowTimeInMilliseconds"] == 1


def test_one_that_was_never_set() -> None:
    quoting = maker()
    gone = (400, -6006, "Mmp rules are not existing")
    assert quoting.refusal("GET", "mmp", underlying=BTC) == gone
    assert quoting.refusal("POST", "mmpReset", underlying=BTC) == gone


def test_who_is_no_market_maker() -> None:
    """O-101: -6005; his orders may say isMmp all the same."""
    client = maker(makers=False)
    refused = (400, -6005, "It is not market maker")
    assert client.refusal("POST", "mmpSet", **LIMITS) == refused
    for verb, path in (("GET", "mmp"), ("POST", "mmpReset")):
        assert client.refusal(verb, path, underlying=BTC) == refused
    assert bid(client)


def test_a_copy_counts_on_its_own() -> None:
    quoting, taker = protected()
    bid(quoting, 4)
    sell(taker, 2)
    twin = Maker(quoting.world.fork())
    sell(Maker(twin.world, "taker"), 1)
    assert refusal(twin) == FROZEN
    assert len(quoting.open()) == 1
    quoting.wait(3000)
    sell(taker, 2)
    assert quoting.get("mmp", underlying=BTC)["lastTriggerTime"] == 0


# -- the window against a model ----------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 6), st.integers(-5, 5)),
    max_size=25,
)


@given(steps, st.integers(1, 20), st.integers(1, 15), st.integers(1, 8), st.integers(0, 9))
def test_the_window_against_all_that_ever_was(
    script: list[tuple[int, int, int]], window: int, qty_limit: int, delta_limit: int, frozen: int
) -> None:
    """O-101: at each fill, all fills since it last struck that are younger than the window are added up anew."""
    protection = Protection(window, frozen, qty_limit, delta_limit)
    seen: list[WatchedFill] = []
    now = struck = 0
    for wait, qty, delta in script:
        now += wait
        fill = WatchedFill(now, qty, delta)
        protection = counting(protection, fill)
        seen.append(fill)
        inside = [each for each in seen if each.time > now - window]
        if sum(each.qty for each in inside) > qty_limit or abs(sum(each.delta for each in inside)) > delta_limit:
            struck, seen = now, []
            assert protection.frozen_until == (now + frozen if frozen else -1)
            assert protection.holds(now)
            assert protection.holds(now + frozen) is not frozen
            assert frozen == 0 or not protection.holds(now + frozen)
        assert protection.triggered == struck
        assert (protection.window, protection.qty_limit, protection.delta_limit) == (window, qty_limit, delta_limit)
