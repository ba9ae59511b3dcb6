"""Requests signed by hand, as every tutorial does it: urlencode, HMAC, `&signature=` at the end."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Sign = Callable[[str], str]
"""From the payload to the value of `signature`, percent-encoded where it has to be."""


def hmac_signer(secret: str) -> Sign:
    """Sign with HMAC SHA-256, in hex."""
    return lambda payload: hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def rsa_signer(key: rsa.RSAPrivateKey) -> Sign:
    """Sign with RSA, PKCS#1 v1.5 and SHA-256, in base64."""
    return lambda payload: quote(b64encode(key.sign(payload.encode(), padding.PKCS1v15(), SHA256())), safe="")


def ed25519_signer(key: ed25519.Ed25519PrivateKey) -> Sign:
    """Sign with Ed25519, in base64."""
    return lambda payload: quote(b64encode(key.sign(payload.encode())), safe="")


def public_pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """The public half, as it is registered with the exchange."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def private_pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    """The private half, as a client is given it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


class ByHand:
    """A client that has no opinion of its own.

    Args:
        url: where the exchange is.
        api_key: sent with every signed request.
        sign: makes its signatures.
        now: gives the timestamp of a signed request that has none, in milliseconds.
    """

    def __init__(self, url: str, api_key: str, sign: Sign, now: Callable[[], int]) -> None:
        self.url = url
        self.api_key = api_key
        self.sign = sign
        self.now = now
        self.http = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def public(
        self, path: str, params: Mapping[str, Any] | None = None, *, method: str = "GET", **kwargs: Any
    ) -> requests.Response:
        """Send a request without key and signature."""
        return self.http.request(method, self.url + path, params=params, **kwargs)

    def signed(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        place: str = "query",
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> requests.Response:
        """Sign the parameters as they stand, with a timestamp behind them, and send them.

        Args:
            method: the verb.
            path: the path.
            params: the parameters, signed in this order.
            place: "query", "body", or "mixed": the first half in the query, the others in the body.
            headers: further headers; the API key comes of itself.
            kwargs: for `requests`.
        """
        pairs = list((params or {}).items())
        if "timestamp" not in (params or {}):
            pairs.append(("timestamp", self.now()))
        cut = {"query": len(pairs), "body": 0, "mixed": len(pairs) // 2}[place]
        query, body = urlencode(pairs[:cut]), urlencode(pairs[cut:])
        signature = f"signature={self.sign(query + body)}"
        if body:
            body += f"&{signature}"
        else:
            query += f"&{signature}"
        return self.raw(method, path, query, body, headers=headers, **kwargs)

    def raw(
        self,
        method: str,
        path: str,
        query: str = "",
        body: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> requests.Response:
        """Send a query and a body just as they are, with the API key."""
        sent = {"X-MBX-APIKEY": self.api_key, **(FORM if body else {}), **(headers or {})}
        target = f"{self.url}{path}?{query}" if query else self.url + path
        return self.http.request(method, target, data=body or None, headers=sent, **kwargs)


def refusal(response: requests.Response) -> tuple[int, int, str]:
    """Status, code and text of a refusal, which is nothing but these (rule S-4)."""
    assert response.headers["Content-Type"] == "application/json;charset=UTF-8"
    row = response.json()
    assert list(row) == ["code", "msg"], row
    return response.status_code, row["code"], row["msg"]


def missing(name: str) -> str:
    """The text of -1102 for one parameter (rule S-43)."""
    return f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def illegal(name: str, legal: str) -> str:
    """The text of -1100 (rule S-46)."""
    return f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
