"""Trailing stops: rules S-98 to S-103."""

from __future__ import annotations

import pytest

from .scene import Scene, locked, text, units
from .stop_orders import ABOVE, BELOW, SUFFIXES, stop, waits

# -- trailing without a stop price (S-99, S-100) --------------------------------------------------------------------


@pytest.mark.parametrize("type", ["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"])
@pytest.mark.parametrize(
    ("side", "moves", "border", "short"),
    [
        ("SELL", ["100", "200", "150"], "180", "180.00000001"),
        ("BUY", ["100", "50", "54"], "55", "54.99999999"),
    ],
)
def test_it_fires_at_a_distance_from_the_extreme(
    type: str, side: str, moves: list[str], border: str, short: str
) -> None:
    """Ten percent back from the highest or lowest price; the border itself fires."""
    for last, fires in ((short, False), (border, True)):
        scene = Scene()
        scene.print_trade(moves[0])
        order = stop(scene, (type, side), delta=1000)
        scene.print_trade(moves[1])
        assert waits(order)
        scene.print_trade(last)
        assert order.working is fires


def test_tracking_starts_at_once_from_the_last_price() -> None:
    scene = Scene()
    scene.print_trade("100")
    order = stop(scene, ("STOP_LOSS", "SELL"), delta=1000)
    assert order.extras is not None
    assert order.extras.trailing_time == scene.now  # S-103
    scene.print_trade("90")
    assert order.working


def test_without_a_last_price_tracking_starts_with_the_first_trade() -> None:
    scene = Scene()
    order = stop(scene, ("STOP_LOSS", "SELL"), delta=1000)
    assert order.extras is not None
    assert order.extras.trailing_time == -1
    scene.print_trade("100")
    assert order.extras.trailing_time == scene.now
    scene.print_trade("90.00000001")
    assert waits(order)
    scene.print_trade("90")
    assert order.working


def test_the_border_is_compared_exactly() -> None:
    """A delta of one basis point on the smallest prices: 0.9999 of three units lies between two and three."""
    scene = Scene()
    scene.print_trade("0.00000003")
    order = stop(scene, ("STOP_LOSS", "SELL"), delta=1)
    scene.print_trade("0.00000003")
    assert waits(order)
    scene.print_trade("0.00000002")
    assert order.working


def test_the_extreme_does_not_follow_the_price_back() -> None:
    scene = Scene()
    scene.print_trade("100")
    order = stop(scene, ("TAKE_PROFIT", "SELL"), delta=1000)
    for price in ("95", "91", "99", "92"):
        scene.print_trade(price)
        assert waits(order)
    scene.print_trade("90")
    assert order.working


def test_every_trade_of_one_command_is_seen() -> None:
    """The sweep reaches 120 and so raises the border; the same command's next command falls to it."""
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.print_trade("100")
    for price in ("100", "110", "120"):
        scene.sell(ann, "1", price)
    order = stop(scene, ("STOP_LOSS", "SELL"), delta=1000)
    scene.buy(ben, "3")
    scene.buy(ben, "1", "108")
    assert waits(order)
    scene.sell(ann, "1")
    assert scene.trades[-1] == ("108", "1")
    assert order.working


def test_a_trailing_market_buy_locks_by_the_last_price() -> None:
    scene = Scene()
    scene.print_trade("100")
    ann = scene.account(USDT="100")
    scene.place(ann, "BUY", "STOP_LOSS", "1", delta=1000)
    assert locked(ann, "USDT") == "100"


def test_a_canceled_trailing_order_never_fires() -> None:
    scene = Scene()
    scene.print_trade("100")
    order = stop(scene, ("STOP_LOSS", "SELL"), delta=1000)
    scene.cancel(order)
    scene.print_trade("50")
    assert scene.happened() == ["Traded"]


# -- trailing with a stop price (S-99, S-101, S-102) ----------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("kind", "early"), [(k, "109.99999999") for k in ABOVE] + [(k, "110.00000001") for k in BELOW])
def test_tracking_starts_with_the_first_trade_that_meets_the_stop_price(
    kind: tuple[str, str], early: str, suffix: str
) -> None:
    scene = Scene()
    order = stop(scene, (kind[0] + suffix, kind[1]), delta=1000, stop="110")
    assert order.extras is not None
    scene.print_trade(early)
    assert order.extras.trailing_time == -1
    scene.print_trade("110")
    assert order.extras.trailing_time == scene.now
    assert order.extras.extreme == units("110")
    assert waits(order)


def test_the_trade_that_starts_the_tracking_is_the_first_extreme() -> None:
    scene = Scene()
    order = stop(scene, ("TAKE_PROFIT", "SELL"), delta=1000, stop="110")
    scene.print_trade("120")
    scene.print_trade("108.00000001")
    assert waits(order)
    scene.print_trade("108")
    assert order.working


def test_moves_before_the_start_are_ignored() -> None:
    """S-102: 60 would be a low for the buyer, but it comes before 50 starts the tracking."""
    scene = Scene()
    scene.print_trade("100")
    order = stop(scene, ("TAKE_PROFIT", "BUY"), delta=1000, stop="50")
    for price in ("60", "90", "300", "50", "54.99999999"):
        scene.print_trade(price)
        assert waits(order)
    scene.print_trade("55")
    assert order.working


def test_the_stop_price_no_longer_counts_once_tracking_has_started() -> None:
    scene = Scene()
    order = stop(scene, ("TAKE_PROFIT", "SELL"), delta=1000, stop="110")
    scene.print_trade("110")
    scene.print_trade("100")
    assert waits(order)
    scene.print_trade("99")
    assert order.working


def test_a_stop_price_already_met_is_no_reason_to_refuse_a_trailing_order() -> None:
    scene = Scene()
    scene.print_trade("120")
    order = stop(scene, ("TAKE_PROFIT", "SELL"), delta=1000, stop="110")
    assert order.extras is not None
    assert order.extras.trailing_time == -1  # it waits for a trade of its own time
    scene.print_trade("115")
    assert order.extras.trailing_time == scene.now


def test_a_trailing_limit_order_keeps_its_own_price() -> None:
    scene = Scene()
    scene.print_trade("100")
    order = stop(scene, ("STOP_LOSS_LIMIT", "SELL"), price="70", delta=1000)
    scene.buy(scene.account(), "0.4", "75")
    scene.print_trade("90")
    assert scene.trades[-1] == ("75", "0.4")
    assert scene.asks == [("70", "0.6")]
    assert text(order.price) == "70"
