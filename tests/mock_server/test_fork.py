"""A copied world is equal to the original, refers to nothing of it, and either goes its own way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mock_server.engine.snapshots import market_state
from tests.mock_server.object_graph import Rows, picture, reachable, shared
from tests.mock_server.spot_client import NOW, SECOND, SpotClient, frozen_world, read
from tests.mock_server.world_commands import MARKETS, PAIRS, READS, SMALL, Command, open_world, play, play_all, scripts

from binance_fixtures.signing import EXAMPLE_PAIR, KeyPair
from binance_mock.clock import ClockMode
from binance_mock.engine.bars import Bar
from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.tape import Tape
from binance_mock.engine.units import SCALE
from binance_mock.gate.gate import Held
from binance_mock.gate.journal import Verdict
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.venues import maker
from binance_mock.world import World, WorldSettings


def held_by(world: World) -> tuple[Rows, list[Any]]:
    """All there is in a world, by the picture of it and by name."""
    states = [market_state(market) for market in world.spot.markets.values()]
    return picture(world), states


def check_apart(one: World, other: World) -> None:
    fixed = [
        part
        for stock in one.blueprint.stocks.values()
        for part in (*stock, *stock.data.values(), *stock.variants.values())
    ]
    assert shared(one, other, but=tuple(fixed)) == []


# -- any commands ---------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(before=scripts, after=scripts)
def test_a_fork_answers_as_the_original_does(before: list[Command], after: list[Command]) -> None:
    """Byte for byte, ids included; so does a fork of the fork."""
    world = open_world()
    play(world, before)
    twin = world.fork()
    third = twin.fork()
    assert picture(world) == picture(twin) == picture(third)
    answers = play_all(world, after)
    assert play_all(twin, after) == answers
    assert play_all(third, after) == answers
    assert held_by(world) == held_by(twin) == held_by(third)


@settings(max_examples=60)
@given(before=scripts, after=scripts, forked=st.booleans())
def test_what_happens_in_one_is_not_seen_in_the_other(
    before: list[Command], after: list[Command], forked: bool
) -> None:
    world = open_world()
    play(world, before)
    twin = world.fork()
    check_apart(world, twin)
    acting, other = (twin, world) if forked else (world, twin)
    held = held_by(other)
    play_all(acting, after)
    assert held_by(other) == held
    check_apart(world, twin)


# -- one thing after another ----------------------------------------------------------------------------------------


def pair_of_clients(world: World) -> tuple[SpotClient, SpotClient]:
    """Clients of a world and of its fork, for the default account."""
    return SpotClient(world), SpotClient(world.fork())


def test_nothing_that_can_change_is_shared() -> None:
    """A world with something of everything: orders of all kinds, fed bars, faults, bans, refusals in the journal."""
    world = open_world()
    history = Tape()
    price = MARKETS.symbols["BNBUSDT"].reference_price
    history.append_bar(Bar(NOW - 60 * SECOND, NOW - 1, price, price, price, price, SCALE, price, 1, SCALE, price))
    world.spot.open_with_history("BNBUSDT", history, NOW)
    world.spot.accounts["ben"].can_trade = False
    ann = SpotClient(world, PAIRS["ann"])
    ann.order(quantity="0.5", icebergQty="0.1").ok()
    ann.order(type="MARKET", quantity="1", price=None, newOrderRespType="FULL").ok()
    ann.order(type="STOP_LOSS_LIMIT", side="SELL", stopPrice="69000", price="68000").ok()
    ann.order(type="TAKE_PROFIT", side="SELL", trailingDelta=100).ok()
    ann.order(side="SELL", price="70000", selfTradePreventionMode="DECREMENT", quantity="3").ok()
    SpotClient(world, KeyPair(PAIRS["ann"].api_key, "wrong")).get("account")
    world.journal.last.show(world.keys)
    world.faults.add("unknown_503", probability=0.5, path="/api/v3/klines")
    for _ in range(2):
        world.desks["spot"].ip.ban("10.0.0.1", 60, NOW)
    world.spot.set_status("BNBUSDT", "HALT")
    for path, (signed, params) in READS.items():
        (ann.get if signed else ann.public)(path, **params)
    twin = world.fork()
    check_apart(world, twin)
    assert picture(world) == picture(twin)
    assert id(world) not in reachable(twin)
    assert id(world.spot) not in reachable(twin)


@pytest.mark.parametrize("leak", ["money", "market", "finder", "price", "gate", "entry", "rng", "limits"])
def test_a_leak_is_found(leak: str) -> None:
    """The guard above can fail."""
    world = open_world()
    SpotClient(world, PAIRS["ann"]).order().ok()
    SpotClient(world, KeyPair(PAIRS["ann"].api_key, "wrong")).get("account")
    twin = world.fork()
    match leak:
        case "money":
            twin.spot.accounts["ann"].money = world.spot.accounts["ann"].money
        case "market":
            twin.spot.markets["BTCUSDT"] = world.spot.markets["BTCUSDT"]
        case "finder":
            twin.desks["spot"].account = world.spot.accounts.get
        case "price":
            twin.spot.markets["BTCUSDT"].bnb_price = world.spot.bnb_price
        case "gate":
            twin.gate.keys = world.keys
        case "entry":
            twin.journal._entries[-1] = world.journal.last
        case "rng":
            twin.spot._rng = world.spot._rng
        case "limits":
            twin.desks["spot"].ip._states = world.desks["spot"].ip._states
    with pytest.raises(AssertionError):
        check_apart(world, twin)


def test_every_part_of_a_world_is_there() -> None:
    world = frozen_world()
    twin = world.fork()
    assert [hasattr(twin, name) for name in World.__slots__] == [True] * len(World.__slots__)
    assert twin.gate.keys is twin.keys
    assert twin.gate.faults is twin.faults
    assert twin.gate.journal is twin.journal
    assert twin.gate.clock is twin.clock
    assert twin.desks["spot"].venue is twin.spot
    assert twin.blueprint is world.blueprint


def test_bnb_prices_are_those_of_the_own_world() -> None:
    """Commissions in BNB follow the price of the world they are paid in (S-112)."""
    world = open_world()
    ann = SpotClient(world, PAIRS["ann"])
    ann.order(type="MARKET", price=None).ok()
    ann.public("depth", symbol="BNBUSDT").ok()
    twin = SpotClient(world.fork(), PAIRS["ann"])
    spot = twin.world.spot
    info = MARKETS.symbols["BNBUSDT"]
    doubled = 2 * info.reference_price
    maker.set_price(spot, spot.market("BNBUSDT", NOW), info, doubled, NOW)
    fees = [each.order(type="MARKET", price=None, newOrderRespType="FULL").ok()["fills"][0] for each in (ann, twin)]
    assert [fee["commissionAsset"] for fee in fees] == ["BNB", "BNB"]
    dear, cheap = (float(fee["commission"]) for fee in fees)
    assert dear == pytest.approx(2 * cheap, rel=1e-4)


def test_client_order_ids_are_drawn_on_alike() -> None:
    """S-80: the venue makes an id where none is sent."""
    original, copy = pair_of_clients(frozen_world())
    drawn = [original.order().ok()["clientOrderId"] for _ in range(3)]
    assert [copy.order().ok()["clientOrderId"] for _ in range(3)] == drawn
    assert len(set(drawn)) == 3


def test_accounts_opened_later_belong_to_one_world() -> None:
    world = frozen_world()
    twin = world.fork()
    one, other = (each.spot.open_account("late", {"BTC": SCALE}) for each in (world, twin))
    assert (one.uid, one.money.id) == (other.uid, other.money.id)
    third = twin.fork()
    twin.spot.open_account("later", {})
    assert [sorted(each.spot.accounts) for each in (world, twin, third)] == [
        ["default", "late"], ["default", "late", "later"], ["default", "late"],
    ]  # fmt: skip


def test_keys_changed_later_are_those_of_one_world() -> None:
    original, copy = pair_of_clients(frozen_world())
    copy.world.keys.remove(EXAMPLE_PAIR.api_key)
    assert copy.get("account").refusal == (401, -2015)
    original.get("account").ok()


# -- clock ----------------------------------------------------------------------------------------------------------


class Source:
    """The time of the machine."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def set_clock(world: World, how: str) -> None:
    clock = world.clock
    match how:
        case "offset":
            clock.run_with_offset(-5 * SECOND)
        case "frozen":
            clock.freeze(NOW - 7)
        case "frozen with an offset":
            clock.run_with_offset(3)
            clock.freeze()


