"""Commissions: rules S-112 to S-116."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.commission import Fees, Rates, commission
from binance_mock.engine.ledger import Account, Ledger

from .scene import SCALE, Scene, free, text, units


def rates(maker: str = "0", taker: str = "0", buyer: str = "0", seller: str = "0") -> Rates:
    return Rates(units(maker), units(taker), units(buyer), units(seller))


PLAIN = Fees(rates("0.001", "0.002"))


Paid = tuple[str, str]
"""An amount and its asset."""


def traded(scene: Scene, buyer: Account, seller: Account, qty: str, price: str, taker: str = "BUY") -> list[Paid]:
    """One trade; what the buyer and then the seller paid for it, and in what."""
    if taker == "BUY":
        scene.sell(seller, qty, price)
        scene.buy(buyer, qty, price)
    else:
        scene.buy(buyer, qty, price)
        scene.sell(seller, qty, price)
    trade = scene.market.bag(buyer).trades[-1]
    fees = [(text(trade.maker_fee), trade.maker_fee_asset), (text(trade.taker_fee), trade.taker_fee_asset)]
    return fees if trade.buyer_maker else fees[::-1]


# -- from what is received (S-112) ----------------------------------------------------------------------------------


def test_a_buyer_pays_in_base_and_a_seller_in_quote() -> None:
    scene = Scene()
    ann, ben = scene.account(fees=PLAIN, USDT="1000"), scene.account(fees=PLAIN, BTC="2")
    assert traded(scene, ann, ben, "2", "100") == [("0.004", "BTC"), ("0.2", "USDT")]
    assert (free(ann, "BTC"), free(ben, "USDT")) == ("1.996", "199.8")
    collector = scene.ledger.collector
    assert (free(collector, "BTC"), free(collector, "USDT")) == ("0.004", "0.2")


def test_each_side_pays_by_its_role() -> None:
    scene = Scene()
    ann, ben = scene.account(fees=PLAIN), scene.account(fees=PLAIN)
    assert traded(scene, ann, ben, "1", "100", taker="BUY") == [("0.002", "BTC"), ("0.1", "USDT")]
    assert traded(scene, ann, ben, "1", "100", taker="SELL") == [("0.001", "BTC"), ("0.2", "USDT")]


def test_a_trade_with_oneself_costs_both_commissions() -> None:
    scene = Scene()
    ann = scene.account(fees=PLAIN, BTC="1", USDT="100")
    assert traded(scene, ann, ann, "1", "100") == [("0.002", "BTC"), ("0.1", "USDT")]
    assert (free(ann, "BTC"), free(ann, "USDT")) == ("0.998", "99.9")


def test_each_fill_has_its_own_commission() -> None:
    """S-115."""
    scene = Scene()
    ann, ben = scene.account(fees=PLAIN), scene.account()
    scene.sell(ben, "1", "100")
    scene.sell(ben, "3", "101")
    scene.buy(ann, "4")
    assert [text(trade.taker_fee) for trade in scene.market.bag(ann).trades] == ["0.002", "0.006"]


def test_rates_of_the_symbol_go_before_those_of_the_account() -> None:
    scene = Scene()
    ann, ben = scene.account(fees=PLAIN), scene.account()
    ann.symbol_fees["ETHUSDT"] = Fees(rates(taker="0.5"))
    assert traded(scene, ann, ben, "1", "100")[0] == ("0.002", "BTC")
    ann.symbol_fees["BTCUSDT"] = Fees(rates(taker="0.01"))
    assert traded(scene, ann, ben, "1", "100")[0] == ("0.01", "BTC")


# -- what adds up (S-113) -------------------------------------------------------------------------------------------


def test_role_and_side_and_all_three_kinds_add_up() -> None:
    fees = Fees(
        standard=rates("0.1", "0.2", "0.01", "0.02"),
        tax=rates("0.001", "0.002", "0.0001", "0.0002"),
        special=rates("0.00001", "0.00002", "0.000001", "0.000002"),
    )
    scene = Scene()
    ann, ben = scene.account(fees=fees), scene.account(fees=fees)
    assert traded(scene, ann, ben, "1", "1", taker="BUY") == [("0.212121", "BTC"), ("0.121212", "USDT")]
    assert traded(scene, ann, ben, "1", "1", taker="SELL") == [("0.111111", "BTC"), ("0.222222", "USDT")]


def test_no_rates_cost_nothing() -> None:
    scene = Scene()
    ann, ben = scene.account(bnb_burn=True, USDT="100", BNB="1"), scene.account()
    assert traded(scene, ann, ben, "1", "100") == [("0", "BTC"), ("0", "USDT")]


# -- precision (S-115) ----------------------------------------------------------------------------------------------


def test_amounts_are_cut_to_the_commission_precision() -> None:
    scene = Scene(base_unit="0.001", quote_unit="0.01")
    ann, ben = scene.account(fees=PLAIN), scene.account(fees=PLAIN)
    assert traded(scene, ann, ben, "0.999", "19.99") == [("0.001", "BTC"), ("0.01", "USDT")]


def test_less_than_the_smallest_amount_is_free() -> None:
    scene = Scene()
    ann, ben = scene.account(fees=PLAIN), scene.account(fees=PLAIN)
    assert traded(scene, ann, ben, "0.00000499", "0.01") == [("0", "BTC"), ("0", "USDT")]
    assert traded(scene, ann, ben, "0.000005", "0.01") == [("0.00000001", "BTC"), ("0", "USDT")]


# -- in BNB (S-112, S-114) ------------------------------------------------------------------------------------------


def test_bnb_pays_at_three_quarters_and_at_its_price() -> None:
    scene = Scene(bnb={"BTC": "0.01", "USDT": "300"})
    ann = scene.account(fees=PLAIN, bnb_burn=True, USDT="1000", BNB="1")
    ben = scene.account(fees=PLAIN, bnb_burn=True, BTC="1", BNB="1")
    # 0.002 BTC and 0.1 USDT, less a quarter.
    assert traded(scene, ann, ben, "1", "100") == [("0.15", "BNB"), ("0.00025", "BNB")]
    assert (free(ann, "BTC"), free(ann, "BNB")) == ("1", "0.85")
    assert (free(ben, "USDT"), free(ben, "BNB")) == ("100", "0.99975")
    assert free(scene.ledger.collector, "BNB") == "0.15025"


def test_the_discount_touches_the_standard_part_only() -> None:
    fees = Fees(rates(taker="0.004"), tax=rates(taker="0.01"), special=rates(buyer="0.1"))
    scene = Scene(bnb={"BTC": "1"})
    ann, ben = scene.account(fees=fees, bnb_burn=True, USDT="1000", BNB="1"), scene.account()
    assert traded(scene, ann, ben, "1", "100")[0] == ("0.113", "BNB")


@pytest.mark.parametrize(("discount", "fee"), [("0.25", "0.0005"), ("1", "0.002"), ("0", "0")])
def test_the_discount_is_a_factor(discount: str, fee: str) -> None:
    """S-114: what is configured is multiplied with, not taken off."""
    scene = Scene(bnb={"BTC": "1"})
    ann = scene.account(fees=Fees(rates(taker="0.002"), discount=units(discount)), bnb_burn=True, USDT="1000", BNB="1")
    assert traded(scene, ann, scene.account(), "1", "100")[0] == (fee, "BNB")


@pytest.mark.parametrize(("bnb", "fee"), [("0.0015", ("0.0015", "BNB")), ("0.00149999", ("0.002", "BTC"))])
def test_bnb_must_suffice_for_the_whole(bnb: str, fee: Paid) -> None:
    """S-112: else the full undiscounted sum comes from what was received."""
    scene = Scene(bnb={"BTC": "1"})
    ann = scene.account(fees=PLAIN, bnb_burn=True, USDT="1000", BNB=bnb)
    assert traded(scene, ann, scene.account(), "1", "100")[0] == fee


def test_locked_bnb_does_not_count() -> None:
    scene = Scene("BNB", "USDT", bnb={"USDT": "100"})
    ann = scene.account(fees=PLAIN, bnb_burn=True, BNB="2")
    scene.sell(ann, "1", "200")
    assert traded(scene, scene.account(), ann, "1", "100")[1] == ("0.1", "USDT")


def test_without_the_switch_bnb_is_left_alone() -> None:
    scene = Scene(bnb={"BTC": "1"})
    ann = scene.account(fees=PLAIN, USDT="1000", BNB="1")
    assert traded(scene, ann, scene.account(), "1", "100")[0] == ("0.002", "BTC")


def test_without_a_price_of_bnb_the_received_asset_pays() -> None:
    scene = Scene()
    ann = scene.account(fees=PLAIN, bnb_burn=True, USDT="1000", BNB="1")
    assert traded(scene, ann, scene.account(), "1", "100")[0] == ("0.002", "BTC")


def test_who_receives_bnb_can_pay_with_it() -> None:
    scene = Scene("BNB", "USDT")
    ann = scene.account(fees=PLAIN, bnb_burn=True, USDT="1000")
    assert traded(scene, ann, scene.account(), "1", "100")[0] == ("0.0015", "BNB")
    assert free(ann, "BNB") == "0.9985"


parts = st.integers(0, SCALE // 4)
kinds = st.builds(Rates, parts, parts, parts, parts)


@given(
    kinds=st.tuples(kinds, kinds, kinds),
    discount=st.integers(0, SCALE),
    amount=st.integers(0, 10**6 * SCALE),
    price=st.integers(1, 10**5 * SCALE),
    maker=st.booleans(),
    buyer=st.booleans(),
    unit=st.sampled_from((1, 10, 10**6)),
    bnb=st.none() | st.integers(0, 10**4 * SCALE),
)
def test_against_exact_arithmetic(
    kinds: tuple[Rates, Rates, Rates],
    discount: int,
    amount: int,
    price: int,
    maker: bool,
    buyer: bool,
    unit: int,
    bnb: int | None,
) -> None:
    fees = Fees(*kinds, discount=discount)
    ledger = Ledger()
    account = ledger.open(fees)
    account.bnb_burn = bnb is not None
    ledger.deposit(account, "BNB", bnb or 0)
    paid = commission(account, fees, amount, "USDT", maker=maker, buyer=buyer, unit=unit, bnb_price=lambda asset: price)
    standard, tax, special = (
        Fraction((k.maker if maker else k.taker) + (k.buyer if buyer else k.seller), SCALE) for k in kinds
    )
    in_bnb = int(amount * (standard * Fraction(discount, SCALE) + tax + special) * SCALE / price)
    if standard + tax + special and bnb is not None and bnb >= in_bnb:
        assert paid == (in_bnb, "BNB")
    else:
        assert paid == (int(amount * (standard + tax + special)) // unit * unit, "USDT")
