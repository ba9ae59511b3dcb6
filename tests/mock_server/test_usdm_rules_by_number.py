"""One short test each for rules of USDⓈ-M futures that no other file holds as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import pytest
from tests.mock_server.face.test_accounts import ed25519_pair, rsa_pair
from tests.mock_server.spot_client import NOW, Reply, encode, frozen_world, read, sign
from tests.mock_server.venues.usdm.test_trade import BTC, Trader, refusal

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.units import SCALE
from binance_mock.gate.gate import Settings
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.request import Request, Response
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.world import World, WorldSettings
from binance_mock.world_settings import AccountSettings

ORDER: Final = "/fapi/v1/order"
FORM: Final = b"application/x-www-form-urlencoded"
KEY: Final = {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
LIMIT: Final = {
    "symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "79000",
    "timestamp": NOW // 1000,
}  # fmt: skip
BAD_SIGNATURE: Final = (400, -1022, "Signature for this request is not valid.")


def send(
    world: World, query: bytes = b"", body: bytes = b"", headers: Mapping[bytes, bytes] = KEY, method: str = "POST",
    path: str = ORDER,
) -> Reply:  # fmt: skip
    """The gate's answer to these very bytes."""
    response = world.handle(Request(method, path, query, body, headers))
    assert isinstance(response, Response)
    return read(response)


def signature(payload: bytes) -> bytes:
    return b"signature=" + sign(EXAMPLE_PAIR.secret, payload).encode()


def open_orders(world: World) -> list[Any]:
    rows: list[Any] = Trader(world).ask("GET", "openOrders").ok()
    return rows


# -- transport -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("in_body", range(len(LIMIT) + 1))
def test_parameters_come_in_query_and_body_in_any_order(in_body: int, backwards: bool) -> None:
    """U-2, U-11: signed is one behind the other with nothing between them."""
    world = frozen_world()
    pairs = list(LIMIT.items())[:: -1 if backwards else 1]
    query, body = encode(pairs[in_body:]), encode(pairs[:in_body])
    signed = signature(query + body)
    send(world, query, (body + b"&" if body else b"") + signed).ok()
    assert len(open_orders(world)) == 1


