"""The worlds of a server: the default one, and named ones beside it, found by what a request carries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from random import Random
from threading import RLock
from typing import Final

from binance_mock.clock import steady_time
from binance_mock.gate.keys import ApiKey
from binance_mock.world import DEFAULT_ACCOUNT, DEFAULT_WORLD, World

PREFIX: Final = "/w/"
"""Paths that name their world: `/w/<world>/api/v3/...`."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class WorldsError(Exception):
    """A world that cannot be made or found.

    Args:
        reason: what is wrong.
        hint: the next step.
    """

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(f"{reason}; {hint}")
        self.reason = reason
        self.hint = hint


class NamedWorld:
    """A world beside the default one.

    Attributes:
        world: the world itself.
        key: its own key, which leads to it wherever it is used.
        used: when it was last asked something, by the steady clock.
    """

    __slots__ = ("key", "used", "world")

    def __init__(self, world: World, key: ApiKey, used: float) -> None:
        self.world = world
        self.key = key
        self.used = used


class Worlds:
    """All worlds of a server.

    Whoever touches a world holds `lock`: requests come from the server's event loop and from clients in this process.

    Args:
        default: the world of requests that belong to no other.
        most: how many named worlds there may be at once.
        idle_s: named worlds that nobody asked for so many seconds go when room or a list is wanted; None keeps them.
    """

    def __init__(self, default: World, *, most: int = 1000, idle_s: float | None = 3600) -> None:
        self.default = default
        self.lock = RLock()
        self.started = steady_time()
        self._most = most
        self._idle_s = idle_s
        self._named: dict[str, NamedWorld] = {}
        self._owners: dict[str, str] = {}
        """Own keys, by text, to the id of their world."""
        self._next = 1

    # -- finding ------------------------------------------------------------------------------------------------

    def find(self, path: str, headers: Mapping[bytes, bytes]) -> tuple[World, str] | None:
        """The world that a request belongs to, and its path there; None when its prefix names none.

        That of its API key; else that of its prefix `/w/<world>`; else the one that the first label of its Host
        names; else the default one. Of several worlds that know the key, the one that prefix or Host name goes first.

        Args:
            path: as it was requested.
            headers: names in lower case.
        """
        if not self._named and not path.startswith(PREFIX):
            return self.default, path
        named = None
        if path.startswith(PREFIX):
            name, _, rest = path[len(PREFIX) :].partition("/")
            path = f"/{rest}"
            named = self._touch(name)
            if named is None:
                return None
        elif self._named:
            host = headers.get(b"host", b"").partition(b":")[0]
            named = self._touch(host.partition(b".")[0].decode("latin-1"))
        key = headers.get(b"x-mbx-apikey")
        if key is None:
            return named or self.default, path
        text = key.decode("latin-1")
        if named is not None and text in named.keys:
            return named, path
        return self._owner(text) or named or self.default, path

    def get(self, name: str) -> World:
        """The world of this name.

        Raises:
            WorldsError: there is none.
        """
        world = self._touch(name)
        if world is None:
            raise WorldsError(
                f"there is no world {name!r}", f"it may have been removed, or never made; there are {', '.join(self)}"
            )
        return world

    def own_key(self, name: str) -> ApiKey | None:
        """The key that leads to a named world, None for the default world."""
        named = self._named.get(name)
        return named.key if named is not None else None

    def __iter__(self) -> Iterator[str]:
        """The names of all worlds."""
        self._expire()
        return iter([DEFAULT_WORLD, *self._named])

    # -- making -------------------------------------------------------------------------------------------------

    def add(self, make: Callable[[str, ApiKey], World], name: str | None = None) -> NamedWorld:
        """A new world with a key of its own.

        Args:
            make: makes it, given its name and its own key.
            name: what it is called; a number is found when left out.

        Raises:
            WorldsError: the name is taken or malformed, or there are too many worlds.
        """
        self._expire()
        if name is None:
            name = self._free_name()
        elif not _ID.fullmatch(name):
            raise WorldsError(f"{name[:80]!r} is no name of a world", "use 1 to 64 letters, digits, - and _")
        elif name == DEFAULT_WORLD or name in self._named:
            raise WorldsError(f"there is a world {name!r} already", "choose another name, or leave it out")
        if len(self._named) >= self._most:
            raise WorldsError(
                f"there is no room for another world beside the {self._most} that there may be",
                "remove those that are done with (DELETE /_mock/worlds/{id}), or raise max_worlds in [server]",
            )
        key = self._make_key(name)
        named = self._named[name] = NamedWorld(make(name, key), key, steady_time())
        self._owners[key.key] = name
        return named

    def remove(self, name: str) -> None:
        """Let a world go.

        Raises:
            WorldsError: there is none of this name, or it is the default one.
        """
        if name == DEFAULT_WORLD:
            raise WorldsError("the default world stays", "POST /_mock/reset puts a fresh one in its place")
        named = self._named.pop(name, None)
        if named is None:
            raise WorldsError(f"there is no world {name!r}", f"there are {', '.join(self)}")
        del self._owners[named.key.key]

    def reset(self, name: str = DEFAULT_WORLD) -> World:
        """A fresh world in the place of the old one.

        Raises:
            WorldsError: there is none of this name.
        """
        fresh = self.get(name).fresh()
        if name == DEFAULT_WORLD:
            self.default = fresh
        else:
            self._named[name].world = fresh
        return fresh

    # -- inside -------------------------------------------------------------------------------------------------

    def _touch(self, name: str) -> World | None:
        named = self._named.get(name)
        if named is None:
            return self.default if name == DEFAULT_WORLD else None
        named.used = steady_time()
        return named.world

    def _owner(self, text: str) -> World | None:
        """The world that knows a key: as its own, or for any other reason; the default one first."""
        name = self._owners.get(text)
        if name is not None:
            return self._touch(name)
        if text in self.default.keys:
            return self.default
        for name, named in self._named.items():
            if text in named.world.keys:
                return self._touch(name)
        return None

    def _expire(self) -> None:
        if self._idle_s is None:
            return
        oldest = steady_time() - self._idle_s
        for name in [name for name, named in self._named.items() if named.used < oldest]:
            self.remove(name)

    def _free_name(self) -> str:
        while f"w{self._next}" in self._named:
            self._next += 1
        self._next += 1
        return f"w{self._next - 1}"

    def _make_key(self, name: str) -> ApiKey:
        """A key for a world of this name; the same names in the same order give the same keys."""
        account = self.default.settings.accounts[0].name if self.default.settings.accounts else DEFAULT_ACCOUNT
        rng = Random(f"{self.default.settings.seed}:world:{name}")
        text, secret = ("".join(rng.choices(_KEY_LETTERS, k=64)) for _ in range(2))
        return ApiKey.hmac(text, secret, label=name, account=account)
