"""Self-trade prevention: rules S-104 to S-109."""

from __future__ import annotations

import pytest

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.events import Expired, Prevented
from binance_mock.engine.orders import Order
from binance_mock.engine.self_trade import PreventedMatch

from .scene import Scene, free, locked, reason, state, text, units

ALL_MODES = ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]


def met(scene: Scene) -> list[PreventedMatch]:
    """The matches that the last command did not make."""
    return [event.match for event in scene.events if isinstance(event, Prevented)]


def lost(scene: Scene) -> list[tuple[str, str | None, str | None]]:
    """Of each: mode, what the taker lost, what the maker lost."""

    def amount(qty: int | None) -> str | None:
        return None if qty is None else text(qty)

    return [(match.mode, amount(match.taker_qty), amount(match.maker_qty)) for match in met(scene)]


# -- who is meant (S-105) -------------------------------------------------------------------------------------------


def test_accounts_of_one_trade_group_do_not_trade() -> None:
    scene = Scene()
    ann, ben = scene.account(group=5), scene.account(group=5)
    scene.sell(ann, "1", "100")
    assert state(scene.buy(ben, "1", "100", stp="EXPIRE_TAKER")) == "EXPIRED_IN_MATCH prevented=1"
    assert met(scene)[0].trade_group == 5


@pytest.mark.parametrize("groups", [(-1, -1), (5, 6), (0, -1), (-1, 1), (2, -1)])
def test_accounts_without_a_group_in_common_trade(groups: tuple[int, int]) -> None:
    scene = Scene()
    ann, ben = (scene.account(group=group) for group in groups)
    scene.sell(ann, "1", "100")
    assert state(scene.buy(ben, "1", "100", stp="EXPIRE_TAKER")) == "FILLED executed=1"


def test_an_account_of_a_group_does_not_trade_with_itself_either() -> None:
    scene = Scene()
    ann = scene.account(group=5)
    scene.sell(ann, "1", "100")
    assert state(scene.buy(ann, "1", "100", stp="EXPIRE_TAKER")) == "EXPIRED_IN_MATCH prevented=1"


# -- whose mode counts (S-104) --------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker_mode", ALL_MODES)
def test_with_none_they_trade_whatever_the_maker_says(maker_mode: str) -> None:
    scene = Scene()
    ann = scene.account(BTC="1", USDT="100")
    maker = scene.sell(ann, "1", "100", stp=maker_mode)
    taker = scene.buy(ann, "1", "100", stp="NONE")
    assert (state(maker), state(taker)) == ("FILLED executed=1", "FILLED executed=1")
    assert (free(ann, "BTC"), free(ann, "USDT")) == ("1", "100")
    assert len(scene.market.bag(ann).trades) == 1


