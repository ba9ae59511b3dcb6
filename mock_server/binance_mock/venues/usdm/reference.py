"""What is known about contracts beside their trading: indexes, funds, risks, hours."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import MINUTE
from binance_mock.engine.units import SCALE
from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.usdm.collateral import BUFFER, rates
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import SymbolName
from binance_mock.venues.usdm.liquidation import fund_balance
from binance_mock.venues.usdm.render import decimal, ms
from binance_mock.venues.usdm.selection import chosen
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter

_EXCHANGE_BUFFER: Final = SCALE // 20
_RISK_PACE: Final = 30 * MINUTE


@endpoint("GET", "/fapi/v1/indexInfo", group="market", weight=1)
def index_info(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """What composite indexes are made of; the mock lists none, so no symbol is one."""
    if symbol is not None:
        raise errors.unknown_symbol()
    return []


@endpoint("GET", "/fapi/v1/assetIndex", group="market", weight=ByParameter("symbol", given=1, otherwise=10))
def asset_index(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """What the assets of multi-assets mode are worth in dollars (rule U-120)."""
    rows = {f"{asset}USD": _asset_row(call, asset) for asset in _collateral(call)}
    if symbol is None:
        return list(rows.values())
    if symbol not in rows:
        raise errors.unknown_symbol()
    return rows[symbol]


@endpoint("GET", "/fapi/v1/constituents", group="market", weight=2)
def constituents(call: UsdmCall, symbol: SymbolName) -> Json:
    """What a contract's index is made of: this exchange alone."""
    info = call.venue.info(symbol)
    index = decimal(call.venue.index_price(symbol))
    return {
        "symbol": symbol,
        "time": ms(call.now),
        "constituents": [{"exchange": "binance", "symbol": info.pair, "price": index, "weight": decimal(SCALE)}],
    }


@endpoint("GET", "/fapi/v1/insuranceBalance", group="market", weight=1)
def insurance_balance(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """The insurance funds, one for each margin asset, which begin with nothing."""
    groups: dict[str, list[str]] = {}
    for info in call.venue.symbols.values():
        groups.setdefault(info.margin_asset, []).append(info.name)
    rows = {asset: _fund(call, asset, names) for asset, names in groups.items()}
    return list(rows.values()) if symbol is None else rows[call.venue.info(symbol).margin_asset]


@endpoint("GET", "/fapi/v1/symbolAdlRisk", group="market", weight=1)
def symbol_adl_risk(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """How likely positions are closed to save others, as of the last half hour: only while the fund is in debt."""
    rows = [_risk(call, info) for info in chosen(call, symbol)]
    return rows[0] if symbol is not None else rows


@endpoint("GET", "/fapi/v1/tradingSchedule", group="market", weight=5)
def trading_schedule(call: UsdmCall) -> Json:
    """Hours of markets that close; the mock lists no contract on one, so there are no sessions."""
    return {
        "updateTime": ms(call.now),
        "marketSchedules": {"EQUITY": {"sessions": []}, "COMMODITY": {"sessions": []}},
    }


def _collateral(call: UsdmCall) -> list[str]:
    return [row["asset"] for row in call.venue.assets if row["marginAvailable"]]


def _asset_row(call: UsdmCall, asset: str) -> dict[str, Any]:
    """The index of an asset; one without a contract of its own is a dollar."""
    contract = f"{asset}USDT"
    coin = contract in call.venue.symbols
    index = call.venue.index_price(contract) if coin else SCALE
    found = rates(call.venue, asset)
    buffer, exchange_buffer = (BUFFER, _EXCHANGE_BUFFER) if coin else (0, 0)
    return {
        "symbol": f"{asset}USD",
        "time": ms(call.now),
        "index": decimal(index),
        "bidBuffer": decimal(buffer),
        "askBuffer": decimal(buffer),
        "bidRate": decimal(found.bid),
        "askRate": decimal(found.ask),
        "autoExchangeBidBuffer": decimal(exchange_buffer),
        "autoExchangeAskBuffer": decimal(exchange_buffer),
        "autoExchangeBidRate": decimal(index * (SCALE - exchange_buffer) // SCALE),
        "autoExchangeAskRate": decimal(index * (SCALE + exchange_buffer) // SCALE),
    }


def _fund(call: UsdmCall, asset: str, symbols: list[str]) -> dict[str, Any]:
    return {
        "symbols": symbols,
        "assets": [
            {"asset": asset, "marginBalance": decimal(fund_balance(call.venue, asset)), "updateTime": ms(call.now)}
        ],
    }


def _risk(call: UsdmCall, info: ContractInfo) -> dict[str, Any]:
    risk = "low" if fund_balance(call.venue, info.margin_asset) >= 0 else "high"
    return {"symbol": info.name, "adlRisk": risk, "updateTime": ms(call.now - call.now % _RISK_PACE)}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    index_info,
    asset_index,
    constituents,
    insurance_balance,
    symbol_adl_risk,
    trading_schedule,
)
