"""A client of the spot venue that calls a world's gate in process, and the worlds that the tests call.

It signs with the standard library alone, so that the product's own signing code is held against something else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from binance_fixtures.signing import EXAMPLE_PAIR, KeyPair
from binance_mock.engine.units import SCALE
from binance_mock.gate.gate import Held
from binance_mock.gate.journal import Entry
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.request import Request, Response
from binance_mock.world import STANDARD_SETTINGS, Blueprint, World, WorldSettings

NOW: Final = 1_700_000_000_123_456
"""Microseconds; 2023-11-14T22:13:20.123456Z, right after the start of a 10 s window, 20 s into a minute."""

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND

BLUEPRINT: Final = Blueprint.standard()

Params = Mapping[str, object] | Iterable[tuple[str, object]]


def frozen_world(settings: WorldSettings = STANDARD_SETTINGS, blueprint: Blueprint = BLUEPRINT, at: int = NOW) -> World:
    """A fresh world whose clock stands still."""
    world = World(blueprint, settings)
    world.clock.freeze(at)
    return world


def few_symbols(*names: str) -> Blueprint:
    """The standard blueprint with these symbols alone."""
    symbols = {name: BLUEPRINT.symbols[name] for name in names}
    return Blueprint(symbols, BLUEPRINT.routes, BLUEPRINT.limits)


class Reply(NamedTuple):
    """What came back: `json` is None for a body that is no JSON."""

    status: int
    json: Any
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> int:
        """Binance's error code, 0 for a success."""
        return self.json["code"] if self.status >= 400 and self.json is not None else 0

    @property
    def msg(self) -> str:
        return str(self.json["msg"])

    @property
    def refusal(self) -> tuple[int, int]:
        """Status and code, what most tests of a refusal compare."""
        return self.status, self.code

    def ok(self) -> Any:
        """The answer, which has to be a success."""
        assert self.status == 200, (self.status, self.body)
        return self.json


def read(response: Response) -> Reply:
    """A response as a client reads it."""
    headers: dict[str, str] = {}
    for name, value in response.headers:
        assert name.decode() not in headers, f"{name!r} twice"
        headers[name.decode()] = value.decode()
    parsed = json.loads(response.body) if headers.get("content-type", "").startswith("application/json") else None
    return Reply(response.status, parsed, headers, response.body)


def sign(secret: str, payload: bytes) -> str:
    """HMAC SHA-256 in hex (S-27)."""
    return hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()


def encode(params: Params) -> bytes:
    """Parameters as they stand in a query or form; those that are None are left out."""
    pairs = params.items() if isinstance(params, Mapping) else params
    return urlencode([(name, value) for name, value in pairs if value is not None]).encode()


class SpotClient:
    """Calls one world with one key.

    Args:
        world: whom to call.
        pair: key and secret.
        ip: the address that the calls come from.
        place: where parameters of POST, PUT and DELETE go: "query" or "body".
    """

    def __init__(self, world: World, pair: KeyPair = EXAMPLE_PAIR, ip: str = "127.0.0.1", place: str = "query") -> None:
        self.world = world
        self.pair = pair
        self.ip = ip
        self.place = place

    def send(self, request: Request, now: int | None = None) -> Reply:
        """Let the gate answer a request that it need not hold."""
        return read(self.respond(request, now))

    def respond(self, request: Request, now: int | None = None) -> Response:
        """The response as the gate gave it, to a request that it need not hold."""
        response = self.hold(request, now)
        assert isinstance(response, Response), "the request was held"
        return response

    def hold(self, request: Request, now: int | None = None) -> Response | Held:
        """Give a request to the gate, which may hold it."""
        return self.world.gate.handle(request, self.world.clock.now() if now is None else now)

    def public(self, path: str, headers: Mapping[bytes, bytes] | None = None, /, **params: object) -> Reply:
        """GET without a key."""
        return self.send(Request("GET", f"/api/v3/{path}", encode(params), b"", headers, self.ip))

    def get(self, path: str, **params: object) -> Reply:
        return self.send(self.request("GET", path, params))

    def post(self, path: str, **params: object) -> Reply:
        return self.send(self.request("POST", path, params))

    def delete(self, path: str, **params: object) -> Reply:
        return self.send(self.request("DELETE", path, params))

    def request(
        self,
        method: str,
        path: str,
        params: Params,
        *,
        headers: Mapping[bytes, bytes] | None = None,
        place: str | None = None,
        timestamp: object = "now",
    ) -> Request:
        """A signed request.

        Args:
            method: the verb.
            path: below `/api/v3/`.
            params: what is sent beside timestamp and signature.
            headers: what is sent beside the key.
            place: as for the client.
            timestamp: milliseconds of the world's clock unless given; None sends none.
        """
        pairs = list(params.items() if isinstance(params, Mapping) else params)
        if timestamp == "now":
            timestamp = self.world.clock.now() // 1000
        text = encode([*pairs, ("timestamp", timestamp)])
        return self.signed(method, f"/api/v3/{path}", text, headers=headers, place=place)

    def signed(
        self,
        method: str,
        path: str,
        text: bytes,
        *,
        headers: Mapping[bytes, bytes] | None = None,
        place: str | None = None,
    ) -> Request:
        """A request with this query or form, and its signature as last parameter."""
        full = text + (b"&" if text else b"") + b"signature=" + sign(self.pair.secret, text).encode()
        in_body = method != "GET" and (place or self.place) == "body"
        head = {b"x-mbx-apikey": self.pair.api_key.encode(), **(headers or {})}
        return Request(method, path, b"" if in_body else full, full if in_body else b"", head, self.ip)

    # -- what tests often do -------------------------------------------------------------------------------------

    def order(
        self, side: str = "BUY", type: str = "LIMIT", quantity: object = "0.01", price: object = "70000", **more: object
    ) -> Reply:
        """Place an order on BTCUSDT; a LIMIT order rests unless the price says otherwise."""
        params: dict[str, object] = {"symbol": "BTCUSDT", "side": side, "type": type, "quantity": quantity}
        if type.endswith("LIMIT"):
            params["timeInForce"] = "GTC"
        if "LIMIT" in type:
            params["price"] = price
        params.update(more)
        return self.post("order", **params)

    def balance(self, asset: str) -> tuple[str, str]:
        """Free and locked, as the account shows them."""
        rows = {row["asset"]: (row["free"], row["locked"]) for row in self.get("account").ok()["balances"]}
        return rows[asset]

    def journal(self) -> Entry:
        """The newest entry of the journal."""
        return self.world.journal.last


def open_client(
    world: World, name: str, *, trade_group: int = -1, ip: str = "127.0.0.1", **balances: int
) -> SpotClient:
    """A client of an account of its own, with balances in whole units."""
    pair = KeyPair(name.ljust(64, "k"), name.ljust(64, "s"))
    world.spot.open_account(
        name, {asset: amount * SCALE for asset, amount in balances.items()}, trade_group=trade_group
    )
    world.keys.add(ApiKey.hmac(pair.api_key, pair.secret, label=name, account=name))
    return SpotClient(world, pair, ip)


def units(text: str) -> int:
    """A decimal of an answer as a whole number of 10^-8."""
    sign_, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, decimals = digits.split(".")
    assert len(decimals) == 8, text
    return sign_ * int(whole + decimals)
