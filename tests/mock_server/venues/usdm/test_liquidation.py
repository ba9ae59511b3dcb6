"""Liquidation, what it costs, who takes over, and what the API tells of it: U-53, U-75, U-124 to U-127."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.venues.usdm.signed_client import BTC, ETH, SignedClient, wrong
from tests.mock_server.venues.usdm.usdm_client import DAY_MS, MS, amount

from binance_mock.engine.market import Market
from binance_mock.engine.orders import BUY, ExpiryReason, Order, OrderType, Side, Status, StpMode, TimeInForce
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.conditions import Condition
from binance_mock.venues.usdm.liquidation import breached, fund_balance, liquidate
from binance_mock.venues.usdm.margins import Margins
from binance_mock.venues.usdm.orders import Terms
from binance_mock.venues.usdm.set_position import Wanted, set_position

SELL = Side.SELL
BOTH, LONG, SHORT = PositionSide
WALLET = 100_000 * SCALE


@pytest.fixture
def client() -> SignedClient:
    return SignedClient()


def give(
    client: SignedClient,
    qty: int,
    entry: int,
    *,
    by: UsdmAccount | None = None,
    symbol: str = BTC,
    side: PositionSide = BOTH,
    **more: Any,
) -> None:
    """A position, its quantity in thousandths and its entry price in whole units."""
    wanted = Wanted(side, qty * SCALE // 1000, entry * SCALE, **more)
    set_position(client.venue, by or client.own, client.venue.symbols[symbol], wanted, client.now)


def mark(client: SignedClient, price: int, symbol: str = BTC) -> None:
    """Move the mark price, in whole units, and let happen what follows."""
    client.venue.set_marks(symbol, client.now, mark=price * SCALE)


def empty_book(client: SignedClient, symbol: str = BTC) -> Market:
    """Take the market maker's orders away."""
    market = client.venue.market(symbol, client.now)
    for order in list(market.bag(client.venue.ledger.house).open.values()):
        market.cancel(order, order.client_id, client.now)
    return market


def jump(client: SignedClient, price: int) -> None:
    """Move the mark to where nobody buys or sells."""
    empty_book(client)
    mark(client, price)


def other(client: SignedClient, name: str = "other", wallet: int = WALLET) -> UsdmAccount:
    return client.venue.open_account(name, {"USDT": wallet})


def cleared(account: UsdmAccount) -> list[int]:
    """What the insurance fund took of an account, and gave it."""
    return [row.amount for row in account.incomes if row.type == "INSURANCE_CLEAR"]


# -- when ------------------------------------------------------------------------------------------------------------


def test_a_cross_position_goes_where_positionrisk_says(client: SignedClient) -> None:
    """U-115, U-124: at the liquidation price, and not a unit before it."""
    give(client, 10_000, 80_000)
    price = amount(client.risk()["liquidationPrice"])
    client.venue.set_marks(BTC, client.now, mark=price + 100)
    assert client.own.position(BTC, BOTH).qty == 10 * SCALE
    client.venue.set_marks(BTC, client.now, mark=price - 100)
    assert client.own.position(BTC, BOTH).qty == 0
    assert client.get("v3/positionRisk") == []


def test_a_short_goes_upwards(client: SignedClient) -> None:
    """U-124."""
    give(client, -10_000, 80_000)
    price = amount(client.risk()["liquidationPrice"])
    client.venue.set_marks(BTC, client.now, mark=price - 100)
    assert client.own.position(BTC, BOTH).qty == -10 * SCALE
    client.venue.set_marks(BTC, client.now, mark=price + 100)
    assert client.own.position(BTC, BOTH).qty == 0


