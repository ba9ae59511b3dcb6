"""What accounts are told of their assets and positions by USDⓈ-M and COIN-M futures alike."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.positions import MarginType
from binance_mock.venues.decimals import show
from binance_mock.venues.usdm.account_render import entry, short, trimmed, word
from binance_mock.venues.usdm.margins import Margins, Row, Wallet
from binance_mock.venues.usdm.render import ms, quantity

_WORDS: Final = {MarginType.ISOLATED: "isolated", MarginType.CROSSED: "cross"}


def asset_margins(asset: str, wallet: Wallet) -> dict[str, Any]:
    """The first fields of an asset of the account: what there is of it, and what of that is bound."""
    return {
        "asset": asset,
        "walletBalance": show(wallet.balance),
        "unrealizedProfit": show(wallet.unrealised),
        "marginBalance": show(wallet.margin_balance),
        "maintMargin": show(wallet.maintenance),
        "initialMargin": show(wallet.initial),
        "positionInitialMargin": show(wallet.position_initial),
        "openOrderInitialMargin": show(wallet.order_initial),
    }


def position_margins(row: Row) -> dict[str, Any]:
    """The fields of a position of the account that tell of its margin."""
    return {
        "initialMargin": short(row.initial),
        "maintMargin": short(row.maintenance),
        "unrealizedProfit": show(row.unrealised),
        "positionInitialMargin": short(row.position_initial),
        "openOrderInitialMargin": short(row.order_initial),
        "leverage": str(row.position.leverage),
        "isolated": row.isolated,
    }


def risk(margins: Margins, row: Row, *, most: str, notional: str) -> dict[str, Any]:
    """A position with its risk.

    Args:
        margins: of its account.
        row: the position.
        most: what the field is called that has the largest notional at its leverage.
        notional: what the field is called that has its notional.
    """
    position, info = row.position, row.info
    return {
        "symbol": info.name,
        "positionAmt": quantity(info, position.qty),
        "entryPrice": entry(position.entry),
        "breakEvenPrice": entry(position.break_even),
        "markPrice": show(row.mark),
        "unRealizedProfit": show(row.unrealised),
        "liquidationPrice": trimmed(margins.liquidation_price(row)),
        "leverage": str(position.leverage),
        most: trimmed(info.brackets.most_notional(position.leverage)),
        "marginType": _WORDS[position.margin_type],
        "isolatedMargin": show(row.isolated_margin),
        "isAutoAddMargin": word(False),
        "positionSide": position.side,
        notional: short(row.notional),
        "isolatedWallet": short(position.isolated_wallet),
        "updateTime": ms(position.updated),
    }
