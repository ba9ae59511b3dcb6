"""Signing: what is signed is what is sent, to the byte."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.operations import (
    Account,
    AllOrders,
    AnyOperation,
    CancelOrder,
    ExchangeInfo,
    OpenOrders,
    OrderView,
    PlaceOrder,
    PlaceOrders,
    Positions,
    QueryOrder,
    SetLeverage,
    name_of,
)
from binance_conformance.protocol import OutcomeKind
from binance_conformance.scene import Scene, Skipped, Told
from binance_mock.face.journal import Seen

_HOSTILE: Final = ("a@b.c", "a b", "a/b", "a+b", "a%20b", "a&b=c", "é", '["a", "b"]')
"""Texts that two encoders write in two ways."""
_ALL_KEYS: Final = ("hmac", "rsa", "ed25519")
_CHINESE: Final = "币安人生USDT"
"""Listed on spot and futures, cheap."""
_MANY: Final = 12
"""Ed25519 signatures of which at least one holds a `+` but once in ten million times; one RSA signature would do."""
_NULLS: Final = frozenset({"", "none", "null", "undefined", "nan", "nil", "<nil>"})
_RISKY: Final = ("signature", "timestamp")


def _wrong(told: Told) -> list[Seen]:
    """The requests that were refused for their signature, or because nothing readable was sent."""
    return [
        seen
        for seen in told.arrived
        if seen.code in (-1022, -2014)
        or (seen.code in (-1100, -1101, -1102) and any(f"'{name}'" in seen.msg for name in _RISKY))
    ]


def _expect_signed(scene: Scene, told: Told, what: str) -> None:
    """End the check when a request of a call was refused for its signature."""
    wrong = _wrong(told)
    scene.expect(
        not wrong,
        f"{what} is refused for its signature",
        expected="a signature of the very bytes that are sent, with all parameters in the query or a form",
        found="; ".join(_why(seen) for seen in wrong),
    )


def _why(seen: Seen) -> str:
    diagnosis = (seen.diagnosis or {}).get("summary", "")
    return f"{seen.method} {seen.path}: {seen.code} {seen.msg} {diagnosis}".rstrip()


@check(
    "signing.special-characters",
    "Parameters with special characters are signed as they are sent",
    level=MUST,
    why="A client whose encoder and signer disagree is refused as soon as a value holds a space, a `@` or an accent.",
    guards=("F-1", "F-2", "F-3"),
    rules=("S-25", "S-26", "S-31", "U-13", "O-12"),
    key_types=_ALL_KEYS,
)
def special_characters(scene: Scene) -> None:
    """Client order ids with hostile text. The exchange tests the signature first, so -1022 is the client's fault."""
    tried = 0
    for text in _HOSTILE:
        told = scene.try_call(scene.ground.resting(text))
        sent = [seen for seen in told.arrived if seen.path == scene.ground.order and seen.method == "POST"]
        if not sent:
            continue  # The client refuses such text itself, or has no orders.
        tried += 1
        _expect_signed(scene, told, f"an order with {text!r}")
        got = sent[-1].params.get(scene.ground.client_id)
        scene.expect(got == text, f"{text!r} arrived as something else", expected=repr(text), found=repr(got))
    scene.need(tried > 0, "the client refuses such text itself")


@check(
    "signing.every-verb",
    "Reads, orders, queries and cancellations are signed as they are sent",
    level=MUST,
    why="A call whose signature is wrong does nothing: an order that cannot be cancelled costs money.",
    guards=("F-7", "F-9", "F-10", "F-11", "F-13", "F-18"),
    rules=("S-2", "S-25", "S-27", "S-28", "S-29", "S-30", "U-3", "U-11", "U-12", "O-10", "O-11"),
    key_types=_ALL_KEYS,
)
def every_verb(scene: Scene) -> None:
    """A balance, an order, a query and a cancellation by both ids of the order."""
    order = scene.ground.resting("kit-every-verb")
    _expect_signed(scene, scene.try_call(Account()), "a read")
    placed = scene.call(order)
    _expect_signed(scene, placed, "an order")
    order_id = placed.view(OrderView).order_id if placed.accepted else None
    for operation in (
        QueryOrder(symbol=scene.symbol, order_id=order_id, client_order_id=order.client_order_id),
        CancelOrder(symbol=scene.symbol, order_id=order_id, client_order_id=order.client_order_id),
    ):
        _expect_signed(scene, scene.try_call(operation), f"{name_of(operation)} of an order")
    scene.need(bool(scene.orders()), f"the client does not send orders: {placed}")


