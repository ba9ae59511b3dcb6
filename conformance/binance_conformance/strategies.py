"""Hypothesis strategies for what Binance clients are given, and for what happens to them.

Decimals are text without exponent, as an exchange takes them. Where a strategy draws what is legal and what is not, the
drawn value says which. Strategies that need the rules of a symbol take `SymbolRules`; `rules_of` reads them from an
answer of exchangeInfo, and `symbol_rules` invents some.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from binance_conformance.operations import PlaceOrder, Side, Venue
from binance_conformance.rules import SymbolRules, read_rules, rules_of

__all__ = [
    "Fault",
    "RecvWindow",
    "Stamp",
    "SymbolRules",
    "client_order_ids",
    "faults",
    "hostile_lists",
    "hostile_text",
    "off_grid_prices",
    "off_grid_quantities",
    "orders",
    "parameters",
    "prices",
    "quantities",
    "read_rules",
    "recv_windows",
    "rules_of",
    "symbol_rules",
    "symbols",
    "timestamps",
]

ORDER_TYPES: Final = MappingProxyType({
    "spot": ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"),
    "usdm": ("LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"),
    "options": ("LIMIT",),
})  # fmt: skip
"""The types of orders that `orders` draws, by venue."""
FAULTS: Final = (
    "unknown_503", "unavailable_503", "internal_503", "overloaded_503", "error_500", "timeout_504", "too_many_429",
    "banned_418", "firewall_403", "latency", "reset_before", "reset_after", "truncated_body", "empty_body", "html_body",
    "garbage_body", "clock_jump",
)  # fmt: skip
"""The kinds of faults that `faults` draws; docs/faults.md tells what they are."""

_HOSTILE: Final = (
    "+", "%", "&", "=", " ", "#", "?", "/", "\\", '"', "'", "%2B", "%25", "%zz", "&signature=", "&timestamp=1", "a b",
    "币安人生", "é", "e\u0301", "\U0001f600", "\u202e", "\x00", "\n", "\t", "None", "null", "true", "1e-7", "[]", "{}",
    '["BTCUSDT","币安人生USDT"]', "[object Object]", "<script>", "${jndi:x}", "b'x'", ";", ",", "*", "~", "(", ")", "!",
)  # fmt: skip
_NAME: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ID: Final = f"{_NAME}0123456789-_"
_RESERVED: Final = ("timestamp", "recvWindow", "signature", "apiKey")
_LIMITED: Final = ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT", "STOP", "TAKE_PROFIT")
_STOPS: Final = ("STOP_LOSS", "STOP_LOSS_LIMIT", "STOP", "STOP_MARKET")
_TAKES: Final = ("TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "TAKE_PROFIT_MARKET")

# -- text -----------------------------------------------------------------------------------------------------------


def hostile_text(max_size: int = 40) -> st.SearchStrategy[str]:
    """Text that comes to grief when it is not encoded, or encoded twice: `+`, `%`, `&`, Unicode, JSON, `null`.

    Args:
        max_size: of the text, in characters.
    """
    pieces = st.lists(st.sampled_from(_HOSTILE) | st.text(max_size=4), max_size=8).map("".join)
    return (st.sampled_from(_HOSTILE) | pieces | st.text(max_size=max_size)).map(lambda text: text[:max_size])


def hostile_lists(max_size: int = 4) -> st.SearchStrategy[str]:
    """JSON arrays of text, as a value of one parameter: compact or with blanks, escaped or not."""

    def written(row: tuple[list[str], bool, bool]) -> str:
        items, blanks, ascii_only = row
        return json.dumps(items, separators=(", ", ": ") if blanks else (",", ":"), ensure_ascii=ascii_only)

    items = st.lists(st.sampled_from(("BTCUSDT", "币安人生USDT")) | hostile_text(8), max_size=max_size)
    return st.tuples(items, st.booleans(), st.booleans()).map(written)


def parameters(max_size: int = 6) -> st.SearchStrategy[dict[str, str]]:
    """Parameters with hostile values, in an order that is not that of their names; none that signing itself uses."""
    names = st.text(_NAME, min_size=1, max_size=12).filter(lambda name: name not in _RESERVED)
    return st.dictionaries(names, hostile_text() | hostile_lists(), max_size=max_size)


def client_order_ids() -> st.SearchStrategy[str]:
    """Client order ids that every venue takes: 1 to 32 letters, digits, `-` and `_`."""
    return st.text(_ID, min_size=1, max_size=32)


# -- symbols, prices, quantities ------------------------------------------------------------------------------------


def symbols(rules: Iterable[SymbolRules]) -> st.SearchStrategy[SymbolRules]:
    """One of the symbols that there are, those outside of ASCII first when an example shrinks."""
    return st.sampled_from(sorted(rules, key=lambda each: each.symbol.isascii()))


@st.composite
def symbol_rules(draw: st.DrawFn, venue: Venue = "spot") -> SymbolRules:
    """Rules of a symbol that there is not: grids from 10^-8 to 10, powers of ten and others, minima on and off them."""
    base = draw(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=8) | st.just("币安人生"))
    tick, step = draw(_sizes()), draw(_sizes())
    low, least = draw(st.integers(1, 1000)) * tick, draw(st.integers(1, 1000)) * step
    return SymbolRules(
        venue=venue,
        symbol=f"{base}USDT",
        order_types=ORDER_TYPES[venue],
        tick_size=tick,
        min_price=low,
        max_price=low + draw(st.integers(1, 10**6)) * tick,
        step_size=step,
        min_qty=least,
        max_qty=least + draw(st.integers(1, 10**6)) * step,
        min_notional=draw(st.sampled_from((Decimal(0), Decimal(5), Decimal(50)))),
    )


def prices(rules: SymbolRules, low: Decimal | None = None, high: Decimal | None = None) -> st.SearchStrategy[str]:
    """Prices on the grid.

    Args:
        rules: of the symbol.
        low: none below it; the lowest that the rules allow when None.
        high: none above it; the highest that the rules allow when None.
    """
    return _on_grid(rules.tick_size, rules.min_price, rules.max_price, low, high)


def quantities(rules: SymbolRules, low: Decimal | None = None, high: Decimal | None = None) -> st.SearchStrategy[str]:
    """Quantities on the grid; see `prices`."""
    return _on_grid(rules.step_size, rules.min_qty, rules.max_qty, low, high)


def off_grid_prices(
    rules: SymbolRules, low: Decimal | None = None, high: Decimal | None = None
) -> st.SearchStrategy[str]:
    """Prices between two prices of the grid, by as little as a tenth of a tick; see `prices`."""
    return _off_grid(rules.tick_size, prices(rules, low, high))


def off_grid_quantities(
    rules: SymbolRules, low: Decimal | None = None, high: Decimal | None = None
) -> st.SearchStrategy[str]:
    """Quantities between two quantities of the grid, by as little as a tenth of a step; see `prices`."""
    return _off_grid(rules.step_size, quantities(rules, low, high))


def _sizes() -> st.SearchStrategy[Decimal]:
    digits = st.sampled_from((1, 2, 5, 25))
    return st.tuples(digits, st.integers(-8, 0)).map(lambda pair: Decimal(pair[0]).scaleb(pair[1]))


def _on_grid(
    size: Decimal, least: Decimal, most: Decimal, low: Decimal | None, high: Decimal | None
) -> st.SearchStrategy[str]:
    # A grid begins at its minimum; where that is a multiple of the step, all that is drawn is one too.
    first = _steps(max(least, least if low is None else low) - least, size, ROUND_CEILING)
    last = _steps(min(most, most if high is None else high) - least, size, ROUND_FLOOR)
    if first > last:
        raise ValueError(f"no multiple of {size} lies between {low} and {high}")
    return st.integers(first, last).map(lambda count: plain(least + count * size))


def _off_grid(size: Decimal, on_grid: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tenths = st.integers(1, 9)
    return st.tuples(on_grid, tenths).map(lambda pair: plain(Decimal(pair[0]) + size * pair[1] / 10))


def _steps(span: Decimal, size: Decimal, rounding: str) -> int:
    return int((span / size).to_integral_value(rounding))


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros at its end."""
    return f"{value.normalize():f}"


