"""Price statistics over a stretch of a tape: the tickers and the average price (rules S-165, S-171, S-174).

Windows include both their ends and are exact to the microsecond. They read single trades at their edges only (see
`digest`). A fed bar is inside when its opening is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from binance_mock.engine.intervals import MINUTE, Interval
from binance_mock.engine.units import SCALE

if TYPE_CHECKING:
    from binance_mock.engine.tape import Tape


class Window(NamedTuple):
    """What happened from `open_time` to `close_time`, both inclusive and in microseconds.

    In a window without trades `open`, `high`, `low`, `last_qty` and all sums are 0 and the ids -1, while `last` is the
    last price known at its end and so equals `prev_close`. The ids are -1 too when all that was traded came in bars.
    """

    open_time: int
    close_time: int
    open: int
    high: int
    low: int
    last: int
    """The price of the newest trade at the window's end, be it inside or earlier; 0 when there never was one."""
    last_qty: int
    """The quantity of the last trade inside; 0 when a fed bar came last, whose trades are not known."""
    prev_close: int
    """The last price before the window; 0 when there was none."""
    volume: int
    quote: int
    count: int  # type: ignore[assignment]  # Binance's name; hides tuple.count, which nobody needs here
    first_id: int
    last_id: int

    @property
    def weighted_average(self) -> int:
        """The price weighted by volume, cut to 10^-8; 0 without volume."""
        return self.quote * SCALE // self.volume if self.volume else 0


def window(tape: Tape, start: int, end: int) -> Window:
    """Sum up a tape from `start` to `end`, both inclusive, in microseconds."""
    before = tape.tick_before(start)
    previous = before.price if before else 0
    total = tape.total(start, end + 1)
    if total is None:
        return Window(start, end, 0, 0, 0, previous, 0, previous, 0, 0, 0, -1, -1)
    newest = tape.tick_before(end + 1)
    return Window(
        open_time=start,
        close_time=end,
        open=total.open,
        high=total.high,
        low=total.low,
        last=total.close,
        last_qty=newest.qty if newest else 0,
        prev_close=previous,
        volume=total.volume,
        quote=total.quote,
        count=total.count,
        first_id=total.first_id,
        last_id=total.last_id,
    )


def average_price(tape: Tape, minutes: int, now: int) -> tuple[int, int]:
    """Average the price over the last minutes, weighted by volume (rule S-165).

    Args:
        tape: what was traded.
        minutes: how far to look back; 0 takes the last price.
        now: microseconds, the end of the window, inclusive.

    Returns:
        The price, cut to 10^-8, and the time of the last trade in microseconds. Without volume in the window it is the
        last earlier price; (0, 0) when there never was one.

    """
    newest = tape.tick_before(now + 1)
    if newest is None:
        return 0, 0
    if minutes > 0:
        total = tape.total(now - minutes * MINUTE, now + 1)
        if total is not None and total.volume:
            return total.quote * SCALE // total.volume, newest.time
    return newest.price, newest.time


def rolling_start(now: int, size: int) -> int:
    """Open the window of `ticker`: `size` microseconds ago, on the full minute before (rule S-174)."""
    start = now - size
    return start - start % MINUTE


def trading_day(now: int, offset: int = 0) -> tuple[int, int]:
    """Bound the calendar day of `tradingDay` (rule S-174).

    Args:
        now: a moment of the day, in microseconds.
        offset: microseconds that local time is ahead of UTC.

    Returns:
        Its first and its last microsecond, ready for `window`.

    """
    start, following = Interval.DAY_1.bounds(now, offset)
    return start, following - 1
