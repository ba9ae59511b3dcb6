"""positionRisk in both versions, the queue for deleveraging, forced orders: U-71, U-110 to U-119, U-127."""

from __future__ import annotations

import pytest
from tests.mock_server.venues.usdm.signed_client import BTC, ETH, SignedClient, wrong
from tests.mock_server.venues.usdm.usdm_client import MS, amount

from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE

SELL = Side.SELL


@pytest.fixture
def client() -> SignedClient:
    return SignedClient()


def test_flat_rows(client: SignedClient) -> None:
    """U-71, U-118: every contract is there in the second version, none in the third."""
    rows = client.get("v2/positionRisk")
    assert [row["symbol"] for row in rows] == list(client.venue.symbols)
    assert client.get("v2/positionRisk", symbol=BTC) == rows[:1]
    assert {name: rows[0][name] for name in rows[0] if name not in ("markPrice", "maxNotionalValue")} == {
        "symbol": BTC, "positionAmt": "0.000", "entryPrice": "0.0", "breakEvenPrice": "0.0",
        "unRealizedProfit": "0.00000000", "liquidationPrice": "0", "leverage": "20", "marginType": "cross",
        "isolatedMargin": "0.00000000", "isAutoAddMargin": "false", "positionSide": "BOTH", "notional": "0",
        "isolatedWallet": "0", "updateTime": 0,
    }  # fmt: skip
    assert client.get("v3/positionRisk") == client.get("v3/positionRisk", symbol=BTC) == []
    for version in ("v2", "v3"):
        assert client.refusal("GET", f"{version}/positionRisk", symbol="NONE")[1] == -1121


