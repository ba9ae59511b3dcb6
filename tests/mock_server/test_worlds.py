"""Worlds behind one port: which one a request is led to, and which there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.mock_server.spot_client import BLUEPRINT, SpotClient, few_symbols, frozen_world

from binance_fixtures.signing import EXAMPLE_PAIR, KeyPair
from binance_mock import worlds as module
from binance_mock.gate.keys import ApiKey
from binance_mock.world import STANDARD_SETTINGS, World, WorldSettings, with_key
from binance_mock.worlds import NamedWorld, Worlds, WorldsError

MARKETS = few_symbols("BTCUSDT")
PATH = "/api/v3/account"
EXAMPLE = EXAMPLE_PAIR.api_key


class SteadyClock:
    """Seconds that go on when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> SteadyClock:
    """The clock by which worlds grow idle."""
    clock = SteadyClock()
    monkeypatch.setattr(module, "steady_time", clock)
    return clock


def make(name: str, key: ApiKey) -> World:
    return World(MARKETS, with_key(STANDARD_SETTINGS, key), name=name)


def open_worlds(*names: str, **settings: Any) -> Worlds:
    worlds = Worlds(frozen_world(blueprint=MARKETS), **settings)
    for name in names:
        worlds.add(make, name)
    return worlds


def own(worlds: Worlds, name: str) -> str:
    key = worlds.own_key(name)
    assert key is not None
    return key.key


def led(worlds: Worlds, path: str = PATH, key: str | bytes | None = None, host: str | bytes | None = None) -> Any:
    """Name of the world and the path there, None where no world is found."""
    headers = {}
    for name, text in ((b"x-mbx-apikey", key), (b"host", host)):
        if text is not None:
            headers[name] = text.encode() if isinstance(text, str) else text
    found = worlds.find(path, headers)
    return None if found is None else (found[0].name, found[1])


# -- finding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(), ("a",)])
def test_what_names_no_world_goes_to_the_default_one(names: tuple[str, ...]) -> None:
    worlds = open_worlds(*names)
    assert led(worlds) == ("default", PATH)
    assert led(worlds, key=EXAMPLE, host="api.binance.com") == ("default", PATH)
    assert led(worlds, key="unknown", host="127.0.0.1:8099") == ("default", PATH)
    assert led(worlds, key="", host="") == ("default", PATH)


@pytest.mark.parametrize("path", [PATH, f"/w/a{PATH}", f"/w/b{PATH}", f"/w/default{PATH}"])
@pytest.mark.parametrize("host", [None, "127.0.0.1", "a.localhost", "b.localhost:8099", "default.localhost"])
def test_an_own_key_leads_to_its_world_wherever_it_is_used(path: str, host: str | None) -> None:
    worlds = open_worlds("a", "b")
    assert led(worlds, path, own(worlds, "a"), host) == ("a", PATH)
    assert led(worlds, path, own(worlds, "b"), host) == ("b", PATH)


def test_a_prefix_names_the_world_and_is_taken_off() -> None:
    worlds = open_worlds("a", "b")
    assert led(worlds, "/w/a/api/v3/time") == ("a", "/api/v3/time")
    assert led(worlds, "/w/b/api/v3/time", host="a.localhost") == ("b", "/api/v3/time")
    assert led(worlds, "/w/default/api/v3/time", host="a.localhost") == ("default", "/api/v3/time")


def test_the_default_world_has_a_prefix_without_company() -> None:
    assert led(open_worlds(), f"/w/default{PATH}") == ("default", PATH)
    assert led(open_worlds(), f"/w/a{PATH}") is None


