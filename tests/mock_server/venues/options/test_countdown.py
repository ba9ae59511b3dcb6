"""The kill switch: O-26, O-41, O-100."""

from __future__ import annotations

import pytest
from tests.mock_server.venues.options.maker_client import Maker, maker, wrong
from tests.mock_server.venues.options.options_client import BTC, CALL, PUT

from binance_mock.venues.options.accounts import Countdown

ETH = "ETHUSDT"
REFUSED = (400, -2010, "NEW_ORDER_REJECTED")


def arm(client: Maker, ms: int, underlying: str = BTC) -> None:
    answer = client.post("countdownCancelAll", underlying=underlying, countdownTime=ms)
    assert answer == {"underlying": underlying, "countdownTime": ms}
    assert not wrong("POST countdownCancelAll", answer)


def beat(client: Maker, names: str = BTC) -> object:
    answer = client.post("countdownCancelAllHeartBeat", underlyings=names)
    assert not wrong("POST countdownCancelAllHeartBeat", answer)
    return answer["underlyings"]


def bid(client: Maker, symbol: str = CALL, **more: object) -> object:
    """An order far from the market; what was wrong with it."""
    reply = client.quote("BUY", 5, symbol=symbol, **{"isMmp": "false", **more})
    return "ok" if reply.status == 200 else (reply.status, reply.code, reply.msg)


def eth(client: Maker) -> str:
    return next(name for name in client.listed() if name.startswith("ETH-231124") and name.endswith("-C"))


def test_all_orders_of_the_underlying_are_cancelled_and_none_are_let_in() -> None:
    """O-100: in all its contracts, protected or not, those placed meanwhile too; of other underlyings none."""
    client = maker()
    other = eth(client)
    assert bid(client) == bid(client, other) == "ok"
    arm(client, 5000)
    assert bid(client, PUT) == bid(client, isMmp="true") == "ok"
    client.wait(4999)
    assert len(client.open()) == 4
    assert bid(client) == "ok"
    begun = client.now
    client.wait(6000)
    assert [row["symbol"] for row in client.open()] == [other]
    assert bid(client) == bid(client, PUT) == REFUSED
    assert bid(client, other) == "ok"
    ended = list(client.venue.markets[CALL].bag(client.own.money).all.values())
    assert len(ended) == 3
    assert {order.status for order in ended} == {"CANCELED"}
    assert {order.updated for order in ended} == {begun + 1000}, "to the microsecond, whenever somebody looks"


@pytest.mark.parametrize("how", ["heartbeat", "zero", "again"])
def test_what_lets_orders_in_again(how: str) -> None:
    """O-100"""
    client = maker()
    arm(client, 5000)
    client.wait(7000)
    assert bid(client) == REFUSED
    if how == "heartbeat":
        assert beat(client) == [BTC]
    else:
        arm(client, 0 if how == "zero" else 5000)
    assert bid(client) == "ok"
    client.wait(4999)
    assert len(client.open()) == 1
    client.wait(1)
    assert len(client.open()) == (1 if how == "zero" else 0)


def test_heartbeats_keep_it_from_ending() -> None:
    """O-100: each lets it run for its whole length again."""
    client = maker()
    arm(client, 5000)
    assert bid(client) == "ok"
    for _ in range(4):
        client.wait(4000)
        assert beat(client, "btcusdt") == [BTC]
    client.wait(4999)
    assert bid(client) == "ok"
    client.wait(1)
    assert bid(client) == REFUSED
    assert client.open() == []


def test_a_heartbeat_names_what_it_started() -> None:
    """O-100: those alone that are set, in the order that was asked for, each once."""
    client = maker()
    assert beat(client) == []
    arm(client, 5000, ETH)
    arm(client, 9000)
    assert beat(client, "SOLUSDT,ETHUSDT,BTCUSDT,ETHUSDT") == [ETH, BTC]
    assert client.refusal("POST", "countdownCancelAllHeartBeat", underlyings="BTCUSDT,NONE") == (
        400, -1128, "Invalid underlying",
    )  # fmt: skip


def test_what_is_shown() -> None:
    """O-100: one as an object; one that ran out stands until it is taken away."""
    client = maker()
    assert client.get("countdownCancelAll") == client.get("countdownCancelAll", underlying=BTC) == {}
    arm(client, 5000)
    row = {"underlying": BTC, "countdownTime": 5000}
    assert not wrong("GET countdownCancelAll", row)
    assert client.get("countdownCancelAll") == client.get("countdownCancelAll", underlying="btcusdt") == row
    client.wait(6000)
    assert client.get("countdownCancelAll") == row
    arm(client, 7000, ETH)
    assert client.get("countdownCancelAll") == [row, {"underlying": ETH, "countdownTime": 7000}]
    assert client.get("countdownCancelAll", underlying=ETH) == {"underlying": ETH, "countdownTime": 7000}
    arm(client, 0)
    arm(client, 0, ETH)
    assert client.get("countdownCancelAll") == {}


@pytest.mark.parametrize("time", ["1", "4999", "-1", "-5000", "-0005000"])
def test_lengths_that_are_refused(time: str) -> None:
    """O-100"""
    client = maker()
    asked = client.refusal("POST", "countdownCancelAll", underlying=BTC, countdownTime=time)
    assert asked == (400, -6009, "countdownTime must be no less than 5000 or equal to 0")
    assert client.own.countdowns == {}


def test_an_underlying_without_options() -> None:
    client = maker()
    for verb, more in (("POST", {"countdownTime": 5000}), ("GET", {})):
        asked = client.refusal(verb, "countdownCancelAll", underlying="NONEUSDT", **more)
        assert asked == (400, -1128, "Invalid underlying")


def test_each_account_has_its_own() -> None:
    client = maker()
    other = Maker(client.world, "other")
    arm(client, 5000)
    assert bid(other) == bid(client) == "ok"
    client.wait(5000)
    assert client.open() == []
    assert len(other.open()) == 1
    assert bid(other) == "ok"
    assert other.get("countdownCancelAll") == {}


def test_setting_it_anew_forgets_the_earlier_end() -> None:
    client = maker()
    arm(client, 9000)
    assert bid(client) == "ok"
    arm(client, 5000)
    arm(client, 60_000)
    client.wait(59_999)
    assert len(client.open()) == 1
    assert client.own.countdowns == {BTC: Countdown(60_000_000, client.now + 1000)}


def test_a_copy_counts_down_on_its_own() -> None:
    client = maker()
    arm(client, 5000)
    assert bid(client) == "ok"
    twin = Maker(client.world.fork())
    assert beat(client) == [BTC]
    client.wait(2000)
    assert beat(client) == [BTC]
    for each in (client, twin):
        each.wait(5000 if each is twin else 3000)
    assert len(client.open()) == 1
    assert twin.open() == []
    assert bid(twin) == REFUSED
    assert bid(client) == "ok"


def test_the_older_generation_has_it_too() -> None:
    client = maker(dialect="2023")
    arm(client, 5000)
    assert bid(client) == "ok"
    client.wait(5000)
    assert bid(client) == REFUSED
