"""Accounts and keys, from a test."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from binance_mock import Mock
from binance_mock.face.accounts import Balance
from binance_mock.face.backend import MockError

from .trading import hmac_signer, place, signed

ACCOUNT = "/api/v3/account"


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def rsa_pair() -> tuple[str, Callable[[str], str]]:
    key = rsa.generate_private_key(65537, 2048)
    return pem(key), lambda text: b64encode(key.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()


def ed25519_pair() -> tuple[str, Callable[[str], str]]:
    key = ed25519.Ed25519PrivateKey.generate()
    return pem(key), lambda text: b64encode(key.sign(text.encode())).decode()


# -- accounts --------------------------------------------------------------------------------------------------------


def test_the_default_account_has_money_and_the_documentation_s_key(binance: Mock) -> None:
    assert binance.account.name == "default"
    assert binance.account.balance("BTC") == Balance("10.00000000", "0.00000000")
    assert binance.account.balance("XMR") == ("0.00000000", "0.00000000")
    assert binance.api_key.startswith("vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A")
    assert signed(binance, "GET", ACCOUNT).status_code == 200


def test_a_second_account_trades_with_the_first(binance: Mock) -> None:
    binance.spot.set_liquidity("BTCUSDT", 0)
    alice = binance.accounts.open("alice", {"USDT": "1000000"})
    assert place(binance, "SELL", "0.5", price="80000").json()["status"] == "NEW"
    assert binance.account.balance("BTC") == ("9.50000000", "0.50000000")
    bought = place(binance, "BUY", "0.5", key=alice.api_key, secret=alice.api_secret)
    assert bought.json()["status"] == "FILLED"
    assert binance.account.balances["BTC"] == ("9.50000000", "0.00000000")
    assert alice.balances == {
        "USDT": Balance("960000.00000000", "0.00000000"),
        "BTC": Balance("0.49950000", "0.00000000"),
    }
    assert binance.requests.last.account == "alice"


def test_accounts_are_listed_and_found_by_name(binance: Mock) -> None:
    binance.accounts.open("alice")
    assert [account.name for account in binance.accounts] == ["default", "alice"]
    assert binance.accounts["alice"].balances == {}
    with pytest.raises(KeyError, match="bob"):
        binance.accounts["bob"]


def test_balances_are_set_to_what_is_free(binance: Mock) -> None:
    place(binance, "SELL", "1", price="90000")
    binance.account.set_balances(BTC="0.25", USDT="0", 币安人生="7")
    balances = binance.account.balances
    assert balances["BTC"] == ("0.25000000", "1.00000000")
    assert "USDT" not in balances
    assert balances["币安人生"].free == "7.00000000"


def test_commission_in_bnb_is_switched_on_and_off(binance: Mock) -> None:
    alice = binance.accounts.open("alice", {"USDT": "100000", "BNB": "5"}, bnb_burn=True)
    place(binance, "BUY", "0.1", key=alice.api_key, secret=alice.api_secret)
    assert alice.balance("BTC").free == "0.10000000"
    assert alice.balance("BNB").free < "5"
    alice.set(bnb_burn=False)
    place(binance, "BUY", "0.1", key=alice.api_key, secret=alice.api_secret)
    assert alice.balance("BTC").free == "0.19990000"


def test_trading_is_switched_off_and_on(binance: Mock) -> None:
    alice = binance.accounts.open("alice", {"USDT": "100000"}, can_trade=False)
    keys = {"key": alice.api_key, "secret": alice.api_secret}
    assert place(binance, "BUY", "0.1", **keys).status_code == 400
    assert (
        signed(binance, "GET", ACCOUNT, key=alice.api_key, sign=hmac_signer(alice.api_secret)).json()["canTrade"]
        is False
    )
    alice.set(can_trade=True)
    assert place(binance, "BUY", "0.1", **keys).status_code == 200


@pytest.mark.parametrize(
    ("name", "balances", "says"),
    [
        ("default", {}, "there is an account 'default' already.*PATCH /_mock/accounts/default"),
        ("", {}, 'cannot be called \'\'; send {"name": "alice"}'),
        ("a/b", {}, "cannot be called 'a/b'"),
        ("bob", {"BTC": "one"}, "balances.BTC: 'one' is no decimal.*send decimals as text"),
        ("bob", {"BTC": "-1"}, "balances.BTC is below zero"),
        ("bob", {"BTC": "9" * 100}, "balances.BTC is more than there is; send at most"),
    ],
)
def test_an_account_that_cannot_be_opened(binance: Mock, name: str, balances: dict[str, str], says: str) -> None:
    with pytest.raises(MockError, match=says):
        binance.accounts.open(name, balances)
    assert [account.name for account in binance.accounts] == ["default"]


def test_made_keys_follow_the_seed_and_differ(binance: Mock) -> None:
    first = binance.accounts.open("alice")
    binance.reset()
    second, third = binance.accounts.open("alice"), binance.accounts.open("bob")
    assert (first.api_key, first.api_secret) == (second.api_key, second.api_secret)
    assert second.api_key != third.api_key
    assert second.api_secret != third.api_secret
    assert len(second.api_key) == len(second.api_secret) == 64


# -- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_may_do_what_it_is_permitted(binance: Mock) -> None:
    reader = binance.account.add_key(permissions=["USER_DATA"], label="reader")
    sign = hmac_signer(reader.secret)
    assert signed(binance, "GET", ACCOUNT, key=reader.key, sign=sign).status_code == 200
    refused = place(binance, "BUY", "0.1", key=reader.key, secret=reader.secret)
    assert (refused.status_code, refused.json()["code"]) == (401, -2015)
    assert binance.requests.last.key == "reader"
    assert "permission TRADE" in binance.requests.last.why


def test_a_key_is_bound_to_addresses(binance: Mock) -> None:
    for ips, status in ((["127.0.0.0/8"], 200), (["10.0.0.1"], 401)):
        made = binance.account.add_key(ips=ips)
        answer = signed(binance, "GET", ACCOUNT, key=made.key, sign=hmac_signer(made.secret))
        assert answer.status_code == status


@pytest.mark.parametrize("make", [rsa_pair, ed25519_pair])
def test_a_public_key_is_registered(binance: Mock, make: Callable[[], tuple[str, Callable[[str], str]]]) -> None:
    public, sign = make()
    made = binance.account.add_key(public_key=public)
    assert made.secret is None
    assert signed(binance, "GET", ACCOUNT, key=made.key, sign=sign).status_code == 200
    assert signed(binance, "GET", ACCOUNT, key=made.key, sign=make()[1]).json()["code"] == -1022


def test_key_and_secret_may_be_given(binance: Mock) -> None:
    made = binance.account.add_key(key="mine", secret="well kept", label="given")
    assert made == ("mine", "well kept", "given")
    assert signed(binance, "GET", ACCOUNT, key="mine", sign=hmac_signer("well kept")).status_code == 200


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"key": "taken"}, "the key is known already; send another text"),
        ({"key": "with space"}, "malformed; use up to 128"),
        ({"public_key": "no PEM"}, "no PEM public key.*public_key"),
        ({"public_key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0"}, "this is a private key; register the public key"),
        ({"public_key": "PEM", "secret": "S"}, "not both; leave one of them out"),
        ({"ips": ["localhost"]}, "ips takes addresses"),
        ({"permissions": ["FLY"]}, "Invalid enum value 'FLY'"),
    ],
)
def test_a_key_that_cannot_be_added(binance: Mock, settings: dict[str, str], says: str) -> None:
    binance.account.add_key(key="taken")
    with pytest.raises(MockError, match=says):
        binance.account.add_key(**settings)  # type: ignore[arg-type]  # one of these is the wrong type on purpose
