"""Indexes, funds, risks, hours; and how numbers are printed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW
from tests.mock_server.venues.usdm.usdm_client import MINUTE_MS, MS, amount, client

from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.render import decimal, ratio


def test_no_symbol_is_a_composite_index() -> None:
    assert client().public("indexInfo").ok() == []
    assert client().public("indexInfo", symbol="BTCUSDT").refusal == (400, -1121)


def test_what_collateral_is_worth() -> None:
    """U-120."""
    one = client()
    one.venue.marks.set("BTCUSDT", index=100_000 * SCALE)
    btc = one.public("assetIndex", symbol="BTCUSD").ok()
    assert [btc[name] for name in ("index", "bidRate", "askRate", "autoExchangeBidRate", "autoExchangeAskRate")] == [
        "100000.00000000", "90000.00000000", "110000.00000000", "95000.00000000", "105000.00000000",
    ]  # fmt: skip
    dollar = one.public("assetIndex", symbol="USDTUSD").ok()
    assert dollar["index"] == dollar["bidRate"] == dollar["askRate"] == "1.00000000"
    rows = one.public("assetIndex").ok()
    assert btc in rows
    assert [row["symbol"] for row in rows] == [f"{row['asset']}USD" for row in one.venue.assets]
    assert one.public("assetIndex", symbol="BTCUSDT").refusal == (400, -1121)


def test_an_index_is_made_of_this_exchange_alone() -> None:
    one = client()
    row = one.public("constituents", symbol="BTCUSDT_261225").ok()
    assert row["constituents"] == [
        {"exchange": "binance", "symbol": "BTCUSDT", "price": "79970.00000000", "weight": "1.00000000"}
    ]


def test_each_margin_asset_has_its_fund() -> None:
    one = client()
    groups = one.public("insuranceBalance").ok()
    assert sorted(name for group in groups for name in group["symbols"]) == sorted(one.venue.symbols)
    for group in groups:
        (asset,) = (row["asset"] for row in group["assets"])
        assert all(one.venue.info(name).margin_asset == asset for name in group["symbols"])
        assert one.public("insuranceBalance", symbol=group["symbols"][-1]).ok() == group


def test_the_risk_is_refreshed_every_half_hour() -> None:
    one = client()
    half = 30 * MINUTE_MS
    row = {"symbol": "BTCUSDT", "adlRisk": "low", "updateTime": MS - MS % half}
    assert one.public("symbolAdlRisk", symbol="BTCUSDT").ok() == row
    one.world.clock.freeze(NOW + half * 1000)
    assert one.public("symbolAdlRisk", symbol="BTCUSDT").ok()["updateTime"] == row["updateTime"] + half
    assert len(one.public("symbolAdlRisk").ok()) == len(one.venue.symbols)


def test_no_market_closes() -> None:
    assert client().public("tradingSchedule").ok() == {
        "updateTime": MS, "marketSchedules": {"EQUITY": {"sessions": []}, "COMMODITY": {"sessions": []}},
    }  # fmt: skip


def test_nothing_was_delivered() -> None:
    assert client().public("/futures/data/delivery-price", pair="BTCUSDT").ok() == []


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        ("indexInfo", {}, 1),
        ("assetIndex", {}, 10),
        ("assetIndex", {"symbol": "BTCUSD"}, 1),
        ("constituents", {"symbol": "BTCUSDT"}, 2),
        ("insuranceBalance", {}, 1),
        ("symbolAdlRisk", {}, 1),
        ("tradingSchedule", {}, 5),
        ("/futures/data/delivery-price", {"pair": "BTCUSDT"}, 0),
        ("time", {}, 1),
        ("exchangeInfo", {}, 1),
    ],
)
def test_weights(path: str, params: dict[str, object], weight: int) -> None:
    assert client().weight(path, **params) == weight


@given(value=st.integers(-(10**18), 10**18), digits=st.integers(0, 8))
def test_decimals_are_cut_toward_zero(value: int, digits: int) -> None:
    text = decimal(value, digits)
    unit = 10 ** (8 - digits)
    assert amount(text) == abs(value) // unit * unit * (1 if value >= 0 else -1)
    assert len(text.partition(".")[2]) == digits
    assert not text.startswith("-") or amount(text)


@given(part=st.integers(-(10**18), 10**18), whole=st.integers(-(10**12), 10**12), digits=st.integers(0, 6))
def test_ratios_are_the_nearest(part: int, whole: int, digits: int) -> None:
    text = ratio(part, whole, digits)
    if whole:
        assert abs(Fraction(text) - Fraction(part, whole)) <= Fraction(1, 2 * 10**digits)
    else:
        assert Fraction(text) == 0