@check(
    "signing.signature-last",
    "The signature is the last parameter where it stands",
    level=SHOULD,
    why="Futures ask for it; where a signature stands elsewhere, it depends on the exchange's leniency.",
    guards=("F-8",),
    rules=("S-30", "U-11", "O-12", "O-13"),
)
def signature_last(scene: Scene) -> None:
    """A balance, an order and its cancellation."""
    order = scene.ground.resting("kit-last")
    for operation in (Account(), order, CancelOrder(symbol=scene.symbol, client_order_id=order.client_order_id)):
        for seen in scene.try_call(operation).arrived:
            parts = [part for part in (seen.query, seen.body) if "signature=" in part]
            astray = [part for part in parts if not part.rpartition("&")[2].startswith("signature=")]
            scene.expect(
                not astray,
                "parameters follow the signature",
                expected="signature as the last parameter",
                found="; ".join(astray),
            )
    scene.need(any("signature" in seen.params for seen in scene.arrived()), "the client sends nothing signed")


@check(
    "signing.signature-encoded",
    "RSA and Ed25519 signatures are percent-encoded",
    level=MUST,
    why="A bare `+` of base64 arrives as a space, so a part of all calls fails, seemingly at random.",
    guards=("F-12",),
    rules=("S-28", "S-29", "U-12", "O-15"),
    key_types=("rsa", "ed25519"),
)
def signature_encoded(scene: Scene) -> None:
    """Queries for orders that there are not, each with another signature."""
    arrived = 0
    for number in range(_MANY):
        told = scene.call(QueryOrder(symbol=scene.symbol, client_order_id=f"kit-{number}"))
        _expect_signed(scene, told, f"call {number + 1} of {_MANY}")
        arrived += len(told.arrived)
    scene.need(arrived > 0, "the client sends nothing")


@check(
    "signing.non-ascii-symbol",
    "A symbol with a Chinese name can be traded",
    level=MUST,
    why="Such symbols are listed. Who writes them in another way than UTF-8 can neither open nor close a position.",
    guards=("F-1", "F-4"),
    rules=("S-11", "S-25", "U-13"),
    venues=("spot", "usdm"),
    key_types=("hmac", "ed25519"),
)
def non_ascii_symbol(scene: Scene) -> None:
    """An order for it, a query, and on futures a change of leverage."""
    order = PlaceOrder(
        symbol=_CHINESE, side="BUY", type="LIMIT", time_in_force="GTC", quantity="100", price="0.3000",
        client_order_id="kit-non-ascii",
    )  # fmt: skip
    asked: list[AnyOperation] = [order, QueryOrder(symbol=_CHINESE, client_order_id=order.client_order_id)]
    if scene.venue == "usdm":
        asked.append(SetLeverage(symbol=_CHINESE, leverage=5))
    for operation in asked:
        told = scene.call(operation) if operation is order else scene.try_call(operation)
        if told.kind is OutcomeKind.UNSUPPORTED:
            continue
        _expect_signed(scene, told, f"a call for {_CHINESE}")
        got = [symbol for seen in told.arrived if (symbol := seen.params.get("symbol")) is not None]
        scene.expect(
            all(symbol == _CHINESE for symbol in got),
            f"{_CHINESE} arrived as something else",
            expected=_CHINESE,
            found=", ".join(got),
        )
        scene.expect_accepted(told, f"a call for {_CHINESE}")


@check(
    "signing.absent-values",
    "What the caller does not give is neither sent nor signed",
    level=MUST,
    why="A null that arrives as text is refused, and one that is signed and not sent spoils the signature.",
    guards=("F-14", "F-15"),
    rules=("S-46", "S-48", "U-14", "O-14"),
)
def absent_values(scene: Scene) -> None:
    """A market order without price, time in force and id, and lists without symbol and bounds."""
    asked: list[AnyOperation] = [
        PlaceOrder(symbol=scene.symbol, side="BUY", type="MARKET", quantity=scene.ground.quantity),
        OpenOrders(),
        AllOrders(symbol=scene.symbol),
        Positions(),
    ]
    if scene.venue == "options":
        asked[0] = PlaceOrder(
            symbol=scene.symbol, side="BUY", type="LIMIT", quantity=scene.ground.quantity, price=scene.ground.far
        )
    arrived = 0
    for operation in asked if scene.venue != "spot" else asked[:-1]:
        told = scene.try_call(operation)
        arrived += len(told.arrived)
        _expect_signed(scene, told, "a call without optional values")
        for seen in told.arrived:
            nulls = [f"{name}={value}" for name, value in seen.params.items() if value.lower() in _NULLS]
            scene.expect(
                not nulls,
                "a missing value is sent as text",
                expected="no such parameter",
                found=f"{seen.method} {seen.path}: {', '.join(nulls)}",
            )
    scene.need(arrived > 0, "the client sends nothing")