def test_the_query_wins_over_the_body() -> None:
    """U-2; a GET has no body."""
    world = frozen_world()
    query, body = encode(LIMIT), b"price=70000&quantity=5"
    row = send(world, query, body + b"&" + signature(query + body)).ok()
    assert (row["price"], row["origQty"]) == ("79000.00", "0.010")
    asked = encode({"symbol": BTC, "orderId": row["orderId"], "timestamp": NOW // 1000})
    assert refusal(send(world, b"", asked + b"&" + signature(asked), method="GET")) == (
        400, -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
    )  # fmt: skip


@pytest.mark.parametrize("as_json", [False, True])
def test_a_json_body_is_not_read(as_json: bool) -> None:
    """U-3: nor is anything else that says it is JSON."""
    query = encode(LIMIT)
    body = query + b"&" + signature(query)
    if as_json:
        body = json.dumps({**LIMIT, "signature": sign(EXAMPLE_PAIR.secret, query)}).encode()
    reply = send(frozen_world(), b"", body, {**KEY, b"content-type": b"application/json"})
    missing = "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed."
    assert refusal(reply) == (400, -1102, missing)
    send(frozen_world(), b"", query + b"&" + signature(query), {**KEY, b"content-type": FORM}).ok()


def test_symbols_may_have_letters_of_any_script() -> None:
    """U-7: encoded on their way in, and as they are on their way out."""
    trader = Trader()
    name = "币安人生USDT"
    row = trader.order(price=None, symbol=name, quantity="1000").ok()
    assert row["symbol"] == name
    query = encode({"symbol": name, "limit": 5})
    assert quote(name).encode() in query
    reply = send(trader.world, query, headers={}, method="GET", path="/fapi/v1/trades")
    assert reply.status == 200
    everything = send(trader.world, headers={}, method="GET", path="/fapi/v1/exchangeInfo")
    assert name.encode() in everything.body
    for unknown, code in (("人生USDT", -1121), ("BTC/USDT", -1100)):
        assert refusal(trader.ask("GET", "openOrders", symbol=unknown))[:2] == (400, code)


@pytest.mark.parametrize("word", ["true", "True", "TRUE", "false"])
def test_flags_are_words(word: str) -> None:
    """U-8: in any letter case."""
    trader = Trader()
    trader.order(price=None, quantity="0.020").ok()
    row = trader.order("SELL", "0.010", "82000", reduceOnly=word).ok()
    assert row["reduceOnly"] is (word.lower() == "true")
    for wrong in ("1", "yes"):
        assert refusal(trader.order("SELL", "0.010", "82000", reduceOnly=wrong))[:2] == (400, -1100)


def test_coin_margined_contracts_are_elsewhere() -> None:
    """U-9: the fields that came with them are left out."""
    trader = Trader()
    assert refusal(trader.ask("GET", "openOrders", symbol="BTCUSD_PERP"))[:2] == (400, -1121)
    trader.order().ok()
    (row,) = trader.ask("GET", "allOrders", symbol=BTC).ok()
    assert not {"st", "ps", "pair", "cumBase"} & row.keys()


# -- signing and timing ----------------------------------------------------------------------------------------------


def test_the_place_of_the_signature() -> None:
    """U-11: anywhere, unless the setting asks for the last place."""
    query = encode(LIMIT)
    first = signature(query) + b"&" + query
    send(frozen_world(), first).ok()
    strict = frozen_world(WorldSettings(gate=Settings(signature_last=True)))
    assert refusal(send(strict, first)) == BAD_SIGNATURE
    send(strict, query + b"&" + signature(query)).ok()


def test_an_ampersand_between_the_parts_is_not_signed() -> None:
    """U-11."""
    pairs = list(LIMIT.items())
    query, body = encode(pairs[:3]), encode(pairs[3:])
    wrong = signature(query + b"&" + body)
    assert refusal(send(frozen_world(), query, body + b"&" + wrong)) == BAD_SIGNATURE


def test_hex_of_either_case() -> None:
    """U-12."""
    query = encode(LIMIT)
    send(frozen_world(), query + b"&signature=" + sign(EXAMPLE_PAIR.secret, query).upper().encode()).ok()


@pytest.mark.parametrize("make", [rsa_pair, ed25519_pair])
def test_keys_of_other_types(make: Callable[[], tuple[str, Callable[[str], str]]]) -> None:
    """U-12: base64, percent-encoded."""
    public, signs = make()
    world = frozen_world()
    world.keys.add(ApiKey.asymmetric("k" * 64, public, account="default"))
    query, headers = encode(LIMIT), {b"x-mbx-apikey": b"k" * 64}
    send(world, query + b"&signature=" + quote(signs(query.decode()), safe="").encode(), headers=headers).ok()
    wrong = quote(signs(query.decode() + "0"), safe="").encode()
    assert refusal(send(world, query + b"&signature=" + wrong, headers=headers)) == BAD_SIGNATURE


@pytest.mark.parametrize(("legacy", "decoded"), [(False, 400), (True, 200)])
def test_the_bytes_on_the_wire_are_signed(legacy: bool, decoded: int) -> None:
    """U-13: the setting accepts the text before it was encoded, too."""
    query = encode({**LIMIT, "newClientOrderId": "a:b/c"})
    assert b"%3A" in query
    settings = WorldSettings(gate=Settings(legacy_encoding=legacy))
    send(frozen_world(settings), query + b"&" + signature(query)).ok()
    before = query.replace(b"%3A", b":").replace(b"%2F", b"/")
    assert send(frozen_world(settings), query + b"&" + signature(before)).status == decoded
    send(frozen_world(settings), before + b"&" + signature(before)).ok()


OLD: Final = "Timestamp for this request is outside of the recvWindow."
AHEAD: Final = "Timestamp for this request was 1000ms ahead of the server's time."


@pytest.mark.parametrize(
    ("age_ms", "window", "msg"),
    [
        (0, None, None), (5000, None, None), (5001, None, OLD), (1, "1", None), (2, "1", OLD), (-999, None, None),
        (-1000, None, AHEAD), (90_000, "9999999", None), (10_000_000, "9999999", OLD),
    ],
)  # fmt: skip
def test_the_age_of_a_request(age_ms: int, window: str | None, msg: str | None) -> None:
    """U-16, U-17: any recvWindow is taken."""
    world = frozen_world(at=NOW // 1000 * 1000)
    query = encode({**LIMIT, "timestamp": NOW // 1000 - age_ms, "recvWindow": window})
    reply = send(world, query + b"&" + signature(query))
    if msg is None:
        reply.ok()
    else:
        assert refusal(reply) == (400, -1021, msg)


def test_the_order_of_the_checks() -> None:
    """U-18: whatever is mended, the next thing shows."""
    world = frozen_world()
    sent: dict[str, object] = {**LIMIT, "timestamp": NOW // 1000 - 9000, "side": "LONG", "price": "1"}
    bad_key = {b"x-mbx-apikey": b"k" * 64}

    def code(headers: Mapping[bytes, bytes] = KEY, *, signed: bool = True) -> int:
        query = encode(sent)
        good = signature(query) if signed else b"signature=" + b"0" * 64
        return send(world, query + b"&" + good, headers=headers).code

    assert (code({}), code(bad_key, signed=False), code(signed=False)) == (-2014, -2015, -1021)
    sent["timestamp"] = NOW // 1000
    assert (code(signed=False), code()) == (-1022, -1117)
    sent["side"] = "BUY"
    assert code() == -4013


def test_the_used_weight_is_right_everywhere() -> None:
    """U-28."""
    world, used = frozen_world(), 0
    calls = (("/fapi/v1/ticker/bookTicker", 2), ("/fapi/v2/ticker/price", 1), ("/fapi/v1/depth", 10))
    for path, weight in calls:
        reply = send(world, f"symbol={BTC}".encode(), headers={}, method="GET", path=path)
        used += weight
        assert reply.headers["x-mbx-used-weight-1m"] == str(used)


# -- orders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"selfTradePreventionMode": "DECREMENT"}, -5039),
        ({"selfTradePreventionMode": "none"}, -5039),
        ({"workingType": "LAST_PRICE"}, -4031),
    ],
)
def test_words_that_are_not_known(changes: Mapping[str, str], code: int) -> None:
    """U-39."""
    assert refusal(Trader().order(**changes))[:2] == (400, code)


@pytest.mark.parametrize(("price", "kind"), [(None, "MARKET"), ("79000", "LIMIT")])
def test_what_was_asked_for_is_what_runs(price: str | None, kind: str) -> None:
    """U-50: of an ordinary order; MARKET is shown as GTC."""
    row = Trader().order(price=price).ok()
    assert (row["type"], row["origType"], row["timeInForce"]) == (kind, kind, "GTC")


def test_stops_as_ordinary_orders() -> None:
    """U-47, U-46: by the setting, under the names that they had; they stand among the ordinary orders and fire."""
    stop = {"type": "STOP_MARKET", "stopPrice": "78000", "timeInForce": ""}
    assert refusal(Trader().order("SELL", price=None, **stop))[:2] == (400, -4120)
    trader = Trader(frozen_world(WorldSettings(usdm=UsdmSettings(legacy_conditional_orders=True))))
    trader.order(price=None).ok()
    row = trader.order("SELL", price=None, newClientOrderId="mine", **stop).ok()
    assert (row["status"], row["type"], row["origType"], row["stopPrice"]) == (
        "NEW", "STOP_MARKET", "STOP_MARKET", "78000.00",
    )  # fmt: skip
    assert [order["clientOrderId"] for order in open_orders(trader.world)] == ["mine"]
    trader.set_price(77_900)
    asked = {"symbol": BTC, "origClientOrderId": "mine"}
    fired = trader.ask("GET", "order", **asked).ok()
    assert (fired["status"], fired["type"], fired["origType"]) == ("FILLED", "MARKET", "STOP_MARKET")
    assert fired["orderId"] == row["orderId"]
    assert trader.position == 0


@pytest.mark.parametrize(("rate", "code"), [("0.1", 0), ("5", 0), ("5.1", -1130)])
def test_trailing_stops_as_ordinary_orders(rate: str, code: int) -> None:
    """U-47: with activationPrice, and a rate up to 5."""
    trader = Trader(frozen_world(WorldSettings(usdm=UsdmSettings(legacy_conditional_orders=True))))
    kind = {"type": "TRAILING_STOP_MARKET", "activationPrice": "82000", "callbackRate": rate}
    assert trader.order("SELL", price=None, **kind).code == code


def test_what_is_not_filled_at_once_expires() -> None:
    """U-55, U-60: of IOC and of MARKET; what was filled stays."""
    trader = Trader()
    trader.venue.accounts["default"].money.free["USDT"] = 10**9 * SCALE
    quantities = [level.qty for level in trader.venue.market(BTC, NOW).book.asks]
    price = f"{best_ask(trader):.2f}"
    for there, limit in ((quantities[0], price), (sum(quantities[1:]), None)):
        more = {"timeInForce": "IOC"} if limit else {}
        row = trader.order("BUY", f"{there / SCALE + 1:.3f}", limit, newOrderRespType="RESULT", **more).ok()
        assert (row["status"], row["executedQty"]) == ("EXPIRED", f"{there / SCALE:.3f}")
    assert refusal(trader.order("BUY", "0.010", None))[:2] == (400, -4131)
    assert open_orders(trader.world) == []


def best_ask(trader: Trader) -> float:
    best = trader.venue.market(BTC, NOW).book.asks.best
    assert best is not None
    return best.price / SCALE


def test_no_symbol_takes_orders_of_retail_price_improvement() -> None:
    """U-58."""
    trader = Trader()
    assert refusal(trader.order(timeInForce="RPI")) == (400, -1115, "Invalid timeInForce.")
    for row in send(trader.world, headers={}, method="GET", path="/fapi/v1/exchangeInfo").ok()["symbols"]:
        assert "RPI" not in row["timeInForce"]


@pytest.mark.parametrize(
    ("mode", "taker", "maker", "filled"),
    [
        (None, "FILLED", "EXPIRED_IN_MATCH", 2000),
        ("EXPIRE_MAKER", "FILLED", "EXPIRED_IN_MATCH", 2000),
        ("EXPIRE_TAKER", "EXPIRED_IN_MATCH", "NEW", 0),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH", 0),
        ("NONE", "FILLED", "FILLED", 2000),
    ],
)
@pytest.mark.parametrize("tif", ["GTC", "GTD", "IOC"])
def test_orders_of_one_account_do_not_meet(mode: str | None, taker: str, maker: str, filled: int, tif: str) -> None:
    """U-63, U-64: the taker's mode decides, EXPIRE_MAKER unless it says so; what it filled before stays.

    The taker buys the best level, then meets its owner's order of 1.000, and 1.000 of the next level behind it.
    """
    trader = Trader()
    trader.venue.accounts["default"].money.free["USDT"] = 10**9 * SCALE
    first, second = list(trader.venue.market(BTC, NOW).book.asks)[:2]
    before, last = first.qty, f"{second.price / SCALE:.2f}"
    own = trader.order("SELL", "1.000", f"{first.price / SCALE:.2f}", selfTradePreventionMode="NONE").ok()
    more: dict[str, object] = {} if mode is None else {"selfTradePreventionMode": mode}
    if tif == "GTD":
        more["goodTillDate"] = NOW // 1000 + 700_000
    wanted = f"{before / SCALE + 2:.3f}"
    row = trader.order("BUY", wanted, last, timeInForce=tif, newOrderRespType="RESULT", **more).ok()
    assert (row["status"], row["selfTradePreventionMode"]) == (taker, mode or "EXPIRE_MAKER")
    assert row["executedQty"] == f"{before / SCALE + filled / 1000:.3f}"
    assert trader.ask("GET", "order", symbol=BTC, orderId=own["orderId"]).ok()["status"] == maker


@pytest.mark.parametrize(("group", "taker", "maker"), [(7, "NEW", "EXPIRED_IN_MATCH"), (-1, "FILLED", "FILLED")])
def test_accounts_of_one_group_do_not_meet(group: int, taker: str, maker: str) -> None:
    """U-65; -1 is no group."""
    accounts = tuple(
        AccountSettings(name=name, balances={}, wallets={"usdm": {"USDT": 100_000 * SCALE}}, trade_group=group)
        for name in ("default", "other")
    )
    key = ApiKey.hmac(*EXAMPLE_PAIR, label="example", account="default")
    trader = Trader(frozen_world(WorldSettings(accounts=accounts, keys=(key,), usdm=UsdmSettings(levels=0))))
    assert trader.ask("GET", "accountConfig").ok()["tradeGroupId"] == group
    asked = trader.order("SELL", "0.010", "80000").ok()
    trader.world.keys.add(key.changed(account="other"), replace=True)
    row = trader.order("BUY", "0.010", "80000", newOrderRespType="RESULT").ok()
    trader.world.keys.add(key, replace=True)
    assert row["status"] == taker
    assert trader.ask("GET", "order", symbol=BTC, orderId=asked["orderId"]).ok()["status"] == maker


def test_the_states_of_an_order() -> None:
    """U-128: what is refused leaves none."""
    trader = Trader()
    resting = trader.order().ok()
    assert resting["status"] == "NEW"
    assert trader.order(price="79000.05").status == 400
    asked = {"symbol": BTC, "orderId": resting["orderId"]}
    assert trader.ask("DELETE", "order", **asked).ok()["status"] == "CANCELED"
    trader.order(price=None).ok()
    trader.order(timeInForce="IOC").ok()
    statuses = [row["status"] for row in trader.ask("GET", "allOrders", symbol=BTC).ok()]
    assert statuses == ["CANCELED", "FILLED", "EXPIRED"]


def test_fills_do_not_lower_the_count_of_orders() -> None:
    """U-20: it counts orders, not those that are unfilled."""
    trader = Trader()
    for number in range(1, 4):
        reply = trader.order(price=None)
        assert reply.headers["x-mbx-order-count-10s"] == str(number)
