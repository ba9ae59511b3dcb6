"""The life of an order: its name, its repetition, its end, and what is left of it after a restart."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.markets import fill_resting, limit_order, market_of, plain, taking
from binance_conformance.operations import (
    Account,
    BalanceView,
    CancelOrder,
    MyTrades,
    OpenOrders,
    OrderView,
    QueryOrder,
    Side,
    TradeView,
)
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene

TAKEN: Final = (-2010, -4116, -6044)
"""Codes for a client order id that is in use."""
PATIENCE_MS: Final = 1000
"""So soon after a lost answer a missing order is not yet a lost one."""
_TOO_MUCH: Final = {"spot": "50", "usdm": "100", "options": "100"}
"""More than the account can pay at a price near the market."""


@check(
    "order-life.every-order-has-an-id",
    "Every order bears a client order id of its own",
    level=SHOULD,
    why="An order without one cannot be found again when its answer is lost.",
    guards=("F-82",),
    rules=("S-80", "U-41", "O-60"),
    promises=(Promise.CLIENT_ORDER_IDS,),
)
def every_order_has_an_id(scene: Scene) -> None:
    """Orders without an id of the caller's, one that buys and one that sells."""
    sides: tuple[Side, ...] = ("BUY", "SELL")
    for side in sides:
        told = scene.call(taking(scene, side))
        scene.need(bool(told.arrived), "the client placed no order")
    names = [seen.params.get(scene.ground.client_id, "") for seen in scene.orders()]
    scene.expect(
        all(names), "an order bore no client order id", expected="one of the client's choice", found=", ".join(names)
    )
    scene.expect(
        len(set(names)) == len(names), "two orders bore the same client order id", expected="another one each time",
        found=", ".join(names),
    )  # fmt: skip


@check(
    "order-life.same-id-when-repeated",
    "An order that is sent again bears the client order id of the first time",
    level=SHOULD,
    why="Only the same id lets the exchange refuse the second of two equal orders when the first was placed after all.",
    guards=("F-83",),
    rules=("S-5", "S-80", "U-41", "O-60"),
)
def same_id_when_repeated(scene: Scene) -> None:
    """Orders fail in ways that invite a repetition; one of them was placed although the answer denies it."""
    repeated = False
    for kind, executed in (("internal_503", None), ("overloaded_503", True), ("unknown_503", True)):
        scene.restart(kind)
        scene.order_fault(kind, times=1, **({} if executed is None else {"executed": executed}))
        scene.call(scene.ground.resting())
        names = [seen.params.get(scene.ground.client_id, "none") for seen in scene.orders()]
        repeated = repeated or len(names) > 1
        scene.expect(
            len(set(names)) <= 1, "an order was sent again under another client order id",
            expected="the id of the first time", found=", ".join(names),
        )  # fmt: skip
    scene.need(repeated, "the client does not send orders again")


@check(
    "order-life.taken-id-is-the-first-order",
    "When a repeated order is refused because its id is taken, the client knows that the first one was placed",
    level=MUST,
    why="The order is in the book. A caller who is told that it was refused places it once more.",
    guards=("F-84",),
    rules=("S-80", "U-41", "O-60"),
)
def taken_id_is_the_first_order(scene: Scene) -> None:
    """An order is placed although the answer, an overload, denies it; a repetition is refused for its id."""
    scene.order_fault("overloaded_503", times=1, executed=True)
    told = scene.call(scene.ground.resting())
    orders = scene.orders()
    scene.need(any(seen.code in TAKEN for seen in orders[1:]), "the client does not send orders again under their id")
    scene.expect_told(
        told, OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN, OutcomeKind.NETWORK, because="the first order is in the book"
    )


