"""Between text and fixed point, at the edge of the venues."""

from __future__ import annotations

ZERO = "0.00000000"


def show(value: int) -> str:
    """A fixed-point number as Binance prints it, with eight decimals."""
    if not value:
        return ZERO
    if value < 0:
        return "-" + show(-value)
    # Cutting the digits of the integer is faster than arithmetic.
    digits = str(value)
    return f"{digits[:-8]}.{digits[-8:]}" if len(digits) > 8 else f"0.{digits:0>8}"


def read(text: str) -> int:
    """A decimal text as fixed point.

    Raises:
        ValueError: for text that is no plain decimal, or has more than eight decimals that are not zero.
    """
    sign = -1 if text.startswith("-") else 1
    whole, _, decimals = text.removeprefix("-").partition(".")
    extra = decimals[8:].strip("0")
    digits = whole + decimals
    if not (digits.isascii() and digits.isdigit()) or extra or not whole:
        raise ValueError(f"{text!r} is no decimal with at most eight decimals, such as 0.001")
    return sign * int(whole + decimals[:8].ljust(8, "0"))
