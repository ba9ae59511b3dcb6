"""When an account may only reduce, and what it is refused then: O-80."""

from __future__ import annotations

from typing import Final

from tests.mock_server.venues.options.options_client import CALL, DAILY, EXPIRY_MS, MS, OptionsClient, client

from binance_mock.control.control import Control
from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.accounts import ASSET
from binance_mock.venues.options.margins import Margins
from binance_mock.worlds import Worlds

HIGH: Final = 90_000
"""An index at which the margin of who wrote at 80000 has run out."""
LIQUIDATING: Final = (400, -6055, "User is in liquidation process")


def short(*more: str, **settings: object) -> OptionsClient:
    """A client that wrote a call, and others that are named, with a wallet of just what its margin needs."""
    options = client(**settings)
    for symbol in (CALL, *more):
        options.fill(Side.SELL, SCALE, symbol)
    need = Margins(options.venue, options.own, options.now).spare
    options.venue.ledger.set_free(options.own.money, ASSET, options.own.balance - need)
    return options


def reduces_only(options: OptionsClient) -> bool:
    """The flag, after one look."""
    found: bool = options.get("marginAccount")["reduceOnly"]
    return found


def place(options: OptionsClient, side: str, symbol: str = CALL, qty: str = "0.1") -> tuple[int, int, str]:
    (best,) = options.public("depth", symbol=symbol, limit=5).ok()["bids" if side == "SELL" else "asks"][:1]
    reply = options.ask("POST", "order", symbol=symbol, side=side, type="LIMIT", quantity=qty, price=best[0])
    return (reply.status, reply.code, reply.msg) if reply.status >= 400 else (200, 0, "")


def test_a_price_that_moves_does_not_change_the_level_and_a_fill_does() -> None:
    """Below maintenance: the next fill, here one that reduces too little, brings the level; closing all takes it."""
    options = short()
    assert not reduces_only(options)
    options.move_index(HIGH)
    margins = Margins(options.venue, options.own, options.now)
    assert margins.equity < margins.maintenance
    assert not reduces_only(options)
    options.fill(Side.BUY, SCALE // 100)
    assert reduces_only(options)
    assert place(options, "SELL")[:2] == (400, -6062)
    assert place(options, "BUY", DAILY)[:2] == (400, -6062)
    options.venue.ledger.set_free(options.own.money, ASSET, 100_000 * SCALE)
    assert place(options, "BUY") == (200, 0, "")
    assert not reduces_only(options)


def test_a_transfer_changes_the_level() -> None:
    options = short(dialect="2023")
    options.move_index(HIGH)
    options.own.reduce_only = True
    options.post("transfer", currency="USDT", type="IN", amount="1")
    assert options.get("account")["riskLevel"] == "REDUCE_ONLY"
    options.world.spot.ledger.set_free(options.world.spot.accounts["default"].money, ASSET, 20_000 * SCALE)
    options.post("transfer", currency="USDT", type="IN", amount="20000")
    assert options.get("account")["riskLevel"] == "NORMAL"


def test_an_expiry_changes_the_level() -> None:
    """What is owed goes out of the wallet, and the rest of it no longer carries the other short."""
    options = short(DAILY)
    assert not reduces_only(options)
    options.move_index(HIGH)
    options.wait_until(EXPIRY_MS - 1)
    assert not reduces_only(options)
    options.wait_until(EXPIRY_MS)
    assert reduces_only(options)


def test_a_buyer_is_never_below() -> None:
    """Longs need no margin (O-71), whatever they lose."""
    options = OptionsClient()
    options.fill(Side.BUY, SCALE)
    options.move_index(60_000)
    options.fill(Side.BUY, SCALE, DAILY)
    assert not reduces_only(options)


def test_a_copy_keeps_the_level_and_what_is_to_be_looked_at() -> None:
    options = short()
    assert not reduces_only(options)
    options.move_index(HIGH)
    options.fill(Side.BUY, SCALE // 100)
    twin = OptionsClient(options.world.fork())
    assert reduces_only(twin)
    twin.venue.ledger.set_free(twin.own.money, ASSET, 100_000 * SCALE)
    twin.fill(Side.BUY, SCALE // 100)
    assert not reduces_only(twin)
    assert reduces_only(options)


def test_an_account_that_is_being_liquidated_places_no_orders() -> None:
    """It is so where the tester says so; nothing is closed by force."""
    options = short()
    options.own.liquidating = True
    assert place(options, "BUY") == LIQUIDATING
    options.own.liquidating = False
    options.venue.ledger.set_free(options.own.money, ASSET, 100_000 * SCALE)
    assert place(options, "BUY") == (200, 0, "")
    assert options.now == MS * 1000 + 456


def test_money_that_the_tester_gives_changes_the_level() -> None:
    """As a transfer does."""
    options = short()
    options.fill(Side.SELL, SCALE, DAILY)
    assert reduces_only(options)
    control = Control(Worlds(options.world))
    status, _ = control.handle("PATCH", "/accounts/default", {}, b'{"options_balances": {"USDT": "100000"}}')
    assert status == 200
    assert not reduces_only(options)
