"""How orders meet the book: rules S-80 to S-88, S-94, S-95."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.events import Traded
from binance_mock.engine.market import Rejected, Rejection

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


# -- ids and cancels (S-80, S-81, S-83, S-118) ----------------------------------------------------------------------


def test_order_ids_rise_and_a_refused_order_uses_none() -> None:
    scene = Scene()
    ann = scene.account(USDT="100")
    first = scene.buy(ann, "1", "10")
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.buy(ann, "1000", "10")
    assert scene.buy(ann, "1", "10").id == first.id + 1


def test_a_client_id_is_refused_while_an_open_order_bears_it() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    first = scene.buy(ann, "1", "100", name="mine")
    with scene.refuses(Rejection.DUPLICATE_ORDER):
        scene.buy(ann, "1", "100", name="mine")
    scene.buy(ben, "1", "100", name="mine")  # another account's
    scene.cancel(first)
    again = scene.buy(ann, "1", "100", name="mine")
    assert scene.market.bag(ann).find("mine") is again


def test_a_client_id_is_free_again_after_fill_and_expiry() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100", name="mine")
    scene.buy(ben, "1", "100")
    scene.sell(ann, "1", "100", name="mine", tif="IOC")
    third = scene.sell(ann, "1", "100", name="mine")
    assert scene.market.bag(ann).find("mine") is third


def test_a_cancel_gives_its_own_client_id_to_the_order() -> None:
    scene = Scene()
    ann = scene.account(USDT="100")
    order = scene.buy(ann, "1", "100", name="mine")
    scene.cancel(order, "the cancel")
    assert state(order) == "CANCELED left=1"
    assert order.client_id == "the cancel"
    assert order.orig_client_id == "mine"
    assert order.updated == scene.now
    assert (free(ann, "USDT"), locked(ann, "USDT")) == ("100", "0")
    assert scene.bids == []
    assert scene.happened() == ["Canceled"]
    bag = scene.market.bag(ann)
    assert bag.find("mine") is bag.find("the cancel") is order
    assert bag.find("nobody's") is None


@pytest.mark.parametrize("ending", ["filled", "canceled", "expired"])
def test_what_is_not_open_cannot_be_canceled(ending: str) -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    order = scene.sell(ann, "1", "100", tif="IOC" if ending == "expired" else "GTC")
    if ending == "filled":
        scene.buy(ben, "1")
    if ending == "canceled":
        scene.cancel(order)
    with scene.refuses(Rejection.UNKNOWN_ORDER):
        scene.cancel(order, "again")


def test_find_prefers_the_open_order_and_then_the_newest() -> None:
    scene = Scene()
    ann = scene.account()
    opened = scene.buy(ann, "1", "100", name="a")
    scene.cancel(opened, "b")
    newer = scene.buy(ann, "1", "100", name="c")
    scene.cancel(newer, "b")
    bag = scene.market.bag(ann)
    assert bag.find("b") is newer
    reused = scene.buy(ann, "1", "100", name="b")
    assert bag.find("b") is reused


def test_closed_orders_of_the_house_are_not_kept() -> None:
    scene = Scene()
    house, ann = scene.ledger.house, scene.account()
    scene.ledger.deposit(house, "BTC", units("5"))
    filled, resting = scene.sell(house, "1", "100"), scene.sell(house, "1", "101")
    scene.buy(ann, "1", "100")
    bag = scene.market.bag(house)
    assert list(bag.all.values()) == [resting]
    assert bag.trades == []
    assert state(filled) == "FILLED executed=1"


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


# -- MARKET by quoteOrderQty (S-87) ---------------------------------------------------------------------------------


def test_a_buy_spends_the_quote_amount() -> None:
    scene = Scene(lot="0.001")
    ann, ben = scene.account(), scene.account(USDT="1000")
    scene.sell(ann, "1", "100")
    scene.sell(ann, "10", "150")
    order = scene.buy(ben, "0", quote="250.1")
    assert state(order) == "FILLED executed=2"  # 2.000666... cut to the lot
    assert text(order.qty) == "2"
    assert free(ben, "USDT") == "750"


def test_a_sell_obtains_the_quote_amount() -> None:
    scene = Scene(lot="0.01")
    ann, ben = scene.account(), scene.account(BTC="5")
    scene.buy(ann, "1", "100")
    scene.buy(ann, "1", "90")
    order = scene.sell(ben, "0", quote="145.5")
    assert state(order) == "FILLED executed=1.5"  # 1.5055... cut
    assert free(ben, "USDT") == "145"


def test_a_book_too_thin_for_the_quote_amount_ends_in_expired() -> None:
    scene = Scene(lot="0.01")
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    order = scene.buy(ben, "0", quote="101")
    assert state(order) == "EXPIRED executed=1"
    assert reason(order) == "INSUFFICIENT_LIQUIDITY"
    assert scene.happened() == ["Accepted", "Traded", "Expired"]


def test_a_book_that_lacks_less_than_a_lot_is_not_too_thin() -> None:
    scene = Scene(lot="0.01")
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    order = scene.buy(ben, "0", quote="100.99999999")
    assert state(order) == "FILLED executed=1"
    assert reason(order) is None


def test_a_book_that_does_not_end_at_a_lot_is_too_thin_when_a_lot_more_was_wanted() -> None:
    scene = Scene(lot="0.01")
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1.005", "100")
    order = scene.buy(ben, "0", quote="101")
    assert state(order) == "EXPIRED executed=1"


@pytest.mark.parametrize("quote", ["0.99", "500"])
def test_a_quote_amount_that_buys_no_lot_is_refused(quote: str) -> None:
    scene = Scene(lot="0.01")
    ann, ben = scene.account(), scene.account()
    if quote == "0.99":
        scene.sell(ann, "1", "100")
    with scene.refuses(Rejection.NO_LIQUIDITY):
        scene.buy(ben, "0", quote=quote)


def test_a_quote_amount_beyond_the_balance_is_refused() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account(USDT="99")
    scene.sell(ann, "5", "100")
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.buy(ben, "0", quote="100")


@given(
    asks=st.lists(st.tuples(st.integers(1, 3 * SCALE), st.integers(1, 3 * SCALE)), min_size=1, max_size=5),
    quote=st.integers(1, 20 * SCALE),
    lot=st.sampled_from((1, 7, 1000, SCALE // 100)),
)
def test_the_quantity_is_the_largest_that_is_paid_for(asks: list[tuple[int, int]], quote: int, lot: int) -> None:
    """One lot more would cost more than the quote amount, or is not there."""
    scene = Scene(lot=text(lot))
    ann, ben = scene.account(), scene.account(USDT="1000")
    for price, qty in asks:
        scene.sell(ann, text(qty), text(price))
    there = sum(qty for _, qty in asks)

    def exact_cost(wanted: int) -> int:
        """In units of 10^-16."""
        total = 0
        for price, qty in sorted(asks):
            part = min(wanted, qty)
            wanted -= part
            total += price * part
        return total

    try:
        order = scene.buy(ben, "0", quote=text(quote))
    except Rejected:
        assert lot > there or exact_cost(lot) > quote * SCALE
        return
    slack = len(asks) * SCALE  # each maker's amount may be cut by less than a unit
    assert order.qty % lot == 0
    assert order.executed == order.qty
    assert exact_cost(order.qty) <= quote * SCALE + slack
    more = order.qty + lot
    assert more > there or exact_cost(more) > quote * SCALE
    if order.status == "EXPIRED":
        assert more > there
    assert order.quote <= quote


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


# -- what an order says of itself -----------------------------------------------------------------------------------


def test_times_of_an_order() -> None:
    """S-77: `workingTime` is when it reached the book; the update time follows every change."""
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    order = scene.sell(ann, "2", "100")
    placed = scene.now
    assert (order.created, order.working_time, order.updated) == (placed, placed, placed)
    scene.buy(ben, "1")
    assert (order.created, order.working_time, order.updated) == (placed, placed, scene.now)


@pytest.mark.parametrize(
    ("side", "price", "asset"), [("BUY", "100.00000001", "USDT"), ("SELL", "100", "BTC")], ids=["quote", "base"]
)
def test_an_order_locks_what_it_may_cost(side: str, price: str, asset: str) -> None:
    """S-95; a BUY locks the amount cut to 10^-8."""
    scene = Scene()
    ann = scene.account(BTC="0.3", USDT="30")
    order = scene.place(ann, side, "LIMIT", "0.3", price)
    assert (free(ann, asset), text(order.locked)) == ("0", locked(ann, asset))
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.place(ann, side, "LIMIT", "0.00000001", price)


def test_the_update_id_of_the_book_rises_with_every_change() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    seen = [scene.market.book.update_id]
    order = scene.sell(ann, "2", "100")
    seen.append(scene.market.book.update_id)
    scene.buy(ben, "1")
    seen.append(scene.market.book.update_id)
    scene.cancel(order)
    seen.append(scene.market.book.update_id)
    assert seen == sorted(set(seen))
