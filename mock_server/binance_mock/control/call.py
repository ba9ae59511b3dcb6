"""Declaring a control call: method, path, body, and the function that answers it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, NamedTuple, get_args

import msgspec

from binance_mock.world import DEFAULT_WORLD, World
from binance_mock.worlds import Worlds


class ControlError(Exception):
    """A control call that cannot be done: answered `{"error": ..., "hint": ...}`.

    Args:
        error: what is wrong.
        hint: the next step.
        status: HTTP status.
    """

    def __init__(self, error: str, hint: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.hint = hint
        self.status = status


class Body(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What every call takes."""

    world: str = DEFAULT_WORLD


class FreeBody(Body, kw_only=True):
    """An object whose names are checked by the handler, for they depend on each other."""

    fields: dict[str, Any]


class Scene(NamedTuple):
    """What a control call works on."""

    worlds: Worlds
    world: World
    place: Mapping[str, str]
    """The variable parts of the path."""
    query: Mapping[str, str]
    uptime_s: float


class ControlCall(NamedTuple):
    """One call of the control API."""

    method: str
    path: str
    body: type[Body]
    query: tuple[str, ...]
    handler: Callable[[Scene, Any], Any]

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (inspect.getdoc(self.handler) or "").split("\n", 1)[0]

    def match(self, path: str) -> dict[str, str] | None:
        """The variable parts of a path, None when it is another one."""
        ours, theirs = self.path.split("/"), path.split("/")
        if len(ours) != len(theirs):
            return None
        place = {}
        for mine, given in zip(ours, theirs, strict=True):
            if mine.startswith("{"):
                if not given:
                    return None
                place[mine[1:-1]] = given
            elif mine != given:
                return None
        return place


def control(
    method: str, path: str, body: type[Body] = Body, query: tuple[str, ...] = ()
) -> Callable[[Callable[[Scene, Any], Any]], ControlCall]:
    """Declare the decorated function as a control call.

    Args:
        method: HTTP verb.
        path: path below `/_mock`; `{name}` stands for a variable part.
        body: what it takes as JSON.
        query: names that it takes in the query.
    """

    def declare(handler: Callable[[Scene, Any], Any]) -> ControlCall:
        return ControlCall(method, path, body, query, handler)

    return declare


def read_body(kind: type[Body], raw: bytes) -> Body:
    """A body from JSON text; an empty one stands for `{}`.

    Raises:
        ControlError: it is no JSON, or holds what the call does not take.
    """
    try:
        if issubclass(kind, FreeBody):
            fields = msgspec.json.decode(raw.strip() or b"{}", type=dict[str, Any])
            return kind(world=str(fields.pop("world", DEFAULT_WORLD)), fields=fields)
        return msgspec.json.decode(raw.strip() or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise ControlError(f"the body does not fit: {error}", _hint(kind, str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(f"the body is no JSON: {error}", "send a JSON object, such as {}") from None


def check_query(call: ControlCall, query: Mapping[str, str]) -> None:
    """Refuse names in the query that the call does not take.

    Raises:
        ControlError: naming the first one.
    """
    for name in query:
        if name not in (*call.query, "world"):
            raise ControlError(f"{call.method} {call.path} takes no {name!r} in its query", nearest(name, call.query))


def nearest(name: str, known: tuple[str, ...] | list[str]) -> str:
    """A hint that names what may have been meant."""
    if not known:
        return "leave it out"
    near = get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}? It takes: {', '.join(known)}" if near else f"it takes: {', '.join(known)}"


def _hint(kind: type[Body], message: str) -> str:
    fields = [field.encode_name for field in msgspec.structs.fields(kind)]
    if "unknown field" in message:
        return nearest(message.split("`")[1], fields)
    for field in msgspec.structs.fields(kind):
        words = _words(field.type)
        if words and f"`$.{field.encode_name}`" in message:
            return f"{field.encode_name} is one of {', '.join(words)}"
    if issubclass(kind, FreeBody):
        return "send a JSON object"
    return f"it takes: {', '.join(fields)}"


def _words(kind: Any) -> list[str]:
    """The words that a field may hold, none for a field of another kind."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    words: list[str] = []
    for part in get_args(kind):
        words += [part] if isinstance(part, str) else _words(part)
    return words
