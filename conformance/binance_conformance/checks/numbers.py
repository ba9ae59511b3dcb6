"""Numbers: decimals stay decimals, and lie on the grid of the symbol."""

from __future__ import annotations

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.operations import FitOrder, FitView, OrderView, PlaceOrder, QueryOrder
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene, Told
from binance_mock.face.journal import Seen

_PLAIN: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


def _limit(symbol: str, price: str, quantity: str) -> PlaceOrder:
    return PlaceOrder(symbol=symbol, side="BUY", type="LIMIT", time_in_force="GTC", price=price, quantity=quantity)


def _posted(scene: Scene, told: Told) -> list[Seen]:
    """The orders that came of a call."""
    return [seen for seen in told.arrived if (seen.path, seen.method) == (scene.ground.order, "POST")]


def _same(sent: str, given: str) -> bool:
    """Whether a text that arrived is a decimal of the same value."""
    return _PLAIN.fullmatch(sent) is not None and Decimal(sent) == Decimal(given)


# -- as they are sent -----------------------------------------------------------------------------------------------

_SMALL: Final = MappingProxyType({
    "spot": (("SHIBUSDT", "0.00000512", "2000000"), ("SHIBUSDT", "0.00000012", "90000000"),
             ("BTCUSDT", "50000", "0.00001")),
    "usdm": (("1000SHIBUSDT", "0.000012", "1000000"), ("BTCUSDT", "70000", "0.00001")),
    "options": (("", "0.00001", "0.10"), ("", "100", "0.00001")),
})  # fmt: skip


@check(
    "numbers.plain-decimals",
    "Small numbers are sent as plain decimals",
    level=MUST,
    why="The exchange does not read 1e-05: cheap coins cannot be traded at all.",
    guards=("F-42",),
    rules=("S-46", "U-4", "O-7"),
)
def plain_decimals(scene: Scene) -> None:
    """Orders with small prices and quantities. What becomes of them does not matter, only how they arrive."""
    faithful = False
    for symbol, price, quantity in _SMALL[scene.venue]:
        for seen in _posted(scene, scene.call(_limit(symbol or scene.symbol, price, quantity))):
            for name, given in (("price", price), ("quantity", quantity)):
                sent = seen.params.get(name, "")
                scene.expect(
                    not sent or _PLAIN.fullmatch(sent) is not None,
                    f"the {name} {given} arrived as {sent}",
                    expected="digits, and a point at most",
                    found=sent,
                )
                faithful = faithful or (Decimal(given) < Decimal("0.0001") and _same(sent, given))
    scene.need(faithful, "the client sends no number that is so small")


_EXACT: Final = MappingProxyType({
    "spot": (("50001.13", "0.00123"), ("50000.07", "0.00029"), ("50000.29", "0.00057")),
    "usdm": (("70001.3", "0.013"), ("70000.7", "0.029"), ("70000.1", "0.057")),
    "options": (("105", "0.29"), ("110", "0.57"), ("115", "0.11")),
})  # fmt: skip


@check(
    "numbers.sent-as-given",
    "Price and quantity arrive as the caller gave them",
    level=MUST,
    why="A number that passed through binary arithmetic has too many digits, or lies beside the grid.",
    guards=("F-43",),
    rules=("S-49", "S-163", "U-40"),
)
def sent_as_given(scene: Scene) -> None:
    """Numbers that have no exact binary form, all of them legal."""
    for price, quantity in _EXACT[scene.venue]:
        told = scene.call(_limit(scene.symbol, price, quantity))
        posted = _posted(scene, told)
        scene.need(bool(posted), "the client refuses such orders itself")
        sent = posted[-1].params
        for name, given in (("price", price), ("quantity", quantity)):
            scene.expect(
                _same(sent.get(name, ""), given), f"the {name} is another one", expected=given, found=sent.get(name)
            )
        scene.expect_accepted(told, "a legal order")


# -- on the grid ----------------------------------------------------------------------------------------------------


class _Fit(NamedTuple):
    """What is to be brought onto a grid."""

    symbol: str
    price: str | None
    tick: str
    quantity: str | None
    step: str


_FITS: Final = MappingProxyType({
    "spot": (
        _Fit("BTCUSDT", "50000.078", "0.01", "0.123456789", "0.00001"),
        _Fit("XRPUSDT", "1.23456", "0.0001", "9.985", "0.1"),
        _Fit("DOGEUSDT", "0.1234567", "0.00001", "123.7", "1"),
        _Fit("SHIBUSDT", "0.000008127", "0.00000001", "2000000.5", "1"),
    ),
    "usdm": (
        _Fit("ETHUSDT", "2500.017", "0.01", "1.23456", "0.001"),
        _Fit("XRPUSDT", "1.99993", "0.0001", "9.985", "0.1"),
        _Fit("1000SHIBUSDT", "0.0090007", "0.000001", "123.7", "1"),
    ),
    "options": (_Fit("", "1002.5", "5", None, "0.01"),),
})  # fmt: skip


