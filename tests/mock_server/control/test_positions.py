"""Positions by control: given, taken away, liquidated, and each way in which that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Caller

BTC = "/market/usdm/BTCUSDT"
GIVE = f"{BTC}/position"
FORCE = f"{BTC}/liquidate"


def test_an_account_gets_a_position_and_the_market_maker_its_other_side(control: Caller) -> None:
    row = control.ok("POST", GIVE, {"qty": "-0.5", "entry_price": "81000.5", "leverage": 10})
    assert row == {
        "account": "default", "symbol": "BTCUSDT", "side": "BOTH", "qty": "-0.50000000",
        "entry_price": "81000.50000000", "leverage": 10, "margin_type": "CROSSED", "isolated_wallet": "0.00000000",
    }  # fmt: skip
    venue = control.world.usdm
    assert venue is not None
    assert [each.qty for each in venue.house.held("BTCUSDT")] == [50_000_000]
    before = sum(each.free["USDT"] for each in venue.ledger)
    assert control.ok("POST", GIVE, {"qty": "2", "entry_price": "80000"})["entry_price"] == "80000.00000000"
    assert [each.qty for each in venue.house.held("BTCUSDT")] == [-200_000_000]
    assert control.ok("POST", GIVE, {"qty": "0"})["qty"] == "0.00000000"
    assert list(venue.house.held("BTCUSDT")) == []
    assert sum(each.free["USDT"] for each in venue.ledger) == before == venue.ledger.deposited["USDT"]
    assert venue.accounts["default"].incomes == []


def test_an_isolated_position_has_a_wallet(control: Caller) -> None:
    """U-114: its initial margin, unless more or less is given."""
    wanted = {"qty": "1", "entry_price": "80000", "margin_type": "ISOLATED"}
    assert control.ok("POST", GIVE, wanted)["isolated_wallet"] == "4000.00000000"
    assert control.ok("POST", GIVE, {**wanted, "isolated_wallet": "6000"})["isolated_wallet"] == "6000.00000000"


def test_a_position_without_margin_goes_at_once(control: Caller) -> None:
    """U-124."""
    row = control.ok("POST", GIVE, {"qty": "100", "entry_price": "100000", "side": "BOTH"})
    assert row["qty"] == "0.00000000"


def test_a_hedge_has_sides(control: Caller) -> None:
    venue = control.world.usdm
    assert venue is not None
    venue.accounts["default"].hedged = True
    for qty, side in (("1", "LONG"), ("-0.3", "SHORT")):
        assert control.ok("POST", GIVE, {"qty": qty, "entry_price": "80000"})["side"] == side
    closed = control.ok("POST", FORCE, {"side": "SHORT"})
    (order,) = closed["orders"]
    assert (closed["account"], order["side"], order["qty"]) == ("default", "BUY", "0.30000000")
    assert order["client_order_id"].startswith("autoclose-")
    assert [each.side for each in venue.accounts["default"].held("BTCUSDT")] == ["LONG"]
    assert len(control.ok("POST", FORCE)["orders"]) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"qty": "x"}, "qty: 'x' is no decimal"),
        ({"qty": "1"}, "the entry price is not above zero"),
        ({"qty": "0.0001", "entry_price": "1"}, "no multiple of 0.001"),
        ({"qty": "1", "entry_price": "1", "side": "LONG"}, "default is in one-way mode"),
        ({"qty": "1", "entry_price": "1", "leverage": 1000}, "lies between 1 and"),
        ({"qty": "1", "entry_price": "1", "isolated_wallet": "5"}, "belongs to an ISOLATED position"),
        ({"qty": "1", "entry_price": "1", "margin_type": "ISOLATED", "isolated_wallet": "-5"}, "zero or more"),
    ],
)
def test_positions_that_cannot_be(control: Caller, body: Any, error: str) -> None:
    status, says, hint = control.refused("POST", GIVE, body)
    assert (status, error in says, bool(hint)) == (400, True, True), says


def test_refusals_of_place_and_account(control: Caller) -> None:
    for path in (GIVE, FORCE):
        body = {"qty": "0"} if path == GIVE else {}
        assert control.refused("POST", path, {**body, "account": "bob"})[:2] == (404, "there is no account 'bob'")
        assert control.refused("POST", path.replace("BTCUSDT", "NONE"), body)[:2] == (404, "there is no symbol 'NONE'")
        assert control.refused("POST", path.replace("usdm", "spot"), body)[0] == 404
    assert control.refused("POST", FORCE)[:2] == (409, "default has no such position in BTCUSDT")


def test_the_other_side_may_stand_in_the_way(control: Caller) -> None:
    venue = control.world.usdm
    assert venue is not None
    own = venue.accounts["default"]
    own.hedged = True
    control.ok("POST", GIVE, {"qty": "1", "entry_price": "80000"})
    isolated = {"qty": "-1", "entry_price": "80000", "margin_type": "ISOLATED"}
    assert "the LONG position of BTCUSDT is margined otherwise" in control.refused("POST", GIVE, isolated)[1]
    own.multi_assets = True
    control.ok("POST", GIVE, {"qty": "0", "side": "LONG"})
    assert "multi-assets mode" in control.refused("POST", GIVE, isolated)[1]


# -- funding rates ---------------------------------------------------------------------------------------------------


def test_a_funding_rate_stands_until_it_follows(control: Caller) -> None:
    """U-108."""
    assert control.ok("GET", BTC)["funding_rate"] == "follow"
    assert control.ok("POST", BTC, {"funding_rate": "-0.00025"})["funding_rate"] == "-0.00025000"
    assert control.ok("GET", BTC)["funding_rate"] == "-0.00025000"
    assert control.ok("POST", BTC, {"funding_rate": "follow"})["funding_rate"] == "follow"


def test_funding_rates_that_cannot_be(control: Caller) -> None:
    assert control.refused("POST", BTC, {"funding_rate": "x"})[1].startswith("funding_rate: 'x' is no decimal")
    assert control.refused("POST", BTC, {"funding_rate": "1"})[1] == "funding_rate is not below 1"
    assert "is not funded" in control.refused("POST", "/market/spot/BTCUSDT", {"funding_rate": "0.1"})[1]
    quarter = next(name for name in control.world.usdm.symbols if "_" in name) if control.world.usdm else ""
    assert "is not funded" in control.refused("POST", f"/market/usdm/{quarter}", {"funding_rate": "0.1"})[1]