@pytest.mark.parametrize("how", ["live", "offset", "frozen", "frozen with an offset"])
def test_a_clock_runs_on_as_it_did(how: str) -> None:
    source = Source()
    world = World(MARKETS, SMALL, source)
    set_clock(world, how)
    twin = world.fork()

    def shown(each: World) -> tuple[ClockMode, int, int]:
        return each.clock.mode, each.clock.offset, each.clock.now()

    assert shown(twin) == shown(world)
    source.now += SECOND
    assert shown(twin) == shown(world)
    before = shown(world)
    twin.clock.move(60 * SECOND)
    assert shown(world) == before
    assert twin.clock.now() == world.clock.now() + 60 * SECOND
    world.clock.live()
    assert shown(twin) != shown(world)


@pytest.mark.parametrize("how", ["live", "frozen"])
def test_a_fork_of_a_fork_starts_anew_as_the_first_world_did(how: str) -> None:
    world = World(MARKETS, SMALL, Source())
    set_clock(world, how)
    SpotClient(world).order().ok()
    fresh = world.fork().fork().fresh()
    assert not fresh.spot.markets
    assert fresh.clock.mode is ClockMode.LIVE
    assert fresh.clock.now() == NOW


# -- limits, faults, journal ----------------------------------------------------------------------------------------