def test_a_short(client: SignedClient) -> None:
    """U-110, U-112, U-118: amount and notional are below zero."""
    order = client.order(SELL, SCALE // 2)
    client.mark(81_000)
    row = client.risk()
    assert (row["positionAmt"], row["notional"], row["markPrice"]) == ("-0.500", "-40500.00000000", "81000.00000000")
    assert (row["initialMargin"], row["maintMargin"]) == ("2025.00000000", "162.00000000")
    entry = amount(row["entryPrice"])
    assert entry == order.quote * 2
    assert amount(row["unRealizedProfit"]) == (entry - 81_000 * SCALE) // 2 < 0
    assert amount(row["breakEvenPrice"]) == entry * 9995 // 10_000
    assert (row["isolatedMargin"], row["isolatedWallet"], row["updateTime"]) == ("0", "0", MS)
    second = client.risk(version="v2")
    same = set(row) & set(second) - {"isolatedMargin"}
    assert {name: row[name] for name in same} == {name: second[name] for name in same}
    assert amount(row["liquidationPrice"]) > 81_000 * SCALE


def test_an_isolated_long_is_liquidated_on_its_own(client: SignedClient) -> None:
    """U-114, U-115: where the margin falls to the maintenance margin of 0.4 %."""
    client.post("marginType", symbol=BTC, marginType="ISOLATED")
    client.order(BUY, SCALE)
    client.order(BUY, SCALE, symbol=ETH)
    client.mark(79_000)
    row = client.risk()
    assert amount(row["isolatedMargin"]) == amount(row["isolatedWallet"]) + amount(row["unRealizedProfit"])
    wallet, entry = amount(row["isolatedWallet"]), amount(row["entryPrice"])
    price = amount(row["liquidationPrice"])
    assert abs(price - (entry - wallet) * 1000 // 996) <= 1
    client.mark(1, ETH)
    assert client.risk()["liquidationPrice"] == row["liquidationPrice"]


def test_cross_positions_lean_on_each_other(client: SignedClient) -> None:
    """U-115: what another contract loses brings liquidation nearer."""
    client.order(BUY, 5 * SCALE)
    client.order(BUY, 10 * SCALE, symbol=ETH)
    far = amount(client.risk()["liquidationPrice"])
    client.venue.marks.set(ETH, mark=client.venue.mark_price(ETH) // 2)
    assert amount(client.risk()["liquidationPrice"]) > far > 0


def test_a_hedge_shares_its_liquidation_price(client: SignedClient) -> None:
    """U-71, U-116."""
    client.post("positionSide/dual", dualSidePosition="true")
    client.order(BUY, 5 * SCALE, of=PositionSide.LONG)
    client.order(SELL, SCALE, of=PositionSide.SHORT)
    rows = client.get("v3/positionRisk")
    assert wrong("GET /fapi/v3/positionRisk", rows) == []
    assert [(row["positionSide"], row["positionAmt"]) for row in rows] == [("LONG", "5.000"), ("SHORT", "-1.000")]
    assert rows[0]["liquidationPrice"] == rows[1]["liquidationPrice"] != "0"
    sides = [row["positionSide"] for row in client.get("v2/positionRisk")]
    assert sides == ["LONG", "SHORT"] * len(client.venue.symbols)


def test_a_row_for_an_order_alone(client: SignedClient) -> None:
    """U-102, U-119."""
    client.order(BUY, SCALE // 2, 70_000 * SCALE)
    client.order(SELL, SCALE // 4, 90_000 * SCALE)
    (row,) = client.get("v3/positionRisk")
    assert (row["positionAmt"], row["entryPrice"], row["updateTime"]) == ("0.000", "0.0", 0)
    assert (row["bidNotional"], row["askNotional"]) == ("35000.00000000", "22500.00000000")
    assert (row["positionInitialMargin"], row["openOrderInitialMargin"]) == ("0", "1750.00000000")
    assert client.get("v3/balance")[0]["availableBalance"] == "98250.00000000"


def test_orders_of_a_hedge(client: SignedClient) -> None:
    """U-102: those that open are summed, those that close need nothing."""
    client.post("positionSide/dual", dualSidePosition="true")
    client.order(BUY, SCALE // 2, 70_000 * SCALE, of=PositionSide.LONG)
    client.order(SELL, SCALE // 4, 90_000 * SCALE, of=PositionSide.SHORT)
    rows = client.get("v3/positionRisk")
    assert [row["openOrderInitialMargin"] for row in rows] == ["1750.00000000", "1125.00000000"]
    assert client.get("v3/account")["totalOpenOrderInitialMargin"] == "2875.00000000"


# -- the queue for deleveraging --------------------------------------------------------------------------------------


def test_no_position_has_no_place(client: SignedClient) -> None:
    assert client.get("adlQuantile") == []
    assert client.get("adlQuantile", symbol=BTC) == [{"symbol": BTC, "adlQuantile": {"LONG": 0, "SHORT": 0, "BOTH": 0}}]


def test_the_largest_profit_stands_first(client: SignedClient) -> None:
    """U-127: of five longs, each with more than the one before."""
    others = [client.venue.open_account(f"a{number}", {"USDT": 100_000 * SCALE}) for number in range(4)]
    for number, other in enumerate(others, 1):
        client.order(BUY, number * SCALE // 10, by=other)
    client.order(BUY, SCALE)
    client.mark(90_000)
    assert client.get("adlQuantile") == [{"symbol": BTC, "adlQuantile": {"LONG": 0, "SHORT": 0, "BOTH": 4}}]
    assert client.risk()["adl"] == 4
    client.mark(70_000)
    assert client.risk()["adl"] == 0


def test_places_of_a_hedge(client: SignedClient) -> None:
    """U-127: cross rows share one place, isolated rows have each their own."""
    other = client.venue.open_account("other", {"USDT": 100_000 * SCALE})
    client.order(BUY, SCALE // 10, by=other)
    client.post("positionSide/dual", dualSidePosition="true")
    for symbol, last in ((BTC, "HEDGE"), (ETH, "BOTH")):
        if symbol == ETH:
            client.post("marginType", symbol=ETH, marginType="ISOLATED")
            client.order(BUY, SCALE // 10, symbol=ETH, by=other)
        client.order(BUY, 2 * SCALE, symbol=symbol, of=PositionSide.LONG)
        client.order(SELL, SCALE, symbol=symbol, of=PositionSide.SHORT)
        client.venue.marks.set(symbol, mark=client.venue.last_price(symbol) * 11 // 10)
        ((row),) = client.get("adlQuantile", symbol=symbol)
        place = row["adlQuantile"]
        assert set(place) == {"LONG", "SHORT", last}
        assert place["LONG"] > 0
        assert place["SHORT"] == (place["LONG"] if last == "HEDGE" else 0)


# -- forced orders ---------------------------------------------------------------------------------------------------


def test_nothing_is_closed_by_force(client: SignedClient) -> None:
    assert client.get("forceOrders", symbol=BTC, autoCloseType="ADL", startTime=MS - 1, endTime=MS, limit=100) == []
    assert client.refusal("GET", "forceOrders", limit=101)[1] == -1130
    assert client.refusal("GET", "forceOrders", symbol="NONE")[1] == -1121
    assert client.refusal("GET", "forceOrders", startTime=MS, endTime=MS - 1)[1] == -1023
