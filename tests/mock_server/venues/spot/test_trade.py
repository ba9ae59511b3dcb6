"""Placing and cancelling: what each order type does, what the answers hold, client ids (S-73 to S-122)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, Reply, SpotClient, frozen_world, open_client, units

from binance_mock.engine.commission import Fees, Rates
from binance_mock.venues import maker

ACK = {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
RESULT = ACK | {
    "price", "origQty", "executedQty", "origQuoteOrderQty", "cummulativeQuoteQty", "status", "timeInForce", "type",
    "side", "workingTime", "selfTradePreventionMode",
}  # fmt: skip
FULL = RESULT | {"fills"}
QUERY = RESULT - {"transactTime"} | {"stopPrice", "icebergQty", "time", "updateTime", "isWorking"}
CANCEL = RESULT - {"workingTime"} | {"origClientOrderId"}

BID, ASK = "79992.00000000", "80008.00000000"
"""The best prices of a fresh BTCUSDT book."""


def client() -> SpotClient:
    return SpotClient(frozen_world())


def move_price(client: SpotClient, price: str, symbol: str = "BTCUSDT") -> None:
    world = client.world
    market = world.spot.market(symbol, world.clock.now())
    maker.set_price(world.spot, market, world.spot.symbols[symbol], units(f"{price}.00000000"), world.clock.now())


def query(client: SpotClient, order: Any) -> Any:
    return client.get("order", symbol="BTCUSDT", orderId=order["orderId"]).ok()


# -- the answer to a placement --------------------------------------------------------------------------------------


def test_a_limit_order_rests_on_the_book() -> None:
    """S-74, S-75, S-84."""
    row = client().order("BUY", "LIMIT", "0.01", "70000", newClientOrderId="mine").ok()
    assert row == {
        "symbol": "BTCUSDT", "orderId": row["orderId"], "orderListId": -1, "clientOrderId": "mine",
        "transactTime": NOW // 1000, "price": "70000.00000000", "origQty": "0.01000000", "executedQty": "0.00000000",
        "origQuoteOrderQty": "0.00000000", "cummulativeQuoteQty": "0.00000000", "status": "NEW", "timeInForce": "GTC",
        "type": "LIMIT", "side": "BUY", "workingTime": NOW // 1000, "selfTradePreventionMode": "EXPIRE_MAKER",
        "fills": [],
    }  # fmt: skip


def test_a_limit_order_trades_at_the_price_of_the_book() -> None:
    """S-84, S-94, S-112, S-115: at the maker's price, commission off the base that was bought."""
    mine = client()
    row = mine.order("BUY", "LIMIT", "0.1", "81000").ok()
    assert (row["status"], row["executedQty"], row["cummulativeQuoteQty"]) == ("FILLED", "0.10000000", "8000.80000000")
    (fill,) = row["fills"]
    assert fill == {
        "price": ASK, "qty": "0.10000000", "commission": "0.00010000", "commissionAsset": "BTC",
        "tradeId": fill["tradeId"],
    }  # fmt: skip
    assert mine.balance("BTC") == ("10.09990000", "0.00000000")
    assert mine.balance("USDT") == ("991999.20000000", "0.00000000")


def test_a_sale_pays_its_commission_in_quote() -> None:
    """S-112."""
    (fill,) = client().order("SELL", "MARKET", "0.1").ok()["fills"]
    assert (fill["price"], fill["commission"], fill["commissionAsset"]) == (BID, "7.99920000", "USDT")


def test_the_rest_of_a_limit_order_goes_on_the_book() -> None:
    """S-84: what it locks is its rest at its own price."""
    mine = client()
    row = mine.order("BUY", "LIMIT", "1", "80010").ok()
    traded = units(row["executedQty"])
    assert row["status"] == "PARTIALLY_FILLED"
    assert 0 < traded < units("1.00000000")
    left = (units("1.00000000") - traded) * 80010
    assert units(mine.balance("USDT")[1]) == left
    assert [fill["price"] for fill in row["fills"]] == [ASK]


