"""What fills do: O-71, O-72, O-76, O-78, O-79, O-85; and that nothing is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mock_server.venues.options.options_client import BTC, CALL, PUT, OptionsClient, client

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.accounts import ASSET, BillType

START = 100_000 * SCALE
QTY = 30_000_000


def test_a_buyer_pays_premium_and_fee_at_the_fill() -> None:
    """O-71, O-85: 0.024 % of the index, as the premium is worth far more."""
    options = OptionsClient()
    order = options.fill(Side.BUY, QTY)
    premium = order.price * 3 // 10
    fee = 79_970 * SCALE * 24_000 // SCALE * 3 // 10
    assert options.own.balance == START - premium - fee
    assert [(bill.type, bill.amount) for bill in options.own.bills] == [
        (BillType.CONTRACT, -premium), (BillType.FEE, -fee),
    ]  # fmt: skip
    position = options.own.positions[CALL]
    assert (position.qty, position.entry, position.updated) == (QTY, order.price, options.now)
    (record,) = options.own.fills.values()
    assert (record.fee, record.realised) == (fee, 0)
    assert 0 < record.volatility < 10 * SCALE


def test_a_seller_is_paid_and_is_short() -> None:
    """O-72, O-78: below zero."""
    options = OptionsClient()
    order = options.fill(Side.SELL, QTY)
    fee = 79_970 * SCALE * 24_000 // SCALE * 3 // 10
    assert options.own.balance == START + order.price * 3 // 10 - fee
    assert options.own.held(CALL) == -QTY


def test_a_fee_is_a_tenth_of_the_premium_at_most() -> None:
    """O-85"""
    options = client(taker=1_000_000)
    order = options.fill(Side.BUY, QTY)
    assert order.price < 79_970 * SCALE // 10
    (record,) = options.own.fills.values()
    assert record.fee == min(79_970 * 1_000_000, order.price // 10) * 3 // 10


def test_a_maker_pays_the_rate_of_makers() -> None:
    options = client(maker=0, taker=24_000)
    book = options.public("depth", symbol=CALL).ok()
    assert book["asks"]
    market = options.venue.market(CALL, options.now)
    ask = market.book.asks.best
    assert ask is not None
    own = options.order(Side.BUY, QTY, ask.price - 5 * SCALE)
    other = options.venue.open_account("other", {ASSET: START})
    options.order(Side.SELL, QTY, own.price, by=other)
    assert not own.open
    assert [record.fee for record in options.own.fills.values()] == [0]
    assert all(record.fee > 0 for record in other.fills.values())


def test_closing_realises_against_the_entry() -> None:
    """O-76, with the unit: a contract of XRP is a hundred."""
    options = OptionsClient()
    name = next(name for name in options.listed() if name.startswith("XRP") and "-C" in name)
    bought = options.fill(Side.BUY, 4 * SCALE, name)
    sold = options.fill(Side.SELL, SCALE, name)
    records: list[Any] = list(options.own.fills.values())
    assert records[1].realised == (sold.price - bought.price) * 100
    assert options.own.held(name) == 3 * SCALE
    assert sold.quote == sold.price * 100


trades = st.lists(
    st.tuples(st.sampled_from([CALL, PUT]), st.sampled_from(list(Side)), st.integers(1, 200), st.integers(-3, 3)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=15)
@given(trades)
def test_no_money_is_made_or_lost(script: list[tuple[str, Side, int, int]]) -> None:
    """The wallets of all, the market maker and the collector of fees together; and so many longs as shorts."""
    options = OptionsClient()
    other = options.venue.open_account("other", {ASSET: START})
    for number, (symbol, side, lots, move) in enumerate(script):
        if move:
            options.move_index(79_970 + 300 * move, BTC)
        market = options.venue.market(symbol, options.now)
        info = market.info
        best = market.book.asks.best if side is Side.BUY else market.book.bids.best
        price = best.price if best is not None else info.tick
        options.order(side, lots * info.step, price, symbol=symbol, by=other if number % 2 else options.own)
    ledger = options.venue.ledger
    assert ledger.total(ASSET) == ledger.deposited[ASSET]
    for symbol in (CALL, PUT):
        assert sum(owner.held(symbol) for owner in options.venue.owners.values()) == 0
    for account in (options.own, other):
        assert account.balance == START + sum(bill.amount for bill in account.bills)
