"""The official SDK trades USDⓈ-M futures: what its models hold, and what the account is afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from binance_common.errors import BadRequestError, UnauthorizedError
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    ModifyMultipleOrdersBatchOrdersParameterInner as Amendment,
)
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    PlaceMultipleOrdersBatchOrdersParameterInner as Order,
)
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from freezegun import freeze_time

from binance_mock import Mock
from binance_mock.gate.keys import ApiKey

from .by_hand import private_pem, public_pem
from .exchange import Exchange
from .sdk import UsdmClient

BTC, ETH = "BTCUSDT", "ETHUSDT"
LIMIT = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 0.01, "price": 79000.0}
MARKET = {"symbol": BTC, "side": "BUY", "type": "MARKET", "quantity": 0.1}


@pytest.fixture
def binance(exchange: Exchange) -> Iterator[Mock]:
    """The same exchange, in the hands of the tester."""
    mock = Mock.connect(exchange.url)
    yield mock
    mock.stop()


@pytest.fixture
def client(exchange: Exchange) -> Iterator[UsdmClient]:
    running = UsdmClient(exchange)
    yield running
    running.close()


@pytest.fixture
def api(client: UsdmClient) -> Any:
    return client.api


def position(api: Any, symbol: str = BTC) -> Any:
    (row,) = api.position_information_v2(symbol).data()
    return row


def wallet(api: Any) -> float:
    return float(api.account_information_v3().data().total_wallet_balance)


def refused(call: Any, *args: Any, **params: Any) -> tuple[int, str]:
    """Code and text that a call is refused with."""
    with pytest.raises(BadRequestError) as caught:
        call(*args, **params)
    code, text = caught.value.args[:2]
    return code, text


# -- one way ----------------------------------------------------------------------------------------------------------


def test_a_round_trip_changes_the_wallet_by_profit_and_fees(binance: Mock, api: Any) -> None:
    start = wallet(api)
    api.change_initial_leverage(BTC, 10)
    placed = api.new_order(**LIMIT, new_client_order_id="mine").data()
    assert (placed.status, placed.orig_qty, placed.client_order_id) == ("NEW", "0.010", "mine")
    binance.usdm.set_price(BTC, "78900")
    assert api.query_order(BTC, order_id=placed.order_id).data().status == "FILLED"
    held = position(api)
    assert (held.position_amt, held.entry_price, held.leverage) == ("0.010", "79000.0", "10")
    binance.usdm.set_price(BTC, "81000")
    closing = {**MARKET, "side": "SELL", "quantity": 0.01, "reduce_only": "true", "new_order_resp_type": "RESULT"}
    sold = api.new_order(**closing).data()
    assert (sold.status, sold.reduce_only, sold.executed_qty) == ("FILLED", True, "0.010")
    profit = (float(sold.additional_properties["avgPrice"]) - 79_000) * 0.01
    (realized,) = api.get_income_history(income_type="REALIZED_PNL").data()
    assert float(realized.income) == pytest.approx(profit)
    fees = sum(float(trade.commission) for trade in api.account_trade_list(BTC).data())
    assert wallet(api) - start == pytest.approx(profit - fees, abs=1e-6)
    assert refused(api.new_order, **closing) == (-2022, "ReduceOnly Order is rejected.")


def test_orders_are_amended_and_cancelled(api: Any) -> None:
    """U-134, U-136."""
    placed = api.new_order(**LIMIT).data()
    amended = api.modify_order(BTC, "BUY", 0.02, 78000.0, order_id=placed.order_id).data()
    assert (amended.order_id, amended.orig_qty, amended.price) == (placed.order_id, "0.020", "78000.00")
    (change,) = api.get_order_modify_history(BTC, order_id=placed.order_id).data()
    assert (change.amendment.orig_qty.before, change.amendment.orig_qty.after) == ("0.010", "0.020")
    assert api.cancel_order(BTC, order_id=placed.order_id).data().status == "CANCELED"
    assert refused(api.cancel_order, BTC, order_id=placed.order_id) == (-2011, "Unknown order sent.")
    assert api.current_all_open_orders().data() == []


def test_a_batch_answers_each_order_by_itself(api: Any) -> None:
    """U-138, U-139: one model holds the order or the error."""
    good = Order(**LIMIT, new_client_order_id="good")
    bad = Order(**{**LIMIT, "price": 200_000.0}, new_client_order_id="bad")
    placed, failed = api.place_multiple_orders([good, bad]).data()
    assert (placed.client_order_id, placed.status, placed.code) == ("good", "NEW", None)
    assert (failed.code, failed.order_id) == (-4016, None)
    assert failed.msg.startswith("Limit price can't be higher than ")

    moves = {"symbol": BTC, "side": "BUY", "quantity": 0.02}
    rows = api.modify_multiple_orders([
        Amendment(**moves, orig_client_order_id="good", price=78500.0),
        Amendment(**moves, orig_client_order_id="bad", price=78500.0),
    ]).data()  # fmt: skip
    assert (rows[0].price, rows[0].orig_qty, rows[1].code) == ("78500.00", "0.020", -2013)

    rows = api.cancel_multiple_orders(BTC, orig_client_order_id_list=["good", "bad"]).data()
    assert (rows[0].status, rows[1].code, rows[1].msg) == ("CANCELED", -2011, "Unknown order sent.")
    ids = [api.new_order(**LIMIT).data().order_id for _ in range(2)]
    assert [row.order_id for row in api.cancel_multiple_orders(BTC, order_id_list=ids).data()] == ids


def test_a_countdown_cancels_what_is_open(api: Any) -> None:
    """U-137."""
    with freeze_time("2025-11-21 00:00:00") as time:
        api.new_order(**LIMIT)
        assert api.auto_cancel_all_open_orders(BTC, 5000).data().countdown_time == "5000"
        time.tick(5.001)
        assert api.current_all_open_orders(BTC).data() == []


# -- hedge mode and isolated margin -----------------------------------------------------------------------------------


def test_hedge_mode_holds_both_directions(binance: Mock, api: Any) -> None:
    """U-69, U-70."""
    assert api.change_position_mode("true").data().code == 200
    assert refused(api.change_position_mode, "true") == (-4059, "No need to change position side.")
    assert api.get_current_position_mode().data().dual_side_position is True
    wrong = (-4061, "Order's position side does not match user's setting.")
    assert refused(api.new_order, **MARKET) == wrong
    api.new_order(**MARKET, position_side="LONG")
    api.new_order(**{**MARKET, "side": "SELL", "quantity": 0.05}, position_side="SHORT")
    binance.usdm.set_price(BTC, "81000")
    rows = {row.position_side: row for row in api.position_information_v3(BTC).data()}
    assert {side: row.position_amt for side, row in rows.items()} == {"LONG": "0.100", "SHORT": "-0.050"}
    assert float(rows["LONG"].un_realized_profit) > 0 > float(rows["SHORT"].un_realized_profit)


def test_isolated_margin_is_added_and_taken(api: Any) -> None:
    """U-96, U-97."""
    api.change_margin_type(ETH, "ISOLATED")
    assert refused(api.change_margin_type, ETH, "ISOLATED") == (-4046, "No need to change margin type.")
    api.new_order(ETH, "BUY", "MARKET", quantity=1.0)
    before = float(position(api, ETH).isolated_wallet)
    answer = api.modify_isolated_position_margin(ETH, 50.0, 1).data()
    assert (answer.amount, answer.type) == (50, 1)
    assert float(position(api, ETH).isolated_wallet) == pytest.approx(before + 50)
    api.modify_isolated_position_margin(ETH, 20.0, 2)
    assert float(position(api, ETH).isolated_wallet) == pytest.approx(before + 30)
    assert refused(api.modify_isolated_position_margin, ETH, 100_000.0, 2)[0] == -4051
    history = api.get_position_margin_change_history(ETH).data()
    assert {(row.type, float(row.amount)) for row in history} >= {(1, 50), (2, 20)}


# -- funding and liquidation ------------------------------------------------------------------------------------------


def test_funding_is_paid_and_recorded(binance: Mock, api: Any) -> None:
    """U-121, U-122."""
    with freeze_time("2025-11-21 07:59:00") as time:
        api.new_order(**MARKET)
        binance.usdm.set_funding_rate(BTC, "-0.0005")
        binance.usdm.set_mark_price(BTC, "80000")
        before = wallet(api)
        time.tick(120)
        (paid,) = api.get_income_history(income_type="FUNDING_FEE").data()
        assert float(paid.income) == pytest.approx(0.1 * 80_000 * 0.0005)  # a negative rate lets longs receive
        assert wallet(api) - before == pytest.approx(4)
        (row,) = api.get_funding_rate_history(BTC, limit=1).data()
        assert (row.funding_rate, row.mark_price, row.funding_time) == (
            "-0.00050000",
            "80000.00000000",
            1_763_712_000_000,
        )


def test_a_position_is_liquidated_when_its_margin_has_run_out(binance: Mock, api: Any) -> None:
    """U-125, U-126."""
    api.change_margin_type(BTC, "ISOLATED")
    api.change_initial_leverage(BTC, 50)
    api.new_order(**MARKET)
    limit = float(position(api).liquidation_price)
    binance.usdm.set_mark_price(BTC, f"{limit + 5:.1f}")
    assert position(api).position_amt == "0.100"
    binance.usdm.set_mark_price(BTC, f"{limit - 5:.1f}")
    assert api.position_information_v3(BTC).data() == []
    (forced,) = api.users_force_orders(BTC).data()
    assert (forced.side, forced.orig_qty, forced.client_order_id[:10]) == ("SELL", "0.100", "autoclose-")


# -- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["RSA", "ED25519"])
def test_private_keys_sign(exchange: Exchange, type: str) -> None:
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if type == "RSA"
        else ed25519.Ed25519PrivateKey.generate()
    )
    exchange.add_key(ApiKey.asymmetric("asymmetric", public_pem(key)))
    client = UsdmClient(exchange, api_key="asymmetric", private_key=private_pem(key))
    try:
        order = client.api.new_order(**LIMIT).data()
        batch = [Order(**LIMIT, new_client_order_id="one")]
        assert client.api.place_multiple_orders(batch).data()[0].client_order_id == "one"
        assert client.api.cancel_order(BTC, order_id=order.order_id).data().status == "CANCELED"
    finally:
        client.close()


def test_a_wrong_secret_is_refused(exchange: Exchange) -> None:
    client = UsdmClient(exchange, api_key=exchange.api_key, api_secret="wrong")
    try:
        with pytest.raises((BadRequestError, UnauthorizedError)) as caught:
            client.api.account_information_v3()
        assert caught.value.args[:2] == (-1022, "Signature for this request is not valid.")
    finally:
        client.close()
