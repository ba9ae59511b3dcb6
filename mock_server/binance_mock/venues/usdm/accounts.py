"""What an account owns on USDⓈ-M futures: wallets, positions, and how it wants them margined.

A wallet is the free balance of the ledger's account; nothing is locked here, and a loss may take it below zero until
the position is liquidated. What stands in isolated wallets is part of it (rules U-113, U-114).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from binance_mock.engine.ledger import Account
from binance_mock.engine.orders import Side
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.venues.listen_keys import ListenKey
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.conversions import Conversions
from binance_mock.venues.usdm.locks import Lock

DEFAULT_LEVERAGE: Final = 20
"""Of a contract that was not touched (rule U-93)."""
_BOTH: Final = (PositionSide.BOTH,)
_HEDGED: Final = (PositionSide.LONG, PositionSide.SHORT)
_SIDES: Final = (*_BOTH, *_HEDGED)


class IncomeType(StrEnum):
    """Why a wallet changed."""

    REALIZED_PNL = "REALIZED_PNL"
    COMMISSION = "COMMISSION"
    FUNDING_FEE = "FUNDING_FEE"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"
    DELIVERED_SETTELMENT = "DELIVERED_SETTELMENT"
    TRANSFER = "TRANSFER"
    COIN_SWAP_DEPOSIT = "COIN_SWAP_DEPOSIT"
    COIN_SWAP_WITHDRAW = "COIN_SWAP_WITHDRAW"


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


class UsdmAccount:
    """A user's account.

    Args:
        name: how the world calls it.
        uid: Binance's number of the user.
        money: its wallets.
        contracts: the contracts that it may have positions in, by name.
    """

    __slots__ = (
        "_contracts", "broker_names", "can_trade", "client_names", "conversions", "countdowns", "fee_burn", "forced",
        "hedged", "incomes", "leverages", "listen_key", "listen_keys", "lock", "margin_moves", "margin_types", "money",
        "multi_assets", "name", "pending", "positions", "results", "uid",
    )  # fmt: skip

    def __init__(self, name: str, uid: int, money: Account, contracts: Mapping[str, ContractInfo]) -> None:
        self._contracts = contracts
        self.name = name
        self.uid = uid
        self.money = money
        self.can_trade = True
        self.lock = Lock.NONE
        """What keeps it from placing orders, or from opening positions (rule U-53)."""
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
        self.pending: dict[tuple[str, PositionSide, Side], int] = {}
        """What its open orders may buy and sell, by contract and position, in the margin asset at their prices."""
        self.forced: list[tuple[str, int]] = []
        """The orders that closed its positions by force, oldest first, by contract and id."""
        self.results: dict[tuple[str, int, int], int] = {}
        """What fills realised, by contract, trade and order; without those that realised nothing."""
        self.conversions = Conversions(uid)
        self.client_names: dict[str, str] = {}
        """Mail addresses of clients, by the names that a partner gave them."""
        self.broker_names: dict[str, str] = {}
        """Its own names, by broker."""

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

    def held(self, symbol: str) -> Iterator[Position]:
        """The positions of a contract that are not flat, in whatever mode they were opened."""
        for side in _SIDES:
            position = self.positions.get((symbol, side))
            if position is not None and position.qty:
                yield position

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

    def count(self, symbol: str, of: PositionSide, side: Side, change: int) -> None:
        """Take note that open orders may buy or sell more, or less, of a contract than before."""
        key = (symbol, of, side)
        left = self.pending.get(key, 0) + change
        if left:
            self.pending[key] = left
        else:
            self.pending.pop(key, None)

    def note(self, time: int, type: IncomeType, symbol: str, asset: str, amount: int, trade_id: int | None) -> None:
        """Write an income row, unless nothing came in or went out."""
        if amount:
            self.incomes.append(Income(len(self.incomes) + 1, time, type, symbol, asset, amount, trade_id))

    def fork(self, money: Account) -> UsdmAccount:
        """An equal account that goes its own way, with the copy of its wallets."""
        twin = UsdmAccount(self.name, self.uid, money, self._contracts)
        twin.can_trade, twin.hedged = self.can_trade, self.hedged
        twin.lock = self.lock
        twin.multi_assets, twin.fee_burn = self.multi_assets, self.fee_burn
        twin.leverages = self.leverages.copy()
        twin.margin_types = self.margin_types.copy()
        twin.positions = {key: position.fork() for key, position in self.positions.items()}
        twin.incomes = self.incomes.copy()
        twin.margin_moves = self.margin_moves.copy()
        twin.countdowns = self.countdowns.copy()
        twin.listen_key, twin.listen_keys = self.listen_key, self.listen_keys
        twin.pending = self.pending.copy()
        twin.forced = self.forced.copy()
        twin.results = self.results.copy()
        twin.conversions = self.conversions.fork()
        twin.client_names, twin.broker_names = self.client_names.copy(), self.broker_names.copy()
        return twin

    def _flat(self, symbol: str, side: PositionSide) -> Position:
        return self._contracts[symbol].flat(side, self.leverage(symbol), self.margin_type(symbol))

    def _of(self, symbol: str) -> list[Position]:
        return [position for position in self.positions.values() if position.symbol == symbol]

    def __repr__(self) -> str:
        return f"UsdmAccount({self.name!r})"
