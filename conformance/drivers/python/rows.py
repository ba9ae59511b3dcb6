"""Binance's own JSON, as most clients hand it to their callers, in the kit's words.

`ask` is what every driver of such a client does: let the client work, translate the rows, and let the driver say what
an exception of the client means.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from binance_conformance import operations as ops
from binance_conformance.protocol import VERSION, Capabilities, Client, Outcome, OutcomeKind

Row = dict[str, Any]
_CODE = re.compile(r'"code"\s*:\s*(-?\d+)')


class Unsupported(Exception):
    """The client has no such operation."""


def who(client: str, version: str, homepage: str, capabilities: Capabilities) -> Client:
    """The answer to `hello` of a client in Python."""
    return Client(
        protocol=VERSION,
        client=client,
        version=version,
        language="python",
        capabilities=capabilities,
        homepage=homepage,
    )


def ask(
    work: Callable[[], Any],
    operation: ops.Operation,
    told: Callable[[Exception], Outcome | None],
    translate: Callable[[ops.Operation, Any], Any] | None = None,
) -> Outcome:
    """Let a client work, and say what it told its caller.

    Args:
        work: the call of the client; what comes back are Binance's rows, or anything else when the client passes on
            what it does not understand.
        operation: what was asked.
        told: what an exception of the client tells; None for one that is not the client's.
        translate: for clients whose results are not Binance's rows: makes of them the operation's result.
    """
    try:
        rows = work()
    except Unsupported:
        return Outcome(outcome=OutcomeKind.UNSUPPORTED)
    except Exception as error:  # A client may raise anything.
        return told(error) or Outcome(outcome=OutcomeKind.CRASH, message=f"{type(error).__name__}: {error}")
    try:
        result = msgspec.to_builtins((translate or view)(operation, rows))
    except (AttributeError, KeyError, TypeError, IndexError):  # Success without the rows: the caller gets it as it is.
        result = rows if isinstance(rows, (dict, list, str, int, float, type(None))) else str(rows)
    return Outcome(outcome=OutcomeKind.ACCEPTED, result=result)


def by_status(status: int | None, code: int | None, message: str, until_ms: int | None = None) -> Outcome:
    """What a client tells that tells its caller the HTTP status, and Binance's code where there was one.

    After a 5xx without a better word nobody knows whether the order was placed, nor when the exchange itself says so.
    A code that stands in the message alone is told all the same.
    """
    if code is None and (found := _CODE.search(message)):
        code = int(found[1])
    match status:
        case _ if code in (-1006, -1007) or "execution status unknown" in message.lower():
            kind = OutcomeKind.UNKNOWN
        case 418:
            kind = OutcomeKind.BANNED
        case 429:
            kind = OutcomeKind.RATE_LIMITED
        case int() if status >= 500:
            kind = OutcomeKind.UNKNOWN
        case _:
            kind = OutcomeKind.REFUSED
    return Outcome(outcome=kind, code=code, status=status, message=message[:500], until_ms=until_ms)


def until(headers: Mapping[str, str] | None) -> int | None:
    """When a limit or ban ends, for a client that hands the headers of a refusal to its caller."""
    seconds = (headers or {}).get("Retry-After", "")
    return time.time_ns() // 1_000_000 + int(seconds) * 1000 if seconds.isdecimal() else None


def given(**values: Any) -> Row:
    """The values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def number(text: str | None, kind: Callable[[str], Any] = float) -> Any:
    """A number for a client that takes numbers."""
    return None if text is None else kind(text)


