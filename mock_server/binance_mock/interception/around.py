"""Contexts as decorators, of functions and of coroutine functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def around(function: F, make: Callable[[], AbstractContextManager[object]]) -> F:
    """A function each call of which runs inside a context of its own, a coroutine function until it has ended.

    Args:
        function: what is called.
        make: makes the context.

    Raises:
        TypeError: it is a class or a generator, whose calls end before they have done anything.
    """
    call: Callable[..., Any] = function
    if inspect.isclass(call) or inspect.isgeneratorfunction(call) or inspect.isasyncgenfunction(call):
        raise TypeError(f"{call.__qualname__} is a class or a generator; write `with ...:` inside it")
    if inspect.iscoroutinefunction(call):

        @wraps(call)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with make():
                return await call(*args, **kwargs)

        return cast("F", coroutine)

    @wraps(call)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with make():
            return call(*args, **kwargs)

    return cast("F", wrapper)