@pytest.mark.parametrize("key", ["unknown", "", b"\xff\x00\xe5", "a" * 5000])
def test_an_unknown_key_stays_in_the_world_that_prefix_or_host_names(key: str | bytes) -> None:
    worlds = open_worlds("a", "b")
    assert led(worlds, f"/w/a{PATH}", key) == ("a", PATH)
    assert led(worlds, PATH, key, "b.localhost") == ("b", PATH)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.localhost", "a"),
        ("a.localhost:8099", "a"),
        ("a.api.binance.com", "a"),
        ("a", "a"),
        ("a:8099", "a"),
        ("b.a.localhost", "default"),
        ("A.localhost", "default"),
        ("default.localhost", "default"),
        ("", "default"),
        (".a", "default"),
        ("[::1]:8099", "default"),
        (b"\xff\xfe.localhost", "default"),
    ],
)
def test_the_first_label_of_the_host_names_a_world(host: str | bytes, name: str) -> None:
    assert led(open_worlds("a"), host=host) == (name, PATH)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/w", ("default", "/w")),
        ("/wx/a", ("default", "/wx/a")),
        ("/W/a/x", ("default", "/W/a/x")),
        ("//w/a/x", ("default", "//w/a/x")),
        ("/w/", None),
        ("/w//api", None),
        ("/w/x/api", None),
        ("/w/A/api", None),
        ("/w/a /api", None),
        ("/w/\x00/api", None),
        ("/w/\udcff/api", None),
        ("/w/币/api", None),
        ("/w/..", None),
        ("/w/a", ("a", "/")),
        ("/w/a/", ("a", "/")),
        ("/w/a//api", ("a", "//api")),
        ("/w/a/w/a/api", ("a", "/w/a/api")),
        ("/w/a/../b", ("a", "/../b")),
    ],
)
@pytest.mark.parametrize("key", [None, EXAMPLE])
def test_odd_prefixes(path: str, found: tuple[str, str] | None, key: str | None) -> None:
    assert led(open_worlds("a"), path, key) == found


def test_an_unknown_prefix_is_not_overruled_by_a_key() -> None:
    """Whoever names a world that is gone is told so, and does not trade in another."""
    worlds = open_worlds("a")
    assert led(worlds, f"/w/gone{PATH}", own(worlds, "a")) is None


def test_of_several_worlds_that_know_a_key_prefix_or_host_decides() -> None:
    worlds = open_worlds("a", "b")
    assert all(EXAMPLE in worlds.get(name).keys for name in worlds)
    assert led(worlds, f"/w/a{PATH}", EXAMPLE) == ("a", PATH)
    assert led(worlds, f"/w/b{PATH}", EXAMPLE) == ("b", PATH)
    assert led(worlds, PATH, EXAMPLE, "b.localhost") == ("b", PATH)
    assert led(worlds, PATH, EXAMPLE) == ("default", PATH)


def test_a_key_that_one_world_alone_knows_leads_there() -> None:
    worlds = open_worlds("a", "b", "c")
    worlds.get("b").keys.add(ApiKey.hmac("mine", "S"))
    worlds.get("c").keys.add(ApiKey.hmac("mine", "S"))
    assert led(worlds, key="mine") == ("b", PATH)
    assert led(worlds, f"/w/a{PATH}", "mine") == ("b", PATH)
    assert led(worlds, f"/w/c{PATH}", "mine") == ("c", PATH)
    worlds.get("b").keys.remove("mine")
    assert led(worlds, key="mine") == ("c", PATH)
    worlds.default.keys.add(ApiKey.hmac("mine", "S"))
    assert led(worlds, key="mine") == ("default", PATH)


def test_a_key_of_the_default_world_alone_leads_out_of_a_prefix() -> None:
    worlds = open_worlds("a")
    worlds.default.keys.add(ApiKey.hmac("mine", "S"))
    assert led(worlds, f"/w/a{PATH}", "mine") == ("default", PATH)


def test_an_own_key_that_was_taken_away_is_still_refused_by_its_own_world() -> None:
    worlds = open_worlds("a")
    key = own(worlds, "a")
    worlds.get("a").keys.remove(key)
    assert led(worlds, key=key) == ("a", PATH)


@given(
    path=st.text(max_size=12).map(lambda text: f"/w/{text}") | st.text(max_size=12),
    key=st.none() | st.binary(max_size=12),
    host=st.none() | st.binary(max_size=12),
)
@example(path="/w/a", key=b"\xff", host=b"a")
def test_whatever_comes_is_led_somewhere_or_nowhere(path: str, key: bytes | None, host: bytes | None) -> None:
    found = led(open_worlds("a", "w"), path, key, host)
    if path.startswith("/w/"):
        name, _, rest = path[3:].partition("/")
        assert found == ((name, f"/{rest}") if name in ("a", "w", "default") else None)
    else:
        assert found[0] in ("a", "w", "default")
        assert found[1] == path


