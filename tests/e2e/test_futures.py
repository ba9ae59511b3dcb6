"""USDⓈ-M futures by clients that we did not write, constructed as for the real exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from binance.client import Client
from binance.exceptions import BinanceAPIException
from freezegun import freeze_time

from binance_mock import Mock

BTC, ETH = "BTCUSDT", "ETHUSDT"
PERPETUAL, ETHER = "BTC/USDT:USDT", "ETH/USDT:USDT"


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock to which all calls at Binance's hosts go."""
    with Mock.intercept(strict=True, frozen_at=None) as mock:
        yield mock


@pytest.fixture
def client(binance: Mock) -> Iterator[Client]:
    made = Client(binance.api_key, binance.api_secret)
    yield made
    made.close_connection()
    made.loop.close()  # made by the client, for its WebSocket side
    asyncio.set_event_loop(None)


def position(client: Client) -> dict[str, Any]:
    (row,) = client.futures_position_information(symbol=BTC)
    return dict(row)


def test_python_binance_opens_and_closes_a_position(binance: Mock, client: Client) -> None:
    assert client.futures_change_leverage(symbol=BTC, leverage=10)["leverage"] == 10
    start = float(client.futures_account()["totalWalletBalance"])
    bought = client.futures_create_order(
        symbol=BTC, side="BUY", type="MARKET", quantity="0.100", newOrderRespType="RESULT"
    )
    assert bought["status"] == "FILLED"
    binance.usdm.set_price(BTC, "82000")
    held = position(client)
    assert float(held["positionAmt"]) == 0.1
    assert float(held["unRealizedProfit"]) == pytest.approx((82_000 - float(held["entryPrice"])) * 0.1)
    sold = client.futures_create_order(
        symbol=BTC, side="SELL", type="MARKET", quantity="0.100", reduceOnly="true", newOrderRespType="RESULT"
    )
    profit = (float(sold["avgPrice"]) - float(bought["avgPrice"])) * 0.1
    fees = sum(float(row["commission"]) for row in client.futures_account_trades(symbol=BTC))
    end = float(client.futures_account()["totalWalletBalance"])
    assert end - start == pytest.approx(profit - fees, abs=1e-6)
    kinds = {row["incomeType"] for row in client.futures_income_history()}
    assert kinds == {"REALIZED_PNL", "COMMISSION"}
    assert binance.requests.refused.find() == []


def test_python_binance_hedges(client: Client) -> None:
    client.futures_change_position_mode(dualSidePosition="true")
    for side, which in (("BUY", "LONG"), ("SELL", "SHORT")):
        client.futures_create_order(symbol=BTC, side=side, positionSide=which, type="MARKET", quantity="0.010")
    rows = {row["positionSide"]: float(row["positionAmt"]) for row in client.futures_position_information(symbol=BTC)}
    assert rows == {"LONG": 0.01, "SHORT": -0.01}
    with pytest.raises(BinanceAPIException, match="position side does not match"):
        client.futures_create_order(symbol=BTC, side="BUY", type="MARKET", quantity="0.010")


def test_python_binance_isolates(client: Client) -> None:
    client.futures_change_margin_type(symbol=BTC, marginType="ISOLATED")
    with pytest.raises(BinanceAPIException, match="No need to change margin type"):
        client.futures_change_margin_type(symbol=BTC, marginType="ISOLATED")
    client.futures_create_order(symbol=BTC, side="BUY", type="MARKET", quantity="0.010")
    before = float(position(client)["isolatedWallet"])
    client.futures_change_position_margin(symbol=BTC, amount="10", type=1)
    held = position(client)
    assert float(held["isolatedWallet"]) == pytest.approx(before + 10)
    assert 0 < float(held["liquidationPrice"]) < float(held["entryPrice"])


