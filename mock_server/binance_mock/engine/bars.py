"""A stretch of trading told by its sums: what a candle shows, and what a candle file feeds.

One shape serves three uses: a bar read from a candle file, the partial sums that the tape keeps, and the candle that is
answered. `fold` joins consecutive bars into one, `bar_of` sums a run of trades; both are associative, so sums of sums
are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from binance_mock.engine.trades import Trade


class Bar(NamedTuple):
    """Sums of all that happened from `open_time` to `close_time`, both inclusive and in microseconds.

    Prices, volumes and quote amounts are scaled by 10^8. `taker_base` and `taker_quote` count the trades whose taker
    bought. The ids are -1 where no trade is known one by one, as in candle files.
    """

    open_time: int
    close_time: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    quote: int
    count: int  # type: ignore[assignment]  # Binance's name; hides tuple.count, which nobody needs here
    taker_base: int
    taker_quote: int
    first_id: int = -1
    last_id: int = -1


def bar_of(trades: Sequence[Trade]) -> Bar:
    """Sum a run of trades in ascending order, which must not be empty, into a bar that spans their times."""
    first, last = trades[0], trades[-1]
    high = low = first.price
    volume = quote = taker_base = taker_quote = 0
    for trade in trades:
        price = trade.price
        if price > high:
            high = price
        elif price < low:
            low = price
        volume += trade.qty
        quote += trade.quote
        if not trade.buyer_maker:
            taker_base += trade.qty
            taker_quote += trade.quote
    return Bar(
        first.time,
        last.time,
        first.price,
        high,
        low,
        last.price,
        volume,
        quote,
        len(trades),
        taker_base,
        taker_quote,
        first.id,
        last.id,
    )


def fold(bars: Sequence[Bar]) -> Bar:
    """Join bars in ascending order, which must not be empty, into one that spans them."""
    first = bars[0]
    if len(bars) == 1:
        return first
    last = bars[-1]
    high, low = first.high, first.low
    first_id = last_id = -1
    volume = quote = count = taker_base = taker_quote = 0
    for bar in bars:
        if bar.high > high:
            high = bar.high
        if bar.low < low:
            low = bar.low
        volume += bar.volume
        quote += bar.quote
        count += bar.count
        taker_base += bar.taker_base
        taker_quote += bar.taker_quote
        if bar.first_id >= 0:
            if first_id < 0:
                first_id = bar.first_id
            last_id = bar.last_id
    return Bar(
        first.open_time,
        last.close_time,
        first.open,
        high,
        low,
        last.close,
        volume,
        quote,
        count,
        taker_base,
        taker_quote,
        first_id,
        last_id,
    )
