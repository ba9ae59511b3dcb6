"""Changing open orders, and the list of changes."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.mock_server.spot_client import DAY, SECOND, Reply
from tests.mock_server.venues.shapes import differences
from tests.mock_server.venues.usdm.test_trade import BTC, FIELDS, Trader, refusal

from binance_mock.engine.orders import Order, OrderType, Side, StpMode, TimeInForce
from binance_mock.engine.units import SCALE
from binance_mock.venues import maker

AMENDMENTS: Final = [
    {
        "amendmentId": "long",
        "symbol": "string",
        "pair": "string",
        "orderId": "long",
        "clientOrderId": "string",
        "time": "long:ms",
        "amendment": {
            "price": {"before": "string:decimal", "after": "string:decimal"},
            "origQty": {"before": "string:decimal", "after": "string:decimal"},
            "count": "int",
            "modifyId?": "long",
        },
    }
]
NO_ORDER = (400, -2013, "Order does not exist.")


def amend(trader: Trader, id: int, quantity: str = "0.010", price: str = "79000", **more: object) -> Reply:
    params: dict[str, object] = {"symbol": BTC, "side": "BUY", "orderId": id, "quantity": quantity, "price": price}
    return trader.ask("PUT", "order", **{name: value for name, value in (params | more).items() if value != ""})


def sell(trader: Trader, quantity: int, price: int) -> None:
    """Let the market maker sell so many thousandths into the book."""
    now = trader.world.clock.now()
    market = trader.venue.market(BTC, now)
    house = trader.venue.ledger.house
    qty = quantity * SCALE // 1000
    market.place(
        Order(house, f"s{market.tape.next_id}", Side.SELL, OrderType.LIMIT, TimeInForce.IOC, price * SCALE, qty), now
    )


def inside(trader: Trader) -> int:
    """A price at which an order to buy is the best one; there is room up to the best ask."""
    market = trader.venue.market(BTC, trader.world.clock.now())
    maker.quote_liquidity(trader.venue, market, trader.venue.info(BTC), 79_970 * SCALE, trader.world.clock.now(), 3)
    best = market.book.bids.best
    assert best is not None
    for order in list(best):
        market.cancel(order, order.client_id, trader.world.clock.now())
    best = market.book.bids.best
    return best.price // SCALE + 1 if best is not None else 79_000


def look(trader: Trader, id: int) -> Any:
    return trader.ask("GET", "order", symbol=BTC, orderId=id).ok()


# -- what it does ----------------------------------------------------------------------------------------------------


def test_an_amended_order_keeps_its_ids() -> None:
    """U-134, U-65: its mode of self-trade prevention is NONE afterwards."""
    trader = Trader()
    row = trader.order(newClientOrderId="mine").ok()
    trader.world.clock.move(SECOND)
    reply = amend(trader, row["orderId"], "0.020", "78000", modifyId=12)
    changed = reply.ok()
    assert changed.keys() == FIELDS | {"cumQty", "pair", "modifyId"}
    assert (changed["orderId"], changed["clientOrderId"], changed["pair"]) == (row["orderId"], "mine", "BTCUSDT")
    assert (changed["price"], changed["origQty"], changed["status"]) == ("78000.00", "0.020", "NEW")
    assert (changed["modifyId"], changed["selfTradePreventionMode"]) == (12, "NONE")
    assert changed["updateTime"] == row["updateTime"] + 1000
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("2", "2")
    (opened,) = trader.ask("GET", "openOrders").ok()
    assert (opened["orderId"], opened["time"], opened["price"]) == (row["orderId"], row["updateTime"], "78000.00")
    assert look(trader, row["orderId"])["selfTradePreventionMode"] == "NONE"
    trader.ask("DELETE", "order", symbol=BTC, origClientOrderId="mine").ok()
    assert trader.ask("GET", "openOrders").ok() == []


def test_an_amended_order_goes_to_the_end_of_the_queue() -> None:
    """U-134, even where it only becomes smaller."""
    trader = Trader()
    price = str(inside(trader))
    first, second = (trader.order(quantity="0.010", price=price).ok()["orderId"] for _ in range(2))
    sell(trader, 2, int(price))
    assert look(trader, first)["executedQty"] == "0.002"
    row = amend(trader, first, "0.009", price).ok()
    assert (row["status"], row["executedQty"], row["origQty"]) == ("PARTIALLY_FILLED", "0.002", "0.009")
    sell(trader, 11, int(price))
    assert (look(trader, second)["status"], look(trader, first)["executedQty"]) == ("FILLED", "0.003")
    sell(trader, 6, int(price))
    assert look(trader, first)["status"] == "FILLED"
    assert trader.position == 19 * SCALE // 1000


def test_an_amended_order_may_trade_at_once() -> None:
    trader = Trader()
    id = trader.order().ok()["orderId"]
    row = amend(trader, id, "0.010", "80500").ok()
    assert (row["status"], row["executedQty"]) == ("FILLED", "0.010")
    assert trader.position == 10**6
    (trade,) = trader.ask("GET", "userTrades", symbol=BTC).ok()
    assert (trade["orderId"], trade["maker"]) == (id, False)
    assert refusal(amend(trader, id, "0.020")) == NO_ORDER


def test_a_price_of_the_book() -> None:
    """U-61, U-62."""
    trader = Trader()
    id = trader.order().ok()["orderId"]
    best = trader.venue.market(BTC, trader.world.clock.now()).book.bids.best
    assert best is not None
    row = amend(trader, id, price="", priceMatch="QUEUE").ok()
    assert (row["price"], row["priceMatch"], row["status"]) == (f"{best.price / SCALE:.2f}", "QUEUE", "NEW")
    assert amend(trader, id).ok()["priceMatch"] == "NONE"


def test_no_more_than_what_was_executed_ends_the_order() -> None:
    """U-135."""
    for quantity, ended in (("0.005", False), ("0.004", True), ("0.003", True)):
        trader = Trader()
        price = str(inside(trader))
        id = trader.order(price=price).ok()["orderId"]
        sell(trader, 4, int(price))
        row = amend(trader, id, quantity, price).ok()
        assert row["status"] == ("CANCELED" if ended else "PARTIALLY_FILLED")
        assert (row["executedQty"], row["origQty"]) == ("0.004", "0.010" if ended else quantity)
        assert len(trader.ask("GET", "openOrders").ok()) == (not ended)
        assert len(trader.ask("GET", "orderAmendment", symbol=BTC, orderId=id).ok()) == (not ended)


def test_a_post_only_order_that_would_cross_ends() -> None:
    """U-135."""
    trader = Trader()
    id = trader.order(timeInForce="GTX").ok()["orderId"]
    row = amend(trader, id, "0.020", "78000").ok()
    assert (row["status"], row["timeInForce"]) == ("NEW", "GTX")
    row = amend(trader, id, "0.010", "80500").ok()
    assert (row["status"], row["price"], row["executedQty"]) == ("CANCELED", "78000.00", "0.000")
    assert (look(trader, id)["status"], trader.position) == ("CANCELED", 0)


def test_a_date_stays() -> None:
    """U-57."""
    trader = Trader()
    date = trader.world.clock.now() // 1000 + 700_000
    id = trader.order(timeInForce="GTD", goodTillDate=date).ok()["orderId"]
    assert amend(trader, id, "0.020").ok()["goodTillDate"] == date // 1000 * 1000
    trader.world.clock.move(701 * SECOND)
    assert look(trader, id)["status"] == "EXPIRED"


# -- refusals --------------------------------------------------------------------------------------------------------

MISSING = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."


@pytest.mark.parametrize(
    ("changes", "code", "msg"),
    [
        ({"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
        ({"side": ""}, -1102, MISSING.format("side")),
        ({"side": "SELL"}, -1117, "Invalid side."),
        ({"quantity": ""}, -1102, MISSING.format("quantity")),
        ({"price": ""}, -1102, MISSING.format("price")),
        ({"priceMatch": "QUEUE"}, -1128, "Combination of optional parameters invalid."),
        ({"price": "", "priceMatch": "NONE"}, -5037, "Invalid price match"),
        ({"orderId": ""}, -1102, "Param 'orderId' or 'origClientOrderId' must be sent, but both were empty/null!"),
        ({"orderId": "1", "origClientOrderId": "mine"}, -2013, "Order does not exist."),
        ({}, -5027, "No need to modify the order."),
        ({"quantity": "0.0101"}, -1111, "Precision is over the maximum defined for this asset."),
        ({"price": "79000.05"}, -4014, "Price not increased by tick size."),
        ({"price": "90000"}, -4016, "Limit price can't be higher than 83968.50."),
        ({"quantity": "0"}, -4003, "Quantity less than or equal to zero."),
        ({"quantity": "1000.001"}, -4005, "Quantity greater than max quantity."),
        ({"quantity": "0.001", "price": "40000"}, -5029, "Order's notional must be no smaller than 50.0"),
        ({"quantity": "100"}, -2019, "Margin is insufficient."),
    ],
)  # fmt: skip
def test_refusals(changes: dict[str, str], code: int, msg: str) -> None:
    """U-36, U-61, U-129, U-134, U-135: the order stays as it was, and nothing is listed."""
    trader = Trader()
    trader.set_price(79_970)
    id = trader.order(newClientOrderId="mine").ok()["orderId"]
    before = look(trader, id)
    trader.world.clock.move(SECOND)
    assert refusal(amend(trader, **{"id": id, **changes})) == (400, code, msg)
    assert look(trader, id) == before
    assert trader.ask("GET", "orderAmendment", symbol=BTC, orderId=id).ok() == []


def test_only_limit_orders_that_are_open() -> None:
    """U-129, U-134."""
    trader = Trader()
    id = trader.order(price=None).ok()["orderId"]
    assert refusal(amend(trader, id)) == (400, -5025, "Only limit order is supported.")
    id = trader.order().ok()["orderId"]
    trader.ask("DELETE", "order", symbol=BTC, orderId=id).ok()
    assert refusal(amend(trader, id, "0.020")) == NO_ORDER


def test_a_contract_that_does_not_trade() -> None:
    """U-134."""
    trader = Trader()
    id = trader.order().ok()["orderId"]
    trader.venue.set_status(BTC, "SETTLING")
    msg = "Symbol is not in trading status. Order amendment is not permitted."
    assert refusal(amend(trader, id, "0.020")) == (400, -5024, msg)


def test_ten_thousand_changes_are_the_most() -> None:
    """U-134."""
    trader = Trader()
    id = trader.order().ok()["orderId"]
    market = trader.venue.market(BTC, trader.world.clock.now())
    amend(trader, id, "0.020").ok()
    terms: Any = market.bag(trader.venue.accounts["default"].money).all[id].extras
    terms.amendments *= 9_999
    amend(trader, id, "0.010").ok()
    assert refusal(amend(trader, id, "0.020")) == (400, -5026, "Exceed maximum modify order limit.")


def test_the_margin_of_the_order_itself_is_there_for_its_new_values() -> None:
    """U-100, U-134: 20 times leverage on 100,000."""
    trader = Trader()
    trader.set_price(80_000)
    id = trader.order(quantity="24.000", price="79999").ok()["orderId"]
    assert refusal(amend(trader, id, "25.100", "79999"))[1] == -2019
    assert amend(trader, id, "25.000", "79999").ok()["origQty"] == "25.000"
    assert amend(trader, id, "20.000", "79999").ok()["origQty"] == "20.000"
    assert refusal(trader.order(quantity="5.100", price="79999"))[1] == -2019
    assert trader.order(quantity="5.000", price="79999").status == 200
    assert refusal(amend(trader, id, "20.100", "79999"))[1] == -2019


def test_a_closing_order_closes_no_more_than_there_is() -> None:
    """U-72."""
    trader = Trader()
    trader.order(price=None, quantity="0.010").ok()
    id = trader.order("SELL", "0.006", "82000", reduceOnly="true").ok()["orderId"]
    assert refusal(amend(trader, id, "0.011", "82000", side="SELL"))[1:] == (-2022, "ReduceOnly Order is rejected.")
    assert amend(trader, id, "0.010", "82000", side="SELL").ok()["origQty"] == "0.010"


# -- self-trade prevention -------------------------------------------------------------------------------------------


def test_an_amended_order_may_trade_with_its_owner() -> None:
    """U-65."""
    trader = Trader()
    market = trader.venue.market(BTC, trader.world.clock.now())
    price = inside(trader)
    own = trader.order("SELL", price=str(price)).ok()["orderId"]
    id = trader.order(price="79000").ok()["orderId"]
    assert market.bag(trader.venue.accounts["default"].money).all[id].stp is StpMode.EXPIRE_MAKER
    assert amend(trader, id, "0.010", str(price)).ok()["status"] == "FILLED"
    assert look(trader, own)["status"] == "FILLED"


# -- the list --------------------------------------------------------------------------------------------------------


def test_the_list_of_changes() -> None:
    """U-136: newest first; a copy of the world has its own."""
    trader = Trader()
    begun = trader.world.clock.now() // 1000
    other = trader.order().ok()["orderId"]
    id = trader.order(newClientOrderId="mine").ok()["orderId"]
    for quantity, price, more in (("0.020", "79000", {}), ("0.020", "78000", {"modifyId": 5}), ("0.010", "77000", {})):
        trader.world.clock.move(SECOND)
        amend(trader, id, quantity, price, **more).ok()
    amend(trader, other, "0.030").ok()
    asked: dict[str, object] = {"symbol": BTC, "origClientOrderId": "mine"}
    rows = trader.ask("GET", "orderAmendment", **asked).ok()
    assert differences(AMENDMENTS, rows) == []
    assert [row["amendment"]["count"] for row in rows] == [3, 2, 1]
    assert rows[1]["amendment"] == {
        "price": {"before": "79000.00", "after": "78000.00"},
        "origQty": {"before": "0.020", "after": "0.020"},
        "count": 2,
        "modifyId": 5,
    }
    assert "modifyId" not in rows[0]["amendment"]
    assert [row["time"] for row in rows] == [begun + 3000, begun + 2000, begun + 1000]
    assert rows[0]["amendmentId"] > rows[1]["amendmentId"] > rows[2]["amendmentId"]
    assert {(row["orderId"], row["clientOrderId"], row["pair"]) for row in rows} == {(id, "mine", "BTCUSDT")}

    assert trader.ask("GET", "orderAmendment", symbol=BTC, orderId=id, limit=1).ok() == rows[:1]
    timed = trader.ask("GET", "orderAmendment", **asked, startTime=begun + 1001, endTime=begun + 2000).ok()
    assert timed == rows[1:2]
    twin = Trader(trader.world.fork())
    twin_row = amend(twin, id, "0.040", "77000").ok()
    assert twin_row["origQty"] == "0.040"
    assert len(twin.ask("GET", "orderAmendment", **asked).ok()) == 4
    assert trader.ask("GET", "orderAmendment", **asked).ok() == rows
    trader.world.clock.move(91 * DAY)
    assert trader.ask("GET", "orderAmendment", **asked).ok() == []


def test_asking_for_a_list_that_is_not_there() -> None:
    """U-36, U-44, U-129."""
    trader = Trader()
    id = trader.order().ok()["orderId"]
    assert trader.ask("GET", "orderAmendment", symbol=BTC, orderId=id, limit=100).ok() == []
    for changes, code in (({}, -1102), ({"orderId": id + 1}, -2013), ({"orderId": id, "limit": 101}, -1130)):
        assert refusal(trader.ask("GET", "orderAmendment", symbol=BTC, **changes))[:2] == (400, code)
