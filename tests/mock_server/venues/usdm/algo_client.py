"""A client of USDⓈ-M futures that places conditional orders."""

from __future__ import annotations

from typing import Any

from tests.mock_server.spot_client import Reply, frozen_world
from tests.mock_server.venues.usdm.signed_client import BTC, SignedClient
from tests.mock_server.venues.usdm.usdm_client import amount

from binance_mock.engine.orders import Side
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.set_position import Wanted, set_position
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.world import WorldSettings


class AlgoClient(SignedClient):
    """Calls one world with the default key; parameters that are None are not sent."""

    def algo(self, side: str = "SELL", type: str = "STOP_MARKET", **more: object) -> Reply:
        """Place a conditional order: 0.010 BTC, unless it says otherwise."""
        params: dict[str, object] = {"algoType": "CONDITIONAL", "symbol": BTC, "side": side, "type": type}
        if "closePosition" not in more:
            params["quantity"] = "0.010"
        return self.ask("POST", "algoOrder", **(params | more))

    def placed(self, side: str = "SELL", type: str = "STOP_MARKET", **more: object) -> Any:
        """The answer to a placement that succeeds."""
        return self.algo(side, type, **more).ok()

    def stop(self, trigger: object, side: str = "SELL", **more: object) -> int:
        """The number of a new stop-market order."""
        number: int = self.placed(side, triggerPrice=trigger, **more)["algoId"]
        return number

    def refused(self, side: str = "SELL", type: str = "STOP_MARKET", **more: object) -> tuple[int, int, str]:
        """Status, code and text of a placement that fails."""
        reply = self.algo(side, type, **more)
        return reply.status, reply.code, reply.msg

    def row(self, id: int) -> Any:
        """What is told of a conditional order."""
        return self.get("algoOrder", algoId=id)

    def state(self, id: int) -> str:
        """Where it is in its life."""
        status: str = self.row(id)["algoStatus"]
        return status

    def child(self, id: int) -> Any:
        """The ordinary order that it became."""
        return self.get("order", symbol=BTC, orderId=self.row(id)["actualOrderId"])

    def waiting(self) -> list[int]:
        """The numbers of those that wait."""
        return [row["algoId"] for row in self.get("openAlgoOrders")]

    # -- what goes on around it ------------------------------------------------------------------------------------

    def trade(self, side: str, quantity: str = "0.010", price: str | None = None, **more: object) -> Any:
        """Place an ordinary order, at the market where no price is given."""
        kind: dict[str, object] = {"type": "MARKET"}
        if price is not None:
            kind = {"type": "LIMIT", "timeInForce": "GTC", "price": price}
        return self.post("order", symbol=BTC, side=side, quantity=quantity, **kind, **more)

    def hold(self, qty: str, entry: str = "80000", side: PositionSide = PositionSide.BOTH) -> None:
        """Have a position."""
        wanted = Wanted(side, amount(qty), amount(entry))
        set_position(self.venue, self.own, self.venue.info(BTC), wanted, self.now)

    def held(self, side: PositionSide = PositionSide.BOTH) -> int:
        """How much there is of a position, in thousandths."""
        return self.own.position(BTC, side).qty * 1000 // SCALE

    def last(self, price: int, symbol: str = BTC) -> None:
        """Let a contract trade at a price."""
        self.move_price(symbol, str(price))
        self.venue.pass_time(self.now)

    def last_print(self, price: int) -> None:
        """Let it trade at a price while the book stays as it is."""
        self.venue.market(BTC, self.now).print_trade(price * SCALE, SCALE, self.now)
        self.venue.price_moved(BTC, price * SCALE, self.now)
        self.venue.pass_time(self.now)

    def order_by_house(self, side: str, price: str, quantity: str = "0.001") -> None:
        """Let the market maker rest an order."""
        self.order(Side(side), amount(quantity), amount(price), by=self.venue.house)

    def marked(self, price: int) -> None:
        """Let the mark price stand."""
        self.venue.set_marks(BTC, self.now, mark=price * SCALE)


def algo_client(**settings: Any) -> AlgoClient:
    """A client of a fresh world with these settings of the venue; its markets have no history."""
    return AlgoClient(frozen_world(WorldSettings(usdm=UsdmSettings(history_hours=0, **settings))))
