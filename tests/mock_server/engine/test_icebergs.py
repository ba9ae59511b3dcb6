"""Iceberg orders: rule S-93, and its meeting with price-time priority (S-94)."""

from __future__ import annotations

from .scene import Scene, free, locked, state, text


def test_only_a_slice_is_in_the_depth_and_all_of_it_is_locked() -> None:
    scene = Scene()
    ann = scene.account(BTC="10")
    scene.sell(ann, "10", "100", iceberg="2")
    assert scene.asks == [("100", "2")]
    assert (free(ann, "BTC"), locked(ann, "BTC")) == ("0", "10")


def test_slices_add_up_with_other_orders_of_the_level() -> None:
    scene = Scene()
    ann = scene.account()
    scene.buy(ann, "10", "100", iceberg="2")
    scene.buy(ann, "0.5", "100")
    assert scene.bids == [("100", "2.5")]


def test_a_used_up_slice_is_replaced_at_the_end_of_the_queue() -> None:
    scene = Scene()
    ann, ben, cat = (scene.account() for _ in range(3))
    iceberg, other = scene.sell(ann, "5", "100", iceberg="2"), scene.sell(ben, "3", "100")
    scene.buy(cat, "2")
    assert scene.queue("SELL") == [other, iceberg]
    assert scene.asks == [("100", "5")]
    scene.buy(cat, "4")
    assert scene.makers == [iceberg, other, iceberg]
    assert state(iceberg) == "PARTIALLY_FILLED executed=3 left=2"
    assert scene.asks == [("100", "1")]


def test_a_slice_that_is_not_used_up_keeps_its_place() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    iceberg, other = scene.sell(ann, "5", "100", iceberg="2"), scene.sell(ann, "1", "100")
    scene.buy(ben, "1.5")
    assert scene.queue("SELL") == [iceberg, other]
    assert scene.asks == [("100", "1.5")]
    scene.buy(ben, "1")
    assert scene.makers == [iceberg, iceberg, other]


def test_a_taker_goes_on_through_the_hidden_part_slice_by_slice() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    iceberg = scene.sell(ann, "5", "100", iceberg="2")
    worse = scene.sell(ann, "1", "101")
    taker = scene.buy(ben, "5.5")
    assert scene.trades == [("100", "2"), ("100", "2"), ("100", "1"), ("101", "0.5")]
    assert (state(iceberg), state(taker)) == ("FILLED executed=5", "FILLED executed=5.5")
    assert scene.queue("SELL") == [worse]


def test_two_icebergs_take_turns() -> None:
    scene = Scene()
    ann, ben, cat = (scene.account() for _ in range(3))
    one, two = scene.buy(ann, "2", "100", iceberg="1"), scene.buy(ben, "3", "100", iceberg="1")
    scene.sell(cat, "5")
    assert scene.makers == [one, two, one, two, two]


def test_the_last_slice_is_what_is_left() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "5", "100", iceberg="2")
    scene.buy(ben, "4")
    assert scene.asks == [("100", "1")]


def test_as_taker_it_trades_with_all_of_its_quantity_and_then_shows_a_slice() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "3", "100")
    order = scene.buy(ben, "8", "100", iceberg="2")
    assert state(order) == "PARTIALLY_FILLED executed=3 left=5"
    assert scene.trades == [("100", "3")]
    assert scene.bids == [("100", "2")]


def test_a_rest_smaller_than_the_slice_shows_whole() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "7", "100")
    scene.buy(ben, "8", "100", iceberg="2")
    assert scene.bids == [("100", "1")]


def test_a_cancel_takes_off_the_hidden_part_too() -> None:
    scene = Scene()
    ann, ben = scene.account(USDT="1000"), scene.account()
    order = scene.buy(ann, "10", "100", iceberg="1")
    scene.sell(ben, "1.5")
    scene.cancel(order)
    assert scene.bids == []
    assert (free(ann, "USDT"), locked(ann, "USDT"), free(ann, "BTC")) == ("850", "0", "1.5")


def test_a_stop_limit_order_may_be_an_iceberg() -> None:
    scene = Scene()
    order = scene.place(scene.account(), "SELL", "STOP_LOSS_LIMIT", "5", "100", stop="90", iceberg="1")
    assert scene.asks == []
    scene.print_trade("90")
    assert scene.asks == [("100", "1")]
    assert state(order) == "NEW left=5"


def test_a_limit_maker_order_may_be_an_iceberg() -> None:
    scene = Scene()
    scene.place(scene.account(), "SELL", "LIMIT_MAKER", "5", "100", iceberg="1")
    assert scene.asks == [("100", "1")]


def test_amounts_are_cut_slice_by_slice_and_the_lock_still_covers_them() -> None:
    """Three thirds of 0.00000001 each come to less than the whole; the buyer gets the difference back."""
    scene = Scene()
    ann, ben = scene.account(USDT="0.00000001"), scene.account()
    order = scene.buy(ann, "0.00000003", "0.5", iceberg="0.00000001")
    assert locked(ann, "USDT") == "0.00000001"
    scene.sell(ben, "0.00000003")
    assert state(order) == "FILLED executed=0.00000003"
    assert text(order.quote) == "0"
    assert (free(ann, "USDT"), locked(ann, "USDT")) == ("0.00000001", "0")
