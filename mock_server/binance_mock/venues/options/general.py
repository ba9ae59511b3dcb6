"""Server and contracts: ping, time, exchangeInfo."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.options.accounts import ASSET
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.render import ms, plain
from binance_mock.venues.options.venue import OptionsCall

_NEW_FIELDS: Final = ("liquidationFeeRate", "contractType", "underlyingType", "nakedSell", "status")
"""Those of a contract that the generation of 2023 did not show."""


@endpoint("GET", "/eapi/v1/ping", group="general", weight=1)
def ping(call: OptionsCall) -> Json:
    """Test that the server answers."""
    return {}


@endpoint("GET", "/eapi/v1/time", group="general", weight=1)
def time(call: OptionsCall) -> Json:
    """The server's clock."""
    return {"serverTime": ms(call.now)}


@endpoint("GET", "/eapi/v1/exchangeInfo", group="general", weight=1)
def exchange_info(call: OptionsCall) -> Json:
    """What is listed at this time, with filters that follow the mark prices, and the request limits."""
    venue = call.venue
    contracts = [underlying.describe() for underlying in venue.underlyings.values()]
    assets: list[dict[str, Any]] = [{"name": ASSET}]
    symbols = [_row(call, info) for info in venue.symbols.values()]
    if venue.dialect.contract_fees:
        contracts, assets, symbols = _as_before(call, contracts, assets, symbols)
    return {
        "timezone": "UTC",
        "serverTime": ms(call.now),
        "optionContracts": contracts,
        "optionAssets": assets,
        "optionSymbols": symbols,
        "rateLimits": call.limits.rules(),
    }


def _row(call: OptionsCall, info: Contract) -> dict[str, Any]:
    venue = call.venue
    row = info.describe(venue.mark(info, call.now).price, venue.status(info.name))
    row["nakedSell"] = venue.settings.naked_sell
    return row


def _as_before(
    call: OptionsCall, contracts: list[Any], assets: list[Any], symbols: list[Any]
) -> tuple[list[Any], list[Any], list[Any]]:
    """The lists of the generation of 2023: numbered, with fee rates, and without what came later."""
    rates = call.venue.settings
    numbers = {row["underlying"]: number for number, row in enumerate(contracts, 1)}
    fees = {"makerFeeRate": plain(rates.maker), "takerFeeRate": plain(rates.taker)}
    return (
        [{"id": number, **row} for number, row in enumerate(contracts, 1)],
        [{"id": number, **row} for number, row in enumerate(assets, 1)],
        [
            {
                "id": number,
                "contractId": numbers[row["underlying"]],
                **{name: value for name, value in row.items() if name not in _NEW_FIELDS},
                **fees,
            }
            for number, row in enumerate(symbols, 1)
        ],
    )


ENDPOINTS: Final[tuple[Endpoint, ...]] = (ping, time, exchange_info)
