"""Values that configurations and options of worlds share: decimals, balances, limits, symbols, fault rules.

Each function takes `source` and `place`, which a `ConfigError` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from binance_mock.config_reading import below, nearest, read_part, refuse
from binance_mock.engine.units import SCALE
from binance_mock.gate.faults import FaultBook
from binance_mock.gate.limiters import LimitInterval, LimitKind, RateLimit, with_limit
from binance_mock.markets import WORDINGS
from binance_mock.venues.decimals import read
from binance_mock.venues.spot.symbols import SymbolInfo

_MOST_MONEY: Final = 10**15 * SCALE
MOST_NUMBER: Final = 1 << 53


class _LimitPart(msgspec.Struct, forbid_unknown_fields=True):
    kind: LimitKind
    interval: LimitInterval
    limit: Annotated[int, Meta(ge=0, le=MOST_NUMBER)]
    num: Annotated[int, Meta(ge=1, le=1000)] = 1


def rows_of(raw: object, source: str, place: str) -> list[tuple[str, Any]]:
    """The tables of a list, each with its place.

    Raises:
        ConfigError: it is no list.
    """
    if not isinstance(raw, list | tuple):
        refuse(source, place, f"is no list; write its entries under [[{place}]]")
    return [(f"{place}[{index}]", row) for index, row in enumerate(raw)]


def read_decimal(text: object, source: str, place: str, most: int) -> int:
    """A decimal from 0 to `most`, in units of 10^-8.

    Raises:
        ConfigError: it is no text, no decimal, or out of range.
    """
    if not isinstance(text, str):
        refuse(source, place, 'is no text; write decimals in quotes, such as "0.001"')
    try:
        value = read(text[:40])
    except ValueError:
        refuse(source, place, f'{text[:40]!r} is no decimal; write one with at most eight decimals, such as "0.001"')
    if not 0 <= value <= most or len(text) > 40:
        refuse(source, place, f"{text[:40]!r} is out of range; write 0 to {most // SCALE}")
    return value


def read_balances(raw: object, source: str, place: str) -> dict[str, int]:
    """Balances by asset, in units of 10^-8; None stands for none.

    Raises:
        ConfigError: it is no table, or a name is no asset or a value no decimal.
    """
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        refuse(source, place, 'is no table; write { BTC = "1.5" }')
    for asset in raw:
        if not (isinstance(asset, str) and asset.isalnum() and len(asset) <= 20):
            refuse(source, place, f"{str(asset)[:40]!r} is no asset; write names such as BTC")
    return {asset: read_decimal(text, source, below(place, asset), _MOST_MONEY) for asset, text in raw.items()}


def read_limits(rows: Iterable[tuple[str, Any]], limits: Sequence[RateLimit], source: str) -> tuple[RateLimit, ...]:
    """Limits with some of them changed or added.

    Args:
        rows: tables with kind, interval, num and limit, each with its place.
        limits: what they start from.
        source: name of the file.

    Raises:
        ConfigError: a table does not fit, or names a window that stands there already.
    """
    changed = list(limits)
    seen = set()
    for at, row in rows:
        part = read_part(_LimitPart, row, source, at)
        limit = RateLimit(part.kind, part.interval, part.num, part.limit)
        if limit.key in seen:
            refuse(source, at, f"{limit.kind} per {limit.per} stands here twice; leave one of them out")
        seen.add(limit.key)
        changed = with_limit(changed, limit)
    return tuple(changed)


def read_faults(raw: object, seed: int, source: str, place: str) -> tuple[Mapping[str, Any], ...]:
    """Fault rules, as `FaultBook.load` takes them.

    Raises:
        ConfigError: a rule is no table, or not legal.
    """
    rules = []
    for at, row in rows_of(raw, source, place):
        if not isinstance(row, Mapping) or not all(isinstance(name, str) for name in row):
            refuse(source, at, 'is no table; write kind = "unknown_503" and so on under [[faults]]')
        rules.append(dict(row))
    try:
        FaultBook(seed, venues=WORDINGS).load(rules)
    except ValueError as error:
        refuse(source, "", str(error))
    return tuple(rules)


def pick_symbols(
    wanted: Iterable[object], symbols: Mapping[str, SymbolInfo], source: str, place: str
) -> dict[str, SymbolInfo]:
    """The symbols that are wanted, in their usual order.

    Raises:
        ConfigError: a name is not known.
    """
    names = list(wanted)
    for index, name in enumerate(names):
        if not isinstance(name, str) or name not in symbols:
            refuse(source, f"{place}[{index}]", f"{str(name)[:40]!r} is not known; {nearest(str(name), symbols)}")
    return {name: info for name, info in symbols.items() if name in names}
