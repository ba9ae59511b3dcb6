"""What clients and testers do to a world, as commands to draw: each can be run on one world and on its copy alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st
from tests.mock_server.spot_client import (
    SECOND,
    Reply,
    SpotClient,
    encode,
    few_symbols,
    frozen_world,
    open_client,
    read,
)

from binance_fixtures.signing import KeyPair
from binance_mock.engine.units import SCALE
from binance_mock.gate.gate import Held
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.gate.request import Request, Response
from binance_mock.venues import maker
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import World, WorldSettings

SYMBOLS: Final = ("BTCUSDT", "BNBUSDT")
MARKETS: Final = few_symbols(*SYMBOLS)
SMALL: Final = WorldSettings(
    spot=SpotSettings(levels=2, history_hours=1, level_value=80_000), journal_size=8, strikes=1, maker_credit=2
)
PAIRS: Final = {name: KeyPair(name.ljust(64, "k"), name.ljust(64, "s")) for name in ("ann", "ben")}
KEYS: Final = tuple(ApiKey.hmac(*PAIRS["ben"], account=account) for account in PAIRS)
IPS: Final = ("127.0.0.1", "10.0.0.1")
READS: Final[dict[str, tuple[bool, dict[str, Any]]]] = {
    "account": (True, {}),
    "account/commission": (True, {"symbol": "BTCUSDT"}),
    "openOrders": (True, {}),
    "allOrders": (True, {"symbol": "BTCUSDT"}),
    "myTrades": (True, {"symbol": "BTCUSDT"}),
    "myPreventedMatches": (True, {"symbol": "BTCUSDT", "orderId": 1_000_006}),
    "rateLimit/order": (True, {}),
    "time": (False, {}),
    "depth": (False, {"symbol": "BTCUSDT"}),
    "aggTrades": (False, {"symbol": "BTCUSDT"}),
    "avgPrice": (False, {"symbol": "BTCUSDT"}),
    "klines": (False, {"symbol": "BTCUSDT", "interval": "5m"}),
    "ticker/24hr": (False, {}),
    "exchangeInfo": (False, {}),
}
"""Path to whether it is signed, and what is asked."""

Answer = Reply | str
Command = Callable[[World], Answer]


def open_world() -> World:
    world = frozen_world(SMALL, MARKETS)
    open_client(world, "ann", trade_group=3, BTC=3, USDT=200_000, BNB=1)
    open_client(world, "ben", trade_group=3, BTC=3, USDT=200_000)
    world.spot.accounts["ann"].money.bnb_burn = True
    world.desks["spot"].orders.set_limit(LimitInterval.SECOND, 10, 12)
    return world


def told(client: SpotClient, response: Response | Held) -> Answer:
    """The answer; of a request that is held, what there is to say about it."""
    return read(response) if isinstance(response, Response) else f"held {response.delay_ms} {client.ip}"


# -- commands -------------------------------------------------------------------------------------------------------

clients = st.builds(
    lambda name, ip: lambda world: SpotClient(world, PAIRS[name], ip),
    st.sampled_from(sorted(PAIRS)),
    st.sampled_from(IPS),
)
symbols = st.sampled_from(("BTCUSDT", "BTCUSDT", "BTCUSDT", "BNBUSDT"))
sides = st.sampled_from(("BUY", "SELL"))
prices = st.integers(-4, 4).map(lambda step: 80_000 + 20 * step)
quantities = st.sampled_from(("0.01", "0.1", "1", "1.23457", "3"))
modes = st.sampled_from((None, "NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"))


def call(client: Any, method: str, path: str, **params: Any) -> Command:
    """A signed call."""

    def run(world: World) -> Answer:
        caller: SpotClient = client(world)
        return told(caller, caller.hold(caller.request(method, path, params)))

    return run


def placement(kind: str, price: int, stop: int, **terms: Any) -> dict[str, Any]:
    """Parameters of an order, those that its type takes."""
    limit = kind.endswith("LIMIT")
    return {
        "type": kind,
        "timeInForce": "GTC" if limit else None,
        "price": price if "LIMIT" in kind else None,
        "stopPrice": stop if kind.startswith(("STOP", "TAKE")) else None,
        **terms,
    }


def place(client: Any, symbol: str, side: str, kind: str, price: int, stop: int, qty: str, mode: str | None) -> Command:
    if symbol == "BNBUSDT":
        kind = "MARKET"
    terms = placement(kind, price, stop, symbol=symbol, side=side, quantity=qty, selfTradePreventionMode=mode)
    return call(client, "POST", "order", **terms, icebergQty="0.05" if kind == "LIMIT" and mode is None else None)


def on_an_order(client: Any, pick: int, replace: bool, price: int) -> Command:
    """Cancel one of the account's orders, or put another in its place."""

    def run(world: World) -> Answer:
        caller: SpotClient = client(world)
        market = world.spot.market("BTCUSDT", world.clock.now())
        money = next(a.money for a in world.spot.accounts.values() if PAIRS.get(a.name) == caller.pair)
        orders = list(market.bag(money).all) or [1]
        chosen = orders[-1 - pick % len(orders)]
        if not replace:
            return call(client, "DELETE", "order", symbol="BTCUSDT", orderId=chosen)(world)
        terms = placement("LIMIT", price, 0, symbol="BTCUSDT", side="BUY", quantity="0.1")
        return call(
            client, "POST", "order/cancelReplace", cancelOrderId=chosen, cancelReplaceMode="ALLOW_FAILURE", **terms
        )(world)

    return run