# -- names and keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "A-b_9", "x" * 64, "-", "_", "0", "w"])
def test_legal_names(name: str) -> None:
    worlds = open_worlds(name)
    assert list(worlds) == ["default", name]
    assert worlds.get(name).name == name
    assert led(worlds, f"/w/{name}/x") == (name, "/x")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a.b", "x" * 65, "ä", "币", "a\n", "\x00", "²"])
def test_illegal_names(name: str) -> None:
    worlds = open_worlds()
    with pytest.raises(WorldsError) as refused:
        worlds.add(make, name)
    assert (refused.value.reason, refused.value.hint) == (
        f"{name!r} is no name of a world",
        "use 1 to 64 letters, digits, - and _",
    )
    assert str(refused.value) == f"{refused.value.reason}; {refused.value.hint}"
    assert list(worlds) == ["default"]


def test_a_very_long_name_is_not_repeated_as_a_whole() -> None:
    with pytest.raises(WorldsError) as refused:
        open_worlds().add(make, "x" * 100_000)
    assert len(refused.value.reason) < 200


@pytest.mark.parametrize("name", ["default", "a"])
def test_a_name_is_given_once(name: str) -> None:
    worlds = open_worlds("a")
    before = worlds.get(name)
    with pytest.raises(WorldsError, match=f"there is a world {name!r} already; choose another name, or leave it out"):
        worlds.add(make, name)
    assert worlds.get(name) is before


def test_names_that_are_found_are_numbered_and_never_come_twice() -> None:
    worlds = open_worlds("w2")
    assert [worlds.add(make).world.name for _ in range(3)] == ["w1", "w3", "w4"]
    worlds.remove("w3")
    assert worlds.add(make).world.name == "w5"


def test_equal_names_on_two_servers_of_equal_seed_give_equal_keys() -> None:
    first, second = open_worlds("a", "b"), open_worlds("b", "c", "a")
    other = Worlds(World(MARKETS, WorldSettings(seed=2)))
    other.add(make, "a")
    keys = [worlds.own_key("a") for worlds in (first, second, other)]
    assert all(key is not None for key in keys)
    (one, same, different) = [(key.key, key.reveal()) for key in keys if key is not None]
    assert one == same
    assert set(one).isdisjoint(different)
    assert own(first, "a") != own(first, "b")


def test_an_own_key_has_the_form_of_real_ones_and_belongs_to_the_first_account() -> None:
    """S-40: 64 letters and digits."""
    key = open_worlds("a").own_key("a")
    assert key is not None
    secret = key.reveal()
    assert secret is not None
    assert (len(key.key), len(secret), f"{key.key}{secret}".isalnum()) == (64, 64, True)
    assert (key.label, key.account) == ("a", "default")


def test_the_default_world_has_no_own_key() -> None:
    worlds = open_worlds("a")
    assert worlds.own_key("default") is None
    assert worlds.own_key("nowhere") is None


def test_the_own_key_signs() -> None:
    worlds = open_worlds("a")
    key = worlds.own_key("a")
    assert key is not None
    client = SpotClient(worlds.get("a"), KeyPair(key.key, key.reveal() or ""))
    assert client.get("account").ok()["canTrade"] is True
    assert SpotClient(worlds.default, client.pair).get("account").refusal == (401, -2015)


# -- how many --------------------------------------------------------------------------------------------------------


def test_there_is_a_ceiling() -> None:
    worlds = open_worlds("a", "b", most=2)
    with pytest.raises(WorldsError) as refused:
        worlds.add(make, "c")
    assert refused.value.reason == "there is no room for another world beside the 2 that there may be"
    assert refused.value.hint == (
        "remove those that are done with (DELETE /_mock/worlds/{id}), or raise max_worlds in [server]"
    )
    worlds.remove("a")
    worlds.add(make, "c")
    assert list(worlds) == ["default", "b", "c"]


def test_a_ceiling_of_none() -> None:
    with pytest.raises(WorldsError, match="no room for another world beside the 0"):
        open_worlds(most=0).add(make)


