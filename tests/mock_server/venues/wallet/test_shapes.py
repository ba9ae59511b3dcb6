"""Every answer of `/sapi` has the fields of the API's documentation, and every call asks for what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.wallet.wallet_client import SHAPES, WalletClient, full, wrong

from binance_mock.gate.keys import ALL_PERMISSIONS, Permission
from binance_mock.venues.endpoint import Endpoint, Security
from binance_mock.venues.wallet.endpoints import ENDPOINTS

Params = dict[str, object]
ORDER: Final[Params] = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01"}
LIMIT: Final[Params] = {**ORDER, "type": "LIMIT", "timeInForce": "GTC", "price": "70000"}
MARKET: Final[Params] = {**ORDER, "type": "MARKET"}


def nothing(client: WalletClient) -> Params:
    return {}


def by_order(client: WalletClient) -> Params:
    return {"symbol": "BTCUSDT", "orderId": client.margin_order().ok()["orderId"]}


def by_key(path: str) -> Callable[[WalletClient], Params]:
    return lambda client: {"listenKey": client.keyed(f"POST {path}").ok()["listenKey"]}


class Scene(NamedTuple):
    call: str
    variant: str = "answer"
    params: Params = {}  # noqa: RUF012  # no scene changes its parameters
    prepare: Callable[[WalletClient], Params] = nothing

    @property
    def endpoint(self) -> Endpoint:
        return next(each for each in ENDPOINTS if (each.method, each.path) == full(self.call))

    def play(self, client: WalletClient) -> Reply:
        params = self.prepare(client) | self.params
        if self.endpoint.signed:
            return client.ask(self.call, params)
        return client.keyed(self.call, params) if self.endpoint.secured else client.bare(self.call, **params)


SCENES: Final = [
    Scene("GET system/status"),
    Scene("GET capital/config/getall"),
    Scene("GET account/status"),
    Scene("GET account/apiTradingStatus"),
    Scene("GET account/apiRestrictions"),
    Scene("GET account/info"),
    Scene("GET asset/tradeFee"),
    Scene("GET asset/tradeFee", params={"symbol": "BTCUSDT"}),
    Scene("GET asset/wallet/balance"),
    Scene("GET asset/wallet/balance", params={"quoteAsset": "USDT", "needBalanceDetail": "true"}),
    Scene("POST /sapi/v3/asset/getUserAsset"),
    Scene("POST /sapi/v3/asset/getUserAsset", params={"asset": "BTC", "needBtcValuation": "true"}),
    Scene("GET margin/allPairs"),
    Scene("GET margin/isolated/allPairs", params={"symbol": "BTCUSDT"}),
    Scene("GET margin/allAssets", params={"asset": "BTC"}),
    Scene("GET margin/account"),
    Scene("POST margin/order", params=LIMIT),
    Scene("POST margin/order", "FULL", MARKET),
    Scene("POST margin/order", "RESULT", {**MARKET, "newOrderRespType": "RESULT"}),
    Scene("POST margin/order", "ACK", {**LIMIT, "newOrderRespType": "ACK"}),
    Scene("POST margin/order", "ACK", {**ORDER, "type": "LIMIT_MAKER", "price": "70000"}),
    Scene("GET margin/order", prepare=by_order),
    Scene("DELETE margin/order", prepare=by_order),
    Scene("POST userDataStream"),
    Scene("PUT userDataStream", prepare=by_key("userDataStream")),
    Scene("DELETE userDataStream", prepare=by_key("userDataStream")),
    Scene("POST userListenToken"),
    Scene("POST userListenToken", params={"isIsolated": "true", "symbol": "BTCUSDT"}),
    Scene("POST margin/listen-key"),
    Scene("PUT margin/listen-key", prepare=by_key("margin/listen-key")),
    Scene("DELETE margin/listen-key"),
]
WEIGHTS: Final = {
    "GET capital/config/getall": 10, "GET asset/wallet/balance": 60, "POST /sapi/v3/asset/getUserAsset": 5,
    "GET margin/isolated/allPairs": 10, "GET margin/account": 10, "POST margin/order": 6, "GET margin/order": 10,
    "DELETE margin/order": 10, "DELETE margin/listen-key": 3000,
}  # fmt: skip
"""The calls that do not weigh 1."""
BY_ACCOUNT: Final = {
    "POST margin/order", "POST userListenToken", "POST margin/listen-key", "PUT margin/listen-key",
    "DELETE margin/listen-key",
}  # fmt: skip


def title(scene: Scene) -> str:
    return f"{scene.call} {scene.variant} {' '.join(str(value) for value in scene.params.values())}"


@pytest.mark.parametrize("scene", SCENES, ids=title)
def test_the_answer_has_its_shape(scene: Scene) -> None:
    assert wrong(scene.call, scene.play(WalletClient()).ok(), scene.variant) == []


def test_every_form_of_answer_is_played() -> None:
    played = {(" ".join(full(scene.call)), scene.variant) for scene in SCENES}
    assert {(call, variant) for call, shapes in SHAPES.items() for variant in shapes} == played
    assert {f"{each.method} {each.path}" for each in ENDPOINTS} == set(SHAPES)


@pytest.mark.parametrize("scene", SCENES, ids=title)
def test_equal_worlds_answer_alike(scene: Scene) -> None:
    assert scene.play(WalletClient()).body == scene.play(WalletClient()).body


@pytest.mark.parametrize("scene", SCENES, ids=title)
def test_a_call_weighs_what_it_says_in_its_own_header(scene: Scene) -> None:
    client = WalletClient()
    unit, other = ("uid", "ip") if scene.call in BY_ACCOUNT else ("ip", "uid")
    first = scene.play(client).headers
    assert int(first[f"x-sapi-used-{unit}-weight-1m"]) == WEIGHTS.get(scene.call, 1)
    assert f"x-sapi-used-{other}-weight-1m" not in first
    assert not any(name.startswith("x-mbx") for name in first)


@pytest.mark.parametrize("scene", SCENES, ids=title)
def test_what_a_call_asks_of_its_caller(scene: Scene) -> None:
    """S-35 to S-39; a key that may trade may trade on margin."""
    endpoint, client = scene.endpoint, WalletClient()
    if not endpoint.secured:
        assert client.bare(scene.call).status == 200
        return
    params: Any = scene.prepare(client) | scene.params
    assert client.bare(scene.call, **params).refusal == (401, -2014)
    needed = Permission.TRADE if endpoint.security is Security.MARGIN else Permission(endpoint.security.value)
    allowed = client.with_key("allowed", permissions=[needed])
    without = client.with_key("without", permissions=ALL_PERMISSIONS - {needed})
    way = "ask" if endpoint.signed else "keyed"
    assert getattr(without, way)(scene.call, params).refusal == (401, -2015)
    assert getattr(allowed, way)(scene.call, params).status == 200
    if endpoint.signed:
        assert client.keyed(scene.call, params).refusal == (400, -1102)


@pytest.mark.parametrize(
    "call", ["GET margin/allPairs", "GET margin/isolated/allPairs", "POST userListenToken", "POST userDataStream"]
)
def test_calls_with_a_key_alone_may_be_signed(call: str) -> None:
    assert WalletClient().ask(call).status == 200


@pytest.mark.parametrize("scene", [each for each in SCENES if each.params or each.prepare is not nothing], ids=title)
def test_mandatory_parameters(scene: Scene) -> None:
    """S-43."""
    client = WalletClient()
    params = scene.prepare(client) | scene.params
    for param in scene.endpoint.params:
        if param.required:
            for changed in ({k: v for k, v in params.items() if k != param.name}, {**params, param.name: ""}):
                ask = client.ask if scene.endpoint.signed else client.keyed
                assert (reply := ask(scene.call, changed)).refusal == (400, -1102)
                assert f"'{param.name}'" in reply.msg


@pytest.mark.parametrize("path", ["asset/tradeFee", "margin/allPairs", "margin/isolated/allPairs"])
def test_a_symbol_that_is_not_listed(path: str) -> None:
    """S-47."""
    reply = WalletClient().ask(f"GET {path}", symbol="NOSUCH")
    assert (*reply.refusal, reply.msg) == (400, -1121, "Invalid symbol.")
