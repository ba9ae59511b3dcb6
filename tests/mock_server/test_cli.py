"""The command line: its texts, its exit statuses, and a server that starts and stops.

`UPDATE_GOLDEN=1` writes the golden texts anew.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

import binance_mock
from binance_fixtures.signing import EXAMPLE_PAIR, REST_VECTORS
from binance_mock import catalog
from binance_mock.cli import app
from binance_mock.commands.curl import UnusableRequest, make_request, read_curl

GOLDEN = Path(__file__).parent / "golden"
COMMAND = (sys.executable, "-m", "binance_mock")
URL = "http://127.0.0.1:8099/api/v3/order"
HEADER = f"-H 'X-MBX-APIKEY: {EXAMPLE_PAIR.api_key}'"
VECTOR = REST_VECTORS[0]
PARAMS = VECTOR.query + VECTOR.body
RIGHT = f"curl {HEADER} -X POST '{URL}' -d '{PARAMS}&signature={VECTOR.signature}'"
UNSET = {"BINANCE_MOCK_TOKEN": None, "BINANCE_API_SECRET": None}


def run(*arguments: str, **env: str) -> Result:
    return CliRunner().invoke(
        app, arguments, prog_name="binance-mock", env={**UNSET, "COLUMNS": "100", "TERMINAL_WIDTH": "100", **env}
    )


def golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


# -- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [[], ["serve"], ["explain"], ["catalog"]], ids=lambda words: "-".join(words) or "all"
)
def test_help(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    golden("help-" + ("-".join(command) or "all"), result.stdout)


def test_version() -> None:
    assert run("--version").stdout == f"binance-mock {binance_mock.__version__}\n"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("no-loopback", ["serve", "--host", "0.0.0.0"]),
        ("no-loopback-name", ["serve", "--host", "example.com"]),
        ("no-file", ["serve", "--config", "nowhere.toml"]),
        ("log-level", ["serve", "--log-level", "loud"]),
        ("frozen-at", ["serve", "--frozen-at", "1700000000000000"]),
        ("explain-nothing", ["explain"]),
        ("explain-two", ["explain", "curl x", "--url", "http://127.0.0.1"]),
        ("explain-url", ["explain", "--url", "ftp://x"]),
        ("explain-no-curl", ["explain", "wget x"]),
        ("explain-quotes", ["explain", "curl 'x"]),
        ("explain-file", ["explain", "curl x -d @body.txt"]),
        ("explain-header", ["explain", "--target", "/x", "-H", "nothing"]),
        ("explain-stray", ["explain", "curl x", "-d", "a=1"]),
        ("explain-key", ["explain", "--target", "/x", "--key", "k"]),
        ("explain-secret", ["explain", "--target", "/x", "--secret", "hidden"]),
        ("explain-secret-file", ["explain", "--target", "/x", "--secret-file", "nowhere.txt"]),
        ("catalog-two", ["catalog", "--json", "--openapi"]),
    ],
)
def test_unusable_input_ends_with_2(name: str, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    golden(f"error-{name}", result.stderr)


def test_a_bad_configuration_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[server]\nprot = 1\n")
    result = run("serve", "--config", str(path))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"binance-mock: {path}: server.prot: is not known here; did you mean 'port'?")


# -- catalog --------------------------------------------------------------------------------------------------------


def test_catalog() -> None:
    lines = run("catalog").stdout.splitlines()
    for row in catalog.endpoints():
        assert any(line.split()[:2] == [row["method"], row["path"]] for line in lines)
    for row in catalog.faults():
        assert any(line.split()[:1] == [row["kind"]] for line in lines)


def test_catalog_for_machines() -> None:
    assert json.loads(run("catalog", "--json").stdout) == json.loads(
        json.dumps({
            "endpoints": catalog.endpoints(), "limits": catalog.limits(), "retired": catalog.retired(),
            "faults": catalog.faults(),
        })
    )  # fmt: skip
    assert json.loads(run("catalog", "--openapi").stdout) == json.loads(json.dumps(catalog.openapi()))
    assert run("catalog", "--markdown").stdout.startswith("# What is served\n")


# -- explain --------------------------------------------------------------------------------------------------------


def test_a_right_request() -> None:
    result = run("explain", RIGHT)
    assert result.exit_code == 0
    golden("explain-right", result.stdout)


def test_the_documented_secret_explains_a_mistake() -> None:
    """The parameters were signed in another order than they are sent in."""
    moved = "&".join(sorted(PARAMS.split("&")))
    command = f"curl {HEADER} '{URL}' -d '{moved}&signature={VECTOR.signature}'"
    result = run("explain", command)
    assert result.exit_code == 1
    golden("explain-order", result.stdout)
    row = json.loads(run("explain", "--json", command).stdout)
    assert row["verdict"] == "refused"
    assert row["diagnosis"]["cause"] in result.stdout


def test_the_clock_is_that_of_the_request_unless_told() -> None:
    result = run("explain", RIGHT, "--now", "1499827329559")
    assert result.exit_code == 1
    assert result.stdout.startswith("timing: Timestamp for this request is outside of the recvWindow.")


def test_the_parts_of_a_request_are_as_good_as_curl() -> None:
    target = f"/api/v3/order?{PARAMS}&signature={VECTOR.signature}"
    result = run("explain", "--method", "DELETE", "--target", target, "-H", f"x-mbx-apikey:{EXAMPLE_PAIR.api_key}")
    assert result.exit_code == 0


OWN = "our-own-secret-that-nobody-may-see"


@pytest.mark.parametrize("way", ["option", "variable", "file"])
def test_an_own_secret_is_used_and_never_shown(way: str, tmp_path: Path) -> None:
    import hmac

    path = tmp_path / "secret.txt"
    path.write_text(OWN + "\n")
    signature = hmac.new(OWN.encode(), PARAMS.encode(), "sha256").hexdigest()
    options = {"option": ["--secret", OWN], "variable": [], "file": ["--secret-file", str(path)]}[way]
    env = {"BINANCE_API_SECRET": OWN} if way == "variable" else {}
    right = run("explain", f"curl -H 'X-MBX-APIKEY: mine' {URL} -d '{PARAMS}&signature={signature}'", *options, **env)
    assert right.exit_code == 0
    wrong = run(
        "explain", f"curl -H 'X-MBX-APIKEY: mine' '{URL}?s={OWN}' -d '{PARAMS}&signature={OWN}'", *options, **env
    )
    assert wrong.exit_code == 1
    assert OWN not in right.output + wrong.output


def test_terminals_are_safe_from_requests() -> None:
    command = f"curl {HEADER} '{URL}?\x1b[2J' -d '{PARAMS}&signature={VECTOR.signature}'"
    assert "\x1b" not in run("explain", command).output


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("curl http://h/p?a=1", ("GET", "/p", "a=1", "")),
        ("curl 'h:80/p%20q?a=%20'", ("GET", "/p q", "a=%20", "")),
        ("curl https://h", ("GET", "/", "", "")),
        ("curl -sS -XPUT https://h/p", ("PUT", "/p", "", "")),
        ("curl -d a=1 -d b=2 https://h/p", ("POST", "/p", "", "a=1&b=2")),
        ("curl -da=1 --url https://h/p", ("POST", "/p", "", "a=1")),
        ("curl -G -d a=1 --data-urlencode 'b=x y+' 'https://h/p?z=0'", ("GET", "/p", "z=0&a=1&b=x+y%2B", "")),
        ("curl --get --data-urlencode =ä https://h/p", ("GET", "/p", "%C3%A4", "")),
        ("curl --data-raw @x -o out --compressed -H 'A: b' https://h/p#f", ("POST", "/p", "", "@x")),
        ("/usr/bin/curl \\\n  -X DELETE \\\n  'https://h/p'", ("DELETE", "/p", "", "")),
        ("curl -I https://h/p", ("HEAD", "/p", "", "")),
    ],
)
def test_curl_is_read_as_curl_reads_it(command: str, wanted: tuple[str, str, str, str]) -> None:
    request = read_curl(command)
    assert (request.method, request.path, request.query.decode(), request.body.decode()) == wanted


def test_headers_of_curl() -> None:
    request = read_curl("curl h/p -H 'X-MBX-APIKEY:  k ' --header 'Content-Type: text/plain'")
    assert request.headers == {b"x-mbx-apikey": b"k", b"content-type": b"text/plain"}


@pytest.mark.parametrize(
    "command",
    ["", "curl", "curl a b", "curl -H", "curl --no-such a", "curl -Z a", "curl h/p -d", "curl -X 'A B' h/p", "curl ''",
     "curl h/p --data-urlencode name@file", "curl http:///p", "curl h/p -H ': x'"],
)  # fmt: skip
def test_a_command_that_curl_would_not_take_is_refused(command: str) -> None:
    with pytest.raises(UnusableRequest):
        read_curl(command)


@given(
    st.lists(
        st.sampled_from(["curl", "-H", "-d", "a: b", "h/p", "--get", "@", "'", "\\\n", "-", "--", "-Xx"]) | st.text()
    )
)
@example(["curl", "h/\ud800"])
def test_any_text_is_read_or_refused(words: list[str]) -> None:
    try:
        read_curl(" ".join(words))
    except UnusableRequest as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@given(st.text(), st.text(), st.lists(st.text()), st.text())
def test_any_parts_are_read_or_refused(method: str, target: str, headers: list[str], body: str) -> None:
    try:
        make_request(method, target, headers, body)
    except UnusableRequest as error:
        assert str(error)  # noqa: PT017 - either outcome is right


# -- serve ----------------------------------------------------------------------------------------------------------


class Served:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.port = int(url.rsplit(":", 1)[1])

    def get(self, target: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def line(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def end(self, *signals: signal.Signals) -> tuple[int, str]:
        """Exit status, and what was still said."""
        for each in signals:
            self.process.send_signal(each)
        _, errors = self.process.communicate()
        return self.process.returncode, errors


@contextmanager
def serving(*arguments: str) -> Iterator[Served]:
    env = {name: value for name, value in os.environ.items() if name not in UNSET}
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--json-logs", *arguments], stderr=subprocess.PIPE, text=True, env=env
    )
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert first.startswith("{"), first + process.stderr.read()
        yield Served(process, json.loads(first)["url"])
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_answers_logs_and_stops(number: signal.Signals) -> None:
    with serving("--frozen-at", "1700000000000", "--seed", "3") as server:
        assert server.get("/api/v3/time") == (200, b'{"serverTime":1700000000000}')
        row = json.loads(server.line())
        assert (row["time"], row["path"], row["status"]) == ("2023-11-14T22:13:20.000Z", "/api/v3/time", 200)
        assert server.get("/_mock/health")[0] == 200
        assert server.end(number) == (0, "")


def test_a_second_signal_breaks_off_what_still_runs(tmp_path: Path) -> None:
    path = tmp_path / "slow.toml"
    path.write_text('[[faults]]\nkind = "latency"\nms = 3600000\n')
    with serving("--config", str(path)) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /api/v3/time HTTP/1.1\r\nHost: x\r\n\r\n")
            while json.loads(server.get("/_mock/requests")[1])["requests"] == []:
                pass
            status, errors = server.end(signal.SIGINT, signal.SIGTERM)
        assert status == 0
        assert "timeout graceful shutdown exceeded" not in errors


def test_the_configuration_reaches_the_server(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[server]\ncontrol_token = "t0ken"\n[spot]\nsymbols = ["LTCBTC"]\n')
    with serving("--config", str(path)) as server:
        assert b"BTCUSDT" not in server.get("/api/v3/exchangeInfo")[1]
        assert server.get("/_mock/requests")[0] == 401
        refused = run("explain", "--url", server.url)
        assert refused.exit_code == 2
        assert "answered 401" in refused.stderr
        assert run("explain", "--url", server.url, "--token", "t0ken").stdout == "nothing was refused\n"
        server.get("/api/v3/tim")
        told = run("explain", "--url", server.url, BINANCE_MOCK_TOKEN="t0ken")
        assert told.exit_code == 1
        assert told.stdout.startswith("GET /api/v3/tim  404  -1020 This operation is not supported.\n  why: nothing is")
        rows = json.loads(run("explain", "--json", "--url", server.url, "--token", "t0ken", "--last", "1").stdout)
        assert [row["path"] for row in rows] == ["/api/v3/tim"]
    gone = run("explain", "--url", server.url)
    assert gone.exit_code == 2
    assert "start one with `binance-mock serve`" in gone.stderr


def test_the_banner_is_for_people() -> None:
    env = {name: value for name, value in os.environ.items() if name not in UNSET}
    command = [*COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(5)]
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0, "also while it is still starting"
    port = lines[0].rstrip().rsplit(":", 1)[1]
    golden("banner", "".join(lines).replace(port, "PORT"))


def test_a_taken_port_ends_with_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.exit_code == 1
    golden("error-port", result.stderr.replace(str(port), "PORT"))


def test_serving_loads_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys, uvicorn\n"
        "uvicorn.Server.run = lambda *_, **__: None\n"
        "sys.argv = ['binance-mock', 'serve', '--port', '0']\n"
        "from binance_mock.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "binance_mock.wire.app" in loaded
    unwanted = {"rich", "starlette", "cryptography", "hypothesis", "tomllib", "binance_mock.gate.diagnosis"}
    assert unwanted & {name for module in loaded for name in (module, module.split(".")[0])} == set()
