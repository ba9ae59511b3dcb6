"""Parameters: names, routes and values as the exchange documents them."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.checks.attempts import attempt
from binance_conformance.operations import (
    Account,
    AllOrders,
    AnyOperation,
    CancelAllOrders,
    CancelOrder,
    Klines,
    LegView,
    MyTrades,
    OpenOrders,
    OrderView,
    PlaceOrder,
    PlaceOrders,
    Price,
    QueryOrder,
    ServerTime,
    SetPositionMode,
    TryOrder,
)
from binance_conformance.protocol import OutcomeKind
from binance_conformance.scene import Scene, Told
from binance_mock.face.journal import Seen

_ALGO: Final = "/fapi/v1/algoOrder"
_LEGAL_IDS: Final = MappingProxyType({
    "spot": re.compile(r"[a-zA-Z0-9_-]{1,36}"),
    "usdm": re.compile(r"[.A-Z:/a-z0-9_-]{1,36}"),
    "options": re.compile(r"[.A-Z:/a-z0-9_-]{1,36}"),
})  # fmt: skip
_FLAGS: Final = ("reduceOnly", "dualSidePosition")


def _everyday(scene: Scene) -> Told:
    """What every client does in a day, as far as this one can; the answer to placing an order."""
    symbol = scene.symbol
    before: tuple[AnyOperation, ...] = (
        ServerTime(), Price(symbol=symbol), Klines(symbol=symbol, interval="1h", limit=5), Account(),
    )  # fmt: skip
    for operation in before if scene.venue == "options" else (*before, _tried(scene, "GTC")):
        attempt(scene, operation)
    told = scene.call(scene.ground.resting("kit-1"))
    for operation in (
        QueryOrder(symbol=symbol, client_order_id="kit-1"),
        OpenOrders(symbol=symbol),
        OpenOrders(),
        AllOrders(symbol=symbol),
        MyTrades(symbol=symbol),
        CancelOrder(symbol=symbol, client_order_id="kit-1"),
        CancelAllOrders(symbol=symbol),
    ):
        attempt(scene, operation)
    return told


def _tried(scene: Scene, time_in_force: str) -> TryOrder:
    """An order to have checked only."""
    return TryOrder(
        symbol=scene.symbol, side="BUY", type="LIMIT", time_in_force=time_in_force, price=scene.ground.far,
        quantity=scene.ground.quantity,
    )  # fmt: skip


def _line(seen: Seen) -> str:
    return f"#{seen.seq} {seen.method} {seen.path} -> {seen.status} {seen.code or ''} {seen.msg}".rstrip()


@check(
    "parameters.names-as-documented",
    "Names of parameters are those that the exchange knows",
    level=MUST,
    why="Spot refuses a name that it does not know; futures and options pass over it, and the order is another one.",
    guards=("F-31",),
    rules=("S-45", "O-9"),
)
def names_as_documented(scene: Scene) -> None:
    """An everyday round: an order is placed, asked for, listed and cancelled."""
    told = _everyday(scene)
    wrong = [_line(seen) for seen in scene.arrived() if seen.code in (-1101, -1104)]
    scene.expect(
        not wrong,
        "the client sent names that the exchange does not know",
        expected="documented names, letter for letter",
        found="; ".join(wrong),
    )
    scene.need(bool(scene.orders()), "the client places orders by another route")
    sent = scene.orders()[0].params
    wanted = ("symbol", "side", "type", "timeInForce", "price", "quantity", scene.ground.client_id)
    missing = [name for name in wanted if name not in sent]
    scene.expect(
        not missing,
        f"the order arrived without {', '.join(missing)}",
        expected=", ".join(wanted),
        found=", ".join(sent),
    )
    scene.expect_accepted(told, "a plain order")


@check(
    "parameters.mandatory-names-sent",
    "What the exchange asks for is sent",
    level=MUST,
    why="A call without a mandatory parameter never succeeds.",
    guards=("F-32",),
    rules=("S-43", "S-44", "U-36"),
)
def mandatory_names_sent(scene: Scene) -> None:
    """An everyday round."""
    told = _everyday(scene)
    wrong = [_line(seen) for seen in scene.arrived() if seen.code == -1102]
    scene.expect(
        not wrong,
        "the client left mandatory parameters out",
        expected="every mandatory parameter",
        found="; ".join(wrong),
    )
    scene.expect_accepted(told, "a plain order")


@check(
    "parameters.documented-routes",
    "Verbs and paths are those that the exchange serves",
    level=MUST,
    why="A call by the wrong verb, or to the path of another market or of a retired version, does nothing.",
    guards=("F-35",),
    rules=("S-9", "S-10", "U-6"),
)
def documented_routes(scene: Scene) -> None:
    """An everyday round."""
    told = _everyday(scene)
    wrong = [_line(seen) for seen in scene.arrived() if seen.status in (404, 405, 410) or seen.code == -5000]
    scene.expect(
        not wrong,
        "the client called what the exchange does not serve",
        expected="documented verbs and paths",
        found="; ".join(wrong),
    )
    scene.expect_accepted(told, "a plain order")


@check(
    "parameters.no-empty-values",
    "What the caller leaves out is left out",
    level=MUST,
    why="The exchange refuses an optional parameter that is there and empty.",
    guards=("F-33",),
    rules=("S-48",),
)
def no_empty_values(scene: Scene) -> None:
    """Calls with as little as they need."""
    told = scene.call(scene.ground.resting())
    own = told.view(OrderView).order_id if told.accepted else None
    for operation in (
        OpenOrders(),
        Klines(symbol=scene.symbol, interval="1h", limit=5),
        AllOrders(symbol=scene.symbol),
        MyTrades(symbol=scene.symbol),
        *(
            (QueryOrder(symbol=scene.symbol, order_id=own), CancelOrder(symbol=scene.symbol, order_id=own))
            if own
            else ()
        ),
    ):
        attempt(scene, operation)
    empty = [f"{_line(seen)}: {name}" for seen in scene.arrived() for name, value in seen.params.items() if not value]
    scene.expect(
        not empty,
        "the client sent parameters without a value",
        expected="no parameter for what is not given",
        found="; ".join(empty),
    )
    scene.expect_accepted(told, "a plain order")


@check(
    "parameters.only-names-of-the-type",
    "A market order bears nothing that only limit orders have",
    level=MUST,
    why="The exchange refuses a market order with a price or a timeInForce.",
    guards=("F-34",),
    rules=("S-48", "S-51", "U-37", "U-45"),
    venues=("spot", "usdm"),
)
def only_names_of_the_type(scene: Scene) -> None:
    """Market orders, by quantity, and on spot by what they spend."""
    orders = [PlaceOrder(symbol=scene.symbol, side="BUY", type="MARKET", quantity=scene.ground.quantity)]
    if scene.venue == "spot":
        orders.append(PlaceOrder(symbol=scene.symbol, side="BUY", type="MARKET", quote_quantity="100"))
    for order in orders:
        told = attempt(scene, order) if order.quote_quantity else scene.call(order)
        if told is None:
            continue
        extra = [
            f"{_line(seen)}: {name}" for seen in scene.orders() for name in ("price", "timeInForce", "stopPrice")
            if name in seen.params
        ]  # fmt: skip
        scene.expect(
            not extra, "a market order bore more than it has", expected="quantity alone", found="; ".join(extra)
        )
        scene.expect_accepted(told, "a market order")


@check(
    "parameters.lower-case-booleans",
    "Flags are sent as true and false",
    level=SHOULD,
    why="Where the exchange reads strictly, `True` is refused; where it does not, that may end any day.",
    guards=("F-36",),
    rules=("S-46", "U-8"),
    venues=("usdm", "options"),
)
def lower_case_booleans(scene: Scene) -> None:
    """An order that only reduces, and on futures hedge mode."""
    if scene.venue == "usdm":
        attempt(scene, SetPositionMode(hedge=True))
        attempt(scene, SetPositionMode(hedge=False))
    order = scene.ground.resting()
    for flag in (True, False):
        attempt(scene, msgspec.structs.replace(order, reduce_only=flag))
    sent = [(seen, seen.params[name]) for seen in scene.arrived() for name in _FLAGS if name in seen.params]
    scene.need(bool(sent), "the client sent no flag")
    wrong = [f"{_line(seen)}: {value}" for seen, value in sent if value not in ("true", "false")]
    scene.expect(not wrong, "a flag was no word of the exchange's", expected="true or false", found="; ".join(wrong))


@check(
    "parameters.each-name-once",
    "No parameter is sent twice",
    level=SHOULD,
    why="Of two values one is passed over, or the call is refused.",
    guards=("F-37",),
    rules=("S-3", "U-2", "O-5", "O-6"),
)
def each_name_once(scene: Scene) -> None:
    """An everyday round."""
    attempt(scene, _tried(scene, "IOC"))
    told = _everyday(scene)
    twice = []
    for seen in scene.arrived():
        pairs = parse_qsl(seen.query, keep_blank_values=True) + parse_qsl(seen.body, keep_blank_values=True)
        twice += [f"{_line(seen)}: {name}" for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    scene.expect(
        not twice, "a parameter was sent twice", expected="each name once, in query or body", found="; ".join(twice)
    )
    scene.need(told.accepted, "the client places no orders")


def _stop(scene: Scene) -> PlaceOrder:
    """A stop order that does not fire."""
    return PlaceOrder(
        symbol=scene.symbol, side="SELL", type="STOP_MARKET", quantity=scene.ground.quantity, stop_price="60000.0",
        client_order_id="kit-stop",
    )  # fmt: skip


@check(
    "parameters.conditional-orders-to-algo",
    "Stop orders on futures go to the algo endpoint",
    level=MUST,
    why="The plain order endpoint refuses stop orders since 2025-12-09: positions stand without protection.",
    guards=("F-38",),
    rules=("U-46", "U-80"),
    venues=("usdm",),
)
def conditional_orders_to_algo(scene: Scene) -> None:
    """A stop order, and one with a limit price."""
    stop_limit = PlaceOrder(
        symbol=scene.symbol, side="SELL", type="STOP", quantity=scene.ground.quantity, stop_price="60000.0",
        price="59000.0", time_in_force="GTC",
    )  # fmt: skip
    for order in (_stop(scene), stop_limit):
        told = scene.call(order)
        refused = [_line(seen) for seen in scene.orders() if seen.code == -4120]
        scene.expect(
            not refused,
            f"a {order.type} order went to the plain order endpoint",
            expected=f"POST {_ALGO}",
            found="; ".join(refused),
        )
        scene.expect_accepted(told, f"a {order.type} order")
    placed = [seen for seen in scene.arrived(_ALGO, "POST") if seen.executed]
    scene.expect(len(placed) == 2, "the stop orders do not stand", expected="two conditional orders", found=len(placed))
    prices = [seen.params.get("triggerPrice", "0") for seen in placed]
    scene.expect(
        all(Decimal(price) == 60000 for price in prices),
        "the trigger price is another one",
        expected="60000",
        found=prices,
    )


@check(
    "parameters.algo-id-kept",
    "A conditional order can be asked for and cancelled by the id that the client told",
    level=MUST,
    why="The reply has an algoId and no orderId. Who reads the wrong one has a stop order that he cannot take back.",
    guards=("F-39",),
    rules=("U-80", "U-88", "U-92"),
    venues=("usdm",),
)
def algo_id_kept(scene: Scene) -> None:
    """A stop order is placed, and cancelled by its id."""
    told = scene.call(_stop(scene))
    placed = [seen for seen in scene.arrived(_ALGO, "POST") if seen.executed]
    scene.need(bool(placed), "the client cannot place conditional orders")
    scene.expect_accepted(told, "a stop order")
    own = told.view(OrderView).order_id
    scene.expect(own not in (None, "", "None", "0"), "the client told no id", expected="the algoId", found=told)
    gone = scene.call(CancelOrder(symbol=scene.symbol, order_id=own, conditional=True))
    cancelled = [seen for seen in scene.arrived(_ALGO, "DELETE") if seen.executed]
    scene.expect(bool(cancelled), "the order could not be cancelled by that id", expected=f"DELETE {_ALGO}", found=gone)
    scene.expect_accepted(gone, "cancelling a stop order")


@check(
    "parameters.batch-legs-reported",
    "What became of each order of a batch is told",
    level=MUST,
    why="A batch is no transaction: one order stands while another is refused, and both come with status 200.",
    guards=("F-40",),
    rules=("U-139", "O-66"),
    venues=("usdm", "options"),
)
def batch_legs_reported(scene: Scene) -> None:
    """An order with another one whose price is far too high, in either order."""
    good = scene.ground.resting()
    bad = msgspec.structs.replace(good, price="95000")
    for orders, right in (((good, bad), 0), ((bad, good), 1)):
        told = scene.call(PlaceOrders(orders=orders))
        batches = [seen for seen in told.arrived if seen.method == "POST"]
        scene.need(bool(batches), "the client refuses the bad order itself")
        scene.expect(
            any(seen.status == 200 for seen in batches),
            "the exchange refused the batch as a whole",
            expected="a batch that the exchange can read",
            found="; ".join(_line(seen) for seen in batches),
        )
        scene.expect_told(told, OutcomeKind.ACCEPTED, because="one order stands and one does not")
        legs = told.view(list[LegView])
        scene.expect(len(legs) == 2, "not every order has its answer", expected="two answers", found=legs)
        stands, fails = legs[right], legs[1 - right]
        scene.expect(
            stands.order is not None and bool(stands.order.order_id),
            "the order that stands is not told",
            expected="an order with its id",
            found=stands,
        )
        scene.expect(
            (fails.order is None or not fails.order.order_id) and (fails.code is not None or bool(fails.message)),
            "the refused order is not told",
            expected="code and text of the refusal",
            found=fails,
        )


@check(
    "parameters.legal-order-ids",
    "Client order ids are of the form that the exchange takes",
    level=MUST,
    why="An order with an id that is too long, or of other characters, is refused.",
    guards=("F-41",),
    rules=("S-80", "U-41"),
)
def legal_order_ids(scene: Scene) -> None:
    """Some orders whose ids the client chooses, and one with the longest id that there may be."""
    for _ in range(6):
        told = scene.call(scene.ground.resting())
    longest = scene.call(scene.ground.resting("kit-" + 32 * "x"))
    name = scene.ground.client_id
    ids = [seen.params[name] for seen in scene.orders() if name in seen.params]
    scene.need(bool(ids), "the client sends no ids")
    illegal = [text for text in ids if not _LEGAL_IDS[scene.venue].fullmatch(text)]
    scene.expect(
        not illegal,
        "the client sent an id that the exchange does not take",
        expected=_LEGAL_IDS[scene.venue].pattern,
        found=", ".join(illegal),
    )
    scene.expect_accepted(told, "an order without an id of the caller's")
    scene.expect_accepted(longest, "an order with an id of 36 characters")


CHECKS: Final = (
    names_as_documented,
    mandatory_names_sent,
    documented_routes,
    no_empty_values,
    only_names_of_the_type,
    lower_case_booleans,
    each_name_once,
    conditional_orders_to_algo,
    algo_id_kept,
    batch_legs_reported,
    legal_order_ids,
)
