"""Mark prices, Greeks, volatilities and the standing book: O-47, O-50 to O-55."""

from __future__ import annotations

from math import erf, exp, log, pi, sqrt
from typing import Any

import pytest
from tests.mock_server.venues.options.options_client import (
    BTC,
    CALL,
    DAILY,
    EXPIRY_MS,
    HOUR_MS,
    MS,
    PUT,
    OptionsClient,
    amount,
    client,
)

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.surface import Surface

YEAR_MS = 365 * 24 * HOUR_MS
CENT = 1_000_000


def black_scholes(call: bool, index: float, strike: float, years: float, sigma: float) -> dict[str, float]:
    """The formula as textbooks print it, without interest."""
    width = sigma * sqrt(years)
    d1 = (log(index / strike) + width * width / 2) / width
    d2 = d1 - width

    def below(x: float) -> float:
        return (1 + erf(x / sqrt(2))) / 2

    density = exp(-d1 * d1 / 2) / sqrt(2 * pi)
    value = index * below(d1) - strike * below(d2)
    return {
        "markPrice": value if call else value - index + strike,
        "delta": below(d1) if call else below(d1) - 1,
        "gamma": density / (index * width),
        "theta": -index * density * sigma / (2 * sqrt(years)) / 365,
        "vega": index * density * sqrt(years) / 100,
    }


@pytest.mark.parametrize("name", [CALL, PUT, "BTC-231124-90000-C", "BTC-240628-60000-P", "DOGE-231124-0.2-C"])
def test_the_mark_is_black_scholes_at_the_volatility_that_is_shown(name: str) -> None:
    """O-50: theta by the day, vega by the point, 365 days, no interest."""
    options = OptionsClient()
    row, listed = options.mark(name), options.listed()[name]
    index = float(options.public("index", underlying=listed["underlying"]).ok()["indexPrice"])
    years = (listed["expiryDate"] - options.now / 1000) / YEAR_MS
    wanted = black_scholes(listed["side"] == "CALL", index, float(listed["strikePrice"]), years, float(row["markIV"]))
    digits = {"markPrice": 10 ** -listed["priceScale"]}
    for field, value in wanted.items():
        assert float(row[field]) == pytest.approx(value, rel=1e-6, abs=digits.get(field, 1e-8)), field
    assert row["riskFreeInterest"] == "0.0"


