"""Exchanging one asset of the futures wallet for another.

Every asset that exchangeInfo lists can be converted into every other, at the index prices of the moment: an asset
without a contract of its own against USDT is a dollar. The documents give conversions no error codes of their own.
"""

from __future__ import annotations

from typing import Annotated, Final

from binance_mock.engine.units import SCALE
from binance_mock.venues import errors
from binance_mock.venues.decimals import show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Choice, Whole
from binance_mock.venues.usdm.account_kinds import AssetAmount, AssetName
from binance_mock.venues.usdm.accounts import IncomeType
from binance_mock.venues.usdm.conversions import LIFE_US, Quote
from binance_mock.venues.usdm.margins import Margins
from binance_mock.venues.usdm.render import ms
from binance_mock.venues.usdm.venue import UsdmCall, UsdmVenue

_LEAST: Final = SCALE
_MOST: Final = 1_000_000 * SCALE
"""What a conversion is worth at least and at most, in dollars."""

ValidTime = Annotated[str, Choice(("10s",))]
ConvertAmount = Annotated[int, AssetAmount()]
Number = Annotated[int, Whole()]


@endpoint("GET", "/fapi/v1/convert/exchangeInfo", group="convert", weight=20)
def exchange_info(call: UsdmCall, fromAsset: AssetName | None = None, toAsset: AssetName | None = None) -> Json:
    """Pairs of assets that can be converted, and how much of them."""
    if fromAsset is None and toAsset is None:
        raise errors.either("fromAsset", "toAsset")
    venue = call.venue
    listed = _listed(venue)
    for asset in (fromAsset, toAsset):
        if asset is not None and asset not in listed:
            raise _unknown_asset()
    return [
        {
            "fromAsset": given,
            "toAsset": taken,
            "fromAssetMinAmount": show(_units(venue, given, _LEAST)),
            "fromAssetMaxAmount": show(_units(venue, given, _MOST)),
            "toAssetMinAmount": show(_units(venue, taken, _LEAST)),
            "toAssetMaxAmount": show(_units(venue, taken, _MOST)),
        }
        for given in listed
        for taken in listed
        if given != taken and fromAsset in (None, given) and toAsset in (None, taken)
    ]


@endpoint("POST", "/fapi/v1/convert/getQuote", group="convert", security=Security.USER_DATA, weight=50)
def get_quote(
    call: UsdmCall,
    fromAsset: AssetName,
    toAsset: AssetName,
    fromAmount: ConvertAmount | None = None,
    toAmount: ConvertAmount | None = None,
    validTime: ValidTime = "10s",
) -> Json:
    """What an amount can be exchanged for; the id is there only when the wallet holds enough."""
    quote = _quote(call, fromAsset, toAsset, fromAmount, toAmount)
    covered = quote.amount <= Margins(call.venue, call.account).withdrawable(fromAsset)
    if covered:
        quote = call.account.conversions.offer(quote, call.now)
    return ({"quoteId": str(quote.id)} if covered else {}) | {
        "ratio": show(quote.ratio),
        "inverseRatio": show(quote.inverse),
        "validTimestamp": ms(quote.until),
        "toAmount": show(quote.brings),
        "fromAmount": show(quote.amount),
    }


@endpoint("POST", "/fapi/v1/convert/acceptQuote", group="convert", security=Security.USER_DATA, weight=200)
def accept_quote(call: UsdmCall, quoteId: Number) -> Json:
    """Take a quote that still holds, once; it is done at once, though the answer says that it is under way."""
    account, ledger = call.account, call.venue.ledger
    quote = account.conversions.standing(quoteId, call.now)
    if quote is None:
        raise errors.invalid_data("quoteId")
    if quote.amount > Margins(call.venue, account).withdrawable(quote.given):
        raise Refusal(-2018, "Balance is insufficient.")
    ledger.withdraw(account.money, quote.given, quote.amount)
    ledger.deposit(account.money, quote.taken, quote.brings)
    account.money.updated = call.now
    account.note(call.now, IncomeType.COIN_SWAP_WITHDRAW, "", quote.given, -quote.amount, None)
    account.note(call.now, IncomeType.COIN_SWAP_DEPOSIT, "", quote.taken, quote.brings, None)
    made = account.conversions.take(quote, call.now)
    return {"orderId": str(made.id), "createTime": ms(made.time), "orderStatus": "PROCESS"}


@endpoint("GET", "/fapi/v1/convert/orderStatus", group="convert", security=Security.USER_DATA, weight=50)
def order_status(call: UsdmCall, orderId: Number | None = None, quoteId: Number | None = None) -> Json:
    """A conversion, by its number or that of its quote."""
    if orderId is None and quoteId is None:
        raise errors.either("orderId", "quoteId")
    made = call.account.conversions.find(id=orderId, quote=quoteId)
    if made is None:
        raise Refusal(-2013, "Order does not exist.")
    quote = made.quote
    return {
        "orderId": made.id,
        "orderStatus": "SUCCESS",
        "fromAsset": quote.given,
        "fromAmount": show(quote.amount),
        "toAsset": quote.taken,
        "toAmount": show(quote.brings),
        "ratio": show(quote.ratio),
        "inverseRatio": show(quote.inverse),
        "createTime": ms(made.time),
    }


def _quote(call: UsdmCall, given: str, taken: str, amount: int | None, brings: int | None) -> Quote:
    """What an amount of an asset is exchanged for now, or what an amount costs.

    Raises:
        Refusal: an asset is not listed, or the amounts are none that can be converted.
    """
    venue = call.venue
    if not {given, taken} <= set(_listed(venue)):
        raise _unknown_asset()
    if given == taken:
        raise errors.invalid_data("toAsset")
    if amount is not None and brings is not None:
        raise errors.bad_combination()
    ours, theirs = _worth(venue, given), _worth(venue, taken)
    name = "fromAmount" if brings is None else "toAmount"
    if brings is not None:
        amount = -(-brings * theirs // ours)
    elif amount is not None:
        brings = amount * ours // theirs
    else:
        raise errors.either("fromAmount", "toAmount")
    if not _LEAST <= amount * ours // SCALE <= _MOST:
        raise errors.invalid_data(name)
    ratio, inverse = ours * SCALE // theirs, theirs * SCALE // ours
    return Quote(0, given, amount, taken, brings, ratio, inverse, call.now + LIFE_US)


def _listed(venue: UsdmVenue) -> list[str]:
    """The assets that can be converted."""
    return [row["asset"] for row in venue.assets]


def _worth(venue: UsdmVenue, asset: str) -> int:
    """What one unit of an asset is worth in dollars."""
    contract = f"{asset}USDT"
    return venue.index_price(contract) if contract in venue.symbols else SCALE


def _units(venue: UsdmVenue, asset: str, dollars: int) -> int:
    return dollars * SCALE // _worth(venue, asset)


def _unknown_asset() -> Refusal:
    """The asset is not listed."""
    return Refusal(-1108, "Invalid asset.")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (exchange_info, get_quote, accept_quote, order_status)
