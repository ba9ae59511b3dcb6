"""The standing history and book of a market, and what moving its price does."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.engine.snapshots import market_state, told
from tests.mock_server.spot_client import BLUEPRINT, NOW, SpotClient, frozen_world, open_client, units

from binance_mock.engine.events import Event, Traded
from binance_mock.engine.market import Market
from binance_mock.venues import maker
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import World, WorldSettings

PRICE = units("80000.00000000")
TICK = units("0.01000000")


def market_of(world: World, symbol: str = "BTCUSDT") -> Market:
    return world.spot.market(symbol, world.clock.now())


def move(world: World, price: int, symbol: str = "BTCUSDT") -> list[Event]:
    return maker.set_price(world.spot, market_of(world, symbol), world.spot.symbols[symbol], price, world.clock.now())


def world_with(**settings: Any) -> World:
    return frozen_world(WorldSettings(spot=SpotSettings(**settings)))


def sides(market: Market) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    return market.book.depth(5000)


# -- history and book -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("symbol", sorted(BLUEPRINT.symbols))
def test_every_market_opens_at_its_reference_price(symbol: str) -> None:
    world = frozen_world()
    market, info = market_of(world, symbol), world.spot.symbols[symbol]
    assert market.tape.last_price == info.reference_price
    bids, asks = sides(market)
    assert len(bids) == len(asks) == 25
    assert bids[0][0] < info.reference_price < asks[0][0]
    for price, qty in bids + asks:
        assert price % info.tick == 0
        assert qty % max(info.step, 1) == 0
        assert qty >= info.min_qty


@pytest.mark.parametrize("symbol", sorted(BLUEPRINT.symbols))
def test_the_history_ends_before_now_and_wanders_on_the_grid(symbol: str) -> None:
    world = frozen_world()
    market, info = market_of(world, symbol), world.spot.symbols[symbol]
    trades = market.tape.newest(10**6)
    assert len(trades) == 48 * 12
    assert [trade.id for trade in trades] == list(range(len(trades)))
    assert all(one.time < other.time for one, other in pairwise(trades))
    assert NOW - 10_000_000 < trades[-1].time < NOW
    assert all(trade.price % info.tick == 0 and trade.price > 0 and trade.qty > 0 for trade in trades)
    assert all(abs(trade.price - info.reference_price) < info.reference_price // 4 for trade in trades)
    assert len({trade.price for trade in trades}) > 1


def test_the_shape_of_the_book_can_be_set() -> None:
    bids, asks = sides(market_of(world_with(levels=2, spread_bps=10, level_value=800)))
    assert bids == [(PRICE - 80 * 10**8, 1_001_000), (PRICE - 240 * 10**8, 1_003_000)]
    assert [price for price, _ in asks] == [PRICE + 80 * 10**8, PRICE + 240 * 10**8]


def test_an_empty_market() -> None:
    """Without book and history there is no price either."""
    market = market_of(world_with(levels=0, history_hours=0))
    assert sides(market) == ([], [])
    assert (len(market.tape), market.tape.last_price) == (0, 0)


@pytest.mark.parametrize("spread", [0, 1])
def test_levels_keep_apart_where_a_tick_is_coarse(spread: int) -> None:
    """SHIB costs 900 ticks: a basis point is less than one of them."""
    market = market_of(world_with(spread_bps=spread), "SHIBUSDT")
    bids, asks = sides(market)
    assert len({price for price, _ in bids}) == len({price for price, _ in asks}) == 25
    assert bids[0][0] < asks[0][0]


def test_equal_seeds_make_equal_markets() -> None:
    one, same, other = (market_of(frozen_world(WorldSettings(seed=seed))) for seed in (1, 1, 2))
    assert market_state(one) == market_state(same)
    assert market_state(one)["tape"] != market_state(other)["tape"]


def test_the_order_in_which_markets_are_touched_does_not_matter() -> None:
    one, other = frozen_world(), frozen_world()
    market_of(one, "ETHUSDT")
    assert market_state(market_of(one))["tape"] == market_state(market_of(other))["tape"]


# -- moving the price -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("price", ["65000.00000000", "80000.01000000", "80000.00000000", "120000.00000000"])
def test_the_price_is_traded_and_the_book_follows(price: str) -> None:
    client = SpotClient(frozen_world())
    move(client.world, units(price))
    assert client.public("ticker/price", symbol="BTCUSDT").ok()["price"] == price
    best = client.public("ticker/bookTicker", symbol="BTCUSDT").ok()
    assert units(best["bidPrice"]) < units(price) < units(best["askPrice"])
    bids, asks = sides(market_of(client.world))
    assert len(bids) == len(asks) == 25
    assert client.public("trades", symbol="BTCUSDT", limit=1).ok()[0]["price"] == price


def test_filters_compare_with_the_new_price_at_once() -> None:
    """PERCENT_PRICE_BY_SIDE would refuse it by the average of five minutes."""
    client = SpotClient(frozen_world())
    assert client.order("SELL", price="200000").refusal == (400, -1013)
    move(client.world, units("150000.00000000"))
    assert client.order("SELL", price="200000").status == 200


@pytest.mark.parametrize("price", ["0.00000000", "-1.00000000", "80000.00100000", "1000000.01000000"])
def test_prices_that_the_symbol_cannot_have(price: str) -> None:
    world = frozen_world()
    before = market_state(market_of(world))
    with pytest.raises(ValueError, match="BTCUSDT cannot trade at"):
        move(world, units(price))
    assert market_state(market_of(world)) == before


@pytest.mark.parametrize("price", ["0.01000000", "1000000.00000000"])
def test_prices_at_the_bounds(price: str) -> None:
    world = frozen_world()
    move(world, units(price))
    bids, asks = sides(market_of(world))
    assert (len(bids), len(asks)) in ((0, 25), (25, 0))


@pytest.mark.parametrize(
    ("side", "reached", "passed_over"),
    [("BUY", ["79000", "78000"], ["77999.99"]), ("SELL", ["81000", "82000"], ["82000.01"])],
)
def test_orders_that_the_price_reaches_are_filled(side: str, reached: list[str], passed_over: list[str]) -> None:
    """The price itself included, each at its own price, all of them whatever the ladder holds."""
    client = SpotClient(frozen_world())
    filled = [client.order(side, "LIMIT", "2", price).ok()["orderId"] for price in reached]
    waiting = [client.order(side, "LIMIT", "2", price).ok()["orderId"] for price in passed_over]
    move(client.world, units(f"{reached[-1]}.00000000"))
    rows = {row["orderId"]: row for row in client.get("allOrders", symbol="BTCUSDT").ok()}
    assert {rows[id]["status"] for id in filled} == {"FILLED"}
    assert {rows[id]["status"] for id in waiting} == {"NEW"}
    trades = client.get("myTrades", symbol="BTCUSDT").ok()
    assert {trade["price"] for trade in trades} == {f"{price}.00000000" for price in reached}
    assert all(trade["isMaker"] for trade in trades)
    bids, asks = sides(market_of(client.world))
    assert len(bids) + len(asks) == 51


@pytest.mark.parametrize(("side", "at", "to"), [("BUY", "79000", "78000"), ("SELL", "81000", "82000")])
def test_an_order_larger_than_the_ladder_is_filled_as_well(side: str, at: str, to: str) -> None:
    client = open_client(frozen_world(), "rich", BTC=1_000, USDT=10**8)
    id = client.order(side, "LIMIT", "100", at).ok()["orderId"]
    move(client.world, units(f"{to}.00000000"))
    assert client.get("order", symbol="BTCUSDT", orderId=id).ok()["status"] == "FILLED"
    assert client.public("ticker/price", symbol="BTCUSDT").ok()["price"] == f"{to}.00000000"


def test_a_move_that_meets_nobody_lays_one_ladder() -> None:
    market = market_of(world := frozen_world())
    before = market.next_order_id
    move(world, units("81000.00000000"))
    assert market.next_order_id == before + 50


@pytest.mark.parametrize(
    ("price", "bids", "asks"),
    [("0.03000000", [2, 1], [4, 5]), ("999999.98000000", [99_999_997, 99_999_996], [99_999_999, 100_000_000])],
)
def test_the_ladder_ends_at_the_bounds_of_the_symbol(price: str, bids: list[int], asks: list[int]) -> None:
    """In ticks, with a spread below one: the first levels of each side, up to the bound and with it."""
    world = world_with(spread_bps=0)
    move(world, units(price))
    below, above = ([level // TICK for level, _ in side] for side in sides(market_of(world)))
    assert (below[:2], above[:2]) == (bids, asks)
    assert (len(below), len(above)) in ((2, 25), (25, 2))


@pytest.mark.parametrize(
    ("type", "side", "price"),
    [("STOP_LOSS", "BUY", "82000"), ("STOP_LOSS", "SELL", "78000"), ("TAKE_PROFIT", "SELL", "82000")],
)
def test_stop_orders_that_wake_find_the_new_book(type: str, side: str, price: str) -> None:
    """They trade near the new price, and the ladder is whole again afterwards."""
    client = SpotClient(frozen_world())
    id = client.order(side, type, "1", stopPrice=price).ok()["orderId"]
    move(client.world, units(f"{price}.00000000"))
    row = client.get("order", symbol="BTCUSDT", orderId=id).ok()
    assert row["status"] == "FILLED"
    assert abs(units(row["cummulativeQuoteQty"]) - int(price) * 10**8) < int(price) * 10**5
    undisturbed = frozen_world()
    move(undisturbed, units(f"{price}.00000000"))
    assert sides(market_of(client.world)) == sides(market_of(undisturbed))


def test_stop_orders_woken_by_what_is_swept_find_the_new_book_too() -> None:
    """A resting bid of another account trades on the way down and wakes a stop."""
    world = frozen_world()
    bidder, holder = open_client(world, "bidder", USDT=200_000), open_client(world, "holder", BTC=1)
    bidder.order("BUY", "LIMIT", "2", "79000").ok()
    stop = holder.order("SELL", "STOP_LOSS", "1", stopPrice="79500").ok()["orderId"]
    move(world, units("78000.00000000"))
    row = holder.get("order", symbol="BTCUSDT", orderId=stop).ok()
    assert row["status"] == "FILLED"
    assert units(row["cummulativeQuoteQty"]) > units("77900.00000000")


def test_the_caller_is_told_what_happened() -> None:
    client = SpotClient(frozen_world())
    client.order("BUY", "LIMIT", "0.5", "79000").ok()
    events = move(client.world, units("78000.00000000"))
    traded = [event.trade for event in events if isinstance(event, Traded)]
    assert [(trade.price, trade.maker is not None) for trade in traded] == [
        (units("79000.00000000"), True), (units("78000.00000000"), False),
    ]  # fmt: skip


def test_the_house_keeps_no_closed_orders() -> None:
    world = frozen_world()
    market = market_of(world)
    for step in range(20):
        move(world, PRICE + step * TICK)
    bag = market.bag(world.spot.ledger.house)
    assert len(bag.all) == len(bag.open) == 50
    assert bag.trades == []


@given(
    moves=st.lists(st.integers(-40, 40), min_size=1, max_size=8),
    orders=st.lists(st.tuples(st.sampled_from(["BUY", "SELL"]), st.integers(-40, 40)), max_size=6),
    seed=st.integers(0, 3),
)
def test_the_same_moves_leave_the_same_market(moves: list[int], orders: list[tuple[str, int]], seed: int) -> None:
    """Events and all; money is conserved, the book never crosses, and it is whole around the last price."""
    outcomes = []
    for _ in range(2):
        client = SpotClient(frozen_world(WorldSettings(seed=seed)))
        for side, step in orders:
            client.order(side, "LIMIT", "0.5", 80000 + 25 * step)
        events = [told(event) for step in moves for event in move(client.world, PRICE + 25 * 10**8 * step)]
        market = market_of(client.world)
        outcomes.append((events, market_state(market)))
        ledger = client.world.spot.ledger
        assert all(ledger.total(asset) == amount for asset, amount in ledger.deposited.items())
        bids, asks = sides(market)
        assert min(len(bids), len(asks)) >= 25
        assert bids[0][0] < PRICE + 25 * 10**8 * moves[-1] < asks[0][0]
        assert market.tape.last_price == PRICE + 25 * 10**8 * moves[-1]
    assert outcomes[0] == outcomes[1]


def test_the_house_can_pay_for_any_ladder() -> None:
    """The lowest price that a symbol allows takes the largest quantities."""
    world = World(BLUEPRINT, WorldSettings(spot=SpotSettings(level_value=10**7)))
    for symbol, info in world.spot.symbols.items():
        market = world.spot.market(symbol, NOW)
        maker.set_price(world.spot, market, info, max(info.min_price, info.tick), NOW)
        assert market.book.asks.best is not None
