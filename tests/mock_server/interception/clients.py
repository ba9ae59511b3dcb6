"""A GET request with each library. All names are imported before any interception starts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import httpx
import requests
from aiohttp import ClientSession, ClientTimeout
from urllib3 import PoolManager, ProxyManager
from yarl import URL


class Answer(NamedTuple):
    """What came back."""

    status: int
    text: str


class Get(Protocol):
    """Makes a GET request.

    Args:
        url: percent-encoded as it is to be sent.
        proxy: address of a proxy.
        headers: of the request.
        timeout: seconds to wait for an answer.
    """

    def __call__(
        self, url: str, *, proxy: str | None = None, headers: Mapping[str, str] | None = None, timeout: float = 10
    ) -> Answer: ...


def get_requests(
    url: str, *, proxy: str | None = None, headers: Mapping[str, str] | None = None, timeout: float = 10
) -> Answer:
    with requests.Session() as session:
        proxies = {"http": proxy, "https": proxy} if proxy else {}
        response = session.get(url, headers=dict(headers or {}), proxies=proxies, timeout=timeout)
        return Answer(response.status_code, response.text)


def get_urllib3(
    url: str, *, proxy: str | None = None, headers: Mapping[str, str] | None = None, timeout: float = 10
) -> Answer:
    with ProxyManager(proxy) if proxy else PoolManager() as manager:
        response = manager.request("GET", url, headers=headers, timeout=timeout, retries=False)
        return Answer(response.status, response.data.decode())


def get_httpx(
    url: str, *, proxy: str | None = None, headers: Mapping[str, str] | None = None, timeout: float = 10
) -> Answer:
    with httpx.Client(proxy=proxy, timeout=timeout) as client:
        response = client.get(url, headers=headers)
        return Answer(response.status_code, response.text)


def get_httpx_async(
    url: str, *, proxy: str | None = None, headers: Mapping[str, str] | None = None, timeout: float = 10
) -> Answer:
    async def call() -> Answer:
        async with httpx.AsyncClient(proxy=proxy, timeout=timeout) as client:
            response = await client.get(url, headers=headers)
            return Answer(response.status_code, response.text)

    return asyncio.run(call())


def get_aiohttp(
    url: str, *, proxy: str | None = None, headers: Mapping[str, str] | None = None, timeout: float = 10
) -> Answer:
    async def call() -> Answer:
        options: Any = {"timeout": ClientTimeout(timeout), "trust_env": True}
        async with (
            ClientSession(**options) as session,
            session.get(URL(url, encoded=True), proxy=proxy, headers=headers) as response,
        ):
            return Answer(response.status, await response.text())

    return asyncio.run(call())


CLIENTS: dict[str, Get] = {
    "requests": get_requests,
    "urllib3": get_urllib3,
    "httpx": get_httpx,
    "httpx async": get_httpx_async,
    "aiohttp": get_aiohttp,
}
