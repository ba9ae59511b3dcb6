"""Key, account, coins, balances and fees, as `/sapi` shows them out of the world's state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.mock_server.spot_client import few_symbols, frozen_world
from tests.mock_server.venues.wallet.wallet_client import WalletClient

from binance_mock.engine.units import SCALE
from binance_mock.venues.spot.settings import CommissionRates
from binance_mock.world import AccountSettings


def by(name: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row[name]: row for row in rows}


def test_the_restrictions_are_those_of_the_key_that_asks() -> None:
    client = WalletClient()
    all_of_it = client.ask("GET account/apiRestrictions").ok()
    assert all_of_it["enableReading"]
    assert all_of_it["enableSpotAndMarginTrading"]
    assert all_of_it["enableFutures"]
    assert not all_of_it["ipRestrict"]
    reader = client.with_key("reader", permissions=["USER_DATA"], ips=["127.0.0.1"])
    reading = reader.ask("GET account/apiRestrictions").ok()
    assert reading["enableReading"]
    assert reading["ipRestrict"]
    assert not any(reading[name] for name in ("enableSpotAndMarginTrading", "enableMargin", "enableFutures"))


def test_an_account_that_may_not_trade_is_locked() -> None:
    client = WalletClient()
    assert not client.ask("GET account/apiTradingStatus").ok()["data"]["isLocked"]
    client.world.spot.accounts["default"].can_trade = False
    assert client.ask("GET account/apiTradingStatus").ok()["data"]["isLocked"]
    assert not client.ask("GET margin/account").ok()["tradeEnabled"]


def test_coins_are_those_of_the_markets_and_what_the_account_owns() -> None:
    client = WalletClient()
    client.order(price="60000", quantity="1")
    coins = by("coin", client.ask("GET capital/config/getall").ok())
    assert set(coins) == set(client.world.spot.assets)
    assert (coins["USDT"]["free"], coins["USDT"]["locked"]) == ("940000.00000000", "60000.00000000")
    for coin in coins.values():
        assert sum(network["isDefault"] for network in coin["networkList"]) == 1
        assert all(network["coin"] == coin["coin"] for network in coin["networkList"])
    spot = client.world.spot
    spot.ledger.deposit(spot.accounts["default"].money, "XYZ", SCALE)
    assert by("coin", client.ask("GET capital/config/getall").ok())["XYZ"]["free"] == "1.00000000"


def test_looking_at_coins_changes_nothing() -> None:
    client = WalletClient()
    before = dict(client.world.spot.accounts["default"].money.free)
    for call in ("GET capital/config/getall", "GET margin/account", "GET asset/wallet/balance"):
        client.ask(call).ok()
    assert client.world.spot.accounts["default"].money.free == before


def test_fees_are_those_of_the_account() -> None:
    client = WalletClient()
    fees = by("symbol", client.ask("GET asset/tradeFee").ok())
    assert set(fees) == set(client.world.spot.symbols)
    client.world.open_account(
        AccountSettings(name="cheap", balances={}, rates=CommissionRates(maker=20_000, taker=40_000))
    )
    (row,) = client.with_key("cheap", account="cheap").ask("GET asset/tradeFee", symbol="BTCUSDT").ok()
    assert row == {"symbol": "BTCUSDT", "makerCommission": "0.00020000", "takerCommission": "0.00040000"}
    commission = client.get("account/commission", symbol="BTCUSDT").ok()["standardCommission"]
    assert fees["BTCUSDT"]["takerCommission"] == commission["taker"]


def test_only_what_is_owned_is_listed() -> None:
    client = WalletClient()
    client.world.open_account(AccountSettings(name="one", balances={"BTC": 2 * SCALE, "ETH": 0}))
    one = client.with_key("one", account="one")
    (row,) = one.ask("POST /sapi/v3/asset/getUserAsset").ok()
    assert (row["asset"], row["free"], row["btcValuation"]) == ("BTC", "2.00000000", "0.00000000")
    (row,) = one.ask("POST /sapi/v3/asset/getUserAsset", asset="BTC", needBtcValuation="true").ok()
    assert row["btcValuation"] == "2.00000000"
    assert one.ask("POST /sapi/v3/asset/getUserAsset", asset="ETH").ok() == []


def test_wallets_of_all_markets_are_valued() -> None:
    client = WalletClient()
    client.world.open_account(
        AccountSettings(
            name="rich",
            balances={"BTC": SCALE},
            wallets={"usdm": {"USDT": 40_000 * SCALE}, "sapi": {"BTC": 3 * SCALE}},
        )
    )
    rich = client.with_key("rich", account="rich")
    price = Decimal(client.public("ticker/price", symbol="BTCUSDT").ok()["price"])
    for quote, unit in (("BTC", Decimal(1)), ("USDT", price)):
        rows = by("walletName", rich.ask("GET asset/wallet/balance", quoteAsset=quote).ok())
        found = {name: Decimal(rows[name]["balance"]) / unit for name in ("Spot", "Cross Margin", "Funding")}
        assert found == {"Spot": 1, "Cross Margin": 3, "Funding": 0}
        futures = Decimal(rows["USDⓈ-M Futures"]["balance"])
        assert abs(futures - 40_000 * unit / price) <= Decimal("0.00000001")
    assert "assetBalances" not in rows["Spot"]
    rows = by("walletName", rich.ask("GET asset/wallet/balance", needBalanceDetail="true").ok())
    (row,) = rows["Cross Margin"]["assetBalances"]
    assert (row["asset"], row["free"], row["btcValuation"]) == ("BTC", "3.00000000", "3.00000000")
    assert rows["Isolated Margin"] == {
        "activate": False, "balance": "0.00000000", "walletName": "Isolated Margin", "assetBalances": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asset", "quote", "whole"),
    [("BTC", "BTC", "1"), ("BTC", "USDT", "80000"), ("USDT", "BTC", "0.0000125"), ("XYZ", "BTC", "0")],
)
def test_what_a_unit_is_worth(asset: str, quote: str, whole: str) -> None:
    assert WalletClient().wallet.price(asset, quote) == Decimal(whole) * SCALE


def test_a_price_by_way_of_usdt() -> None:
    """SOL has no pair with LTC."""
    wallet = WalletClient().wallet
    assert wallet.price("SOL", "LTC") == wallet.price("SOL", "USDT") * SCALE // wallet.price("LTC", "USDT") > 0


def test_a_world_with_spot_alone_has_no_wallets() -> None:
    world = frozen_world(blueprint=few_symbols("BTCUSDT"))
    assert set(world.venues) == {"spot"}
    assert WalletClient(world).ask("GET account/status").refusal == (404, -1020)


def test_a_copy_shows_its_own_wallets() -> None:
    client = WalletClient()
    twin = WalletClient(client.world.fork())
    usdm = twin.world.usdm
    assert usdm is not None
    usdm.ledger.set_free(usdm.accounts["default"].money, "USDT", 0)
    usdm.ledger.set_free(usdm.accounts["default"].money, "BNB", 0)
    usdm.ledger.set_free(usdm.accounts["default"].money, "USDC", 0)
    rows = [by("walletName", each.ask("GET asset/wallet/balance").ok())["USDⓈ-M Futures"] for each in (client, twin)]
    assert Decimal(rows[0]["balance"]) > 0
    assert Decimal(rows[1]["balance"]) == 0


def test_a_key_without_an_account_here() -> None:
    client = WalletClient()
    client.world.spot.open_account("late", {})
    assert client.with_key("late", account="late").ask("GET account/status").refusal == (401, -2015)


def test_equal_worlds_are_equal() -> None:
    one, other = WalletClient(), WalletClient()
    assert one.ask("GET asset/wallet/balance").body == other.ask("GET asset/wallet/balance").body