def test_an_isolated_position_goes_alone(client: SignedClient) -> None:
    """U-124: the cross position of the same account stays, and so does its order."""
    client.own.set_margin_type(ETH, MarginType.ISOLATED)
    mark(client, 3_000, ETH)
    give(client, 10_000, 3_000, symbol=ETH)
    give(client, 1_000, 80_000)
    kept = client.order(BUY, SCALE // 10, 70_000 * SCALE)
    lost = client.order(BUY, SCALE, 2_000 * SCALE, symbol=ETH)
    price = amount(client.risk(ETH)["liquidationPrice"])
    client.venue.set_marks(ETH, client.now, mark=price + 100)
    assert client.own.position(ETH, BOTH).qty
    client.venue.set_marks(ETH, client.now, mark=price - 100)
    assert (client.own.position(ETH, BOTH).qty, client.own.position(BTC, BOTH).qty) == (0, SCALE)
    assert client.own.position(ETH, BOTH).isolated_wallet == 0
    assert (kept.status, lost.status) == (Status.NEW, Status.EXPIRED)


def test_each_side_of_an_isolated_hedge_stands_for_itself(client: SignedClient) -> None:
    """U-116, U-124: the long goes with its order, the short stays with its own."""
    client.own.hedged = True
    client.own.set_margin_type(BTC, MarginType.ISOLATED)
    give(client, 1_000, 80_000, side=LONG)
    give(client, -1_000, 80_000, side=SHORT)
    orders = [
        client.order(BUY, SCALE // 10, 60_000 * SCALE, of=LONG),
        client.order(SELL, SCALE // 10, 99_000 * SCALE, of=SHORT),
    ]
    mark(client, 75_000)
    assert [each.side for each in client.own.held(BTC)] == [SHORT]
    assert [order.status for order in orders] == [Status.EXPIRED, Status.NEW]


def test_a_cross_hedge_covers_itself(client: SignedClient) -> None:
    """U-116: what one side loses the other one wins."""
    client.own.hedged = True
    give(client, 10_000, 80_000, side=LONG)
    give(client, -10_000, 80_000, side=SHORT)
    mark(client, 60_000)
    assert len(list(client.own.held(BTC))) == 2
    assert breached(client.venue, BTC) == []


def test_assets_stand_each_for_itself_until_they_are_pooled(client: SignedClient) -> None:
    """U-120, U-124: in multi-assets mode the other wallets hold the position."""
    for pooled in (False, True):
        twin = SignedClient(client.world.fork())
        twin.own.multi_assets = pooled
        give(twin, 10_000, 80_000)
        mark(twin, 69_500)
        assert bool(twin.own.position(BTC, BOTH).qty) is pooled


def test_a_pool_is_liquidated_when_its_collateral_falls(client: SignedClient) -> None:
    """U-120, U-124: no position is in the contract whose price fell."""
    venue = client.venue
    client.own.multi_assets = True
    venue.ledger.set_free(client.own.money, "USDC", 0)
    give(client, 10_000, 80_000)
    bnb = 10 * venue.index_price("BNBUSDT") * 9 // 10
    pool = Margins(venue, client.own).pool("USDT")
    assert pool.cross == WALLET + bnb
    client.venue.set_marks(BTC, client.now, mark=70_350 * SCALE - bnb // 10)
    assert client.own.position(BTC, BOTH).qty == 10 * SCALE
    venue.set_marks("BNBUSDT", client.now, index=SCALE)
    assert client.own.position(BTC, BOTH).qty == 0


def test_what_follows_the_market_moves_with_it(client: SignedClient) -> None:
    """U-124: the mark follows the last price, so a trade may liquidate."""
    give(client, 10_000, 80_000)
    client.move_price(BTC, "70100")
    assert client.own.position(BTC, BOTH).qty == 10 * SCALE
    client.get("v3/account")
    client.move_price(BTC, "70000")
    assert client.get("v3/positionRisk") == []


# -- how -------------------------------------------------------------------------------------------------------------


def test_orders_of_the_scope_end_first(client: SignedClient) -> None:
    """U-125: those of cross contracts of the asset, as expired by liquidation (er 5)."""
    client.own.set_margin_type("BNBUSDT", MarginType.ISOLATED)
    give(client, 10_000, 80_000)
    ended = [client.order(BUY, SCALE // 10, 60_000 * SCALE), client.order(BUY, SCALE, 1_000 * SCALE, symbol=ETH)]
    kept = [
        client.order(BUY, SCALE, 100 * SCALE, symbol="BNBUSDT"),
        client.order(BUY, SCALE // 100, 60_000 * SCALE, symbol="BTCUSDC"),
    ]
    mark(client, 70_000)
    assert [(order.status, order.need_extras().expiry_reason) for order in ended] == [
        (Status.EXPIRED, ExpiryReason.LIQUIDATION)
    ] * 2
    assert all(order.open for order in kept)


def test_conditional_orders_of_the_scope_end_too(client: SignedClient) -> None:
    """U-125: an algo order that waits would open a position that the account cannot carry."""
    give(client, 10_000, 80_000)
    market = client.venue.market(BTC, client.now)
    waits = []
    for number, owner in enumerate((client.own, other(client))):
        terms = Terms(condition=Condition("STOP_MARKET", True, trigger=95_000 * SCALE))
        order = Order(
            owner.money, f"stop{number}", BUY, OrderType.MARKET, TimeInForce.GTC, 0, SCALE, 0, StpMode.NONE, terms
        )
        waits.append(client.venue.conditionals.add(BTC, order, client.now, market.tape.last_price, listed=False))
    mark(client, 70_000)
    assert [each.status for each in waits] == ["EXPIRED", "NEW"]


def test_the_order_that_closes(client: SignedClient) -> None:
    """U-125, U-126: IOC LIMIT, `autoclose-`, at the price at which nothing would be left; the fee goes to the fund."""
    give(client, 10_000, 80_000)
    mark(client, 70_000)
    (row,) = client.get("forceOrders")
    assert wrong("GET /fapi/v1/forceOrders", [row]) == []
    assert row["clientOrderId"].startswith("autoclose-")
    assert {name: row[name] for name in ("status", "type", "origType", "timeInForce", "side", "price", "origQty")} == {
        "status": "FILLED", "type": "LIMIT", "origType": "LIMIT", "timeInForce": "IOC", "side": "SELL",
        "price": "70000.00", "origQty": "10.000",
    }  # fmt: skip
    assert client.get("openOrders") == []
    assert [each["clientOrderId"] for each in client.get("allOrders", symbol=BTC)] == [row["clientOrderId"]]
    trades = client.get("userTrades", symbol=BTC)
    assert {each["orderId"] for each in trades} == {row["orderId"]}
    assert {each["commission"] for each in trades} == {"0.00000000"}
    fee = sum(amount(each["quoteQty"]) for each in trades) * 125 // 10_000
    (income,) = client.get("income", incomeType="INSURANCE_CLEAR")
    assert abs(amount(income["income"]) + fee) <= 1
    (fund,) = client.public("insuranceBalance", symbol=BTC).ok()["assets"]
    assert amount(fund["marginBalance"]) == -amount(income["income"])
    realised = sum(amount(each["realizedPnl"]) for each in trades)
    assert client.own.money.free["USDT"] == WALLET + realised - fee


def test_the_largest_goes_first_and_the_rest_stays_when_it_is_covered(client: SignedClient) -> None:
    """U-124: of two cross positions the one that needs the most margin is closed."""
    mark(client, 3_000, ETH)
    give(client, 10_000, 80_000)
    give(client, 1_000, 3_000, symbol=ETH)
    mark(client, 70_500)
    assert len(list(client.own.open_positions())) == 2
    mark(client, 70_200)
    assert [each.symbol for each in client.own.open_positions()] == [ETH]
    assert [order["symbol"] for order in client.get("forceOrders")] == [BTC]


def test_the_fee_takes_no_more_than_there_is(client: SignedClient) -> None:
    """U-126: of an isolated position, what its wallet has left."""
    for margin in (500, 3_000):
        account = other(client, f"a{margin}", 10_000 * SCALE)
        account.set_margin_type(BTC, MarginType.ISOLATED)
        client.venue.follow_market(BTC, client.now)
        give(client, 1_000, 80_000, by=account, isolated_wallet=margin * SCALE)
        mark(client, 80_000 - margin)
        (fee,) = cleared(account)
        realised = sum(row.amount for row in account.incomes if row.type == "REALIZED_PNL")
        assert -fee == min(margin * SCALE + realised, 80_000 * 125 * SCALE // 10_000 + realised * 125 // 10_000)
        assert account.money.free["USDT"] >= 10_000 * SCALE - margin * SCALE


# -- who takes over --------------------------------------------------------------------------------------------------


def test_the_fund_takes_what_the_book_does_not(client: SignedClient) -> None:
    """U-125: at the price of the order; the tape does not show it, the account's trades do."""
    market = empty_book(client)
    order = Order(other(client).money, "bid", BUY, OrderType.LIMIT, TimeInForce.GTC, 70_150 * SCALE, 4 * SCALE)
    market.place(order, client.now)
    give(client, 10_000, 80_000)
    mark(client, 70_250)
    prints = len(market.tape)
    (row,) = client.get("forceOrders")
    assert (row["status"], row["executedQty"], row["price"]) == ("FILLED", "10.000", "70000.00")
    (held,) = client.venue.insurance.held(BTC)
    assert (held.qty, held.entry) == (6 * SCALE, 70_000 * SCALE)
    assert [each["qty"] for each in client.get("userTrades", symbol=BTC)] == ["4.000", "6.000"]
    assert prints == len(market.tape)
    assert market.tape.last_price == 70_150 * SCALE
    # The 150 that each of the four brought above the price are taken by the fee.
    assert client.own.money.free["USDT"] == 0
    assert fund_balance(client.venue, "USDT") == (600 + 6 * 250) * SCALE
    assert client.public("openInterest", symbol=BTC).ok()["openInterest"] == "10.000"
    after = client.venue.market(BTC, client.now).print_trade(70_000 * SCALE, SCALE, client.now)
    ids = [trade["id"] for trade in client.public("trades", symbol=BTC, limit=2).ok()]
    assert (len(after), ids[1] - ids[0]) == (1, 2)


def test_a_jump_leaves_nothing_and_no_debt(client: SignedClient) -> None:
    """U-126: what the wallet cannot pay is the fund's loss."""
    give(client, 10_000, 80_000)
    jump(client, 60_000)
    assert client.own.money.free["USDT"] == 0
    assert fund_balance(client.venue, "USDT") == -100_000 * SCALE
    assert client.public("symbolAdlRisk", symbol=BTC).ok()["adlRisk"] == "high"


def test_profits_are_deleveraged_when_the_fund_has_too_little(client: SignedClient) -> None:
    """U-125, U-127: the first of the queue first, each as far as it is needed."""
    first, second = (other(client, name) for name in ("first", "second"))
    give(client, -6_000, 80_000, by=first)
    give(client, -9_000, 79_000, by=second)
    stop = client.order(BUY, 6 * SCALE, 50_000 * SCALE, by=first)
    assert isinstance(stop.extras, Terms)
    stop.extras.reduce_only = True
    give(client, 10_000, 80_000)
    jump(client, 60_000)
    assert client.own.money.free["USDT"] == 0
    assert [each.position(BTC, BOTH).qty for each in (first, second)] == [-5 * SCALE, 0]
    assert list(client.venue.insurance.held(BTC)) == []
    assert fund_balance(client.venue, "USDT") == 0
    (order,) = [client.venue.markets[BTC].bag(second.money).all[id] for _, id in second.forced]
    assert (order.client_id, order.status, order.price) == ("adl_autoclose", Status.FILLED, 70_000 * SCALE)
    assert cleared(second) == []
    assert stop.status is Status.EXPIRED  # U-73: it would close six, and five are left.


def test_nobody_is_made_to_take_a_loss(client: SignedClient) -> None:
    """U-125: what profits do not cover is the fund's, and so is its loss."""
    winner, losing = other(client, "winner"), other(client, "losing", 10 * WALLET)
    give(client, -6_000, 80_000, by=winner)
    give(client, -9_000, 60_500, by=losing)
    give(client, 10_000, 80_000)
    jump(client, 60_000)
    assert [each.position(BTC, BOTH).qty for each in (winner, losing)] == [0, -9 * SCALE]
    (held,) = client.venue.insurance.held(BTC)
    assert (held.qty, fund_balance(client.venue, "USDT")) == (4 * SCALE, -40_000 * SCALE)


def test_the_fund_bears_what_it_can_first(client: SignedClient) -> None:
    """U-125: with money of its own it takes the position, and nobody is deleveraged."""
    client.venue.ledger.deposit(client.venue.ledger.insurance, "USDT", 100_000 * SCALE)
    winner = other(client)
    give(client, -10_000, 80_000, by=winner)
    give(client, 10_000, 80_000)
    jump(client, 60_000)
    assert winner.position(BTC, BOTH).qty == -10 * SCALE
    assert fund_balance(client.venue, "USDT") == 0


def test_a_deleveraged_user_sees_it(client: SignedClient) -> None:
    """U-126: as `adl_autoclose`, of the kind ADL."""
    loser = other(client)
    give(client, -10_000, 80_000)
    give(client, 10_000, 80_000, by=loser)
    jump(client, 60_000)
    (row,) = client.get("forceOrders", autoCloseType="ADL")
    assert wrong("GET /fapi/v1/forceOrders", [row]) == []
    assert (row["clientOrderId"], row["side"], row["status"]) == ("adl_autoclose", "BUY", "FILLED")
    assert client.get("forceOrders", autoCloseType="LIQUIDATION") == []
    assert amount(client.get("income", incomeType="REALIZED_PNL")[0]["income"]) == 100_000 * SCALE
    assert [each["qty"] for each in client.get("userTrades", symbol=BTC)] == ["10.000"]


# -- what is told ----------------------------------------------------------------------------------------------------


def test_forced_orders_are_found_by_contract_and_time(client: SignedClient) -> None:
    """U-126: of a week unless a start is told."""
    for symbol, price in ((BTC, 80_000), (ETH, 3_000), (BTC, 80_000)):
        give(client, 1_000, price, symbol=symbol)
        liquidate(client.venue, client.own, symbol, client.now)
        client.world.clock.move(1_000_000)
    symbols = [row["symbol"] for row in client.get("forceOrders")]
    assert symbols == [BTC, ETH, BTC]
    assert [row["time"] for row in client.get("forceOrders", symbol=BTC)] == [MS, MS + 2000]
    assert [row["time"] for row in client.get("forceOrders", limit=1)] == [MS + 2000]
    assert [row["time"] for row in client.get("forceOrders", limit=1, startTime=MS)] == [MS]
    assert [row["time"] for row in client.get("forceOrders", startTime=MS + 1, endTime=MS + 1000)] == [MS + 1000]
    client.world.clock.move(7 * DAY_MS * 1000)
    assert client.get("forceOrders") == []
    assert len(client.get("forceOrders", endTime=MS + 1000)) == 2


def test_places_of_cross_and_isolated_hedges(client: SignedClient) -> None:
    """U-127: LONG, SHORT and HEDGE for a cross hedge, BOTH instead of HEDGE else."""
    rival = other(client)
    give(client, 100, 80_000, by=rival)
    client.own.hedged = True
    give(client, 2_000, 80_000, side=LONG)
    mark(client, 90_000)
    ((row),) = client.get("adlQuantile", symbol=BTC)
    assert set(row["adlQuantile"]) == {"LONG", "SHORT", "HEDGE"}
    assert row["adlQuantile"]["LONG"] > 0


# -- by hand ---------------------------------------------------------------------------------------------------------


def test_a_healthy_position_is_liquidated_when_it_is_wanted(client: SignedClient) -> None:
    give(client, 1_000, 80_000)
    resting = client.order(BUY, SCALE // 10, 60_000 * SCALE)
    (order,) = liquidate(client.venue, client.own, BTC, client.now)
    assert (order.status, resting.status) == (Status.FILLED, Status.EXPIRED)
    assert client.own.position(BTC, BOTH).qty == 0
    assert len(cleared(client.own)) == 1
    assert liquidate(client.venue, client.own, BTC, client.now) == []


def test_one_side_of_a_hedge_is_liquidated(client: SignedClient) -> None:
    client.own.hedged = True
    give(client, 1_000, 80_000, side=LONG)
    give(client, -1_000, 80_000, side=SHORT)
    liquidate(client.venue, client.own, BTC, client.now, SHORT)
    assert [each.side for each in client.own.held(BTC)] == [LONG]


def test_open_orders_stand_in_the_way_of_a_given_position(client: SignedClient) -> None:
    client.order(BUY, SCALE // 10, 60_000 * SCALE)
    with pytest.raises(ValueError, match="open orders"):
        give(client, 1_000, 80_000)


def test_a_copy_has_liquidations_of_its_own(client: SignedClient) -> None:
    give(client, 10_000, 80_000)
    twin = SignedClient(client.world.fork())
    mark(twin, 70_000)
    assert (twin.own.position(BTC, BOTH).qty, client.own.position(BTC, BOTH).qty) == (0, 10 * SCALE)
    assert (len(twin.own.forced), client.own.forced) == (1, [])
    assert client.venue.ledger.insurance.free["USDT"] == 0
    third = SignedClient(twin.world.fork())
    assert third.get("forceOrders") == twin.get("forceOrders")
