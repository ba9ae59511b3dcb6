"""The OpenAPI document is valid, and the running server keeps to it whatever is sent.

Schemathesis makes requests from the document, legal and illegal ones, and sends them over a socket. They are signed
with what they hold when they leave, so that they get past the gate; the limits are out of the way.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.catalog import openapi
from binance_mock.gate.journal import Verdict
from binance_mock.gate.limiters import RateLimit
from binance_mock.gate.request import Request, Response
from binance_mock.markets import all_endpoints
from binance_mock.venues.options.dialect import TODAY
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.wire.app import App
from binance_mock.wire.server import bind, make_server
from binance_mock.world import Blueprint, World, WorldSettings
from binance_mock.worlds import Worlds

NOW_MS: Final = 1_700_000_000_000
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


# The document.


def test_the_document_is_valid() -> None:
    schemathesis.openapi.from_dict(openapi()).validate()


def test_the_schemas_in_it_are_valid() -> None:
    found = list(_schemas(openapi()))
    assert len(found) > 250
    for schema in found:
        assert jsonschema_rs.meta.is_valid(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def test_an_invalid_document_would_not_pass() -> None:
    document = openapi()
    del document["paths"]["/api/v3/ping"]["get"]["responses"]["200"]["description"]
    with pytest.raises(jsonschema_rs.ValidationError):
        schemathesis.openapi.from_dict(document).validate()


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [operation["operationId"] for methods in openapi()["paths"].values() for operation in methods.values()]
    served = [endpoint for endpoint in all_endpoints() if endpoint.path not in TODAY.gone]
    assert len(set(ids)) == len(ids) == len(served)


def test_every_reference_leads_somewhere() -> None:
    document = openapi()
    references = {value["$ref"] for value in _objects(document) if "$ref" in value}
    assert references
    for reference in references:
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document["components"]["schemas"].values()
    for value in _objects(document):
        if isinstance(value.get("schema"), dict):
            yield value["schema"]


# The server.

SYMBOLS: Final = ["BTCUSDT", "ETHBTC", "LTCBTC"]
OPEN_ORDERS: Final = 12
FIRST_ORDER: Final = 1_000_051
"""The id of the first order that is not the market maker's."""
LIKELY: Final[dict[str, list[Any]]] = {
    "symbol": SYMBOLS,
    "symbols": ['["BTCUSDT"]', '["BTCUSDT","ETHBTC"]'],
    "permissions": ["SPOT", '["SPOT","MARGIN"]'],
    "symbolStatus": ["TRADING"],
    "timeZone": ["0", "8", "-1:00", "05:45"],
    "limit": [1, 5, 1000],
    "type": ["LIMIT", "MARKET", "LIMIT_MAKER", "FULL", "MINI"],
    "quantity": ["0.01000", "1"],
    "price": ["60000.00", "50000"],
    "orderId": list(range(FIRST_ORDER, FIRST_ORDER + OPEN_ORDERS)),
    "cancelOrderId": list(range(FIRST_ORDER, FIRST_ORDER + OPEN_ORDERS)),
    "origClientOrderId": [f"mine-{number}" for number in range(OPEN_ORDERS)],
    "preventedMatchId": [0, 1],
}
FIRST_CONTRACT_ORDER: Final = UsdmSettings().first_order_id + 2 * UsdmSettings().levels
FIRST_ALGO_ORDER: Final = 2_000_000_000_001
LIKELY_USDM: Final[dict[str, list[Any]]] = {
    **LIKELY,
    "symbol": ["BTCUSDT", "ETHUSDT"],
    "pair": ["BTCUSDT"],
    "price": ["79000.00", "78000"],
    "triggerPrice": ["79000.00"],
    "algoId": list(range(FIRST_ALGO_ORDER, FIRST_ALGO_ORDER + OPEN_ORDERS)),
    "orderId": list(range(FIRST_CONTRACT_ORDER, FIRST_CONTRACT_ORDER + OPEN_ORDERS)),
    "leverage": [1, 20, 100],
    "asset": ["USDT", "BTC"],
    "positionSide": ["BOTH"],
    "batchOrders": [
        '[{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"0.01","price":"70000"}]'
    ],
    "orderIdList": [f"[{FIRST_CONTRACT_ORDER}]"],
    "countdownTime": [0, 10000],
    "fromAsset": ["USDT"],
    "toAsset": ["BTC", "BNB"],
    "fromAmount": ["100", "2.5"],
}
FIRST_OPTION_ORDER: Final = OptionsSettings().first_order_id + 2 * OptionsSettings().levels
LIKELY_OPTIONS: Final[dict[str, list[Any]]] = {
    **LIKELY,
    "symbol": ["BTC-231116-80000-C", "btc-231116-80000-p"],
    "underlying": ["BTCUSDT", "ETHUSDT"],
    "underlyingAsset": ["BTC"],
    "expiration": ["231116"],
    "limit": [1, 5, 100],
    "price": ["500", "5"],
    "quantity": ["0.01", "0.1"],
    "orderId": list(range(FIRST_OPTION_ORDER, FIRST_OPTION_ORDER + OPEN_ORDERS)),
    "orders": ['[{"symbol":"BTC-231116-80000-C","side":"BUY","type":"LIMIT","quantity":"0.01","price":"5"}]'],
    "orderIds": [f"[{FIRST_OPTION_ORDER}]"],
    "windowTimeInMilliseconds": [3000],
    "frozenTimeInMilliseconds": [0, 60000],
    "qtyLimit": ["2"],
    "deltaLimit": ["2.3"],
}
LIKELY_COINM: Final[dict[str, list[Any]]] = {
    **LIKELY_USDM,
    "symbol": ["BTCUSD_PERP", "ETHUSD_PERP"],
    "pair": ["BTCUSD"],
    "quantity": ["1", "20"],
}
NEEDED: Final = ("timeInForce", "quantity", "price", "triggerPrice", "cancelOrderId", "fromAmount")
"""What a POST needs though its declaration cannot say so."""
SELDOM_LEGAL: Final = frozenset(
    {
        "quoteOrderQty", "stopPrice", "trailingDelta", "icebergQty", "strategyType", "cancelRestrictions",
        "pegPriceType", "pegOffsetType", "pegOffsetValue", "cancelOrigClientOrderId",
        "recvWindow", "reduceOnly", "closePosition", "priceMatch", "goodTillDate", "origClientOrderIdList",
        "toAmount", "activatePrice", "activationPrice", "callbackRate",
    }
)  # fmt: skip
NEVER_ACCEPTED: Final = (
    "/api/v3/referencePrice",
    "/api/v3/referencePrice/calculation",
    "/fapi/v1/positionMargin",  # there is no isolated position
    "/fapi/v1/listenKey",  # a PUT needs one that is alive
    "/eapi/v1/listenKey",
    "/fapi/v1/marginType",  # the account has open orders
    "/fapi/v1/positionSide/dual",
    "/dapi/v1/listenKey",
    "/dapi/v1/marginType",
    "/dapi/v1/positionSide/dual",
    "/fapi/v1/multiAssetsMargin",
    "/fapi/v1/convert/acceptQuote",  # there is no quote
    "/fapi/v1/convert/orderStatus",
    "/eapi/v1/mmp",  # no protection was set
    "/eapi/v1/mmpReset",
    "/eapi/v1/block/order/create",  # PUT and DELETE: there is no offer
    "/eapi/v1/block/order/execute",
    "/sapi/v1/userDataStream",  # as with all listen keys
    "/sapi/v1/margin/listen-key",
    "/sapi/v1/margin/order",  # GET and DELETE: there is no order on margin
)


