"""Mistakes in percent-encoding: the signature is over the bytes on the wire, encoded as sent (rule S-26).

Two encoders in one client is the usual reason: one for the signed text, another for the text that is sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from binance_mock.gate.diagnosis.evidence import MANY, Change, Evidence, form_decoded, name_of
from binance_mock.gate.diagnosis.mistake import PayloadMistake

_ESCAPE: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPED_TWICE: Final = re.compile(rb"%25[0-9A-Fa-f]{2}")
_CONTESTED: Final = b"@/:,~!*'()[]$;{}|\""  # what encoders treat differently
_MAX_TEXT: Final = 16_384  # bytes; a longer payload is not taken through a hundred character sets
_CHARSETS: Final = ("latin-1", "cp1252", "gb18030", "big5", "shift_jis", "euc-kr", "cp1251", "utf-16-le", "utf-16-be")
_UNICODE_FORMS: Final[tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...]] = ("NFC", "NFD", "NFKC", "NFKD")


class _Encoder(NamedTuple):
    safe: str  # left bare, besides letters, digits and -._
    plus: bool = False  # space as +
    tilde: bool = False  # ~ as %7E
    lower: bool = False  # %2f instead of %2F

    def encode(self, raw: bytes) -> bytes:
        text = quote_from_bytes(raw, self.safe + " " if self.plus else self.safe)
        if self.plus:
            text = text.replace(" ", "+")
        if self.tilde:
            text = text.replace("~", "%7E")
        return _in_case(text.encode(), bytes.lower) if self.lower else text.encode()


_ENCODERS: Final = (
    _Encoder("", plus=True),  # Python quote_plus and urlencode, Go QueryEscape, Ruby
    _Encoder(""),  # RFC 3986, PHP rawurlencode
    _Encoder("/"),  # Python quote
    _Encoder("!*'()"),  # JavaScript encodeURIComponent
    _Encoder("*", plus=True, tilde=True),  # JavaScript URLSearchParams, Java URLEncoder
    _Encoder("", plus=True, tilde=True),  # PHP urlencode
    _Encoder("!*'():$,", plus=True),  # axios 1
    _Encoder("!*'():$,[]", plus=True),  # axios 0
    _Encoder("!*'();/?:@&=+$,#"),  # JavaScript encodeURI
    _Encoder("@", plus=True),  # the older official Python connectors
    _Encoder("!*()", plus=True, lower=True),  # .NET HttpUtility
    _Encoder("", lower=True),
)


def _space(evidence: Evidence) -> Iterator[bytes]:
    yield evidence.payload.replace(b"+", b"%20")
    yield evidence.payload.replace(b"%20", b"+")


def _escape_case(evidence: Evidence) -> Iterator[bytes]:
    yield _in_case(evidence.payload, bytes.lower)
    yield _in_case(evidence.payload, bytes.upper)


def _sent_twice_encoded(evidence: Evidence) -> Iterator[bytes]:
    if _ESCAPED_TWICE.search(evidence.payload):
        once = evidence.mapped(unquote_to_bytes)
        yield once
        yield evidence.payload.replace(b"%25", b"%")
        yield unquote_to_bytes(once)


def _signed_twice_encoded(evidence: Evidence) -> Iterator[bytes]:
    payload = evidence.payload
    yield payload.replace(b"%", b"%25")
    yield payload.replace(b"%", b"%25").replace(b"+", b"%2B")
    yield quote_from_bytes(payload, "").encode()  # the whole string, with its = and &
    yield quote_from_bytes(unquote_to_bytes(payload), "").encode()


def _decoded(evidence: Evidence) -> Iterator[bytes]:
    for decode in (form_decoded, unquote_to_bytes):
        yield decode(evidence.payload)
        yield evidence.mapped(decode)
        yield evidence.mapped(decode, but=b"symbol")  # python-binance encodes the symbol and nothing else
    if b"%" in evidence.payload or b"+" in evidence.payload:
        for pair in evidence.pairs[:MANY]:
            yield evidence.mapped(form_decoded, only=name_of(pair))


def _encoded(evidence: Evidence) -> Iterator[bytes]:
    if not _ESCAPE.search(evidence.payload):
        yield from _other_encoder(evidence)


def _other_encoder(evidence: Evidence) -> Iterator[bytes]:
    for decode in (form_decoded, unquote_to_bytes):
        for encoder in _ENCODERS:
            yield evidence.mapped(_chain(decode, encoder.encode))
    for character in _CONTESTED:  # encoders that differ in a single character
        bare, escaped = bytes((character,)), b"%%%02X" % character
        yield evidence.payload.replace(bare, escaped)
        yield evidence.payload.replace(escaped, bare)


def _other_charset(evidence: Evidence) -> Iterator[bytes]:
    if len(evidence.payload) > _MAX_TEXT or form_decoded(evidence.payload).isascii():
        return
    for change in _charset_changes():
        for encode in (_ENCODERS[0].encode, _ENCODERS[1].encode, _bare, _unicode_escape):
            try:
                yield evidence.mapped(_beyond_ascii(_chain(form_decoded, change, encode)))
            except UnicodeError:  # the text does not exist in this character set
                continue


def _charset_changes() -> Iterator[Change]:
    for charset in _CHARSETS:
        yield _recoder("utf-8", charset)
        yield _recoder(charset, "utf-8")
    for form in _UNICODE_FORMS:
        yield _normalizer(form)
    yield _recoder("utf-8", "ascii", "replace")
    yield _recoder("utf-8", "ascii", "ignore")
    yield _bare


def _recoder(source: str, target: str, errors: str = "strict") -> Change:
    return lambda raw: raw.decode(source).encode(target, errors)


def _normalizer(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> Change:
    return lambda raw: unicodedata.normalize(form, raw.decode("utf-8")).encode("utf-8")


def _chain(*steps: Change) -> Change:
    def change(raw: bytes) -> bytes:
        for step in steps:
            raw = step(raw)
        return raw

    return change


def _beyond_ascii(change: Change) -> Change:
    return lambda value: value if form_decoded(value).isascii() else change(value)


def _bare(raw: bytes) -> bytes:
    return raw


def _unicode_escape(raw: bytes) -> bytes:
    # JavaScript escape(): %uXXXX for what lies beyond Latin-1.
    out = bytearray()
    for character in raw.decode("utf-8"):
        code = ord(character)
        if code < 0x80:
            out += quote_from_bytes(character.encode(), "@*+/").encode()
        else:
            out += b"%%%02X" % code if code < 0x100 else b"%%u%04X" % code
    return bytes(out)


def _in_case(text: bytes, case: Change) -> bytes:
    return _ESCAPE.sub(lambda escape: case(escape[0]), text)


SPACE = PayloadMistake(
    "signed-space-encoded-otherwise",
    "A space was signed as %20 but sent as +, or the reverse.",
    "Use one encoder for the signed text and for the text that is sent, or send the signed string itself.",
    _space,
)
ESCAPE_CASE = PayloadMistake(
    "signed-escapes-in-other-case",
    "Percent escapes were signed in another letter case than sent, such as %2f and %2F.",
    "Sign the encoded string that is sent, not one made by another encoder.",
    _escape_case,
)
SENT_TWICE_ENCODED = PayloadMistake(
    "sent-double-encoded",
    "Values were percent-encoded twice on their way, such as %2540 for @, but signed with one encoding or none.",
    "Encode once: when you hand an encoded string to an HTTP library, keep it from encoding again.",
    _sent_twice_encoded,
)
SIGNED_TWICE_ENCODED = PayloadMistake(
    "signed-double-encoded",
    "Text that was percent-encoded already was encoded again before it was signed.",
    "Sign the string exactly as it is sent.",
    _signed_twice_encoded,
)
DECODED = PayloadMistake(
    "signed-decoded-values",
    "Values were signed as plain text but sent percent-encoded.",
    "Percent-encode first, then sign the encoded string; Binance has insisted on it since 2026-01-15.",
    _decoded,
)
ENCODED = PayloadMistake(
    "signed-encoded-sent-raw",
    "Values were signed percent-encoded but sent as plain text.",
    "Send the encoded string that was signed.",
    _encoded,
)
OTHER_ENCODER = PayloadMistake(
    "signed-with-other-encoder",
    "The signed text and the sent text were encoded by encoders that treat some characters differently.",
    "Use one encoder for both, or send the signed string itself.",
    _other_encoder,
)
OTHER_CHARSET = PayloadMistake(
    "signed-in-other-charset",
    "Non-ASCII characters were signed in another character set or Unicode form than they were sent in.",
    "Use UTF-8 for both, percent-encoded, and sign the encoded string.",
    _other_charset,
)