def test_the_limits_are_a_fifth_away_from_the_mark() -> None:
    """O-47"""
    row = OptionsClient().mark()
    mark = amount(row["markPrice"])
    assert amount(row["highPriceLimit"]) == pytest.approx(mark * 12 // 10, abs=CENT)
    assert amount(row["lowPriceLimit"]) == pytest.approx(mark * 8 // 10, abs=CENT)


def test_bid_and_ask_surround_the_volatility_of_the_mark() -> None:
    """O-51"""
    row = OptionsClient().mark()
    assert 0 < amount(row["bidIV"]) < amount(row["markIV"]) < amount(row["askIV"])


def test_an_empty_book_has_no_volatility() -> None:
    """O-52: -1.0 for the volatility of a side, 0.000 for its price."""
    options = client(levels=0)
    row, ticker = options.mark(), options.ticker()
    assert (row["bidIV"], row["askIV"]) == ("-1.0", "-1.0")
    assert (ticker["bidPrice"], ticker["askPrice"]) == ("0.000", "0.000")
    assert amount(row["markPrice"]) > 0
    assert options.public("depth", symbol=CALL).ok()["bids"] == []


def test_somebodys_best_bid_pulls_the_mark_but_only_so_far() -> None:
    """O-51: each side is brought within floor and cap first."""
    options = client(levels=0)
    before = amount(options.mark()["markIV"])
    price = amount(options.mark()["markPrice"])
    ask = (price + 100 * SCALE) // (5 * SCALE) * 5 * SCALE
    options.order(Side.SELL, SCALE, ask)
    options.order(Side.BUY, SCALE, ask - 5 * SCALE)
    after = amount(options.mark()["markIV"])
    assert before < after <= before * 11 // 10 + 1


def test_the_index_is_that_of_the_perpetual() -> None:
    """O-53"""
    options = OptionsClient()
    futures = options.world.usdm
    assert futures is not None
    assert options.public("index", underlying=BTC).ok() == {"time": MS, "indexPrice": "79970.00000000"}
    call, put = amount(options.mark()["markPrice"]), amount(options.mark(PUT)["markPrice"])
    options.move_index(82_000)
    assert options.public("index", underlying=BTC).ok()["indexPrice"] == "82000.00000000"
    assert amount(options.mark()["markPrice"]) > call
    assert amount(options.mark(PUT)["markPrice"]) < put
    futures.set_marks(BTC, options.now, index=83_000 * SCALE)
    assert options.public("index", underlying=BTC).ok()["indexPrice"] == "83000.00000000"


def test_the_standing_book_follows_the_index() -> None:
    options = OptionsClient()
    before = options.public("depth", symbol=CALL).ok()
    options.move_index(82_000)
    after = options.public("depth", symbol=CALL).ok()
    assert amount(after["bids"][0][0]) > amount(before["asks"][0][0])
    mark = amount(options.mark()["markPrice"])
    assert amount(after["bids"][0][0]) < mark < amount(after["asks"][0][0])
    assert len(after["bids"]) == len(before["bids"])


def test_it_stays_where_it_is_while_nothing_moves() -> None:
    options = OptionsClient()
    first = options.public("depth", symbol=CALL).ok()
    options.fill(Side.BUY, 10_000_000)
    second = options.public("depth", symbol=CALL).ok()
    assert second["asks"][1:] == first["asks"][1:]
    assert amount(first["asks"][0][1]) - amount(second["asks"][0][1]) == 10_000_000


def test_a_move_of_the_index_fills_who_waits_for_it() -> None:
    """Whatever call comes next: the order need not be asked for."""
    options = OptionsClient()
    price = amount(options.public("depth", symbol=CALL).ok()["bids"][0][0]) - 100 * SCALE
    order = options.order(Side.BUY, 10_000_000, price)
    assert order.open
    options.move_index(79_000)
    options.public("ping").ok()
    assert not order.open
    assert options.own.held(CALL) == 10_000_000


def test_the_last_half_hour_reckons_with_the_mean() -> None:
    """O-53, O-55: 29 minutes at 80000 and one at 90000 come to 80333."""
    options = OptionsClient()
    options.move_index(80_000)
    options.wait_until(EXPIRY_MS - 30 * 60_000 - 1)
    options.move_index(80_000)
    assert options.ticker(DAILY)["exercisePrice"] == "80000.00000000"
    options.wait_until(EXPIRY_MS - 60_000)
    options.move_index(90_000)
    options.wait_until(EXPIRY_MS - 1)
    mean = (80_000 * 29 + 90_000) / 30
    assert float(options.ticker(DAILY)["exercisePrice"]) == pytest.approx(mean, abs=6)
    assert float(options.mark(DAILY)["markPrice"]) == pytest.approx(mean - 80_000, abs=6)
    assert float(options.mark("BTC-231116-80000-C")["markPrice"]) > 9_900, "one that has a day to go"


def test_a_surface_can_be_set() -> None:
    options = OptionsClient()
    before = amount(options.mark()["markPrice"])
    options.venue.set_surface(BTC, Surface.flat(SCALE), options.now)
    assert options.mark()["markIV"] == options.mark("BTC-231124-90000-C")["markIV"] == "1.00000000"
    assert amount(options.mark()["markPrice"]) > before
    assert OptionsClient().mark()["markIV"] != "1.00000000"


def test_a_price_that_was_set_stays_until_the_market_is_followed_again() -> None:
    options = OptionsClient()
    before: dict[str, Any] = options.public("depth", symbol=CALL).ok()
    mark = options.mark()["markPrice"]
    venue = options.venue
    venue.price_moved(CALL, 500 * SCALE, options.now)
    venue.pins.set(CALL, 777 * SCALE)
    options.move_index(80_500)
    assert options.mark()["markPrice"] == "777.000"
    assert venue.middle(venue.info(CALL), options.now) == 500 * SCALE
    options.move_index(79_970)
    venue.follow_market(CALL, options.now)
    assert options.mark()["markPrice"] == mark
    after = options.public("depth", symbol=CALL).ok()
    assert (after["bids"], after["asks"]) == (before["bids"], before["asks"])


def test_a_mark_price_is_above_zero() -> None:
    with pytest.raises(ValueError, match="above zero"):
        OptionsClient().venue.pins.set(CALL, 0)
