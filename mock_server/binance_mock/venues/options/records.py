"""What happened to an account's money and positions: bill, exerciseRecord, and histories to download."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import DAY
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.account_kinds import Currency, DownloadId, RecordPage
from binance_mock.venues.options.accounts import ASSET, Bill, ExerciseRecord
from binance_mock.venues.options.kinds import Id, SymbolName, Time
from binance_mock.venues.options.positions import LONG, SHORT
from binance_mock.venues.options.render import decimal, ms
from binance_mock.venues.options.selection import span
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.venues.usdm.downloads import being_made

_KEPT: Final = 90 * DAY
"""How far back bills reach (rule O-64)."""
_YEAR: Final = 366 * DAY


@endpoint("GET", "/eapi/v1/bill", group="account", security=Security.USER_DATA, weight=1)
def bill(
    call: OptionsCall,
    currency: Currency,
    recordId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: RecordPage = 100,
) -> Json:
    """Why the wallet changed in the last three months (rules O-64, O-79).

    Counted from the oldest on where a record or a start is named; without, the newest are shown.
    """
    stretch = span(startTime, endTime)
    oldest = max(stretch.start or 0, call.now - _KEPT)
    rows = [
        row
        for row in call.account.bills
        if oldest <= row.time
        and (stretch.end is None or row.time <= stretch.end)
        and (recordId is None or row.id >= recordId)
    ]
    newest = recordId is None and stretch.start is None
    return [_bill(row) for row in (rows[-limit:] if newest else rows[:limit])]


@endpoint("GET", "/eapi/v1/exerciseRecord", group="trade", security=Security.USER_DATA, weight=5)
def exercise_record(
    call: OptionsCall,
    symbol: SymbolName | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: RecordPage = 1000,
) -> Json:
    """What became of the account's positions at their expiry (rule O-83); those without value are among them."""
    if symbol is not None:
        call.venue.contract(symbol)
    stretch = span(startTime, endTime)
    rows = [row for row in call.account.exercises if symbol in (None, row.symbol) and stretch.holds(row.time)]
    marks = call.venue.dialect.exercise_marks
    return [_exercise(row, marks) for row in (rows[-limit:] if stretch.start is None else rows[:limit])]


@endpoint("GET", "/eapi/v1/income/asyn", group="account", security=Security.USER_DATA, weight=5)
def order_history(call: OptionsCall, startTime: Time, endTime: Time) -> Json:
    """Ask for a file of a stretch of time, a year at most; one may be asked for as often as wanted."""
    span(startTime, endTime)
    if endTime - startTime > _YEAR:
        raise Refusal(-1127, "Lookup interval is too big.")
    return {"avgCostTimestampOfLast30d": 0, "downloadId": str(call.now)}


@endpoint("GET", "/eapi/v1/income/asyn/id", group="account", security=Security.USER_DATA, weight=5)
def look_for_history(call: OptionsCall, downloadId: DownloadId) -> Json:
    """Where a file is that was asked for: it is being made for ever, for the mock makes none."""
    return being_made(downloadId)


def _bill(row: Bill) -> dict[str, Any]:
    return {
        "id": row.id,
        "asset": row.asset,
        "amount": decimal(row.amount),
        "type": row.type.value,
        "createDate": ms(row.time),
    }


def _exercise(row: ExerciseRecord, marks: bool) -> dict[str, Any]:
    shown = {
        "id": str(row.id),
        "currency": ASSET,
        "symbol": row.symbol,
        "exercisePrice": decimal(row.price),
        "quantity": decimal(abs(row.qty), row.qty_digits),
        "amount": decimal(row.amount),
        "fee": decimal(row.fee),
        "createDate": ms(row.time),
        "priceScale": row.price_digits,
        "quantityScale": row.qty_digits,
        "optionSide": row.side.value,
        "positionSide": LONG if row.qty > 0 else SHORT,
        "quoteAsset": ASSET,
    }
    if marks:
        shown["markPrice"] = decimal(row.mark)
    return shown


ENDPOINTS: Final[tuple[Endpoint, ...]] = (bill, exercise_record, order_history, look_for_history)
