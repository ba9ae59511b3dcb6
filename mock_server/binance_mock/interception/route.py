"""Where calls go: to the mock, on to the host they are meant for, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from binance_mock.interception.errors import NotIntercepted
from binance_mock.interception.hosts import is_binance
from binance_mock.loopback import is_loopback, normal


class Route:
    """The decision for each host, and the mock's address.

    Args:
        url: of the mock, such as http://127.0.0.1:40123 or http://127.0.0.1:40123/w/t1.
        strict: refuse hosts that are neither Binance's nor local.
        passthrough: host names that calls reach in any case, Binance's among them.

    Attributes:
        host: of the mock, as a socket takes it.
        port: of the mock.
        prefix: what goes before each path: empty, or such as /w/t1.

    Raises:
        ValueError: the URL or a host name is none.
        TypeError: passthrough is a single text.
    """

    def __init__(self, url: str, *, strict: bool = False, passthrough: Sequence[str] = ()) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no URL of a mock; it looks like http://127.0.0.1:8099")
        if isinstance(passthrough, str):
            raise TypeError(f"passthrough is a list of hosts; write passthrough=[{passthrough!r}]")
        for name in passthrough:
            if not name or "/" in name or (":" in name and not is_loopback(name)):
                raise ValueError(
                    f"{name!r} in passthrough is no host; it looks like example.org, without scheme and port"
                )
        self.host = parts.hostname
        self.port = parts.port or 80
        self.prefix = parts.path.rstrip("/")
        self._strict = strict
        self._passthrough = frozenset(normal(name) for name in passthrough)

    def takes(self, host: str, kind: type[Exception]) -> bool:
        """Whether a call to a host goes to the mock; if not, it goes where it wanted to.

        Args:
            host: the name without port.
            kind: the error that callers of this library expect where it cannot connect.

        Raises:
            NotIntercepted: it goes nowhere, for the interception is strict. The error is of `kind` too.
        """
        name = normal(host)
        if name in self._passthrough or name == normal(self.host):
            return False
        if is_binance(name):
            return True
        if self._strict and not is_loopback(name):
            raise NotIntercepted.of_kind(
                kind,
                f"strict interception refused a call to {name}, which is no host of Binance; "
                f"add {name!r} to passthrough, or pass strict=False",
            )
        return False