@check(
    "order-life.missing-order-asked-for-again",
    "An order that is not found right after its answer was lost is asked for again before it is given up",
    level=SHOULD,
    why="The exchange may work on a call for seconds, and what is read may lag behind: the order may still come.",
    guards=("F-85",),
    rules=("S-8", "S-183", "U-30", "U-129", "O-31", "O-62"),
    promises=(Promise.UNKNOWN_OUTCOMES,),
)
def missing_order_asked_for_again(scene: Scene) -> None:
    """The outcome of an order is unknown, and queries do not find it."""
    scene.order_fault("unknown_503", times=1, executed=False)
    told = scene.call(scene.ground.resting())
    orders = scene.orders()
    scene.need(bool(orders), "the order did not arrive")
    first = orders[0].time
    asked = [seen.time - first for seen in scene.arrived(scene.ground.order, "GET")]
    scene.expect(
        all(seen.time - first >= PATIENCE_MS for seen in orders[1:]),
        "the order was placed again at once, for a query had not found it",
        expected="further queries first",
        found=f"sent again after {[seen.time - first for seen in orders[1:]]} ms",
    )
    if told.kind in (OutcomeKind.REFUSED, OutcomeKind.RETRY_LATER):
        scene.expect(
            len(asked) > 1 and asked[-1] >= PATIENCE_MS, "the order was given up after the first glance",
            expected="further queries, until the order cannot come any more", found=f"asked after {asked} ms",
        )  # fmt: skip


@check(
    "order-life.cancel-after-fill",
    "Cancelling an order that was filled meanwhile neither crashes, nor goes on for ever, nor hides the fill",
    level=MUST,
    why="The position is there. Who takes the order for cancelled does not know what it owns.",
    guards=("F-86",),
    rules=("S-118", "U-129", "O-62"),
)
def cancel_after_fill(scene: Scene) -> None:
    """The market passes the order's price before the cancellation arrives."""
    own = "life-filled"
    placed = scene.call(scene.ground.resting(own))
    scene.need(placed.accepted, "the client did not place the order")
    fill_resting(scene)
    told = scene.call(CancelOrder(symbol=scene.symbol, client_order_id=own))
    sent = [seen for seen in told.arrived if seen.method == "DELETE"]
    scene.need(bool(sent), "the client sent no cancellation")
    scene.expect(
        len(sent) <= 2, "the cancellation was sent again and again", expected="once, and a query",
        found=f"{len(sent)} cancellations",
    )  # fmt: skip
    scene.expect_told(
        told, OutcomeKind.ACCEPTED, OutcomeKind.REFUSED, because="the order was filled before, which is no failure"
    )
    if told.accepted and told.view(OrderView).status is not None:
        _expect_status(scene, told.view(OrderView), "FILLED")
    asked = scene.call(QueryOrder(symbol=scene.symbol, client_order_id=own))
    scene.expect_accepted(asked, "asking for the filled order")
    _expect_status(scene, asked.view(OrderView), "FILLED")


@check(
    "order-life.cancel-with-lost-answer",
    "A cancellation whose answer was lost is not reported as a failure",
    level=SHOULD,
    why="The order is gone. A repeated cancellation finds nothing, which is no error but the proof.",
    guards=("F-87",),
    rules=("S-5", "S-118", "U-30", "U-129", "O-31", "O-62"),
)
def cancel_with_lost_answer(scene: Scene) -> None:
    """The cancellation takes effect, and its answer is a 503."""
    own = "life-cancelled"
    placed = scene.call(scene.ground.resting(own))
    scene.need(placed.accepted, "the client did not place the order")
    scene.fault("unknown_503", method="DELETE", path=scene.ground.order, times=1)
    told = scene.call(CancelOrder(symbol=scene.symbol, client_order_id=own))
    scene.need(any(seen.method == "DELETE" for seen in told.arrived), "the client sent no cancellation")
    scene.expect_told(
        told, OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN, OutcomeKind.NETWORK, because="the order was cancelled"
    )
    if told.accepted and told.view(OrderView).status is not None:
        _expect_status(scene, told.view(OrderView), *CANCELLED)


