"""`binance-mock serve`: a server in the foreground.

This is on the way of every start, so it loads what serving takes and nothing else.
"""

from __future__ import annotations

import errno
import json
import shlex
import signal
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock import __version__
from binance_mock.config import Config, ServerSettings
from binance_mock.loopback import is_loopback
from binance_mock.printable import printable
from binance_mock.wire.access_log import AccessLog
from binance_mock.wire.app import App
from binance_mock.wire.server import bind, calm_garbage_collector, make_server
from binance_mock.world import World
from binance_mock.worlds import Worlds

_BOLD: Final = "\x1b[1m"
_PLAIN: Final = "\x1b[0m"


class CannotServe(Exception):
    """The server cannot start.

    Args:
        message: why, and what to do.
        status: exit status of the command.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def serve(config: Config) -> None:
    """Serve until SIGINT or SIGTERM; a second one breaks off what still runs.

    Raises:
        CannotServe: the address is not safe, taken, or not ours, or there is no certificate to be had.
    """
    settings = config.server
    if settings.control_token is None and not is_loopback(settings.host):
        raise CannotServe(
            f"{settings.host!r} is no loopback address, and without a token everybody who reaches it controls the "
            "mock; add --control-token, or listen on 127.0.0.1",
            2,
        )
    listener = _listen(settings.host, settings.port)
    ca, tls = _certify(settings, listener) if settings.tls else (None, None)
    worlds = Worlds(
        World(config.blueprint, config.settings), most=settings.max_worlds, idle_s=settings.world_idle_s or None
    )
    calm_garbage_collector()

    def control() -> Callable[..., Awaitable[None]]:
        from binance_mock.wire.control import make_control

        return make_control(worlds, settings.control_token)

    log = AccessLog(sys.stderr, json=settings.json_logs, level=settings.log_level)
    server = make_server(App(worlds, log=log, control=control), tls)
    leave = server.handle_exit

    def stop(sig: int, frame: FrameType | None) -> None:
        if server.should_exit:
            server.force_exit = True
        leave(sig, frame)

    def stopped(sig: int, frame: FrameType | None) -> None:
        server.should_exit = True

    server.handle_exit = stop  # type: ignore[method-assign]  # uvicorn's own forces the end for SIGINT alone
    # These stand before and after uvicorn's: it raises what it caught again, which must not end in a failure.
    signal.signal(signal.SIGINT, stopped)
    signal.signal(signal.SIGTERM, stopped)
    sys.stderr.write(_banner(config, listener, ca, colours=sys.stderr.isatty()))
    sys.stderr.flush()
    server.run([listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        return bind(host, port)
    except UnicodeError:
        reason = "this is no host name; write an address such as 127.0.0.1"
    except OSError as error:
        reason = _reason(error, port)
    raise CannotServe(f"cannot listen on {host} port {port}: {reason}", 1)


def _reason(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken; choose another with --port, or a free one with --port 0"
    if error.errno == errno.EACCES:
        return "ports below 1024 belong to the administrator; choose another with --port"
    return f"{error.strerror}; --host takes an address of this machine, such as 127.0.0.1"


def _certify(settings: ServerSettings, listener: socket.socket) -> tuple[Path, ssl.SSLContext]:
    """The certificate that clients must trust, and what the server speaks TLS with. It takes time to load."""
    from binance_mock.wire.tls import TlsError, default_folder, open_authority

    try:
        folder = Path(settings.tls_dir).absolute() if settings.tls_dir else default_folder()
        authority = open_authority(folder)
        return authority.path, authority.context(listener.getsockname()[0].partition("%")[0])
    except TlsError as error:
        listener.close()
        raise CannotServe(printable(str(error)), 1) from error


def _banner(config: Config, listener: socket.socket, ca: Path | None, *, colours: bool) -> str:
    """What is said at the start.

    Args:
        config: what is served.
        listener: the socket that is listened on.
        ca: the certificate that clients must trust, None without TLS.
        colours: whether a terminal shows it.
    """
    address, port = listener.getsockname()[:2]
    settings = config.server
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "") else settings.host  # noqa: S104 - shown, not listened on
    host = "[::1]" if host == "::" else f"[{host}]" if ":" in host else host
    url = f"{'http' if ca is None else 'https'}://{host}:{port}"
    if settings.json_logs:
        row: dict[str, Any] = {"event": "started", "version": __version__, "url": url, "control": f"{url}/_mock"}
        if ca is not None:
            row["ca"] = str(ca)
        return json.dumps(row) + "\n"
    symbol = next(iter(config.blueprint.symbols), None)
    on, off = (_BOLD, _PLAIN) if colours else ("", "")
    lines = [f"binance-mock {__version__} serves on {on}{url}{off}"]
    lines.append(f"  control API  {url}/_mock{' (with the token)' if settings.control_token else ''}")
    if any(key.key == EXAMPLE_PAIR.api_key for key in config.settings.keys):
        lines.append(f"  example key  {EXAMPLE_PAIR.api_key}, with the secret of Binance's documentation")
    if ca is None:
        target = f"/api/v3/ticker/price?symbol={symbol}" if symbol else "/api/v3/time"
        lines.append(f"  try it       curl '{url}{target}'")
    else:
        lines += _tls_lines(ca, address, port)
    lines.append("  stop it      Ctrl-C")
    return "\n".join(lines) + "\n"


def _tls_lines(ca: Path, address: str, port: int) -> list[str]:
    """How clients are brought to the server without changing their host names."""
    file = printable(shlex.quote(str(ca)))
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - shown, not listened on
    host = f"api.binance.com:{port}"
    return [
        f"  certificate  {printable(str(ca))}, for clients to trust",
        f"  try it       curl --cacert {file} --resolve {host}:{address} https://{host}/api/v3/time",
        f"  in Node      NODE_EXTRA_CA_CERTS={file}",
    ]
