"""The configuration: what it comes to, and that whatever it holds is read or refused with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.config import Config, ConfigError, ServerSettings, config_from, default_config, override, read_config
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import Permission
from binance_mock.gate.limiters import LimitInterval, LimitKind, RateLimit
from binance_mock.gate.request import Request, Response
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.spot.settings import CommissionRates, SpotSettings
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.world import World, WorldSettings

EVERYTHING = """
[server]
host = "::1"
port = 8123
log_level = "warning"
json_logs = true
control_token = "t0ken"
tls = true
tls_dir = "/certs"
max_worlds = 20
world_idle_s = 0

[usdm]
maker = "0.0001"
taker = "0.0003"
first_order_id = 77
levels = 3
level_value = 1000
spread_bps = 20
history_hours = 1
legacy_conditional_orders = true

[coinm]
maker = "0.0001"
taker = "0.0004"
first_order_id = 79
levels = 2
level_value = 3000
spread_bps = 30
history_hours = 2
legacy_conditional_orders = true

[options]
dialect = "2023"
maker = "0.0002"
taker = "0.0003"
exercise = "0.0001"
writers = false
makers = false
naked_sell = false
margin_with_mark = false
max_orders = 7
max_underlying_orders = 8
max_short = "0.5"
max_underlying_short = "0.7"
max_order_qty = "2"
first_order_id = 78
levels = 4
level_value = 2000
spread_bps = 30
history_hours = 2

[world]
seed = 7
frozen_at = 1700000000000
strikes = 2
maker_credit = 1
strict_keys = false
journal_size = 50

[gate]
recv_window_code = -1102
legacy_encoding = true
signature_last = true
firewall = false

[spot]
symbols = ["LTCBTC", "BTCUSDT"]
first_order_id = 9007199254740993
first_uid = 12
levels = 3
level_value = 1000
spread_bps = 20
history_hours = 1
legacy_key_only = true

[spot.rates]
maker = "0.0005"
bnb_discount = "0.5"

[[accounts]]
name = "alice"
balances = { BTC = "1.5", USDT = "0" }
trade_group = 4
bnb_burn = true
can_trade = false
commission = { taker = "0.002" }

[[keys]]
account = "alice"
key = "k1"
secret = "s1"
label = "first"
permissions = ["USER_DATA"]
ips = ["10.0.0.0/8"]

[[limits]]
kind = "ORDERS"
interval = "DAY"
limit = 3

[[limits]]
kind = "REQUEST_WEIGHT"
interval = "SECOND"
num = 2
limit = 50