ALGO: Final = ("/fapi/v1/algoOrder",)
BY_ORDER_ID: Final = (
    "/fapi/v1/order", "/fapi/v1/openOrder", "/dapi/v1/order", "/dapi/v1/openOrder", "/eapi/v1/order", *ALGO,
)  # fmt: skip
BY_PREFIX: Final = {"api": LIKELY, "eapi": LIKELY_OPTIONS, "dapi": LIKELY_COINM}


def likely_document() -> dict[str, Any]:
    """The document narrowed to what may well succeed: listed symbols, orders that are there, sensible prices."""
    document = copy.deepcopy(openapi())
    for path, methods in document["paths"].items():
        likely = BY_PREFIX.get(path.split("/")[1], LIKELY_USDM)
        for method, operation in methods.items():
            kept = [param for param in operation["parameters"] if param.get("name") not in SELDOM_LEGAL]
            for param in kept:
                name = param.get("name")
                allowed = param.get("schema", {}).get("enum")
                values = [value for value in likely.get(name, ()) if allowed is None or value in allowed]
                if method != "get" and name == "symbol":
                    values = likely["symbol"][:1]
                elif method == "post" and name == "type":
                    values = ["LIMIT"] if allowed is None or "LIMIT" in allowed else ["STOP"]
                if values:
                    param["schema"] = {"enum": values}
                if method == "post" and name in NEEDED:
                    param["required"] = True
            if path in BY_ORDER_ID:
                for param in kept:
                    param["required"] = param.get("required", False) or param.get("name") in ("orderId", "algoId")
                kept = [param for param in kept if method != "get" or param.get("name") != "origClientOrderId"]
            operation["parameters"] = [
                param for param in kept if method != "delete" or param.get("name") != "origClientOrderId"
            ]
            operation.pop("requestBody", None)
    return document


