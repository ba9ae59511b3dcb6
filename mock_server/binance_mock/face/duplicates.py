"""Two orders for one intention: found among the requests that took effect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from binance_mock.face.journal import Seen

_CLIENT_IDS: Final = ("newClientOrderId", "clientOrderId", "listClientOrderId")
_NAMES_OF_EARLIER: Final = ("origClientOrderId", "cancelOrigClientOrderId")
_NOT_THE_INTENTION: Final = frozenset({*_CLIENT_IDS, "timestamp", "recvWindow", "signature", "newOrderRespType"})


class Duplicate(NamedTuple):
    """A pair of requests that placed the same order."""

    first: Seen
    second: Seen
    why: str
    intention: str
    differences: str


def duplicates(executed: Iterable[Seen], *, strict: bool = False) -> list[Duplicate]:
    """The pairs of orders that stand for one intention, each order with the nearest one before it.

    Args:
        executed: the requests that took effect, oldest first.
        strict: also pairs whose first answer reached the caller.
    """
    found = []
    earlier: dict[tuple[str, ...], list[Seen]] = {}
    told: set[tuple[str, str]] = set()
    """Accounts with client order ids that a later answer spoke of."""
    for seen in executed:
        if seen.verdict == "accepted":
            told.update((seen.account, seen.params[name]) for name in _NAMES_OF_EARLIER if name in seen.params)
        if not seen.orders:
            continue
        intention = _intention(seen)
        same = earlier.setdefault((seen.account, seen.method, seen.path, intention), [])
        for first in reversed(same):
            known = first.verdict == "accepted" or (first.account, _client_id(first)) in told
            why = _why(first, seen, known=known, strict=strict)
            if why:
                found.append(Duplicate(first, seen, why, intention, _differences(first, seen)))
                break
        same.append(seen)
    return found


def _why(first: Seen, second: Seen, *, known: bool, strict: bool) -> str:
    """Why the second order is taken for a repetition of the first; "" when it is not."""
    name = _client_id(first)
    if name and name == _client_id(second):
        return f"the client order id {name!r} was used for two orders"
    if not known:
        return f"the caller was not told that #{first.seq} was placed, and sent it again"
    return "two equal orders" if strict else ""


def _intention(seen: Seen) -> str:
    """What an order asks for, in the order of names."""
    asked = sorted((name, value) for name, value in seen.params.items() if name not in _NOT_THE_INTENTION)
    return " ".join(f"{name}={value}" for name, value in asked)


def _client_id(seen: Seen) -> str:
    return next((seen.params[name] for name in _CLIENT_IDS if seen.params.get(name)), "")


def _differences(first: Seen, second: Seen) -> str:
    one, other = first.params, second.params
    names = [name for name in (*_CLIENT_IDS, "timestamp") if one.get(name) != other.get(name)]
    return ", ".join(f"{name} ({one.get(name, 'none')}, then {other.get(name, 'none')})" for name in names)
