"""The futures market in the hands of a test, here and over HTTP."""

from __future__ import annotations

import requests

from binance_mock import Mock


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
    binance.usdm.set_mark_price("BTCUSDT", "64000", index="64100")
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
