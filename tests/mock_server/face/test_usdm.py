"""The futures market in the hands of a test, here and over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError

from .trading import signed


def premium(binance: Mock) -> tuple[str, str]:
    row = requests.get(f"{binance.url}/fapi/v1/premiumIndex?symbol=BTCUSDT", timeout=10).json()
    return row["markPrice"], row["indexPrice"]


def test_the_price_moves_the_book_and_spot_stays(binance: Mock) -> None:
    spot = binance.spot.market("BTCUSDT")
    binance.usdm.set_price("BTCUSDT", "65000")
    row = binance.usdm.market("BTCUSDT")
    assert (row["last_price"], row["mark_price"], row["index_price"]) == ("65000.00000000",) * 3
    book = binance.usdm.book("BTCUSDT", 1)
    assert float(book.bids[0].price) < 65_000 < float(book.asks[0].price)
    assert binance.spot.market("BTCUSDT") == spot


def test_the_mark_stands_where_it_is_set_until_it_follows_again(binance: Mock) -> None:
    binance.usdm.set_price("BTCUSDT", "65000")
    binance.usdm.set_mark_price("BTCUSDT", "64000", index="64000")
    binance.usdm.set_index_price("BTCUSDT", "64100")
    binance.usdm.set_price("BTCUSDT", "66000")
    assert [float(price) for price in premium(binance)] == [64_000, 64_100]
    assert binance.usdm.market("BTCUSDT")["last_price"] == "66000.00000000"
    binance.usdm.follow_market("BTCUSDT")
    assert [float(price) for price in premium(binance)] == [66_000, 66_000]


def test_a_copy_has_marks_of_its_own(binance: Mock) -> None:
    binance.usdm.set_mark_price("BTCUSDT", "64000")
    with binance.fork() as world:
        assert world.usdm.market("BTCUSDT")["mark_price"] == "64000.00000000"
        world.usdm.set_mark_price("BTCUSDT", "1")
        assert binance.usdm.market("BTCUSDT")["mark_price"] == "64000.00000000"


def signed_get(binance: Mock, path: str, **params: str) -> Any:
    """The answer to a signed GET."""
    response = signed(binance, "GET", path, **params)
    assert response.status_code == 200, response.text
    return response.json()


def position(binance: Mock) -> list[tuple[str, str]]:
    """Side and amount of what the default account holds, as the API says."""
    rows = signed_get(binance, "/fapi/v3/positionRisk", symbol="BTCUSDT")
    return [(row["positionSide"], row["positionAmt"]) for row in rows]


def test_a_position_is_given_and_liquidated_by_its_mark(binance: Mock) -> None:
    """U-124: once the mark price has passed the liquidation price."""
    row = binance.usdm.set_position(
        "BTCUSDT", "-1.5", "80000", leverage=10, margin_type="ISOLATED", isolated_wallet="15000"
    )
    assert (row["qty"], row["entry_price"], row["isolated_wallet"]) == (
        "-1.50000000", "80000.00000000", "15000.00000000",
    )  # fmt: skip
    assert position(binance) == [("BOTH", "-1.500")]
    binance.usdm.set_mark_price("BTCUSDT", "89000")
    assert position(binance) == [("BOTH", "-1.500")]
    binance.usdm.set_mark_price("BTCUSDT", "90000")
    assert position(binance) == []
    (order,) = signed_get(binance, "/fapi/v1/forceOrders")
    assert (order["side"], order["status"]) == ("BUY", "FILLED")


def test_a_position_is_liquidated_when_it_is_wanted(binance: Mock) -> None:
    binance.usdm.set_position("BTCUSDT", "1", "80000")
    (order,) = binance.usdm.liquidate("BTCUSDT")
    assert (order["side"], order["qty"]) == ("SELL", "1.00000000")
    assert position(binance) == []
    with pytest.raises(MockError, match="no such position"):
        binance.usdm.liquidate("BTCUSDT", side="BOTH")
    with pytest.raises(MockError, match="there is no account 'bob'"):
        binance.usdm.set_position("BTCUSDT", "1", "80000", account="bob")


def test_a_funding_rate_stands_until_it_follows(binance: Mock) -> None:
    """U-108."""
    binance.usdm.set_funding_rate("BTCUSDT", "-0.00025")
    assert binance.usdm.market("BTCUSDT")["funding_rate"] == "-0.00025000"
    binance.usdm.set_funding_rate("BTCUSDT", None)
    assert binance.usdm.market("BTCUSDT")["funding_rate"] == "follow"
