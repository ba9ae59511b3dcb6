"""Mistakes in the order of the parameters: Binance signs them in the order in which they are sent (rule S-25)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Final

from binance_mock.gate.diagnosis.evidence import MANY, Evidence, joined, name_of
from binance_mock.gate.diagnosis.mistake import PayloadMistake

_SHUFFLED: Final = 5  # parameters of which every order is tried: 120 orders

_DOCUMENTED: Final = (
    b"symbol",
    b"side",
    b"positionSide",
    b"type",
    b"timeInForce",
    b"quantity",
    b"quoteOrderQty",
    b"reduceOnly",
    b"price",
    b"orderId",
    b"origClientOrderId",
    b"newClientOrderId",
    b"strategyId",
    b"strategyType",
    b"stopPrice",
    b"trailingDelta",
    b"icebergQty",
    b"newOrderRespType",
    b"selfTradePreventionMode",
    b"startTime",
    b"endTime",
    b"fromId",
    b"limit",
)
"""The order in which the documentation lists parameters, and in which people write them; the timing ones follow."""


def _by_name(evidence: Evidence) -> Iterator[bytes]:
    pairs = evidence.pairs
    yield joined(sorted(pairs, key=name_of))
    yield joined(sorted(pairs, key=lambda pair: name_of(pair).lower()))
    yield joined(sorted(pairs))
    yield b"".join(joined(sorted(part.split(b"&"), key=name_of)) for part in evidence.parts)
    yield joined(sorted(pairs, key=name_of, reverse=True))
    timing = [pair for pair in pairs if name_of(pair) in (b"timestamp", b"recvWindow")]
    others = sorted((pair for pair in pairs if name_of(pair) not in (b"timestamp", b"recvWindow")), key=name_of)
    for tail in permutations(timing) if len(timing) == 2 else (timing,):
        yield joined((*others, *tail))
    stamp = [pair for pair in timing if name_of(pair) == b"timestamp"]
    rest = sorted((pair for pair in pairs if name_of(pair) != b"timestamp"), key=name_of)
    yield joined((*rest, *stamp))
    yield joined((*stamp, *rest))


def _timestamp_moved(evidence: Evidence) -> Iterator[bytes]:
    for name in (b"timestamp", b"recvWindow"):
        moved = [pair for pair in evidence.pairs if name_of(pair) == name]
        others = [pair for pair in evidence.pairs if name_of(pair) != name]
        if len(moved) == 1:
            for at in (len(others), 0, len(others) - 1, *range(1, min(len(others), MANY))):
                yield joined((*others[:at], *moved, *others[at:]))


def _otherwise(evidence: Evidence) -> Iterator[bytes]:
    pairs = evidence.pairs
    yield joined(reversed(pairs))
    rank = {name: place for place, name in enumerate(_DOCUMENTED)}
    for timing in ((b"recvWindow", b"timestamp"), (b"timestamp", b"recvWindow")):
        ranks = rank | {name: len(rank) + 1 + place for place, name in enumerate(timing)}
        yield joined(sorted(pairs, key=lambda pair: ranks.get(name_of(pair), len(rank))))
    if len(pairs) <= _SHUFFLED:
        yield from map(joined, permutations(pairs))
        return
    for at in range(min(len(pairs), MANY)):
        others = (*pairs[:at], *pairs[at + 1 :])
        yield joined((*others, pairs[at]))
        yield joined((pairs[at], *others))
        yield joined((*pairs[:at], *pairs[at + 1 : at + 2], pairs[at], *pairs[at + 2 :]))


SORTED = PayloadMistake(
    "signed-sorted-parameters",
    "The parameters were sorted by name before signing, but sent in another order.",
    "Build the query string once, sign that very string and send it unchanged; REST signatures are not sorted.",
    _by_name,
)
TIMESTAMP_MOVED = PayloadMistake(
    "signed-timestamp-elsewhere",
    "timestamp or recvWindow stood at another place in the signed text than in the request.",
    "Add timestamp and recvWindow before you build the string, sign that string and send it unchanged.",
    _timestamp_moved,
)
OTHER_ORDER = PayloadMistake(
    "signed-other-order",
    "The parameters were signed in another order than they were sent in.",
    "Build the query string once, sign it, and send it as a string: an HTTP library may re-order a dictionary.",
    _otherwise,
)
