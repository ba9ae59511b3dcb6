"""What an account owns of European options: a wallet, positions, and what was done about them.

The wallet is the free balance of the ledger's account; premiums go out of it and come into it at each fill (rule O-73).
There is one net position in a contract (rule O-78), kept as positions of all contracts are, with an exact entry price.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from binance_mock.engine.ledger import Account
from binance_mock.engine.positions import Position
from binance_mock.venues.listen_keys import ListenKey
from binance_mock.venues.options.pricing import OptionSide

ASSET: Final = "USDT"
"""The one asset that is quoted and settled in (rule O-43)."""
NOT_FROZEN: Final = 0
UNTIL_RESET: Final = -1


class BillType(StrEnum):
    """Why the wallet changed (rule O-79)."""

    FEE = "FEE"
    CONTRACT = "CONTRACT"
    TRANSFER = "TRANSFER"


class Bill(NamedTuple):
    """One change of the wallet; amounts have a sign and are scaled by 10^-8, times are microseconds."""

    id: int
    time: int
    type: BillType
    asset: str
    amount: int


class FillRecord(NamedTuple):
    """What a fill did beside what the trade says; amounts in units of 10^-8.

    Attributes:
        fee: above zero when charged.
        realised: profit of what it closed.
        volatility: implied by the price, 0 where none is.
        id: number of the fill among all of the account, in the order of time.
    """

    fee: int
    realised: int
    volatility: int
    id: int = 0


class ExerciseRecord(NamedTuple):
    """What expiry did to one position (rule O-83); `qty` is below zero for a short, `amount` for what was paid."""

    id: int
    time: int
    symbol: str
    side: OptionSide
    price: int
    """The settlement price."""
    mark: int
    """The last mark price."""
    qty: int
    amount: int
    fee: int
    price_digits: int
    qty_digits: int


class WatchedFill(NamedTuple):
    """A fill that market maker protection counts; quantity without sign, delta with one, in units of 10^-8."""

    time: int
    qty: int
    delta: int


class Protection(NamedTuple):
    """Market maker protection of one underlying (rule O-101); it never changes, a new one takes its place.

    Attributes:
        window: microseconds.
        frozen: microseconds, 0 to stay frozen until it is reset.
        qty_limit: contracts that may trade within the window.
        delta_limit: net delta that may come of it.
        triggered: when it last struck, 0 for never.
        frozen_until: until when orders are refused, 0 for not at all, -1 until it is reset.
        fills: what counts within the window, oldest first.
    """

    window: int
    frozen: int
    qty_limit: int
    delta_limit: int
    triggered: int = 0
    frozen_until: int = NOT_FROZEN
    fills: tuple[WatchedFill, ...] = ()

    def holds(self, now: int) -> bool:
        """Whether it struck and lets no order pass yet."""
        return self.frozen_until == UNTIL_RESET or now < self.frozen_until


class Countdown(NamedTuple):
    """The kill switch of one underlying (rule O-100); times in microseconds."""

    length: int
    until: int


class OptionsAccount:
    """A user's account.

    Args:
        name: how the world calls it.
        uid: Binance's number of the user.
        money: its wallet.
    """

    __slots__ = (
        "bills",
        "blocked",
        "can_trade",
        "can_write",
        "countdowns",
        "exercises",
        "fills",
        "is_maker",
        "liquidating",
        "listen_key",
        "listen_keys",
        "money",
        "name",
        "positions",
        "protections",
        "reduce_only",
        "uid",
    )  # fmt: skip

    def __init__(self, name: str, uid: int, money: Account) -> None:
        self.name = name
        self.uid = uid
        self.money = money
        self.can_trade = True
        self.can_write = True
        """Whether it may sell what it does not hold (rule O-49)."""
        self.is_maker = True
        """Whether it may use market maker protection (rule O-101)."""
        self.reduce_only = False
        """Below maintenance margin (rule O-80)."""
        self.liquidating = False
        self.positions: dict[str, Position] = {}
        """Positions by contract, flat ones too."""
        self.fills: dict[tuple[str, int, int], FillRecord] = {}
        """What its trades did, by contract, trade and order; the trades themselves are in the market's bag."""
        self.bills: list[Bill] = []
        self.exercises: list[ExerciseRecord] = []
        self.protections: dict[str, Protection] = {}
        """By underlying."""
        self.countdowns: dict[str, Countdown] = {}
        """By underlying."""
        self.blocked: set[str] = set()
        """Underlyings whose countdown ran out: no new orders until a heartbeat or a 0 (rule O-100)."""
        self.listen_key: ListenKey | None = None
        self.listen_keys = 0
        """How many were made."""

    @property
    def balance(self) -> int:
        """The wallet."""
        return self.money.free[ASSET]

    def position(self, symbol: str) -> Position:
        """The position in a contract, flat when it was never opened."""
        position = self.positions.get(symbol)
        if position is None:
            position = self.positions[symbol] = Position(symbol)
        return position

    def held(self, symbol: str) -> int:
        """How much of a contract it has, below zero for a short; to look changes nothing."""
        position = self.positions.get(symbol)
        return position.qty if position is not None else 0

    def open_positions(self) -> Iterator[Position]:
        """All that are not flat."""
        return (position for position in self.positions.values() if position.qty)

    def note(self, time: int, type: BillType, amount: int) -> None:
        """Write a bill, unless nothing came in or went out."""
        if amount:
            self.bills.append(Bill(len(self.bills) + 1, time, type, ASSET, amount))

    def fork(self, money: Account) -> OptionsAccount:
        """An equal account that goes its own way, with the copy of its wallet."""
        twin = OptionsAccount(self.name, self.uid, money)
        twin.can_trade, twin.can_write, twin.is_maker = self.can_trade, self.can_write, self.is_maker
        twin.reduce_only, twin.liquidating = self.reduce_only, self.liquidating
        twin.positions = {symbol: position.fork() for symbol, position in self.positions.items()}
        twin.fills = self.fills.copy()
        twin.bills = self.bills.copy()
        twin.exercises = self.exercises.copy()
        twin.protections = self.protections.copy()
        twin.countdowns = self.countdowns.copy()
        twin.blocked = self.blocked.copy()
        twin.listen_key, twin.listen_keys = self.listen_key, self.listen_keys
        return twin

    def __repr__(self) -> str:
        return f"OptionsAccount({self.name!r})"
