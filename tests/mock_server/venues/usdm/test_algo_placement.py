"""Placing, cancelling and querying conditional orders: what is told, and what is refused (U-59, U-66 to U-92)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.mock_server.venues.usdm.algo_client import algo_client
from tests.mock_server.venues.usdm.signed_client import BTC, ETH
from tests.mock_server.venues.usdm.usdm_client import MS

from binance_mock.engine.orders import Side
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.locks import Lock

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
TRAILING: Final = "TRAILING_STOP_MARKET"
POSITIONLESS: Final = (
    "Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available."
)


def empty(name: str) -> str:
    return f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def surplus(name: str) -> str:
    return f"Parameter '{name}' sent when not required."


# -- answers ---------------------------------------------------------------------------------------------------------


def test_the_answer_to_a_placement() -> None:
    """U-80: names that ordinary orders do not have; U-86: nothing is held."""
    one = algo_client()
    before = one.get("v3/account")
    row = one.placed(type="STOP", price="77900", triggerPrice="78000", clientAlgoId="mine", workingType="MARK_PRICE")
    assert row == {
        "algoId": row["algoId"], "clientAlgoId": "mine", "algoType": "CONDITIONAL", "orderType": "STOP", "symbol": BTC,
        "side": "SELL", "positionSide": "BOTH", "timeInForce": "GTC", "quantity": "0.010", "algoStatus": "NEW",
        "triggerPrice": "78000.00", "price": "77900.00", "icebergQuantity": None,
        "selfTradePreventionMode": "EXPIRE_MAKER", "workingType": "MARK_PRICE", "priceMatch": "NONE",
        "closePosition": False, "priceProtect": False, "reduceOnly": False, "activatePrice": "", "callbackRate": "",
        "createTime": MS, "updateTime": MS, "triggerTime": 0, "goodTillDate": 0,
    }  # fmt: skip
    assert one.get("v3/account") == before
    assert one.placed(triggerPrice="78000", newOrderRespType="RESULT").keys() == row.keys()


def test_a_query_before_it_fires() -> None:
    """U-85: no order in the book yet, so no id of one; U-88: ordinary routes do not know it."""
    one = algo_client()
    placed = one.placed(triggerPrice="78000")
    row = one.row(placed["algoId"])
    assert (row["actualOrderId"], row["algoStatus"], row["clientAlgoId"]) == ("", "NEW", placed["clientAlgoId"])
    assert len(row["clientAlgoId"]) == 22
    assert "activatePrice" not in row
    assert "actualType" not in row
    assert one.get("algoOrder", clientAlgoId=placed["clientAlgoId"]) == row
    assert one.get("openOrders") == one.get("allOrders", symbol=BTC) == []
    assert one.refusal("GET", "order", symbol=BTC, orderId=placed["algoId"])[1] == -2013
    assert one.refusal("DELETE", "order", symbol=BTC, origClientOrderId=row["clientAlgoId"])[1] == -2011


def test_a_trailing_order_shows_its_rate_and_the_price_that_activates_it() -> None:
    """U-83: the latest price where none was sent."""
    one = algo_client()
    one.last(80_000)
    row = one.placed(type=TRAILING, callbackRate="1.5")
    assert (row["activatePrice"], row["callbackRate"], row["triggerPrice"]) == ("80000.00", "1.5", "0.00")
    row = one.placed("BUY", TRAILING, callbackRate="0.1", activatePrice="79000")
    assert (row["activatePrice"], row["callbackRate"]) == ("79000.00", "0.1")


def test_words_of_flags_in_any_case() -> None:
    """U-8: a client of Python sends `True`."""
    one = algo_client()
    one.hold("0.010")
    row = one.placed(triggerPrice="78000", closePosition="True", priceProtect="TRUE")
    assert (row["closePosition"], row["priceProtect"], row["quantity"]) == (True, True, "0.000")
    assert one.placed(triggerPrice="78000", reduceOnly="True")["reduceOnly"] is True


def test_each_symbol_has_prices_of_its_own() -> None:
    """A market that nobody touched before stands at its reference price, history or none."""
    one = algo_client()
    assert one.placed(symbol=ETH, quantity="1", triggerPrice="1500")["symbol"] == ETH
    assert one.refused(symbol=ETH, quantity="1", triggerPrice="9000")[1] == -2021


# -- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "sent", "code", "msg"),
    [
        ("STOP_MARKET", {}, -1102, empty("triggerPrice")),
        ("TAKE_PROFIT_MARKET", {"quantity": None, "triggerPrice": 78_000}, -1102, empty("quantity")),
        ("STOP", {"triggerPrice": 78_000}, -1102, empty("price")),
        ("STOP", {"price": 78_000}, -1102, empty("triggerPrice")),
        ("TAKE_PROFIT", {"quantity": None, "price": 82_000, "triggerPrice": 82_000}, -1102, empty("quantity")),
        (TRAILING, {}, -1102, empty("callbackRate")),
        (TRAILING, {"quantity": None, "callbackRate": 1}, -1102, empty("quantity")),
        ("STOP_MARKET", {"algoType": None, "triggerPrice": 78_000}, -1102, empty("algoType")),
        ("STOP_MARKET", {"symbol": None, "triggerPrice": 78_000}, -1102, empty("symbol")),
        ("STOP_MARKET", {"algoType": "VP", "triggerPrice": 78_000}, -1130, None),
        ("LIMIT", {"price": 78_000, "triggerPrice": 78_000}, -1116, "Invalid orderType."),
        ("MARKET", {"triggerPrice": 78_000}, -1116, "Invalid orderType."),
        ("STOP_MARKET", {"side": "HOLD", "triggerPrice": 78_000}, -1117, "Invalid side."),
        ("STOP_MARKET", {"triggerPrice": 78_000, "workingType": "INDEX"}, -4031, None),
        ("STOP", {"price": 78_000, "triggerPrice": 78_000, "timeInForce": "NOW"}, -1115, "Invalid timeInForce."),
        ("STOP", {"price": 78_000, "triggerPrice": 78_000, "timeInForce": "GTD"}, -1102, empty("goodTillDate")),
        ("STOP", {"price": 78_000, "triggerPrice": 78_000, "priceMatch": "QUEUE"}, -1128, None),
        ("STOP_MARKET", {"triggerPrice": 78_000, "priceMatch": "QUEUE"}, -5038, None),
        ("STOP_MARKET", {"triggerPrice": 78_000, "clientAlgoId": "x" * 37}, -4015, None),
        ("STOP_MARKET", {"triggerPrice": 78_000, "clientAlgoId": "a b"}, -4015, None),
        ("STOP_MARKET", {"triggerPrice": 78_000, "callbackRate": 1}, -1106, surplus("callbackrate")),
        (TRAILING, {"callbackRate": 1, "triggerPrice": 78_000}, -1106, surplus("triggerprice")),
        ("STOP_MARKET", {"symbol": "NOSUCH", "triggerPrice": 78_000}, -1121, "Invalid symbol."),
        ("STOP_MARKET", {"triggerPrice": 78_000, "positionSide": "LONG"}, -4061, None),
    ],
)
def test_parameters(type: str, sent: dict[str, Any], code: int, msg: str | None) -> None:
    """U-36, U-37, U-41, U-61, U-66, U-80."""
    one = algo_client()
    refused = one.refused(sent.pop("side", "SELL"), type, **sent)
    assert refused[:2] == (400, code)
    assert msg in (None, refused[2])
    assert one.waiting() == []


@pytest.mark.parametrize(
    ("type", "sent", "code"),
    [
        ("STOP_MARKET", {"triggerPrice": "78000.05"}, -4014),
        ("STOP_MARKET", {"triggerPrice": "78000.001"}, -1111),
        ("STOP", {"triggerPrice": "78000", "price": "78000.05"}, -4014),
        (TRAILING, {"callbackRate": 1, "activatePrice": "82000.05"}, -4014),
        (TRAILING, {"callbackRate": 1, "activatePrice": "5000000"}, -4002),
        ("STOP_MARKET", {"triggerPrice": "78000", "quantity": "0"}, -4003),
        ("STOP_MARKET", {"triggerPrice": "78000", "quantity": "0.0001"}, -1111),
        ("STOP_MARKET", {"triggerPrice": "78000", "quantity": "120.001"}, -4005),
        ("STOP", {"triggerPrice": "78000", "price": "78000", "quantity": "1000.001"}, -4005),
        # U-90: limit against trigger, trigger against mark.
        ("STOP", {"side": "BUY", "triggerPrice": "82000", "price": "86100.1"}, -4183),
        ("STOP", {"triggerPrice": "78000", "price": "74099.9"}, -4184),
        ("STOP_MARKET", {"side": "BUY", "triggerPrice": "4000000"}, -4210),
        ("STOP_MARKET", {"triggerPrice": "600"}, -4211),
    ],
)
def test_filters(type: str, sent: dict[str, Any], code: int) -> None:
    """U-40, U-90, U-107: as for ordinary orders, and for triggers as for prices."""
    one = algo_client()
    assert one.refused(sent.pop("side", "SELL"), type, **sent)[:2] == (400, code)


def test_bands_tell_their_bound() -> None:
    """U-90."""
    one = algo_client()
    limit = one.refused("BUY", "STOP", triggerPrice="82000", price="86100.1")
    assert limit[2] == "Limit price can't be higher than 86100.00."
    assert one.refused(type="STOP", triggerPrice="78000", price="74099.9")[2] == (
        "Limit price can't be lower than 74100.00."
    )
    one.placed("BUY", "STOP", triggerPrice="82000", price="86100")
    one.placed("BUY", "STOP", triggerPrice="82000", price="60000")


def test_small_orders() -> None:
    """U-75, U-107: below the least notional only what closes is taken."""
    one = algo_client()
    small = {"symbol": ETH, "quantity": "0.010", "triggerPrice": "1500"}
    assert one.refused(**small)[1] == -4164
    one.placed(**small, reduceOnly="true")


def test_a_condition_that_is_fulfilled_already() -> None:
    """U-82: the trigger price included, in both directions, by the price that counts."""
    one = algo_client()
    one.last(80_000)
    one.marked(79_000)
    for side, type, trigger in (
        ("BUY", "STOP_MARKET", 80_000), ("SELL", "STOP_MARKET", 80_000), ("BUY", "TAKE_PROFIT_MARKET", 80_000),
        ("SELL", "TAKE_PROFIT_MARKET", 80_000), ("SELL", "STOP_MARKET", 80_001), ("BUY", "STOP_MARKET", 79_999),
    ):  # fmt: skip
        assert one.refused(side, type, triggerPrice=trigger) == (400, -2021, "Order would immediately trigger.")
    one.placed("BUY", triggerPrice=80_001)
    one.placed("BUY", triggerPrice=79_500, workingType="MARK_PRICE")
    assert one.refused(triggerPrice=79_500, workingType="MARK_PRICE")[1] == -2021


def test_trailing_orders_are_activated_from_the_other_side() -> None:
    """U-83: BUY below the latest price, SELL above it."""
    one = algo_client()
    one.last(80_000)
    for side, wrong, right in (("BUY", 80_000, 79_999), ("SELL", 80_000, 80_001)):
        assert one.refused(side, TRAILING, callbackRate=1, activatePrice=wrong)[1] == -2021
        one.placed(side, TRAILING, callbackRate=1, activatePrice=right)


def test_a_trailing_order_is_activated_by_any_mark() -> None:
    """U-83: a mark price that no order could have is no limit price that is off the grid."""
    one = algo_client()
    one.venue.set_marks(BTC, one.now, mark=80_000_12345678)
    one.placed(type=TRAILING, callbackRate=1, workingType="MARK_PRICE")


@pytest.mark.parametrize(
    ("rate", "october", "legal"),
    [("0.1", False, True), ("0", False, False), ("0.09", False, False), ("10", False, True), ("10.1", False, False),
     ("10.1", True, True), ("20", True, True), ("20.1", True, False)],
)  # fmt: skip
def test_callback_rates(rate: str, october: bool, legal: bool) -> None:
    """U-83: to 10 percent, and to 20 since 2026-10-23 by the clock of the world."""
    one = algo_client()
    one.world.clock.freeze((1_792_713_600_000 if october else 1_792_713_599_999) * 1000)
    one.venue.pass_time(one.now)
    assert one.algo(type=TRAILING, callbackRate=rate).status == (200 if legal else 400)
    if not legal:
        assert one.refused(type=TRAILING, callbackRate=rate)[1] == -1130


# -- what depends on the account ---------------------------------------------------------------------------------------


def test_closing_all_excludes_quantity_and_reduce_only() -> None:
    """U-76."""
    one = algo_client()
    one.hold("0.010")
    whole = {"triggerPrice": 78_000, "closePosition": "true"}
    assert one.refused(**whole, quantity="0.010") == (
        400, -4137, "Quantity must be zero with closePosition equals true"
    )  # fmt: skip
    assert one.refused(**whole, reduceOnly="true") == (400, -1106, surplus("reduceonly"))
    assert one.refused(**whole, reduceOnly="false")[1] == -4138
    assert one.refused(type="STOP", **whole, price=78_000)[0] == 400
    assert one.refused(type=TRAILING, closePosition="true", callbackRate=1)[0] == 400
    one.placed(**whole)


def test_closing_all_needs_a_position_on_the_other_side() -> None:
    """U-77: -4509, also for GTE_GTC (U-59)."""
    one = algo_client()
    whole = {"triggerPrice": 78_000, "closePosition": "true"}
    assert one.refused(**whole) == (400, -4509, POSITIONLESS)
    assert one.refused(triggerPrice=78_000, timeInForce="GTE_GTC") == (400, -4509, POSITIONLESS)
    one.hold("-0.010")
    assert one.refused(**whole)[1] == -4509
    one.placed("BUY", triggerPrice=82_000, closePosition="true")
    assert one.placed("BUY", triggerPrice=82_000, timeInForce="GTE_GTC")["timeInForce"] == "GTE_GTC"


def test_one_of_a_kind_closes_all() -> None:
    """U-77: a stop and a take-profit go together, two stops do not; U-79."""
    one = algo_client()
    one.hold("0.010")
    one.placed(triggerPrice=78_000, closePosition="true")
    assert one.refused(triggerPrice=77_000, closePosition="true") == (
        400, -4130, "An open stop or take profit order with GTE and closePosition in the direction is existing."
    )  # fmt: skip
    second = one.placed(type="TAKE_PROFIT_MARKET", triggerPrice=82_000, closePosition="true")["algoId"]
    one.ask("DELETE", "algoOrder", algoId=second).ok()
    one.placed(type="TAKE_PROFIT_MARKET", triggerPrice=83_000, closePosition="true")


def test_position_sides_of_hedge_mode() -> None:
    """U-67, U-68, U-78."""
    one = algo_client()
    one.own.hedged = True
    one.hold("0.010", side=LONG)
    one.hold("-0.010", side=SHORT)
    assert one.refused(triggerPrice=78_000)[1] == -4061
    assert one.refused(triggerPrice=78_000, positionSide="LONG", reduceOnly="false")[1] == -1106
    up, down = {"triggerPrice": 82_000, "closePosition": "true"}, {"triggerPrice": 78_000, "closePosition": "true"}
    assert one.refused("BUY", **up, positionSide="LONG")[1] == -4138
    assert one.refused("SELL", **down, positionSide="SHORT")[1] == -4138
    assert one.placed("SELL", **down, positionSide="LONG")["reduceOnly"] is True  # U-70
    one.placed("BUY", **up, positionSide="SHORT")
    assert one.placed("BUY", triggerPrice=82_000, positionSide="LONG")["positionSide"] == "LONG"


def test_the_mode_of_positions_stays_while_orders_wait() -> None:
    """U-69."""
    one = algo_client()
    number = one.stop(78_000)
    assert one.refusal("POST", "positionSide/dual", dualSidePosition="true")[1] == -4067
    one.ask("DELETE", "algoOrder", algoId=number).ok()
    one.post("positionSide/dual", dualSidePosition="true")


def test_the_margin_type_stays_while_orders_wait() -> None:
    """U-96: of their contract."""
    one = algo_client()
    one.stop(78_000)
    assert one.refusal("POST", "marginType", symbol=BTC, marginType="ISOLATED")[1] == -4047
    one.post("marginType", symbol=ETH, marginType="ISOLATED")


@pytest.mark.parametrize(
    ("lock", "opening", "closing"), [(Lock.REDUCE_ONLY, -4087, 0), (Lock.COOLING_OFF, -4192, -4192)]
)
def test_locks(lock: Lock, opening: int, closing: int) -> None:
    """U-53."""
    one = algo_client()
    one.hold("0.010")
    one.own.lock = lock
    assert one.algo(triggerPrice=78_000).code == opening
    assert one.algo(triggerPrice=78_000, reduceOnly="true").code == closing


def test_contracts_that_do_not_trade() -> None:
    """U-54."""
    one = algo_client()
    one.venue.set_status(BTC, "SETTLING")
    assert one.refused(triggerPrice=78_000)[1] == -4140


def test_a_client_id_is_free_again_when_its_order_has_ended() -> None:
    """U-41, U-92: the order in the book will bear it, so an ordinary order takes it, too."""
    one = algo_client()
    number = one.stop(78_000, clientAlgoId="mine")
    assert one.refused(triggerPrice=77_000, clientAlgoId="mine") == (400, -4116, "ClientOrderId is duplicated.")
    one.ask("DELETE", "algoOrder", algoId=number).ok()
    again = one.stop(77_000, clientAlgoId="mine")
    assert one.get("algoOrder", clientAlgoId="mine")["algoId"] == again
    one.ask("DELETE", "algoOrder", algoId=again).ok()
    assert one.get("algoOrder", clientAlgoId="mine")["algoId"] == again
    one.trade("BUY", price="70000", newClientOrderId="mine")
    assert one.refused(triggerPrice=78_000, clientAlgoId="mine")[1] == -4116
    assert one.get("algoOrder", algoId=number)["algoStatus"] == "CANCELED"


def test_two_hundred_wait_at_most() -> None:
    """U-87: over all contracts together."""
    one = algo_client()
    for number in range(200):
        one.stop(70_000 - number) if number % 2 else one.stop(1500, symbol=ETH, quantity="0.1")
    for symbol, trigger in ((BTC, 70_000), ("BNBUSDT", 100)):
        assert one.refused(symbol=symbol, quantity="1", triggerPrice=trigger) == (
            400, -4045, "Reach max stop order limit."
        )  # fmt: skip
    one.ask("DELETE", "algoOrder", algoId=one.waiting()[7]).ok()
    one.stop(70_000)


def test_two_hundred_wait_at_most_in_one_contract() -> None:
    """U-87: the cap of conditional orders comes before that of all orders of a contract."""
    one = algo_client()
    for number in range(200):
        one.stop(70_000 - number)
    assert one.refused(triggerPrice=60_000)[1] == -4045
    assert one.refusal("POST", "order", symbol=BTC, side="BUY", type="MARKET", quantity="0.010")[1] == -2025  # U-104


def test_they_count_among_all_orders_of_a_contract() -> None:
    """U-104."""
    one = algo_client()
    for _ in range(150):
        one.order(Side.BUY, SCALE // 100, 70_000 * SCALE)
    for _ in range(50):
        one.stop(60_000)
    assert one.refused(triggerPrice=60_000) == (400, -2025, "Reach max open order limit.")
    one.stop(1500, symbol=ETH, quantity="1")


# -- cancelling and asking ---------------------------------------------------------------------------------------------


def test_cancelling_one() -> None:
    """U-89, U-91: the code is text; once it is gone it cannot be cancelled again."""
    one = algo_client()
    number = one.stop(78_000, clientAlgoId="mine")
    assert one.ask("DELETE", "algoOrder", clientAlgoId="mine").ok() == {
        "algoId": number, "clientAlgoId": "mine", "code": "200", "msg": "success"
    }  # fmt: skip
    assert one.state(number) == "CANCELED"
    assert one.refusal("DELETE", "algoOrder", algoId=number) == (400, -2011, "Unknown order sent.")
    assert one.refusal("DELETE", "algoOrder", algoId=1)[1] == -2011
    assert one.refusal("DELETE", "algoOrder")[:2] == (400, -1102)


def test_cancelling_all_of_a_contract() -> None:
    """U-88, U-91: those of others stay, and so do ordinary orders; there may be none."""
    one = algo_client()
    one.stop(78_000)
    other = one.stop(1500, symbol=ETH, quantity="1")
    resting = one.trade("BUY", price="70000")
    answer = {"code": 200, "msg": "The operation of cancel all open order is done."}
    assert [one.ask("DELETE", "algoOpenOrders", symbol=BTC).ok() for _ in range(2)] == [answer, answer]
    assert one.waiting() == [other]
    assert [row["orderId"] for row in one.get("openOrders")] == [resting["orderId"]]
    assert one.refusal("DELETE", "algoOpenOrders", symbol="NOSUCH")[1] == -1121


def test_ordinary_cancels_leave_them_alone() -> None:
    """U-88, U-137."""
    one = algo_client()
    number = one.stop(78_000)
    one.trade("BUY", price="70000")
    one.ask("DELETE", "allOpenOrders", symbol=BTC).ok()
    one.ask("DELETE", "batchOrders", symbol=BTC, origClientOrderIdList=f'["{one.row(number)["clientAlgoId"]}"]').ok()
    one.post("countdownCancelAll", symbol=BTC, countdownTime=1000)
    one.world.clock.move(2_000_000)
    assert one.get("openOrders") == []
    assert one.waiting() == [number]


def test_asking_for_what_is_not_there() -> None:
    """U-89."""
    one = algo_client()
    assert one.refusal("GET", "algoOrder", algoId=1) == (400, -2013, "Order does not exist.")
    assert one.refusal("GET", "algoOrder", clientAlgoId="x")[1] == -2013
    assert one.refusal("GET", "algoOrder") == (
        400, -1102, "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!"
    )  # fmt: skip


def test_lists() -> None:
    """U-88, U-133: waiting ones, and all of a contract from an id or a time on."""
    one = algo_client()
    first = one.stop(78_000)
    one.world.clock.move(1_000_000)
    second, other = one.stop(77_000), one.stop(1500, symbol=ETH, quantity="1")
    third = one.stop(76_000)
    one.ask("DELETE", "algoOrder", algoId=second).ok()
    assert one.waiting() == [first, other, third]
    assert [row["algoId"] for row in one.get("openAlgoOrders", symbol=BTC, algoType="CONDITIONAL")] == [first, third]
    assert [row["algoId"] for row in one.get("openAlgoOrders", algoId=third)] == [third]

    def listed(**params: object) -> list[int]:
        return [row["algoId"] for row in one.get("allAlgoOrders", symbol=BTC, **params)]

    assert listed() == [first, second, third]
    assert listed(algoId=second) == [second, third]
    assert listed(limit=1) == [third]
    assert listed(startTime=MS + 1000) == listed(startTime=MS + 1) == [second, third]
    assert listed(startTime=MS, limit=1) == listed(endTime=MS) == [first]
    assert one.refusal("GET", "allAlgoOrders", symbol=BTC, startTime=MS, endTime=MS + 8 * 86_400_000)[1] == -4165
    assert one.refusal("GET", "allAlgoOrders")[1] == -1102


def test_how_long_they_are_remembered() -> None:
    """U-131: three days after they ended without a fill, 90 days otherwise; as long as they wait in any case."""
    one = algo_client()
    one.last(80_000)
    gone, waits, fires = one.stop(70_000), one.stop(60_000), one.stop(79_000)
    one.ask("DELETE", "algoOrder", algoId=gone).ok()
    one.last(79_000)
    day = 86_400_000

    def listed() -> list[int]:
        return [row["algoId"] for row in one.get("allAlgoOrders", symbol=BTC, startTime=MS, endTime=MS + 1000)]

    one.world.clock.move(3 * day * 1000)
    assert listed() == [gone, waits, fires]
    one.world.clock.move(1)
    assert listed() == [waits, fires]
    assert one.refusal("GET", "algoOrder", algoId=gone)[1] == -2013
    one.world.clock.move(87 * day * 1000)
    assert (listed(), one.waiting()) == ([waits], [waits])


def test_orders_of_others() -> None:
    """Every account has its own."""
    one = algo_client()
    number = one.stop(78_000)
    assert one.venue.conditionals.find(one.own.money.id + 1, number, None) is None


def test_they_count_in_both_order_windows() -> None:
    one = algo_client()
    reply = one.algo(triggerPrice=78_000)
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("1", "1")
    assert one.algo(triggerPrice=90_000).code == -2021
    assert one.algo(triggerPrice=78_000).headers["x-mbx-order-count-10s"] == "2"
