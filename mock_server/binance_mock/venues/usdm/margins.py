"""What an account has, needs, and has left: rows of positions, wallets by asset, and where it is liquidated.

All is reckoned from the positions, the open orders and the mark prices of the moment and kept nowhere. Amounts are
scaled by 10^8. In single-asset mode each margin asset stands for itself; in multi-assets mode the cross wallets are
one pool, counted in dollars (rule U-120).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from binance_mock.engine.margin import (
    available_balance,
    exposure,
    initial_margin,
    maintenance_margin,
    max_withdraw,
    one_way_requirement,
)
from binance_mock.engine.orders import BUY, SELL, Order
from binance_mock.engine.positions import MarginType, Position
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.collateral import rates
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.venue import UsdmVenue

# -- open orders ----------------------------------------------------------------------------------------------------


def open_orders(venue: UsdmVenue, account: UsdmAccount, symbol: str) -> Iterable[Order]:
    """The account's open orders of a contract."""
    market = venue.markets.get(symbol)
    bag = None if market is None else market.bags.get(account.money.id)
    return () if bag is None else bag.open.values()


def has_orders(venue: UsdmVenue, account: UsdmAccount) -> bool:
    """Whether any order of the account is open."""
    return any(True for symbol in venue.markets for _ in open_orders(venue, account, symbol))


# -- rows -----------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One position with its open orders, at the mark price."""

    info: ContractInfo
    position: Position
    mark: int
    notional: int
    """With its sign (rule U-110)."""
    unrealised: int
    bids: int
    asks: int
    position_initial: int
    order_initial: int
    maintenance: int
    exposure: int
    """The largest notional that it can come to (rule U-101)."""

    @property
    def live(self) -> bool:
        """Whether there is a position or an order (rule U-119)."""
        return bool(self.position.qty or self.bids or self.asks)

    @property
    def isolated(self) -> bool:
        """Whether it has a wallet of its own."""
        return self.position.margin_type is MarginType.ISOLATED

    @property
    def initial(self) -> int:
        """Initial margin of position and orders."""
        return self.position_initial + self.order_initial

    @property
    def isolated_margin(self) -> int:
        """The isolated wallet with the unrealised profit; 0 for cross (rule U-114)."""
        return self.position.isolated_wallet + self.unrealised if self.isolated else 0

    @property
    def removable(self) -> int:
        """What may be taken out of the isolated wallet: what is above the initial margin (rule U-97).

        A profit that is not realised does not count, as for withdrawals.
        """
        return max(0, self.position.isolated_wallet + min(0, self.unrealised) - self.position_initial)


def row(
    venue: UsdmVenue, account: UsdmAccount, info: ContractInfo, position: Position, leverage: int | None = None
) -> Row:
    """Reckon one position with its orders (rules U-102, U-110, U-112).

    Args:
        venue: where the orders and the mark price are.
        account: whose position it is.
        info: its contract.
        position: the position.
        leverage: the initial leverage to reckon with, None for that of the position.
    """
    mark = venue.mark_price(info.name)
    rate = position.leverage if leverage is None else leverage
    notional = position.notional(mark)
    bids = account.pending.get((info.name, position.side, BUY), 0)
    asks = account.pending.get((info.name, position.side, SELL), 0)
    held = initial_margin(notional, rate)
    return Row(
        info,
        position,
        mark,
        notional,
        position.unrealised(mark),
        bids,
        asks,
        held,
        one_way_requirement(notional, bids, asks, rate) - held,
        maintenance_margin(position, info.brackets, mark),
        exposure(notional, bids, asks),
    )


def rows(venue: UsdmVenue, account: UsdmAccount, info: ContractInfo, leverage: int | None = None) -> list[Row]:
    """The rows of a contract in the account's position mode (rule U-71)."""
    return [row(venue, account, info, position, leverage) for position in account.rows(info.name)]


def live_rows(venue: UsdmVenue, account: UsdmAccount) -> list[Row]:
    """The rows with a position or an open order, in the venue's order of contracts."""
    live = {position.symbol for position in account.open_positions()}
    live.update(symbol for symbol, _, _ in account.pending)
    return [
        each
        for symbol, info in venue.symbols.items()
        if symbol in live
        for each in rows(venue, account, info)
        if each.live
    ]


# -- wallets --------------------------------------------------------------------------------------------------------


class Wallet(NamedTuple):
    """What an account has and needs of one asset, or in dollars of all."""

    balance: int = 0
    cross: int = 0
    """The balance without the isolated wallets (rule U-113)."""
    unrealised: int = 0
    cross_unrealised: int = 0
    position_initial: int = 0
    order_initial: int = 0
    cross_initial: int = 0
    """Initial margin of the cross positions and of all orders."""
    maintenance: int = 0
    cross_maintenance: int = 0

    @property
    def margin_balance(self) -> int:
        """Wallet and unrealised profit (rule U-113)."""
        return self.balance + self.unrealised

    @property
    def initial(self) -> int:
        """Initial margin of positions and orders."""
        return self.position_initial + self.order_initial

    @property
    def spare(self) -> int:
        """What is left for new orders, below zero when there is too little."""
        return self.cross + self.cross_unrealised - self.cross_initial

    @property
    def available(self) -> int:
        """The same, but never below zero (rule U-113)."""
        return available_balance(self.cross, self.cross_unrealised, self.cross_initial)

    @property
    def withdrawable(self) -> int:
        """What may be taken out: without profits that are not realised (rule U-113)."""
        return max_withdraw(self.cross, self.cross_unrealised, self.cross_initial)


