"""Black-Scholes in Binance's conventions, and volatility from a price (rules O-50, O-52).

Prices, volatilities, rates and Greeks are integers of 10^-8 at the edges; inside are floats. A result is rounded once,
to the nearest 10^-8. Time is in microseconds and counts as a part of 365 days. The option that is out of the money is
what is reckoned, with the complementary error function, which keeps its digits far out; the one in the money follows
from put-call parity. So without interest parity holds to the last unit.

Limits: floats hold about 16 digits, so prices above 10^7 lose the last of their eight decimals.
"""

from __future__ import annotations

from enum import StrEnum
from math import erfc, exp, isfinite, log, pi, sqrt
from typing import Final, NamedTuple

from binance_mock.engine.intervals import DAY
from binance_mock.engine.units import SCALE

YEAR: Final = 365 * DAY
"""Microseconds in the year of T (rule O-50)."""
DAYS_OF_THETA: Final = 365
POINTS_OF_VEGA: Final = 100

_ROOT_2: Final = sqrt(2)
_ROOT_2_PI: Final = sqrt(2 * pi)
_LOWEST: Final = 1e-9
"""Where the search for a volatility begins."""
_HIGHEST: Final = 1e6
"""Beyond this, 10^8 percent a year, no volatility is looked for."""
_STEPS: Final = 200


class OptionSide(StrEnum):
    """What an option gives the right to: to buy or to sell."""

    CALL = "CALL"
    PUT = "PUT"


CALL: Final = OptionSide.CALL
PUT: Final = OptionSide.PUT


class Greeks(NamedTuple):
    """An option's value for one unit of the underlying, all in units of 10^-8.

    Attributes:
        price: fair value.
        delta: change with the index, from 0 to 1 for a call, -1 to 0 for a put.
        gamma: change of delta with the index.
        theta: change in a day, a 365th of that of a year (rule O-50).
        vega: change with a volatility point, a 100th of that of a whole (rule O-50).
    """

    price: int
    delta: int
    gamma: int
    theta: int
    vega: int


def fixed(number: float) -> int:
    """The nearest 10^-8, halves to the even one: the one rule by which floats leave this module."""
    return round(number * SCALE)


def greeks(side: OptionSide, index: int, strike: int, left: int, volatility: int, rate: int = 0) -> Greeks:
    """Fair value and Greeks (rule O-50).

    Args:
        side: call or put.
        index: price of the underlying, above zero.
        strike: above zero.
        left: microseconds until expiry.
        volatility: per year, 35_000_000 for 35 percent.
        rate: risk-free interest per year; live data has 0.

    Returns:
        what it is worth; without time or volatility that is what exercise at the forward price brings, and Greeks of 0
        but for delta (which is 0 at the money) and the theta of interest.
    """
    s, k = index / SCALE, strike / SCALE
    t, r, sigma = max(0, left) / YEAR, rate / SCALE, volatility / SCALE
    discount = exp(-r * t) if r else 1.0
    width = sigma * sqrt(t)
    forward = s - k * discount  # A call less a put.
    if width <= 0:
        return _certain(side, index, strike, forward, r * k * discount, rate)
    d1 = log(s / (k * discount)) / width + width / 2
    d2 = d1 - width
    density = exp(-d1 * d1 / 2) / _ROOT_2_PI
    gamma = density / (s * width)
    vega = s * density * sqrt(t)
    decay = -s * density * sigma / (2 * sqrt(t))
    # The one out of the money keeps its digits.
    if forward < 0:
        out = fixed(s * _normal(d1) - k * discount * _normal(d2))
        call, put = out, out - _parity(index, strike, forward, rate)
    else:
        out = fixed(k * discount * _normal(-d2) - s * _normal(-d1))
        call, put = out + _parity(index, strike, forward, rate), out
    if side is CALL:
        price, delta = call, _normal(d1)
        theta = decay - r * k * discount * _normal(d2)
    else:
        price, delta = put, -_normal(-d1)
        theta = decay + r * k * discount * _normal(-d2)
    return Greeks(max(0, price), fixed(delta), fixed(gamma), fixed(theta / DAYS_OF_THETA), fixed(vega / POINTS_OF_VEGA))


def fair_price(side: OptionSide, index: int, strike: int, left: int, volatility: int, rate: int = 0) -> int:
    """The price alone; arguments as for `greeks`."""
    return greeks(side, index, strike, left, volatility, rate).price


def implied_volatility(side: OptionSide, price: int, index: int, strike: int, left: int, rate: int = 0) -> int | None:
    """The volatility at which `fair_price` is the price.

    Args:
        side: call or put.
        price: of the option for one unit of the underlying.
        index: price of the underlying, above zero.
        strike: above zero.
        left: microseconds until expiry.
        rate: risk-free interest per year.

    Returns:
        per year; None when no volatility gives the price: at or below the value of exercise, at or above the index
        for a call or the discounted strike for a put, or without time left.
    """
    if left <= 0:
        return None
    s, k, t = index / SCALE, strike / SCALE, left / YEAR
    present = k * exp(-rate / SCALE * t) if rate else k
    parity = _parity(index, strike, s - present, rate)
    # The time value is that of the option out of the money, whichever is asked for.
    calls = s < present
    value = price - max(0, parity) if side is CALL else price - max(0, -parity)
    target = value / SCALE
    if value <= 0 or target >= min(s, present):
        return None
    root, moneyness = sqrt(t), log(s / present)

    def worth(sigma: float) -> float:
        width = sigma * root
        d1 = moneyness / width + width / 2
        d2 = d1 - width
        return s * _normal(d1) - present * _normal(d2) if calls else present * _normal(-d2) - s * _normal(-d1)

    low, high = _LOWEST, 1.0
    while worth(high) < target:
        low, high = high, high * 2
        if high > _HIGHEST:
            return None
    sigma = min(max(sqrt(2 * abs(moneyness) / t), low), high)  # Where vega is greatest: Newton goes well from here.
    for _ in range(_STEPS):
        error = worth(sigma) - target
        if error > 0:
            high = sigma
        else:
            low = sigma
        width = sigma * root
        d1 = moneyness / width + width / 2
        slope = s * exp(-d1 * d1 / 2) / _ROOT_2_PI * root
        step = sigma - error / slope if slope > 0 else sigma
        following = step if low < step < high and isfinite(step) else (low + high) / 2
        if abs(following - sigma) < 1e-12 * sigma or high - low < 1e-12:
            sigma = following
            break
        sigma = following
    return fixed(sigma)


def _normal(x: float) -> float:
    """The standard normal distribution up to `x`."""
    return erfc(-x / _ROOT_2) / 2


def _parity(index: int, strike: int, forward: float, rate: int) -> int:
    """A call less a put in 10^-8; without interest in integers from the start."""
    return fixed(forward) if rate else index - strike


def _certain(side: OptionSide, index: int, strike: int, forward: float, interest: float, rate: int) -> Greeks:
    """Where nothing is left to chance."""
    sign = 1 if side is CALL else -1
    price = sign * _parity(index, strike, forward, rate)
    if price <= 0:
        return Greeks(0, 0, 0, 0, 0)
    return Greeks(price, sign * SCALE, 0, fixed(-sign * interest / DAYS_OF_THETA), 0)
