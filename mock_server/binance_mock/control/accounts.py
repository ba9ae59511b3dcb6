"""Accounts, their balances, and their API keys."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Annotated, Any, Final, Literal

import msgspec

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import ALL_PERMISSIONS, ApiKey, KeyType, Permission
from binance_mock.venues.decimals import read, show
from binance_mock.venues.spot.venue import SpotAccount
from binance_mock.world import DEFAULT_WORLD, AccountSettings, World

_MOST: Final = 10**15 * SCALE
"""The largest balance; it is what the market maker has of an asset, too."""
_KEY_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class AccountBody(Body, kw_only=True):
    """A new account; balances are decimals in text."""

    name: str
    balances: dict[str, str] = msgspec.field(default_factory=dict)
    usdm_balances: dict[str, str] = msgspec.field(default_factory=dict)
    trade_group: Annotated[int, msgspec.Meta(ge=-1, le=10**12)] = -1
    bnb_burn: bool = False
    can_trade: bool = True


class ChangeBody(Body, kw_only=True):
    """What changes about an account; balances are what is free afterwards."""

    balances: dict[str, str] = msgspec.field(default_factory=dict)
    usdm_balances: dict[str, str] = msgspec.field(default_factory=dict)
    bnb_burn: bool | None = None
    can_trade: bool | None = None


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
def open_account(scene: Scene, body: AccountBody) -> Any:
    """Open an account and make it an HMAC key."""
    world = scene.world
    if not body.name or "/" in body.name:
        raise ControlError(f"an account cannot be called {body.name!r}", 'send {"name": "alice"}')
    wanted = AccountSettings(
        name=body.name,
        balances=_amounts(body.balances),
        usdm=_amounts(body.usdm_balances),
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
def change(scene: Scene, body: ChangeBody) -> Any:
    """Set free balances and switches of an account."""
    world = scene.world
    account = _named(world, scene.place["name"])
    ledger, money = world.spot.ledger, account.money
    for asset, amount in _amounts(body.balances).items():
        ledger.set_free(money, asset, amount)
        money.updated = world.clock.now()
    if body.usdm_balances and world.usdm is not None:
        wallets = world.usdm.accounts[account.name].money
        for asset, amount in _amounts(body.usdm_balances).items():
            world.usdm.ledger.set_free(wallets, asset, amount)
    if body.bnb_burn is not None:
        money.bnb_burn = body.bnb_burn
    if body.can_trade is not None:
        account.can_trade = body.can_trade
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
        "balances": {
            asset: {"free": show(money.free[asset]), "locked": show(money.locked[asset])}
            for asset in assets
            if money.free[asset] or money.locked[asset]
        },
        "usdm_balances": _wallets(world, account.name),
        "keys": [_key(key) for key in world.keys if key.account == account.name],
    }


def _wallets(world: World, name: str) -> dict[str, str]:
    """The wallets of USDⓈ-M futures that hold something, or owe it."""
    account = world.usdm.accounts.get(name) if world.usdm is not None else None
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
