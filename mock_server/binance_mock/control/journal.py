"""The journal: which requests arrived and how they were ruled."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control
from binance_mock.gate.journal import Entry, Verdict

_FILTERS: Final = ("path", "method", "verdict", "status", "code", "key", "account", "executed", "since", "limit")


@control("GET", "/requests", query=_FILTERS)
def show(scene: Scene, body: Body) -> Any:
    """The last requests, oldest first, filtered; a path may end with `*`."""
    query = scene.query
    verdict = query.get("verdict")
    if verdict is not None and verdict not in {each.value for each in Verdict}:
        raise ControlError(f"there is no verdict {verdict!r}", f"it is one of {', '.join(Verdict)}")
    if query.get("executed", "true") not in ("true", "false"):
        raise ControlError(f"executed is {query['executed']!r}", "it is true or false")
    numbers = {name: _number(name, query[name]) for name in ("status", "code", "since", "limit") if name in query}
    found = [entry for entry in scene.world.journal if _fits(entry, query, numbers)]
    if "limit" in numbers:
        found = found[-numbers["limit"] :] if numbers["limit"] else []
    return {"requests": [entry.show(scene.world.keys) for entry in found]}


@control("DELETE", "/requests")
def clear(scene: Scene, body: Body) -> Any:
    """Forget all requests."""
    count = len(scene.world.journal)
    scene.world.journal.clear()
    return {"removed": count}


def _fits(entry: Entry, query: Any, numbers: dict[str, int]) -> bool:
    path = query.get("path")
    if path is not None and not (
        entry.request.path.startswith(path[:-1]) if path.endswith("*") else entry.request.path == path
    ):
        return False
    return (
        query.get("method", entry.request.method).upper() == entry.request.method
        and query.get("verdict", entry.verdict.value) == entry.verdict.value
        and query.get("key", entry.key) == entry.key
        and query.get("account", entry.account) == entry.account
        and query.get("executed", "true" if entry.executed else "false") == ("true" if entry.executed else "false")
        and numbers.get("status", entry.status) == entry.status
        and numbers.get("code", entry.code) == entry.code
        and entry.seq > numbers.get("since", 0)
    )


def _number(name: str, text: str) -> int:
    digits = text.removeprefix("-") if name == "code" else text
    if not (digits.isascii() and digits.isdigit()) or len(text) > 18:
        raise ControlError(f"{name} is {text!r}", "send a whole number")
    return int(text)


CALLS: Final[tuple[ControlCall, ...]] = (show, clear)
