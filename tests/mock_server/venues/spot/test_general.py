"""Server and symbols: ping, time, exchangeInfo, executionRules."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import BLUEPRINT, NOW, SECOND, SpotClient, frozen_world

ALL = list(BLUEPRINT.symbols)


def client() -> SpotClient:
    return SpotClient(frozen_world())


def names(reply: Any) -> list[str]:
    return [row["symbol"] for row in reply["symbols"]]


def test_ping_and_time() -> None:
    mine = client()
    assert mine.public("ping").ok() == {}
    assert mine.public("time").ok() == {"serverTime": NOW // 1000}
    mine.world.clock.move(SECOND)
    assert mine.public("time").ok() == {"serverTime": NOW // 1000 + 1000}


def test_a_key_of_any_form_is_ignored_without_security() -> None:
    """S-38."""
    for key in (b"", b"a bad key", b"\xff", b"u" * 64):
        assert client().public("time", {b"x-mbx-apikey": key}).status == 200


def test_everything_is_listed_by_default() -> None:
    """S-176."""
    row = client().public("exchangeInfo").ok()
    assert names(row) == ALL
    assert (row["timezone"], row["serverTime"], row["exchangeFilters"]) == ("UTC", NOW // 1000, [])
    assert row["rateLimits"] == [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
        {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200_000},
        {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 300_000},
    ]
    assert "sors" not in row


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"symbol": "BNBUSDT"}, ["BNBUSDT"]),
        ({"symbols": '["LTCBTC","BTCUSDT"]'}, ["LTCBTC", "BTCUSDT"]),
        ({"symbols": '["币安人生USDT"]'}, ["币安人生USDT"]),
        ({"permissions": "SPOT"}, ALL),
        ({"permissions": '["LEVERAGED","TRD_GRP_005"]'}, ALL),
        ({"permissions": "LEVERAGED"}, []),
        ({"permissions": "TRD_GRP_002"}, []),
        ({"symbolStatus": "TRADING"}, ALL),
        ({"symbolStatus": "HALT"}, []),
        ({"symbolStatus": "TRADING", "permissions": "MARGIN"}, ALL),
    ],
)
def test_which_symbols_are_listed(params: dict[str, str], expected: list[str]) -> None:
    """S-176."""
    assert names(client().public("exchangeInfo", **params).ok()) == expected


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"symbol": "NOSUCH"}, -1121),
        ({"symbols": '["BTCUSDT","NOSUCH"]'}, -1121),
        ({"symbols": '["BTCUSDT","BTCUSDT"]'}, -1151),
        ({"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'}, -1128),
        ({"symbol": "BTCUSDT", "permissions": "SPOT"}, -1128),
        ({"symbols": '["BTCUSDT"]', "permissions": "SPOT"}, -1128),
        ({"symbol": "BTCUSDT", "symbolStatus": "TRADING"}, -1128),
        ({"symbols": '["BTCUSDT"]', "symbolStatus": "TRADING"}, -1128),
        ({"permissions": "spot"}, -1130),
        ({"showPermissionSets": "yes"}, -1100),
    ],
)
def test_what_does_not_go_together(params: dict[str, str], code: int) -> None:
    """S-52, S-54, S-176."""
    assert client().public("exchangeInfo", **params).refusal == (400, code)


def test_permission_sets_can_be_left_out() -> None:
    """S-176: the field stays, empty; `permissions` is always empty."""
    shown, hidden = (
        client().public("exchangeInfo", symbol="BTCUSDT", showPermissionSets=flag).ok()["symbols"][0]
        for flag in ("true", "false")
    )
    assert shown["permissionSets"] == [["SPOT", "MARGIN", "TRD_GRP_004", "TRD_GRP_005", "TRD_GRP_006"]]
    assert hidden["permissionSets"] == shown["permissions"] == hidden["permissions"] == []


def test_statuses_show() -> None:
    """S-172."""
    mine = client()
    mine.world.spot.statuses["BNBUSDT"] = "BREAK"
    row = mine.public("exchangeInfo", symbol="BNBUSDT").ok()["symbols"][0]
    assert row["status"] == "BREAK"
    assert names(mine.public("exchangeInfo", symbolStatus="BREAK").ok()) == ["BNBUSDT"]
    assert "BNBUSDT" not in names(mine.public("exchangeInfo", symbolStatus="TRADING").ok())


def test_execution_rules_are_empty() -> None:
    """S-157."""
    mine = client()
    assert mine.public("executionRules", symbol="BTCUSDT").ok() == {"symbolRules": [{"symbol": "BTCUSDT", "rules": []}]}
    assert len(mine.public("executionRules").ok()["symbolRules"]) == len(ALL)
    mine.world.spot.statuses["BNBUSDT"] = "HALT"
    rows = mine.public("executionRules", symbolStatus="HALT").ok()["symbolRules"]
    assert [row["symbol"] for row in rows] == ["BNBUSDT"]


@pytest.mark.parametrize(
    "params",
    [
        {"symbol": "BTCUSDT", "symbolStatus": "TRADING"},
        {"symbols": '["BTCUSDT"]', "symbolStatus": "TRADING"},
        {"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'},
    ],
)
def test_execution_rules_take_one_selection(params: dict[str, str]) -> None:
    assert client().public("executionRules", **params).refusal == (400, -1128)
