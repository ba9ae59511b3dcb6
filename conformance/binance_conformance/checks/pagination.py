"""Pages: everything that was asked for, each row once, and an end."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.markets import taking
from binance_conformance.operations import AllOrders, Klines, KlineView, MarketTrades, MyTrades, OrderView, TradeView
from binance_conformance.protocol import Promise
from binance_conformance.scene import Scene, Told

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_CANDLES: Final = {"spot": 1501, "usdm": 1501, "options": 1200}
"""More than a page holds, and not more than a fresh world has."""
_USUAL_PAGE: Final = 500
"""Rows that are answered to a client that does not say how many it wants."""
_TRADES: Final = 1005
_AT_ONCE: Final = (range(498, 504), range(998, 1004))
"""Places of trades that happen in one millisecond: around the edges of pages of 500 and 1000."""


@check(
    "pagination.candles-once",
    "Candles of several pages are told completely, each once",
    level=MUST,
    why="A candle that is told twice, or not at all, shifts every indicator that is computed from them.",
    guards=("F-93",),
    rules=("S-169",),
    promises=(Promise.PAGES,),
)
def candles_once(scene: Scene) -> None:
    """More candles than a page holds, without a gap."""
    count = _CANDLES[scene.venue]
    end = scene.now_ms // MINUTE * MINUTE - 1
    start = end + 1 - count * MINUTE
    told = scene.call(Klines(symbol=scene.symbol, interval="1m", start_ms=start, end_ms=end))
    times = _open_times(scene, told)
    _expect_each_once(scene, times, "a candle")
    scene.expect(
        times == list(range(start, end, MINUTE)), "candles are missing, out of order, or not those asked for",
        expected=f"{count} candles from {start}", found=_summary(times),
    )  # fmt: skip


@check(
    "pagination.open-candle-marked",
    "The candle that still runs is left out, or told as one that is not closed",
    level=SHOULD,
    why="Its close is only the last price. Who decides by it decides otherwise a minute later.",
    guards=("F-94",),
    rules=("S-169",),
)
def open_candle_marked(scene: Scene) -> None:
    """The last candles up to now, in the middle of an hour."""
    before = scene.now_ms
    told = scene.call(Klines(symbol=scene.symbol, interval="1h", start_ms=before - 5 * HOUR, limit=10))
    scene.expect_accepted(told, "asking for candles")
    rows = told.view(list[KlineView])
    scene.need(bool(rows), "the client told no candles")
    runs = scene.now_ms // HOUR * HOUR
    scene.need(before // HOUR * HOUR == runs, "an hour ended meanwhile")
    scene.need(
        rows[-1].open_time_ms < runs or all(row.closed is not None for row in rows),
        "the client leaves it to its caller to know which candle still runs",
    )
    scene.expect(
        not any(row.closed for row in rows if row.open_time_ms >= runs), "the candle that still runs is told as closed",
        expected="left out, or marked", found=rows[-1],
    )  # fmt: skip
    scene.expect(
        all(row.closed is not False for row in rows if row.open_time_ms < runs), "a finished candle is told as open",
        expected="only the last one is open", found=[row.open_time_ms for row in rows if row.closed is False],
    )  # fmt: skip


@check(
    "pagination.gap-does-not-end-the-walk",
    "Candles that follow a long time without any are told",
    level=SHOULD,
    why="A symbol that was listed later, or stood still, looks as if it had no history.",
    guards=("F-95",),
    rules=("S-169",),
    promises=(Promise.PAGES,),
)
def gap_does_not_end_the_walk(scene: Scene) -> None:
    """Nothing but the last two days of eight have candles: the first pages by time are empty."""
    end = scene.now_ms // (5 * MINUTE) * 5 * MINUTE - 1
    told = scene.call(Klines(symbol=scene.symbol, interval="5m", start_ms=end - 8 * DAY, end_ms=end))
    times = _open_times(scene, told)
    scene.expect(
        bool(times), "a time without candles ended the walk", expected="the candles behind it", found="no candle"
    )
    scene.expect(
        times[-1] == end + 1 - 5 * MINUTE, "the last candles are missing", expected=str(end + 1 - 5 * MINUTE),
        found=times[-1],
    )  # fmt: skip
    _expect_each_once(scene, times, "a candle")
    steps = {later - earlier for earlier, later in pairwise(times)}
    scene.expect(
        steps == {5 * MINUTE}, "candles are missing", expected="one every five minutes",
        found=f"distances of {sorted(steps)} ms",
    )  # fmt: skip


@check(
    "pagination.full-last-page",
    "A last page that is full leads to at most one further request",
    level=MUST,
    why="A walk without an end uses up the request weight, until the address is banned.",
    guards=("F-96",),
    rules=("S-169",),
    promises=(Promise.PAGES,),
)
def full_last_page(scene: Scene) -> None:
    """Exactly as many candles as a page of 1000 holds."""
    end = scene.now_ms // MINUTE * MINUTE - 1
    start = end + 1 - 1000 * MINUTE
    told = scene.call(Klines(symbol=scene.symbol, interval="1m", start_ms=start, end_ms=end))
    times = _open_times(scene, told)
    pages = [seen for seen in told.arrived if seen.path.endswith("lines")]
    limits = [int(value) for seen in pages if (value := seen.params.get("limit", "")).isdigit()]
    most = -(-1000 // min(1000, *limits or [_USUAL_PAGE])) + 1
    scene.expect(
        len(pages) <= most, "the walk goes on behind its end", expected=f"at most {most} requests",
        found=f"{len(pages)} requests",
    )  # fmt: skip
    scene.expect(
        times == list(range(start, end, MINUTE)), "candles are missing, repeated, or not those asked for",
        expected=f"1000 candles from {start}", found=_summary(times),
    )  # fmt: skip


@check(
    "pagination.trades-of-one-millisecond",
    "Trades that happened in one millisecond are all told, each once, also where a page ends among them",
    level=MUST,
    why="Pages by time lose the trades behind the edge, or tell them twice; volumes and averages are wrong.",
    guards=("F-97",),
    rules=("S-175",),
    venues=("spot",),
    promises=(Promise.PAGES,),
)
def trades_of_one_millisecond(scene: Scene) -> None:
    """More trades than a page holds; around the places where pages end, six share a time."""
    start = scene.now_ms - HOUR // 2
    time, rows = start, []
    for place in range(_TRADES):
        if not any(place in several and place != several[0] for several in _AT_ONCE):
            time += 1000
        rows.append(f"{5000 + place},80000.00,0.001,{7000 + place},{7000 + place},{time},True,True")
    scene.world.spot.feed(scene.symbol, "aggTrades", rows)
    scene.note(f"{_TRADES} trades; those at {', '.join(map(str, _AT_ONCE))} share a millisecond each")
    told = scene.call(MarketTrades(symbol=scene.symbol, start_ms=start, end_ms=time))
    scene.expect_accepted(told, "asking for trades")
    numbers = [int(row.trade_id) for row in told.view(list[TradeView])]
    _expect_each_once(scene, numbers, "a trade")
    missing = sorted(set(range(5000, 5000 + _TRADES)) - set(numbers))
    scene.expect(
        not missing, "trades were lost", expected=f"{_TRADES} trades", found=f"{len(numbers)}, without {missing[:10]}"
    )


@check(
    "pagination.from-trade-id",
    "Trades from a trade on are those from that trade on",
    level=SHOULD,
    why="Numbers of orders and of trades count apart. One in the place of the other skips trades, or tells all anew.",
    guards=("F-98",),
    rules=("S-177", "U-133"),
    venues=("spot", "usdm"),
)
def from_trade_id(scene: Scene) -> None:
    """Three trades of three orders, and the question for those from the second on."""
    _trade(scene, 3)
    told = scene.call(MyTrades(symbol=scene.symbol))
    scene.need(told.accepted, "the client did not ask for its trades")
    numbers = [row.trade_id for row in told.view(list[TradeView])]
    scene.need(len(numbers) == 3, "the client told other trades than the three that there are")
    told = scene.call(MyTrades(symbol=scene.symbol, from_id=numbers[1]))
    scene.expect_accepted(told, "asking for trades from one on")
    found = [row.trade_id for row in told.view(list[TradeView])]
    scene.expect(
        found == numbers[1:], "other trades than those asked for were told", expected=", ".join(numbers[1:]),
        found=", ".join(found) or "none",
    )  # fmt: skip


@check(
    "pagination.long-span",
    "A time that is too long for one request is asked for in parts",
    level=SHOULD,
    why="The exchange refuses a longer span, and the caller has no history, or believes that nothing happened.",
    guards=("F-99",),
    rules=("S-53", "S-177", "S-178", "U-133"),
    venues=("spot", "usdm"),
    promises=(Promise.PAGES,),
)
def long_span(scene: Scene) -> None:
    """One trade now, and the question for trades and orders of the last days, or of the last weeks on futures."""
    _trade(scene, 1)
    start = scene.now_ms - (3 * DAY if scene.venue == "spot" else 20 * DAY)
    told = scene.call(MyTrades(symbol=scene.symbol, start_ms=start, end_ms=scene.now_ms + 1))
    scene.expect_accepted(told, "asking for the trades of a long time")
    scene.expect(len(told.view(list[TradeView])) == 1, "trades were lost or repeated", expected="one trade", found=told)
    told = scene.call(AllOrders(symbol=scene.symbol, start_ms=start, end_ms=scene.now_ms + 1))
    scene.expect_accepted(told, "asking for the orders of a long time")
    scene.expect(len(told.view(list[OrderView])) == 1, "orders were lost or repeated", expected="one order", found=told)


def _open_times(scene: Scene, told: Told) -> list[int]:
    scene.expect_accepted(told, "asking for candles")
    return [row.open_time_ms for row in told.view(list[KlineView])]


def _expect_each_once(scene: Scene, numbers: list[int], what: str) -> None:
    """End the check when a number is told twice."""
    twice = sorted({number for number, later in pairwise(sorted(numbers)) if number == later})
    scene.expect(not twice, f"{what} was told twice", expected="each once", found=f"twice: {twice[:10]}")


def _summary(times: list[int]) -> str:
    return f"{len(times)} candles from {times[0]} to {times[-1]}" if times else "no candle"


def _trade(scene: Scene, count: int) -> None:
    """Let the client buy some times what is offered at the best price."""
    for _ in range(count):
        bought = scene.call(taking(scene, "BUY"))
        scene.need(bought.accepted, "the client did not buy")


CHECKS: Final = (
    candles_once,
    open_candle_marked,
    gap_does_not_end_the_walk,
    full_last_page,
    trades_of_one_millisecond,
    from_trade_id,
    long_span,
)