def operations(document: dict[str, Any]) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))
    found = [each.ok() for each in schema.get_all_operations()]
    return [pytest.param(each, id=each.label) for each in found if each.path not in TODAY.gone]


CONFIG: Final = {"generation": {"with-security-parameters": False}}


class Signer(AuthBase):
    """Stamps and signs a request as it leaves, when it is for a signed call."""

    def __init__(self) -> None:
        self._signed = {
            (method.upper(), path)
            for path, methods in openapi()["paths"].items()
            for method, operation in methods.items()
            if any(param.get("name") == "signature" for param in operation["parameters"])
        }

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-MBX-APIKEY"] = EXAMPLE_PAIR.api_key
        parts = urlsplit(str(request.url))
        if (request.method, parts.path) not in self._signed:
            return request
        body = request.body or b""
        body = _without_timing(body.decode() if isinstance(body, bytes) else str(body))
        query = "&".join(part for part in (_without_timing(parts.query), f"timestamp={NOW_MS}") if part)
        read = body if request.method != "GET" else ""
        request.url = urlunsplit(parts._replace(query=f"{query}&signature={_sign(query + read)}"))
        if request.body:
            request.body = body
            request.headers["Content-Length"] = str(len(body.encode()))
        return request


def _without_timing(pairs: str) -> str:
    return "&".join(pair for pair in pairs.split("&") if pair.partition("=")[0] not in ("timestamp", "signature"))


