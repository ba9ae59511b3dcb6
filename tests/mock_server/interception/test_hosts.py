"""Which hosts are Binance's."""

from __future__ import annotations

import pytest

from binance_mock.interception.hosts import is_binance
from binance_mock.loopback import is_loopback

SPOT = ["api", "api1", "api2", "api3", "api4", "api-gcp", "stream", "ws-api", "margin-stream", "www"]
FUTURES = ["fapi", "fstream", "fstream-auth", "ws-fapi", "dapi", "dstream", "ws-dapi", "papi"]
OPTIONS = ["eapi", "nbstream", "vstream"]
DEMO = ["demo-api", "demo-fapi", "demo-dapi", "demo-stream", "demo-fstream", "demo-ws-api"]
BINANCE = [
    *(f"{name}.binance.com" for name in [*SPOT, *FUTURES, *OPTIONS, *DEMO]),
    *(f"{name}.binance.vision" for name in ["data-api", "data-stream", "testnet", "stream.testnet", "ws-api.testnet"]),
    *(f"{name}.binancefuture.com" for name in ["testnet", "fstream", "dstream"]),
    *("testnet.binanceops.com", "api.binance.us", "stream.binance.us", "api1.testnet.binance.vision", "binance.com"),
    *("API.Binance.COM", "api.binance.com.", "not-thought-of-yet.binance.com"),
]
OTHERS = [
    *("notbinance.com", "binance.com.evil.org", "api.binance.com.evil.org", "binance.evil.org", "binance.visions"),
    *("xbinance.us", "mybinancefuture.com", "binanceops.com", "www.binanceops.com", "binance.org", "api-binance.com"),
    *("example.org", "com", "localhost", "127.0.0.1", ""),
]
LOCAL = ["localhost", "LOCALHOST.", "app.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
REMOTE = ["10.0.0.1", "0.0.0.0", "localhost.evil.org", "notlocalhost", "1.1.1.1", "2001:db8::1", ""]


@pytest.mark.parametrize("host", BINANCE)
def test_binance(host: str) -> None:
    assert is_binance(host)


@pytest.mark.parametrize("host", OTHERS)
def test_others(host: str) -> None:
    assert not is_binance(host)


@pytest.mark.parametrize("host", LOCAL)
def test_local(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", REMOTE)
def test_not_local(host: str) -> None:
    assert not is_loopback(host)
