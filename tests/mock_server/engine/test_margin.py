"""Margin: rules U-100 to U-103, U-112, U-113, U-115, U-116, U-124 and U-127."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from binance_mock.engine import margin
from binance_mock.engine.brackets import Bracket, Brackets
from binance_mock.engine.orders import Side
from binance_mock.engine.positions import Position, PositionSide

from .scene import SCALE, text, units

BUY, SELL = Side.BUY, Side.SELL


def table(*rows: tuple[str, str]) -> Brackets:
    """Brackets from caps and ratios; leverage and `cum` follow."""
    made: list[Bracket] = []
    floor = below = cum = 0
    for number, (cap, ratio) in enumerate(rows, 1):
        cum += floor * (units(ratio) - below) // SCALE
        made.append(Bracket(number, 126 - number, floor, units(cap), units(ratio), cum))
        floor, below = units(cap), units(ratio)
    return Brackets(made)


BTC_2021 = table(
    ("50000", "0.004"), ("250000", "0.005"), ("1000000", "0.01"), ("5000000", "0.025"), ("20000000", "0.05")
)
ETH_2021 = table(
    ("10000", "0.005"),
    ("100000", "0.0065"),
    ("500000", "0.01"),
    ("1000000", "0.02"),
    ("2000000", "0.05"),
    ("5000000", "0.1"),
)


def opened(qty: int, price: int, side: PositionSide = PositionSide.BOTH) -> Position:
    position = Position("ANY", side)
    position.fill(BUY if qty > 0 else SELL, price, abs(qty))
    return position


def at(qty: str, price: str, side: PositionSide = PositionSide.BOTH) -> Position:
    return opened(units(qty), units(price), side)


# -- what is needed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "mark", "leverage", "ratio", "initial", "maintenance"),
    [
        # Examples of the reference.
        (("30", "0.385"), "0.4104759", 20, "0.0065", "0.61571385", "0.0800428"),
        (("-1", "70.92841"), "49.72023376", 20, "0.01", "2.48601168", "0.49720233"),
        # Live.
        (("0.006", "3851.02"), "3829.84", 1, "0.004", "22.97904", "0.09191616"),
    ],
)
def test_margins_as_published(
    position: tuple[str, str], mark: str, leverage: int, ratio: str, initial: str, maintenance: str
) -> None:
    """U-112; the second would be higher were it rounded."""
    held = at(*position)
    assert text(margin.initial_margin(held.notional(units(mark)), leverage)) == initial
    assert text(margin.maintenance_margin(held, table(("10000", ratio)), units(mark))) == maintenance


def test_maintenance_margins_of_the_published_example() -> None:
    """U-112: the example to the liquidation formula."""
    bitcoin, ether = at("109.488", "32481.98"), at("3683.979", "1456.84")
    assert text(margin.maintenance_margin(bitcoin, BTC_2021, units("31967.27"))) == "71200.811444"
    assert text(margin.maintenance_margin(ether, ETH_2021, units("1335.18"))) == "356512.508122"


@pytest.mark.parametrize(
    ("present", "bids", "asks", "requirement", "for_orders"),
    [
        ("385.53806434", "328.8", "329.7", "35.71690321", "16.44"),  # Live.
        ("0", "190", "0", "9.5", "9.5"),
        ("100", "0", "100", "5", "0"),
        ("100", "0", "200", "5", "0"),
        ("100", "0", "201", "5.05", "0.05"),
        ("-100", "150", "0", "5", "0"),
        ("-100", "150", "20", "6", "1"),
        ("-100", "250", "0", "7.5", "2.5"),
    ],
)
def test_one_way_requirement(present: str, bids: str, asks: str, requirement: str, for_orders: str) -> None:
    """U-102: the worse of what the bids and what the asks lead to; orders that only reduce are free."""
    needed = margin.one_way_requirement(units(present), units(bids), units(asks), 20)
    assert text(needed) == requirement
    assert text(needed - margin.initial_margin(units(present), 20)) == for_orders


def test_hedge_requirement_is_the_sum_of_both_sides() -> None:
    """U-102: neither side covers the other."""
    assert text(margin.hedge_requirement(units("100"), units("50"), units("-80"), units("10"), 10)) == "24"
    assert text(margin.hedge_requirement(units("100"), 0, 0, 0, 10)) == "10"
    assert text(margin.hedge_requirement(0, 0, units("-80"), 0, 10)) == "8"


amounts = st.integers(0, 10**15)
leverages = st.integers(1, 150)


@given(st.integers(-(10**15), 10**15), amounts, amounts, leverages)
def test_requirements_are_the_exact_ones_cut(present: int, bids: int, asks: int, leverage: int) -> None:
    """U-102, U-112."""
    worst = max(abs(present + bids), abs(present - asks))
    assert margin.exposure(present, bids, asks) == worst
    assert margin.one_way_requirement(present, bids, asks, leverage) == int(Fraction(worst, leverage))
    long, short = max(present, 0), min(present, 0)
    both = int(Fraction(long + bids, leverage)) + int(Fraction(asks - short, leverage))
    assert margin.hedge_requirement(long, bids, short, asks, leverage) == both


@pytest.mark.parametrize(
    ("side", "price", "mark", "loss"),
    [
        (BUY, "9253.3", "9259.84", "0"),
        (SELL, "9253.3", "9259.84", "6.54"),
        (BUY, "9259.84", "9253.3", "6.54"),
        (SELL, "9259.84", "9253.3", "0"),
    ],
)
def test_open_loss_as_published(side: Side, price: str, mark: str, loss: str) -> None:
    """U-103; the first two are the published example."""
    assert text(margin.open_loss(side, units(price), units("1"), units(mark))) == loss


def test_cost_of_opening_as_published() -> None:
    """U-103: one contract at 9253.30 with leverage 20, sold below the mark price."""
    needed = margin.one_way_requirement(0, 0, units("9253.3"), 20)
    assert text(needed) == "462.665"
    assert text(margin.opening_cost(0, needed, units("6.54"))) == "469.205"


def test_an_order_that_opens_nothing_costs_nothing() -> None:
    """U-75, U-103."""
    assert margin.opening_cost(500, 500, 7) == 0
    assert margin.opening_cost(500, 499, 7) == 0
    assert margin.opening_cost(500, 501, 7) == 8


@given(st.sampled_from((BUY, SELL)), amounts, amounts, amounts)
def test_open_loss_is_the_exact_one_cut(side: Side, price: int, qty: int, mark: int) -> None:
    """U-103."""
    loss = Fraction((price - mark if side is BUY else mark - price) * qty, SCALE)
    assert margin.open_loss(side, price, qty, mark) == max(0, int(loss))


# -- what is left over ----------------------------------------------------------------------------------------------


def test_available_balance_as_published() -> None:
    """U-113: a cross wallet with orders only."""
    wallet, initial = units("14988.35309135"), units("31")
    assert text(margin.available_balance(wallet, 0, initial)) == "14957.35309135"
    assert text(margin.max_withdraw(wallet, 0, initial)) == "14957.35309135"


@pytest.mark.parametrize(
    ("wallet", "unrealised", "initial", "available", "withdrawable"),
    [
        ("100", "20", "30", "90", "70"),
        ("100", "-20", "30", "50", "50"),
        ("100", "-80", "30", "0", "0"),
        ("10", "50", "30", "30", "0"),
        ("-5", "50", "0", "45", "0"),
    ],
)
def test_what_is_left_over(wallet: str, unrealised: str, initial: str, available: str, withdrawable: str) -> None:
    """U-113: profits may back orders, but may not be taken out; neither is below zero."""
    sums = units(wallet), units(unrealised), units(initial)
    assert text(margin.available_balance(*sums)) == available
    assert text(margin.max_withdraw(*sums)) == withdrawable


def test_closing_a_part_frees_the_same_part_of_the_isolated_wallet() -> None:
    assert margin.isolated_release(1000, 1, 3) == 333
    assert margin.isolated_release(1000, 3, 3) == 1000
    assert margin.isolated_release(-1000, 1, 3) == -333


# -- liquidation ----------------------------------------------------------------------------------------------------


def test_liquidation_prices_of_the_published_example() -> None:
    """U-115: a cross wallet of 1535443.01 with two longs; each sees what the other needs and has lost."""
    wallet = units("1535443.01")
    bitcoin, ether = at("109.488", "32481.98"), at("3683.979", "1456.84")
    marks = units("31967.27"), units("1335.18")
    losses = bitcoin.unrealised(marks[0]), ether.unrealised(marks[1])
    needs = (
        margin.maintenance_margin(bitcoin, BTC_2021, marks[0]),
        margin.maintenance_margin(ether, ETH_2021, marks[1]),
    )
    assert [f"{loss / SCALE:.2f}" for loss in losses] == ["-56354.57", "-448192.89"]
    price = margin.liquidation_price(
        [ether], ETH_2021, marks[1], wallet, other_maintenance=needs[0], other_unrealised=losses[0]
    )
    assert f"{price / SCALE:.2f}" == "1153.26"
    price = margin.liquidation_price(
        [bitcoin], BTC_2021, marks[0], wallet, other_maintenance=needs[1], other_unrealised=losses[1]
    )
    assert f"{price / SCALE:.2f}" == "26316.89"


@pytest.mark.parametrize(
    ("qty", "entry", "mark", "wallet", "ratio", "price"),
    [
        ("0.003", "37140", "37113.25148824", "2.21147021", "0.004", "36549.03942102"),
        ("-0.01", "2468.49", "2473.15992704", "4.92463755", "0.004", "2949.15712649"),
        ("14", "0.721575", "0.7211", "2.5255125", "0.015", "0.54942259"),
        ("-28", "0.72165", "0.7211", "5.04210448", "0.015", "0.88839917"),
        ("-13", "0.4518", "0.452", "5.8704633", "0.02", "0.88566088"),
        ("-32", "0.16395", "0.16465933", "0.88304001", "0.005", "0.19059204"),
        ("-30", "0.17589677", "0.17876815", "1.3270823", "0.005", "0.21903766"),
        ("5923", "0.10665459", "0.10716973", "108.48734857", "0.005", "0.08878222"),
    ],
)
def test_liquidation_prices_of_live_isolated_positions(
    qty: str, entry: str, mark: str, wallet: str, ratio: str, price: str
) -> None:
    """U-115: rounded to the nearest 10^-8. The last two are positions of `test_profit_is_against_the_entry_cut`."""
    position = at(qty, entry)
    brackets = table(("100000", ratio), ("1000000", "0.4"))
    assert text(margin.liquidation_price([position], brackets, units(mark), units(wallet))) == price


def test_a_price_at_or_below_zero_is_shown_as_zero() -> None:
    """U-115."""
    position = at("1", "100")
    brackets = table(("1000", "0.01"))
    price = [
        margin.liquidation_price([position], brackets, units("100"), units(wallet)) for wallet in ("99", "100", "500")
    ]
    assert [text(one) for one in price] == ["1.01010101", "0", "0"]
    assert margin.liquidation_price([], brackets, units("100"), units("100")) == 0
    assert margin.liquidation_price([Position("ANY")], brackets, units("100"), units("100")) == 0


def test_long_and_short_of_a_cross_hedge_share_one_price() -> None:
    """U-116: 3 long and 1 short at 100 with 50 in the wallet: (50 - 300 + 100) / (4 * 0.01 - 3 + 1)."""
    long, short = at("3", "100", PositionSide.LONG), at("-1", "100", PositionSide.SHORT)
    brackets = table(("1000", "0.01"))
    prices = [
        margin.liquidation_price(rows, brackets, units("100"), units("50")) for rows in ([long, short], [short, long])
    ]
    assert [text(price) for price in prices] == ["76.53061224", "76.53061224"]


def test_an_even_hedge_is_liquidated_by_rising_maintenance() -> None:
    """U-115: 1 long and 1 short, 10 in the wallet and 0.01 of both as maintenance: at 500."""
    hedge = [at("1", "100", PositionSide.LONG), at("-1", "100", PositionSide.SHORT)]
    assert text(margin.liquidation_price(hedge, table(("1000", "0.01")), units("100"), units("10"))) == "500"


def test_no_price_liquidates_a_hedge_whose_maintenance_matches_its_gain() -> None:
    hedge = [at("3", "100", PositionSide.LONG), at("-1", "100", PositionSide.SHORT)]
    assert margin.liquidation_price(hedge, table(("1000000", "0.5")), units("100"), units("500")) == 0


def test_the_bracket_is_that_of_the_liquidation_price() -> None:
    """U-115: 10 long at 100; the mark price is in the second row, the liquidation price in the first."""
    position = at("10", "100")
    brackets = table(("500", "0.01"), ("5000", "0.1"))
    price = margin.liquidation_price([position], brackets, units("100"), units("800"))
    assert text(price) == "20.2020202"
    assert text(margin.liquidation_price([position], brackets, units("10"), units("800"))) == "20.2020202"


@pytest.mark.parametrize("mark", ["1", "100", "100.00000001", "5000", "100000"])
def test_the_bracket_is_found_from_any_distance(mark: str) -> None:
    """U-115: nine rows, each twice as wide as the one below; 1 short at 100 and 5 in the wallet end at 105 / 1.05."""
    brackets = table(*((str(100 * 2**row), f"{0.05 * (row + 1):.2f}") for row in range(9)))
    assert text(margin.liquidation_price([at("-1", "100")], brackets, units(mark), units("5"))) == "100"


@st.composite
def tables(draw: st.DrawFn) -> Brackets:
    count = draw(st.integers(1, 6))
    caps = sorted(draw(st.sets(st.integers(1, 10**6), min_size=count, max_size=count)))
    ratios = sorted(draw(st.sets(st.integers(1, 5000), min_size=count, max_size=count)))
    return table(*((str(cap), f"{ratio / 10_000:.4f}") for cap, ratio in zip(caps, ratios, strict=True)))


prices = st.integers(10**6, 10**12)
sizes = st.integers(10**5, 10**11)
shares = st.integers(-20, 250)
"""Wallet in hundredths of the notional."""


def balance(positions: list[Position], wallet: int, mark: Fraction) -> Fraction:
    gains = ((mark - position.entry) * position.qty / SCALE for position in positions)
    return sum(gains, Fraction(wallet))


def maintenance(positions: list[Position], rows: list[Bracket], mark: Fraction) -> Fraction:
    sizes = [abs(position.qty) * mark / SCALE for position in positions]
    return sum((size * row.ratio / SCALE - row.cum for size, row in zip(sizes, rows, strict=True)), Fraction(0))


def row_of(brackets: Brackets, size: Fraction) -> Bracket:
    for row in brackets.rows:
        if size <= row.cap:
            return row
    return brackets.rows[-1]


def all_prices(positions: list[Position], brackets: Brackets, wallet: int) -> set[Fraction]:
    """Every price at which balance and maintenance are equal, by trying all rows (U-99, U-124)."""
    found = set()
    for rows in product(brackets.rows, repeat=len(positions)):
        at_zero, at_one = (
            balance(positions, wallet, mark) - maintenance(positions, list(rows), mark)
            for mark in (Fraction(0), Fraction(1))
        )
        if at_zero == at_one:
            continue
        price = at_zero / (at_zero - at_one)
        if [row_of(brackets, abs(one.qty) * price / SCALE) for one in positions] == list(rows):
            found.add(price)
    return found


def rounded(price: Fraction) -> int:
    return max(0, int(price + Fraction(1, 2)))


@given(tables(), st.booleans(), sizes, prices, prices, shares)
def test_an_isolated_position_has_one_price(
    brackets: Brackets, buys: bool, size: int, entry: int, mark: int, share: int
) -> None:
    """U-115, U-124: the one price at which nothing is left, from wherever the search starts."""
    position = opened(size if buys else -size, entry)
    position.isolated_wallet = size * entry // SCALE * share // 100
    (exact,) = all_prices([position], brackets, position.isolated_wallet)
    price = margin.liquidation_price([position], brackets, mark, position.isolated_wallet)
    assert price == rounded(exact)
    if price > 0:
        left = position.isolated_wallet + position.unrealised(price)
        needed = margin.maintenance_margin(position, brackets, price)
        # Half a tick of the price, for a ratio of at most a half, and two amounts that are cut.
        assert abs(left - needed) <= Fraction(3 * size, 4 * SCALE) + 2
        for step, liquidated in ((-1, buys), (1, not buys)):
            # Far enough that what is cut, up to two units, does not matter.
            away = price + step * (2 + 6 * SCALE // size)
            if away > 0:
                left = position.isolated_wallet + position.unrealised(away)
                assert margin.must_liquidate(margin.maintenance_margin(position, brackets, away), left) is liquidated


@given(tables(), sizes, sizes, prices, prices, prices, shares, amounts, st.integers(-(10**12), 10**12))
def test_a_hedge_has_the_price_on_its_side_of_the_mark(
    brackets: Brackets, long: int, short: int, bought: int, sold: int, mark: int, share: int, need: int, profit: int
) -> None:
    """U-115, U-116, U-124, with positions in other symbols: exactly where a hedge that is alive at the mark dies."""
    positions = [opened(long, bought, PositionSide.LONG), opened(-short, sold, PositionSide.SHORT)]
    need %= 10**10
    wallet = (long * bought + short * sold) // SCALE * share // 100 + need - profit
    price = margin.liquidation_price(positions, brackets, mark, wallet, other_maintenance=need, other_unrealised=profit)
    own = wallet - need + profit

    def left(at: Fraction) -> Fraction:
        rows = [row_of(brackets, abs(one.qty) * at / SCALE) for one in positions]
        return balance(positions, own, at) - maintenance(positions, rows, at)

    exact = all_prices(positions, brackets, own)
    assert price == 0 or price in {rounded(one) for one in exact}
    here = Fraction(mark)
    assume(left(here) > 0)
    # The rows at the mark decide which way the balance melts.
    rows = [row_of(brackets, abs(one.qty) * here / SCALE) for one in positions]
    slope = long - short - Fraction(long * rows[0].ratio + short * rows[1].ratio, SCALE)
    ahead = [one for one in exact if (one < here if slope > 0 else one > here)]
    assert price == (rounded(ahead[0]) if slope and ahead else 0)
    assert len(ahead) <= 1


@pytest.mark.parametrize(("maintenance", "balance", "liquidated"), [(5, 6, False), (5, 5, True), (5, -1, True)])
def test_liquidation_comes_when_maintenance_reaches_the_balance(
    maintenance: int, balance: int, liquidated: bool
) -> None:
    """U-124."""
    assert margin.must_liquidate(maintenance, balance) is liquidated


# -- deleveraging ---------------------------------------------------------------------------------------------------


def test_deleveraging_score_as_published() -> None:
    """40.2 of profit on 4.27 with a margin ratio of 13.42 %."""
    score = margin.adl_score(units("40.2"), units("4.27"), units("5.967874"))
    assert text(score) == "1.26342857"


@pytest.mark.parametrize(
    ("unrealised", "wallet", "maintenance", "score"),
    [
        ("-5", "10", "1", "0"),
        ("0", "10", "1", "0"),
        ("5", "-5", "1", "0"),
        ("5", "-6", "1", "0"),
        ("1", "0.5", "3", "2"),
    ],
)
def test_deleveraging_score_of_losers_and_of_small_wallets(
    unrealised: str, wallet: str, maintenance: str, score: str
) -> None:
    """Losses score nothing, and wallets below one unit count as one."""
    assert text(margin.adl_score(units(unrealised), units(wallet), units(maintenance))) == score


def test_quantiles() -> None:
    """U-127."""
    scores = [0, 0, 0, 10, 20, 30, 40, 50, 60, 70]
    assert [margin.adl_quantile(score, scores) for score in scores] == [0, 0, 0, 1, 2, 2, 3, 3, 4, 4]
    assert margin.adl_quantile(7, [7]) == 0


@given(st.lists(amounts, min_size=1, max_size=30))
def test_a_higher_score_is_never_later(scores: list[int]) -> None:
    """U-127: 0 to 4, in the order of the scores, and a loser is last."""
    places = [margin.adl_quantile(score, scores) for score in sorted(scores)]
    assert places == sorted(places)
    assert places[0] == 0
    assert places[-1] <= 4
