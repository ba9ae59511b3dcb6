"""What expiry does to orders, positions and cash: O-81 to O-84, O-86; nothing is lost, whatever the clock does."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.mock_server.venues.options.options_client import (
    BTC,
    CALL,
    DAILY,
    DAY_MS,
    EXPIRY_MS,
    HOUR_MS,
    MS,
    OptionsClient,
    client,
)

from binance_mock.engine.orders import Side, Status
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.accounts import ASSET, BillType, OptionsAccount
from binance_mock.venues.options.listings import Contract

START: Final = 100_000 * SCALE
LOT: Final = SCALE // 100
STRIKES: Final = ("79000", "80000", "81000")
HALF_HOUR_MS: Final = 30 * 60_000
NAMES: Final = tuple(f"BTC-2311{day}-{strike}-{side}" for day in (15, 16) for strike in STRIKES for side in "CP")


def names_of(day: int) -> list[str]:
    return [name for name in NAMES if name.startswith(f"BTC-2311{day}-")]


def set_index(options: OptionsClient, price: int) -> None:
    """Let the index of BTCUSDT stand at a price in units of 10^-8."""
    usdm = options.world.usdm
    assert usdm is not None
    usdm.set_marks(BTC, options.now, index=price)


def trade(options: OptionsClient, by: OptionsAccount, symbol: str, side: Side, lots: int) -> None:
    """Trade with whoever is best, at no price that the standing book would not have."""
    market = options.venue.market(symbol, options.now)
    best = (market.book.asks if side is Side.BUY else market.book.bids).best
    options.order(side, lots * LOT, best.price if best is not None else market.info.tick, symbol=symbol, by=by)


def conserved(options: OptionsClient) -> bool:
    ledger = options.venue.ledger
    return ledger.total(ASSET) == ledger.deposited[ASSET]


# -- an obvious model -----------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """The index stands at a price from a time in milliseconds on."""

    time: int
    price: int


def mean_of(path: list[Step], expiry: int) -> int:
    """O-81: the mean of 1800 values, one for each second, to the nearest unit."""
    values = []
    for second in range(1800):
        moment = expiry - HALF_HOUR_MS + second * 1000
        values.append([step.price for step in path if step.time <= moment][-1])
    return int(Fraction(sum(values), 1800) + Fraction(1, 2))


def outcome(info: Contract, qty: int, price: int, rate: int) -> tuple[int, int]:
    """O-82, O-86: what the owner of a position is paid, and the fee, both cut to a unit."""
    value = max(0, price - info.strike if info.side == "CALL" else info.strike - price)
    paid = int(Fraction(value * info.unit, SCALE) * qty)
    fee = min(Fraction(rate * price, SCALE), Fraction(value, 10)) * info.unit * Fraction(abs(qty), SCALE)
    return paid, int(fee)


moves = st.lists(st.tuples(st.integers(0, HALF_HOUR_MS + 60_000), st.integers(-3000 * SCALE, 3000 * SCALE)), max_size=5)
fills = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(NAMES), st.sampled_from(list(Side)), st.integers(1, 300)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25)
@given(fills, moves, st.integers(0, 2 * DAY_MS), st.booleans())
@example(
    [(0, DAILY, Side.BUY, 1), (1, DAILY, Side.BUY, 1), (2, DAILY, Side.BUY, 1)], [(0, 3000 * SCALE - 50)], 0, False
)
def test_everybody_gets_what_expiry_owes_and_no_unit_is_lost(
    script: list[tuple[int, str, Side, int]], path: list[tuple[int, int]], leap: int, forked: bool
) -> None:
    """O-81, O-82, O-84, O-86, by a model that adds up seconds; over one expiry or two, in one leap."""
    options = OptionsClient()
    others = [options.venue.open_account(name, {ASSET: START}) for name in ("one", "two")]
    for who, symbol, side, lots in script:
        trade(options, [options.own, *others][who], symbol, side, lots)
    start = options.venue.index_price(BTC)
    steps = [Step(0, start)]
    opening = EXPIRY_MS - HALF_HOUR_MS - 30_000
    for time, move in sorted(path, key=lambda each: each[0]):
        if opening + time < EXPIRY_MS:
            options.wait_until(opening + time)
            set_index(options, start + move)
            steps.append(Step(opening + time, start + move))
    if forked:
        options = OptionsClient(options.world.fork())
    venue = options.venue
    infos = {symbol: market.info for symbol, market in venue.markets.items()}
    before = {
        name: (each.balance, {p.symbol: p.qty for p in each.open_positions()}) for name, each in venue.accounts.items()
    }
    fees = venue.ledger.collector.free[ASSET]
    house = venue.house.balance
    ended = [15] if EXPIRY_MS + leap < EXPIRY_MS + DAY_MS else [15, 16, 17][: 1 + leap // DAY_MS]
    options.wait_until(EXPIRY_MS + leap)
    options.public("ping").ok()

    charged = received = 0
    for name, (balance, held) in before.items():
        own = venue.accounts[name]
        wanted, bills = balance, []
        for symbol, qty in held.items():
            day = int(symbol[8:10])
            if day in ended:
                price = mean_of(steps, EXPIRY_MS + (day - 15) * DAY_MS)
                paid, fee = outcome(infos[symbol], qty, price, venue.settings.exercise)
                wanted += paid - fee
                charged, received = charged + fee, received + paid
                bills.append((symbol, price, qty, paid, fee))
                assert own.held(symbol) == venue.house.held(symbol) == 0
        assert own.balance == wanted
        assert sorted((e.symbol, e.price, e.qty, e.amount, e.fee) for e in own.exercises) == sorted(bills)
        assert own.balance == START + sum(bill.amount for bill in own.bills)
    assert venue.ledger.collector.free[ASSET] == fees + charged
    assert venue.house.balance == house - received
    assert conserved(options)
    assert not any(symbol in venue.symbols for day in ended for symbol in names_of(day))


def test_what_cutting_leaves_over_stays_with_the_market_maker() -> None:
    """O-82: the hundredth of a contract that pays half a unit pays its owner nothing, and nobody loses a unit."""
    options = OptionsClient()
    others = [options.venue.open_account(name, {ASSET: START}) for name in ("one", "two")]
    for account in (options.own, *others):
        trade(options, account, DAILY, Side.BUY, 1)
    set_index(options, 80_000 * SCALE + 50)
    options.wait_until(EXPIRY_MS)
    options.public("ping").ok()
    assert [account.exercises[0].amount for account in (options.own, *others)] == [0, 0, 0]
    assert conserved(options)


# -- the clock --------------------------------------------------------------------------------------------------------


def test_each_expiry_of_a_leap_is_settled_at_the_index_of_its_own_time() -> None:
    """O-81: nobody looked at the options in between."""
    options = OptionsClient()
    days = {15: 81_000, 16: 82_000, 17: 83_000}
    for day in days:
        trade(options, options.own, f"BTC-2311{day}-80000-C", Side.BUY, 100)
    for day, price in days.items():
        options.wait_until(EXPIRY_MS + (day - 15) * DAY_MS - HOUR_MS)
        set_index(options, price * SCALE)
    options.wait_until(EXPIRY_MS + 30 * DAY_MS)
    rows = options.get("exerciseRecord")
    assert [(row["symbol"][4:10], row["exercisePrice"], row["createDate"]) for row in rows] == [
        (f"2311{day}", f"{price}.00000000", EXPIRY_MS + (day - 15) * DAY_MS) for day, price in days.items()
    ]
    assert [row["amount"] for row in rows] == ["1000.00000000", "2000.00000000", "3000.00000000"]


def test_a_position_outlives_a_clock_that_goes_back_before_its_listing() -> None:
    """O-84: it still ends at its expiry, even when that is passed in one leap."""
    options = OptionsClient()
    trade(options, options.own, CALL, Side.BUY, 100)
    order = options.order(Side.BUY, LOT, SCALE, symbol=CALL)
    options.world.clock.freeze((MS - 200 * DAY_MS) * 1000)
    options.world.rewind()
    (row,) = options.get("position")
    assert (row["symbol"], row["quantity"]) == (CALL, "1.00")
    assert CALL in options.listed()
    assert "BTC-231124-70000-C" in options.listed()
    set_index(options, 85_000 * SCALE)
    options.wait_until(EXPIRY_MS + 300 * DAY_MS)
    assert options.get("position") == []
    (record,) = options.get("exerciseRecord")
    assert (record["symbol"], record["amount"]) == (CALL, "5000.00000000")
    assert order.status is Status.EXPIRED
    assert conserved(options)


def test_an_expiry_that_a_clock_takes_back_pays_once() -> None:
    """What was exercised stays paid; the contract is listed again, without anybody in it, and ends again."""
    options = OptionsClient()
    trade(options, options.own, DAILY, Side.BUY, 100)
    set_index(options, 81_000 * SCALE)
    options.wait_until(EXPIRY_MS)
    options.public("ping").ok()
    options.world.clock.freeze(MS * 1000)
    options.world.rewind()
    assert DAILY in options.listed()
    assert options.public("exerciseHistory").ok() == []
    assert options.get("position") == []
    trade(options, options.own, DAILY, Side.SELL, 100)
    options.wait_until(EXPIRY_MS + DAY_MS)
    records = options.get("exerciseRecord")
    assert [(row["positionSide"], row["amount"]) for row in records] == [
        ("LONG", "1000.00000000"),
        ("SHORT", "-1000.00000000"),
    ]
    assert conserved(options)


def test_a_copy_exercises_for_itself() -> None:
    options = OptionsClient()
    trade(options, options.own, DAILY, Side.SELL, 100)
    twin = OptionsClient(options.world.fork())
    set_index(twin, 82_000 * SCALE)
    twin.wait_until(EXPIRY_MS)
    assert [row["amount"] for row in twin.get("exerciseRecord")] == ["-2000.00000000"]
    assert options.get("exerciseRecord") == []
    assert options.own.held(DAILY) == -SCALE
    options.wait_until(EXPIRY_MS)
    assert [row["amount"] for row in options.get("exerciseRecord")] == ["0.00000000"]
    assert conserved(twin)
    assert conserved(options)


# -- orders, bills and fees -------------------------------------------------------------------------------------------


def test_open_orders_expire_with_their_contract() -> None:
    """O-84, and the market maker's with them; those of other expiries stay."""
    options = OptionsClient()
    order = options.order(Side.BUY, LOT, SCALE, symbol=DAILY)
    stays = options.order(Side.BUY, LOT, SCALE)
    options.wait_until(EXPIRY_MS - 1)
    options.public("ping").ok()
    assert order.open
    options.wait_until(EXPIRY_MS)
    options.public("ping").ok()
    assert (order.status, order.updated) == (Status.EXPIRED, EXPIRY_MS * 1000)
    assert stays.open
    market = options.venue.markets[DAILY]
    assert not any(bag.open for bag in market.bags.values())
    assert not market.book.bids.keys
    assert not market.book.asks.keys


