"""The kill switch: cancelling all orders in the options of an underlying unless heartbeats come (rule O-100).

A countdown runs on the world's clock and ends to the microsecond. When it has run out, orders are refused with -2010
(`guards`) until a heartbeat lets it run anew, or a new length is set, or 0 ends it; it stays set until then.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.options.accounts import Countdown
from binance_mock.venues.options.kinds import UnderlyingName
from binance_mock.venues.options.maker_kinds import CountdownTime, Underlyings
from binance_mock.venues.options.render import ms
from binance_mock.venues.options.resting import cancel_all, of_underlying
from binance_mock.venues.options.venue import OptionsCall, OptionsVenue


class CountdownEnds(NamedTuple):
    """The end of a countdown, unless it was set anew meanwhile."""

    underlying: str
    account: int

    def happen(self, venue: OptionsVenue, time: int) -> None:
        """Cancel what is open, and let nothing in any more."""
        account = venue.owners[self.account]
        countdown = account.countdowns.get(self.underlying)
        if countdown is not None and countdown.until == time:
            account.blocked.add(self.underlying)
            cancel_all(venue, account, of_underlying(venue, self.underlying), time)


@endpoint("POST", "/eapi/v1/countdownCancelAll", group="mm", security=Security.TRADE, weight=1)
def set_countdown(call: OptionsCall, underlying: UnderlyingName, countdownTime: CountdownTime) -> Json:
    """Cancel all orders of an underlying after a time, unless a heartbeat comes before; 0 stops it."""
    name = call.venue.underlying(underlying).name
    if countdownTime:
        _run(call, name, countdownTime)
    else:
        call.account.countdowns.pop(name, None)
        call.account.blocked.discard(name)
    return {"underlying": name, "countdownTime": ms(countdownTime)}


@endpoint("GET", "/eapi/v1/countdownCancelAll", group="mm", security=Security.TRADE, weight=1)
def show_countdown(call: OptionsCall, underlying: UnderlyingName | None = None) -> Json:
    """What is set for an underlying, or for all: nothing as an empty object, several as a list."""
    countdowns = call.account.countdowns
    names = list(countdowns) if underlying is None else [call.venue.underlying(underlying).name]
    rows: list[dict[str, Any]] = [
        {"underlying": name, "countdownTime": ms(countdowns[name].length)} for name in names if name in countdowns
    ]
    if len(rows) > 1:
        return rows
    return rows[0] if rows else {}


@endpoint("POST", "/eapi/v1/countdownCancelAllHeartBeat", group="mm", security=Security.TRADE, weight=10)
def heartbeat(call: OptionsCall, underlyings: Underlyings) -> Json:
    """Let countdowns run anew, those that ran out too; the answer names them."""
    countdowns = call.account.countdowns
    names = dict.fromkeys(call.venue.underlying(each).name for each in underlyings)
    running = [name for name in names if name in countdowns]
    for name in running:
        _run(call, name, countdowns[name].length)
    return {"underlyings": running}


def _run(call: OptionsCall, underlying: str, length: int) -> None:
    """Let a countdown run from now on."""
    account, end = call.account, call.now + length
    account.countdowns[underlying] = Countdown(length, end)
    account.blocked.discard(underlying)
    call.venue.schedule.add(end, CountdownEnds(underlying, account.money.id))


ENDPOINTS: Final[tuple[Endpoint, ...]] = (set_countdown, show_countdown, heartbeat)
