"""What is fixed about a symbol, and how exchangeInfo shows it (S-11, S-166)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import BLUEPRINT, SpotClient, frozen_world, units

from binance_fixtures.markets import spot_markets
from binance_mock.engine.orders import OrderType, StpMode
from binance_mock.engine.units import SCALE
from binance_mock.venues.spot.symbols import read_symbols

ROWS = {row["symbol"]: row for row in spot_markets()["symbols"]}


@pytest.mark.parametrize("name", ROWS)
def test_numbers_are_those_of_the_source(name: str) -> None:
    """S-163: exact, scaled by 10^8."""
    info, row = BLUEPRINT.symbols[name], ROWS[name]
    pairs = {
        "minPrice": info.min_price, "maxPrice": info.max_price, "tickSize": info.tick, "maxQty": info.max_qty,
        "minQty": info.min_qty, "stepSize": info.step, "minNotional": info.min_notional,
        "maxNotional": info.max_notional, "marketMaxQty": info.market_max_qty,
    }  # fmt: skip
    for key, value in pairs.items():
        text = row[key]
        whole, _, decimals = text.partition(".")
        assert value == int(whole) * SCALE + int(decimals.ljust(8, "0")), key
    assert info.reference_price % info.tick == 0
    assert info.min_price <= info.reference_price <= info.max_price
    assert repr(info) == f"SymbolInfo({name})"


@pytest.mark.parametrize("name", ROWS)
def test_filters_are_shown_as_text_and_numbers(name: str) -> None:
    """S-166: decimals are text; counts, deltas and minutes are integers."""
    shown = SpotClient(frozen_world()).public("exchangeInfo", symbol=name).ok()["symbols"][0]
    for row in shown["filters"]:
        for key, value in row.items():
            if isinstance(value, bool):
                assert key.startswith("apply")
            elif isinstance(value, int):
                assert key == "limit" or key.startswith("maxNum") or "Delta" in key or key == "avgPriceMins"
            else:
                assert isinstance(value, str)
    kinds = [row["filterType"] for row in shown["filters"]]
    assert kinds == spot_markets()["filter_order"]


def test_my_filters_are_those_of_the_symbol() -> None:
    """S-167."""
    client = SpotClient(frozen_world())
    listed = client.public("exchangeInfo", symbol="BTCUSDT").ok()["symbols"][0]["filters"]
    assert client.get("myFilters", symbol="BTCUSDT").ok() == {
        "exchangeFilters": [], "symbolFilters": listed, "assetFilters": [],
    }  # fmt: skip


def test_the_row_of_a_symbol() -> None:
    row = BLUEPRINT.symbols["SHIBUSDT"].describe("TRADING")
    assert (row["baseAsset"], row["quoteAsset"], row["status"]) == ("SHIB", "USDT", "TRADING")
    assert (row["baseAssetPrecision"], row["baseCommissionPrecision"]) == (2, 2)
    assert (row["quotePrecision"], row["quoteAssetPrecision"], row["quoteCommissionPrecision"]) == (8, 8, 8)
    assert set(row["orderTypes"]) == {str(type) for type in OrderType}
    assert row["defaultSelfTradePreventionMode"] == "EXPIRE_MAKER"
    assert set(row["allowedSelfTradePreventionModes"]) == {str(mode) for mode in StpMode}


def test_a_symbol_promises_only_what_is_served() -> None:
    """Lists, amendments and pegs are not; a client that looks it up will not try them."""
    for row in SpotClient(frozen_world()).public("exchangeInfo").ok()["symbols"]:
        unserved = ("ocoAllowed", "otoAllowed", "opoAllowed", "amendAllowed", "pegInstructionsAllowed")
        assert not any(row[flag] for flag in unserved)
        served = ("icebergAllowed", "quoteOrderQtyMarketAllowed", "allowTrailingStop", "cancelReplaceAllowed")
        assert all(row[flag] for flag in served)


def test_symbols_keep_the_order_of_their_source() -> None:
    data: dict[str, Any] = spot_markets()
    assert list(read_symbols(data)) == [row["symbol"] for row in data["symbols"]]


def test_commission_precision_is_that_of_the_asset() -> None:
    """S-115: a sale of SHIB pays in USDT, a purchase in hundredths of SHIB."""
    client = SpotClient(frozen_world())
    order = {"symbol": "SHIBUSDT", "side": "BUY", "type": "MARKET", "quantity": "1111111"}
    (fill,) = client.post("order", **order).ok()["fills"]
    assert fill["commission"] == "1111.11000000"
    assert units(fill["commission"]) == units("1111111.00000000") // 1000 // 10**6 * 10**6
