"""The table of markets: worlds, configuration and control calls follow it."""

from __future__ import annotations

from itertools import combinations

import pytest
from tests.mock_server.spot_client import BLUEPRINT, few_symbols, frozen_world

from binance_mock.config import config_from
from binance_mock.engine.units import SCALE
from binance_mock.markets import MARKETS, OWN_MONEY, WORDINGS, Market
from binance_mock.world import AccountSettings, Blueprint, World, WorldSettings


def test_no_two_markets_claim_the_same_paths() -> None:
    for one, other in combinations(MARKETS, 2):
        assert one.name != other.name
        assert not any(a.startswith(b) or b.startswith(a) for a in one.prefixes for b in other.prefixes)


@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.name)
def test_what_a_market_serves_is_below_its_prefixes(market: Market) -> None:
    assert all(each.path.startswith(market.prefixes) for each in market.endpoints)


def test_a_world_has_the_markets_of_its_blueprint_in_the_order_of_the_table() -> None:
    world = frozen_world()
    assert list(world.venues) == list(world.desks) == [market.name for market in MARKETS] == list(WORDINGS)
    for name, desk in world.desks.items():
        assert (desk.name, desk.venue) == (name, world.venues[name])
        assert desk.account("default") is world.venues[name].accounts["default"]
    alone = frozen_world(blueprint=few_symbols("BTCUSDT"))
    assert list(alone.venues) == ["spot"]
    assert alone.usdm is None


def test_a_copy_has_copies_of_all_markets() -> None:
    world = frozen_world()
    twin = world.fork()
    assert list(twin.venues) == list(world.venues)
    for name, desk in twin.desks.items():
        assert desk.venue is twin.venues[name] is not world.venues[name]
        assert desk.account("default") is twin.venues[name].accounts["default"]


def test_markets_of_one_world_know_each_other_and_no_others() -> None:
    world = frozen_world()
    for each in (world, world.fork(), world.fork().fork()):
        wallet = each.venues["sapi"]
        assert wallet.spot is each.spot
        assert wallet.futures["usdm"] is each.usdm


@pytest.mark.parametrize("market", OWN_MONEY)
def test_money_of_a_market_comes_from_settings_and_configuration(market: str) -> None:
    wanted = AccountSettings(name="ann", balances={}, wallets={market: {"USDT": 7 * SCALE}})
    world = World(BLUEPRINT, WorldSettings(accounts=(wanted,)))
    assert world.venues[market].accounts["ann"].money.free == {"USDT": 7 * SCALE}
    config = config_from({"accounts": [{"name": "ann", f"{market}_balances": {"USDT": "7"}}]}, "test")
    assert config.settings.accounts[-1].wallets[market] == {"USDT": 7 * SCALE}


def test_other_symbols_and_limits_of_spot_leave_the_rest_as_it_is() -> None:
    changed = BLUEPRINT.changed({}, ())
    assert (changed.symbols, changed.limits, changed.routes) == ({}, (), BLUEPRINT.routes)
    others = {name: stock for name, stock in BLUEPRINT.stocks.items() if name != "spot"}
    assert {name: changed.stocks[name] for name in others} == others
    assert list(Blueprint.of(BLUEPRINT.stocks).stocks) == list(BLUEPRINT.stocks)
