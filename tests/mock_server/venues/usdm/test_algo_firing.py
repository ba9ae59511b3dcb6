"""What becomes of conditional orders when prices and positions move (U-50, U-59, U-73 to U-92)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.venues.usdm.algo_client import AlgoClient, algo_client
from tests.mock_server.venues.usdm.signed_client import BTC, ETH
from tests.mock_server.venues.usdm.usdm_client import HOUR_MS, MS

from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.liquidation import liquidate
from binance_mock.venues.usdm.locks import Lock
from binance_mock.venues.usdm.set_position import Wanted, set_position

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
TRAILING = "TRAILING_STOP_MARKET"


def standing(price: int = 80_000, **settings: Any) -> AlgoClient:
    """A client of a world in which BTC trades at a price."""
    one = algo_client(**settings)
    one.last(price)
    return one


# -- firing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "type", "trigger", "before"),
    [
        ("BUY", "STOP_MARKET", 81_000, 80_999),
        ("SELL", "STOP_MARKET", 79_000, 79_001),
        ("BUY", "TAKE_PROFIT_MARKET", 79_000, 79_001),
        ("SELL", "TAKE_PROFIT_MARKET", 81_000, 80_999),
    ],
)
def test_a_market_order_at_its_trigger(side: str, type: str, trigger: int, before: int) -> None:
    """U-81: at the trigger price, not before; U-85: it is FINISHED as its order is."""
    one = standing()
    number = one.placed(side, type, triggerPrice=trigger)["algoId"]
    one.last(before)
    assert (one.state(number), one.held()) == ("NEW", 0)
    one.last(trigger)
    row = one.row(number)
    assert (row["algoStatus"], row["triggerTime"], row["actualType"], row["actualQty"]) == (
        "FINISHED", MS, "MARKET", "0.010"
    )  # fmt: skip
    assert one.held() == (10 if side == "BUY" else -10)
    assert one.waiting() == []
    assert one.refusal("DELETE", "algoOrder", algoId=number)[1] == -2011  # U-89


def test_the_order_that_it_becomes() -> None:
    """U-50, U-92: its client id is that of the conditional one; `type` is what runs, `origType` what was asked."""
    one = standing()
    number = one.placed(
        "BUY", "STOP", triggerPrice=81_000, price=80_500, clientAlgoId="mine", workingType="CONTRACT_PRICE",
        priceProtect="true",
    )["algoId"]  # fmt: skip
    one.last(81_000)
    row = one.row(number)
    assert (row["algoStatus"], row["actualType"], row["actualPrice"]) == ("TRIGGERED", "LIMIT", "0.00")
    child = one.child(number)
    assert child.items() >= {
        "orderId": int(row["actualOrderId"]), "clientOrderId": "mine", "type": "LIMIT", "origType": "STOP",
        "price": "80500.00", "stopPrice": "81000.00", "workingType": "CONTRACT_PRICE", "priceProtect": True,
        "closePosition": False, "timeInForce": "GTC", "status": "NEW", "origQty": "0.010",
    }.items()  # fmt: skip
    assert child["orderId"] != number
    assert one.get("openOrders") == one.get("allOrders", symbol=BTC) == [child]
    assert one.get("openOrder", symbol=BTC, origClientOrderId="mine") == child
    one.last(80_400)
    assert (one.state(number), one.row(number)["actualPrice"]) == ("FINISHED", "80500.00000")
    assert one.held() == 10


def test_the_order_can_be_cancelled_and_that_finishes_it() -> None:
    """U-85, U-89."""
    one = standing()
    number = one.placed("BUY", "STOP", triggerPrice=81_000, price=80_500)["algoId"]
    one.last(81_000)
    assert one.refusal("DELETE", "algoOrder", algoId=number)[1] == -2011
    one.world.clock.move(5_000_000)
    one.ask("DELETE", "order", symbol=BTC, orderId=one.row(number)["actualOrderId"]).ok()
    row = one.row(number)
    assert (row["algoStatus"], row["updateTime"], row["triggerTime"]) == ("FINISHED", MS + 5000, MS)
    assert one.row(number)["clientAlgoId"] == one.child(number)["clientOrderId"]


def test_every_trade_of_a_move_counts() -> None:
    """U-81: also one at a price that is not the last one any more, when somebody takes several levels at once."""
    one = standing(levels=0)
    for price in ("81000", "80500", "80000"):
        one.order_by_house("BUY", price)
    one.last_print(79_000)
    above, between = one.stop(81_001, "BUY", quantity="0.001"), one.stop(80_900, "BUY", quantity="0.001")
    # The first trade is at 81,000, the last at 80,000.
    one.trade("SELL", "0.003")
    assert (one.state(above), one.state(between)) == ("NEW", "REJECTED")  # Nobody is there to buy from.


def test_the_mark_price_counts_for_those_that_work_by_it() -> None:
    """U-81."""
    one = standing()
    one.marked(80_000)
    by_mark, by_trades = one.stop(79_000, workingType="MARK_PRICE"), one.stop(79_000)
    one.last(78_500)
    assert (one.state(by_mark), one.state(by_trades)) == ("NEW", "FINISHED")
    one.last(80_000)
    another = one.stop(79_000)
    one.marked(79_000)
    assert (one.state(by_mark), one.state(another)) == ("FINISHED", "NEW")


def test_what_fires_may_make_others_fire() -> None:
    """The trades of an order that fired are prices like any other."""
    one = standing(levels=0)
    for price in ("81000", "81500", "82000", "82100"):
        one.order_by_house("SELL", price)
    first, second, third = (one.stop(each, "BUY", quantity="0.001") for each in (80_900, 81_000, 81_400))
    one.trade("BUY", "0.001")
    prices = [one.row(each)["actualPrice"] for each in (first, second, third)]
    assert prices == ["81500.00000", "82000.00000", "82100.00000"]


def test_the_older_fires_first() -> None:
    """Of those that one price fires; each pays what the one before it left."""
    one = standing(levels=0)
    late = one.stop(80_500, "BUY", quantity="0.001")
    later = one.stop(80_100, "BUY", quantity="0.001")
    for price in ("81000", "81100"):
        one.order_by_house("SELL", price)
    one.last_print(80_900)
    assert [one.row(each)["actualPrice"] for each in (late, later)] == ["81000.00000", "81100.00000"]


def test_a_trailing_stop() -> None:
    """U-83: activated at 81,000, it sells one percent below the highest price since."""
    one = standing()
    one.hold("0.010")
    number = one.placed(type=TRAILING, activatePrice=81_000, callbackRate=1, reduceOnly="true")["algoId"]
    for price in (80_900, 79_000, 81_000, 82_000, 81_181):
        one.last(price)
        assert one.state(number) == "NEW"
    one.last(81_180)
    assert (one.state(number), one.held()) == ("FINISHED", 0)
    assert one.child(number).items() >= {
        "type": "MARKET", "origType": TRAILING, "activatePrice": "81000.00", "priceRate": "1.0"
    }.items()  # fmt: skip


def test_a_trailing_order_that_buys() -> None:
    """U-83: mirrored on the low; to the cent, and not before the low reached 79,000."""
    one = standing()
    number = one.placed("BUY", TRAILING, activatePrice=79_000, callbackRate=1)["algoId"]
    for price in (79_100, 80_000, 79_000, 79_789):
        one.last(price)
        assert one.state(number) == "NEW"
    one.last(79_790)
    assert (one.state(number), one.held()) == ("FINISHED", 10)


def test_protection_holds_trailing_orders_back() -> None:
    """U-84: they go on following."""
    one = standing()
    number = one.placed(type=TRAILING, callbackRate=1, priceProtect="true")["algoId"]
    one.marked(86_000)
    for price in (81_000, 80_190):
        one.last(price)
    assert one.state(number) == "NEW"
    one.marked(80_190)
    assert one.state(number) == "FINISHED"


def test_protection_holds_back() -> None:
    """U-84: five percent for BTC; it fires when they have come together again, if the price is still there."""
    one = standing()
    one.marked(80_000)
    guarded, plain = one.stop(76_100, priceProtect="true"), one.stop(76_100)
    one.last(75_999)
    # The other one fires, and finds a book that is too far from the mark (U-106).
    assert (one.state(guarded), one.state(plain)) == ("NEW", "REJECTED")
    one.marked(79_000)
    assert one.state(guarded) == "FINISHED"


def test_protection_forgets_a_price_that_has_gone() -> None:
    """U-84."""
    one = standing()
    one.marked(84_300)
    guarded = one.stop(79_900, priceProtect="true")
    one.last(79_800)
    one.last(80_200)
    one.marked(80_200)
    assert one.state(guarded) == "NEW"


def test_matched_prices_are_those_of_the_moment() -> None:
    """U-62: the level of the book when it fires, not when it was placed."""
    one = standing()
    number = one.placed("BUY", "STOP", triggerPrice=81_000, priceMatch="QUEUE")["algoId"]
    assert one.row(number)["price"] == "0.00"
    one.last(81_000)
    best = one.public("ticker/bookTicker", symbol=BTC).ok()["bidPrice"]
    assert (one.child(number)["price"], one.child(number)["priceMatch"]) == (best, "QUEUE")


def test_times_in_force_that_take() -> None:
    """U-55, U-56: what the book refuses is REJECTED and no order."""
    one = standing()
    sent = {"triggerPrice": 81_000, "quantity": "0.010"}
    post = one.placed("BUY", "STOP", **sent, price=82_000, timeInForce="GTX")["algoId"]
    some = one.placed("BUY", "STOP", **sent, price=80_000, timeInForce="IOC")["algoId"]
    whole = one.placed("BUY", "STOP", **sent, price=80_000, timeInForce="FOK")["algoId"]
    one.last(81_000)
    assert [one.state(each) for each in (post, some, whole)] == ["REJECTED", "FINISHED", "REJECTED"]
    assert [row["status"] for row in one.get("allOrders", symbol=BTC)] == ["EXPIRED"]


def test_dates() -> None:
    """U-57: one that has not fired ends at its date, and so does the order that it became."""
    one = standing()
    till = {"timeInForce": "GTD", "goodTillDate": MS + HOUR_MS}
    fires = one.placed("BUY", "STOP", triggerPrice=81_000, price=80_500, **till)["algoId"]
    waits = one.placed("BUY", "STOP", triggerPrice=83_000, price=80_500, **till)["algoId"]
    assert one.row(waits)["goodTillDate"] == (MS + HOUR_MS) // 1000 * 1000
    one.last(81_000)
    one.world.clock.move(HOUR_MS * 1000)
    assert (one.state(fires), one.state(waits)) == ("FINISHED", "EXPIRED")
    assert one.child(fires)["status"] == "EXPIRED"


# -- what the engine refuses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"quantity": "100"}, "Margin is insufficient."),
        ({"reduceOnly": "true"}, "ReduceOnly Order is rejected."),
    ],
)
def test_what_is_refused_when_it_fires(sent: dict[str, object], reason: str) -> None:
    """U-85, U-86: nothing is looked at before; the reason is kept."""
    one = standing()
    number = one.placed("BUY", triggerPrice=81_000, **sent)["algoId"]
    one.last(81_000)
    row = one.row(number)
    assert (row["algoStatus"], row["actualOrderId"], row["triggerTime"]) == ("REJECTED", "", MS)
    each = one.venue.conditionals.find(one.own.money.id, number, None)
    assert each is not None
    assert each.reason == reason
    assert one.get("allOrders", symbol=BTC) == []
    assert one.waiting() == []


def test_locks_are_looked_at_when_it_fires() -> None:
    """U-53."""
    one = standing()
    number = one.stop(81_000, "BUY")
    one.own.lock = Lock.REDUCE_ONLY
    one.last(81_000)
    assert (one.state(number), one.held()) == ("REJECTED", 0)


def test_an_open_order_has_the_client_id_by_then() -> None:
    """U-92: ids of open orders are unique, also for an order that fires."""
    one = standing()
    number = one.stop(81_000, "BUY", clientAlgoId="mine")
    one.trade("BUY", price="70000", newClientOrderId="mine")
    one.last(81_000)
    assert one.state(number) == "REJECTED"


# -- positions ---------------------------------------------------------------------------------------------------------


def test_closing_all_closes_what_there_is_then() -> None:
    """U-76: not what there was at the placement; U-75: of any size."""
    one = standing()
    one.hold("0.010")
    number = one.placed(triggerPrice=79_000, closePosition="true")["algoId"]
    one.trade("BUY", "0.007")
    one.last(78_990)
    assert (one.state(number), one.held()) == ("FINISHED", 0)
    child = one.child(number)
    assert (child["origQty"], child["closePosition"], child["reduceOnly"]) == ("0.017", True, True)
    assert one.row(number)["quantity"] == "0.000"


def test_closing_all_knows_no_largest_quantity() -> None:
    """U-76: however large the position is; what the book lacks expires."""
    one = standing()
    one.own.money.free["USDT"] = 10**9 * SCALE
    one.own.set_leverage(BTC, 1)
    one.hold("130")
    number = one.placed(triggerPrice=79_000, closePosition="true")["algoId"]
    one.last(79_000)
    assert one.state(number) == "FINISHED"
    assert one.child(number)["origQty"] == "130.000"


def test_closing_all_goes_before_resting_ones() -> None:
    """U-73: those that reduce expire."""
    one = standing()
    one.hold("0.010")
    resting = one.trade("SELL", price="82000", reduceOnly="true")["orderId"]
    one.placed(triggerPrice=79_000, closePosition="true")
    one.last(79_000)
    assert one.held() == 0
    assert one.get("order", symbol=BTC, orderId=resting)["status"] == "EXPIRED"


def test_orders_of_a_position_vanish_with_it() -> None:
    """U-59, U-77, U-79: a take-profit closes it, so the stop has nothing to do."""
    one = standing()
    one.hold("0.010")
    stop = one.placed(triggerPrice=79_000, closePosition="true")["algoId"]
    profit = one.placed(type="TAKE_PROFIT_MARKET", triggerPrice=81_000, closePosition="true")["algoId"]
    bound = one.placed(triggerPrice=78_000, timeInForce="GTE_GTC")["algoId"]
    free = one.stop(77_000)
    one.last(81_000)
    assert [one.state(each) for each in (stop, profit, bound, free)] == ["EXPIRED", "FINISHED", "EXPIRED", "NEW"]


def test_orders_of_a_position_that_an_ordinary_order_closes() -> None:
    """U-77; turning it round closes it, too."""
    for quantity in ("0.010", "0.015"):
        one = standing()
        one.hold("0.010")
        number = one.placed(triggerPrice=79_000, closePosition="true")["algoId"]
        one.trade("SELL", "0.004")
        assert one.state(number) == "NEW"
        one.trade("SELL", quantity)
        assert one.state(number) == "EXPIRED"


def test_a_resting_order_that_lives_as_long_as_a_position() -> None:
    """U-59: also after it has fired."""
    one = standing()
    one.hold("0.010")
    number = one.placed("SELL", "TAKE_PROFIT", triggerPrice=81_000, price=83_000, timeInForce="GTE_GTC")["algoId"]
    one.last(81_000)
    child = one.child(number)
    assert (child["timeInForce"], child["status"]) == ("GTE_GTC", "NEW")
    one.trade("SELL", "0.010")
    assert (one.child(number)["status"], one.state(number)) == ("EXPIRED", "FINISHED")


def test_a_move_that_closes_the_position_before_the_trigger() -> None:
    """U-77: what rests on the book is filled on the way, so there is nothing left to close."""
    one = standing()
    one.hold("0.010")
    one.trade("SELL", price="82000", reduceOnly="true")
    number = one.placed(type="TAKE_PROFIT_MARKET", triggerPrice=82_500, closePosition="true")["algoId"]
    one.last(83_000)
    assert (one.state(number), one.held()) == ("EXPIRED", 0)


def test_the_older_closes_so_the_younger_opens_nothing() -> None:
    """U-59: both are reached by one price."""
    one = standing()
    one.hold("0.010")
    closing = one.placed(triggerPrice=79_000, closePosition="true")["algoId"]
    bound = one.placed(triggerPrice=79_000, timeInForce="GTE_GTC")["algoId"]
    one.last(79_000)
    assert [one.state(each) for each in (closing, bound)] == ["FINISHED", "EXPIRED"]
    assert one.held() == 0


def test_orders_of_a_position_vanish_in_a_copy_of_the_world() -> None:
    """U-77."""
    one = standing()
    one.hold("0.010")
    number = one.placed(triggerPrice=79_000, closePosition="true")["algoId"]
    twin = AlgoClient(one.world.fork())
    twin.trade("SELL")
    assert (twin.state(number), one.state(number)) == ("EXPIRED", "NEW")


def test_hedged_positions_have_orders_of_their_own() -> None:
    """U-68, U-77."""
    one = standing()
    one.own.hedged = True
    one.hold("0.010", side=LONG)
    one.hold("-0.020", side=SHORT)
    of_long = one.placed("SELL", triggerPrice=79_000, closePosition="true", positionSide="LONG")["algoId"]
    of_short = one.placed("BUY", triggerPrice=81_000, closePosition="true", positionSide="SHORT")["algoId"]
    one.trade("SELL", "0.010", positionSide="LONG")
    assert (one.state(of_long), one.state(of_short)) == ("EXPIRED", "NEW")
    one.last(81_000)
    assert (one.state(of_short), one.held(SHORT)) == ("FINISHED", 0)


def test_a_position_is_saved_by_its_stop() -> None:
    """U-124: it fires before the position is liquidated by the same move."""
    one = standing()
    one.own.set_leverage(BTC, 100)
    one.own.set_margin_type(BTC, MarginType.ISOLATED)
    one.hold("0.100")
    number = one.placed(triggerPrice=79_500, closePosition="true")["algoId"]
    one.last(79_000)
    assert (one.state(number), one.held()) == ("FINISHED", 0)
    assert one.own.forced == []


def test_liquidation_ends_what_waits() -> None:
    """U-125, U-85: EXPIRED by the system; other contracts of another scope keep theirs."""
    one = standing()
    one.own.set_margin_type(BTC, MarginType.ISOLATED)
    one.hold("0.100")
    number, other = one.stop(70_000), one.stop(1500, symbol=ETH, quantity="1")
    liquidate(one.venue, one.own, BTC, one.now)
    assert (one.state(number), one.state(other), one.held()) == ("EXPIRED", "NEW", 0)


def test_orders_of_a_position_that_is_taken_away() -> None:
    """U-77: deleveraging closes a position without a trade of the contract."""
    one = standing(levels=0)
    one.own.money.free["USDT"] = 1_000_000 * SCALE
    one.hold("-10")
    number = one.placed("BUY", triggerPrice=90_000, closePosition="true")["algoId"]
    loser = one.venue.open_account("loser", {"USDT": 100_000 * SCALE})
    wanted = Wanted(PositionSide.BOTH, 10 * SCALE, 80_000 * SCALE)
    set_position(one.venue, loser, one.venue.info(BTC), wanted, one.now)
    one.marked(60_000)
    assert [row["clientOrderId"] for row in one.get("forceOrders")] == ["adl_autoclose"]
    assert (one.held(), one.state(number)) == (0, "EXPIRED")


def test_delivery_ends_what_waits() -> None:
    """U-54, U-85."""
    one = algo_client()
    name = next(each for each, info in one.venue.symbols.items() if not info.perpetual and each.startswith("BTCUSDT"))
    date = one.venue.info(name).delivery
    one.world.clock.freeze(date - 1_000_000)
    number, other = one.stop(70_000, symbol=name), one.stop(70_000)
    one.world.clock.freeze(date)
    assert (one.state(number), one.state(other)) == ("EXPIRED", "NEW")


# -- closing orders (U-73, U-74) ---------------------------------------------------------------------------------------


def test_a_plain_order_closes_and_the_one_behind_it_does_not_flip() -> None:
    """U-73: one move takes both prices."""
    one = standing()
    one.hold("0.010")
    one.trade("SELL", price="82000")
    reducing = one.trade("SELL", price="82100", reduceOnly="true")["orderId"]
    one.last(83_000)
    assert one.held() == 0
    assert one.get("order", symbol=BTC, orderId=reducing)["status"] == "EXPIRED"


def test_a_market_order_that_reduces_goes_first() -> None:
    """U-73: one that fits the position is taken whatever rests; a limit order is not."""
    one = standing()
    one.hold("0.010")
    resting = one.trade("SELL", price="82000", reduceOnly="true")["orderId"]
    limit = {"symbol": BTC, "side": "SELL", "quantity": "0.010", "reduceOnly": "true"}
    assert one.refusal("POST", "order", **limit, type="LIMIT", timeInForce="GTC", price="81000")[1] == -2022
    assert one.refusal("POST", "order", **limit | {"quantity": "0.011"}, type="MARKET")[1] == -2022
    one.post("order", **limit, type="MARKET")
    assert one.held() == 0
    assert one.get("order", symbol=BTC, orderId=resting)["status"] == "EXPIRED"


def test_a_reducing_order_may_not_turn_others_round() -> None:
    """U-74: with what it closes, those that rest would open more than there is margin for."""
    one = standing()
    one.own.set_leverage(BTC, 1)
    one.own.money.free["USDT"] = 8_500 * SCALE
    one.hold("0.100")
    one.trade("SELL", "0.100", price="82000")
    one.own.money.free["USDT"] = 8_100 * SCALE
    reducing = {"symbol": BTC, "side": "SELL", "quantity": "0.100", "reduceOnly": "true"}
    assert one.refusal("POST", "order", **reducing, type="LIMIT", timeInForce="GTC", price="81000") == (
        400, -4118, "ReduceOnly Order Failed. Please check your existing position and open orders"
    )  # fmt: skip
    one.own.money.free["USDT"] = 17_000 * SCALE
    one.post("order", **reducing, type="LIMIT", timeInForce="GTC", price="81000")
