"""What open orders count for is kept as they change, and is what a look at all of them says: U-75, U-102."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.orders import Order, OrderType, Side, StpMode, TimeInForce
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues import maker
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.margins import Margins, available
from binance_mock.venues.usdm.orders import Terms, closes
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.world import Blueprint

USDM = Blueprint.standard().usdm
assert USDM is not None
NOW = 1_700_000_000_000_000
SYMBOLS = ("BTCUSDT", "BTCUSDC")
BOTH, LONG, SHORT = PositionSide
PLACED = st.tuples(
    st.just("place"),
    st.sampled_from(SYMBOLS),
    st.sampled_from(Side),
    st.integers(1, 4000),
    st.integers(-9, 9),
    st.sampled_from((LONG, SHORT)),
    st.booleans(),
)
"""Contract, side, thousandths, permille away from the market, position in hedge mode, whether it only reduces."""
STEPS = st.lists(
    PLACED
    | st.tuples(st.just("cancel"), st.integers(0, 9))
    | st.tuples(st.just("amend"), st.integers(0, 9), st.integers(1, 4000), st.integers(-9, 9))
    | st.tuples(st.just("move"), st.sampled_from(SYMBOLS), st.integers(-9, 9)),
    min_size=6,
    max_size=20,
)


def scanned(venue: UsdmVenue, account: UsdmAccount) -> dict[Any, int]:
    """The same, from all open orders."""
    found: Counter[Any] = Counter()
    for symbol, market in venue.markets.items():
        for order in market.bag(account.money).open.values():
            if not closes(order):
                assert isinstance(order.extras, Terms)
                found[symbol, order.extras.position_side, order.side] += order.price * order.left // SCALE
    return {key: worth for key, worth in found.items() if worth}


def take(venue: UsdmVenue, account: UsdmAccount, number: int, step: Any) -> None:
    """Do one thing."""
    if step[0] == "move":
        _, symbol, permille = step
        price = venue.mark_price(symbol) * (1000 + permille) // 1000 // SCALE * SCALE
        maker.set_price(venue, venue.market(symbol, NOW), venue.symbols[symbol], price, NOW)
    elif step[0] == "place":
        _, symbol, side, lots, permille, of, reduces = step
        price = venue.mark_price(symbol) * (1000 + permille) // 1000 // SCALE * SCALE
        terms = Terms(position_side=of if account.hedged else BOTH, reduce_only=reduces and not account.hedged)
        order = Order(
            account.money, f"o{number}", side, OrderType.LIMIT, TimeInForce.GTC, price, lots * SCALE // 1000, 0,
            StpMode.DECREMENT, terms,
        )  # fmt: skip
        if not closes(order):
            venue.market(symbol, NOW).place(order, NOW)
    else:
        open_orders = [
            (market, order) for market in venue.markets.values() for order in market.bag(account.money).open.values()
        ]
        if open_orders:
            market, order = open_orders[step[1] % len(open_orders)]
            if step[0] == "cancel":
                market.cancel(order, "c", NOW)
            else:
                price = venue.mark_price(market.symbol) * (1000 + step[3]) // 1000 // SCALE * SCALE
                market.amend(order, price, order.executed + order.prevented + step[2] * SCALE // 1000, NOW)


@given(STEPS, st.booleans(), st.sampled_from(MarginType), st.booleans())
def test_it_is_what_all_open_orders_come_to(steps: Any, hedged: bool, kind: MarginType, pooled: bool) -> None:
    """U-75, U-102, U-113: placed, filled in parts, shrunk by self-trade prevention, amended, cancelled."""
    assert USDM is not None
    venue = UsdmVenue(USDM.symbols, USDM.data["assets"], UsdmSettings(levels=3, level_value=50_000, history_hours=0), 1)
    own = venue.open_account("own", {"USDT": 500_000 * SCALE, "USDC": 200_000 * SCALE})
    own.hedged, own.multi_assets = hedged, pooled
    for symbol in SYMBOLS:
        own.set_margin_type(symbol, kind)
        venue.market(symbol, NOW)
    for number, step in enumerate(steps):
        take(venue, own, number, step)
        assert own.pending == scanned(venue, own)
        for asset in ("USDT", "USDC"):
            assert available(venue, own, asset) == Margins(venue, own).available(asset)
    assert venue.fork().accounts["own"].pending == own.pending
