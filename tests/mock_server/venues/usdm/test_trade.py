"""Placing, cancelling and querying orders of contracts."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW, Reply, frozen_world, read

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.gate.request import Request, Response
from binance_mock.venues import maker
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.world import World, WorldSettings

BTC = "BTCUSDT"
FIELDS = {
    "orderId", "symbol", "status", "clientOrderId", "price", "avgPrice", "origQty", "executedQty", "cumQuote",
    "timeInForce", "type", "reduceOnly", "closePosition", "side", "positionSide", "stopPrice", "workingType",
    "priceProtect", "origType", "priceMatch", "selfTradePreventionMode", "goodTillDate", "updateTime",
}  # fmt: skip
NO_HISTORY = "The order will not be recorded in the order history"


class Trader:
    """Signs with the default key, at the world's time."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or frozen_world()

    @property
    def venue(self) -> UsdmVenue:
        assert self.world.usdm is not None
        return self.world.usdm

    def ask(self, method: str, path: str, **params: object) -> Reply:
        query = urlencode({**params, "timestamp": self.world.clock.now() // 1000})
        signature = hmac.new(EXAMPLE_PAIR.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        version = "v3" if path == "account" else "v1"
        request = Request(
            method, f"/fapi/{version}/{path}", f"{query}&signature={signature}".encode(), b"",
            {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()},
        )  # fmt: skip
        response = self.world.handle(request)
        assert isinstance(response, Response)
        return read(response)

    def order(self, side: str = "BUY", quantity: str = "0.010", price: str | None = "79000", **more: object) -> Reply:
        """A limit order that rests unless the price says otherwise; a market order without a price."""
        params: dict[str, object] = {"symbol": BTC, "side": side, "type": "MARKET", "quantity": quantity}
        if price is not None:
            params |= {"type": "LIMIT", "timeInForce": "GTC", "price": price}
        return self.ask("POST", "order", **{name: value for name, value in (params | more).items() if value != ""})

    def set_price(self, price: int) -> None:
        now = self.world.clock.now()
        maker.set_price(self.venue, self.venue.market(BTC, now), self.venue.info(BTC), price * SCALE, now)

    @property
    def position(self) -> int:
        return self.venue.accounts["default"].position(BTC, PositionSide.BOTH).qty


def refusal(reply: Reply) -> tuple[int, int, str]:
    return reply.status, reply.json["code"], reply.json["msg"]


# -- answers ---------------------------------------------------------------------------------------------------------


def test_a_resting_order() -> None:
    """U-48, U-49, U-51."""
    trader = Trader()
    row = trader.order(newClientOrderId="mine").ok()
    assert row.keys() == FIELDS | {"cumQty"}
    assert (row["status"], row["clientOrderId"], row["price"], row["origQty"]) == ("NEW", "mine", "79000.00", "0.010")
    assert (row["avgPrice"], row["executedQty"], row["cumQty"], row["reduceOnly"]) == ("0.00", "0.000", "0.000", False)
    queried = trader.ask("GET", "order", symbol=BTC, origClientOrderId="mine").ok()
    assert queried.keys() == FIELDS | {"time"}
    assert queried["orderId"] == row["orderId"]
    assert trader.order().ok()["orderId"] == row["orderId"] + 1


def test_an_acknowledgement_shows_no_fill_and_a_result_does() -> None:
    """U-48: ACK is the default, even for an order that has filled."""
    trader = Trader()
    ack = trader.order(price=None).ok()
    assert (ack["status"], ack["executedQty"], ack["avgPrice"], ack["cumQuote"]) == ("NEW", "0.000", "0.00", "0.00")
    result = trader.order(price=None, newOrderRespType="RESULT").ok()
    assert (result["status"], result["executedQty"], result["timeInForce"]) == ("FILLED", "0.010", "GTC")
    assert float(result["avgPrice"]) > 70_000
    assert refusal(trader.order(newOrderRespType="FULL")) == (400, -1136, "Invalid newOrderRespType.")
    assert trader.position == 2 * 10**6


def test_ids_that_are_made_are_letters_and_digits() -> None:
    """U-51."""
    row = Trader().order().ok()
    assert len(row["clientOrderId"]) == 22
    assert row["clientOrderId"].isalnum()


def test_counts_and_headers() -> None:
    """U-21, U-22."""
    trader = Trader()
    reply = trader.order()
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("1", "1")
    assert reply.headers["x-mbx-used-weight-1m"] == "0"
    reply = trader.ask("DELETE", "order", symbol=BTC, orderId=reply.ok()["orderId"])
    assert "x-mbx-order-count-10s" not in reply.headers
    for _ in range(299):
        trader.ask("POST", "order", symbol=BTC, side="BUY", type="MARKET", quantity="0.001").ok()
    assert refusal(trader.order()) == (429, -1015, "Too many new orders; current limit is 300 orders per 10 SECOND.")


# -- refusals --------------------------------------------------------------------------------------------------------

MISSING = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."
TOO_SMALL = "Order's notional must be no smaller than 50.0 (unless you choose reduce only)"
NOT_AS_MAKER = f"Due to the order could not be executed as maker, the Post Only order will be rejected. {NO_HISTORY}"
NOT_AT_ONCE = f"Due to the order could not be filled immediately, the FOK order has been rejected. {NO_HISTORY}"
CONDITIONAL = "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."


@pytest.mark.parametrize(
    ("changes", "code", "msg"),
    [
        ({"timeInForce": ""}, -1102, MISSING.format("timeInForce")),
        ({"price": ""}, -1102, MISSING.format("price")),
        ({"quantity": ""}, -1102, MISSING.format("quantity")),
        ({"type": "MARKET"}, -1106, "Parameter 'price' sent when not required."),
        ({"type": "MARKET", "price": ""}, -1106, "Parameter 'timeinforce' sent when not required."),
        ({"closePosition": "true"}, -1128, "Combination of optional parameters invalid."),
        ({"type": "STOP"}, -4120, CONDITIONAL),
        ({"type": "STOP_MARKET"}, -4120, CONDITIONAL),
        ({"type": "TAKE_PROFIT"}, -4120, CONDITIONAL),
        ({"type": "TRAILING_STOP_MARKET"}, -4120, CONDITIONAL),
        ({"type": "STOP_LOSS"}, -1116, "Invalid orderType."),
        ({"side": "LONG"}, -1117, "Invalid side."),
        ({"timeInForce": "DAY"}, -1115, "Invalid timeInForce."),
        ({"symbol": "BTCUSD"}, -1121, "Invalid symbol."),
        ({"positionSide": "UP"}, -4060, "Invalid position side."),
        ({"positionSide": "LONG"}, -4061, "Order's position side does not match user's setting."),
        ({"newClientOrderId": "x" * 37}, -4015, "Client order id length should not be more than 36 chars"),
        ({"newClientOrderId": "a b"}, -4015, "Client order id is not valid."),
        ({"quantity": "0.0101"}, -1111, "Precision is over the maximum defined for this asset."),
        ({"price": "79000.001"}, -1111, "Precision is over the maximum defined for this asset."),
        ({"price": "79000.05"}, -4014, "Price not increased by tick size."),
        ({"quantity": "0"}, -4003, "Quantity less than or equal to zero."),
        ({"quantity": "1000.001"}, -4005, "Quantity greater than max quantity."),
        ({"price": "500"}, -4013, "Price less than min price."),
        ({"price": "4529764.1"}, -4002, "Price greater than max price."),
        ({"price": "90000"}, -4016, "Limit price can't be higher than 83968.50."),
        ({"side": "SELL", "price": "70000"}, -4024, "Limit price can't be lower than 75971.50."),
        ({"quantity": "0.001", "price": "40000"}, -4164, TOO_SMALL),
        ({"price": "83000", "timeInForce": "GTX"}, -5022, NOT_AS_MAKER),
        ({"timeInForce": "FOK"}, -5021, NOT_AT_ONCE),
        ({"timeInForce": "GTD"}, -1102, MISSING.format("goodTillDate")),
        ({"priceMatch": "QUEUE"}, -1128, "Combination of optional parameters invalid."),
        ({"price": "", "priceMatch": "OPPONENT_20"}, -5037, "Invalid price match"),
        ({"reduceOnly": "true"}, -2022, "ReduceOnly Order is rejected."),
        ({"quantity": "100"}, -2019, "Margin is insufficient."),
    ],
)  # fmt: skip
def test_refusals(changes: dict[str, str], code: int, msg: str) -> None:
    """U-36 to U-41, U-45, U-46, U-55 to U-57, U-61, U-66, U-72, U-100, U-101, U-105, U-107; nothing is left behind."""
    trader = Trader()
    trader.set_price(79_970)
    assert refusal(trader.order(**changes)) == (400, code, msg)
    assert trader.ask("GET", "openOrders").ok() == []
    assert trader.ask("GET", "allOrders", symbol=BTC).ok() == []


def test_an_id_is_free_again_when_its_order_has_ended() -> None:
    """U-41."""
    trader = Trader()
    trader.order(newClientOrderId="mine").ok()
    assert refusal(trader.order(newClientOrderId="mine")) == (400, -4116, "ClientOrderId is duplicated.")
    trader.ask("DELETE", "order", symbol=BTC, origClientOrderId="mine").ok()
    trader.order(newClientOrderId="mine").ok()


def test_200_orders_are_the_most() -> None:
    """U-104."""
    trader = Trader()
    for _ in range(200):
        trader.order(quantity="0.001").ok()
    assert refusal(trader.order()) == (400, -2025, "Reach max open order limit.")


def test_a_market_order_finds_the_best_price_outside_the_band() -> None:
    """U-106."""
    trader = Trader()
    trader.venue.marks.set(BTC, mark=60_000 * SCALE)
    reply = trader.order(price=None)
    assert refusal(reply)[1:] == (-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit")


def test_the_check_without_an_order() -> None:
    """U-52."""
    trader = Trader()
    row = trader.ask("POST", "order/test", symbol=BTC, side="BUY", type="MARKET", quantity="0.01").ok()
    assert (row["status"], row["executedQty"]) == ("NEW", "0.000")
    reply = trader.ask("POST", "order/test", symbol=BTC, side="BUY", type="MARKET", quantity="100")
    assert refusal(reply)[1] == -2019
    assert trader.position == 0


# -- prices that follow the book, dates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "side", "number"),
    [
        ("OPPONENT", "asks", 1), ("QUEUE", "bids", 1), ("OPPONENT_5", "asks", 5), ("QUEUE_5", "bids", 5),
        ("QUEUE_20", "bids", 20),
    ],
)  # fmt: skip
def test_a_price_of_the_book(match: str, side: str, number: int) -> None:
    """U-62."""
    trader = Trader()
    book = trader.venue.market(BTC, NOW).book
    levels = list(book.asks if side == "asks" else book.bids)
    row = trader.order(quantity="0.001", price="", type="LIMIT", timeInForce="GTC", priceMatch=match).ok()
    assert row["price"] == f"{levels[number - 1].price / SCALE:.2f}"
    assert row["priceMatch"] == match


def test_a_level_that_is_not_there() -> None:
    """U-61."""
    trader = Trader()
    trader.venue.market(BTC, NOW)
    maker.quote_liquidity(trader.venue, trader.venue.market(BTC, NOW), trader.venue.info(BTC), 79_970 * SCALE, NOW, 3)
    reply = trader.order(price="", type="LIMIT", timeInForce="GTC", priceMatch="QUEUE_5")
    assert refusal(reply) == (400, -5041, "No depth matches this BBO order")


def test_an_order_ends_at_its_date() -> None:
    """U-57: whole seconds, on the world's clock, whoever looks."""
    trader = Trader()
    now = trader.world.clock.now() // 1000
    assert refusal(trader.order(timeInForce="GTD", goodTillDate=now + 600_000))[1] == -5040
    row = trader.order(timeInForce="GTD", goodTillDate=now + 700_999).ok()
    assert row["goodTillDate"] == (now + 700_999) // 1000 * 1000
    trader.world.clock.move(699_000_000)
    assert len(trader.ask("GET", "openOrders").ok()) == 1
    trader.world.clock.move(2_000_000)
    assert trader.ask("GET", "openOrders").ok() == []
    ended = trader.ask("GET", "order", symbol=BTC, orderId=row["orderId"]).ok()
    assert (ended["status"], ended["updateTime"]) == ("EXPIRED", row["goodTillDate"])


def test_what_was_due_has_happened_whatever_is_asked() -> None:
    trader = Trader()
    trader.order(timeInForce="GTD", goodTillDate=trader.world.clock.now() // 1000 + 700_000).ok()
    assert float(trader.ask("GET", "account").ok()["totalOpenOrderInitialMargin"]) > 0
    trader.world.clock.move(800_000_000)
    assert float(trader.ask("GET", "account").ok()["totalOpenOrderInitialMargin"]) == 0


def test_a_copy_ends_its_own() -> None:
    trader = Trader()
    row = trader.order(timeInForce="GTD", goodTillDate=trader.world.clock.now() // 1000 + 700_000).ok()
    twin = Trader(trader.world.fork())
    twin.world.clock.move(800_000_000)
    asked = {"symbol": BTC, "orderId": row["orderId"]}
    assert twin.ask("GET", "order", **asked).ok()["status"] == "EXPIRED"
    assert trader.ask("GET", "order", **asked).ok()["status"] == "NEW"
    assert twin.ask("GET", "order", **asked).ok()["timeInForce"] == "GTD"


# -- closing ---------------------------------------------------------------------------------------------------------


def test_a_closing_order_needs_no_margin_and_no_notional() -> None:
    """U-75."""
    trader = Trader()
    trader.order(price=None, quantity="0.010").ok()
    trader.venue.accounts["default"].money.free["USDT"] = 0
    assert refusal(trader.order(price=None))[1] == -2019
    closed = trader.order("SELL", "0.010", None, reduceOnly="true", newOrderRespType="RESULT").ok()
    assert (closed["status"], closed["reduceOnly"], trader.position) == ("FILLED", True, 0)


def test_a_closing_order_never_flips() -> None:
    """U-72, U-73: more than there is, in one order or in several, is refused."""
    trader = Trader()
    trader.order(price=None, quantity="0.010").ok()
    for quantity, fits in (("0.011", False), ("0.006", True), ("0.005", False), ("0.004", True)):
        reply = trader.order("SELL", quantity, "82000", reduceOnly="true")
        assert (reply.status == 200) == fits
    assert refusal(trader.order("BUY", "0.001", "79000", reduceOnly="true"))[1] == -2022


def test_closing_orders_end_when_the_position_shrinks() -> None:
    """U-73: the newest first, as EXPIRED."""
    trader = Trader()
    trader.order(price=None, quantity="0.010").ok()
    ids = [trader.order("SELL", "0.005", "82000", reduceOnly="true").ok()["orderId"] for _ in range(2)]
    trader.order("SELL", "0.003", None).ok()
    statuses = [trader.ask("GET", "order", symbol=BTC, orderId=id).ok()["status"] for id in ids]
    assert statuses == ["NEW", "EXPIRED"]
    trader.set_price(83_000)
    assert trader.position == 2 * 10**5
    assert trader.ask("GET", "openOrders").ok() == []


def test_a_hedged_account() -> None:
    """U-67, U-68, U-70."""
    trader = Trader()
    account = trader.venue.accounts["default"]
    account.hedged = True
    assert refusal(trader.order())[1] == -4061
    assert refusal(trader.order(positionSide="BOTH"))[1] == -4061
    reply = trader.order(positionSide="LONG", reduceOnly="false")
    assert refusal(reply)[1:] == (-1106, "Parameter 'reduceonly' sent when not required.")
    for side, which, closing in (("BUY", "LONG", False), ("SELL", "SHORT", False), ("SELL", "LONG", True)):
        row = trader.order(side, "0.010", None, positionSide=which).ok()
        assert (row["positionSide"], row["reduceOnly"]) == (which, closing)
    assert account.position(BTC, PositionSide.LONG).qty == 0
    assert account.position(BTC, PositionSide.SHORT).qty == -(10**6)
    assert refusal(trader.order("BUY", "0.011", None, positionSide="SHORT"))[1] == -2022


# -- cancelling and looking ------------------------------------------------------------------------------------------


def test_cancelling() -> None:
    """U-129, U-130, U-132."""
    trader = Trader()
    row = trader.order(newClientOrderId="mine").ok()
    cancelled = trader.ask("DELETE", "order", symbol=BTC, origClientOrderId="mine").ok()
    assert (cancelled["status"], cancelled["orderId"], cancelled["clientOrderId"]) == (
        "CANCELED",
        row["orderId"],
        "mine",
    )
    gone = trader.ask("DELETE", "order", symbol=BTC, orderId=row["orderId"])
    assert refusal(gone) == (400, -2011, "Unknown order sent.")
    assert refusal(trader.ask("DELETE", "order", symbol=BTC))[1] == -1102
    assert trader.ask("GET", "order", symbol=BTC, orderId=row["orderId"]).ok()["status"] == "CANCELED"
    for path in ("order", "openOrder"):
        asked = {"symbol": BTC, "orderId": row["orderId"] + (path == "order")}
        assert refusal(trader.ask("GET", path, **asked)) == (400, -2013, "Order does not exist.")
    done = {"code": 200, "msg": "The operation of cancel all open order is done."}
    trader.order().ok()
    for _ in range(2):
        assert trader.ask("DELETE", "allOpenOrders", symbol=BTC).ok() == done
    assert trader.ask("GET", "openOrders", symbol=BTC).ok() == []


def test_lists_of_orders_and_trades() -> None:
    """U-117, U-133: oldest first, by id, by time, one week at most."""
    trader = Trader()
    ids = []
    for _ in range(3):
        ids.append(trader.order(price=None, quantity="0.010").ok()["orderId"])
        trader.world.clock.move(1_000_000)
    trader.order("SELL", "0.030", None).ok()
    asked: dict[str, Any] = {"symbol": BTC}
    assert [row["orderId"] for row in trader.ask("GET", "allOrders", **asked, orderId=ids[1], limit=1).ok()] == [ids[1]]
    assert [row["orderId"] for row in trader.ask("GET", "allOrders", **asked, limit=3).ok()[:2]] == ids[1:]
    start = NOW // 1000 + 1000
    late = trader.ask("GET", "userTrades", **asked, startTime=start, endTime=start + 500).ok()
    assert [row["orderId"] for row in late] == [ids[1]]
    wide = trader.ask("GET", "userTrades", **asked, startTime=start, endTime=start + 8 * 86_400_000)
    assert refusal(wide)[1] == -4165
    trades = trader.ask("GET", "userTrades", **asked).ok()
    assert [row["side"] for row in trades] == ["BUY", "BUY", "BUY", "SELL"]
    sold = trades[-1]
    bought = float(trades[0]["price"])
    assert float(sold["realizedPnl"]) == pytest.approx((float(sold["price"]) - bought) * 0.03, abs=1e-6)
    assert float(sold["commission"]) == pytest.approx(float(sold["price"]) * 0.03 * 0.0005, abs=1e-6)
    assert (sold["maker"], sold["buyer"], sold["commissionAsset"], sold["qty"]) == (False, False, "USDT", "0.030")
    assert len(trader.ask("GET", "userTrades", **asked, orderId=ids[0]).ok()) == 1
    assert refusal(trader.ask("GET", "userTrades", **asked, fromId=1, startTime=start))[1] == -1128


def test_a_maker_is_told_as_one() -> None:
    trader = Trader()
    trader.order("BUY", "0.010", "79000").ok()
    trader.set_price(78_500)
    (trade,) = trader.ask("GET", "userTrades", symbol=BTC).ok()
    assert (trade["maker"], trade["price"], trade["realizedPnl"]) == (True, "79000.00", "0.00000000")
    assert trade["commission"] == "0.15800000"


# -- margin ----------------------------------------------------------------------------------------------------------


def test_the_margin_of_an_order_is_that_of_its_notional() -> None:
    """U-100, U-102: 20 times leverage on 100,000; what is resting counts, the other side of it does not."""
    trader = Trader()
    trader.set_price(80_000)
    assert trader.order(quantity="25.000", price="79999").status == 200
    assert refusal(trader.order(quantity="0.010", price="79999"))[1] == -2019
    assert trader.order("SELL", quantity="24.000", price="80001").status == 200
    trader.ask("DELETE", "allOpenOrders", symbol=BTC).ok()
    trader.venue.accounts["default"].set_leverage(BTC, 10)
    assert refusal(trader.order(quantity="12.600", price="79999"))[1] == -2019
    assert trader.order(quantity="12.400", price="79999").status == 200


def test_a_position_is_no_larger_than_its_leverage_allows() -> None:
    """U-101: 300,000 at 150 times, open orders included."""
    trader = Trader()
    trader.venue.accounts["default"].set_leverage(BTC, 150)
    assert trader.order(quantity="3.700", price="79000").status == 200
    too_large = (400, -2027, "Exceeded the maximum allowable position at current leverage.")
    assert refusal(trader.order(quantity="0.200", price="79000")) == too_large
    assert trader.order("SELL", quantity="3.700", price="81000").status == 200


def test_an_order_above_the_mark_costs_its_loss_too() -> None:
    """U-103."""
    trader = Trader()
    trader.venue.marks.set(BTC, mark=78_000 * SCALE)
    price = 79_500
    most = 100_000 / (price / 20 + price - 78_000)
    assert refusal(trader.order(quantity=f"{most * 1.01:.3f}", price=str(price)))[1] == -2019
    assert trader.order(quantity=f"{most * 0.99:.3f}", price=str(price)).status == 200


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(1, 900), st.none() | st.integers(-40, 40), st.booleans()), max_size=10
    )
)
def test_no_sequence_of_orders_spends_more_than_there_is(orders: list[Any]) -> None:
    """After every order that was taken, the wallet carries the margin of positions and orders (U-100, U-113)."""
    world = frozen_world(WorldSettings())
    trader = Trader(world)
    account = trader.venue.accounts["default"]
    account.money.free["USDT"] = 5_000 * SCALE
    for buys, lots, ticks, isolated in orders:
        if not account.positions and isolated:
            account.set_margin_type(BTC, MarginType.ISOLATED)
        price = None if ticks is None else str(79_970 + ticks)
        reply = trader.order("BUY" if buys else "SELL", f"{lots / 1000:.3f}", price)
        assert reply.status == 200 or reply.json["code"] in (-2019, -4164, -2027)
        held = abs(trader.position) * trader.venue.mark_price(BTC) // SCALE // 20
        assert held <= account.money.free["USDT"] + 10 * SCALE
    assert account.money.free["USDT"] > 0


def test_the_orders_of_all_contracts() -> None:
    """U-133, since 2026-08-25: without a symbol, by time."""
    trader = Trader()
    trader.order()
    trader.world.clock.move(1000)
    trader.ask("POST", "order", symbol="ETHUSDT", side="BUY", type="MARKET", quantity="0.1").ok()
    trader.world.clock.move(1000)
    trader.order(price=None)
    rows = trader.ask("GET", "allOrders").ok()
    assert [row["symbol"] for row in rows] == [BTC, "ETHUSDT", BTC]
    assert trader.ask("GET", "allOrders", limit=1).ok() == rows[-1:]