@pytest.mark.parametrize("maker_mode", ALL_MODES)
@pytest.mark.parametrize("taker_mode", ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"])
def test_the_takers_mode_counts(taker_mode: str, maker_mode: str) -> None:
    scene = Scene()
    ann = scene.account()
    scene.sell(ann, "1", "100", stp=maker_mode)
    scene.buy(ann, "1", "100", stp=taker_mode)
    assert [match.mode for match in met(scene)] == [taker_mode]
    assert scene.trades == []


@pytest.mark.parametrize("maker_mode", [mode for mode in ALL_MODES if mode != "TRANSFER"])
def test_transfer_needs_both_sides_and_else_is_a_decrement(maker_mode: str) -> None:
    scene = Scene()
    ann, ben = scene.account(group=5), scene.account(group=5)
    scene.sell(ann, "1", "100", stp=maker_mode)
    scene.buy(ben, "1", "100", stp="TRANSFER")
    assert lost(scene) == [("DECREMENT", "1", "1")]
    assert free(ben, "BTC") == "1000"


def test_transfer_within_one_account_is_a_decrement() -> None:
    scene = Scene()
    ann = scene.account(group=5)
    scene.sell(ann, "1", "100", stp="TRANSFER")
    scene.buy(ann, "1", "100", stp="TRANSFER")
    assert lost(scene) == [("DECREMENT", "1", "1")]


# -- the modes (S-106, S-107) ---------------------------------------------------------------------------------------


def test_expire_taker_ends_the_takers_rest_and_leaves_the_makers() -> None:
    scene = Scene()
    ann, ben = scene.account(USDT="1000"), scene.account()
    other = scene.sell(ben, "1", "99")
    ann_sells = scene.account(group=1)
    ann.group = ann_sells.group
    makers = [scene.sell(ann_sells, "1", "100"), scene.sell(ann_sells, "1", "101")]
    taker = scene.buy(ann, "3", "101", stp="EXPIRE_TAKER")
    assert state(taker) == "EXPIRED_IN_MATCH executed=1 prevented=2"
    assert state(other) == "FILLED executed=1"
    assert [state(maker) for maker in makers] == ["NEW left=1", "NEW left=1"]
    assert lost(scene) == [("EXPIRE_TAKER", "2", None)]
    assert scene.happened() == ["Accepted", "Traded", "Prevented", "Expired"]
    assert (free(ann, "USDT"), locked(ann, "USDT")) == ("901", "0")


def test_expire_maker_ends_each_maker_met_and_the_taker_goes_on() -> None:
    scene = Scene()
    ann, ben = scene.account(BTC="4", USDT="1000"), scene.account()
    own = [scene.sell(ann, "2", "100"), scene.sell(ann, "1", "101")]
    far = scene.sell(ann, "1", "103")
    scene.sell(ben, "1", "101")
    taker = scene.buy(ann, "3", "102", stp="EXPIRE_MAKER")
    assert [state(maker) for maker in own] == ["EXPIRED_IN_MATCH prevented=2", "EXPIRED_IN_MATCH prevented=1"]
    assert state(far) == "NEW left=1"
    assert state(taker) == "PARTIALLY_FILLED executed=1 left=2"
    assert scene.bids == [("102", "2")]
    assert lost(scene) == [("EXPIRE_MAKER", None, "2"), ("EXPIRE_MAKER", None, "1")]
    assert (free(ann, "BTC"), locked(ann, "BTC")) == ("4", "1")


def test_a_partly_filled_maker_is_ended_with_its_rest() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    maker = scene.sell(ann, "3", "100")
    scene.buy(ben, "1")
    scene.buy(ann, "1", "100", stp="EXPIRE_MAKER")
    assert state(maker) == "EXPIRED_IN_MATCH executed=1 prevented=2"


def test_expire_both_ends_the_first_maker_met_and_the_taker() -> None:
    scene = Scene()
    ann = scene.account(BTC="5", USDT="1000")
    first, second = scene.sell(ann, "2", "100"), scene.sell(ann, "2", "100")
    taker = scene.buy(ann, "3", "100", stp="EXPIRE_BOTH")
    assert state(first) == "EXPIRED_IN_MATCH prevented=2"
    assert state(second) == "NEW left=2"
    assert state(taker) == "EXPIRED_IN_MATCH prevented=3"
    assert lost(scene) == [("EXPIRE_BOTH", "3", "2")]
    assert (free(ann, "BTC"), free(ann, "USDT")) == ("3", "1000")


@pytest.mark.parametrize(
    ("taker_qty", "taker_ends", "maker_ends"),
    [
        ("1", "EXPIRED_IN_MATCH prevented=1", "NEW prevented=1 left=1"),
        ("2", "EXPIRED_IN_MATCH prevented=2", "EXPIRED_IN_MATCH prevented=2"),
        ("3", "NEW prevented=2 left=1", "EXPIRED_IN_MATCH prevented=2"),
    ],
)
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_decrement_takes_the_smaller_rest(side: str, taker_qty: str, taker_ends: str, maker_ends: str) -> None:
    scene = Scene()
    ann = scene.account(BTC="10", USDT="1000")
    other = "SELL" if side == "BUY" else "BUY"
    maker = scene.place(ann, other, "LIMIT", "2", "100")
    taker = scene.place(ann, side, "LIMIT", taker_qty, "100", stp="DECREMENT")
    assert (state(maker), state(taker)) == (maker_ends, taker_ends)
    smaller = text(min(units("2"), units(taker_qty)))
    assert lost(scene) == [("DECREMENT", smaller, smaller)]
    for order in (maker, taker):
        assert order.left == order.qty - order.executed - order.prevented  # S-108
        factor = 100 if order.side == "BUY" else 1
        assert order.locked == (order.left * factor if order.open else 0)
    assert scene.trades == []


def test_a_decremented_maker_keeps_its_place() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    first, second = scene.sell(ann, "2", "100"), scene.sell(ben, "1", "100")
    scene.buy(ann, "0.5", "100", stp="DECREMENT")
    assert scene.queue("SELL") == [first, second]
    assert scene.asks == [("100", "2.5")]


def test_a_decremented_taker_goes_on_to_others() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "1", "100")
    scene.sell(ben, "5", "101")
    taker = scene.buy(ann, "3", "101", stp="DECREMENT")
    assert state(taker) == "FILLED executed=2 prevented=1"
    assert scene.happened() == ["Accepted", "Prevented", "Expired", "Traded"]


