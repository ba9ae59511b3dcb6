"""Every call: what it answers, and each way in which it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from binance_fixtures.history import SAMPLE_END_MS, SAMPLE_START_MS, sample_klines
from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock import __version__
from binance_mock.gate.request import Request

from .conftest import NOW_MS, Caller

Refusals = list[tuple[Any, int, str, str]]


def get(control: Caller, path: str, query: bytes = b"", **headers: bytes) -> None:
    """Let the world receive a request."""
    control.world.handle(Request("GET", path, query, b"", {name.encode(): text for name, text in headers.items()}))


# -- the server ------------------------------------------------------------------------------------------------------


def test_health(control: Caller) -> None:
    answer = control.ok("GET", "/health")
    assert answer.pop("uptime_s") >= 0
    assert answer == {"status": "ok", "version": __version__, "worlds": ["default"]}


def test_reset(control: Caller) -> None:
    control.ok("POST", "/faults", {"kind": "error_500"})
    old = control.world
    assert control.ok("POST", "/reset", {}) == {"reset": True}
    assert control.world is not old
    assert control.ok("GET", "/faults") == {"faults": []}
    assert control.ok("POST", "/reset") == {"reset": True}  # a body may be left out


# -- the clock -------------------------------------------------------------------------------------------------------


def test_clock(control: Caller) -> None:
    frozen = {"mode": "frozen", "now_ms": NOW_MS, "offset_ms": 0}
    assert control.ok("GET", "/clock") == frozen
    assert control.ok("POST", "/clock/advance", {"ms": 61_000}) == {**frozen, "now_ms": NOW_MS + 61_000}
    assert control.ok("POST", "/clock", {"mode": "frozen", "now_ms": 0}) == {**frozen, "now_ms": 0}
    assert control.ok("POST", "/clock", {"mode": "frozen"}) == {**frozen, "now_ms": 0}
    offset = control.ok("POST", "/clock", {"mode": "offset", "offset_ms": -3000})
    assert (offset["mode"], offset["offset_ms"]) == ("offset", -3000)
    assert control.ok("POST", "/clock/advance", {"ms": 3000})["mode"] == "live"
    live = control.ok("POST", "/clock", {"mode": "live"})
    assert (live["mode"], live["offset_ms"]) == ("live", 0)


@pytest.mark.parametrize(
    ("path", "body", "error", "hint"),
    [
        ("/clock", {"mode": "frozn"}, "the body does not fit: Invalid enum value 'frozn' - at `$.mode`", "frozen"),
        ("/clock", {"mode": "live", "now_ms": 1}, "now_ms is only for a frozen clock", '"mode": "frozen"'),
        ("/clock", {"mode": "live", "offset_ms": 1}, "offset_ms goes with the mode offset", '"offset_ms": -3000'),
        ("/clock", {"mode": "offset"}, "offset_ms goes with the mode offset", '"offset_ms": -3000'),
        ("/clock", {"mode": "frozen", "offset_ms": 0}, "offset_ms goes with the mode offset", ""),
        ("/clock", {"mode": "frozen", "now_ms": -1}, "now_ms is -1", "send milliseconds between 0 and "),
        ("/clock", {"mode": "frozen", "now_ms": 10**30}, f"now_ms is {10**30}", "send milliseconds between 0 and "),
        ("/clock", {"mode": "offset", "offset_ms": 10**30}, f"offset_ms is {10**30}", "either way"),
        ("/clock", {"mode": "offset", "offset_ms": -(10**13)}, f"offset_ms is {-(10**13)}", "either way"),
        ("/clock", {"mode": "frozen", "now_ms": 1.5}, "the body does not fit: Expected `int | null`, got `float`", ""),
        ("/clock/advance", {"ms": -1}, "the clock cannot advance by -1 ms", "goes back with POST /_mock/clock"),
        ("/clock/advance", {"ms": 10**15}, f"{10**15} ms ahead lies beyond the year 9999", "advance by less"),
    ],
)
def test_clock_refusals(control: Caller, path: str, body: Any, error: str, hint: str) -> None:
    status, says, next_step = control.refused("POST", path, body)
    assert status == 400
    assert says.startswith(error)
    assert hint in next_step


# -- faults ----------------------------------------------------------------------------------------------------------


def test_faults(control: Caller) -> None:
    rule = control.ok("POST", "/faults", {"kind": "latency", "ms": 5, "path": "/api/v3/*", "name": "slow"})
    assert control.ok("GET", "/faults") == {"faults": [rule]}
    assert rule == {
        "name": "slow", "kind": "latency", "venue": None, "method": None, "path": "/api/v3/*", "key": None,
        "nth": None, "after": 0, "times": None, "probability": None, "ms": 5, "stage": "before", "wall": False,
        "seen": 0, "fired": 0, "exhausted": False,
    }  # fmt: skip
    assert control.ok("DELETE", "/faults/slow") == {"removed": 1}
    control.ok("POST", "/faults", {"kind": "error_500"})
    control.ok("POST", "/faults", {"kind": "error_500"})
    assert control.ok("DELETE", "/faults") == {"removed": 2}
    assert control.ok("DELETE", "/faults") == {"removed": 0}


@pytest.mark.parametrize(
    ("body", "error", "hint"),
    [
        ({}, "the rule names no kind", '"kind": "unknown_503"'),
        ({"kind": 5}, "the rule names no kind", '"kind": "unknown_503"'),
        ({"kind": "unknown503"}, "kind: no fault is called 'unknown503' (did you mean unknown_503", "catalog"),
        ({"kind": "error_500", "times": -1}, "times: -1 is not legal", "catalog"),
        ({"kind": "error_500", "after": 10**30}, "after: the number is too large", "send at most"),
        ({"kind": "error_500", "name": ["x"]}, "", "catalog"),
        ({"kind": "error_500", "venue": {}}, "venue: {} is not legal", "catalog"),
        ({"kind": "error_500", "self": 1}, "", "catalog"),
        ({"kind": "error_500", "": 1}, ": error_500 has no such parameter", "catalog"),
    ],
)
def test_fault_refusals(control: Caller, body: Any, error: str, hint: str) -> None:
    status, says, next_step = control.refused("POST", "/faults", body)
    assert status == 400
    assert says
    assert says.startswith(error)
    assert hint in next_step


def test_a_fault_that_is_not_there(control: Caller) -> None:
    assert control.refused("DELETE", "/faults/none") == (
        404, "no fault rule is called 'none'; the rules are: none", "GET /_mock/faults lists them",
    )  # fmt: skip


# -- accounts and keys -----------------------------------------------------------------------------------------------


def test_accounts(control: Caller) -> None:
    made = control.ok("POST", "/accounts", {"name": "alice", "balances": {"USDT": "5.5"}, "trade_group": 7})
    (default, alice) = control.ok("GET", "/accounts")["accounts"]
    assert default["name"] == "default"
    assert default["keys"][0]["key"] == EXAMPLE_PAIR.api_key
    assert len(made.pop("secret")) == 64
    assert made.pop("key") == alice["keys"][0]["key"]
    assert made == alice
    assert alice["balances"] == {"USDT": {"free": "5.50000000", "locked": "0.00000000"}}
    assert (alice["trade_group"], alice["bnb_burn"], alice["can_trade"]) == (7, False, True)


def test_accounts_change(control: Caller) -> None:
    body = {"balances": {"BTC": "1", "ETH": "200", "USDT": "0"}, "bnb_burn": True, "can_trade": False}
    changed = control.ok("PATCH", "/accounts/default", body)
    assert changed == control.ok("GET", "/accounts")["accounts"][0]
    assert (changed["bnb_burn"], changed["can_trade"]) == (True, False)
    assert changed["balances"]["BTC"]["free"] == "1.00000000"
    assert changed["balances"]["ETH"]["free"] == "200.00000000"
    assert "USDT" not in changed["balances"]
    assert control.ok("PATCH", "/accounts/default", {}) == changed


def test_locks(control: Caller) -> None:
    """U-53: an account that may not trade may trade in no market; contracts have locks of their own."""
    control.ok("PATCH", "/accounts/default", {"can_trade": False})
    assert [venue.accounts["default"].can_trade for venue in (control.world.spot, control.world.usdm)] == [False, False]
    changed = control.ok("PATCH", "/accounts/default", {"usdm_lock": "reduce_only"})
    assert (changed["usdm_lock"], changed["can_trade"]) == ("reduce_only", False)
    assert control.ok("PATCH", "/accounts/default", {"usdm_lock": "none"})["usdm_lock"] == "none"
    assert control.refused("PATCH", "/accounts/default", {"usdm_lock": ""})[1].startswith("the body does not fit")


def test_money_stays_conserved(control: Caller) -> None:
    control.ok("PATCH", "/accounts/default", {"balances": {"BTC": "1", "ETH": "200"}})
    ledger = control.world.spot.ledger
    assert all(ledger.total(asset) == ledger.deposited[asset] for asset in ("BTC", "ETH"))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error", "hint"),
    [
        ("POST", "/accounts", {}, 400, "the body does not fit: Object missing required field `name`", "it takes: "),
        ("POST", "/accounts", {"name": ""}, 400, "an account cannot be called ''", '{"name": "alice"}'),
        ("POST", "/accounts", {"name": "default"}, 409, "there is an account 'default' already", "PATCH /_mock/"),
        ("POST", "/accounts", {"name": "x", "balances": {"BTC": 1}}, 400, "the body does not fit: Expected `str`", ""),
        ("POST", "/accounts", {"name": "x", "balances": {"BTC": ""}}, 400, "balances.BTC: '' is no decimal", "as text"),
        ("POST", "/accounts", {"name": "x", "balances": {"A": "-1"}}, 400, "balances.A is below zero", "zero or more"),
        ("POST", "/accounts", {"name": "x", "balances": {"A": "9" * 99}}, 400, "balances.A is more than", "at most"),
        ("POST", "/accounts", {"name": "x", "trade_group": 10**30}, 400, "the body does not fit: Expected `int`", ""),
        ("PATCH", "/accounts/defalt", {}, 404, "there is no account 'defalt'", "did you mean 'default'"),
        ("PATCH", "/accounts/default", {"balances": {"BTC": "1", "ETH": "x"}}, 400, "balances.ETH: 'x'", "as text"),
        ("PATCH", "/accounts/default", {"can_trade": 1}, 400, "the body does not fit: Expected `bool", "it takes"),
        ("POST", "/keys", {"account": "bob"}, 404, "there is no account 'bob'", "it takes: default"),
        ("POST", "/keys", {"key": "a b"}, 400, "the key's text is malformed", "128 visible ASCII"),
        ("POST", "/keys", {"key": EXAMPLE_PAIR.api_key}, 409, "the key is known already", "DELETE /_mock/keys"),
        ("POST", "/keys", {"public_key": ""}, 400, "this is no PEM public key", "PEM text"),
        ("POST", "/keys", {"public_key": "x", "secret": "y"}, 400, "a key has a secret or a public key", "leave one"),
        ("POST", "/keys", {"ips": ["10.0.0.0/99"]}, 400, "ips takes addresses and CIDR networks", "addresses"),
        ("POST", "/keys", {"permissions": ["ALL"]}, 400, "the body does not fit: Invalid enum value 'ALL'", ""),
        ("DELETE", "/keys/none", None, 404, "there is no such key", "GET /_mock/accounts lists"),
    ],
)
def test_account_refusals(
    control: Caller, method: str, path: str, body: Any, status: int, error: str, hint: str
) -> None:
    code, says, next_step = control.refused(method, path, body)
    assert code == status
    assert says.startswith(error)
    assert hint in next_step


def test_keys(control: Caller) -> None:
    made = control.ok("POST", "/keys", {"permissions": ["USER_DATA", "TRADE"], "ips": ["10.0.0.1"], "label": "mine"})
    assert made.pop("secret").isalnum()
    assert made == {
        "key": made["key"], "label": "mine", "account": "default", "type": "HMAC",
        "permissions": ["TRADE", "USER_DATA"], "ips": ["10.0.0.1"], "enabled": True,
    }  # fmt: skip
    assert control.ok("GET", "/accounts")["accounts"][0]["keys"][1] == made
    assert control.ok("DELETE", "/keys/mine") == {"removed": 1}
    assert control.ok("DELETE", f"/keys/{EXAMPLE_PAIR.api_key}") == {"removed": 1}
    assert control.ok("GET", "/accounts")["accounts"][0]["keys"] == []


def test_a_key_without_permissions_may_do_nothing(control: Caller) -> None:
    assert control.ok("POST", "/keys", {"permissions": []})["permissions"] == []
    assert len(control.ok("POST", "/keys", {})["permissions"]) == 4


def test_a_made_key_is_new_even_when_others_were_removed(control: Caller) -> None:
    first = control.ok("POST", "/keys", {})["key"]
    second = control.ok("POST", "/keys", {})["key"]
    control.ok("DELETE", f"/keys/{first}")
    third = control.ok("POST", "/keys", {})["key"]
    assert third != second


def test_a_secret_is_shown_once(control: Caller) -> None:
    secret = control.ok("POST", "/keys", {"secret": "kept well in here"})["secret"]
    assert secret == "kept well in here"
    assert secret not in str(control.state())
    assert EXAMPLE_PAIR.secret not in str(control.state())


# -- the market ------------------------------------------------------------------------------------------------------


def test_each_venue_has_states_of_its_own(control: Caller) -> None:
    """U-54."""
    for status in ("SETTLING", "PRE_SETTLE", "CLOSE", "TRADING"):
        assert control.ok("POST", "/market/usdm/BTCUSDT", {"status": status})["status"] == status
    assert control.refused("POST", "/market/usdm/BTCUSDT", {"status": "HALT"})[:2] == (400, "usdm has no status HALT")
    status, says, hint = control.refused("POST", "/market/spot/BTCUSDT", {"status": "SETTLING", "price": "60000"})
    assert (status, says) == (400, "spot has no status SETTLING")
    assert "HALT" in hint


def test_market(control: Caller) -> None:
    before = control.ok("GET", "/market/spot/BTCUSDT")
    assert (before["symbol"], before["status"], before["levels"]) == ("BTCUSDT", "TRADING", [25, 25])
    after = control.ok("POST", "/market/spot/BTCUSDT", {"price": "65000", "levels": 2, "status": "HALT"})
    assert after == control.ok("GET", "/market/spot/BTCUSDT")
    assert (after["last_price"], after["status"], after["levels"]) == ("65000.00000000", "HALT", [2, 2])
    empty = control.ok("POST", "/market/spot/BTCUSDT", {"levels": 0})
    assert {empty[name] for name in ("bid_price", "bid_qty", "ask_price", "ask_qty")} == {"0.00000000"}
    assert control.ok("POST", "/market/spot/BTCUSDT", {}) == empty


@pytest.mark.parametrize(
    ("path", "body", "status", "error", "hint"),
    [
        ("/market/spot/BTCUSD", {}, 404, "there is no symbol 'BTCUSD'", "did you mean 'BTCUSDT'?"),
        ("/market/margin/BTCUSDT", {}, 404, "there is no venue 'margin'", "the venues are spot, usdm, coinm"),
        ("/market/usdm/BTCUSD", {}, 404, "there is no symbol 'BTCUSD'", "did you mean 'BTCUSDT'"),
        ("/market/usdm/BTCUSDT", {"mark_price": "x"}, 400, "mark_price: 'x' is no decimal", "65000"),
        ("/market/usdm/BTCUSDT", {"index_price": "0"}, 400, "index_price is not above zero", '"index_price"'),
        ("/market/spot/BTCUSDT", {"mark_price": "1"}, 400, "spot has no mark prices", "for the venue usdm"),
        ("/market/spot/BTCUSDT", {"price": "dear"}, 400, "price: 'dear' is no decimal", '{"price": "65000"}'),
        ("/market/spot/BTCUSDT", {"price": 65000}, 400, "the body does not fit: Expected `str | null`", "price"),
        ("/market/spot/BTCUSDT", {"price": "0.001"}, 400, "BTCUSDT cannot trade at 0.00100000", "exchangeInfo"),
        ("/market/spot/BTCUSDT", {"price": "0", "status": "HALT"}, 400, "BTCUSDT cannot trade at 0.0", "exchangeInfo"),
        ("/market/spot/BTCUSDT", {"levels": -1}, 400, "levels is -1", "from 0 to 1000"),
        ("/market/spot/BTCUSDT", {"levels": 1001, "price": "5"}, 400, "levels is 1001", "from 0 to 1000"),
        ("/market/spot/BTCUSDT", {"status": "PAUSED"}, 400, "the body does not fit: Invalid enum value 'PAUSED'", ""),
        ("/market/feed", {"symbol": "X", "kind": "klines", "csv": ""}, 404, "there is no symbol 'X'", "it takes: "),
        ("/market/feed", {"symbol": "BTCUSDT", "kind": "ticks", "csv": ""}, 400, "the body does not fit: Invalid", ""),
        ("/market/feed", {"symbol": "BTCUSDT", "kind": "klines", "csv": ""}, 400, "csv: holds no rows", "nothing was"),
        (
            "/market/feed", {"symbol": "BTCUSDT", "kind": "klines", "csv": "1,2", "source": "a.csv"}, 400,
            "a.csv, line 1: ", "nothing was changed",
        ),
    ],
)  # fmt: skip
def test_market_refusals(control: Caller, path: str, body: Any, status: int, error: str, hint: str) -> None:
    before = control.ok("GET", "/market/spot/BTCUSDT")
    code, says, next_step = control.refused("POST", path, body)
    assert code == status
    assert says.startswith(error)
    assert hint in next_step
    assert control.ok("GET", "/market/spot/BTCUSDT") == before


def test_feed(control: Caller) -> None:
    control.ok("POST", "/clock", {"mode": "frozen", "now_ms": SAMPLE_END_MS})
    body = {"symbol": "BTCUSDT", "kind": "klines", "csv": "\n".join(sample_klines())}
    report = {"symbol": "BTCUSDT", "rows": 120, "first_ms": SAMPLE_START_MS, "last_ms": SAMPLE_END_MS - 1}
    assert control.ok("POST", "/market/feed", body) == report


# -- limits ----------------------------------------------------------------------------------------------------------


def test_limits(control: Caller) -> None:
    state = control.ok("GET", "/limits")
    assert set(state) == {"limits", "strikes", "addresses", "orders", "quotas"}
    changed = control.ok("PATCH", "/limits", {"kind": "ORDERS", "interval": "DAY", "limit": 3, "strikes": 0})
    assert changed == control.ok("GET", "/limits")
    assert {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 3} in changed["limits"]
    assert changed["strikes"] == 0
    added = control.ok("PATCH", "/limits", {"kind": "REQUEST_WEIGHT", "interval": "SECOND", "num": 5, "limit": 9})
    assert {"rateLimitType": "REQUEST_WEIGHT", "interval": "SECOND", "intervalNum": 5, "limit": 9} in added["limits"]
    banned = control.ok("PATCH", "/limits", {"ban_ip": "10.0.0.9", "ban_seconds": 5})
    (address,) = banned["addresses"]["ips"]
    assert (address["ip"], address["banned_until_ms"]) == ("10.0.0.9", NOW_MS + 5000)
    lifted = control.ok("PATCH", "/limits", {"unban_ip": "10.0.0.9"})
    assert all(each["banned_until_ms"] is None for each in lifted["addresses"]["ips"])


def test_limits_of_another_venue(control: Caller) -> None:
    spot = control.ok("GET", "/limits")
    state = control.ok("GET", "/limits", venue="usdm")
    assert {row["limit"] for row in state["limits"]} == {2400, 1200, 300}
    change = {"venue": "usdm", "kind": "REQUEST_WEIGHT", "interval": "MINUTE", "limit": 7}
    assert control.ok("PATCH", "/limits", change) == control.ok("GET", "/limits", venue="usdm") != state
    assert control.ok("GET", "/limits") == spot
    unknown = control.refused("GET", "/limits", venue="usd")
    assert unknown == control.refused("PATCH", "/limits", {"venue": "usd"})
    assert unknown[:2] == (404, "there is no venue 'usd'")
    assert "usdm" in unknown[2]


def test_quotas_are_shown_and_exhausted(control: Caller) -> None:
    """U-27."""
    assert control.ok("GET", "/limits")["quotas"] == []
    shown = {row["name"]: row for row in control.ok("GET", "/limits", venue="usdm")["quotas"]}
    assert shown["futures/data"] == {"name": "futures/data", "limit": 1000, "minutes": 5, "used": {}}
    changed = control.ok("PATCH", "/limits", {"venue": "usdm", "quota": "fundingRate", "limit": 0})
    assert {row["name"]: row["limit"] for row in changed["quotas"]} == {"futures/data": 1000, "fundingRate": 0}
    status, says, hint = control.refused("PATCH", "/limits", {"quota": "fundingRate", "limit": 0})
    assert (status, says, hint) == (404, "spot has no quota 'fundingRate'", "its quotas are none")


@pytest.mark.parametrize(
    ("body", "error", "hint"),
    [
        ({"limit": 5}, "a limit needs kind, interval and limit", '"kind": "REQUEST_WEIGHT"'),
        ({"kind": "ORDERS", "limit": 5}, "a limit needs kind, interval and limit", '"interval"'),
        ({"kind": "ORDERS", "interval": "DAY"}, "a limit needs kind, interval and limit", '"limit": 100'),
        ({"kind": "ORDERS", "interval": "DAY", "limit": -1}, "the body does not fit: Expected `int` >= 0", "limit"),
        ({"kind": "ORDERS", "interval": "DAY", "limit": 1, "num": 0}, "the body does not fit: Expected `int` >= 1", ""),
        ({"kind": "ORDERS", "interval": "DAY", "limit": 10**20}, "the body does not fit: Expected `int` <= ", ""),
        ({"kind": "ORDERS", "interval": "DAY", "limit": 1, "ban_ip": "me"}, "ban_ip is 'me'", "such as 127.0.0.1"),
        ({"ban_ip": "10.0.0.1", "ban_seconds": 0}, "the body does not fit: Expected `int` >= 1", "ban_seconds"),
        ({"strikes": 3, "unban_ip": "10.0.0"}, "unban_ip is '10.0.0'", "such as 127.0.0.1"),
        ({"strikes": -1}, "the body does not fit: Expected `int` >= 0", "strikes"),
        ({"venue": "usdm", "quota": "fundingRate"}, "a quota has a limit and nothing else", '"limit": 0'),
        ({"venue": "usdm", "quota": "fundingRate", "limit": 1, "strikes": 1}, "a quota has a limit", '"limit": 0'),
    ],
)
def test_limit_refusals(control: Caller, body: Any, error: str, hint: str) -> None:
    status, says, next_step = control.refused("PATCH", "/limits", body)
    assert status == 400
    assert says.startswith(error)
    assert hint in next_step


# -- the journal -----------------------------------------------------------------------------------------------------


def test_one_entry_of_the_journal(control: Caller) -> None:
    """The whole entry, word by word: others parse it."""
    get(control, "/api/v3/klines", b"symbol=BTCUSDT&interval=1x", **{"user-agent": b"bot"})
    assert control.ok("GET", "/requests") == {
        "requests": [
            {
                "seq": 1,
                "time": NOW_MS,
                "venue": "spot",
                "method": "GET",
                "path": "/api/v3/klines",
                "query": "symbol=BTCUSDT&interval=1x",
                "body": "",
                "client": "127.0.0.1",
                "key": "",
                "account": "",
                "status": 400,
                "code": -1120,
                "msg": "Invalid interval.",
                "verdict": "refused",
                "weight": 2,
                "executed": False,
                "orders": 0,
                "fault": "",
                "why": "",
                "diagnosis": None,
            }
        ]
    }


def test_journal(control: Caller) -> None:
    for path in ("/api/v3/ping", "/api/v3/time", "/nowhere"):
        get(control, path)
    assert [row["path"] for row in control.ok("GET", "/requests", status="200")["requests"]] == [
        "/api/v3/ping",
        "/api/v3/time",
    ]
    assert [row["seq"] for row in control.ok("GET", "/requests", limit="2", path="/*")["requests"]] == [2, 3]
    assert control.ok("DELETE", "/requests") == {"removed": 3}
    assert control.ok("GET", "/requests") == {"requests": []}


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("verdict", "Accepted", "it is one of pending, accepted, refused, fault, crashed"),
        ("status", "2xx", "send a whole number"),
        ("status", "²", "send a whole number"),
        ("code", "-", "send a whole number"),
        ("since", "-1", "send a whole number"),
        ("limit", "", "send a whole number"),
        ("limit", "9" * 5000, "send a whole number"),
    ],
)
def test_journal_refusals(control: Caller, name: str, text: str, hint: str) -> None:
    status, error, next_step = control.refused("GET", "/requests", None, **{name: text})
    assert status == 400
    assert repr(text) in error
    assert next_step == hint


# -- explaining ------------------------------------------------------------------------------------------------------


def test_explain(control: Caller) -> None:
    answer = control.ok("POST", "/explain", {"target": "/api/v3/account?timestamp=1&signature=aa"})
    assert set(answer) == {"verdict", "key", "timing", "diagnosis"}
    assert answer["verdict"] == "refused"
    assert answer["diagnosis"]["advice"]
    assert control.ok("GET", "/requests") == {"requests": []}


@pytest.mark.parametrize(
    ("body", "error", "hint"),
    [
        ({}, "the body does not fit: Object missing required field `target`", "it takes: world, method, target"),
        ({"target": ""}, "the target is ''", "send the path with its query, without the host"),
        ({"target": "http://x/api"}, "the target is 'http://x/api'", "without the host"),
        ({"target": "/", "headers": {"a": 1}}, "the body does not fit: Expected `str`", ""),
    ],
)
def test_explain_refusals(control: Caller, body: Any, error: str, hint: str) -> None:
    status, says, next_step = control.refused("POST", "/explain", body)
    assert status == 400
    assert says.startswith(error)
    assert hint in next_step


def test_a_label_of_two_keys_does_not_name_one(control: Caller) -> None:
    for _ in range(2):
        control.ok("POST", "/keys", {"label": "twin"})
    assert control.call("DELETE", "/keys/twin")[0] == 409
    assert len([key for key in control.world.keys if key.label == "twin"]) == 2


def test_an_empty_secret_is_refused(control: Caller) -> None:
    assert control.call("POST", "/keys", {"secret": ""}) == (
        400,
        {"error": "the secret is empty", "hint": "leave it out to have one made"},
    )


def test_a_call_without_security_needs_no_explanation(control: Caller) -> None:
    answer = control.ok("POST", "/explain", {"target": "/api/v3/ping"})
    assert (answer["verdict"], answer["diagnosis"]["cause"]) == ("ok", "signature-not-needed")


# -- wallets of futures ----------------------------------------------------------------------------------------------


def test_wallets_of_futures_are_set_and_shown(control: Caller) -> None:
    control.ok("POST", "/accounts", {"name": "carol", "usdm_balances": {"USDT": "12.5"}})
    changed = control.ok("PATCH", "/accounts/carol", {"usdm_balances": {"USDT": "0", "BNB": "3"}})
    assert changed["usdm_balances"] == {"BNB": "3.00000000"}
    rows = {row["name"]: row["usdm_balances"] for row in control.ok("GET", "/accounts")["accounts"]}
    assert rows["carol"] == {"BNB": "3.00000000"}
    assert rows["default"]["USDT"] == "100000.00000000"
