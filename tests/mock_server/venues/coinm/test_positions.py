"""Positions and wallets in coins: margin, leverage, modes, funding, liquidation, delivery."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import DAY, frozen_world
from tests.mock_server.venues.coinm.coinm_client import ETH, FREE, PAIR, PERP, QUARTER, CoinmClient, quiet
from tests.mock_server.venues.usdm.usdm_client import amount

from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.world import WorldSettings

SELL = Side.SELL


@pytest.fixture
def client() -> CoinmClient:
    return CoinmClient()


def test_wallets_in_coins(client: CoinmClient) -> None:
    rows = client.get("balance")
    assert [(row["asset"], row["balance"]) for row in rows] == [("BTC", "10.00000000"), ("ETH", "100.00000000")]
    assert {row["withdrawAvailable"] for row in rows} == {"10.00000000", "100.00000000"}
    # ccxt leaves out balances whose time is 0.
    assert {row["updateTime"] for row in rows} == {client.venue.symbols[PERP].onboard // 1000}
    assert [row["asset"] for row in client.get("account")["assets"]] == ["BTC", "ETH"]


def test_a_long_from_opening_to_closing() -> None:
    """100 contracts at 40000 are 0.25 BTC; at 50000 they are 0.2, so 0.05 is won: the rules U-110 to U-113 in coins."""
    client = quiet()
    other = client.other()
    client.move_price(PERP, "40000")
    client.trade(BUY, 100, 40_000, other)
    client.mark(50_000, PERP)
    row = client.position()
    assert (row["positionAmt"], row["entryPrice"], row["breakEvenPrice"]) == ("100", "40000.0", "40000.0")
    assert (row["unRealizedProfit"], row["notionalValue"], row["maxQty"]) == ("0.05000000", "0.20000000", "500")
    wallet = client.wallet()
    assert (wallet["walletBalance"], wallet["unrealizedProfit"], wallet["marginBalance"]) == (
        "10.00000000", "0.05000000", "10.05000000",
    )  # fmt: skip
    # A twentieth of 0.2, and 0.4 % of it; a profit that is not realised may be used but not taken out.
    assert (wallet["initialMargin"], wallet["maintMargin"]) == ("0.01000000", "0.00080000")
    assert (wallet["availableBalance"], wallet["maxWithdrawAmount"]) == ("10.04000000", "9.99000000")
    client.trade(SELL, 100, 50_000, other)
    assert client.wallet()["walletBalance"] == "10.05000000"
    assert other.money.free["BTC"] == 995 * SCALE // 100


def test_commissions_are_parts_of_the_worth_in_coins(client: CoinmClient) -> None:
    bought = client.limit("BUY", 400, 80100)
    worth = Fraction(400 * 100) / Fraction(bought["avgPrice"])
    fee = int(int(worth * SCALE) * Fraction(5, 10_000))
    assert amount(client.wallet()["walletBalance"]) == 10 * SCALE - fee
    # What is open would have to be sold a little higher, and what is short bought a little lower.
    assert amount(client.position()["breakEvenPrice"]) > amount(client.position()["entryPrice"])
    client.limit("SELL", 800, 79900)
    assert amount(client.position()["breakEvenPrice"]) < amount(client.position()["entryPrice"])


def test_orders_need_margin_in_the_coin(client: CoinmClient) -> None:
    """U-102, U-103: 800 contracts at 79000 are 1.0126 BTC, a twentieth of which is set aside."""
    client.limit("BUY", 800, 79000)
    wallet = client.wallet()
    exact = int(Fraction(80_000, 79_000) * SCALE) // 20
    assert (amount(wallet["openOrderInitialMargin"]), wallet["positionInitialMargin"]) == (exact, "0.00000000")
    assert amount(wallet["availableBalance"]) == 10 * SCALE - exact
    assert client.wallet("ETH")["availableBalance"] == "100.00000000"
    # A quarter is of another contract in the same coin, ETH is not.
    client.limit("BUY", 800, 79500, symbol=QUARTER)
    assert amount(client.wallet()["openOrderInitialMargin"]) > exact
    client.limit("BUY", 100, 2550, symbol=ETH)
    assert amount(client.wallet("ETH")["openOrderInitialMargin"]) == int(Fraction(1000, 2550) * SCALE) // 20


def test_an_order_needs_what_it_would_lose_at_once() -> None:
    """U-103: 1000 contracts bought at 44000 are 2.27272727 BTC, a twentieth of which is needed; and a mark at 42000
    makes 0.10822510 more of it.
    """
    client = quiet()
    client.move_price(PERP, "42000")
    exact = int(Fraction(100_000, 44_000) * SCALE) // 20 + int(Fraction(100_000 * 2, 42 * 44_000) * SCALE)
    sent = {"symbol": PERP, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1000, "price": 44_000}
    client.venue.ledger.set_free(client.own.money, "BTC", exact - 1)
    assert client.refusal("POST", "order", **sent)[1] == -2019
    client.venue.ledger.set_free(client.own.money, "BTC", exact)
    client.post("order", **sent)


def test_rows_of_a_coin(client: CoinmClient) -> None:
    assert {row["symbol"] for row in client.get("positionRisk", marginAsset="BTC")} == {PERP, QUARTER}
    assert [row["symbol"] for row in client.get("positionRisk", marginAsset="ETH")] == [ETH]
    assert client.get("positionRisk", marginAsset="SOL") == []


def test_leverage_and_brackets(client: CoinmClient) -> None:
    """U-93, U-99 with caps in the coin."""
    answer = client.post("leverage", symbol=PERP, leverage=125)
    assert answer == {"leverage": 125, "maxQty": "50", "symbol": PERP}
    assert client.refusal("POST", "leverage", symbol=PERP, leverage=126) == (400, -4028, "Leverage '126' is not valid")
    assert client.refusal("POST", "leverage", symbol=ETH, leverage=101)[1] == -4028
    assert client.get("positionRisk", pair=PAIR)[0]["leverage"] == "125"
    too_many = {"symbol": PERP, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 40_500}
    assert client.refusal("POST", "order", **too_many, price=80000) == (
        400, -2027, "Exceeded the maximum allowable position at current leverage.",
    )  # fmt: skip
    (row,) = client.get("/dapi/v2/leverageBracket", symbol=PERP)
    assert row["brackets"][1] == {
        "bracket": 2, "initialLeverage": 100, "qtyCap": 100, "qtylFloor": 50, "maintMarginRatio": 0.005, "cum": 0.05,
    }  # fmt: skip
    assert [row["pair"] for row in client.get("leverageBracket")] == ["BTCUSD", "ETHUSD"]
    assert client.get("leverageBracket", pair=PAIR)[0]["brackets"] == row["brackets"]


def test_modes(client: CoinmClient) -> None:
    """U-67, U-69: hedge mode of its own, with a flat row beside long and short."""
    done = {"code": 200, "msg": "success"}
    assert client.refusal("POST", "positionSide/dual", dualSidePosition="false")[1] == -4059
    assert client.post("positionSide/dual", dualSidePosition="true") == done
    assert client.get("positionSide/dual") == {"dualSidePosition": True}
    client.limit("BUY", 3, 80100, positionSide="LONG")
    client.limit("SELL", 2, 79900, positionSide="SHORT")
    rows = [row for row in client.get("positionRisk", pair=PAIR) if row["symbol"] == PERP]
    sides = [("BOTH", "0"), ("LONG", "3"), ("SHORT", "-2")]
    assert [(row["positionSide"], row["positionAmt"]) for row in rows] == sides
    held = [row for row in client.get("account")["positions"] if row["symbol"] == PERP]
    assert [(row["positionSide"], row["positionAmt"]) for row in held] == sides
    assert client.refusal("POST", "positionSide/dual", dualSidePosition="false")[1] == -4068


def test_an_isolated_position_has_its_own_wallet() -> None:
    """U-96, U-114, U-115: 0.25 BTC at 20-fold leave 0.0125, which lasts to 1005 / 1050 of the price."""
    client = quiet()
    other = client.other()
    client.move_price(PERP, "40000")
    assert client.post("marginType", symbol=PERP, marginType="ISOLATED") == {"code": 200, "msg": "success"}
    assert client.refusal("POST", "marginType", symbol=PERP, marginType="ISOLATED")[1] == -4046
    client.trade(BUY, 100, 40_000, other)
    row = client.position()
    assert (row["marginType"], row["isolatedWallet"], row["isolatedMargin"]) == (
        "isolated", "0.01250000", "0.01250000",
    )  # fmt: skip
    exact = Fraction(10_000) * Fraction(1004, 1000) / (Fraction(10_000, 40_000) + Fraction(125, 10_000))
    assert amount(row["liquidationPrice"]) == int(exact * SCALE + Fraction(1, 2))
    assert client.refusal("POST", "marginType", symbol=PERP, marginType="CROSSED")[1] == -4048
    client.trade(SELL, 40, 40_000, other)
    assert client.position()["isolatedWallet"] == "0.00750000"


def test_funding_is_paid_in_coins() -> None:
    """U-121: a hundredth of a percent of 0.25 BTC from the long to the short."""
    client = quiet()
    other = client.other()
    client.move_price(PERP, "40000")
    client.trade(BUY, 100, 40_000, other)
    client.world.clock.freeze(client.now + DAY // 3)
    assert client.wallet()["walletBalance"] == "9.99997500"
    assert other.money.free["BTC"] == 10 * SCALE + 2500


def test_a_cross_position_is_liquidated_where_it_says() -> None:
    """U-124: alive a cent above the liquidation price, gone a cent below."""
    client = CoinmClient(frozen_world(WorldSettings(coinm=UsdmSettings(maker=0, taker=0))))
    client.venue.ledger.set_free(client.own.money, "BTC", SCALE // 10)
    client.limit("BUY", 1200, 80100)
    price = amount(client.position()["liquidationPrice"])
    client.venue.set_marks(PERP, client.now, mark=price + SCALE // 100)
    assert client.position()["positionAmt"] == "1200"
    client.venue.set_marks(PERP, client.now, mark=price - SCALE // 100)
    assert client.position()["positionAmt"] == "0"
    assert 0 <= client.own.money.free["BTC"] < SCALE // 10


def test_a_quarter_is_delivered_in_coins() -> None:
    """U-54, U-125: at the mean of the index, which is that of the perpetual."""
    client = quiet()
    other = client.other()
    client.move_price(PERP, "40000")
    client.move_price(QUARTER, "40000")
    client.trade(BUY, 100, 40_000, other, QUARTER)
    client.move_price(PERP, "50000")
    client.world.clock.freeze(client.venue.symbols[QUARTER].delivery)
    assert client.position(QUARTER)["positionAmt"] == "0"
    assert client.wallet()["walletBalance"] == "10.05000000"
    assert other.money.free["BTC"] == 995 * SCALE // 100
    info = client.public("exchangeInfo").ok()["symbols"][1]
    assert (info["symbol"], info["contractStatus"]) == (QUARTER, "DELIVERED")
    last = client.get("userTrades", symbol=QUARTER)[-1]
    assert (last["price"], last["baseQty"], last["realizedPnl"]) == ("50000.0", "0.20000000", "0.05000000")


deals = st.lists(
    st.tuples(st.booleans(), st.integers(1, 1000), st.integers(38_000, 42_000)), min_size=1, max_size=12
)  # fmt: skip


@given(deals)
def test_what_one_wins_another_loses(trades: list[tuple[bool, int, int]]) -> None:
    """Two accounts that end flat own together what they owned; results are cut by less than a unit each."""
    client = CoinmClient(frozen_world(WorldSettings(coinm=FREE)))
    other = client.other()
    client.move_price(PERP, "40000")
    for buys, contracts, price in trades:
        client.trade(BUY if buys else SELL, contracts, price, other)
    held = sum(contracts if buys else -contracts for buys, contracts, _ in trades)
    if held:
        client.trade(SELL if held > 0 else BUY, abs(held), 40_500, other)
    assert abs(client.own.money.free["BTC"] + other.money.free["BTC"] - 20 * SCALE) <= 1
    exact = sum((Fraction(100 * (1 if buys else -1) * qty, price) for buys, qty, price in trades), Fraction(0))
    exact -= Fraction(100 * held, 40_500)
    assert abs(client.own.money.free["BTC"] - 10 * SCALE - exact * SCALE) < 2


def test_a_copy_of_the_world_goes_its_own_way(client: CoinmClient) -> None:
    client.limit("BUY", 5, 80100)
    client.limit("BUY", 2, 79000)
    twin = CoinmClient(client.world.fork())
    assert twin.get("account") == client.get("account")
    assert twin.get("openOrders") == client.get("openOrders")
    twin.limit("SELL", 5, 79900)
    assert twin.position()["positionAmt"] == "0"
    assert client.position()["positionAmt"] == "5"
    assert client.position()["entryPrice"] == "79993.0"
