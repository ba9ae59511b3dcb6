"""Paths and verbs that lead nowhere (S-9, S-10), and how a path is found."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import SpotClient, frozen_world

from binance_mock.gate.desk import routes_of
from binance_mock.gate.request import Request
from binance_mock.venues.endpoint import endpoint
from binance_mock.venues.spot.endpoints import ENDPOINTS, RETIRED

NOT_SUPPORTED = {"code": -1020, "msg": "This operation is not supported."}


def ask(method: str, path: str, **headers: str) -> tuple[int, dict[str, str], object, str]:
    client = SpotClient(frozen_world())
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    reply = client.send(Request(method, path, b"", b"", raw))
    return reply.status, reply.headers, reply.json if reply.json is not None else reply.body, client.journal().why


@pytest.mark.parametrize(
    "path", ["/", "", "/api/v3", "/api/v3/", "/api/v3/ping/", "/API/V3/PING", "/api/v3/orders", "/papi/v1/ping", "//"]
)
def test_an_unknown_path(path: str) -> None:
    """S-9: 404, as JSON unless a page is asked for; it weighs 1."""
    status, headers, body, _ = ask("GET", path)
    assert (status, body) == (404, NOT_SUPPORTED)
    assert headers["x-mbx-used-weight-1m"] == "1"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/fapi/v1/nope"), ("POST", "/fapi/v1/time"), ("GET", "/futures/data/x"), ("GET", "/fapi/")],
)
def test_futures_name_what_they_do_not_serve(method: str, path: str) -> None:
    """U-6: another code, one status, and the caller's own words."""
    status, headers, body, why = ask(method, path)
    assert (status, body) == (404, {"code": -5000, "msg": f"Path {path}, Method {method} is invalid"})
    assert headers["x-mbx-used-weight-1m"] == "1"
    assert "x-mbx-used-weight" not in headers
    assert why


@pytest.mark.parametrize("name", ["account", "positionRisk"])
def test_retired_paths_of_futures_name_what_takes_their_place(name: str) -> None:
    """U-6: for the verb that was retired; another one is invalid, as on any path."""
    path = f"/fapi/v1/{name}"
    status, _, body, why = ask("GET", path)
    msg = f"GET {path} is retired, please use GET /fapi/v2/{name}"
    assert (status, body) == (404, {"code": -5000, "msg": msg})
    assert "retired" in why
    status, _, body, _ = ask("POST", path)
    assert (status, body) == (404, {"code": -5000, "msg": f"Path {path}, Method POST is invalid"})


@pytest.mark.parametrize("name", ["balance", "pmExchangeInfo", "allForceOrders"])
def test_other_retired_paths_of_futures_are_like_unknown_ones(name: str) -> None:
    """U-6."""
    status, _, body, _ = ask("GET", f"/fapi/v1/{name}")
    assert (status, body) == (404, {"code": -5000, "msg": f"Path /fapi/v1/{name}, Method GET is invalid"})


@pytest.mark.parametrize("path", ["/ws/btcusdt@trade", "/stream", "/ws-api/v3", "/api/v3/time2"])
def test_a_websocket_is_refused_with_the_reason(path: str) -> None:
    status, _, body, why = ask("GET", path, connection="Upgrade", upgrade="websocket")
    assert (status, body) == (404, NOT_SUPPORTED)
    assert why == "WebSockets are not served yet"


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"])
def test_an_unknown_path_as_a_page(accept: str) -> None:
    """S-9."""
    status, headers, body, _ = ask("GET", "/api/v3/orders", accept=accept)
    assert status == 404
    assert headers == {"content-type": "text/html;charset=UTF-8"}
    assert body == b"<html><body><h2>404 Not found</h2></body></html>"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/sbe"])
def test_an_unknown_path_as_json(accept: str) -> None:
    """S-9."""
    assert ask("GET", "/api/v3/orders", accept=accept)[2] == NOT_SUPPORTED


def test_futures_have_no_page() -> None:
    """U-6."""
    status, _, body, _ = ask("GET", "/fapi/v1/nope", accept="text/html")
    assert (status, body) == (404, {"code": -5000, "msg": "Path /fapi/v1/nope, Method GET is invalid"})


def test_the_page_is_for_unknown_paths_alone() -> None:
    """S-9: other refusals stay JSON."""
    assert ask("GET", "/api/v3/depth", accept="text/html")[2] == {
        "code": -1102,
        "msg": "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    }


@pytest.mark.parametrize("path", sorted(RETIRED))
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_retired_path(path: str, method: str) -> None:
    """S-10, S-212: 410, whatever the verb."""
    status, _, body, why = ask(method, path)
    assert (status, body) == (410, NOT_SUPPORTED)
    assert "retired" in why


def test_retired_paths_are_served_no_more() -> None:
    assert RETIRED.isdisjoint(item.path for item in ENDPOINTS)


@pytest.mark.parametrize(
    ("method", "path", "verbs"),
    [("POST", "ping", "GET"), ("PUT", "order", "POST, DELETE, GET"), ("HEAD", "time", "GET"), ("get", "time", "GET")],
)
def test_a_verb_that_the_path_does_not_take(method: str, path: str, verbs: str) -> None:
    status, _, body, why = ask(method, f"/api/v3/{path}")
    assert (status, body) == (405, NOT_SUPPORTED)
    assert verbs in why


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/api/v3/ordre", "/api/v3/order"),
        ("/api/v3/openOrder", "/api/v3/openOrders"),
        ("/api/v4/depth", "/api/v3/depth"),
    ],
)
def test_the_journal_names_what_may_have_been_meant(path: str, near: str) -> None:
    assert near in ask("GET", path)[3]


def test_the_journal_names_the_catalogue_when_nothing_is_near() -> None:
    assert "binance-mock catalog" in ask("GET", "/x" * 5_000)[3]


def test_each_verb_of_a_path_has_its_endpoint() -> None:
    routes = routes_of(ENDPOINTS)
    assert {verb: item.group for verb, item in routes["/api/v3/order"].items()} == {
        "POST": "trade", "DELETE": "trade", "GET": "account",
    }  # fmt: skip
    assert sum(len(verbs) for verbs in routes.values()) == len(ENDPOINTS)


def test_no_two_endpoints_may_share_verb_and_path() -> None:
    @endpoint("GET", "/api/v3/ping", group="general", weight=1)
    def twin(call: object) -> object:
        return {}

    with pytest.raises(ValueError, match=r"GET /api/v3/ping.* declared twice"):
        routes_of([*ENDPOINTS, twin])


def test_futures_have_one_unit_of_time() -> None:
    """U-5: the header does nothing there, whatever it says."""
    for unit in ("MICROSECOND", "FORTNIGHT"):
        status, _, body, _ = ask("GET", "/fapi/v1/time", **{"x-mbx-time-unit": unit})
        assert status == 200
        assert len(str(dict(body)["serverTime"])) == 13  # type: ignore[call-overload]  # it is an object