[[faults]]
name = "lost"
kind = "unknown_503"
path = "/api/v3/order"
times = 1
executed = true
"""

KEY = {"key": "k", "secret": "s"}


def test_a_file_without_content_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("")
    read, default = read_config(path), default_config()
    assert read.server == default.server == ServerSettings()
    assert read.settings == default.settings == WorldSettings()
    assert read.blueprint.limits == default.blueprint.limits
    assert list(read.blueprint.symbols) == list(default.blueprint.symbols)


def test_everything_that_can_be_said() -> None:
    server, settings, blueprint = config_from(tomllib.loads(EVERYTHING), "all.toml")
    assert server == ServerSettings(
        "::1", 8123, "warning", True, "t0ken", max_worlds=20, world_idle_s=0, tls=True, tls_dir="/certs"
    )
    assert (settings.seed, settings.frozen_at, settings.strikes) == (7, 1_700_000_000_000_000, 2)
    assert (settings.maker_credit, settings.strict_keys, settings.journal_size) == (1, False, 50)
    gate = settings.gate
    assert (gate.recv_window_code, gate.legacy_encoding, gate.signature_last, gate.firewall) == (
        -1102,
        True,
        True,
        False,
    )
    assert settings.usdm == UsdmSettings(10_000, 30_000, 77, 3, 1000, 20, 1, legacy_conditional_orders=True)
    assert settings.coinm == UsdmSettings(10_000, 40_000, 79, 2, 3000, 30, 2, legacy_conditional_orders=True)
    assert settings.options == OptionsSettings(
        "2023", 20_000, 30_000, 10_000, False, False, False, False, 7, 8, 50_000_000, 70_000_000, 200_000_000, 78, 4,
        2000, 30, 2,
    )  # fmt: skip
    assert settings.spot == SpotSettings(
        CommissionRates(50_000, 100_000, SCALE // 2), 9007199254740993, 12, 3, 1000, 20, 1, legacy_key_only=True
    )
    default, alice = settings.accounts
    assert default.name == "default"
    assert (alice.name, alice.balances, alice.trade_group) == ("alice", {"BTC": 150_000_000, "USDT": 0}, 4)
    assert (alice.bnb_burn, alice.can_trade) == (True, False)
    assert alice.rates == CommissionRates(50_000, 200_000, SCALE // 2), "what is not said is as in [spot.rates]"
    assert [key.key for key in settings.keys] == [EXAMPLE_PAIR.api_key, "k1"]
    key = settings.keys[1]
    assert (key.reveal(), key.account, key.label) == ("s1", "alice", "first")
    assert key.permissions == {Permission.USER_DATA}
    assert key.ips == {"10.0.0.0/8"}
    assert list(blueprint.symbols) == ["BTCUSDT", "LTCBTC"]
    assert RateLimit(LimitKind.ORDERS, LimitInterval.DAY, 1, 3) in blueprint.limits
    assert blueprint.limits[-1] == RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.SECOND, 2, 50)
    assert len(blueprint.limits) == len(default_config().blueprint.limits) + 1
    (rule,) = World(blueprint, settings).faults
    assert rule.name == "lost"


def test_the_sections_take_every_field_of_their_settings() -> None:
    """So that a setting which is added to a struct is not forgotten here."""
    mapping = tomllib.loads(EVERYTHING)
    assert set(mapping["server"]) == set(ServerSettings.__struct_fields__)
    assert set(mapping["gate"]) == set(WorldSettings().gate.__struct_fields__)
    assert set(mapping["spot"]) == {*SpotSettings.__struct_fields__, "symbols"}
    assert set(mapping["usdm"]) == set(mapping["coinm"]) == set(UsdmSettings.__struct_fields__)
    assert set(mapping["options"]) == set(OptionsSettings.__struct_fields__)
    parts = {"gate", "spot", "usdm", "coinm", "options", "accounts", "keys", "faults"}
    assert set(mapping["world"]) == set(WorldSettings.__struct_fields__) - parts


def test_without_the_standard_account() -> None:
    mapping = {"world": {"standard_account": False}, "accounts": [{"name": "default"}], "keys": [KEY]}
    settings = config_from(mapping, "x").settings
    assert [account.name for account in settings.accounts] == ["default"]
    assert [(key.key, key.account) for key in settings.keys] == [("k", "default")]


def test_a_key_without_an_account_belongs_to_the_first_one() -> None:
    accounts = [{"name": "a"}, {"name": "b"}]
    settings = config_from({"world": {"standard_account": False}, "accounts": accounts, "keys": [KEY]}, "x").settings
    assert settings.keys[0].account == "a"


def test_a_public_key_file_is_found_beside_the_configuration(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "alice.pem").write_bytes(pem)
    path = tmp_path / "c.toml"
    path.write_text('[[keys]]\nkey = "f"\npublic_key_file = "alice.pem"\n')
    assert read_config(path).settings.keys[1].type == "ED25519"
    inline = config_from({"keys": [{"key": "i", "public_key": pem.decode()}]}, "x")
    assert inline.settings.keys[1].type == "ED25519"


def test_options_go_before_the_file() -> None:
    config = config_from({"server": {"port": 1, "host": "::1"}, "world": {"seed": 2, "frozen_at": 3}}, "x")
    made = override(config, {"port": 5, "host": None}, seed=None, frozen_at=8)
    assert (made.server.port, made.server.host) == (5, "::1")
    assert (made.settings.seed, made.settings.frozen_at) == (2, 8000)
    assert override(None, {}, seed=9, frozen_at=None).settings == WorldSettings(seed=9)


@pytest.mark.parametrize(
    ("mapping", "wanted"),
    [
        ({"sever": {}}, "sever: is no section; did you mean 'server'?"),
        ({"server": {"prot": 1}}, "server.prot: is not known here; did you mean 'port'?"),
        ({"server": {"port": "1"}}, "server.port: is text in quotes; write a whole number"),
        ({"server": {"port": 65536}}, "server.port: is out of range; write a whole number <= 65535"),
        ({"server": {"log_level": "inf"}}, "server.log_level: invalid enum value 'inf'; write one of debug, info"),
        ({"server": {"host": "a b"}}, "server.host: has characters that it may not have"),
        ({"server": {"control_token": ""}}, "server.control_token: is out of range"),
        ({"server": [1]}, "server: is no table"),
        ({"world": {"frozen_at": 1_700_000_000_000_000}}, "world.frozen_at: is out of range"),
        ({"world": {"frozen_at": 10**40}}, "world.frozen_at: is out of range"),
        ({"world": {"journal_size": 0}}, "world.journal_size: is out of range; write a whole number >= 1"),
        ({"world": {1: 2}}, "world: '1' is no name"),
        ({"gate": {"recv_window_code": 5}}, "gate.recv_window_code: invalid enum value 5; write one of -1131, -1102"),
        ({"gate": {"firewal": True}}, "gate.firewal: is not known here; did you mean 'firewall'?"),
        (
            {"spot": {"symbols": ["BTCUSDT", "BTCUSD"]}},
            "spot.symbols[1]: 'BTCUSD' is not known; did you mean",
        ),
        (
            {"spot": {"rates": {"maker": 0.1}}},
            "spot.rates.maker: is a number with a decimal point; write",
        ),
        ({"spot": {"rates": {"maker": "1.1"}}}, "spot.rates.maker: '1.1' is out of range; write 0 to 1"),
        ({"spot": {"levels": -1}}, "spot.levels: is out of range"),
        ({"accounts": {"name": "a"}}, "accounts: is no list; write its entries under [[accounts]]"),
        ({"accounts": [{}]}, "accounts[0].name: is missing"),
        ({"accounts": [{"name": "default"}]}, "accounts[0].name: there is an account 'default' already"),
        ({"accounts": [{"name": "a"}, {"name": "a"}]}, "accounts[1].name: there is an account 'a' already"),
        (
            {"accounts": [{"name": "a"}, {"name": "b", "balances": {"BTC": "1,5"}}]},
            "accounts[1].balances.BTC: '1,5' is",
        ),
        (
            {"accounts": [{"name": "b", "balances": {"BTC": 1.5}}]},
            "accounts[0].balances.BTC: is no text; write",
        ),
        ({"accounts": [{"name": "b", "balances": {"BTC": "-1"}}]}, "accounts[0].balances.BTC: '-1' is out of range"),
        ({"accounts": [{"name": "b", "balances": {"BTC": "9" * 5000}}]}, "accounts[0].balances.BTC: '999"),
        ({"accounts": [{"name": "b", "balances": {"": "1"}}]}, "accounts[0].balances: '' is no asset"),
        ({"accounts": [{"name": "b", "commission": {"makr": "1"}}]}, "accounts[0].commission.makr: is not known here"),
        (
            {"keys": [KEY | {"account": "defualt"}]},
            "keys[0].account: there is no account 'defualt'; did you mean",
        ),
        ({"keys": [KEY, KEY]}, "keys[1].key: there is such a key already"),
        ({"keys": [KEY | {"key": "a b"}]}, "keys[0]: an API key must be"),
        ({"keys": [KEY], "world": {"strict_keys": True}}, "keys[0]: an API key must be 64 letters"),
        ({"keys": [{"key": "k"}]}, "keys[0]: has nothing that signatures can be checked with"),
        ({"keys": [KEY | {"public_key": "x"}]}, "keys[0]: has secret and public_key; write exactly one of"),
        ({"keys": [{"key": "k", "public_key": "x"}]}, "keys[0]: this is no PEM public key"),
        ({"keys": [{"key": "k", "public_key_file": "nix.pem"}]}, "keys[0].public_key_file: there is no file 'nix.pem'"),
        ({"keys": [{"key": "k", "public_key_file": "\0"}]}, "keys[0].public_key_file: there is no file"),
        ({"keys": [{"key": "k", "public_key_file": "x" * 5000}]}, "keys[0].public_key_file: 'xxx"),
        (
            {"keys": [KEY | {"permissions": ["TRADES"]}]},
            "keys[0].permissions[0]: invalid enum value 'TRADES'; write",
        ),
        ({"keys": [KEY | {"ips": ["1.2.3"]}]}, "keys[0]: ips takes addresses"),
        ({"keys": [KEY], "world": {"standard_account": False}}, "keys[0]: there is no account for this key"),
        ({"limits": [{"kind": "ORDERS", "interval": "DAY"}]}, "limits[0].limit: is missing"),
        (
            {"limits": [{"kind": "ORDERS", "interval": "DAY", "limit": 1}] * 2},
            "limits[1]: ORDERS per 1 DAY stands here",
        ),
        ({"limits": [{"kind": "ORDER", "interval": "DAY", "limit": 1}]}, "limits[0].kind: invalid enum value 'ORDER'"),
        ({"faults": [{"kind": "x"}]}, "faults[0].kind: no fault is called 'x'"),
        ({"faults": [{"kind": "error_500"}, {"kind": "error_500", "pth": 1}]}, "faults[1].pth: "),
        ({"faults": [{"kind": "error_500", "venue": "moon"}]}, "faults[0].venue: 'moon' is not legal"),
        ({"faults": ["error_500"]}, "faults[0]: is no table"),
    ],
    ids=str,
)
def test_what_is_refused_is_named_with_its_place(mapping: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from(mapping, "my.toml")
    assert str(caught.value).startswith("my.toml: " + wanted)
    assert re.search(r"; |must be|takes", str(caught.value)), "there is a next step"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"[server\n", ":1:8: Expected ']'"),
        (b"x = 1\n y 1", ":2:4: Expected '='"),
        (b"a = [1,", ":1:8: "),
        (b"[world]\nseed = 1\xff", ":2:9: this is no UTF-8"),
        (b"a = " + b"[" * 10_000, ": lists or tables stand too deep"),
        (b"a = " + b"9" * 5_000, ":1:5005: "),
        (b"#" * (2 << 20), ": "),
    ],
    ids=["section", "equals", "end", "utf-8", "deep", "digits", "large"],
)
def test_what_is_no_toml_is_refused_with_line_and_column(tmp_path: Path, raw: bytes, wanted: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}{wanted}")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nix.toml", tmp_path / ("x" * 5000)):
        with pytest.raises(ConfigError, match="check the name"):
            read_config(path)


@pytest.mark.parametrize("field", ["secret", "key"])
def test_no_secret_is_quoted(field: str) -> None:
    for hidden in ("hidden-\ud800", "hidden \n", "hidden"):
        row: dict[str, Any] = KEY | {field: hidden, "ips": ["not-an-address"]}
        with pytest.raises(ConfigError) as caught:
            config_from({"keys": [row]}, "x")
        assert "hidden" not in str(caught.value)


# -- whatever it holds ----------------------------------------------------------------------------------------------


def refusal(read: Callable[[], Config]) -> str | None:
    """What is said against a configuration; anything but a `ConfigError` gets through."""
    try:
        read()
    except ConfigError as error:
        return str(error)
    return None


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"[[keys]]\nkey='a'")
@example(b"server = 1979-05-27")
@example(b"'\\\x00' = 1")
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_bytes(raw)
    error = refusal(lambda: read_config(path))
    assert error is None or (error.startswith(str(path)) and error.isprintable())


SECTIONS = tomllib.loads(EVERYTHING).values()
TABLES = [row for section in SECTIONS for row in (section if isinstance(section, list) else [section])]
NAMES = sorted({name for row in TABLES for name in row} | {"wording", "retry_after", "public_key"})
WORDS = st.sampled_from([
    "", "a", "default", "BTCUSDT", "0.1", "TRADE", "ORDERS", "DAY", "MINUTE", "unknown_503", "latency", "too_many_429",
    "info", "/api/v3/*", "10.0.0.1", "\0", "\ud800", "spot", "GET", "1e5",
])  # fmt: skip
LEAVES = (
    WORDS
    | st.text(max_size=5)
    | st.integers()
    | st.sampled_from([0, 1, -1, 2**31, 2**63, 2**64, 10**30])
    | st.booleans()
    | st.floats()
    | st.none()
    | st.datetimes()
    | st.builds(object)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)
ROWS = st.dictionaries(st.sampled_from(NAMES), TREES, max_size=5)
MAPPINGS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("server", "world", "gate", "spot"), ROWS | TREES),
        **{name: st.lists(ROWS, max_size=3) | TREES for name in ("accounts", "keys", "limits", "faults")},
    },
)


@given(MAPPINGS)
def test_any_mapping_is_read_or_refused(mapping: dict[str, Any]) -> None:
    error = refusal(lambda: config_from(mapping, "any"))
    assert error is None or (error.startswith("any: ") and error.isprintable())


LEGAL = st.fixed_dictionaries({
    "world": st.fixed_dictionaries({}, optional={
        "seed": st.integers(),
        "frozen_at": st.sampled_from([0, 1, 1_700_000_000_000, 4_102_444_800_000]),
        "strikes": st.integers(0, 3),
        "maker_credit": st.integers(0, 3),
        "journal_size": st.integers(1, 3),
        "standard_account": st.booleans(),
    }),
    "gate": st.fixed_dictionaries({}, optional={"firewall": st.booleans(), "legacy_encoding": st.booleans()}),
    "spot": st.fixed_dictionaries({}, optional={
        "symbols": st.lists(st.sampled_from(list(default_config().blueprint.symbols)), max_size=3),
        "first_order_id": st.sampled_from([1, 2**62]),
        "levels": st.sampled_from([0, 1, 1000]),
        "level_value": st.sampled_from([1, 10**7]),
        "spread_bps": st.sampled_from([0, 1, 1000]),
        "history_hours": st.sampled_from([0, 1, 24 * 31]),
        "rates": st.just({"maker": "1", "taker": "1", "bnb_discount": "0"}),
    }),
    "accounts": st.lists(st.fixed_dictionaries({
        "name": st.sampled_from("abc"),
        "balances": st.dictionaries(st.sampled_from(["BTC", "EUR"]), st.sampled_from(["0", "1", "1" + "0" * 15])),
    }), max_size=2, unique_by=lambda row: str(row["name"])),
    "limits": st.lists(st.fixed_dictionaries({
        "kind": st.sampled_from(["ORDERS", "REQUEST_WEIGHT", "RAW_REQUESTS"]),
        "interval": st.sampled_from(["SECOND", "DAY"]),
        "num": st.sampled_from([1, 1000]),
        "limit": st.sampled_from([0, 1, 2**53]),
    }), max_size=2, unique_by=lambda row: (row["kind"], row["interval"], row["num"])),
})  # fmt: skip


@given(LEGAL)
def test_a_legal_configuration_makes_a_world_that_serves(mapping: dict[str, Any]) -> None:
    """Nothing that may be configured makes the mock fail later."""
    _, settings, blueprint = config_from(mapping, "legal")
    world = World(blueprint, settings)
    symbol = next(iter(blueprint.symbols), "BTCUSDT")
    paths = ("exchangeInfo", "depth?symbol=", "ticker/24hr?symbol=", "klines?interval=1d&symbol=", "trades?symbol=")
    for path in paths:
        name, _, query = f"/api/v3/{path}{symbol if '?' in path else ''}".partition("?")
        response = world.handle(Request("GET", name, query.encode()))
        assert isinstance(response, Response)
        assert world.journal.last.verdict != "crashed", world.journal.last.why
