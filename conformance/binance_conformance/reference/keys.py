"""Keys of the three types, and what each makes of a payload (rules S-25 to S-30)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key


class Key(Protocol):
    """Something to sign with; `api_key` goes into the header."""

    @property
    def api_key(self) -> str: ...

    def sign(self, payload: bytes) -> str:
        """The signature of the very bytes that are sent, not yet percent-encoded."""

    def trimmed(self) -> Key:
        """The key without white space around it, as copying leaves it."""


class HmacKey:
    """A key with a shared secret."""

    def __init__(self, api_key: str, secret: str) -> None:
        self.api_key = api_key
        self._secret = secret

    def trimmed(self) -> HmacKey:
        """The key without white space around either of its parts."""
        return HmacKey(self.api_key.strip(), self._secret.strip())

    def sign(self, payload: bytes) -> str:
        """64 hexadecimal digits."""
        return hmac.new(self._secret.encode(), payload, hashlib.sha256).hexdigest()


class PrivateKey:
    """An RSA or Ed25519 key.

    Args:
        api_key: its text at the exchange.
        key: what it signs with; see `load_key`.
    """

    def __init__(self, api_key: str, key: RSAPrivateKey | Ed25519PrivateKey) -> None:
        self.api_key = api_key
        self._key = key

    def trimmed(self) -> PrivateKey:
        """The key without white space around its name."""
        return PrivateKey(self.api_key.strip(), self._key)

    def sign(self, payload: bytes) -> str:
        """Base64; its `+`, `/` and `=` need percent-encoding in a URL."""
        if isinstance(self._key, RSAPrivateKey):
            return base64.b64encode(self._key.sign(payload, PKCS1v15(), SHA256())).decode()
        return base64.b64encode(self._key.sign(payload)).decode()


def load_key(pem: str) -> RSAPrivateKey | Ed25519PrivateKey:
    """A private key from PEM text.

    Raises:
        ValueError: it is none, or one of another type.
    """
    key = load_pem_private_key(pem.strip().encode(), password=None)
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("the exchange takes RSA and Ed25519 keys")
    return key
