"""API keys: grants, addresses, forms, and the care taken of secrets."""

from __future__ import annotations

import hmac
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.gate.keys import ApiKey, KeyRing, KeyType, Permission, keyed_sha256

SECRET = "NotToBeSeenAnywhere0123456789"


def key(**grants) -> ApiKey:
    return ApiKey.hmac("K", SECRET, **grants)


def public_pem(private) -> str:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="session")
def rsa_2048() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class TestGrants:
    def test_a_key_may_do_everything_unless_told_otherwise(self) -> None:
        assert all(key().allows(permission) for permission in Permission)

    def test_permissions_are_those_given(self) -> None:
        reader = key(permissions=[Permission.USER_DATA])
        assert reader.allows(Permission.USER_DATA)
        assert not reader.allows(Permission.TRADE)

    def test_a_disabled_key_may_do_nothing(self) -> None:
        assert not any(key(enabled=False).allows(permission) for permission in Permission)

    def test_changed_replaces_what_is_named_and_keeps_the_rest(self) -> None:
        old = key(label="bot", account="alice", permissions=[Permission.TRADE], ips=["10.0.0.1"])
        new = old.changed(enabled=False, ips=["10.0.0.0/8"])
        assert (new.key, new.label, new.account, new.permissions) == (old.key, "bot", "alice", old.permissions)
        assert (new.enabled, new.ips) == (False, {"10.0.0.0/8"})
        assert new.admits("10.9.9.9")
        assert new.reveal() == SECRET
        assert new.mac(b"x") == old.mac(b"x")
        assert (old.enabled, old.ips) == (True, {"10.0.0.1"})

    def test_unknown_settings_are_errors(self) -> None:
        with pytest.raises(TypeError):
            key(permission=[Permission.TRADE])


class TestAddresses:
    def test_an_empty_list_admits_any(self) -> None:
        assert key().admits("203.0.113.9")
        assert key().admits("not an address")

    @pytest.mark.parametrize(
        ("ips", "ip", "admitted"),
        [
            (["10.0.0.1"], "10.0.0.1", True),
            (["10.0.0.1"], "10.0.0.2", False),
            (["10.0.0.0/8"], "10.255.0.1", True),
            (["10.0.0.0/8", "192.168.1.7"], "192.168.1.7", True),
            (["10.1.2.3/8"], "10.200.0.1", True),  # host bits in a network are forgiven
            (["127.0.0.1"], "::ffff:127.0.0.1", True),
            (["::1"], "0:0:0:0:0:0:0:1", True),
            (["2001:db8::/32"], "2001:db8:1::5", True),
            (["2001:db8::/32"], "10.0.0.1", False),
            (["10.0.0.1"], "testclient", False),
            (["10.0.0.1"], "", False),
        ],
    )
    def test_addresses_and_networks(self, ips: list[str], ip: str, admitted: bool) -> None:
        assert key(ips=ips).admits(ip) is admitted

    def test_an_entry_that_is_no_address_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"got 'localhost'"):
            key(ips=["localhost"])


