"""Moving money between the wallets of spot and options of one user: transfer.

Binance switched the call off on 2023-02-02, early in the generation of 2023; since then `/sapi` moves money, which this
mock does not do. So the generation of today answers as for an unknown path, and that of 2023 moves it.
"""

from __future__ import annotations

from typing import Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.account_kinds import INTO, Currency, Direction, TransferAmount
from binance_mock.venues.options.accounts import ASSET, BillType
from binance_mock.venues.options.margins import Margins
from binance_mock.venues.options.venue import OptionsCall


@endpoint("POST", "/eapi/v1/transfer", group="account", security=Security.TRADE, weight=1)
def transfer(call: OptionsCall, currency: Currency, type: Direction, amount: TransferAmount) -> Json:
    """Move money in from spot, or out to it as far as neither premiums nor margin need it; gives a transfer's id."""
    venue, account = call.venue, call.account
    if amount <= 0:
        raise Refusal(-4055, "Amount must be positive.")
    other = None if venue.spot is None else venue.spot.accounts.get(account.name)
    if venue.spot is None or other is None:
        raise _failed("there is no spot account to move money from or to")
    spot, options = (venue.spot.ledger, other.money), (venue.ledger, account.money)
    if type == INTO:
        there = other.money.free[ASSET]
    else:
        margins = Margins(venue, account, call.now)
        there = min(margins.available, margins.cash)
    if amount > there:
        raise _failed("there is less that is free")
    (source, giver), (target, taker) = (spot, options) if type == INTO else (options, spot)
    source.withdraw(giver, ASSET, amount)
    target.deposit(taker, ASSET, amount)
    other.money.updated = call.now
    account.note(call.now, BillType.TRANSFER, amount if type == INTO else -amount)
    venue.look_at(account)
    return str(account.bills[-1].id)


def _failed(why: str) -> Refusal:
    return Refusal(-3029, "Asset transfer fail.", why=why)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (transfer,)
