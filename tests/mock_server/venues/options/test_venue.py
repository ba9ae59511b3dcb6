"""Expiry, copies, and accounts: O-81 to O-84, O-49, O-67."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.object_graph import shared
from tests.mock_server.spot_client import few_symbols, frozen_world
from tests.mock_server.venues.options.options_client import (
    BTC,
    CALL,
    DAILY,
    DAY_MS,
    EXPIRY_MS,
    OptionsClient,
    amount,
    client,
)

from binance_fixtures.markets import options_markets
from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.chain import read_underlyings
from binance_mock.venues.options.dialect import DIALECTS
from binance_mock.venues.options.listings import Strip
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.options.venue import OptionsVenue


def test_what_became_of_contracts_is_shown_after_their_expiry() -> None:
    """O-81 to O-83: in the money they are exercised, at the money and out of it they are not."""
    options = OptionsClient()
    options.public("ping")
    options.move_index(80_000)
    assert options.public("exerciseHistory").ok() == []
    options.wait_until(EXPIRY_MS)
    rows = {row["symbol"]: row for row in options.public("exerciseHistory", underlying=BTC).ok()}
    assert {row["realStrikePrice"] for row in rows.values()} == {"80000.00000000"}
    assert {row["expiryDate"] for row in rows.values()} == {EXPIRY_MS}
    for row in rows.values():
        strike, call = float(row["strikePrice"]), row["symbol"].endswith("C")
        worth = 80_000 - strike if call else strike - 80_000
        wanted = "REALISTIC_VALUE_STRICKEN" if worth > 0 else "EXTRINSIC_VALUE_EXPIRED"
        assert row["strikeResult"] == wanted
    assert rows[DAILY]["strikeResult"] == "EXTRINSIC_VALUE_EXPIRED"


def test_the_history_is_found_by_underlying_and_time() -> None:
    """O-2: oldest first; the newest hundred, or the oldest from a time on."""
    options = OptionsClient()
    options.public("ping")
    for _ in range(3):
        options.wait(DAY_MS)
        options.public("ping")
    rows = options.public("exerciseHistory").ok()
    assert len(rows) == 100
    assert [row["expiryDate"] for row in rows] == sorted(row["expiryDate"] for row in rows)
    ends = {EXPIRY_MS + day * DAY_MS for day in range(3)}
    shown = options.public("exerciseHistory", underlying="btcusdt", startTime=EXPIRY_MS, endTime=EXPIRY_MS).ok()
    assert {row["expiryDate"] for row in shown} == {EXPIRY_MS}
    later = options.public("exerciseHistory", startTime=EXPIRY_MS + 1, limit=1).ok()
    assert later[0]["expiryDate"] in ends - {EXPIRY_MS}
    assert {row["symbol"].split("-")[0] for row in shown} == {"BTC"}


def test_the_settlement_price_is_the_mean_of_half_an_hour() -> None:
    """O-81: what the index does outside of it, or at the moment itself, does not count."""
    options = OptionsClient()
    options.public("ping")
    options.move_index(70_000)
    options.wait_until(EXPIRY_MS - 30 * 60_000)
    options.move_index(80_000)
    options.wait_until(EXPIRY_MS - 15 * 60_000)
    options.move_index(82_000)
    options.wait_until(EXPIRY_MS)
    options.move_index(99_000)
    rows = options.public("exerciseHistory", underlying=BTC).ok()
    assert {row["realStrikePrice"] for row in rows} == {"81000.00000000"}


def test_whoever_has_something_to_do_at_an_expiry_is_told() -> None:
    """Once, with contracts that are still listed, at the time of the expiry."""
    told: list[tuple[str, int, int, bool]] = []

    def ending(venue: OptionsVenue, strip: Strip, price: int, time: int) -> None:
        told.append((strip.underlying.name, price, time, set(strip.contracts) <= set(venue.symbols)))

    underlyings = read_underlyings(options_markets())
    venue = OptionsVenue(underlyings, OptionsSettings(), 1, None, (ending,))
    venue.pass_time(EXPIRY_MS * 1000 - 1)
    assert told == []
    venue.pass_time(EXPIRY_MS * 1000 + DAY_MS * 1000)
    venue.pass_time(EXPIRY_MS * 1000 + DAY_MS * 1000)
    assert {(name, price, listed) for name, price, _, listed in told} == {
        (name, each.reference_price, True) for name, each in underlyings.items()
    }
    assert sorted({time for _, _, time, _ in told}) == [EXPIRY_MS * 1000, (EXPIRY_MS + DAY_MS) * 1000]
    assert len(told) == 2 * len(underlyings)


def test_a_contract_that_was_traded_is_remembered() -> None:
    options = OptionsClient()
    options.fill(Side.BUY, SCALE, DAILY)
    options.wait_until(EXPIRY_MS)
    options.public("ping")
    assert options.venue.contract(DAILY).name == DAILY
    with pytest.raises(Refusal, match="-1121"):
        options.venue.info(DAILY)
    with pytest.raises(Refusal, match="-1121"):
        options.venue.contract("BTC-231115-75000-C")
    assert options.venue.markets[DAILY].bag(options.own.money).trades


# -- copies ---------------------------------------------------------------------------------------------------------


def used() -> OptionsClient:
    options = OptionsClient()
    options.fill(Side.BUY, SCALE)
    options.fill(Side.SELL, SCALE, DAILY)
    options.order(Side.BUY, SCALE, 100 * SCALE)
    options.keyed("listenKey", verb="POST").ok()
    options.venue.pins.set(CALL, 900 * SCALE)
    options.venue.set_status("BTC-231124-90000-C", "HALT")
    options.wait(DAY_MS)
    options.public("ping")
    return options


def state(options: OptionsClient) -> list[Any]:
    calls: list[dict[str, object]] = [
        {"path": "exchangeInfo"}, {"path": "mark", "symbol": CALL}, {"path": "ticker", "symbol": CALL},
        {"path": "depth", "symbol": CALL}, {"path": "trades", "symbol": CALL}, {"path": "exerciseHistory"},
        {"path": "openInterest", "underlyingAsset": "BTC", "expiration": "231124"},
    ]  # fmt: skip
    answers = [options.public(str(call.pop("path")), **call).json for call in calls]
    own = options.own
    return [*answers, own.balance, own.bills, own.fills, {name: each.qty for name, each in own.positions.items()}]


def test_a_copy_is_equal_and_goes_its_own_way() -> None:
    options = used()
    twin = OptionsClient(options.world.fork())
    before = state(options)
    assert state(twin) == before
    for step in (
        lambda each: each.fill(Side.SELL, SCALE),
        lambda each: each.move_index(83_000),
        lambda each: each.wait(DAY_MS),
    ):
        step(twin)
        twin.public("ping")
    assert state(options) == before
    after = state(twin)
    assert after != before
    options.fill(Side.SELL, SCALE)
    options.public("ping")
    options.move_index(83_000)
    options.public("ping")
    options.wait(DAY_MS)
    options.public("ping")
    assert state(options) == after


def test_a_copy_shares_nothing_that_changes() -> None:
    options = used()
    twin = options.world.fork()
    fixed = [
        part
        for stock in options.world.blueprint.stocks.values()
        for part in (*stock, *stock.data.values(), *stock.variants.values())
    ]
    assert shared(options.world.venues["options"], twin.venues["options"], but=tuple(fixed)) == []
    assert twin.venues["options"].source is twin.venues["usdm"]


# -- accounts and settings ------------------------------------------------------------------------------------------


def test_accounts_have_a_group_and_a_right_to_write() -> None:
    """O-49, O-67"""
    options = client(writers=False)
    account = options.venue.open_account("maker", {"USDT": SCALE}, trade_group=7)
    assert (account.can_write, account.money.trade_group, account.balance) == (False, 7, SCALE)
    with pytest.raises(ValueError, match="choose another name"):
        options.venue.open_account("maker", {})
    assert amount("1.00") == account.balance


def test_a_world_without_options_has_none() -> None:
    world = frozen_world(blueprint=few_symbols("BTCUSDT"))
    assert world.options is None


def test_options_stand_alone_where_there_are_no_futures() -> None:
    """The index of an underlying is then its reference price."""
    underlyings = read_underlyings(options_markets())
    venue = OptionsVenue(underlyings, OptionsSettings(), 1)
    venue.pass_time(1_700_000_000_000_000)
    assert venue.index_price(BTC) == underlyings[BTC].reference_price
    assert venue.fork().index_price(BTC) == underlyings[BTC].reference_price


def test_the_generations_are_one_table() -> None:
    """O-57, O-58"""
    new, old = DIALECTS["2026"], DIALECTS["2023"]
    assert (old.statuses.values(), "GTX" in old.times_in_force) != (new.statuses.values(), "GTX" in new.times_in_force)
    assert sorted(set(old.statuses.values())) == ["ACCEPTED", "CANCELLED", "FILLED", "PARTIALLY_FILLED"]
    assert new.times_in_force == ("GTC", "IOC", "FOK", "GTX")


@pytest.mark.parametrize(
    ("generation", "path", "there"),
    [("2023", "/eapi/v1/commission", False), ("2026", "/eapi/v1/commission", True), ("2026", "/eapi/v1/account", True)],
)
def test_a_generation_lacks_what_came_or_went(generation: str, path: str, there: bool) -> None:
    """Whatever is sent there; the page bears the weight, as every answer does (O-38)."""
    reply = client(dialect=generation).call(path.removeprefix("/eapi/v1/"), {})
    assert (reply.status == 404) != there
    assert "x-mbx-used-weight-1m" in reply.headers