def test_weight_and_raw_counts_go_on_from_there() -> None:
    """S-57."""
    original, copy = pair_of_clients(used_world(weight=80))
    first = original.public("ticker/24hr").headers["x-mbx-used-weight-1m"]
    assert first == copy.public("ticker/24hr").headers["x-mbx-used-weight-1m"] == "160"
    assert copy.public("ticker/24hr").headers["x-mbx-used-weight-1m"] == "240"
    assert original.public("time").headers["x-mbx-used-weight-1m"] == "161"


def used_world(weight: int) -> World:
    world = frozen_world()
    for _ in range(weight // 80):
        SpotClient(world).public("ticker/24hr").ok()
    return world


def test_a_ban_is_copied_and_lifted_in_one() -> None:
    """S-60."""
    world = frozen_world()
    world.desks["spot"].ip.ban("127.0.0.1", 120, NOW)
    original, copy = pair_of_clients(world)
    assert original.public("time").refusal == copy.public("time").refusal == (418, -1003)
    copy.world.desks["spot"].ip.unban("127.0.0.1")
    assert copy.public("time").status == 200
    assert original.public("time").status == 418


def test_a_ban_earned_later_is_one_worlds() -> None:
    """S-60: the strikes of before count in both."""
    world = frozen_world(WorldSettings(strikes=2))
    world.desks["spot"].ip.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 1)
    first = SpotClient(world)
    assert [first.public("time").status for _ in range(3)] == [200, 429, 429]
    original, copy = pair_of_clients(world)
    assert copy.public("time").status == 418
    assert original.world.desks["spot"].ip.banned_until("127.0.0.1", NOW) is None
    assert original.public("time").status == 418


def test_what_is_known_of_thousands_of_addresses_is_copied() -> None:
    """Above 4096 addresses the limits look for some to forget, and note when to look again."""
    world = frozen_world()
    limits = world.desks["spot"].ip
    for number in range(4097):
        limits.admit(f"10.0.{number >> 8}.{number & 255}", 1, NOW)
    twin = limits.fork()
    assert picture(twin) == picture(limits)
    assert shared(twin, limits) == []


