"""What the official SDKs have in common: their configuration, their models, their errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import rows
from binance_common import errors
from binance_common.configuration import ConfigurationRestAPI

from binance_conformance import operations as ops
from binance_conformance.protocol import Capabilities, Client, Configure, Outcome, OutcomeKind, Promise

HOME = "https://github.com/binance/binance-connector-python"


def who(client: str, version: str, venue: str) -> Client:
    """One of the SDKs. They document that failed reads are repeated: `retries`, three by default."""
    can = Capabilities(venues=(venue,), key_types=("hmac", "rsa", "ed25519"), promises=(Promise.RETRIES,))
    return rows.who(client, version, HOME, can)


def configuration(settings: Configure, venue: str) -> ConfigurationRestAPI:
    """The SDKs' own configuration."""
    key = settings.key
    return ConfigurationRestAPI(
        api_key=key and key.api_key,
        api_secret=key and key.secret,
        private_key=key and key.private_key,
        base_path=settings.urls[venue],
        **rows.given(timeout=settings.timeout_ms),
    )


def ask(work: Callable[[], Any], operation: ops.AnyOperation) -> Outcome:
    """Let an SDK work; its answer's `data()` is what its caller reads."""
    return rows.ask(lambda: plain(work().data()), operation, told)


def plain(data: Any) -> Any:
    """A model as Binance's JSON: what has a value, under Binance's names."""
    if hasattr(data, "actual_instance"):
        return plain(data.actual_instance)
    if hasattr(data, "to_dict"):
        return plain(data.to_dict())
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items()}
    if isinstance(data, list):
        return [plain(each) for each in data]
    return data


def order(order: ops.PlaceOrder, own: str = "new_client_order_id") -> dict[str, Any]:
    """An order as the SDKs take it: quantities and prices are floats."""
    return rows.given(
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        time_in_force=order.time_in_force,
        quantity=rows.number(order.quantity),
        price=rows.number(order.price),
        **rows.given(**{own: order.client_order_id}),
    )


def told(error: Exception) -> Outcome | None:
    """What an error of the SDKs tells. Its type stands for the HTTP status; `status_code` is Binance's code."""
    match error:
        case errors.RateLimitBanError() | errors.TooManyRequestsError():
            banned = isinstance(error, errors.RateLimitBanError)
            until = None if error.retry_after is None else time.time_ns() // 1_000_000 + error.retry_after * 1000
            return rows.by_status(418 if banned else 429, error.status_code, error.error_message, until)
        case errors.ServerError():
            return rows.by_status(error.status_code or 500, None, error.error_message)
        case errors.NetworkError():
            return Outcome(outcome=OutcomeKind.NETWORK, message=error.error_message)
        case errors.ClientError() if error.status_code is None:  # It says that something went wrong, and no more.
            return Outcome(outcome=OutcomeKind.UNKNOWN, message=error.error_message)
        case errors.ClientError() | errors.BadRequestError() | errors.UnauthorizedError() | errors.ForbiddenError():
            return rows.by_status(None, error.status_code, error.error_message)
        case errors.NotFoundError():
            return rows.by_status(404, error.status_code, error.error_message)
        case errors.Error():
            return Outcome(outcome=OutcomeKind.REFUSED, message=str(error))
    return None
