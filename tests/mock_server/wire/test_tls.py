"""TLS: the authority in its folder, the certificate, and what a server does with good and bad clients."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
import trustme
from cryptography import x509
from tests.mock_server.test_cli import COMMAND, UNSET, Served, golden, run, serving

from binance_mock.config import config_from
from binance_mock.wire.tls import CERTIFICATE, KEY, Authority, TlsError, default_folder, open_authority

NOW_MS = 1_700_000_000_000
GET = b"GET %b HTTP/1.1\r\nHost: %b\r\n\r\n"
LOCAL = "127.0.0.1"
HOSTS = (
    "api.binance.com", "api1.binance.com", "api4.binance.com", "api-gcp.binance.com", "data-api.binance.vision",
    "data-stream.binance.vision", "stream.binance.com", "ws-api.binance.com", "fapi.binance.com", "dapi.binance.com",
    "eapi.binance.com", "papi.binance.com", "fstream.binance.com", "nbstream.binance.com", "testnet.binance.vision",
    "stream.testnet.binance.vision", "ws-api.testnet.binance.vision", "testnet.binancefuture.com",
    "stream.binancefuture.com", "demo-api.binance.com", "demo-fapi.binance.com", "api.binance.us", "binance.com",
    "localhost", "127.0.0.1", "::1",
)  # fmt: skip


# -- the folder -----------------------------------------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_authority_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    made = open_authority(folder)
    again = open_authority(folder)
    assert made.pem == again.pem == (folder / CERTIFICATE).read_bytes()
    assert made.path == folder / CERTIFICATE
    assert sorted(each.name for each in folder.iterdir()) == [KEY, CERTIFICATE]
    assert handshake(again, "api.binance.com", trusted=made.pem) is not None


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        open_authority(tmp_path)
    finally:
        os.umask(umask)
    assert mode(tmp_path / KEY) == 0o600
    assert mode(tmp_path / CERTIFICATE) == 0o644
    assert b"PRIVATE" not in (tmp_path / CERTIFICATE).read_bytes()


def test_the_key_of_the_server_is_kept_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    open_authority(tmp_path / "ca").context()
    assert list(temporary.iterdir()) == []
    assert len(list((tmp_path / "ca").iterdir())) == 2


def test_a_lost_certificate_comes_back(tmp_path: Path) -> None:
    pem = open_authority(tmp_path).pem
    (tmp_path / CERTIFICATE).unlink()
    assert open_authority(tmp_path).pem == pem == (tmp_path / CERTIFICATE).read_bytes()


def test_many_that_start_at_once_agree(tmp_path: Path) -> None:
    for number in range(5):
        barrier = Barrier(8)

        def start(folder: Path = tmp_path / str(number), barrier: Barrier = barrier) -> bytes:
            barrier.wait()
            return open_authority(folder).pem

        with ThreadPoolExecutor(8) as pool:
            pems = {each.result() for each in [pool.submit(start) for _ in range(8)]}
        assert pems == {(tmp_path / str(number) / CERTIFICATE).read_bytes()}


def _foreign(folder: Path) -> None:
    ca = trustme.CA()
    (folder / KEY).write_bytes(ca.private_key_pem.bytes() + ca.cert_pem.bytes())


def _no_certificate(folder: Path) -> None:
    (folder / KEY).write_bytes(trustme.CA().private_key_pem.bytes())


def _key_of_another(folder: Path) -> None:
    own = open_authority(folder).pem
    (folder / KEY).write_bytes(trustme.CA().private_key_pem.bytes() + own)


def _damaged(folder: Path) -> None:
    open_authority(folder)
    text = (folder / KEY).read_text()
    (folder / KEY).write_text(text.replace("PRIVATE KEY", "KEY"))


def _half(folder: Path) -> None:
    open_authority(folder)
    (folder / KEY).write_bytes((folder / KEY).read_bytes()[:100])


def _no_authority(folder: Path) -> None:
    leaf = trustme.CA(organization_name="binance-mock").issue_cert("localhost", organization_name="binance-mock")
    (folder / KEY).write_bytes(leaf.private_key_and_cert_chain_pem.bytes())


def _without_key(folder: Path) -> None:
    open_authority(folder)
    (folder / KEY).unlink()


def _certificate_of_another(folder: Path) -> None:
    open_authority(folder)
    (folder / CERTIFICATE).write_bytes(trustme.CA().cert_pem.bytes())


def _text(folder: Path) -> None:
    open_authority(folder)
    (folder / CERTIFICATE).write_text("see below")


@pytest.mark.parametrize(
    ("spoil", "file", "reason"),
    [
        (_foreign, KEY, "was not made by binance-mock; name another folder with --tls-dir"),
        (_no_certificate, KEY, "holds no certificate"),
        (_key_of_another, KEY, "holds a key that is not that of its certificate"),
        (_damaged, KEY, "is damaged"),
        (_half, KEY, "holds no certificate"),
        (_no_authority, KEY, "is damaged"),
        (_without_key, CERTIFICATE, "is there without its ca-key.pem"),
        (_certificate_of_another, CERTIFICATE, "does not belong to ca-key.pem beside it"),
        (_text, CERTIFICATE, "holds no certificate"),
    ],
)
def test_what_cannot_be_used_is_left_alone(
    tmp_path: Path, spoil: Callable[[Path], None], file: str, reason: str
) -> None:
    spoil(tmp_path)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    with pytest.raises(TlsError) as caught:
        open_authority(tmp_path)
    assert str(caught.value).startswith(f"{str(tmp_path / file)!r} {reason}")
    assert str(caught.value).endswith("name another folder with --tls-dir")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


@pytest.mark.parametrize("days", [-1, 30])
def test_an_authority_that_ends_before_its_certificates_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    last = datetime.now(UTC) + timedelta(days=days)
    with monkeypatch.context() as patch:
        patch.setattr(trustme, "DEFAULT_EXPIRY", last)
        open_authority_unchecked(tmp_path)
    with pytest.raises(TlsError, match=rf"is too old or too new: it lasts from 2000-01-01 to {last:%Y-%m-%d}; delete"):
        open_authority(tmp_path)


def open_authority_unchecked(folder: Path) -> None:
    ca = trustme.CA(organization_name="binance-mock")
    (folder / KEY).write_bytes(ca.private_key_pem.bytes() + ca.cert_pem.bytes())


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(TlsError, match=r"cannot be used: Not a directory; name another folder with --tls-dir"):
        open_authority(file)
    (tmp_path / "in" / KEY).mkdir(parents=True)
    with pytest.raises(TlsError, match=r"ca-key.pem' cannot be used: Is a directory"):
        open_authority(tmp_path / "in")


@pytest.mark.parametrize(
    ("environ", "windows", "wanted"),
    [
        ({"XDG_CACHE_HOME": "/cache", "HOME": "/home/me"}, False, "/cache/binance-mock"),
        ({"XDG_CACHE_HOME": "cache", "HOME": "/home/me"}, False, "/home/me/.cache/binance-mock"),
        ({"HOME": "/home/me"}, False, "/home/me/.cache/binance-mock"),
        ({"LOCALAPPDATA": "/local", "HOME": "/home/me"}, True, "/local/binance-mock"),
    ],
)
def test_the_usual_folder(environ: dict[str, str], windows: bool, wanted: str) -> None:
    assert default_folder(environ, windows=windows) == Path(wanted)


@pytest.mark.parametrize(("environ", "windows"), [({}, False), ({"HOME": ""}, False), ({"HOME": "/home/me"}, True)])
def test_nobody_has_no_usual_folder(environ: dict[str, str], windows: bool) -> None:
    with pytest.raises(TlsError, match="name a folder with --tls-dir"):
        default_folder(environ, windows=windows)


# -- the certificate ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One for the tests of this module."""
    return open_authority(tmp_path_factory.mktemp("ca"))


