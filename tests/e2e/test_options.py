"""European options by clients that we did not write, constructed as for the real exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from binance.client import Client
from binance.exceptions import BinanceAPIException
from binance_sdk_derivatives_trading_options.derivatives_trading_options import (
    ConfigurationRestAPI,
    DerivativesTradingOptions,
)
from freezegun import freeze_time

from binance_mock import Mock

CALL = "BTC-231124-80000-C"
TWO_HOURS_LEFT = "2025-11-21 06:00:00"
EXPIRING = "BTC-251121-80000-C"
NOW = 1_700_000_000_000


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock to which all calls at Binance's hosts go."""
    with Mock.intercept(strict=True, frozen_at=NOW) as mock:
        yield mock


def test_ccxt_loads_the_chain_and_reads_the_market(binance: Mock) -> None:
    exchange = ccxt.binance({"options": {"defaultType": "option", "fetchMarkets": {"types": ["option"]}}})
    markets = exchange.load_markets()
    market = markets["BTC/USDT:USDT-231124-80000-C"]
    assert (market["id"], market["option"], market["optionType"], market["strike"]) == (CALL, True, "call", 80_000)
    assert market["expiry"] == 1_700_812_800_000
    assert market["precision"]["price"] == 5
    book = exchange.fetch_order_book(market["symbol"])
    ticker = exchange.fetch_ticker(market["symbol"])
    assert book["bids"][0][0] == ticker["bid"] < ticker["ask"] == book["asks"][0][0]
    greeks = exchange.fetch_greeks(market["symbol"])
    assert ticker["bid"] < greeks["markPrice"] < ticker["ask"]
    assert 0 < greeks["delta"] < 1
    assert exchange.fetch_trades(market["symbol"])
    candles = exchange.fetch_ohlcv(market["symbol"], "1h", limit=3)
    assert len(candles) == 3
    assert binance.requests.refused.find() == []


def test_python_binance_reads_the_market(binance: Mock) -> None:
    client = Client(binance.api_key, binance.api_secret)
    assert client.options_ping() == {}
    assert client.options_time() == {"serverTime": NOW}
    assert CALL in {row["symbol"] for row in client.options_exchange_info()["optionSymbols"]}
    assert client.options_index_price(underlying="BTCUSDT")["indexPrice"] == "79970.00000000"
    assert client.options_mark_price(symbol=CALL)[0]["symbol"] == CALL
    assert client.options_price(symbol=CALL)[0]["symbol"] == CALL
    assert client.options_order_book(symbol=CALL)["bids"]
    assert client.options_klines(symbol=CALL, interval="1h", limit=2)
    assert client.options_recent_trades(symbol=CALL, limit=2)
    assert client.options_historical_trades(symbol=CALL, limit=2)
    client.close_connection()
    client.loop.close()  # made by the client, for its WebSocket side
    asyncio.set_event_loop(None)


def test_the_official_client_reads_the_market(binance: Mock) -> None:
    """Its models check the fields of the answers."""
    config = ConfigurationRestAPI(api_key=binance.api_key, api_secret=binance.api_secret)
    api = DerivativesTradingOptions(config_rest_api=config).rest_api
    symbols = api.exchange_information().data().option_symbols
    assert symbols
    assert CALL in {row.symbol for row in symbols}
    (mark,) = api.option_mark_price(symbol=CALL).data()
    assert mark.symbol == CALL
    assert api.order_book(symbol=CALL).data().bids
    key = api.start_user_data_stream().data()
    assert len(key.listen_key or "") == 64


# -- through an expiry -----------------------------------------------------------------------------------------------


@pytest.fixture
def live() -> Iterator[Mock]:
    """The same, with a clock that goes by the machine's, which the test moves."""
    with freeze_time(TWO_HOURS_LEFT), Mock.intercept(strict=True) as mock:
        yield mock


