"""Block trades of one world: what two accounts agree on apart from the book (rule O-102).

An account offers one leg and hands the settlement key to another account, which accepts. Nobody else's orders are
touched. An offer is forgotten when its time is over, unless it was accepted; it never changes, a new one takes its
place.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from binance_mock.engine.intervals import MINUTE
from binance_mock.engine.orders import Side

LIFE: Final = 30 * MINUTE


class Liquidity(StrEnum):
    """Whose fee rate a party pays."""

    TAKER = "TAKER"
    MAKER = "MAKER"

    @property
    def other(self) -> Liquidity:
        """That of the other party."""
        return Liquidity.MAKER if self is Liquidity.TAKER else Liquidity.TAKER


class BlockStatus(StrEnum):
    """Where an offer is in its life."""

    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"


class Deal(NamedTuple):
    """What came of an offer that was accepted.

    Attributes:
        time: when, in microseconds.
        number: how many block trades there were before, counted from 1.
        parent: id of both orders together.
        trade_id: id of the trade.
        orders: ids of the orders: of who offered, and of who accepted.
        fees: what was charged them, in units of 10^-8.
    """

    time: int
    number: int
    parent: int
    trade_id: int
    orders: tuple[int, int]
    fees: tuple[int, int]


class Offer(NamedTuple):
    """One offer as its maker sees it; price and quantity in units of 10^-8, times in microseconds.

    Attributes:
        key: the settlement key.
        owner: number in the ledger of who offered.
        liquidity: as what the owner takes part.
        symbol: the contract.
        side: the owner's.
        price: of one unit of the underlying.
        qty: contracts.
        created: when it was made.
        expires: until when it may be accepted.
        partner: number in the ledger of who accepted, 0 for nobody.
        deal: what came of it.
    """

    key: str
    owner: int
    liquidity: Liquidity
    symbol: str
    side: Side
    price: int
    qty: int
    created: int
    expires: int
    partner: int = 0
    deal: Deal | None = None

    @property
    def status(self) -> BlockStatus:
        """Where it is in its life."""
        return BlockStatus.RECEIVED if self.deal is None else BlockStatus.ACCEPTED

    def stands(self, now: int) -> bool:
        """Whether it is there: accepted, or not too old to be."""
        return self.deal is not None or now < self.expires

    def seen_by(self, account: int) -> tuple[Side, Liquidity]:
        """Side and liquidity of an account, by its number; anybody but the owner sees what would be his own."""
        if account == self.owner:
            return self.side, self.liquidity
        return (Side.SELL if self.side is Side.BUY else Side.BUY), self.liquidity.other


class Blocks:
    """All offers of a world."""

    __slots__ = ("_made", "_offers", "deals")

    def __init__(self) -> None:
        self._made = 0
        self._offers: dict[str, Offer] = {}
        self.deals: list[Offer] = []
        """Those that were accepted, in the order of that."""

    def new_key(self, seed: int) -> str:
        """A settlement key, drawn from the seed of the venue; equal worlds make equal ones."""
        self._made += 1
        text = sha256(f"options {seed} block {self._made}".encode()).hexdigest()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"

    def put(self, offer: Offer) -> Offer:
        """Keep an offer, in the place of the one with its key."""
        self._offers[offer.key] = offer
        return offer

    def settle(self, offer: Offer) -> Offer:
        """Keep an offer that was accepted."""
        self.deals.append(offer)
        return self.put(offer)

    def remove(self, offer: Offer) -> None:
        """Forget an offer."""
        del self._offers[offer.key]

    def find(self, key: str, now: int) -> Offer | None:
        """The offer of a key, unless its time is over."""
        offer = self._offers.get(key)
        return offer if offer is not None and offer.stands(now) else None

    def of(self, owner: int, now: int) -> list[Offer]:
        """The offers that an account made, oldest first, without those whose time is over."""
        return [offer for offer in self._offers.values() if offer.owner == owner and offer.stands(now)]

    def fork(self) -> Blocks:
        """Equal offers that go their own way."""
        twin = Blocks()
        twin._made = self._made
        twin._offers, twin.deals = self._offers.copy(), self.deals.copy()
        return twin
