"""Two accounts trade through the gate in any order of calls, and whatever they are told afterwards fits together.

Money is conserved, every list of orders and trades tells the same story, and what is closed stays closed.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.mock_server.spot_client import SECOND, Reply, SpotClient, few_symbols, frozen_world, open_client, units

from binance_mock.gate.journal import Verdict
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.venues import maker
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import WorldSettings

SYMBOL: Final = "BTCUSDT"
MARKETS: Final = few_symbols(SYMBOL, "BNBUSDT")
SMALL: Final = WorldSettings(spot=SpotSettings(levels=2, history_hours=1, level_value=80_000), journal_size=8)
OPEN: Final = {"NEW", "PARTIALLY_FILLED"}
SHOWN_TWICE: Final = {
    "orderId", "clientOrderId", "price", "origQty", "executedQty", "cummulativeQuoteQty", "status", "timeInForce",
    "type", "side", "origQuoteOrderQty", "selfTradePreventionMode",
}  # fmt: skip
"""Fields that the answer to a placement and the query of its order share."""

names = st.sampled_from(["ann", "ben"])
sides = st.sampled_from(["BUY", "SELL"])
steps = st.integers(-4, 4)
quantities = st.sampled_from(["0.01", "0.1", "0.5", "1", "1.23457", "3"])
tifs = st.sampled_from(["GTC", "GTC", "GTC", "IOC", "FOK"])
modes = st.sampled_from([None, "NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"])
client_ids = st.sampled_from([None, None, "a", "b"])
picks = st.integers(0, 30)


def price_at(step: int) -> int:
    return 80_000 + 20 * step


class SpotMachine(RuleBasedStateMachine):
    """Drives one world; answers of the gate are all that is looked at, but for the ledger's own sums."""

    def __init__(self) -> None:
        super().__init__()
        world = self.world = frozen_world(SMALL, MARKETS)
        desk = world.desks["spot"]
        desk.ip.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 10**9)
        desk.orders.set_limit(LimitInterval.SECOND, 10, 12)
        self.clients = {
            "ann": open_client(world, "ann", BTC=3, USDT=200_000, BNB=1),
            "ben": open_client(world, "ben", BTC=3, USDT=200_000),
        }
        world.spot.accounts["ann"].money.bnb_burn = True
        self.closed: dict[int, dict[str, Any]] = {}

    # -- what happens ----------------------------------------------------------------------------------------------

    @rule(name=names, side=sides, step=steps, qty=quantities, tif=tifs, mode=modes, id=client_ids, part=st.booleans())
    def limit(
        self, name: str, side: str, step: int, qty: str, tif: str, mode: str | None, id: str | None, part: bool
    ) -> None:
        iceberg = "0.05" if part and tif == "GTC" else None
        self.place(name, side, "LIMIT", qty, price_at(step), mode, id, timeInForce=tif, icebergQty=iceberg)

    @rule(name=names, side=sides, step=steps, qty=quantities, id=client_ids)
    def limit_maker(self, name: str, side: str, step: int, qty: str, id: str | None) -> None:
        self.place(name, side, "LIMIT_MAKER", qty, price_at(step), None, id, timeInForce=None)

    @rule(name=names, side=sides, qty=quantities, mode=modes, by_quote=st.booleans())
    def market(self, name: str, side: str, qty: str, mode: str | None, by_quote: bool) -> None:
        quote = f"{float(qty) * 80_000:.5f}" if by_quote else None
        self.place(name, side, "MARKET", None if by_quote else qty, None, mode, None, quoteOrderQty=quote)

    @rule(
        name=names, side=sides, kind=st.sampled_from(["STOP_LOSS", "TAKE_PROFIT"]), step=steps, qty=quantities,
        limit=st.none() | steps, delta=st.none() | st.sampled_from([10, 20]),
    )  # fmt: skip
    def stop(self, name: str, side: str, kind: str, step: int, qty: str, limit: int | None, delta: int | None) -> None:
        type = kind if limit is None else f"{kind}_LIMIT"
        price = None if limit is None else price_at(limit)
        self.place(name, side, type, qty, price, None, None, stopPrice=price_at(step), trailingDelta=delta)

    @rule(name=names, pick=picks, restrictions=st.sampled_from([None, None, "ONLY_NEW"]))
    def cancel(self, name: str, pick: int, restrictions: str | None) -> None:
        order = self.some_order(name, pick)
        if order is None:
            return
        reply = self.clients[name].delete(
            "order", symbol=SYMBOL, orderId=order["orderId"], cancelRestrictions=restrictions
        )
        allowed = order["status"] == "NEW" if restrictions else order["status"] in OPEN
        assert reply.refusal == ((200, 0) if allowed else (400, -2011))
        if allowed:
            assert (reply.json["status"], reply.json["executedQty"]) == ("CANCELED", order["executedQty"])

    @rule(name=names)
    def cancel_all(self, name: str) -> None:
        before = self.clients[name].get("openOrders", symbol=SYMBOL).ok()
        reply = self.clients[name].delete("openOrders", symbol=SYMBOL)
        if before:
            assert [row["orderId"] for row in reply.ok()] == [row["orderId"] for row in before]
        else:
            assert reply.refusal == (400, -2011)
        assert self.clients[name].get("openOrders").ok() == []

    @rule(
        name=names, pick=picks, side=sides, step=steps, qty=quantities, id=client_ids,
        mode=st.sampled_from(["STOP_ON_FAILURE", "ALLOW_FAILURE"]),
        exceeded=st.sampled_from(["DO_NOTHING", "CANCEL_ONLY"]),
    )  # fmt: skip
    def replace(
        self, name: str, pick: int, side: str, step: int, qty: str, id: str | None, mode: str, exceeded: str
    ) -> None:
        order = self.some_order(name, pick)
        before = self.orders(name)
        reply = self.clients[name].post(
            "order/cancelReplace", symbol=SYMBOL, side=side, type="LIMIT", timeInForce="GTC", quantity=qty,
            price=price_at(step), newClientOrderId=id, cancelOrderId=order["orderId"] if order else 1,
            cancelReplaceMode=mode, orderRateLimitExceededMode=exceeded,
        )  # fmt: skip
        after = self.orders(name)
        data = reply.json if reply.status == 200 else reply.json.get("data")
        if data is None:
            assert after == before
            return
        gone = order is not None and order["status"] in OPEN and after[order["orderId"]]["status"] == "CANCELED"
        assert (data["cancelResult"] == "SUCCESS") == gone
        assert (data["newOrderResult"] == "SUCCESS") == (len(after) == len(before) + 1)

    @rule(step=st.integers(-8, 8))
    def set_price(self, step: int) -> None:
        spot, now = self.world.spot, self.world.clock.now()
        events = maker.set_price(spot, spot.market(SYMBOL, now), MARKETS.symbols[SYMBOL], price_at(step) * 10**8, now)
        spot.count_first_fills(events, self.world.desks["spot"].orders, now)
        book = self.clients["ann"].public("depth", symbol=SYMBOL).ok()
        assert units(book["bids"][0][0]) < units(book["asks"][0][0])

    @rule(seconds=st.sampled_from([0.001, 1, 7, 61, 86_400]))
    def wait(self, seconds: float) -> None:
        self.world.clock.move(int(seconds * SECOND))

    @rule(name=names, pick=picks)
    def query(self, name: str, pick: int) -> None:
        order = self.some_order(name, pick)
        if order is None:
            return
        client = self.clients[name]
        assert client.get("order", symbol=SYMBOL, orderId=order["orderId"]).ok() == order
        trades = client.get("myTrades", symbol=SYMBOL, orderId=order["orderId"]).ok()
        assert sum(units(trade["qty"]) for trade in trades) == units(order["executedQty"])
        other = self.clients["ben" if name == "ann" else "ann"]
        assert other.get("order", symbol=SYMBOL, orderId=order["orderId"]).refusal == (400, -2013)

    # -- what always holds -----------------------------------------------------------------------------------------

    @invariant()
    def money_is_conserved(self) -> None:
        ledger = self.world.spot.ledger
        for asset, amount in ledger.deposited.items():
            assert ledger.total(asset) == amount
        for account in ledger:
            assert all(amount >= 0 for amount in (*account.free.values(), *account.locked.values()))

    @invariant()
    def lists_tell_one_story(self) -> None:
        for client in self.clients.values():
            orders = client.get("allOrders", symbol=SYMBOL, limit=1000).ok()
            trades = client.get("myTrades", symbol=SYMBOL, limit=1000).ok()
            assert [row["orderId"] for row in orders] == sorted(row["orderId"] for row in orders)
            assert client.get("openOrders").ok() == [row for row in orders if row["status"] in OPEN]
            for row in orders:
                self.check_order(row, [trade for trade in trades if trade["orderId"] == row["orderId"]])
            self.check_locked(client, [row for row in orders if row["status"] in OPEN])

    @invariant()
    def counts_agree(self) -> None:
        orders = self.world.desks["spot"].orders
        for name, client in self.clients.items():
            told = {row["interval"]: row["count"] for row in client.get("rateLimit/order").ok()}
            kept = [number for _, number in orders.counts(name, self.world.clock.now())]
            assert [told["SECOND"], told["DAY"]] == kept
            assert told["SECOND"] <= 12

    @invariant()
    def nothing_broke(self) -> None:
        assert all(entry.verdict in (Verdict.ACCEPTED, Verdict.REFUSED) for entry in self.world.journal)

    # -- how it is looked at ---------------------------------------------------------------------------------------

    def place(
        self, name: str, side: str, type: str, qty: str | None, price: int | None, mode: str | None, id: str | None,
        **more: Any,
    ) -> None:  # fmt: skip
        client = self.clients[name]
        before = self.orders(name)
        fields: dict[str, Any] = {"timeInForce": "GTC" if type.endswith("_LIMIT") else None, **more}
        reply = client.post(
            "order", symbol=SYMBOL, side=side, type=type, quantity=qty, price=price, selfTradePreventionMode=mode,
            newClientOrderId=id, newOrderRespType="FULL", **fields,
        )  # fmt: skip
        after = self.orders(name)
        if reply.status != 200:
            assert reply.code in (-1013, -1015, -2010)
            assert after == before
            return
        self.check_placed(reply, after, before)

    def check_placed(self, reply: Reply, after: dict[int, Any], before: dict[int, Any]) -> None:
        row = reply.json
        assert after.keys() - before.keys() == {row["orderId"]}
        found = after[row["orderId"]]
        assert {name: row[name] for name in SHOWN_TWICE} == {name: found[name] for name in SHOWN_TWICE}
        assert sum(units(fill["qty"]) for fill in row["fills"]) <= units(row["executedQty"])
        assert row["transactTime"] == self.world.clock.now() // 1000

    def check_order(self, row: dict[str, Any], trades: list[dict[str, Any]]) -> None:
        executed, wanted = units(row["executedQty"]), units(row["origQty"])
        prevented = units(row.get("preventedQuantity", "0.00000000"))
        assert sum(units(trade["qty"]) for trade in trades) == executed
        assert sum(units(trade["quoteQty"]) for trade in trades) == units(row["cummulativeQuoteQty"])
        assert all(trade["isBuyer"] == (row["side"] == "BUY") for trade in trades)
        assert executed + prevented <= wanted
        limit = units(row["price"])
        prices = [units(trade["price"]) for trade in trades if limit]
        assert all(price <= limit if row["side"] == "BUY" else price >= limit for price in prices)
        match row["status"]:
            case "NEW":
                assert executed == 0
            case "PARTIALLY_FILLED":
                assert 0 < executed < wanted - prevented
            case "FILLED":
                assert executed == wanted - prevented
            case "CANCELED":
                assert executed < wanted - prevented
            case "EXPIRED_IN_MATCH":
                assert prevented
        assert ("expiryReason" in row) == (row["status"] == "EXPIRED")
        assert row["isWorking"] == (row["workingTime"] != -1)
        if row["status"] not in OPEN:
            assert self.closed.setdefault(row["orderId"], row) == row

    def check_locked(self, client: SpotClient, rows: list[dict[str, Any]]) -> None:
        """What is locked is what the open orders may still cost."""
        balances = {row["asset"]: row for row in client.get("account").ok()["balances"]}

        def left(row: dict[str, Any]) -> int:
            return units(row["origQty"]) - units(row["executedQty"]) - units(row.get("preventedQuantity", "0.00000000"))

        sold = sum(left(row) for row in rows if row["side"] == "SELL")
        assert units(balances["BTC"]["locked"]) == sold
        bids = [row for row in rows if row["side"] == "BUY"]
        priced = sum(units(row["price"]) * left(row) // 10**8 for row in bids)
        locked = units(balances["USDT"]["locked"])
        assert locked >= priced
        if all(units(row["price"]) for row in bids):
            assert locked == priced

    def orders(self, name: str) -> dict[int, dict[str, Any]]:
        rows = self.clients[name].get("allOrders", symbol=SYMBOL, limit=1000).ok()
        return {row["orderId"]: row for row in rows}

    def some_order(self, name: str, pick: int) -> dict[str, Any] | None:
        """One of the account's orders, rather a new one."""
        rows = list(self.orders(name).values())
        return rows[-1 - pick % len(rows)] if rows else None


TestSpotMachine = SpotMachine.TestCase
TestSpotMachine.settings = settings(max_examples=50, stateful_step_count=30)


@pytest.mark.long
class TestSpotMachineAtLength(SpotMachine.TestCase):  # type: ignore[valid-type,misc]  # an attribute that is a class
    """The same for longer."""

    settings = settings(max_examples=150, stateful_step_count=60)
