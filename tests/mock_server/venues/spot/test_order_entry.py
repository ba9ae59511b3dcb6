"""What each order type needs and may not have, and the checks between the parameters and the filters (S-48 to S-93)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import BLUEPRINT, Reply, SpotClient, frozen_world

from binance_mock.engine.orders import OrderType, StpMode
from binance_mock.world import Blueprint

ENOUGH: dict[str, dict[str, Any]] = {
    "LIMIT": {"timeInForce": "GTC", "quantity": "0.01", "price": "70000"},
    "MARKET": {"quantity": "0.01"},
    "STOP_LOSS": {"quantity": "0.01", "stopPrice": "81000"},
    "STOP_LOSS_LIMIT": {"timeInForce": "GTC", "quantity": "0.01", "price": "81000", "stopPrice": "81000"},
    "TAKE_PROFIT": {"quantity": "0.01", "stopPrice": "79000"},
    "TAKE_PROFIT_LIMIT": {"timeInForce": "GTC", "quantity": "0.01", "price": "79000", "stopPrice": "79000"},
    "LIMIT_MAKER": {"quantity": "0.01", "price": "70000"},
}
"""The least that a BUY of each type needs (S-72)."""

VALUES: dict[str, Any] = {
    "timeInForce": "GTC", "quantity": "0.01", "quoteOrderQty": "1000", "price": "70000", "stopPrice": "79000",
    "trailingDelta": 100, "icebergQty": "0.005",
}  # fmt: skip

USELESS = {
    "LIMIT": {"quoteOrderQty", "stopPrice", "trailingDelta"},
    "MARKET": {"timeInForce", "price", "stopPrice", "trailingDelta", "icebergQty"},
    "STOP_LOSS": {"timeInForce", "quoteOrderQty", "price", "icebergQty"},
    "STOP_LOSS_LIMIT": {"quoteOrderQty"},
    "TAKE_PROFIT": {"timeInForce", "quoteOrderQty", "price", "icebergQty"},
    "TAKE_PROFIT_LIMIT": {"quoteOrderQty"},
    "LIMIT_MAKER": {"timeInForce", "quoteOrderQty", "stopPrice", "trailingDelta"},
}
"""What has no meaning for a type, and is not needed by it (S-48)."""


def place(type: str, symbol: str = "BTCUSDT", blueprint: Blueprint = BLUEPRINT, **fields: Any) -> Reply:
    client = SpotClient(frozen_world(blueprint=blueprint))
    return client.post("order", **{"symbol": symbol, "side": "BUY", "type": type, **fields})


@pytest.mark.parametrize("type", ENOUGH)
def test_what_is_needed_is_enough(type: str) -> None:
    """S-72."""
    assert place(type, **ENOUGH[type]).status == 200


@pytest.mark.parametrize(("type", "name"), [(type, name) for type, needs in ENOUGH.items() for name in needs])
def test_what_a_type_needs(type: str, name: str) -> None:
    """S-72: its name is told, or both of a pair."""
    reply = place(type, **{**ENOUGH[type], name: None})
    assert reply.refusal == (400, -1102)
    if name == "stopPrice":
        assert reply.msg == "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"
    elif type == "MARKET":
        assert reply.msg == "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"
    else:
        assert reply.msg == f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


@pytest.mark.parametrize("type", ["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"])
def test_a_trailing_delta_stands_in_for_a_stop_price(type: str) -> None:
    """S-98, S-99: either, or both."""
    assert place(type, **{**ENOUGH[type], "stopPrice": None, "trailingDelta": 100}).status == 200
    assert place(type, **ENOUGH[type], trailingDelta=100).status == 200


@pytest.mark.parametrize(("type", "name"), [(type, name) for type, names in USELESS.items() for name in sorted(names)])
def test_what_has_no_meaning_for_a_type(type: str, name: str) -> None:
    """S-48, S-51: timeInForce too is told as -1106."""
    reply = place(type, **{**ENOUGH[type], name: VALUES[name]})
    assert (*reply.refusal, reply.msg) == (400, -1106, f"Parameter '{name}' sent when not required.")


@pytest.mark.parametrize("type", ENOUGH)
def test_everything_else_is_allowed(type: str) -> None:
    """S-93, S-98."""
    for name in VALUES.keys() - USELESS[type] - ENOUGH[type].keys() - {"quoteOrderQty"}:
        assert place(type, **ENOUGH[type], **{name: VALUES[name]}).status == 200, name


def test_what_is_needed_is_asked_before_what_is_useless() -> None:
    assert place("LIMIT", **{**ENOUGH["LIMIT"], "price": None}, stopPrice="1").code == -1102


def test_a_market_order_has_one_quantity() -> None:
    """S-87."""
    reply = place("MARKET", quantity="0.01", quoteOrderQty="1000")
    assert (*reply.refusal, reply.msg) == (400, -1128, "Combination of optional parameters invalid.")


# -- precision (S-49) -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("quantity", "1000000.10", -1013), ("quantity", "1000000.001", -1111), ("quantity", "1000000.000", 0),
        ("icebergQty", "500000.001", -1111), ("price", "0.000000081", -1111), ("price", "0.000008000", 0),
    ],
)  # fmt: skip
def test_more_decimals_than_the_asset_has(name: str, text: str, code: int) -> None:
    """SHIB has two; before the filters, and trailing zeros do no harm."""
    order: dict[str, Any] = {"timeInForce": "GTC", "quantity": "1000000", "price": "0.00000800"}
    reply = place("LIMIT", "SHIBUSDT", **{**order, name: text})
    assert reply.code == code
    if code == -1111:
        assert reply.msg == f"Parameter '{name}' has too much precision."


def test_precision_is_asked_before_the_filters_and_after_what_is_needed() -> None:
    """S-49."""
    fields: dict[str, Any] = {"timeInForce": "GTC", "quantity": "0.001", "price": "9"}
    assert place("LIMIT", "SHIBUSDT", **fields).code == -1111
    assert place("LIMIT", "SHIBUSDT", **{**fields, "price": None}).code == -1102


# -- icebergs, zeros, strategies, pegs ------------------------------------------------------------------------------


@pytest.mark.parametrize("tif", ["IOC", "FOK"])
def test_an_iceberg_waits(tif: str) -> None:
    """S-93."""
    reply = place("LIMIT", **{**ENOUGH["LIMIT"], "timeInForce": tif}, icebergQty="0.005")
    assert (*reply.refusal, reply.msg) == (400, -2010, "Unsupported order combination")


@pytest.mark.parametrize("iceberg", ["0.01", "0.02"])
def test_an_iceberg_hides_something(iceberg: str) -> None:
    """S-93."""
    reply = place("LIMIT", **ENOUGH["LIMIT"], icebergQty=iceberg)
    assert (*reply.refusal, reply.msg) == (400, -2010, "IcebergQty exceeds QTY.")


@pytest.mark.parametrize("zero", ["0", "0.0", "0.00000000", "00"])
@pytest.mark.parametrize(
    ("type", "name", "filter"),
    [
        ("LIMIT", "price", "PRICE_FILTER"), ("LIMIT", "quantity", "LOT_SIZE"), ("LIMIT_MAKER", "price", "PRICE_FILTER"),
        ("MARKET", "quantity", "LOT_SIZE"), ("STOP_LOSS", "stopPrice", "PRICE_FILTER"),
        ("STOP_LOSS_LIMIT", "stopPrice", "PRICE_FILTER"), ("TAKE_PROFIT_LIMIT", "price", "PRICE_FILTER"),
    ],
)  # fmt: skip
def test_nothing_is_no_amount(type: str, name: str, filter: str, zero: str) -> None:
    """S-163, S-164: zero is below every minimum."""
    reply = place(type, **{**ENOUGH[type], name: zero})
    assert (*reply.refusal, reply.msg) == (400, -1013, f"Filter failure: {filter}")


@pytest.mark.parametrize("stop", [None, "79000"])
def test_nothing_is_no_trailing_delta(stop: str | None) -> None:
    """S-98."""
    reply = place("TAKE_PROFIT", quantity="0.01", stopPrice=stop, trailingDelta="0")
    assert (*reply.refusal, reply.msg) == (400, -1013, "Filter failure: TRAILING_DELTA")


def test_nothing_is_no_stop_price_of_a_trailing_order_either() -> None:
    reply = place("TAKE_PROFIT", quantity="0.01", stopPrice="0", trailingDelta="100")
    assert (*reply.refusal, reply.msg) == (400, -1013, "Filter failure: PRICE_FILTER")


def test_no_quote_amount_buys_nothing() -> None:
    reply = place("MARKET", quoteOrderQty="0")
    assert reply.refusal == (400, -1013)


@pytest.mark.parametrize(("type", "code"), [("999999", -1134), ("0", -1134), ("1000000", 0)])
def test_the_least_strategy_type(type: str, code: int) -> None:
    """S-82."""
    assert place("LIMIT", **ENOUGH["LIMIT"], strategyType=type).code == code


@pytest.mark.parametrize("type", ["LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"])
@pytest.mark.parametrize("price", [None, "70000"])
def test_pegged_orders_are_not_served(type: str, price: str | None) -> None:
    """Where a price is pegged none is needed; the symbols say that they allow no pegs."""
    reply = place(type, **{**ENOUGH[type], "price": price}, pegPriceType="PRIMARY_PEG")
    assert (*reply.refusal, reply.msg) == (400, -2010, "Pegged orders are not supported for this symbol.")
    rows = SpotClient(frozen_world()).public("exchangeInfo").ok()["symbols"]
    assert not any(row["pegInstructionsAllowed"] for row in rows)


def test_the_peg_offset_has_a_ceiling() -> None:
    """S-155."""
    reply = place("LIMIT", **ENOUGH["LIMIT"], pegOffsetValue="101")
    assert (reply.code, reply.msg) == (-1102, "'pegOffsetValue' contains unexpected value. Cannot be greater than 100.")


# -- what a symbol allows -------------------------------------------------------------------------------------------


def allowing(**changes: Any) -> Blueprint:
    """The standard blueprint in which BTCUSDT allows less."""
    info = Blueprint.standard().symbols["BTCUSDT"]
    for name, value in changes.items():
        if name in info.flags:
            info.flags[name] = value
        else:
            setattr(info, name, value)
    return Blueprint({"BTCUSDT": info}, BLUEPRINT.routes, BLUEPRINT.limits)


@pytest.mark.parametrize(
    ("type", "text"),
    [
        ("MARKET", "Market orders are not supported for this symbol."),
        ("STOP_LOSS", "Stop loss orders are not supported for this symbol."),
        ("STOP_LOSS_LIMIT", "Stop loss limit orders are not supported for this symbol."),
        ("TAKE_PROFIT", "Take profit orders are not supported for this symbol."),
        ("TAKE_PROFIT_LIMIT", "Take profit limit orders are not supported for this symbol."),
        ("LIMIT_MAKER", "Unsupported order combination"),
    ],
)
def test_types_that_a_symbol_does_not_take(type: str, text: str) -> None:
    reply = place(type, blueprint=allowing(order_types=(OrderType.LIMIT,)), **ENOUGH[type])
    assert (*reply.refusal, reply.msg) == (400, -2010, text)


@pytest.mark.parametrize(
    ("flag", "type", "fields", "text"),
    [
        (
            "icebergAllowed", "LIMIT", {**ENOUGH["LIMIT"], "icebergQty": "0.005"},
            "Iceberg orders are not supported for this symbol.",
        ),
        (
            "allowTrailingStop", "STOP_LOSS", {"quantity": "0.01", "trailingDelta": 100},
            "Trailing stop orders are not supported for this symbol.",
        ),
        (
            "quoteOrderQtyMarketAllowed", "MARKET", {"quoteOrderQty": "1000"},
            "Quote order qty market orders are not support for this symbol.",
        ),
    ],
)  # fmt: skip
def test_features_that_a_symbol_does_not_allow(flag: str, type: str, fields: dict[str, Any], text: str) -> None:
    reply = place(type, blueprint=allowing(**{flag: False}), **fields)
    assert (*reply.refusal, reply.msg) == (400, -2010, text)


def test_a_symbol_without_cancel_replace() -> None:
    client = SpotClient(frozen_world(blueprint=allowing(cancelReplaceAllowed=False)))
    id = client.order().ok()["orderId"]
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", **ENOUGH["LIMIT"]}
    reply = client.post("order/cancelReplace", **order, cancelReplaceMode="ALLOW_FAILURE", cancelOrderId=id)
    assert (*reply.refusal, reply.msg) == (400, -2010, "Order cancel-replace is not supported for this symbol.")
    assert len(client.get("openOrders").ok()) == 1


def test_modes_that_a_symbol_does_not_allow() -> None:
    """S-110; NONE is always allowed."""
    blueprint = allowing(allowed_stp=frozenset({StpMode.NONE, StpMode.EXPIRE_MAKER}))
    reply = place("LIMIT", blueprint=blueprint, **ENOUGH["LIMIT"], selfTradePreventionMode="DECREMENT")
    assert (*reply.refusal, reply.msg) == (
        400, -1013, "This symbol does not allow the specified self-trade prevention mode.",
    )  # fmt: skip
    for mode in ("NONE", "EXPIRE_MAKER"):
        assert place("LIMIT", blueprint=blueprint, **ENOUGH["LIMIT"], selfTradePreventionMode=mode).status == 200


def test_only_the_status_of_the_symbol_itself_counts() -> None:
    """S-96."""
    client = SpotClient(frozen_world())
    client.world.spot.statuses["BNBUSDT"] = "HALT"
    assert client.order().status == 200
    client.world.spot.statuses["BTCUSDT"] = "TRADING"
    assert client.order().status == 200
