"""Keys and tokens of the margin streams. Keys live for an hour since they were last asked for."""

from __future__ import annotations

from typing import Annotated, Final

from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.listen_keys import LIFE, ListenKey, drawn
from binance_mock.venues.params import Text, Whole
from binance_mock.venues.spot.kinds import Bool, SymbolName
from binance_mock.venues.wallet.venue import WalletAccount, WalletCall
from binance_mock.venues.weights import Unit

USER: Final = "/sapi/v1/userDataStream"
RISK: Final = "/sapi/v1/margin/listen-key"
_DAY_MS: Final = 86_400_000

KeyText = Annotated[str, Text(r"^[a-zA-Z0-9]{1,128}$", r"[a-zA-Z0-9]{1,128}")]
Validity = Annotated[int, Whole(least=1, most=_DAY_MS)]


@endpoint("POST", USER, group="stream", security=Security.USER_STREAM, weight=1)
def open_user_stream(call: WalletCall) -> Json:
    """The living key of the cross margin stream, or a new one; it lives on for an hour."""
    return _open(call, USER)


@endpoint("PUT", USER, group="stream", security=Security.USER_STREAM, weight=1)
def renew_user_stream(call: WalletCall, listenKey: KeyText) -> Json:
    """Let a key of the cross margin stream live on for an hour."""
    return _renew(call, USER, listenKey)


@endpoint("DELETE", USER, group="stream", security=Security.USER_STREAM, weight=1)
def close_user_stream(call: WalletCall, listenKey: KeyText) -> Json:
    """End a key of the cross margin stream, where there is one."""
    if USER in call.account.listen_keys:
        _living(call.account, USER, listenKey, call.now)
        del call.account.listen_keys[USER]
    return {}


@endpoint("POST", "/sapi/v1/userListenToken", group="stream", security=Security.USER_STREAM, weight=1, unit=Unit.UID)
def user_listen_token(
    call: WalletCall, symbol: SymbolName | None = None, isIsolated: Bool = False, validity: Validity = _DAY_MS
) -> Json:
    """A token for user data over the WebSocket API."""
    if isIsolated:
        if symbol is None:
            raise errors.mandatory("symbol")
        call.venue.spot.info(symbol)
    return {"token": _text(call), "expirationTime": call.now // 1000 + validity}


@endpoint("POST", RISK, group="stream", security=Security.USER_STREAM, weight=1, unit=Unit.UID)
def open_risk_stream(call: WalletCall) -> Json:
    """The living key of the risk stream, or a new one; it lives on for an hour."""
    return _open(call, RISK)


@endpoint("PUT", RISK, group="stream", security=Security.USER_STREAM, weight=1, unit=Unit.UID)
def renew_risk_stream(call: WalletCall, listenKey: KeyText) -> Json:
    """Let a key of the risk stream live on for an hour."""
    return _renew(call, RISK, listenKey)


@endpoint("DELETE", RISK, group="stream", security=Security.USER_STREAM, weight=3000, unit=Unit.UID)
def close_risk_stream(call: WalletCall) -> Json:
    """End the key of the risk stream, where there is one."""
    call.account.listen_keys.pop(RISK, None)
    return {}


def _open(call: WalletCall, path: str) -> Json:
    keys, now = call.account.listen_keys, call.now
    key = keys.get(path)
    text = key.text if key is not None and now < key.until else _text(call)
    keys[path] = ListenKey(text, now + LIFE)
    return {"listenKey": text}


def _renew(call: WalletCall, path: str, text: str) -> Json:
    key = _living(call.account, path, text, call.now)
    call.account.listen_keys[path] = key._replace(until=call.now + LIFE)
    return {}


def _living(account: WalletAccount, path: str, text: str, now: int) -> ListenKey:
    """The account's living key of this text.

    Raises:
        Refusal: -1125, there is none.
    """
    key = account.listen_keys.get(path)
    if key is None or key.text != text or now >= key.until:
        raise Refusal(-1125, "This listenKey does not exist.")
    return key


def _text(call: WalletCall) -> str:
    """The text of a new key or token."""
    own = call.account
    own.made += 1
    return drawn(call.venue, own.margin.uid, own.made)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    open_user_stream,
    renew_user_stream,
    close_user_stream,
    user_listen_token,
    open_risk_stream,
    renew_risk_stream,
    close_risk_stream,
)
