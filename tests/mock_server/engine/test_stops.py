"""Stop orders: rules S-77 and S-89 to S-92."""

from __future__ import annotations

import pytest

from binance_mock.engine.market import Rejection

from .scene import Scene, free, locked, reason, state
from .stop_orders import ABOVE, BELOW, SUFFIXES, stop, waits

# -- the side of the stop price (S-89) ------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("kind", "good"), [(k, "100.00000001") for k in ABOVE] + [(k, "99.99999999") for k in BELOW])
def test_the_stop_price_must_lie_beyond_the_last_price(kind: tuple[str, str], good: str, suffix: str) -> None:
    scene = Scene()
    ann = scene.account()
    scene.print_trade("100")
    kind = (kind[0] + suffix, kind[1])
    bad = "99.99999999" if good == "100.00000001" else "100.00000001"
    for price in ("100", bad):
        with scene.refuses(Rejection.STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY):
            stop(scene, kind, stop=price, account=ann)
    assert waits(stop(scene, kind, stop=good, account=ann))


@pytest.mark.parametrize("kind", ABOVE + BELOW)
def test_without_a_last_price_any_stop_price_will_do(kind: tuple[str, str]) -> None:
    assert waits(stop(Scene(), kind, stop="100"))


def test_the_market_is_the_last_trade_and_not_the_book() -> None:
    scene = Scene()
    ann = scene.account()
    scene.print_trade("100")
    scene.sell(ann, "1", "300")
    scene.buy(ann, "1", "200")
    assert waits(stop(scene, ("STOP_LOSS", "BUY"), stop="150"))


# -- waiting (S-77, S-91) -------------------------------------------------------------------------------------------


def test_a_waiting_order_is_new_off_the_book_and_locks_its_funds() -> None:
    scene = Scene()
    ann = scene.account(USDT="100")
    order = scene.place(ann, "BUY", "STOP_LOSS_LIMIT", "1", "60", stop="50")
    assert state(order) == "NEW left=1"
    assert order.working_time == -1
    assert scene.bids == []
    assert (free(ann, "USDT"), locked(ann, "USDT")) == ("40", "60")
    assert scene.happened() == ["Accepted"]


def test_a_waiting_market_buy_locks_by_its_stop_price() -> None:
    scene = Scene()
    ann = scene.account(USDT="100")
    scene.place(ann, "BUY", "STOP_LOSS", "1", stop="50")
    assert locked(ann, "USDT") == "50"
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.place(ann, "BUY", "STOP_LOSS", "1", stop="51")


def test_a_waiting_order_can_be_canceled_and_then_never_fires() -> None:
    scene = Scene()
    ann = scene.account(BTC="1")
    order = scene.place(ann, "SELL", "STOP_LOSS", "1", stop="50")
    scene.cancel(order)
    assert (free(ann, "BTC"), locked(ann, "BTC")) == ("1", "0")
    scene.print_trade("49")
    assert state(order) == "CANCELED left=1"
    assert scene.happened() == ["Traded"]


# -- firing (S-90) --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("kind", "stop_price", "short", "beyond"),
    [(k, "110", "109.99999999", "200") for k in ABOVE] + [(k, "90", "90.00000001", "1") for k in BELOW],
)
def test_the_last_price_fires_where_it_reaches_the_stop_price(
    kind: tuple[str, str], stop_price: str, short: str, beyond: str, suffix: str
) -> None:
    kind = (kind[0] + suffix, kind[1])
    for last, fires in ((short, False), (stop_price, True), (beyond, True)):
        scene = Scene()
        scene.print_trade("100")
        order = stop(scene, kind, stop=stop_price)
        scene.print_trade(last)
        assert order.working is fires
        if fires:
            assert order.working_time == scene.now
            assert scene.happened()[1] == "Triggered"


def test_a_stop_loss_acts_as_a_market_order() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(BTC="3")
    scene.buy(ann, "1", "80")
    scene.buy(ann, "1", "70")
    order = scene.place(ben, "SELL", "STOP_LOSS", "3", stop="90")
    scene.print_trade("90")
    assert scene.trades[1:] == [("80", "1"), ("70", "1")]
    assert state(order) == "EXPIRED executed=2 left=1"
    assert reason(order) == "INSUFFICIENT_LIQUIDITY"  # S-86
    assert (free(ben, "BTC"), free(ben, "USDT")) == ("1", "150")


def test_a_stop_loss_limit_acts_as_a_limit_order_at_its_price() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.buy(ann, "1", "89")
    scene.buy(ann, "1", "87")
    order = scene.place(ben, "SELL", "STOP_LOSS_LIMIT", "3", "88", stop="90")
    scene.print_trade("90")
    assert scene.trades[1:] == [("89", "1")]
    assert state(order) == "PARTIALLY_FILLED executed=1 left=2"
    assert scene.asks == [("88", "2")]


