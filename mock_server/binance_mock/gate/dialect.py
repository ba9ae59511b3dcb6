"""How the markets differ in what the gate says and asks; the order of its checks is the same everywhere."""

from __future__ import annotations

from typing import Final, NamedTuple

from binance_mock.gate.limiters import SPOT_WORDING, Wording
from binance_mock.gate.timing import LONGEST_WINDOW_MS

USDM_WORDING: Final = Wording(
    code=-1003,
    weight=(
        "Too many requests; current limit of IP({ip}) is {limit} requests per {unit}. "
        "Please use the websocket for live updates to avoid polling the API."
    ),
    raw=(
        "Too many requests; current limit of IP({ip}) is {limit} requests per {unit}. "
        "Please use the websocket for live updates to avoid polling the API."
    ),
    ban=("Way too many requests; IP banned until {until}. Please use the websocket for live updates to avoid bans."),
)
"""The texts of rule U-23."""


class Dialect(NamedTuple):
    """One market's way.

    Attributes:
        limits: how its request limits are worded.
        longest_window_ms: the longest recvWindow, None for any (rules S-24, U-17).
        bare_weight: send the used weight without an interval in the header's name, too (rules S-57, U-21).
        time_units: heed `X-MBX-TIME-UNIT` (rules S-14, U-5).
        names_the_path: answer -5000 with path and verb where nothing is served (rule U-6), else -1020 (rule S-9).
    """

    limits: Wording = SPOT_WORDING
    longest_window_ms: int | None = LONGEST_WINDOW_MS
    names_the_path: bool = False
    bare_weight: bool = True
    time_units: bool = True


SPOT: Final = Dialect()
USDM: Final = Dialect(
    limits=USDM_WORDING, longest_window_ms=None, names_the_path=True, bare_weight=False, time_units=False
)