@check(
    "signing.stray-whitespace",
    "White space around key and secret is taken off, or refused at once",
    level=SHOULD,
    why="It comes with copying. Each call is then refused, and nothing that the exchange says points at it.",
    guards=("F-16",),
    rules=("S-27", "S-37", "U-14", "O-14"),
)
def stray_whitespace(scene: Scene) -> None:
    """A secret and a key with a line end or a space about them."""
    for title, of_key, of_secret in (
        ("a line end after the secret", "{}", "{}\n"),
        ("a space before the secret", "{}", " {}"),
        ("a space after the key", "{} ", "{}"),
    ):
        scene.restart(title)
        key, secret = of_key.format(scene.world.api_key), of_secret.format(scene.world.api_secret)
        try:
            scene.configure(api_key=key, secret=secret)
        except Skipped:
            continue  # It refuses at start, and says so.
        told = scene.call(Account())
        refused = [seen for seen in told.arrived if seen.code in (-1022, -2014, -2015)]
        scene.expect(
            not refused,
            f"the client uses the key with {title}",
            expected="white space taken off, or a refusal before anything is sent",
            found="; ".join(_why(seen) for seen in refused),
        )
        scene.expect_told(
            told, OutcomeKind.ACCEPTED, OutcomeKind.REFUSED, because="it was given a key with white space"
        )


@check(
    "signing.json-arrays",
    "Lists are written as JSON",
    level=SHOULD,
    why="Single quotes, or spaces where the exchange wants none, are refused: nothing that takes a list works.",
    guards=("F-17",),
    rules=("S-46", "S-52", "U-138"),
)
def json_arrays(scene: Scene) -> None:
    """On spot the rules of three symbols, elsewhere a batch of two orders."""
    if scene.venue == "spot":
        wanted = ("BTCUSDT", "ETHUSDT", "BNBUSDT")
        told, name = scene.call(ExchangeInfo(symbols=wanted)), "symbols"
    else:
        orders = (scene.ground.resting("kit-array-1"), scene.ground.resting("kit-array-2"))
        told = scene.call(PlaceOrders(orders=orders))
        name = "batchOrders" if scene.venue == "usdm" else "orders"
    lists = [seen.params[name] for seen in told.arrived if name in seen.params]
    scene.need(bool(lists), "the client asks otherwise than with a list")
    for text in lists:
        scene.expect(_is_array(text), f"{name} is no JSON", expected='["A","B"]', found=text)
    _expect_signed(scene, told, "a call with a list")
    scene.expect_accepted(told, "a call with a list")


def _is_array(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


@check(
    "signing.signed-anew",
    "A call that is repeated is stamped and signed anew",
    level=MUST,
    why="A repetition with the first timestamp grows older with each attempt, until the exchange refuses it.",
    guards=("F-19",),
    rules=("S-20", "U-16", "O-21"),
)
def signed_anew(scene: Scene) -> None:
    """A read fails twice by a failure that passes. Who repeats it by himself sends another timestamp."""
    scene.call(Account())
    for path in scene.ground.account:
        scene.fault("internal_503", method="GET", path=path, times=2)
    told = scene.call(Account())
    sent = [seen for seen in told.arrived if seen.path in scene.ground.account]
    scene.need(len(sent) > 1, "the client does not repeat a read by itself")
    stale = [second for first, second in pairwise(sent) if _stamp(first) == _stamp(second) and second.time > first.time]
    scene.expect(
        not stale,
        "a repeated call bears the timestamp of the first",
        expected="a new timestamp and a new signature",
        found="; ".join(f"#{seen.seq} timestamp={_stamp(seen)}, sent at {seen.time}" for seen in stale),
    )


def _stamp(seen: Seen) -> str:
    return seen.params.get("timestamp", "")


CHECKS: Final = (
    special_characters,
    every_verb,
    signature_last,
    signature_encoded,
    non_ascii_symbol,
    absent_values,
    stray_whitespace,
    json_arrays,
    signed_anew,
)