def handshake(authority: Authority, name: str, *more: str, trusted: bytes | None = None) -> ssl.SSLObject:
    """A client's side of a connection in memory, after it checked the name."""
    client_context = ssl.create_default_context(cadata=(trusted or authority.pem).decode())
    client_context.set_alpn_protocols(["h2", "http/1.1"])
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(down, up, server_hostname=name)
    server = authority.context(*more).wrap_bio(up, down, server_side=True)
    for side in (client, server, client, server):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    assert client.version() is not None
    return client


@pytest.mark.parametrize("host", HOSTS)
def test_the_certificate_is_for_the_host(authority: Authority, host: str) -> None:
    assert handshake(authority, host).selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("host", ["binance.org", "api.binance.com.example.com", "example.com", "a.api.binance.com"])
def test_the_certificate_is_for_no_other_host(authority: Authority, host: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(authority, host)


def test_the_certificate_is_for_the_address_that_is_listened_on(authority: Authority) -> None:
    assert handshake(authority, "192.0.2.7", "192.0.2.7").version() is not None


def test_the_certificate_lives_as_long_as_clients_bear(authority: Authority) -> None:
    """Apple's take 825 days at most."""
    der = handshake(authority, "localhost").getpeercert(binary_form=True)
    assert der is not None
    certificate = x509.load_der_x509_certificate(der)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc < timedelta(days=825)


def test_the_authority_signs_no_further_authorities(authority: Authority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.pem)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)


