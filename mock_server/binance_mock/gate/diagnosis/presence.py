"""Parameters that were signed but not sent, sent but not signed, or written differently the two times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Final

from binance_mock.gate.diagnosis.evidence import MANY, Evidence, joined, name_of, value_of
from binance_mock.gate.diagnosis.mistake import PayloadMistake

_WINDOWS: Final = (5_000, 10_000, 60_000, 20_000, 30_000, 3_000, 6_000, 1_000, 59_999, 50_000, 15_000)
_GUESS_MS: Final = 2_000
_STYLES: Final = 6
_DRIFT_MS: Final = (300, 50)  # the signed time lies before the sent one, or, more rarely, after it
_NULLS: Final = (b"null", b"None", b"undefined", b"", b"nil", b"NaN")
_OPTIONAL: Final = (
    b"newClientOrderId",
    b"timeInForce",
    b"price",
    b"quantity",
    b"stopPrice",
    b"icebergQty",
    b"newOrderRespType",
    b"recvWindow",
    b"quoteOrderQty",
    b"trailingDelta",
    b"strategyId",
    b"strategyType",
    b"selfTradePreventionMode",
    b"orderId",
    b"origClientOrderId",
    b"symbol",
    b"symbols",
    b"startTime",
    b"endTime",
    b"fromId",
    b"limit",
    b"positionSide",
    b"reduceOnly",
    b"closePosition",
    b"activationPrice",
    b"callbackRate",
    b"workingType",
    b"priceProtect",
    b"omitZeroBalances",
    b"asset",
)
_LIKELY: Final = 8  # the first ones of _OPTIONAL are tried at every place
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")


def _timestamp_not_signed(evidence: Evidence) -> Iterator[bytes]:
    yield evidence.without(b"timestamp")
    yield evidence.without(b"timestamp", b"recvWindow")


def _window_not_signed(evidence: Evidence) -> Iterator[bytes]:
    yield evidence.without(b"recvWindow")


def _window_not_sent(evidence: Evidence) -> Iterator[bytes]:
    sent = evidence.value(b"recvWindow")
    for window in _WINDOWS:
        text = b"%d" % window
        if sent is not None:
            yield evidence.replaced(b"recvWindow", text)
        else:
            yield from _inserted(evidence, b"recvWindow=" + text)


def _timestamp_not_sent(evidence: Evidence) -> Iterator[bytes]:
    if evidence.now_ms is None or evidence.value(b"timestamp") is not None:
        return
    prefix = evidence.payload + b"&timestamp=" if evidence.payload else b"timestamp="
    for distance in range(_GUESS_MS + 1):
        yield prefix + b"%d" % (evidence.now_ms - distance)
        yield prefix + b"%d" % (evidence.now_ms + distance)


def _timestamp_differs(evidence: Evidence) -> Iterator[bytes]:
    sent = evidence.value(b"timestamp")
    if sent is None or not sent.isdigit() or len(sent) > 20:
        return
    before, after = _DRIFT_MS
    number = int(sent)
    seconds = number // 1000
    near = (number + distance for step in range(1, before + 1) for distance in (-step, step) if distance <= after)
    for other in (seconds, seconds * 1000, number * 1000, *near):
        yield evidence.replaced(b"timestamp", b"%d" % other)


def _null_not_signed(evidence: Evidence) -> Iterator[bytes]:
    empty = {name_of(pair) for pair in evidence.pairs if value_of(pair) in _NULLS}
    if empty:
        yield evidence.without(*empty)


def _one_not_signed(evidence: Evidence) -> Iterator[bytes]:
    for pair in evidence.pairs[:MANY]:
        yield evidence.without(name_of(pair))


def _null_not_sent(evidence: Evidence) -> Iterator[bytes]:
    sent = {name_of(pair) for pair in evidence.pairs}
    for null in _NULLS:
        for name in _OPTIONAL:
            if name not in sent:
                yield from _inserted(evidence, name + b"=" + null, everywhere=name in _OPTIONAL[:_LIKELY])


def _written_otherwise(evidence: Evidence) -> Iterator[bytes]:
    writings = {pair: _writings(value_of(pair)) for pair in evidence.pairs[:MANY]}
    for pair, texts in writings.items():
        name = name_of(pair)
        for text in texts:
            yield evidence.replaced(name, text)
    for style in range(_STYLES):  # every number in the same style
        yield evidence.mapped(partial(_styled, style=style))


def _other_case(evidence: Evidence) -> Iterator[bytes]:
    payload = evidence.payload
    yield payload.lower()
    yield payload.upper()
    for case in (bytes.lower, bytes.upper):
        yield evidence.mapped(case)
        for name in (b"symbol", b"side", b"type"):
            yield evidence.mapped(case, only=name)


def _inserted(evidence: Evidence, pair: bytes, *, everywhere: bool = True) -> Iterator[bytes]:
    """Yield the payload with one more pair: at the end, before the timing parameters, sorted in, or everywhere."""
    pairs = evidence.pairs
    timing = next((at for at, other in enumerate(pairs) if name_of(other) in (b"recvWindow", b"timestamp")), 0)
    stamp = next((at for at, other in enumerate(pairs) if name_of(other) == b"timestamp"), 0)
    yield evidence.payload + b"&" + pair
    for at in (timing, stamp, 0, *(range(1, min(len(pairs), 8)) if everywhere else ())):
        yield joined((*pairs[:at], pair, *pairs[at:]))
    yield joined(sorted((*pairs, pair), key=name_of))


def _writings(value: bytes) -> list[bytes]:
    return [text for style in range(_STYLES) if (text := _styled(value, style)) != value]


def _styled(value: bytes, style: int) -> bytes:
    """Return a number or a truth value as another language or library prints it; other values unchanged."""
    text = value.decode("latin-1")
    if text.lower() in ("true", "false"):
        return (text.lower(), text.capitalize(), text.upper(), "1" if text.lower() == "true" else "0")[
            style % 4
        ].encode()
    if not _NUMBER.fullmatch(text):
        return value
    number = Decimal(text)
    if style == 0:
        return _plain(number).encode()
    if style == 1:
        return repr(float(number)).encode()  # 1.0, 1e-05
    if style == 2:
        return f"{number:.8f}".encode()
    if style == 3:
        return f"{number:.2f}".encode()
    if style == 4:  # JavaScript: 1, 1e-7
        whole = repr(float(number)).removesuffix(".0")
        return re.sub(r"e([+-])0", r"e\1", whole).encode()
    return f"{number.normalize():E}".replace("E+0", "E0").encode()  # Java: 1.0E-5


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


TIMESTAMP_NOT_SIGNED = PayloadMistake(
    "timestamp-not-signed",
    "The timestamp was sent but not signed.",
    "Add timestamp (and recvWindow) before signing.",
    _timestamp_not_signed,
)
WINDOW_NOT_SIGNED = PayloadMistake(
    "recv-window-not-signed",
    "recvWindow was sent but not signed.",
    "Add recvWindow before signing.",
    _window_not_signed,
)
WINDOW_NOT_SENT = PayloadMistake(
    "recv-window-signed-not-sent",
    "A recvWindow was signed that was not sent, or not with this value.",
    "Send the string that was signed, recvWindow included.",
    _window_not_sent,
)
TIMESTAMP_NOT_SENT = PayloadMistake(
    "timestamp-signed-not-sent",
    "A timestamp was signed but not sent.",
    "Send the string that was signed, timestamp included.",
    _timestamp_not_sent,
    wide=True,
)
TIMESTAMP_DIFFERS = PayloadMistake(
    "signed-other-timestamp",
    "Another timestamp was signed than sent: the clock was read twice, or the unit changed.",
    "Read the clock once per request and use the same string for signing and sending.",
    _timestamp_differs,
    wide=True,
)
NULL_NOT_SIGNED = PayloadMistake(
    "null-value-not-signed",
    "A parameter without a value, or with the text null, None or undefined, was sent but not signed.",
    "Leave parameters without a value out, before signing and before sending.",
    _null_not_signed,
)
NULL_NOT_SENT = PayloadMistake(
    "null-value-signed-not-sent",
    "A parameter without a value was signed as null, None, undefined or empty text and then not sent.",
    "Drop parameters without a value before you sign.",
    _null_not_sent,
    wide=True,
)
ONE_NOT_SIGNED = PayloadMistake(
    "parameter-not-signed",
    "One of the parameters was sent but not signed.",
    "Add every parameter before signing; only signature itself comes after.",
    _one_not_signed,
)
WRITTEN_OTHERWISE = PayloadMistake(
    "signed-value-written-otherwise",
    "A number or a truth value was signed in another spelling than sent, such as 0.10 and 0.1.",
    "Turn every value into text once, and use that text for signing and sending.",
    _written_otherwise,
)
OTHER_CASE = PayloadMistake(
    "signed-in-other-letter-case",
    "The text was signed in another letter case than sent.",
    "Sign the string exactly as it is sent; letter case counts everywhere but in the hex signature.",
    _other_case,
)
