"""What is known about a refused request, and the trial of guesses against its signature.

Work is bounded: an Evidence hands out a limited number of tries and of bytes to hash, and when they are spent every
further guess fails. So a diagnosis ends in milliseconds, whatever was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.request import Request
from binance_mock.gate.signing import signed_parts, verify_raw, without_signature

if TYPE_CHECKING:
    from binance_mock.gate.diagnosis.forms import Form

HMAC_TRIES: Final = 3_000
PUBLIC_KEY_TRIES: Final = 400
"""RSA and Ed25519 checks take 30 to 150 us each, a hundred times an HMAC."""
CLOCK_TRIES: Final = 4_002
"""Granted on top when a timestamp has to be guessed, one for each millisecond."""
MAX_BYTES: Final = 8_000_000
MAX_SIGNATURE: Final = 4_096
"""Characters; the signature of an RSA key of 16384 bits has 2732."""
MANY: Final = 40
"""Guesses that are made for each parameter are made for this many parameters."""

Pairs = tuple[bytes, ...]
Change = Callable[[bytes], bytes]


class Evidence:
    """A request, taken apart once, with the tries that are left.

    `query` and `body` are without their signature; `pairs` are the non-empty `name=value` texts that Binance reads,
    `payload` is what it verifies, and `right` what `fits` says about that. `tried` holds the payloads that were tried
    in vain and may be tried with another secret.
    """

    __slots__ = (
        "_by_raw",
        "_bytes_left",
        "_seen",
        "_tries_left",
        "body",
        "key",
        "now_ms",
        "pairs",
        "parts",
        "payload",
        "query",
        "readings",
        "request",
        "right",
        "ring",
        "signature",
        "tried",
    )

    def __init__(
        self,
        request: Request,
        key: ApiKey | None,
        ring: KeyRing,
        forms: Iterable[Form] = (),
        now_ms: int | None = None,
    ) -> None:
        signed = signed_parts(request)
        self.request = request
        self.key = key
        self.ring = ring
        self.now_ms = now_ms
        self.signature = signed.signature or ""
        self.payload = signed.payload
        self.query = without_signature(request.query)
        self.body = without_signature(request.body)
        self.parts = (self.query, b"") if request.method == "GET" else (self.query, self.body)
        self.pairs: Pairs = tuple(pair for part in self.parts for pair in part.split(b"&") if pair)
        self.tried: list[bytes] = []
        self._seen = {self.payload}
        self._tries_left = HMAC_TRIES if key is None or key.mac is not None else PUBLIC_KEY_TRIES
        self._bytes_left = MAX_BYTES
        if now_ms is not None and self.value(b"timestamp") is None:
            self._tries_left += CLOCK_TRIES
        # The bytes of the signature, by every way it may have been written. The first way wins.
        self._by_raw: dict[bytes, Form | None] = {}
        if len(self.signature) <= MAX_SIGNATURE:
            for form in forms:
                for raw in form.read(self.signature, key):
                    self._by_raw.setdefault(raw, None if form.legal else form)
        self.readings = tuple(self._by_raw.items())
        self.right = self.fits(self.payload)

    def reading(self, raw: bytes) -> tuple[bool, Form | None]:
        """Tell whether these are the bytes of the signature, and the wrong form they were written in, if any."""
        return raw in self._by_raw, self._by_raw.get(raw)

    def fits(self, payload: bytes) -> tuple[bool, Form | None]:
        """Tell whether the key's signature over this payload was sent; the second value is as for `reading`."""
        key = self.key
        if key is None or not self.readings:
            return False, None
        if key.mac is not None:
            return self.reading(key.mac(payload))
        return next(((True, form) for raw, form in self.readings if verify_raw(key, payload, raw)), (False, None))

    def fresh(self, payload: bytes) -> bool:
        """Tell whether a payload has not been tried yet; from now on it has."""
        if payload in self._seen:
            return False
        self._seen.add(payload)
        return True

    def afford(self, size: int, tries: int = 1) -> bool:
        """Take tries over `size` bytes; False when none are left. To look at a guess costs its bytes, but no try."""
        self._tries_left -= tries
        self._bytes_left -= size
        return self._tries_left >= 0 and self._bytes_left >= 0

    def header(self, name: bytes) -> str | None:
        """Return a header as text, None when it was not sent."""
        value = self.request.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def value(self, name: bytes) -> bytes | None:
        """Return the raw value of a parameter, None when it was not sent."""
        return next((value_of(pair) for pair in self.pairs if name_of(pair) == name), None)

    def mapped(self, change: Change, only: bytes | None = None, but: bytes | None = None) -> bytes:
        """Return the payload with its values changed.

        Args:
            change: gives the new value.
            only: the name of the one parameter to change.
            but: the name of a parameter to leave alone.
        """
        return b"".join(_map_part(part, change, only, but) for part in self.parts)

    def replaced(self, name: bytes, value: bytes) -> bytes:
        """Return the payload with another value for one parameter."""
        return self.mapped(lambda _: value, only=name)

    def without(self, *names: bytes) -> bytes:
        """Return the payload without the parameters of these names."""
        gone = frozenset(names)
        return b"".join(
            b"&".join(pair for pair in part.split(b"&") if name_of(pair) not in gone) for part in self.parts
        )

    def resigned(self, field: bytes) -> bytes:
        """Return query and body as sent, with `field` in the place of the signature."""
        sent = (self.request.query,) if self.request.method == "GET" else (self.request.query, self.request.body)
        return b"".join(
            b"&".join(field if name_of(pair) == b"signature" else pair for pair in part.split(b"&")) for part in sent
        )


def name_of(pair: bytes) -> bytes:
    """Return the raw name in `name=value`."""
    return pair.partition(b"=")[0]


def value_of(pair: bytes) -> bytes:
    """Return the raw value in `name=value`."""
    return pair.partition(b"=")[2]


def form_decoded(raw: bytes) -> bytes:
    """Return the bytes that a form-encoded text stands for; `+` is a space."""
    return unquote_to_bytes(raw.replace(b"+", b" "))


def text_of(raw: bytes) -> str:
    """Return the characters that a form-encoded text stands for."""
    return form_decoded(raw).decode("utf-8", "replace")


def joined(pairs: Iterable[bytes]) -> bytes:
    """Return the pairs as one query string."""
    return b"&".join(pairs)


def _map_part(part: bytes, change: Change, only: bytes | None, but: bytes | None) -> bytes:
    pairs = []
    for pair in part.split(b"&"):
        name, equals, value = pair.partition(b"=")
        touched = equals and only in (None, name) and name != but
        pairs.append(name + equals + change(value) if touched else pair)
    return b"&".join(pairs)
