"""The reckoning behind the account calls, beside a slow model in fractions: U-102, U-110, U-112 to U-115, U-120."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.orders import BUY, Order, OrderType, Side, TimeInForce
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.collateral import Rates, rates
from binance_mock.venues.usdm.margins import Margins, Row
from binance_mock.venues.usdm.orders import Terms, closes
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.world import Blueprint

USDM = Blueprint.standard().usdm
assert USDM is not None
NOW = 1_700_000_000_000_000
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BTCUSDC")
SETTINGS = UsdmSettings(levels=5, history_hours=1)
BOTH, LONG, SHORT = PositionSide


class Step(NamedTuple):
    """An order: which contract, which side, how many thousandths, how far from the last price, which position."""

    symbol: str
    side: Side
    lots: int
    percent: int
    hedge: PositionSide


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(SYMBOLS),
        st.sampled_from(Side),
        st.integers(10, 3000),
        st.sampled_from((0, 0, 3, 9)),
        st.sampled_from((LONG, SHORT)),
    ),
    max_size=8,
)
MARKS = st.lists(st.integers(50, 150), min_size=3, max_size=3)
KINDS = st.lists(st.sampled_from(MarginType), min_size=3, max_size=3)


def scene(steps: list[Step], marks: list[int], kinds: list[MarginType], hedged: bool) -> tuple[UsdmVenue, UsdmAccount]:
    """An account after these orders, at marks in percent of the last prices."""
    assert USDM is not None
    venue = UsdmVenue(USDM.symbols, USDM.data["assets"], SETTINGS, 1)
    own = venue.open_account("own", {"USDT": 50_000 * SCALE, "USDC": 20_000 * SCALE, "BNB": 5 * SCALE})
    own.hedged = hedged
    for symbol, kind in zip(SYMBOLS, kinds, strict=True):
        own.set_margin_type(symbol, kind)
    for number, step in enumerate(steps):
        side = step.hedge if hedged else BOTH
        order = Order(
            own.money,
            f"o{number}",
            step.side,
            OrderType.LIMIT if step.percent else OrderType.MARKET,
            TimeInForce.GTC,
            0,
            step.lots * SCALE // 1000,
            extras=Terms(position_side=side),
        )
        market = venue.market(step.symbol, NOW)
        if closes(order) and (step.percent or order.qty > abs(own.position(step.symbol, side).qty)):
            continue
        if step.percent:
            away = -step.percent if step.side is BUY else step.percent
            order.price = venue.last_price(step.symbol) * (100 + away) // 100
        market.place(order, NOW)
    for symbol, percent in zip(SYMBOLS, marks, strict=True):
        venue.marks.set(symbol, mark=venue.last_price(symbol) * percent // 100)
    return venue, own


class Model:
    """The same in fractions of whole units, straight from the rules."""

    def __init__(self, venue: UsdmVenue, own: UsdmAccount, symbol: str, side: PositionSide) -> None:
        info, position = venue.symbols[symbol], own.position(symbol, side)
        mark, qty = Fraction(venue.mark_price(symbol), SCALE), Fraction(position.qty, SCALE)
        self.present = mark * qty
        self.unrealised = (mark - Fraction(position.entry, SCALE)) * qty
        bids = asks = Fraction(0)
        for order in venue.market(symbol, NOW).bag(own.money).open.values():
            terms: Any = order.extras
            if terms.position_side is side:
                worth = Fraction(order.price * order.left, SCALE**2)
                bids, asks = (bids + worth, asks) if order.side is BUY else (bids, asks + worth)
        leverage = own.leverage(symbol)
        self.held = abs(self.present) / leverage
        self.needed = max(abs(self.present + bids), abs(self.present - asks)) / leverage
        size = abs(self.present)
        table = next((row for row in info.brackets.rows if size <= Fraction(row.cap, SCALE)), info.brackets.rows[-1])
        self.maintenance = size * Fraction(table.ratio, SCALE) - Fraction(table.cum, SCALE)


def near(number: int, expected: Fraction, units: int = 60) -> bool:
    """Whether a number of 10^-8 is what was expected, but for what was cut from it and its parts."""
    return abs(number - expected * SCALE) <= units


@given(STEPS, MARKS, KINDS, st.booleans())
def test_wallets_are_as_a_slow_model_says(steps: Any, marks: Any, kinds: Any, hedged: bool) -> None:
    venue, own = scene(steps, marks, kinds, hedged)
    margins = Margins(venue, own)
    for asset in ("USDT", "USDC"):
        wallet = margins.wallet(asset)
        models = {
            (symbol, side): Model(venue, own, symbol, side)
            for symbol in SYMBOLS
            for side in ((LONG, SHORT) if hedged else (BOTH,))
            if symbol.endswith(asset)
        }
        cross = [model for (symbol, _), model in models.items() if own.margin_type(symbol) is MarginType.CROSSED]
        balance = Fraction(own.money.free[asset], SCALE)
        apart = Fraction(sum(own.position(*key).isolated_wallet for key in models), SCALE)
        every = list(models.values())
        assert near(wallet.unrealised, sum((each.unrealised for each in every), Fraction(0)))
        assert near(wallet.position_initial, sum((each.held for each in every), Fraction(0)))
        assert near(wallet.initial, sum((each.needed for each in every), Fraction(0)))
        assert near(wallet.maintenance, sum((each.maintenance for each in every), Fraction(0)))
        profit = sum((each.unrealised for each in cross), Fraction(0))
        pledged = sum((each.needed - each.held for each in every), Fraction(0)) + sum(
            (each.held for each in cross), Fraction(0)
        )
        assert near(margins.available(asset), max(Fraction(0), balance - apart + profit - pledged))
        assert near(margins.withdrawable(asset), max(Fraction(0), balance - apart + min(Fraction(0), profit) - pledged))
        assert wallet.margin_balance == wallet.balance + wallet.unrealised


@given(STEPS, MARKS, KINDS)
def test_a_cross_position_is_liquidated_where_it_says(steps: Any, marks: Any, kinds: Any) -> None:
    """U-115, U-124: marked at its liquidation price, balance and maintenance margin are equal."""
    venue, own = scene(steps, marks, kinds, hedged=False)
    for symbol in SYMBOLS:
        margins = Margins(venue, own)
        row = next((row for row in margins.rows if row.info.name == symbol and row.position.qty), None)
        price = margins.liquidation_price(row) if row is not None else 0
        if row is None or not price:
            continue
        twin = venue.fork()
        twin.marks.set(symbol, mark=price)
        there = Margins(twin, twin.accounts["own"])
        moved = next(row for row in there.rows if row.info.name == symbol)
        if moved.isolated:
            balance, maintenance = moved.isolated_margin, moved.maintenance
        else:
            wallet = there.wallet(moved.info.margin_asset)
            balance, maintenance = wallet.cross + wallet.cross_unrealised, wallet.cross_maintenance
        assert abs(balance - maintenance) <= 60 + abs(row.position.qty) // SCALE


@given(STEPS, MARKS)
def test_a_pool_is_the_sum_of_its_wallets(steps: Any, marks: Any) -> None:
    """U-120: in dollars, at the rates; and each asset shows the same in its own unit."""
    venue, own = scene(steps, marks, [MarginType.CROSSED] * 3, hedged=False)
    apart, joint = Margins(venue, own, joint=False), Margins(venue, own, joint=True)
    total = joint.total
    bnb = Fraction(venue.index_price("BNBUSDT"), SCALE) * Fraction(9, 10) * 5
    sums = {
        name: sum((Fraction(getattr(apart.wallet(asset), name), SCALE) for asset in ("USDT", "USDC")), Fraction(0))
        for name in ("balance", "unrealised", "initial", "maintenance")
    }
    assert near(total.balance, sums["balance"] + bnb)
    assert near(total.unrealised, sums["unrealised"])
    assert near(total.initial, sums["initial"])
    assert near(total.maintenance, sums["maintenance"])
    left = max(Fraction(0), sums["balance"] + bnb + sums["unrealised"] - sums["initial"])
    assert near(joint.available("USDT"), left)
    assert joint.available("USDC") == joint.available("USDT") == total.available
    assert near(joint.available("BNB"), left / bnb * 5)
    assert 0 <= joint.withdrawable("USDT") <= max(0, apart.wallet("USDT").cross)


def test_rates_lose_on_either_way() -> None:
    """U-120."""
    assert Rates(SCALE * 9, SCALE * 11).dollars(-SCALE) == -11 * SCALE
    assert Rates(SCALE * 9, SCALE * 11).dollars(SCALE) == 9 * SCALE
    venue, _ = scene([], [100] * 3, [MarginType.CROSSED] * 3, hedged=False)
    assert rates(venue, "USDC") == Rates(SCALE, SCALE)


def test_looking_changes_nothing() -> None:
    venue, own = scene([], [100] * 3, [MarginType.CROSSED] * 3, hedged=False)
    before = dict(own.money.free), dict(own.positions), list(venue.markets)
    found: list[Row] = Margins(venue, own).rows
    assert found == []
    assert Margins(venue, own).available("GOLD") == 0
    assert (dict(own.money.free), dict(own.positions), list(venue.markets)) == before
