"""The official SDK trades European options through an expiry: what its models hold, and what the account is then."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from binance_common.errors import BadRequestError, UnauthorizedError
from binance_sdk_derivatives_trading_options.rest_api.models import NewBlockTradeOrderLegsParameterInner as Leg
from binance_sdk_derivatives_trading_options.rest_api.models import PlaceMultipleOrdersOrdersParameterInner as Order
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from freezegun import freeze_time

from binance_mock import Mock
from binance_mock.gate.keys import ApiKey

from .by_hand import private_pem, public_pem
from .exchange import Exchange, units
from .sdk import OptionsClient

TWO_HOURS_LEFT = "2025-11-21 06:00:00"
EXPIRY = "2025-11-21 08:00:00"
CALL, PUT = "BTC-251121-80000-C", "BTC-251121-80000-P"
"""The index stands at 79970: worth 154 and 184."""
HIGH = "BTC-251121-81000-C"
LATER = "BTC-251128-80000-C"
CENT = Decimal("0.01")
ORDER = {"type": "LIMIT", "time_in_force": "GTC"}


@pytest.fixture
def binance(exchange: Exchange) -> Iterator[Mock]:
    """The same exchange, in the hands of the tester."""
    mock = Mock.connect(exchange.url)
    yield mock
    mock.stop()


@pytest.fixture
def client(exchange: Exchange) -> Iterator[OptionsClient]:
    running = OptionsClient(exchange)
    yield running
    running.close()


@pytest.fixture
def api(client: OptionsClient) -> Any:
    return client.api


@pytest.fixture
def other(exchange: Exchange) -> Iterator[Any]:
    """The client of a second account, with 50 000 USDT."""
    assert exchange.world.options is not None
    exchange.world.options.open_account("other", {"USDT": units("50000")})
    exchange.add_key(ApiKey.hmac("k" * 64, "s" * 64, account="other"))
    running = OptionsClient(exchange, api_key="k" * 64, api_secret="s" * 64)
    yield running.api
    running.close()


def best(api: Any, symbol: str) -> tuple[float, float]:
    """Bid and ask."""
    book = api.order_book(symbol, limit=10).data()
    return float(book.bids[0][0]), float(book.asks[0][0])


def buy(api: Any, symbol: str, quantity: float, price: float | None = None, **more: Any) -> Any:
    """Buy, at the ask unless a price is named."""
    price = best(api, symbol)[1] if price is None else price
    return api.new_order(symbol=symbol, side="BUY", quantity=quantity, price=price, **{**ORDER, **more}).data()


def sell(api: Any, symbol: str, quantity: float, price: float | None = None, **more: Any) -> Any:
    """Sell, at the bid unless a price is named."""
    price = best(api, symbol)[0] if price is None else price
    return api.new_order(symbol=symbol, side="SELL", quantity=quantity, price=price, **{**ORDER, **more}).data()


def bills(api: Any) -> list[tuple[str, Decimal]]:
    return [(row.type, Decimal(row.amount)) for row in api.account_funding_flow("USDT", limit=1000).data()]


def cash(api: Any) -> Decimal:
    """What came into the wallet so far."""
    return sum((amount for _, amount in bills(api)), Decimal())


def asset(api: Any) -> Any:
    """The account's USDT."""
    return api.option_margin_account_information().data().asset[0]


def refused(call: Any, *args: Any, **params: Any) -> tuple[int, str]:
    """Code and text that a call is refused with."""
    with pytest.raises(BadRequestError) as caught:
        call(*args, **params)
    code, text = caught.value.args[:2]
    return code, text


# -- from the first order to the exercise ----------------------------------------------------------------------------


