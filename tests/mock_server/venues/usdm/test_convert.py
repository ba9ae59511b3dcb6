"""Exchanging assets of the futures wallet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mock_server.venues.shapes import differences
from tests.mock_server.venues.usdm.signed_client import SignedClient
from tests.mock_server.venues.usdm.usdm_client import MS, amount

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE

DECIMAL = "string:decimal"
PAIR = {
    "fromAsset": "string", "toAsset": "string", "fromAssetMinAmount": DECIMAL, "fromAssetMaxAmount": DECIMAL,
    "toAssetMinAmount": DECIMAL, "toAssetMaxAmount": DECIMAL,
}  # fmt: skip
QUOTE = {
    "quoteId?": "string", "ratio": DECIMAL, "inverseRatio": DECIMAL, "validTimestamp": "long:ms", "toAmount": DECIMAL,
    "fromAmount": DECIMAL,
}  # fmt: skip
ACCEPTED = {"orderId": "string", "createTime": "long:ms", "orderStatus": "string"}
ORDER = {
    "orderId": "long", "orderStatus": "string", "fromAsset": "string", "fromAmount": DECIMAL, "toAsset": "string",
    "toAmount": DECIMAL, "ratio": DECIMAL, "inverseRatio": DECIMAL, "createTime": "long:ms",
}  # fmt: skip
SECOND = 1_000_000


@pytest.fixture
def client() -> SignedClient:
    """BTC is at 80 000, BNB at 800."""
    made = SignedClient()
    for symbol, price in (("BTCUSDT", 80_000), ("BNBUSDT", 800)):
        made.venue.set_marks(symbol, made.now, index=price * SCALE)
    return made


def quote(client: SignedClient, given: str = "USDT", taken: str = "BTC", **more: object) -> Any:
    asked = more or {"fromAmount": "8000"}
    return client.post("convert/getQuote", fromAsset=given, toAsset=taken, **asked)


def wallets(client: SignedClient) -> dict[str, int]:
    return {asset: client.own.money.free[asset] for asset in ("USDT", "BTC", "BNB")}


# -- quotes ----------------------------------------------------------------------------------------------------------


def test_a_quote_is_at_the_index_prices(client: SignedClient) -> None:
    made = quote(client)
    assert differences(QUOTE, made) == []
    assert made.pop("quoteId").isdigit()
    assert made == {
        "ratio": "0.00001250", "inverseRatio": "80000.00000000", "validTimestamp": MS + 10_000,
        "toAmount": "0.10000000", "fromAmount": "8000.00000000",
    }  # fmt: skip
    client.venue.set_marks("BTCUSDT", client.now, index=40_000 * SCALE)
    assert quote(client)["toAmount"] == "0.20000000"
    across = quote(client, "BNB", "BTC", fromAmount="5")
    assert (across["ratio"], across["inverseRatio"], across["toAmount"]) == ("0.02000000", "50.00000000", "0.10000000")


def test_a_quote_for_what_shall_come(client: SignedClient) -> None:
    """What is given is rounded up, so that nothing comes from nowhere."""
    made = quote(client, toAmount="0.001")
    assert (made["fromAmount"], made["toAmount"]) == ("80.00000000", "0.00100000")
    client.venue.set_marks("BTCUSDT", client.now, index=70_000 * SCALE)
    assert quote(client, "BTC", "USDT", toAmount="10")["fromAmount"] == "0.00014286"


def test_there_is_an_id_only_when_the_wallet_holds_enough(client: SignedClient) -> None:
    assert "quoteId" in quote(client, fromAmount="100000")
    assert "quoteId" not in quote(client, fromAmount="100000.00000001")
    assert "quoteId" not in quote(client, "BTC", "USDT", fromAmount="0.01")
    client.order(Side.BUY, SCALE)  # Its margin is no longer free.
    assert "quoteId" not in quote(client, fromAmount="99000")


@given(
    given=st.sampled_from(["USDT", "BTC", "BNB", "ETH", "USDC"]),
    taken=st.sampled_from(["USDT", "BTC", "BNB", "ETH", "USDC"]),
    wanted=st.integers(1, 10**12),
    ours=st.booleans(),
)
@settings(max_examples=60)
def test_nobody_gains_by_rounding(given: str, taken: str, wanted: int, ours: bool) -> None:
    client = SignedClient()
    name = "fromAmount" if ours else "toAmount"
    text = f"{wanted // SCALE}.{wanted % SCALE:08}"
    reply = client.ask("POST", "convert/getQuote", fromAsset=given, toAsset=taken, **{name: text})
    if reply.status != 200:
        assert reply.code == -1130
        return
    worth = {
        asset: client.venue.index_price(f"{asset}USDT") if f"{asset}USDT" in client.venue.symbols else SCALE
        for asset in (given, taken)
    }
    gives, takes = amount(reply.json["fromAmount"]), amount(reply.json["toAmount"])
    assert (gives if ours else takes) == wanted
    assert takes * worth[taken] <= gives * worth[given]
    assert (takes + 1) * worth[taken] > (gives - (not ours)) * worth[given]


# -- taking one ------------------------------------------------------------------------------------------------------


def test_a_quote_that_is_taken_moves_the_wallets_once(client: SignedClient) -> None:
    made, before = quote(client), wallets(client)
    client.world.clock.move(2 * SECOND)
    taken = client.post("convert/acceptQuote", quoteId=made["quoteId"])
    assert differences(ACCEPTED, taken) == []
    assert (taken["orderStatus"], taken["createTime"]) == ("PROCESS", MS + 2000)
    after = {"USDT": before["USDT"] - 8000 * SCALE, "BTC": before["BTC"] + SCALE // 10, "BNB": before["BNB"]}
    assert wallets(client) == after
    assert client.refusal("POST", "convert/acceptQuote", quoteId=made["quoteId"])[:2] == (400, -1130)
    assert wallets(client) == after
    ledger = client.venue.ledger
    assert all(ledger.total(asset) == ledger.deposited[asset] for asset in after)


def test_how_it_shows(client: SignedClient) -> None:
    made = quote(client)
    taken = client.post("convert/acceptQuote", quoteId=made["quoteId"])
    order = client.get("convert/orderStatus", orderId=taken["orderId"])
    assert differences(ORDER, order) == []
    assert order == client.get("convert/orderStatus", quoteId=made["quoteId"])
    assert order == {
        "orderId": int(taken["orderId"]), "orderStatus": "SUCCESS", "fromAsset": "USDT", "toAsset": "BTC",
        "fromAmount": made["fromAmount"], "toAmount": made["toAmount"], "ratio": made["ratio"],
        "inverseRatio": made["inverseRatio"], "createTime": taken["createTime"],
    }  # fmt: skip
    rows = {row["incomeType"]: (row["asset"], row["income"]) for row in client.get("income")}
    assert rows == {
        "COIN_SWAP_WITHDRAW": ("USDT", "-8000.00000000"), "COIN_SWAP_DEPOSIT": ("BTC", "0.10000000"),
    }  # fmt: skip
    balances = {row["asset"]: row["balance"] for row in client.get("v3/balance")}
    assert (balances["USDT"], balances["BTC"]) == ("92000.00000000", "0.10000000")


@pytest.mark.parametrize(("waited", "status"), [(10 * SECOND, 200), (10 * SECOND + 1, 400)])
def test_a_quote_holds_for_ten_seconds_of_the_worlds_clock(client: SignedClient, waited: int, status: int) -> None:
    made = quote(client)
    client.venue.set_marks("BTCUSDT", client.now, index=160_000 * SCALE)
    client.world.clock.move(waited)
    reply = client.ask("POST", "convert/acceptQuote", quoteId=made["quoteId"])
    assert reply.status == status
    assert wallets(client)["BTC"] == (SCALE // 10 if status == 200 else 0)


def test_money_that_is_gone_meanwhile(client: SignedClient) -> None:
    first, second = quote(client, fromAmount="60000"), quote(client, fromAmount="60000")
    assert first["quoteId"] != second["quoteId"]
    client.post("convert/acceptQuote", quoteId=first["quoteId"])
    before = wallets(client)
    refused = client.refusal("POST", "convert/acceptQuote", quoteId=second["quoteId"])
    assert refused == (400, -2018, "Balance is insufficient.")
    assert wallets(client) == before


def test_a_copy_takes_its_own(client: SignedClient) -> None:
    made = quote(client)
    twin = SignedClient(client.world.fork())
    twin.post("convert/acceptQuote", quoteId=made["quoteId"])
    assert wallets(client)["BTC"] == 0
    client.post("convert/acceptQuote", quoteId=made["quoteId"])
    assert wallets(client) == wallets(twin)
    assert quote(client)["quoteId"] == quote(twin)["quoteId"]


# -- what can be converted -------------------------------------------------------------------------------------------


def test_pairs(client: SignedClient) -> None:
    rows = client.public("convert/exchangeInfo", fromAsset="BTC", toAsset="USDT").ok()
    assert differences([PAIR], rows) == []
    assert rows == [
        {
            "fromAsset": "BTC", "toAsset": "USDT",
            "fromAssetMinAmount": "0.00001250", "fromAssetMaxAmount": "12.50000000",
            "toAssetMinAmount": "1.00000000", "toAssetMaxAmount": "1000000.00000000",
        }
    ]  # fmt: skip
    assets = {row["asset"] for row in client.venue.assets}
    from_btc = client.public("convert/exchangeInfo", fromAsset="BTC").ok()
    assert {row["toAsset"] for row in from_btc} == assets - {"BTC"}
    to_btc = client.public("convert/exchangeInfo", toAsset="BTC").ok()
    assert {row["fromAsset"] for row in to_btc} == assets - {"BTC"}
    assert client.public("convert/exchangeInfo", fromAsset="BTC", toAsset="BTC").ok() == []


def test_what_they_weigh(client: SignedClient) -> None:
    assert client.weight("convert/exchangeInfo", fromAsset="BTC") == 20
    weights = []
    for verb, path, params in (
        ("POST", "getQuote", {"fromAsset": "USDT", "toAsset": "BTC", "fromAmount": 10}),
        ("POST", "acceptQuote", {"quoteId": 1}),
        ("GET", "orderStatus", {"orderId": 1}),
    ):
        before = int(client.public("ping").headers["x-mbx-used-weight-1m"])
        reply = client.ask(verb, f"convert/{path}", **params)
        weights.append(int(reply.headers["x-mbx-used-weight-1m"]) - before)
    assert weights == [50, 200, 50]


@pytest.mark.parametrize(
    ("changes", "code", "msg"),
    [
        ({"fromAsset": "XYZ"}, -1108, "Invalid asset."),
        ({"toAsset": "btc"}, -1108, "Invalid asset."),
        ({"toAsset": "USDT"}, -1130, "Data sent for parameter 'toAsset' is not valid."),
        ({"fromAmount": None}, -1102, "Param 'fromAmount' or 'toAmount' must be sent, but both were empty/null!"),
        ({"toAmount": "1"}, -1128, "Combination of optional parameters invalid."),
        ({"fromAmount": "0"}, -1130, "Data sent for parameter 'fromAmount' is not valid."),
        ({"fromAmount": "0.99999999"}, -1130, "Data sent for parameter 'fromAmount' is not valid."),
        ({"fromAmount": "1000000.00000001"}, -1130, "Data sent for parameter 'fromAmount' is not valid."),
        ({"fromAmount": None, "toAmount": "20"}, -1130, "Data sent for parameter 'toAmount' is not valid."),
        ({"fromAmount": "1.000000001"}, -1111, "Precision is over the maximum defined for this asset."),
        ({"validTime": "30s"}, -1130, "Data sent for parameter 'validTime' is not valid."),
        ({"fromAsset": None}, -1102, "Mandatory parameter 'fromAsset' was not sent, was empty/null, or malformed."),
    ],
)
def test_refused_quotes(client: SignedClient, changes: dict[str, object], code: int, msg: str) -> None:
    """U-36."""
    asked: dict[str, object] = {"fromAsset": "USDT", "toAsset": "BTC", "fromAmount": "100", "validTime": "10s"}
    assert client.refusal("POST", "convert/getQuote", **(asked | changes)) == (400, code, msg)


def test_other_refusals(client: SignedClient) -> None:
    """U-36."""
    bad = "Data sent for parameter 'quoteId' is not valid."
    assert client.refusal("POST", "convert/acceptQuote", quoteId="7") == (400, -1130, bad)
    made = quote(client)["quoteId"]
    gone = (400, -2013, "Order does not exist.")
    assert client.refusal("GET", "convert/orderStatus", quoteId=made) == gone
    assert client.refusal("GET", "convert/orderStatus", orderId=made) == gone
    neither = "Param 'orderId' or 'quoteId' must be sent, but both were empty/null!"
    assert client.refusal("GET", "convert/orderStatus") == (400, -1102, neither)
    pair = "Param 'fromAsset' or 'toAsset' must be sent, but both were empty/null!"
    reply = client.public("convert/exchangeInfo")
    assert (*reply.refusal, reply.msg) == (400, -1102, pair)
    assert client.public("convert/exchangeInfo", toAsset="XYZ").refusal == (400, -1108)
