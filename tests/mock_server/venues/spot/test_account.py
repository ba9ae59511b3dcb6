"""What an account may ask about itself (S-177 to S-186, S-97, S-112 to S-119)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import DAY, NOW, SECOND, SpotClient, frozen_world, open_client, units

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.units import SCALE
from binance_mock.gate.limiters import LimitInterval
from binance_mock.venues import maker
from binance_mock.venues.spot.settings import CommissionRates, SpotSettings
from binance_mock.world import WorldSettings

MS = NOW // 1000
DAY_MS = 86_400_000
BTC = {"symbol": "BTCUSDT"}


def client(**settings: Any) -> SpotClient:
    return SpotClient(frozen_world(WorldSettings(spot=SpotSettings(**settings))))


def ids(rows: list[dict[str, Any]], name: str = "orderId") -> list[int]:
    return [row[name] for row in rows]


# -- account --------------------------------------------------------------------------------------------------------


def test_the_account_of_a_fresh_world() -> None:
    """S-117, S-185."""
    row = client().get("account").ok()
    balances = row.pop("balances")
    assert row == {
        "makerCommission": 10, "takerCommission": 10, "buyerCommission": 0, "sellerCommission": 0,
        "commissionRates": {
            "maker": "0.00100000", "taker": "0.00100000", "buyer": "0.00000000", "seller": "0.00000000",
        },
        "canTrade": True, "canWithdraw": True, "canDeposit": True, "brokered": False,
        "requireSelfTradePrevention": False, "preventSor": False, "updateTime": 0, "accountType": "SPOT",
        "permissions": ["SPOT"], "uid": 354_937_868 + 1,
    }  # fmt: skip
    assert {"asset": "USDT", "free": "1000000.00000000", "locked": "0.00000000"} in balances
    assert len({balance["asset"] for balance in balances}) == len(balances) == 12


def test_commission_in_basis_points() -> None:
    """S-117: 15 is 0.0015."""
    row = client(rates=CommissionRates(maker=150_000, taker=100_000)).get("account").ok()
    assert (row["makerCommission"], row["commissionRates"]["maker"]) == (15, "0.00150000")
    assert client(rates=CommissionRates(maker=SCALE)).get("account").ok()["makerCommission"] == 10_000


def test_balances_follow_what_happens() -> None:
    """Asked again and again in one world: after a placement, a fill, a cancel and a deposit."""
    mine = client()
    told = [mine.balance("USDT")]
    id = mine.order("BUY", "LIMIT", "0.01", "70000").ok()["orderId"]
    told.append(mine.balance("USDT"))
    mine.order("BUY", "MARKET", "0.01").ok()
    told.append(mine.balance("USDT"))
    mine.delete("order", **BTC, orderId=id).ok()
    told.append(mine.balance("USDT"))
    mine.world.spot.ledger.deposit(mine.world.spot.accounts["default"].money, "USDT", SCALE)
    told.append(mine.balance("USDT"))
    assert told == [
        ("1000000.00000000", "0.00000000"), ("999300.00000000", "700.00000000"), ("998499.92000000", "700.00000000"),
        ("999199.92000000", "0.00000000"), ("999200.92000000", "0.00000000"),
    ]  # fmt: skip
    assert mine.balance("BTC") == ("10.00999000", "0.00000000")


def test_balances_of_two_accounts_are_not_mixed_up() -> None:
    world = frozen_world()
    one, two = open_client(world, "one", USDT=1), open_client(world, "two", USDT=2)
    for _ in range(2):
        assert [one.balance("USDT")[0], two.balance("USDT")[0]] == ["1.00000000", "2.00000000"]


@pytest.mark.parametrize("omit", [None, "false", "true"])
def test_assets_without_money(omit: str | None) -> None:
    """S-185: all that are listed, or those alone of which there is some."""
    world = frozen_world()
    mine = open_client(world, "mine", USDT=1000, BTC=0, XYZ=5)
    mine.order("BUY", "LIMIT", "0.01", "70000").ok()
    rows = {
        row["asset"]: (row["free"], row["locked"])
        for row in mine.get("account", omitZeroBalances=omit).ok()["balances"]
    }
    some = {"USDT": ("300.00000000", "700.00000000"), "XYZ": ("5.00000000", "0.00000000")}
    if omit == "true":
        assert rows == some
    else:
        assert rows.keys() == {"XYZ", *world.spot.assets}
        assert {asset: pair for asset, pair in rows.items() if pair != ("0.00000000", "0.00000000")} == some


def test_the_group_is_shown_where_there_is_one() -> None:
    world = frozen_world()
    assert open_client(world, "grouped", trade_group=7).get("account").ok()["tradeGroupId"] == 7
    assert "tradeGroupId" not in open_client(world, "alone").get("account").ok()


def test_the_time_of_the_last_fill() -> None:
    mine = client()
    mine.world.clock.move(SECOND)
    mine.order("BUY", "MARKET", "0.01").ok()
    assert mine.get("account").ok()["updateTime"] == MS + 1000


# -- one order ------------------------------------------------------------------------------------------------------


def test_an_order_by_either_id() -> None:
    """S-119: with both, the one found by id has to bear the name."""
    mine = client()
    id = mine.order(newClientOrderId="mine").ok()["orderId"]
    by_id = mine.get("order", **BTC, orderId=id).ok()
    assert by_id == mine.get("order", **BTC, origClientOrderId="mine").ok()
    assert by_id == mine.get("order", **BTC, orderId=id, origClientOrderId="mine").ok()
    reply = mine.get("order", **BTC, orderId=id, origClientOrderId="another")
    assert (*reply.refusal, reply.msg) == (400, -2039, "Client order ID is not correct for this order ID.")


def test_orders_that_are_not_there() -> None:
    """S-183: nor those of another account or symbol."""
    mine = client()
    foreign = open_client(mine.world, "other", USDT=10_000).order(newClientOrderId="theirs").ok()["orderId"]
    own = mine.order().ok()["orderId"]
    for params in (
        {"orderId": 1}, {"orderId": foreign}, {"origClientOrderId": "theirs"}, {"orderId": own, "symbol": "BNBUSDT"},
    ):  # fmt: skip
        reply = mine.get("order", **{**BTC, **params})
        assert (*reply.refusal, reply.msg) == (400, -2013, "Order does not exist.")


def test_a_cancelled_order_is_found_by_its_own_name_too() -> None:
    """S-81."""
    mine = client()
    mine.order(newClientOrderId="mine").ok()
    mine.delete("order", **BTC, origClientOrderId="mine", newClientOrderId="gone").ok()
    for name in ("mine", "gone"):
        assert mine.get("order", **BTC, origClientOrderId=name).ok()["clientOrderId"] == "gone"


@pytest.mark.parametrize("how", ["cancelled", "expired", "in match"])
def test_orders_of_which_nothing_came_are_archived(how: str) -> None:
    """S-97: after 90 days, -2026 and not -2013."""
    mine = client()
    if how == "in match":
        mine.order("SELL", "LIMIT", "1", "80001").ok()
        id = mine.order("BUY", "LIMIT", "1", "80001", selfTradePreventionMode="EXPIRE_TAKER").ok()["orderId"]
    else:
        id = mine.order(timeInForce="IOC" if how == "expired" else "GTC").ok()["orderId"]
    if how == "cancelled":
        mine.delete("order", **BTC, orderId=id).ok()
    status = mine.get("order", **BTC, orderId=id).ok()["status"]
    assert status == {"cancelled": "CANCELED", "expired": "EXPIRED", "in match": "EXPIRED_IN_MATCH"}[how]
    mine.world.clock.move(90 * DAY)
    assert mine.get("order", **BTC, orderId=id).status == 200
    mine.world.clock.move(1)
    reply = mine.get("order", **BTC, orderId=id)
    assert (*reply.refusal, reply.msg) == (
        400, -2026, "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
    )  # fmt: skip


def test_other_orders_are_never_archived() -> None:
    """S-97."""
    mine = client()
    filled = mine.order("BUY", "MARKET", "0.01").ok()["orderId"]
    part = mine.order("BUY", "LIMIT", "1", "80010", timeInForce="IOC").ok()["orderId"]
    waiting = mine.order().ok()["orderId"]
    mine.world.clock.move(1000 * DAY)
    found = [mine.get("order", **BTC, orderId=id).ok()["status"] for id in (filled, part, waiting)]
    assert found == ["FILLED", "EXPIRED", "NEW"]


# -- open and all orders --------------------------------------------------------------------------------------------


def test_open_orders() -> None:
    """S-182."""
    mine = client()
    one, two = (mine.order(newClientOrderId=name).ok()["orderId"] for name in ("one", "two"))
    mine.order("BUY", "MARKET", "0.01").ok()
    other = {"symbol": "BNBUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1, "price": 800}
    elsewhere = mine.post("order", **other).ok()["orderId"]
    assert ids(mine.get("openOrders", **BTC).ok()) == [one, two]
    assert ids(mine.get("openOrders").ok()) == [one, two, elsewhere]
    assert mine.get("openOrders", symbol="ETHUSDT").ok() == []
    assert mine.get("openOrders", symbol="NOSUCH").refusal == (400, -1121)
    assert mine.get("openOrders", **BTC).ok()[0] == mine.get("order", **BTC, orderId=one).ok()


def spread_orders(mine: SpotClient) -> list[int]:
    """Six orders, an hour apart."""
    made = []
    for _ in range(6):
        made.append(mine.order().ok()["orderId"])
        mine.world.clock.move(3_600 * SECOND)
    return made


def test_all_orders_by_id() -> None:
    """S-178: from an id on, else the newest."""
    mine = client()
    made = spread_orders(mine)
    assert ids(mine.get("allOrders", **BTC).ok()) == made
    assert ids(mine.get("allOrders", **BTC, limit=2).ok()) == made[-2:]
    assert ids(mine.get("allOrders", **BTC, orderId=made[2]).ok()) == made[2:]
    assert ids(mine.get("allOrders", **BTC, orderId=made[1], limit=2).ok()) == made[1:3]
    assert ids(mine.get("allOrders", **BTC, orderId=made[-1] + 1).ok()) == []
    assert ids(mine.get("allOrders", **BTC, orderId=0).ok()) == made


def test_all_orders_by_time() -> None:
    """S-18, S-178: of the last change; then an id is ignored."""
    mine = client()
    made = spread_orders(mine)
    hour = 3_600_000

    def found(**params: Any) -> list[int]:
        return ids(mine.get("allOrders", **BTC, **params).ok())

    assert found(startTime=MS + 2 * hour) == made[2:]
    assert found(startTime=MS + 2 * hour, limit=2) == made[2:4]
    assert found(endTime=MS + 2 * hour) == made[:3]
    assert found(endTime=MS + 2 * hour, limit=2) == made[1:3]
    assert found(startTime=MS + hour, endTime=MS + 3 * hour) == made[1:4]
    assert found(startTime=MS + hour, endTime=MS + hour) == [made[1]]
    assert found(startTime=MS + hour, endTime=MS) == []
    assert found(startTime=MS + hour, orderId=made[5]) == made[1:]
    exact = NOW + 2 * hour * 1000
    assert [found(startTime=exact + step) for step in (0, 1)] == [made[2:], made[3:]]
    assert [found(endTime=exact - step) for step in (0, 1)] == [made[:3], made[:2]]
    mine.delete("order", **BTC, orderId=made[0]).ok()
    assert found(endTime=MS + 2 * hour) == made[1:3]
    assert found(startTime=MS + hour, limit=5) == made[1:], "the oldest by their last change"
    assert found(startTime=MS + hour) == made, "shown by id"


@pytest.mark.parametrize("path", ["allOrders", "myTrades", "myAllocations"])
@pytest.mark.parametrize(("span", "code"), [(DAY_MS, 0), (DAY_MS + 1, -1127)])
def test_times_at_most_a_day_apart(path: str, span: int, code: int) -> None:
    """S-53."""
    reply = client().get(path, **BTC, startTime=MS - span, endTime=MS)
    assert reply.code == code
    if code:
        assert reply.msg == "More than 24 hours between startTime and endTime."


def test_five_hundred_rows_by_default() -> None:
    mine = client()
    mine.world.desks["spot"].orders.set_limit(LimitInterval.SECOND, 10, 10_000)
    for _ in range(501):
        mine.order("BUY", "MARKET", "0.001", newOrderRespType="ACK").ok()
    for path in ("allOrders", "myTrades"):
        assert len(mine.get(path, **BTC).ok()) == 500
        assert len(mine.get(path, **BTC, limit=1000).ok()) == 501


def test_other_accounts_are_not_shown() -> None:
    mine = client()
    other = open_client(mine.world, "other", USDT=100_000)
    other.order().ok()
    other.order("BUY", "MARKET", "0.01").ok()
    for path in ("openOrders", "allOrders", "myTrades"):
        assert mine.get(path, **BTC).ok() == []


# -- trades ---------------------------------------------------------------------------------------------------------


def trading(mine: SpotClient) -> tuple[list[int], list[int]]:
    """Four fills an hour apart: ids of orders and of trades."""
    orders, trades = [], []
    for _ in range(4):
        row = mine.order("BUY", "MARKET", "0.01").ok()
        orders.append(row["orderId"])
        trades += [fill["tradeId"] for fill in row["fills"]]
        mine.world.clock.move(3_600 * SECOND)
    return orders, trades


def test_own_trades() -> None:
    mine = client()
    row = mine.order("BUY", "MARKET", "0.01").ok()
    (trade,) = mine.get("myTrades", **BTC).ok()
    assert trade == {
        "symbol": "BTCUSDT", "id": row["fills"][0]["tradeId"], "orderId": row["orderId"], "orderListId": -1,
        "price": "80008.00000000", "qty": "0.01000000", "quoteQty": "800.08000000", "commission": "0.00001000",
        "commissionAsset": "BTC", "time": MS, "isBuyer": True, "isMaker": False, "isBestMatch": True,
    }  # fmt: skip


def test_both_sides_of_a_trade_see_it_their_way() -> None:
    world = frozen_world()
    maker_side, taker_side = open_client(world, "maker", BTC=1), open_client(world, "taker", USDT=10_000)
    maker_side.order("SELL", "LIMIT", "0.01", "80001").ok()
    taker_side.order("BUY", "LIMIT", "0.01", "80001").ok()
    (sold,), (bought,) = (each.get("myTrades", **BTC).ok() for each in (maker_side, taker_side))
    assert (sold["isBuyer"], sold["isMaker"], sold["commission"], sold["commissionAsset"]) == (
        False, True, "0.80001000", "USDT",
    )  # fmt: skip
    assert (bought["isBuyer"], bought["isMaker"], bought["commission"], bought["commissionAsset"]) == (
        True, False, "0.00001000", "BTC",
    )  # fmt: skip
    assert sold["id"] == bought["id"]


def test_own_trades_by_every_set_of_parameters() -> None:
    """S-177."""
    mine = client()
    orders, trades = trading(mine)
    hour = 3_600_000

    def found(**params: Any) -> list[int]:
        return ids(mine.get("myTrades", **BTC, **params).ok(), "id")

    assert found() == trades
    assert found(limit=2) == trades[-2:]
    assert found(orderId=orders[1]) == [trades[1]]
    assert found(fromId=trades[1]) == trades[1:]
    assert found(fromId=trades[1], limit=2) == trades[1:3]
    assert found(orderId=orders[1], fromId=trades[2]) == []
    assert found(orderId=orders[1], fromId=trades[0]) == [trades[1]]
    assert found(startTime=MS + hour) == trades[1:]
    assert found(startTime=MS + hour, limit=1) == [trades[1]]
    assert found(endTime=MS + hour) == trades[:2]
    assert found(endTime=MS + hour, limit=1) == [trades[1]]
    assert found(startTime=MS + hour, endTime=MS + 2 * hour) == trades[1:3]


@pytest.mark.parametrize(
    "names", ["orderId startTime", "orderId endTime", "fromId startTime", "fromId endTime orderId"]
)
@pytest.mark.parametrize("path", ["myTrades", "myAllocations"])
def test_sets_that_are_not_allowed(path: str, names: str) -> None:
    """S-177, S-181."""
    params = dict.fromkeys(names.split(), MS)
    if path == "myAllocations" and "fromId" in params:
        params["fromAllocationId"] = params.pop("fromId")
    assert client().get(path, **BTC, **params).refusal == (400, -1128)


@pytest.mark.parametrize(
    "params", [{}, {"startTime": MS}, {"endTime": MS}, {"fromAllocationId": 1}, {"orderId": 1, "fromAllocationId": 1}]
)
def test_there_are_no_allocations(params: dict[str, int]) -> None:
    """S-181."""
    assert client().get("myAllocations", **BTC, **params).ok() == []
    assert client().get("myAllocations", symbol="NOSUCH", **params).refusal == (400, -1121)


# -- prevented matches ----------------------------------------------------------------------------------------------


def test_prevented_matches() -> None:
    """S-180."""
    mine = client()
    own = mine.order("SELL", "LIMIT", "1", "80001").ok()["orderId"]
    takers = [
        mine.order("BUY", "LIMIT", "0.1", "80001", selfTradePreventionMode=mode).ok()["orderId"]
        for mode in ("EXPIRE_TAKER", "DECREMENT", "EXPIRE_MAKER")
    ]

    def found(**params: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = mine.get("myPreventedMatches", **BTC, **params).ok()
        return rows

    rows = found(orderId=own)
    assert ids(rows, "takerOrderId") == takers
    assert [row["selfTradePreventionMode"] for row in rows] == ["EXPIRE_TAKER", "DECREMENT", "EXPIRE_MAKER"]
    assert [(row.get("takerPreventedQuantity"), row.get("makerPreventedQuantity")) for row in rows] == [
        ("0.10000000", None), ("0.10000000", "0.10000000"), (None, "0.90000000"),
    ]  # fmt: skip
    assert all(
        (row["tradeGroupId"], row["makerSymbol"], row["price"]) == (-1, "BTCUSDT", "80001.00000000") for row in rows
    )
    assert found(orderId=takers[1]) == [rows[1]]
    second = rows[1]["preventedMatchId"]
    assert found(preventedMatchId=second) == [rows[1]]
    assert found(orderId=own, fromPreventedMatchId=second) == rows[1:]
    assert found(orderId=own, fromPreventedMatchId=second, limit=1) == [rows[1]]
    assert found(orderId=1) == []
    other = open_client(mine.world, "other")
    assert other.get("myPreventedMatches", **BTC, preventedMatchId=second).ok() == []


@pytest.mark.parametrize(
    "names", ["", "limit", "preventedMatchId orderId", "preventedMatchId fromPreventedMatchId", "fromPreventedMatchId"]
)
def test_sets_of_prevented_matches_that_are_not_allowed(names: str) -> None:
    """S-180: the symbol alone among them."""
    assert client().get("myPreventedMatches", **BTC, **dict.fromkeys(names.split(), 1)).refusal == (400, -1128)


# -- commissions ----------------------------------------------------------------------------------------------------


def test_commission_rates_of_a_symbol() -> None:
    """S-113, S-116: role and side apart."""
    mine = client()
    money = mine.world.spot.accounts["default"].money
    money.symbol_fees["BTCUSDT"] = Fees(Rates(1, 2, 3, 4), Rates(5, 6, 7, 8), Rates(9, 10, 11, 12))
    money.bnb_burn = True

    def rates(*numbers: int) -> dict[str, str]:
        names = ("maker", "taker", "buyer", "seller")
        return {name: f"0.{number:08d}" for name, number in zip(names, numbers, strict=True)}

    assert mine.get("account/commission", **BTC).ok() == {
        "symbol": "BTCUSDT", "standardCommission": rates(1, 2, 3, 4), "taxCommission": rates(5, 6, 7, 8),
        "specialCommission": rates(9, 10, 11, 12),
        "discount": {
            "enabledForAccount": True, "enabledForSymbol": True, "discountAsset": "BNB", "discount": "0.75000000",
        },
    }  # fmt: skip
    assert mine.get("account/commission", symbol="BNBUSDT").ok()["standardCommission"]["maker"] == "0.00100000"
    assert mine.get("account/commission", symbol="NOSUCH").refusal == (400, -1121)


def test_paying_in_bnb() -> None:
    """S-112, S-114: three quarters of the standard commission, at the price of BNB."""
    mine = client()
    mine.world.spot.accounts["default"].money.bnb_burn = True
    world = mine.world
    market = world.spot.market("BNBUSDT", NOW)
    maker.set_price(world.spot, market, world.spot.symbols["BNBUSDT"], 800 * SCALE, NOW)
    (fill,) = mine.order("SELL", "MARKET", "0.1").ok()["fills"]
    assert fill["commissionAsset"] == "BNB"
    worth = units(fill["price"]) // 10
    assert units(fill["commission"]) == worth * 75 // 100_000 // 800
    assert mine.balance("BNB")[0] == f"{500 - units(fill['commission']) / SCALE:.8f}"


def test_the_counts_of_orders() -> None:
    """S-71."""
    mine = client()
    mine.order().ok()
    assert mine.get("rateLimit/order").ok() == [
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100, "count": 1},
        {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200_000, "count": 1},
    ]
