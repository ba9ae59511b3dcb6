"""Block trades: O-2, O-7, O-26, O-41, O-71, O-85, O-102."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
from tests.mock_server.test_fork import check_apart
from tests.mock_server.venues.options.maker_client import SHAPES, Maker, maker, wrong
from tests.mock_server.venues.options.options_client import BTC, CALL, MS, PUT, amount

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import ApiKey, Permission
from binance_mock.venues.options.accounts import ASSET

CREATE: Final = "block/order/create"
EXECUTE: Final = "block/order/execute"
HALF_HOUR_MS: Final = 30 * 60_000
INVALID: Final = (400, -6048, "Block order parameter is invalid")
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def leg(**changes: object) -> str:
    fields = {"symbol": CALL, "side": "BUY", "type": "LIMIT", "quantity": "1.5", "price": "2000", **changes}
    return json.dumps([{name: value for name, value in fields.items() if value is not None}])


def offer(owner: Maker, liquidity: str = "TAKER", **changes: object) -> Any:
    """The answer to a new offer."""
    return owner.post(CREATE, liquidity=liquidity, legs=leg(**changes))


def key_of(row: Any) -> dict[str, object]:
    return {"blockOrderMatchingKey": row["blockTradeSettlementKey"]}


def pair(**settings: Any) -> tuple[Maker, Maker]:
    """Who offers and who accepts."""
    owner = maker(**settings)
    return owner, Maker(owner.world, "partner")


def test_an_offer_is_received_for_half_an_hour() -> None:
    """O-102; the answer to the offer alone does not say when it was made."""
    owner, _ = pair()
    row = offer(owner)
    assert UUID.fullmatch(row["blockTradeSettlementKey"])
    assert row == {
        "blockTradeSettlementKey": row["blockTradeSettlementKey"],
        "expireTime": MS + HALF_HOUR_MS,
        "liquidity": "TAKER",
        "status": "RECEIVED",
        "legs": [{"symbol": CALL, "side": "BUY", "quantity": "1.50", "price": "2000.000"}],
    }
    assert not wrong(f"POST {CREATE}", row)
    shown = owner.get("block/order/orders")
    assert shown == [{**row, "createTime": MS}]
    assert not wrong("GET block/order/orders", shown)


def test_it_is_over_after_that_and_extended_before() -> None:
    """O-102, on the world's clock."""
    owner, partner = pair()
    row = offer(owner)
    owner.wait(HALF_HOUR_MS - 1)
    extended = owner.ask("PUT", CREATE, **key_of(row)).ok()
    assert extended == {**row, "createTime": MS, "expireTime": MS + 2 * HALF_HOUR_MS - 1}
    assert not wrong(f"PUT {CREATE}", extended)
    owner.wait(HALF_HOUR_MS - 1)
    assert partner.get(EXECUTE, **key_of(row))["status"] == "RECEIVED"
    owner.wait(1)
    assert owner.get("block/order/orders") == []
    for client, verb, path in (
        (owner, "PUT", CREATE), (owner, "DELETE", CREATE), (partner, "POST", EXECUTE), (partner, "GET", EXECUTE),
    ):  # fmt: skip
        assert client.refusal(verb, path, **key_of(row)) == INVALID


def test_what_is_taken_back_is_gone() -> None:
    owner, partner = pair()
    row, other = offer(owner), offer(owner, side="SELL")
    assert row["blockTradeSettlementKey"] != other["blockTradeSettlementKey"]
    answer = owner.ask("DELETE", CREATE, **key_of(row)).ok()
    assert answer == {}
    assert owner.refusal("DELETE", CREATE, **key_of(row)) == INVALID
    assert partner.refusal("POST", EXECUTE, **key_of(row)) == INVALID
    assert [each["blockTradeSettlementKey"] for each in owner.get("block/order/orders")] == [
        other["blockTradeSettlementKey"]
    ]


def test_nobody_else_changes_an_offer() -> None:
    owner, partner = pair()
    row = offer(owner)
    for verb in ("PUT", "DELETE"):
        assert partner.refusal(verb, CREATE, **key_of(row)) == INVALID
    assert partner.get("block/order/orders") == []
    assert owner.refusal("GET", EXECUTE, blockOrderMatchingKey="0" * 36) == INVALID


