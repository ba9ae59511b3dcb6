"""The agreement on contracts of stocks."""

from __future__ import annotations

from tests.mock_server.venues.usdm.signed_client import SignedClient


def test_the_agreement_can_be_signed_again_and_again() -> None:
    client = SignedClient()
    for number in (1, 2):
        reply = client.ask("POST", "stock/contract")
        assert reply.ok() == {"code": 200, "msg": "success"}
        assert reply.headers["x-mbx-used-weight-1m"] == str(50 * number)


def test_it_has_to_be_signed() -> None:
    """U-10, U-15."""
    client = SignedClient()
    assert client.call("stock/contract", {}, verb="POST").refusal == (401, -2014)
    assert client.refusal("GET", "stock/contract")[:2] == (404, -5000)
