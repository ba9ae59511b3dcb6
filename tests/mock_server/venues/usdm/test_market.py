"""The book and the trades (U-10, U-39, U-42 to U-44)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import DAY, NOW, SECOND, SpotClient
from tests.mock_server.venues.usdm.usdm_client import HOUR_MS, MS, UsdmClient, amount, client

from binance_fixtures.signing import KeyPair
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import ApiKey, Permission
from binance_mock.venues.usdm.kinds import DEPTHS


def ask(one: UsdmClient, path: str, **params: object) -> Any:
    return one.keyed(path, **{"symbol": "BTCUSDT", **params}).ok()


# -- the book -------------------------------------------------------------------------------------------------------


def test_the_book_is_sorted_from_the_best_price_outwards() -> None:
    book = ask(client(), "depth")
    bids, asks = ([amount(price) for price, _ in book[side]] for side in ("bids", "asks"))
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert len(bids) == len(asks) == 25


@pytest.mark.parametrize("limit", DEPTHS)
def test_the_sizes_of_a_book(limit: int) -> None:
    """U-43."""
    book = ask(client(levels=600), "depth", limit=limit)
    assert len(book["bids"]) == len(book["asks"]) == min(limit, 600)
    assert book["bids"] == ask(client(levels=600), "rpiDepth")["bids"][:limit]


def test_five_hundred_levels_by_default() -> None:
    one = client(levels=600)
    assert len(ask(one, "depth")["asks"]) == 500
    assert len(ask(one, "rpiDepth")["asks"]) == 600


@pytest.mark.parametrize("limit", [0, 1, 4, 6, 99, 501, 999, 1001, 5000])
def test_other_sizes(limit: int) -> None:
    """U-43."""
    for path in ("depth", "rpiDepth"):
        reply = client().public(path, symbol="BTCUSDT", limit=limit)
        assert (*reply.refusal, reply.msg) == (400, -4021, f"{limit} is not valid depth limit")
    assert client().public("rpiDepth", symbol="BTCUSDT", limit=500).code == -4021
    assert client().public("depth", symbol="BTCUSDT", limit="many").code == -1100


def test_every_change_of_the_book_raises_its_number() -> None:
    one = client()
    before = ask(one, "depth")["lastUpdateId"]
    assert ask(one, "depth")["lastUpdateId"] == before
    one.move_price("BTCUSDT", "80000")
    assert ask(one, "depth")["lastUpdateId"] > before


def test_the_times_of_a_book_are_those_of_the_clock() -> None:
    one = client()
    assert (ask(one, "depth")["E"], ask(one, "depth")["T"]) == (MS, MS)
    one.world.clock.freeze(NOW + 5 * SECOND)
    assert ask(one, "depth")["E"] == MS + 5000


def test_prices_and_quantities_have_the_digits_of_the_contract() -> None:
    one = client()
    for info in one.venue.symbols.values():
        price, qty = ask(one, "depth", symbol=info.name)["bids"][0]
        assert (len(price.partition(".")[2]), len(qty.partition(".")[2])) == (info.price_digits, info.qty_digits)
        best = one.venue.market(info.name, NOW).book.bids.best
        assert best is not None
        assert amount(price) == best.price


# -- trades ---------------------------------------------------------------------------------------------------------


def test_the_newest_trades_ascend() -> None:
    one = client()
    rows = ask(one, "trades", limit=10)
    assert len(rows) == 10
    assert all(a["id"] + 1 == b["id"] and a["time"] <= b["time"] for a, b in pairwise(rows))
    one.move_price("BTCUSDT", "80000.50")
    newest = ask(one, "trades", limit=1)[0]
    assert newest == {
        "id": rows[-1]["id"] + 1, "price": "80000.50", "qty": "0.031", "quoteQty": "2480.01", "time": MS,
        "isBuyerMaker": False, "isRPITrade": False,
    }  # fmt: skip


def test_how_many_trades_come_by_default() -> None:
    one = client()
    assert [len(ask(one, path)) for path in ("trades", "historicalTrades", "aggTrades")] == [500, 100, 500]
    assert ask(one, "trades")[-100:] == ask(one, "historicalTrades")


@pytest.mark.parametrize(("path", "most"), [("trades", 1000), ("historicalTrades", 500), ("aggTrades", 1000)])
def test_too_many_rows(path: str, most: int) -> None:
    """U-44."""
    one = client()
    assert len(ask(one, path, limit=most)) == min(most, 576)
    for limit in (0, most + 1, 2**63 - 1):
        reply = one.keyed(path, symbol="BTCUSDT", limit=limit)
        assert (*reply.refusal, reply.msg) == (400, -1130, "Data sent for parameter 'limit' is not valid.")


def test_trades_from_an_id_on() -> None:
    """The id itself included."""
    one = client()
    assert [row["id"] for row in ask(one, "historicalTrades", fromId=100, limit=3)] == [100, 101, 102]
    assert ask(one, "historicalTrades", fromId=10**9) == []


def test_trades_of_the_past_need_a_key_alone() -> None:
    """U-10, U-14: no signature, no timestamp, and no account."""
    one = client()
    assert (*one.public("historicalTrades", symbol="BTCUSDT").refusal,) == (401, -2014)
    assert one.keyed("historicalTrades", "u" * 64, symbol="BTCUSDT").refusal == (401, -2015)
    assert one.keyed("historicalTrades", symbol="BTCUSDT").status == 200


def test_a_key_without_an_account_reads_market_data_and_nothing_else() -> None:
    one = client()
    pair = KeyPair("d" * 64, "s" * 64)
    one.world.keys.add(ApiKey.hmac(pair.api_key, pair.secret, label="data", account="nowhere"))
    assert len(one.keyed("historicalTrades", pair.api_key, symbol="BTCUSDT").ok()) == 100
    assert SpotClient(one.world, pair).get("account").refusal == (401, -2015)
    assert "no spot account" in one.world.journal.last.why


def test_a_key_that_may_not_read_market_data() -> None:
    """U-19."""
    one = client()
    others = frozenset(Permission) - {Permission.MARKET_DATA}
    one.world.keys.add(ApiKey.hmac("t" * 64, "s" * 64, label="trader", account="default", permissions=others))
    assert one.keyed("historicalTrades", "t" * 64, symbol="BTCUSDT").refusal == (401, -2015)


# -- aggregates -----------------------------------------------------------------------------------------------------


def test_trades_of_one_order_at_one_price_are_one_aggregate() -> None:
    one = client()
    price, qty = 80_000 * SCALE, SCALE // 100
    one.feed(
        "BTCUSDT",
        [(NOW - 9, price, qty, False, 1), (NOW - 9, price, 2 * qty, False, 1), (NOW - 9, price + SCALE, qty, False, 1)],
    )
    assert ask(one, "aggTrades") == [
        {"a": 0, "p": "80000.00", "q": "0.030", "nq": "0.030", "f": 0, "l": 1, "T": MS, "m": False},
        {"a": 1, "p": "80001.00", "q": "0.010", "nq": "0.010", "f": 2, "l": 2, "T": MS, "m": False},
    ]


def test_an_id_excludes_times() -> None:
    for times in ({"startTime": MS}, {"endTime": MS}):
        assert client().public("aggTrades", symbol="BTCUSDT", fromId=1, **times).refusal == (400, -1128)


@pytest.mark.parametrize(("wide", "status"), [(HOUR_MS - 1, 200), (HOUR_MS, 200), (HOUR_MS + 1, 400), (10**15, 400)])
def test_an_hour_of_aggregates_at_most(wide: int, status: int) -> None:
    """U-42."""
    reply = client().public("aggTrades", symbol="BTCUSDT", startTime=MS - HOUR_MS, endTime=MS - HOUR_MS + wide)
    assert reply.status == status
    assert status == 200 or (reply.code, reply.msg) == (-4165, "Invalid time interval")
    # With one of the times there is no width.
    assert client().public("aggTrades", symbol="BTCUSDT", startTime=0).status == 200


@given(
    gaps=st.lists(st.integers(0, 3_000), min_size=1, max_size=12),
    takers=st.lists(st.integers(1, 2), min_size=12, max_size=12),
    start=st.none() | st.integers(-3, 40),
    end=st.none() | st.integers(-3, 40),
    limit=st.integers(1, 6),
)
def test_aggregates_are_those_of_the_tape(
    gaps: list[int], takers: list[int], start: int | None, end: int | None, limit: int
) -> None:
    one = client(levels=0)
    first = (MS - 50) * 1000
    time, prints = first, []
    for gap, taker in zip(gaps, takers, strict=False):
        time += gap
        prints.append((time, 80_000 * SCALE, SCALE // 1000, taker == 1, taker))
    trades = one.feed("BTCUSDT", prints)
    rows: list[list[Any]] = []
    for trade in trades:
        if rows and rows[-1][-1].taker_id == trade.taker_id and rows[-1][-1].time == trade.time:
            rows[-1].append(trade)
        else:
            rows.append([trade])
    numbered = list(enumerate(rows))
    low, high = (None if each is None else MS - 50 + each for each in (start, end))
    kept = [
        (number, row)
        for number, row in numbered
        if (low is None or row[0].time // 1000 >= low) and (high is None or row[0].time // 1000 <= high)
    ]
    kept = kept[-limit:] if low is None else kept[:limit]
    reply = one.public("aggTrades", symbol="BTCUSDT", startTime=low, endTime=high, limit=limit)
    if low is not None and high is not None and low > high:
        assert reply.code == -1023
    else:
        assert [(row["a"], row["f"], row["l"], row["T"], amount(row["q"])) for row in reply.ok()] == [
            (number, row[0].id, row[-1].id, row[0].time // 1000, len(row) * SCALE // 1000) for number, row in kept
        ]


# -- weights --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        *(("depth", {"limit": limit}, 2) for limit in (5, 10, 20, 50)),
        ("depth", {"limit": 100}, 5),
        ("depth", {"limit": 500}, 10),
        ("depth", {"limit": 1000}, 20),
        ("depth", {}, 10),
        ("rpiDepth", {}, 20),
        ("rpiDepth", {"limit": 1000}, 20),
        ("trades", {}, 5),
        ("historicalTrades", {}, 200),
        ("aggTrades", {}, 20),
    ],
)
def test_weights(path: str, params: dict[str, object], weight: int) -> None:
    assert client().weight(path, symbol="BTCUSDT", **params) == weight


def test_the_market_begins_when_it_is_first_touched() -> None:
    """A clock that went on finds the same history at another time."""
    one = client()
    one.world.clock.freeze(NOW + DAY)
    assert ask(one, "trades", limit=1)[0]["time"] == MS - 1 + DAY // 1000
