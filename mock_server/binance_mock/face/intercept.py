"""`Mock.intercept`: while it is active, calls to Binance's hosts go to a mock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any

from binance_mock.face.backend import MockError
from binance_mock.face.link import NOWHERE

if TYPE_CHECKING:
    from binance_mock.face.mock import Mock
    from binance_mock.interception.around import F


class Intercepted:
    """Sends the calls of this process at Binance's hosts to a mock, and hands that out.

    For `with`, for `async with`, and as a decorator of functions and coroutine functions, each call of which is an
    interception of its own.

    Args:
        mock: makes the mock, or a context that hands one out.
        strict: refuse calls to other hosts but local ones.
        passthrough: hosts that calls reach in any case.
    """

    def __init__(
        self, mock: Callable[[], AbstractContextManager[Mock]], *, strict: bool, passthrough: Sequence[str]
    ) -> None:
        self._mock = mock
        self._strict = strict
        self._passthrough = passthrough
        self._stack: ExitStack | None = None

    def __enter__(self) -> Mock:
        from binance_mock.interception import Interception

        if self._stack is not None:
            raise MockError("this interception is active; write another `.intercept()` for one inside of it")
        with ExitStack() as stack:
            mock = stack.enter_context(self._mock())
            if mock.url.startswith(NOWHERE):
                raise MockError("calls can be sent to a served mock only; leave out serve=False")
            stack.enter_context(Interception(mock.url, strict=self._strict, passthrough=self._passthrough))
            self._stack = stack.pop_all()
        return mock

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stack, self._stack = self._stack, None
        assert stack is not None
        stack.close()

    async def __aenter__(self) -> Mock:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: F) -> F:
        """Intercept during each call of a function.

        Raises:
            TypeError: it is a class or a generator.
        """
        from binance_mock.interception.around import around

        return around(function, lambda: Intercepted(self._mock, strict=self._strict, passthrough=self._passthrough))


class Intercept:
    """`Mock.intercept(...)` makes a mock for the time of the interception; `mock.intercept(...)` uses that one.

    Args of the call:
        strict: refuse calls to hosts that are neither Binance's nor local, with the error that the calling library
            raises where it cannot connect.
        passthrough: hosts that calls reach in any case.
        **options: on the class, what `Mock(...)` takes.
    """

    def __get__(self, mock: Mock | None, kind: type[Mock]) -> Callable[..., Intercepted]:
        """What `.intercept` is on a mock or on the class."""

        def intercept(*, strict: bool = False, passthrough: Sequence[str] = (), **options: Any) -> Intercepted:
            if mock is None:
                return Intercepted(lambda: kind(**options), strict=strict, passthrough=passthrough)
            if options:
                raise TypeError(
                    f"{', '.join(options)}: the mock is made already; write Mock.intercept(...) for a new one"
                )
            return Intercepted(lambda: nullcontext(mock), strict=strict, passthrough=passthrough)

        return intercept
