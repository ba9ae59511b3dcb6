"""The order in which a request is checked (S-42): of two faults the one of the earlier step is told.

Every pair of faults from different steps is put into one request. Faults of one step that S-42 does not order among
themselves are not paired.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, Reply, SpotClient, encode, frozen_world

from binance_fixtures.signing import KeyPair
from binance_mock.gate.keys import Permission
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.gate.request import Request
from binance_mock.world import World

IP = "10.1.2.3"


class Draft:
    """A placement that is legal until faults are put into it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.path = "/api/v3/order"
        self.params: dict[str, Any] = {
            "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01",
            "price": "70000", "recvWindow": 5000, "timestamp": NOW // 1000,
        }  # fmt: skip
        self.extra: list[tuple[str, Any]] = []
        self.headers: dict[bytes, bytes] = {}
        self.break_signature = self.drop_signature = False

    def send(self) -> Reply:
        client = SpotClient(self.world, ip=IP)
        text = encode([*self.params.items(), *self.extra])
        request = client.signed("POST", self.path, text, headers=self.headers)
        if self.break_signature:
            client = SpotClient(self.world, KeyPair(client.pair.api_key, "another secret"), IP)
            request = client.signed("POST", self.path, text, headers=self.headers)
        if self.drop_signature:
            request = Request("POST", self.path, text, b"", request.headers, IP)
        return client.send(request)


def _firewall(draft: Draft) -> None:
    draft.params["newClientOrderId"] = "1 union select 2"


def _ban(draft: Draft) -> None:
    draft.world.desks["spot"].ip.ban(IP, 60, NOW)


def _weight(draft: Draft) -> None:
    ip = draft.world.desks["spot"].ip
    ip.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 10)
    ip.charge(IP, 11, NOW)


def _raw_requests(draft: Draft) -> None:
    draft.world.desks["spot"].ip.set_limit(LimitKind.RAW_REQUESTS, LimitInterval.MINUTE, 5, 0)


def _unknown_path(draft: Draft) -> None:
    draft.path = "/api/v3/ordre"


def _retired_path(draft: Draft) -> None:
    draft.path = "/api/v3/userDataStream"


def _no_key(draft: Draft) -> None:
    draft.headers[b"x-mbx-apikey"] = b""


def _malformed_key(draft: Draft) -> None:
    draft.headers[b"x-mbx-apikey"] = b"a key with spaces"


def _duplicate(draft: Draft) -> None:
    draft.extra.append(("side", "BUY"))


def _no_timestamp(draft: Draft) -> None:
    draft.params["timestamp"] = None


def _malformed_timestamp(draft: Draft) -> None:
    draft.params["timestamp"] = "now"


def _long_window(draft: Draft) -> None:
    draft.params["recvWindow"] = 60001


def _malformed_window(draft: Draft) -> None:
    draft.params["recvWindow"] = "5s"


def _no_signature(draft: Draft) -> None:
    draft.drop_signature = True


def _unknown_key(draft: Draft) -> None:
    draft.headers.setdefault(b"x-mbx-apikey", b"u" * 64)


def _wrong_address(draft: Draft) -> None:
    _change_key(draft, ips=["10.9.9.9"])


def _no_permission(draft: Draft) -> None:
    _change_key(draft, permissions=[Permission.USER_DATA])


def _disabled_key(draft: Draft) -> None:
    _change_key(draft, enabled=False)


def _change_key(draft: Draft, **grants: Any) -> None:
    keys = draft.world.keys
    (key,) = keys
    keys.add(key.changed(**grants), replace=True)


def _old(draft: Draft) -> None:
    draft.params["timestamp"] = NOW // 1000 - 5001


def _ahead(draft: Draft) -> None:
    draft.params["timestamp"] = NOW // 1000 + 1001


def _signature(draft: Draft) -> None:
    draft.break_signature = True


def _unknown_side(draft: Draft) -> None:
    draft.params["side"] = "BOTH"


def _scientific(draft: Draft) -> None:
    draft.params["quantity"] = "1e-2"


def _unread(draft: Draft) -> None:
    draft.params["quantty"] = "0.01"


def _unknown_symbol(draft: Draft) -> None:
    draft.params["symbol"] = "NOSUCHUSDT"


def _missing_for_type(draft: Draft) -> None:
    draft.params["timeInForce"] = None


