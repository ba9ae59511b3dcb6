"""What an order of an option has beside price and quantity."""

from __future__ import annotations

from typing import Final

from binance_mock.engine.orders import Extras, Order, StpMode

GTC: Final = "GTC"
POST_ONLY: Final = "GTX"


class Terms(Extras):
    """The terms of an order.

    Args:
        tif: time in force as it was asked for: GTX is GTC to the book (rule O-57).
        reduce_only: whether it may only shrink the position (rule O-61).
        post_only: whether it must not take (rule O-57).
        mmp: whether market maker protection watches it (rule O-101).
        named: whether the user gave it a client order id; the book invents one for others, which is not shown (O-60).
        stp: how it prevents self-trades, as it was asked for; the book knows it as none where it is void (O-67).
    """

    __slots__ = ("mmp", "named", "post_only", "reduce_only", "stp", "tif")

    def __init__(
        self,
        *,
        tif: str = GTC,
        reduce_only: bool = False,
        post_only: bool = False,
        mmp: bool = False,
        named: bool = True,
        stp: StpMode = StpMode.NONE,
    ) -> None:
        super().__init__()
        self.tif = tif
        self.reduce_only = reduce_only
        self.post_only = post_only
        self.mmp = mmp
        self.named = named
        self.stp = stp

    def fork(self) -> Terms:
        """A copy without prevented matches, as `Extras.fork` makes one."""
        twin = Terms(
            tif=self.tif,
            reduce_only=self.reduce_only,
            post_only=self.post_only,
            mmp=self.mmp,
            named=self.named,
            stp=self.stp,
        )
        twin.expiry_reason = self.expiry_reason
        return twin


def terms_of(order: Order) -> Terms:
    """The terms of an order; the market maker's orders have the plain ones."""
    return order.extras if isinstance(order.extras, Terms) else Terms()
