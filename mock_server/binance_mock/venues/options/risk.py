"""When an account may only reduce what it has (rule O-80).

Below the maintenance margin of what it wrote, an account is at the level REDUCE_ONLY: it may close, and nothing else.
That is looked at when it has traded, when money came or went, and when something of it expired; a price that moves
does not change the level by itself, and nor does the margin that an order needs.

Nothing is closed by force: how Binance liquidates options is not published. Whether an account is being liquidated is
for the tester to say (`liquidating`); its new orders are refused then.
"""

from __future__ import annotations

from enum import StrEnum

from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.margins import Margins
from binance_mock.venues.options.venue import OptionsVenue


class RiskLevel(StrEnum):
    """What an account may do."""

    NORMAL = "NORMAL"
    REDUCE_ONLY = "REDUCE_ONLY"


def review(venue: OptionsVenue, account: OptionsAccount, now: int) -> None:
    """Let an account only reduce, or trade freely again; arguments as for `Review`."""
    margins = Margins(venue, account, now)
    account.reduce_only = margins.equity < margins.maintenance


def level(account: OptionsAccount) -> RiskLevel:
    """The level that an account is at."""
    return RiskLevel.REDUCE_ONLY if account.reduce_only else RiskLevel.NORMAL
