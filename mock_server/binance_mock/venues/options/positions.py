"""What an account holds: position."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.units import SCALE
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.options.kinds import SymbolName
from binance_mock.venues.options.margins import Margins, Row
from binance_mock.venues.options.render import decimal, ms, padded, plain, quantity, ratio
from binance_mock.venues.options.venue import OptionsCall

_RETURN_DIGITS: Final = 4
LONG: Final = "LONG"
SHORT: Final = "SHORT"


@endpoint("GET", "/eapi/v1/position", group="trade", security=Security.USER_DATA, weight=5)
def position(call: OptionsCall, symbol: SymbolName | None = None) -> Json:
    """The contracts that are held or written (rule O-78)."""
    if symbol is not None:
        call.venue.info(symbol)
    held = [
        row for row in Margins(call.venue, call.account, call.now).rows if row.qty and symbol in (None, row.info.name)
    ]
    return [_before(row) if call.venue.dialect.ratio_positions else _today(call, row) for row in held]


def _today(call: OptionsCall, row: Row) -> dict[str, Any]:
    info = row.info
    return {
        **_worth(row),
        "strikePrice": plain(info.strike),
        "expiryDate": ms(info.expiry),
        "priceScale": info.price_digits,
        "quantityScale": info.qty_digits,
        "optionSide": info.side.value,
        "quoteAsset": info.quote,
        "time": ms(call.account.positions[info.name].updated),
        "bidQuantity": quantity(info, row.bids),
        "askQuantity": quantity(info, row.asks),
    }


def _before(row: Row) -> dict[str, Any]:
    """As the generation of 2023 shows it: what could be closed, what it cost, and the return on that."""
    info, size = row.info, abs(row.qty)
    closing = row.asks if row.qty > 0 else row.bids
    cost = row.entry * size * info.unit // SCALE
    return {
        **_worth(row),
        "reducibleQty": quantity(info, max(0, size - closing)),
        "ror": ratio(row.unrealised, cost, _RETURN_DIGITS),
        "strikePrice": plain(info.strike),
        "positionCost": padded(info, cost),
        "expiryDate": ms(info.expiry),
        "priceScale": info.price_digits,
        "quantityScale": info.qty_digits,
        "optionSide": info.side.value,
        "quoteAsset": info.quote,
    }


def _worth(row: Row) -> dict[str, Any]:
    """Value and profit with all their digits, so that rule O-76 holds of what is shown; the value bears no sign."""
    info = row.info
    return {
        "entryPrice": padded(info, row.entry),
        "symbol": info.name,
        "side": LONG if row.qty > 0 else SHORT,
        "quantity": decimal(row.qty, info.qty_digits),
        "markValue": padded(info, abs(row.value)),
        "unrealizedPNL": padded(info, row.unrealised),
        "markPrice": padded(info, row.greeks.price),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (position,)
