"""Positions that the exchange closes because their margin has run out (rules U-124 to U-126).

What lives on one wallet is one scope: all cross positions of a margin asset, in multi-assets mode all cross positions,
and each isolated position for itself. A scope is breached when its maintenance margin reaches its margin balance, at
the mark prices. Then

1. its open orders expire;
2. its positions are closed one by one, the one with the largest maintenance margin first, until the rest is covered:
   each by an IOC LIMIT order with the client id `autoclose-<...>` at the price at which nothing would be left of the
   margin balance, on the grid, never worse for the account;
3. what the book does not take at that price the insurance fund takes over at it, as long as it can bear the loss at the
   mark price; else opposite positions with a profit are closed against it (`adl_autoclose`), the first of their queue
   first, and what is left after that is the fund's, whatever it owns;
4. what the book took costs the liquidation fee, as far as the scope can pay it: the fund gets it;
5. a wallet that ends below zero without a position is filled up by the fund.

Forced orders pay no commission. All this happens in one moment, so that no order can come in between. What the book
does not take is in no public trade (the tape leaves its id out). The fund keeps what it took over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.margin import maintenance_margin, must_liquidate
from binance_mock.engine.orders import ExpiryReason, Order, OrderType, Side, StpMode, TimeInForce
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.accounts import IncomeType, UsdmAccount
from binance_mock.venues.usdm.conditionals import AlgoStatus
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.deleveraging import candidates
from binance_mock.venues.usdm.margins import Margins
from binance_mock.venues.usdm.orders import Forced, Terms, side_of
from binance_mock.venues.usdm.venue import UsdmVenue

_ISOLATED: Final = MarginType.ISOLATED


class Scope(NamedTuple):
    """What is liquidated together: an isolated position, or without one all cross positions of an asset."""

    account: UsdmAccount
    asset: str
    isolated: Position | None = None

    @property
    def pooled(self) -> bool:
        """Whether it lives on the wallets of all assets (rule U-120)."""
        return self.isolated is None and self.account.multi_assets

    def holds(self, venue: UsdmVenue, symbol: str) -> bool:
        """Whether the cross positions of a contract belong to it."""
        return self.pooled or venue.margin_assets[symbol] == self.asset

    def positions(self, venue: UsdmVenue) -> list[Position]:
        """Its open positions."""
        if self.isolated is not None:
            return [self.isolated] if self.isolated.qty else []
        return [
            each
            for each in self.account.open_positions()
            if each.margin_type is not _ISOLATED and self.holds(venue, each.symbol)
        ]


class Standing(NamedTuple):
    """Margin balance and maintenance margin of a scope, in units of its asset."""

    balance: int
    maintenance: int


# -- looking --------------------------------------------------------------------------------------------------------


def standing(venue: UsdmVenue, scope: Scope) -> Standing:
    """What a scope has and needs at the mark prices."""
    if scope.pooled:
        pool = Margins(venue, scope.account).pool(scope.asset)
        return Standing(pool.cross + pool.cross_unrealised, pool.cross_maintenance)
    if scope.isolated is not None:
        balance = scope.isolated.isolated_wallet
    else:
        balance = _cross_wallet(venue, scope)
    maintenance = 0
    for position in scope.positions(venue):
        mark = venue.mark_price(position.symbol)
        balance += position.unrealised(mark)
        maintenance += maintenance_margin(position, venue.symbols[position.symbol].brackets, mark)
    return Standing(balance, maintenance)


def breached(venue: UsdmVenue, symbol: str) -> list[Scope]:
    """The scopes that are to be liquidated now, of those that the prices of a contract concern.

    This is looked at whenever a mark moves, for every open position of the contract.
    """
    found: list[Scope] = []
    flat: list[int] = []
    holders = venue.holders.get(symbol, {})
    asset, margin_assets = venue.margin_assets[symbol], venue.margin_assets
    terms = {symbol: (venue.mark_price(symbol), venue.symbols[symbol].brackets.maintenance)}
    for id, account in holders.items():
        balance = account.money.free[asset]
        maintenance = 0
        held = cross = False
        for position in account.positions.values():
            qty = position.qty
            if not qty:
                continue
            name = position.symbol
            if name == symbol:
                held = True
            elif margin_assets[name] != asset:
                continue
            if name not in terms:
                terms[name] = (venue.mark_price(name), venue.symbols[name].brackets.maintenance)
            mark, needed = terms[name]
            notional = position.notional(mark)
            needs = needed(notional if notional >= 0 else -notional)
            if position.margin_type is _ISOLATED:
                wallet = position.isolated_wallet
                balance -= wallet
                if name == symbol and needs >= wallet + position.unrealised(mark):
                    found.append(Scope(account, asset, position))
            else:
                cross = True
                balance += position.unrealised(mark)
                maintenance += needs
        if not held:
            flat.append(id)
        elif cross and maintenance >= balance and not account.multi_assets:
            found.append(Scope(account, asset))
    for id in flat:
        del holders[id]
    # Multi-assets accounts are concerned by the prices of their collateral, too.
    found += [
        scope
        for account in venue.accounts.values()
        if account.multi_assets
        for scope in _pool_of(venue, account)
        if must_liquidate(*reversed(standing(venue, scope)))
    ]
    return [scope for scope in found if not scope.account.money.house]


def _pool_of(venue: UsdmVenue, account: UsdmAccount) -> Iterator[Scope]:
    """The pool of an account, when any cross position lives on it."""
    for position in account.open_positions():
        if position.margin_type is not _ISOLATED:
            yield Scope(account, venue.margin_assets[position.symbol])
            return


def _cross_wallet(venue: UsdmVenue, scope: Scope) -> int:
    account, asset = scope.account, scope.asset
    return account.money.free[asset] - account.isolated(venue.margin_assets, asset)


# -- closing --------------------------------------------------------------------------------------------------------


def liquidate_breached(venue: UsdmVenue, symbol: str, prints: Sequence[int], now: int) -> None:
    """Liquidate what the move of a contract's prices leaves without margin."""
    for scope in breached(venue, symbol):
        # What was closed before it may have moved the mark.
        if scope.positions(venue) and _is_breached(venue, scope):
            _end_orders(venue, scope, now)
            _close_until_covered(venue, scope, now)


