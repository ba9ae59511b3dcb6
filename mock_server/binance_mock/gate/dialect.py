"""How the markets differ in what the gate says and asks; the order of its checks is the same everywhere."""

from __future__ import annotations

from typing import Final, NamedTuple

from binance_mock.gate.limiters import SPOT_WORDING, Wording
from binance_mock.gate.timing import LONGEST_WINDOW_MS, WINDOW_TEXT

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
_COINM_WEIGHT: Final = (
    "Too many requests; current limit is {limit} requests per {unit}. "
    "Please use the websocket for live updates to avoid polling the API."
)
COINM_WORDING: Final = Wording(code=-1003, weight=_COINM_WEIGHT, raw=_COINM_WEIGHT, ban=USDM_WORDING.ban)


USDM_SUCCESSORS: Final = tuple((f"/fapi/v1/{name}", f"/fapi/v2/{name}") for name in ("account", "positionRisk"))
"""Of other retired paths no text of their own is known."""


_OPTIONS_WEIGHT: Final = (
    "Too much request weight used; current limit is {limit} request weight per {num} {interval}. "
    "Please use the websocket for live updates to avoid polling the API."
)
OPTIONS_WORDING: Final = Wording(
    code=-1008,
    weight=_OPTIONS_WEIGHT,
    # There is no limit of raw requests (rule O-37); one that a tester adds speaks as that of weight does.
    raw=_OPTIONS_WEIGHT,
    ban=(
        "Way too much request weight used; IP banned until {until}. "
        "Please use the websocket for live updates to avoid bans."
    ),
)
"""The texts of rule O-33."""


class Dialect(NamedTuple):
    """One market's way.

    Attributes:
        limits: how its request limits are worded.
        longest_window_ms: the longest recvWindow, None for any (rules S-24, U-17).
        window_text: how a longer one is refused, with `{longest}` (rule O-23).
        bare_weight: send the used weight without an interval in the header's name, too (rules S-57, U-21).
        time_units: heed `X-MBX-TIME-UNIT` (rules S-14, U-5).
        names_the_path: answer -5000 with path and verb where nothing is served (rule U-6), else -1020 (rule S-9).
        page_for_404: answer a page, no JSON, where nothing is served, whatever the caller takes.
        late: code and text for a request that was in time but reached the engine too late (rule U-17); None for those
            of one that came too late.
        successors: paths whose GET is retired, each with the path that is to be used now (rule U-6).
    """

    limits: Wording = SPOT_WORDING
    longest_window_ms: int | None = LONGEST_WINDOW_MS
    window_text: str = WINDOW_TEXT
    names_the_path: bool = False
    page_for_404: bool = False
    late: tuple[int, str] | None = None
    successors: tuple[tuple[str, str], ...] = ()
    bare_weight: bool = True
    time_units: bool = True


SPOT: Final = Dialect()
USDM: Final = Dialect(
    limits=USDM_WORDING,
    longest_window_ms=None,
    names_the_path=True,
    late=(-5028, "Timestamp for this request is outside of the ME recvWindow."),
    successors=USDM_SUCCESSORS,
    bare_weight=False,
    time_units=False,
)
COINM: Final = USDM._replace(limits=COINM_WORDING, longest_window_ms=LONGEST_WINDOW_MS, successors=())
OPTIONS: Final = Dialect(
    limits=OPTIONS_WORDING,
    window_text="recvWindow must be less than {longest}",
    page_for_404=True,
    bare_weight=False,
    time_units=False,
)
