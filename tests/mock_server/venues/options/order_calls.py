"""Calls about orders, as tests of orders make them, and the shapes of their answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.options.options_client import CALL, OptionsClient
from tests.mock_server.venues.shapes import differences

_SHAPES: Final = json.loads(Path(__file__).with_name("order_shapes.json").read_text(encoding="utf-8"))


def wrong(call: str, answer: Any, generation: str = "2026") -> list[str]:
    """How an answer differs from the shape of its call."""
    return differences(_SHAPES[call][generation], answer)


def calls() -> set[str]:
    """Every call that has a shape."""
    return set(_SHAPES)


def fields(**changes: object) -> dict[str, object]:
    """A resting buy far below the market, with changes; None leaves a parameter out."""
    order: dict[str, object] = {"symbol": CALL, "side": "BUY", "type": "LIMIT", "quantity": "0.1", "price": "500"}
    order.update(changes)
    return {name: value for name, value in order.items() if value is not None}


def sent(options: OptionsClient, **changes: object) -> Reply:
    """The answer to a placement."""
    return options.ask("POST", "order", **fields(**changes))


def placed(options: OptionsClient, **changes: object) -> Any:
    """An order that is taken."""
    return sent(options, **changes).ok()


def refused(options: OptionsClient, **changes: object) -> tuple[int, int, str]:
    """Status, code and text of a placement that is refused."""
    reply = sent(options, **changes)
    return reply.status, reply.code, reply.msg


def best(options: OptionsClient, side: str, symbol: str = CALL) -> str:
    """The price at which an order of a side trades at once."""
    book = options.public("depth", symbol=symbol).ok()
    return str(book["asks" if side == "BUY" else "bids"][0][0])


def trade(options: OptionsClient, side: str, quantity: str = "0.1", symbol: str = CALL, **changes: object) -> Any:
    """An order that fills with the market maker at once."""
    price = best(options, side, symbol)
    order = placed(
        options, side=side, symbol=symbol, quantity=quantity, price=price, newOrderRespType="RESULT", **changes
    )
    assert order["status"] == "FILLED"
    return order


def query(options: OptionsClient, order: Any) -> Any:
    """An order as it is now."""
    return options.get("order", symbol=order["symbol"], orderId=order["orderId"])
