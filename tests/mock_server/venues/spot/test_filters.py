"""Every filter of a symbol at both of its edges (S-93, S-98, S-162 to S-166), and all together against a model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.mock_server.spot_client import BLUEPRINT, SECOND, Reply, SpotClient, frozen_world, open_client, units

from binance_mock.venues import maker
from binance_mock.venues.spot.filters import FILTERS
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import Blueprint, World, WorldSettings

RICH = 10**12


def rich_client(world: World | None = None) -> SpotClient:
    return open_client(world or frozen_world(), "rich", BTC=RICH, USDT=RICH, SHIB=RICH, ETH=RICH)


def trial(client: SpotClient | None = None, **fields: Any) -> Reply:
    """Put an order to the test without placing it."""
    base = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "1",
        "price": "70000",
    }
    if fields.get("type", "LIMIT") in ("MARKET", "STOP_LOSS", "TAKE_PROFIT"):
        del base["price"], base["timeInForce"]
    return (client or rich_client()).post("order/test", **{**base, **fields})


def failed(reply: Reply) -> str:
    """The filter that an order fails, "" for none."""
    if reply.status == 200:
        return ""
    assert reply.refusal == (400, -1013), reply.json
    return reply.msg.removeprefix("Filter failure: ")


def blueprint(symbol: str = "BTCUSDT", **changes: Any) -> Blueprint:
    """The standard blueprint with one symbol whose numbers are changed."""
    info = Blueprint.standard().symbols[symbol]
    for name, value in changes.items():
        assert hasattr(info, name)
        setattr(info, name, value)
    return Blueprint({symbol: info}, BLUEPRINT.routes, BLUEPRINT.limits)


# -- one by one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "passes"),
    [("70000.00", True), ("70000.01", True), ("70000.001", False), ("70000.00000001", False), ("70000.0100", True)],
)
def test_prices_lie_on_the_tick_grid(price: str, passes: bool) -> None:
    """S-163."""
    assert failed(trial(price=price)) == ("" if passes else "PRICE_FILTER")


@pytest.mark.parametrize(
    ("price", "name"),
    [("0.01", "PERCENT_PRICE_BY_SIDE"), ("1000000.00", "PERCENT_PRICE_BY_SIDE"), ("1000000.01", "PRICE_FILTER")],
)
def test_prices_lie_within_bounds(price: str, name: str) -> None:
    """S-163: the bounds themselves pass; here another filter then has the word."""
    assert failed(trial(price=price)) == name
    stop = trial(type="STOP_LOSS", stopPrice=price, quantity="8")
    assert (failed(stop) == "PRICE_FILTER") == (name == "PRICE_FILTER")


@pytest.mark.parametrize(("stop", "passes"), [("81000.00", True), ("81000.001", False), ("1000000.01", False)])
@pytest.mark.parametrize("type", ["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"])
def test_stop_prices_too(type: str, stop: str, passes: bool) -> None:
    assert failed(trial(type=type, stopPrice=stop)) == ("" if passes else "PRICE_FILTER")


def test_the_grid_starts_at_zero_and_not_at_the_minimum() -> None:
    """S-163: plain modulo."""
    odd = blueprint(min_price=units("0.01500000"), min_qty=units("0.00001500"))
    client = rich_client(frozen_world(blueprint=odd))
    assert failed(trial(client, price="70000.01", quantity="0.00100")) == ""
    assert failed(trial(client, price="70000.015")) == "PRICE_FILTER"
    assert failed(trial(client, quantity="0.000115")) == "LOT_SIZE"


def test_a_bound_of_zero_is_off() -> None:
    """S-163."""
    free = blueprint(min_price=0, max_price=0, tick=0, bid_up=10**14, bid_down=0)
    client = rich_client(frozen_world(blueprint=free))
    for price in ("1000000.01", "70000.00000001", "6.5"):
        assert failed(trial(client, price=price)) == ""
    world = client.world
    maker.set_price(world.spot, world.spot.markets["BTCUSDT"], free.symbols["BTCUSDT"], units("1234567.12345678"), 1)
    assert client.public("ticker/price", symbol="BTCUSDT").ok()["price"] == "1234567.12345678"


@pytest.mark.parametrize(
    ("quantity", "name"),
    [
        ("0.00001", "NOTIONAL"), ("0.00008", ""), ("0.00007999", "LOT_SIZE"), ("0.00000999", "LOT_SIZE"),
        ("9000", "NOTIONAL"), ("9000.00001", "LOT_SIZE"), ("1.000001", "LOT_SIZE"), ("1.0000100", ""),
    ],
)  # fmt: skip
def test_quantities(quantity: str, name: str) -> None:
    """S-164: bounds included; where they pass, the worth may not."""
    assert failed(trial(quantity=quantity)) == name


@pytest.mark.parametrize(("iceberg", "name"), [("0.01", ""), ("0.000005", "LOT_SIZE"), ("0.5000001", "LOT_SIZE")])
def test_the_visible_part_is_a_quantity_as_well(iceberg: str, name: str) -> None:
    """S-164."""
    assert failed(trial(icebergQty=iceberg)) == name


@pytest.mark.parametrize(
    ("quantity", "iceberg", "name"),
    [
        ("1", "0.01", ""),
        ("1.00001", "0.01", "ICEBERG_PARTS"),
        ("0.99999", "0.01", ""),
        ("1", "0.00999", "ICEBERG_PARTS"),
    ],
)
def test_how_many_parts_an_iceberg_may_have(quantity: str, iceberg: str, name: str) -> None:
    """S-93: 100, a broken one counts."""
    assert failed(trial(quantity=quantity, icebergQty=iceberg)) == name


@pytest.mark.parametrize(
    ("quantity", "name"), [("104.34142", ""), ("104.34143", "MARKET_LOT_SIZE"), ("9000.00001", "LOT_SIZE")]
)
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_market_orders_have_a_bound_of_their_own(side: str, quantity: str, name: str) -> None:
    """S-164: besides LOT_SIZE."""
    assert failed(trial(type="MARKET", side=side, quantity=quantity)) == name
    assert failed(trial(quantity="104.34143")) == "", "LIMIT orders do not have it"


@pytest.mark.parametrize(("quote", "name"), [("8000000", ""), ("9000000", "MARKET_LOT_SIZE")])
def test_market_orders_by_quote_amount_have_it_too(quote: str, name: str) -> None:
    """S-87, S-164: by the quantity that the book gives for it."""
    world = frozen_world(WorldSettings(spot=SpotSettings(level_value=100_000_000)))
    assert failed(trial(rich_client(world), type="MARKET", quantity=None, quoteOrderQty=quote)) == name


@pytest.mark.parametrize(("quote", "name"), [("80008", ""), ("80008.80007", ""), ("80008.80008", "MARKET_LOT_SIZE")])
def test_the_bound_of_a_quote_amount_is_included(quote: str, name: str) -> None:
    """S-164: 80008 buys exactly one."""
    world = frozen_world(
        WorldSettings(spot=SpotSettings(level_value=1_000_000)), blueprint(market_max_qty=units("1.00000000"))
    )
    assert failed(trial(rich_client(world), type="MARKET", quantity=None, quoteOrderQty=quote)) == name


@pytest.mark.parametrize(("delta", "passes"), [(9, False), (10, True), (2000, True), (2001, False)])
@pytest.mark.parametrize("side", ["BUY", "SELL"])
@pytest.mark.parametrize("type", ["STOP_LOSS", "TAKE_PROFIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"])
def test_trailing_deltas(type: str, side: str, delta: int, passes: bool) -> None:
    """S-98."""
    reply = trial(type=type, side=side, trailingDelta=delta)
    assert failed(reply) == ("" if passes else "TRAILING_DELTA")


@pytest.mark.parametrize(
    ("type", "side", "above"),
    [
        ("STOP_LOSS", "BUY", True), ("STOP_LOSS", "SELL", False), ("TAKE_PROFIT", "BUY", False),
        ("TAKE_PROFIT", "SELL", True),
    ],
)  # fmt: skip
def test_trailing_deltas_by_direction(type: str, side: str, above: bool) -> None:
    """S-98: each direction has bounds of its own."""
    bounds = {
        "minTrailingAboveDelta": 10, "maxTrailingAboveDelta": 20,
        "minTrailingBelowDelta": 30, "maxTrailingBelowDelta": 40,
    }  # fmt: skip
    client = rich_client(frozen_world(blueprint=blueprint(trailing=bounds)))
    for delta in (9, 10, 20, 21, 29, 30, 40, 41):
        expected = 10 <= delta <= 20 if above else 30 <= delta <= 40
        assert failed(trial(client, type=type, side=side, trailingDelta=delta)) == (
            "" if expected else "TRAILING_DELTA"
        )


@pytest.mark.parametrize(
    ("side", "price", "passes"),
    [
        ("BUY", "40000.00", True), ("BUY", "39999.99", False), ("BUY", "96000.00", True), ("BUY", "96000.01", False),
        ("SELL", "64000.00", True), ("SELL", "63999.99", False), ("SELL", "160000.00", True),
        ("SELL", "160000.01", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("type", ["LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT"])
def test_prices_keep_near_the_average_by_side(type: str, side: str, price: str, passes: bool) -> None:
    """S-162: BTCUSDT has 0.5 and 1.2 for buyers, 0.8 and 2 for sellers; the average is 80000."""
    more: dict[str, Any] = {"stopPrice": "81000"} if type == "STOP_LOSS_LIMIT" else {}
    if type == "LIMIT_MAKER":
        more["timeInForce"] = None
    reply = trial(type=type, side=side, price=price, **more)
    assert failed(reply) == ("" if passes else "PERCENT_PRICE_BY_SIDE")


@pytest.mark.parametrize(
    ("quantity", "price", "passes"),
    [
        ("0.00010", "50000", True), ("0.00010", "49999.99", False), ("100", "90000", True),
        ("100.00001", "90000", False),
        ("100", "90000.01", False),
    ],
)  # fmt: skip
def test_the_worth_of_an_order_with_a_price(quantity: str, price: str, passes: bool) -> None:
    """S-162: from 5 to 9000000 USDT, both included."""
    assert failed(trial(quantity=quantity, price=price)) == ("" if passes else "NOTIONAL")


@pytest.mark.parametrize(("quantity", "passes"), [("0.00007", True), ("0.00006", False), ("104", True)])
def test_the_worth_of_a_market_order_is_at_the_average_price(quantity: str, passes: bool) -> None:
    """The minimum holds for it, the maximum does not (applyMinToMarket, applyMaxToMarket)."""
    assert failed(trial(type="MARKET", quantity=quantity)) == ("" if passes else "NOTIONAL")
    assert failed(trial(type="MARKET", quantity=None, quoteOrderQty="5")) == ""
    assert failed(trial(type="MARKET", quantity=None, quoteOrderQty="4.99999999")) == "NOTIONAL"


@pytest.mark.parametrize(("quote", "name"), [("9000000", ""), ("9000000.00000001", "NOTIONAL")])
def test_the_most_that_a_market_order_may_be_worth(quote: str, name: str) -> None:
    """Where applyMaxToMarket is set; without it there is no such bound."""
    free = blueprint(market_max_qty=0)
    bound = blueprint(market_max_qty=0, max_notional_market=True)
    order = {"type": "MARKET", "quantity": None, "quoteOrderQty": quote}
    assert failed(trial(rich_client(frozen_world(blueprint=bound)), **order)) == name
    assert failed(trial(rich_client(frozen_world(blueprint=free)), **order)) == ""


def test_the_average_is_that_of_the_last_minutes() -> None:
    """S-165: of five minutes, weighted by volume, the last earlier trade when there was none."""
    client = rich_client()
    market = client.world.spot.market("BTCUSDT", client.world.clock.now())
    assert failed(trial(client, side="SELL", price="160000.00")) == ""
    client.world.clock.move(SECOND)
    market.print_trade(units("100000.00000000"), units("1000.00000000"), client.world.clock.now())
    average = units(client.public("avgPrice", symbol="BTCUSDT").ok()["price"])
    assert units("99000.00000000") < average < units("100000.00000000")
    most = average * 2 // 10**6 * 10**6
    assert failed(trial(client, side="SELL", price=f"{most / 10**8:.2f}")) == ""
    assert failed(trial(client, side="SELL", price=f"{most / 10**8 + 0.01:.2f}")) == "PERCENT_PRICE_BY_SIDE"
    client.world.clock.move(3_600 * SECOND)
    assert client.public("avgPrice", symbol="BTCUSDT").ok()["price"] == "100000.00000000"
    assert failed(trial(client, side="SELL", price="200000")) == ""


def test_a_market_without_any_trade() -> None:
    """S-165: no market order can be placed; prices are not held against anything."""
    client = rich_client(frozen_world(WorldSettings(spot=SpotSettings(history_hours=0))))
    assert failed(trial(client, type="MARKET")) == "NOTIONAL"
    assert failed(trial(client, price="1000000.00")) == ""


def test_open_orders_are_limited() -> None:
    """S-162: this one included, on this symbol alone."""
    client = rich_client(frozen_world(blueprint=Blueprint.standard()))
    client.world.spot.symbols["BTCUSDT"].max_orders = 3  # of a blueprint of its own
    ids = [client.order().ok()["orderId"] for _ in range(3)]
    reply = client.order()
    assert failed(reply) == "MAX_NUM_ORDERS"
    assert failed(trial(client)) == "MAX_NUM_ORDERS"
    eth = {"symbol": "ETHUSDT", "price": "2500"}
    assert failed(trial(client, **eth)) == ""
    client.delete("order", symbol="BTCUSDT", orderId=ids[0]).ok()
    assert failed(client.order()) == ""


def test_open_stop_orders_are_limited() -> None:
    """S-162: 5 of BTCUSDT; other orders are not counted."""
    client = rich_client()
    for _ in range(6):
        client.order().ok()
    for _ in range(5):
        client.order("SELL", "STOP_LOSS", "0.01", stopPrice="70000").ok()
    for type in ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"):
        assert failed(trial(client, type=type, stopPrice="81000")) == "MAX_NUM_ALGO_ORDERS"
    assert failed(client.order()) == ""


def test_the_order_of_the_filters() -> None:
    """S-42 (step 12): that of exchangeInfo."""
    named = [
        row["filterType"] for row in SpotClient(frozen_world()).public("exchangeInfo").ok()["symbols"][0]["filters"]
    ]
    checked = [name for name, _ in FILTERS]
    assert checked == [name for name in named if name in checked]
    assert set(named) - set(checked) == {"MAX_NUM_ORDER_LISTS", "MAX_NUM_ORDER_AMENDS"}


# -- all together ---------------------------------------------------------------------------------------------------

near = st.sampled_from((Decimal("40000"), Decimal("49999.99"), Decimal("96000"), Decimal("160000"), Decimal("64000")))
prices = st.builds(
    lambda base, ticks, more: base + ticks * Decimal("0.01") + more,
    near,
    st.integers(-3, 3),
    st.sampled_from((Decimal(0), Decimal(0), Decimal(0), Decimal("0.001"))),
)
quantities = st.builds(
    lambda base, steps, more: base + steps * Decimal("0.00001") + more,
    st.sampled_from((Decimal("0.00001"), Decimal("0.0001"), Decimal("1"), Decimal("100"), Decimal("9000"))),
    st.integers(-1, 3),
    st.sampled_from((Decimal(0), Decimal(0), Decimal(0), Decimal("0.000001"))),
)


@pytest.fixture(scope="module")
def one_client() -> SpotClient:
    """Test orders change nothing, so one world does for all examples."""
    return rich_client(frozen_world(WorldSettings(journal_size=1)))


def model(side: str, price: Decimal, quantity: Decimal, iceberg: Decimal | None) -> str:
    """The filters of BTCUSDT as they stand in exchangeInfo, for a LIMIT order at an average price of 80000."""
    average = Decimal(80000)
    if not Decimal("0.01") <= price <= 1_000_000 or price % Decimal("0.01"):
        return "PRICE_FILTER"
    for each in (quantity, iceberg):
        if each is not None and (not Decimal("0.00001") <= each <= 9000 or each % Decimal("0.00001")):
            return "LOT_SIZE"
    if iceberg is not None and -(-quantity // iceberg) > 100:
        return "ICEBERG_PARTS"
    down, up = (Decimal("0.5"), Decimal("1.2")) if side == "BUY" else (Decimal("0.8"), Decimal(2))
    if not average * down <= price <= average * up:
        return "PERCENT_PRICE_BY_SIDE"
    return "" if 5 <= price * quantity <= 9_000_000 else "NOTIONAL"


@given(side=st.sampled_from(("BUY", "SELL")), price=prices, quantity=quantities, iceberg=st.none() | quantities)
@example(side="BUY", price=Decimal("49999.99"), quantity=Decimal("0.0001"), iceberg=None)
def test_any_limit_order_fails_the_filter_that_it_should(
    one_client: SpotClient, side: str, price: Decimal, quantity: Decimal, iceberg: Decimal | None
) -> None:
    if iceberg is not None and not 0 < iceberg < quantity:
        iceberg = None
    if not quantity:
        return
    reply = trial(
        one_client, side=side, price=f"{price:f}", quantity=f"{quantity:f}", icebergQty=iceberg and f"{iceberg:f}"
    )
    assert failed(reply) == model(side, price, quantity, iceberg)
