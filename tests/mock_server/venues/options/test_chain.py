"""Names, strikes, and what is fixed about a contract."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_fixtures.markets import options_markets
from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read
from binance_mock.venues.options.calendar import Expiry, Series, time_of
from binance_mock.venues.options.chain import (
    BLOCK,
    FAR,
    NEAR,
    SPREAD,
    NameParts,
    OptionInfo,
    Underlying,
    name_of,
    nice,
    plain,
    read_name,
    read_underlyings,
    strikes,
)
from binance_mock.venues.options.margin import Ratios
from binance_mock.venues.options.pricing import CALL, PUT, OptionSide

UNDERLYINGS = read_underlyings(options_markets())
BTC = UNDERLYINGS["BTCUSDT"]
EXPIRY = Expiry(1_798_185_600_000_000, 1_766_649_600_000_000, Series.QUARTERLY)  # 261225
CONTRACT = OptionInfo(BTC, EXPIRY, 126_000 * SCALE, CALL)

steps = st.sampled_from([read(text) for text in ("0.002", "0.05", "1", "25", "500", "5000")])
places = st.integers(1, 60 * 100)
"""Where the index is, in hundredths of a step."""


# -- O-42: names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "base", "code", "strike", "side"),
    [
        ("BTC-210129-40000-C", "BTC", "210129", "40000", CALL),
        ("XRP-230331-0.365-P", "XRP", "230331", "0.365", PUT),
    ],
)
def test_the_names_of_the_pages(name: str, base: str, code: str, strike: str, side: OptionSide) -> None:
    """O-42."""
    expiry = time_of(code)
    assert expiry is not None
    assert name_of(base, expiry, read(strike), side) == name
    assert read_name(name) == NameParts(base, expiry, read(strike), side)
    assert read_name(name.lower()) == read_name(name)


@given(st.integers(1, 10**16), st.integers(15_000, 30_000), st.sampled_from(OptionSide))
def test_names_go_there_and_back(strike: int, day: int, side: OptionSide) -> None:
    expiry = time_of("261225")
    assert expiry is not None
    assert read_name(name_of("BTC", expiry, strike, side)) == NameParts("BTC", expiry, strike, side)


@given(st.integers(1, 10**16))
def test_strikes_are_written_without_needless_zeros(strike: int) -> None:
    assert plain(strike) == format(Decimal(strike).scaleb(-8).normalize(), "f")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "BTCUSDT",
        "BTC-261225-126000",
        "BTC-261225-126000-X",
        "BTC-261225-126000-C-P",
        "BTC-261325-126000-C",
        "BTC-261225-0-C",
        "BTC-261225-126000.0-C",
        "BTC-261225-0126000-C",
        "BTC-261225-1e5-C",
        "BTC-261225--5-C",
        "-261225-126000-C",
    ],
)
def test_what_is_no_name(name: str) -> None:
    assert read_name(name) is None


# -- the fixture ----------------------------------------------------------------------------------------------------


def test_the_underlyings_and_their_units() -> None:
    """O-45."""
    assert {name: row.unit for name, row in UNDERLYINGS.items()} == {
        "BTCUSDT": 1, "ETHUSDT": 1, "BNBUSDT": 1, "SOLUSDT": 1, "XRPUSDT": 100, "DOGEUSDT": 1000,
    }  # fmt: skip
    assert BTC.describe() == {
        "baseAsset": "BTC", "quoteAsset": "USDT", "underlying": "BTCUSDT", "settleAsset": "USDT",
    }  # fmt: skip


def test_the_ratios() -> None:
    """O-48."""
    assert BTC.ratios == Ratios(
        initial=read("0.15"), min_initial=read("0.1"), maintenance=read("0.075"), min_maintenance=read("0.05")
    )
    assert BTC.liquidation_fee == read("0.0019")


@pytest.mark.parametrize("underlying", UNDERLYINGS.values(), ids=str)
def test_the_data_agree_with_each_other(underlying: Underlying) -> None:
    assert underlying.tick % 10 ** (8 - underlying.price_digits) == 0
    assert underlying.step % 10 ** (8 - underlying.qty_digits) == 0
    assert (underlying.max_qty - underlying.min_qty) % underlying.step == 0
    assert underlying.min_qty % underlying.step == 0
    found = list(underlying.strike_steps.values())
    assert found == sorted(found)
    assert list(underlying.strike_steps) == list(Series)[: len(found)]
    assert underlying.row["strike_steps"].keys() == underlying.calendar.ahead.keys()


# -- strikes --------------------------------------------------------------------------------------------------------


def test_the_strikes_of_a_daily_expiry() -> None:
    found = strikes(500 * SCALE, 79_970 * SCALE)
    assert [strike // SCALE for strike in found] == [
        67_500, 70_000, 72_500, 75_000,
        *range(76_000, 84_500, 500),
        85_000, 87_500, 90_000, 92_500,
    ]  # fmt: skip


def test_the_number_of_contracts_is_about_that_of_the_live_exchange() -> None:
    """752 of BTC and 600 of ETH were listed in 2026-09."""
    for name in ("BTCUSDT", "ETHUSDT"):
        row = UNDERLYINGS[name]
        listed = row.calendar.listed(1_790_000_000_000_000)
        steps_of = [row.strike_step(expiry.series, row.reference_price) for expiry in listed]
        assert 500 <= 2 * sum(len(strikes(step, row.reference_price)) for step in steps_of) <= 800


@given(steps, places)
def test_strikes_stand_around_the_index(step: int, place: int) -> None:
    index = max(1, step * place // 100)
    found = strikes(step, index)
    middle = round(place / 100)

    assert list(found) == sorted(set(found))
    assert all(strike > 0 and strike % step == 0 for strike in found)
    near = [strike for strike in found if abs(strike // step - middle) <= NEAR - 1]
    assert near == [number * step for number in range(max(1, middle - NEAR + 1), middle + NEAR)]
    above = [strike // step for strike in found if strike // step > middle + NEAR + 1]
    assert all(number % SPREAD == 0 for number in above)
    assert FAR - 1 <= len(above) <= FAR


@given(steps, places, st.lists(places, max_size=6))
def test_strikes_are_only_ever_added(step: int, place: int, path: list[int]) -> None:
    index = max(1, step * place // 100)
    low = high = index
    before = set(strikes(step, index))
    for place_of in path:
        now = max(1, step * place_of // 100)
        low, high = min(low, now), max(high, now)
        after = set(strikes(step, index, low, high))
        assert before <= after
        before = after
        # The index never comes out of the dense part.
        around = now // step
        assert {number * step for number in range(max(1, around - 2), around + 4)} <= after


def test_far_strikes_stay_beyond_the_near_ones() -> None:
    """Listed at 100, then between 88 and 108: three blocks down, two up."""
    found = [strike // SCALE for strike in strikes(SCALE, 100 * SCALE, 88 * SCALE, 108 * SCALE)]
    assert found == [60, 65, 70, 75, *range(80, 117), 120, 125, 130, 135]


@given(steps, places)
def test_a_small_move_adds_nothing(step: int, place: int) -> None:
    index = BLOCK * step + step * place // 100
    assert strikes(step, index) == strikes(step, index, index - BLOCK * step + 1, index + BLOCK * step - 1)
    assert set(strikes(step, index)) < set(strikes(step, index, index, index + BLOCK * step))


def test_extremes_on_the_wrong_side_do_not_count() -> None:
    assert strikes(SCALE, 50 * SCALE, 60 * SCALE, 40 * SCALE) == strikes(SCALE, 50 * SCALE)


def test_longer_series_have_wider_steps_and_the_step_follows_the_price() -> None:
    daily, quarterly = Series.DAILY, Series.QUARTERLY
    assert BTC.strike_step(daily, BTC.reference_price) == 500 * SCALE
    assert BTC.strike_step(quarterly, BTC.reference_price) == 5000 * SCALE
    assert BTC.strike_step(daily, 2 * BTC.reference_price) == 500 * SCALE
    assert BTC.strike_step(daily, BTC.reference_price // 2) == 500 * SCALE
    assert BTC.strike_step(daily, BTC.reference_price // 10) == 50 * SCALE
    assert BTC.strike_step(daily, 5 * BTC.reference_price) == 2500 * SCALE


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, 1), (1, 1), (3, 2), (9, 5), (10, 10), (24, 20), (25, 25), (49, 25), (99, 50), (100, 100), (2499, 2000)],
)
def test_nice_numbers(number: int, expected: int) -> None:
    assert nice(number) == expected


# -- contracts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "low", "high"),
    [("991.39", "793.112", "1189.668"), ("770.5434", "616.435", "924.652")],
)
def test_limits_follow_the_mark(mark: str, low: str, high: str) -> None:
    """O-47: 0.8 and 1.2 times of it; 770.5434 is shown as 770.543."""
    assert CONTRACT.price_limits(read(mark)) == (read(low), read(high))


@given(st.integers(0, 100_000 * SCALE))
def test_the_price_filter_has_whole_ticks_around_the_limits(mark: int) -> None:
    """O-46, O-47: what counts from minPrice in ticks counts from 0 too."""
    low, high = CONTRACT.price_filter(mark)
    assert low % BTC.tick == high % BTC.tick == 0
    assert BTC.tick <= low <= max(BTC.tick, mark * 8 // 10)
    assert low > mark * 8 // 10 - BTC.tick
    assert max(BTC.tick, mark * 12 // 10) <= high <= mark * 12 // 10 + BTC.tick


def test_a_row_of_exchange_info() -> None:
    assert CONTRACT.describe(1000 * SCALE) == {
        "expiryDate": 1_798_185_600_000,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "800", "maxPrice": "1200", "tickSize": "5"},
            {"filterType": "LOT_SIZE", "minQty": "0.01", "maxQty": "100", "stepSize": "0.01"},
        ],
        "symbol": "BTC-261225-126000-C",
        "side": "CALL",
        "strikePrice": "126000",
        "underlying": "BTCUSDT",
        "unit": 1,
        "liquidationFeeRate": "0.0019",
        "minQty": "0.01",
        "maxQty": "100",
        "initialMargin": "0.15",
        "maintenanceMargin": "0.075",
        "minInitialMargin": "0.1",
        "minMaintenanceMargin": "0.05",
        "priceScale": 3,
        "quantityScale": 2,
        "quoteAsset": "USDT",
        "contractType": "CRYPTO_OPTIONS",
        "underlyingType": "CRYPTO",
        "nakedSell": True,
        "status": "TRADING",
    }


def test_a_contract_knows_its_expiry() -> None:
    """O-44."""
    assert (CONTRACT.expiry, CONTRACT.onboard, CONTRACT.series) == EXPIRY
    assert time_of("261225") == CONTRACT.expiry
    assert repr(CONTRACT) == "OptionInfo(BTC-261225-126000-C)"


def test_writing_may_be_forbidden() -> None:
    """O-49."""
    shut = Underlying(BTC.row, BTC.fees, naked_sell=False)
    assert OptionInfo(shut, EXPIRY, SCALE, PUT).describe(SCALE)["nakedSell"] is False
