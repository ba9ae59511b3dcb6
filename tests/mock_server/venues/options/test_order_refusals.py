"""What no order comes of: O-35, O-36, O-46, O-47, O-49, O-56, O-60, O-68, O-69, O-80, O-100, O-101."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.mock_server.venues.options.options_client import CALL, DAILY, EXPIRY_MS, PUT, OptionsClient, client
from tests.mock_server.venues.options.order_calls import best, placed, refused, sent, trade

from binance_mock.engine.units import SCALE
from binance_mock.venues.options.accounts import Protection

PRECISION: Final = "Precision is over the maximum defined for this asset."


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"symbol": None}, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
        ({"side": None}, -1102, "Mandatory parameter 'side' was not sent, was empty/null, or malformed."),
        ({"type": None}, -1102, "Mandatory parameter 'type' was not sent, was empty/null, or malformed."),
        ({"quantity": None}, -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
        ({"price": None}, -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
        ({"symbol": "BTC-231124-80001-C"}, -1121, "Invalid symbol."),
        ({"symbol": "BTCUSDT"}, -1121, "Invalid symbol."),
        ({"side": "buy"}, -1117, "Invalid side."),
        ({"type": "MARKET"}, -1116, "Invalid orderType."),
        ({"type": "STOP"}, -1116, "Invalid orderType."),
        ({"timeInForce": "GTD"}, -1115, "Invalid timeInForce."),
        ({"clientOrderId": ""}, -1118, "New client order ID was empty."),
        (
            {"clientOrderId": "a#1"},
            -1100,
            "Illegal characters found in parameter 'clientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.",
        ),
        ({"newOrderRespType": "FULL"}, -1130, "Data sent for parameter 'newOrderRespType' is not valid."),
        ({"selfTradePreventionMode": "X"}, -1130, "Data sent for parameter 'selfTradePreventionMode' is not valid."),
        (
            {"reduceOnly": "yes"},
            -1100,
            "Illegal characters found in parameter 'reduceOnly'; legal range is '^(true|false)$'.",
        ),
        ({"price": "-5"}, -4001, "Price less than 0."),
        ({"price": "0"}, -6027, "Invalid price"),
        ({"quantity": "-1"}, -4003, "Quantity less than zero."),
        ({"quantity": "0"}, -4003, "Quantity less than zero."),
        ({"price": "500.0001"}, -1111, PRECISION),
        ({"quantity": "0.101"}, -1111, PRECISION),
        ({"quantity": "0.0000000001"}, -1111, PRECISION),
        ({"price": "501"}, -4029, "Tick size precision is invalid."),
        ({"quantity": "100.01"}, -4005, "Quantity greater than max quantity."),
    ],
)  # fmt: skip
def test_parameters_that_make_no_order(changes: dict[str, Any], code: int, text: str) -> None:
    """O-7, O-46, O-56, O-60, O-69"""
    options = OptionsClient()
    assert refused(options, **changes) == (400, code, text)
    assert options.get("openOrders") == []


def test_less_than_the_least_quantity() -> None:
    """O-46: SOL is traded from 0.1 on and shows two decimals."""
    options = OptionsClient()
    name = next(name for name in options.listed() if name.startswith("SOL"))
    assert refused(options, symbol=name, price="0.01", quantity="0.09") == (
        400,
        -4004,
        "Quantity less than min quantity.",
    )
    assert refused(options, symbol=name, price="0.01", quantity="0.15") == (
        400,
        -4030,
        "Step size precision is invalid.",
    )


def test_bounds_bind_one_side_each() -> None:
    """O-46, O-47: a buyer may not go 20 % above the mark, a seller not 20 % below; the other way all is open."""
    options = OptionsClient()
    bounds = options.listed()[CALL]["filters"][0]
    low, high = bounds["minPrice"], bounds["maxPrice"]
    assert refused(options, price=str(int(high) + 5)) == (400, -4002, "Price greater than max price.")
    assert refused(options, side="SELL", price=str(int(low) - 5)) == (400, -4013, "Price less than min price.")
    placed(options, price="5")
    placed(options, side="SELL", price=str(int(high) * 9))
    assert sent(options, price=high, timeInForce="IOC").status == 200
    assert sent(options, side="SELL", price=low, timeInForce="IOC").status == 200


def test_bounds_follow_the_mark() -> None:
    """O-47"""
    options = OptionsClient()
    high = options.listed()[CALL]["filters"][0]["maxPrice"]
    options.move_index(79_000)
    assert refused(options, price=high)[1] == -4002


# -- contract and account --------------------------------------------------------------------------------------------


def test_a_contract_that_is_halted() -> None:
    """O-69"""
    options = OptionsClient()
    options.venue.set_status(CALL, "HALT")
    assert refused(options) == (400, -6049, "this symbol is not in trading status")


def test_a_contract_that_expired() -> None:
    """O-69: known still, and no longer traded."""
    options = OptionsClient()
    placed(options, symbol=DAILY, price="5")
    options.wait_until(EXPIRY_MS)
    assert refused(options, symbol=DAILY, price="5") == (400, -6049, "this symbol is not in trading status")


def test_only_holders_sell_what_may_not_be_written() -> None:
    """O-49: what is held can be sold, and no more, open sell orders with it."""
    options = client(naked_sell=False)
    text = "The current symbol is not eligible for option writing."
    assert refused(options, side="SELL", price="9000") == (400, -6057, text)
    trade(options, "BUY", "0.3")
    placed(options, side="SELL", price="9000", quantity="0.2")
    assert refused(options, side="SELL", price="9000", quantity="0.2") == (400, -6057, text)
    placed(options, side="SELL", price="9000", quantity="0.1")


def test_an_account_without_the_right_to_write() -> None:
    """O-49"""
    options = client(writers=False)
    text = "User doesn't have enough position to sell"
    assert refused(options, side="SELL", price="9000") == (400, -5010, text)
    trade(options, "BUY", "0.1")
    placed(options, side="SELL", price="9000")
    assert refused(options, side="SELL", price="9000", quantity="0.01") == (400, -5010, text)


def test_an_account_in_liquidation() -> None:
    """O-80"""
    options = OptionsClient()
    options.own.liquidating = True
    assert refused(options) == (400, -6055, "User is in liquidation process")


def test_an_account_that_may_not_trade() -> None:
    options = OptionsClient()
    options.own.can_trade = False
    assert refused(options) == (400, -6062, "Operation is not supported for current user status")


def test_an_account_that_may_only_reduce() -> None:
    """O-80: orders that open are refused, others are not."""
    options = OptionsClient()
    trade(options, "BUY", "0.3")
    options.own.reduce_only = True
    assert refused(options) == (400, -6062, "Operation is not supported for current user status")
    assert refused(options, side="SELL", price="9000", quantity="0.4")[1] == -6062
    trade(options, "SELL", "0.3")


def test_an_underlying_whose_countdown_ran_out() -> None:
    """O-100"""
    options = OptionsClient()
    options.own.blocked.add("BTCUSDT")
    assert refused(options) == (400, -2010, "NEW_ORDER_REJECTED")
    name = next(name for name in options.listed() if name.startswith("ETH"))
    placed(options, symbol=name, price="0.1")


@pytest.mark.parametrize(("until", "code"), [(-1, -6058), (10**18, -6058), (0, 0), (5, 0)])
def test_protected_orders_wait_while_frozen(until: int, code: int) -> None:
    """O-101: others do not."""
    options = OptionsClient()
    options.own.protections["BTCUSDT"] = Protection(1_000_000, 0, SCALE, SCALE, frozen_until=until)
    reply = sent(options, isMmp="true")
    assert reply.code == code
    if code:
        assert reply.msg == "MMP triggered. Please reset MMP config"
    placed(options)


# -- caps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("base", "most"), [("BTC", 10), ("SOL", 10), ("XRP", 5), ("DOGE", 5)])
def test_open_orders_of_a_contract(base: str, most: int) -> None:
    """O-68: ten, five where a contract is of many."""
    options = OptionsClient()
    name = next(name for name in options.listed() if name.startswith(base))
    price = options.listed()[name]["filters"][0]["tickSize"]
    for _ in range(most):
        placed(options, symbol=name, price=price, quantity="0.1")
    text = "Maximum open orders reached for this symbol. Please cancel existing orders and try again."
    assert refused(options, symbol=name, price=price, quantity="0.1") == (400, -6050, text)


def test_open_orders_by_the_settings() -> None:
    """O-68"""
    options = client(max_orders=2, max_underlying_orders=3)
    placed(options)
    placed(options)
    assert refused(options)[1] == -6050
    placed(options, symbol=PUT)
    text = "Maximum open orders reached for this underlying. Please cancel existing orders and try again."
    assert refused(options, symbol=PUT) == (400, -6051, text)


def test_shorts_by_the_settings() -> None:
    """O-68: what open sell orders may become counts."""
    options = client(max_short=SCALE, max_underlying_short=SCALE * 3 // 2)
    far = {"side": "SELL", "price": "9000"}
    placed(options, quantity="0.6", **far)
    text = "Maximum short position size reached for this symbol"
    assert refused(options, quantity="0.5", **far) == (400, -6052, text)
    placed(options, quantity="0.4", **far)
    text = "Maximum short position size reached for this underlying"
    assert refused(options, symbol=PUT, quantity="0.6", **far) == (400, -6053, text)
    placed(options, symbol=PUT, quantity="0.5", **far)


def test_the_size_of_one_order_by_the_settings() -> None:
    """O-68"""
    options = client(max_order_qty=SCALE)
    assert refused(options, quantity="1.01") == (400, -6054, "Quantity greater than max quantity")
    placed(options, quantity="1")


def test_a_refusal_leaves_nothing_behind() -> None:
    options = OptionsClient()
    before = (options.own.balance, dict(options.own.positions))
    refused(options, price=best(options, "BUY"), timeInForce="GTX")
    refused(options, quantity="99", price=best(options, "BUY"))
    assert (options.own.balance, options.own.positions) == before
    assert options.get("openOrders") == options.get("historyOrders", symbol=CALL) == []
