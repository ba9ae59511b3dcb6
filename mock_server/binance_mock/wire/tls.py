"""Certificates for Binance's host names, from an authority of this machine that is made once and kept in a folder.

Clients are told to trust `ca.pem`. The authority's private key lives in `ca-key.pem` beside it, readable by its owner
alone; that file holds the certificate too, so that it is complete the moment it exists, however many servers start at
the same time. The key of the server itself is new with every start and stays nowhere.

Loading this module loads `trustme` and `cryptography`, so only what serves TLS imports it.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NoReturn

import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from binance_mock.clock import system_time

NAMES: Final = (
    "binance.com",
    "*.binance.com",
    "binance.vision",
    "*.binance.vision",
    "*.testnet.binance.vision",
    "binance.us",
    "*.binance.us",
    "binancefuture.com",
    "*.binancefuture.com",
    "localhost",
    "127.0.0.1",
    "::1",
)
"""What certificates are for; a wildcard stands for one label."""
CERTIFICATE: Final = "ca.pem"
KEY: Final = "ca-key.pem"

_OURS: Final = "binance-mock"
_MOST_PEM: Final = 1 << 16
# Apple's clients refuse certificates of servers that live longer than 825 days, whoever signed them.
_LIFE: Final = timedelta(days=397)
_ELSEWHERE: Final = "name another folder with --tls-dir"
_ANEW: Final = f"delete {CERTIFICATE} and {KEY} there to have new ones made, or {_ELSEWHERE}"


class TlsError(Exception):
    """There is no usable authority; the message names the file and the next step."""


class Authority:
    """What signs the server's certificate.

    Args:
        path: the file with its certificate, which clients trust.
        ca: certificate and key.
    """

    def __init__(self, path: Path, ca: trustme.CA) -> None:
        self.path = path
        self._ca = ca

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self._ca.cert_pem.bytes()

    def context(self, *more: str) -> ssl.SSLContext:
        """What a server speaks TLS with: HTTP/1.1, under a new certificate for `NAMES`.

        Args:
            more: further names or addresses that the certificate is for.

        Raises:
            TlsError: the machine has no folder for temporary files.
        """
        now = _now()
        # A little earlier than now: the clocks of containers and virtual machines lag behind.
        leaf = self._ca.issue_cert(
            *dict.fromkeys((*NAMES, *more)),
            organization_name=_OURS,
            not_before=now - timedelta(days=1),
            not_after=now + _LIFE,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        try:
            leaf.configure_cert(context)
        except OSError as error:
            raise TlsError(f"the certificate cannot be loaded: {error}; set TMPDIR to a writable folder") from error
        return context


def default_folder(environ: Mapping[str, str] = os.environ, *, windows: bool = os.name == "nt") -> Path:
    """Where the authority lives unless somebody says otherwise: below the user's folder for what can be made again.

    Args:
        environ: the variables of the process.
        windows: whether this is Windows.

    Raises:
        TlsError: the user has no such folder.
    """
    base = environ.get("LOCALAPPDATA" if windows else "XDG_CACHE_HOME", "")
    if not windows and not os.path.isabs(base):  # The XDG specification ignores relative ones.
        base = os.path.join(environ.get("HOME", ""), ".cache")
    if not os.path.isabs(base):
        raise TlsError("there is no home folder to keep the certificate in; name a folder with --tls-dir")
    return Path(base) / _OURS


def open_authority(folder: Path) -> Authority:
    """The authority in a folder, made when the folder has none.

    Raises:
        TlsError: the folder cannot be used, or what is in it is damaged, expired, or not ours.
    """
    path, key = folder / CERTIFICATE, folder / KEY
    try:
        # In this order: whoever writes the certificate has written the key before.
        known = _read(path)
        kept = _read(key)
        if kept is None:
            if known is not None:
                raise TlsError(f"{str(path)!r} is there without its {KEY}; {_ANEW}")
            kept = _make(folder, key)
        authority = Authority(path, _load(kept, key))
        if known is None:
            _write(path, authority.pem)
        elif _certificate(known, path).public_bytes(Encoding.PEM) != authority.pem:
            raise TlsError(f"{str(path)!r} does not belong to {KEY} beside it; {_ANEW}")
    except OSError as error:
        reason = error.strerror or str(error)
        where = str(error.filename or folder)
        raise TlsError(f"{where!r} cannot be used: {reason}; {_ELSEWHERE}") from error
    return authority


def _read(path: Path) -> bytes | None:
    """What a file holds, None where there is none."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_PEM)
    except FileNotFoundError:
        return None


def _make(folder: Path, path: Path) -> bytes:
    """Write a new authority, key and certificate in one file; where another process was faster, what that wrote."""
    ca = trustme.CA(organization_name=_OURS, path_length=0)
    pem = ca.private_key_pem.bytes() + ca.cert_pem.bytes()
    folder.mkdir(parents=True, exist_ok=True)
    with _temporary(folder, pem) as name:
        try:
            os.link(name, path)
        except FileExistsError:
            return path.read_bytes()
    return pem


def _write(path: Path, pem: bytes) -> None:
    """Write the certificate, whole or not at all."""
    with _temporary(path.parent, pem) as name:
        os.chmod(name, 0o644)
        os.replace(name, path)


@contextmanager
def _temporary(folder: Path, data: bytes) -> Iterator[str]:
    """A file in the folder that only its owner may read, gone at the end."""
    number, name = tempfile.mkstemp(prefix="new-", suffix=".pem", dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        yield name
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _load(pem: bytes, path: Path) -> trustme.CA:
    """The authority in a file, if it is one of ours that still holds."""
    certificate = _certificate(pem, path)
    if [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] != [_OURS]:
        raise TlsError(f"{str(path)!r} was not made by binance-mock; {_ELSEWHERE}")
    try:
        certificate.verify_directly_issued_by(certificate)
        certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        _refuse(path, "is damaged")
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        _refuse(path, "holds a key that is not that of its certificate")
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not first <= _now() < last - _LIFE:
        _refuse(path, f"is too old or too new: it lasts from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    return trustme.CA.from_pem(pem, pem)


def _certificate(pem: bytes, path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        _refuse(path, "holds no certificate")


def _refuse(path: Path, reason: str) -> NoReturn:
    raise TlsError(f"{str(path)!r} {reason}; {_ANEW}") from None


def _now() -> datetime:
    return datetime.fromtimestamp(system_time() / 1e6, UTC)