def test_python_binance_sends_batches(client: Client) -> None:
    """U-138, U-139: its lists of ids are signed right under their names in lower case only."""
    good = {
        "symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "79000",
        "newClientOrderId": "good",
    }  # fmt: skip
    placed, failed = client.futures_place_batch_order(batchOrders=[good, {**good, "price": "200000"}])
    assert (placed["clientOrderId"], placed["status"], failed["code"]) == ("good", "NEW", -4016)
    amended = client.futures_modify_order(
        symbol=BTC, side="BUY", origClientOrderId="good", quantity="0.02", price="78000"
    )
    assert (amended["orderId"], amended["origQty"]) == (placed["orderId"], "0.020")
    with pytest.raises(BinanceAPIException, match="Signature for this request is not valid"):
        client.futures_cancel_orders(symbol=BTC, orderIdList=[1, 2])
    assert client.futures_countdown_cancel_all(symbol=BTC, countdownTime=5000)["countdownTime"] == "5000"
    client.futures_cancel_all_open_orders(symbol=BTC)
    assert client.futures_get_open_orders() == []


def test_python_binance_trades_with_several_assets(client: Client) -> None:
    """U-98."""
    client.futures_change_multi_assets_mode(multiAssetsMargin=True)
    assert client.futures_get_multi_assets_mode() == {"multiAssetsMargin": True}
    with pytest.raises(BinanceAPIException, match="isolated-margin") as caught:
        client.futures_change_margin_type(symbol=ETH, marginType="ISOLATED")
    assert caught.value.code == -4168


@pytest.fixture
def exchange(binance: Mock) -> ccxt.binanceusdm:
    made = ccxt.binanceusdm(
        {
            "apiKey": binance.api_key,
            "secret": binance.api_secret,
            "enableRateLimit": False,
            "options": {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]}},
        }
    )
    made.load_markets()
    return made


def test_ccxt_trades(binance: Mock, exchange: ccxt.binanceusdm) -> None:
    assert exchange.market(PERPETUAL)["contract"]
    exchange.set_leverage(5, PERPETUAL)
    order = exchange.create_order(PERPETUAL, "limit", "buy", 0.01, 79_000)
    assert order["status"] == "open"
    assert [each["id"] for each in exchange.fetch_open_orders(PERPETUAL)] == [order["id"]]
    binance.usdm.set_price(BTC, "78900")
    assert exchange.fetch_order(order["id"], PERPETUAL)["status"] == "closed"
    (held,) = exchange.fetch_positions([PERPETUAL])
    assert (held["contracts"], held["side"], held["entryPrice"]) == (0.01, "long", 79_000.0)
    assert exchange.fetch_balance()["USDT"]["total"] == pytest.approx(100_000 - 79_000 * 0.01 * 0.0002 - 1, abs=0.2)
    assert exchange.fetch_funding_rate(PERPETUAL)["symbol"] == PERPETUAL
    assert len(exchange.fetch_ohlcv(PERPETUAL, "1h", limit=5)) == 5


def test_ccxt_isolates(exchange: ccxt.binanceusdm) -> None:
    exchange.set_margin_mode("isolated", ETHER)
    with pytest.raises(ccxt.MarginModeAlreadySet):
        exchange.set_margin_mode("isolated", ETHER)
    exchange.set_leverage(10, ETHER)
    assert exchange.fetch_leverage(ETHER)["longLeverage"] == 10
    exchange.create_order(ETHER, "market", "buy", 1)
    (before,) = exchange.fetch_positions([ETHER])
    exchange.add_margin(ETHER, 50)
    exchange.reduce_margin(ETHER, 20)
    (held,) = exchange.fetch_positions([ETHER])
    assert held["marginMode"] == "isolated"
    assert held["collateral"] == pytest.approx(before["collateral"] + 30)
    assert 0 < held["liquidationPrice"] < before["liquidationPrice"] < held["entryPrice"]
    changes = exchange.fetch_margin_adjustment_history(ETHER)
    assert {(row["type"], row["amount"]) for row in changes} >= {("add", 50.0), ("reduce", 20.0)}


