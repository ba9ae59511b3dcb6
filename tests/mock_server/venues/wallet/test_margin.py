"""Orders of the cross margin account: they trade in spot's markets, with money of their own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.mock_server.spot_client import NOW, frozen_world, open_client
from tests.mock_server.venues.wallet.wallet_client import WalletClient

from binance_mock.world import Blueprint

HOUR = 3_600_000_000
GONE = (400, -1125, "This listenKey does not exist.")


def margin(client: WalletClient, asset: str) -> tuple[str, str]:
    rows = client.ask("GET margin/account").ok()["userAssets"]
    return next((row["free"], row["locked"]) for row in rows if row["asset"] == asset)


def test_a_resting_order_locks_money_of_the_margin_account_alone() -> None:
    client = WalletClient()
    order = client.margin_order().ok()
    assert (order["status"], order["isIsolated"]) == ("NEW", False)
    assert margin(client, "USDT") == ("9300.00000000", "700.00000000")
    assert client.balance("USDT") == ("1000000.00000000", "0.00000000")
    assert client.get("openOrders").ok() == []
    assert client.get("order", symbol="BTCUSDT", orderId=order["orderId"]).refusal == (400, -2013)


def test_an_order_is_found_and_cancelled_by_either_id() -> None:
    client = WalletClient()
    first = client.margin_order(newClientOrderId="mine").ok()
    found = client.ask("GET margin/order", symbol="BTCUSDT", origClientOrderId="mine").ok()
    assert (found["orderId"], found["isWorking"]) == (first["orderId"], True)
    gone = client.ask("DELETE margin/order", symbol="BTCUSDT", orderId=first["orderId"]).ok()
    assert (gone["orderId"], gone["origClientOrderId"], gone["status"]) == (str(first["orderId"]), "mine", "CANCELED")
    assert margin(client, "USDT") == ("10000.00000000", "0.00000000")
    reply = client.ask("DELETE margin/order", symbol="BTCUSDT", orderId=first["orderId"])
    assert (*reply.refusal, reply.msg) == (400, -2011, "Unknown order sent.")
    assert client.ask("GET margin/order", symbol="BTCUSDT", orderId=1).refusal == (400, -2013)
    assert client.ask("GET margin/order", symbol="BTCUSDT").refusal == (400, -1102)


def test_orders_of_spot_are_not_seen_here() -> None:
    client = WalletClient()
    id = client.order().ok()["orderId"]
    assert client.ask("GET margin/order", symbol="BTCUSDT", orderId=id).refusal == (400, -2013)
    assert client.ask("DELETE margin/order", symbol="BTCUSDT", orderId=id).refusal == (400, -2011)


def test_a_fill_moves_the_money_of_the_margin_account() -> None:
    client = WalletClient()
    order = client.margin_order(type="MARKET", timeInForce=None, price=None).ok()
    assert order["status"] == "FILLED"
    spent = Decimal(order["cummulativeQuoteQty"])
    paid = sum(Decimal(fill["commission"]) for fill in order["fills"])
    assert Decimal(margin(client, "USDT")[0]) == 10_000 - spent
    assert Decimal(margin(client, "BTC")[0]) == Decimal("1.01") - paid
    assert client.balance("BTC") == ("10.00000000", "0.00000000")
    assert client.get("myTrades", symbol="BTCUSDT").ok() == []


def test_a_user_of_spot_may_fill_it() -> None:
    """The margin order has no count of unfilled orders that a fill could lower."""
    client = WalletClient()
    client.margin_order(price="79999.99")
    taker = open_client(client.world, "taker", BTC=1)
    filled = taker.order("SELL", price="79999.99", quantity="0.01").ok()
    assert filled["status"] == "FILLED"
    assert Decimal(margin(client, "BTC")[0]) > 1
    assert client.get("rateLimit/order").ok()[0]["count"] == 0


def test_a_margin_order_may_fill_one_of_spot() -> None:
    client = WalletClient()
    maker = open_client(client.world, "maker", BTC=1)
    id = maker.order("SELL", price="80000", quantity="0.01").ok()["orderId"]
    bought = client.margin_order(price="80000").ok()
    assert (bought["status"], bought["fills"][0]["price"]) == ("FILLED", "80000.00000000")
    assert maker.get("order", symbol="BTCUSDT", orderId=id).ok()["status"] == "FILLED"
    assert Decimal(maker.balance("USDT")[0]) > 799


@pytest.mark.parametrize("side_effect", ["NO_SIDE_EFFECT", "MARGIN_BUY", "AUTO_REPAY", "AUTO_BORROW_REPAY"])
def test_nothing_is_lent(side_effect: str) -> None:
    client = WalletClient()
    reply = client.margin_order(quantity="1", sideEffectType=side_effect)
    assert (*reply.refusal, reply.msg) == (400, -2010, "Account has insufficient balance for requested action.")
    assert client.margin_order(sideEffectType=side_effect).status == 200


def test_there_are_no_isolated_accounts() -> None:
    reply = WalletClient().margin_order(isIsolated="TRUE")
    assert (*reply.refusal, reply.msg) == (400, -1014, "Unsupported order combination.")


def test_the_filters_and_states_of_spot_hold() -> None:
    client = WalletClient()
    reply = client.margin_order(quantity="0.00001", price="70000")
    assert (*reply.refusal, reply.msg) == (400, -1013, "Filter failure: NOTIONAL")
    client.world.spot.set_status("BTCUSDT", "HALT")
    assert client.margin_order().refusal == (400, -1013)
    client.world.spot.set_status("BTCUSDT", "TRADING")
    client.world.spot.accounts["default"].can_trade = False
    assert client.margin_order().refusal == (400, -2010)
    client.world.spot.accounts["default"].can_trade = True
    assert client.margin_order().status == 200


def test_only_pairs_of_margin_are_listed() -> None:
    client = WalletClient(frozen_world(blueprint=Blueprint.standard()))
    client.world.spot.symbols["LTCBTC"].flags["isMarginTradingAllowed"] = False  # of a blueprint of its own
    listed = set(client.world.spot.symbols) - {"LTCBTC"}
    for path in ("margin/allPairs", "margin/isolated/allPairs"):
        assert {row["symbol"] for row in client.keyed(f"GET {path}").ok()} == listed
    ids = [row["id"] for row in client.keyed("GET margin/allPairs").ok()]
    assert len(set(ids)) == len(ids)


def test_money_is_conserved() -> None:
    client = WalletClient()
    client.margin_order(type="MARKET", timeInForce=None, price=None).ok()
    client.margin_order("SELL", price="79000").ok()
    ledger = client.world.spot.ledger
    for asset in ("BTC", "USDT"):
        assert ledger.total(asset) == ledger.deposited[asset]


def test_numbers_of_users_do_not_depend_on_margin_accounts() -> None:
    world = WalletClient().world
    first = world.spot.accounts["default"]
    assert world.spot.open_account("late", {}).uid == first.uid + 1
    assert len({account.id for account in world.spot.ledger}) == len(list(world.spot.ledger))


def test_a_copy_goes_its_own_way() -> None:
    client = WalletClient()
    id = client.margin_order().ok()["orderId"]
    twin = WalletClient(client.world.fork())
    twin.ask("DELETE margin/order", symbol="BTCUSDT", orderId=id).ok()
    assert margin(twin, "USDT") == ("10000.00000000", "0.00000000")
    assert margin(client, "USDT") == ("9300.00000000", "700.00000000")
    assert client.ask("GET margin/order", symbol="BTCUSDT", orderId=id).ok()["status"] == "NEW"


# -- keys of streams ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["userDataStream", "margin/listen-key"])
def test_a_listen_key_lives_for_an_hour(path: str) -> None:
    client = WalletClient()
    key = client.keyed(f"POST {path}").ok()["listenKey"]
    client.world.clock.move(HOUR - 1_000_000)
    assert client.keyed(f"POST {path}").ok()["listenKey"] == key
    client.world.clock.move(HOUR - 1_000_000)
    assert client.keyed(f"PUT {path}", listenKey=key).ok() == {}
    client.world.clock.move(HOUR)
    reply = client.keyed(f"PUT {path}", listenKey=key)
    assert (*reply.refusal, reply.msg) == GONE
    assert client.keyed(f"POST {path}").ok()["listenKey"] != key


@pytest.mark.parametrize("path", ["userDataStream", "margin/listen-key"])
def test_a_listen_key_that_was_ended(path: str) -> None:
    client = WalletClient()
    key = client.keyed(f"POST {path}").ok()["listenKey"]
    assert client.keyed(f"DELETE {path}", listenKey=key).ok() == {}
    assert client.keyed(f"DELETE {path}", listenKey=key).ok() == {}
    assert client.keyed(f"PUT {path}", listenKey=key).refusal == (400, -1125)


def test_the_two_streams_have_keys_of_their_own() -> None:
    client = WalletClient()
    user, risk = (client.keyed(f"POST {path}").ok()["listenKey"] for path in ("userDataStream", "margin/listen-key"))
    assert user != risk
    assert client.keyed("PUT userDataStream", listenKey=risk).refusal == (400, -1125)
    assert client.keyed("DELETE userDataStream", listenKey=risk).refusal == (400, -1125)


def test_a_copy_has_the_same_keys_and_makes_its_own() -> None:
    client = WalletClient()
    key = client.keyed("POST userDataStream").ok()["listenKey"]
    twin = WalletClient(client.world.fork())
    assert twin.keyed("DELETE userDataStream", listenKey=key).ok() == {}
    assert client.keyed("PUT userDataStream", listenKey=key).ok() == {}
    assert twin.keyed("POST userDataStream").ok()["listenKey"] != key


def test_a_token_says_when_it_ends() -> None:
    client = WalletClient()
    day, short = (client.keyed("POST userListenToken", validity=each).ok() for each in (None, 5000))
    assert (day["expirationTime"], short["expirationTime"]) == (NOW // 1000 + 86_400_000, NOW // 1000 + 5000)
    assert day["token"] != short["token"]
    assert client.keyed("POST userListenToken", isIsolated="true").refusal == (400, -1102)