def _useless_for_type(draft: Draft) -> None:
    draft.params["stopPrice"] = "75000"


def _off_tick(draft: Draft) -> None:
    draft.params["price"] = "70000.001"


def _order_count(draft: Draft) -> None:
    draft.world.desks["spot"].orders.set_limit(LimitInterval.SECOND, 10, 0)


def _no_money(draft: Draft) -> None:
    draft.params["quantity"] = "100"


Fault = Callable[[Draft], None]

STEPS: list[list[tuple[Fault, int, int]]] = [
    [(_firewall, 403, 0)],
    [(_ban, 418, -1003)],
    [(_weight, 429, -1003), (_raw_requests, 429, -1003)],
    [(_unknown_path, 404, -1020), (_retired_path, 410, -1020)],
    [(_no_key, 401, -2014), (_malformed_key, 401, -2014)],
    [
        (_duplicate, 400, -1101), (_no_timestamp, 400, -1102), (_malformed_timestamp, 400, -1100),
        (_long_window, 400, -1131), (_malformed_window, 400, -1100), (_no_signature, 400, -1102),
    ],
    [
        (_unknown_key, 401, -2015), (_wrong_address, 401, -2015), (_no_permission, 401, -2015),
        (_disabled_key, 401, -2015),
    ],
    [(_old, 400, -1021), (_ahead, 400, -1021)],
    [(_signature, 400, -1022)],
    [(_unknown_side, 400, -1117), (_scientific, 400, -1100), (_unread, 400, -1104)],
    [(_unknown_symbol, 400, -1121)],
    [(_missing_for_type, 400, -1102), (_useless_for_type, 400, -1106)],
    [(_off_tick, 400, -1013)],
    [(_order_count, 429, -1015)],
    [(_no_money, 400, -2010)],
]  # fmt: skip
"""Faults by the step that finds them, with the status and code of its refusal."""

FAULTS = [(step, *fault) for step, faults in enumerate(STEPS) for fault in faults]


def test_the_draft_is_legal() -> None:
    assert Draft(frozen_world()).send().status == 200


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[1].__name__)
def test_each_fault_alone_is_refused(fault: tuple[int, Fault, int, int]) -> None:
    _, spoil, status, code = fault
    draft = Draft(frozen_world())
    spoil(draft)
    reply = draft.send()
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize("first", FAULTS, ids=lambda fault: fault[1].__name__)
def test_the_earlier_step_speaks(first: tuple[int, Fault, int, int]) -> None:
    """S-42."""
    step, spoil, status, code = first
    wrong = []
    for later, spoil_later, _, _ in FAULTS:
        if later <= step:
            continue
        draft = Draft(frozen_world())
        spoil_later(draft)
        spoil(draft)  # last, so that it has the word where both change one parameter
        reply = draft.send()
        if (reply.status, reply.code) != (status, code):
            wrong.append((spoil_later.__name__, reply.status, reply.code))
    assert not wrong


def test_the_key_is_judged_on_its_form_before_its_permission() -> None:
    """S-37: a malformed key is -2014 though the ring does not know it either."""
    draft = Draft(frozen_world())
    draft.headers[b"x-mbx-apikey"] = b"\xff" * 64
    assert draft.send().refusal == (401, -2014)


def test_a_key_may_be_used_from_the_addresses_it_names() -> None:
    """S-37."""
    draft = Draft(frozen_world())
    _change_key(draft, ips=["10.9.9.9", "10.1.0.0/16"], permissions=[Permission.TRADE])
    assert draft.send().status == 200


def test_letter_case_of_a_key_counts() -> None:
    """S-36: a key in another case is another key."""
    draft = Draft(frozen_world())
    (key,) = draft.world.keys
    draft.headers[b"x-mbx-apikey"] = key.key.swapcase().encode()
    assert draft.send().refusal == (401, -2015)


def test_nothing_is_placed_by_a_refused_request() -> None:
    for _, spoil, _, _ in FAULTS:
        draft = Draft(frozen_world())
        spoil(draft)
        draft.send()
        account = draft.world.spot.accounts["default"].money
        assert not any(account.locked.values()), spoil.__name__
        assert all(not bag.all for id, bag in _bags(draft.world) if id), spoil.__name__


def _bags(world: World) -> list[tuple[int, Any]]:
    return [pair for market in world.spot.markets.values() for pair in market.bags.items()]
