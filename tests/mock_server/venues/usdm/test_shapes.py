"""Every answer of general and market calls has the fields of the API's documentation, and no others (U-4, U-5)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.shapes import Shapes
from tests.mock_server.venues.usdm.usdm_client import MS, UsdmClient

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.venues.usdm.kinds import PERIODS

BTC: Final[dict[str, object]] = {"symbol": "BTCUSDT"}
HOURLY: Final[dict[str, object]] = {"interval": "1h", "limit": 3}
SAMPLED: Final[dict[str, object]] = {"period": "1h", "limit": 3}


class Scene(NamedTuple):
    call: str
    variant: str = "answer"
    params: dict[str, object] = {}  # noqa: RUF012  # no scene changes its parameters
    empty: bool = False

    @property
    def path(self) -> str:
        return self.call.split(" ")[1]

    def play(self, client: UsdmClient) -> Reply:
        return client.keyed(self.path, **self.params)


def title(scene: Scene) -> str:
    return f"{scene.call} {scene.variant} {' '.join(str(value) for value in scene.params.values())}"


def both(call: str) -> list[Scene]:
    """One contract, and all."""
    return [Scene(call, "answer", BTC), Scene(call, "no symbol")]


SCENES: Final = [
    Scene("GET /fapi/v1/ping", empty=True),
    Scene("GET /fapi/v1/time"),
    Scene("GET /fapi/v1/exchangeInfo"),
    Scene("GET /fapi/v1/depth", params=BTC),
    Scene("GET /fapi/v1/depth", params={"symbol": "币安人生USDT", "limit": 5}),
    Scene("GET /fapi/v1/rpiDepth", params=BTC),
    Scene("GET /fapi/v1/trades", params=BTC),
    Scene("GET /fapi/v1/historicalTrades", params={**BTC, "fromId": 3}),
    Scene("GET /fapi/v1/aggTrades", params=BTC),
    Scene("GET /fapi/v1/klines", params={**BTC, **HOURLY}),
    Scene("GET /fapi/v1/continuousKlines", params={"pair": "BTCUSDT", "contractType": "PERPETUAL", **HOURLY}),
    Scene("GET /fapi/v1/indexPriceKlines", params={"pair": "BTCUSDT", **HOURLY}),
    Scene("GET /fapi/v1/markPriceKlines", params={**BTC, **HOURLY}),
    Scene("GET /fapi/v1/premiumIndexKlines", params={**BTC, **HOURLY}),
    Scene("GET /fapi/v1/premiumIndexKlines", params={"symbol": "BTCUSDT_261225", **HOURLY}),
    *both("GET /fapi/v1/premiumIndex"),
    Scene("GET /fapi/v1/premiumIndex", params={"symbol": "BTCUSDT_261225"}),
    Scene("GET /fapi/v1/fundingRate"),
    Scene("GET /fapi/v1/fundingRate", params=BTC),
    Scene("GET /fapi/v1/fundingInfo"),
    *both("GET /fapi/v1/ticker/24hr"),
    *both("GET /fapi/v1/ticker/price"),
    *both("GET /fapi/v2/ticker/price"),
    *both("GET /fapi/v1/ticker/bookTicker"),
    Scene("GET /fapi/v1/openInterest", params=BTC),
    Scene("GET /futures/data/openInterestHist", params={**BTC, **SAMPLED}),
    *(Scene("GET /futures/data/topLongShortAccountRatio", params={**BTC, "period": each}) for each in PERIODS),
    Scene("GET /futures/data/topLongShortPositionRatio", params={**BTC, **SAMPLED}),
    Scene("GET /futures/data/globalLongShortAccountRatio", params={**BTC, **SAMPLED}),
    Scene("GET /futures/data/takerlongshortRatio", params={**BTC, **SAMPLED}),
    Scene("GET /futures/data/basis", params={"pair": "BTCUSDT", "contractType": "PERPETUAL", **SAMPLED}),
    Scene("GET /futures/data/basis", params={"pair": "BTCUSDT", "contractType": "CURRENT_QUARTER", **SAMPLED}),
    Scene("GET /futures/data/delivery-price", params={"pair": "BTCUSDT"}, empty=True),
    Scene("GET /fapi/v1/indexInfo", empty=True),
    Scene("GET /fapi/v1/assetIndex", "answer", {"symbol": "BTCUSD"}),
    Scene("GET /fapi/v1/assetIndex", "no symbol"),
    Scene("GET /fapi/v1/constituents", params=BTC),
    *both("GET /fapi/v1/insuranceBalance"),
    *both("GET /fapi/v1/symbolAdlRisk"),
    Scene("GET /fapi/v1/tradingSchedule"),
]
SHAPES: Final = Shapes.beside(__file__)
RANGED: Final = ("lines", "Hist", "Ratio", "/basis", "/fundingRate", "/aggTrades")
"""How the paths end that take times."""


@pytest.mark.parametrize(
    "scene", SCENES, ids=lambda scene: f"{scene.call} {scene.variant} {list(scene.params.values())}"
)
def test_the_answer_has_its_shape(scene: Scene) -> None:
    reply = scene.play(UsdmClient())
    assert reply.status == 200, reply.body
    assert SHAPES.differences(SHAPES.of(scene.call, scene.variant), reply.json) == []
    assert bool(reply.json) is not scene.empty


def test_every_form_of_answer_is_played() -> None:
    played = {(scene.call, scene.variant) for scene in SCENES}
    # No symbol is a composite index, so none has an answer of its own.
    assert SHAPES.variants() - played == {("GET /fapi/v1/indexInfo", "symbol sent")}


@pytest.mark.parametrize(
    "scene", SCENES, ids=lambda scene: f"{scene.call} {scene.variant} {list(scene.params.values())}"
)
def test_equal_worlds_answer_alike(scene: Scene) -> None:
    assert scene.play(UsdmClient()).body == scene.play(UsdmClient()).body


@pytest.mark.parametrize(
    "scene", SCENES, ids=lambda scene: f"{scene.call} {scene.variant} {list(scene.params.values())}"
)
def test_times_are_milliseconds_whatever_is_asked_for(scene: Scene) -> None:
    """U-5."""
    one = UsdmClient()
    plain = scene.play(one).body
    headers = {b"x-mbx-time-unit": b"MICROSECOND", b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
    assert one.call(scene.path, scene.params, headers).body == plain


@pytest.mark.parametrize(
    "scene", [each for each in SCENES if "symbol" in each.params or "pair" in each.params], ids=title
)
def test_names_that_are_not_listed(scene: Scene) -> None:
    """U-39: lower case is another name; a pair has a code of its own."""
    name = "symbol" if "symbol" in scene.params else "pair"
    listed = str(scene.params[name])
    expected = (400, -1121, "Invalid symbol.") if name == "symbol" else (400, -4144, "Invalid pair")
    for other in {"NOSUCH", listed.lower(), "不在"} - {listed}:
        reply = UsdmClient().keyed(scene.path, **{**scene.params, name: other})
        assert (*reply.refusal, reply.msg) == expected
    assert UsdmClient().keyed(scene.path, **{**scene.params, name: "BTC/USDT"}).refusal == (400, -1100)


@pytest.mark.parametrize("scene", [each for each in SCENES if each.params], ids=title)
def test_mandatory_parameters(scene: Scene) -> None:
    """U-36."""
    blueprint = UsdmClient().world.blueprint.usdm
    assert blueprint is not None
    for param in blueprint.routes[scene.path]["GET"].params:
        if param.required:
            for params in (
                {key: value for key, value in scene.params.items() if key != param.name},
                {**scene.params, param.name: ""},
            ):
                reply = UsdmClient().keyed(scene.path, **params)
                assert (*reply.refusal, reply.msg) == (
                    400, -1102, f"Mandatory parameter '{param.name}' was not sent, was empty/null, or malformed."
                )  # fmt: skip


@pytest.mark.parametrize(
    "scene", SCENES, ids=lambda scene: f"{scene.call} {scene.variant} {list(scene.params.values())}"
)
def test_parameters_that_nobody_knows_are_left_alone(scene: Scene) -> None:
    one = UsdmClient()
    assert one.keyed(scene.path, **scene.params, recvWindow=1, x="y").body == scene.play(one).body


@pytest.mark.parametrize("scene", [each for each in SCENES if each.path.endswith(RANGED)], ids=title)
def test_a_start_after_the_end(scene: Scene) -> None:
    """U-42."""
    reply = UsdmClient().keyed(scene.path, **scene.params, startTime=MS, endTime=MS - 1)
    assert (*reply.refusal, reply.msg) == (400, -1023, "Start time is greater than end time.")
    assert UsdmClient().keyed(scene.path, **scene.params, startTime=MS, endTime=MS).status == 200


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ({"a": "int"}, {}),
        ({"a": "int"}, {"a": 1, "b": 2}),
        ({"a": "int"}, {"a": True}),
        ({"a": "string:decimal"}, {"a": 1.5}),
        ({"a": "string:decimal"}, {"a": ""}),
        ({"a": "string:decimal or empty"}, {"a": "x"}),
        ({"a": "string:enum:AdlRisk"}, {"a": "LOW"}),
        (["long:ms"], [1_700_000_000]),
        ("string:int", "1.0"),
        ("string:bool", "yes"),
        (["long", "long"], [1]),
        ("object:filter", {"filterType": "NO_SUCH"}),
    ],
)
def test_the_comparison_finds_what_differs(shape: Any, value: Any) -> None:
    assert SHAPES.differences(shape, value)
