"""Accounts, their balances, and their API keys."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Annotated, Any, Final, Literal

import msgspec

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import ALL_PERMISSIONS, ApiKey, KeyType, Permission
from binance_mock.markets import OWN_MONEY
from binance_mock.venues.decimals import read, show
from binance_mock.venues.options.venue import OptionsVenue
from binance_mock.venues.spot.venue import SpotAccount
from binance_mock.venues.usdm.locks import Lock
from binance_mock.world import DEFAULT_WORLD, AccountSettings, World

_MOST: Final = 10**15 * SCALE
"""The largest balance; it is what the market maker has of an asset, too."""
_KEY_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class _NewAccount(Body, kw_only=True):
    name: str
    balances: dict[str, str] = msgspec.field(default_factory=dict)
    trade_group: Annotated[int, msgspec.Meta(ge=-1, le=10**12)] = -1
    bnb_burn: bool = False
    can_trade: bool = True


class _Change(Body, kw_only=True):
    balances: dict[str, str] = msgspec.field(default_factory=dict)
    bnb_burn: bool | None = None
    can_trade: bool | None = None
    usdm_lock: Lock | None = None
    options_liquidating: bool | None = None


def _with_wallets(name: str, base: type[Body], doc: str) -> type[Body]:
    """A body that takes `<market>_balances` of every market that keeps money, too."""
    nothing: Any = msgspec.field(default_factory=dict)
    fields: list[Any] = [(f"{market}_balances", dict[str, str], nothing) for market in OWN_MONEY]
    made: Any = msgspec.defstruct(name, fields, bases=(base,), namespace={"__doc__": doc}, kw_only=True)
    kind: type[Body] = made
    return kind


AccountBody: Final = _with_wallets("AccountBody", _NewAccount, "A new account; balances are decimals in text.")
ChangeBody: Final = _with_wallets(
    "ChangeBody", _Change, "What changes about an account; balances are what is free afterwards."
)


class KeyBody(Body, kw_only=True):
    """A new key. Without `key` and `secret` they are made; `public_key` is PEM text of an RSA or Ed25519 key."""

    account: str = ""
    key: str | None = None
    secret: str | None = None
    public_key: str | None = None
    label: str = ""
    permissions: list[Literal["TRADE", "USER_DATA", "USER_STREAM", "MARKET_DATA"]] | None = None
    ips: list[str] = msgspec.field(default_factory=list)


@control("GET", "/accounts")
def show_all(scene: Scene, body: Body) -> Any:
    """All accounts with balances and keys; secrets are not shown."""
    world = scene.world
    return {"accounts": [_account(world, account) for account in world.spot.accounts.values()]}


@control("POST", "/accounts", AccountBody)
def open_account(scene: Scene, body: _NewAccount) -> Any:
    """Open an account and make it an HMAC key."""
    world = scene.world
    if not body.name or "/" in body.name:
        raise ControlError(f"an account cannot be called {body.name!r}", 'send {"name": "alice"}')
    wanted = AccountSettings(
        name=body.name,
        balances=_amounts(body.balances),
        wallets={market: _amounts(amounts) for market, amounts in _wallets_of(body)},
        trade_group=body.trade_group,
        bnb_burn=body.bnb_burn,
        can_trade=body.can_trade,
    )
    try:
        world.open_account(wanted)
    except ValueError as error:
        raise ControlError(str(error), f"PATCH /_mock/accounts/{body.name} changes an account", 409) from None
    made = _new_key(world, KeyBody(account=body.name, label=body.name))
    return _account(world, world.spot.accounts[body.name]) | {"key": made["key"], "secret": made["secret"]}


@control("PATCH", "/accounts/{name}", ChangeBody)
def change(scene: Scene, body: _Change) -> Any:
    """Set free balances and switches of an account."""
    world = scene.world
    account = _named(world, scene.place["name"])
    ledger, money = world.spot.ledger, account.money
    for asset, amount in _amounts(body.balances).items():
        ledger.set_free(money, asset, amount)
        money.updated = world.clock.now()
    for market, amounts in _wallets_of(body):
        venue = world.venues.get(market)
        if venue is not None:
            for asset, amount in _amounts(amounts).items():
                venue.ledger.set_free(venue.accounts[account.name].money, asset, amount)
            if amounts and isinstance(venue, OptionsVenue):
                venue.look_at(venue.accounts[account.name])
    if body.bnb_burn is not None:
        money.bnb_burn = body.bnb_burn
    if body.can_trade is not None:
        for venue in world.venues.values():
            own = venue.accounts.get(account.name)
            if own is not None:
                own.can_trade = body.can_trade
    if body.usdm_lock is not None and world.usdm is not None:
        world.usdm.accounts[account.name].lock = body.usdm_lock
    if body.options_liquidating is not None and world.options is not None:
        world.options.accounts[account.name].liquidating = body.options_liquidating
    return _account(world, account)


@control("POST", "/keys", KeyBody)
def add_key(scene: Scene, body: KeyBody) -> Any:
    """Make or register an API key; the answer shows its secret, once."""
    return _new_key(scene.world, body)


@control("DELETE", "/keys/{key}")
def remove_key(scene: Scene, body: Body) -> Any:
    """Take a key away, by its text or its label."""
    keys = scene.world.keys
    wanted = scene.place["key"]
    found = [key for key in keys if key.key == wanted] or [key for key in keys if key.label == wanted]
    if not found:
        raise ControlError("there is no such key", "GET /_mock/accounts lists the keys of each account", 404)
    if len(found) > 1:
        raise ControlError(f"{len(found)} keys are labelled {wanted!r}", "name the key by its text", 409)
    keys.remove(found[0].key)
    return {"removed": 1}


def _new_key(world: World, body: KeyBody) -> dict[str, Any]:
    name = body.account or next(iter(world.spot.accounts), "")
    _named(world, name)
    made, secret = _make_pair(world)
    text = body.key or made
    permissions = ALL_PERMISSIONS if body.permissions is None else [Permission(each) for each in body.permissions]
    label = body.label or f"{name}-{len(world.keys) + 1}"
    if not world.keys.well_formed(text):
        raise ControlError("the key's text is malformed", "use up to 128 visible ASCII characters")
    if text in world.keys:
        raise ControlError("the key is known already", "send another text, or DELETE /_mock/keys/{key} first", 409)
    if body.secret == "":
        raise ControlError("the secret is empty", "leave it out to have one made")
    if body.public_key is not None and body.secret is not None:
        raise ControlError("a key has a secret or a public key, not both", "leave one of them out")
    try:
        if body.public_key is not None:
            key = ApiKey.asymmetric(
                text, body.public_key, label=label, account=name, permissions=permissions, ips=body.ips
            )
        else:
            secret = body.secret or secret
            key = ApiKey.hmac(text, secret, label=label, account=name, permissions=permissions, ips=body.ips)
    except ValueError as error:
        raise ControlError(str(error), "POST /_mock/keys takes PEM text in public_key and addresses in ips") from None
    world.keys.add(key)
    return _key(key) | {"key": text, "secret": secret if key.type is KeyType.HMAC else None}


def _make_pair(world: World) -> tuple[str, str]:
    """Text and secret of a key that the world does not know yet; equal seeds give equal pairs."""
    for number in count(len(world.keys)):
        place = "" if world.name == DEFAULT_WORLD else f"{world.name}:"  # A key leads to one world alone.
        rng = Random(f"{world.settings.seed}:{place}key:{number}")
        text, secret = ("".join(rng.choices(_KEY_LETTERS, k=64)) for _ in range(2))
        if text not in world.keys:
            break
    return text, secret


def _account(world: World, account: SpotAccount) -> dict[str, Any]:
    money = account.money
    assets = [*world.spot.assets, *sorted(money.free.keys() - world.spot.assets)]
    return {
        "name": account.name,
        "uid": account.uid,
        "trade_group": money.trade_group,
        "bnb_burn": money.bnb_burn,
        "can_trade": account.can_trade,
        "usdm_lock": Lock.NONE if world.usdm is None else world.usdm.accounts[account.name].lock,
        "options_liquidating": world.options is not None and world.options.accounts[account.name].liquidating,
        "balances": {
            asset: {"free": show(money.free[asset]), "locked": show(money.locked[asset])}
            for asset in assets
            if money.free[asset] or money.locked[asset]
        },
        **{f"{market}_balances": _wallets(world, market, account.name) for market in OWN_MONEY},
        "keys": [_key(key) for key in world.keys if key.account == account.name],
    }


def _wallets_of(body: Body) -> list[tuple[str, dict[str, str]]]:
    """Balances that a body names, by market."""
    return [(market, getattr(body, f"{market}_balances")) for market in OWN_MONEY]


def _wallets(world: World, market: str, name: str) -> dict[str, str]:
    """The wallets of a market that hold something, or owe it."""
    venue = world.venues.get(market)
    account = None if venue is None else venue.accounts.get(name)
    return {} if account is None else {asset: show(held) for asset, held in account.money.free.items() if held}


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "key": key.key,
        "label": key.label,
        "account": key.account,
        "type": key.type.value,
        "permissions": sorted(key.permissions),
        "ips": sorted(str(each) for each in key.ips),
        "enabled": key.enabled,
    }


def _named(world: World, name: str) -> SpotAccount:
    account = world.spot.accounts.get(name)
    if account is None:
        raise ControlError(f"there is no account {name!r}", nearest(name, list(world.spot.accounts)), 404)
    return account


def _amounts(balances: dict[str, str]) -> dict[str, int]:
    amounts = {}
    for asset, text in balances.items():
        try:
            amount = read(text)
        except ValueError as error:
            raise ControlError(f"balances.{asset}: {error}", 'send decimals as text, such as {"BTC": "1.5"}') from None
        if amount < 0:
            raise ControlError(f"balances.{asset} is below zero", "send zero or more")
        if amount > _MOST:
            raise ControlError(f"balances.{asset} is more than there is", f"send at most {_MOST // SCALE}")
        amounts[asset] = amount
    return amounts


CALLS: Final[tuple[ControlCall, ...]] = (show_all, open_account, change, add_key, remove_key)
