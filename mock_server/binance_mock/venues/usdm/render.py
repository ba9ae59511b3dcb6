"""Numbers, times and candles as this market prints them.

Prices of trades carry the digits of their contract, quantities likewise; mark and index prices, rates and premiums
carry eight. Times are milliseconds whatever the caller asks for (rule U-5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from binance_mock.engine.candles import Candle
from binance_mock.engine.positions import cut, nearest
from binance_mock.venues.usdm.contracts import ContractInfo

_MOST_DIGITS = 8
_UNITS = tuple(10 ** (_MOST_DIGITS - digits) for digits in range(_MOST_DIGITS + 1))
"""The last digit shown, by the number of decimals."""
_ZEROS = ("0", *("0." + digits * "0" for digits in range(1, _MOST_DIGITS + 1)))
"""Zero, which is shown more often than all others together."""


def decimal(value: int, digits: int = _MOST_DIGITS) -> str:
    """A fixed-point number with so many decimals, cut toward zero.

    Args:
        value: scaled by 10^8.
        digits: decimals, eight at most.
    """
    if not value:
        return _ZEROS[digits]
    unit = _UNITS[digits]
    return _point(value // unit if value > 0 else cut(value, unit), digits)


def ratio(part: int, whole: int, digits: int) -> str:
    """`part / whole` to the nearest so many decimals; zero where there is no whole."""
    if whole < 0:
        part, whole = -part, -whole
    return _point(nearest(part * 10**digits, whole) if whole else 0, digits)


def price(info: ContractInfo, value: int) -> str:
    """A price of a contract, or an amount of its quote asset."""
    return decimal(value, info.price_digits)


def quantity(info: ContractInfo, value: int) -> str:
    """A quantity of a contract."""
    return decimal(value, info.qty_digits)


def worth_of(info: ContractInfo, value: int) -> str:
    """A sum of what matches were worth, as sums are shown that do not need all their decimals."""
    return decimal(info.amount(value), info.sum_digits)


def ms(us: int) -> int:
    """Microseconds as milliseconds, cut down."""
    return us // 1000


def candle_rows(
    rows: Iterable[Candle],
    price_digits: int,
    qty_digits: int,
    amount_digits: int,
    amount: Callable[[int], int] = lambda total: total,
) -> list[list[Any]]:
    """Candles with volumes.

    Args:
        rows: the candles.
        price_digits: decimals of prices.
        qty_digits: decimals of volumes.
        amount_digits: decimals of what was traded for them, all that it may have.
        amount: makes that of a sum of what matches were worth.
    """
    return [
        [
            ms(row.open_time),
            decimal(row.open, price_digits),
            decimal(row.high, price_digits),
            decimal(row.low, price_digits),
            decimal(row.close, price_digits),
            decimal(row.volume, qty_digits),
            ms(row.close_time),
            decimal(amount(row.quote), amount_digits),
            row.count,
            decimal(row.taker_base, qty_digits),
            decimal(amount(row.taker_quote), amount_digits),
            "0",
        ]
        for row in rows
    ]


def _point(number: int, digits: int) -> str:
    """A whole number of 10^-digits as text."""
    if number < 0:
        return "-" + _point(-number, digits)
    if not digits:
        return str(number)
    text = str(number)
    if len(text) <= digits:
        text = text.zfill(digits + 1)
    return f"{text[:-digits]}.{text[-digits:]}"