@check(
    "order-life.partial-fill-told",
    "What was executed of an order is told, also after the rest was cancelled",
    level=MUST,
    why="Who takes a cancelled order for one without effect sells or buys the filled part twice.",
    guards=("F-88",),
    rules=("S-118", "U-128", "U-130", "O-58"),
)
def partial_fill_told(scene: Scene) -> None:
    """An order takes all that is offered and rests with the remainder, which is then cancelled."""
    own = "life-partial"
    market = market_of(scene)
    market.set_liquidity(scene.symbol, 1)
    offer = market.book(scene.symbol, 1).asks[0]
    quantity = plain((Decimal(offer.qty) * 8 / 5).quantize(Decimal("0.01")))
    scene.note(f"{plain(Decimal(offer.qty))} are offered at {plain(Decimal(offer.price))}, nothing above")
    placed = scene.call(msgspec.structs.replace(limit_order(scene, "BUY", offer.price, own), quantity=quantity))
    scene.need(placed.accepted, "the client did not place the order")
    for status in ("PARTIALLY_FILLED", "CANCELED"):
        if status == "CANCELED":
            cancelled = scene.call(CancelOrder(symbol=scene.symbol, order_id=placed.view(OrderView).order_id))
            scene.need(cancelled.accepted, "the client did not cancel the order")
        told = scene.call(QueryOrder(symbol=scene.symbol, order_id=placed.view(OrderView).order_id))
        scene.need(told.accepted, "the client did not find the order")
        view = told.view(OrderView)
        _expect_status(scene, view, *(CANCELLED if status == "CANCELED" else (status,)))
        scene.need(view.executed_quantity is not None, "the client does not tell the executed quantity")
        scene.expect(
            Decimal(view.executed_quantity or "0") == Decimal(offer.qty), "the executed quantity is wrong",
            expected=plain(Decimal(offer.qty)), found=view.executed_quantity,
        )  # fmt: skip


@check(
    "order-life.fee-in-base",
    "What a purchase brings is told after the commission that was taken from it",
    level=SHOULD,
    why="Who sells as much as it bought is refused for want of the commission.",
    guards=("F-89",),
    rules=("S-112", "S-115"),
    venues=("spot",),
)
def fee_in_base(scene: Scene) -> None:
    """A purchase of an account that has nothing of the asset, with the commission in what was bought."""
    scene.world.account.set_balances(BTC="0")
    scene.note("the account owns no BTC, and pays commissions in what it buys")
    bought = scene.call(taking(scene, "BUY"))
    scene.need(bought.accepted, "the client did not buy")
    owned = Decimal(scene.world.account.balance("BTC").free)
    taken = Decimal(scene.ground.quantity) - owned
    scene.require(owned > 0 and taken > 0, "no commission was taken")
    told = scene.call(Account())
    scene.need(told.accepted, "the client did not ask for its balances")
    free = next((Decimal(row.free) for row in told.view(list[BalanceView]) if row.asset == "BTC"), Decimal(0))
    scene.expect(free == owned, "the balance told is not what is owned", expected=plain(owned), found=plain(free))
    trades = scene.call(MyTrades(symbol=scene.symbol)).view(list[TradeView])
    scene.need(all(row.commission is not None for row in trades), "the client does not tell commissions")
    paid = sum((Decimal(row.commission or "0") for row in trades if row.commission_asset in ("BTC", None)), Decimal(0))
    scene.expect(paid == taken, "the commission told is not what was taken", expected=plain(taken), found=plain(paid))


