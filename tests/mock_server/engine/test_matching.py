"""How orders meet the book: rules S-68, S-84 to S-88, S-94."""

from __future__ import annotations

import pytest

from binance_mock.engine.events import Traded
from binance_mock.engine.market import Rejection

from .scene import SCALE, Scene, free, locked, reason, state, text, units

# -- price and time, the maker's price (S-84, S-94) ----------------------------------------------------------------


def test_the_best_price_trades_first_and_then_the_oldest_order() -> None:
    scene = Scene()
    ann, ben, cat, dan = (scene.account() for _ in range(4))
    dear = scene.sell(ann, "1", "101")
    first, second = scene.sell(ben, "1", "100"), scene.sell(cat, "1", "100")
    scene.buy(dan, "2.5", "102")
    assert scene.makers == [first, second, dear]
    assert scene.trades == [("100", "1"), ("100", "1"), ("101", "0.5")]
    assert scene.asks == [("101", "0.5")]


def test_bids_trade_from_the_highest_down() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    low, high = scene.buy(ann, "1", "99"), scene.buy(ann, "1", "100")
    scene.sell(ben, "1.5", "99")
    assert scene.makers == [high, low]
    assert scene.bids == [("99", "0.5")]


def test_a_buyer_who_offered_more_pays_the_makers_price_and_gets_the_rest_back() -> None:
    scene = Scene()
    ann, ben = scene.account(BTC="1"), scene.account(USDT="110")
    scene.sell(ann, "1", "100")
    order = scene.buy(ben, "1", "110")
    assert state(order) == "FILLED executed=1"
    assert text(order.quote) == "100"
    assert (free(ben, "USDT"), locked(ben, "USDT"), free(ben, "BTC")) == ("10", "0", "1")
    assert (free(ann, "USDT"), locked(ann, "BTC")) == ("100", "0")


def test_the_rest_of_a_gtc_order_goes_on_the_book() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="1000")
    scene.sell(ann, "1", "100")
    order = scene.buy(ben, "3", "101")
    assert state(order) == "PARTIALLY_FILLED executed=1 left=2"
    assert scene.bids == [("101", "2")]
    assert scene.asks == []
    assert (free(ben, "USDT"), locked(ben, "USDT")) == ("698", "202")  # S-95: price * remaining stays locked


def test_orders_that_do_not_reach_each_other_rest() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100.00000001")
    scene.buy(ben, "1", "100")
    assert scene.trades == []
    assert (scene.bids, scene.asks) == ([("100", "1")], [("100.00000001", "1")])


def test_one_level_shows_the_sum_of_its_orders_and_keeps_their_turn_when_one_leaves() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    first, middle, last = (scene.buy(ann, qty, "100") for qty in ("1", "2", "3"))
    assert scene.bids == [("100", "6")]
    scene.cancel(middle)
    assert scene.bids == [("100", "4")]
    scene.sell(ben, "1.5")
    assert scene.queue("BUY") == [last]
    assert state(first) == "FILLED executed=1"
    assert scene.bids == [("100", "2.5")]


def test_a_partly_filled_maker_keeps_its_turn() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    first, second = scene.sell(ann, "2", "100"), scene.sell(ann, "2", "100")
    scene.buy(ben, "1")
    assert scene.queue("SELL") == [first, second]
    assert state(first) == "PARTIALLY_FILLED executed=1 left=1"


def test_depth_stops_at_its_limit() -> None:
    scene = Scene()
    ann = scene.account()
    for price in ("10", "12", "11"):
        scene.buy(ann, "1", price)
    assert scene.market.book.depth(2) == ([(units("12"), SCALE), (units("11"), SCALE)], [])


# -- the trade ------------------------------------------------------------------------------------------------------


def test_a_trade_names_maker_taker_side_and_amounts() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    maker = scene.buy(ann, "2", "0.3")
    taker = scene.sell(ben, "0.00000005")
    trade = scene.market.bag(ann).trades[-1]
    assert (trade.maker, trade.taker, trade.taker_id) == (maker, taker, taker.id)
    assert trade.buyer_maker
    assert (trade.price, trade.qty) == (units("0.3"), 5)
    assert trade.quote == 1  # 1.5 units of quote, cut
    assert trade.time == scene.now
    assert scene.market.bag(ben).trades == [trade]


def test_a_trade_is_the_last_update_of_both_accounts() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    scene.buy(ben, "1")
    assert (ann.updated, ben.updated) == (scene.now, scene.now)


def test_trade_ids_rise_by_one() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    for _ in range(3):
        scene.sell(ann, "1", "100")
        scene.buy(ben, "1")
    assert [trade.id for trade in scene.market.bag(ben).trades] == [0, 1, 2]


def test_the_first_fill_of_an_order_is_told_from_the_later_ones() -> None:
    """S-68: the count of unfilled orders falls once for each order."""
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "2", "100")
    scene.sell(ann, "2", "101")
    scene.buy(ben, "1")
    first = scene.events
    scene.buy(ben, "2")
    flags = [(event.maker_first, event.taker_first) for event in first + scene.events if isinstance(event, Traded)]
    assert flags == [(True, True), (False, True), (True, False)]


