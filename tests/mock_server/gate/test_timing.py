"""Timing security (S-14 to S-24): how old or how far ahead a request may be, and the units of time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW, SECOND, Reply, SpotClient, frozen_world
from tests.mock_server.venues.spot.scenes import SCENES, SHAPES, Scene, fresh_client

from binance_mock.gate.gate import Settings
from binance_mock.gate.timing import WindowTooLong
from binance_mock.world import World, WorldSettings

LATE = (400, -1021, "Timestamp for this request is outside of the recvWindow.")
EARLY = (400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.")


def ask(world: World, timestamp: object, **params: object) -> Reply:
    client = SpotClient(world)
    return client.send(client.request("GET", "rateLimit/order", params, timestamp=timestamp))


def verdict(reply: Reply) -> tuple[int, int, str]:
    return (200, 0, "") if reply.status == 200 else (reply.status, reply.code, reply.msg)


def expected(age: int, window: int) -> tuple[int, int, str]:
    """S-20 and S-21 as they stand, in microseconds."""
    if age > window:
        return LATE
    return EARLY if -age >= SECOND else (200, 0, "")


# -- the two comparisons (S-20, S-21) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "window", "outcome"),
    [
        (5_000_000, None, (200, 0, "")),
        (5_000_001, None, LATE),
        (0, None, (200, 0, "")),
        (-999_999, None, (200, 0, "")),
        (-1_000_000, None, EARLY),
        (60_000_000, "60000", (200, 0, "")),
        (60_000_001, "60000", LATE),
        (0, "0", (200, 0, "")),
        (1, "0", LATE),
        (1_001, "1.001", (200, 0, "")),
        (1_002, "1.001", LATE),
        (-999_999, "0", (200, 0, "")),
    ],
)
def test_both_edges_to_the_microsecond(age: int, window: str | None, outcome: tuple[int, int, str]) -> None:
    """S-20: ahead is strict, old is not; S-19: 5000 ms unless said otherwise."""
    assert verdict(ask(frozen_world(), NOW - age, recvWindow=window)) == outcome


@given(age=st.integers(-2_000_000, 62_000_000), window=st.integers(0, 60_000_000))
@example(age=5_000_000, window=5_000_000)
@example(age=5_000_001, window=5_000_000)
@example(age=-1_000_000, window=60_000_000)
@example(age=-999_999, window=0)
def test_any_age_and_window_in_microseconds(age: int, window: int) -> None:
    """S-19, S-20: timestamp in microseconds, recvWindow in steps of one."""
    text = f"{window // 1000}.{window % 1000:03d}"
    assert verdict(ask(frozen_world(), NOW - age, recvWindow=text)) == expected(age, window)


@given(age_ms=st.integers(-2_000, 62_000), window_ms=st.integers(0, 60_000))
@example(age_ms=5_000, window_ms=5_000)
def test_any_age_and_window_in_milliseconds(age_ms: int, window_ms: int) -> None:
    """S-15: the same in milliseconds; what the clock has beyond its millisecond makes the request that much older."""
    timestamp = NOW // 1000 - age_ms
    reply = ask(frozen_world(), timestamp, recvWindow=window_ms)
    assert verdict(reply) == expected(NOW - timestamp * 1000, window_ms * 1000)


def test_far_off_timestamps_are_refused_like_near_ones() -> None:
    """S-16: before 2017, in seconds, and years ahead; no code of their own is documented."""
    for timestamp, outcome in ((1_483_228_799_999, LATE), (NOW // 1_000_000, LATE), (0, LATE), (NOW // 500, EARLY)):
        assert verdict(ask(frozen_world(), timestamp)) == outcome


def test_timestamps_have_at_most_twenty_digits() -> None:
    """S-46."""
    assert verdict(ask(frozen_world(), "9" * 20)) == EARLY
    assert verdict(ask(frozen_world(), "0" * 7 + str(NOW // 1000)))[0] == 200
    assert ask(frozen_world(), "9" * 21).refusal == ask(frozen_world(), "0" * 21).refusal == (400, -1100)


@pytest.mark.parametrize(
    ("timestamp", "why"),
    [
        (NOW // SECOND, "the timestamp looks like seconds; send milliseconds"),
        (1_483_228_800_000, "synchronise with GET time, or send sooner"),
        (NOW - 6_001_500, "the timestamp is 6001.5 ms old, recvWindow is 5000 ms"),
        (NOW + 1_500_000, "the timestamp is 1500 ms ahead of the server's clock"),
        (NOW - 95_237_000_000_001, "the timestamp is 95237000000.001 ms old"),
        (NOW + 95_237_000_123_450, "the timestamp is 95237000123.45 ms ahead"),
    ],
)
def test_the_journal_says_by_how_much(timestamp: int, why: str) -> None:
    world = frozen_world()
    ask(world, timestamp)
    assert why in world.journal.last.why
    assert ("seconds;" in why) == ("seconds;" in world.journal.last.why)


# -- recvWindow (S-19, S-24) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", ["60000.001", "60001", "99999999999999999999"])
def test_a_window_above_the_maximum(window: str) -> None:
    """S-24: -1131 or the ceiling text of -1102, as the world is set; HTTP 400 both."""
    ceiling = WorldSettings(gate=Settings(recv_window_code=WindowTooLong.CEILING))
    assert verdict(ask(frozen_world(), NOW, recvWindow=window)) == (
        400, -1131, "'recvWindow' must be less than 60000.",
    )  # fmt: skip
    assert verdict(ask(frozen_world(ceiling), NOW, recvWindow=window)) == (
        400, -1102, "'recvWindow' contains unexpected value. Cannot be greater than 60000.",
    )  # fmt: skip


@pytest.mark.parametrize("window", ["60000", "60000.000", "0.001", "0", "00005000"])
def test_a_window_up_to_the_maximum(window: str) -> None:
    """S-19."""
    assert ask(frozen_world(), NOW, recvWindow=window).status == 200


@pytest.mark.parametrize("window", ["5000.1234", "5000.", ".5", "-1", "5e3", "1 000", "five", "٥", "NaN", "inf"])
def test_a_malformed_window(window: str) -> None:
    """S-46."""
    assert ask(frozen_world(), NOW, recvWindow=window).refusal == (400, -1100)


def test_an_empty_window() -> None:
    """S-48."""
    assert ask(frozen_world(), NOW, recvWindow="").refusal == (400, -1105)


@pytest.mark.parametrize(
    ("timestamp", "code"), [(None, -1102), ("", -1102), ("1.5", -1100), ("-1", -1100), ("٣", -1100)]
)
def test_a_missing_or_malformed_timestamp(timestamp: object, code: int) -> None:
    """S-43, S-46."""
    assert ask(frozen_world(), timestamp).refusal == (400, code)


def test_the_window_is_given_in_milliseconds_whatever_the_header_says() -> None:
    """S-19: never in microseconds."""
    world = frozen_world()
    client = SpotClient(world)
    for age, status in ((5_000_000, 200), (5_000_001, 400)):
        request = client.request(
            "GET", "rateLimit/order", {"recvWindow": 5000}, timestamp=NOW - age,
            headers={b"x-mbx-time-unit": b"MICROSECOND"},
        )  # fmt: skip
        assert client.send(request).status == status


def test_calls_without_security_need_no_timestamp() -> None:
    """S-35."""
    assert fresh_client().public("time").status == 200


# -- X-MBX-TIME-UNIT (S-14) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
def test_every_time_of_every_answer_follows_the_unit(scene: Scene) -> None:
    """S-14: all times in microseconds, and nothing else changes."""
    plain = scene.play(fresh_client())
    fine = scene.play(fresh_client(), {b"x-mbx-time-unit": b"MICROSECOND"})
    assert plain.status == fine.status == scene.status
    shape = SHAPES.of(scene.call, scene.variant)
    ms, us = list(SHAPES.times(shape, plain.json)), list(SHAPES.times(shape, fine.json))
    assert ms == [time // 1000 if time > 0 else time for time in us]
    assert all(time > 10**14 or time in (-1, 0) for time in us)
    assert _without(plain.json, set(ms)) == _without(fine.json, set(us))


def _without(answer: object, known: set[int]) -> object:
    """An answer with its times left out."""
    if isinstance(answer, dict):
        return {name: _without(value, known) for name, value in answer.items()}
    if isinstance(answer, list):
        return [_without(value, known) for value in answer]
    return None if isinstance(answer, int) and answer > 10**11 and answer in known else answer


@pytest.mark.parametrize(
    ("unit", "time"),
    [
        (b"MICROSECOND", NOW), (b"microsecond", NOW), (b"MILLISECOND", NOW // 1000), (b"millisecond", NOW // 1000),
    ],
)  # fmt: skip
def test_the_four_words(unit: bytes, time: int) -> None:
    """S-14."""
    assert fresh_client().public("time", {b"x-mbx-time-unit": unit}).ok() == {"serverTime": time}


@pytest.mark.parametrize("unit", [b"", b"Microsecond", b"ms", b"SECOND", b"MICROSECONDS", b"\xff"])
def test_any_other_word_is_refused(unit: bytes) -> None:
    """S-14."""
    client = fresh_client()
    for reply in (
        client.public("time", {b"x-mbx-time-unit": unit}),
        client.send(client.request("GET", "account", {}, headers={b"x-mbx-time-unit": unit})),
    ):
        assert reply.refusal == (400, -1194)


# -- ranges of times (S-15, S-17, S-18) -----------------------------------------------------------------------------


def test_time_parameters_are_read_by_their_magnitude() -> None:
    """S-15."""
    client = fresh_client()
    rows = client.public("trades", {b"x-mbx-time-unit": b"MICROSECOND"}, symbol="BTCUSDT", limit=2).ok()
    newest = rows[-1]["time"]
    in_us = client.public("aggTrades", symbol="BTCUSDT", startTime=newest).ok()
    in_ms = client.public("aggTrades", symbol="BTCUSDT", startTime=newest // 1000).ok()
    assert in_us == in_ms
    assert len(in_us) == 1


def test_bounds_out_of_range_are_pulled_in() -> None:
    """S-17: not refused."""
    client = fresh_client()
    far = 9_999_999_999_999
    ranges: tuple[dict[str, Any], ...] = ({"startTime": 0}, {"startTime": 1}, {"endTime": far}, {"startTime": far})
    for bounds in ranges:
        assert client.public("klines", symbol="BTCUSDT", interval="1d", **bounds).status == 200
        assert client.public("aggTrades", symbol="BTCUSDT", **bounds).status == 200
        assert client.get("myTrades", symbol="BTCUSDT", **bounds).status == 200
