"""Keys of the user data stream: one for each account (rule O-88)."""

from __future__ import annotations

from typing import Final

from binance_mock.venues import listen_keys
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.render import ms
from binance_mock.venues.options.venue import OptionsCall


@endpoint("POST", "/eapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def open_listen_key(call: OptionsCall) -> Json:
    """The account's living key, or a new one; it lives on for an hour."""
    key = listen_keys.opened(call)
    if call.venue.dialect.key_expiry:
        return {"listenKey": key.text, "expiration": ms(key.until)}
    return {"listenKey": key.text}


@endpoint("PUT", "/eapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def renew_listen_key(call: OptionsCall) -> Json:
    """Let the living key live on for an hour."""
    if listen_keys.renewed(call) is None:
        raise Refusal(-1125, "This listenKey does not exist.")
    return {}


@endpoint("DELETE", "/eapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def close_listen_key(call: OptionsCall) -> Json:
    """End the living key, where there is one."""
    call.account.listen_key = None
    return {}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (open_listen_key, renew_listen_key, close_listen_key)