def _sign(payload: str) -> str:
    return hmac.new(EXAMPLE_PAIR.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def endless(limits: tuple[RateLimit, ...]) -> tuple[RateLimit, ...]:
    """The same limiters, so high that nothing reaches them."""
    return tuple(RateLimit(limit.kind, limit.interval, limit.num, 10**12) for limit in limits)


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    standard = Blueprint.standard()
    blueprint = Blueprint.of(
        {name: stock._replace(limits=endless(stock.limits)) for name, stock in standard.stocks.items()}
    )
    return Worlds(World(blueprint, WorldSettings(frozen_at=NOW_MS * 1000, options=OptionsSettings(max_orders=1000))))


@pytest.fixture(scope="module")
def url(worlds: Worlds) -> Iterator[str]:
    listener = bind("127.0.0.1", 0)
    server = make_server(App(worlds))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        made.auth = Signer()
        yield made


@pytest.fixture
def world(worlds: Worlds) -> World:
    """A fresh world with open orders."""
    world = worlds.reset()
    for number in range(OPEN_ORDERS):
        query = (
            f"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price={50000 + number}"
            f"&newClientOrderId=mine-{number}&timestamp={NOW_MS}"
        )
        headers = {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
        order = f"{query}&signature={_sign(query)}".encode()
        response = world.handle(Request("POST", "/api/v3/order", order, headers=headers))
        assert isinstance(response, Response)
        assert json.loads(response.body)["orderId"] == FIRST_ORDER + number
        contract = query.replace(f"price={50000 + number}", f"price={79000 + number}")
        order = f"{contract}&signature={_sign(contract)}".encode()
        response = world.handle(Request("POST", "/fapi/v1/order", order, headers=headers))
        assert isinstance(response, Response)
        assert json.loads(response.body)["orderId"] == FIRST_CONTRACT_ORDER + number
        stop = contract.replace("side=BUY&type=LIMIT", "side=SELL&type=STOP&algoType=CONDITIONAL&triggerPrice=79000")
        order = f"{stop}&signature={_sign(stop)}".encode()
        response = world.handle(Request("POST", "/fapi/v1/algoOrder", order, headers=headers))
        assert isinstance(response, Response)
        assert json.loads(response.body)["algoId"] == FIRST_ALGO_ORDER + number
        option = f"symbol=BTC-231116-80000-C&side=BUY&type=LIMIT&quantity=0.01&price=500&timestamp={NOW_MS}"
        order = f"{option}&signature={_sign(option)}".encode()
        response = world.handle(Request("POST", "/eapi/v1/order", order, headers=headers))
        assert isinstance(response, Response)
        assert json.loads(response.body)["orderId"] == FIRST_OPTION_ORDER + number
        coin = contract.replace("symbol=BTCUSDT", "symbol=BTCUSD_PERP").replace("quantity=0.01", "quantity=1")
        order = f"{coin}&signature={_sign(coin)}".encode()
        response = world.handle(Request("POST", "/dapi/v1/order", order, headers=headers))
        assert isinstance(response, Response)
        assert json.loads(response.body)["orderId"] == FIRST_CONTRACT_ORDER + number
    return world


class Run:
    """Sends what schemathesis makes of an operation, and counts how it was ruled."""

    def __init__(self, url: str, session: requests.Session, world: World) -> None:
        self._url = url
        self._session = session
        self._world = world
        self.verdicts: Counter[Verdict] = Counter()
        self.refusals: Counter[tuple[int, str]] = Counter()

    def __call__(self, operation: Any, mode: GenerationMode, examples: int) -> None:
        @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case) -> None:
            case.call_and_validate(self._url, self._session, checks=CHECKS)
            last = self._world.journal.last
            self.verdicts[last.verdict] += 1
            if last.code:
                self.refusals[last.code, last.msg] += 1

        send()


@pytest.fixture
def run(url: str, session: requests.Session, world: World) -> Run:
    return Run(url, session, world)


def check_likely(operation: Any, run: Run, examples: int) -> None:
    run(operation, GenerationMode.POSITIVE, examples)
    assert run.verdicts[Verdict.ACCEPTED] or operation.path in NEVER_ACCEPTED, run.refusals
    assert not run.verdicts[Verdict.CRASHED]


def takes_anything(operation: Any) -> bool:
    """Whether a call knows no parameters and lets all pass, as all markets but spot do."""
    if operation.path.startswith("/api/"):
        return False
    wanted = (operation.method.upper(), operation.path)
    known = next(each for each in all_endpoints() if (each.method, each.path) == wanted)
    return not known.params and not known.signed


def check_any(operation: Any, run: Run, examples: int) -> None:
    run(operation, GenerationMode.POSITIVE, examples)
    if not takes_anything(operation):
        run(operation, GenerationMode.NEGATIVE, examples)
        assert run.verdicts[Verdict.REFUSED]
    assert not run.verdicts[Verdict.CRASHED]


@pytest.mark.parametrize("operation", operations(likely_document()))
def test_likely_requests_are_answered_as_documented(operation: Any, run: Run) -> None:
    check_likely(operation, run, 12)


@pytest.mark.parametrize("operation", operations(openapi()))
def test_any_request_is_answered_as_documented(operation: Any, run: Run) -> None:
    check_any(operation, run, 10)


@pytest.mark.long
@pytest.mark.parametrize("operation", operations(likely_document()))
def test_many_likely_requests_are_answered_as_documented(operation: Any, run: Run) -> None:
    check_likely(operation, run, 100)


@pytest.mark.long
@pytest.mark.parametrize("operation", operations(openapi()))
def test_many_requests_of_any_kind_are_answered_as_documented(operation: Any, run: Run) -> None:
    check_any(operation, run, 100)