def test_a_print_moves_the_last_price_and_nothing_else() -> None:
    scene = Scene()
    ann = scene.account()
    order = scene.sell(ann, "1", "100")
    scene.print_trade("90", "7")
    assert scene.market.tape.last_price == units("90")
    assert scene.happened() == ["Traded"]
    assert state(order) == "NEW left=1"
    assert scene.market.bag(ann).trades == []


# -- IOC and FOK (S-84, S-85) ---------------------------------------------------------------------------------------


def test_the_rest_of_an_ioc_order_expires() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="1000")
    scene.sell(ann, "1", "100")
    scene.sell(ann, "1", "102")
    order = scene.buy(ben, "3", "101", tif="IOC")
    assert state(order) == "EXPIRED executed=1 left=2"
    assert reason(order) == "UNFILLED_IOC_QUANTITY_EXPIRED"
    assert (free(ben, "USDT"), locked(ben, "USDT")) == ("900", "0")
    assert scene.bids == []
    assert scene.happened() == ["Accepted", "Traded", "Expired"]


def test_an_ioc_order_that_meets_nobody_expires_whole() -> None:
    scene = Scene()
    order = scene.sell(scene.account(), "1", "100", tif="IOC")
    assert state(order) == "EXPIRED left=1"
    assert scene.happened() == ["Accepted", "Expired"]


def test_an_ioc_order_that_fills_does_not_expire() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.buy(ann, "1", "100")
    order = scene.sell(ben, "1", "100", tif="IOC")
    assert state(order) == "FILLED executed=1"
    assert reason(order) is None


def test_a_fok_order_fills_over_several_prices() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    scene.sell(ann, "1", "101")
    assert state(scene.buy(ben, "2", "101", tif="FOK")) == "FILLED executed=2"


@pytest.mark.parametrize(("qty", "price"), [("2.00000001", "101"), ("2", "100.99999999")])
def test_a_fok_order_that_cannot_fill_whole_does_nothing(qty: str, price: str) -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="1000")
    makers = [scene.sell(ann, "1", "100"), scene.sell(ann, "1", "101")]
    order = scene.buy(ben, qty, price, tif="FOK")
    assert state(order) == f"EXPIRED left={qty}"
    assert reason(order) == "UNFILLED_FOK_ORDER_EXPIRED"
    assert scene.trades == []
    assert [state(maker) for maker in makers] == ["NEW left=1"] * 2
    assert (free(ben, "USDT"), locked(ben, "USDT")) == ("1000", "0")


def test_a_fok_order_reaches_the_hidden_part_of_an_iceberg() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "3", "100", iceberg="1")
    assert state(scene.buy(ben, "3", "100", tif="FOK")) == "FILLED executed=3"


# -- MARKET (S-86) --------------------------------------------------------------------------------------------------


def test_a_market_order_walks_the_book() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="1000")
    scene.sell(ann, "1", "100")
    scene.sell(ann, "1", "250")
    order = scene.buy(ben, "1.5")
    assert scene.trades == [("100", "1"), ("250", "0.5")]
    assert state(order) == "FILLED executed=1.5"
    assert (text(order.quote), free(ben, "USDT"), locked(ben, "USDT")) == ("225", "775", "0")


def test_what_the_book_cannot_give_expires() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.buy(ann, "1", "100")
    order = scene.sell(ben, "3")
    assert state(order) == "EXPIRED executed=1 left=2"
    assert reason(order) == "INSUFFICIENT_LIQUIDITY"
    assert scene.happened() == ["Accepted", "Traded", "Expired"]
    assert locked(ben, "BTC") == "0"


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_on_an_empty_book_all_of_it_expires(side: str) -> None:
    scene = Scene()
    order = scene.place(scene.account(), side, "MARKET", "1")
    assert state(order) == "EXPIRED left=1"
    assert reason(order) == "INSUFFICIENT_LIQUIDITY"
    assert order.working_time == scene.now


def test_a_market_buy_needs_what_the_book_asks() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="149.99999999")
    scene.sell(ann, "1", "100")
    scene.sell(ann, "1", "101")
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.buy(ben, "1.5")
    scene.ledger.deposit(ben, "USDT", units("0.50000001"))
    assert state(scene.buy(ben, "1.5")) == "FILLED executed=1.5"
    assert free(ben, "USDT") == "0"


# -- LIMIT_MAKER (S-88) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "price"), [("BUY", "100"), ("BUY", "101"), ("SELL", "90"), ("SELL", "89")])
def test_a_limit_maker_order_that_would_take_is_refused(side: str, price: str) -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    scene.buy(ann, "1", "90")
    with scene.refuses(Rejection.WOULD_MATCH_IMMEDIATELY):
        scene.place(ben, side, "LIMIT_MAKER", "1", price)


def test_a_limit_maker_order_rests_between_the_best_prices() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    order = scene.place(ben, "BUY", "LIMIT_MAKER", "1", "99.99999999")
    assert state(order) == "NEW left=1"
    scene.sell(ann, "1")
    assert state(order) == "FILLED executed=1"
