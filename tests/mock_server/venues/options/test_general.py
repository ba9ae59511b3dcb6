"""Limits, headers and what is listed: O-2, O-37 to O-48, O-87."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.mock_server.venues.options.options_client import (
    BTC,
    CALL,
    DAILY,
    DAY_MS,
    EXPIRY_MS,
    MS,
    OptionsClient,
    amount,
    client,
)

SYMBOL: Final = {"symbol": CALL}


def test_the_limits_of_exchange_info() -> None:
    """O-37"""
    rows = OptionsClient().public("exchangeInfo").ok()["rateLimits"]
    assert [tuple(row.values()) for row in rows] == [
        ("REQUEST_WEIGHT", "MINUTE", 1, 2400),
        ("ORDERS", "MINUTE", 1, 1200),
        ("ORDERS", "SECOND", 10, 300),
    ]


def test_every_answer_tells_the_used_weight() -> None:
    """O-38: on refusals, too, and under one name; O-39: what is no order counts none."""
    options = OptionsClient()
    for reply, used in ((options.public("ping"), "1"), (options.public("depth", symbol="NO"), "6")):
        assert {name: value for name, value in reply.headers.items() if name.startswith("x-mbx")} == {
            "x-mbx-used-weight-1m": used
        }


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        ("exchangeInfo", {}, 1),
        ("depth", SYMBOL, 5),
        *[("depth", {**SYMBOL, "limit": limit}, 1) for limit in (5, 10, 20, 50)],
        ("depth", {**SYMBOL, "limit": 100}, 5),
        ("depth", {**SYMBOL, "limit": 500}, 10),
        ("depth", {**SYMBOL, "limit": 1000}, 20),
        ("trades", SYMBOL, 5),
        ("historicalTrades", SYMBOL, 20),
        ("blockTrades", {}, 5),
        ("klines", {**SYMBOL, "interval": "1m"}, 1),
        ("mark", {}, 5),
        ("ticker", SYMBOL, 1),
        ("ticker", {}, 40),
        ("index", {"underlying": BTC}, 1),
        ("openInterest", {"underlyingAsset": "BTC", "expiration": "231124"}, 0),
        ("exerciseHistory", {}, 3),
    ],
)
def test_what_calls_weigh(path: str, params: dict[str, object], weight: int) -> None:
    """O-41"""
    assert OptionsClient().weight(path, **params) == weight


def test_the_time_is_that_of_the_world() -> None:
    assert OptionsClient().public("time").ok() == {"serverTime": MS}


def test_a_contract_says_what_its_name_says() -> None:
    """O-42 to O-45: underlying and unit, expiry at 08:00 UTC of the day in the name."""
    rows = OptionsClient().listed()
    for name, row in rows.items():
        base, day, strike, side = name.split("-")
        assert row["strikePrice"] == strike
        assert row["side"] == {"C": "CALL", "P": "PUT"}[side]
        assert row["underlying"] == f"{base}USDT"
        assert row["unit"] == {"XRP": 100, "DOGE": 1000}.get(base, 1)
        assert row["expiryDate"] % DAY_MS == 8 * 3_600_000
        assert row["expiryDate"] > MS
        assert day.isdigit()
    assert rows[DAILY]["expiryDate"] == EXPIRY_MS
    assert {name[:-1] + "P" for name in rows if name.endswith("C")} == {name for name in rows if name.endswith("P")}


def test_the_price_filter_follows_the_mark() -> None:
    """O-46, O-47: 0.8 and 1.2 of the mark price, on the tick grid."""
    options = OptionsClient()
    row = options.listed()[CALL]
    price_filter, lot = row["filters"]
    assert (price_filter["filterType"], lot["filterType"]) == ("PRICE_FILTER", "LOT_SIZE")
    mark, tick = amount(options.mark()["markPrice"]), amount(price_filter["tickSize"])
    for name, factor in (("minPrice", 8), ("maxPrice", 12)):
        bound = amount(price_filter[name])
        assert bound % tick == 0
        assert abs(bound - mark * factor // 10) < tick + 1_000_000
    assert (lot["minQty"], lot["maxQty"]) == (row["minQty"], row["maxQty"])
    options.move_index(85_000)
    assert amount(options.listed()[CALL]["filters"][0]["minPrice"]) > amount(price_filter["minPrice"])


def test_a_margin_ratio_is_data_of_the_contract() -> None:
    """O-48"""
    row = OptionsClient().listed()[CALL]
    names = ("initialMargin", "minInitialMargin", "maintenanceMargin", "minMaintenanceMargin")
    assert [row[name] for name in names] == [
        "0.15", "0.1", "0.075", "0.05",
    ]  # fmt: skip
    assert row["liquidationFeeRate"] == "0.0019"


@pytest.mark.parametrize("naked", [True, False])
def test_whether_anybody_may_write_is_a_setting(naked: bool) -> None:
    """O-49"""
    assert {row["nakedSell"] for row in client(naked_sell=naked).listed().values()} == {naked}


def test_the_older_generation_lists_fee_rates_and_numbers() -> None:
    """O-87: out of the settings; ids count from one."""
    options = client(dialect="2023", maker=20_000, taker=30_000)
    info = options.public("exchangeInfo").ok()
    row = info["optionSymbols"][0]
    assert (row["makerFeeRate"], row["takerFeeRate"]) == ("0.0002", "0.0003")
    assert [row["id"] for row in info["optionSymbols"]] == list(range(1, len(info["optionSymbols"]) + 1))
    numbers = {row["underlying"]: row["id"] for row in info["optionContracts"]}
    assert all(row["contractId"] == numbers[row["underlying"]] for row in info["optionSymbols"])
    assert "status" not in row


# -- the chain in time ----------------------------------------------------------------------------------------------


def expiries(options: OptionsClient) -> list[Any]:
    return sorted({row["expiryDate"] for row in options.listed().values() if row["underlying"] == BTC})


def test_expiries_come_and_go_with_the_clock() -> None:
    """O-44, O-84: at 08:00 UTC that of the day leaves the list, and another one comes."""
    options = OptionsClient()
    before = expiries(options)
    assert before[0] == EXPIRY_MS
    options.wait_until(EXPIRY_MS - 1)
    assert expiries(options) == before
    assert DAILY in options.listed()
    options.wait(1)
    after = expiries(options)
    assert after[0] == EXPIRY_MS + DAY_MS
    assert set(before) - set(after) == {EXPIRY_MS}
    assert set(after) - set(before) == {EXPIRY_MS + 3 * DAY_MS}
    assert options.public("depth", symbol=DAILY).refusal == (400, -1121)


def test_a_list_that_was_jumped_to_is_that_of_one_who_waited() -> None:
    patient, jumping = OptionsClient(), OptionsClient()
    for _ in range(40):
        patient.wait(DAY_MS)
        patient.public("ping")
    jumping.wait(40 * DAY_MS)
    assert patient.listed() == jumping.listed()


def test_strikes_follow_the_index_and_none_is_taken_away() -> None:
    """O-42"""
    options = OptionsClient()
    before = options.listed()
    highest = max(amount(row["strikePrice"]) for name, row in before.items() if name.startswith("BTC-231124"))
    options.move_index(110_000)
    after = options.listed()
    assert before.keys() < after.keys()
    assert highest < max(amount(row["strikePrice"]) for name, row in after.items() if name.startswith("BTC-231124"))
    assert "BTC-231124-110000-C" in after
    options.move_index(80_000)
    assert options.listed().keys() == after.keys()


def test_a_clock_that_goes_back_finds_what_was_listed_then() -> None:
    options = OptionsClient()
    before = options.listed()
    options.wait(2 * DAY_MS)
    assert DAILY not in options.listed()
    options.world.clock.move(-2 * DAY_MS * 1000)
    options.world.rewind()
    assert options.listed() == before
