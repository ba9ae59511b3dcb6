"""API keys: what they may do, from where, and what their signatures are checked with.

An `ApiKey` is read-only by convention: to change one, put `key.changed(...)` into the ring. So a copy of a ring may
share its keys with the original. Secrets leave a key through `reveal()` only; they are in no `repr` and no error text.

`cryptography` is imported when the first RSA or Ed25519 key is made, never by importing this module.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    PublicKey = RSAPublicKey | Ed25519PublicKey

MIN_RSA_BITS: Final = 2048
"""The shortest RSA key that Binance registers (rule S-28)."""

_BLOCK: Final = 64  # bytes in a block of SHA-256
_STRICT: Final = re.compile(r"[A-Za-z0-9]{64}")
_TOLERANT: Final = re.compile(r"[!-~]{1,128}")


class KeyType(StrEnum):
    """How requests of a key are signed (rules S-27 to S-29)."""

    HMAC = "HMAC"
    RSA = "RSA"
    ED25519 = "ED25519"


class Permission(StrEnum):
    """What a key may call (rule S-39); MARKET_DATA exists on the futures and options venues only."""

    TRADE = "TRADE"
    USER_DATA = "USER_DATA"
    USER_STREAM = "USER_STREAM"
    MARKET_DATA = "MARKET_DATA"


ALL_PERMISSIONS: Final = frozenset(Permission)


class Grants(TypedDict, total=False):
    """The settings of a key that every constructor takes.

    `label` is a name for people, `account` the account the key belongs to (default "default"), `permissions` default
    to all, `ips` are the addresses and CIDR networks it may be used from (default: any), `enabled` is False for a
    key that was switched off.
    """

    label: str
    account: str
    permissions: Iterable[Permission]
    ips: Iterable[str]
    enabled: bool


class ApiKey:
    """One API key with its grants; made by `ApiKey.hmac` or `ApiKey.asymmetric`.

    `mac` gives the HMAC SHA-256 digest of a payload and is None unless the type is HMAC. `public_key` is None for HMAC.
    """

    __slots__ = (
        "_networks",
        "_secret",
        "account",
        "enabled",
        "ips",
        "key",
        "label",
        "mac",
        "permissions",
        "public_key",
        "type",
    )

    def __init__(
        self,
        key: str,
        type: KeyType,
        *,
        secret: str | None = None,
        public_key: PublicKey | None = None,
        **grants: Unpack[Grants],
    ) -> None:
        if not key:
            raise ValueError("an API key needs a text, got an empty one")
        self.key = key
        self.type = type
        self.public_key = public_key
        self._secret = secret
        self.mac: Callable[[bytes], bytes] | None = None if secret is None else keyed_sha256(secret.encode())
        self._grant(grants)

    @classmethod
    def hmac(cls, key: str, secret: str, **grants: Unpack[Grants]) -> ApiKey:
        """Make a key whose requests are signed with HMAC SHA-256 (rule S-27).

        Raises:
            ValueError: key or secret is empty, or an entry of `ips` is neither an address nor a network.

        """
        if not secret:
            raise ValueError("an HMAC key needs a secret, got an empty one")
        return cls(key, KeyType.HMAC, secret=secret, **grants)

    @classmethod
    def asymmetric(cls, key: str, public_pem: str | bytes, **grants: Unpack[Grants]) -> ApiKey:
        """Make a key whose requests are signed with RSA or Ed25519; the PEM text tells which (rules S-28, S-29).

        Raises:
            ValueError: the text is no PEM public key, a key of another kind, or an RSA key under 2048 bits.

        """
        public_key, key_type = _load(public_pem.encode() if isinstance(public_pem, str) else public_pem)
        return cls(key, key_type, public_key=public_key, **grants)

    def changed(self, **grants: Unpack[Grants]) -> ApiKey:
        """Return the same key with some of its grants replaced."""
        kept: Grants = {
            "label": self.label,
            "account": self.account,
            "permissions": self.permissions,
            "ips": self.ips,
            "enabled": self.enabled,
        }
        twin = ApiKey.__new__(ApiKey)
        twin.key, twin.type, twin.public_key = self.key, self.type, self.public_key
        twin._secret, twin.mac = self._secret, self.mac
        kept.update(grants)
        twin._grant(kept)
        return twin

    def allows(self, permission: str) -> bool:
        """Whether the key is enabled and has the permission."""
        return self.enabled and permission in self.permissions

    def admits(self, ip: str) -> bool:
        """Whether the key may be used from this address; an address that cannot be read is not on any list."""
        if not self.ips or ip in self.ips:
            return True
        try:
            address = ip_address(ip)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:  # how a dual-stack socket shows an IPv4 peer
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)

    def reveal(self) -> str | None:
        """Return the secret of an HMAC key, None for other types. For diagnosis, redaction and the owner of the key."""
        return self._secret

    def __repr__(self) -> str:
        shown = self.key if len(self.key) <= 8 else f"{self.key[:4]}...{self.key[-4:]}"
        return f"ApiKey({shown}, {self.type}, account={self.account!r}, enabled={self.enabled})"

    def _grant(self, grants: Grants) -> None:
        unknown = grants.keys() - Grants.__annotations__.keys()
        if unknown:
            raise TypeError(f"an API key has no setting {sorted(unknown)}; there are {sorted(Grants.__annotations__)}")
        self.label = grants.get("label", "")
        self.account = grants.get("account", "default")
        self.permissions = frozenset(grants.get("permissions", ALL_PERMISSIONS))
        self.ips = frozenset(grants.get("ips", ()))
        self.enabled = grants.get("enabled", True)
        self._networks = tuple(_network(entry) for entry in sorted(self.ips))


class KeyRing:
    """The API keys of one world, by their text.

    Args:
        strict: demand the form of real keys, 64 letters and digits (rule S-40). Otherwise 1 to 128 visible ASCII
            characters without spaces will do, because tests like short keys.

    """

    __slots__ = ("_form", "_keys", "strict")

    def __init__(self, keys: Iterable[ApiKey] = (), *, strict: bool = False) -> None:
        self.strict = strict
        self._form = _STRICT if strict else _TOLERANT
        self._keys: dict[str, ApiKey] = {}
        for key in keys:
            self.add(key)

    def add(self, key: ApiKey, *, replace: bool = False) -> None:
        """Put a key in.

        Raises:
            ValueError: the text has not the form of a key, or is taken and `replace` is False.

        """
        if not self.well_formed(key.key):
            wanted = "64 letters and digits" if self.strict else "1 to 128 visible ASCII characters without spaces"
            raise ValueError(f"an API key must be {wanted}, got {len(key.key)} characters that are not")
        if key.key in self._keys and not replace:
            raise ValueError(f"{key!r} is on the ring already; pass replace=True to put another in its place")
        self._keys[key.key] = key

    def get(self, text: str) -> ApiKey | None:
        """Return the key with this text, None when there is none. Letter case counts (rule S-36)."""
        return self._keys.get(text)

    def remove(self, text: str) -> ApiKey:
        """Take a key off the ring and return it.

        Raises:
            KeyError: no key has this text.

        """
        return self._keys.pop(text)

    def well_formed(self, text: str) -> bool:
        """Whether a text has the form of a key; if not, the answer is -2014 (rule S-37)."""
        return self._form.fullmatch(text) is not None

    def secrets(self) -> Iterator[str]:
        """Yield the secrets of all HMAC keys."""
        return (secret for key in self._keys.values() if (secret := key.reveal()) is not None)

    def copy(self) -> KeyRing:
        """Return a ring of its own that shares the keys."""
        twin = KeyRing(strict=self.strict)
        twin._keys = dict(self._keys)
        return twin

    def __iter__(self) -> Iterator[ApiKey]:
        return iter(self._keys.values())

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, text: object) -> bool:
        return text in self._keys

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys, strict={self.strict})"


def keyed_sha256(secret: bytes) -> Callable[[bytes], bytes]:
    """HMAC SHA-256 under one secret, as a function of the payload.

    Both padded blocks are hashed once, here; a call copies the two states (about 0.6 us for an order, where
    `hmac.digest` takes 1.6 us).
    """
    block = hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret
    block = block.ljust(_BLOCK, b"\0")
    inner_copy = hashlib.sha256(bytes(byte ^ 0x36 for byte in block)).copy
    outer_copy = hashlib.sha256(bytes(byte ^ 0x5C for byte in block)).copy

    def mac(payload: bytes) -> bytes:
        inner = inner_copy()
        inner.update(payload)
        outer = outer_copy()
        outer.update(inner.digest())
        return outer.digest()

    return mac


def _network(entry: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(entry, strict=False)
    except ValueError:
        raise ValueError(f"ips takes addresses and CIDR networks such as 10.0.0.0/8, got {entry!r}") from None


def _load(pem: bytes) -> tuple[PublicKey, KeyType]:
    # The text is never quoted in an error: it may be a private key that was passed by mistake.
    if b"PRIVATE KEY" in pem:
        raise ValueError("this is a private key; register the public key (openssl pkey -in private.pem -pubout)")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("this is no PEM public key; it must start with -----BEGIN PUBLIC KEY-----") from None
    if isinstance(key, Ed25519PublicKey):
        return key, KeyType.ED25519
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"a public key must be RSA or Ed25519, got {type(key).__name__}")
    if key.key_size < MIN_RSA_BITS:
        raise ValueError(f"an RSA key needs at least {MIN_RSA_BITS} bits, got {key.key_size}")
    return key, KeyType.RSA