def _fitted(scene: Scene, symbol: str, price: str | None, quantity: str | None) -> FitView:
    """What the client makes of price and quantity."""
    told = scene.call(FitOrder(symbol=symbol or scene.symbol, price=price, quantity=quantity))
    scene.expect_accepted(told, "bringing numbers onto the grid")
    view = told.view(FitView)
    scene.need(price is None or view.price is not None, "the client does not fit prices")
    scene.need(quantity is None or view.quantity is not None, "the client does not fit quantities")
    return view


def _expect_on_grid(scene: Scene, what: str, given: str, got: str | None, step: str) -> None:
    """The result is a multiple of the step, and less than a step away from what was given."""
    value = Decimal(got or "0")
    scene.expect(
        value % Decimal(step) == 0,
        f"the {what} is no multiple of the step",
        expected=f"a multiple of {step}",
        found=got,
    )
    scene.expect(
        abs(value - Decimal(given)) < Decimal(step),
        f"the {what} is far from what was asked for",
        expected=f"{given}, less than {step} off",
        found=got,
    )


@check(
    "numbers.quantity-on-step",
    "Quantities are multiples of stepSize",
    level=MUST,
    why="The exchange refuses a quantity that is no multiple of the step, however small the difference.",
    guards=("F-45", "F-46"),
    rules=("S-163", "S-164", "U-107"),
    venues=("spot", "usdm"),
    promises=(Promise.FILTERS,),
)
def quantity_on_step(scene: Scene) -> None:
    """Symbols with steps of several sizes, written with zeros behind and without."""
    for each in _FITS[scene.venue]:
        view = _fitted(scene, each.symbol, None, each.quantity)
        _expect_on_grid(scene, "quantity", each.quantity or "", view.quantity, each.step)


@check(
    "numbers.price-on-tick",
    "Prices are multiples of tickSize",
    level=MUST,
    why="The exchange refuses a price beside the tick; a tick of 5 has no number of decimals to count.",
    guards=("F-46", "F-47"),
    rules=("S-163", "U-107", "O-46"),
    promises=(Promise.FILTERS,),
)
def price_on_tick(scene: Scene) -> None:
    """Symbols with ticks of several sizes, written with zeros behind and without."""
    for each in _FITS[scene.venue]:
        view = _fitted(scene, each.symbol, each.price, None)
        _expect_on_grid(scene, "price", each.price or "", view.price, each.tick)


@check(
    "numbers.filters-not-precision",
    "Where a tick is coarser than the precision, the tick counts",
    level=MUST,
    why="pricePrecision is for display. A price that obeys it alone is refused with -4014.",
    guards=("F-49",),
    rules=("U-40", "U-107"),
    venues=("usdm",),
    promises=(Promise.FILTERS,),
)
def filters_not_precision(scene: Scene) -> None:
    """Contracts whose prices are shown with more decimals than their ticks have."""
    for symbol, price, tick in (("BTCUSDT", "70000.07", "0.1"), ("SOLUSDT", "120.1234", "0.01")):
        view = _fitted(scene, symbol, price, None)
        _expect_on_grid(scene, "price", price, view.price, tick)


@check(
    "numbers.quantity-rounded-down",
    "Quantities are rounded down",
    level=MUST,
    why="Rounded up, the quantity is more than the balance, and the order is refused with -2010.",
    guards=("F-44",),
    rules=("S-163",),
    venues=("spot", "usdm"),
    promises=(Promise.FILTERS,),
)
def quantity_rounded_down(scene: Scene) -> None:
    """A balance that is just below a step is to be sold."""
    for symbol, quantity in (("XRPUSDT", "9.985"), ("DOGEUSDT", "123.7")):
        view = _fitted(scene, symbol, None, quantity)
        scene.expect(
            0 < Decimal(view.quantity or "0") <= Decimal(quantity),
            "the quantity was rounded up",
            expected=f"at most {quantity}",
            found=view.quantity,
        )


_ON_GRID: Final = MappingProxyType({
    "spot": (("XRPUSDT", "1.1003", "0.3"), ("XRPUSDT", "1.0007", "0.7"), ("BTCUSDT", "50001.13", "0.00029"),
             ("BTCUSDT", "50000.29", "0.00057")),
    "usdm": (("XRPUSDT", "1.9003", "0.3"), ("XRPUSDT", "1.9007", "0.7"), ("ETHUSDT", "2500.13", "0.057"),
             ("ETHUSDT", "2500.29", "1.009")),
})  # fmt: skip