def test_ccxt_hedges(exchange: ccxt.binanceusdm) -> None:
    exchange.set_position_mode(True)
    assert exchange.fetch_position_mode(PERPETUAL)["hedged"]
    with pytest.raises(ccxt.OperationRejected, match="-4061"):
        exchange.create_order(PERPETUAL, "market", "buy", 0.01)
    for side in ("buy", "sell"):
        exchange.create_order(PERPETUAL, "market", side, 0.01, None, {"hedged": True})
    held = {row["side"]: row["contracts"] for row in exchange.fetch_positions([PERPETUAL])}
    assert held == {"long": 0.01, "short": 0.01}
    exchange.create_order(PERPETUAL, "market", "sell", 0.01, None, {"hedged": True, "reduceOnly": True})
    assert [row["side"] for row in exchange.fetch_positions([PERPETUAL])] == ["short"]
    with pytest.raises(ccxt.OperationRejected, match="-4068"):
        exchange.set_position_mode(False)


def test_ccxt_sends_batches_and_amends(exchange: ccxt.binanceusdm) -> None:
    order = {"symbol": PERPETUAL, "type": "limit", "side": "buy", "amount": 0.01, "price": 79_000}
    rows = exchange.create_orders([order, {**order, "price": 200_000}])
    assert sorted(row["status"] for row in rows) == ["open", "rejected"]
    (resting,) = exchange.fetch_open_orders(PERPETUAL)
    edited = exchange.edit_order(resting["id"], PERPETUAL, "limit", "buy", 0.02, 78_000)
    assert (edited["id"], edited["amount"], edited["price"]) == (resting["id"], 0.02, 78_000.0)
    exchange.cancel_all_orders(PERPETUAL)
    assert [row["status"] for row in exchange.fetch_orders(PERPETUAL)] == ["canceled"]


def test_ccxt_sees_what_trading_earned(binance: Mock, exchange: ccxt.binanceusdm) -> None:
    """U-121, U-122: a positive rate makes longs pay."""
    with freeze_time("2025-11-21 07:59:00") as time:
        exchange.create_order(PERPETUAL, "market", "buy", 0.1)
        binance.usdm.set_funding_rate(BTC, "0.0002")
        binance.usdm.set_mark_price(BTC, "80000")
        time.tick(120)
        (paid,) = exchange.fetch_funding_history(PERPETUAL)
        assert paid["amount"] == pytest.approx(-0.1 * 80_000 * 0.0002)
        (rate,) = exchange.fetch_funding_rate_history(PERPETUAL, limit=1)
        assert rate["fundingRate"] == 0.0002
        assert {row["type"] for row in exchange.fetch_ledger("USDT")} == {"commission", "fee"}
        (trade,) = exchange.fetch_my_trades(PERPETUAL)
        assert trade["fee"]["cost"] == pytest.approx(trade["cost"] * 0.0005)


def test_ccxt_reads_what_is_around(exchange: ccxt.binanceusdm) -> None:
    tiers = exchange.fetch_leverage_tiers([PERPETUAL])[PERPETUAL]
    assert (tiers[0]["maxLeverage"], tiers[0]["maintenanceMarginRate"]) == (150.0, 0.004)
    assert exchange.fetch_trading_fee(PERPETUAL)["taker"] == 0.0005
    assert exchange.fetch_mark_price(PERPETUAL)["markPrice"] == 79_970.0
    assert PERPETUAL in exchange.fetch_tickers()
    for kind in ("mark", "index", "premiumIndex"):
        assert len(exchange.fetch_ohlcv(PERPETUAL, "1h", limit=2, params={"price": kind})) == 2
    assert exchange.fetch_open_interest(PERPETUAL)["openInterestAmount"] == 0.0
    assert exchange.fetch_funding_interval(PERPETUAL)["interval"] == "8h"


