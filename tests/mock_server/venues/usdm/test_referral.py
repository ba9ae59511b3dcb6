"""The programme of brokers: names that are kept, and figures of which there are none."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.venues.shapes import differences
from tests.mock_server.venues.usdm.signed_client import SignedClient
from tests.mock_server.venues.usdm.usdm_client import MS

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE

OVERVIEW = {
    "brokerId": "string", "newTraderRebateCommission": "string:decimal", "oldTraderRebateCommission": "string:decimal",
    "totalTradeUser": "int", "unit": "string", "totalTradeVol": "string:decimal", "totalRebateVol": "string:decimal",
    "time": "long:ms",
}  # fmt: skip
ANN = {"customerId": "ann-1", "email": "ann@example.com"}
BOB = {"customerId": "bob", "email": "bob@example.com"}


@pytest.fixture
def client() -> SignedClient:
    return SignedClient()


def test_an_account_is_new_until_it_has_traded(client: SignedClient) -> None:
    expected: dict[str, Any] = {"brokerId": "B1", "rebateWorking": False, "ifNewUser": True}
    assert client.get("apiReferral/ifNewUser", brokerId="B1") == expected
    client.order(Side.BUY, SCALE // 10, 70_000 * SCALE)
    assert client.get("apiReferral/ifNewUser", brokerId="B1", type=1) == expected
    client.order(Side.BUY, SCALE // 10)
    assert client.get("apiReferral/ifNewUser", brokerId="B1", type=2) == expected | {"ifNewUser": False}


def test_names_of_clients(client: SignedClient) -> None:
    for each in (ANN, BOB, ANN):
        assert client.post("apiReferral/customization", **each) == each
    assert client.get("apiReferral/customization") == [ANN, BOB]
    assert client.get("apiReferral/customization", customerId="bob") == [BOB]
    assert client.get("apiReferral/customization", email=ANN["email"]) == [ANN]
    assert client.get("apiReferral/customization", customerId="eve") == []
    assert client.get("apiReferral/customization", page=2, limit=1) == [BOB]
    assert client.get("apiReferral/customization", limit=1) == [ANN]
    taken = client.refusal("POST", "apiReferral/customization", customerId="bob", email="eve@example.com")
    assert taken == (400, -1130, "Data sent for parameter 'customerId' is not valid.")
    assert client.refusal("GET", "apiReferral/customization", **BOB)[:2] == (400, -1128)


def test_a_name_of_ones_own(client: SignedClient) -> None:
    none = {"brokerId": "B1", "customerId": ""}
    assert client.get("apiReferral/userCustomization", brokerId="B1") == none
    named = {"brokerId": "B1", "customerId": "me"}
    assert client.post("apiReferral/userCustomization", **named) == named
    assert client.post("apiReferral/userCustomization", **named) == named
    assert client.get("apiReferral/userCustomization", brokerId="B1") == named
    assert client.get("apiReferral/userCustomization", brokerId="B2") == none | {"brokerId": "B2"}
    client.venue.open_account("other", {}).broker_names["B1"] = "other"
    assert client.refusal("POST", "apiReferral/userCustomization", brokerId="B1", customerId="other")[1] == -1130
    assert client.get("apiReferral/userCustomization", brokerId="B1") == named


def test_names_go_with_a_copy_and_stay_there(client: SignedClient) -> None:
    client.post("apiReferral/customization", **ANN)
    twin = SignedClient(client.world.fork())
    twin.post("apiReferral/customization", **BOB)
    twin.post("apiReferral/userCustomization", brokerId="B1", customerId="me")
    assert client.get("apiReferral/customization") == [ANN]
    assert twin.get("apiReferral/customization") == [ANN, BOB]
    assert client.get("apiReferral/userCustomization", brokerId="B1")["customerId"] == ""


@pytest.mark.parametrize(("params", "unit"), [({}, "USDT"), ({"type": 1}, "USDT"), ({"type": 2}, "BTC")])
def test_the_overview_is_of_nothing(client: SignedClient, params: dict[str, object], unit: str) -> None:
    answer = client.get("apiReferral/overview", **params)
    assert differences(OVERVIEW, answer) == []
    assert (answer["unit"], answer["totalTradeUser"], answer["time"]) == (unit, 0, MS)
    assert client.refusal("GET", "apiReferral/overview", type=3)[:2] == (400, -1130)


@pytest.mark.parametrize("path", ["tradeVol", "rebateVol", "traderNum", "traderSummary"])
def test_figures_by_the_day_are_empty(client: SignedClient, path: str) -> None:
    """U-42, U-44."""
    name = f"apiReferral/{path}"
    assert client.get(name) == client.get(name, type=2, startTime=MS - 5, endTime=MS, limit=1000) == []
    assert client.refusal("GET", name, startTime=MS, endTime=MS - 1)[:2] == (400, -1023)
    assert client.refusal("GET", name, limit=1001)[:2] == (400, -1130)
    assert client.refusal("GET", name, type=0)[:2] == (400, -1130)


@pytest.mark.parametrize(
    ("verb", "path", "needed"),
    [
        ("GET", "ifNewUser", {"brokerId"}),
        ("POST", "customization", {"customerId", "email"}),
        ("POST", "userCustomization", {"brokerId", "customerId"}),
        ("GET", "userCustomization", {"brokerId"}),
    ],
)
def test_what_has_to_be_sent(client: SignedClient, verb: str, path: str, needed: set[str]) -> None:
    """U-36."""
    for missing in needed:
        sent = dict.fromkeys(needed - {missing}, "x")
        status, code, msg = client.refusal(verb, f"apiReferral/{path}", **sent)
        assert (status, code) == (400, -1102)
        assert f"'{missing}'" in msg


def test_what_they_weigh(client: SignedClient) -> None:
    reply = client.ask("GET", "apiReferral/overview")
    assert reply.headers["x-mbx-used-weight-1m"] == "1"
