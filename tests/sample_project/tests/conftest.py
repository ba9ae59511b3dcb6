"""The only file that knows binance-mock. `--way` chooses how the bot's clients reach it; the tests do not notice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from binance.async_client import AsyncClient
from binance.client import Client

ORDERS = "/api/v3/order"
WAYS = ("fixture", "in-process", "interception")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--way", choices=WAYS, default="fixture")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.binance(balances={"USDT": "10000"}))


class Scene:
    """What may happen to the bot, in words of its own."""

    def __init__(self, exchange: Any) -> None:
        self._exchange = exchange

    def set_price(self, symbol: str, price: Decimal) -> None:
        self._exchange.spot.set_price(symbol, f"{price:.2f}")

    def own(self, **balances: str) -> None:
        self._exchange.account.set_balances(**balances)

    def lose_the_next_order_answer(self) -> None:
        self._exchange.faults.add("reset_after", method="POST", path=ORDERS, times=1)

    def leave_the_next_order_unknown(self, *, executed: bool) -> None:
        self._exchange.faults.add("unknown_503", method="POST", path=ORDERS, executed=executed, times=1)

    def limit_the_next_order(self, seconds: int) -> None:
        self._exchange.faults.add("too_many_429", method="POST", path=ORDERS, retry_after=seconds, times=1)

    def let_the_clock_of_the_bot_be_fast_by(self, ms: int) -> None:
        self._exchange.clock.client_off_by(ms)

    def codes_of_orders(self) -> list[int]:
        return [seen.code for seen in self._exchange.requests.to(ORDERS, "POST")]

    def check_that_no_order_was_placed_twice(self) -> None:
        self._exchange.assert_no_duplicates()


@pytest.fixture
def exchange(binance: Any) -> Any:
    return binance


@pytest.fixture
def scene(exchange: Any) -> Scene:
    return Scene(exchange)


@pytest.fixture
def client(exchange: Any, pytestconfig: pytest.Config) -> Iterator[Client]:
    way = pytestconfig.getoption("--way")
    with exchange.intercept(strict=True) if way == "interception" else nullcontext():
        if way == "fixture":
            client = at(Client, exchange.url)(exchange.api_key, exchange.api_secret)
        else:
            client = Client(exchange.api_key, exchange.api_secret, ping=way == "interception")
        if way == "in-process":
            client.session.mount("https://", exchange.requests_adapter())
        yield client
        client.close_connection()


@pytest.fixture
async def async_client(exchange: Any, pytestconfig: pytest.Config) -> AsyncIterator[AsyncClient]:
    """There is no in-process transport for aiohttp, so that way is interception here."""
    direct = pytestconfig.getoption("--way") == "fixture"
    with nullcontext() if direct else exchange.intercept(strict=True):
        kind = at(AsyncClient, exchange.url) if direct else AsyncClient
        client = await kind.create(exchange.api_key, exchange.api_secret)
        yield client
        await client.close_connection()


def at(kind: type, url: str) -> type:
    """A client class whose calls go to a URL."""
    return type(kind.__name__, (kind,), {"API_URL": f"{url}/api", "MARGIN_API_URL": f"{url}/sapi"})
