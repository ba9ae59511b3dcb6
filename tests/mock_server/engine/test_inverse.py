"""Inverse contracts beside slow models in fractions; the rules are those of linear ones (U-109 to U-115, U-121)."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from binance_mock.engine import inverse, margin
from binance_mock.engine.brackets import Bracket, Brackets
from binance_mock.engine.commission import Fees
from binance_mock.engine.inverse import RAW, InverseMarket, InversePosition
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.positions import MarginType, Position, PositionSide

from .scene import SCALE, text, units

BUY, SELL = Side.BUY, Side.SELL
SIZE = 100


def position(side: PositionSide = PositionSide.BOTH) -> InversePosition:
    return InversePosition("BTCUSD_PERP", side, size=SIZE)


def filled(one: InversePosition, *fills: str, fee: str = "0") -> list[str]:
    """Fills such as `"BUY 2 @ 100"`, each with a commission in coins; their realised results."""
    results = []
    for line in fills:
        side, qty, _, price = line.split()
        results.append(text(one.fill(Side(side), units(price), units(qty), fee=units(fee))))
    return results


# -- one after the other --------------------------------------------------------------------------------------------


def test_a_long_is_paid_the_coins_that_its_dollars_no_longer_cost() -> None:
    """10 contracts are 1000 USD: 0.025 BTC at 40000, and 0.02 BTC at 50000."""
    one = position()
    assert filled(one, "BUY 10 @ 40000") == ["0"]
    mark = units("50000")
    assert (text(one.notional(mark)), text(one.unrealised(mark))) == ("0.02", "0.005")
    assert filled(one, "SELL 10 @ 50000") == ["0.005"]


def test_a_short_mirrors_a_long() -> None:
    one = position()
    assert filled(one, "SELL 10 @ 40000") == ["0"]
    mark = units("50000")
    assert (text(one.notional(mark)), text(one.unrealised(mark))) == ("-0.02", "-0.005")
    assert filled(one, "BUY 4 @ 50000", "BUY 6 @ 32000") == ["-0.002", "0.00375"]


def test_the_entry_is_the_harmonic_mean() -> None:
    """One contract at 40000 and three at 50000 are 0.0085 BTC for 400 USD."""
    one = position()
    filled(one, "BUY 1 @ 40000", "BUY 3 @ 50000")
    assert text(one.entry) == "47058.82352941"
    assert Fraction(*one.exact_entry) == Fraction(400 * SCALE * 10_000, 85)
    filled(one, "SELL 2 @ 70000")
    assert text(one.entry) == "47058.82352941"


@pytest.mark.parametrize(
    ("first", "second", "realised", "qty"),
    [("BUY 2 @ 50000", "SELL 5 @ 40000", "-0.001", "-3"), ("SELL 2 @ 50000", "BUY 5 @ 40000", "0.001", "3")],
)
def test_turning_round_realises_all_and_enters_anew(first: str, second: str, realised: str, qty: str) -> None:
    one = position()
    assert filled(one, first, second) == ["0", realised]
    assert (text(one.qty), text(one.entry)) == (qty, "40000")


def test_what_reciprocals_lack_takes_no_unit_off_a_whole_amount() -> None:
    """300 USD are 0.01 BTC at 30000, though 100 USD are no number of decimals there; so with results."""
    assert text(inverse.amount(units("3") * inverse.reciprocal(SIZE, units("30000")))) == "0.01"
    assert filled(position(), "BUY 3 @ 30000", "SELL 3 @ 20000") == ["0", "-0.005"]
    assert filled(position(), "SELL 3 @ 30000", "BUY 3 @ 20000") == ["0", "0.005"]
    assert filled(position(), "BUY 3 @ 30000", "SELL 1 @ 20000", "SELL 2 @ 20000") == [
        "0",
        "-0.00166666",
        "-0.00333334",
    ]


def test_break_even_counts_commissions_and_what_was_realised() -> None:
    """U-111: 0.002 BTC less 0.000001; then a half is sold at 40000, which takes 0.00025 off the other."""
    one = position()
    filled(one, "BUY 1 @ 50000", fee="0.000001")
    assert text(one.break_even) == "50025.01250625"
    short = position()
    filled(short, "SELL 1 @ 50000", fee="0.000001")
    assert text(short.break_even) == "49975.01249375"
    one = position()
    filled(one, "BUY 2 @ 50000", "SELL 1 @ 40000")
    assert text(one.break_even) == "66666.66666667"
    filled(one, "SELL 0.9 @ 20000")
    assert one.break_even == 0, "no price brings that back"


def test_a_flat_position_shows_nothing() -> None:
    """U-118."""
    one = position()
    for _ in range(2):
        assert (one.qty, one.entry, one.break_even, one.exact_entry) == (0, 0, 0, (0, 1))
        assert (one.notional(SCALE), one.unrealised(SCALE)) == (0, 0)
        filled(one, "BUY 1 @ 50000", "SELL 1 @ 50001", fee="0.001")


def test_a_copy_goes_its_own_way() -> None:
    one = InversePosition("X", PositionSide.LONG, size=10, leverage=7, margin_type=MarginType.ISOLATED)
    one.isolated_wallet, one.updated = 5, 6
    filled(one, "BUY 3 @ 100.1", "SELL 1 @ 100.2", fee="0.001")
    twin = one.fork()
    assert isinstance(twin, InversePosition)
    names = (*InversePosition.__slots__, *Position.__slots__)
    assert all(getattr(twin, name) == getattr(one, name) for name in names)
    filled(twin, "BUY 1 @ 50")
    assert (text(one.qty), text(one.entry)) == ("2", "100.1")


# -- against fractions ----------------------------------------------------------------------------------------------

Fill = tuple[bool, int, int]
"""Whether it buys, price, quantity."""

NEAR = Fraction(1, 10**7)
"""In 10^-8 of a coin: what the reciprocals of all fills of a test lack, and what amounts are rounded by, together."""

# From a cent to ten millions, on no grid; whole contracts.
prices = st.one_of(st.integers(10**6, 10**15), st.integers(1, 200).map(lambda step: step * 500 * SCALE))
sizes = st.integers(1, 10**5).map(lambda contracts: contracts * SCALE)
fill_lists = st.lists(st.tuples(st.booleans(), prices, sizes), max_size=20)


def coins(price: Fraction | int, qty: int) -> Fraction:
    """What a quantity is worth, in 10^-8 of the coin."""
    return Fraction(qty * SIZE * SCALE) / price


class Model:
    """A position in fractions: nothing is cut but what is paid out."""

    def __init__(self) -> None:
        self.qty = 0
        self.entry = Fraction(1)
        self.won = Fraction(0)
        self.spent = Fraction(0)

    def fill(self, buys: bool, price: int, size: int) -> None:
        change = size if buys else -size
        if self.qty * change >= 0:
            held = abs(self.qty) + size
            self.entry = held / (Fraction(abs(self.qty)) / self.entry + Fraction(size, price))
            self.spent += coins(price, change)
            self.qty += change
            return
        closed = min(size, abs(self.qty))
        gain = coins(self.entry, closed) - coins(price, closed)
        self.won += gain if self.qty > 0 else -gain
        self.spent += coins(price, change)
        self.qty += change
        if closed < size:
            self.entry, self.spent = Fraction(price), coins(price, self.qty)
        elif not self.qty:
            self.spent = Fraction(0)


def play(one: InversePosition, fills: list[Fill]) -> None:
    """The same on both; a fill that a hedge side cannot take is left out."""
    model, paid = Model(), 0
    for buys, price, size in fills:
        after = model.qty + (size if buys else -size)
        if (one.side is PositionSide.LONG and after < 0) or (one.side is PositionSide.SHORT and after > 0):
            continue
        model.fill(buys, price, size)
        paid += one.fill(BUY if buys else SELL, price, size)
        assert one.qty == model.qty
        # What is not paid out yet is less than a unit.
        assert abs(model.won - paid) < 1 + NEAR
        if not one.qty:
            assert one.entry == 0
            continue
        assert model.entry <= Fraction(*one.exact_entry) < model.entry * (1 + Fraction(1, 10**15))
        assert one.entry == Fraction(*one.exact_entry) // 1
        left = model.spent if one.qty > 0 else -model.spent
        if left > 1:
            exact = Fraction(abs(one.qty) * SIZE * SCALE) / left
            assert abs(one.break_even - exact) <= Fraction(1, 2) + exact * NEAR
        elif left < -1:
            assert one.break_even == 0


@given(fill_lists)
def test_one_way_fills_are_those_of_the_model(fills: list[Fill]) -> None:
    """U-109, U-111: quantity, entry, realised results and break-even price, fill by fill."""
    play(position(), fills)


@given(st.sampled_from((PositionSide.LONG, PositionSide.SHORT)), fill_lists)
def test_hedge_fills_are_those_of_the_model(side: PositionSide, fills: list[Fill]) -> None:
    """U-68, U-109."""
    play(position(side), fills)


@given(st.booleans(), prices, st.lists(sizes, min_size=1, max_size=6))
def test_the_entry_of_fills_at_one_price_is_that_price(buys: bool, price: int, parts: list[int]) -> None:
    one = position()
    for size in parts:
        one.fill(BUY if buys else SELL, price, size)
        one.fill(SELL if buys else BUY, price, size // 2)
    assert one.entry == price


@given(prices, prices, sizes, st.lists(sizes, min_size=1, max_size=6))
def test_parts_bring_what_the_whole_brings(bought: int, sold: int, size: int, parts: list[int]) -> None:
    """All results together are the exact profit, cut once."""
    one = position()
    one.fill(BUY, bought, size)
    total = 0
    for part in (*parts, size):
        total += one.fill(SELL, sold, min(part, one.qty)) if one.qty else 0
    exact = coins(bought, size) - coins(sold, size)
    assert total in {int(exact - NEAR), int(exact + NEAR)}


@given(fill_lists, prices)
def test_notional_and_profit_are_the_exact_ones_cut(fills: list[Fill], mark: int) -> None:
    """U-110, U-112."""
    one = position()
    for buys, price, size in fills:
        one.fill(BUY if buys else SELL, price, size)
    assert one.notional(mark) == int(coins(mark, one.qty))
    assert one.unrealised(mark) == (int(coins(one.entry, one.qty) - coins(mark, one.qty)) if one.qty else 0)


people = st.integers(0, 2)


@given(st.lists(st.tuples(people, people, prices, sizes), max_size=25), st.lists(prices, min_size=1, max_size=3))
def test_what_one_wins_others_lose(trades: list[tuple[int, int, int, int]], marks: list[int]) -> None:
    """Nothing appears and nothing is lost, to the last raw unit."""
    held = [position() for _ in range(3)]
    realised = 0
    for buyer, seller, price, size in trades:
        realised += held[buyer].fill(BUY, price, size) + held[seller].fill(SELL, price, size)
        assert sum(one.qty for one in held) == 0
        assert realised * RAW == sum(one.book for one in held)
        for mark in marks:
            assert realised * RAW + sum(one.value(mark) for one in held) == 0


@given(st.booleans(), prices, sizes, prices)
def test_an_open_loss_is_the_exact_one_cut(buys: bool, price: int, qty: int, mark: int) -> None:
    """U-103."""
    gap = coins(mark, qty) - coins(price, qty)
    exact = max(Fraction(0), gap if buys else -gap)
    assert inverse.open_loss(SIZE, BUY if buys else SELL, price, qty, mark) == int(exact)


@given(st.lists(st.integers(-(10**5), 10**5), max_size=6), prices, st.integers(-(10**6), 10**6))
def test_funding_pays_the_exact_parts_of_notionals_cut(quantities: list[int], mark: int, rate: int) -> None:
    """U-121: longs pay a positive rate, and no money appears."""
    payments, rest = inverse.settle_funding(SIZE, [qty * SCALE for qty in quantities], mark, rate)
    assert payments == [-int(coins(mark, qty * SCALE) * rate / SCALE) for qty in quantities]
    assert sum(payments) + rest == 0


@given(st.lists(st.tuples(prices, sizes), min_size=1, max_size=8))
def test_sums_of_worths_give_amount_and_mean_price(fills: list[tuple[int, int]]) -> None:
    raw = sum(qty * inverse.reciprocal(SIZE, price) for price, qty in fills)
    exact = sum((coins(price, qty) for price, qty in fills), Fraction(0))
    assert inverse.amount(raw) in {int(exact - NEAR), int(exact + NEAR)}
    qty = sum(qty for _, qty in fills)
    mean = Fraction(qty * SIZE * SCALE) / exact
    assert inverse.mean_price(SIZE, qty, raw) in {int(mean), int(mean * (1 + Fraction(1, 10**15)))}


# -- liquidation ----------------------------------------------------------------------------------------------------


def table(*rows: tuple[int, int]) -> Brackets:
    """Brackets from caps in 10^-8 coins and ratios in 10^-4; `cum` follows."""
    made: list[Bracket] = []
    floor = below = cum = 0
    for number, (cap, ratio) in enumerate(rows, 1):
        cum += floor * (ratio - below) // 10_000
        made.append(Bracket(number, 126 - number, floor, cap, ratio * 10_000, cum))
        floor, below = cap, ratio
    return Brackets(made)


def test_a_long_is_liquidated_below_and_a_short_above() -> None:
    """U-115: 10 contracts at 50000 are 0.02 BTC; with 0.01 more and 1 % maintenance, 0.03 = 0.02 * 1.01 * 50000 / p."""
    brackets = table((100 * SCALE, 100))
    for fill, price in (("BUY 10 @ 50000", "33666.66666667"), ("SELL 10 @ 50000", "99000")):
        one = position()
        filled(one, fill)
        assert text(inverse.liquidation_price(SIZE, [one], brackets, units("50000"), units("0.01"))) == price


def test_a_short_with_its_worth_in_coins_is_never_liquidated() -> None:
    one = position()
    filled(one, "SELL 10 @ 50000")
    brackets = table((100 * SCALE, 100))
    assert inverse.liquidation_price(SIZE, [one], brackets, units("50000"), units("0.02")) == 0
    assert inverse.liquidation_price(SIZE, [position()], brackets, units("50000"), units("1")) == 0
    assert inverse.liquidation_price(SIZE, [], brackets, units("50000"), units("1")) == 0


def test_the_rows_at_the_mark_decide_which_way_a_hedge_dies() -> None:
    """U-116: of 3 short and 2 long the short gains as the price falls, until maintenance is a half above 0.01 BTC."""
    hedge = [position(PositionSide.LONG), position(PositionSide.SHORT)]
    filled(hedge[0], "BUY 2 @ 50000")
    filled(hedge[1], "SELL 3 @ 50000")
    brackets = table((SCALE // 100, 100), (SCALE, 5000))
    for mark, price in (("50000", "63333.33333333"), ("19000", "18072.28915663")):
        assert text(inverse.liquidation_price(SIZE, hedge, brackets, units(mark), units("0.0005"))) == price


@st.composite
def tables(draw: st.DrawFn) -> Brackets:
    count = draw(st.integers(1, 5))
    caps = sorted(draw(st.sets(st.integers(1, 10**6), min_size=count, max_size=count)))
    ratios = sorted(draw(st.sets(st.integers(1, 5000), min_size=count, max_size=count)))
    return table(*((cap * 10**5 * 10_000, ratio) for cap, ratio in zip(caps, ratios, strict=True)))


def row_of(brackets: Brackets, notional: Fraction) -> Bracket:
    return next((row for row in brackets.rows if notional <= row.cap), brackets.rows[-1])


def left(positions: list[InversePosition], rows: list[Bracket], wallet: int, at: Fraction) -> Fraction:
    """Margin balance less maintenance margin at a reciprocal price, with given rows."""
    total = Fraction(wallet)
    for one, row in zip(positions, rows, strict=True):
        notional = one.qty * SIZE * SCALE * at
        total += coins(one.entry, one.qty) - notional - abs(notional) * row.ratio / SCALE + row.cum
    return total


def all_prices(positions: list[InversePosition], brackets: Brackets, wallet: int) -> set[Fraction]:
    """Every reciprocal price at which balance and maintenance are equal, by trying all rows."""
    found = set()
    for rows in product(brackets.rows, repeat=len(positions)):
        zero, one = (left(positions, list(rows), wallet, Fraction(at)) for at in (0, 1))
        if zero == one:
            continue
        at = zero / (zero - one)
        if at > 0 and [row_of(brackets, abs(each.qty) * SIZE * SCALE * at) for each in positions] == list(rows):
            found.add(at)
    return found


def opened(qty: int, price: int, side: PositionSide = PositionSide.BOTH) -> InversePosition:
    one = position(side)
    one.fill(BUY if qty > 0 else SELL, price, abs(qty))
    return one


usual = st.integers(10**10, 10**14)
shares = st.integers(-20, 250)
"""Wallet in hundredths of the notional."""


def rounded(at: Fraction) -> int:
    return int(1 / at + Fraction(1, 2))


@given(tables(), st.booleans(), sizes, usual, usual, shares)
def test_a_position_has_one_price_from_wherever_the_search_starts(
    brackets: Brackets, buys: bool, size: int, entry: int, mark: int, share: int
) -> None:
    """U-115, U-124."""
    one = opened(size if buys else -size, entry)
    wallet = int(coins(entry, size)) * share // 100
    exact = all_prices([one], brackets, wallet)
    assert len(exact) <= 1
    price = inverse.liquidation_price(SIZE, [one], brackets, mark, wallet)
    assert price == (rounded(min(exact)) if exact else 0)
    assume(price > 10**6)
    for away, liquidated in ((Fraction(999, 1000), buys), (Fraction(1001, 1000), not buys)):
        there = int(price * away)
        balance = wallet + one.unrealised(there)
        # Two amounts that are cut; a thousandth of the price is far more, or nothing is to be seen.
        if abs(balance - margin.maintenance_margin(one, brackets, there)) > 2:
            assert margin.must_liquidate(margin.maintenance_margin(one, brackets, there), balance) is liquidated


@given(tables(), sizes, sizes, usual, usual, usual, shares, st.integers(0, 10**9), st.integers(-(10**9), 10**9))
def test_a_hedge_has_the_price_on_its_side_of_the_mark(
    brackets: Brackets, long: int, short: int, bought: int, sold: int, mark: int, share: int, need: int, profit: int
) -> None:
    """U-116, with other contracts of the coin: where a hedge that is alive at the mark dies."""
    positions = [opened(long, bought, PositionSide.LONG), opened(-short, sold, PositionSide.SHORT)]
    own = int(coins(bought, long) + coins(sold, short)) * share // 100
    price = inverse.liquidation_price(
        SIZE, positions, brackets, mark, own + need - profit, other_maintenance=need, other_unrealised=profit
    )
    exact = all_prices(positions, brackets, own)
    assert price == 0 or price in {rounded(at) for at in exact}
    here = Fraction(1, mark)
    rows = [row_of(brackets, abs(one.qty) * SIZE * SCALE * here) for one in positions]
    assume(left(positions, rows, own, here) > 0)
    slope = short - long - Fraction(long * rows[0].ratio + short * rows[1].ratio, SCALE)
    ahead = [at for at in exact if (at < here if slope > 0 else at > here)]
    assert price == (rounded(ahead[0]) if slope and ahead else 0)


# -- the market -----------------------------------------------------------------------------------------------------


def test_a_market_keeps_raw_worths() -> None:
    """A sum of fills has its exact mean price, which amounts of eight decimals would not give."""
    ledger = Ledger()
    market = InverseMarket(SIZE, "BTCUSD_PERP", "BTC", "USD", ledger)
    ann, ben = ledger.open(Fees.FREE), ledger.open(Fees.FREE)
    for number, price in enumerate(("80000.1", "80000.3")):
        at = units(price)
        market.place(Order(ann, f"a{number}", SELL, OrderType.LIMIT, TimeInForce.GTC, at, units("1")), 1)
    bought = Order(ben, "b", BUY, OrderType.MARKET, TimeInForce.GTC, 0, units("2"))
    market.place(bought, 2)
    assert text(inverse.amount(bought.quote)) == "0.00249999"
    assert text(inverse.mean_price(SIZE, bought.executed, bought.quote)) == "80000.19999987"
    assert [text(inverse.amount(trade.quote)) for trade in market.bag(ben).trades] == ["0.00124999", "0.00124999"]
    twin = market.fork_contract(ledger.fork(), market.settle)
    assert isinstance(twin, InverseMarket)
    assert twin.worth(units("50000"), units("1")) == market.worth(units("50000"), units("1"))
    assert text(inverse.amount(twin.worth(units("50000"), units("1")))) == "0.002"
    assert text(market.quantity_for(units("250000"), units("50000"))) == "2500"
