"""What an account owns on USDⓈ-M futures: wallets, positions, and how it wants them margined.

A wallet is the free balance of the ledger's account; nothing is locked here, and a loss may take it below zero until
the position is liquidated. What stands in isolated wallets is part of it (rules U-113, U-114).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from binance_mock.engine.ledger import Account
from binance_mock.engine.positions import MarginType, Position, PositionSide

DEFAULT_LEVERAGE: Final = 20
"""Of a contract that was not touched (rule U-93)."""
_BOTH: Final = (PositionSide.BOTH,)
_HEDGED: Final = (PositionSide.LONG, PositionSide.SHORT)


class IncomeType(StrEnum):
    """Why a wallet changed."""

    REALIZED_PNL = "REALIZED_PNL"
    COMMISSION = "COMMISSION"
    FUNDING_FEE = "FUNDING_FEE"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"
    TRANSFER = "TRANSFER"


class Income(NamedTuple):
    """One change of a wallet; amounts are scaled by 10^-8, times are microseconds."""

    id: int
    time: int
    type: IncomeType
    symbol: str
    asset: str
    amount: int
    trade_id: int | None


class MarginMove(NamedTuple):
    """What a user put into the isolated wallet of a position, or took out of it."""

    time: int
    symbol: str
    side: PositionSide
    added: bool
    asset: str
    amount: int


class ListenKey(NamedTuple):
    """A key of the user data stream, and until when it lives."""

    text: str
    until: int


class UsdmAccount:
    """A user's account.

    Args:
        name: how the world calls it.
        uid: Binance's number of the user.
        money: its wallets.
    """

    __slots__ = (
        "can_trade", "countdowns", "fee_burn", "hedged", "incomes", "leverages", "listen_key", "listen_keys",
        "margin_moves", "margin_types", "money", "multi_assets", "name", "positions", "results", "uid",
    )  # fmt: skip

    def __init__(self, name: str, uid: int, money: Account) -> None:
        self.name = name
        self.uid = uid
        self.money = money
        self.can_trade = True
        self.hedged = False
        """Whether long and short are positions of their own (rule U-67)."""
        self.multi_assets = False
        self.fee_burn = False
        self.leverages: dict[str, int] = {}
        self.margin_types: dict[str, MarginType] = {}
        self.positions: dict[tuple[str, PositionSide], Position] = {}
        self.incomes: list[Income] = []
        self.margin_moves: list[MarginMove] = []
        self.countdowns: dict[str, int] = {}
        """When all orders of a contract are to be cancelled, in microseconds (rule U-137)."""
        self.listen_key: ListenKey | None = None
        self.listen_keys = 0
        """How many were made."""
        self.results: dict[tuple[str, int, int], int] = {}
        """What fills realised, by contract, trade and order; without those that realised nothing."""

    def leverage(self, symbol: str) -> int:
        """The initial leverage of a contract."""
        return self.leverages.get(symbol, DEFAULT_LEVERAGE)

    def margin_type(self, symbol: str) -> MarginType:
        """Cross unless it was changed (rule U-93)."""
        return self.margin_types.get(symbol, MarginType.CROSSED)

    def position(self, symbol: str, side: PositionSide) -> Position:
        """A position, flat when it was never opened."""
        key = (symbol, side)
        position = self.positions.get(key)
        if position is None:
            position = self.positions[key] = self._flat(symbol, side)
        return position

    def rows(self, symbol: str) -> Iterator[Position]:
        """The positions that a contract has in the present mode: one, or long and short.

        To look at those that were never opened changes nothing.
        """
        for side in _HEDGED if self.hedged else _BOTH:
            yield self.positions.get((symbol, side)) or self._flat(symbol, side)

    def open_positions(self) -> Iterator[Position]:
        """All that are not flat."""
        return (position for position in self.positions.values() if position.qty)

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Change the leverage of a contract and of its positions."""
        self.leverages[symbol] = leverage
        for position in self._of(symbol):
            position.leverage = leverage

    def set_margin_type(self, symbol: str, kind: MarginType) -> None:
        """Change how a contract is margined; it has no position then (rule U-96)."""
        self.margin_types[symbol] = kind
        for position in self._of(symbol):
            position.margin_type = kind

    def isolated(self, asset_of: dict[str, str], asset: str) -> int:
        """What stands in isolated wallets of an asset.

        Args:
            asset_of: margin asset by contract.
            asset: the asset.
        """
        return sum(each.isolated_wallet for each in self.positions.values() if asset_of[each.symbol] == asset)

    def note(self, time: int, type: IncomeType, symbol: str, asset: str, amount: int, trade_id: int | None) -> None:
        """Write an income row, unless nothing came in or went out."""
        if amount:
            self.incomes.append(Income(len(self.incomes) + 1, time, type, symbol, asset, amount, trade_id))

    def fork(self, money: Account) -> UsdmAccount:
        """An equal account that goes its own way, with the copy of its wallets."""
        twin = UsdmAccount(self.name, self.uid, money)
        twin.can_trade, twin.hedged = self.can_trade, self.hedged
        twin.multi_assets, twin.fee_burn = self.multi_assets, self.fee_burn
        twin.leverages = self.leverages.copy()
        twin.margin_types = self.margin_types.copy()
        twin.positions = {key: position.fork() for key, position in self.positions.items()}
        twin.incomes = self.incomes.copy()
        twin.margin_moves = self.margin_moves.copy()
        twin.countdowns = self.countdowns.copy()
        twin.listen_key, twin.listen_keys = self.listen_key, self.listen_keys
        twin.results = self.results.copy()
        return twin

    def _flat(self, symbol: str, side: PositionSide) -> Position:
        return Position(symbol, side, leverage=self.leverage(symbol), margin_type=self.margin_type(symbol))

    def _of(self, symbol: str) -> list[Position]:
        return [position for position in self.positions.values() if position.symbol == symbol]

    def __repr__(self) -> str:
        return f"UsdmAccount({self.name!r})"