@pytest.mark.parametrize("taker_side", ["BUY", "SELL"])
def test_transfer_moves_base_and_notional_without_commission(taker_side: str) -> None:
    scene = Scene()
    costly = Fees(Rates(maker=units("0.1"), taker=units("0.1")))
    buyer, seller = (scene.account(group=5, fees=costly, BTC="2", USDT="1000") for _ in range(2))
    if taker_side == "BUY":
        maker = scene.sell(seller, "2", "100", stp="TRANSFER")
        taker = scene.buy(buyer, "1", "110", stp="TRANSFER")
    else:
        maker = scene.buy(buyer, "2", "100", stp="TRANSFER")
        taker = scene.sell(seller, "1", "90", stp="TRANSFER")
    assert lost(scene) == [("TRANSFER", "1", "1")]
    assert state(taker) == "EXPIRED_IN_MATCH prevented=1"
    assert state(maker) == "NEW prevented=1 left=1"
    scene.cancel(maker)
    assert (free(buyer, "BTC"), free(buyer, "USDT")) == ("3", "900")
    assert (free(seller, "BTC"), free(seller, "USDT")) == ("1", "1100")
    assert scene.trades == []
    assert scene.ledger.collector.free["USDT"] == scene.ledger.collector.free["BTC"] == 0


def test_a_market_buyer_transfers_too() -> None:
    scene = Scene()
    ann, ben = scene.account(group=5, BTC="1"), scene.account(group=5, USDT="150")
    scene.sell(ann, "1", "100", stp="TRANSFER")
    taker = scene.buy(ben, "1", stp="TRANSFER")
    assert state(taker) == "EXPIRED_IN_MATCH prevented=1"
    assert (free(ben, "BTC"), free(ben, "USDT"), free(ann, "USDT")) == ("1", "50", "100")


@pytest.mark.parametrize(
    ("money", "ends"), [("201", "EXPIRED executed=1 prevented=1 left=1"), ("200", "EXPIRED prevented=1 left=2")]
)
def test_a_market_buyer_pays_transfers_on_top_of_the_estimate(money: str, ends: str) -> None:
    """Only the 101 of the other seller was locked beforehand; the transfer takes it and more has to be found."""
    scene = Scene()
    ann, ben, cat = scene.account(group=5), scene.account(group=5, USDT=money), scene.account()
    scene.sell(ann, "1", "100", stp="TRANSFER")
    scene.sell(cat, "1", "101")
    taker = scene.buy(ben, "3", stp="TRANSFER")
    assert state(taker) == ends
    assert (free(ben, "USDT"), locked(ben, "USDT")) == ("0" if money == "201" else "100", "0")


def test_a_market_buyer_who_cannot_pay_a_transfer_gets_nothing() -> None:
    scene = Scene()
    ann, ben = scene.account(group=5, BTC="1"), scene.account(group=5, USDT="99")
    maker = scene.sell(ann, "1", "100", stp="TRANSFER")
    taker = scene.buy(ben, "1", stp="TRANSFER")
    assert (state(maker), state(taker)) == ("EXPIRED_IN_MATCH prevented=1", "EXPIRED_IN_MATCH prevented=1")
    assert (free(ben, "BTC"), free(ben, "USDT"), free(ann, "BTC")) == ("0", "99", "1")


# -- market takers (S-107) ------------------------------------------------------------------------------------------


def test_a_market_taker_that_finds_nothing_left_after_its_makers_expired_is_expired() -> None:
    scene = Scene()
    ann = scene.account()
    maker = scene.sell(ann, "1", "100")
    taker = scene.buy(ann, "1", stp="EXPIRE_MAKER")
    assert state(maker) == "EXPIRED_IN_MATCH prevented=1"
    assert state(taker) == "EXPIRED left=1"
    assert reason(taker) == "INSUFFICIENT_LIQUIDITY"


@pytest.mark.parametrize(
    ("mode", "taker_ends", "maker_ends"),
    [
        ("EXPIRE_TAKER", "EXPIRED_IN_MATCH prevented=2", "NEW left=1"),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH prevented=2", "EXPIRED_IN_MATCH prevented=1"),
        ("DECREMENT", "EXPIRED prevented=1 left=1", "EXPIRED_IN_MATCH prevented=1"),
    ],
)
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_a_market_taker_and_the_other_modes(side: str, mode: str, taker_ends: str, maker_ends: str) -> None:
    scene = Scene()
    ann = scene.account(BTC="5", USDT="500")
    maker = scene.place(ann, "SELL" if side == "BUY" else "BUY", "LIMIT", "1", "100")
    taker = scene.place(ann, side, "MARKET", "2", stp=mode)
    assert (state(taker), state(maker)) == (taker_ends, maker_ends)
    assert taker.locked == 0


def test_expired_in_match_bears_no_reason() -> None:
    scene = Scene()
    ann = scene.account()
    scene.sell(ann, "1", "100")
    taker = scene.buy(ann, "1", stp="EXPIRE_TAKER")
    assert reason(taker) is None
    assert [event.reason for event in scene.events if isinstance(event, Expired)] == [None]


