"""The state of the spot market: accounts, markets, prices of BNB, a clock that goes back."""

from __future__ import annotations

import pytest
from tests.mock_server.engine.snapshots import market_state
from tests.mock_server.spot_client import DAY, NOW, SECOND, SpotClient, few_symbols, frozen_world, open_client

from binance_mock.engine.units import SCALE
from binance_mock.venues import maker
from binance_mock.venues.errors import Refusal


def test_markets_are_made_when_they_are_touched() -> None:
    """A fresh world holds none."""
    client = SpotClient(frozen_world())
    assert client.world.spot.markets == {}
    client.public("exchangeInfo").ok()
    client.public("ticker/price").ok()
    assert client.world.spot.markets == {}
    client.public("depth", symbol="BTCUSDT").ok()
    assert list(client.world.spot.markets) == ["BTCUSDT"]


def test_a_symbol_that_is_not_listed_makes_no_market() -> None:
    """S-47."""
    spot = frozen_world().spot
    with pytest.raises(Refusal, match="-1121"):
        spot.market("NOSUCH", NOW)
    with pytest.raises(Refusal, match="-1121"):
        spot.info("NOSUCH")
    assert spot.markets == {}


def test_accounts_have_names_and_numbers_of_their_own() -> None:
    world = frozen_world()
    one, two = (open_client(world, name) for name in ("one", "two"))
    uids = [each.get("account").ok()["uid"] for each in (one, two)]
    assert len({*uids, world.spot.accounts["default"].uid}) == 3
    with pytest.raises(ValueError, match="there is an account 'one' already"):
        open_client(world, "one")


def test_a_balance_cannot_start_below_zero() -> None:
    with pytest.raises(ValueError, match="below zero"):
        open_client(frozen_world(), "poor", USDT=-1)


def test_the_price_of_bnb() -> None:
    """S-112: by the pair, its inverse, or both prices in USDT."""
    spot = frozen_world().spot
    assert spot.bnb_price("USDT") == 850 * SCALE
    assert spot.bnb_price("BTC") == SCALE * 10625 // 10**6
    assert spot.bnb_price("ETH") == 850 * SCALE * SCALE // (2600 * SCALE)
    assert spot.bnb_price("NOSUCH") == 0
    assert frozen_world(blueprint=few_symbols("BTCUSDT")).spot.bnb_price("BTC") == 0


def test_the_price_of_bnb_follows_the_market() -> None:
    world = frozen_world()
    market = world.spot.market("BNBUSDT", NOW)
    maker.set_price(world.spot, market, world.spot.symbols["BNBUSDT"], 900 * SCALE, NOW)
    assert world.spot.bnb_price("USDT") == 900 * SCALE


def test_the_same_calls_leave_the_same_markets() -> None:
    def play() -> list[object]:
        client = SpotClient(frozen_world())
        client.order().ok()
        client.order("SELL", "STOP_LOSS", "0.5", stopPrice="79000").ok()
        client.order("BUY", "MARKET", "1").ok()
        client.world.clock.move(SECOND)
        client.delete("openOrders", symbol="BTCUSDT").ok()
        return [market_state(market) for market in client.world.spot.markets.values()]

    assert play() == play()


def test_a_clock_that_goes_back_takes_untouched_markets_along() -> None:
    """Their history would lie in the future; those with orders of a user stay as they are."""
    world = frozen_world()
    client = SpotClient(world)
    client.order().ok()
    client.public("trades", symbol="BNBUSDT").ok()
    world.clock.move(-DAY)
    world.spot.rewind(world.clock.now())
    assert list(world.spot.markets) == ["BTCUSDT"]
    newest = client.public("trades", symbol="BNBUSDT", limit=1).ok()[0]
    assert newest["time"] <= (NOW - DAY) // 1000
    ledger = world.spot.ledger
    assert all(ledger.total(asset) == amount for asset, amount in ledger.deposited.items())
    assert len(client.get("openOrders").ok()) == 1


def test_a_clock_that_goes_on_changes_nothing() -> None:
    world = frozen_world()
    SpotClient(world).public("depth", symbol="BNBUSDT").ok()
    world.clock.move(DAY)
    world.spot.rewind(world.clock.now())
    assert list(world.spot.markets) == ["BNBUSDT"]


def test_trading_in_one_market_leaves_others_alone() -> None:
    world = frozen_world()
    client = SpotClient(world)
    client.public("depth", symbol="BNBUSDT").ok()
    before = market_state(world.spot.markets["BNBUSDT"])
    client.order().ok()
    after = market_state(world.spot.markets["BNBUSDT"])
    assert {key for key in before if before[key] != after[key]} <= {"balances", "deposited", "touched"}
