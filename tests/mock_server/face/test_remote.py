"""What only a remote face meets: long bodies, and several threads on one connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from binance_mock import Mock

NOW_MS = 1_700_000_000_000


def test_a_long_file_is_fed_over_http(served: Mock) -> None:
    """A body many times longer than a head may be."""
    served.reset()
    first = NOW_MS - 5_000 * 60_000
    rows = [
        f"{opening},65000.00,65001.00,64999.00,65000.00,1.5,{opening + 59_999},97500.0,3,1.0,65000.0,0"
        for opening in range(first, first + 4_900 * 60_000, 60_000)
    ]
    with Mock.connect(served.url) as remote:
        assert remote.spot.feed("BTCUSDT", "klines", rows)["rows"] == 4_900


def test_threads_may_share_a_remote_face(served: Mock) -> None:
    served.reset()
    with Mock.connect(served.url) as remote, ThreadPoolExecutor(8) as pool:
        times = list(pool.map(lambda _: remote.clock.now_ms, range(200)))
    assert times == [NOW_MS] * 200
