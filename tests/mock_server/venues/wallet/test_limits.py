"""Each endpoint of `/sapi` counts for itself: per address, or per account."""

from __future__ import annotations

from tests.mock_server.venues.wallet.wallet_client import WalletClient

from binance_mock.venues.weights import Unit
from binance_mock.world import AccountSettings

IP = "x-sapi-used-ip-weight-1m"
UID = "x-sapi-used-uid-weight-1m"
MINUTE = 60_000_000


def limit(client: WalletClient, unit: Unit, most: int) -> None:
    meters = client.world.desks["sapi"].meters
    assert meters is not None
    meters.set_limit(unit, most)


def test_endpoints_do_not_share_a_counter() -> None:
    client = WalletClient()
    assert [client.ask("GET account/status").headers[IP] for _ in range(3)] == ["1", "2", "3"]
    assert client.ask("GET account/info").headers[IP] == "1"
    assert client.get("account").headers["x-mbx-used-weight-1m"] == "20", "spot counts none of them"


def test_addresses_count_apart_and_keys_of_one_address_together() -> None:
    client = WalletClient()
    client.ask("GET account/status")
    assert client.with_key("second").ask("GET account/status").headers[IP] == "2"
    assert WalletClient(client.world, ip="10.0.0.1").ask("GET account/status").headers[IP] == "1"


def test_accounts_count_over_all_addresses() -> None:
    client = WalletClient()
    client.keyed("POST margin/listen-key")
    far = WalletClient(client.world, ip="10.0.0.1")
    assert far.keyed("POST margin/listen-key").headers[UID] == "2"
    client.world.open_account(AccountSettings(name="other", balances={}))
    other = client.with_key("other", account="other")
    assert other.keyed("POST margin/listen-key").headers[UID] == "1"


def test_a_loan_weighs_more() -> None:
    client = WalletClient()
    heavy = [client.margin_order(sideEffectType=each).headers[UID] for each in ("MARGIN_BUY", "AUTO_BORROW_REPAY")]
    assert heavy == ["1500", "3000"]
    assert client.margin_order(sideEffectType="AUTO_REPAY").headers[UID] == "3006"


def test_a_refused_call_shows_its_header_too() -> None:
    client = WalletClient()
    assert client.ask("GET margin/order").headers[IP] == "10"
    assert client.ask("POST margin/order").headers[UID] == "6"
    assert not any("weight" in name for name in client.bare("POST margin/order").headers), "whose weight is not known"
    assert not any("weight" in name for name in client.bare("GET no/such").headers)


def test_over_the_limit_of_an_address() -> None:
    client = WalletClient()
    limit(client, Unit.IP, 2)
    assert [client.ask("GET account/status").status for _ in range(3)] == [200, 200, 429]
    reply = client.ask("GET account/status")
    assert reply.msg == (
        "Too much request weight used; current limit is 2 request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    )
    assert reply.refusal == (429, -1003)
    assert reply.headers["retry-after"] == str(60 - client.world.clock.now() // 1_000_000 % 60)
    assert client.ask("GET account/info").status == 200, "other endpoints have their own"
    client.world.clock.move(MINUTE)
    assert client.ask("GET account/status").headers[IP] == "1"


def test_over_the_limit_of_an_account() -> None:
    client = WalletClient()
    limit(client, Unit.UID, 1)
    assert client.keyed("POST userListenToken").status == 200
    reply = WalletClient(client.world, ip="10.0.0.1").keyed("POST userListenToken")
    assert reply.refusal == (429, -1003)
    assert client.keyed("POST margin/listen-key").status == 200


def test_who_goes_on_is_banned_from_the_whole_market_and_from_no_other() -> None:
    client = WalletClient()
    limit(client, Unit.IP, 0)
    last = [client.ask("GET account/status") for _ in range(6)][-1]
    assert last.refusal == (418, -1003)
    assert last.msg.startswith("Way too much request weight used; IP banned until ")
    assert client.ask("POST margin/order").refusal == (418, -1003)
    assert client.get("account").status == 200
    assert WalletClient(client.world, ip="10.0.0.1").keyed("POST userListenToken").status == 200
    client.world.clock.move(int(last.headers["retry-after"]) * 1_000_000)
    assert client.keyed("POST userListenToken").status == 200


def test_a_copy_counts_on_its_own() -> None:
    client = WalletClient()
    client.ask("GET account/status")
    twin = WalletClient(client.world.fork())
    assert twin.ask("GET account/status").headers[IP] == "2"
    assert client.ask("GET account/status").headers[IP] == "2"
