"""Accounts that may not place every order, and contracts that take none: U-53, U-54."""

from __future__ import annotations

import json

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.usdm.test_trade import BTC, Trader, refusal

from binance_mock.engine.positions import PositionSide
from binance_mock.venues.usdm.locks import STATUSES, Lock

REDUCING = {
    Lock.REDUCE_ONLY: (400, -4087, "User can only place reduce only order"),
    Lock.QUANTITATIVE_RULES: (
        400, -4400,
        "Futures Trading Quantitative Rules violated, only reduceOnly order is allowed, please try again later.",
    ),
    Lock.LARGE_POSITION: (
        400, -4401,
        "Futures Trading Risk Control Rules of large position holding violated, only reduceOnly order is allowed, "
        "please reduce the position. .",
    ),
}  # fmt: skip
NOTHING = {
    Lock.COOLING_OFF: (400, -4192, "Trade forbidden due to Cooling-off Period."),
    Lock.INACTIVE: (400, -4109, "This account is inactive. Please activate it before trading."),
    Lock.LIQUIDATION: (400, -2023, "User in liquidation mode now."),
}
BARRED = (400, -4140, "Invalid symbol status for opening position")
CLOSED = (400, -4141, "Symbol is closed")


@pytest.fixture
def trader() -> Trader:
    """With a long position of 0.02, and an order that rests."""
    made = Trader()
    made.order(quantity="0.020", price=None).ok()
    made.order(newClientOrderId="rests").ok()
    return made


def close(trader: Trader) -> Reply:
    return trader.order("SELL", quantity="0.005", price=None, reduceOnly="true")


def amend(trader: Trader) -> Reply:
    return trader.ask(
        "PUT", "order", symbol=BTC, side="BUY", quantity="0.020", price="78000", origClientOrderId="rests"
    )


def test_every_lock_is_tested() -> None:
    assert {Lock.NONE, *REDUCING, *NOTHING} == set(Lock)


@pytest.mark.parametrize(("lock", "answer"), list(REDUCING.items()))
def test_locks_that_leave_closing(trader: Trader, lock: Lock, answer: tuple[int, int, str]) -> None:
    """U-53."""
    trader.venue.accounts["default"].lock = lock
    assert refusal(trader.order()) == refusal(trader.order(price=None)) == refusal(amend(trader)) == answer
    assert refusal(trader.ask("POST", "order/test", **json.loads(item()))) == answer
    (row,) = trader.ask("POST", "batchOrders", batchOrders=f"[{item()}]").ok()
    assert (row["code"], row["msg"]) == answer[1:]
    assert close(trader).status == 200
    assert trader.ask("DELETE", "order", symbol=BTC, origClientOrderId="rests").status == 200
    trader.venue.accounts["default"].lock = Lock.NONE
    assert trader.order().status == 200


def item() -> str:
    fields = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010"}
    return json.dumps(fields | {"price": "79000"})


@pytest.mark.parametrize(("lock", "answer"), list(NOTHING.items()))
def test_locks_that_leave_nothing_but_cancelling(trader: Trader, lock: Lock, answer: tuple[int, int, str]) -> None:
    """U-53."""
    trader.venue.accounts["default"].lock = lock
    assert refusal(trader.order()) == refusal(close(trader)) == refusal(amend(trader)) == answer
    assert trader.ask("DELETE", "order", symbol=BTC, origClientOrderId="rests").status == 200


def test_an_account_that_may_not_trade_at_all(trader: Trader) -> None:
    """U-53: before any other lock."""
    trader.venue.accounts["default"].lock = Lock.REDUCE_ONLY
    trader.venue.accounts["default"].can_trade = False
    for reply in (trader.order(), close(trader), amend(trader)):
        assert refusal(reply) == (400, -4088, "User can not place order currently")


def test_in_hedge_mode_the_sides_tell_what_closes() -> None:
    """U-53, U-70."""
    trader = Trader()
    trader.ask("POST", "positionSide/dual", dualSidePosition="true").ok()
    trader.order(quantity="0.020", price=None, positionSide="LONG").ok()
    trader.venue.accounts["default"].lock = Lock.REDUCE_ONLY
    assert trader.order("SELL", price=None, positionSide="SHORT").json["code"] == -4087
    assert trader.order("SELL", price=None, positionSide="LONG").status == 200
    assert trader.venue.accounts["default"].position(BTC, PositionSide.LONG).qty == 10**6


def test_a_lock_goes_with_a_copy_and_not_with_a_fresh_world(trader: Trader) -> None:
    trader.venue.accounts["default"].lock = Lock.INACTIVE
    assert Trader(trader.world.fork()).order().json["code"] == -4109
    assert Trader(trader.world.fresh()).order().status == 200


# -- states of contracts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [each for each in STATUSES if each != "TRADING"])
def test_only_a_contract_that_trades_takes_orders(trader: Trader, status: str) -> None:
    """U-54: neither what opens nor what closes a position; cancels go on."""
    trader.venue.set_status(BTC, status)
    opening = CLOSED if status in ("DELIVERED", "CLOSE") else BARRED
    assert refusal(trader.order()) == refusal(trader.order(price=None)) == opening
    assert refusal(close(trader)) == CLOSED
    assert amend(trader).json["code"] == -5024
    rows = trader.ask("GET", "exchangeInfo").ok()["symbols"]
    assert {row["symbol"]: row["status"] for row in rows}[BTC] == status
    assert trader.order(symbol="ETHUSDT", quantity="1", price="1000").status == 200
    assert trader.ask("DELETE", "order", symbol=BTC, origClientOrderId="rests").status == 200
    trader.venue.set_status(BTC, "TRADING")
    assert trader.order().status == 200
