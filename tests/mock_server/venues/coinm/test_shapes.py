"""Every answer of COIN-M futures has the fields of the API's documentation and no others, and weighs what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.coinm.coinm_client import ETH, PAIR, PERP, QUARTER, CoinmClient
from tests.mock_server.venues.shapes import Shapes

from binance_mock.venues.coinm.endpoints import ENDPOINTS

_DATA: Final = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))
SHAPES: Final = Shapes(_DATA)
BEYOND: Final = {"GET /dapi/v1/leverageBracket", "GET /dapi/v2/leverageBracket"}
"""Served because ccxt asks for the second before it shows positions."""
BTC: Final[dict[str, object]] = {"symbol": PERP}
LIMIT: Final[dict[str, object]] = {
    **BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 3, "price": 79000,
}  # fmt: skip
MINE: Final[dict[str, object]] = {**BTC, "origClientOrderId": "mine"}


class Scene(NamedTuple):
    call: str
    params: dict[str, object] = {}  # noqa: RUF012  # no scene changes its parameters
    weight: int | None = None
    """What it weighs, where that is not the usual."""
    empty: bool = False

    def play(self, client: CoinmClient) -> Reply:
        verb, path = self.call.split(" ")
        client.limit("BUY", 2, 79000, newClientOrderId="mine")
        client.limit("BUY", 1, 80100)
        if verb == "PUT":
            client.post("listenKey")
        return client.ask(verb, path, **self.params)


SCENES: Final = [
    Scene("GET /dapi/v1/ping", empty=True),
    Scene("GET /dapi/v1/time"),
    Scene("GET /dapi/v1/exchangeInfo"),
    Scene("GET /dapi/v1/depth", BTC),
    Scene("GET /dapi/v1/depth", {"symbol": QUARTER, "limit": 5}, 2),
    Scene("GET /dapi/v1/klines", {**BTC, "interval": "1h"}),
    Scene("GET /dapi/v1/klines", {"symbol": ETH, "interval": "1d", "limit": 3}, 1),
    Scene("GET /dapi/v1/premiumIndex"),
    Scene("GET /dapi/v1/premiumIndex", {"symbol": QUARTER}),
    Scene("GET /dapi/v1/premiumIndex", {"pair": PAIR}),
    Scene("GET /dapi/v1/fundingRate", BTC),
    Scene("GET /dapi/v1/fundingRate", {"symbol": QUARTER}, empty=True),
    Scene("GET /dapi/v1/ticker/24hr"),
    Scene("GET /dapi/v1/ticker/24hr", BTC, 1),
    Scene("GET /dapi/v1/ticker/24hr", {"pair": PAIR}),
    Scene("GET /dapi/v1/ticker/price"),
    Scene("GET /dapi/v1/ticker/price", BTC, 1),
    Scene("GET /dapi/v1/ticker/price", {"pair": PAIR}),
    Scene("GET /dapi/v1/ticker/bookTicker"),
    Scene("GET /dapi/v1/ticker/bookTicker", BTC, 2),
    Scene("GET /dapi/v1/ticker/bookTicker", {"pair": PAIR}),
    Scene("POST /dapi/v1/order", LIMIT),
    Scene("POST /dapi/v1/order", {**LIMIT, "price": 80100, "newOrderRespType": "RESULT"}),
    Scene("GET /dapi/v1/order", MINE),
    Scene("DELETE /dapi/v1/order", MINE),
    Scene("DELETE /dapi/v1/allOpenOrders", BTC),
    Scene("GET /dapi/v1/openOrder", MINE),
    Scene("GET /dapi/v1/openOrders"),
    Scene("GET /dapi/v1/openOrders", BTC, 1),
    Scene("GET /dapi/v1/openOrders", {"pair": PAIR}),
    Scene("POST /dapi/v1/leverage", {**BTC, "leverage": 21}),
    Scene("POST /dapi/v1/marginType", {"symbol": ETH, "marginType": "ISOLATED"}),
    Scene("GET /dapi/v1/positionSide/dual"),
    Scene("GET /dapi/v1/balance"),
    Scene("GET /dapi/v1/account"),
    Scene("GET /dapi/v1/positionRisk"),
    Scene("GET /dapi/v1/positionRisk", {"pair": PAIR}),
    Scene("GET /dapi/v1/positionRisk", {"marginAsset": "ETH"}),
    Scene("GET /dapi/v1/userTrades", BTC),
    Scene("GET /dapi/v1/userTrades", {"pair": PAIR}, 40),
    Scene("POST /dapi/v1/listenKey"),
    Scene("PUT /dapi/v1/listenKey"),
    Scene("DELETE /dapi/v1/listenKey", empty=True),
]


def title(scene: Scene) -> str:
    return f"{scene.call} {' '.join(str(value) for value in scene.params.values())}"


@pytest.mark.parametrize("scene", SCENES, ids=title)
def test_the_answer_has_its_shape(scene: Scene) -> None:
    answer = scene.play(CoinmClient()).ok()
    assert SHAPES.differences(SHAPES.answers[scene.call], answer) == []
    assert bool(answer) is not scene.empty


@pytest.mark.parametrize("scene", SCENES, ids=title)
def test_the_call_weighs_what_it_says(scene: Scene) -> None:
    client = CoinmClient()
    reply = scene.play(client)
    # Before it came the two orders, which weigh nothing, and a listen key.
    used = int(reply.headers["x-mbx-used-weight-1m"]) - scene.call.startswith("PUT")
    assert used == (_DATA["weights"][scene.call] if scene.weight is None else scene.weight)


def test_every_call_is_played() -> None:
    played = {scene.call for scene in SCENES}
    declared = {f"{endpoint.method} {endpoint.path}" for endpoint in ENDPOINTS}
    # The mode cannot be changed with an open order; see the tests of positions.
    assert set(SHAPES.answers) - played == {"POST /dapi/v1/positionSide/dual"}
    assert declared == set(SHAPES.answers) | BEYOND


@pytest.mark.parametrize("scene", SCENES, ids=title)
def test_equal_worlds_answer_alike(scene: Scene) -> None:
    assert scene.play(CoinmClient()).body == scene.play(CoinmClient()).body


@pytest.mark.parametrize("scene", [each for each in SCENES if {"symbol", "pair"} & set(each.params)], ids=title)
def test_names_that_are_not_listed(scene: Scene) -> None:
    """U-39: lower case is another name, and a contract of another market is none here."""
    name = "symbol" if "symbol" in scene.params else "pair"
    code = -1121 if name == "symbol" else -4144
    for other in ("BTCUSDT", str(scene.params[name]).lower()):
        reply = scene._replace(params={**scene.params, name: other}).play(CoinmClient())
        assert reply.refusal == (400, code)


@pytest.mark.parametrize(
    "call",
    ["premiumIndex", "ticker/24hr", "ticker/price", "ticker/bookTicker", "openOrders", "userTrades"],
)
def test_a_contract_or_a_pair_but_not_both(call: str) -> None:
    client = CoinmClient()
    both = client.refusal("GET", call, symbol=PERP, pair=PAIR)
    assert both == (400, -1128, "Combination of optional parameters invalid.")
    client.limit("BUY", 1, 79000)
    client.limit("BUY", 1, 80100)
    rows: Any = client.get(call, pair=PAIR)
    assert {row["symbol"] for row in rows} <= {PERP, QUARTER}
    assert rows
