"""A market for readable scenarios: amounts are decimal texts, the clock ticks by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from binance_mock.engine.book import BookSide
from binance_mock.engine.commission import Fees
from binance_mock.engine.events import Event
from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.market import Market, Rejected, Rejection
from binance_mock.engine.orders import Extras, Order, OrderType, Side, StpMode, TimeInForce

from .snapshots import market_state

SCALE = 10**8


def units(text: str) -> int:
    """`"1.5"` in units of 10^-8."""
    scaled = Decimal(text) * SCALE
    assert scaled == int(scaled), f"{text} has more than eight digits after the point"
    return int(scaled)


def text(amount: int) -> str:
    """Units of 10^-8 as the shortest decimal text."""
    return f"{(Decimal(amount) / SCALE).normalize():f}"


class Scene:
    """One market with its ledger.

    Args:
        base, quote: the assets.
        bnb: prices of one BNB, by asset.
        lot, base_unit, quote_unit: as in `Market`, as texts.
    """

    def __init__(
        self,
        base: str = "BTC",
        quote: str = "USDT",
        *,
        bnb: dict[str, str] | None = None,
        lot: str = "0.00000001",
        base_unit: str = "0.00000001",
        quote_unit: str = "0.00000001",
    ) -> None:
        prices = {asset: units(price) for asset, price in (bnb or {}).items()}
        self.ledger = Ledger()
        self.market = Market(
            base + quote,
            base,
            quote,
            self.ledger,
            lot=units(lot),
            base_unit=units(base_unit),
            quote_unit=units(quote_unit),
            bnb_price=lambda asset: prices.get(asset, 0),
        )
        self.now = 1_000
        self.events: list[Event] = []
        """Of the last command."""
        self.placed = 0

    # -- setting up -------------------------------------------------------------------------------------------

    def account(self, *, group: int = -1, fees: Fees = Fees.FREE, bnb_burn: bool = False, **money: str) -> Account:
        """An account; money by asset, plenty of both assets when none is given."""
        account = self.ledger.open(fees, trade_group=group)
        account.bnb_burn = bnb_burn
        for asset, amount in (money or {self.market.base: "1000", self.market.quote: "1000000"}).items():
            self.ledger.deposit(account, asset, units(amount))
        return account

    # -- commands ---------------------------------------------------------------------------------------------

    def place(
        self,
        account: Account,
        side: str,
        type: str,
        qty: str = "0",
        price: str = "0",
        *,
        tif: str = "GTC",
        quote: str = "0",
        stp: str = "NONE",
        stop: str = "0",
        delta: int = 0,
        iceberg: str = "0",
        name: str = "",
    ) -> Order:
        self.now += 1
        self.placed += 1
        extras = Extras(stop_price=units(stop), trailing_delta=delta, iceberg=units(iceberg))
        order = Order(
            account,
            name or f"order{self.placed}",
            Side(side),
            OrderType(type),
            TimeInForce(tif),
            units(price),
            units(qty),
            units(quote),
            StpMode(stp),
            extras if stop != "0" or delta or iceberg != "0" else None,
        )
        self.events = self.market.place(order, self.now)
        return order

    def buy(self, account: Account, qty: str, price: str = "0", **terms: Any) -> Order:
        """LIMIT with a price, MARKET without."""
        return self.place(account, "BUY", "MARKET" if price == "0" else "LIMIT", qty, price, **terms)

    def sell(self, account: Account, qty: str, price: str = "0", **terms: Any) -> Order:
        """LIMIT with a price, MARKET without."""
        return self.place(account, "SELL", "MARKET" if price == "0" else "LIMIT", qty, price, **terms)

    def cancel(self, order: Order, name: str = "cancel") -> None:
        self.now += 1
        self.events = self.market.cancel(order, name, self.now)

    def print_trade(self, price: str, qty: str = "1") -> None:
        """Somebody else trades."""
        self.now += 1
        self.events = self.market.print_trade(units(price), units(qty), self.now)

    @contextmanager
    def refuses(self, reason: Rejection) -> Iterator[None]:
        """The command inside is refused for this reason and nothing changes."""
        before = market_state(self.market)
        with pytest.raises(Rejected) as caught:
            yield
        assert caught.value.reason is reason
        assert market_state(self.market) == before

    # -- looking ----------------------------------------------------------------------------------------------

    @property
    def bids(self) -> list[tuple[str, str]]:
        return [(text(price), text(qty)) for price, qty in self.market.book.depth(100)[0]]

    @property
    def asks(self) -> list[tuple[str, str]]:
        return [(text(price), text(qty)) for price, qty in self.market.book.depth(100)[1]]

    @property
    def trades(self) -> list[tuple[str, str]]:
        """Price and quantity of every trade, oldest first."""
        tape = self.market.tape
        return [(text(trade.price), text(trade.qty)) for trade in tape.newest(len(tape))]

    @property
    def makers(self) -> list[Order | None]:
        """The resting order of every trade, oldest first."""
        tape = self.market.tape
        return [trade.maker for trade in tape.newest(len(tape))]

    def queue(self, side: str) -> list[Order]:
        """Resting orders in the order in which they would trade."""
        levels: BookSide = self.market.book.bids if side == "BUY" else self.market.book.asks
        return [order for level in levels for order in level]

    def happened(self) -> list[str]:
        """Names of the events of the last command."""
        return [type(event).__name__ for event in self.events]


def free(account: Account, asset: str) -> str:
    return text(account.free[asset])


def locked(account: Account, asset: str) -> str:
    return text(account.locked[asset])


def state(order: Order) -> str:
    """Status, with what traded, what was prevented and what is left where these are not zero."""
    parts = {"executed": order.executed, "prevented": order.prevented, "left": order.left}
    return " ".join([order.status, *(f"{name}={text(amount)}" for name, amount in parts.items() if amount)])


def reason(order: Order) -> str | None:
    return order.extras.expiry_reason if order.extras else None
