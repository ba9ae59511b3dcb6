"""Who is liquidated, beside a slow model in fractions, and what money there is afterwards: U-115, U-120, U-124, U-126.

Accounts, positions and marks are random; the model looks at every account, the venue only at what it keeps by contract.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.liquidation import Scope, breached
from binance_mock.venues.usdm.margins import Margins
from binance_mock.venues.usdm.reactions import REACTIONS
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.world import Blueprint

USDM = Blueprint.standard().usdm
assert USDM is not None
NOW = 1_700_000_000_000_000
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BTCUSDC")
PRICES = {"BTCUSDT": 80_000, "ETHUSDT": 3_000, "BTCUSDC": 80_000}
BOTH, LONG, SHORT = PositionSide
ISOLATED = MarginType.ISOLATED
Key = tuple[str, str, PositionSide | None]
"""A scope: account, margin asset, and the side of an isolated position with its contract before it."""


class Wanted(NamedTuple):
    """A position: contract, worth in thousands of dollars with its sign, entry in percent, permille in its wallet."""

    symbol: str
    worth: int
    entry: int
    wallet: int


class Plan(NamedTuple):
    """An account, and the contracts that it isolates."""

    hedged: bool
    pooled: bool
    isolated: set[str]
    thousands: int
    positions: list[Wanted]


WANTED = st.builds(
    Wanted,
    st.sampled_from(SYMBOLS),
    st.integers(-900, 900).filter(bool),
    st.integers(85, 115),
    st.integers(5, 200),
)
PLANS = st.lists(
    st.builds(
        Plan,
        st.booleans(),
        st.booleans(),
        st.sets(st.sampled_from(SYMBOLS)),
        st.integers(1, 150),
        st.lists(WANTED, min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=4,
)
MARKS = st.tuples(*(st.integers(800, 1200) for _ in SYMBOLS))


def make(plans: list[Plan], levels: int = 0) -> UsdmVenue:
    """A venue with these accounts, whose positions the market maker has the other side of; nothing reacts yet."""
    assert USDM is not None
    venue = UsdmVenue(USDM.symbols, USDM.data["assets"], UsdmSettings(levels=levels, history_hours=0), 1)
    for symbol in SYMBOLS:
        venue.market(symbol, NOW)
        venue.marks.set(symbol, mark=PRICES[symbol] * SCALE)
    for number, plan in enumerate(plans):
        wallets = {"USDT": plan.thousands * 1000 * SCALE, "USDC": plan.thousands * 500 * SCALE}
        account = venue.open_account(f"a{number}", wallets)
        account.hedged = plan.hedged
        account.multi_assets = plan.pooled
        for symbol in () if plan.pooled else plan.isolated:
            account.set_margin_type(symbol, ISOLATED)
        for wanted in plan.positions:
            _open(venue, account, wanted)
    return venue


def _open(venue: UsdmVenue, account: UsdmAccount, wanted: Wanted) -> None:
    info = venue.symbols[wanted.symbol]
    side = (LONG if wanted.worth > 0 else SHORT) if account.hedged else BOTH
    position = account.position(info.name, side)
    if position.qty:
        return
    price = PRICES[info.name] * wanted.entry * SCALE // 100
    qty = abs(wanted.worth) * 1000 * SCALE // PRICES[info.name] // info.step * info.step
    here, there = (Side.BUY, Side.SELL) if wanted.worth > 0 else (Side.SELL, Side.BUY)
    position.fill(here, price, qty)
    venue.house.money.free[info.margin_asset] += venue.house.position(info.name, BOTH).fill(there, price, qty)
    if position.margin_type is ISOLATED:
        position.isolated_wallet = price * qty // SCALE * wanted.wallet // 1000
    venue.holders[info.name][account.money.id] = account


def needed(venue: UsdmVenue, position: Position) -> tuple[Fraction, Fraction]:
    """Unrealised profit and maintenance margin of a position in whole units."""
    mark = Fraction(venue.mark_price(position.symbol), SCALE)
    qty, entry = Fraction(position.qty, SCALE), Fraction(*position.exact_entry) / SCALE
    size = abs(qty * mark)
    rows = venue.symbols[position.symbol].brackets.rows
    row = next((row for row in rows if size <= Fraction(row.cap, SCALE)), rows[-1])
    return qty * (mark - entry), size * Fraction(row.ratio, SCALE) - Fraction(row.cum, SCALE)


def model(venue: UsdmVenue) -> dict[Key, Fraction]:
    """What each scope has above its maintenance margin, in whole units; at or below zero it goes."""
    spare: dict[Key, Fraction] = {}
    for account in venue.accounts.values():
        for asset in ("USDT", "USDC"):
            wallet = Fraction(account.money.free[asset], SCALE)
            own = [each for each in account.positions.values() if each.symbol.endswith(asset)]
            cross = Fraction(0)
            any_cross = False
            for position in own:
                profit, needs = needed(venue, position)
                wallet -= Fraction(position.isolated_wallet, SCALE)
                if not position.qty:
                    continue
                if position.margin_type is ISOLATED:
                    above = Fraction(position.isolated_wallet, SCALE) + profit - needs
                    spare[account.name, position.symbol, position.side] = above
                else:
                    any_cross = True
                    cross += profit - needs
            pool = (account.name, "pool" if account.multi_assets else asset, None)
            if any_cross or account.multi_assets:
                spare[pool] = spare.get(pool, Fraction(0)) + wallet + cross
        if account.multi_assets and not any(each.qty for each in account.positions.values()):
            spare.pop((account.name, "pool", None), None)
    return spare


def key(scope: Scope) -> Key:
    """How the model calls a scope."""
    if scope.isolated is not None:
        return scope.account.name, scope.isolated.symbol, scope.isolated.side
    return scope.account.name, "pool" if scope.pooled else scope.asset, None


def move(venue: UsdmVenue, marks: tuple[int, ...]) -> None:
    for symbol, permille in zip(SYMBOLS, marks, strict=True):
        venue.marks.set(symbol, mark=PRICES[symbol] * SCALE * permille // 1000)


@given(PLANS, MARKS)
def test_those_are_found_that_a_slow_model_finds(plans: list[Plan], marks: tuple[int, ...]) -> None:
    """U-120, U-124: each scope that is used up, and no other; but for what is less than a thousandth."""
    venue = make(plans)
    move(venue, marks)
    spare = model(venue)
    found = {key(scope) for symbol in SYMBOLS for scope in breached(venue, symbol)}
    wanted = {each for each, left in spare.items() if left <= 0}
    doubtful = {each for each, left in spare.items() if abs(left) < Fraction(1, 1000)}
    assert found - doubtful == wanted - doubtful


@given(PLANS, MARKS, st.booleans())
def test_they_go_and_the_others_stay(plans: list[Plan], marks: tuple[int, ...], liquid: bool) -> None:
    """U-124, U-126: who was breached is covered then or flat, nobody owes, and no money came from nowhere."""
    venue = make(plans, levels=10 if liquid else 0)
    move(venue, marks)
    spare = model(venue)
    before = {each.name: {(p.symbol, p.side): p.qty for p in each.open_positions()} for each in venue.owners.values()}
    venue.reactions = REACTIONS
    for symbol in SYMBOLS:
        venue.note_move(symbol)
    venue.pass_time(NOW)
    for name, account in venue.accounts.items():
        left = [above for each, above in spare.items() if each[0] == name]
        if all(above > Fraction(1, 1000) for above in left) and not account.forced:
            assert {(p.symbol, p.side): p.qty for p in account.open_positions()} == before[name]
        if not account.multi_assets and not any(account.open_positions()):
            assert account.money.free["USDT"] >= 0
            assert account.money.free["USDC"] >= 0
    assert all(above > -Fraction(1, 1000) for above in model(venue).values())
    for symbol in SYMBOLS:
        held = [each for account in venue.owners.values() for each in account.held(symbol)]
        assert sum(each.qty for each in held) == 0
    for asset in ("USDT", "USDC"):
        own = [s for s in SYMBOLS if s.endswith(asset)]
        for percent in (1, 70, 100, 300):
            value = sum(
                position.value(PRICES[symbol] * SCALE * percent // 100)
                for account in venue.owners.values()
                for symbol in own
                for position in account.positions.values()
                if position.symbol == symbol
            )
            wallets = sum(account.free[asset] for account in venue.ledger)
            assert wallets * SCALE + value == venue.ledger.deposited[asset] * SCALE


@given(PLANS)
def test_it_happens_at_the_price_that_is_shown(plans: list[Plan]) -> None:
    """U-115, U-116, U-124: a hundredth of a tick before it nothing happens, a hundredth after it the scope goes."""
    venue = make(plans)
    for account in venue.accounts.values():
        margins = Margins(venue, account)
        for row in margins.rows:
            price, symbol = margins.liquidation_price(row), row.info.name
            scope = Scope(account, row.info.margin_asset, row.position if row.isolated else None)
            if not price or key(scope) in {key(each) for each in breached(venue, symbol)}:
                continue
            # Whether a hedge fears a rise or a fall is not told by its net quantity alone.
            step = row.info.tick // 100 * (1 if row.mark > price else -1)
            for shift, goes in ((step, False), (-step, True)):
                venue.marks.set(symbol, mark=price + shift)
                assert (key(scope) in {key(each) for each in breached(venue, symbol)}) is goes
            venue.marks.set(symbol, mark=PRICES[symbol] * SCALE)


def test_a_position_of_a_fill_is_looked_at() -> None:
    """What trades on the book is kept by contract as well, and what is flat is dropped at the next look."""
    assert USDM is not None
    venue = UsdmVenue(USDM.symbols, USDM.data["assets"], UsdmSettings(levels=5), 1, REACTIONS)
    account = venue.open_account("own", {"USDT": 6_000 * SCALE})
    market = venue.market("BTCUSDT", NOW)
    for number, side in enumerate((Side.BUY, Side.SELL)):
        order = Order(account.money, f"o{number}", side, OrderType.MARKET, TimeInForce.GTC, 0, SCALE)
        market.place(order, NOW)
        assert account.money.id in venue.holders["BTCUSDT"]
    venue.pass_time(NOW)
    assert account.money.id not in venue.holders["BTCUSDT"]
