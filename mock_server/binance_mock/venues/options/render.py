"""Numbers as this market prints them (rules O-7, O-52).

Prices and premiums carry the digits of their contract, quantities likewise; volatilities, Greeks and index prices
carry eight.
"""

from __future__ import annotations

from typing import Final

from binance_mock.venues.options.chain import OptionInfo, plain
from binance_mock.venues.options.surface import NO_QUOTE
from binance_mock.venues.usdm.render import decimal, ms, ratio

__all__ = ["decimal", "ms", "padded", "plain", "price", "product", "quantity", "ratio", "volatility"]

_UNQUOTED: Final = "-1.0"


def price(info: OptionInfo, value: int) -> str:
    """A price of a contract, or a premium."""
    return decimal(value, info.price_digits)


def padded(info: OptionInfo, value: int) -> str:
    """A price or an amount with the digits of a contract's prices, and more where it has more (rule O-7)."""
    whole, _, decimals = decimal(value).partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(info.price_digits, '0')}".rstrip(".")


def quantity(info: OptionInfo, value: int) -> str:
    """A quantity of a contract."""
    return decimal(value, info.qty_digits)


def product(info: OptionInfo, value: int) -> str:
    """A sum of prices times quantities with all the decimals that it may have, as candles show it."""
    return decimal(value, info.amount_digits)


def volatility(value: int) -> str:
    """A volatility; that of a side without orders is -1.0."""
    return _UNQUOTED if value == NO_QUOTE else decimal(value)