# -- conditional orders -----------------------------------------------------------------------------------------------


def test_python_binance_places_conditional_orders(binance: Mock, client: Client) -> None:
    """U-46, U-80, U-88, U-92: stops go to the endpoint of their own, and become orders when they fire."""
    client.futures_create_order(symbol=BTC, side="BUY", type="MARKET", quantity="0.010")
    stop = client.futures_create_order(
        symbol=BTC, side="SELL", type="STOP_MARKET", stopPrice="78000", closePosition=True
    )
    assert (stop["algoStatus"], stop["triggerPrice"], stop["closePosition"]) == ("NEW", "78000.00", True)
    limit = client.futures_create_algo_order(
        symbol=BTC, side="SELL", type="TAKE_PROFIT", quantity="0.010", price="85000", triggerPrice="84000"
    )
    found = client.futures_get_open_orders(symbol=BTC, conditional=True)
    assert {row["algoId"] for row in found} == {stop["algoId"], limit["algoId"]}
    assert client.futures_get_open_orders(symbol=BTC) == []
    gone = client.futures_cancel_order(symbol=BTC, algoId=limit["algoId"])
    assert (gone["algoId"], gone["code"]) == (limit["algoId"], "200")  # U-91
    binance.usdm.set_price(BTC, "77900")
    fired = client.futures_get_algo_order(clientAlgoId=stop["clientAlgoId"])
    assert fired["algoStatus"] == "FINISHED"
    assert client.futures_position_information(symbol=BTC) == []
    child = client.futures_get_order(symbol=BTC, orderId=fired["actualOrderId"])
    assert (child["status"], child["clientOrderId"]) == ("FILLED", stop["clientAlgoId"])
    client.futures_create_algo_order(symbol=BTC, side="BUY", type="STOP_MARKET", quantity="0.01", triggerPrice="90000")
    assert client.futures_cancel_all_open_orders(symbol=BTC, conditional=True)["code"] == 200
    with pytest.raises(BinanceAPIException, match="immediately trigger"):
        client.futures_create_algo_order(
            symbol=BTC, side="SELL", type="STOP_MARKET", quantity="0.01", triggerPrice="90000"
        )  # U-82


def test_ccxt_places_conditional_orders(binance: Mock, exchange: ccxt.binanceusdm) -> None:
    """U-80, U-81, U-88."""
    exchange.create_order(PERPETUAL, "market", "buy", 0.03)
    stop = exchange.create_order(PERPETUAL, "market", "sell", 0.01, None, {"stopLossPrice": 78_000, "reduceOnly": True})
    assert (stop["status"], stop["type"], stop["triggerPrice"]) == ("open", "market", 78_000.0)
    limit = exchange.create_order(PERPETUAL, "limit", "sell", 0.01, 85_000, {"takeProfitPrice": 84_000})
    trailing = exchange.create_trailing_percent_order(PERPETUAL, "market", "sell", 0.01, None, 1.5, 90_000)
    waiting = exchange.fetch_open_orders(PERPETUAL, params={"trigger": True})
    assert {row["id"] for row in waiting} == {stop["id"], limit["id"], trailing["id"]}
    assert exchange.fetch_open_orders(PERPETUAL) == []
    exchange.cancel_order(trailing["id"], PERPETUAL, {"trigger": True})
    binance.usdm.set_price(BTC, "77900")
    assert exchange.fetch_order(stop["id"], PERPETUAL, {"trigger": True})["info"]["algoStatus"] == "FINISHED"
    (held,) = exchange.fetch_positions([PERPETUAL])
    assert held["contracts"] == 0.02
    exchange.cancel_all_orders(PERPETUAL, {"trigger": True})
    assert exchange.fetch_open_orders(PERPETUAL, params={"trigger": True}) == []
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        exchange.create_order(PERPETUAL, "market", "sell", 0.01, None, {"stopLossPrice": 90_000})  # U-82
