"""Commissions: rates by role and side, the BNB discount, and what one fill costs (rules S-112 to S-117)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from binance_mock.engine.units import SCALE

if TYPE_CHECKING:
    from binance_mock.engine.ledger import Account

BNB = "BNB"


class Rates(NamedTuple):
    """One kind of commission: a rate for each role and one for each side, which add up (rule S-113)."""

    maker: int = 0
    taker: int = 0
    buyer: int = 0
    seller: int = 0


NO_RATES = Rates()


class Fees:
    """The three kinds of commission of an account, and what BNB takes off.

    Args:
        standard: the ordinary commission.
        tax: tax commission.
        special: special commission.
        discount: factor on the standard part when paid in BNB (rule S-114); `SCALE` * 0.75 is 25 % off.
    """

    __slots__ = ("discount", "discounted", "special", "standard", "tax", "total")

    FREE: ClassVar[Fees]

    def __init__(
        self,
        standard: Rates,
        tax: Rates = NO_RATES,
        special: Rates = NO_RATES,
        discount: int = SCALE * 3 // 4,
    ) -> None:
        self.standard = standard
        self.tax = tax
        self.special = special
        self.discount = discount
        # Indexed by 2 * is_maker + is_buyer: the sum of all parts, without the discount, and with it (by SCALE ** 2,
        # for a rate times the discount has more than eight digits).
        self.total = tuple(self._sum(index, SCALE) // SCALE for index in range(4))
        self.discounted = tuple(self._sum(index, discount) for index in range(4))

    def _sum(self, index: int, factor: int) -> int:
        maker, buyer = divmod(index, 2)
        total = 0
        for rates, scale in ((self.standard, factor), (self.tax, SCALE), (self.special, SCALE)):
            rate = (rates.maker if maker else rates.taker) + (rates.buyer if buyer else rates.seller)
            total += rate * scale
        return total


Fees.FREE = Fees(NO_RATES)


def commission(
    account: Account,
    fees: Fees,
    amount: int,
    asset: str,
    *,
    maker: bool,
    buyer: bool,
    unit: int,
    bnb_price: Callable[[str], int],
) -> tuple[int, str]:
    """What a fill costs the account, and in which asset.

    BNB is taken when the account pays in it and has enough for the whole; else the undiscounted sum is taken from
    the asset received (rule S-112). Amounts are cut to the commission precision, never rounded up.

    Args:
        account: who received `amount`.
        fees: its rates for the symbol.
        amount: received, before commission.
        asset: of the amount.
        maker: whether its order rested on the book.
        buyer: whether it bought.
        unit: smallest commission amount of the asset, in units of 10^-8.
        bnb_price: the price of one BNB in an asset, 0 when there is none.
    """
    index = 2 * maker + buyer
    if account.bnb_burn and fees.total[index]:
        price = SCALE if asset == BNB else bnb_price(asset)
        if price:
            in_bnb = amount * fees.discounted[index] // (price * SCALE)
            if account.free[BNB] >= in_bnb:
                return in_bnb, BNB
    fee = amount * fees.total[index] // SCALE
    return fee - fee % unit, asset