def test_the_counterparty_sees_it_mirrored() -> None:
    """O-102"""
    owner, partner = pair()
    row = offer(owner)
    seen = partner.get(EXECUTE, **key_of(row))
    assert not wrong(f"GET {EXECUTE}", seen)
    assert (seen["liquidity"], seen["legs"][0]["side"]) == ("MAKER", "SELL")
    mine = owner.get(EXECUTE, **key_of(row))
    assert (mine["liquidity"], mine["legs"][0]["side"]) == ("TAKER", "BUY")


@pytest.mark.parametrize("liquidity", ["TAKER", "MAKER"])
def test_accepting_moves_positions_premium_and_fees(liquidity: str) -> None:
    """O-71, O-85, O-102: the premium goes from one wallet to the other, and each pays the fee of its part."""
    owner, partner = pair(maker=10_000, taker=30_000)
    before, rich = owner.own.balance, partner.own.balance
    book, trades = owner.public("depth", symbol=CALL).json, owner.public("trades", symbol=CALL).json
    row = offer(owner, liquidity)
    done = partner.post(EXECUTE, **key_of(row))
    assert not wrong(f"POST {EXECUTE}", done)
    assert (done["status"], done["legs"][0]["side"]) == ("ACCEPTED", "SELL")
    fees = {role: 79_970 * rate * 3 // 2 for role, rate in (("TAKER", 30_000), ("MAKER", 10_000))}
    other = "MAKER" if liquidity == "TAKER" else "TAKER"
    assert owner.own.balance == before - 3000 * SCALE - fees[liquidity]
    assert partner.own.balance == rich + 3000 * SCALE - fees[other]
    assert (owner.own.held(CALL), partner.own.held(CALL)) == (3 * SCALE // 2, -3 * SCALE // 2)
    assert owner.own.positions[CALL].entry == 2000 * SCALE
    ledger = owner.venue.ledger
    assert ledger.total(ASSET) == ledger.deposited[ASSET]
    assert owner.public("depth", symbol=CALL).json == book
    assert owner.public("trades", symbol=CALL).json == trades, "no public trade but a block trade"
    assert owner.get("historyOrders", symbol=CALL) == owner.get("userTrades", symbol=CALL) == []
    assert [each["status"] for each in owner.get("block/order/orders")] == ["ACCEPTED"]


def test_what_was_accepted_stays_and_is_accepted_once() -> None:
    """O-102"""
    owner, partner = pair()
    row = offer(owner)
    partner.post(EXECUTE, **key_of(row))
    held = partner.own.held(CALL)
    for client, verb, path in (
        (partner, "POST", EXECUTE), (Maker(owner.world, "third"), "POST", EXECUTE), (owner, "PUT", CREATE),
        (owner, "DELETE", CREATE),
    ):  # fmt: skip
        assert client.refusal(verb, path, **key_of(row)) == INVALID
    assert partner.own.held(CALL) == held
    owner.wait(10 * HALF_HOUR_MS)
    assert owner.get("block/order/orders")[0]["status"] == "ACCEPTED"
    assert partner.get(EXECUTE, **key_of(row))["status"] == "ACCEPTED"


def test_the_trades_of_the_parties() -> None:
    """O-7, O-102: numbers where other calls have text, and text where others have numbers."""
    owner, partner = pair()
    name = next(name for name in owner.listed() if name.startswith("XRP") and name.endswith("-C"))
    info = owner.venue.info(name)
    price = owner.venue.middle(info, owner.now)
    row = offer(owner, "MAKER", symbol=name, quantity="2", price=price / SCALE)
    owner.wait(1000)
    partner.post(EXECUTE, **key_of(row))
    (sold,) = partner.get("block/user-trades")
    (bought,) = owner.get("block/user-trades")
    assert not wrong("GET block/user-trades", [sold]) + wrong("GET block/user-trades", [bought])
    assert sold["parentOrderId"] == bought["parentOrderId"]
    assert sold["crossType"] == "USER_BLOCK"
    assert sold["blockTradeSettlementKey"] == row["blockTradeSettlementKey"]
    (one,), (two,) = bought["legs"], sold["legs"]
    assert len({bought["parentOrderId"], one["orderId"], two["orderId"]}) == 3
    (bill, _), record = owner.own.bills, next(iter(owner.own.fills.values()))
    assert one == {
        "createTime": MS,
        "updateTime": MS + 1000,
        "symbol": name,
        "orderId": one["orderId"],
        "orderPrice": price / SCALE,
        "orderQuantity": 2.0,
        "orderStatus": "FILLED",
        "executedQty": 2.0,
        "executedAmount": 200 * price / SCALE,
        "fee": record.fee / SCALE,
        "orderType": "PREV_QUOTED",
        "orderSide": "BUY",
        "id": "1",
        "tradeId": two["tradeId"],
        "tradePrice": price / SCALE,
        "tradeQty": 2.0,
        "tradeTime": MS + 1000,
        "liquidity": "MAKER",
        "commission": record.fee / SCALE,
    }
    assert bill.amount == -200 * price
    assert record.fee > 0
    assert (two["orderSide"], two["liquidity"]) == ("SELL", "TAKER")
    assert Maker(owner.world, "third").get("block/user-trades") == []


def test_the_public_sees_a_print() -> None:
    """O-102: quantities are below zero where the taker sold; oldest first (O-2)."""
    owner, partner = pair()
    for number, (liquidity, side) in enumerate((("TAKER", "BUY"), ("TAKER", "SELL"), ("MAKER", "BUY"))):
        symbol = PUT if number == 2 else CALL
        partner.post(EXECUTE, **key_of(offer(owner, liquidity, side=side, symbol=symbol)))
        owner.wait(10)
    rows = owner.public("blockTrades").ok()
    assert not wrong("GET blockTrades", rows)
    assert [row["side"] for row in rows] == [1, -1, -1]
    assert rows[1] == {
        "id": 2,
        "tradeId": rows[0]["tradeId"] + 1,
        "symbol": CALL,
        "price": "2000.000",
        "qty": "-1.50",
        "quoteQty": "-3000.000",
        "side": -1,
        "time": MS + 10,
    }
    assert owner.public("blockTrades", symbol=CALL).ok() == rows[:2]
    assert owner.public("blockTrades", limit=1).ok() == rows[2:]
    assert owner.public("blockTrades", symbol=CALL, limit=1).ok() == rows[1:2]
    assert owner.fill(Side.BUY, owner.venue.info(CALL).min_qty).executed
    last = owner.public("trades", symbol=CALL, limit=1).ok()
    assert last[0]["tradeId"] == rows[1]["tradeId"] + 1, "the numbers of block trades are left out"


def test_lists_by_key_time_and_underlying() -> None:
    owner, partner = pair()
    eth = next(name for name in owner.listed() if name.startswith("ETH-231124") and name.endswith("-C"))
    rows = [offer(owner), offer(owner, symbol=eth, price="50")]
    owner.wait(5000)
    rows.append(offer(owner, symbol=PUT))
    keys = [row["blockTradeSettlementKey"] for row in rows]

    def listed(path: str = "block/order/orders", **params: object) -> list[int]:
        return [keys.index(row["blockTradeSettlementKey"]) for row in owner.get(path, **params)]

    assert listed() == [0, 1, 2]
    assert listed(blockOrderMatchingKey=keys[1]) == [1]
    assert listed(blockOrderMatchingKey="0" * 36) == []
    assert listed(underlying="btcusdt") == [0, 2]
    assert listed(startTime=MS + 1) == [2]
    assert listed(endTime=MS, underlying="ETHUSDT") == [1]
    assert owner.refusal("GET", "block/order/orders", startTime=MS, endTime=MS - 1) == (
        400, -6031, "Start time is greater than end time.",
    )  # fmt: skip
    assert owner.refusal("GET", "block/order/orders", underlying="NONE") == (400, -1128, "Invalid underlying")
    for row in reversed(rows):
        partner.post(EXECUTE, **key_of(row))
        owner.wait(1000)
    trades = "block/user-trades"
    assert listed(trades) == [2, 1, 0]
    assert listed(trades, underlying=BTC) == [2, 0]
    assert listed(trades, startTime=MS + 6000, endTime=MS + 6000) == [1]


@pytest.mark.parametrize(
    ("legs", "code", "text"),
    [
        ("nothing", -6014, "Invalid legs"),
        ("[]", -6014, "Invalid legs"),
        ("{}", -6014, "Invalid legs"),
        ("[1]", -6014, "Invalid legs"),
        (leg()[:-1] + "," + leg()[1:], -6013, "Duplicate symbol in one block order request."),
        (
            leg()[:-1] + "," + leg(symbol=PUT)[1:], -6012,
            "Exceed maximum number of legs in one block order request.",
        ),
        (leg(symbol=None), -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
        (leg(side=None), -1102, "Mandatory parameter 'side' was not sent, was empty/null, or malformed."),
        (leg(quantity=None), -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
        (leg(symbol="NONE"), -1121, "Invalid symbol."),
        (leg(side="LONG"), -1117, "Invalid side."),
        (leg(type="MARKET"), -1116, "Invalid orderType."),
        (leg(quantity="0"), -4003, "Quantity less than zero."),
        (leg(quantity="0.001"), -1111, "Precision is over the maximum defined for this asset."),
        (leg(price="-1"), -4001, "Price less than 0."),
        (leg(price="2001"), -4029, "Tick size precision is invalid."),
        (leg(quantity="100"), -2018, "Balance is insufficient."),
        (leg(quantity="100", side="SELL"), -2027, "Option margin is insufficient."),
    ],
)  # fmt: skip
def test_offers_that_are_refused(legs: str, code: int, text: str) -> None:
    owner, _ = pair()
    assert owner.refusal("POST", CREATE, liquidity="TAKER", legs=legs) == (400, code, text)
    assert owner.get("block/order/orders") == []


def test_parameters_that_are_missing() -> None:
    owner, _ = pair()
    for name, params in (("liquidity", {"legs": leg()}), ("legs", {"liquidity": "MAKER"})):
        text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
        assert owner.refusal("POST", CREATE, **params) == (400, -1102, text)
    assert owner.refusal("POST", CREATE, liquidity="BOTH", legs=leg())[1] == -1130


def test_the_list_has_two_names_and_type_and_price_may_be_left_out() -> None:
    """O-102; without a price it is the mark price, on a tick."""
    owner, _ = pair()
    row = owner.post(CREATE, liquidity="MAKER", orders=leg(price=None, type=None))
    price = amount(row["legs"][0]["price"])
    tick = owner.venue.info(CALL).tick
    assert price % tick == 0
    assert abs(price - amount(owner.mark()["markPrice"])) <= tick // 2 + SCALE // 1000


def test_nobody_trades_with_himself() -> None:
    owner, _ = pair()
    row = offer(owner)
    assert owner.refusal("POST", EXECUTE, **key_of(row)) == (400, -6023, "Self trade prevention")
    assert owner.own.held(CALL) == 0


@pytest.mark.parametrize(
    ("who", "code"), [("owner", -2018), ("partner", -2027), ("blocked", -2010), ("expired", -6049)]
)  # fmt: skip
def test_both_must_be_able_to_at_the_end(who: str, code: int) -> None:
    """Money, the kill switch and the contract are looked at again when it is accepted."""
    owner, partner = pair()
    row = offer(owner)
    if who == "expired":
        owner.venue.set_status(CALL, "HALT")
    elif who == "blocked":
        owner.post("countdownCancelAll", underlying=BTC, countdownTime=5000)
        owner.wait(5000)
    else:
        account = owner.own if who == "owner" else partner.own
        owner.venue.ledger.set_free(account.money, ASSET, 0)
    assert partner.refusal("POST", EXECUTE, **key_of(row))[:2] == (400, code)
    assert owner.own.held(CALL) == partner.own.held(CALL) == 0
    assert owner.public("blockTrades").ok() == []


def test_what_may_not_be_written() -> None:
    """O-49"""
    owner, partner = pair(naked_sell=False)
    refused = (400, -6057, "The current symbol is not eligible for option writing.")
    assert owner.refusal("POST", CREATE, liquidity="MAKER", legs=leg(side="SELL")) == refused
    assert partner.refusal("POST", EXECUTE, **key_of(offer(owner))) == refused


def test_prices_and_sizes_far_from_the_book() -> None:
    """O-47 does not bind what two parties agree on, and neither does the largest order."""
    owner, partner = pair()
    partner.post(EXECUTE, **key_of(offer(owner, price="10000")))
    assert owner.own.held(CALL) > 0
    name = next(name for name in owner.listed() if name.startswith("DOGE") and name.endswith("-P"))
    info = owner.venue.info(name)
    owner.venue.ledger.set_free(owner.own.money, ASSET, 10**9 * SCALE)
    row = offer(owner, symbol=name, quantity=str(info.max_qty // SCALE + 1), price=info.tick / SCALE)
    assert row["status"] == "RECEIVED"


def test_reduce_only_orders_give_way() -> None:
    """O-61, O-102: a block trade that closes the position leaves nothing to reduce."""
    owner, partner = pair()
    partner.post(EXECUTE, **key_of(offer(owner)))
    row = owner.quote("SELL", 2400, "1.5", reduceOnly="true", isMmp="false").ok()
    partner.post(EXECUTE, **key_of(offer(owner, side="SELL")))
    assert owner.own.held(CALL) == 0
    assert owner.status(row) == "EXPIRED"


def test_the_older_generation_names_the_leg_without_a_list() -> None:
    """O-102: until October 2025."""
    owner, partner = pair(dialect="2023")
    fields = {"symbol": CALL, "side": "BUY", "quantity": "1.5", "price": "2000"}
    row = owner.post(CREATE, liquidity="TAKER", **fields)
    assert row["legs"] == [{"symbol": CALL, "side": "BUY", "quantity": "1.50", "price": "2000.000"}]
    assert partner.post(EXECUTE, **key_of(row))["status"] == "ACCEPTED"
    for name in ("symbol", "side", "quantity"):
        rest = {key: value for key, value in fields.items() if key != name}
        assert owner.refusal("POST", CREATE, liquidity="TAKER", **rest)[1] == -1102


def test_a_copy_goes_its_own_way() -> None:
    owner, partner = pair()
    row, more = offer(owner), offer(owner, symbol=PUT)
    twin = Maker(owner.world.fork())
    twin_partner = Maker(twin.world, "partner")
    assert twin.get("block/order/orders") == owner.get("block/order/orders")
    twin_partner.post(EXECUTE, **key_of(row))
    assert twin.own.held(CALL) > 0
    assert owner.own.held(CALL) == 0
    assert owner.public("blockTrades").ok() == []
    owner.ask("DELETE", CREATE, **key_of(more)).ok()
    assert len(twin.get("block/order/orders")) == 2
    assert partner.post(EXECUTE, **key_of(row)) == twin_partner.get(EXECUTE, **key_of(row))
    assert offer(owner)["blockTradeSettlementKey"] == offer(twin)["blockTradeSettlementKey"]


def test_nothing_that_can_change_belongs_to_two_worlds() -> None:
    """Offers, deals, counted fills, countdowns: all of a copy is its own."""
    owner, partner = pair()
    owner.post("mmpSet", **PLAYED["mmpSet"])
    owner.post("countdownCancelAll", **PLAYED["countdownCancelAll"])
    offer(owner, symbol=PUT)
    partner.post(EXECUTE, **key_of(offer(owner)))
    owner.quote("SELL", owner.ticker()["bidPrice"], "0.01", timeInForce="IOC").ok()
    assert owner.own.protections[BTC].fills
    check_apart(owner.world, owner.world.fork())


# -- what all tools of market makers have in common -------------------------------------------------------------------

PLAYED: Final[dict[str, dict[str, object]]] = {
    "mmpSet": {
        "underlying": BTC, "windowTimeInMilliseconds": 5, "frozenTimeInMilliseconds": 5, "qtyLimit": 1, "deltaLimit": 1,
    },
    "countdownCancelAllHeartBeat": {"underlyings": BTC},
    "countdownCancelAll": {"underlying": BTC, "countdownTime": 5000},
    "mmp": {"underlying": BTC},
    "mmpReset": {"underlying": BTC},
}  # fmt: skip


@pytest.mark.parametrize("call", SHAPES)
def test_weight_security_and_shape(call: str) -> None:
    """O-25, O-26, O-41: of every call, as the documentation has them."""
    owner, partner = pair()
    owner.post("mmpSet", **PLAYED["mmpSet"])
    owner.post("countdownCancelAll", **PLAYED["countdownCancelAll"])
    row = offer(owner)
    verb, path = call.split(" /eapi/v1/")
    params = dict(PLAYED.get(path, {}))
    if path == CREATE and verb == "POST":
        params = {"liquidity": "TAKER", "legs": leg()}
    elif path in (CREATE, EXECUTE):
        params = key_of(row)
    if path in ("block/user-trades", "blockTrades"):
        partner.post(EXECUTE, **key_of(row))
    caller = partner if path == EXECUTE else owner
    expected = SHAPES[call]
    security, text = expected["security"], caller.key[:-1] + "#"
    if security != "NONE":
        permissions = [each for each in Permission if each.value != security]
        caller.world.keys.add(
            ApiKey.hmac(text, caller.secret, label="less", account=caller.name, permissions=permissions)
        )
        caller.key, whole = text, caller.key
        assert caller.refusal(verb, path, **params)[1] == -2015
        caller.key = whole
    used = int(owner.public("ping").headers["x-mbx-used-weight-1m"])
    reply = caller.ask(verb, path, **params)
    assert int(reply.headers["x-mbx-used-weight-1m"]) - used == expected["weight"]
    assert not wrong(f"{verb} {path}", reply.ok())
    assert reply.json or (verb, path) == ("DELETE", CREATE)