def view(operation: ops.Operation, rows: Any) -> Any:
    """Binance's answer to an operation, as the operation's result."""
    match operation:
        case ops.ServerTime():
            return ops.TimeView(server_time_ms=rows["serverTime"])
        case ops.ExchangeInfo():
            return [symbol(row) for row in rows.get("symbols") or rows.get("optionSymbols") or ()]
        case ops.Price(symbol=name):
            row = rows[0] if isinstance(rows, list) else rows
            return ops.PriceView(symbol=row.get("symbol", name), price=_text(row.get("price", row.get("lastPrice"))))
        case ops.Klines():
            return [kline(row) for row in rows]
        case ops.MarketTrades():
            return [ops.TradeView(str(row["a"]), price=row["p"], quantity=row["q"], time_ms=row["T"]) for row in rows]
        case ops.MyTrades():
            return [trade(row) for row in rows]
        case ops.Account():
            return balances(rows)
        case ops.TryOrder() | ops.CancelAllOrders() | ops.SetPositionMode():
            return None
        case ops.PlaceOrders():
            return [leg(row) for row in rows]
        case ops.PlaceOrder() | ops.CancelOrder() | ops.QueryOrder():
            return order(rows)
        case ops.OpenOrders() | ops.AllOrders():
            return [order(row) for row in rows]
        case ops.SetLeverage():
            return ops.LeverageView(symbol=rows["symbol"], leverage=rows["leverage"])
        case ops.PositionMode():
            return ops.PositionModeView(hedge=rows["dualSidePosition"])
        case ops.Positions():
            return [position(row) for row in rows]
    raise Unsupported


def symbol(row: Row) -> ops.SymbolView:
    """A symbol of exchangeInfo."""
    filters = {each["filterType"]: each for each in row.get("filters") or ()}
    lot = filters.get("LOT_SIZE", {})
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL") or {}
    return ops.SymbolView(
        symbol=row["symbol"],
        status=row.get("status"),
        tick_size=filters.get("PRICE_FILTER", {}).get("tickSize"),
        step_size=lot.get("stepSize"),
        min_qty=lot.get("minQty"),
        min_notional=notional.get("minNotional") or notional.get("notional"),
    )


def kline(row: list[Any]) -> ops.KlineView:
    """A candle."""
    return ops.KlineView(
        open_time_ms=row[0], open=row[1], high=row[2], low=row[3], close=row[4], volume=row[5], close_time_ms=row[6],
    )  # fmt: skip


def trade(row: Row) -> ops.TradeView:
    """A trade of the account."""
    return ops.TradeView(
        trade_id=str(row.get("id", row.get("tradeId"))),
        order_id=str(row["orderId"]),
        price=row["price"],
        quantity=_text(row.get("qty", row.get("quantity"))),
        commission=_text(row.get("commission", row.get("fee"))),
        commission_asset=row.get("commissionAsset"),
        time_ms=row["time"],
    )


def balances(rows: Row) -> list[ops.BalanceView]:
    """What an account owns, at any venue."""
    if "balances" in rows:
        return [ops.BalanceView(each["asset"], each["free"], each["locked"]) for each in rows["balances"]]
    assets = rows.get("assets") or rows.get("asset")
    if assets is None:
        raise KeyError("assets")
    return [ops.BalanceView(each["asset"], str(each.get("availableBalance", each.get("available")))) for each in assets]


def order(row: Row) -> ops.OrderView:
    """An order, at any venue."""
    times = (row.get(name) for name in ("transactTime", "time", "createTime", "updateTime"))
    return ops.OrderView(
        order_id=str(row["orderId"] if "orderId" in row else row["algoId"]),
        client_order_id=row.get("origClientOrderId") or row.get("clientOrderId") or row.get("clientAlgoId"),
        symbol=row.get("symbol"),
        side=row.get("side"),
        type=row.get("type", row.get("orderType")),
        status=row.get("status", row.get("algoStatus")),
        price=_text(row.get("price")),
        quantity=_text(row.get("origQty", row.get("quantity"))),
        executed_quantity=_text(row.get("executedQty")),
        time_ms=next((time for time in times if time), None),
    )


def leg(row: Row) -> ops.LegView:
    """What became of one order of a batch."""
    if row.get("orderId") is not None:
        return ops.LegView(order=order(row))
    return ops.LegView(code=row.get("code"), message=row.get("msg", ""))


def position(row: Row) -> ops.PositionView:
    """An open position."""
    return ops.PositionView(
        symbol=row["symbol"],
        quantity=str(row.get("positionAmt", row.get("quantity"))),
        side=row.get("positionSide", row.get("side")),
        entry_price=_text(row.get("entryPrice")),
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
