"""Funding on the world's clock: who pays whom, and what is written down (U-121, U-122)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.venues.usdm.signed_client import BTC, ETH, SignedClient
from tests.mock_server.venues.usdm.usdm_client import HOUR_MS, MS, amount

from binance_mock.engine.orders import Side
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE

EIGHT = 8 * HOUR_MS
NEXT = MS - MS % EIGHT + EIGHT
CHINESE = "币安人生USDT"
"""Funded every four hours."""


@pytest.fixture
def client() -> SignedClient:
    return SignedClient()


def until(client: SignedClient, ms: int) -> None:
    client.world.clock.move(ms * 1000 - client.now)


def paid(client: SignedClient, symbol: str = BTC) -> list[tuple[int, str]]:
    rows = client.get("income", incomeType="FUNDING_FEE", symbol=symbol, limit=1000, startTime=MS - EIGHT)
    return [(row["time"], row["income"]) for row in rows]


def test_a_long_pays_and_a_short_receives_at_the_full_hour(client: SignedClient) -> None:
    """U-121, U-122: positionAmt * mark * rate; not a millisecond before."""
    client.order(Side.BUY, SCALE // 2)
    before = client.own.money.free["USDT"]
    client.mark(80_000)
    client.venue.marks.set_funding_rate(BTC, 30_000)
    until(client, NEXT - 1)
    assert paid(client) == []
    until(client, NEXT)
    assert paid(client) == [(NEXT, "-12.00000000")]
    assert client.own.money.free["USDT"] == before - 12 * SCALE
    row = client.get("income", incomeType="FUNDING_FEE")[0]
    assert (row["tradeId"], row["symbol"], row["asset"], row["info"]) == ("", BTC, "USDT", "FUNDING_FEE")
    client.venue.marks.set_funding_rate(BTC, -30_000)
    until(client, NEXT + EIGHT)
    assert paid(client)[1:] == [(NEXT + EIGHT, "12.00000000")]


def test_the_rate_follows_the_premium_unless_it_is_set(client: SignedClient) -> None:
    """U-108: what premiumIndex shows is what is paid at the next settlement, and fundingRate remembers it."""
    client.order(Side.BUY, SCALE)
    client.venue.marks.set(BTC, mark=81_000 * SCALE, index=80_000 * SCALE)
    shown = client.public("premiumIndex", symbol=BTC).ok()
    assert amount(shown["lastFundingRate"]) > 100 * SCALE // 10_000 // 100
    until(client, NEXT)
    ((_, income),) = paid(client)
    client.venue.marks.follow(BTC)
    assert amount(income) == -81_000 * amount(shown["lastFundingRate"])
    newest = client.public("fundingRate", symbol=BTC, limit=1).ok()
    assert newest == [
        {"symbol": BTC, "fundingTime": NEXT, "fundingRate": shown["lastFundingRate"], "markPrice": "81000.00000000",
         "rateType": "Regular"}
    ]  # fmt: skip
    client.venue.marks.set_funding_rate(BTC, 12_345)
    assert client.public("premiumIndex", symbol=BTC).ok()["lastFundingRate"] == "0.00012345"


def test_a_leap_of_the_clock_misses_no_settlement(client: SignedClient) -> None:
    client.order(Side.BUY, SCALE)
    client.order(Side.SELL, 1000 * SCALE, symbol=CHINESE)
    until(client, NEXT + 2 * EIGHT)
    assert [time for time, _ in paid(client)] == [NEXT, NEXT + EIGHT, NEXT + 2 * EIGHT]
    four = EIGHT // 2
    first = MS - MS % four + four
    assert [time for time, _ in paid(client, CHINESE)] == list(range(first, NEXT + 2 * EIGHT + 1, four))


def test_isolated_margin_pays_for_itself(client: SignedClient) -> None:
    """U-114: the isolated wallet is what was put in less fees and funding."""
    client.own.set_margin_type(BTC, MarginType.ISOLATED)
    client.order(Side.BUY, SCALE)
    position = client.own.position(BTC, PositionSide.BOTH)
    wallet, money = position.isolated_wallet, client.own.money.free["USDT"]
    client.mark(80_000)
    until(client, NEXT)
    client.get("income")
    assert position.isolated_wallet - wallet == client.own.money.free["USDT"] - money == -8 * SCALE


def test_a_hedged_account_pays_for_one_side_and_receives_for_the_other(client: SignedClient) -> None:
    client.own.hedged = True
    client.order(Side.BUY, SCALE, of=PositionSide.LONG)
    client.order(Side.SELL, SCALE, of=PositionSide.SHORT)
    client.mark(80_000)
    until(client, NEXT)
    assert sorted(income for _, income in paid(client)) == ["-8.00000000", "8.00000000"]


def test_nobody_is_funded_without_a_position_and_no_contract_with_delivery(client: SignedClient) -> None:
    client.order(Side.BUY, SCALE, symbol="BTCUSDT_261225")
    client.order(Side.BUY, SCALE, symbol=ETH)
    client.order(Side.SELL, SCALE, symbol=ETH)
    until(client, NEXT + EIGHT)
    assert client.get("income", incomeType="FUNDING_FEE") == []


def test_a_clock_that_goes_back_pays_again(client: SignedClient) -> None:
    client.order(Side.BUY, SCALE)
    until(client, NEXT)
    assert len(paid(client)) == 1
    client.world.clock.move(MS * 1000 - client.now)
    client.world.rewind()
    until(client, NEXT)
    assert [time for time, _ in paid(client)] == [NEXT, NEXT]
    assert [row["fundingTime"] for row in client.public("fundingRate", symbol=BTC, startTime=MS).ok()] == [NEXT]


def test_a_copy_is_funded_on_its_own(client: SignedClient) -> None:
    client.order(Side.BUY, SCALE)
    twin = SignedClient(client.world.fork())
    until(twin, NEXT)
    assert (len(paid(twin)), len(paid(client))) == (1, 0)


@given(
    st.lists(st.integers(-3000, 3000).filter(bool), min_size=1, max_size=6),
    st.integers(1, 200_000),
    st.integers(-2_000_000, 2_000_000),
)
def test_no_money_appears_or_is_lost(lots: Any, mark: int, rate: int) -> None:
    """U-121: payments are exact to the last unit that is cut, and all of them come to nothing."""
    client = SignedClient()
    venue = client.venue
    accounts = [venue.open_account(f"a{number}", {"USDT": 10**6 * SCALE}) for number in range(len(lots))]
    for account, each in zip(accounts, lots, strict=True):
        client.order(Side.BUY if each > 0 else Side.SELL, abs(each) * 10**5, by=account)
    venue.marks.set(BTC, mark=mark * SCALE)
    venue.marks.set_funding_rate(BTC, rate)
    before = {account.name: account.money.free["USDT"] for account in accounts}
    total = venue.ledger.total("USDT")
    venue.reactions = ()  # Nobody is liquidated here.
    until(client, NEXT)
    venue.pass_time(client.now)
    assert venue.ledger.total("USDT") == total
    for account, each in zip(accounts, lots, strict=True):
        exact = -Fraction(each, 1000) * mark * Fraction(rate, SCALE)
        assert account.money.free["USDT"] - before[account.name] == int(exact * SCALE)
