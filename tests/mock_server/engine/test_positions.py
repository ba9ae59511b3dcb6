"""Positions: rules U-68, U-109 to U-112 and U-118, beside a slow model in fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.orders import Side
from binance_mock.engine.positions import MarginType, Position, PositionSide, cut, nearest

from .scene import SCALE, text, units

BUY, SELL = Side.BUY, Side.SELL


def filled(position: Position, *fills: str, fee: str = "0") -> list[str]:
    """Fills such as `"BUY 2 @ 100"`, each with a commission rate; their realised results."""
    results = []
    for line in fills:
        side, qty, _, price = line.split()
        paid = units(price) * units(qty) * units(fee) // SCALE**2
        results.append(text(position.fill(Side(side), units(price), units(qty), fee=paid)))
    return results


# -- one after the other --------------------------------------------------------------------------------------------


def test_adding_averages_and_reducing_leaves_the_entry() -> None:
    """U-109."""
    position = Position("BTCUSDT")
    assert filled(position, "BUY 1 @ 100", "BUY 3 @ 120") == ["0", "0"]
    assert (text(position.qty), text(position.entry)) == ("4", "115")
    assert filled(position, "SELL 1 @ 125", "SELL 2 @ 110") == ["10", "-10"]
    assert (text(position.qty), text(position.entry)) == ("1", "115")


def test_a_short_mirrors_a_long() -> None:
    """U-109, U-110."""
    position = Position("BTCUSDT")
    assert filled(position, "SELL 1 @ 100", "SELL 3 @ 120", "BUY 1 @ 125", "BUY 2 @ 110") == ["0", "0", "-10", "10"]
    assert (text(position.qty), text(position.entry)) == ("-1", "115")
    mark = units("110")
    assert (text(position.notional(mark)), text(position.unrealised(mark))) == ("-110", "5")


@pytest.mark.parametrize(
    ("first", "second", "realised", "qty"),
    [("BUY 2 @ 100", "SELL 5 @ 90", "-20", "-3"), ("SELL 2 @ 100", "BUY 5 @ 90", "20", "3")],
)
def test_turning_round_realises_all_and_enters_anew(first: str, second: str, realised: str, qty: str) -> None:
    """U-109."""
    position = Position("BTCUSDT")
    assert filled(position, first, second) == ["0", realised]
    assert (text(position.qty), text(position.entry)) == (qty, "90")


def test_a_flat_position_shows_nothing() -> None:
    """U-118."""
    position = Position("BTCUSDT")
    assert (position.updated, position.margin_type) == (0, MarginType.CROSSED)
    for _ in range(2):
        assert (position.qty, position.entry, position.break_even) == (0, 0, 0)
        assert (position.notional(SCALE), position.unrealised(SCALE)) == (0, 0)
        filled(position, "BUY 1 @ 100", "SELL 1 @ 101", fee="0.001")


@pytest.mark.parametrize(
    ("side", "opens", "closes"),
    [(PositionSide.LONG, "BUY 2 @ 100", "SELL 2.1 @ 100"), (PositionSide.SHORT, "SELL 2 @ 100", "BUY 2.1 @ 100")],
)
def test_a_side_of_hedge_mode_does_not_turn_round(side: PositionSide, opens: str, closes: str) -> None:
    """U-68."""
    position = Position("BTCUSDT", side)
    with pytest.raises(ValueError, match=f"more than the {side} position of 0"):
        filled(position, closes)
    filled(position, opens)
    before = (position.qty, position.exact_entry, position.book)
    with pytest.raises(ValueError, match=f"more than the {side} position of "):
        filled(position, closes)
    assert (position.qty, position.exact_entry, position.book) == before


def test_parts_bring_what_the_whole_brings() -> None:
    """Bought at 100.33333333..., sold in thirds: a result has what those before it were cut by."""
    parts, whole = Position("BTCUSDT"), Position("BTCUSDT")
    for position in (parts, whole):
        filled(position, "BUY 0.00000001 @ 101", "BUY 0.00000002 @ 100")
    assert filled(parts, *["SELL 0.00000001 @ 101"] * 3) == ["0", "0.00000001", "0.00000001"]
    assert filled(whole, "SELL 0.00000003 @ 101") == ["0.00000002"]


def test_a_copy_goes_its_own_way() -> None:
    position = Position("BTCUSDT", PositionSide.LONG, leverage=7, margin_type=MarginType.ISOLATED)
    position.isolated_wallet, position.updated = 5, 6
    filled(position, "BUY 3 @ 100.1", "SELL 1 @ 100.2", fee="0.001")
    twin = position.fork()
    assert all(getattr(twin, name) == getattr(position, name) for name in Position.__slots__)
    filled(twin, "BUY 1 @ 50")
    assert (text(position.qty), text(position.entry)) == ("2", "100.1")


# -- numbers of Binance ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qty", "entry", "mark", "notional", "profit"),
    [
        # Examples of the reference.
        ("30", "0.385", "0.4104759", "12.314277", "0.764277"),
        ("0.001", "22185.2", "21123.05052574", "21.12305052", "-1.06214947"),
        ("-1", "70.92841", "49.72023376", "-49.72023376", "21.20817624"),
        # Live positions: cut toward zero on both sides of it.
        ("0.003", "37140", "37113.25148824", "111.33975446", "-0.08024553"),
        ("-0.01", "2468.49", "2473.15992704", "-24.73159927", "-0.04669927"),
        ("-32", "0.16395", "0.16465933", "-5.26909856", "-0.02269856"),
        ("0.03", "1314.94", "1304.8878071", "39.14663421", "-0.30156578"),
    ],
)
def test_notional_and_profit_as_published(qty: str, entry: str, mark: str, notional: str, profit: str) -> None:
    """U-110, U-112."""
    position = Position("ANY")
    filled(position, f"{'SELL' if qty.startswith('-') else 'BUY'} {qty.lstrip('-')} @ {entry}")
    assert text(position.entry) == entry
    assert (text(position.notional(units(mark))), text(position.unrealised(units(mark)))) == (notional, profit)


@pytest.mark.parametrize(
    ("fills", "entry", "mark", "profit"),
    [
        # Live showed the entries 0.175896779661 and 0.1066545918361, and these profits.
        (("SELL 1 @ 0.17589677", "SELL 29 @ 0.17589678"), "0.17589677", "0.17876815", "-0.0861414"),
        (("BUY 4836 @ 0.10665459", "BUY 1087 @ 0.1066546"), "0.10665459", "0.10716973", "3.05117422"),
    ],
)
def test_profit_is_against_the_entry_cut(fills: tuple[str, ...], entry: str, mark: str, profit: str) -> None:
    """Not against all the digits of it."""
    position = Position("DOGEUSDT")
    filled(position, *fills)
    numerator, denominator = position.exact_entry
    assert numerator % denominator
    assert text(position.entry) == entry
    assert text(position.unrealised(units(mark))) == profit


@pytest.mark.parametrize(
    ("fill", "fee", "break_even"),
    [
        ("BUY 30 @ 0.385", "0.0002", "0.385077"),
        ("SELL 1 @ 70.92841", "0.0004", "70.90003864"),
        ("SELL 28 @ 0.72165", "0.0005", "0.72128918"),
        ("BUY 0.003 @ 37140", "0.0002", "37147.428"),
        ("SELL 0.01 @ 2468.49", "0.0005", "2467.255755"),
        ("BUY 0.03 @ 1314.94", "0.0004", "1315.465976"),
        ("SELL 32 @ 0.16395", "0", "0.16395"),
    ],
)
def test_break_even_with_the_opening_commission(fill: str, fee: str, break_even: str) -> None:
    """U-111: the reference and live positions. Those with more digits are rounded to eight; the last paid in BNB."""
    position = Position("ANY")
    filled(position, fill, fee=fee)
    assert text(position.break_even) == break_even


def test_break_even_counts_what_was_realised() -> None:
    """U-111: of 2 bought at 100 with 0.2 commission, 1 is sold at 90 with 0.09: 110.29 must come from the other."""
    position = Position("BTCUSDT")
    filled(position, "BUY 2 @ 100", "SELL 1 @ 90", fee="0.001")
    assert text(position.break_even) == "110.29"
    filled(position, "SELL 0.999 @ 220", fee="0.001")
    assert text(position.break_even) == "0"


def test_break_even_begins_anew_with_a_new_position() -> None:
    """Turning round pays for the closing and for the opening; only the latter is part of the new position."""
    position = Position("BTCUSDT")
    filled(position, "BUY 2 @ 100", "SELL 5 @ 90", fee="0.001")
    assert text(position.break_even) == "89.91"
    filled(position, "BUY 3 @ 80", "BUY 1 @ 100", fee="0.001")
    assert text(position.break_even) == "100.1"


def test_results_are_cut_toward_zero_and_prices_rounded() -> None:
    """U-112."""
    assert [cut(number, 10) for number in (19, 10, 9, 0, -9, -10, -19)] == [1, 1, 0, 0, 0, -1, -1]
    assert [nearest(number, 10) for number in (15, 14, 5, 4, -4, -5, -14, -15)] == [2, 1, 1, 0, 0, -1, -1, -2]


# -- against fractions ----------------------------------------------------------------------------------------------

Fill = tuple[bool, int, int]
"""Whether it buys, price, quantity."""

prices = st.one_of(st.integers(1, 50), st.integers(10**8, 10**13))
sizes = st.one_of(st.integers(1, 9), st.integers(1, 10**12))
fill_lists = st.lists(st.tuples(st.booleans(), prices, sizes), max_size=25)


class Model:
    """U-109 in fractions, in units of 10^-8: nothing is ever cut but what is paid out."""

    def __init__(self) -> None:
        self.qty = 0
        self.entry = Fraction(0)
        self.won = Fraction(0)
        self.spent = Fraction(0)
        self.paid_out = 0
        self.averaged_after_reducing = 0
        self.reduced = False

    def fill(self, buys: bool, price: int, size: int) -> int:
        change = size if buys else -size
        if self.qty * change >= 0:
            self.averaged_after_reducing += self.reduced
            self.reduced = False
            self.entry = (self.entry * abs(self.qty) + price * size) / (abs(self.qty) + size)
            self.spent += Fraction(price * change, SCALE)
            self.qty += change
            return 0
        closed = min(size, abs(self.qty))
        gain = (price - self.entry) * closed / SCALE
        self.won += gain if self.qty > 0 else -gain
        self.reduced = True
        self.spent += Fraction(price * change, SCALE)
        self.qty += change
        if closed < size:
            self.entry = Fraction(price)
            self.spent = Fraction(price * self.qty, SCALE)
            self.reduced = False
        elif not self.qty:
            self.entry = self.spent = Fraction(0)
            self.reduced = False
        result = int(self.won - self.paid_out)
        self.paid_out += result
        return result


def play(position: Position, model: Model, fills: list[Fill]) -> None:
    """The same on both; a fill that a hedge side cannot take is left out."""
    paid = 0
    for buys, price, size in fills:
        after = model.qty + (size if buys else -size)
        if (position.side is PositionSide.LONG and after < 0) or (position.side is PositionSide.SHORT and after > 0):
            continue
        exact_before = model.averaged_after_reducing == 0
        realised, expected = position.fill(BUY if buys else SELL, price, size), model.fill(buys, price, size)
        assert position.qty == model.qty
        entry = Fraction(*position.exact_entry)
        # One cut of less than 10^-16 for each time that was added to a position that had been reduced.
        slack = Fraction(model.averaged_after_reducing, max(1, abs(model.qty)))
        if model.averaged_after_reducing == 0:
            assert entry == model.entry
        else:
            assert model.entry - slack <= entry <= model.entry
        paid += realised
        if exact_before:
            assert realised == expected
        else:
            assert abs(paid - model.paid_out) <= 1
        assert abs(position.book - entry * position.qty) < SCALE + 1
        if position.qty:
            assert position.break_even == max(0, int(model.spent * SCALE / model.qty + Fraction(1, 2)))


@given(fill_lists)
def test_one_way_fills_are_those_of_the_model(fills: list[Fill]) -> None:
    """U-109: quantity, entry, realised results and break-even price, fill by fill."""
    play(Position("BTCUSDT"), Model(), fills)


@given(st.sampled_from((PositionSide.LONG, PositionSide.SHORT)), fill_lists)
def test_hedge_fills_are_those_of_the_model(side: PositionSide, fills: list[Fill]) -> None:
    """U-68, U-109."""
    play(Position("BTCUSDT", side), Model(), fills)


@given(prices, st.lists(st.tuples(prices, sizes), min_size=1, max_size=8), st.lists(sizes, min_size=1, max_size=8))
def test_any_way_of_closing_leaves_the_entry(out: int, ins: list[tuple[int, int]], parts: list[int]) -> None:
    """U-109: exactly, however often; and all results together are the exact profit, cut once."""
    position = Position("BTCUSDT")
    for price, size in ins:
        position.fill(SELL, price, size)
    size = sum(size for _, size in ins)
    entry = Fraction(sum(price * size for price, size in ins), size)
    results: list[int] = []
    while position.qty:
        assert Fraction(*position.exact_entry) == entry
        results.append(position.fill(BUY, out, min(-position.qty, parts[len(results) % len(parts)] * size // 10 + 1)))
    assert sum(results) == int((entry - out) * size / SCALE)


@given(fill_lists, prices)
def test_notional_and_profit_are_the_exact_ones_cut(fills: list[Fill], mark: int) -> None:
    """U-110, U-112."""
    position = Position("BTCUSDT")
    for buys, price, size in fills:
        position.fill(BUY if buys else SELL, price, size)
    entry = int(Fraction(*position.exact_entry))
    assert position.entry == entry
    assert position.notional(mark) == int(Fraction(position.qty * mark, SCALE))
    assert position.unrealised(mark) == int(Fraction((mark - entry) * position.qty, SCALE))


people = st.integers(0, 3)


@given(st.lists(st.tuples(people, people, prices, sizes), max_size=30), st.lists(prices, min_size=1, max_size=3))
def test_what_one_wins_others_lose(trades: list[tuple[int, int, int, int]], marks: list[int]) -> None:
    """Four accounts trade with each other, two of them one-way and two hedged: nothing appears and nothing is lost."""
    held = {
        (who, side): Position("BTCUSDT", side)
        for who in range(4)
        for side in ((PositionSide.BOTH,) if who < 2 else (PositionSide.LONG, PositionSide.SHORT))
    }
    realised = 0
    for buyer, seller, price, size in trades:
        for who, side in ((buyer, BUY), (seller, SELL)):
            if who < 2:
                realised += held[who, PositionSide.BOTH].fill(side, price, size)
                continue
            # A hedged account closes what it can, and opens on the other side with the rest.
            opens, closes = (
                (PositionSide.LONG, PositionSide.SHORT)
                if side is BUY
                else (
                    PositionSide.SHORT,
                    PositionSide.LONG,
                )
            )
            closed = min(size, abs(held[who, closes].qty))
            if closed:
                realised += held[who, closes].fill(side, price, closed)
            if size > closed:
                realised += held[who, opens].fill(side, price, size - closed)
        positions = held.values()
        assert sum(position.qty for position in positions) == 0
        assert realised * SCALE == sum(position.book for position in positions)
        for mark in marks:
            assert realised * SCALE + sum(position.value(mark) for position in positions) == 0
            # What is shown is near what is there: a unit for the cut result, one for each of the quantity by the
            # cut entry, and one for what was cut before.
            for position in positions:
                gap = position.value(mark) - position.unrealised(mark) * SCALE
                assert abs(gap) <= 2 * SCALE + 1 + abs(position.qty)


@given(st.lists(st.tuples(st.booleans(), prices, sizes), min_size=1, max_size=15), prices)
def test_after_all_is_closed_less_than_a_unit_each_is_missing(fills: list[Fill], out: int) -> None:
    """Two accounts that end flat: the results differ by what was cut."""
    ann, ben = Position("BTCUSDT"), Position("BTCUSDT")
    realised = 0
    for buys, price, size in fills:
        realised += ann.fill(BUY if buys else SELL, price, size) + ben.fill(SELL if buys else BUY, price, size)
    if ann.qty:
        sides = (SELL, BUY) if ann.qty > 0 else (BUY, SELL)
        realised += ann.fill(sides[0], out, abs(ann.qty)) + ben.fill(sides[1], out, abs(ben.qty))
    assert (ann.qty, ben.qty) == (0, 0)
    assert abs(ann.book) < SCALE
    assert abs(ben.book) < SCALE
    assert realised * SCALE == ann.book + ben.book
    assert abs(realised) <= 1
