"""Keys for the clients under test: made in a world, handed to a driver."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from binance_conformance.protocol import Key, KeyType
from binance_mock import Mock

_SEED = b"binance-mock conformance ed25519"
"""32 bytes: the same key in every run. It opens nothing but worlds of the kit."""


class Credentials:
    """Makes keys. An RSA pair is made once, when it is first needed, for that takes a while."""

    def __init__(self) -> None:
        self._pairs: dict[KeyType, tuple[str, str]] = {}

    def key(self, world: Mock, kind: KeyType, permissions: Sequence[str] | None = None) -> Key:
        """A new key of the world's default account.

        Args:
            world: where it is good.
            kind: what it signs with.
            permissions: what it may do, all when None.
        """
        if kind == "hmac":
            if permissions is None:
                return Key(type="hmac", api_key=world.api_key, secret=world.api_secret)
            made = world.account.add_key(permissions=permissions)
            return Key(type="hmac", api_key=made.key, secret=made.secret)
        private, public = self._pair(kind)
        made = world.account.add_key(public_key=public, permissions=permissions)
        return Key(type=kind, api_key=made.key, private_key=private)

    def _pair(self, kind: KeyType) -> tuple[str, str]:
        if kind not in self._pairs:
            if kind == "rsa":
                self._pairs[kind] = _texts(generate_private_key(public_exponent=65537, key_size=2048))
            else:
                self._pairs[kind] = _texts(Ed25519PrivateKey.from_private_bytes(_SEED))
        return self._pairs[kind]


def _texts(key: RSAPrivateKey | Ed25519PrivateKey) -> tuple[str, str]:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
