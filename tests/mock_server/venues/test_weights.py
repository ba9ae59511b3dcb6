"""What a call weighs, worked out from the raw parameters before anything is validated (S-57, S-62)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.venues.spot.endpoints import ENDPOINTS
from binance_mock.venues.weights import ByLimit, ByParameter, BySymbols, PerSymbol, Weight

DEPTH = ByLimit((100, 5), (500, 25), (1000, 50), (5000, 250), default=5)
DAY = BySymbols(one=2, many=((20, 2), (100, 40), (10**9, 80)), none=80)


@pytest.mark.parametrize(
    ("limit", "weight"),
    [
        (None, 5), ("", 5), ("1", 5), ("100", 5), ("101", 25), ("500", 25), ("501", 50), ("1000", 50), ("1001", 250),
        ("5000", 250), ("5001", 250), ("9" * 20, 250), ("9" * 21, 5), ("-1", 5), ("1e3", 5), ("many", 5), ("²", 5),
    ],
)  # fmt: skip
def test_by_the_page_asked_for(limit: str | None, weight: int) -> None:
    assert DEPTH.of({} if limit is None else {"limit": limit}) == weight


@pytest.mark.parametrize(("count", "weight"), [(1, 2), (20, 2), (21, 40), (100, 40), (101, 80), (500, 80)])
def test_by_the_number_of_symbols(count: int, weight: int) -> None:
    symbols = "[" + ",".join(['"BTCUSDT"'] * count) + "]"
    assert DAY.of({"symbols": symbols}) == weight
    assert DAY.of({"symbols": symbols, "symbol": "BTCUSDT"}) == weight
    assert PerSymbol(4, 200).of({"symbols": symbols}) == min(200, 4 * count)


def test_by_one_symbol_or_none() -> None:
    assert DAY.of({"symbol": "BTCUSDT"}) == 2
    assert DAY.of({}) == 80
    assert PerSymbol(2, 40, none=40).of({}) == 40
    assert PerSymbol(4, 200).of({}) == 4


def test_by_a_parameter_or_its_value() -> None:
    by_name = ByParameter("orderId", given=5, otherwise=20)
    assert [by_name.of({}), by_name.of({"orderId": ""}), by_name.of({"orderId": "x"})] == [20, 5, 5]
    by_value = ByParameter("computeCommissionRates", given=20, otherwise=1, value="true")
    assert [by_value.of({"computeCommissionRates": text}) for text in ("true", "false", "TRUE", "")] == [20, 1, 1, 1]


def test_rows_for_the_catalogue() -> None:
    assert Weight(4).rules() == []
    assert Weight(1, on_success=0).rules() == [("request succeeds", "0"), ("request fails", "1")]
    assert DEPTH.rules()[1] == ("limit 101..500", "25")
    assert DAY.rules()[0] == ("symbol", "2")
    assert DAY.rules()[-1] == ("neither", "80")
    assert PerSymbol(2, 40, none=40).rules() == [("per symbol", "2, at most 40"), ("neither", "40")]
    assert ByParameter("symbol", given=6, otherwise=80).rules() == [("symbol", "6"), ("otherwise", "80")]
    assert ByParameter("a", given=2, otherwise=1, value="true").rules()[0] == ("a=true", "2")


@given(
    sent=st.dictionaries(
        st.sampled_from(("limit", "symbol", "symbols", "orderId", "preventedMatchId", "computeCommissionRates")),
        st.text(),
    )
)
def test_any_text_has_a_weight(sent: dict[str, str]) -> None:
    for item in ENDPOINTS:
        assert 1 <= item.weight.of(sent) <= 250
