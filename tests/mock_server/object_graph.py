"""Objects with all that they refer to: a picture of them to compare, and what two of them have in common.

Both look at everything there is, so that what is added to a world later need not be named here. What is read-only by
its contract (`FIXED`) is one value, and what it holds may be shared.
"""

from __future__ import annotations

import gc
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from enum import Enum
from random import Random
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import Any, Final

import msgspec

from binance_mock.engine.commission import Fees
from binance_mock.engine.market import Market
from binance_mock.gate.diagnosis import Diagnosis
from binance_mock.gate.dialect import Dialect
from binance_mock.gate.faults import Fault
from binance_mock.gate.gate import Settings
from binance_mock.gate.journal import Entry
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.limiters import RateLimit
from binance_mock.gate.request import Request
from binance_mock.markets import Stock
from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.options.chain import OptionInfo, Underlying
from binance_mock.venues.options.dialect import Dialect as OptionsDialect
from binance_mock.venues.options.listings import Strip
from binance_mock.venues.options.margin import IndexMargin
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.options.surface import Surface
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.world import Blueprint, WorldSettings

ATOMS: Final = (int, str, bytes, float, type(None), Enum, type, ModuleType, re.Pattern, msgspec.Raw)

UNIQUE: Final = (
    ApiKey, Blueprint, ContractInfo, Dialect, Endpoint, IndexMargin, OptionInfo, OptionsDialect, OptionsSettings,
    Settings, SpotSettings, Stock, Surface, SymbolInfo, Underlying, UsdmSettings, WorldSettings,
)  # fmt: skip
"""What a picture shows by identity: nobody makes another one that is equal."""

FIXED: Final = (*UNIQUE, Diagnosis, Fault, Fees, RateLimit, Request, Strip)
"""Made once and never changed: their own documentation says so."""

MAY_BE_SHARED: Final = (*ATOMS, *FIXED, tuple, frozenset, FunctionType, BuiltinFunctionType)
"""What two worlds may have in common; of the containers only those that cannot change, and their content is looked at
for itself. Finished entries of the journal are the one exception, see `is_harmless`."""

PASSING: Final = {"events": Market}
"""Attributes that mean nothing once a command has ended."""

MISSING: Final = "no value"


def is_harmless(thing: object) -> bool:
    """Whether it may belong to two worlds at once."""
    if isinstance(thing, MethodType):
        return False
    if isinstance(thing, BuiltinFunctionType):
        return thing.__self__ is None or isinstance(thing.__self__, ModuleType | type) or is_encoder(thing)
    return isinstance(thing, MAY_BE_SHARED) or (isinstance(thing, Entry) and thing.settled)


def is_encoder(thing: BuiltinFunctionType) -> bool:
    return isinstance(thing.__self__, msgspec.json.Encoder)


# -- what is shared -------------------------------------------------------------------------------------------------


def reachable(root: object, *, but: tuple[object, ...] = ()) -> dict[int, object]:
    """Everything that can be reached from an object, by identity; `but` ends the search where it is met."""
    ends = {id(each) for each in but}
    found: dict[int, object] = {}
    open_ = [root]
    while open_:
        thing = open_.pop()
        if id(thing) in found or id(thing) in ends:
            continue
        found[id(thing)] = thing
        open_ += inside(thing)
    return found


def inside(thing: object) -> list[object]:
    """What an object refers to directly."""
    if isinstance(thing, (*ATOMS, *FIXED)):
        return []
    if isinstance(thing, FunctionType):
        return [*(thing.__closure__ or ()), *(thing.__defaults__ or ())]
    if isinstance(thing, BuiltinFunctionType):
        return [] if is_encoder(thing) else [thing.__self__]
    if isinstance(thing, Entry) and thing.settled:
        return []
    return gc.get_referents(thing)


def shared(one: object, other: object, *, but: tuple[object, ...] = ()) -> list[object]:
    """What both can reach and may not have in common."""
    mine, theirs = reachable(one, but=but), reachable(other, but=but)
    return [thing for key, thing in mine.items() if key in theirs and not is_harmless(thing)]


# -- what there is --------------------------------------------------------------------------------------------------


class Ref(int):
    """The place of an object in a picture."""


Rows = list[tuple[str, list[Any]]]


def picture(*roots: object) -> Rows:
    """All that is reachable, object by object, as plain values; equal pictures mean equal objects, equally linked."""
    return Picture().draw(roots)


class Picture:
    """Numbers the objects as they are met; every object is drawn once."""

    def __init__(self) -> None:
        self.places: dict[int, Ref] = {}
        self.waiting: list[object] = []

    def draw(self, roots: tuple[object, ...]) -> Rows:
        rows: Rows = [("roots", [self.mark(root) for root in roots])]
        while len(rows) <= len(self.waiting):
            thing = self.waiting[len(rows) - 1]
            rows.append((type(thing).__name__, [self.mark(part) for part in parts(thing)]))
        return rows

    def mark(self, thing: object) -> Any:
        """An atom as it is with its type, a tuple as its content, and the place of anything else."""
        if isinstance(thing, ATOMS):
            return (type(thing).__name__, bytes(thing) if isinstance(thing, msgspec.Raw) else thing)
        if isinstance(thing, UNIQUE):
            return ("the one", id(thing))
        if isinstance(thing, tuple):
            return (type(thing).__name__, *map(self.mark, thing))
        place = self.places.get(id(thing))
        if place is None:
            self.waiting.append(thing)
            place = self.places[id(thing)] = Ref(len(self.waiting))
        return ("place", int(place))


def parts(thing: object) -> Iterator[object]:
    """What an object is made of, in an order of its own."""
    match thing:
        case defaultdict():
            # Asking for what is not there puts a zero in.
            yield from sorted(pair for pair in thing.items() if pair[1])
        case dict():
            for key, value in thing.items():
                yield key
                yield value
        case deque():
            yield thing.maxlen
            yield from thing
        case list():
            yield from thing
        case set() | frozenset():
            yield from sorted(thing)
        case Random():
            yield thing.getstate()
        case CellType():
            yield thing.cell_contents
        case FunctionType():
            yield thing.__qualname__
            yield thing.__closure__ or ()
        case BuiltinFunctionType():
            yield thing.__qualname__
            yield None if is_encoder(thing) else thing.__self__
        case MethodType():
            yield thing.__qualname__
            yield thing.__self__
        case _:
            yield from attributes(thing)


def attributes(thing: object) -> Iterator[object]:
    slots = [slot for kind in type(thing).__mro__ for slot in getattr(kind, "__slots__", ())]
    assert slots or hasattr(thing, "__dict__"), f"a picture does not know {type(thing)}"
    names = [*slots, *sorted(getattr(thing, "__dict__", ()))]
    for name in names:
        if not (name in PASSING and isinstance(thing, PASSING[name])):
            yield name
            yield getattr(thing, name, MISSING)