@pytest.mark.parametrize(
    ("tif", "ends", "why"),
    [
        ("IOC", "EXPIRED executed=1 left=1", "UNFILLED_IOC_QUANTITY_EXPIRED"),
        ("FOK", "EXPIRED left=2", "UNFILLED_FOK_ORDER_EXPIRED"),
    ],
)
def test_the_time_in_force_counts_from_the_trigger_on(tif: str, ends: str, why: str) -> None:
    scene = Scene()
    order = stop(scene, ("TAKE_PROFIT_LIMIT", "SELL"), "2", stop="110", tif=tif)
    scene.buy(scene.account(), "1", "105")
    assert waits(order)
    scene.print_trade("110")
    assert state(order) == ends
    assert reason(order) == why


def test_it_queues_behind_what_rested_before_the_trigger() -> None:
    scene = Scene()
    order = stop(scene, ("TAKE_PROFIT_LIMIT", "SELL"), price="105", stop="110")
    earlier = scene.sell(scene.account(), "1", "105")
    scene.print_trade("110")
    assert scene.queue("SELL") == [earlier, order]


def test_it_fires_once() -> None:
    scene = Scene()
    order = stop(scene, ("TAKE_PROFIT_LIMIT", "SELL"), price="120", stop="110")
    scene.print_trade("110")
    scene.print_trade("111")
    assert scene.happened() == ["Traded"]
    assert order.working_time == scene.now - 1


def test_an_order_that_trades_fires_the_stops_it_reaches() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    scene.sell(ann, "1", "101")
    order = stop(scene, ("STOP_LOSS_LIMIT", "BUY"), price="50", stop="101")
    scene.buy(ben, "1.5")
    assert scene.happened() == ["Accepted", "Traded", "Traded", "Triggered"]
    assert scene.bids == [("50", "1")]
    assert order.working_time == scene.now


def test_several_that_one_trade_reaches_fire_in_the_order_of_their_placement() -> None:
    scene = Scene()
    far = stop(scene, ("STOP_LOSS_LIMIT", "SELL"), price="105", stop="80")
    near = stop(scene, ("TAKE_PROFIT_LIMIT", "BUY"), price="60", stop="90")
    trailing = stop(scene, ("STOP_LOSS_LIMIT", "SELL"), price="105", delta=1000)
    last = stop(scene, ("STOP_LOSS_LIMIT", "SELL"), price="105", stop="85")
    scene.print_trade("95")
    scene.print_trade("80")
    assert [event.order for event in scene.events if type(event).__name__ == "Triggered"] == [far, near, trailing, last]
    assert scene.queue("SELL") == [far, trailing, last]


def test_a_cascade_of_stops() -> None:
    """Each stop sells into the book and the price that it gets fires the next one."""
    scene = Scene()
    ann = scene.account()
    for price in ("100", "95", "90", "85"):
        scene.buy(ann, "1", price)
    second = stop(scene, ("STOP_LOSS", "SELL"), stop="95")
    first = stop(scene, ("STOP_LOSS", "SELL"), stop="100")
    third = stop(scene, ("STOP_LOSS", "SELL"), stop="90")
    calm = stop(scene, ("STOP_LOSS", "SELL"), stop="84.99999999")
    scene.sell(scene.account(), "1")
    assert scene.trades == [("100", "1"), ("95", "1"), ("90", "1"), ("85", "1")]
    assert scene.happened() == ["Accepted", "Traded"] + ["Triggered", "Traded"] * 3
    assert [order.status for order in (first, second, third)] == ["FILLED"] * 3
    assert waits(calm)
    assert scene.bids == []


def test_a_cascade_that_dries_up_ends_in_expired() -> None:
    scene = Scene()
    scene.buy(scene.account(), "1", "100")
    order = stop(scene, ("STOP_LOSS", "SELL"), stop="100")
    scene.sell(scene.account(), "1")
    assert state(order) == "EXPIRED left=1"
    assert scene.happened() == ["Accepted", "Traded", "Triggered", "Expired"]


# -- refused when it fires (S-92) -----------------------------------------------------------------------------------


def test_a_market_buy_that_cannot_pay_when_it_fires_is_rejected() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="110")
    scene.sell(ann, "1", "110.00000001")
    order = scene.place(ben, "BUY", "STOP_LOSS", "1", stop="105")
    scene.print_trade("105")
    assert state(order) == "EXPIRED left=1"
    assert reason(order) == "REJECTED"
    assert (free(ben, "USDT"), locked(ben, "USDT")) == ("110", "0")
    assert scene.happened() == ["Traded", "Triggered", "Expired"]


def test_a_market_buy_that_fires_may_use_all_that_is_free() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="110")
    scene.sell(ann, "1", "110")
    order = scene.place(ben, "BUY", "STOP_LOSS", "1", stop="105")
    scene.print_trade("105")
    assert state(order) == "FILLED executed=1"
    assert (free(ben, "USDT"), free(ben, "BTC")) == ("0", "1")


def test_a_market_buy_that_fires_onto_an_empty_book_expires_for_lack_of_liquidity() -> None:
    scene = Scene()
    order = stop(scene, ("TAKE_PROFIT", "BUY"), stop="90")
    scene.print_trade("90")
    assert reason(order) == "INSUFFICIENT_LIQUIDITY"
    assert order.account.locked["USDT"] == 0