@pytest.mark.parametrize(
    ("tif", "price", "quantity", "status", "reason"),
    [
        ("IOC", "70000", "0.01", "EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED"),
        ("IOC", "80010", "1", "EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED"),
        ("IOC", "80010", "0.1", "FILLED", None),
        ("FOK", "80010", "1", "EXPIRED", "UNFILLED_FOK_ORDER_EXPIRED"),
        ("FOK", "80010", "0.1", "FILLED", None),
    ],
)
def test_orders_that_do_not_wait(tif: str, price: str, quantity: str, status: str, reason: str | None) -> None:
    """S-84, S-85: expired is a success, S-79: with its reason."""
    mine = client()
    row = mine.order("BUY", "LIMIT", quantity, price, timeInForce=tif).ok()
    assert (row["status"], row.get("expiryReason")) == (status, reason)
    assert bool(row["fills"]) == (row["executedQty"] != "0.00000000")
    if tif == "FOK" and reason:
        assert row["fills"] == []
    assert mine.balance("USDT")[1] == "0.00000000"
    assert mine.get("openOrders").ok() == []


def test_a_market_order_walks_the_book() -> None:
    """S-75, S-86."""
    row = client().order("BUY", "MARKET", "1").ok()
    assert (row["status"], row["price"], row["timeInForce"], row["type"]) == ("FILLED", "0.00000000", "GTC", "MARKET")
    prices = [units(fill["price"]) for fill in row["fills"]]
    assert len(prices) == 2
    assert prices == sorted(prices)
    assert sum(units(fill["qty"]) for fill in row["fills"]) == units(row["executedQty"])
    assert sum(units(f["price"]) * units(f["qty"]) // 10**8 for f in row["fills"]) == units(row["cummulativeQuoteQty"])


def test_a_market_order_that_empties_the_book_expires() -> None:
    """S-86: even after partial fills."""
    world = frozen_world()
    rich = open_client(world, "rich", USDT=10**9)
    row = rich.order("BUY", "MARKET", "100").ok()
    assert (row["status"], row["expiryReason"]) == ("EXPIRED", "INSUFFICIENT_LIQUIDITY")
    assert 0 < units(row["executedQty"]) < units("100.00000000")
    assert rich.public("depth", symbol="BTCUSDT").ok()["asks"] == []
    empty = rich.order("BUY", "MARKET", "0.01").ok()
    assert (empty["status"], empty["fills"]) == ("EXPIRED", [])
    assert rich.balance("USDT")[1] == "0.00000000"


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_a_market_order_by_quote_amount(side: str) -> None:
    """S-87: about that much, cut to the lot size."""
    row = client().order(side, "MARKET", None, quoteOrderQty="1000").ok()
    assert (row["status"], row["origQuoteOrderQty"]) == ("FILLED", "1000.00000000")
    assert row["origQty"] == row["executedQty"]
    assert units(row["executedQty"]) % 1000 == 0
    price = units(row["fills"][0]["price"])
    spent = units(row["cummulativeQuoteQty"])
    assert units("1000.00000000") - price // 100_000 <= spent <= units("1000.00000000")


def test_a_quote_amount_on_a_book_without_orders() -> None:
    """S-87."""
    world = frozen_world()
    rich = open_client(world, "rich", USDT=10**9)
    rich.order("BUY", "MARKET", "100")
    reply = rich.order("BUY", "MARKET", None, quoteOrderQty="1000")
    assert (*reply.refusal, reply.msg) == (
        400, -2010, "Order book liquidity is less than symbol minimum quantity.",
    )  # fmt: skip


def test_a_quote_amount_beyond_the_book_expires() -> None:
    """S-87."""
    row = open_client(frozen_world(), "rich", USDT=10**9).order("BUY", "MARKET", None, quoteOrderQty="5000000").ok()
    assert (row["status"], row["expiryReason"]) == ("EXPIRED", "INSUFFICIENT_LIQUIDITY")
    assert units(row["cummulativeQuoteQty"]) < units("5000000.00000000")


@pytest.mark.parametrize(("side", "price"), [("BUY", "80008"), ("BUY", "90000"), ("SELL", "79992"), ("SELL", "70000")])
def test_a_maker_order_never_takes(side: str, price: str) -> None:
    """S-88."""
    reply = client().order(side, "LIMIT_MAKER", "0.01", price, newOrderRespType="FULL")
    assert (*reply.refusal, reply.msg) == (400, -2010, "Order would immediately match and take.")


@pytest.mark.parametrize(("side", "price"), [("BUY", "80007.99"), ("SELL", "79992.01")])
def test_a_maker_order_inside_the_spread_rests(side: str, price: str) -> None:
    """S-88."""
    mine = client()
    made = mine.order(side, "LIMIT_MAKER", "0.01", price).ok()
    row = query(mine, made)
    assert (row["status"], row["type"], row["timeInForce"]) == ("NEW", "LIMIT_MAKER", "GTC")


STOPS = [
    ("STOP_LOSS", "BUY", "81000", "79000"),
    ("STOP_LOSS", "SELL", "79000", "81000"),
    ("TAKE_PROFIT", "BUY", "79000", "81000"),
    ("TAKE_PROFIT", "SELL", "81000", "79000"),
]


@pytest.mark.parametrize("limit", ["", "_LIMIT"])
@pytest.mark.parametrize(("type", "side", "stop", "wrong"), STOPS)
def test_stop_orders_wait_for_their_price(type: str, side: str, stop: str, wrong: str, limit: str) -> None:
    """S-77, S-89 to S-91: on the wrong side of the market they are refused, at the market too."""
    mine = client()
    for bad in (wrong, "80000"):
        reply = mine.order(side, type + limit, "0.01", "80000", stopPrice=bad)
        assert (*reply.refusal, reply.msg) == (400, -2010, "Order would trigger immediately.")
    row = mine.order(side, type + limit, "0.01", "80000", stopPrice=stop, newOrderRespType="RESULT").ok()
    assert (row["status"], row["workingTime"], row["stopPrice"]) == ("NEW", -1, f"{stop}.00000000")
    waiting = query(mine, row)
    assert (waiting["isWorking"], waiting["workingTime"], waiting["status"]) == (False, -1, "NEW")
    assert units(mine.balance("USDT" if side == "BUY" else "BTC")[1]) > 0
    move_price(mine, stop)
    fired = query(mine, row)
    assert (fired["isWorking"], fired["workingTime"]) == (True, NOW // 1000)
    takes = not limit or (side == "BUY") == (stop == "79000")
    assert fired["status"] == ("FILLED" if takes else "NEW")


def test_a_stop_order_that_cannot_pay_when_it_fires_is_rejected() -> None:
    """S-92."""
    poor = open_client(frozen_world(), "poor", USDT=811)
    order = poor.order("BUY", "STOP_LOSS", "0.01", stopPrice="81000").ok()
    assert poor.balance("USDT") == ("1.00000000", "810.00000000")
    move_price(poor, "82000")
    row = query(poor, order)
    assert (row["status"], row["expiryReason"], row["executedQty"]) == ("EXPIRED", "REJECTED", "0.00000000")
    assert poor.balance("USDT") == ("811.00000000", "0.00000000")


def test_an_iceberg_shows_a_part_of_itself() -> None:
    """S-93."""
    mine = client()
    row = mine.order("BUY", "LIMIT", "1", "80001", icebergQty="0.2").ok()
    assert row["icebergQty"] == "0.20000000"
    assert mine.public("depth", symbol="BTCUSDT", limit=1).ok()["bids"] == [["80001.00000000", "0.20000000"]]
    other = open_client(mine.world, "other", BTC=1)
    other.order("SELL", "MARKET", "0.3").ok()
    assert mine.public("depth", symbol="BTCUSDT", limit=1).ok()["bids"] == [["80001.00000000", "0.10000000"]]
    assert query(mine, row)["executedQty"] == "0.30000000"


# -- how much the answer shows --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "more", "keys"),
    [
        ("LIMIT", {}, FULL),
        ("MARKET", {}, FULL),
        ("LIMIT_MAKER", {}, ACK),
        ("STOP_LOSS", {"stopPrice": "81000"}, ACK),
        ("STOP_LOSS_LIMIT", {"stopPrice": "81000"}, ACK),
        ("TAKE_PROFIT", {"stopPrice": "79000"}, ACK),
        ("TAKE_PROFIT_LIMIT", {"stopPrice": "79000"}, ACK),
    ],
)
def test_how_much_is_shown_by_default(type: str, more: dict[str, Any], keys: set[str]) -> None:
    """S-73."""
    assert client().order("BUY", type, **more).ok().keys() == keys


@pytest.mark.parametrize(("kind", "keys"), [("ACK", ACK), ("RESULT", RESULT), ("FULL", FULL)])
@pytest.mark.parametrize(
    ("type", "more", "conditional"),
    [("MARKET", {}, set()), ("LIMIT_MAKER", {}, set()), ("STOP_LOSS", {"stopPrice": "81000"}, {"stopPrice"})],
)
def test_how_much_is_shown_when_asked(
    kind: str, keys: set[str], type: str, more: dict[str, Any], conditional: set[str]
) -> None:
    """S-73, S-74, S-78."""
    expected = keys if kind == "ACK" else keys | conditional
    assert client().order("BUY", type, newOrderRespType=kind, **more).ok().keys() == expected


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"strategyId": 5}, {"strategyId": 5}),
        ({"strategyId": 0}, {"strategyId": 0}),
        ({"strategyType": 1_000_000}, {"strategyType": 1_000_000}),
        ({"icebergQty": "0.005"}, {"icebergQty": "0.00500000"}),
        ({"timeInForce": "IOC"}, {"expiryReason": "UNFILLED_IOC_QUANTITY_EXPIRED"}),
    ],
)
def test_fields_that_only_some_orders_have(more: dict[str, Any], fields: dict[str, Any]) -> None:
    """S-78, S-79."""
    mine = client()
    row = mine.order(**more).ok()
    assert {name: row[name] for name in row.keys() - FULL} == fields
    found = query(mine, row)
    assert {name: found[name] for name in found.keys() - QUERY} == {
        name: value for name, value in fields.items() if name not in QUERY
    }
    assert client().order(newOrderRespType="ACK", **more).ok().keys() == ACK