@check(
    "order-life.refused-order-not-repeated",
    "An order that is refused for want of funds is not sent again",
    level=MUST,
    why="It is refused again each time, until order count and request weight are used up and the address is banned.",
    guards=("F-90",),
    rules=("S-95", "U-100", "O-71"),
)
def refused_order_not_repeated(scene: Scene) -> None:
    """An order that costs more than the account has."""
    offer = market_of(scene).book(scene.symbol, 1).asks[0]
    told = scene.call(msgspec.structs.replace(limit_order(scene, "BUY", offer.price), quantity=_TOO_MUCH[scene.venue]))
    orders = scene.orders()
    scene.need(bool(orders), "the client refuses the order by itself")
    scene.require(not any(seen.executed for seen in orders), "the order was affordable")
    scene.expect(
        len(orders) <= 2, "a refused order was sent again and again", expected="once, at most twice",
        found=f"{len(orders)} orders",
    )  # fmt: skip
    scene.expect_told(told, OutcomeKind.REFUSED, because="the exchange refused the order for want of funds")


@check(
    "order-life.uncommon-status",
    "An order with a status that is seldom seen is told like any other",
    level=SHOULD,
    why="A parser that knows seven statuses ends the program at the eighth.",
    guards=("F-91",),
    rules=("S-107", "U-64", "O-58", "O-67"),
)
def uncommon_status(scene: Scene) -> None:
    """The account's own orders meet, and the exchange lets the resting one expire in the match."""
    market = market_of(scene)
    price = market.market(scene.symbol)["last_price"]
    market.set_liquidity(scene.symbol, 0)
    scene.note("nobody else has orders in the book")
    sides: tuple[tuple[str, Side], ...] = (("life-maker", "BUY"), ("life-taker", "SELL"))
    for own, side in sides:
        placed = scene.call(limit_order(scene, side, price, own))
        scene.need(placed.accepted, "the client did not place the order")
    told = scene.call(QueryOrder(symbol=scene.symbol, client_order_id="life-maker"))
    scene.expect_told(told, OutcomeKind.ACCEPTED, because="the order is there, it expired in a match with an own one")
    _expect_status(scene, told.view(OrderView), "EXPIRED_IN_MATCH")


@check(
    "order-life.open-orders-after-restart",
    "A client that starts anew finds the orders that it left open, and places none of them again",
    level=MUST,
    why="Orders that a program has forgotten go on trading.",
    guards=("F-92",),
    rules=("S-182", "U-133", "O-9"),
)
def open_orders_after_restart(scene: Scene) -> None:
    """Three orders, and a fresh client that asks for open ones."""
    names = {f"life-left-{number}" for number in range(3)}
    for own in sorted(names):
        placed = scene.call(scene.ground.resting(own))
        scene.need(placed.accepted, "the client did not place the order")
    before = len(scene.orders())
    scene.configure()
    scene.note("the client starts anew")
    told = scene.call(OpenOrders(symbol=scene.symbol))
    scene.expect_accepted(told, "asking for open orders")
    found = [row.client_order_id for row in told.view(list[OrderView])]
    scene.need(None not in found, "the client does not tell client order ids")
    scene.expect(
        sorted(map(str, found)) == sorted(names), "the open orders told are not those in the book",
        expected=", ".join(sorted(names)), found=", ".join(map(str, found)) or "none",
    )  # fmt: skip
    scene.expect(
        len(scene.orders()) == before, "orders were placed again after the restart", expected="none",
        found=f"{len(scene.orders()) - before} more orders",
    )  # fmt: skip


CANCELLED: Final = ("CANCELED", "CANCELLED")
"""The two spellings of venues."""


def _expect_status(scene: Scene, view: OrderView, *statuses: str) -> None:
    """End the check unless the status told is one of these; skip it when none is told."""
    scene.need(view.status is not None, "the client does not tell an order's status")
    scene.expect(
        view.status in statuses, f"the client takes a {statuses[0]} order for {view.status}", expected=statuses[0],
        found=view.status,
    )  # fmt: skip


CHECKS: Final = (
    every_order_has_an_id,
    same_id_when_repeated,
    taken_id_is_the_first_order,
    missing_order_asked_for_again,
    cancel_after_fill,
    cancel_with_lost_answer,
    partial_fill_told,
    fee_in_base,
    refused_order_not_repeated,
    uncommon_status,
    open_orders_after_restart,
)
