"""Who is deleveraged first when a liquidation finds nobody to trade with (rule U-127).

Positions of one direction in a contract stand in a queue by their score; see `engine.margin.adl_score`. The market
maker and the insurance fund stand in none.
"""

from __future__ import annotations

from collections.abc import Iterator

from binance_mock.engine.margin import adl_quantile, adl_score
from binance_mock.engine.positions import Position
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.margins import Margins, Row
from binance_mock.venues.usdm.venue import UsdmVenue


def score(margins: Margins, row: Row) -> int:
    """How early a position is taken."""
    return adl_score(row.unrealised, *margins.scope(row))


def candidates(venue: UsdmVenue, symbol: str, *, long: bool) -> list[tuple[UsdmAccount, Position]]:
    """The open positions of one direction in a contract, the first to be taken first; of equals the oldest account."""
    scored = [
        (score(margins, row), account, row.position)
        for account, margins in _holders(venue, symbol)
        for row in margins.rows
        if row.info.name == symbol and row.position.qty and (row.position.qty > 0) == long
    ]
    scored.sort(key=lambda each: (-each[0], each[1].money.id))
    return [(account, position) for _, account, position in scored]


class Quantiles:
    """The queues, reckoned when they are asked for.

    Args:
        venue: where.
    """

    __slots__ = ("_scores", "_venue")

    def __init__(self, venue: UsdmVenue) -> None:
        self._venue = venue
        self._scores: dict[str, dict[bool, list[int]]] = {}

    def of(self, margins: Margins, row: Row) -> int:
        """The place of a position, 0 for a flat one."""
        if not row.position.qty:
            return 0
        return adl_quantile(score(margins, row), self._queues(row.info.name)[row.position.qty > 0])

    def _queues(self, symbol: str) -> dict[bool, list[int]]:
        """The scores of a contract, by whether the positions are long."""
        queues = self._scores.get(symbol)
        if queues is None:
            queues = self._scores[symbol] = {True: [], False: []}
            for _, margins in _holders(self._venue, symbol):
                for row in margins.rows:
                    if row.info.name == symbol and row.position.qty:
                        queues[row.position.qty > 0].append(score(margins, row))
        return queues


def _holders(venue: UsdmVenue, symbol: str) -> Iterator[tuple[UsdmAccount, Margins]]:
    """The users with a position in a contract."""
    for account in venue.holders.get(symbol, {}).values():
        if not account.money.house and any(account.held(symbol)):
            yield account, Margins(venue, account)
