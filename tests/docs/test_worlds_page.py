"""docs/worlds.md: what it shows, happens."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import requests

from binance_mock import Mock
from binance_mock.config import default_config
from binance_mock.face.backend import MockError

from .conftest import RunScript
from .pages import Section, section, sections
from .running import PORT, run_console

PAGE = "docs/worlds.md"
SCRIPTS = [each for each in sections(PAGE) if each.of("python")]
MY_CLIENT = """
const { createHmac } = require("crypto");
class MyClient {
  constructor(url, key, secret) { Object.assign(this, { url, key, secret }); }
  async buy(symbol, quantity) {
    const query = `symbol=${symbol}&side=BUY&type=MARKET&quantity=${quantity}&timestamp=${Date.now()}`;
    const signature = createHmac("sha256", this.secret).update(query).digest("hex");
    const headers = { "X-MBX-APIKEY": this.key };
    const answer = await fetch(`${this.url}/api/v3/order?${query}&signature=${signature}`, { method: "POST", headers });
    console.log((await answer.json()).status);
  }
}
"""


@pytest.mark.parametrize("part", SCRIPTS, ids=[each.heading for each in SCRIPTS])
def test_the_script_of_a_section(part: Section, script: RunScript) -> None:
    assert script(part.only("python"), part.heading) == part.only("text")


def test_how_a_request_finds_its_world() -> None:
    with Mock() as binance:
        alice, bob = binance.worlds.create("alice"), binance.worlds.create("bob")
        own, shared, known = alice.api_key, binance.api_key, [binance, alice, bob]

        def reached(url: str, key: str = "", host: str = "") -> Mock:
            for world in known:
                world.requests.clear()
            headers = {name: text for name, text in (("X-MBX-APIKEY", key), ("Host", host)) if text}
            requests.get(f"{url}/api/v3/ping", headers=headers, timeout=10)
            (found,) = [world for world in known if len(world.requests)]
            return found

        assert reached(bob.url, own, "bob.localhost") is alice
        assert reached(alice.url, host="bob.localhost") is alice
        assert reached(binance.url, host="alice.localhost") is alice
        assert reached(binance.url) is binance
        assert reached(alice.url, shared) is alice
        assert reached(binance.url, shared, "alice.localhost") is alice
        assert reached(binance.url, shared) is binance


def test_from_the_outside(served_port: str, tmp_path: Path) -> None:
    run_console(section(PAGE, "From the outside").only("console"), tmp_path, served_port)


def test_the_faces_of_a_server_elsewhere() -> None:
    with (
        Mock() as binance,
        binance.worlds.create("alice", frozen_at=5_000),
        Mock.connect(f"{binance.url}/w/alice") as it,
    ):
        assert it.clock.now_ms == 5_000


def test_a_world_for_each_test_in_javascript(tmp_path: Path) -> None:
    with Mock() as binance:
        code = section(PAGE, "From the outside").only("js").replace(f":{PORT}", f":{binance.url.rpartition(':')[2]}")
        (tmp_path / "test.js").write_text(f"{MY_CLIENT}\n(async () => {{\n{code}}})();\n")
        ran = subprocess.run(["node", "test.js"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (ran.stdout, ran.stderr) == ("FILLED\n", "")
        assert list(binance.worlds) == ["default"]


def test_the_ceiling_and_a_world_that_is_gone() -> None:
    settings = default_config().server
    assert (settings.max_worlds, settings.world_idle_s) == (1000, 3600)
    with Mock(config={"server": {"max_worlds": 1}}) as binance:
        only = binance.worlds.create()
        answer = requests.post(f"{binance.url}/_mock/worlds", json={}, timeout=10)
        assert answer.status_code == 409
        with pytest.raises(MockError, match="max_worlds"):
            binance.fork()
        gone = only.url
        only.stop()
        assert requests.get(f"{gone}/api/v3/ping", timeout=10).status_code == 404


def test_limits_are_counted_apart() -> None:
    with Mock() as binance, binance.worlds.create() as other:
        binance.limits.ban()
        assert requests.get(f"{binance.url}/api/v3/ping", timeout=10).status_code == 418
        assert requests.get(f"{other.url}/api/v3/ping", timeout=10).status_code == 200
