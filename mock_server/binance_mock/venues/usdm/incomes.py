"""Why the wallets of an account changed, row by row."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import DAY
from binance_mock.venues.decimals import show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.account_kinds import IncomeWord, PageNumber
from binance_mock.venues.usdm.accounts import Income
from binance_mock.venues.usdm.kinds import Page, SymbolName, Time
from binance_mock.venues.usdm.render import ms
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.venue import UsdmCall

_USUAL: Final = 7 * DAY
_KEPT: Final = 90 * DAY


@endpoint("GET", "/fapi/v1/income", group="account", security=Security.USER_DATA, weight=30)
def income(
    call: UsdmCall,
    symbol: SymbolName | None = None,
    incomeType: IncomeWord | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    page: PageNumber | None = None,
    limit: Page = 100,
) -> Json:
    """Changes of the wallets, oldest first: of the last seven days unless told, of the last 90 at most.

    With a start or a page the rows are counted from the oldest on; without, the newest are shown.
    """
    if symbol is not None:
        call.venue.info(symbol)
    start, end = span(startTime, endTime)
    until = call.now if end is None else end
    since = max(until - _USUAL if start is None else start, call.now - _KEPT)
    found = [
        row
        for row in call.account.incomes
        if since <= row.time <= until and symbol in (None, row.symbol) and incomeType in (None, row.type)
    ]
    if page is not None:
        found = found[(page - 1) * limit : page * limit]
    else:
        found = found[:limit] if start is not None else found[-limit:]
    return [_shown(row) for row in found]


def _shown(row: Income) -> dict[str, Any]:
    return {
        "symbol": row.symbol,
        "incomeType": row.type,
        "income": show(row.amount),
        "asset": row.asset,
        "info": row.type,
        "time": ms(row.time),
        "tranId": row.id,
        "tradeId": "" if row.trade_id is None else str(row.trade_id),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (income,)
