"""What an account sees of itself: O-26, O-64, O-67, O-73 to O-76, O-78, O-79, O-83, O-87; in both generations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.options.options_client import (
    CALL,
    DAILY,
    DAY_MS,
    EXPIRY_MS,
    MS,
    PUT,
    OptionsClient,
    amount,
    client,
)
from tests.mock_server.venues.shapes import differences

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import Permission
from binance_mock.venues.options.accounts import ASSET, BillType
from binance_mock.venues.options.margins import Margins

SHAPES: Final[dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).with_name("account_shapes.json").read_text(encoding="utf-8")
)
QTY: Final = 30_000_000
PARAMS: Final[Mapping[str, dict[str, object]]] = {
    "GET /eapi/v1/bill": {"currency": "USDT"},
    "GET /eapi/v1/income/asyn": {"startTime": MS - DAY_MS, "endTime": MS},
    "GET /eapi/v1/income/asyn/id": {"downloadId": "1700000000123456"},
    "POST /eapi/v1/transfer": {"currency": "USDT", "type": "IN", "amount": "1.5"},
}
SERVED: Final = [(call, generation) for call, shapes in SHAPES.items() for generation in shapes]
WEIGHTS: Final = {
    "marginAccount": 3, "account": 3, "commission": 5, "accountConfig": 0, "bill": 1, "position": 5,
    "exerciseRecord": 5, "stock/contract": 50,
}  # fmt: skip
OLD_WEIGHTS: Final = {"income/asyn": 5, "income/asyn/id": 5, "transfer": 1}
NO_SYMBOL: Final = (400, -1121, "Invalid symbol.")


def traded(**settings: Any) -> OptionsClient:
    """A client with a long call that waits to be closed, a written put, and an exercise behind it."""
    options = client(**settings)
    options.fill(Side.BUY, SCALE, DAILY)
    options.move_index(81_000)
    options.wait_until(EXPIRY_MS)
    options.fill(Side.BUY, QTY)
    options.fill(Side.SELL, QTY, PUT)
    options.order(Side.SELL, QTY // 3, 9000 * SCALE)
    options.order(Side.BUY, QTY // 3, SCALE, symbol=PUT)
    return options


def play(options: OptionsClient, call: str, **more: object) -> Reply:
    verb, path = call.split(" /eapi/v1/")
    return options.ask(verb, path, **{**PARAMS.get(call, {}), **more})


# -- shapes, weights, rights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "generation"), SERVED, ids=str)
def test_the_answer_has_its_shape(call: str, generation: str) -> None:
    reply = play(traded(dialect=generation), call)
    assert reply.status == 200, reply.body
    assert differences(SHAPES[call][generation], reply.json) == []
    assert reply.json


@pytest.mark.parametrize("call", [call for call, shapes in SHAPES.items() if len(shapes) == 1])
def test_the_other_generation_has_no_such_path(call: str) -> None:
    """O-70: not served, as if there were nothing; a page and no JSON."""
    (there,) = SHAPES[call]
    reply = play(client(dialect={"2026": "2023", "2023": "2026"}[there]), call)
    assert (reply.status, reply.json) == (404, None)


@pytest.mark.parametrize(("generation", "weights"), [("2026", WEIGHTS), ("2023", OLD_WEIGHTS)])
def test_the_weights(generation: str, weights: dict[str, int]) -> None:
    options = client(dialect=generation)
    for call in SHAPES:
        path = call.split(" /eapi/v1/")[1]
        if path in weights:
            before = options.public("ping").headers["x-mbx-used-weight-1m"]
            used = play(options, call).headers["x-mbx-used-weight-1m"]
            assert int(used) - int(before) == weights[path], call
    assert set(WEIGHTS) | set(OLD_WEIGHTS) == {call.split(" /eapi/v1/")[1] for call in SHAPES}


@pytest.mark.parametrize(("call", "generation"), SERVED, ids=str)
def test_a_key_that_only_reads_reaches_all_but_the_old_account(call: str, generation: str) -> None:
    """O-26, O-28"""
    options = client(dialect=generation)
    keys = options.world.keys
    keys.add(next(iter(keys)).changed(permissions=[Permission.USER_DATA]), replace=True)
    trades = call in ("GET /eapi/v1/account", "POST /eapi/v1/transfer")
    assert play(options, call).refusal == ((401, -2015) if trades else (200, 0))


# -- what it is worth -------------------------------------------------------------------------------------------------


def test_equity_is_the_wallet_and_what_positions_are_worth() -> None:
    """O-73 to O-76, each as an identity of what is shown."""
    options = traded()
    answer = options.get("marginAccount")
    (asset,) = answer["asset"]
    shown = {name: amount(text) for name, text in asset.items() if name != "asset"}
    rows = {row["symbol"]: row for row in options.get("position")}
    assert set(rows) == {CALL, PUT}
    long, short = (amount(rows[symbol]["markValue"]) for symbol in (CALL, PUT))
    balance = options.own.balance
    assert shown["equity"] == balance + long - short
    assert shown["adjustedEquity"] == balance + long
    assert shown["unrealizedPNL"] == sum(amount(row["unrealizedPNL"]) for row in rows.values())
    assert shown["marginBalance"] == shown["equity"] - shown["unrealizedPNL"]
    assert shown["available"] == shown["equity"] - shown["initialMargin"] > 0
    margins = Margins(options.venue, options.own, options.now)
    assert (shown["initialMargin"], shown["maintMargin"]) == (margins.initial, margins.maintenance)
    assert 0 < shown["maintMargin"] < shown["initialMargin"]


def test_the_account_says_what_it_may() -> None:
    """O-67, O-80"""
    options = OptionsClient()
    options.own.can_trade, options.own.reduce_only = False, True
    answer = options.get("marginAccount")
    flags = [answer[name] for name in ("canTrade", "canDeposit", "canWithdraw", "reduceOnly", "tradeGroupId", "time")]
    assert flags == [False, True, True, True, -1, MS]


def test_the_old_account_shows_what_is_locked_and_the_level() -> None:
    """O-75, O-80: what is left and what is locked make up the equity."""
    options = traded(dialect="2023")
    answer = options.get("account")
    (asset,) = answer["asset"]
    assert amount(asset["equity"]) == amount(asset["available"]) + amount(asset["locked"])
    assert answer["riskLevel"] == options.get("marginAccount")["riskLevel"] == "NORMAL"
    options.own.reduce_only = True
    assert options.get("account")["riskLevel"] == options.get("marginAccount")["riskLevel"] == "REDUCE_ONLY"


def test_the_greeks_are_those_of_all_positions_with_their_units() -> None:
    """O-45, O-50: a short has the sign turned round; a contract of XRP is a hundred."""
    options = OptionsClient()
    xrp = next(name for name in options.listed() if name.startswith("XRP") and name.endswith("P"))
    options.fill(Side.BUY, QTY)
    options.fill(Side.SELL, QTY // 3, PUT)
    options.fill(Side.BUY, 2 * SCALE, xrp)
    rows = {row["underlying"]: row for row in options.get("marginAccount")["greek"]}
    assert set(rows) == set(options.venue.underlyings)
    for name in ("delta", "gamma", "theta", "vega"):
        long, short, many = (amount(options.mark(symbol)[name]) for symbol in (CALL, PUT, xrp))
        assert abs(amount(rows["BTCUSDT"][name]) - (3 * long - short) // 10) <= 1
        assert amount(rows["XRPUSDT"][name]) == 200 * many
        assert amount(rows["ETHUSDT"][name]) == 0


# -- positions --------------------------------------------------------------------------------------------------------


def test_a_position_shows_its_side_its_worth_and_the_orders_beside_it() -> None:
    """O-76, O-78: the quantity has a sign, the value has none, and the profit follows from what is shown."""
    options = traded()
    rows = {row["symbol"]: row for row in options.get("position")}
    (one,) = options.get("position", symbol=PUT.lower())
    assert one == rows[PUT]
    sides = {
        symbol: (row["side"], row["quantity"], row["bidQuantity"], row["askQuantity"]) for symbol, row in rows.items()
    }
    assert sides == {CALL: ("LONG", "0.30", "0.00", "0.10"), PUT: ("SHORT", "-0.30", "0.10", "0.00")}
    for symbol, row in rows.items():
        mark, entry, qty = (amount(row[name]) for name in ("markPrice", "entryPrice", "quantity"))
        assert amount(row["unrealizedPNL"]) == int((mark - entry) * qty / SCALE)
        assert amount(row["markValue"]) == mark * abs(qty) // SCALE > 0
        assert entry == options.own.positions[symbol].entry
        described = options.listed()[symbol]
        for name in ("strikePrice", "expiryDate", "priceScale", "quantityScale", "quoteAsset"):
            assert row[name] == described[name]
        assert (row["optionSide"], row["time"]) == (described["side"], EXPIRY_MS)


def test_prices_have_the_digits_of_the_contract_at_least() -> None:
    """O-7"""
    (row, _) = traded().get("position")
    assert len(row["entryPrice"].partition(".")[2]) == row["priceScale"]


def test_only_what_is_held_is_shown() -> None:
    options = OptionsClient()
    assert options.get("position") == []
    options.order(Side.BUY, QTY, SCALE)
    assert options.get("position", symbol=CALL) == []
    assert options.refusal("GET", "position", symbol="BTC-231124-1-C") == NO_SYMBOL


def test_positions_showed_what_could_be_closed() -> None:
    """O-78: the generation of 2023; a third of each waits to be closed already."""
    options = traded(dialect="2023")
    for row in options.get("position"):
        assert row["reducibleQty"] == "0.20"
        qty = amount(row["quantity"])
        assert amount(row["positionCost"]) == amount(row["entryPrice"]) * abs(qty) // SCALE
        assert float(row["ror"]) == pytest.approx(float(row["unrealizedPNL"]) / float(row["positionCost"]), abs=5e-5)


# -- bills and records ------------------------------------------------------------------------------------------------


def test_bills_add_up_to_the_wallet() -> None:
    """O-79: signed; oldest first."""
    options = traded()
    rows = options.get("bill", currency="usdt")
    assert sum(amount(row["amount"]) for row in rows) == options.own.balance - 100_000 * SCALE
    assert [row["id"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["type"] for row in rows} == {"CONTRACT", "FEE"}
    assert rows[0]["createDate"] == MS


def test_bills_are_found_by_number_and_time() -> None:
    """The newest, or the oldest from a record or a time on; no more than three months back (O-64)."""
    options = OptionsClient()
    for day in range(5):
        options.own.note(options.now + day * DAY_MS * 1000, BillType.TRANSFER, day + 1)

    def found(**params: object) -> list[int]:
        return [row["id"] for row in options.get("bill", currency="USDT", **params)]

    assert found() == [1, 2, 3, 4, 5]
    assert found(limit=2) == [4, 5]
    assert found(recordId=2, limit=2) == [2, 3]
    assert found(startTime=MS + DAY_MS, limit=2) == [2, 3]
    assert found(startTime=MS + DAY_MS, endTime=MS + 2 * DAY_MS) == [2, 3]
    assert found(endTime=MS + 2 * DAY_MS) == [1, 2, 3]
    options.wait(92 * DAY_MS)
    assert found() == [3, 4, 5]


@pytest.mark.parametrize(
    ("path", "params", "wanted"),
    [
        ("bill", {}, (400, -1102, "Mandatory parameter 'currency' was not sent, was empty/null, or malformed.")),
        ("bill", {"currency": "BTC"}, (400, -1129, "Invalid asset。")),
        ("bill", {"currency": "USDT", "limit": 1001}, (400, -6008, "parameter 'limit' is invalid.")),
        ("bill", {"currency": "USDT", "startTime": 2, "endTime": 1},
         (400, -6031, "Start time is greater than end time.")),
        ("exerciseRecord", {"limit": 0}, (400, -6008, "parameter 'limit' is invalid.")),
        ("exerciseRecord", {"symbol": "BTC-1"}, NO_SYMBOL),
    ],
)  # fmt: skip
def test_what_a_list_refuses(path: str, params: dict[str, object], wanted: tuple[int, int, str]) -> None:
    assert OptionsClient().refusal("GET", path, **params) == wanted


def test_a_list_of_records_is_found_by_contract_and_time() -> None:
    """O-2, O-83: oldest first, both ends inclusive."""
    options = OptionsClient()
    names = [f"BTC-2311{day}-80000-C" for day in (15, 16, 17)]
    for name in names:
        options.fill(Side.BUY, SCALE, name)
    options.wait_until(EXPIRY_MS + 3 * DAY_MS)

    def found(**params: object) -> list[str]:
        return [row["symbol"] for row in options.get("exerciseRecord", **params)]

    assert found() == names
    assert found(symbol=names[1].lower()) == names[1:2]
    assert found(limit=2) == names[1:]
    assert found(startTime=EXPIRY_MS, limit=2) == names[:2]
    assert found(startTime=EXPIRY_MS + 1, endTime=EXPIRY_MS + DAY_MS) == names[1:2]
    assert {row["id"] for row in options.get("exerciseRecord")} == {"1", "2", "3"}


def test_the_last_mark_of_what_was_exercised_was_shown() -> None:
    options = traded(dialect="2023")
    (row,) = options.get("exerciseRecord")
    assert (row["exercisePrice"], row["markPrice"]) == ("81000.00000000", "1000.00000000")


# -- rates, histories, transfers --------------------------------------------------------------------------------------


def test_commission_shows_the_rates_of_the_account() -> None:
    """O-87: one row for each underlying."""
    rows = client(maker=24_000, taker=12_345).get("commission")["commissions"]
    assert [row["underlying"] for row in rows] == list(OptionsClient().venue.underlyings)
    assert {(row["makerFee"], row["takerFee"]) for row in rows} == {("0.000240", "0.00012345")}


def test_the_group_of_an_account_is_shown_twice() -> None:
    """O-67"""
    options = OptionsClient()
    options.own.money.trade_group = 9
    assert options.get("accountConfig") == {"tradeGroupId": 9}
    assert options.get("marginAccount")["tradeGroupId"] == 9


def test_a_history_is_never_ready() -> None:
    options = client(dialect="2023")
    asked = options.get("income/asyn", startTime=MS - DAY_MS, endTime=MS)
    found = options.get("income/asyn/id", downloadId=asked["downloadId"])
    assert (found["downloadId"], found["status"], found["url"]) == (asked["downloadId"], "processing", "")
    wide = options.refusal("GET", "income/asyn", startTime=MS - 400 * DAY_MS, endTime=MS)
    assert wide == (400, -1127, "Lookup interval is too big.")


def wallets(options: OptionsClient) -> tuple[int, int]:
    """What is free of USDT on spot and in options."""
    return options.world.spot.accounts["default"].money.free[ASSET], options.own.balance


def test_a_transfer_moves_money_between_the_wallets_of_a_user() -> None:
    """O-79: with a bill, and nothing is lost in either ledger."""
    options = client(dialect="2023")
    spot, own = wallets(options)
    first = options.post("transfer", currency="USDT", type="IN", amount="250.5")
    assert wallets(options) == (spot - 250_50000000, own + 250_50000000)
    second = options.post("transfer", currency="USDT", type="OUT", amount="0.5")
    assert wallets(options) == (spot - 250 * SCALE, own + 250 * SCALE)
    rows = options.get("bill", currency="USDT")
    assert [(str(row["id"]), row["type"], row["amount"]) for row in rows] == [
        (first, "TRANSFER", "250.50000000"),
        (second, "TRANSFER", "-0.50000000"),
    ]
    for ledger in (options.venue.ledger, options.world.spot.ledger):
        assert ledger.total(ASSET) == ledger.deposited[ASSET]


def test_a_transfer_takes_nothing_that_is_needed() -> None:
    """O-75, O-80: neither margin nor what orders set aside may leave."""
    options = client(dialect="2023")
    options.fill(Side.SELL, SCALE, PUT)
    options.order(Side.BUY, SCALE, 10 * SCALE)
    available = amount(options.get("marginAccount")["asset"][0]["available"])
    before = wallets(options)
    wanted = (400, -3029, "Asset transfer fail.")
    assert options.refusal("POST", "transfer", currency="USDT", type="OUT", amount=text(available + 1)) == wanted
    too_much = text(before[0] + 1)
    assert options.refusal("POST", "transfer", currency="USDT", type="IN", amount=too_much) == wanted
    assert wallets(options) == before
    options.post("transfer", currency="USDT", type="OUT", amount=text(available))
    assert options.get("marginAccount")["asset"][0]["available"] == "0.00000000"


def text(value: int) -> str:
    return f"{value // SCALE}.{value % SCALE:08}"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": "0"}, -4055),
        ({"amount": "-1"}, -4055),
        ({"amount": "1.000000001"}, -1111),
        ({"amount": "1", "type": "UP"}, -1130),
        ({"amount": "1", "currency": "BTC"}, -1129),
        ({"amount": None}, -1102),
    ],
)
def test_what_a_transfer_refuses(params: dict[str, object], code: int) -> None:
    options = client(dialect="2023")
    before = wallets(options)
    sent: dict[str, object] = {"currency": "USDT", "type": "IN", **params}
    assert options.refusal("POST", "transfer", **sent)[:2] == (400, code)
    assert wallets(options) == before
