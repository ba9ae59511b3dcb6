"""Which symbols a call is about: one, several, or all (rules S-54, S-172)."""

from __future__ import annotations

from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.venues.spot.venue import SpotCall


def chosen(
    call: SpotCall, symbol: str | None, symbols: list[str] | None, status: str | None = None
) -> list[SymbolInfo]:
    """The symbols asked for; all of them when neither `symbol` nor `symbols` was sent.

    Raises:
        Refusal: both were sent (-1128), one is not listed (-1121), or a single one has another status (-1220).
    """
    venue = call.venue
    if symbol is not None:
        if symbols is not None:
            raise errors.bad_combination()
        return [single(call, symbol, status)]
    infos = list(venue.symbols.values()) if symbols is None else [venue.info(name) for name in symbols]
    if status is not None:
        infos = [info for info in infos if venue.status(info.name) == status]
    return infos


def single(call: SpotCall, symbol: str, status: str | None = None) -> SymbolInfo:
    """The one symbol asked for.

    Raises:
        Refusal: it is not listed (-1121), or has another status (-1220).
    """
    info = call.venue.info(symbol)
    if status is not None and call.venue.status(symbol) != status:
        raise Refusal(-1220, "The symbol's status does not match the requested symbolStatus.")
    return info
