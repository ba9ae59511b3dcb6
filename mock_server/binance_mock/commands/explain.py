"""`binance-mock explain`: why a request was refused, by asking a running server or from the request itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.clock import system_time
from binance_mock.commands.curl import UnusableRequest
from binance_mock.gate import parameters, timing
from binance_mock.gate.desk import routes_of
from binance_mock.gate.diagnosis import Diagnosis
from binance_mock.gate.explain import explain_request
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.request import Request
from binance_mock.markets import all_endpoints
from binance_mock.printable import printable
from binance_mock.venues.errors import Refusal

_TIMEOUT_S: Final = 10
_MOST_SECRET: Final = 1 << 16


def explain_offline(request: Request, keys: KeyRing, now_ms: int | None) -> dict[str, Any]:
    """What is to be said of a request; see `explain_request`.

    Args:
        request: as it would be sent.
        keys: the known keys.
        now_ms: what the clock shows; None for the time that the request itself names, so that time is no complaint.
    """
    now = _own_time(request) if now_ms is None else now_ms * 1000
    return explain_request(request, keys, now, routes_of(all_endpoints()))


def ring_of(key: str | None, secret: str | None, request: Request) -> KeyRing:
    """A ring with the key pair of the documentation, and the caller's.

    Args:
        key: text of the caller's key; None for the one that the request carries.
        secret: the secret that belongs to it, None for none.
        request: the request.

    Raises:
        UnusableRequest: there is a secret without a key, or the other way round, or one has not its form.
    """
    ring = KeyRing([ApiKey.hmac(*EXAMPLE_PAIR, label="example")])
    if secret is None:
        if key is not None:
            raise UnusableRequest("--key needs its secret: put it into BINANCE_API_SECRET, or say --secret-file")
        return ring
    text = key or request.headers.get(b"x-mbx-apikey", b"").decode("latin-1")
    if not text:
        raise UnusableRequest("there is a secret but no key for it; say --key, or add the X-MBX-APIKEY header")
    try:
        ring.add(ApiKey.hmac(text, secret), replace=True)
    except UnicodeError:
        raise UnusableRequest("the secret holds what is no character; check where it comes from") from None
    except ValueError as error:
        raise UnusableRequest(f"{error}; check key and secret") from None
    return ring


def read_secret(path: Path) -> str:
    """The secret in a file, without the end of its line.

    Raises:
        UnusableRequest: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(_MOST_SECRET).decode().strip()
    except (OSError, UnicodeError):
        raise UnusableRequest(f"the secret file {str(path)!r} cannot be read; check its name") from None


def refused_requests(url: str, token: str | None, last: int) -> list[dict[str, Any]]:
    """The last refused requests of a running server, oldest first.

    Args:
        url: of the server.
        token: its control token, None for none.
        last: how many.

    Raises:
        UnusableRequest: no mock answers there, or it does not let us in.
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise UnusableRequest(f"{url!r} is no URL of a mock; it looks like http://127.0.0.1:8099")
    target = f"{url.rstrip('/')}/_mock/requests?{urlencode({'verdict': 'refused', 'limit': last})}"
    try:
        asked = HttpRequest(target, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310 - checked
        with urlopen(asked, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
            rows = json.load(answer)["requests"]
        return [_known(row) for row in rows]
    except HTTPError as error:
        raise UnusableRequest(f"the server at {url} answered {error.code}: {_hint(error)}") from None
    except (OSError, HTTPException, UnicodeError) as error:
        raise UnusableRequest(f"no mock answered at {url} ({error}); start one with `binance-mock serve`") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnusableRequest(f"what answered at {url} is no mock; check the URL") from None


def tell(found: Mapping[str, Any]) -> str:
    """An explanation for people."""
    lines = [printable(f"timing: {found['timing']}")] if found["timing"] else []
    return "\n".join([*lines, *_diagnosis(found["diagnosis"])])


def tell_refused(row: Mapping[str, Any]) -> str:
    """A refused request of a journal for people."""
    lines = [printable(f"{row['method']} {row['path']}  {row['status']}  {row['code']} {row['msg']}")]
    if row["why"]:
        lines.append(printable(f"  why: {row['why']}"))
    if row["diagnosis"]:
        lines += [f"  {line}" for line in _diagnosis(row["diagnosis"])]
    return "\n".join(lines)


def _diagnosis(fields: Mapping[str, str]) -> list[str]:
    escaped = {name: printable(text) for name, text in fields.items()}
    return str(Diagnosis(**escaped)).splitlines()


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the journal, of the form that is shown.

    Raises:
        KeyError, TypeError: it is not.
    """
    tell_refused(row)
    return dict(row)


def _hint(error: HTTPError) -> str:
    """What the control API said."""
    try:
        said = json.load(error)
        return f"{said['error']}; {said['hint']}" + ("; say --token" if error.code == 401 else "")
    except (ValueError, KeyError, TypeError, OSError, HTTPException):
        return "this is no answer of a mock; check the URL"


def _own_time(request: Request) -> int:
    """The time that the request names; the machine's when it names none."""
    try:
        return timing.read(parameters.read(request)).time
    except Refusal:
        return system_time()
