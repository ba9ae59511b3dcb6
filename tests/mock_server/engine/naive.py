"""One market, slow and obvious: the model that the fast engine is held against.

Written from the rules, not from the engine. There is one flat list of orders; the queue is sorted anew for every
fill; balances are summed from postings and locks from open orders whenever somebody asks; a stop order reads the whole
tape at every trade; whether a FOK order fills is found by playing it on a copy. Amounts are integers of 10^-8.

Where the rules are silent the model does what the engine does; those places are marked `silent:`.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from fractions import Fraction

UNIT = 10**8
STOP_LOSS = ("STOP_LOSS", "STOP_LOSS_LIMIT")
TAKE_PROFIT = ("TAKE_PROFIT", "TAKE_PROFIT_LIMIT")

Rate = dict[str, Fraction]
"""`maker`, `taker`, `buyer`, `seller` to a part of one."""


class Refused(Exception):
    """The command is refused; the text is the reason."""


@dataclass(eq=False)
class Person:
    """One account: who it may not trade with, and what it pays."""

    name: str
    group: int = -1
    standard: Rate = field(default_factory=dict)
    tax: Rate = field(default_factory=dict)
    special: Rate = field(default_factory=dict)
    discount: Fraction = Fraction(3, 4)
    pays_bnb: bool = False


@dataclass(eq=False)
class NaiveOrder:
    """One order. What is left is always computed."""

    owner: Person
    client_id: str
    side: str
    type: str
    tif: str = "GTC"
    price: int = 0
    qty: int = 0
    quote_qty: int = 0
    stp: str = "NONE"
    stop: int = 0
    delta: int = 0
    iceberg: int = 0

    id: int = 0
    status: str = "NEW"
    reason: str | None = None
    executed: int = 0
    quote: int = 0
    prevented: int = 0
    working: int = -1
    updated: int = 0
    rank: int = 0
    """Place in the queue, 0 while not on the book."""
    slice: int = 0
    """What shows on the book."""
    budget: int = 0
    """Quote still set aside by a BUY without a price."""
    born: int = 0
    """How many trades the tape held at placement."""
    price_at_birth: int = 0
    time_at_birth: int = 0

    @property
    def left(self) -> int:
        return self.qty - self.executed - self.prevented  # S-108

    @property
    def open(self) -> bool:
        return self.status in ("NEW", "PARTIALLY_FILLED")

    @property
    def buys(self) -> bool:
        return self.side == "BUY"

    @property
    def waits_for_rise(self) -> bool:
        """S-89, S-101."""
        return (self.type in STOP_LOSS and self.buys) or (self.type in TAKE_PROFIT and not self.buys)

    def set_aside(self) -> int:
        """S-95: quote for a BUY, base for a SELL."""
        if not self.open:
            return 0
        if not self.buys:
            return self.left
        return self.price * self.left // UNIT if self.price else self.budget


@dataclass
class NaiveTrade:
    id: int
    time: int
    price: int
    qty: int
    quote: int
    buyer_maker: bool
    maker: NaiveOrder | None = None
    taker: NaiveOrder | None = None
    maker_fee: tuple[int, str] = (0, "")
    taker_fee: tuple[int, str] = (0, "")


Said = tuple[object, ...]
"""What happened, in plain values; see the names that come first."""


class NaiveMarket:
    def __init__(
        self, base: str, quote: str, *, base_unit: int, quote_unit: int, lot: int, bnb_prices: dict[str, int]
    ) -> None:
        self.base = base
        self.quote = quote
        self.units = {base: base_unit, quote: quote_unit}
        self.lot = lot
        self.bnb_prices = bnb_prices
        self.orders: list[NaiveOrder] = []
        self.trades: list[NaiveTrade] = []
        self.postings: list[tuple[Person, str, int]] = []
        self.collector = Person("collector")
        self.prevented: list[Said] = []
        self.ranks = 0
        self.now = 0
        self.said: list[Said] = []

    # -- money ------------------------------------------------------------------------------------------------

    def post(self, person: Person, asset: str, amount: int) -> None:
        self.postings.append((person, asset, amount))

    def locked(self, person: Person, asset: str) -> int:
        return sum(
            order.set_aside()
            for order in self.orders
            if order.owner is person and asset == (self.quote if order.buys else self.base)
        )

    def free(self, person: Person, asset: str) -> int:
        owned = sum(amount for who, what, amount in self.postings if who is person and what == asset)
        return owned - self.locked(person, asset)

    # -- looking ----------------------------------------------------------------------------------------------

    @property
    def last_price(self) -> int:
        return self.trades[-1].price if self.trades else 0

    def resting(self, side: str) -> list[NaiveOrder]:
        """S-94: best price first, then the oldest."""
        found = [order for order in self.orders if order.open and order.rank and order.side == side]
        return sorted(found, key=lambda order: (-order.price if side == "BUY" else order.price, order.rank))

    def facing(self, taker: NaiveOrder) -> list[NaiveOrder]:
        """The orders that the taker's price reaches, in the order in which they trade."""
        if taker.buys:
            return [maker for maker in self.resting("SELL") if not taker.price or maker.price <= taker.price]
        return [maker for maker in self.resting("BUY") if not taker.price or maker.price >= taker.price]

    def offers(self, taker: NaiveOrder) -> list[tuple[int, int]]:
        """Price and quantity that a market order is reckoned on. silent: orders of the same owner are left out.

        Where the taker would end at an order of its owner, what hides behind that order is out of reach.
        """
        deadly = taker.stp in ("EXPIRE_TAKER", "EXPIRE_BOTH")
        found = []
        for maker in self.facing(taker):
            if taker.stp == "NONE" or not related(taker, maker):
                found.append(maker)
            elif deadly:
                return [(m.price, m.slice if m.price == maker.price else m.left) for m in found]
        return [(maker.price, maker.left) for maker in found]

    def cost(self, taker: NaiveOrder) -> int:
        """What a BUY at market is going to pay. silent: each maker is reckoned in one piece."""
        wanted, paid = taker.left, 0
        for price, qty in self.offers(taker):
            part = min(wanted, qty)
            wanted -= part
            paid += price * part // UNIT
        return paid

    def sized_by_quote(self, taker: NaiveOrder) -> tuple[int, bool]:
        """S-87: the quantity that comes nearest to the quote amount, cut to the lot; and whether the book lacked some.

        It lacked some when the last maker, had it been without end, would have made the quantity larger.
        """
        amount, there, wished = taker.quote_qty, 0, 0
        for price, qty in self.offers(taker):
            wished = there + int(Fraction(amount * UNIT, price))
            there += qty
            if wished <= there:
                break
            amount -= price * qty // UNIT
        wished_lots, lots = wished // self.lot, min(wished, there) // self.lot
        return lots * self.lot, lots < wished_lots

    def fills_whole(self, taker: NaiveOrder) -> bool:
        """S-84, FOK: play it on a copy and look."""
        twin = copy.deepcopy(self)
        order = twin.orders[self.orders.index(taker)]
        twin.take(order)
        return order.executed == order.qty

    # -- commands ---------------------------------------------------------------------------------------------

    def place(self, order: NaiveOrder, now: int) -> list[Said]:
        self.now = now
        if any(o.open and o.owner is order.owner and o.client_id == order.client_id for o in self.orders):
            raise Refused("DUPLICATE_ORDER")  # S-80
        stops = order.type in STOP_LOSS + TAKE_PROFIT
        if stops and order.stop and not order.delta and self.last_price and beyond(order, self.last_price):
            raise Refused("STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY")  # S-89; silent: none of this for trailing stops
        if order.type == "LIMIT_MAKER" and self.facing(order):
            raise Refused("WOULD_MATCH_IMMEDIATELY")  # S-88
        ran_out = False
        if order.quote_qty:
            order.qty, ran_out = self.sized_by_quote(order)
            if not order.qty:
                raise Refused("NO_LIQUIDITY" if self.facing(order) else "EMPTY_BOOK")
        if order.buys and not order.price:
            # silent: a stop order is reckoned at its stop price, or at the last price, until it fires.
            order.budget = (order.stop or self.last_price) * order.qty // UNIT if stops else self.cost(order)
        if order.set_aside() > self.free(order.owner, self.quote if order.buys else self.base):
            raise Refused("INSUFFICIENT_BALANCES")  # S-95

        order.id = len(self.orders) + 1  # S-83
        order.updated = order.time_at_birth = now
        order.born, order.price_at_birth = len(self.trades), self.last_price
        self.orders.append(order)
        self.said = [("accepted", order.id)]
        if not stops:
            self.work(order, ran_out=ran_out)
        self.wake(order.born)
        return self.said

    def cancel(self, order: NaiveOrder, now: int) -> list[Said]:
        if not order.open:
            raise Refused("UNKNOWN_ORDER")
        self.now = now
        self.said = [("canceled", order.id)]
        self.close(order, "CANCELED")
        return self.said

    def print_trade(self, price: int, qty: int, now: int, *, buyer_maker: bool) -> list[Said]:
        self.now = now
        self.said = []
        self.record(NaiveTrade(len(self.trades), now, price, qty, price * qty // UNIT, buyer_maker), False, False)
        self.wake(len(self.trades) - 1)
        return self.said

    # -- the life of an order ---------------------------------------------------------------------------------

    def work(self, order: NaiveOrder, *, ran_out: bool = False) -> None:
        order.working = self.now
        if order.tif == "FOK" and not self.fills_whole(order):
            self.expire(order, "UNFILLED_FOK_ORDER_EXPIRED")  # S-85
            return
        self.take(order)
        if order.open and order.price and order.tif == "GTC":
            self.join_queue(order)
        elif order.open:
            self.expire(order, "UNFILLED_IOC_QUANTITY_EXPIRED" if order.price else "INSUFFICIENT_LIQUIDITY")  # S-85/86
        elif ran_out and order.status == "FILLED":
            self.expire(order, "INSUFFICIENT_LIQUIDITY")  # S-87

    def take(self, taker: NaiveOrder) -> None:
        while taker.open and self.facing(taker):
            maker = self.facing(taker)[0]
            if taker.stp != "NONE" and related(taker, maker):
                self.prevent(taker, maker)
                continue
            qty = min(taker.left, maker.slice)
            if not self.can_pay(taker, maker.price * qty // UNIT):
                return
            self.fill(maker, taker, qty)

    def join_queue(self, order: NaiveOrder) -> None:
        """S-93: an iceberg shows a slice, and each new slice stands last."""
        self.ranks += 1
        order.rank = self.ranks
        order.slice = min(order.left, order.iceberg or order.left)

    def can_pay(self, taker: NaiveOrder, quote: int) -> bool:
        """silent: a BUY at market whose estimate was too low takes the rest from what is free."""
        if not taker.buys or taker.price:
            return True
        missing = max(0, quote - taker.budget)
        if missing > self.free(taker.owner, self.quote):
            return False
        taker.budget += missing
        return True

    def fill(self, maker: NaiveOrder, taker: NaiveOrder, qty: int) -> None:
        price = maker.price  # S-94
        quote = price * qty // UNIT
        firsts = maker.executed == 0, taker.executed == 0
        buyer, seller = (maker, taker) if maker.buys else (taker, maker)
        for order in (maker, taker):
            order.executed += qty
            order.quote += quote
            order.updated = self.now
        buyer.budget -= 0 if buyer.price else quote
        self.post(buyer.owner, self.base, qty)
        self.post(buyer.owner, self.quote, -quote)
        self.post(seller.owner, self.base, -qty)
        self.post(seller.owner, self.quote, quote)
        fees = {}
        for order, amount, asset in ((buyer, qty, self.base), (seller, quote, self.quote)):
            fee, fee_asset = fees[order] = self.fee(order, "maker" if order is maker else "taker", amount, asset)
            self.post(order.owner, fee_asset, -fee)
            self.post(self.collector, fee_asset, fee)
        for order in (maker, taker):
            order.status = "PARTIALLY_FILLED" if order.left else "FILLED"
        maker.slice -= qty
        if maker.left and not maker.slice:
            self.join_queue(maker)
        trade = NaiveTrade(len(self.trades), self.now, price, qty, quote, maker.buys, maker, taker)
        trade.maker_fee, trade.taker_fee = fees[maker], fees[taker]
        self.record(trade, *firsts)

    def fee(self, order: NaiveOrder, role: str, amount: int, asset: str) -> tuple[int, str]:
        """S-112 to S-115."""
        person, side = order.owner, "buyer" if order.buys else "seller"
        kinds = person.standard, person.tax, person.special
        standard, tax, special = (rates.get(role, 0) + rates.get(side, 0) for rates in kinds)
        if not standard + tax + special:
            return 0, asset
        bnb_price = UNIT if asset == "BNB" else self.bnb_prices.get(asset, 0)
        if person.pays_bnb and bnb_price:
            in_bnb = int(amount * (standard * person.discount + tax + special) * UNIT / bnb_price)
            if in_bnb <= self.free(person, "BNB"):
                return in_bnb, "BNB"
        unit = self.units[asset]
        return int(amount * (standard + tax + special)) // unit * unit, asset

    def prevent(self, taker: NaiveOrder, maker: NaiveOrder) -> None:
        """S-104, S-106, S-107."""
        mode = taker.stp
        if mode == "TRANSFER" and (maker.stp != "TRANSFER" or maker.owner is taker.owner):
            mode = "DECREMENT"
        lost: dict[NaiveOrder, int] = {}
        if mode in ("EXPIRE_MAKER", "EXPIRE_BOTH"):
            lost[maker] = maker.left
        if mode in ("EXPIRE_TAKER", "EXPIRE_BOTH"):
            lost[taker] = taker.left
        if mode in ("DECREMENT", "TRANSFER"):
            lost[maker] = lost[taker] = min(maker.left, taker.left)
        if mode == "TRANSFER":
            self.transfer(taker, maker, lost[taker])
        record = (len(self.prevented), taker.id, maker.id, mode, maker.price, lost.get(taker), lost.get(maker))
        self.prevented.append(record)
        self.said.append(("prevented", *record))
        for order, qty in lost.items():
            order.prevented += qty
            order.updated = self.now
            order.slice = min(order.slice, order.left)  # silent: the place in the queue stays
            if not order.left:
                self.expire(order, None)

    def transfer(self, taker: NaiveOrder, maker: NaiveOrder, qty: int) -> None:
        buyer, seller = (taker, maker) if taker.buys else (maker, taker)
        quote = maker.price * qty // UNIT
        if not self.can_pay(buyer, quote):
            return  # silent: nothing moves where the buyer cannot pay
        buyer.budget -= 0 if buyer.price else quote
        self.post(buyer.owner, self.quote, -quote)
        self.post(seller.owner, self.quote, quote)
        self.post(seller.owner, self.base, -qty)
        self.post(buyer.owner, self.base, qty)

    def record(self, trade: NaiveTrade, maker_first: bool, taker_first: bool) -> None:
        self.trades.append(trade)
        ids = trade.maker and trade.maker.id, trade.taker and trade.taker.id
        what = (trade.id, trade.time, trade.price, trade.qty, trade.quote, trade.buyer_maker)
        self.said.append(("traded", *what, *ids, *trade.maker_fee, *trade.taker_fee, maker_first, taker_first))

    def close(self, order: NaiveOrder, status: str) -> None:
        order.status = status
        order.updated = self.now
        order.rank = 0

    def expire(self, order: NaiveOrder, reason: str | None) -> None:
        """S-79, S-107."""
        self.close(order, "EXPIRED" if reason else "EXPIRED_IN_MATCH")
        order.reason = reason
        self.said.append(("expired", order.id, reason))

    # -- stops ------------------------------------------------------------------------------------------------

    def wake(self, first: int) -> None:
        """S-90. silent: every order that a trade reaches fires before the next trade is looked at, oldest first."""
        at = first
        while at < len(self.trades):
            waiting = [order for order in self.orders if order.open and order.working < 0]
            for order in [order for order in waiting if self.fires(order, at)]:
                self.trigger(order)
            at += 1

    def fires(self, order: NaiveOrder, at: int) -> bool:
        """Whether the trade number `at` fires the order, told from the whole tape."""
        price = self.trades[at].price
        if not order.delta:
            return beyond(order, price)
        seen = [seen_price for _, seen_price in self.tracked(order, at)]
        if order.buys:
            return bool(seen) and price >= Fraction(min(seen) * (10_000 + order.delta), 10_000)  # S-100
        return bool(seen) and price <= Fraction(max(seen) * (10_000 - order.delta), 10_000)

    def tracked(self, order: NaiveOrder, at: int) -> list[tuple[int, int]]:
        """S-99, S-102: (time, price) of all that a trailing order has seen since its tracking began."""
        seen = [(trade.time, trade.price) for trade in self.trades[order.born : at + 1]]
        if not order.stop:
            return [(order.time_at_birth, order.price_at_birth), *seen] if order.price_at_birth else seen
        while seen and not beyond(order, seen[0][1]):
            seen.pop(0)
        return seen

    def trigger(self, order: NaiveOrder) -> None:
        self.said.append(("triggered", order.id))
        order.updated = self.now
        if order.buys and not order.price:
            order.budget = 0
            cost = self.cost(order)
            if cost > self.free(order.owner, self.quote):
                order.working = self.now
                self.expire(order, "REJECTED")  # S-92
                return
            order.budget = cost
        self.work(order)


def related(a: NaiveOrder, b: NaiveOrder) -> bool:
    """S-105."""
    return a.owner is b.owner or (a.owner.group == b.owner.group != -1)


def beyond(order: NaiveOrder, price: int) -> bool:
    """S-89, S-90, S-101: whether a price has reached the stop price."""
    return price >= order.stop if order.waits_for_rise else price <= order.stop
