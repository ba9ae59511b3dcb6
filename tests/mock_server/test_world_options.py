"""Options of worlds: what each changes, what it leaves, and what an error says."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import BLUEPRINT, SpotClient

from binance_fixtures.signing import EXAMPLE_PAIR, KeyPair
from binance_mock.config_reading import ConfigError
from binance_mock.engine.units import SCALE
from binance_mock.gate.keys import ApiKey, Permission
from binance_mock.gate.limiters import LimitInterval, LimitKind, RateLimit
from binance_mock.world import (
    STANDARD_ACCOUNT,
    STANDARD_KEY,
    STANDARD_SETTINGS,
    AccountSettings,
    Blueprint,
    World,
    WorldSettings,
    with_key,
)
from binance_mock.world_options import LAST_MS, Options, with_options

OWN = KeyPair("own".ljust(64, "k"), "own".ljust(64, "s"))
ALICE = AccountSettings(name="alice", balances={"BTC": SCALE})
ALICES_KEY = ApiKey.hmac("alices", "S", account="alice")
TWO = WorldSettings(accounts=(STANDARD_ACCOUNT, ALICE), keys=(STANDARD_KEY, ALICES_KEY))
NOBODY = WorldSettings(accounts=(), keys=())


def read(settings: WorldSettings = STANDARD_SETTINGS, /, **options: Any) -> tuple[Blueprint, WorldSettings]:
    return with_options(BLUEPRINT, settings, options, "options")


def refused(settings: WorldSettings = STANDARD_SETTINGS, /, **options: Any) -> str:
    with pytest.raises(ConfigError) as error:
        with_options(BLUEPRINT, settings, options, "options")
    return str(error.value)


def limits(blueprint: Blueprint) -> dict[tuple[str, str, int], int]:
    return {(limit.kind.value, limit.interval.value, limit.num): limit.limit for limit in blueprint.limits}


STANDARD_LIMITS = limits(BLUEPRINT)


# -- what each changes -----------------------------------------------------------------------------------------------


def test_without_options_all_stays() -> None:
    blueprint, settings = read()
    assert blueprint is BLUEPRINT
    assert settings == STANDARD_SETTINGS
    assert read(**dict.fromkeys(Options.__struct_fields__)) == (BLUEPRINT, STANDARD_SETTINGS)


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ({"seed": 7}, {"seed": 7}),
        ({"seed": -(10**30)}, {"seed": -(10**30)}),
        ({"seed": 0}, {"seed": 0}),
        ({"frozen_at": 0}, {"frozen_at": 0}),
        ({"frozen_at": 1_700_000_000_123}, {"frozen_at": 1_700_000_000_123_000}),
        ({"frozen_at": LAST_MS}, {"frozen_at": LAST_MS * 1000}),
        ({"faults": []}, {"faults": ()}),
        ({"faults": [{"kind": "error_500"}]}, {"faults": ({"kind": "error_500"},)}),
    ],
)
def test_what_is_given_changes_and_nothing_else(options: dict[str, Any], changed: dict[str, Any]) -> None:
    blueprint, settings = read(TWO, **options)
    assert blueprint is BLUEPRINT
    assert settings == msgspec.structs.replace(TWO, **changed)


def test_balances_replace_all_that_the_first_account_owns() -> None:
    _, settings = read(TWO, balances={"USDT": "12.5", "币安人生": "0.00000001"})
    assert settings.accounts == (
        AccountSettings(
            name="default", balances={"USDT": 1_250_000_000, "币安人生": 1}, wallets=STANDARD_ACCOUNT.wallets
        ),
        ALICE,
    )
    assert SpotClient(World(BLUEPRINT, settings)).balance("USDT") == ("12.50000000", "0.00000000")


def test_an_account_may_own_nothing() -> None:
    _, settings = read(balances={})
    assert SpotClient(World(BLUEPRINT, settings)).get("account", omitZeroBalances="true").ok()["balances"] == []


def test_other_traits_of_the_account_stay() -> None:
    account = AccountSettings(name="default", balances={"BTC": 1}, trade_group=4, bnb_burn=True, can_trade=False)
    _, settings = read(WorldSettings(accounts=(account,)), balances={"BNB": "1"})
    assert settings.accounts == (msgspec.structs.replace(account, balances={"BNB": SCALE}),)


def test_symbols_are_chosen_in_their_usual_order() -> None:
    blueprint, settings = read(symbols=["LTCBTC", "BTCUSDT", "LTCBTC"])
    assert list(blueprint.symbols) == [name for name in BLUEPRINT.symbols if name in ("LTCBTC", "BTCUSDT")]
    assert (blueprint.routes, blueprint.limits, settings) == (BLUEPRINT.routes, BLUEPRINT.limits, STANDARD_SETTINGS)
    client = SpotClient(World(blueprint, settings))
    assert len(client.public("exchangeInfo").ok()["symbols"]) == 2
    assert client.public("avgPrice", symbol="ETHUSDT").code == -1121


def test_symbols_are_chosen_out_of_those_that_are_listed() -> None:
    fewer, _ = read(symbols=["BTCUSDT"])
    with pytest.raises(ConfigError, match="'LTCBTC' is not known; the known names are BTCUSDT"):
        with_options(fewer, STANDARD_SETTINGS, {"symbols": ["LTCBTC"]}, "options")


def test_no_symbols_at_all() -> None:
    blueprint, settings = read(symbols=[])
    assert SpotClient(World(blueprint, settings)).public("exchangeInfo").ok()["symbols"] == []


@pytest.mark.parametrize(
    ("named", "changed"),
    [
        ({}, {}),
        ({"REQUEST_WEIGHT": 100}, {("REQUEST_WEIGHT", "MINUTE", 1): 100}),
        ({"REQUEST_WEIGHT/1m": 0}, {("REQUEST_WEIGHT", "MINUTE", 1): 0}),
        ({"ORDERS/10s": 5, "ORDERS/1d": 6}, {("ORDERS", "SECOND", 10): 5, ("ORDERS", "DAY", 1): 6}),
        ({"RAW_REQUESTS": 7}, {("RAW_REQUESTS", "MINUTE", 5): 7}),
        ({"ORDERS/2h": 8}, {("ORDERS", "HOUR", 2): 8}),
        ({"ORDERS/999s": 1 << 53}, {("ORDERS", "SECOND", 999): 1 << 53}),
    ],
)
def test_limits_by_name(named: dict[str, int], changed: dict[tuple[str, str, int], int]) -> None:
    blueprint, settings = read(limits=named)
    assert limits(blueprint) == {**STANDARD_LIMITS, **changed}
    assert settings == STANDARD_SETTINGS
    assert blueprint.symbols is BLUEPRINT.symbols
    assert limits(BLUEPRINT) == STANDARD_LIMITS


def test_limits_as_tables() -> None:
    rows = [{"kind": "ORDERS", "interval": "SECOND", "num": 10, "limit": 3}]
    assert read(limits=rows)[0].limits == read(limits={"ORDERS/10s": 3})[0].limits
    assert read(limits=[])[0].limits == BLUEPRINT.limits


def test_a_limit_holds() -> None:
    blueprint, settings = read(limits={"ORDERS/10s": 1}, frozen_at=1_700_000_000_000)
    client = SpotClient(World(blueprint, settings))
    assert client.order().status == 200
    assert client.order().refusal == (429, -1015)


def test_a_limit_whose_kind_stands_alone_needs_no_window() -> None:
    alone = Blueprint(
        BLUEPRINT.symbols, BLUEPRINT.routes, (RateLimit(LimitKind.ORDERS, LimitInterval.HOUR, 3, 9),)
    )  # fmt: skip
    changed, _ = with_options(alone, STANDARD_SETTINGS, {"limits": {"ORDERS": 1}}, "options")
    assert limits(changed) == {("ORDERS", "HOUR", 3): 1}


def test_faults_are_played() -> None:
    _, settings = read(faults=[{"kind": "unknown_503", "path": "/api/v3/order", "times": 1}])
    client = SpotClient(World(BLUEPRINT, settings))
    assert [client.order().status for _ in range(2)] == [503, 200]


def test_permissions_apply_to_the_keys_of_the_first_account_and_to_no_other() -> None:
    _, settings = read(TWO, permissions=["USER_DATA"])
    assert [(key.key, key.permissions) for key in settings.keys] == [
        (STANDARD_KEY.key, {Permission.USER_DATA}),
        ("alices", frozenset(Permission)),
    ]
    assert STANDARD_KEY.permissions == frozenset(Permission)


def test_permissions_apply_to_the_own_key() -> None:
    """S-39."""
    own = ApiKey.hmac(*OWN, account="default", label="own")
    blueprint, settings = with_options(
        BLUEPRINT, with_key(STANDARD_SETTINGS, own), {"permissions": ["USER_DATA"]}, "options"
    )
    world = World(blueprint, settings)
    for pair in (OWN, EXAMPLE_PAIR):
        client = SpotClient(world, pair)
        assert client.get("account").status == 200
        assert client.order().refusal == (401, -2015)


def test_a_key_may_be_permitted_nothing() -> None:
    assert SpotClient(World(*read(permissions=[]))).get("account").refusal == (401, -2015)


# -- what an error says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"seeds": 1}, "options: seeds: is not known here; did you mean 'seed'? the known names are seed, frozen_at, "),
        ({"seed": "1"}, "options: seed: is text in quotes; write a whole number"),
        ({"seed": True}, "options: seed: is true or false; write a whole number"),
        ({"frozen_at": -1}, "options: frozen_at: is out of range; write a whole number >= 0"),
        ({"frozen_at": LAST_MS + 1}, f"options: frozen_at: is out of range; write a whole number <= {LAST_MS}"),
        ({"frozen_at": 1.5}, "options: frozen_at: is a number with a decimal point; write a whole number"),
        ({"balances": ["BTC"]}, 'options: balances: is no table; write { BTC = "1.5" }'),
        ({"balances": {"BTC": 1}}, 'options: balances.BTC: is no text; write decimals in quotes, such as "0.001"'),
        ({"balances": {"BTC": "one"}}, "options: balances.BTC: 'one' is no decimal; write one with at most eight "),
        ({"balances": {"BTC": "0.000000001"}}, "options: balances.BTC: '0.000000001' is no decimal; write one with"),
        ({"balances": {"BTC": "-1"}}, "options: balances.BTC: '-1' is out of range; write 0 to 1000000000000000"),
        ({"balances": {"B C": "1"}}, "options: balances: 'B C' is no asset; write names such as BTC"),
        ({"balances": {1: "1"}}, "options: balances: '1' is no asset; write names such as BTC"),
        ({"symbols": "BTCUSDT"}, "options: symbols: is text in quotes; write a list"),
        ({"symbols": ["BTCUSD"]}, "options: symbols[0]: 'BTCUSD' is not known; did you mean 'BTCUSDT'? the known "),
        ({"symbols": ["BTCUSDT", 5]}, "options: symbols[1]: '5' is not known; the known names are "),
        ({"limits": 5}, "options: limits: is no list; write its entries under [[limits]]"),
        (
            {"limits": {"ORDERS": 5}},
            "options: limits.ORDERS: there are several; write one of ORDERS/10s, ORDERS/1d",
        ),
        ({"limits": {"ORDER/10s": 5}}, "options: limits.ORDER/10s: is no limit; did you mean 'ORDERS/10s'? the known"),
        ({"limits": {"ORDERS/0s": 5}}, "options: limits.ORDERS/0s: is no limit; did you mean 'ORDERS/10s'?"),
        ({"limits": {"ORDERS/10M": 5}}, "options: limits.ORDERS/10M: is no limit; did you mean 'ORDERS/10s'?"),
        ({"limits": {"orders/10s": 5}}, "options: limits.orders/10s: is no limit; the known names are REQUEST_WEIGHT"),
        ({"limits": {7: 5}}, "options: limits.7: is no limit; the known names are "),
        ({"limits": {"CONNECTIONS": 5}}, "options: limits.CONNECTIONS: is no limit; "),
        (
            {"limits": {"REQUEST_WEIGHT": -1}},
            "options: limits.REQUEST_WEIGHT.limit: is out of range; write a whole number",
        ),
        ({"limits": {"ORDERS/10s": "5"}}, "options: limits.ORDERS/10s.limit: is text in quotes; write a whole number"),
        (
            {"limits": {"REQUEST_WEIGHT": 1, "REQUEST_WEIGHT/1m": 2}},
            "options: limits.REQUEST_WEIGHT/1m: REQUEST_WEIGHT per 1 MINUTE stands here twice; leave one of them out",
        ),
        (
            {"limits": [{"kind": "ORDERS", "interval": "SECOND", "num": 10}]},
            "options: limits[0].limit: is missing; add limit = ...",
        ),
        ({"faults": {}}, "options: faults: is no list; write its entries under [[faults]]"),
        ({"faults": ["error_500"]}, 'options: faults[0]: is no table; write kind = "unknown_503" and so on under [['),
        ({"faults": [{"kind": "nothing"}]}, "nothing"),
        ({"permissions": "TRADE"}, "options: permissions: is text in quotes; write a list"),
        ({"permissions": ["FLY"]}, "options: permissions[0]: invalid enum value 'FLY'; write one of TRADE, USER_DATA,"),
    ],
)
def test_an_option_that_is_not_legal(options: dict[str, Any], says: str) -> None:
    text = refused(**options)
    assert text.startswith("options: ")
    assert says in text
    assert text.isprintable()


def test_balances_without_an_account_to_own_them() -> None:
    assert refused(NOBODY, balances={"BTC": "1"}) == (
        "options: balances: there is no account that could own it; configure one under [[accounts]]"
    )
    assert read(NOBODY, permissions=["TRADE"])[1] == NOBODY


def test_the_source_is_what_the_caller_says() -> None:
    with pytest.raises(ConfigError, match=r"^marker of test_x: seed: is text in quotes; write a whole number$"):
        with_options(BLUEPRINT, STANDARD_SETTINGS, {"seed": "x"}, "marker of test_x")


@given(
    st.dictionaries(
        st.sampled_from(Options.__struct_fields__) | st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=9), each, max_size=3),
            max_leaves=6,
        ),
        max_size=4,
    )
)
def test_whatever_is_given_makes_a_world_or_is_refused_in_a_line(options: dict[str, Any]) -> None:
    try:
        blueprint, settings = with_options(BLUEPRINT, STANDARD_SETTINGS, options, "options")
    except ConfigError as error:
        text = str(error)
        assert text.startswith("options: ")
        assert text.isprintable()
    else:
        World(blueprint, settings)
        json.dumps({name: value for name, value in options.items() if value is not None})
