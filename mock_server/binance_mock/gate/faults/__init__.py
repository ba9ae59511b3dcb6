"""Faults by rule: what goes wrong, for which calls, and when.

`kinds` lists what can go wrong, `rules` says for which calls and on which of them, `book` holds the rules of a world.
Pure: nothing here sleeps, closes a connection or reads a clock; a fault says what is to happen, in numbers and in the
`Response`, and the layers above do it.
"""

from __future__ import annotations

from binance_mock.gate.faults.base import Fault, Parameter
from binance_mock.gate.faults.book import FaultBook
from binance_mock.gate.faults.call import Call
from binance_mock.gate.faults.rules import FaultRule, why_not

__all__ = ["Call", "Fault", "FaultBook", "FaultRule", "Parameter", "why_not"]