def test_ccxt_trades_through_an_expiry(live: Mock) -> None:
    with freeze_time(TWO_HOURS_LEFT) as time:
        exchange: Any = ccxt.binance({
            "apiKey": live.api_key,
            "secret": live.api_secret,
            "options": {"defaultType": "option", "fetchMarkets": {"types": ["option"]}},
        })  # fmt: skip
        exchange.load_markets()
        call = "BTC/USDT:USDT-251121-80000-C"
        ask = exchange.fetch_ticker(call)["ask"]
        bought = exchange.create_order(call, "limit", "buy", 0.5, ask)
        assert (bought["status"], bought["filled"], bought["average"]) == ("closed", 0.5, ask)
        rests = exchange.create_order(call, "limit", "buy", 0.5, 100, {"clientOrderId": "mine"})
        assert (rests["status"], rests["clientOrderId"]) == ("open", "mine")
        assert exchange.fetch_order(rests["id"], call)["remaining"] == 0.5
        assert [order["id"] for order in exchange.fetch_open_orders(call)] == [rests["id"]]
        exchange.cancel_order(rests["id"], call)
        assert exchange.fetch_open_orders(call) == []
        assert [order["id"] for order in exchange.fetch_closed_orders(call)] == [bought["id"]]
        assert [order["id"] for order in exchange.fetch_canceled_orders(call)] == [rests["id"]]
        with pytest.raises(ccxt.OrderNotFound):
            exchange.cancel_order("1", call)
        exchange.create_order(call, "limit", "buy", 0.1, 100)
        exchange.cancel_all_orders(call)

        position = exchange.fetch_position(call)
        assert (position["side"], position["contracts"], position["entryPrice"]) == ("long", 0.5, ask)
        (trade,) = exchange.fetch_my_trades(call)
        assert (trade["takerOrMaker"], trade["price"], trade["amount"], trade["order"]) == (
            "taker", ask, 0.5, bought["id"],
        )  # fmt: skip
        assert [row["type"] for row in exchange.fetch_ledger("USDT")] == ["trade", "fee"]
        option = exchange.fetch_option(call)
        assert (option["askPrice"], option["underlyingPrice"]) == (ask, 79_970)
        assert exchange.fetch_open_interest(call)["openInterestAmount"] == 0.5
        greeks = exchange.fetch_all_greeks()
        assert greeks[call]["delta"] == exchange.fetch_greeks(call)["delta"]
        # What ccxt calls the balance of options is the account of spot; its options account is a call of its own.
        (usdt,) = exchange.eapiPrivateGetMarginAccount()["asset"]
        assert float(usdt["adjustedEquity"]) == pytest.approx(100_000 - 80 - 8 + 0.5 * position["markPrice"])

        live.usdm.set_index_price("BTCUSDT", "82000")
        time.move_to("2025-11-21 08:00:01")
        assert exchange.eapiPrivateGetPosition() == []
        for history in (exchange.fetch_settlement_history(call), exchange.fetch_my_settlement_history(call)):
            assert [(row["symbol"], row["price"]) for row in history] == [(call, 82_000)]
        with pytest.raises(ccxt.ExchangeError, match="-6049"):
            exchange.create_order(call, "limit", "buy", 0.5, 100)
        assert call not in exchange.load_markets(True)
        (usdt,) = exchange.eapiPrivateGetMarginAccount()["asset"]
        assert float(usdt["equity"]) == pytest.approx(100_000 - 80 - 8 + 1000 - 6.15)


def test_python_binance_trades_through_an_expiry(live: Mock) -> None:
    with freeze_time(TWO_HOURS_LEFT) as time:
        client = Client(live.api_key, live.api_secret)
        ask = client.options_order_book(symbol=EXPIRING, limit=10)["asks"][0][0]
        order = {"symbol": EXPIRING, "side": "BUY", "type": "LIMIT", "quantity": "0.5"}
        bought = client.options_place_order(**order, price=ask)
        assert (bought["status"], bought["executedQty"]) == ("FILLED", "0.50")
        placed = client.options_place_order(**order, price="100", clientOrderId="mine")
        assert client.options_query_order(symbol=EXPIRING, orderId=placed["orderId"])["clientOrderId"] == "mine"
        assert [row["clientOrderId"] for row in client.options_query_pending_orders(symbol=EXPIRING)] == ["mine"]
        client.options_cancel_order(symbol=EXPIRING, clientOrderId="mine")
        client.options_place_order(**order, price="100")
        assert client.options_cancel_all_orders(symbol=EXPIRING) == {"code": "0", "msg": "success"}
        assert client.options_query_pending_orders(symbol=EXPIRING) == []
        statuses = [row["status"] for row in client.options_query_order_history(symbol=EXPIRING)]
        assert statuses == ["FILLED", "CANCELED", "CANCELED"]
        (position,) = client.options_positions(symbol=EXPIRING)
        assert (position["side"], position["quantity"], position["entryPrice"]) == ("LONG", "0.50", ask)
        (trade,) = client.options_user_trades(symbol=EXPIRING)
        assert (trade["price"], trade["fee"]) == (ask, "-8.00000000")
        (asset,) = client.options_account_info()["asset"]
        assert asset["marginBalance"] == "99992.00000000"
        assert [row["amount"] for row in client.options_get_bill(currency="USDT")] == ["-80.00000000", "-8.00000000"]
        limits = {
            "windowTimeInMilliseconds": 3000,
            "frozenTimeInMilliseconds": 1000,
            "qtyLimit": "2",
            "deltaLimit": "1",
        }
        client.options_post_market_maker_protection_config(underlying="BTCUSDT", **limits)
        assert client.options_get_market_maker_protection_config(underlying="BTCUSDT")["qtyLimit"] == "2"
        client.options_reset_market_maker_protection_config(underlying="BTCUSDT")

        live.usdm.set_index_price("BTCUSDT", "82000")
        time.move_to("2025-11-21 08:00:01")
        (record,) = client.options_exercise_record()
        assert (record["amount"], record["fee"]) == ("1000.00000000", "6.15000000")
        assert client.options_positions() == []
        with pytest.raises(BinanceAPIException, match="-6049"):
            client.options_place_order(**order, price="100")
        client.close_connection()
        client.loop.close()
        asyncio.set_event_loop(None)