# -- with FOK, icebergs, stops --------------------------------------------------------------------------------------


def fok_between(mode: str, *, ahead: str = "0", iceberg: str = "0") -> tuple[Scene, Order, Order]:
    """A FOK order for 3 of somebody whose own order stands before 3 of another account."""
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    if ahead != "0":
        scene.sell(ben, ahead, "100", iceberg=iceberg)
    own = scene.sell(ann, "1", "100")
    scene.sell(ben, "3", "100")
    return scene, own, scene.buy(ann, "3", "100", tif="FOK", stp=mode)


@pytest.mark.parametrize("mode", ["EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"])
def test_a_fok_order_does_nothing_where_prevention_would_take_from_it(mode: str) -> None:
    """S-84: all of it trades or nothing does."""
    scene, own, taker = fok_between(mode)
    assert state(taker) == "EXPIRED left=3"
    assert reason(taker) == "UNFILLED_FOK_ORDER_EXPIRED"
    assert state(own) == "NEW left=1"
    assert scene.happened() == ["Accepted", "Expired"]


def test_a_fok_order_that_expires_its_makers_fills_from_others() -> None:
    _, own, taker = fok_between("EXPIRE_MAKER")
    assert state(taker) == "FILLED executed=3"
    assert state(own) == "EXPIRED_IN_MATCH prevented=1"


@pytest.mark.parametrize("mode", ["EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"])
def test_a_fok_order_does_not_count_what_hides_behind_its_owner(mode: str) -> None:
    scene, _, taker = fok_between(mode, ahead="3", iceberg="1")
    assert state(taker) == "EXPIRED left=3"
    assert scene.trades == []


def test_a_fok_order_counts_all_that_stands_before_its_owner() -> None:
    scene, own, taker = fok_between("EXPIRE_TAKER", ahead="3")
    assert state(taker) == "FILLED executed=3"
    assert state(own) == "NEW left=1"
    assert len(scene.trades) == 1


def test_decrement_takes_from_the_hidden_part_of_an_iceberg_too() -> None:
    """S-106 speaks of the rests, and the rest of an iceberg is all that is left of it."""
    scene = Scene()
    ann = scene.account()
    iceberg = scene.sell(ann, "5", "100", iceberg="2")
    scene.buy(ann, "4", "100", stp="DECREMENT")
    assert state(iceberg) == "NEW prevented=4 left=1"
    assert scene.asks == [("100", "1")]


def test_expire_maker_ends_an_iceberg_whole() -> None:
    scene = Scene()
    ann = scene.account(BTC="5", USDT="1000")
    iceberg = scene.sell(ann, "5", "100", iceberg="2")
    scene.buy(ann, "4", "100", stp="EXPIRE_MAKER")
    assert state(iceberg) == "EXPIRED_IN_MATCH prevented=5"
    assert (free(ann, "BTC"), scene.asks) == ("5", [])


def test_a_stop_order_is_a_taker_when_it_fires() -> None:
    scene = Scene()
    ann = scene.account()
    maker = scene.buy(ann, "1", "90", stp="EXPIRE_TAKER")
    order = scene.place(ann, "SELL", "STOP_LOSS", "1", stop="95", stp="EXPIRE_MAKER")
    scene.print_trade("95")
    assert state(maker) == "EXPIRED_IN_MATCH prevented=1"
    assert state(order) == "EXPIRED left=1"


def test_prevented_matches_do_not_move_the_last_price() -> None:
    scene = Scene()
    ann = scene.account()
    scene.print_trade("50")
    order = scene.place(ann, "BUY", "STOP_LOSS_LIMIT", "1", "100", stop="90")
    scene.sell(ann, "1", "100")
    scene.buy(ann, "1", "100", stp="DECREMENT")
    assert scene.market.tape.last_price == units("50")
    assert not order.working


# -- the record (S-109) ---------------------------------------------------------------------------------------------


def test_both_orders_and_the_market_keep_the_record() -> None:
    scene = Scene()
    ann, ben = scene.account(group=5), scene.account(group=5)
    maker = scene.sell(ann, "2", "100")
    taker = scene.buy(ben, "1", "105", stp="DECREMENT")
    scene.buy(ben, "1", "105", stp="DECREMENT")
    first, second = scene.market.prevented
    assert (first.id, second.id) == (0, 1)
    assert (first.taker, first.maker, text(first.price), first.trade_group) == (taker, maker, "100", 5)
    assert first.time == scene.now - 1
    assert taker.extras is not None
    assert maker.extras is not None
    assert taker.extras.prevented_matches == [first]
    assert maker.extras.prevented_matches == [first, second]
