"""The official SDKs, pointed at the mock, and their models held against what really came."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import requests
from binance_common.configuration import ConfigurationRestAPI
from binance_common.models import ApiResponse
from binance_sdk_derivatives_trading_options.derivatives_trading_options import DerivativesTradingOptions
from binance_sdk_derivatives_trading_options.rest_api import rest_api as options
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import DerivativesTradingUsdsFutures
from binance_sdk_derivatives_trading_usds_futures.rest_api import rest_api as usdm
from binance_sdk_spot.rest_api import rest_api as spot
from binance_sdk_spot.spot import Spot
from pydantic import BaseModel

from .exchange import Exchange

_ENDPOINT = re.compile(r"^\s*(GET|POST|PUT|DELETE) (/(?:api|fapi|futures|eapi)/\S+)", re.MULTILINE)
_SPOT = (spot.AccountApi, spot.GeneralApi, spot.MarketApi, spot.TradeApi)
_USDM = (
    usdm.AccountApi,
    usdm.ConvertApi,
    usdm.MarketDataApi,
    usdm.PortfolioMarginEndpointsApi,
    usdm.TradeApi,
    usdm.UserDataStreamsApi,
)
_OPTIONS = (
    options.AccountApi,
    options.MarketDataApi,
    options.MarketMakerBlockTradeApi,
    options.MarketMakerEndpointsApi,
    options.TradeApi,
    options.UserDataStreamsApi,
)


def endpoints() -> dict[str, tuple[str, str]]:
    """Verb and path of each method of the spot SDK, as its documentation names them."""
    return _endpoints(_SPOT)


def usdm_endpoints() -> dict[str, tuple[str, str]]:
    """Verb and path of each method of the SDK of USDⓈ-M futures, likewise."""
    return _endpoints(_USDM)


def options_endpoints() -> dict[str, tuple[str, str]]:
    """Verb and path of each method of the SDK of European options, likewise."""
    return _endpoints(_OPTIONS)


def _endpoints(groups: tuple[type, ...]) -> dict[str, tuple[str, str]]:
    found = {}
    for group in groups:
        for name, method in inspect.getmembers(group, inspect.isfunction):
            match = _ENDPOINT.search(inspect.getdoc(method) or "")
            if match is not None:
                found[name] = (match[1], match[2])
    return found


class Client:
    """The spot SDK's REST client, which keeps the last answer as it came.

    Args:
        exchange: where it connects to.
        credentials: for the SDK's configuration, in place of the default key.
    """

    def __init__(self, exchange: Exchange, **credentials: str) -> None:
        keys = credentials or {"api_key": exchange.api_key, "api_secret": exchange.api_secret}
        # Retries would sleep between attempts, and hide the answer of the first.
        config = ConfigurationRestAPI(base_path=exchange.url, retries=0, backoff=0, timeout=10_000, **keys)
        self.api = self._connect(config)
        self.answer = requests.Response()
        self.api._session.hooks["response"].append(self._keep)

    def _connect(self, config: ConfigurationRestAPI) -> Any:
        return Spot(config_rest_api=config).rest_api

    def close(self) -> None:
        """Close the connections."""
        self.api._session.close()

    def call(self, method: str, **arguments: Any) -> tuple[ApiResponse[Any], Any]:
        """Call a method: the SDK's answer, and the JSON it was made of."""
        response = getattr(self.api, method)(**arguments)
        return response, self.answer.json()

    def _keep(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self.answer = response


class UsdmClient(Client):
    """The REST client of the SDK of USDⓈ-M futures, likewise."""

    def _connect(self, config: ConfigurationRestAPI) -> Any:
        return DerivativesTradingUsdsFutures(config_rest_api=config).rest_api


class OptionsClient(Client):
    """The REST client of the SDK of European options, likewise."""

    def _connect(self, config: ConfigurationRestAPI) -> Any:
        return DerivativesTradingOptions(config_rest_api=config).rest_api


class Case(NamedTuple):
    """One call: what it is called with, what its answer holds, and where this very answer and the model differ.

    Attributes:
        holds: values of the answer, by their path in the model: `0.symbol` is the symbol of the first row.
        before: called with the API first; its result is added to the arguments.
        missing: fields that may lack in the answer.
        unknown: fields that the model forgot.
        bare: made on an untouched account.
        empty: answers that nothing is there.
    """

    method: str
    arguments: dict[str, Any] = {}  # noqa: RUF012 - read, never written
    holds: dict[str, Any] = {}  # noqa: RUF012
    before: Callable[[Any], dict[str, Any]] = lambda _: {}
    missing: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    bare: bool = False
    empty: bool = False


def value(data: Any, path: str) -> Any:
    """What a model holds at a path; numbers count rows."""
    for part in path.split("."):
        data = getattr(data, "actual_instance", data)
        data = data[int(part)] if part.isdigit() else getattr(data, part)
    return getattr(data, "actual_instance", data)


class Difference(NamedTuple):
    """How JSON and model differ; fields are named by their last name on the wire."""

    unknown: set[str]
    """Came, and the model does not know them."""
    missing: set[str]
    """Known to the model, and did not come."""
    changed: list[str]
    """Values that the model holds with another type or value than came."""


def compare(model: Any, raw: Any) -> Difference:
    """Hold a model, or a list of models, against the JSON it was read from."""
    difference = Difference(set(), set(), [])
    _walk("", model, raw, difference)
    return difference


def _walk(where: str, model: Any, raw: Any, difference: Difference) -> None:
    if isinstance(model, BaseModel) and "actual_instance" in type(model).model_fields:
        model = getattr(model, "actual_instance")  # noqa: B009 - one of several models, not a field of the answer
    if isinstance(raw, list) and isinstance(model, list) and len(model) == len(raw):
        for number, (part, value) in enumerate(zip(model, raw, strict=True)):
            _walk(f"{where}[{number}]", part, value, difference)
    elif isinstance(raw, dict) and isinstance(model, BaseModel):
        fields = {field.alias or name: name for name, field in type(model).model_fields.items()}
        fields.pop("additional_properties", None)
        difference.unknown.update(raw.keys() - fields)
        difference.missing.update(fields.keys() - raw)
        for name in fields.keys() & raw:
            _walk(f"{where}.{name}", getattr(model, fields[name]), raw[name], difference)
    elif type(model) is not type(raw) or model != raw:
        difference.changed.append(f"{where}: {raw!r} became {model!r}")
