"""Quotas beside the weight: what shares one, what it counts, and what it answers when it is used up (U-27)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW, SECOND, Reply, frozen_world, read
from tests.mock_server.venues.usdm.usdm_client import UsdmClient

from binance_mock.gate.limiters import SPOT_WORDING
from binance_mock.gate.quotas import Quotas
from binance_mock.gate.request import Request, Response
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.endpoints import ENDPOINTS
from binance_mock.venues.weights import Quota

SPAN = 300 * SECOND
START = NOW - NOW % SPAN


def by_quota() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in ENDPOINTS:
        if each.quota is not None:
            found.setdefault(each.quota.name, set()).add(each.path)
    return found


def test_what_shares_a_quota() -> None:
    """U-27: everything below /futures/data, and the two calls of funding."""
    assert by_quota() == {
        "futures/data": {each.path for each in ENDPOINTS if each.path.startswith("/futures/data/")},
        "fundingRate": {"/fapi/v1/fundingRate", "/fapi/v1/fundingInfo"},
    }
    quotas = {each.quota for each in ENDPOINTS if each.quota is not None}
    assert quotas == {Quota("futures/data", 1000, 5), Quota("fundingRate", 500, 5)}


def spent(client: UsdmClient) -> dict[str, dict[str, int]]:
    quotas = client.world.desks["usdm"].quotas.describe(client.world.clock.now())
    return {row["name"]: row["used"] for row in quotas}


def test_a_call_is_counted_by_its_quota_alone() -> None:
    """U-21, U-27: the weight stays, and is told all the same."""
    client = UsdmClient()
    for path in ("fundingInfo", "fundingRate", "fundingInfo"):
        reply = client.public(path)
        assert (reply.status, reply.headers["x-mbx-used-weight-1m"]) == (200, "0")
        assert client.world.journal.last.weight == 0
    client.public("/futures/data/delivery-price", pair="BTCUSDT")
    client.public("/futures/data/basis", pair="nonsense")  # A refusal counts as well.
    assert spent(client) == {"fundingRate": {"127.0.0.1": 3}, "futures/data": {"127.0.0.1": 2}}


def test_a_quota_that_is_used_up() -> None:
    """U-27: 429 in the words of U-23, until the five minutes are over; other calls go on."""
    client = UsdmClient()
    client.world.desks["usdm"].quotas.set_limit("fundingRate", 2)
    assert [client.public(path).status for path in ("fundingRate", "fundingInfo")] == [200, 200]
    for path in ("fundingRate", "fundingInfo"):
        reply = client.public(path)
        assert (*reply.refusal, reply.msg) == (
            429, -1003,
            "Too many requests; current limit of IP(127.0.0.1) is 2 requests per 5 minutes. "
            "Please use the websocket for live updates to avoid polling the API.",
        )  # fmt: skip
        assert int(reply.headers["retry-after"]) == -(-(START + SPAN - NOW) // SECOND)
    assert client.public("/futures/data/delivery-price", pair="BTCUSDT").status == 200
    assert client.public("ping").status == 200
    client.world.clock.freeze(START + SPAN - 1)
    assert client.public("fundingInfo").status == 429
    client.world.clock.freeze(START + SPAN)
    assert client.public("fundingInfo").status == 200


def test_other_addresses_have_their_own() -> None:
    client = UsdmClient()
    client.world.desks["usdm"].quotas.set_limit("fundingRate", 1)
    assert [ask(client, ip).status for ip in ("10.0.0.1", "10.0.0.2", "10.0.0.1")] == [200, 200, 429]


def ask(client: UsdmClient, ip: str) -> Reply:
    response = client.world.handle(Request("GET", "/fapi/v1/fundingInfo", b"", b"", None, ip))
    assert isinstance(response, Response)
    return read(response)


def test_weight_that_is_used_up_does_not_matter_but_a_ban_does() -> None:
    """U-23, U-27."""
    client = UsdmClient()
    ip = client.world.desks["usdm"].ip
    ip.charge("127.0.0.1", 5000, NOW)
    assert client.public("ping").status == 429
    assert client.public("fundingInfo").status == 200
    ip.ban("127.0.0.1", 60, NOW)
    assert client.public("fundingInfo").refusal == (418, -1003)
    assert spent(client)["fundingRate"] == {"127.0.0.1": 1}


def test_a_copy_counts_on_its_own_and_a_fresh_world_from_nothing() -> None:
    client = UsdmClient()
    client.world.desks["usdm"].quotas.set_limit("fundingRate", 2)
    client.public("fundingInfo")
    twin = UsdmClient(client.world.fork())
    assert [twin.public("fundingInfo").status for _ in range(2)] == [200, 429]
    assert client.public("fundingInfo").status == 200
    fresh = UsdmClient(client.world.fresh())
    assert spent(fresh)["fundingRate"] == {}
    assert [fresh.public("fundingInfo").status for _ in range(3)] == [200] * 3


def test_what_does_not_exist_and_what_is_not_legal() -> None:
    quotas = frozen_world().desks["usdm"].quotas
    with pytest.raises(KeyError):
        quotas.set_limit("nothing", 1)
    with pytest.raises(ValueError, match="a limit is 0 or more, not -1"):
        quotas.set_limit("fundingRate", -1)


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(-30 * SECOND, 200 * SECOND)), max_size=60
    )
)
def test_counting_agrees_with_a_slow_model(calls: list[tuple[str, str, int]]) -> None:
    """What was admitted in the interval of each call is looked up in a list; clocks that go back find theirs empty."""
    sizes = {"a": Quota("a", 2, 1), "b": Quota("b", 3, 2)}
    quotas = Quotas(sizes.values(), SPOT_WORDING)
    now = NOW
    admitted: dict[tuple[str, str], list[int]] = {}
    for name, ip, step in calls:
        now += step
        interval = now // (sizes[name].minutes * 60 * SECOND)
        intervals = admitted.setdefault((name, ip), [])
        count = 0
        for each in reversed(intervals):  # Those since another interval was counted in.
            if each != interval:
                break
            count += 1
        if count == sizes[name].limit:
            with pytest.raises(Refusal):
                quotas.admit(name, ip, now)
        else:
            quotas.admit(name, ip, now)
            intervals.append(interval)
