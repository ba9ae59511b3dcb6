"""The contracts of an underlying: their names, strikes and what is fixed about each (rules O-42 to O-49).

An expiry is listed around the index of that moment: near the money a strike at every step, further out at every
fifth. The step belongs to the series of the expiry. When the index leaves the middle, strikes are added in blocks, and
none is ever taken away before the expiry ends; so the strikes depend only on the index at the listing and on how low
and how high it has been since. How Binance chooses strikes is not published.

Numbers are integers of 10^-8, times microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from binance_mock.engine.positions import nearest
from binance_mock.engine.units import SCALE, ceil_div
from binance_mock.venues.decimals import read, show
from binance_mock.venues.options.calendar import AHEAD, Calendar, Expiry, Series, code_of, time_of
from binance_mock.venues.options.fees import FeeRates, read_fees
from binance_mock.venues.options.margin import Ratios
from binance_mock.venues.options.pricing import CALL, PUT, OptionSide

CONTRACT_TYPE: Final = "CRYPTO_OPTIONS"
UNDERLYING_TYPE: Final = "CRYPTO"
NEAR: Final = 8
"""Strikes at every step, on either side of the middle."""
FAR: Final = 4
"""Strikes beyond them, on either side."""
SPREAD: Final = 5
"""Steps between far strikes."""
BLOCK: Final = 4
"""Steps that the index moves before strikes are added."""
BAND: Final = SCALE // 5
"""How far from the mark price a buyer may go up and a seller down (rule O-47)."""

_LETTERS: Final[Mapping[OptionSide, str]] = MappingProxyType({CALL: "C", PUT: "P"})
_SIDES: Final[Mapping[str, OptionSide]] = MappingProxyType({"C": CALL, "P": PUT})
_NICE: Final = (10, 20, 25, 50)


class Underlying:
    """What the options of a pair share.

    Args:
        row: an entry of the fixture's `underlyings`.
        fees: what trades and exercises cost.
        naked_sell: whether options may be sold by who does not hold them (rule O-49).
        calendar: what is listed when; by default the series that have a step, with the standard numbers.
    """

    __slots__ = (
        "base", "calendar", "fees", "liquidation_fee", "max_qty", "min_qty", "naked_sell", "name", "price_digits",
        "qty_digits", "quote", "ratios", "reference_price", "row", "settle", "step", "strike_steps", "texts", "tick",
        "unit", "volatility",
    )  # fmt: skip

    def __init__(
        self, row: Mapping[str, Any], fees: FeeRates, *, naked_sell: bool = True, calendar: Calendar | None = None
    ) -> None:
        self.name: str = row["underlying"]
        self.base: str = row["baseAsset"]
        self.quote: str = row["quoteAsset"]
        self.settle: str = row["settleAsset"]
        self.unit: int = row["unit"]
        """Underlying in a contract, a plain number (rule O-45)."""
        self.price_digits: int = row["priceScale"]
        self.qty_digits: int = row["quantityScale"]
        lot = row["LOT_SIZE"]
        self.min_qty, self.max_qty, self.step = (read(lot[name]) for name in ("minQty", "maxQty", "stepSize"))
        self.tick = read(row["PRICE_FILTER"]["tickSize"])
        self.ratios = Ratios(
            *(
                read(row[name])
                for name in ("initialMargin", "minInitialMargin", "maintenanceMargin", "minMaintenanceMargin")
            )
        )
        self.liquidation_fee = read(row["liquidationFeeRate"])
        self.reference_price = read(row["reference_price"])
        """The index that the steps of strikes belong to."""
        self.strike_steps = {Series(name): read(step) for name, step in row["strike_steps"].items()}
        self.volatility = read(row["reference_iv"])
        """A plausible level at the money."""
        self.fees = fees
        self.naked_sell = naked_sell
        ahead = {series: number for series, number in AHEAD.items() if series in self.strike_steps}
        self.calendar = calendar or Calendar(ahead)
        self.row = row
        self.texts: Mapping[str, str] = {
            "tickSize": plain(self.tick),
            "stepSize": plain(self.step),
            "minQty": plain(self.min_qty),
            "maxQty": plain(self.max_qty),
            "liquidationFeeRate": plain(self.liquidation_fee),
            "initialMargin": plain(self.ratios.initial),
            "maintenanceMargin": plain(self.ratios.maintenance),
            "minInitialMargin": plain(self.ratios.min_initial),
            "minMaintenanceMargin": plain(self.ratios.min_maintenance),
        }
        """What all its contracts show alike; never changed."""

    def strike_step(self, series: Series, index: int) -> int:
        """Distance of strikes near the money, at the listing of an expiry.

        Args:
            series: of the expiry.
            index: at the listing. Where it is less than half or more than twice that of the data, the step grows or
                shrinks with it, to 1, 2, 2.5 or 5 times a power of ten.
        """
        step = self.strike_steps[series]
        if self.reference_price <= 2 * index and index <= 2 * self.reference_price:
            return step
        return nice(step * index // self.reference_price)

    def describe(self) -> dict[str, str]:
        """Its row of exchangeInfo's `optionContracts`."""
        return {
            "baseAsset": self.base, "quoteAsset": self.quote, "underlying": self.name, "settleAsset": self.settle,
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"Underlying({self.name})"


def read_underlyings(data: Mapping[str, Any]) -> dict[str, Underlying]:
    """The underlyings of a fixture by name, in its order."""
    fees = read_fees(data["fees"])
    return {row["underlying"]: Underlying(row, fees) for row in data["underlyings"]}


class OptionInfo:
    """One contract; nothing about it changes.

    Args:
        underlying: what it is on.
        expiry: when it expires.
        strike: its strike price.
        side: call or put.
    """

    __slots__ = (
        "amount_digits", "base", "expiry", "fees", "liquidation_fee", "max_qty", "min_qty", "naked_sell", "name",
        "onboard", "price_digits", "qty_digits", "quote", "ratios", "series", "settle", "side", "step", "strike",
        "texts", "tick", "underlying", "unit",
    )  # fmt: skip

    def __init__(self, underlying: Underlying, expiry: Expiry, strike: int, side: OptionSide) -> None:
        self.name = name_of(underlying.base, expiry.time, strike, side)
        self.underlying = underlying.name
        self.base = underlying.base
        self.quote = underlying.quote
        self.settle = underlying.settle
        self.expiry = expiry.time
        """In microseconds."""
        self.onboard = expiry.listed
        """When its expiry was listed, in microseconds; the strike itself may have come later."""
        self.series = expiry.series
        self.strike = strike
        self.side = side
        self.unit = underlying.unit
        self.tick = underlying.tick
        self.step = underlying.step
        self.min_qty = underlying.min_qty
        self.max_qty = underlying.max_qty
        self.price_digits = underlying.price_digits
        self.qty_digits = underlying.qty_digits
        self.amount_digits = min(self.price_digits + self.qty_digits, 8)
        """Decimals that a sum of prices times quantities may have."""
        self.fees = underlying.fees
        self.ratios = underlying.ratios
        self.liquidation_fee = underlying.liquidation_fee
        self.naked_sell = underlying.naked_sell
        self.texts = underlying.texts

    def price_limits(self, mark: int) -> tuple[int, int]:
        """The least price of a sell order and the highest of a buy order, as `mark` shows them (rules O-46, O-47).

        Args:
            mark: the mark price with all its digits.

        Returns:
            0.8 and 1.2 times of it, to the nearest of the digits that prices have.
        """
        digit: int = 10 ** (8 - self.price_digits)
        low, high = (nearest(mark * part, digit * SCALE) * digit for part in (SCALE - BAND, SCALE + BAND))
        return low, high

    def price_filter(self, mark: int) -> tuple[int, int]:
        """The same limits widened to whole ticks, so that ticks count from the lower one, and one tick at least.

        Args:
            mark: the mark price.

        Returns:
            minPrice and maxPrice for exchangeInfo and for the check of orders.
        """
        low = mark * (SCALE - BAND) // (self.tick * SCALE)
        high = ceil_div(mark * (SCALE + BAND), self.tick * SCALE)
        return max(1, low) * self.tick, max(1, high) * self.tick

    def describe(self, mark: int, status: str = "TRADING") -> dict[str, Any]:
        """The contract's row of exchangeInfo's `optionSymbols`.

        Args:
            mark: the mark price, which the price filter follows (rule O-47).
            status: TRADING while it can be traded.
        """
        lowest, highest = self.price_filter(mark)
        texts = self.texts
        least, most = texts["minQty"], texts["maxQty"]
        return {
            "expiryDate": self.expiry // 1000,
            "filters": [
                {
                    "filterType": "PRICE_FILTER",
                    "minPrice": plain(lowest), "maxPrice": plain(highest), "tickSize": texts["tickSize"],
                },
                {"filterType": "LOT_SIZE", "minQty": least, "maxQty": most, "stepSize": texts["stepSize"]},
            ],
            "symbol": self.name,
            "side": self.side.value,
            "strikePrice": plain(self.strike),
            "underlying": self.underlying,
            "unit": self.unit,
            "liquidationFeeRate": texts["liquidationFeeRate"],
            "minQty": least,
            "maxQty": most,
            "initialMargin": texts["initialMargin"],
            "maintenanceMargin": texts["maintenanceMargin"],
            "minInitialMargin": texts["minInitialMargin"],
            "minMaintenanceMargin": texts["minMaintenanceMargin"],
            "priceScale": self.price_digits,
            "quantityScale": self.qty_digits,
            "quoteAsset": self.quote,
            "contractType": CONTRACT_TYPE,
            "underlyingType": UNDERLYING_TYPE,
            "nakedSell": self.naked_sell,
            "status": status,
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"OptionInfo({self.name})"


# -- names ----------------------------------------------------------------------------------------------------------


def plain(value: int) -> str:
    """A decimal without zeros at its end: 40000, 0.365."""
    text = show(value)
    return text.rstrip("0").rstrip(".")


def name_of(base: str, expiry: int, strike: int, side: OptionSide) -> str:
    """The name of a contract: BTC-210129-40000-C, XRP-230331-0.365-P (rule O-42)."""
    return f"{base}-{code_of(expiry)}-{plain(strike)}-{_LETTERS[side]}"


class NameParts(NamedTuple):
    """What the name of a contract says: base asset, expiry in microseconds, strike, side."""

    base: str
    expiry: int
    strike: int
    side: OptionSide


def read_name(name: str) -> NameParts | None:
    """Take a contract's name apart, in any letter case (rule O-42).

    Returns:
        its parts; None for text that is no such name or not the one spelling of it.
    """
    parts = name.upper().split("-")
    if len(parts) != 4:
        return None
    base, code, digits, letter = parts
    expiry, side = time_of(code), _SIDES.get(letter)
    try:
        strike = read(digits)
    except ValueError:
        return None
    if not base or expiry is None or side is None or strike <= 0 or plain(strike) != digits:
        return None
    return NameParts(base, expiry, strike, side)


# -- strikes --------------------------------------------------------------------------------------------------------


def nice(number: int) -> int:
    """The greatest of 1, 2, 2.5 and 5 times a power of ten that is not above a number; at least 1."""
    if number < 10:
        return max(found for found in (1, 2, 5) if found <= max(1, number))
    power: int = 10 ** (len(str(number)) - 2)
    return max(found * power for found in _NICE if found * power <= number)


def strikes(step: int, index: int, low: int | None = None, high: int | None = None) -> tuple[int, ...]:
    """The strikes of an expiry.

    Args:
        step: distance near the money.
        index: price of the underlying at the listing, above zero.
        low: the lowest price since then; the price at the listing when left out.
        high: the highest price since then.

    Returns:
        whole multiples of the step above zero, in order; a lower `low` or higher `high` only adds some.
    """
    middle = (2 * index + step) // (2 * step)
    width = BLOCK * step
    bottom = middle - max(0, index - min(index, low or index)) // width * BLOCK
    top = middle + max(0, max(index, high or index) - index) // width * BLOCK
    near = range(bottom - NEAR, top + NEAR + 1)
    below = (bottom - NEAR - 1) // SPREAD
    above = ceil_div(top + NEAR + 1, SPREAD)
    far = (place * SPREAD for place in (*range(below - FAR + 1, below + 1), *range(above, above + FAR)))
    # Far strikes of a narrower chain are far or near in a wider one, so none is lost as the index moves.
    return tuple(number * step for number in sorted((*near, *far)) if number > 0)
