"""What the venue asks of others: where indexes come from, what is done at an expiry, who looks at accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.exercise import Change
from binance_mock.venues.options.listings import Strip

if TYPE_CHECKING:
    from binance_mock.venues.options.venue import OptionsVenue


class IndexSource(Protocol):
    """Where index prices come from: the USDⓈ-M futures of the same world (rule O-53)."""

    @property
    def symbols(self) -> Mapping[str, object]:
        """What it has indexes of, by name."""

    def index_price(self, symbol: str) -> int:
        """The index price of a pair now, scaled by 10^8."""

    def index_changes(self, pair: str) -> Sequence[Change]:
        """How the index price came to be what it is: times in microseconds and prices, as far back as is kept."""

    def pass_time(self, now: int) -> None:
        """Let happen what is due by a time in microseconds."""


class Ending(Protocol):
    """Something that is done about the contracts of an expiry when it ends."""

    def __call__(self, venue: OptionsVenue, strip: Strip, price: int, time: int) -> None:
        """Do it, while the contracts are still listed.

        Args:
            venue: where.
            strip: the contracts.
            price: at which they are settled.
            time: of the expiry in microseconds.
        """


class Review(Protocol):
    """Something that is looked at about an account when its positions or its wallet changed."""

    def __call__(self, venue: OptionsVenue, account: OptionsAccount, now: int) -> None:
        """Look at it.

        Args:
            venue: where.
            account: whose positions or wallet changed.
            now: microseconds.
        """