@check(
    "numbers.grid-values-kept",
    "What lies on the grid stays as it is",
    level=MUST,
    why="In binary 0.3 / 0.1 is less than 3: who divides floats sells a step less than he was asked to.",
    guards=("F-43", "F-45"),
    rules=("S-163",),
    venues=("spot", "usdm"),
    promises=(Promise.FILTERS,),
)
def grid_values_kept(scene: Scene) -> None:
    """Prices and quantities that need no rounding."""
    for symbol, price, quantity in _ON_GRID[scene.venue]:
        view = _fitted(scene, symbol, price, quantity)
        for name, given, got in (("price", price, view.price), ("quantity", quantity, view.quantity)):
            scene.expect(Decimal(got or "0") == Decimal(given), f"the {name} changed", expected=given, found=got)


@check(
    "numbers.filters-read-again",
    "After a refused number the rules of the symbol are read anew",
    level=SHOULD,
    why="Steps and ticks change. A client that keeps the old ones for ever is refused until it is restarted.",
    guards=("F-50",),
    rules=("S-162", "U-107"),
    venues=("spot", "usdm"),
    promises=(Promise.FILTERS,),
)
def filters_read_again(scene: Scene) -> None:
    """The exchange refuses a number beside the grid; then the client is to fit another one."""
    _fitted(scene, scene.symbol, scene.ground.far, scene.ground.quantity)
    refused = scene.call(_limit(scene.symbol, scene.ground.far, "0.0123456"))
    answer = next((seen for seen in reversed(scene.orders()) if seen.status == 400), None)
    scene.need(not refused.accepted and answer is not None, "the client rounds the numbers of orders itself")
    assert answer is not None
    _fitted(scene, scene.symbol, scene.ground.far, scene.ground.quantity)
    read = scene.arrived(scene.ground.info)
    scene.expect(
        any(seen.seq > answer.seq for seen in read),
        "the client did not read the rules again",
        expected=f"GET {scene.ground.info} after the refusal, before the next number is fitted",
        found=f"{len(read)} requests, all before it",
    )


# -- refused --------------------------------------------------------------------------------------------------------

_OUTSIDE: Final = MappingProxyType({
    "spot": (("50000.00", "0.00001"), ("900000.00", "0.001")),
    "usdm": (("70000.0", "0.000"), ("40000.0", "0.001"), ("90000.0", "0.010")),
    "options": (("95000", "0.10"),),
})  # fmt: skip


@check(
    "numbers.refused-order-not-resent",
    "An order that a filter refused is not sent again",
    level=MUST,
    why="The same order is refused again, and each attempt counts towards a ban.",
    guards=("F-47", "F-48"),
    rules=("S-162", "U-105", "U-107", "O-46"),
)
def refused_order_not_resent(scene: Scene) -> None:
    """Orders that are worth too little, and orders with a price outside the band."""
    scene.expect_accepted(scene.call(scene.ground.resting()), "a plain order")
    for price, quantity in _OUTSIDE[scene.venue]:
        told = scene.call(_limit(scene.symbol, price, quantity))
        sent = _posted(scene, told)
        scene.require(not any(seen.executed for seen in sent), "the exchange took the order")
        scene.expect(
            len(sent) <= 1,
            f"the client sent the order {len(sent)} times",
            expected="one attempt, and the refusal told to the caller",
            found="; ".join(f"#{seen.seq} {seen.code} {seen.msg}" for seen in sent),
        )
        scene.expect_told(told, OutcomeKind.REFUSED, because="a filter of the symbol stands against the order")


# -- ids ------------------------------------------------------------------------------------------------------------


@check(
    "numbers.ids-above-2-53",
    "Order ids of 19 digits come through whole",
    level=MUST,
    why="A number above 2^53 loses its last digits in a float: the client asks for an order that there is not.",
    guards=("F-51",),
    rules=("O-8",),
    venues=("options",),
)
def ids_above_2_53(scene: Scene) -> None:
    """Orders are placed, and asked for by the id that the client told."""
    for _ in range(2):
        placed = scene.call(scene.ground.resting())
        scene.expect_accepted(placed, "a plain order")
        own = placed.view(OrderView).order_id
        scene.need(own is not None, "the client tells no order id")
        found = scene.call(QueryOrder(symbol=scene.symbol, order_id=own))
        scene.expect(
            found.accepted, f"the order {own} is not to be found", expected="the order that was placed", found=found
        )
        back = found.view(OrderView).order_id
        scene.expect(back in (None, own), "another id came back", expected=str(own), found=back)


CHECKS: Final = (
    plain_decimals,
    sent_as_given,
    quantity_on_step,
    price_on_tick,
    filters_not_precision,
    quantity_rounded_down,
    grid_values_kept,
    filters_read_again,
    refused_order_not_resent,
    ids_above_2_53,
)
