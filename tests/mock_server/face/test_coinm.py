"""COIN-M futures in the hands of a test, here and over HTTP: as USDⓈ-M futures, in coins."""

from __future__ import annotations

from typing import Any

from binance_mock import Mock
from binance_mock.config import config_from

from .trading import signed

PERP = "BTCUSD_PERP"


def position(binance: Mock) -> Any:
    rows = signed(binance, "GET", "/dapi/v1/positionRisk", pair="BTCUSD").json()
    return next(row for row in rows if row["symbol"] == PERP)


def test_the_price_moves_and_usdm_stays(binance: Mock) -> None:
    before = binance.usdm.market("BTCUSDT")
    binance.coinm.set_price(PERP, "65000")
    row = binance.coinm.market(PERP)
    assert (row["last_price"], row["mark_price"], row["index_price"]) == ("65000.00000000",) * 3
    binance.coinm.set_mark_price(PERP, "64000")
    assert binance.coinm.market(PERP)["mark_price"] == "64000.00000000"
    assert binance.usdm.market("BTCUSDT") == before


def test_a_position_is_given_and_liquidated(binance: Mock) -> None:
    """U-124: 800 contracts at 80000 are 1 BTC; with 0.1 set aside the rest is gone at about 72800."""
    binance.coinm.set_price(PERP, "80000")
    binance.coinm.set_position(PERP, "800", "80000", leverage=10, margin_type="ISOLATED", isolated_wallet="0.1")
    row = position(binance)
    assert (row["positionAmt"], row["entryPrice"], row["isolatedWallet"]) == ("800", "80000.0", "0.10000000")
    assert 72_900 < float(row["liquidationPrice"]) < 73_100
    binance.coinm.set_mark_price(PERP, "73200")
    assert position(binance)["positionAmt"] == "800"
    binance.coinm.set_mark_price(PERP, "72800")
    assert position(binance)["positionAmt"] == "0"
    binance.coinm.follow_market(PERP)
    binance.coinm.set_position(PERP, "-5", "80000")
    (order,) = binance.coinm.liquidate(PERP)
    assert (order["side"], order["qty"]) == ("BUY", "5.00000000")


def test_wallets_are_configured_in_coins() -> None:
    config = {
        "world": {"standard_account": False},
        "accounts": [{"name": "ann", "coinm_balances": {"BTC": "2.5", "ETH": "1"}}],
    }
    (account,) = config_from(config, "test").settings.accounts
    assert account.wallets["coinm"] == {"BTC": 250_000_000, "ETH": 100_000_000}
