"""Endpoints of spot that asked for a key and no signature, as they were in older documents; `[spot] legacy_key_only`.

`historicalTrades` was MARKET_DATA until 2023. The listen keys of user data streams were USER_STREAM, and are gone since
2026-02-20 (rules S-35, S-212).
"""

from __future__ import annotations

from typing import Annotated, Final

from binance_mock.venues import listen_keys
from binance_mock.venues.endpoint import Endpoint, Json, Security, endpoint
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Text
from binance_mock.venues.spot import market
from binance_mock.venues.spot.venue import SpotCall

_STREAM: Final = "/api/v3/userDataStream"

KeyText = Annotated[str, Text(r"^[a-zA-Z0-9]{1,128}$", r"[a-zA-Z0-9]{1,128}")]


@endpoint("POST", _STREAM, group="stream", security=Security.USER_STREAM, weight=2)
def open_user_stream(call: SpotCall) -> Json:
    """The account's living key, or a new one; it lives on for an hour."""
    return {"listenKey": listen_keys.opened(call).text}


@endpoint("PUT", _STREAM, group="stream", security=Security.USER_STREAM, weight=2)
def renew_user_stream(call: SpotCall, listenKey: KeyText) -> Json:
    """Let the account's key live on for an hour."""
    _living(call, listenKey)
    listen_keys.renewed(call)
    return {}


@endpoint("DELETE", _STREAM, group="stream", security=Security.USER_STREAM, weight=2)
def close_user_stream(call: SpotCall, listenKey: KeyText) -> Json:
    """End the account's key."""
    _living(call, listenKey)
    call.account.listen_key = None
    return {}


def _living(call: SpotCall, text: str) -> None:
    """Refuse any other key than the one that lives.

    Raises:
        Refusal: -1125.
    """
    key = call.account.listen_key
    if key is None or key.text != text or call.now >= key.until:
        raise Refusal(-1125, "This listenKey does not exist.")


_TRADES: Final = Endpoint(
    "GET",
    market.historical_trades.path,
    market.historical_trades.handler,
    group="market",
    security=Security.MARKET_DATA,
    weight=market.historical_trades.weight,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (_TRADES, open_user_stream, renew_user_stream, close_user_stream)
"""They take the places of today's, and of paths that are gone."""
