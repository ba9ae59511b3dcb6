"""Clients of several languages that reach the mock by Binance's own names, over TLS.

They need `curl` and `node`. None of them has another way to the names: each is told that they are on this machine.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.mock_server.test_cli import COMMAND, Served, serving

from binance_fixtures.signing import EXAMPLE_PAIR

from .by_hand import hmac_signer
from .exchange import NOW

HOSTS = (
    "api.binance.com", "api3.binance.com", "api-gcp.binance.com", "data-api.binance.vision", "testnet.binance.vision",
    "demo-api.binance.com", "api.binance.us",
)  # fmt: skip
NODE = """
const https = require("https");
const [host, port, key, body] = process.argv.slice(1);
const lookup = (name, options, done) =>
  options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = { "X-MBX-APIKEY": key, "Content-Type": "application/x-www-form-urlencoded" };
    const request = https.request({ host, port, path, method, agent, lookup, headers }, (response) => {
      let text = "";
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve([response.statusCode, JSON.parse(text), request.reusedSocket]));
    });
    request.on("error", reject);
    request.end(body);
  });
(async () => {
  const time = await call("GET", "/api/v3/time");
  const order = await call("POST", "/api/v3/order", body);
  console.log(JSON.stringify([time, order]));
  agent.destroy();
})().catch((error) => { console.error(error.code); process.exit(1); });
"""


class Secure:
    """A server over TLS whose clock stands.

    Args:
        served: the server.
        folder: where its authority lives.
    """

    def __init__(self, served: Served, folder: Path) -> None:
        self.port = served.port
        self.ca = str(folder / "ca.pem")

    def curl(self, host: str, path: str, *arguments: str) -> Any:
        """What curl says that the answer is."""
        command = ["curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*", "--cacert", self.ca]
        command += ["--resolve", f"{host}:{self.port}:127.0.0.1", f"https://{host}:{self.port}{path}", *arguments]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def node(self, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """A request for the time and an order, by Node's own client."""
        command = ["node", "-e", NODE, "api.binance.com", str(self.port), EXAMPLE_PAIR.api_key, order("from-node")]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | env)


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """One server for the tests of this module."""
    folder = tmp_path_factory.mktemp("tls")
    with serving("--tls", "--tls-dir", str(folder), "--frozen-at", str(NOW)) as served:
        yield Secure(served, folder)


def order(name: str) -> str:
    """A signed order."""
    params = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01", "newClientOrderId": name}
    payload = urlencode(params | {"timestamp": NOW})
    return f"{payload}&signature={hmac_signer(EXAMPLE_PAIR.secret)(payload)}"


# -- curl -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", HOSTS)
def test_curl_reaches_the_mock_by_the_name(secure: Secure, host: str) -> None:
    assert secure.curl(host, "/api/v3/time") == {"serverTime": NOW}


def test_curl_places_a_signed_order(secure: Secure) -> None:
    header = ("-H", f"X-MBX-APIKEY: {EXAMPLE_PAIR.api_key}")
    placed = secure.curl("api.binance.com", "/api/v3/order", *header, "-d", order("from-curl"))
    assert (placed["clientOrderId"], placed["status"]) == ("from-curl", "FILLED")


def test_curl_without_the_certificate_refuses(secure: Secure) -> None:
    host = f"api.binance.com:{secure.port}"
    command = ["curl", "-sS", "--noproxy", "*", "--resolve", f"{host}:127.0.0.1", f"https://{host}/api/v3/time"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 60


def test_the_line_of_the_banner_works(tmp_path: Path) -> None:
    command = [*COMMAND, "serve", "--port", "0", "--frozen-at", str(NOW), "--tls", "--tls-dir", str(tmp_path / "it's")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        (line,) = (line for line in (process.stderr.readline() for _ in range(7)) if "try it" in line)
        words = shlex.split(line.partition("try it")[2])
        try:
            said = subprocess.run([*words, "-sS", "--noproxy", "*"], capture_output=True, text=True, check=True).stdout
        finally:
            process.terminate()
        assert process.wait() == 0
    assert json.loads(said) == {"serverTime": NOW}


# -- Python ---------------------------------------------------------------------------------------------------------


class Redirected(HTTPSConnection):
    """A connection to a name that is on this machine."""

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        self.sock = self._context.wrap_socket(raw, server_hostname=self.host)  # type: ignore[attr-defined]  # private


def test_python_keeps_its_connection(secure: Secure) -> None:
    context = ssl.create_default_context(cafile=secure.ca)
    connection = Redirected("api.binance.com", secure.port, context=context)
    try:
        connection.request("GET", "/api/v3/time")
        assert json.loads(connection.getresponse().read()) == {"serverTime": NOW}
        first = connection.sock
        form = {"X-MBX-APIKEY": EXAMPLE_PAIR.api_key, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/api/v3/order", order("from-python"), form)
        assert json.loads(connection.getresponse().read())["clientOrderId"] == "from-python"
        assert first is not None
        assert connection.sock is first
    finally:
        connection.close()


def test_explain_asks_a_server_over_tls(secure: Secure) -> None:
    assert secure.curl("api.binance.com", "/api/v3/tim")["code"] == -1020
    command = [sys.executable, "-m", "binance_mock", "explain", "--url", f"https://127.0.0.1:{secure.port}"]
    env = os.environ | {"SSL_CERT_FILE": secure.ca}
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (told.returncode, told.stderr) == (1, "")
    assert told.stdout.startswith("GET /api/v3/tim  404  -1020 ")


# -- Node -----------------------------------------------------------------------------------------------------------


def test_node_keeps_its_connection(secure: Secure) -> None:
    done = secure.node({"NODE_EXTRA_CA_CERTS": secure.ca})
    assert done.stderr == ""
    time, placed = json.loads(done.stdout)
    assert time == [200, {"serverTime": NOW}, False]
    assert (placed[0], placed[1]["clientOrderId"], placed[2]) == (200, "from-node", True)


def test_node_without_the_certificate_refuses(secure: Secure) -> None:
    done = secure.node({"NODE_EXTRA_CA_CERTS": ""})
    assert (done.returncode, done.stderr) == (1, "UNABLE_TO_VERIFY_LEAF_SIGNATURE\n")
