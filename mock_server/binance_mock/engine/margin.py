"""What positions and orders need in margin, what is left over, and where the margin runs out.

Pure functions of integers in units of 10^-8; leverages are plain numbers. Amounts are cut (rule U-112), the liquidation
price is rounded to the nearest 10^-8, as live positions show it. Orders that only reduce need no margin (rule U-75):
the caller leaves them out of every sum of bids or asks. Nothing here knows of multi-assets mode.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from binance_mock.engine.brackets import Brackets
from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.positions import Position, cut, nearest
from binance_mock.engine.units import SCALE, ceil_div

QUANTILES = 5
"""`adlQuantile` runs from 0 to one less (rule U-127)."""
Ratio = tuple[int, int]
"""A number as numerator and denominator, which is above zero."""


# -- what is needed -------------------------------------------------------------------------------------------------


def initial_margin(notional: int, leverage: int) -> int:
    """Margin to open or hold a position (rule U-112).

    Args:
        notional: its size at the mark price; the sign does not matter.
        leverage: of the symbol.
    """
    return abs(notional) // leverage


def maintenance_margin(position: Position, brackets: Brackets, mark: int) -> int:
    """Margin below which a position is liquidated (rule U-112)."""
    return brackets.maintenance(abs(position.notional(mark)))


def exposure(present: int, bids: int, asks: int) -> int:
    """The largest notional that a row can come to if its orders of one side all fill (rules U-101, U-102).

    Args:
        present: notional of the position at the mark price, with its sign.
        bids: notional of the open buy orders of the row.
        asks: notional of its open sell orders.
    """
    bought, sold = abs(present + bids), abs(present - asks)
    return bought if bought > sold else sold


def one_way_requirement(present: int, bids: int, asks: int, leverage: int) -> int:
    """Initial margin of a symbol in one-way mode, position and orders together (rule U-102).

    openOrderInitialMargin is this less `initial_margin(present, leverage)`.

    Args:
        present: notional of the position at the mark price, with its sign.
        bids: notional of the open buy orders.
        asks: notional of the open sell orders.
        leverage: of the symbol.
    """
    return exposure(present, bids, asks) // leverage


def hedge_requirement(long: int, bids: int, short: int, asks: int, leverage: int) -> int:
    """Initial margin of a symbol in hedge mode: that of the long and of the short, one not covering the other.

    Args:
        long: notional of the long at the mark price, 0 or above.
        bids: notional of the buy orders on the long; sell orders on it close and need nothing.
        short: notional of the short at the mark price, 0 or below.
        asks: notional of the sell orders on the short.
        leverage: of the symbol.
    """
    return one_way_requirement(long, bids, 0, leverage) + one_way_requirement(short, 0, asks, leverage)


def open_loss(side: Side, price: int, qty: int, mark: int) -> int:
    """What an order would lose at once, were it filled at its price (rule U-103).

    Args:
        side: of the order.
        price: of the order.
        qty: of the order.
        mark: the mark price.
    """
    worse = price - mark if side is BUY else mark - price
    return max(0, worse) * qty // SCALE


def opening_cost(before: int, after: int, loss: int) -> int:
    """What the available balance must hold for an order (rules U-100, U-103).

    Args:
        before: requirement of the symbol without the order.
        after: requirement with it.
        loss: its open loss.

    Returns:
        0 for an order that does not raise the requirement, for it opens nothing.
    """
    return after - before + loss if after > before else 0


# -- what is left over ----------------------------------------------------------------------------------------------


def available_balance(cross_wallet: int, cross_unrealised: int, initial: int) -> int:
    """What new orders may use (rule U-113).

    Args:
        cross_wallet: the wallet without the isolated wallets.
        cross_unrealised: unrealised profit of the cross positions.
        initial: initial margins of the cross positions and of all orders.
    """
    return max(0, cross_wallet + cross_unrealised - initial)


def max_withdraw(cross_wallet: int, cross_unrealised: int, initial: int) -> int:
    """What may be taken out: as `available_balance`, but profits that are not realised do not count (rule U-113)."""
    return available_balance(cross_wallet, min(0, cross_unrealised), initial)


def isolated_release(wallet: int, closed: int, size: int) -> int:
    """What of an isolated wallet goes back when a part of the position is closed: the same part of it.

    Args:
        wallet: isolated wallet before.
        closed: quantity that was closed.
        size: quantity before, without sign.
    """
    return cut(wallet * closed, size)


# -- where it runs out ----------------------------------------------------------------------------------------------


def must_liquidate(maintenance: int, balance: int) -> bool:
    """Whether a scope that has an open position is liquidated at the mark price (rule U-124).

    Args:
        maintenance: maintenance margin of all its positions.
        balance: its margin balance: wallet and unrealised profit.
    """
    return maintenance >= balance


def liquidation_price(
    positions: Iterable[Position],
    brackets: Brackets,
    mark: int,
    wallet: int,
    *,
    other_maintenance: int = 0,
    other_unrealised: int = 0,
) -> int:
    """The mark price at which the margin balance falls to the maintenance margin (rule U-115).

    The rows of the bracket table are those that hold at the price itself: beginning with those at `mark`, the formula
    is repeated until they do not change. The balance less the maintenance margin is concave in the price, being the
    least of one line for each row, so this is Newton's method on it and ends after a step for each row at most. Net
    longs look down from the mark, net shorts up; both prices of a hedge that has one on either side are not found.

    Args:
        positions: of one symbol; the long and the short of a cross hedge share the result (rule U-116).
        brackets: of the symbol.
        mark: its mark price.
        wallet: the cross wallet.
        other_maintenance: maintenance margin of the cross positions in other symbols.
        other_unrealised: their unrealised profit.

    Returns:
        the price, or 0 when it is not above 0, when there is none, and for no position.
    """
    held = [(position.qty, position.entry) for position in positions if position.qty]
    assets = (wallet - other_maintenance + other_unrealised) * SCALE - sum(qty * entry for qty, entry in held)
    above, below = runs_out([qty for qty, _ in held], brackets, (mark, 1), (assets, 1))
    return max(0, nearest(above, below))


def runs_out(quantities: Sequence[int], brackets: Brackets, mark: Ratio, assets: Ratio) -> Ratio:
    """The search of `liquidation_price`, without rounding, for whatever pays in proportion to a price.

    Args:
        quantities: of the positions, none of them 0, with their signs.
        brackets: of the symbol.
        mark: its mark price.
        assets: raw: what the scope would have at a price of 0.

    Returns:
        the price, which may be below zero; 0 when there is none.
    """
    over, whole = assets
    above, below = mark  # The price as a fraction.
    rows = None
    for _ in range(len(quantities) * len(brackets.rows) + 2):
        # The exact notional rounded up is at or below a cap just when the exact one is.
        found = [brackets.of(ceil_div(abs(qty) * above, below * SCALE)) for qty in quantities]
        if found == rows:
            return above, below
        rows = found
        above = (over + sum(row.cum for row in rows) * SCALE * whole) * SCALE
        below = sum(abs(qty) * row.ratio - qty * SCALE for qty, row in zip(quantities, rows, strict=True)) * whole
        if not below:
            break
        if below < 0:
            above, below = -above, -below
    return 0, 1


# -- who is deleveraged first ---------------------------------------------------------------------------------------


def adl_score(unrealised: int, wallet: int, maintenance: int) -> int:
    """How early a position is taken for deleveraging: its profit ratio times its margin ratio, as published.

    Args:
        unrealised: profit of the position; a loss counts as 0.
        wallet: of its scope; less than one whole unit counts as one.
        maintenance: maintenance margin of its scope.

    Returns:
        the product in units of 10^-8, cut.
    """
    balance = wallet + unrealised
    if unrealised <= 0 or balance <= 0:
        return 0
    return unrealised * maintenance * SCALE // (max(SCALE, wallet) * balance)


def adl_quantile(score: int, scores: Sequence[int]) -> int:
    """Place in the queue for deleveraging, 0 for last to 4 for first (rule U-127).

    The rule gives the range only. Here it is the fifth of the queue that the position stands in, by the part of the
    scores that are below its own; so equal scores share the lower place, and a lone position has 0.

    Args:
        score: of the position.
        scores: of all positions of the same direction in the symbol, this one among them.
    """
    return QUANTILES * sum(other < score for other in scores) // len(scores)
