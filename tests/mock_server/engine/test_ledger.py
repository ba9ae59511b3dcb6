"""Accounts and the ledger: money is locked, moved and conserved, and never below zero."""

from __future__ import annotations

import pytest

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.market import Market, Rejection
from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce

from .scene import SCALE, Scene, free, locked, units


def test_lock_moves_from_free_to_locked_and_unlock_back() -> None:
    ledger = Ledger()
    ann = ledger.open(Fees.FREE)
    ledger.deposit(ann, "BTC", 10)
    assert ann.lock("BTC", 7)
    assert (ann.free["BTC"], ann.locked["BTC"]) == (3, 7)
    ann.unlock("BTC", 7)
    assert (ann.free["BTC"], ann.locked["BTC"]) == (10, 0)


def test_a_lock_beyond_what_is_free_moves_nothing() -> None:
    ledger = Ledger()
    ann = ledger.open(Fees.FREE)
    ledger.deposit(ann, "BTC", 10)
    assert ann.lock("BTC", 4)
    assert not ann.lock("BTC", 7)
    assert not ann.lock("ETH", 1)
    assert (ann.free["BTC"], ann.locked["BTC"]) == (6, 4)


def test_deposits_and_withdrawals_are_all_that_changes_the_total() -> None:
    ledger = Ledger()
    ann, ben = ledger.open(Fees.FREE), ledger.open(Fees.FREE)
    ledger.deposit(ann, "BTC", 10)
    ledger.deposit(ben, "BTC", 5)
    ledger.withdraw(ann, "BTC", 3)
    assert ledger.total("BTC") == ledger.deposited["BTC"] == 12


@pytest.mark.parametrize("amount", [8, -1])
def test_a_withdrawal_of_what_is_not_free_is_refused(amount: int) -> None:
    ledger = Ledger()
    ann = ledger.open(Fees.FREE)
    ledger.deposit(ann, "BTC", 10)
    ann.lock("BTC", 3)
    with pytest.raises(ValueError, match=f"cannot withdraw {amount} of BTC: 7 is free"):
        ledger.withdraw(ann, "BTC", amount)
    assert (ann.free["BTC"], ann.locked["BTC"], ledger.deposited["BTC"]) == (7, 3, 10)


def test_a_negative_deposit_is_refused() -> None:
    ledger = Ledger()
    ann = ledger.open(Fees.FREE)
    with pytest.raises(ValueError, match="below zero"):
        ledger.deposit(ann, "BTC", -1)
    assert ledger.deposited["BTC"] == ann.free["BTC"] == 0


def test_accounts_have_numbers_of_their_own_beside_those_of_the_exchange() -> None:
    ledger = Ledger()
    own = [ledger.house, ledger.collector, ledger.insurance]
    accounts = [*own, ledger.open(Fees.FREE), ledger.open(Fees.FREE)]
    assert len({account.id for account in accounts}) == 5
    assert [account.id for account in accounts[3:]] == [1, 2]
    assert list(ledger) == accounts


def test_trade_groups_never_meet_the_numbers_of_lone_accounts() -> None:
    """S-105: a group is shared by its members only."""
    ledger = Ledger()
    lone = [*ledger, *(ledger.open(Fees.FREE) for _ in range(20))]
    grouped = [ledger.open(Fees.FREE, trade_group=number) for number in range(20)]
    assert len({account.group for account in lone + grouped}) == 43
    assert ledger.open(Fees.FREE, trade_group=3).group == grouped[3].group


def test_money_goes_round_and_none_is_lost() -> None:
    scene = Scene()
    fees = Fees(Rates(maker=100_000, taker=150_000))
    ann, ben = scene.account(fees=fees, BTC="3", USDT="7"), scene.account(fees=fees, USDT="1000.00000001")
    scene.sell(ann, "1.23456789", "33.33333333")
    scene.buy(ben, "0.98765432", "40")
    scene.sell(ann, "1", "10")
    scene.buy(ben, "0.00000001", "40")
    for asset in ("BTC", "USDT"):
        assert scene.ledger.total(asset) == scene.ledger.deposited[asset]
    assert scene.ledger.deposited["BTC"] == 3 * SCALE
    assert free(scene.ledger.collector, "BTC") != "0"


def test_markets_of_one_ledger_share_the_money() -> None:
    ledger = Ledger()
    ann = ledger.open(Fees.FREE)
    ledger.deposit(ann, "USDT", units("100"))
    one, two = Market("BTCUSDT", "BTC", "USDT", ledger), Market("ETHUSDT", "ETH", "USDT", ledger)
    for market in (one, two):
        market.place(Order(ann, "a", Side.BUY, OrderType.LIMIT, TimeInForce.GTC, units("50"), SCALE), 1)
    assert (free(ann, "USDT"), locked(ann, "USDT")) == ("0", "100")


def test_open_orders_cannot_spend_the_same_money_twice() -> None:
    scene = Scene()
    ann = scene.account(USDT="100")
    first = scene.buy(ann, "1", "60")
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.buy(ann, "1", "40.00000001")
    scene.buy(ann, "1", "40")
    scene.cancel(first)
    assert (free(ann, "USDT"), locked(ann, "USDT")) == ("60", "40")


@pytest.mark.parametrize("side", ["BUY", "SELL"])
@pytest.mark.parametrize(
    ("type", "terms"),
    [
        ("LIMIT", {"price": "100"}),
        ("LIMIT", {"price": "100", "tif": "IOC"}),
        ("LIMIT", {"price": "100", "tif": "FOK"}),
        ("LIMIT", {"price": "100", "iceberg": "0.1"}),
        ("LIMIT_MAKER", {"price": "100"}),
        ("STOP_LOSS", {"stop": "100"}),
        ("TAKE_PROFIT_LIMIT", {"stop": "100", "price": "100"}),
        ("TAKE_PROFIT", {"stop": "100", "delta": 100}),
    ],
)
def test_no_order_without_the_money_for_it(side: str, type: str, terms: dict[str, str]) -> None:
    """S-95; nothing changes, and with the last unit it is accepted."""
    scene = Scene()
    ann = scene.account(BTC="0.99999999", USDT="99.99999999")
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.place(ann, side, type, "1", **terms)
    scene.ledger.deposit(ann, "BTC" if side == "SELL" else "USDT", 1)
    scene.place(ann, side, type, "1", **terms)
    assert scene.happened()[0] == "Accepted"


def test_a_market_sell_needs_its_whole_quantity_whatever_the_book_takes() -> None:
    scene = Scene()
    ann, ben = scene.account(BTC="1"), scene.account()
    scene.buy(ben, "0.5", "100")
    with scene.refuses(Rejection.INSUFFICIENT_BALANCES):
        scene.sell(ann, "1.00000001")
