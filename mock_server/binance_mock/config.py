"""The configuration: which worlds a server makes, and where it listens.

A TOML file, or a mapping of the same form. Whatever it holds, reading it gives a `Config` or raises a `ConfigError`
that names the place; nothing is left to fail later, so fault rules and keys are made once here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from binance_mock.config_reading import ConfigError, below, line_column, nearest, read_file, read_part, refuse
from binance_mock.config_values import (
    MOST_NUMBER,
    pick_symbols,
    read_balances,
    read_decimal,
    read_faults,
    read_limits,
    rows_of,
)
from binance_mock.engine.units import SCALE
from binance_mock.gate.gate import Settings
from binance_mock.gate.keys import ALL_PERMISSIONS, ApiKey, KeyRing, Permission
from binance_mock.markets import MARKETS, OWN_MONEY
from binance_mock.venues.options.settings import DialectName
from binance_mock.venues.spot.settings import CommissionRates, SpotSettings
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.world import STANDARD_ACCOUNT, STANDARD_KEY, AccountSettings, Blueprint, WorldSettings

__all__ = [
    "Config",
    "ConfigError",
    "LogLevel",
    "ServerSettings",
    "config_from",
    "default_config",
    "override",
    "read_config",
]

_LAST_MS: Final = 4_102_444_800_000
"""The latest time that a clock may be frozen at, in milliseconds: the year 2100."""
_MOST_FILE: Final = 1 << 20
_MOST_PEM: Final = 1 << 16
_CONTRACTS: Final = tuple((market.name, market.settings) for market in MARKETS if market.settings is not None)
_SECTIONS: Final = (
    "server", "world", "gate", "spot", *(name for name, _ in _CONTRACTS), "accounts", "keys", "limits", "faults",
)  # fmt: skip
_AT: Final = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.S)
_WORD: Final = r"^[^\s\x00-\x1f\x7f-\x9f]+$"
_PATH: Final = r"^[^\x00]+$"

LogLevel = Literal["debug", "info", "warning", "error"]
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=_WORD)]
Line = Annotated[str, Meta(max_length=128, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Count = Annotated[int, Meta(ge=0, le=MOST_NUMBER)]
Positive = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[server]`: where the server listens and what it tells.

    Attributes:
        host: address to listen on; any but a loopback address needs a control token.
        port: 0 for a free one.
        log_level: "info" logs every request, "debug" with query and body, "warning" and "error" only defects.
        json_logs: one JSON object a line.
        control_token: what callers of the control API must send, None for none.
        max_worlds: how many worlds there may be beside the default one.
        world_idle_s: seconds after which a world that nobody asked may go, 0 to keep all.
        tls: HTTPS, with a certificate for Binance's host names.
        tls_dir: where the authority lives that signs it, None for the user's cache folder.
    """

    host: Annotated[str, Meta(max_length=255, pattern=_WORD)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8099
    log_level: LogLevel = "info"
    json_logs: bool = False
    control_token: Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[!-~]+$")] | None = None
    max_worlds: Annotated[int, Meta(ge=0, le=1_000_000)] = 1000
    world_idle_s: Annotated[int, Meta(ge=0, le=10**9)] = 3600
    tls: bool = False
    tls_dir: Annotated[str, Meta(min_length=1, max_length=4096, pattern=_PATH)] | None = None


class Config(NamedTuple):
    """What a configuration comes to."""

    server: ServerSettings
    settings: WorldSettings
    blueprint: Blueprint


class _WorldPart(msgspec.Struct, forbid_unknown_fields=True):
    seed: int = 1
    frozen_at: Annotated[int, Meta(ge=0, le=_LAST_MS)] | None = None
    strikes: Count = 5
    maker_credit: Count = 5
    strict_keys: bool = False
    journal_size: Annotated[int, Meta(ge=1, le=10_000_000)] = 1000
    standard_account: bool = True


class _SpotPart(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    symbols: list[str] | None = None
    rates: Any = None
    first_order_id: Annotated[int, Meta(ge=1, le=1 << 62)] | UnsetType = UNSET
    first_uid: Positive | UnsetType = UNSET
    levels: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = UNSET
    level_value: Annotated[int, Meta(ge=1, le=10**7)] | UnsetType = UNSET
    spread_bps: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = UNSET
    history_hours: Annotated[int, Meta(ge=0, le=24 * 31)] | UnsetType = UNSET
    legacy_key_only: bool | UnsetType = UNSET


class _ContractsPart(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    maker: str | UnsetType = UNSET
    taker: str | UnsetType = UNSET
    first_order_id: Annotated[int, Meta(ge=1, le=1 << 62)] | UnsetType = UNSET
    levels: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = UNSET
    level_value: Annotated[int, Meta(ge=1, le=10**7)] | UnsetType = UNSET
    spread_bps: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = UNSET
    history_hours: Annotated[int, Meta(ge=0, le=24 * 31)] | UnsetType = UNSET


class _FuturesPart(_ContractsPart, forbid_unknown_fields=True, omit_defaults=True):
    legacy_conditional_orders: bool | UnsetType = UNSET


class _OptionsPart(_ContractsPart, forbid_unknown_fields=True, omit_defaults=True):
    dialect: DialectName | UnsetType = UNSET
    exercise: str | UnsetType = UNSET
    writers: bool | UnsetType = UNSET
    makers: bool | UnsetType = UNSET
    naked_sell: bool | UnsetType = UNSET
    margin_with_mark: bool | UnsetType = UNSET
    max_orders: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = UNSET
    max_underlying_orders: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET
    max_short: str | UnsetType = UNSET
    max_underlying_short: str | UnsetType = UNSET
    max_order_qty: str | UnsetType = UNSET


class _RatesPart(msgspec.Struct, forbid_unknown_fields=True):
    maker: str | None = None
    taker: str | None = None
    bnb_discount: str | None = None


class _AccountBase(msgspec.Struct):
    name: Word
    balances: Any = None
    trade_group: Annotated[int, Meta(ge=-1, le=MOST_NUMBER)] = -1
    bnb_burn: bool = False
    can_trade: bool = True
    commission: Any = None


_AccountPart: Final = msgspec.defstruct(
    "_AccountPart",
    [(f"{market}_balances", Any, None) for market in OWN_MONEY],
    bases=(_AccountBase,),
    forbid_unknown_fields=True,
)


class _CommissionPart(msgspec.Struct, forbid_unknown_fields=True):
    maker: str | None = None
    taker: str | None = None


class _KeyPart(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    account: str | None = None
    secret: str | None = None
    public_key: str | None = None
    public_key_file: str | None = None
    label: Line = ""
    permissions: list[Permission] | None = None
    ips: list[str] = []


def read_config(path: str | Path) -> Config:
    """The configuration in a TOML file.

    Raises:
        ConfigError: the file cannot be read, is no TOML, or holds what is not legal.
    """
    import tomllib

    source = str(path)
    raw = read_file(Path(path), _MOST_FILE, source, "")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        refuse(f"{source}:{line_column(raw[: error.start].decode())}", "", "this is no UTF-8; save the file as UTF-8")
    try:
        mapping = tomllib.loads(text)
    except RecursionError:
        refuse(source, "", "lists or tables stand too deep in each other; no setting needs more than three levels")
    except ValueError as error:
        match = _AT.fullmatch(str(error))
        where = f"{match[2]}:{match[3]}" if match else line_column(text)
        reason = match[1] if match else str(error).removesuffix(" (at end of document)")
        refuse(f"{source}:{where}", "", f"{reason}; the file must be TOML, text stands in quotes")
    return config_from(mapping, source, folder=Path(path).parent)


def default_config() -> Config:
    """The configuration of a server that was told nothing."""
    return Config(ServerSettings(), WorldSettings(), Blueprint.standard())


def override(config: Config | None, server: Mapping[str, Any], *, seed: int | None, frozen_at: int | None) -> Config:
    """A configuration with some settings replaced.

    Args:
        config: the configuration, None for the default one.
        server: fields of `ServerSettings`; those that are None stay as they are.
        seed: the seed of worlds, None to leave it.
        frozen_at: where clocks stand, in milliseconds, None to leave it.

    Raises:
        ConfigError: a field of the server is not legal.
    """
    config = config or default_config()
    fields = msgspec.to_builtins(config.server) | {name: value for name, value in server.items() if value is not None}
    world = read_part(_WorldPart, {"frozen_at": frozen_at}, "options", "")
    settings = config.settings
    if seed is not None:
        settings = msgspec.structs.replace(settings, seed=seed)
    if world.frozen_at is not None:
        settings = msgspec.structs.replace(settings, frozen_at=world.frozen_at * 1000)
    return Config(read_part(ServerSettings, fields, "options", ""), settings, config.blueprint)


def config_from(mapping: Mapping[str, Any], source: str, *, folder: Path | None = None) -> Config:
    """The configuration in a mapping of the form of the file.

    Args:
        mapping: sections by name.
        source: what errors call it.
        folder: where names of files begin, None for the working directory.

    Raises:
        ConfigError: something is not legal.
    """
    for name in mapping:
        if name not in _SECTIONS:
            refuse(source, str(name), f"is no section; {nearest(str(name), _SECTIONS)}")
    try:
        return _Reader(mapping, source, folder or Path()).config()
    except RecursionError:
        refuse(source, "", "lists or tables stand too deep in each other; no setting needs more than three levels")


class _Reader:
    """Reads one configuration."""

    def __init__(self, mapping: Mapping[str, Any], source: str, folder: Path) -> None:
        self._mapping = mapping
        self._source = source
        self._folder = folder

    def config(self) -> Config:
        source = self._source
        server = read_part(ServerSettings, self._table("server"), source, "server")
        if server.tls_dir is not None:
            server = msgspec.structs.replace(server, tls_dir=str(self._folder / os.path.expanduser(server.tls_dir)))
        world = read_part(_WorldPart, self._table("world"), source, "world")
        gate = read_part(Settings, self._table("gate"), source, "gate")
        part = read_part(_SpotPart, self._table("spot"), source, "spot")
        spot = self._spot(part)
        accounts = self._accounts((STANDARD_ACCOUNT,) if world.standard_account else (), spot.rates)
        keys = self._keys((STANDARD_KEY,) if world.standard_account else (), accounts, strict=world.strict_keys)
        settings = WorldSettings(
            seed=world.seed,
            frozen_at=None if world.frozen_at is None else world.frozen_at * 1000,
            strikes=world.strikes,
            maker_credit=world.maker_credit,
            strict_keys=world.strict_keys,
            journal_size=world.journal_size,
            gate=gate,
            spot=spot,
            **{name: self._contracts(name, kind) for name, kind in _CONTRACTS},
            accounts=accounts,
            keys=keys,
            faults=read_faults(self._mapping.get("faults", []), world.seed, self._source, "faults"),
        )
        return Config(server, settings, self._blueprint(part.symbols))

    def _table(self, name: str) -> object:
        return self._mapping.get(name, {})

    def _spot(self, part: _SpotPart) -> SpotSettings:
        given = {
            name: value
            for name in SpotSettings.__struct_fields__
            if name != "rates" and (value := getattr(part, name)) is not UNSET
        }
        rates = read_part(_RatesPart, {} if part.rates is None else part.rates, self._source, "spot.rates")
        return SpotSettings(rates=self._rates(rates, CommissionRates(), "spot.rates"), **given)

    def _contracts(self, market: str, kind: type[msgspec.Struct]) -> Any:
        fields = _OptionsPart if market == "options" else _FuturesPart
        part = read_part(fields, self._table(market), self._source, market)
        given = {name: value for name in part.__struct_fields__ if (value := getattr(part, name)) is not UNSET}
        for name in ("maker", "taker", "exercise"):
            if name in given:
                given[name] = read_decimal(given[name], self._source, below(market, name), SCALE)
        for name in ("max_short", "max_underlying_short", "max_order_qty"):
            if name in given:
                given[name] = read_decimal(given[name], self._source, below(market, name), 10**9 * SCALE)
        return kind(**given)

    def _rates(self, part: _RatesPart | _CommissionPart, rates: CommissionRates, place: str) -> CommissionRates:
        changed = {
            name: read_decimal(text, self._source, below(place, name), SCALE)
            for name in part.__struct_fields__
            if (text := getattr(part, name)) is not None
        }
        return msgspec.structs.replace(rates, **changed)

    def _accounts(self, standard: tuple[AccountSettings, ...], rates: CommissionRates) -> tuple[AccountSettings, ...]:
        found = {account.name: account for account in standard}
        for place, row in rows_of(self._mapping.get("accounts", []), self._source, "accounts"):
            part: Any = read_part(_AccountPart, row, self._source, place)
            if part.name in found:
                hint = "choose another name"
                if part.name == STANDARD_ACCOUNT.name and standard:
                    hint += ", or drop the standard account with standard_account = false in [world]"
                refuse(self._source, below(place, "name"), f"there is an account {part.name!r} already; {hint}")
            own = None
            if part.commission is not None:
                at = below(place, "commission")
                own = self._rates(read_part(_CommissionPart, part.commission, self._source, at), rates, at)
            found[part.name] = AccountSettings(
                name=part.name,
                balances=read_balances(part.balances, self._source, below(place, "balances")),
                wallets={
                    market: read_balances(
                        getattr(part, f"{market}_balances"), self._source, below(place, f"{market}_balances")
                    )
                    for market in OWN_MONEY
                },
                trade_group=part.trade_group,
                bnb_burn=part.bnb_burn,
                can_trade=part.can_trade,
                rates=own,
            )
        return tuple(found.values())

    def _keys(
        self, standard: tuple[ApiKey, ...], accounts: tuple[AccountSettings, ...], *, strict: bool
    ) -> tuple[ApiKey, ...]:
        names = [account.name for account in accounts]
        ring = KeyRing(standard, strict=strict)
        for place, row in rows_of(self._mapping.get("keys", []), self._source, "keys"):
            part = read_part(_KeyPart, row, self._source, place)
            if not names:
                refuse(self._source, place, "there is no account for this key; add one under [[accounts]]")
            account = names[0] if part.account is None else part.account
            if account not in names:
                reason = f"there is no account {account!r}; {nearest(account, names)}"
                refuse(self._source, below(place, "account"), reason)
            if part.key in ring:
                hint = " or drop the standard one with standard_account = false in [world]" if standard else ""
                refuse(self._source, below(place, "key"), f"there is such a key already; choose another text{hint}")
            try:
                ring.add(self._key(part, account, place))
            except ConfigError:
                raise
            except UnicodeError:
                refuse(self._source, place, "key or secret hold what is no character; write printable text")
            except ValueError as error:
                refuse(self._source, place, str(error))
        return tuple(ring)

    def _key(self, part: _KeyPart, account: str, place: str) -> ApiKey:
        permissions = ALL_PERMISSIONS if part.permissions is None else part.permissions
        ways = ("secret", "public_key", "public_key_file")
        given = [way for way in ways if getattr(part, way) is not None]
        if len(given) != 1:
            got = f"has {' and '.join(given)}" if given else "has nothing that signatures can be checked with"
            refuse(self._source, place, f"{got}; write exactly one of {', '.join(ways)}")
        if part.secret is not None:
            return ApiKey.hmac(
                part.key, part.secret, label=part.label, account=account, permissions=permissions, ips=part.ips
            )
        if part.public_key_file is not None:
            path = self._folder / part.public_key_file
            pem = read_file(path, _MOST_PEM, self._source, below(place, "public_key_file"))
        else:
            pem = (part.public_key or "").encode()
        return ApiKey.asymmetric(
            part.key, pem, label=part.label, account=account, permissions=permissions, ips=part.ips
        )

    def _blueprint(self, wanted: list[str] | None) -> Blueprint:
        standard = Blueprint.standard()
        symbols: Mapping[str, SymbolInfo] = standard.symbols
        if wanted is not None:
            symbols = pick_symbols(wanted, symbols, self._source, "spot.symbols")
        rows = rows_of(self._mapping.get("limits", []), self._source, "limits")
        limits = read_limits(rows, standard.limits, self._source)
        return standard.changed(symbols, limits)
