"""Cancelling all orders of a contract unless the caller keeps saying that he is there (rule U-137).

A countdown runs on the world's clock. One whose time has come ends before anything else is done or shown in its
contract at that time.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.kinds import SymbolName, Time
from binance_mock.venues.usdm.render import ms
from binance_mock.venues.usdm.venue import UsdmCall, UsdmVenue


class CountdownEnds(NamedTuple):
    """The end of a countdown, unless another one has taken its place meanwhile."""

    symbol: str
    account: int

    def happen(self, venue: UsdmVenue, time: int) -> None:
        """Cancel what is open."""
        account = venue.owners[self.account]
        if account.countdowns.get(self.symbol) != time:
            return
        del account.countdowns[self.symbol]
        market = venue.markets.get(self.symbol)
        if market is not None:
            for order in list(market.bag(account.money).open.values()):
                market.cancel(order, order.client_id, time)


@endpoint("POST", "/fapi/v1/countdownCancelAll", group="trade", security=Security.TRADE, weight=10)
def countdown_cancel_all(call: UsdmCall, symbol: SymbolName, countdownTime: Time) -> Json:
    """Cancel all orders of a contract after a time, unless this is called again before; 0 stops it."""
    info = call.venue.info(symbol)
    call.venue.pass_time(call.now)
    countdowns = call.account.countdowns
    end = call.now + countdownTime
    if not countdownTime:
        countdowns.pop(info.name, None)
    elif countdowns.get(info.name) != end:
        countdowns[info.name] = end
        call.venue.schedule.add(end, CountdownEnds(info.name, call.account.money.id))
    return {"symbol": info.name, "countdownTime": str(ms(countdownTime))}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (countdown_cancel_all,)
