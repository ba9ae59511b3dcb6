"""Keys of the user data stream: one for each account, alive for an hour since it was last asked for (rule U-142)."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from binance_mock.engine.intervals import HOUR
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.accounts import ListenKey, UsdmAccount
from binance_mock.venues.usdm.declare import endpoint
from binance_mock.venues.usdm.venue import UsdmCall

LIFE: Final = HOUR


@endpoint("POST", "/fapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def open_listen_key(call: UsdmCall) -> Json:
    """The account's living key, or a new one; it lives on for an hour."""
    own = call.account
    key = living(own, call.now)
    if key is None:
        own.listen_keys += 1
        text = sha256(f"{call.venue.seed} {own.uid} {own.listen_keys}".encode()).hexdigest()
    else:
        text = key.text
    own.listen_key = ListenKey(text, call.now + LIFE)
    return {"listenKey": text}


@endpoint("PUT", "/fapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def renew_listen_key(call: UsdmCall) -> Json:
    """Let the living key live on for an hour."""
    own = call.account
    key = living(own, call.now)
    if key is None:
        raise Refusal(
            -1125,
            "This listenKey does not exist. Please use `POST /fapi/v1/listenKey` to recreate `listenKey`",
        )
    own.listen_key = key._replace(until=call.now + LIFE)
    return {"listenKey": key.text}


@endpoint("DELETE", "/fapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def close_listen_key(call: UsdmCall) -> Json:
    """End the living key, where there is one."""
    call.account.listen_key = None
    return {}


def living(account: UsdmAccount, now: int) -> ListenKey | None:
    """The key of an account, unless it ran out."""
    key = account.listen_key
    return key if key is not None and now < key.until else None


ENDPOINTS: Final[tuple[Endpoint, ...]] = (open_listen_key, renew_listen_key, close_listen_key)
