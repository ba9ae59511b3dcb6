"""A call's life through the gate, from its purchase to what its exercise leaves: O-53, O-55, O-69, O-79 to O-86.

The tester moves index and clock by control calls, and looks at options only through the gate.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from tests.mock_server.spot_client import frozen_world
from tests.mock_server.venues.options.options_client import BTC, DAILY, EXPIRY_MS, MS, OptionsClient, amount

from binance_mock.control.control import Control
from binance_mock.engine.units import SCALE
from binance_mock.world import World
from binance_mock.worlds import Worlds

MINUTE_MS: Final = 60_000
QTY: Final = SCALE // 2


class User:
    """Uses the API, and the control API beside it."""

    def __init__(self, world: World | None = None) -> None:
        self.options = OptionsClient(world or frozen_world(at=MS * 1000))
        self._control = Control(Worlds(self.options.world))

    def control(self, path: str, body: dict[str, Any]) -> Any:
        status, answer = self._control.handle("POST", path, {}, json.dumps(body).encode())
        assert status == 200, answer
        return answer

    def index(self, price: str) -> None:
        """Set the index of BTCUSDT: that of its perpetual (O-53)."""
        self.control("/market/usdm/BTCUSDT", {"index_price": price})

    def until(self, ms: int) -> None:
        """Let time pass up to a moment."""
        self.control("/clock/advance", {"ms": ms - self.options.now // 1000})

    def buy(self, qty: str) -> Any:
        """Take the best offer of the market maker."""
        options = self.options
        price = options.public("depth", symbol=DAILY).ok()["asks"][0][0]
        return options.post(
            "order", symbol=DAILY, side="BUY", type="LIMIT", quantity=qty, price=price, newOrderRespType="RESULT"
        )

    def balance(self) -> int:
        """Equity of an account without positions: its wallet."""
        (asset,) = self.options.get("marginAccount")["asset"]
        assert asset["equity"] == asset["available"] == asset["marginBalance"]
        return amount(asset["equity"])


def interest(options: OptionsClient, day: str = "231115") -> dict[str, str]:
    rows = options.public("openInterest", underlyingAsset="BTC", expiration=day).ok()
    return {row["symbol"]: row["sumOpenInterest"] for row in rows}


def test_a_call_is_bought_exercised_and_gone() -> None:
    """The index stands at 79970, at 82000 from a third of the last half hour on, at 85000 at the moment itself."""
    user = User()
    options = user.options
    before = user.balance()
    order = user.buy("0.5")
    assert (order["status"], order["executedQty"]) == ("FILLED", "0.50")
    premium = amount(order["avgPrice"]) // 2
    fee = min(79_970 * 24_000, amount(order["avgPrice"]) // 10) // 2
    assert interest(options)[DAILY] == "0.50"

    user.until(EXPIRY_MS - 20 * MINUTE_MS)
    assert options.ticker(DAILY)["exercisePrice"] == "79970.00000000"
    user.index("82000")
    assert options.public("index", underlying=BTC).ok()["indexPrice"] == "82000.00000000"
    user.until(EXPIRY_MS - 5 * MINUTE_MS)
    so_far = (79_970 * 600 + 82_000 * 901) / 1501  # The second that begins now is among them.
    assert float(options.ticker(DAILY)["exercisePrice"]) == pytest.approx(so_far, abs=1e-8)
    (position,) = options.get("position")
    assert float(position["markPrice"]) == pytest.approx(so_far - 80_000, abs=1)  # By the mean, and not by the index.
    user.until(EXPIRY_MS - 1)
    assert DAILY in options.listed()
    user.index("85000")

    user.until(EXPIRY_MS)
    settled = (79_970 * 600 + 82_000 * 1200) * SCALE // 1800
    paid = (settled - 80_000 * SCALE) // 2
    exercise_fee = settled * 15_000 // SCALE // 2
    assert DAILY not in options.listed()
    assert interest(options) == {}
    assert interest(options, "231116")
    assert options.get("position") == []
    (record,) = options.get("exerciseRecord")
    shown = {name: amount(record[name]) for name in ("exercisePrice", "amount", "fee", "quantity")}
    assert shown == {"exercisePrice": settled, "amount": paid, "fee": exercise_fee, "quantity": QTY}
    assert (record["symbol"], record["positionSide"], record["createDate"]) == (DAILY, "LONG", EXPIRY_MS)
    bills = options.get("bill", currency="USDT")
    assert [(row["type"], amount(row["amount"])) for row in bills] == [
        ("CONTRACT", -premium), ("FEE", -fee), ("CONTRACT", shown["amount"]), ("FEE", -exercise_fee),
    ]  # fmt: skip
    assert user.balance() == before - premium - fee + shown["amount"] - exercise_fee
    (row,) = [row for row in options.public("exerciseHistory", underlying=BTC).ok() if row["symbol"] == DAILY]
    assert (row["strikeResult"], row["realStrikePrice"]) == ("REALISTIC_VALUE_STRICKEN", record["exercisePrice"])

    sent: dict[str, object] = {"side": "SELL", "type": "LIMIT", "quantity": "0.5", "price": "100"}
    refusal = (400, -6049, "this symbol is not in trading status")
    assert options.refusal("POST", "order", symbol=DAILY, **sent) == refusal
    assert options.refusal("POST", "order", symbol="BTC-231115-1-C", **sent)[1] == -1121


def test_an_index_that_was_never_looked_at_before_counts_with_what_it_was() -> None:
    """O-81: the first touch of the futures is what moves the index, in the middle of the half hour."""
    user = User()
    user.buy("0.5")
    user.until(EXPIRY_MS - 15 * MINUTE_MS)
    user.index("81970")
    user.until(EXPIRY_MS)
    (record,) = user.options.get("exerciseRecord")
    assert record["exercisePrice"] == "80970.00000000"


def test_an_index_keeps_its_past_when_the_clock_goes_back() -> None:
    """O-81: it stands where it stood, and moves from there."""
    user = User()
    user.index("81000")
    user.buy("0.5")
    user.control("/clock", {"mode": "frozen", "now_ms": EXPIRY_MS - 15 * MINUTE_MS})
    user.control("/clock", {"mode": "frozen", "now_ms": EXPIRY_MS - 18 * MINUTE_MS})
    user.index("83000")
    user.until(EXPIRY_MS)
    (record,) = user.options.get("exerciseRecord")
    assert record["exercisePrice"] == "82200.00000000"


def test_an_order_that_waits_expires_with_its_contract() -> None:
    """O-84"""
    user = User()
    options = user.options
    order = options.post("order", symbol=DAILY, side="BUY", type="LIMIT", quantity="1", price="5")
    user.until(EXPIRY_MS)
    assert options.get("openOrders") == []
    assert options.get("order", symbol=DAILY, orderId=order["orderId"])["status"] == "EXPIRED"
    (asset,) = options.get("marginAccount")["asset"]
    assert asset["available"] == "100000.00000000"


def test_what_befalls_the_futures_unseen_moves_the_index_before_the_expiry() -> None:
    """O-53: a funding at midnight leaves a position too little, its liquidation moves the price, nobody looks."""
    user = User()
    user.buy("0.5")
    position = {"qty": "50", "entry_price": "79970", "margin_type": "ISOLATED", "isolated_wallet": "45000"}
    user.control("/market/usdm/BTCUSDT/position", position)
    assert user.control("/market/usdm/BTCUSDT", {"funding_rate": "0.0075"})["index_price"] == "79970.00000000"
    twin = User(user.options.world.fork())
    twin.until(EXPIRY_MS - 4 * 60 * MINUTE_MS)
    seen = twin.control("/market/usdm/BTCUSDT", {"levels": 10})["index_price"]
    assert float(seen) < 79_970
    user.until(EXPIRY_MS)
    (record,) = user.options.get("exerciseRecord")
    assert record["exercisePrice"] == seen