# -- orders ---------------------------------------------------------------------------------------------------------


@st.composite
def orders(
    draw: st.DrawFn,
    rules: SymbolRules,
    market: str,
    *,
    types: Sequence[str] | None = None,
    sides: Sequence[Side] = ("BUY", "SELL"),
    worth: int = 1000,
    ids: st.SearchStrategy[str | None] | None = None,
) -> PlaceOrder:
    """Orders that an exchange takes, given money: of every type, on the grid, with the market where it is.

    Prices are within a tenth of the market, makers' orders rest, and stops and take-profits wait on their side of it.

    Args:
        draw: given by Hypothesis.
        rules: of the symbol.
        market: last price of the symbol.
        types: of these types, of all that venue and symbol have when None.
        sides: on these sides.
        worth: about how much an order is worth at most.
        ids: the client order ids, none when None.
    """
    known = [each for each in ORDER_TYPES[rules.venue] if each in rules.order_types]
    kind = draw(st.sampled_from(list(types) if types is not None else known))
    side = draw(st.sampled_from(list(sides)))
    at = Decimal(market)
    stop = _stop(draw, rules, kind, side, at)
    price = _limit(draw, rules, kind, side, at if stop is None else Decimal(stop))
    by_worth = rules.venue == "spot" and kind == "MARKET" and draw(st.booleans())
    least = max(rules.min_notional * 2, Decimal(1))
    waits = rules.venue in ("spot", "options") or kind in ("LIMIT", "STOP", "TAKE_PROFIT")
    lives = ("GTC", "IOC", "FOK", "GTX") if kind == "LIMIT" and rules.venue == "usdm" else ("GTC", "IOC", "FOK")
    return PlaceOrder(
        symbol=rules.symbol,
        side=side,
        type=kind,
        quantity=None if by_worth else _quantity(draw, rules, Decimal(price or stop or at), least, worth),
        quote_quantity=str(draw(st.integers(int(least) + 1, max(worth, int(least) + 1)))) if by_worth else None,
        price=price,
        time_in_force=draw(st.sampled_from(lives)) if price and kind != "LIMIT_MAKER" and waits else None,
        stop_price=stop,
        client_order_id=None if ids is None else draw(ids),
    )


