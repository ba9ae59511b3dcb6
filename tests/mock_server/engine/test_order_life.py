"""Ids, cancels, times and locks of an order: rules S-77, S-80, S-81, S-83, S-95, S-118."""

from __future__ import annotations

import pytest

from binance_mock.engine.market import Rejection

from .scene import Scene, free, locked, state, text, units

# -- ids and cancels (S-80, S-81, S-83, S-118) ----------------------------------------------------------------------


def test_order_ids_rise_and_a_refused_order_uses_none() -> None:
    scene = Scene()
    ann = scene.account(USDT="100")
    first = scene.buy(ann, "1", "10")
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.buy(ann, "1000", "10")
    assert scene.buy(ann, "1", "10").id == first.id + 1


def test_a_client_id_is_refused_while_an_open_order_bears_it() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    first = scene.buy(ann, "1", "100", name="mine")
    with scene.refuses(Rejection.DUPLICATE_ORDER):
        scene.buy(ann, "1", "100", name="mine")
    scene.buy(ben, "1", "100", name="mine")  # another account's
    scene.cancel(first)
    again = scene.buy(ann, "1", "100", name="mine")
    assert scene.market.bag(ann).find("mine") is again


def test_a_client_id_is_free_again_after_fill_and_expiry() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100", name="mine")
    scene.buy(ben, "1", "100")
    scene.sell(ann, "1", "100", name="mine", tif="IOC")
    third = scene.sell(ann, "1", "100", name="mine")
    assert scene.market.bag(ann).find("mine") is third


def test_a_cancel_gives_its_own_client_id_to_the_order() -> None:
    scene = Scene()
    ann = scene.account(USDT="100")
    order = scene.buy(ann, "1", "100", name="mine")
    scene.cancel(order, "the cancel")
    assert state(order) == "CANCELED left=1"
    assert order.client_id == "the cancel"
    assert order.orig_client_id == "mine"
    assert order.updated == scene.now
    assert (free(ann, "USDT"), locked(ann, "USDT")) == ("100", "0")
    assert scene.bids == []
    assert scene.happened() == ["Canceled"]
    bag = scene.market.bag(ann)
    assert bag.find("mine") is bag.find("the cancel") is order
    assert bag.find("nobody's") is None


@pytest.mark.parametrize("ending", ["filled", "canceled", "expired"])
def test_what_is_not_open_cannot_be_canceled(ending: str) -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    order = scene.sell(ann, "1", "100", tif="IOC" if ending == "expired" else "GTC")
    if ending == "filled":
        scene.buy(ben, "1")
    if ending == "canceled":
        scene.cancel(order)
    with scene.refuses(Rejection.UNKNOWN_ORDER):
        scene.cancel(order, "again")


def test_find_prefers_the_open_order_and_then_the_newest() -> None:
    scene = Scene()
    ann = scene.account()
    opened = scene.buy(ann, "1", "100", name="a")
    scene.cancel(opened, "b")
    newer = scene.buy(ann, "1", "100", name="c")
    scene.cancel(newer, "b")
    bag = scene.market.bag(ann)
    assert bag.find("b") is newer
    reused = scene.buy(ann, "1", "100", name="b")
    assert bag.find("b") is reused


def test_closed_orders_of_the_house_are_not_kept() -> None:
    scene = Scene()
    house, ann = scene.ledger.house, scene.account()
    scene.ledger.deposit(house, "BTC", units("5"))
    filled, resting = scene.sell(house, "1", "100"), scene.sell(house, "1", "101")
    scene.buy(ann, "1", "100")
    bag = scene.market.bag(house)
    assert list(bag.all.values()) == [resting]
    assert bag.trades == []
    assert state(filled) == "FILLED executed=1"


# -- what an order says of itself -----------------------------------------------------------------------------------


def test_times_of_an_order() -> None:
    """S-77: `workingTime` is when it reached the book; the update time follows every change."""
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    order = scene.sell(ann, "2", "100")
    placed = scene.now
    assert (order.created, order.working_time, order.updated) == (placed, placed, placed)
    scene.buy(ben, "1")
    assert (order.created, order.working_time, order.updated) == (placed, placed, scene.now)


@pytest.mark.parametrize(
    ("side", "price", "asset"), [("BUY", "100.00000001", "USDT"), ("SELL", "100", "BTC")], ids=["quote", "base"]
)
def test_an_order_locks_what_it_may_cost(side: str, price: str, asset: str) -> None:
    """S-95; a BUY locks the amount cut to 10^-8."""
    scene = Scene()
    ann = scene.account(BTC="0.3", USDT="30")
    order = scene.place(ann, side, "LIMIT", "0.3", price)
    assert (free(ann, asset), text(order.locked)) == ("0", locked(ann, asset))
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.place(ann, side, "LIMIT", "0.00000001", price)


def test_the_update_id_of_the_book_rises_with_every_change() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    seen = [scene.market.book.update_id]
    order = scene.sell(ann, "2", "100")
    seen.append(scene.market.book.update_id)
    scene.buy(ben, "1")
    seen.append(scene.market.book.update_id)
    scene.cancel(order)
    seen.append(scene.market.book.update_id)
    assert seen == sorted(set(seen))