def test_a_world_that_cannot_be_made_takes_no_room() -> None:
    worlds = open_worlds("a", most=2)

    def fails(name: str, key: ApiKey) -> World:
        raise ValueError(name)

    with pytest.raises(ValueError, match="b"):
        worlds.add(fails, "b")
    assert list(worlds) == ["default", "a"]
    assert worlds.own_key("b") is None
    worlds.add(make, "b")


# -- removing and resetting ------------------------------------------------------------------------------------------


def test_a_removed_world_is_gone_with_its_key() -> None:
    worlds = open_worlds("a", "b")
    key = own(worlds, "a")
    worlds.remove("a")
    assert led(worlds, f"/w/a{PATH}") is None
    assert led(worlds, key=key) == ("default", PATH)
    assert led(worlds, f"/w/b{PATH}", key) == ("b", PATH)
    assert led(worlds, host="a.localhost") == ("default", PATH)
    assert list(worlds) == ["default", "b"]


@pytest.mark.parametrize("call", ["get", "remove", "reset"])
def test_what_is_not_there(call: str) -> None:
    worlds = open_worlds("a")
    with pytest.raises(WorldsError) as refused:
        getattr(worlds, call)("gone")
    assert refused.value.reason == "there is no world 'gone'"
    assert refused.value.hint.endswith("there are default, a")


def test_the_default_world_stays() -> None:
    worlds = open_worlds("a")
    with pytest.raises(WorldsError) as refused:
        worlds.remove("default")
    assert refused.value.hint == "POST /_mock/reset puts a fresh one in its place"
    assert list(worlds) == ["default", "a"]


def test_a_reset_world_is_fresh_and_keeps_name_and_key() -> None:
    worlds = open_worlds("a", "b")
    old, key, beside = worlds.get("a"), own(worlds, "a"), worlds.get("b")
    old.handle(SpotClient(old).request("GET", "time", {}))
    fresh = worlds.reset("a")
    assert fresh is worlds.get("a")
    assert fresh is not old
    assert (len(old.journal), len(fresh.journal)) == (1, 0)
    assert (fresh.name, own(worlds, "a")) == ("a", key)
    assert key in fresh.keys
    assert led(worlds, key=key) == ("a", PATH)
    assert (worlds.get("b"), worlds.default.name) == (beside, "default")


def test_resetting_the_default_world_leaves_the_others() -> None:
    worlds = open_worlds("a")
    old, beside = worlds.default, worlds.get("a")
    assert worlds.reset() is worlds.default is not old
    assert worlds.get("a") is beside


# -- copies ----------------------------------------------------------------------------------------------------------


def copy_of(worlds: Worlds, origin: str, name: str) -> NamedWorld:
    return worlds.add(worlds.get(origin).copy_as, name)


def test_a_copy_has_its_own_key_and_that_of_the_original() -> None:
    worlds = open_worlds("a")
    copy_of(worlds, "a", "b")
    assert led(worlds, key=own(worlds, "a")) == ("a", PATH)
    assert led(worlds, key=own(worlds, "b")) == ("b", PATH)
    assert led(worlds, f"/w/b{PATH}", own(worlds, "a")) == ("b", PATH)
    worlds.reset("b")
    assert led(worlds, f"/w/b{PATH}", own(worlds, "a")) == ("b", PATH)
    assert own(worlds, "b") in worlds.get("b").keys


def test_the_key_of_a_removed_original_leads_to_its_copy() -> None:
    worlds = open_worlds("a")
    key = own(worlds, "a")
    copy_of(worlds, "a", "b")
    worlds.remove("a")
    assert led(worlds, key=key) == ("b", PATH)


def test_a_copy_may_take_a_name_of_its_ancestors() -> None:
    """Equal names give equal keys, so the copy knows the key already."""
    worlds = open_worlds("a")
    copy_of(worlds, "a", "b")
    worlds.remove("a")
    copy_of(worlds, "b", "a")
    assert led(worlds, key=own(worlds, "a")) == ("a", PATH)
    assert own(worlds, "a") in worlds.reset("a").keys


# -- idle worlds -----------------------------------------------------------------------------------------------------


