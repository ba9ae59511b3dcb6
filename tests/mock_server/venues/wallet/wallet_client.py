"""A client of `/sapi` that calls a world's gate in process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.mock_server.spot_client import Reply, SpotClient, encode, frozen_world
from tests.mock_server.venues.shapes import differences

from binance_fixtures.signing import EXAMPLE_PAIR, KeyPair
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.request import Request
from binance_mock.venues.wallet.venue import WalletVenue
from binance_mock.world import World

SHAPES: Final[dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).with_name("shapes.json").read_text(encoding="utf-8")
)["answers"]
"""The shape of every answer, by call and variant."""


class WalletClient(SpotClient):
    """Calls one world with one key.

    Args:
        world: whom to call; one whose clock stands still by default.
        pair: key and secret.
        ip: the address that the calls come from.
    """

    def __init__(self, world: World | None = None, pair: KeyPair = EXAMPLE_PAIR, ip: str = "127.0.0.1") -> None:
        super().__init__(world if world is not None else frozen_world(), pair, ip)

    @property
    def wallet(self) -> WalletVenue:
        venue: WalletVenue = self.world.venues["sapi"]
        return venue

    def ask(self, call: str, params: Mapping[str, object] | None = None, /, **more: object) -> Reply:
        """A signed call, such as `GET account/status`; a path without a slash in front is below `/sapi/v1/`."""
        method, path = full(call)
        text = encode({**(params or {}), **more, "timestamp": self.world.clock.now() // 1000})
        return self.send(self.signed(method, path, text))

    def keyed(self, call: str, params: Mapping[str, object] | None = None, /, **more: object) -> Reply:
        """A call with the key alone."""
        method, path = full(call)
        headers = {b"x-mbx-apikey": self.pair.api_key.encode()}
        return self.send(Request(method, path, encode({**(params or {}), **more}), b"", headers, self.ip))

    def bare(self, call: str, /, **params: object) -> Reply:
        """A call without a key."""
        method, path = full(call)
        return self.send(Request(method, path, encode(params), b"", None, self.ip))

    def margin_order(self, side: str = "BUY", price: object = "70000", **more: object) -> Reply:
        """A limit order on BTCUSDT; it rests unless the price says otherwise."""
        order = {"symbol": "BTCUSDT", "side": side, "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
        return self.ask("POST margin/order", {**order, "price": price, **more})

    def with_key(self, label: str, **grants: Any) -> WalletClient:
        """A client of the same account with another key."""
        pair = KeyPair(label.ljust(64, "k"), label.ljust(64, "s"))
        self.world.keys.add(ApiKey.hmac(pair.api_key, pair.secret, label=label, **grants))
        return WalletClient(self.world, pair, self.ip)


def full(call: str) -> tuple[str, str]:
    """Verb and whole path of a call."""
    method, path = call.split(" ")
    return method, path if path.startswith("/") else f"/sapi/v1/{path}"


def wrong(call: str, value: Any, variant: str = "answer") -> list[str]:
    """What is wrong with the shape of an answer."""
    return differences(SHAPES[" ".join(full(call))][variant], value)
