"""The parameters of spot endpoints, as the documentation bounds them."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.intervals import Interval
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Kind
from binance_mock.venues.spot import kinds
from binance_mock.venues.spot.endpoints import ENDPOINTS

KINDS = {name: kind for kind, name in {param.kind: param.name for item in ENDPOINTS for param in item.params}.items()}
"""Every kind once, by the name of a parameter of that kind."""


def kind_of(annotated: Any) -> Kind:
    found = [part for part in annotated.__metadata__ if isinstance(part, Kind)]
    assert len(found) == 1
    return found[0]


def code(kind: Kind, text: str) -> int:
    try:
        kind.parse("p", text)
    except Refusal as refusal:
        return refusal.code
    return 0


@pytest.mark.parametrize(
    ("annotated", "legal", "wrong"),
    [
        (kinds.OrderSide, ["BUY", "SELL"], -1117),
        (
            kinds.Type,
            ["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER"],
            -1116,
        ),
        (kinds.Tif, ["GTC", "IOC", "FOK"], -1115),
        (
            kinds.Stp,
            ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"],
            -1130,
        ),
        (kinds.Answer, ["ACK", "RESULT", "FULL"], -1130),
        (kinds.SymbolStatus, ["TRADING", "HALT", "BREAK"], -1122),
        (kinds.TickerType, ["FULL", "MINI"], -1139),
        (kinds.Restrictions, ["ONLY_NEW", "ONLY_PARTIALLY_FILLED"], -1145),
        (kinds.ReplaceMode, ["STOP_ON_FAILURE", "ALLOW_FAILURE"], -1130),
        (kinds.ExceededMode, ["DO_NOTHING", "CANCEL_ONLY"], -1130),
        (kinds.PegPriceType, ["PRIMARY_PEG", "MARKET_PEG"], -1210),
        (kinds.PegOffsetType, ["PRICE_LEVEL"], -1211),
        (kinds.KlineInterval, [interval.value for interval in Interval], -1120),
    ],
)
def test_the_words_of_each_set(annotated: Any, legal: list[str], wrong: int) -> None:
    """S-50: all of them, and no others."""
    kind = kind_of(annotated)
    assert kind.schema()["enum"] == legal
    assert [kind.parse("p", word) for word in legal] == legal
    assert {code(kind, word) for word in (*(word.swapcase() for word in legal if word[0].isalpha()), "", "X")} == {
        wrong
    }


def test_the_window_sizes() -> None:
    """One unit only: 59 of minutes, 23 of hours, 7 of days."""
    sizes = kind_of(kinds.WindowSize).schema()["enum"]
    assert len(sizes) == len(set(sizes)) == 59 + 23 + 7
    assert {size[-1]: int(size[:-1]) for size in sizes} == {"m": 59, "h": 23, "d": 7}


def test_the_permissions() -> None:
    kind = kind_of(kinds.Permissions)
    assert kind.parse("p", '["SPOT","MARGIN","LEVERAGED","TRD_GRP_002","TRD_GRP_025"]')
    assert {code(kind, word) for word in ("TRD_GRP_001", "TRD_GRP_026", "TRD_GRP_2", "")} == {-1130, -1135}


@given(text=st.text())
def test_client_ids(text: str) -> None:
    """S-80: up to 36 of these characters."""
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    legal = 1 <= len(text) <= 36 and set(text) <= allowed
    assert code(kind_of(kinds.ClientId), text) == (0 if legal else -1100)


@pytest.mark.parametrize(
    ("annotated", "text", "value"),
    [
        (kinds.Page, "5000", 1000), (kinds.DepthLimit, "9999", 5000), (kinds.DepthLimit, "4999", 4999),
        (kinds.PegOffsetValue, "100", 100), (kinds.Time, "1700000000000", 1_700_000_000_000_000),
        (kinds.Zone, "-1:00", -3_600_000_000), (kinds.Bool, "true", True), (kinds.Id, "7", 7),
        (kinds.Quantity, "0.5", 50_000_000), (kinds.SymbolName, "BTCUSDT", "BTCUSDT"),
    ],
)  # fmt: skip
def test_values(annotated: Any, text: str, value: object) -> None:
    assert kind_of(annotated).parse("p", text) == value


def test_the_fields_of_an_order_are_those_of_every_call_that_places_one() -> None:
    names = list(get_type_hints(kinds.OrderFields))
    for item in ENDPOINTS:
        if (
            item.path in ("/api/v3/order", "/api/v3/order/test", "/api/v3/order/cancelReplace")
            and item.method == "POST"
        ):
            assert [param.name for param in item.params][-len(names) :] == names
            assert not any(param.required for param in item.params[-len(names) :])
    assert all(get_args(hint) or hint for hint in get_type_hints(kinds.OrderFields).values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@given(text=st.text(min_size=1) | st.sampled_from(["-0", "1e-7", "NaN", "1" * 400, "[]", '[""]', "\x00", "𝟛"]))
def test_any_text_is_a_value_or_refused(kind: Kind, text: str) -> None:
    """A kind never fails in any other way."""
    try:
        kind.parse("p", text)
    except Refusal as refusal:
        assert refusal.code < 0  # noqa: PT017 - both outcomes are legal
        assert refusal.status == 400  # noqa: PT017
