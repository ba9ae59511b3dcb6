"""Funding: what longs and shorts of a contract pay each other when its hour has come (rules U-121, U-122).

It begins with the first touch of a contract's market. The rate is the one that the marks stand at then, or that was
set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from binance_mock.engine.positions import MarginType, Position
from binance_mock.venues.usdm.accounts import IncomeType, UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.rates import next_settlement, premium, rate

if TYPE_CHECKING:
    from binance_mock.venues.usdm.venue import UsdmVenue


class Settled(NamedTuple):
    """One funding of the past; rate and mark price are scaled by 10^8."""

    rate: int
    mark: int


class FundingTime(NamedTuple):
    """The moment at which a perpetual is funded, unless the clock went back meanwhile."""

    symbol: str

    def happen(self, venue: UsdmVenue, time: int) -> None:
        """Let everybody pay or receive, and wait for the next time."""
        if venue.next_funding.get(self.symbol) != time:
            return
        info = venue.symbols[self.symbol]
        settled = Settled(running_rate(venue, info), venue.mark_price(self.symbol))
        venue.funded.setdefault(self.symbol, {})[time] = settled
        _pay(venue, info, settled, time)
        schedule(venue, info, time)


def schedule(venue: UsdmVenue, info: ContractInfo, now: int) -> None:
    """Let a perpetual be funded at the next time after now."""
    time = next_settlement(now, info.funding)
    if venue.next_funding.get(info.name) != time:
        venue.next_funding[info.name] = time
        venue.schedule.add(time, FundingTime(info.name))


def rewind(venue: UsdmVenue, now: int) -> None:
    """The clock went back: what was paid stays paid, and the next time comes again; its record is forgotten."""
    for symbol in list(venue.next_funding):
        past = venue.funded.get(symbol, {})
        for time in [time for time in past if time > now]:
            del past[time]
        schedule(venue, venue.symbols[symbol], now)


def running_rate(venue: UsdmVenue, info: ContractInfo) -> int:
    """The rate that the coming settlement is heading for, scaled by 10^8 (rule U-108)."""
    given = venue.marks.funding_rate(info.name)
    if given is not None:
        return given
    return rate(premium(venue.mark_price(info.name), venue.index_price(info.name)), info.funding)


def _pay(venue: UsdmVenue, info: ContractInfo, settled: Settled, time: int) -> None:
    held: list[tuple[UsdmAccount, Position]] = [
        (account, position)
        for account in list(venue.holders.get(info.name, {}).values())
        for position in account.held(info.name)
    ]
    if not held or not settled.rate:
        return
    payments, rest = info.fund((position.qty for _, position in held), settled.mark, settled.rate)
    asset = info.margin_asset
    for (account, position), payment in zip(held, payments, strict=True):
        account.money.free[asset] += payment
        if position.margin_type is MarginType.ISOLATED:
            position.isolated_wallet += payment
        account.note(time, IncomeType.FUNDING_FEE, info.name, asset, payment, None)
    venue.ledger.insurance.free[asset] += rest
    venue.note_move(info.name)  # Who paid may be without margin now.
