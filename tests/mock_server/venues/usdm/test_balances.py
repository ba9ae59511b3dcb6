"""Balances, the account, its set-up, incomes and downloads: U-71, U-110 to U-120."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.venues.usdm.signed_client import BTC, ETH, SignedClient, calls, wrong
from tests.mock_server.venues.usdm.usdm_client import DAY_MS, MS, amount

from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE

SELL = Side.SELL
START = 100_000 * SCALE


@pytest.fixture
def client() -> SignedClient:
    return SignedClient()


def of(rows: list[dict[str, Any]], asset: str) -> dict[str, Any]:
    return next(row for row in rows if row["asset"] == asset)


# -- shapes ----------------------------------------------------------------------------------------------------------

PARAMS: dict[str, dict[str, object]] = {
    "GET /fapi/v1/commissionRate": {"symbol": BTC},
    "GET /fapi/v1/apiTradingStatus": {"symbol": BTC},
    "GET /fapi/v1/pmAccountInfo": {"asset": "USDT"},
    "POST /fapi/v1/feeBurn": {"feeBurn": "true"},
    "POST /fapi/v1/leverage": {"symbol": BTC, "leverage": 21},
    "POST /fapi/v1/marginType": {"symbol": "XRPUSDT", "marginType": "ISOLATED"},
    "POST /fapi/v1/positionMargin": {"symbol": ETH, "amount": "1.5", "type": 1},
    "GET /fapi/v1/positionMargin/history": {"symbol": ETH},
    **{f"GET /fapi/v1/{each}/asyn": {"startTime": MS - 5, "endTime": MS} for each in ("order", "trade", "income")},
    **{f"GET /fapi/v1/{each}/asyn/id": {"downloadId": "17"} for each in ("order", "trade", "income")},
}
ELSEWHERE = {
    *(f"{verb} /fapi/v1/listenKey" for verb in ("POST", "PUT", "DELETE")),
    "POST /fapi/v1/positionSide/dual",
    "POST /fapi/v1/multiAssetsMargin",
}
"""Calls that other tests hold against their shape."""
MAY_BE_EMPTY = {"GET /fapi/v1/forceOrders"}


@pytest.mark.parametrize("call", sorted(calls() - ELSEWHERE))
def test_every_answer_has_its_shape(client: SignedClient, call: str) -> None:
    """Of an account with a cross long, an isolated short and a resting order (U-1, U-4)."""
    client.own.set_margin_type(ETH, MarginType.ISOLATED)
    client.order(BUY, SCALE // 2)
    client.order(SELL, SCALE, symbol=ETH)
    client.order(BUY, SCALE, SCALE, symbol="ADAUSDT")
    client.post("positionMargin", symbol=ETH, amount=2, type=1)
    verb, path = call.split(" ")
    answer = client.ask(verb, path.removeprefix("/fapi/").removeprefix("v1/"), **PARAMS.get(call, {})).ok()
    assert answer or call in MAY_BE_EMPTY
    assert wrong(call, answer) == []


def test_a_shape_tells_what_is_wrong() -> None:
    row = {"symbol": BTC, "marginType": "cross", "isAutoAddMargin": False, "leverage": 20, "maxNotionalValue": "1"}
    assert len(wrong("GET /fapi/v1/symbolConfig", [row])) == 1
    assert len(wrong("GET /fapi/v1/symbolConfig", [{**row, "marginType": "CROSSED", "leverage": "20"}])) == 1


# -- balances --------------------------------------------------------------------------------------------------------


def test_a_fresh_account(client: SignedClient) -> None:
    for version in ("v2", "v3"):
        rows = client.get(f"{version}/balance")
        assert {row["asset"] for row in rows} >= {"USDT", "USDC", "BNB", "BTC"}
        usdt = of(rows, "USDT")
        assert usdt["balance"] == usdt["availableBalance"] == usdt["maxWithdrawAmount"] == "100000.00000000"
        assert of(rows, "ETH")["balance"] == "0.00000000"
    assert [row["asset"] for row in client.get("v3/account")["assets"]] == ["USDT", "BNB", "USDC"]
    assert client.get("v3/account")["positions"] == []
    assert {row["positionSide"] for row in client.get("v2/account")["positions"]} == {"BOTH"}
    assert len(client.get("v2/account")["positions"]) == len(client.venue.symbols)
    assert client.own.positions == {}


def test_a_cross_position(client: SignedClient) -> None:
    """U-110, U-112, U-113: half a bitcoin at 20 times, marked up and down."""
    order = client.order(BUY, SCALE // 2)
    cost = order.quote
    fee = cost * 5 // 10_000
    client.mark(80_500)
    account = client.get("v3/account")
    usdt = of(account["assets"], "USDT")
    profit = 40_250 * SCALE - cost
    assert amount(usdt["walletBalance"]) == amount(usdt["crossWalletBalance"]) == START - fee
    assert amount(usdt["unrealizedProfit"]) == amount(usdt["crossUnPnl"]) == profit
    assert amount(usdt["marginBalance"]) == START - fee + profit
    assert usdt["initialMargin"] == usdt["positionInitialMargin"] == "2012.50000000"
    assert usdt["maintMargin"] == "161.00000000"
    assert amount(usdt["availableBalance"]) == START - fee + profit - 2_012_50 * SCALE // 100
    assert amount(usdt["maxWithdrawAmount"]) == START - fee - 2_012_50 * SCALE // 100
    assert account["totalMarginBalance"] == usdt["marginBalance"]
    client.mark(79_000)
    usdt = of(client.get("v3/balance"), "USDT")
    loss = 39_500 * SCALE - cost
    assert loss < 0
    assert amount(usdt["availableBalance"]) == START - fee + loss - 1975 * SCALE
    assert usdt["maxWithdrawAmount"] == usdt["availableBalance"]


def test_an_isolated_position_is_taken_out_of_what_is_available(client: SignedClient) -> None:
    """U-113, U-114."""
    client.own.set_margin_type(BTC, MarginType.ISOLATED)
    order = client.order(SELL, SCALE // 2)
    fee = order.quote * 5 // 10_000
    aside = order.quote // 20 - fee
    client.mark(70_000)
    usdt = of(client.get("v2/account")["assets"], "USDT")
    assert amount(usdt["walletBalance"]) == START - fee
    assert amount(usdt["crossWalletBalance"]) == START - fee - aside
    assert (usdt["crossUnPnl"], amount(usdt["unrealizedProfit"])) == ("0.00000000", order.quote - 35_000 * SCALE)
    assert usdt["availableBalance"] == usdt["crossWalletBalance"] == usdt["maxWithdrawAmount"]
    row = next(row for row in client.get("v3/account")["positions"] if row["symbol"] == BTC)
    assert amount(row["isolatedWallet"]) == aside
    assert amount(row["isolatedMargin"]) == aside + order.quote - 35_000 * SCALE
    assert (row["positionAmt"], row["notional"]) == ("-0.500", "-35000.00000000")


def test_hedged_rows(client: SignedClient) -> None:
    """U-71."""
    client.own.hedged = True
    client.order(BUY, SCALE // 2, of=PositionSide.LONG)
    client.order(SELL, SCALE // 4, of=PositionSide.SHORT)
    rows = [row for row in client.get("v2/account")["positions"] if row["symbol"] == BTC]
    assert [(row["positionSide"], row["positionAmt"]) for row in rows] == [("LONG", "0.500"), ("SHORT", "-0.250")]
    assert [row["positionSide"] for row in client.get("v3/account")["positions"]] == ["LONG", "SHORT"]


def test_multi_assets_count_together(client: SignedClient) -> None:
    """U-120: 100000 USDT, 10000 USDC, and 10 BNB at nine tenths of their index."""
    client.post("multiAssetsMargin", multiAssetsMargin="true")
    client.venue.marks.set("BNBUSDT", index=1000 * SCALE)
    account = client.get("v2/account")
    assert account["multiAssetsMargin"] is True
    assert account["totalWalletBalance"] == account["availableBalance"] == "119000.00000000"
    assert {asset: of(account["assets"], asset)["availableBalance"] for asset in ("USDT", "USDC", "BNB")} == {
        "USDT": "119000.00000000",
        "USDC": "119000.00000000",
        "BNB": "132.22222222",
    }
    assert of(account["assets"], "BNB")["maxWithdrawAmount"] == "10.00000000"
    client.order(BUY, SCALE // 2)
    client.mark(80_000)
    after = client.get("v3/account")
    assert after["totalInitialMargin"] == "2000.00000000"
    assert amount(after["availableBalance"]) == amount(after["totalMarginBalance"]) - 2000 * SCALE


def test_what_portfolio_margin_asks(client: SignedClient) -> None:
    assert client.get("pmAccountInfo", asset="BNB")["maxWithdrawAmount"] == "10.00000000"
    assert client.refusal("GET", "pmAccountInfo", asset="GOLD") == (400, -1108, "Invalid asset.")


# -- set-up ----------------------------------------------------------------------------------------------------------


def test_what_is_set_up(client: SignedClient) -> None:
    """U-93, U-96."""
    row = {"symbol": BTC, "marginType": "CROSSED", "isAutoAddMargin": False, "leverage": 20}
    assert client.get("symbolConfig", symbol=BTC) == [{**row, "maxNotionalValue": "100000000"}]
    assert len(client.get("symbolConfig")) == len(client.venue.symbols)
    assert client.refusal("GET", "symbolConfig", symbol="NONE") == (400, -1121, "Invalid symbol.")
    assert client.get("accountConfig")["tradeGroupId"] == -1


def test_a_contract_that_allows_less_than_the_usual_leverage(client: SignedClient) -> None:
    name, most = next(
        (info.name, info.brackets.max_leverage) for info in client.venue.symbols.values()
        if info.brackets.max_leverage < 20
    )  # fmt: skip
    assert client.get("symbolConfig", symbol=name)[0]["leverage"] == most


def test_commission_rates(client: SignedClient) -> None:
    """U-117."""
    rate = client.get("commissionRate", symbol=BTC)
    assert (rate["makerCommissionRate"], rate["takerCommissionRate"]) == ("0.000200", "0.000500")


def test_fees_in_bnb(client: SignedClient) -> None:
    assert client.get("feeBurn") == {"feeBurn": False}
    assert client.post("feeBurn", feeBurn="true") == {"code": 200, "msg": "success"}
    assert client.get("feeBurn") == {"feeBurn": True}
    assert client.get("v2/account")["feeBurn"] is True


def test_order_limits(client: SignedClient) -> None:
    """U-20."""
    limits = {(row["intervalNum"], row["interval"], row["limit"]) for row in client.get("rateLimit/order")}
    assert limits == {(10, "SECOND", 300), (1, "MINUTE", 1200)}


# -- incomes ---------------------------------------------------------------------------------------------------------


def test_incomes_of_a_round(client: SignedClient) -> None:
    """U-113, U-117: the rows come to what the wallet changed."""
    client.order(BUY, SCALE // 2)
    client.world.clock.move(1_000_000)
    client.order(SELL, SCALE // 2)
    rows = client.get("income")
    assert {row["incomeType"] for row in rows} == {"COMMISSION", "REALIZED_PNL"}
    assert sum(amount(row["income"]) for row in rows) == client.own.money.free["USDT"] - START
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    assert all(row["tradeId"].isdigit() and row["asset"] == "USDT" for row in rows)
    assert len({row["tranId"] for row in rows}) == len(rows)
    fees = client.get("income", incomeType="COMMISSION", symbol=BTC)
    assert all(amount(row["income"]) < 0 for row in fees)
    assert client.get("income", symbol=ETH) == client.get("income", incomeType="TRANSFER") == []
    late = client.get("income", startTime=MS + 1000)
    assert {row["time"] for row in late} == {MS + 1000}
    assert client.get("income", endTime=MS) == [row for row in rows if row not in late]
    assert client.get("income", limit=1) == rows[-1:]
    assert client.get("income", startTime=MS, limit=1) == rows[:1]
    assert client.get("income", page=2, limit=1) == rows[1:2]
    assert client.get("income", page=1000) == []


def test_how_far_back_incomes_reach(client: SignedClient) -> None:
    client.order(BUY, SCALE // 2)
    client.order(SELL, SCALE // 2)  # A flat account is not funded.
    client.world.clock.move(8 * DAY_MS * 1000)
    assert client.get("income") == []
    assert client.get("income", startTime=MS) != []
    client.world.clock.move(83 * DAY_MS * 1000)
    assert client.get("income", startTime=MS) == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"startTime": MS, "endTime": MS - 1}, -1023),
        ({"incomeType": "LUCK"}, -1130),
        ({"limit": 1001}, -1130),
        ({"page": 0}, -1130),
        ({"symbol": "NONE"}, -1121),
    ],
)
def test_refused_incomes(client: SignedClient, params: dict[str, object], code: int) -> None:
    """U-39, U-42, U-44."""
    assert client.refusal("GET", "income", **params)[:2] == (400, code)


# -- downloads -------------------------------------------------------------------------------------------------------


def test_a_download_is_never_ready(client: SignedClient) -> None:
    asked = client.get("order/asyn", startTime=MS - DAY_MS, endTime=MS)
    got = client.get("order/asyn/id", downloadId=asked["downloadId"])
    assert (got["downloadId"], got["status"], got["url"]) == (asked["downloadId"], "processing", "")
    assert client.refusal("GET", "trade/asyn", startTime=MS, endTime=MS - 1)[1] == -1023
    client.world.clock.move(60_000_000)
    assert client.refusal("GET", "income/asyn", startTime=MS - 400 * DAY_MS, endTime=MS)[1] == -4165
