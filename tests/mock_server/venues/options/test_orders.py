"""The life of an order: O-7, O-8, O-56 to O-62, O-67, in both generations."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import frozen_world
from tests.mock_server.venues.options.options_client import CALL, DAILY, PUT, OptionsClient, client
from tests.mock_server.venues.options.order_calls import best, placed, query, refused, sent, trade, wrong

from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.world import WorldSettings

STP_TEXTS = ("EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "NONE")


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["ACK", "RESULT", None])
def test_a_placement_answers_with_the_whole_order(answer: str | None) -> None:
    """O-59: today one shape for both."""
    order = placed(OptionsClient(), newOrderRespType=answer, clientOrderId="mine")
    assert wrong("POST /eapi/v1/order", order) == []
    assert (order["status"], order["clientOrderId"], order["executedQty"]) == ("NEW", "mine", "0.00")


@pytest.mark.parametrize(("answer", "shape"), [("ACK", "2023 ACK"), (None, "2023 ACK"), ("RESULT", "2023")])
def test_an_ack_of_2023_is_short(answer: str | None, shape: str) -> None:
    """O-59: and calls the time createDate."""
    order = placed(client(dialect="2023"), newOrderRespType=answer)
    assert wrong("POST /eapi/v1/order", order, shape) == []


def test_ids_are_exact_above_what_doubles_hold() -> None:
    """O-8: as digits on the wire."""
    first, second = (placed(OptionsClient(), quantity=qty) for qty in ("0.1", "0.2"))
    assert first["orderId"] == second["orderId"] > 2**53
    options = OptionsClient()
    body = sent(options).body
    id = placed(options)["orderId"]
    assert float(id) == float(id - 1)
    assert b'"orderId":%d,' % (id - 1) in body


def test_ids_are_those_of_no_other_contract() -> None:
    """O-8: all contracts share one numbering; a copy of the world goes on by itself."""
    options = OptionsClient()
    symbols = (CALL, PUT, CALL, DAILY, PUT)
    ids = [placed(options, symbol=symbol, price="10")["orderId"] for symbol in symbols]
    assert ids == sorted(set(ids))
    twin = OptionsClient(options.world.fork())
    following = [placed(one, symbol=PUT, price="10")["orderId"] for one in (options, twin)]
    assert following[0] == following[1] > ids[-1]
    assert options.venue.markets[CALL].next_order_id == following[0] + 1
    placed(twin, price="10")
    assert options.venue.markets[CALL].next_order_id == following[0] + 1


def test_decimals_have_the_digits_of_the_contract() -> None:
    """O-7"""
    order = placed(OptionsClient(), price="505", quantity="1.5")
    assert (order["price"], order["quantity"], order["avgPrice"]) == ("505.000", "1.50", "0.000")
    assert (order["priceScale"], order["quantityScale"], order["optionSide"]) == (3, 2, "CALL")
    assert placed(OptionsClient(), symbol=PUT)["optionSide"] == "PUT"


def test_a_symbol_in_small_letters() -> None:
    """O-42"""
    assert placed(OptionsClient(), symbol=CALL.lower())["symbol"] == CALL


def test_a_fill_shows_price_and_fee() -> None:
    """O-7, O-85, O-87: the fee is 0.024 % of the index; an order has it while it is whole."""
    options = OptionsClient()
    order = trade(options, "BUY", "0.5")
    assert (order["executedQty"], order["avgPrice"]) == ("0.50", order["price"])
    assert "fee" not in order
    (fill,) = options.get("userTrades", symbol=CALL)
    assert float(fill["fee"]) == pytest.approx(-79_970 * 0.00024 * 0.5)
    assert repr(placed(options, price="500")["fee"]) == "0"


def test_a_whole_fee_is_shown_with_the_order() -> None:
    """O-7, O-87: above zero, and a number."""
    options = OptionsClient(frozen_world(WorldSettings(options=OptionsSettings(taker=0))))
    assert repr(trade(options, "BUY", "0.5")["fee"]) == "0"
    options = OptionsClient()
    options.move_index(100_000)
    ask = float(best(options, "BUY"))
    assert ask > 240, "else a tenth of the premium is the fee"
    assert repr(trade(options, "BUY", "0.5")["fee"]) == "12"


def test_the_average_price_is_of_all_fills_and_of_one_unit() -> None:
    """O-45: premiums contain the unit, prices do not."""
    options = OptionsClient()
    name = next(
        name for name in options.listed() if name.startswith("XRP") and float(options.mark(name)["markPrice"]) > 0.2
    )
    asks = options.public("depth", symbol=name).ok()["asks"]
    qty = float(asks[0][1]) + 1
    order = placed(options, symbol=name, quantity=f"{qty:.1f}", price=asks[1][0])
    worth = float(asks[0][0]) * float(asks[0][1]) + float(asks[1][0])
    assert float(order["avgPrice"]) == pytest.approx(worth / qty, abs=0.001)


# -- time in force ---------------------------------------------------------------------------------------------------


def test_gtc_unless_sent() -> None:
    """O-56"""
    assert placed(OptionsClient())["timeInForce"] == "GTC"


def test_what_ioc_does_not_fill_expires() -> None:
    """O-57, O-58"""
    options = OptionsClient()
    order = placed(options, timeInForce="IOC")
    assert (order["status"], order["executedQty"], order["timeInForce"]) == ("EXPIRED", "0.00", "IOC")
    assert options.get("openOrders") == []
    ask = options.public("depth", symbol=CALL).ok()["asks"][0]
    order = placed(options, timeInForce="IOC", quantity=f"{float(ask[1]) + 1:.2f}", price=ask[0])
    assert (order["status"], order["executedQty"]) == ("EXPIRED", ask[1])


def test_fok_fills_whole_or_is_refused() -> None:
    """O-57"""
    options = OptionsClient()
    ask = options.public("depth", symbol=CALL).ok()["asks"][0]
    text = "Due to the order could not be filled immediately, the FOK order has been rejected."
    too_much = f"{float(ask[1]) + 1:.2f}"
    assert refused(options, timeInForce="FOK", quantity=too_much, price=ask[0]) == (400, -6046, text)
    assert options.get("historyOrders", symbol=CALL) == []
    assert placed(options, timeInForce="FOK", quantity="1", price=ask[0])["status"] == "FILLED"


@pytest.mark.parametrize(
    "terms", [{"timeInForce": "GTX"}, {"postOnly": "true"}, {"postOnly": "true", "timeInForce": "GTX"}]
)
def test_a_maker_order_does_not_take(terms: dict[str, str]) -> None:
    """O-57: and there is no order then."""
    options = OptionsClient()
    text = "Due to the order could not be executed as maker, the Post Only order will be rejected."
    assert refused(options, price=best(options, "BUY"), **terms) == (400, -6047, text)
    assert options.get("openOrders") == []
    order = placed(options, **terms)
    assert (order["status"], order["postOnly"]) == ("NEW", True)
    assert order["timeInForce"] == terms.get("timeInForce", "GTC")


@pytest.mark.parametrize("tif", ["IOC", "FOK"])
def test_post_only_does_not_go_with_taking(tif: str) -> None:
    assert refused(OptionsClient(), postOnly="true", timeInForce=tif)[:2] == (400, -1014)


def test_gtx_came_with_2026() -> None:
    """O-57"""
    assert refused(client(dialect="2023"), timeInForce="GTX") == (400, -1115, "Invalid timeInForce.")


# -- client ids ------------------------------------------------------------------------------------------------------


def test_no_client_id_is_made_up() -> None:
    """O-60: an order without one shows none, and several can be open."""
    options = OptionsClient()
    orders = [placed(options) for _ in range(3)]
    assert [order["clientOrderId"] for order in orders] == [""] * 3
    assert [order["clientOrderId"] for order in options.get("openOrders")] == [""] * 3


@pytest.mark.parametrize("other", [CALL, PUT])
def test_a_client_id_is_of_one_pending_order(other: str) -> None:
    """O-60: of the account, whatever the contract; it is free again when the order is over."""
    options = OptionsClient()
    placed(options, clientOrderId="mine")
    assert refused(options, symbol=other, clientOrderId="mine") == (400, -6044, "clientOrderId is duplicated")
    options.ask("DELETE", "order", symbol=CALL, clientOrderId="mine").ok()
    assert placed(options, symbol=other, clientOrderId="mine")["status"] == "NEW"


# -- cancelling and querying -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", ["2026", "2023"])
def test_a_cancel_shows_the_order_as_it_was(generation: str) -> None:
    """O-62: its state before, and createDate."""
    options = client(dialect=generation)
    order = placed(options, newOrderRespType="RESULT", clientOrderId="mine")
    gone = options.ask("DELETE", "order", symbol=CALL, orderId=order["orderId"]).ok()
    assert wrong("DELETE /eapi/v1/order", gone, generation) == []
    assert gone["status"] == order["status"] == ("NEW" if generation == "2026" else "ACCEPTED")
    assert (gone["createDate"], gone["clientOrderId"]) == (order["createTime"], "mine")
    final = "CANCELED" if generation == "2026" else "CANCELLED"
    assert query(options, order)["status"] == final


def test_a_cancel_after_a_part_of_it_traded() -> None:
    options = OptionsClient()
    ask = options.public("depth", symbol=CALL).ok()["asks"][0]
    order = placed(options, quantity=f"{float(ask[1]) + 1:.2f}", price=ask[0])
    assert order["status"] == "PARTIALLY_FILLED"
    gone = options.ask("DELETE", "order", symbol=CALL, orderId=order["orderId"]).ok()
    assert (gone["status"], gone["executedQty"]) == ("PARTIALLY_FILLED", ask[1])
    assert query(options, order)["status"] == "CANCELED"


def test_cancelling_goes_by_either_id_and_the_number_wins() -> None:
    """O-9, O-62"""
    options = OptionsClient()
    first, second, third = (placed(options, clientOrderId=name) for name in "abc")
    options.ask("DELETE", "order", symbol=CALL, orderId=first["orderId"], clientOrderId="b").ok()
    options.ask("DELETE", "order", symbol=CALL, clientOrderId="c").ok()
    assert [order["orderId"] for order in options.get("openOrders")] == [second["orderId"]]
    assert query(options, third)["status"] == "CANCELED"


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_what_is_unknown(verb: str) -> None:
    """O-62: -2013; without an id -1102, with an empty one -1119."""
    options = OptionsClient()
    placed(options)
    unknown = (400, -2013, "Order does not exist.")
    assert options.refusal(verb, "order", symbol=CALL, orderId=1) == unknown
    assert options.refusal(verb, "order", symbol=CALL, clientOrderId="none") == unknown
    assert options.refusal(verb, "order", symbol=PUT, orderId=1) == unknown
    text = "Param 'orderId' or 'clientOrderId' must be sent, but both were empty/null!"
    assert options.refusal(verb, "order", symbol=CALL) == (400, -1102, text)
    assert options.refusal(verb, "order", symbol="BTC-1-1-C", orderId=1)[:2] == (400, -1121)
    assert options.refusal(verb, "order", symbol=CALL, clientOrderId="") == (
        400,
        -1119,
        "Original client order ID was empty.",
    )


def test_what_is_over_cannot_be_cancelled() -> None:
    """O-62"""
    options = OptionsClient()
    order = trade(options, "BUY")
    wanted = (400, -6028, "Order is in final state")
    assert options.refusal("DELETE", "order", symbol=CALL, orderId=order["orderId"]) == wanted


@pytest.mark.parametrize("generation", ["2026", "2023"])
def test_a_query_has_its_shape(generation: str) -> None:
    options = client(dialect=generation)
    placed(options, clientOrderId="mine")
    order = options.get("order", symbol=CALL, clientOrderId="mine")
    assert wrong("GET /eapi/v1/order", order, generation) == []


def test_orders_of_others_are_not_found() -> None:
    options = OptionsClient()
    house = next(iter(options.venue.market(CALL, options.now).bag(options.venue.ledger.house).open.values()))
    assert options.refusal("GET", "order", symbol=CALL, orderId=house.id)[1] == -2013


# -- reduce only -----------------------------------------------------------------------------------------------------


def test_a_reduce_only_order_needs_something_to_reduce() -> None:
    """O-61"""
    options = OptionsClient()
    text = (
        "Reduce-only order rejected. The new reduce-only order conflicts with existing open orders. "
        "Please cancel the conflicting orders and resubmit."
    )
    far = {"side": "SELL", "price": "9000", "reduceOnly": "true"}
    assert refused(options, **far) == (400, -6045, text)
    trade(options, "BUY", "0.3")
    order = placed(options, quantity="0.2", **far)
    assert order["reduceOnly"] is True
    assert refused(options, quantity="0.2", **far) == (400, -6045, text)
    placed(options, quantity="0.1", **far)
    assert refused(options, reduceOnly="true")[1] == -6045


def test_reduce_only_orders_go_when_nothing_is_left_for_them() -> None:
    """O-61: the newest first."""
    options = OptionsClient()
    trade(options, "BUY", "0.3")
    kept, gone = (placed(options, side="SELL", price="9000", reduceOnly="true", quantity=qty) for qty in ("0.1", "0.2"))
    trade(options, "SELL", "0.1")
    assert [query(options, order)["status"] for order in (kept, gone)] == ["NEW", "EXPIRED"]
    trade(options, "SELL", "0.2")
    assert query(options, kept)["status"] == "EXPIRED"


def test_a_reduce_only_order_fills() -> None:
    options = OptionsClient()
    trade(options, "BUY", "0.3")
    trade(options, "SELL", "0.3", reduceOnly="true")
    assert options.own.held(CALL) == 0


# -- self-trade prevention -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        (None, "EXPIRED_IN_MATCH", "NEW"),
        ("EXPIRE_MAKER", "EXPIRED_IN_MATCH", "NEW"),
        ("EXPIRE_TAKER", "NEW", "EXPIRED_IN_MATCH"),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"),
        ("NONE", "FILLED", "FILLED"),
    ],
)
def test_orders_of_one_account_do_not_meet(mode: str | None, maker: str, taker: str) -> None:
    """O-67: the mode of the taker decides."""
    options = client(levels=0)
    resting = placed(options, price="1700")
    order = placed(options, side="SELL", price="1700", selfTradePreventionMode=mode)
    assert order["selfTradePreventionMode"] == (mode or "EXPIRE_MAKER")
    assert [query(options, each)["status"] for each in (resting, order)] == [maker, taker]


@pytest.mark.parametrize("mode", STP_TEXTS)
def test_fok_knows_no_prevention(mode: str) -> None:
    """O-67: what was asked for is shown all the same."""
    options = client(levels=0)
    placed(options, price="1700")
    order = placed(options, side="SELL", price="1700", timeInForce="FOK", selfTradePreventionMode=mode)
    assert (order["status"], order["selfTradePreventionMode"]) == ("FILLED", mode)
    rows = options.get("userTrades", symbol=CALL)
    assert {(row["side"], row["liquidity"]) for row in rows} == {("BUY", "MAKER"), ("SELL", "TAKER")}
    assert len({row["id"] for row in rows}) == 2


def test_2023_knows_no_prevention() -> None:
    """O-67: the parameter is left alone."""
    options = client(dialect="2023", levels=0)
    placed(options, price="1700")
    order = placed(options, side="SELL", price="1700", newOrderRespType="RESULT", selfTradePreventionMode="EXPIRE_BOTH")
    assert order["status"] == "FILLED"


def test_the_flag_of_protected_orders_is_kept() -> None:
    """O-101"""
    options = OptionsClient()
    assert query(options, placed(options, isMmp="true"))["mmp"] is True
    assert query(options, placed(options))["mmp"] is False


# -- other -----------------------------------------------------------------------------------------------------------


def test_resting_orders_fill_when_the_market_comes_to_them() -> None:
    options = OptionsClient()
    order = placed(options, price="1500", quantity="0.2")
    options.move_index(78_000)
    row = query(options, order)
    assert (row["status"], row["avgPrice"], options.own.held(CALL)) == ("FILLED", "1500.000", 20_000_000)


def test_put_is_not_offered() -> None:
    """O-70: a page for 404, as of a path that is none, with a key and without."""
    options = OptionsClient()
    for path in ("order", "batchOrders"):
        for reply in (options.ask("PUT", path), options.call(path, {}, verb="PUT")):
            assert (reply.status, reply.json) == (404, None)


def test_a_fork_has_the_orders_and_goes_its_own_way() -> None:
    options = OptionsClient(frozen_world(WorldSettings(options=OptionsSettings(margin_with_mark=False))))
    trade(options, "BUY", "0.3")
    order = placed(options, side="SELL", price="9000", reduceOnly="true", quantity="0.3", isMmp="true")
    other = OptionsClient(options.world.fork())
    assert query(other, order) == query(options, order)
    trade(other, "SELL", "0.3")
    assert query(other, order)["status"] == "EXPIRED"
    assert query(options, order)["status"] == "NEW"


def test_every_answer_about_orders_counts_them() -> None:
    """O-38, O-39, O-41: a placement weighs nothing and counts one; a refused one counts none."""
    options = OptionsClient()
    sent(options, price="-1")
    reply = sent(options)
    assert {name: reply.headers[name] for name in reply.headers if name.startswith("x-mbx")} == {
        "x-mbx-used-weight-1m": "0", "x-mbx-order-count-1m": "1", "x-mbx-order-count-10s": "1",
    }  # fmt: skip
