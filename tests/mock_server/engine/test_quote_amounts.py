"""MARKET orders by `quoteOrderQty`: rule S-87."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.market import Rejected, Rejection

from .scene import SCALE, Scene, free, reason, state, text


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
    with scene.refuses(Rejection.NO_LIQUIDITY if quote == "0.99" else Rejection.EMPTY_BOOK):
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
