"""How the bytes of a signature are written as text, rightly and wrongly (rules S-27 to S-29).

A form reads a text back to the bytes that it may stand for. The forms are tried in the order of `FORMS`; each of them
may go together with any mistake in the payload, at no cost, because the text is read once.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from binance_mock.gate.diagnosis.mistake import Found, Mistake

if TYPE_CHECKING:
    from binance_mock.gate.diagnosis.evidence import Evidence
    from binance_mock.gate.keys import ApiKey

Read = Callable[[str], Iterable[bytes]]

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_BYTES_LITERAL: Final = re.compile(r"""[bBuU](?:'([^']*)'|"([^"]*)")""")
_HEX_RUN: Final = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")


class Form(Mistake):
    """One way to write a signature. `hmac` and `public` tell for which key types it is a form at all."""

    __slots__ = ("_read", "hmac", "legal", "public")

    def __init__(
        self,
        cause: str,
        title: str,
        advice: str,
        read: Read,
        *,
        hmac: bool = True,
        public: bool = True,
        legal: bool = False,
    ) -> None:
        super().__init__(cause, title, advice)
        self._read = read
        self.hmac = hmac
        self.public = public
        self.legal = legal

    def read(self, text: str, key: ApiKey | None) -> Iterable[bytes]:
        """Return the bytes that the text stands for if it was written in this form under this type of key."""
        if key is not None and not (self.hmac if key.mac is not None else self.public):
            return ()
        return self._read(text)

    def find(self, evidence: Evidence) -> Found | None:
        """Tell whether only the form is wrong: the right payload was signed and written this way."""
        hit, form = evidence.right
        return Found() if hit and form is self and not self.legal else None


def _hex(text: str) -> Iterator[bytes]:
    if _HEX.fullmatch(text):
        yield bytes.fromhex(text)


def _base64(text: str) -> Iterator[bytes]:
    if len(text) % 4 == 0 and _BASE64.fullmatch(text):
        yield b64decode(text)


def _plus_lost(text: str) -> Iterator[bytes]:
    if " " in text:
        yield from _base64(text.replace(" ", "+"))


def _url_alphabet(text: str) -> Iterator[bytes]:
    if "-" in text or "_" in text:
        yield from _padded(text.replace("-", "+").replace("_", "/"))


def _padded(text: str) -> Iterator[bytes]:
    text = text.rstrip("=")
    yield from _base64(text + "=" * (-len(text) % 4))


def _any_base64(text: str) -> Iterator[bytes]:
    yield from _padded(text.replace(" ", "+").replace("-", "+").replace("_", "/"))


def _base64_of_hex(text: str) -> Iterator[bytes]:
    for inner in _any_base64(text):
        yield from _hex(inner.decode("latin-1"))


def _hex_twice(text: str) -> Iterator[bytes]:
    for inner in _hex(text):
        yield from _hex(inner.decode("latin-1"))


def _any(text: str) -> Iterator[bytes]:
    yield from _hex(text)
    yield from _any_base64(text)


def _bytes_literal(text: str) -> Iterator[bytes]:
    literal = _BYTES_LITERAL.fullmatch(text.strip())
    if literal:
        yield from _any(literal[1] or literal[2] or "")


def _encoded_again(text: str) -> Iterator[bytes]:
    for _ in range(3):
        if "%" not in text:
            return
        text = unquote(text)
        yield from _any(text)


def _line_breaks(text: str) -> Iterator[bytes]:
    if "\n" in text or "\r" in text:
        yield from _any("".join(text.split()))


def _decorated(text: str) -> Iterator[bytes]:
    yield from _any(text.strip(" \t\r\n\"'`<>[]{}(),;"))
    yield from _any(text.replace(":", "").replace("-", "").replace(" ", ""))  # aa:bb:cc, aa-bb-cc, aa bb cc
    if text[:2] in ("0x", "0X"):
        yield from _hex(text[2:])
    for run in _HEX_RUN.findall(text):  # the output of a command line tool, whole
        yield from _hex(run)


HEX = Form("", "", "", _hex, public=False, legal=True)
BASE64 = Form("", "", "", _base64, hmac=False, legal=True)

PLUS_LOST = Form(
    "base64-plus-lost",
    "The base64 signature was sent without percent-encoding, so each + in it arrived as a space.",
    "Percent-encode the signature before it goes into the URL or form: + as %2B, / as %2F, = as %3D.",
    _plus_lost,
    hmac=False,
)
URL_ALPHABET = Form(
    "base64-url-alphabet",
    "The signature was written in the URL-safe base64 alphabet, with - and _.",
    "Use the standard base64 alphabet with + and /, and percent-encode the result.",
    _url_alphabet,
    hmac=False,
)
PADDING_LOST = Form(
    "base64-padding-lost",
    "The base64 signature was sent without its = padding.",
    "Keep the padding, percent-encoded as %3D.",
    _padded,
    hmac=False,
)
SIGNATURE_IN_HEX = Form(
    "signature-in-hex",
    "The signature of an RSA or Ed25519 key was written in hex.",
    "Write it in base64, percent-encoded; hex is for HMAC keys.",
    _hex,
    hmac=False,
)
DIGEST_IN_BASE64 = Form(
    "digest-in-base64",
    "The HMAC digest was written in base64.",
    "Write the digest in hex, 64 digits (hexdigest in Python, digest('hex') in Node).",
    _any_base64,
    public=False,
)
BASE64_OF_HEX = Form(
    "digest-in-base64-of-hex",
    "The HMAC digest was written in hex and this text in base64 again.",
    "Send the 64 hex digits themselves.",
    _base64_of_hex,
    public=False,
)
HEX_TWICE = Form(
    "digest-hex-twice",
    "The hex text of the HMAC digest was written in hex a second time.",
    "Send the 64 hex digits themselves.",
    _hex_twice,
    public=False,
)
BYTES_LITERAL = Form(
    "bytes-literal",
    "The signature arrived as a Python bytes literal, with b and quotes around it.",
    "Decode the bytes to text (signature.decode()) before formatting them into the URL.",
    _bytes_literal,
)
ENCODED_AGAIN = Form(
    "signature-encoded-twice",
    "The signature was percent-encoded twice.",
    "Encode it once: hand either the raw signature to an encoder or the encoded one to a plain string.",
    _encoded_again,
)
LINE_BREAKS = Form(
    "signature-line-breaks",
    "The signature contains line breaks: at its end, or every 76 characters, as MIME encoders put them into base64.",
    "Use an encoder without line breaks (openssl base64 -A, b64encode instead of encodebytes).",
    _line_breaks,
)
DECORATED = Form(
    "signature-decorated",
    "The right signature was sent with something around it: quotes, spaces, 0x, separators or a tool's output.",
    "Send nothing but the digits of the signature.",
    _decorated,
)

FORMS: Final = (
    HEX,
    BASE64,
    PLUS_LOST,
    URL_ALPHABET,
    PADDING_LOST,
    SIGNATURE_IN_HEX,
    DIGEST_IN_BASE64,
    BASE64_OF_HEX,
    HEX_TWICE,
    BYTES_LITERAL,
    ENCODED_AGAIN,
    LINE_BREAKS,
    DECORATED,
)
