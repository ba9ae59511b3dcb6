"""The options market in the hands of a test, here and over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError

from .trading import signed

CALL = "BTC-231124-80000-C"
DAILY = "BTC-231115-80000-C"
EXPIRY_MS = 1_700_035_200_000


def mark(binance: Mock, symbol: str = CALL) -> dict[str, Any]:
    """The row of `mark` of a contract."""
    response = requests.get(f"{binance.url}/eapi/v1/mark?symbol={symbol}", timeout=10)
    (row,) = response.json()
    return dict(row)


def ask(binance: Mock, method: str, path: str, **params: str) -> Any:
    """The answer to a signed call that succeeds."""
    response = signed(binance, method, f"/eapi/v1/{path}", **params)
    assert response.status_code == 200, response.text
    return response.json()


def test_what_is_listed_on_an_underlying_is_told(binance: Mock) -> None:
    """O-42, O-44: as exchangeInfo has it."""
    rows = binance.options.contracts("BTCUSDT")
    info = requests.get(f"{binance.url}/eapi/v1/exchangeInfo", timeout=10).json()["optionSymbols"]
    assert [row["symbol"] for row in rows] == [row["symbol"] for row in info if row["underlying"] == "BTCUSDT"]
    (row,) = [row for row in rows if row["symbol"] == DAILY]
    assert row == {
        "symbol": DAILY,
        "expiry": "231115",
        "expiry_ms": EXPIRY_MS,
        "strike": "80000",
        "side": "CALL",
        "unit": 1,
        "status": "TRADING",
    }
    puts = binance.options.contracts("BTCUSDT", expiry="231115", side="PUT")
    assert puts == [row for row in rows if row["expiry"] == "231115" and row["side"] == "PUT"]
    assert 0 < len(puts) < len(rows)


def test_what_is_listed_changes_with_the_time(binance: Mock) -> None:
    binance.clock.freeze(EXPIRY_MS)
    assert DAILY not in [row["symbol"] for row in binance.options.contracts("BTCUSDT")]


def test_a_wrong_question_says_what_is_there(binance: Mock) -> None:
    with pytest.raises(MockError, match="there is no underlying 'BTC'"):
        binance.options.contracts("BTC")
    with pytest.raises(MockError, match="expiry is 'friday'"):
        binance.options.contracts("BTCUSDT", expiry="friday")
    with pytest.raises(MockError, match="side is 'BUY'"):
        binance.options.contracts("BTCUSDT", side="BUY")


def test_a_price_moves_the_book_and_fills_what_it_passes(binance: Mock) -> None:
    """The standing book stays there until it follows the fair price again."""
    order = ask(binance, "POST", "order", symbol=CALL, side="BUY", type="LIMIT", quantity="0.1", price="1500")
    binance.options.set_price(CALL, "1400")
    (position,) = ask(binance, "GET", "position")
    assert (position["quantity"], float(position["entryPrice"])) == ("0.10", 1500)
    found = ask(binance, "GET", "order", symbol=CALL, orderId=str(order["orderId"]))
    assert found["status"] == "FILLED"
    row = binance.options.market(CALL)
    assert row["last_price"] == "1400.00000000"
    assert float(row["bid_price"]) < 1400 < float(row["ask_price"])
    binance.options.follow_market(CALL)
    assert float(binance.options.market(CALL)["bid_price"]) > 1500


def test_a_book_is_emptied_and_filled(binance: Mock) -> None:
    binance.options.set_liquidity(CALL, 0)
    assert binance.options.book(CALL)[:2] == ([], [])
    assert mark(binance)["bidIV"] == "-1.0"
    binance.options.set_liquidity(CALL, 3)
    book = binance.options.book(CALL)
    assert (len(book.bids), len(book.asks)) == (3, 3)


def test_the_mark_stands_where_it_is_set_until_it_follows(binance: Mock) -> None:
    before = mark(binance)["markPrice"]
    binance.options.set_mark_price(CALL, "1234.5")
    assert mark(binance)["markPrice"] == "1234.500"
    binance.options.follow_market(CALL)
    assert mark(binance)["markPrice"] == before


def test_a_volatility_prices_all_options_of_an_underlying(binance: Mock) -> None:
    """O-50, O-51: of all expiries, of one, of one strike; and back."""
    before = {symbol: mark(binance, symbol)["markIV"] for symbol in (CALL, DAILY)}
    row = binance.options.set_volatility("BTCUSDT", "0.8", flat=True)
    assert (row["level"], row["flat"]) == ("0.80000000", True)
    assert {mark(binance, symbol)["markIV"] for symbol in (CALL, DAILY)} == {"0.80000000"}
    binance.options.set_volatility("BTCUSDT", "0.9", expiry="231115")
    assert (mark(binance)["markIV"], mark(binance, DAILY)["markIV"]) == ("0.80000000", "0.90000000")
    binance.options.set_volatility("BTCUSDT", "1.1", expiry="231124", strike="80000")
    assert mark(binance)["markIV"] == "1.10000000"
    binance.options.set_volatility("BTCUSDT", None)
    assert {symbol: mark(binance, symbol)["markIV"] for symbol in (CALL, DAILY)} == before


def test_a_contract_is_halted(binance: Mock) -> None:
    """O-69"""
    binance.options.set_status(CALL, "HALT")
    refused = signed(
        binance, "POST", "/eapi/v1/order", symbol=CALL, side="BUY", type="LIMIT", quantity="1", price="1500"
    )
    assert (refused.status_code, refused.json()["code"]) == (400, -6049)
    binance.options.set_status(CALL, "TRADING")
    ask(binance, "POST", "order", symbol=CALL, side="BUY", type="LIMIT", quantity="1", price="1500")


def test_an_account_is_liquidated_as_long_as_it_is_wanted(binance: Mock) -> None:
    """O-80"""
    account = next(iter(binance.accounts))
    order = {"symbol": CALL, "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "1500"}
    account.set(options_liquidating=True)
    refused = signed(binance, "POST", "/eapi/v1/order", **order)
    assert refused.json() == {"code": -6055, "msg": "User is in liquidation process"}
    account.set(options_liquidating=False)
    ask(binance, "POST", "order", **order)


def test_an_index_of_the_futures_and_the_clock_settle_options(binance: Mock) -> None:
    """O-53, O-81, O-82"""
    price = binance.options.book(DAILY, 1).asks[0].price
    ask(binance, "POST", "order", symbol=DAILY, side="BUY", type="LIMIT", quantity="0.5", price=price)
    with binance.fork() as world:
        world.usdm.set_mark_price("BTCUSDT", "84000", index="84000")
        world.clock.freeze(EXPIRY_MS)
        (record,) = ask(world, "GET", "exerciseRecord")
        assert (record["symbol"], record["exercisePrice"]) == (DAILY, "84000.00000000")
        assert record["amount"] == "2000.00000000"
    assert ask(binance, "GET", "exerciseRecord") == []