def look(client: Any, path: str) -> Command:
    signed, params = READS[path]
    if signed:
        return call(client, "GET", path, **params)
    request = Request("GET", f"/api/v3/{path}", encode(params))

    def run(world: World) -> Answer:
        caller: SpotClient = client(world)
        return told(caller, caller.hold(request))

    return run


def move_market(price: int) -> Command:
    def run(world: World) -> Answer:
        spot, now = world.spot, world.clock.now()
        events = maker.set_price(spot, spot.market("BTCUSDT", now), MARKETS.symbols["BTCUSDT"], price * SCALE, now)
        spot.count_first_fills(events, world.desks["spot"].orders, now)
        return str(len(events))

    return run


def wait(seconds: float) -> Command:
    """Let time pass, or turn it back."""

    def run(world: World) -> Answer:
        world.clock.move(int(seconds * SECOND))
        if seconds < 0:
            world.spot.rewind(world.clock.now())
        return str(world.clock.now())

    return run


def tamper(what: str, number: int) -> Command:
    """What a tester does to a world."""

    def run(world: World) -> Answer:
        desk, now = world.desks["spot"], world.clock.now()
        match what:
            case "deposit":
                world.spot.ledger.deposit(world.spot.accounts["ben"].money, "BTC", number)
            case "fault":
                world.faults.add("unknown_503", probability=0.5, path="/api/v3/order")
            case "latency":
                world.faults.add("latency", ms=number, nth=2, method="GET")
            case "no faults":
                world.faults.clear()
            case "ban":
                desk.ip.ban(IPS[1], number, now)
            case "unban":
                desk.ip.unban(IPS[1])
            case "limit":
                desk.ip.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 100 * number)
            case "order limit":
                desk.orders.set_limit(LimitInterval.MINUTE, 1, number)
            case "halt":
                world.spot.set_status("BNBUSDT", "HALT" if number % 2 else "TRADING")
            case "freeze account":
                world.spot.accounts["ben"].can_trade = bool(number % 2)
            case "key":
                world.keys.add(KEYS[number % len(KEYS)], replace=True)
            case "open account":
                name = f"guest{len(world.spot.accounts)}"
                world.spot.open_account(name, {"BTC": number})
            case "clear journal":
                world.journal.clear()
        return f"{what} {world.faults.describe()} {desk.ip.describe(now)}"

    return run


TAMPERING: Final = (
    "deposit", "fault", "latency", "no faults", "ban", "unban", "limit", "order limit", "halt", "freeze account", "key",
    "open account", "clear journal",
)  # fmt: skip

order_types = st.sampled_from(
    ("LIMIT", "LIMIT", "LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
)
commands = st.one_of(
    st.builds(place, clients, symbols, sides, order_types, prices, prices, quantities, modes),
    st.builds(place, clients, symbols, sides, order_types, prices, prices, quantities, modes),
    st.builds(on_an_order, clients, st.integers(0, 10), st.booleans(), prices),
    st.builds(look, clients, st.sampled_from(sorted(READS))),
    st.builds(move_market, prices),
    st.builds(wait, st.sampled_from((0.001, 1, 7, 61, 86_400, -30))),
    st.builds(tamper, st.sampled_from(TAMPERING), st.integers(1, 60)),
)
scripts = st.lists(commands, max_size=25)


def play(world: World, script: list[Command]) -> list[Answer]:
    return [command(world) for command in script]


def play_all(world: World, script: list[Command]) -> list[Answer]:
    """Play a script and look at everything in the end."""
    ann, ben = (lambda world, pair=pair: SpotClient(world, pair, "10.9.9.9") for pair in PAIRS.values())
    looks = [look(client, path) for client in (ann, ben) for path in READS]
    return [*play(world, script), *play(world, looks), *[str(entry.show(world.keys)) for entry in world.journal]]
