"""The same commands at the same times give the same events, ids and books: a market can be replayed."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.market import Market, Rejected
from binance_mock.engine.orders import Extras, Order, OrderType, Side, StpMode, TimeInForce

SCALE = 10**8
LIMITED = (OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
STOPS = tuple(type for type in OrderType if "STOP" in type or "PROFIT" in type)


def play(seed: int, commands: int) -> list[str]:
    """Random commands on a new market; what they said, and at the end what there is."""
    draw = Random(seed)
    ledger = Ledger()
    market = Market("BTCUSDT", "BTC", "USDT", ledger, lot=1000, bnb_price=lambda asset: 300 * SCALE)
    fees = Fees(Rates(100_000, 150_000), tax=Rates(buyer=12_345))
    accounts = [ledger.open(fees, trade_group=group) for group in (-1, 4, 4, -1)]
    accounts[0].bnb_burn = True
    for account in accounts:
        for asset in ("BTC", "USDT", "BNB"):
            ledger.deposit(account, asset, 10_000 * SCALE)
    said = []
    for number in range(commands):
        now = 1_000 * number
        account = draw.choice(accounts)
        opened = list(market.bag(account).open.values())
        try:
            if opened and draw.random() < 0.2:
                events = market.cancel(draw.choice(opened), f"cancel{number}", now)
            else:
                events = market.place(drawn_order(draw, account, number), now)
        except Rejected as refusal:
            said.append(f"{number} {refusal!r}")
        else:
            said.append(f"{number} {events!r}")
    said.append(repr(market.book.depth(1000)))
    said.append(repr([sorted(account.free.items()) for account in ledger]))
    said.append(repr(market.prevented))
    return said


def drawn_order(draw: Random, account: Account, number: int) -> Order:
    type = draw.choice(list(OrderType))
    by_quote = type is OrderType.MARKET and draw.random() < 0.5
    extras = None
    if type in STOPS:
        extras = Extras(stop_price=draw.randint(90, 110) * SCALE, trailing_delta=draw.choice((0, 0, 100, 500)))
    return Order(
        account,
        f"order{number}",
        draw.choice(list(Side)),
        type,
        draw.choice(list(TimeInForce)) if type in LIMITED and type is not OrderType.LIMIT_MAKER else TimeInForce.GTC,
        draw.randint(95, 105) * SCALE if type in LIMITED else 0,
        0 if by_quote else draw.randint(1, 5) * SCALE // 3,
        100 * SCALE if by_quote else 0,
        draw.choice(list(StpMode)),
        extras,
    )


@given(seed=st.integers(0, 2**32))
def test_the_same_commands_say_the_same(seed: int) -> None:
    assert play(seed, 40) == play(seed, 40)


def test_what_is_said_tells_commands_apart() -> None:
    assert play(1, 40) != play(2, 40)


def test_what_is_said_covers_every_kind_of_event() -> None:
    said = "".join(play(0, 400))
    for word in ("Accepted(", "Triggered(", "Traded(", "Prevented(", "Canceled(", "Expired(", "Rejected("):
        assert word in said


def test_the_order_of_hashes_has_no_part_in_it() -> None:
    """Other processes, in which sets and texts hash differently, say the same."""
    outputs = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        run = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, check=True)
        outputs.add(run.stdout)
    assert outputs == {"\n".join(play(7, 300)) + "\n"}


if __name__ == "__main__":
    print("\n".join(play(7, 300)))