def wallet(balance: int, isolated: int, live: Iterable[Row]) -> Wallet:
    """Reckon one asset.

    Args:
        balance: what the account has of it.
        isolated: what of that stands in isolated wallets.
        live: the rows that are margined in it.
    """
    live = list(live)
    cross = [each for each in live if not each.isolated]
    orders = sum(each.order_initial for each in live)
    return Wallet(
        balance,
        balance - isolated,
        sum(each.unrealised for each in live),
        sum(each.unrealised for each in cross),
        sum(each.position_initial for each in live),
        orders,
        sum(each.position_initial for each in cross) + orders,
        sum(each.maintenance for each in live),
        sum(each.maintenance for each in cross),
    )


def available(venue: UsdmVenue, account: UsdmAccount, asset: str) -> int:
    """What new orders in an asset may use (rules U-113, U-120): as `Margins.available`, without the rest of it."""
    if account.multi_assets:
        return Margins(venue, account).available(asset)
    assets = venue.margin_assets
    pending = account.pending
    cross = account.money.free[asset]
    unrealised = initial = 0
    positions = account.positions
    keys = {(symbol, of) for symbol, of, _ in pending}
    keys.update([key for key, position in positions.items() if position.qty])
    for key in keys:
        symbol, of = key
        if assets[symbol] != asset:
            continue
        bids, asks = pending.get((symbol, of, BUY), 0), pending.get((symbol, of, SELL), 0)
        leverage = account.leverage(symbol)
        position = positions.get(key)
        if position is None or not position.qty:
            initial += (bids if bids > asks else asks) // leverage
            continue
        cross -= position.isolated_wallet
        mark = venue.mark_price(symbol)
        present = position.notional(mark)
        initial += one_way_requirement(present, bids, asks, leverage)
        if position.margin_type is MarginType.ISOLATED:
            initial -= initial_margin(present, leverage)
        else:
            unrealised += position.unrealised(mark)
    return available_balance(cross, unrealised, initial)


class Margins:
    """One account at one moment.

    Args:
        venue: where it trades.
        account: the account.
        joint: whether the cross wallets are one pool; None for as the account has it.
    """

    __slots__ = ("_venue", "_wallets", "account", "joint", "rows")

    def __init__(self, venue: UsdmVenue, account: UsdmAccount, *, joint: bool | None = None) -> None:
        self._venue = venue
        self._wallets: dict[str, Wallet] = {}
        self.account = account
        self.joint = account.multi_assets if joint is None else joint
        self.rows = live_rows(venue, account)

    @property
    def assets(self) -> list[str]:
        """The assets that the venue lists, then others that the account has."""
        listed = [each["asset"] for each in self._venue.assets]
        return [*listed, *sorted(self.account.money.free.keys() - listed)]

    def wallet(self, asset: str) -> Wallet:
        """The wallet of an asset, empty when the account has none."""
        found = self._wallets.get(asset)
        if found is None:
            found = self._wallets[asset] = wallet(
                self.account.money.free.get(asset, 0),
                self.account.isolated(self._venue.margin_assets, asset),
                (row for row in self.rows if row.info.margin_asset == asset),
            )
        return found

    @property
    def total(self) -> Wallet:
        """All assets in dollars in multi-assets mode, else USDT alone."""
        return self._pool() if self.joint else self.wallet("USDT")

    def available(self, asset: str) -> int:
        """What new orders in an asset may use (rules U-113, U-120)."""
        return rates(self._venue, asset).units(self._pool().available) if self.joint else self.wallet(asset).available

    def withdrawable(self, asset: str) -> int:
        """What may be taken out of an asset; in multi-assets mode never more than the cross wallet holds."""
        own = self.wallet(asset)
        if not self.joint:
            return own.withdrawable
        return max(0, min(own.cross, rates(self._venue, asset).units(self._pool().withdrawable)))

    @property
    def sufficient(self) -> bool:
        """Whether nothing is short of initial margin."""
        return self._pool().spare >= 0 if self.joint else all(self.wallet(each).spare >= 0 for each in self.assets)

    def liquidation_price(self, row: Row) -> int:
        """Where the mark price liquidates a position (rules U-115, U-116); 0 when nowhere, and for no position."""
        position, info = row.position, row.info
        if not position.qty:
            return 0
        if row.isolated:
            return info.liquidation_price((position,), row.mark, position.isolated_wallet)
        own = [each for each in self.rows if each.info is info and not each.isolated]
        pool = self.pool(info.margin_asset)
        return info.liquidation_price(
            (each.position for each in own),
            row.mark,
            pool.cross,
            other_maintenance=pool.cross_maintenance - sum(each.maintenance for each in own),
            other_unrealised=pool.cross_unrealised - sum(each.unrealised for each in own),
        )

    def scope(self, row: Row) -> tuple[int, int]:
        """Wallet and maintenance margin of what is liquidated together with a position (rule U-124)."""
        if row.isolated:
            return row.position.isolated_wallet, row.maintenance
        pool = self.pool(row.info.margin_asset)
        return pool.cross, pool.cross_maintenance

    def pool(self, asset: str) -> Wallet:
        """The wallet that cross positions of an asset live on, in units of that asset."""
        if not self.joint:
            return self.wallet(asset)
        rate = rates(self._venue, asset)
        return Wallet(*(rate.units(amount) for amount in self._pool()))

    def _pool(self) -> Wallet:
        """What counts as collateral, in dollars; the assets that contracts are margined in are dollars themselves."""
        listed = [each["asset"] for each in self._venue.assets if each["marginAvailable"]]
        worths = [[rates(self._venue, asset).dollars(each) for each in self.wallet(asset)] for asset in listed]
        return Wallet(*map(sum, zip(*worths, strict=True)))
