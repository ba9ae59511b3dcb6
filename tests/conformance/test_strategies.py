"""The strategies draw what they say: the exchange itself tells what is legal."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
import requests
from hypothesis import find, given
from hypothesis import strategies as st

from binance_conformance.grounds import grounds_of, warm
from binance_conformance.operations import PlaceOrder, Venue
from binance_conformance.strategies import (
    FAULTS,
    ORDER_TYPES,
    Fault,
    RecvWindow,
    Stamp,
    SymbolRules,
    client_order_ids,
    faults,
    hostile_lists,
    hostile_text,
    off_grid_prices,
    off_grid_quantities,
    orders,
    parameters,
    prices,
    quantities,
    recv_windows,
    rules_of,
    symbol_rules,
    symbols,
    timestamps,
)
from binance_mock import Mock
from binance_mock.gate.faults.kinds import KINDS

NOW = 1_700_000_000_000
ROOTS: dict[Venue, str] = {"spot": "/api/v3", "usdm": "/fapi/v1", "options": "/eapi/v1"}
VENUES = list(ROOTS)


class Place(NamedTuple):
    """A venue of an exchange, and signed calls to it in the plainest way."""

    mock: Mock
    session: requests.Session
    venue: Venue
    rules: dict[str, SymbolRules]
    symbol: str
    market: str

    def signed(self, method: str, path: str, params: dict[str, Any]) -> requests.Response:
        payload = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in params.items())
        signature = hmac.new(self.mock.api_secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
        url = f"http://x{ROOTS[self.venue]}{path}?{payload}&signature={signature}"
        return self.session.request(method, url, headers={"X-MBX-APIKEY": self.mock.api_key})

    def place(self, order: PlaceOrder) -> requests.Response:
        names = {
            "symbol": order.symbol, "side": order.side, "type": order.type, "timeInForce": order.time_in_force,
            "quantity": order.quantity, "quoteOrderQty": order.quote_quantity, "price": order.price,
            "stopPrice": order.stop_price,
            "clientOrderId" if self.venue == "options" else "newClientOrderId": order.client_order_id,
        }  # fmt: skip
        path = "/order"
        if self.venue == "usdm" and order.stop_price:
            path, names = "/algoOrder", {"algoType": "CONDITIONAL", **names}
            names["triggerPrice"], names["clientAlgoId"] = names.pop("stopPrice"), names.pop("newClientOrderId")
        given = {name: value for name, value in names.items() if value is not None}
        return self.signed("POST", path, {**given, "timestamp": self.mock.clock.now_ms})


@pytest.fixture(scope="module")
def exchange() -> Iterator[Mock]:
    with Mock(serve=False, frozen_at=NOW) as mock:
        yield mock


@pytest.fixture(scope="module", params=VENUES)
def place(exchange: Mock, request: pytest.FixtureRequest) -> Place:
    venue: Venue = request.param
    session = exchange.session()
    rules = rules_of(venue, session.get(f"http://x{ROOTS[venue]}/exchangeInfo").json())
    ground = grounds_of(exchange)[venue]
    warm(exchange, ground)
    faces: dict[str, Any] = {"spot": exchange.spot, "usdm": exchange.usdm, "options": exchange.options}
    market = str(faces[venue].market(ground.symbol)["last_price"])
    return Place(exchange, session, venue, rules, ground.symbol, market)


def fresh(place: Place) -> Place:
    """The same place in a world of its own, where nothing happened yet."""
    copy = place.mock.fork()
    return place._replace(mock=copy, session=copy.session())


@given(data=st.data())
def test_orders_on_the_grid_are_taken(place: Place, data: st.DataObject) -> None:
    order = data.draw(orders(place.rules[place.symbol], place.market, ids=client_order_ids()))
    here = fresh(place)
    answer = here.place(order)
    here.mock.stop()
    if answer.status_code == 400:  # An order that must fill at once may not find enough, or must not and does.
        assert answer.json()["code"] in (-2010, -5021, -5022, -6046), answer.text
        assert order.time_in_force in ("FOK", "GTX"), answer.text
    else:
        assert answer.status_code == 200, answer.text


def test_every_type_is_drawn(place: Place) -> None:
    for kind in ORDER_TYPES[place.venue]:
        drawn = find(orders(place.rules[place.symbol], place.market), lambda each, kind=kind: each.type == kind)
        assert drawn.type == kind


@given(data=st.data())
def test_orders_off_the_grid_are_refused(place: Place, data: st.DataObject) -> None:
    rules, market = place.rules[place.symbol], Decimal(place.market)
    good = data.draw(orders(rules, place.market, types=("LIMIT",), sides=("BUY",)))
    assert good.price is not None
    assert good.quantity is not None
    if data.draw(st.booleans()):
        bad = {"price": data.draw(off_grid_prices(rules, market * Decimal("0.97"), market))}
    else:
        low = Decimal(good.quantity)
        bad = {"quantity": data.draw(off_grid_quantities(rules, low, low + 3 * rules.step_size))}
    order = PlaceOrder(**{**{name: getattr(good, name) for name in good.__struct_fields__}, **bad})
    here = fresh(place)
    answer = here.place(order)
    here.mock.stop()
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] in (-1013, -1111, -4014, -4023, -4029, -1130), answer.text


@given(rules=symbol_rules(), data=st.data())
def test_prices_and_quantities_of_any_grid(rules: SymbolRules, data: st.DataObject) -> None:
    for strategy, size, least, most in (
        (prices(rules), rules.tick_size, rules.min_price, rules.max_price),
        (quantities(rules), rules.step_size, rules.min_qty, rules.max_qty),
    ):
        value = data.draw(strategy)
        assert "e" not in value.lower()
        assert least <= Decimal(value) <= most
        assert (Decimal(value) - least) % size == 0
    assert (Decimal(data.draw(off_grid_prices(rules))) - rules.min_price) % rules.tick_size != 0
    assert (Decimal(data.draw(off_grid_quantities(rules))) - rules.min_qty) % rules.step_size != 0


def test_a_range_without_a_price_is_an_error(place: Place) -> None:
    rules = place.rules[place.symbol]._replace(tick_size=Decimal(10), min_price=Decimal(10))
    with pytest.raises(ValueError, match="no multiple of 10 lies between 11 and 19"):
        prices(rules, Decimal(11), Decimal(19))


def test_symbols_outside_of_ascii_come_first(place: Place) -> None:
    simplest = find(symbols(place.rules.values()), lambda each: True)
    assert simplest.symbol.isascii() == (place.venue == "options")


@given(given_params=parameters())
def test_parameters_arrive_as_they_were_drawn(place: Place, given_params: dict[str, str]) -> None:
    # S-25, U-11, O-22: what is percent-encoded before it is signed is never a bad signature.
    here = fresh(place)
    here.signed("GET", "/openOrders", {**given_params, "timestamp": NOW})
    seen = here.mock.requests.last
    here.mock.stop()
    assert seen.code != -1022, seen.diagnosis
    assert {name: value for name, value in seen.params.items() if name in given_params} == given_params


def test_hostile_text_is_hostile() -> None:
    for sign in ("+", "%", "&", "=", " ", "币", "\U0001f600", '"', "\x00"):
        assert find(hostile_text(), lambda text, sign=sign: sign in text)
    assert len(find(hostile_text(5), lambda text: len(text) > 4)) == 5
    assert json.loads(find(hostile_lists(), lambda text: "币" in text and ", " in text))
    assert "\\u5e01" in find(hostile_lists(), lambda text: "\\u5e01" in text)


@given(stamp=timestamps(NOW))
def test_timestamps_say_whether_they_are_in_time(place: Place, stamp: Stamp) -> None:  # S-20, U-16, O-20
    here = fresh(place)
    asked = {"recvWindow": stamp.recv_window_ms, "timestamp": stamp.timestamp_ms}
    answer = here.signed("GET", "/openOrders", asked)
    here.mock.stop()
    assert (answer.status_code == 200) == stamp.in_time, answer.text
    assert stamp.in_time or answer.json()["code"] == -1021


def test_both_edges_of_timestamps_are_drawn() -> None:
    for offset in (-5001, -5000, 999, 1000):
        find(timestamps(NOW, 5000), lambda stamp, offset=offset: stamp.timestamp_ms == NOW + offset)


@given(data=st.data())
def test_recv_windows_say_whether_they_are_legal(place: Place, data: st.DataObject) -> None:  # S-19, S-24, U-17
    window: RecvWindow = data.draw(recv_windows(place.venue))
    here = fresh(place)
    answer = here.signed("GET", "/openOrders", {"recvWindow": window.text, "timestamp": NOW})
    here.mock.stop()
    assert (answer.status_code == 200) == window.legal, answer.text


@given(fault=faults(path="/api/v3/*"))
def test_the_mock_takes_every_fault(exchange: Mock, fault: Fault) -> None:
    copy = exchange.fork()
    rule = copy.faults.add(fault.kind, **fault.settings)
    copy.stop()
    assert {name: rule[name] for name in fault.settings} == fault.settings


def test_every_kind_of_fault_is_drawn() -> None:
    assert set(FAULTS) == {each.kind for each in KINDS}
    for kind in FAULTS:
        assert find(faults(), lambda fault, kind=kind: fault.kind == kind).kind == kind