# -- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of this module keep their authority."""
    return tmp_path_factory.mktemp("tls")


@pytest.fixture
def server(folder: Path) -> Iterator[Served]:
    """A server with its clock standing."""
    with serving("--tls", "--tls-dir", str(folder), "--frozen-at", str(NOW_MS)) as served:
        yield served


def connect(server: Served, folder: Path, name: str = "api.binance.com") -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(folder / CERTIFICATE))
    raw = socket.create_connection((LOCAL, server.port), 10)
    try:
        return context.wrap_socket(raw, server_hostname=name)
    except BaseException:
        raw.close()
        raise


def ask(server: Served, folder: Path, path: str, host: str) -> bytes:
    """A whole answer."""
    with connect(server, folder) as client:
        client.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % (path.encode(), host.encode()))
        with client.makefile("rb") as file:
            return file.read()


def control(server: Served, folder: Path, path: str, body: str) -> bytes:
    with connect(server, folder, "localhost") as client:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall((head + body).encode())
        with client.makefile("rb") as file:
            return file.read()


def test_the_control_api_is_for_this_machine_only(server: Served, folder: Path) -> None:
    """Pages and clients of Binance's names are led here; the controls must not be within their reach."""
    assert ask(server, folder, "/_mock/health", "api.binance.com").startswith(b"HTTP/1.1 403 ")
    assert ask(server, folder, "/_mock/health", f"api.binance.com:{server.port}").startswith(b"HTTP/1.1 403 ")
    assert ask(server, folder, "/_mock/health", f"localhost:{server.port}").startswith(b"HTTP/1.1 200 ")


def test_with_a_token_the_control_api_is_for_those_who_have_it(folder: Path) -> None:
    with serving("--tls", "--tls-dir", str(folder), "--control-token", "t0ken") as server:
        assert ask(server, folder, "/_mock/health", "api.binance.com").startswith(b"HTTP/1.1 401 ")
        head = "api.binance.com\r\nAuthorization: Bearer t0ken"
        assert ask(server, folder, "/_mock/health", head).startswith(b"HTTP/1.1 200 ")


def still_well(server: Served, folder: Path) -> str:
    """What was said after the server was stopped, less the line of one request that it answered before."""
    assert ask(server, folder, "/api/v3/time", "api.binance.com").endswith(b'{"serverTime":%d}' % NOW_MS)
    assert json.loads(server.line())["path"] == "/api/v3/time"
    status, said = server.end(signal.SIGTERM)
    assert status == 0
    return said


@pytest.mark.parametrize("sent", [GET % (b"/api/v3/time", b"x"), b"\x16\x03\x01\x02\x00\x01", bytes(range(256))])
def test_what_is_no_tls_is_hung_up_on_in_silence(server: Served, folder: Path, sent: bytes) -> None:
    with socket.create_connection((LOCAL, server.port), 10) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert b"HTTP" not in client.recv(4096)
    assert still_well(server, folder) == ""


def test_a_client_that_does_not_trust_goes_in_silence(server: Served, folder: Path) -> None:
    with (
        socket.create_connection((LOCAL, server.port), 10) as raw,
        pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer certificate"),
    ):
        ssl.create_default_context().wrap_socket(raw, server_hostname="api.binance.com")
    assert still_well(server, folder) == ""