def liquidate(
    venue: UsdmVenue, account: UsdmAccount, symbol: str, now: int, side: PositionSide | None = None
) -> list[Order]:
    """Close the positions of a contract as if their margin had run out, though it may not have.

    Args:
        venue: where.
        account: whose.
        symbol: the contract.
        now: microseconds.
        side: which position, None for all that there are.

    Returns:
        the orders that closed them; none when nothing was open.
    """
    orders = []
    for position in [each for each in account.held(symbol) if side in (None, each.side)]:
        isolated = position.margin_type is _ISOLATED
        scope = Scope(account, venue.margin_assets[symbol], position if isolated else None)
        _end_orders(venue, scope, now)
        if position.qty:
            orders.append(_close(venue, scope, position, now))
            _cover(venue, scope, now)
    return orders


def _is_breached(venue: UsdmVenue, scope: Scope) -> bool:
    balance, maintenance = standing(venue, scope)
    return must_liquidate(maintenance, balance)


def _end_orders(venue: UsdmVenue, scope: Scope, now: int) -> None:
    """Let the open orders expire that could still work on the positions of a scope (rule U-125).

    Conditional orders that wait are among them, for they would open what the account cannot carry.
    """
    account, own = scope.account, scope.isolated
    for symbol, market in venue.markets.items():
        if own is None:
            if account.margin_type(symbol) is _ISOLATED or not scope.holds(venue, symbol):
                continue
        elif symbol != own.symbol:
            continue
        for waiting in venue.conditionals.open(account.money.id, symbol):
            if own is None or side_of(waiting.order) is own.side:
                waiting.become(AlgoStatus.EXPIRED, now)
        bag = market.bags.get(account.money.id)
        if bag is None:
            continue
        market.events = []
        for order in list(bag.open.values()):
            if own is None or side_of(order) is own.side:
                market.expire(order, ExpiryReason.LIQUIDATION, now)


def _close_until_covered(venue: UsdmVenue, scope: Scope, now: int) -> None:
    """Close positions, those first that need the most margin, until what is left is covered."""

    def needs(position: Position) -> int:
        mark = venue.mark_price(position.symbol)
        return maintenance_margin(position, venue.symbols[position.symbol].brackets, mark)

    while (left := scope.positions(venue)) and _is_breached(venue, scope):
        _close(venue, scope, max(left, key=needs), now)
    _cover(venue, scope, now)