def test_long_and_short_positions_through_an_expiry(binance: Mock, api: Any) -> None:
    """O-71 to O-73, O-75, O-76, O-78, O-79, O-81 to O-87."""
    binance.options.set_volatility("BTCUSDT", "0.9", flat=True)
    with freeze_time(TWO_HOURS_LEFT) as time:
        start = Decimal(asset(api).margin_balance)
        call, put, high = buy(api, CALL, 0.5), buy(api, PUT, 0.3), sell(api, HIGH, 0.2)
        premium = sum(
            Decimal(order.avg_price) * Decimal(part) for order, part in ((call, "-0.5"), (put, "-0.3"), (high, "0.2"))
        )
        buy(api, CALL, 0.1, 330.0, client_order_id="rests")

        held = {row.symbol: row for row in api.option_position_information().data()}
        assert {name: (row.side, row.quantity) for name, row in held.items()} == {
            CALL: ("LONG", "0.50"), PUT: ("LONG", "0.30"), HIGH: ("SHORT", "-0.20"),
        }  # fmt: skip
        assert (held[CALL].bid_quantity, held[CALL].entry_price) == ("0.10", call.avg_price)
        trades = [row for symbol in held for row in api.account_trade_list(symbol).data()]
        fees = sum(Decimal(row.fee) for row in trades)
        assert fees < 0
        assert cash(api) == premium + fees
        assert [kind for kind, _ in bills(api)] == ["CONTRACT", "FEE"] * 3
        account = asset(api)
        value = sum(Decimal(row.quantity) * Decimal(row.mark_price) for row in held.values())
        profit = sum(Decimal(row.unrealized_pnl) for row in held.values())
        assert abs(start + cash(api) + value - Decimal(account.equity)) < CENT
        assert abs(profit - Decimal(account.unrealized_pnl)) < CENT
        assert Decimal(account.initial_margin) > Decimal(account.maint_margin) > 0
        assert Decimal(account.available) == Decimal(account.equity) - Decimal(account.initial_margin)

        binance.usdm.set_index_price("BTCUSDT", "82000")
        time.move_to("2025-11-21 07:30:00")
        api.cancel_option_order(CALL, client_order_id="rests")
        buy(api, CALL, 0.1, 1700.0, client_order_id="expires")
        time.move_to(EXPIRY)
        records = {row.symbol: row for row in api.user_exercise_record().data()}
        assert {name: (row.position_side, row.exercise_price, row.amount) for name, row in records.items()} == {
            CALL: ("LONG", "82000.00000000", "1000.00000000"),
            PUT: ("LONG", "82000.00000000", "0.00000000"),
            HIGH: ("SHORT", "82000.00000000", "-200.00000000"),
        }
        # 0.015 % of the settlement price, and a tenth of what is paid at most.
        assert {name: Decimal(row.fee) for name, row in records.items()} == {
            CALL: Decimal("6.15"), PUT: 0, HIGH: Decimal("2.46"),
        }  # fmt: skip
        history = {row.symbol: row for row in api.historical_exercise_records("BTCUSDT", limit=100).data()}
        assert history[CALL].strike_result == "REALISTIC_VALUE_STRICKEN"
        assert history[CALL].real_strike_price == "82000.00000000"
        assert history[PUT].strike_result == "EXTRINSIC_VALUE_EXPIRED"

        assert api.option_position_information().data() == []
        assert api.query_current_open_option_orders().data() == []
        assert api.query_single_order(CALL, client_order_id="expires").data().status == "EXPIRED"
        assert CALL not in {row.symbol for row in api.exchange_information().data().option_symbols}
        assert refused(buy, api, CALL, 0.1, 100.0) == (-6049, "this symbol is not in trading status")

        assert cash(api) == premium + fees + 1000 - 200 - Decimal("8.61")
        account = asset(api)
        assert Decimal(account.margin_balance) == start + cash(api)
        assert (account.equity, account.available) == (account.margin_balance, account.margin_balance)
        assert (account.initial_margin, account.maint_margin) == ("0.00000000", "0.00000000")


def test_the_settlement_price_is_the_mean_of_half_an_hour(binance: Mock, api: Any) -> None:
    """O-81, O-82: the index stood at 79 970 for ten minutes of the thirty, then at 82 970."""
    with freeze_time(TWO_HOURS_LEFT) as time:
        buy(api, CALL, 1.0)
        time.move_to("2025-11-21 07:40:00")
        binance.usdm.set_index_price("BTCUSDT", "82970")
        time.move_to("2025-11-21 08:00:01")
        (record,) = api.user_exercise_record().data()
        assert (record.exercise_price, record.amount) == ("81970.00000000", "1970.00000000")


# -- orders -----------------------------------------------------------------------------------------------------------