def test_an_idle_world_goes_when_a_list_is_wanted(steady: SteadyClock) -> None:
    worlds = open_worlds("a", idle_s=60)
    key = own(worlds, "a")
    steady.now += 60
    assert list(worlds) == ["default", "a"]
    steady.now += 0.5
    assert list(worlds) == ["default"]
    assert led(worlds, key=key) == ("default", PATH)
    assert led(worlds, f"/w/a{PATH}") is None


def test_an_idle_world_goes_when_room_is_wanted(steady: SteadyClock) -> None:
    worlds = open_worlds("a", most=1, idle_s=60)
    steady.now += 61
    worlds.add(make, "b")
    assert list(worlds) == ["default", "b"]
    steady.now += 61
    worlds.add(make, "b")
    assert list(worlds) == ["default", "b"]


def uses() -> Mapping[str, Any]:
    return {
        "prefix": lambda worlds, key: led(worlds, f"/w/a{PATH}"),
        "host": lambda worlds, key: led(worlds, host="a.localhost"),
        "key": lambda worlds, key: led(worlds, key=key),
        "registered key": lambda worlds, key: led(worlds, key="registered"),
        "control call": lambda worlds, key: worlds.get("a"),
        "reset": lambda worlds, key: worlds.reset("a"),
    }


@pytest.mark.parametrize("use", uses())
def test_a_world_in_use_stays(steady: SteadyClock, use: str) -> None:
    worlds = open_worlds("a", "b", idle_s=60)
    worlds.get("a").keys.add(ApiKey.hmac("registered", "S"))
    steady.now += 50
    uses()[use](worlds, own(worlds, "a"))
    steady.now += 50
    assert list(worlds) == ["default", "a"]


def test_the_default_world_is_never_idle(steady: SteadyClock) -> None:
    worlds = open_worlds(idle_s=1)
    steady.now += 1e9
    assert list(worlds) == ["default"]
    assert led(worlds) == ("default", PATH)


def test_worlds_may_be_kept_for_ever(steady: SteadyClock) -> None:
    worlds = open_worlds("a", idle_s=None)
    steady.now += 1e9
    assert list(worlds) == ["default", "a"]


# -- against a model -------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c", "default"])
IDLE_S, MOST = 10, 2


class WorldsMachine(RuleBasedStateMachine):
    """Makes, uses, removes and forgets worlds beside a plain dict of names to the time of their last use."""

    def __init__(self) -> None:
        super().__init__()
        self.steady = SteadyClock()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(module, "steady_time", self.steady)
        self.worlds = Worlds(World(BLUEPRINT), most=MOST, idle_s=IDLE_S)
        self.used: dict[str, float] = {}

    def teardown(self) -> None:
        self.patch.undo()

    def forget_idle(self) -> None:
        self.used = {name: used for name, used in self.used.items() if self.steady.now - used <= IDLE_S}

    @rule(name=NAMES)
    def add(self, name: str) -> None:
        self.forget_idle()
        if name == "default" or name in self.used or len(self.used) >= MOST:
            with pytest.raises(WorldsError):
                self.worlds.add(make, name)
        else:
            assert self.worlds.add(make, name).world.name == name
            self.used[name] = self.steady.now

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        if name in self.used:
            self.worlds.remove(name)
            del self.used[name]
        else:
            with pytest.raises(WorldsError):
                self.worlds.remove(name)
            if name != "default":
                self.forget_idle()  # the refusal lists those that there are

    @rule(name=NAMES)
    def find(self, name: str) -> None:
        known = name in self.used
        assert led(self.worlds, f"/w/{name}/x") == ((name, "/x") if known or name == "default" else None)
        if known:
            self.used[name] = self.steady.now

    @rule(seconds=st.sampled_from([0, 1, 6, 10, 11]))
    def wait(self, seconds: int) -> None:
        self.steady.now += seconds

    @precondition(lambda self: len(self.used) > 1)
    @rule()
    def list(self) -> None:
        self.forget_idle()
        assert [*self.worlds] == ["default", *self.used]

    @invariant()
    def keys_are_those_of_the_worlds(self) -> None:
        for name in ("a", "b", "c"):
            assert (self.worlds.own_key(name) is not None) == (name in self.used)


TestWorldsMachine = WorldsMachine.TestCase