def _close(venue: UsdmVenue, scope: Scope, position: Position, now: int) -> Order:
    """Close one position: on the book, then with the fund and against others (rule U-125)."""
    account = scope.account
    info = venue.symbols[position.symbol]
    market = venue.market(info.name, now)
    price = bankruptcy_price(info, position, venue.mark_price(info.name), standing(venue, scope).balance)
    before, wallet = account.money.free[info.margin_asset], position.isolated_wallet
    order = _forced(
        account, position, abs(position.qty), price, f"autoclose-{now // 1000}{market.next_order_id % 10**6:06}",
        Forced.LIQUIDATION,
    )  # fmt: skip
    _enter(venue, market, account, order, now)
    market.match_forced(order, now)
    on_book = order.quote
    if order.left:
        _hand_over(venue, market, order, position, now)
    if on_book:
        if scope.isolated is not None:
            means = wallet + account.money.free[info.margin_asset] - before
        else:
            means = standing(venue, scope).balance
        fee = min(max(0, means), info.amount(on_book) * info.liquidation_fee // SCALE)
        _move_to_fund(venue, account, info, fee, now)
    return order


def bankruptcy_price(info: ContractInfo, position: Position, mark: int, balance: int) -> int:
    """The price on the grid at which closing a position leaves nothing of a margin balance, rounded for its owner.

    Args:
        info: the contract.
        position: an open position.
        mark: its mark price.
        balance: the margin balance at that mark; it is below zero when the mark has jumped.

    Returns:
        a price that an order may have; where even the best would leave less than nothing, that one.
    """
    least, tick = info.min_price, info.tick or 1
    top = (info.max_price - least) // tick
    need = position.unrealised(mark) - balance
    long = position.qty > 0
    low, high = 0, top
    while low < high:
        # A long wants the lowest step that is enough, a short the highest.
        middle = (low + high) // 2 if long else (low + high + 1) // 2
        if position.unrealised(least + middle * tick) >= need:
            low, high = (low, middle) if long else (middle, high)
        else:
            low, high = (middle + 1, high) if long else (low, middle - 1)
    return least + low * tick


def _hand_over(venue: UsdmVenue, market: ContractMarket, order: Order, position: Position, now: int) -> None:
    """Give what the book did not take to the fund, or to the other side of the contract."""
    info, price, fund = venue.symbols[market.symbol], order.price, venue.insurance
    long = position.qty > 0
    if not _can_bear(venue, info, position, price):
        for other, theirs in candidates(venue, info.name, long=not long):
            # Nobody is made to take a loss.
            if other is order_owner(venue, order) or theirs.unrealised(price) <= 0:
                continue
            closing = _forced(other, theirs, min(order.left, abs(theirs.qty)), price, "adl_autoclose", Forced.ADL)
            _enter(venue, market, other, closing, now)
            market.assign(order, closing, price, closing.left, now)
            if not order.left:
                return
    bought = Order(
        fund.money, f"insurance-{market.next_order_id}", Side.BUY if long else Side.SELL, OrderType.LIMIT,
        TimeInForce.IOC, price, order.left,
    )  # fmt: skip
    market.enter(bought, now)
    market.assign(order, bought, price, order.left, now)


def order_owner(venue: UsdmVenue, order: Order) -> UsdmAccount:
    """Whose order it is."""
    return venue.owners[order.account.id]


def _can_bear(venue: UsdmVenue, info: ContractInfo, position: Position, price: int) -> bool:
    """Whether the fund would still own something at the mark price after it took a position over at a price."""
    mark = venue.mark_price(info.name)
    return fund_balance(venue, info.margin_asset) + position.unrealised(mark) - position.unrealised(price) >= 0


def fund_balance(venue: UsdmVenue, asset: str) -> int:
    """What the insurance fund owns of an asset, its positions counted at the mark prices."""
    fund = venue.insurance
    return fund.money.free[asset] + sum(
        each.unrealised(venue.mark_price(each.symbol))
        for each in fund.open_positions()
        if venue.margin_assets[each.symbol] == asset
    )


def _forced(account: UsdmAccount, position: Position, qty: int, price: int, client_id: str, why: Forced) -> Order:
    """An order that closes a position, or a part of it."""
    return Order(
        account.money, client_id, Side.SELL if position.qty > 0 else Side.BUY, OrderType.LIMIT, TimeInForce.IOC, price,
        qty, 0, StpMode.EXPIRE_MAKER, Terms(position_side=position.side, tif="IOC", forced=why),
    )  # fmt: skip


def _enter(venue: UsdmVenue, market: ContractMarket, account: UsdmAccount, order: Order, now: int) -> None:
    market.enter(order, now)
    account.forced.append((market.symbol, order.id))


def _cover(venue: UsdmVenue, scope: Scope, now: int) -> None:
    """Let the fund pay what is missing in a wallet on which no position lives any more."""
    if scope.pooled or scope.positions(venue):
        return
    account, asset = scope.account, scope.asset
    missing = -_cross_wallet(venue, scope)
    if missing > 0 and not Scope(account, asset).positions(venue):
        account.money.free[asset] += missing
        venue.ledger.insurance.free[asset] -= missing
        account.note(now, IncomeType.INSURANCE_CLEAR, "", asset, missing, None)


def _move_to_fund(venue: UsdmVenue, account: UsdmAccount, info: ContractInfo, fee: int, now: int) -> None:
    """Pay the liquidation fee (rule U-126)."""
    account.money.free[info.margin_asset] -= fee
    venue.ledger.insurance.free[info.margin_asset] += fee
    account.note(now, IncomeType.INSURANCE_CLEAR, info.name, info.margin_asset, -fee, None)