def test_order_counts_go_on_from_there() -> None:
    """S-65."""
    world = frozen_world()
    SpotClient(world).order().ok()
    original, copy = pair_of_clients(world)
    assert [copy.order().headers["x-mbx-order-count-10s"] for _ in range(2)] == ["2", "3"]
    assert original.order().headers["x-mbx-order-count-10s"] == "2"
    copy.world.desks["spot"].orders.set_limit(LimitInterval.SECOND, 10, 1)
    assert (copy.order().code, original.order().code) == (-1015, 0)


def test_faults_count_and_draw_on_from_there() -> None:
    world = frozen_world()
    world.faults.add("unknown_503", name="every-third", nth=3)
    world.faults.add("unknown_503", name="some", probability=0.5)
    client = SpotClient(world)
    for _ in range(2):
        client.public("time")
    original, copy = pair_of_clients(world)
    answers = [copy.public("time").status for _ in range(12)]
    assert [rule.seen for rule in world.faults] == [2, 2]
    assert [original.public("time").status for _ in range(12)] == answers
    assert world.faults.describe() == copy.world.faults.describe()
    copy.world.faults.clear()
    assert len(world.faults) == 2


def test_the_journal_goes_on_with_the_same_numbers() -> None:
    world = frozen_world(WorldSettings(journal_size=3))
    for _ in range(5):
        SpotClient(world).public("time")
    original, copy = pair_of_clients(world)
    copy.public("depth", symbol="BTCUSDT")
    assert [entry.seq for entry in copy.world.journal] == [4, 5, 6]
    assert [entry.seq for entry in world.journal] == [3, 4, 5]
    original.public("time")
    assert [entry.request.path for entry in world.journal][-1] == "/api/v3/time"
    copy.world.journal.clear()
    assert len(world.journal) == 3


def test_a_refused_signature_is_diagnosed_with_the_keys_of_the_world_that_is_asked() -> None:
    """The diagnosis is kept with the entry, so the entry cannot belong to both."""
    world = frozen_world()
    other = KeyPair("other".ljust(64, "k"), "other".ljust(64, "s"))
    SpotClient(world, KeyPair(EXAMPLE_PAIR.api_key, other.secret)).get("account")
    twin = world.fork()
    twin.keys.add(ApiKey.hmac(*other))
    causes = []
    for each in (twin, world):
        diagnosis = each.journal.last.diagnosis(each.keys)
        assert diagnosis is not None
        causes.append(diagnosis.cause)
    assert causes[0] != causes[1]


def test_a_request_that_waits_goes_on_in_the_original_alone() -> None:
    """S-22."""
    world = frozen_world()
    world.faults.add("latency", ms=1000, method="POST")
    client = SpotClient(world)
    params = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1, "price": 70000}
    held = client.hold(client.request("POST", "order", params))
    assert isinstance(held, Held)
    twin = world.fork()
    before = held_by(twin)
    world.clock.move(SECOND)
    assert read(held.resume(world.clock.now())).ok()["orderId"]
    assert held_by(twin) == before
    assert (world.journal.last.verdict, twin.journal.last.verdict) == (Verdict.ACCEPTED, Verdict.PENDING)
    assert SpotClient(twin).get("openOrders").ok() == []


def test_3000_orders_at_one_price() -> None:
    """The linked list of a price is as long as its queue; filters would not let one account queue so many."""
    world = frozen_world()
    market = world.spot.market("BTCUSDT", NOW)
    money = world.spot.accounts["default"].money
    for number in range(3000):
        name = f"order{number}"
        order = Order(money, name, Side.BUY, OrderType.LIMIT, TimeInForce.GTC, 70_000 * SCALE, SCALE // 10_000)
        market.place(order, NOW)
    twin = world.fork()
    assert market_state(twin.spot.markets["BTCUSDT"]) == market_state(market)
    check_apart(world, twin)
