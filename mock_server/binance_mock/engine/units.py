"""Fixed point: every price, quantity, amount and rate is an integer number of 10^-8 units."""

from __future__ import annotations

from typing import Final

SCALE: Final = 100_000_000
"""One whole unit (one BTC, one USDT, a rate of 100 %)."""

BASIS_POINT: Final = 10_000
"""Basis points in a whole, as `trailingDelta` counts them (rule S-98)."""


def notional(price: int, qty: int) -> int:
    """The quote amount of `qty` at `price`, cut to 10^-8.

    Truncation makes the parts of a fill sum to no more than the whole: floor(a) + floor(b) <= floor(a + b). So a
    balance locked for an order always covers its fills.
    """
    return price * qty // SCALE


def ceil_div(a: int, b: int) -> int:
    """`a / b` rounded up, for positive `b`."""
    return -(-a // b)