class TestAsymmetric:
    def test_rsa_is_told_from_the_pem(self, rsa_2048: rsa.RSAPrivateKey) -> None:
        assert ApiKey.asymmetric("K", public_pem(rsa_2048)).type is KeyType.RSA
        assert ApiKey.asymmetric("K", public_pem(rsa_2048).encode()).mac is None

    def test_ed25519_is_told_from_the_pem(self) -> None:
        made = ApiKey.asymmetric("K", public_pem(ed25519.Ed25519PrivateKey.generate()), label="fast")
        assert (made.type, made.label, made.reveal()) == (KeyType.ED25519, "fast", None)

    def test_short_rsa_keys_are_refused(self) -> None:
        """S-28."""
        with pytest.raises(ValueError, match="at least 2048 bits, got 1024"):
            ApiKey.asymmetric("K", public_pem(rsa.generate_private_key(65537, 1024)))

    def test_other_kinds_are_refused(self) -> None:
        with pytest.raises(ValueError, match="must be RSA or Ed25519"):
            ApiKey.asymmetric("K", public_pem(ec.generate_private_key(ec.SECP256R1())))

    def test_a_private_key_is_refused_and_not_quoted(self) -> None:
        private = ed25519.Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        with pytest.raises(ValueError, match="this is a private key") as refusal:
            ApiKey.asymmetric("K", pem)
        assert pem.splitlines()[1] not in str(refusal.value)

    @pytest.mark.parametrize("pem", ["", "hello", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
    def test_other_texts_are_refused(self, pem: str) -> None:
        with pytest.raises(ValueError, match="no PEM public key"):
            ApiKey.asymmetric("K", pem)


class TestSecrets:
    def test_no_text_of_a_key_or_ring_shows_the_secret(self) -> None:
        made = key(label="bot")
        ring = KeyRing([made])
        for text in (repr(made), str(made), repr(ring), str(ring), f"{made}", repr([made])):
            assert SECRET not in text
        assert made.reveal() == SECRET

    def test_long_keys_are_shortened_in_texts(self) -> None:
        assert EXAMPLE_PAIR.api_key not in repr(ApiKey.hmac(*EXAMPLE_PAIR))

    def test_empty_texts_are_refused(self) -> None:
        with pytest.raises(ValueError, match="secret"):
            ApiKey.hmac("K", "")
        with pytest.raises(ValueError, match="key"):
            ApiKey.hmac("", SECRET)

    @given(st.binary(max_size=200), st.binary(max_size=300))
    def test_mac_is_hmac_sha256(self, secret: bytes, payload: bytes) -> None:
        mac = keyed_sha256(secret)
        assert mac(payload) == hmac.digest(secret, payload, "sha256")
        assert mac(payload) == hmac.digest(secret, payload, "sha256")  # the keyed state is not used up


class TestKeyRing:
    def test_add_get_remove(self) -> None:
        made = key()
        ring = KeyRing()
        ring.add(made)
        assert ring.get("K") is made
        assert (list(ring), len(ring), "K" in ring) == ([made], 1, True)
        assert ring.remove("K") is made
        assert ring.get("K") is None
        with pytest.raises(KeyError):
            ring.remove("K")

    def test_letter_case_counts(self) -> None:
        """S-36."""
        assert KeyRing([key()]).get("k") is None

    def test_a_key_is_replaced_only_on_demand(self) -> None:
        ring = KeyRing([key()])
        other = key(enabled=False)
        with pytest.raises(ValueError, match="replace=True"):
            ring.add(other)
        ring.add(other, replace=True)
        assert ring.get("K") is other

    @pytest.mark.parametrize("text", ["K", "x" * 128, "test-key_1!", EXAMPLE_PAIR.api_key])
    def test_tolerant_forms(self, text: str) -> None:
        assert KeyRing().well_formed(text)

    @pytest.mark.parametrize("text", ["", "x" * 129, "a b", "a\n", " a", "clé", "１２"])
    def test_malformed_in_any_mode(self, text: str) -> None:
        """S-37."""
        assert not KeyRing().well_formed(text)
        assert not KeyRing(strict=True).well_formed(text)

    @pytest.mark.parametrize("text", ["K", "x" * 63, "x" * 65, "-" * 64, "é" * 64, EXAMPLE_PAIR.api_key + "\n"])
    def test_strict_demands_64_letters_and_digits(self, text: str) -> None:
        """S-40."""
        assert not KeyRing(strict=True).well_formed(text)
        assert KeyRing(strict=True).well_formed(EXAMPLE_PAIR.api_key)

    def test_a_malformed_key_is_not_taken_and_not_quoted(self) -> None:
        with pytest.raises(ValueError, match="64 letters and digits") as refusal:
            KeyRing([ApiKey.hmac("abc-def", SECRET)], strict=True)
        assert "abc-def" not in str(refusal.value)

    def test_a_copy_is_independent(self) -> None:
        ring = KeyRing([key()], strict=False)
        twin = ring.copy()
        twin.remove("K")
        twin.add(ApiKey.hmac("L", SECRET))
        assert [made.key for made in ring] == ["K"]
        assert [made.key for made in twin] == ["L"]

    def test_secrets_are_those_of_hmac_keys(self) -> None:
        ring = KeyRing([key(), ApiKey.asymmetric("E", public_pem(ed25519.Ed25519PrivateKey.generate()))])
        assert list(ring.secrets()) == [SECRET]


def test_cryptography_is_not_imported_for_hmac() -> None:
    program = (
        "import sys\n"
        "from binance_mock.gate.keys import ApiKey\n"
        "from binance_mock.gate.signing import verify\n"
        "verify(ApiKey.hmac('K', 'S'), b'a=1', '0' * 64)\n"
        "sys.exit('cryptography' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
