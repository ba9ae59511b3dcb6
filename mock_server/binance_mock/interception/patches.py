"""Replacing methods and functions for a while, and putting everything back exactly as it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any

from binance_mock.interception.errors import InterceptionError

Make = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Makes the replacement, given the original."""


class Patches:
    """What was replaced, in order.

    The replaced things are the classes' and functions' own, so names that were imported earlier are caught as well.
    """

    def __init__(self) -> None:
        self._made: list[_Method | _Function] = []

    def method(self, owner: type, name: str, make: Make) -> None:
        """Replace a method that a class defines itself."""
        self._made.append(_Method(owner, name, make))

    def function(self, function: Callable[..., Any], make: Make) -> None:
        """Replace what a plain function does; it remains the object it is."""
        assert isinstance(function, FunctionType)
        self._made.append(_Function(function, make))

    def check(self) -> None:
        """See that all replacements are still in place.

        Raises:
            InterceptionError: something else was put over one, and would be lost.
        """
        for patch in self._made:
            if not patch.in_place():
                raise InterceptionError(
                    f"{patch.name} was replaced by something else while it was intercepted; undo that first"
                )

    def undo(self) -> None:
        """Put everything back."""
        while self._made:
            self._made.pop().undo()


class _Method:
    def __init__(self, owner: type, name: str, make: Make) -> None:
        self.name = f"{owner.__qualname__}.{name}"
        self._owner = owner
        self._attribute = name
        self._original = owner.__dict__[name]
        self._replacement = wraps(self._original)(make(self._original))
        setattr(owner, name, self._replacement)

    def in_place(self) -> bool:
        return self._owner.__dict__.get(self._attribute) is self._replacement

    def undo(self) -> None:
        setattr(self._owner, self._attribute, self._original)


class _Function:
    """Swaps the code of a function for one that calls the replacement, which it finds among its own defaults."""

    def __init__(self, function: FunctionType, make: Make) -> None:
        assert function.__closure__ is None
        self.name = function.__qualname__
        self._function = function
        self._code = function.__code__
        self._defaults = function.__defaults__
        self._named_defaults = function.__kwdefaults__
        original = FunctionType(self._code, function.__globals__, function.__name__, self._defaults)
        original.__kwdefaults__ = self._named_defaults
        self._replacement = {"_replacement": make(original)}
        function.__kwdefaults__ = self._replacement
        function.__defaults__ = None
        function.__code__ = _forward.__code__

    def in_place(self) -> bool:
        return self._function.__kwdefaults__ is self._replacement

    def undo(self) -> None:
        self._function.__code__ = self._code
        self._function.__defaults__ = self._defaults
        self._function.__kwdefaults__ = self._named_defaults


def _forward(*args: Any, _replacement: Callable[..., Any], **kwargs: Any) -> Any:
    return _replacement(*args, **kwargs)
