"""What may differ from one world of a server to the next: options, read against the world that they start from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from binance_mock.config_reading import below, nearest, read_part, refuse
from binance_mock.config_values import pick_symbols, read_balances, read_faults, read_limits, rows_of
from binance_mock.gate.keys import Permission
from binance_mock.gate.limiters import LimitInterval, RateLimit
from binance_mock.world import Blueprint, WorldSettings

LAST_MS: Final = 4_102_444_800_000
"""The latest time that a clock may be frozen at, in milliseconds: the year 2100."""

_LIMIT_NAME: Final = re.compile(r"([A-Z_]+)(?:/([1-9]\d{0,2})([smhd]))?")
_INTERVALS: Final = {
    "s": LimitInterval.SECOND, "m": LimitInterval.MINUTE, "h": LimitInterval.HOUR, "d": LimitInterval.DAY,
}  # fmt: skip


class Options(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """How a world differs; None leaves a thing as it is.

    Attributes:
        seed: seeds ids, the standing market and faults.
        frozen_at: where its clock stands, in milliseconds.
        balances: all that its first account owns: decimals in text by asset.
        symbols: the symbols it lists, out of those that its server lists.
        limits: limits by name, such as `{"REQUEST_WEIGHT": 100, "ORDERS/10s": 5}`, or tables with kind, interval, num
            and limit.
        faults: fault rules.
        permissions: what its first account's keys may do: TRADE, USER_DATA, USER_STREAM, MARKET_DATA.
    """

    seed: int | None = None
    frozen_at: Annotated[int, Meta(ge=0, le=LAST_MS)] | None = None
    balances: Any = None
    symbols: list[Any] | None = None
    limits: Any = None
    faults: Any = None
    permissions: list[Permission] | None = None


def with_options(
    blueprint: Blueprint, settings: WorldSettings, raw: Mapping[str, Any], source: str
) -> tuple[Blueprint, WorldSettings]:
    """A blueprint and settings with options applied.

    Args:
        blueprint: what the options start from.
        settings: the same.
        raw: options by name.
        source: what errors call them.

    Raises:
        ConfigError: an option is unknown or not legal.
    """
    options = read_part(Options, {name: value for name, value in raw.items() if value is not None}, source, "")
    changed: dict[str, Any] = {}
    if options.seed is not None:
        changed["seed"] = options.seed
    if options.frozen_at is not None:
        changed["frozen_at"] = options.frozen_at * 1000
    if options.balances is not None:
        balances = read_balances(options.balances, source, "balances")
        if not settings.accounts:
            refuse(source, "balances", "there is no account that could own it; configure one under [[accounts]]")
        first = msgspec.structs.replace(settings.accounts[0], balances=balances)
        changed["accounts"] = (first, *settings.accounts[1:])
    if options.permissions is not None:
        name = settings.accounts[0].name if settings.accounts else ""
        changed["keys"] = tuple(
            key.changed(permissions=options.permissions) if key.account == name else key for key in settings.keys
        )
    if options.faults is not None:
        changed["faults"] = read_faults(options.faults, changed.get("seed", settings.seed), source, "faults")
    symbols, limits = blueprint.symbols, blueprint.limits
    if options.symbols is not None:
        symbols = pick_symbols(options.symbols, symbols, source, "symbols")
    if options.limits is not None:
        named = isinstance(options.limits, Mapping)
        rows = _tables(options.limits, limits, source) if named else rows_of(options.limits, source, "limits")
        limits = read_limits(rows, limits, source)
    if symbols is not blueprint.symbols or limits is not blueprint.limits:
        blueprint = blueprint.changed(symbols, limits)
    return blueprint, msgspec.structs.replace(settings, **changed)


def _tables(named: Mapping[Any, Any], limits: Sequence[RateLimit], source: str) -> list[tuple[str, dict[str, Any]]]:
    """Limits by name as tables with their places: `ORDERS/10s` names the window, `REQUEST_WEIGHT` its kind alone."""
    tables = []
    known = [_name(limit) for limit in limits]
    for name, limit in named.items():
        match = _LIMIT_NAME.fullmatch(name) if isinstance(name, str) else None
        of_kind = [each for each in limits if match is not None and each.kind == match[1]]
        if match is None or not of_kind:
            refuse(source, below("limits", str(name)[:40]), f"is no limit; {nearest(str(name), known)}")
        if match[2]:
            interval, num = _INTERVALS[match[3]], int(match[2])
        elif len(of_kind) == 1:
            interval, num = of_kind[0].interval, of_kind[0].num
        else:
            names = ", ".join(_name(each) for each in of_kind)
            refuse(source, f"limits.{name}", f"there are several; write one of {names}")
        table = {"kind": match[1], "interval": interval.value, "num": num, "limit": limit}
        tables.append((below("limits", name), table))
    return tables


def _name(limit: RateLimit) -> str:
    return f"{limit.kind}/{limit.num}{limit.interval[0].lower()}"
