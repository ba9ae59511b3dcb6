"""The requests that are sent, as bytes ready for the wire, and files of them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from pathlib import Path

from binance_fixtures.signing import EXAMPLE_PAIR

NOW_MS = 1_700_000_000_000
"""Where the clock of the measured server stands."""

SEPARATOR = b"\0"
"""Between the requests of a file."""

TIME = b"GET /api/v3/time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def sign(payload: str) -> str:
    return hmac.new(EXAMPLE_PAIR.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def get(target: str, key: str = "") -> bytes:
    header = f"X-MBX-APIKEY: {key}\r\n" if key else ""
    return f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode()


def signed_get(path: str, query: str = "") -> bytes:
    full = f"{query}{'&' if query else ''}timestamp={NOW_MS}"
    return get(f"{path}?{full}&signature={sign(full)}", EXAMPLE_PAIR.api_key)


def account() -> bytes:
    return signed_get("/api/v3/account", "omitZeroBalances=true")


def order_form(number: int) -> bytes:
    """The form of an order to buy that rests below the market."""
    form = (
        f"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.00100&price={60_000 + number % 1000}.00"
        f"&newClientOrderId=order-{number}&newOrderRespType=RESULT&timestamp={NOW_MS}"
    )
    return f"{form}&signature={sign(form)}".encode()


def futures_order_form(number: int) -> bytes:
    """The same for a contract."""
    form = (
        f"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.002&price={60_000 + number % 1000}.00"
        f"&newClientOrderId=order-{number}&newOrderRespType=RESULT&timestamp={NOW_MS}"
    )
    return f"{form}&signature={sign(form)}".encode()


def orders(count: int) -> Iterator[bytes]:
    return _posts("/api/v3/order", map(order_form, range(count)))


def futures_orders(count: int) -> Iterator[bytes]:
    return _posts("/fapi/v1/order", map(futures_order_form, range(count)))


def _posts(path: str, forms: Iterable[bytes]) -> Iterator[bytes]:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"X-MBX-APIKEY: {EXAMPLE_PAIR.api_key}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
    ).encode()
    for form in forms:
        yield head + b"%d\r\n\r\n" % len(form) + form


def reads() -> list[bytes]:
    """A mix of what clients read, and of what is refused."""
    return [
        TIME,
        get("/api/v3/depth?symbol=BTCUSDT&limit=5"),
        get("/api/v3/ticker/price?symbol=ETHUSDT"),
        get("/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=5"),
        account(),
        signed_get("/api/v3/openOrders", "symbol=BTCUSDT"),
        get("/api/v3/account?timestamp=1", EXAMPLE_PAIR.api_key),
        get("/api/v3/depth?symbol=NOPE"),
        get("/api/v3/nothing"),
    ]


def write(path: Path, requests: Iterable[bytes]) -> Path:
    path.write_bytes(SEPARATOR.join(requests))
    return path