@pytest.mark.parametrize(("side", "sign"), [(Side.BUY, 1), (Side.SELL, -1)])
def test_both_sides_pay_the_fee_and_find_bills(side: Side, sign: int) -> None:
    """O-79, O-82, O-86: a writer pays the payoff, and the fee on top."""
    options = OptionsClient()
    trade(options, options.own, DAILY, side, 50)
    seen = len(options.own.bills)
    set_index(options, 82_200 * SCALE)
    options.wait_until(EXPIRY_MS)
    options.public("ping").ok()
    fee = 82_200 * 15_000 // 2
    assert fee < 2200 * SCALE // 10 // 2
    assert [(bill.type, bill.amount, bill.time) for bill in options.own.bills[seen:]] == [
        (BillType.CONTRACT, sign * 1100 * SCALE, EXPIRY_MS * 1000),
        (BillType.FEE, -fee, EXPIRY_MS * 1000),
    ]


def test_the_fee_is_a_tenth_of_the_value_at_most() -> None:
    """O-86, with a rate of half."""
    options = client(exercise=SCALE // 2)
    trade(options, options.own, DAILY, Side.BUY, 100)
    set_index(options, 80_200 * SCALE)
    options.wait_until(EXPIRY_MS)
    options.public("ping").ok()
    assert options.own.exercises[0].fee == 20 * SCALE


def test_a_contract_of_many_pays_for_all_of_them() -> None:
    """O-45, O-82: a contract of XRP is a hundred."""
    options = OptionsClient()
    info = next(
        info for info in options.venue.symbols.values() if info.underlying == "XRPUSDT" and info.side == "CALL"
    ) if options.listed() else None  # fmt: skip
    assert info is not None
    market = options.venue.market(info.name, options.now)
    ask = market.book.asks.best
    assert ask is not None
    options.order(Side.BUY, 3 * SCALE, ask.price, symbol=info.name)
    usdm = options.world.usdm
    assert usdm is not None
    usdm.set_marks("XRPUSDT", options.now, index=info.strike + SCALE // 4)
    options.wait_until(info.expiry // 1000)
    options.public("ping").ok()
    assert options.own.exercises[0].amount == 75 * SCALE


def test_nothing_is_paid_at_the_money_and_a_record_is_kept() -> None:
    """O-82, O-83"""
    options = OptionsClient()
    trade(options, options.own, DAILY, Side.BUY, 100)
    seen = len(options.own.bills)
    set_index(options, 80_000 * SCALE)
    options.wait_until(EXPIRY_MS)
    (row,) = options.get("exerciseRecord")
    assert (row["amount"], row["fee"], row["exercisePrice"]) == ("0.00000000", "0.00000000", "80000.00000000")
    assert len(options.own.bills) == seen
    assert options.get("position") == []


def test_a_writer_who_cannot_pay_owes() -> None:
    """A wallet below zero: whoever is owed is paid all the same, and the writer may only reduce (O-80)."""
    options = OptionsClient()
    poor = options.venue.open_account("poor", {ASSET: 500 * SCALE})
    trade(options, poor, DAILY, Side.SELL, 100)
    trade(options, options.own, DAILY, Side.BUY, 100)
    set_index(options, 90_000 * SCALE)
    options.wait_until(EXPIRY_MS)
    options.public("ping").ok()
    assert options.own.exercises[0].amount == 10_000 * SCALE
    assert poor.balance < 0
    assert poor.reduce_only
    assert conserved(options)
