"""Lists of orders and trades, and cancelling many: O-2, O-8, O-26, O-41, O-63 to O-65, O-78, O-79, O-87."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import frozen_world
from tests.mock_server.venues.options.options_client import (
    CALL,
    DAILY,
    DAY_MS,
    EXPIRY_MS,
    MS,
    PUT,
    OptionsClient,
    client,
)
from tests.mock_server.venues.options.order_calls import calls, fields, placed, query, refused, trade, wrong

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.gate.keys import ApiKey, Permission
from binance_mock.world import WorldSettings

GENERATIONS = ("2026", "2023")


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("path", ["openOrders", "historyOrders", "userTrades"])
def test_the_lists_have_their_shape(path: str, generation: str) -> None:
    options = client(dialect=generation)
    trade(options, "BUY", clientOrderId="a") if generation == "2026" else trade(options, "BUY")
    placed(options)
    rows = options.get(path, symbol=CALL)
    assert len(rows) == 1
    assert wrong(f"GET /eapi/v1/{path}", rows, generation) == []


def test_every_shape_is_held() -> None:
    """By this file, `test_orders` and `test_batches`."""
    many = {f"GET /eapi/v1/{path}" for path in ("openOrders", "historyOrders", "userTrades")}
    one = {f"{verb} /eapi/v1/order" for verb in ("POST", "GET", "DELETE")}
    several = {f"{verb} /eapi/v1/batchOrders" for verb in ("POST", "DELETE")}
    all = {f"DELETE /eapi/v1/{path}" for path in ("allOpenOrders", "allOpenOrdersByUnderlying")}
    assert calls() == many | one | several | all


# -- cancelling many -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("orders", [0, 3])
def test_cancelling_all_of_a_contract(orders: int, generation: str) -> None:
    """O-63: code 0 as text since 2026; with nothing open, too."""
    options = client(dialect=generation)
    for _ in range(orders):
        placed(options)
    placed(options, symbol=PUT)
    answer = options.ask("DELETE", "allOpenOrders", symbol=CALL).ok()
    assert answer == {"code": "0" if generation == "2026" else 0, "msg": "success"}
    assert wrong("DELETE /eapi/v1/allOpenOrders", answer, generation) == []
    assert [row["symbol"] for row in options.get("openOrders")] == [PUT]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("orders", [0, 3])
def test_cancelling_all_of_an_underlying(orders: int, generation: str) -> None:
    """O-63: code 0 as a number, and in 2023 how many there were."""
    options = client(dialect=generation)
    for number in range(orders):
        placed(options, symbol=(CALL, PUT)[number % 2])
    name = next(name for name in options.listed() if name.startswith("ETH"))
    placed(options, symbol=name, price="0.1")
    answer = options.ask("DELETE", "allOpenOrdersByUnderlying", underlying="BTCUSDT").ok()
    assert answer == {"code": 0, "msg": "success"} | ({"data": orders} if generation == "2023" else {})
    assert wrong("DELETE /eapi/v1/allOpenOrdersByUnderlying", answer, generation) == []
    assert [row["symbol"] for row in options.get("openOrders")] == [name]


def test_cancelling_all_of_what_is_not_there() -> None:
    options = OptionsClient()
    assert options.refusal("DELETE", "allOpenOrders", symbol="BTC-1-1-C") == (400, -1121, "Invalid symbol.")
    wanted = (400, -1128, "Invalid underlying")
    assert options.refusal("DELETE", "allOpenOrdersByUnderlying", underlying="NONE") == wanted


def test_orders_of_others_stay() -> None:
    options = OptionsClient()
    before = options.public("depth", symbol=CALL).ok()["bids"]
    placed(options)
    options.ask("DELETE", "allOpenOrders", symbol=CALL).ok()
    assert options.public("depth", symbol=CALL).ok()["bids"] == before


# -- open orders -----------------------------------------------------------------------------------------------------


def test_open_orders_of_one_contract_or_all() -> None:
    """O-2: oldest first, whatever the contract."""
    options = OptionsClient()
    ids = []
    for symbol in (PUT, CALL, PUT):
        ids.append(placed(options, symbol=symbol)["orderId"])
        options.wait(10)
    assert [row["symbol"] for row in options.get("openOrders")] == [PUT, CALL, PUT]
    assert [row["orderId"] for row in options.get("openOrders", symbol=PUT)] == [ids[0], ids[2]]
    assert [row["orderId"] for row in options.get("openOrders", symbol=PUT, orderId=ids[2])] == [ids[2]]
    assert [row["symbol"] for row in options.get("openOrders", startTime=MS + 10, endTime=MS + 10)] == [CALL]
    assert options.refusal("GET", "openOrders", startTime=2, endTime=1)[1] == -6031


def test_open_orders_of_all_weigh_40() -> None:
    """O-41"""
    options = OptionsClient()
    assert options.ask("GET", "openOrders").headers["x-mbx-used-weight-1m"] == "40"
    assert options.ask("GET", "openOrders", symbol=CALL).headers["x-mbx-used-weight-1m"] == "41"


# -- history ---------------------------------------------------------------------------------------------------------


def test_history_shows_what_is_over_with_the_sign_of_its_side() -> None:
    """O-64, O-65: sales below zero there, and there alone."""
    options = OptionsClient()
    trade(options, "BUY", "0.3")
    sold = trade(options, "SELL", "0.2")
    placed(options)
    rows = options.get("historyOrders", symbol=CALL)
    assert [(row["quantity"], row["executedQty"]) for row in rows] == [("0.30", "0.30"), ("-0.20", "-0.20")]
    assert query(options, sold)["quantity"] == "0.20"


def test_history_is_of_five_days() -> None:
    """O-64"""
    options = OptionsClient()
    symbol = next(name for name in options.listed() if name.startswith("BTC-231229"))
    placed(options, symbol=symbol, timeInForce="IOC", price="5")
    options.wait(5 * DAY_MS)
    assert len(options.get("historyOrders", symbol=symbol)) == 1
    options.wait(1)
    assert options.get("historyOrders", symbol=symbol) == []


def test_history_pages() -> None:
    options = OptionsClient()
    ids = []
    for _ in range(4):
        ids.append(placed(options, timeInForce="IOC")["orderId"])
        options.wait(10)

    def shown(**params: object) -> list[int]:
        return [row["orderId"] for row in options.get("historyOrders", symbol=CALL, **params)]

    assert shown() == ids
    assert shown(limit=2) == ids[2:]
    assert shown(orderId=ids[1], limit=2) == ids[1:3]
    assert shown(startTime=MS + 10, limit=2) == ids[1:3]
    assert shown(startTime=MS + 10, endTime=MS + 20) == ids[1:3]
    for limit in (0, 1001):
        assert options.refusal("GET", "historyOrders", symbol=CALL, limit=limit)[:2] == (400, -6008)
    assert options.refusal("GET", "historyOrders")[:2] == (400, -1102)


def test_a_contract_that_expired_is_remembered() -> None:
    """O-64, O-69"""
    options = OptionsClient()
    order = placed(options, symbol=DAILY, price="5", timeInForce="IOC")
    trade(options, "BUY", symbol=DAILY)
    options.wait_until(EXPIRY_MS)
    assert len(options.get("historyOrders", symbol=DAILY)) == 2
    assert len(options.get("userTrades", symbol=DAILY)) == 1
    assert query(options, order)["status"] == "EXPIRED"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_cancelled_orders_without_a_fill_are_forgotten(generation: str) -> None:
    """O-64: three days after they were made."""
    options = client(dialect=generation)
    symbol = next(name for name in options.listed() if name.startswith("BTC-231229"))
    order = placed(options, symbol=symbol, price="5")
    options.wait(DAY_MS)
    options.ask("DELETE", "order", symbol=symbol, orderId=order["orderId"]).ok()
    filled = trade(options, "BUY", symbol=symbol)
    options.wait(2 * DAY_MS)
    assert query(options, order)["status"].startswith("CANCEL")
    options.wait(1)
    wanted = (400, -2013, "Order does not exist.")
    assert options.refusal("GET", "order", symbol=symbol, orderId=order["orderId"]) == wanted
    options.wait(9 * DAY_MS)
    assert query(options, filled)["status"] == "FILLED"


# -- trades ----------------------------------------------------------------------------------------------------------


def test_trades_show_fee_and_profit() -> None:
    """O-76, O-87: the fee is below zero here."""
    options = OptionsClient()
    bought, sold = trade(options, "BUY", "0.3"), trade(options, "SELL", "0.2")
    rows = options.get("userTrades", symbol=CALL)
    assert [(row["orderId"], row["side"], row["quantity"]) for row in rows] == [
        (bought["orderId"], "BUY", "0.30"), (sold["orderId"], "SELL", "0.20"),
    ]  # fmt: skip
    assert [float(row["fee"]) for row in rows] == pytest.approx([-79_970 * 0.00024 * qty for qty in (0.3, 0.2)])
    profit = (float(sold["avgPrice"]) - float(bought["avgPrice"])) * 0.2
    assert [float(row["realizedProfit"]) for row in rows] == pytest.approx([0, profit])
    assert {row["liquidity"] for row in rows} == {"TAKER"}


def test_trades_have_ids_of_their_own() -> None:
    """O-8: large, rising over all contracts; fromId goes by them."""
    options = OptionsClient()
    for symbol in (CALL, PUT, CALL):
        trade(options, "BUY", symbol=symbol)
    first, last = options.get("userTrades", symbol=CALL)
    (middle,) = options.get("userTrades", symbol=PUT)
    assert 2**53 < first["id"] < middle["id"] < last["id"]
    assert options.get("userTrades", symbol=CALL, fromId=last["id"]) == [last]
    assert options.get("userTrades", symbol=CALL, fromId=first["id"], limit=1) == [first]
    assert options.get("userTrades", symbol=CALL, limit=1) == [last]


def test_trades_of_three_months() -> None:
    """O-64"""
    options = OptionsClient()
    symbol = next(name for name in options.listed() if name.startswith("BTC-240329"))
    trade(options, "BUY", symbol=symbol)
    options.wait(90 * DAY_MS)
    assert len(options.get("userTrades", symbol=symbol)) == 1
    options.wait(1)
    assert options.get("userTrades", symbol=symbol) == []


def test_trades_need_a_contract_since_2026() -> None:
    """O-64: before, none stood for all; and the volatility was told."""
    assert OptionsClient().refusal("GET", "userTrades")[:2] == (400, -1102)
    options = client(dialect="2023")
    for symbol in (CALL, PUT):
        trade(options, "BUY", symbol=symbol)
    rows = options.get("userTrades")
    assert [row["symbol"] for row in rows] == [CALL, PUT]
    assert all(0.1 < float(row["volatility"]) < 2 for row in rows)


# -- rights ----------------------------------------------------------------------------------------------------------


def test_some_reads_are_trade() -> None:
    """O-26: a key that only reads fails at order and historyOrders, not at openOrders and userTrades."""
    key = ApiKey.hmac(EXAMPLE_PAIR.api_key, EXAMPLE_PAIR.secret, account="default", permissions=[Permission.USER_DATA])
    options = OptionsClient(frozen_world(WorldSettings(keys=(key,))))
    for path in ("order", "historyOrders"):
        assert options.refusal("GET", path, symbol=CALL, orderId=1)[:2] == (401, -2015)
    for path in ("openOrders", "userTrades"):
        assert options.get(path, symbol=CALL) == []
    assert refused(options)[:2] == (401, -2015)
    assert fields()["symbol"] == CALL