def _stop(draw: st.DrawFn, rules: SymbolRules, kind: str, side: Side, at: Decimal) -> str | None:
    """The trigger: behind the market for the type, so that the order waits."""
    if kind not in _STOPS and not kind.startswith("TAKE_PROFIT"):
        return None
    above = (side == "BUY") == (kind in _STOPS)
    near, far = (Decimal("1.01"), Decimal("1.04")) if above else (Decimal("0.99"), Decimal("0.96"))
    return draw(prices(rules, *sorted((at * near, at * far))))


def _limit(draw: st.DrawFn, rules: SymbolRules, kind: str, side: Side, at: Decimal) -> str | None:
    if kind not in _LIMITED or (rules.venue == "spot" and kind in ("STOP", "TAKE_PROFIT")):
        return None
    low, high = rules.band(side, at)
    tenth = (max(low, at * Decimal("0.96")), min(high, at * Decimal("1.04")))
    if kind == "LIMIT_MAKER":
        edge = at * (Decimal("0.99") if side == "BUY" else Decimal("1.01"))
        tenth = (tenth[0], edge) if side == "BUY" else (edge, tenth[1])
    return draw(prices(rules, *tenth))


def _quantity(draw: st.DrawFn, rules: SymbolRules, price: Decimal, least: Decimal, worth: int) -> str:
    low = max(rules.min_qty, least / price)
    high = min(rules.max_qty, max(Decimal(worth) / price, low + rules.step_size))
    return draw(quantities(rules, low, high))


# -- time -----------------------------------------------------------------------------------------------------------


