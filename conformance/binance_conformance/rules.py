"""The rules of a symbol as numbers: what `strategies` need to know to draw prices, quantities and orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from binance_conformance.operations import Side, Venue

_HUGE = Decimal(10**9)


class SymbolRules(NamedTuple):
    """What the exchange allows for a symbol.

    Attributes:
        venue: where.
        symbol: it.
        order_types: Binance's names of the types it takes.
        tick_size: distance of two prices.
        min_price: the lowest price.
        max_price: the highest price.
        step_size: distance of two quantities.
        min_qty: the smallest quantity.
        max_qty: the largest quantity.
        min_notional: the smallest price times quantity, 0 where there is none.
        bid_band: how far a bid may be below and above the market, as factors.
        ask_band: the same of an ask.
    """

    venue: Venue
    symbol: str
    order_types: tuple[str, ...]
    tick_size: Decimal
    min_price: Decimal
    max_price: Decimal
    step_size: Decimal
    min_qty: Decimal
    max_qty: Decimal
    min_notional: Decimal = Decimal(0)
    bid_band: tuple[Decimal, Decimal] = (Decimal(0), _HUGE)
    ask_band: tuple[Decimal, Decimal] = (Decimal(0), _HUGE)

    def band(self, side: Side, market: Decimal) -> tuple[Decimal, Decimal]:
        """The lowest and the highest price of an order, with the market where it is."""
        down, up = self.bid_band if side == "BUY" else self.ask_band
        return max(self.min_price, market * down), min(self.max_price, market * up)


def read_rules(venue: Venue, row: Mapping[str, Any]) -> SymbolRules:
    """The rules in a row of `symbols` (of `optionSymbols` for options) of an answer of exchangeInfo."""
    filters = {each["filterType"]: each for each in row["filters"]}
    price, lot = filters["PRICE_FILTER"], filters["LOT_SIZE"]
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL") or {}
    bid, ask = _bands(filters)
    return SymbolRules(
        venue=venue,
        symbol=row["symbol"],
        order_types=tuple(row.get("orderTypes", ("LIMIT",))),
        tick_size=Decimal(price["tickSize"]),
        min_price=Decimal(price["minPrice"]),
        max_price=Decimal(price["maxPrice"]),
        step_size=Decimal(lot["stepSize"]),
        min_qty=Decimal(lot["minQty"]),
        max_qty=Decimal(lot["maxQty"]),
        min_notional=Decimal(notional.get("minNotional") or notional.get("notional") or 0),
        bid_band=bid,
        ask_band=ask,
    )


def rules_of(venue: Venue, exchange_info: Mapping[str, Any]) -> dict[str, SymbolRules]:
    """The rules of all symbols of an answer of exchangeInfo, by symbol."""
    rows = exchange_info.get("optionSymbols") or exchange_info["symbols"]
    return {row["symbol"]: read_rules(venue, row) for row in rows}


def _bands(filters: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    """The factors between which bids, and those between which asks may lie. On futures one end is open each."""
    by_side, both = filters.get("PERCENT_PRICE_BY_SIDE"), filters.get("PERCENT_PRICE")
    if by_side:
        return (
            (Decimal(by_side["bidMultiplierDown"]), Decimal(by_side["bidMultiplierUp"])),
            (Decimal(by_side["askMultiplierDown"]), Decimal(by_side["askMultiplierUp"])),
        )
    if both:
        return (Decimal(0), Decimal(both["multiplierUp"])), (Decimal(both["multiplierDown"]), _HUGE)
    return (Decimal(0), _HUGE), (Decimal(0), _HUGE)