def test_orders_rest_and_are_cancelled(api: Any) -> None:
    """O-58, O-60, O-62, O-63."""
    with freeze_time(TWO_HOURS_LEFT):
        placed = buy(api, CALL, 0.2, 130.0, client_order_id="mine")
        assert (placed.status, placed.quantity, placed.client_order_id) == ("NEW", "0.20", "mine")
        duplicate = (-6044, "clientOrderId is duplicated")
        assert refused(buy, api, CALL, 0.2, 130.0, client_order_id="mine") == duplicate
        assert api.cancel_option_order(CALL, client_order_id="mine").data().order_id == placed.order_id
        assert api.query_single_order(CALL, order_id=placed.order_id).data().status == "CANCELED"
        assert refused(api.cancel_option_order, CALL, order_id=placed.order_id)[0] == -6028
        assert refused(api.cancel_option_order, CALL, order_id=1) == (-2013, "Order does not exist.")

        for symbol in (CALL, PUT):
            buy(api, symbol, 0.1, 130.0)
        assert api.cancel_all_option_orders_on_specific_symbol(CALL).data().code == "0"
        assert [row.symbol for row in api.query_current_open_option_orders().data()] == [PUT]
        assert api.cancel_all_option_orders_by_underlying("BTCUSDT").data().code == 0
        assert api.query_current_open_option_orders().data() == []
        assert [row.status for row in api.query_option_order_history(CALL).data()] == ["CANCELED"] * 2


def test_a_batch_answers_each_order_by_itself(client: OptionsClient) -> None:
    """O-66: the model has no place for what failed."""
    api = client.api
    with freeze_time(TWO_HOURS_LEFT):
        good = Order(symbol=CALL, side="BUY", type="LIMIT", quantity=0.1, price=130.0, client_order_id="good")
        dear = Order(symbol=CALL, side="BUY", type="LIMIT", quantity=0.1, price=9000.0)
        answer, raw = client.call("place_multiple_orders", orders=[good, dear])
        placed, failed = answer.data()
        assert (placed.client_order_id, placed.status, failed.order_id) == ("good", "NEW", None)
        assert raw[1] == {"code": -4002, "msg": "Price greater than max price."}
        assert refused(api.place_multiple_orders, [good] * 11)[0] == -6011
        answer, raw = client.call("cancel_multiple_option_orders", symbol=CALL, client_order_ids=["good", "dear"])
        assert (answer.data()[0].client_order_id, raw[1]["code"]) == ("good", -2013)


def test_reduce_only_orders_only_reduce(api: Any) -> None:
    """O-61."""
    with freeze_time(TWO_HOURS_LEFT):
        assert refused(sell, api, CALL, 0.1, reduce_only=True)[0] == -6045
        buy(api, CALL, 0.5)
        assert refused(sell, api, CALL, 0.6, reduce_only=True)[0] == -6045
        assert sell(api, CALL, 0.5, reduce_only=True).status == "FILLED"
        assert api.option_position_information().data() == []
        bought, sold = api.account_trade_list(CALL).data()
        profit = (Decimal(sold.price) - Decimal(bought.price)) * Decimal("0.5")
        assert Decimal(sold.realized_profit) == profit < 0


def test_times_in_force(api: Any) -> None:
    """O-56, O-57."""
    with freeze_time(TWO_HOURS_LEFT):
        bid, ask = best(api, CALL)
        assert refused(buy, api, CALL, 0.1, ask, time_in_force="GTX")[0] == -6047
        assert buy(api, CALL, 0.1, bid, time_in_force="GTX").status == "NEW"
        assert refused(buy, api, CALL, 0.1, bid, time_in_force="FOK")[0] == -6046
        assert buy(api, CALL, 0.1, bid, time_in_force="IOC").status == "EXPIRED"
        assert buy(api, CALL, 0.1, ask, time_in_force="FOK").status == "FILLED"
        assert refused(buy, api, CALL, 0.1, ask, type="MARKET") == (-1116, "Invalid orderType.")


def test_what_the_account_cannot_pay_is_refused(exchange: Exchange, other: Any) -> None:
    """O-71, O-72."""
    with freeze_time(TWO_HOURS_LEFT):
        assert refused(buy, other, LATER, 40.0)[0] == -2018
        assert refused(sell, other, LATER, 10.0)[0] == -2027
        assert sell(other, LATER, 1.0).status == "FILLED"
        # A short's premium is in the wallet, and its value is owed (O-73).
        assert Decimal(asset(other).adjusted_equity) == 50_000 + cash(other) > 51_000


# -- market makers and block trades -----------------------------------------------------------------------------------


