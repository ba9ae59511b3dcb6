"""The server's loop where there is no uvloop: freezegun does not stop it."""

from __future__ import annotations

import sys

import pytest
import requests
from freezegun import freeze_time

from binance_mock import Mock


def test_a_late_answer_comes_while_time_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    with Mock() as binance, freeze_time("2024-01-01"):
        binance.faults.add("latency", ms=20, wall=True, times=1)
        answer = requests.get(f"{binance.url}/api/v3/time", timeout=10)
        assert answer.json() == {"serverTime": 1_704_067_200_000}
        assert binance.requests.last.fault == "latency-1"
