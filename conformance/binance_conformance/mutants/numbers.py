"""Clients that reckon in binary, or on a grid that is not the symbol's."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from typing import Any, Final

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import Row
from binance_conformance.reference.errors import Refused


class PrintsFloats(Client):
    """Sends decimals as Python prints floats."""

    def text(self, value: Any) -> str:
        text = super().text(value)
        return repr(float(text)) if re.fullmatch(r"0\.[0-9]+", text) else text


class CalculatesInFloats(Client):
    """Divides numbers by three and multiplies them by three before it sends them."""

    def text(self, value: Any) -> str:
        number = isinstance(value, str) and re.fullmatch(r"[1-9][0-9]*\.[0-9]+", value)
        return repr(float(value) / 3 * 3) if number else super().text(value)


class CountsDecimals(Client):
    """Takes the number of decimals in which a step is written for the step."""

    def on_grid(self, value: str, step: str) -> str:
        decimals = len(step.partition(".")[2])
        return self.text(Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN))


class TakesLogarithms(Client):
    """Takes the magnitude of a step for the step."""

    def on_grid(self, value: str, step: str) -> str:
        return super().on_grid(value, str(Decimal(10) ** math.floor(math.log10(float(step)))))


class UsesPrecision(Client):
    """Rounds prices of futures to pricePrecision."""

    def fit(self, symbol: str, price: str | None, quantity: str | None) -> tuple[str | None, str | None]:
        decimals = self.rules(symbol).get("pricePrecision")
        fitted = super().fit(symbol, price, quantity)
        if decimals is None or price is None:
            return fitted
        return self.text(Decimal(price).quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN)), fitted[1]


class RoundsUp(Client):
    """Rounds to the next step above."""

    def on_grid(self, value: str, step: str) -> str:
        size = Decimal(step)
        return self.text((Decimal(value) / size).to_integral_value(ROUND_CEILING) * size)


class DividesFloats(Client):
    """Counts the steps in a number by dividing floats."""

    def on_grid(self, value: str, step: str) -> str:
        return self.text(math.floor(float(value) / float(step)) * Decimal(step))


class KeepsOldRules(Client):
    """Reads the rules of the symbols once and never again."""

    _kept: Mapping[str, Row] | None = None

    def rules(self, symbol: str) -> Row:
        if self._kept is None:
            super().rules(symbol)
            self._kept = self._rules
        assert self._kept is not None
        return self._kept[symbol]


class TriesRefusedOrdersAgain(Client):
    """Sends an order that a filter refused once more."""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        try:
            return super().post_order(order)
        except Refused as error:
            if error.code not in (-1013, -4002, -4003, -4016, -4164):
                raise
            return super().post_order(order)


class ReadsIdsAsFloats(Client):
    """Reads order ids as floats."""

    def query_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        return super().query_order(symbol, order_id and f"{float(order_id):.0f}", client_order_id)


MUTANTS: Final = (
    mutant(PrintsFloats, "numbers.plain-decimals"),
    mutant(CalculatesInFloats, "numbers.sent-as-given"),
    mutant(CountsDecimals, "numbers.quantity-on-step", "numbers.price-on-tick", "numbers.filters-not-precision"),
    mutant(TakesLogarithms, "numbers.price-on-tick"),
    mutant(UsesPrecision, "numbers.filters-not-precision"),
    mutant(RoundsUp, "numbers.quantity-rounded-down"),
    mutant(DividesFloats, "numbers.grid-values-kept"),
    mutant(KeepsOldRules, "numbers.filters-read-again"),
    mutant(TriesRefusedOrdersAgain, "numbers.refused-order-not-resent"),
    mutant(ReadsIdsAsFloats, "numbers.ids-above-2-53"),
)
