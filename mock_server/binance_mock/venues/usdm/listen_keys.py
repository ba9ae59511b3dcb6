"""Keys of the user data stream: one for each account (rule U-142)."""

from __future__ import annotations

from typing import Final

from binance_mock.venues import listen_keys
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.venue import UsdmCall


@endpoint("POST", "/fapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def open_listen_key(call: UsdmCall) -> Json:
    """The account's living key, or a new one; it lives on for an hour."""
    return {"listenKey": listen_keys.opened(call).text}


@endpoint("PUT", "/fapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def renew_listen_key(call: UsdmCall) -> Json:
    """Let the living key live on for an hour."""
    return renew(call, "`")


@endpoint("DELETE", "/fapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def close_listen_key(call: UsdmCall) -> Json:
    """End the living key, where there is one."""
    call.account.listen_key = None
    return {}


def renew(call: UsdmCall, mark: str) -> dict[str, str]:
    """Let the living key of an account live on, and show it.

    Args:
        call: who asks.
        mark: what encloses names in the text of the refusal.

    Raises:
        Refusal: -1125, there is none.
    """
    key = listen_keys.renewed(call)
    if key is None:
        post, name = f"{mark}POST /fapi/v1/listenKey{mark}", f"{mark}listenKey{mark}"
        raise Refusal(-1125, f"This listenKey does not exist. Please use {post} to recreate {name}")
    return {"listenKey": key.text}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (open_listen_key, renew_listen_key, close_listen_key)
