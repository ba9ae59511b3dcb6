"""How account answers print numbers: amounts with eight decimals, some zeros short, prices without what is idle."""

from __future__ import annotations

from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import show


def trimmed(value: int, least: int = 0) -> str:
    """A fixed-point number without the zeros at its end.

    Args:
        value: scaled by 10^8.
        least: decimals that stay even where they are zeros.
    """
    whole, _, decimals = show(value).partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def entry(value: int) -> str:
    """An entry or break-even price; `0.0` when flat (rule U-118)."""
    return trimmed(value, 1)


def short(value: int) -> str:
    """An amount with eight decimals, or `0`."""
    return show(value) if value else "0"


def number(value: int) -> int | float:
    """A fixed-point number as a JSON number (rule U-4)."""
    return value // SCALE if value % SCALE == 0 else value / SCALE


def word(flag: bool) -> str:
    """A flag as text."""
    return "true" if flag else "false"
