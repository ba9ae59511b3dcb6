"""binance-futures-connector trades USDⓈ-M futures, constructed as for the real exchange."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from freezegun import freeze_time

from binance_mock import Mock

from .connector import ClientError, UMFutures

BTC, ETH = "BTCUSDT", "ETHUSDT"
LIMIT = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 0.01, "price": 79000}
MARKET = {"symbol": BTC, "side": "BUY", "type": "MARKET", "quantity": 0.1}


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock to which all calls at Binance's hosts go."""
    with Mock.intercept(strict=True, frozen_at=None) as mock:
        yield mock


@pytest.fixture
def client(binance: Mock) -> Iterator[UMFutures]:
    made = UMFutures(key=binance.api_key, secret=binance.api_secret)
    yield made
    made.session.close()


def position(client: UMFutures, symbol: str = BTC) -> dict[str, Any]:
    (row,) = client.get_position_risk(symbol=symbol)
    return dict(row)


def wallet(client: UMFutures) -> float:
    return float(client.account()["totalWalletBalance"])


def refusal(call: Any, *args: Any, **params: Any) -> tuple[int, int, str]:
    """Status, code and text that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(*args, **params)
    return caught.value.status_code, caught.value.error_code, caught.value.error_message


# -- one way ----------------------------------------------------------------------------------------------------------


def test_an_order_rests_until_the_price_comes(binance: Mock, client: UMFutures) -> None:
    placed = client.new_order(**LIMIT, newClientOrderId="mine")
    assert (placed["status"], placed["price"], placed["positionSide"]) == ("NEW", "79000.00", "BOTH")
    assert client.get_open_orders(BTC, origClientOrderId="mine")["orderId"] == placed["orderId"]
    assert [order["clientOrderId"] for order in client.get_orders(symbol=BTC)] == ["mine"]
    binance.usdm.set_price(BTC, "78900")
    assert client.query_order(BTC, orderId=placed["orderId"])["status"] == "FILLED"
    (trade,) = client.get_account_trades(symbol=BTC)
    assert (trade["maker"], trade["price"], trade["commission"]) == (True, "79000.00", "0.15800000")  # 790 * 0.02%
    assert (position(client)["positionAmt"], position(client)["entryPrice"]) == ("0.010", "79000.0")


def test_a_round_trip_changes_the_wallet_by_profit_and_fees(binance: Mock, client: UMFutures) -> None:
    start = wallet(client)
    bought = client.new_order(**MARKET, newOrderRespType="RESULT")
    binance.usdm.set_price(BTC, "82000")
    closing = {**MARKET, "side": "SELL", "reduceOnly": "true", "newOrderRespType": "RESULT"}
    sold = client.new_order(**closing)
    profit = (float(sold["avgPrice"]) - float(bought["avgPrice"])) * 0.1
    assert profit == pytest.approx(200, abs=10)
    incomes = client.get_income_history()
    assert {row["incomeType"] for row in incomes} == {"COMMISSION", "REALIZED_PNL"}
    assert sum(float(row["income"]) for row in incomes) == pytest.approx(wallet(client) - start)
    (realized,) = client.get_income_history(incomeType="REALIZED_PNL")
    assert float(realized["income"]) == pytest.approx(profit)
    fees = sum(float(row["income"]) for row in client.get_income_history(incomeType="COMMISSION"))
    taker = float(client.commission_rate(symbol=BTC)["takerCommissionRate"])
    assert -fees == pytest.approx((float(bought["cumQuote"]) + float(sold["cumQuote"])) * taker)
    assert client.get_position_risk(symbol=BTC) == []
    assert refusal(client.new_order, **closing) == (400, -2022, "ReduceOnly Order is rejected.")


def test_orders_are_amended_and_cancelled(client: UMFutures) -> None:
    """U-130, U-134."""
    placed = client.new_order(**LIMIT)
    amended = client.modify_order(BTC, "BUY", 0.02, 78000, orderId=placed["orderId"])
    assert (amended["orderId"], amended["origQty"], amended["price"]) == (placed["orderId"], "0.020", "78000.00")
    assert client.cancel_order(BTC, orderId=placed["orderId"])["status"] == "CANCELED"
    assert refusal(client.cancel_order, BTC, orderId=placed["orderId"]) == (400, -2011, "Unknown order sent.")
    client.new_order(**LIMIT)
    client.new_order(**{**LIMIT, "symbol": ETH, "price": 2500, "quantity": 0.1})
    assert client.cancel_open_orders(symbol=BTC)["code"] == 200
    assert [order["symbol"] for order in client.get_orders()] == [ETH]
    assert [order["status"] for order in client.get_all_orders(symbol=BTC)] == ["CANCELED", "CANCELED"]


def test_a_batch_answers_each_order_by_itself(client: UMFutures) -> None:
    """U-138, U-139."""
    good = {**LIMIT, "quantity": "0.01", "price": "79000", "newClientOrderId": "good"}
    rows = client.new_batch_order([good, {**good, "price": "200000", "newClientOrderId": "bad"}])
    assert (rows[0]["clientOrderId"], rows[0]["status"]) == ("good", "NEW")
    assert rows[1] == {"code": -4016, "msg": rows[1]["msg"]}
    assert rows[1]["msg"].startswith("Limit price can't be higher than ")
    gone = client.cancel_batch_order(BTC, orderIdList=[], origClientOrderIdList=["good", "bad"])
    assert (gone[0]["status"], gone[1]) == ("CANCELED", {"code": -2011, "msg": "Unknown order sent."})
    ids = [client.new_order(**LIMIT)["orderId"] for _ in range(2)]
    rows = client.cancel_batch_order(BTC, orderIdList=ids, origClientOrderIdList=[])
    assert [row["orderId"] for row in rows] == ids


@pytest.mark.usefixtures("binance")
def test_a_countdown_cancels_what_is_open(client: UMFutures) -> None:
    """U-137."""
    with freeze_time("2025-11-21 00:00:00") as time:
        client.new_order(**LIMIT)
        assert client.countdown_cancel_order(BTC, 5000) == {"symbol": BTC, "countdownTime": "5000"}
        time.tick(4.999)
        assert len(client.get_orders(symbol=BTC)) == 1
        time.tick(0.002)
        assert client.get_orders(symbol=BTC) == []


# -- hedge mode -------------------------------------------------------------------------------------------------------


def test_hedge_mode_holds_both_directions(binance: Mock, client: UMFutures) -> None:
    wrong = (400, -4061, "Order's position side does not match user's setting.")
    assert refusal(client.new_order, **MARKET, positionSide="LONG") == wrong  # U-70
    assert client.change_position_mode(dualSidePosition="true") == {"code": 200, "msg": "success"}
    same = (400, -4059, "No need to change position side.")
    assert refusal(client.change_position_mode, dualSidePosition=True) == same  # U-69; sent as `True`
    assert client.get_position_mode() == {"dualSidePosition": True}
    assert refusal(client.new_order, **MARKET) == wrong
    client.new_order(**MARKET, positionSide="LONG")
    client.new_order(**{**MARKET, "side": "SELL", "quantity": 0.05}, positionSide="SHORT")
    binance.usdm.set_price(BTC, "81000")
    rows = {row["positionSide"]: row for row in client.get_position_risk(symbol=BTC)}
    assert {side: row["positionAmt"] for side, row in rows.items()} == {"LONG": "0.100", "SHORT": "-0.050"}
    assert float(rows["LONG"]["unRealizedProfit"]) > 0 > float(rows["SHORT"]["unRealizedProfit"])
    client.new_order(**{**MARKET, "side": "SELL"}, positionSide="LONG")
    (left,) = client.get_position_risk(symbol=BTC)
    assert (left["positionSide"], left["positionAmt"]) == ("SHORT", "-0.050")
    open_now = (400, -4068, "Position side cannot be changed if there exists position.")
    assert refusal(client.change_position_mode, dualSidePosition="false") == open_now


# -- isolated margin --------------------------------------------------------------------------------------------------


def test_isolated_margin_is_added_and_taken(client: UMFutures) -> None:
    assert client.change_margin_type(symbol=ETH, marginType="ISOLATED")["code"] == 200
    same = (400, -4046, "No need to change margin type.")
    assert refusal(client.change_margin_type, symbol=ETH, marginType="ISOLATED") == same  # U-96
    assert client.change_leverage(symbol=ETH, leverage=10)["leverage"] == 10
    assert client.symbol_configuration(symbol=ETH)[0]["marginType"] == "ISOLATED"
    client.new_order(ETH, "BUY", "MARKET", quantity=1)
    before = position(client, ETH)
    assert float(before["isolatedWallet"]) == pytest.approx(float(before["notional"]) / 10, rel=0.01)
    client.modify_isolated_position_margin(ETH, 50, 1)
    after = position(client, ETH)
    assert float(after["isolatedWallet"]) == pytest.approx(float(before["isolatedWallet"]) + 50)
    assert float(after["liquidationPrice"]) < float(before["liquidationPrice"])
    client.modify_isolated_position_margin(ETH, 20, 2)
    assert [(row["type"], float(row["amount"])) for row in client.get_position_margin_history(symbol=ETH)][-2:] == [
        (1, 50),
        (2, 20),
    ]
    code = refusal(client.modify_isolated_position_margin, ETH, 100_000, 2)[1]
    assert code == -4051  # U-97
    assert refusal(client.change_margin_type, symbol=ETH, marginType="CROSSED")[1] == -4048


# -- what else --------------------------------------------------------------------------------------------------------


def test_an_error_comes_with_code_text_and_headers(client: UMFutures) -> None:
    with pytest.raises(ClientError) as caught:
        client.new_order(**{**LIMIT, "price": 79000.123})
    error = caught.value
    assert (error.status_code, error.error_code) == (400, -1111)
    assert error.error_message == "Precision is over the maximum defined for this asset."
    assert int(error.header["x-mbx-used-weight-1m"]) >= 0
    assert refusal(client.new_order, **{**LIMIT, "symbol": "NOPE"}) == (400, -1121, "Invalid symbol.")
    client.secret = "wrong"
    told = (400, -1022, "Signature for this request is not valid.")
    assert refusal(client.account) == told


def test_stops_belong_to_another_endpoint(client: UMFutures) -> None:
    """U-46: this client knows no other, and has been refused since the end of 2025."""
    stop = {**MARKET, "side": "SELL", "type": "STOP_MARKET", "stopPrice": 70000}
    assert refusal(client.new_order, **stop) == (
        400,
        -4120,
        "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
    )


def test_limits_are_told_with_each_answer(binance: Mock) -> None:
    client = UMFutures(key=binance.api_key, secret=binance.api_secret, show_limit_usage=True)
    usage = client.new_order(**LIMIT)["limit_usage"]
    assert usage == {"x-mbx-used-weight-1m": "0", "x-mbx-order-count-10s": "1", "x-mbx-order-count-1m": "1"}
    client.session.close()


def test_a_listen_key_is_kept_and_closed(client: UMFutures) -> None:
    key = client.new_listen_key()["listenKey"]
    assert client.new_listen_key()["listenKey"] == key
    assert client.renew_listen_key(key) == {"listenKey": key}
    assert client.close_listen_key(key) == {}
    assert refusal(client.renew_listen_key, key)[1] == -1125


# -- funding and liquidation ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "side", "pays"), [("0.0001", "BUY", True), ("0.0001", "SELL", False)])
def test_longs_pay_shorts_when_the_rate_is_positive(
    binance: Mock, client: UMFutures, rate: str, side: str, pays: bool
) -> None:
    """U-121, U-122: worth at the mark price times the rate."""
    with freeze_time("2025-11-21 07:59:00") as time:
        client.new_order(**{**MARKET, "side": side})
        binance.usdm.set_funding_rate(BTC, rate)
        binance.usdm.set_mark_price(BTC, "80000")
        before = wallet(client)
        time.tick(120)
        assert abs(wallet(client) - before) == pytest.approx(0.1 * 80_000 * float(rate))
        (paid,) = client.get_income_history(incomeType="FUNDING_FEE")
        assert float(paid["income"]) == pytest.approx(wallet(client) - before)
        assert (float(paid["income"]) < 0) is pays
        assert paid["time"] == 1_763_712_000_000  # 08:00
        assert client.funding_rate(symbol=BTC, limit=1)[0]["fundingTime"] == 1_763_712_000_000


def test_a_position_is_liquidated_when_its_margin_has_run_out(binance: Mock, client: UMFutures) -> None:
    """U-125, U-126."""
    client.change_margin_type(symbol=BTC, marginType="ISOLATED")
    client.change_leverage(symbol=BTC, leverage=50)
    client.new_order(**MARKET)
    held = position(client)
    binance.usdm.set_price(BTC, f"{float(held['liquidationPrice']) - 50:.1f}")
    assert client.get_position_risk(symbol=BTC) == []
    (forced,) = client.force_orders(symbol=BTC)
    assert (forced["side"], forced["status"]) == ("SELL", "FILLED")
    assert forced["clientOrderId"].startswith("autoclose-")
    kinds = {row["incomeType"] for row in client.get_income_history(symbol=BTC)}
    assert {"REALIZED_PNL", "INSURANCE_CLEAR"} <= kinds
    lost = sum(float(row["income"]) for row in client.get_income_history(symbol=BTC))
    assert -lost == pytest.approx(float(held["isolatedWallet"]), rel=0.05)