def test_a_trailing_order_shows_since_when_it_trails() -> None:
    """S-99, S-103."""
    mine = client()
    at_once = mine.order("SELL", "STOP_LOSS", "0.01", trailingDelta=100, newOrderRespType="RESULT").ok()
    assert (at_once["trailingDelta"], at_once["trailingTime"]) == (100, NOW // 1000)
    assert "stopPrice" not in at_once
    later = mine.order(
        "SELL", "STOP_LOSS", "0.01", stopPrice="79000", trailingDelta=100, newOrderRespType="RESULT"
    ).ok()
    assert (later["trailingTime"], later["stopPrice"]) == (-1, "79000.00000000")
    move_price(mine, "79000")
    assert query(mine, at_once)["status"] == "FILLED"
    assert query(mine, later)["trailingTime"] == NOW // 1000
    move_price(mine, "78210")
    assert query(mine, later)["status"] == "FILLED"


def test_unused_stop_price_and_iceberg_stand_in_queries() -> None:
    """S-78."""
    mine = client()
    row = query(mine, mine.order().ok())
    assert row.keys() == QUERY
    assert (row["stopPrice"], row["icebergQty"]) == ("0.00000000", "0.00000000")


# -- self-trade prevention ------------------------------------------------------------------------------------------


def test_what_a_prevented_match_adds_to_the_answer() -> None:
    """S-107, S-109."""
    mine = client()
    own = mine.order("SELL", "LIMIT", "0.5", "80001").ok()
    row = mine.order("BUY", "LIMIT", "0.2", "80001", selfTradePreventionMode="DECREMENT").ok()
    assert (row["status"], row["preventedQuantity"], row["executedQty"]) == (
        "EXPIRED_IN_MATCH", "0.20000000", "0.00000000",
    )  # fmt: skip
    (match,) = row["preventedMatches"]
    assert match == {
        "preventedMatchId": match["preventedMatchId"], "makerOrderId": own["orderId"], "price": "80001.00000000",
        "takerPreventedQuantity": "0.20000000", "makerPreventedQuantity": "0.20000000",
    }  # fmt: skip
    assert "tradeGroupId" not in row
    found = query(mine, own)
    assert (found["status"], found["preventedQuantity"], found["preventedMatchId"]) == (
        "NEW", "0.20000000", match["preventedMatchId"],
    )  # fmt: skip


def test_the_group_is_told_where_there_is_one() -> None:
    """S-105, S-109."""
    world = frozen_world()
    one = open_client(world, "one", trade_group=7, BTC=1)
    other = open_client(world, "other", trade_group=7, USDT=100_000)
    one.order("SELL", "LIMIT", "0.5", "80001").ok()
    assert other.order("BUY", "LIMIT", "0.1", "80001").ok()["tradeGroupId"] == 7


def test_the_mode_is_that_of_the_symbol_or_the_one_sent() -> None:
    """S-110."""
    assert client().order().ok()["selfTradePreventionMode"] == "EXPIRE_MAKER"
    assert client().order(selfTradePreventionMode="NONE").ok()["selfTradePreventionMode"] == "NONE"


# -- client order ids -----------------------------------------------------------------------------------------------


def test_a_client_id_is_made_when_none_is_sent() -> None:
    """S-80: 22 letters and digits, each another one, the same ones in every world of one seed."""
    mine, twin = client(), client()
    ids = [mine.order().ok()["clientOrderId"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(len(id) == 22 and id.isalnum() for id in ids)
    assert [twin.order().ok()["clientOrderId"] for _ in range(3)] == ids


@pytest.mark.parametrize("text", ["a", "-", "x" * 36, "A-b_9"])
def test_legal_client_ids(text: str) -> None:
    """S-80."""
    assert client().order(newClientOrderId=text).ok()["clientOrderId"] == text


@pytest.mark.parametrize("text", ["x" * 37, "a b", "ü", "a.b", "a/b", "a\n", "a\x00"])
def test_illegal_client_ids(text: str) -> None:
    """S-46, S-80."""
    reply = client().order(newClientOrderId=text)
    assert reply.refusal == (400, -1100)
    assert "newClientOrderId" in reply.msg


def test_a_client_id_is_taken_while_its_order_is_open() -> None:
    """S-80: per account and symbol."""
    mine = client()
    mine.order(newClientOrderId="one").ok()
    reply = mine.order(newClientOrderId="one")
    assert (*reply.refusal, reply.msg) == (400, -2010, "Duplicate order sent.")
    other = open_client(mine.world, "other", USDT=10_000)
    assert other.order(newClientOrderId="one").status == 200
    elsewhere = {"symbol": "BNBUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1, "price": 800}
    assert mine.post("order", newClientOrderId="one", **elsewhere).status == 200


@pytest.mark.parametrize("how", ["filled", "cancelled", "expired"])
def test_a_client_id_is_free_again(how: str) -> None:
    """S-80."""
    mine = client()
    if how == "filled":
        mine.order("BUY", "MARKET", "0.01", newClientOrderId="one").ok()
    elif how == "expired":
        mine.order(timeInForce="FOK", newClientOrderId="one").ok()
    else:
        mine.order(newClientOrderId="one").ok()
        mine.delete("order", symbol="BTCUSDT", origClientOrderId="one").ok()
    assert mine.order(newClientOrderId="one").ok()["status"] == "NEW"
    newest = mine.get("order", symbol="BTCUSDT", origClientOrderId="one").ok()
    assert newest["status"] == "NEW"


def test_a_strategy_type_below_a_million() -> None:
    """S-82."""
    reply = client().order(strategyType=999_999)
    assert (*reply.refusal, reply.msg) == (400, -1134, "`strategyType` was less than 1000000.")


def test_order_ids_rise_per_symbol() -> None:
    """S-83."""
    mine = client()
    ids = [mine.order().ok()["orderId"] for _ in range(3)]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    elsewhere = {"symbol": "BNBUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1, "price": 800}
    assert mine.post("order", **elsewhere).ok()["orderId"] == ids[0]


# -- cancelling -----------------------------------------------------------------------------------------------------


def cancelled(client: SpotClient, **params: Any) -> Reply:
    return client.delete("order", symbol="BTCUSDT", **params)


@pytest.mark.parametrize("by", ["orderId", "origClientOrderId", "both"])
def test_cancelling_by_either_id(by: str) -> None:
    """S-77, S-81, S-119: the order takes on the id of the cancel; no workingTime."""
    mine = client()
    order = mine.order(newClientOrderId="mine").ok()
    ids: dict[str, Any] = {"orderId": order["orderId"], "origClientOrderId": "mine"}
    row = cancelled(mine, **(ids if by == "both" else {by: ids[by]}), newClientOrderId="gone").ok()
    assert row.keys() == CANCEL
    assert (row["origClientOrderId"], row["clientOrderId"], row["status"]) == ("mine", "gone", "CANCELED")
    assert mine.balance("USDT") == ("1000000.00000000", "0.00000000")
    found = query(mine, order)
    assert (found["clientOrderId"], found["status"]) == ("gone", "CANCELED")


def test_the_id_of_a_cancel_is_made_when_none_is_sent() -> None:
    """S-81."""
    mine = client()
    row = cancelled(mine, orderId=mine.order(newClientOrderId="mine").ok()["orderId"]).ok()
    assert len(row["clientOrderId"]) == 22
    assert row["origClientOrderId"] == "mine"


@pytest.mark.parametrize("how", ["unknown", "filled", "cancelled", "expired", "other account", "other client id"])
def test_nothing_open_under_the_id(how: str) -> None:
    """S-118, S-119."""
    mine = client()
    more: dict[str, Any] = {}
    if how == "unknown":
        id = 1
    elif how == "filled":
        id = mine.order("BUY", "MARKET", "0.01").ok()["orderId"]
    elif how == "expired":
        id = mine.order(timeInForce="IOC").ok()["orderId"]
    elif how == "other account":
        id = open_client(mine.world, "other", USDT=10_000).order().ok()["orderId"]
    else:
        id = mine.order(newClientOrderId="mine").ok()["orderId"]
        if how == "cancelled":
            cancelled(mine, orderId=id).ok()
        else:
            more = {"origClientOrderId": "another"}
    reply = cancelled(mine, orderId=id, **more)
    assert (*reply.refusal, reply.msg) == (400, -2011, "Unknown order sent.")


@pytest.mark.parametrize(
    ("restrictions", "part", "fits"),
    [
        ("ONLY_NEW", "0", True), ("ONLY_NEW", "0.05", False),
        ("ONLY_PARTIALLY_FILLED", "0", False), ("ONLY_PARTIALLY_FILLED", "0.05", True),
    ],
)  # fmt: skip
def test_cancel_restrictions(restrictions: str, part: str, fits: bool) -> None:
    """S-120."""
    mine = client()
    id = mine.order("BUY", "LIMIT", "0.1", "80001").ok()["orderId"]
    if part != "0":
        open_client(mine.world, "other", BTC=1).order("SELL", "MARKET", part).ok()
    reply = cancelled(mine, orderId=id, cancelRestrictions=restrictions)
    if fits:
        assert reply.ok()["status"] == "CANCELED"
    else:
        assert (*reply.refusal, reply.msg) == (400, -2011, "Order was not canceled due to cancel restrictions.")
        assert query(mine, {"orderId": id})["status"] in ("NEW", "PARTIALLY_FILLED")


def test_cancelling_a_part_filled_order_keeps_what_was_traded() -> None:
    mine = client()
    id = mine.order("BUY", "LIMIT", "0.1", "80001").ok()["orderId"]
    open_client(mine.world, "other", BTC=1).order("SELL", "MARKET", "0.05").ok()
    row = cancelled(mine, orderId=id).ok()
    assert (row["executedQty"], row["cummulativeQuoteQty"]) == ("0.05000000", "4000.05000000")
    assert mine.balance("USDT") == ("995999.95000000", "0.00000000")


def test_cancelling_a_stop_order() -> None:
    """S-78: its conditional fields stand in the answer."""
    mine = client()
    id = mine.order("SELL", "STOP_LOSS", "0.01", stopPrice="79000").ok()["orderId"]
    row = cancelled(mine, orderId=id).ok()
    assert row["stopPrice"] == "79000.00000000"
    move_price(mine, "78000")
    assert query(mine, row)["status"] == "CANCELED"
    assert mine.balance("BTC") == ("10.00000000", "0.00000000")


def test_cancelling_all_orders_of_a_symbol() -> None:
    """S-122."""
    mine = client()
    names = [mine.order(newClientOrderId=f"o{n}").ok()["clientOrderId"] for n in range(3)]
    elsewhere = {"symbol": "BNBUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1, "price": 800}
    mine.post("order", **elsewhere).ok()
    rows = mine.delete("openOrders", symbol="BTCUSDT").ok()
    assert [row["origClientOrderId"] for row in rows] == names
    assert {row["status"] for row in rows} == {"CANCELED"}
    assert [row["symbol"] for row in mine.get("openOrders").ok()] == ["BNBUSDT"]


def test_cancelling_all_orders_where_there_are_none() -> None:
    """S-122."""
    reply = client().delete("openOrders", symbol="BTCUSDT")
    assert (*reply.refusal, reply.msg) == (400, -2011, "Unknown order sent.")


# -- halted symbols, barred accounts --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["HALT", "BREAK", "CANCEL_ONLY", "END_OF_DAY"])
def test_a_symbol_that_is_not_trading(status: str) -> None:
    """S-96: no placements, but cancels."""
    mine = client()
    id = mine.order().ok()["orderId"]
    mine.world.spot.statuses["BTCUSDT"] = status
    reply = mine.order()
    assert reply.status == 400
    assert reply.code in (-1013, -2010)
    assert reply.msg == "Market is closed."
    assert mine.post("order/test", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01").status == 400
    assert cancelled(mine, orderId=id).status == 200


def test_an_account_that_may_not_trade() -> None:
    """It may neither place nor cancel."""
    mine = client()
    id = mine.order().ok()["orderId"]
    mine.world.spot.accounts["default"].can_trade = False
    text = "This account may not place or cancel orders."
    placed, gone, all_gone = mine.order(), cancelled(mine, orderId=id), mine.delete("openOrders", symbol="BTCUSDT")
    assert (*placed.refusal, placed.msg) == (400, -2010, text)
    for reply in (gone, all_gone):
        assert (*reply.refusal, reply.msg) == (400, -2011, text)
    assert mine.get("account").ok()["canTrade"] is False
    assert len(mine.get("openOrders").ok()) == 1


def test_an_account_without_the_permission_of_the_symbol() -> None:
    """S-41: cancels are not asked."""
    mine = client()
    id = mine.order().ok()["orderId"]
    mine.world.spot.accounts["default"].permissions = frozenset({"TRD_GRP_002"})
    reply = mine.order()
    assert (*reply.refusal, reply.msg) == (400, -2010, "This symbol is not permitted for this account.")
    assert cancelled(mine, orderId=id).status == 200
    mine.world.spot.accounts["default"].permissions = frozenset({"TRD_GRP_002", "TRD_GRP_005"})
    assert mine.order().status == 200


# -- test orders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, 0), ({"price": "70000.001"}, -1013), ({"timeInForce": None}, -1102), ({"stopPrice": "1"}, -1106),
        ({"side": "X"}, -1117), ({"symbol": "NOSUCH"}, -1121), ({"quantity": "100"}, 0),
    ],
)  # fmt: skip
def test_a_test_order_is_checked_and_not_placed(more: dict[str, Any], code: int) -> None:
    """Up to the engine, which it never reaches: money is not asked for."""
    mine = client()
    order = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "1",
        "price": "70000",
    }
    reply = mine.post("order/test", **{**order, **more})
    assert reply.code == code
    if not code:
        assert reply.json == {}
    assert mine.get("allOrders", symbol="BTCUSDT").ok() == []


def test_commission_rates_of_a_test_order() -> None:
    """S-116: the side's rate is added already."""
    mine = client()
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
    assert mine.post("order/test", **order, computeCommissionRates="true").ok() == {
        "standardCommissionForOrder": {"maker": "0.00100000", "taker": "0.00100000"},
        "specialCommissionForOrder": {"maker": "0.00000000", "taker": "0.00000000"},
        "taxCommissionForOrder": {"maker": "0.00000000", "taker": "0.00000000"},
        "discount": {
            "enabledForAccount": False, "enabledForSymbol": True, "discountAsset": "BNB", "discount": "0.75000000",
        },
    }  # fmt: skip
    assert mine.post("order/test", **order, computeCommissionRates="false").ok() == {}


@pytest.mark.parametrize(
    ("side", "maker_rate", "taker_rate"), [("BUY", "0.00000004", "0.00000005"), ("SELL", "0.00000005", "0.00000006")]
)
def test_commission_rates_of_a_test_order_by_side(side: str, maker_rate: str, taker_rate: str) -> None:
    """S-113, S-116."""
    mine = client()
    mine.world.spot.accounts["default"].money.symbol_fees["BTCUSDT"] = Fees(Rates(1, 2, 3, 4))
    row = mine.post(
        "order/test", symbol="BTCUSDT", side=side, type="MARKET", quantity="1", computeCommissionRates="true"
    ).ok()
    assert row["standardCommissionForOrder"] == {"maker": maker_rate, "taker": taker_rate}


@pytest.mark.parametrize("group", [0, 7])
def test_groups_are_numbered_from_zero(group: int) -> None:
    """S-105: -1 means none."""
    world = frozen_world()
    one = open_client(world, "one", trade_group=group, BTC=1)
    other = open_client(world, "other", trade_group=group, USDT=100_000)
    one.order("SELL", "LIMIT", "0.5", "80001").ok()
    assert other.order("BUY", "LIMIT", "0.1", "80001").ok()["tradeGroupId"] == group
    assert other.get("account").ok()["tradeGroupId"] == group


def test_an_order_that_lost_nothing_shows_no_prevented_quantity() -> None:
    """S-106, S-109: EXPIRE_TAKER leaves the maker as it was."""
    mine = client()
    own = mine.order("SELL", "LIMIT", "0.5", "80001").ok()
    taker = mine.order("BUY", "LIMIT", "0.2", "80001", selfTradePreventionMode="EXPIRE_TAKER").ok()
    assert taker["preventedQuantity"] == "0.20000000"
    assert "preventedQuantity" not in query(mine, own)
