"""A driver in a hundred lines: a small client for spot, and its way to the conformance kit. Needs nothing but Python.

    binance-mock driver-smoke -- python conformance/drivers/python/example.py

In a driver of your own, `Client` is imported; the rest is what you write. docs/drivers.md says what the lines mean.
"""

import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class Client:
    """The client under test."""

    def __init__(self, url: str, api_key: str, secret: str) -> None:
        self.url, self.api_key, self.secret = url, api_key, secret

    def request(self, method: str, path: str, *, signed: bool = False, **params: Any) -> Any:
        """Make a call; an answer of 400 and above raises urllib's HTTPError."""
        query = urllib.parse.urlencode({name: value for name, value in params.items() if value is not None})
        if signed:
            query += ("&" if query else "") + f"timestamp={int(time.time() * 1000)}"
            query += "&signature=" + hmac.new(self.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        headers = {"X-MBX-APIKEY": self.api_key} if signed else {}
        request = urllib.request.Request(f"{self.url}{path}?{query}", method=method, headers=headers)  # noqa: S310 - the kit gives the URL
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return json.load(answer)


def do(client: Client, operation: dict[str, Any]) -> Any:
    """Carry out an operation by the client's own calls; its result in the kit's words."""
    wanted = {name: operation.get(name) for name in ("symbol", "side", "type", "quantity", "price")}
    by_id = {
        "symbol": wanted["symbol"],
        "orderId": operation.get("order_id"),
        "origClientOrderId": operation.get("client_order_id"),
    }
    match operation["op"]:
        case "server_time":
            return {"server_time_ms": client.request("GET", "/api/v3/time")["serverTime"]}
        case "price":
            return client.request("GET", "/api/v3/ticker/price", symbol=wanted["symbol"])
        case "account":
            return client.request("GET", "/api/v3/account", signed=True)["balances"]
        case "place_order":
            return order(
                client.request(
                    "POST",
                    "/api/v3/order",
                    signed=True,
                    **wanted,
                    timeInForce=operation.get("time_in_force"),
                    newClientOrderId=operation.get("client_order_id"),
                )
            )
        case "query_order":
            return order(client.request("GET", "/api/v3/order", signed=True, **by_id))
        case "cancel_order":
            return order(client.request("DELETE", "/api/v3/order", signed=True, **by_id))
    raise NotImplementedError


def order(row: dict[str, Any]) -> dict[str, Any]:
    """An order in the kit's words; numbers of orders are text."""
    return {
        "order_id": str(row["orderId"]),
        "client_order_id": row.get("origClientOrderId") or row["clientOrderId"],
        "status": row["status"],
        "price": row["price"],
        "quantity": row["origQty"],
        "executed_quantity": row["executedQty"],
    }


def told(client: Client, operation: dict[str, Any]) -> dict[str, Any]:
    """What the client tells its caller: a result, or an error, by what the caller can see of it."""
    try:
        return {"outcome": "accepted", "result": do(client, operation)}
    except NotImplementedError:
        return {"outcome": "unsupported"}
    except urllib.error.HTTPError as error:
        try:
            body = json.load(error)
        except ValueError:
            body = {}
        kind = {429: "rate_limited", 418: "banned"}.get(error.code, "unknown" if error.code >= 500 else "refused")
        return {"outcome": kind, "status": error.code, "code": body.get("code"), "message": body.get("msg", "")}
    except OSError as error:  # URLError, a closed connection, a time-out
        return {"outcome": "network", "message": str(error)}
    except Exception as error:  # none of the client's own errors
        return {"outcome": "crash", "message": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Answer line by line."""
    client = Client("", "", "")
    for line in sys.stdin:
        command = json.loads(line)
        match command["cmd"]:
            case "hello":
                answer: dict[str, Any] = {
                    "protocol": 1,
                    "client": "example",
                    "version": "1.0",
                    "language": "python",
                    "capabilities": {"venues": ["spot"], "key_types": ["hmac"]},
                }
            case "configure":
                key = command["key"] or {}
                client = Client(command["urls"]["spot"], key.get("api_key", ""), key.get("secret", ""))
                answer = {"ok": True}
            case "call":
                answer = told(client, command["operation"])
            case "bye":
                answer = {"ok": True}
        print(json.dumps(answer), flush=True)
        if command["cmd"] == "bye":
            return


if __name__ == "__main__":
    main()
