"""Several accounts in one world of European options, and the shapes of what the market makers' tools answer."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any, Final

from tests.mock_server.spot_client import Reply, encode, frozen_world
from tests.mock_server.venues.options.options_client import CALL, OptionsClient
from tests.mock_server.venues.shapes import differences

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import ApiKey
from binance_mock.venues.options.accounts import ASSET, OptionsAccount
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.world import AccountSettings, World, WorldSettings

SHAPES: Final = json.loads(Path(__file__).with_name("maker_shapes.json").read_text(encoding="utf-8"))


class Maker(OptionsClient):
    """An account that calls a world.

    Args:
        world: the world; one whose clock stands still by default.
        name: the account; one that is not there yet is opened, with a million USDT.
    """

    def __init__(self, world: World | None = None, name: str = "default") -> None:
        super().__init__(world)
        self.name = name
        self.key, self.secret = EXAMPLE_PAIR.api_key, EXAMPLE_PAIR.secret
        if name != "default":
            self.key, self.secret = name * 8, "s" * 64
            if name not in self.venue.accounts:
                purse = {"options": {ASSET: 1_000_000 * SCALE}}
                self.world.open_account(AccountSettings(name=name, balances={}, wallets=purse))
                self.world.keys.add(ApiKey.hmac(self.key, self.secret, label=name, account=name))

    @property
    def own(self) -> OptionsAccount:
        return self.venue.accounts[self.name]

    def ask(self, verb: str, path: str, **params: object) -> Reply:
        sent = {name: value for name, value in params.items() if value is not None}
        sent.setdefault("timestamp", self.now // 1000)
        sent["signature"] = hmac.new(self.secret.encode(), encode(sent), hashlib.sha256).hexdigest()
        return self.keyed(path, self.key, verb=verb, **sent)

    def quote(self, side: str, price: int | str, quantity: int | str = 1, symbol: str = CALL, **more: object) -> Reply:
        """Place an order that protection watches, at a price in whole units."""
        return self.ask(
            "POST", "order", symbol=symbol, side=side, type="LIMIT", quantity=quantity, price=price,
            **{"isMmp": "true", **more},
        )  # fmt: skip

    def open(self, symbol: str | None = None) -> list[Any]:
        """Its open orders."""
        rows: list[Any] = self.get("openOrders", symbol=symbol)
        return rows

    def status(self, row: Any) -> object:
        """The state of an order."""
        return self.get("order", symbol=row["symbol"], orderId=row["orderId"])["status"]


def maker(**settings: Any) -> Maker:
    """The first account of a fresh world with these settings of the venue."""
    return Maker(frozen_world(WorldSettings(options=OptionsSettings(**settings))))


def wrong(call: str, answer: Any) -> list[str]:
    """How an answer differs from the shape of its call, `POST mmpSet` and the like."""
    verb, path = call.split(" ")
    return differences(SHAPES[f"{verb} /eapi/v1/{path}"]["answer"], answer)
