"""Server and symbols: ping, time, exchangeInfo, executionRules."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.venues import errors
from binance_mock.venues.endpoint import Endpoint, Json, endpoint
from binance_mock.venues.spot.kinds import Bool, Permissions, SymbolList, SymbolName, SymbolStatus
from binance_mock.venues.spot.selection import chosen
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.venues.spot.venue import SpotCall
from binance_mock.venues.weights import PerSymbol

_SHOWN_BY_DEFAULT: Final = frozenset({"SPOT", "MARGIN", "LEVERAGED"})


@endpoint("GET", "/api/v3/ping", group="general", weight=1)
def ping(call: SpotCall) -> Json:
    """Test that the server answers."""
    return {}


@endpoint("GET", "/api/v3/time", group="general", weight=1)
def time(call: SpotCall) -> Json:
    """The server's clock."""
    return {"serverTime": call.now // call.per_unit}


@endpoint("GET", "/api/v3/exchangeInfo", group="general", weight=20)
def exchange_info(
    call: SpotCall,
    symbol: SymbolName | None = None,
    symbols: SymbolList | None = None,
    permissions: Permissions | None = None,
    showPermissionSets: Bool = True,
    symbolStatus: SymbolStatus | None = None,
) -> Json:
    """Symbols with their filters, and the request limits."""
    venue = call.venue
    if sum(value is not None for value in (symbol, symbols, permissions)) > 1:
        raise errors.bad_combination()
    if symbolStatus is not None and (symbol is not None or symbols is not None):
        raise errors.bad_combination()
    if symbol is not None or symbols is not None:
        infos = [venue.info(name) for name in symbols or [symbol or ""]]
    else:
        wanted = _SHOWN_BY_DEFAULT if permissions is None else frozenset(permissions)
        infos = [info for info in venue.symbols.values() if _carries(info, wanted)]
    if symbolStatus is not None:
        infos = [info for info in infos if venue.status(info.name) == symbolStatus]
    return {
        "timezone": "UTC",
        "serverTime": call.now // call.per_unit,
        "rateLimits": call.limits.rules(),
        "exchangeFilters": [],
        "symbols": [info.describe(venue.status(info.name), permission_sets=showPermissionSets) for info in infos],
    }


@endpoint("GET", "/api/v3/executionRules", group="general", weight=PerSymbol(2, 40, none=40))
def execution_rules(
    call: SpotCall,
    symbol: SymbolName | None = None,
    symbols: SymbolList | None = None,
    symbolStatus: SymbolStatus | None = None,
) -> Json:
    """Execution rules of symbols; no symbol of the mock has any."""
    if sum(value is not None for value in (symbol, symbols, symbolStatus)) > 1:
        raise errors.bad_combination()
    infos = chosen(call, symbol, symbols, symbolStatus)
    rules: list[dict[str, Any]] = [{"symbol": info.name, "rules": []} for info in infos]
    return {"symbolRules": rules}


def _carries(info: SymbolInfo, wanted: frozenset[str]) -> bool:
    """Whether a symbol has one of the permissions (rule S-176)."""
    return any(not wanted.isdisjoint(group) for group in info.permission_sets)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (ping, time, exchange_info, execution_rules)