class Stamp(NamedTuple):
    """A timestamp with a recvWindow, both in milliseconds, and whether the exchange takes it when it arrives now.

    Rules S-20, S-21: it does when it is less than a second ahead, and no older than recvWindow.
    """

    timestamp_ms: int
    recv_window_ms: int
    in_time: bool


class RecvWindow(NamedTuple):
    """A recvWindow as it is sent, and whether it is legal: above 0, and at most 60000 ms where there is a maximum.

    Rules S-19, S-24, U-17.
    """

    text: str
    legal: bool


def timestamps(now_ms: int, recv_window_ms: int | None = None) -> st.SearchStrategy[Stamp]:
    """Timestamps at the edges of what is taken, a millisecond beside them, and anywhere around.

    Args:
        now_ms: the exchange's time.
        recv_window_ms: the window, drawn when None.
    """

    def around(window: int) -> st.SearchStrategy[Stamp]:
        edges = [-window + each for each in (-1, 0, 1)] + [0, 999, 1000, 1001]
        offsets = st.sampled_from(edges) | st.integers(-2 * window - 2000, 3000)
        return offsets.map(lambda offset: Stamp(now_ms + offset, window, -window <= offset < 1000))

    if recv_window_ms is not None:
        return around(recv_window_ms)
    return st.sampled_from((1, 1000, 5000, 59_999, 60_000)).flatmap(around)


def recv_windows(venue: Venue = "spot") -> st.SearchStrategy[RecvWindow]:
    """RecvWindows at the edges of what is legal at a venue, and anywhere around, whole and with decimals."""
    legal = st.sampled_from(("1", "5000", "59999", "60000", "5000.5", "59999.999")) | st.integers(1, 60_000).map(str)
    too_long = st.sampled_from(("60001", "60000.001")) | st.integers(60_001, 10**9).map(str)
    illegal = st.sampled_from(("-1", "abc")) | (st.nothing() if venue == "usdm" else too_long)
    return st.one_of(
        legal.map(lambda text: RecvWindow(text, legal=True)),
        illegal.map(lambda text: RecvWindow(text, legal=False)),
    )


# -- faults ---------------------------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """Something that goes wrong: `world.faults.add(fault.kind, **fault.settings)`."""

    kind: str
    settings: dict[str, Any]


_TEN_MINUTES: Final = 600_000
_PARAMETERS: Final[MappingProxyType[str, dict[str, st.SearchStrategy[Any]]]] = MappingProxyType(
    {
        "unknown_503": {"executed": st.booleans()},
        "error_500": {"executed": st.booleans()},
        "timeout_504": {"executed": st.booleans()},
        "too_many_429": {"retry_after": st.sampled_from((1, 10, 60))},
        "banned_418": {"seconds": st.sampled_from((1, 120, 300))},
        "latency": {"ms": st.sampled_from((1, 999, 5001, 30_000)), "stage": st.sampled_from(("before", "after"))},
        "truncated_body": {"executed": st.booleans()},
        "empty_body": {"executed": st.booleans()},
        "html_body": {"executed": st.booleans()},
        "garbage_body": {"executed": st.booleans()},
        "clock_jump": {"ms": st.integers(-_TEN_MINUTES, _TEN_MINUTES).filter(bool)},
    }
)


@st.composite
def faults(
    draw: st.DrawFn,
    kinds: Sequence[str] = FAULTS,
    *,
    method: str | None = None,
    path: str | None = None,
    most: int = 2,
) -> Fault:
    """Faults of the mock with their parameters, which fire once or a few times.

    Args:
        draw: given by Hypothesis.
        kinds: of these kinds.
        method: for calls by this verb, any when None.
        path: for calls to this path, which may end with `*`, any when None.
        most: so often at most.
    """
    kind = draw(st.sampled_from(list(kinds)))
    settings: dict[str, Any] = {name: draw(value) for name, value in _PARAMETERS.get(kind, {}).items()}
    given = {"method": method, "path": path, "times": draw(st.integers(1, most))}
    return Fault(kind, {**{name: value for name, value in given.items() if value is not None}, **settings})
