"""What a world may be made with, from Python: the same names on `Mock(...)`, `worlds.create(...)` and the marker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from binance_mock.face.moment import Moment, milliseconds


class WorldOptions(TypedDict, total=False):
    """How a world differs from the configured one; what is left out, or None, stays.

    seed: seeds ids and the standing market; equal seeds give equal worlds.
    frozen_at: where its clock stands still, in milliseconds or as an aware datetime.
    balances: all that the account owns: decimals in text by asset.
    symbols: the symbols that are listed.
    limits: limits by name: `{"REQUEST_WEIGHT": 100, "ORDERS/10s": 5}`.
    faults: fault rules: `[{"kind": "unknown_503", "path": "/api/v3/order", "times": 1}]`.
    permissions: what the key may do: TRADE, USER_DATA, USER_STREAM.
    """

    seed: int | None
    frozen_at: Moment | None
    balances: Mapping[str, str] | None
    symbols: Sequence[str] | None
    limits: Mapping[str, int] | Sequence[Mapping[str, Any]] | None
    faults: Sequence[Mapping[str, Any]] | None
    permissions: Sequence[str] | None


def plain(options: WorldOptions) -> dict[str, Any]:
    """Options as JSON can show them; those that are None are left out.

    Raises:
        TypeError: a name is unknown.
        ValueError: a datetime without time zone.
    """
    known = WorldOptions.__annotations__
    for name in options:
        if name not in known:
            raise TypeError(f"a world has no option {name!r}; there are {', '.join(known)}")
    values: dict[str, Any] = {}
    for name, value in options.items():
        if value is None:
            continue
        if name == "frozen_at":
            values[name] = milliseconds(value)  # type: ignore[arg-type]  # the name says that it is a moment
        elif isinstance(value, Mapping):
            values[name] = dict(value)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            values[name] = [dict(each) if isinstance(each, Mapping) else each for each in value]
        else:
            values[name] = value
    return values
