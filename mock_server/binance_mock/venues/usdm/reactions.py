"""What follows from the moves of prices, in this order: first conditional orders fire, then positions are liquidated.

So a stop order may still save a position that the same move would have liquidated. At the end those orders go that live
only as long as a position which was closed by force.
"""

from __future__ import annotations

from typing import Final

from binance_mock.venues.usdm.firing import end_without_position, fire_conditionals
from binance_mock.venues.usdm.liquidation import liquidate_breached
from binance_mock.venues.usdm.venue import Reaction

REACTIONS: Final[tuple[Reaction, ...]] = (fire_conditionals, liquidate_breached, end_without_position)