def test_a_reset_is_a_reset(server: Served, folder: Path) -> None:
    fault = '{"kind": "reset_before", "path": "/api/v3/ping", "times": 1}'
    assert control(server, folder, "/_mock/faults", fault).startswith(b"HTTP/1.1 200 ")
    with connect(server, folder) as client:
        client.sendall(GET % (b"/api/v3/ping", b"api.binance.com"))
        # Below TLS, for Python's takes a reset for an end.
        with pytest.raises(ConnectionResetError):
            b"".join(iter(lambda: socket.socket.recv(client, 4096), b""))
    assert json.loads(server.line())["path"] == "/api/v3/ping"
    assert still_well(server, folder) == ""


def test_a_truncated_answer_ends_early(server: Served, folder: Path) -> None:
    fault = '{"kind": "truncated_body", "path": "/api/v3/exchangeInfo", "times": 1}'
    assert control(server, folder, "/_mock/faults", fault).startswith(b"HTTP/1.1 200 ")
    head, _, body = ask(server, folder, "/api/v3/exchangeInfo", "api.binance.com").partition(b"\r\n\r\n")
    (length,) = (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    assert len(body) == length // 2


def test_an_idle_client_does_not_hold_the_server(server: Served, folder: Path) -> None:
    with connect(server, folder) as client:
        client.sendall(GET % (b"/api/v3/time", b"api.binance.com"))
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        server.line()
        assert server.end(signal.SIGTERM) == (0, "")


def test_the_first_line_says_where_the_certificate_is(folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in UNSET}
    command = [*COMMAND, "serve", "--port", "0", "--json-logs", "--tls", "--tls-dir", "."]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env, cwd=folder) as process:
        assert process.stderr is not None
        row = json.loads(process.stderr.readline())
        process.terminate()
        assert process.wait() == 0
    assert row["ca"] == str(folder / CERTIFICATE)
    assert row["url"].startswith("https://127.0.0.1:")
    assert row["control"] == row["url"] + "/_mock"


def test_the_banner_says_how_to_come_in(tmp_path: Path) -> None:
    """The folder is the usual one; its name needs quotes in a shell."""
    cache = tmp_path / "my cache"
    env = {name: value for name, value in os.environ.items() if name not in UNSET} | {"XDG_CACHE_HOME": str(cache)}
    command = [*COMMAND, "serve", "--port", "0", "--tls"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(7)]
        process.terminate()
        assert process.wait() == 0
    port = lines[0].rstrip().rsplit(":", 1)[1]
    golden("banner-tls", "".join(lines).replace(port, "PORT").replace(str(cache), "MY CACHE"))
    assert (cache / "binance-mock" / CERTIFICATE).exists()


def test_the_configuration_file_can_say_it(tmp_path: Path) -> None:
    """Its folders begin where it is."""
    path = tmp_path / "c.toml"
    path.write_text('[server]\ntls = true\ntls_dir = "certs"\n')
    with serving("--config", str(path)) as server:
        assert ask(server, tmp_path / "certs", "/api/v3/ping", "api.binance.com").endswith(b"\r\n\r\n{}")


def test_folders_of_the_configuration_file_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    server = config_from({"server": {"tls_dir": "~/certs"}}, "c.toml", folder=tmp_path).server
    assert server.tls_dir == "/home/me/certs"
    assert not server.tls


def test_a_folder_without_tls_is_a_mistake() -> None:
    result = run("serve", "--tls-dir", "x")
    assert result.exit_code == 2
    golden("error-tls-dir", result.stderr)


def test_a_folder_that_cannot_be_used_ends_with_1(tmp_path: Path) -> None:
    _foreign(tmp_path)
    result = run("serve", "--port", "0", "--tls", "--tls-dir", str(tmp_path))
    assert result.exit_code == 1
    golden("error-tls-foreign", result.stderr.replace(str(tmp_path), "FOLDER"))


def test_the_port_is_looked_at_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server((LOCAL, 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]), "--tls", "--tls-dir", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert "the port is taken" in result.stderr
    assert not (tmp_path / "new").exists()


def test_without_tls_nothing_of_it_is_loaded() -> None:
    script = "import sys, binance_mock.commands.serve\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "binance_mock.wire.server" in loaded
    assert {"trustme", "binance_mock.wire.tls", "cryptography"}.isdisjoint(loaded)
