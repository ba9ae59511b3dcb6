"""Orders in contracts, their worth in coins, and the account's trades."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import DAY
from tests.mock_server.venues.coinm.coinm_client import ETH, PAIR, PERP, QUARTER, CoinmClient, quiet
from tests.mock_server.venues.usdm.usdm_client import MS

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE

SELL = Side.SELL
ORDER = {"symbol": PERP, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1, "price": 79000}


@pytest.fixture
def client() -> CoinmClient:
    return CoinmClient()


def test_a_resting_order(client: CoinmClient) -> None:
    placed = client.post("order", **ORDER, newClientOrderId="mine")
    assert (placed["status"], placed["cumQty"], placed["cumBase"], placed["avgPrice"]) == (
        "NEW", "0", "0.00000000", "0.00",
    )  # fmt: skip
    assert (placed["pair"], placed["origQty"], placed["price"]) == (PAIR, "1", "79000.0")
    assert "goodTillDate" not in placed
    by_id = {"symbol": PERP, "orderId": placed["orderId"]}
    assert client.get("order", **by_id) == client.get("openOrder", symbol=PERP, origClientOrderId="mine")
    assert (
        client.get("openOrders", symbol=PERP) == client.get("openOrders", pair=PAIR) == [client.get("order", **by_id)]
    )
    assert client.get("openOrders", symbol=ETH) == []
    cancelled = client.ask("DELETE", "order", **by_id).ok()
    assert cancelled["status"] == "CANCELED"
    assert client.refusal("DELETE", "order", **by_id) == (400, -2011, "Unknown order sent.")
    assert client.refusal("GET", "openOrder", **by_id) == (400, -2013, "Order does not exist.")
    assert client.refusal("GET", "order", symbol=PERP)[1] == -1102


def test_the_mean_price_of_a_fill_is_harmonic() -> None:
    """One contract each at 40000 and 50000 are 0.0045 BTC for 200 USD."""
    client = quiet()
    other = client.other()
    client.move_price(PERP, "45000")
    for price in (44_000, 46_000):
        client.order(SELL, SCALE, price * SCALE, by=other)
    done = client.limit("BUY", 2, 46000)
    assert (done["status"], done["executedQty"], done["cumBase"]) == ("FILLED", "2", "0.00444664")
    assert done["avgPrice"] == "44977.7777"
    assert client.position()["entryPrice"] == "44977.77777777"


@pytest.mark.parametrize(
    ("changes", "code", "msg"),
    [
        ({"quantity": "1.5"}, -1111, "Precision is over the maximum defined for this asset."),
        ({"quantity": 0}, -4003, "Quantity less than"),
        ({"quantity": 1000001}, -4005, "Quantity greater than max quantity."),
        ({"price": "79000.05"}, -1111, "Precision is over the maximum"),
        ({"price": 90000}, -4016, ""),
        ({"timeInForce": "GTD"}, -1115, "Invalid timeInForce."),
        ({"type": "STOP_MARKET", "stopPrice": 70000}, -4120, "Order type not supported for this endpoint."),
        ({"type": "NEITHER"}, -1116, "Invalid orderType."),
        ({"side": "HOLD"}, -1117, "Invalid side."),
        ({"reduceOnly": "true"}, -2022, "ReduceOnly Order is rejected."),
        ({"positionSide": "LONG"}, -4061, "Order's position side does not match user's setting."),
        ({"quantity": None}, -1102, "Mandatory parameter 'quantity' was not sent"),
        ({"price": None}, -1102, "Mandatory parameter 'price' was not sent"),
        ({"timeInForce": None}, -1102, "Mandatory parameter 'timeInForce' was not sent"),
        ({"newClientOrderId": "a" * 37}, -4015, "Client order id length should not be more than 36 chars"),
        ({"priceMatch": "OPPONENT"}, -1128, "Combination of optional parameters invalid."),
        ({"quantity": 160000, "side": "BUY"}, -2019, "Margin is insufficient."),
    ],
)
def test_refusals(client: CoinmClient, changes: dict[str, object], code: int, msg: str) -> None:
    status, refused, text = client.refusal("POST", "order", **{**ORDER, **changes})
    assert (status, refused) == (400, code)
    assert msg in text
    assert client.get("openOrders") == []


def test_a_price_of_the_book(client: CoinmClient) -> None:
    """Levels of ten are offered on both sides here."""
    bids = client.public("depth", symbol=PERP, limit=20).ok()["bids"]
    matched = client.limit("BUY", 1, None, priceMatch="QUEUE_10")
    assert (matched["price"], matched["priceMatch"]) == (bids[9][0], "QUEUE_10")
    assert client.limit("SELL", 1, None, priceMatch="OPPONENT_10")["status"] == "FILLED"


def test_all_orders_of_a_contract_are_cancelled(client: CoinmClient) -> None:
    client.limit("BUY", 1, 79000)
    client.limit("BUY", 1, 79001)
    client.limit("BUY", 1, 79500, symbol=QUARTER)
    done = {"code": 200, "msg": "The operation of cancel all open order is done."}
    assert client.ask("DELETE", "allOpenOrders", symbol=PERP).ok() == done
    assert [order["symbol"] for order in client.get("openOrders")] == [QUARTER]


def test_own_trades(client: CoinmClient) -> None:
    """U-117: worth in coins, commission in coins."""
    bought = client.limit("BUY", 4, 80100)
    sold = client.limit("SELL", 3, 79900)
    client.limit("BUY", 1, 80500, symbol=QUARTER)
    rows = client.get("userTrades", symbol=PERP)
    assert [(row["orderId"], row["side"], row["qty"]) for row in rows] == [
        (bought["orderId"], "BUY", "4"), (sold["orderId"], "SELL", "3"),
    ]  # fmt: skip
    # 400 / 79993 BTC, half a thousandth of it; 300 * (1/79993 - 1/79977) on the way out.
    assert (rows[0]["price"], rows[0]["baseQty"], rows[0]["commission"]) == ("79993.0", "0.00500043", "0.00000250")
    assert (rows[1]["realizedPnl"], rows[1]["commissionAsset"], rows[1]["marginAsset"]) == ("-0.00000075", "BTC", "BTC")
    assert (rows[0]["pair"], rows[0]["realizedPnl"], rows[0]["maker"], rows[0]["buyer"]) == (
        PAIR, "0.00000000", False, True,
    )  # fmt: skip
    client.world.clock.freeze(client.now + 1_000_000)
    client.limit("BUY", 1, 80100)
    both = client.get("userTrades", pair=PAIR)
    assert [row["symbol"] for row in both] == [PERP, PERP, QUARTER, PERP]
    assert client.get("userTrades", pair=PAIR, limit=2) == both[2:]
    assert client.get("userTrades", symbol=PERP, orderId=sold["orderId"]) == rows[1:]
    assert client.get("userTrades", symbol=PERP, fromId=rows[1]["id"], limit=1) == rows[1:]
    assert client.get("userTrades", symbol=PERP, limit=1, startTime=MS - 1000) == rows[:1]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, -1102),
        ({"pair": PAIR, "orderId": 1}, -1128),
        ({"pair": PAIR, "fromId": 1}, -1128),
        ({"symbol": PERP, "fromId": 1, "startTime": MS}, -1128),
        ({"symbol": PERP, "startTime": MS, "endTime": MS - 1}, -1023),
        ({"symbol": PERP, "startTime": MS - 7 * 86_400_000 - 1, "endTime": MS}, -1127),
        ({"symbol": PERP, "limit": 1001}, -1130),
    ],
)
def test_trades_that_cannot_be_asked_for(client: CoinmClient, asked: dict[str, object], code: int) -> None:
    assert client.refusal("GET", "userTrades", **asked)[:2] == (400, code)


def test_trades_of_seven_days_and_fifty_rows(client: CoinmClient) -> None:
    for _ in range(51):
        client.limit("BUY", 1, 80100)
    rows = client.get("userTrades", symbol=PERP)
    assert len(rows) == 50
    assert len(client.get("userTrades", symbol=PERP, limit=100)) == 51
    assert rows == client.get("userTrades", symbol=PERP, limit=100)[1:]
    client.world.clock.freeze(client.now + 7 * DAY + 1000)
    assert client.get("userTrades", symbol=PERP) == []
    assert len(client.get("userTrades", symbol=PERP, fromId=0)) == 50


def test_listen_keys(client: CoinmClient) -> None:
    """U-142, with texts and keys of its own."""
    renew = client.ask("PUT", "listenKey")
    assert (renew.code, renew.msg) == (
        -1125, "This listenKey does not exist. Please use 'POST /fapi/v1/listenKey' to recreate 'listenKey'",
    )  # fmt: skip
    key = client.post("listenKey")["listenKey"]
    assert client.post("listenKey")["listenKey"] == key
    assert client.ask("POST", "/fapi/v1/listenKey").ok()["listenKey"] != key
    assert client.ask("DELETE", "listenKey").ok() == {}
    assert client.ask("PUT", "listenKey").code == -1125


def test_the_placement_counts_and_a_long_window_is_refused(client: CoinmClient) -> None:
    reply = client.ask("POST", "order", **ORDER)
    assert reply.headers["x-mbx-order-count-1m"] == "1"
    assert client.ask("GET", "openOrders", recvWindow=60001).code != 0
    assert client.ask("GET", "openOrders", recvWindow=60000).code == 0
    assert client.ask("GET", "nothing").refusal == (404, -5000)
