"""Which conditional orders fire on a way of prices, beside a slow model that looks at every order: U-81 to U-84."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.venues.usdm.algo_client import AlgoClient, algo_client
from tests.mock_server.venues.usdm.signed_client import BTC

START: Final = 80_000
STOPS = ("STOP", "STOP_MARKET")
PLAIN = (*STOPS, "TAKE_PROFIT", "TAKE_PROFIT_MARKET")


class Placed(NamedTuple):
    """An order; prices in dollars, the callback in tenths of a percent."""

    kind: str
    side: str
    mark: bool
    protect: bool
    price: int
    callback: int


class Move(NamedTuple):
    """The last price goes somewhere, or the mark price; None lets the mark follow the last price again."""

    what: str
    price: int | None


PRICES = st.sampled_from(range(72_000, 88_001, 250))
PLACED = st.builds(
    Placed,
    st.sampled_from((*PLAIN, "TRAILING_STOP_MARKET")),
    st.sampled_from(("BUY", "SELL")),
    st.booleans(),
    st.booleans(),
    PRICES,
    st.integers(1, 30),
)
MOVES = st.builds(Move, st.just("last"), PRICES) | st.builds(Move, st.just("mark"), st.none() | PRICES)
STEPS = st.lists(PLACED | MOVES | MOVES | st.integers(0, 9), min_size=4, max_size=24)


class Model:
    """An order that looks at all that ever happened after it was placed."""

    def __init__(self, order: Placed, last: Fraction, mark: Fraction) -> None:
        self.order = order
        self.seen = [mark if order.mark else last]
        self.state = "NEW"

    @property
    def rises(self) -> bool:
        return (self.order.side == "BUY") is (self.order.kind in (*STOPS, "TRAILING_STOP_MARKET"))

    def met(self) -> bool:
        """Whether the newest price fulfils its condition."""
        price, order = self.seen[-1], self.order
        if order.kind != "TRAILING_STOP_MARKET":
            return price >= order.price if self.rises else price <= order.price
        back = Fraction(order.callback, 1000)
        if self.rises:
            return min(self.seen) <= order.price and price >= min(self.seen) * (1 + back)
        return max(self.seen) >= order.price and price <= max(self.seen) * (1 - back)

    def refused(self) -> bool:
        """Whether it comes too late, or a trailing one from the wrong side."""
        if self.order.kind != "TRAILING_STOP_MARKET":
            return self.met()
        return self.order.price >= self.seen[0] if self.rises else self.order.price <= self.seen[0]

    def look(self, last: Fraction, mark: Fraction) -> None:
        if self.state == "NEW":
            self.seen.append(mark if self.order.mark else last)
            apart = abs(mark - last) / mark > Fraction(5, 100)
            if self.met() and not (self.order.protect and apart):
                # Where nobody trades, a limit order rests and a market order is refused.
                self.state = "TRIGGERED" if self.order.kind in ("STOP", "TAKE_PROFIT") else "REJECTED"


def place(one: AlgoClient, order: Placed) -> int | None:
    """Place an order that can never trade; its number, or None when it would fire at once."""
    params: dict[str, object] = {"workingType": "MARK_PRICE" if order.mark else None, "priceProtect": order.protect}
    if order.kind == "TRAILING_STOP_MARKET":
        params |= {"activatePrice": order.price, "callbackRate": f"{order.callback // 10}.{order.callback % 10}"}
    else:
        params["triggerPrice"] = order.price
    if order.kind in ("STOP", "TAKE_PROFIT"):
        params["price"] = 60_000 if order.side == "BUY" else 110_000
    reply = one.algo(order.side, order.kind, quantity="0.001", closePosition=None, **params)
    if reply.status != 200:
        assert (reply.status, reply.code) == (400, -2021)
        return None
    number: int = reply.json["algoId"]
    return number


@given(STEPS)
def test_they_fire_when_the_model_says_so(steps: list[Placed | Move | int]) -> None:
    one = algo_client(levels=0)
    models: dict[int, Model] = {}
    one.last(START)
    last = Fraction(START)
    marked: Fraction | None = None
    for step in steps:
        mark = last if marked is None else marked
        if isinstance(step, Placed):
            model = Model(step, last, mark)
            number = place(one, step)
            assert (number is None) is model.refused(), (step, last, mark)
            if number is not None:
                models[number] = model
        elif isinstance(step, Move):
            if step.what == "last":
                assert step.price is not None
                one.last(step.price)
                last = Fraction(step.price)
            elif step.price is None:
                marked = None
                one.venue.follow_market(BTC, one.now)
            else:
                marked = Fraction(step.price)
                one.marked(step.price)
            mark = last if marked is None else marked
            for model in models.values():
                model.look(last, mark)
        elif open_ := [number for number, model in models.items() if model.state == "NEW"]:
            number = open_[step % len(open_)]
            one.ask("DELETE", "algoOrder", algoId=number).ok()
            models[number].state = "CANCELED"
        if step == steps[len(steps) // 2]:
            one = AlgoClient(one.world.fork())
        assert {id: one.state(id) for id in models} == {id: model.state for id, model in models.items()}
    assert one.waiting() == [id for id, model in models.items() if model.state == "NEW"]