def test_a_countdown_cancels_and_blocks(api: Any) -> None:
    """O-100."""
    with freeze_time(TWO_HOURS_LEFT) as time:
        buy(api, CALL, 0.1, 130.0)
        assert api.set_auto_cancel_all_open_orders("BTCUSDT", 5000).data().countdown_time == 5000
        time.tick(4)
        assert api.auto_cancel_all_open_orders("BTCUSDT").data().underlyings == ["BTCUSDT"]
        time.tick(4)
        assert len(api.query_current_open_option_orders(CALL).data()) == 1
        time.tick(1.001)
        assert api.query_current_open_option_orders(CALL).data() == []
        assert refused(buy, api, CALL, 0.1, 130.0)[0] == -2010
        api.set_auto_cancel_all_open_orders("BTCUSDT", 0)
        assert buy(api, CALL, 0.1, 130.0).status == "NEW"


def test_protection_stops_a_market_maker(binance: Mock, api: Any) -> None:
    """O-101."""
    with freeze_time(TWO_HOURS_LEFT) as time:
        api.set_market_maker_protection_config("BTCUSDT", 5000, 10_000, 0.5, 10.0)
        for _ in range(3):
            buy(api, CALL, 0.3, 150.0, is_mmp=True)
        binance.options.set_mark_price(CALL, "140")
        binance.usdm.set_index_price("BTCUSDT", "79900")
        assert api.query_current_open_option_orders(CALL).data() == []
        assert refused(buy, api, CALL, 0.1, 130.0, is_mmp=True)[0] == -6058
        assert buy(api, CALL, 0.1, 120.0).status == "NEW"
        time.tick(10.001)
        assert buy(api, CALL, 0.1, 120.0, is_mmp=True).status == "NEW"


def test_a_block_trade_between_two_accounts(api: Any, other: Any) -> None:
    """O-102."""
    with freeze_time(TWO_HOURS_LEFT):
        leg = Leg(symbol=LATER, side="BUY", type="LIMIT", quantity="2", price="1500")
        offer = api.new_block_trade_order("MAKER", [leg]).data()
        assert offer.status == "RECEIVED"
        key = offer.block_trade_settlement_key
        assert other.query_block_trade_details(key).data().legs[0].price == "1500.000"
        assert other.accept_block_trade_order(key).data().status == "ACCEPTED"
        (row,) = api.option_position_information(LATER).data()
        assert (row.side, row.quantity, row.entry_price) == ("LONG", "2.00", "1500.000")
        (row,) = other.option_position_information(LATER).data()
        assert (row.side, row.quantity) == ("SHORT", "-2.00")
        fee = [Decimal(str(each.account_block_trade_list().data()[0].legs[0].fee)) for each in (api, other)]
        assert cash(api) == -3000 - fee[0]
        assert cash(other) == 3000 - fee[1]
        assert {row.symbol for row in api.recent_block_trades_list().data()} == {LATER}
        assert refused(other.accept_block_trade_order, key)[0] < 0


# -- user data and keys -----------------------------------------------------------------------------------------------


def test_listen_keys(api: Any) -> None:
    """O-88."""
    with freeze_time(TWO_HOURS_LEFT) as time:
        assert refused(api.keepalive_user_data_stream) == (-1125, "This listenKey does not exist.")
        first = api.start_user_data_stream().data()
        time.tick(3599)
        api.keepalive_user_data_stream()
        time.tick(3599)
        again = api.start_user_data_stream().data()
        assert again.listen_key == first.listen_key
        assert again.expiration - first.expiration == 2 * 3_599_000
        api.close_user_data_stream()
        assert api.start_user_data_stream().data().listen_key != first.listen_key


@pytest.mark.parametrize("type", ["RSA", "ED25519"])
def test_private_keys_sign(exchange: Exchange, type: str) -> None:
    """O-15."""
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if type == "RSA"
        else ed25519.Ed25519PrivateKey.generate()
    )
    exchange.add_key(ApiKey.asymmetric("asymmetric", public_pem(key)))
    client = OptionsClient(exchange, api_key="asymmetric", private_key=private_pem(key))
    try:
        with freeze_time(TWO_HOURS_LEFT):
            assert buy(client.api, CALL, 0.1, 130.0).status == "NEW"
            batch = [Order(symbol=CALL, side="BUY", type="LIMIT", quantity=0.1, price=130.0)]
            assert client.api.place_multiple_orders(batch).data()[0].status == "NEW"
    finally:
        client.close()


def test_a_wrong_secret_is_refused(exchange: Exchange) -> None:
    """O-14."""
    client = OptionsClient(exchange, api_key=exchange.api_key, api_secret="wrong")
    try:
        with pytest.raises((BadRequestError, UnauthorizedError)) as caught:
            client.api.option_margin_account_information()
        assert caught.value.args[:2] == (-1022, "Signature for this request is not valid.")
    finally:
        client.close()
