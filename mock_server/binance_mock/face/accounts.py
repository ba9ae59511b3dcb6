"""Accounts and keys, from a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from binance_mock.face.backend import Backend
from binance_mock.face.journal import Requests
from binance_mock.face.report import table


class Balance(NamedTuple):
    """What an account owns of an asset, as decimals in text."""

    free: str
    locked: str


class ApiKeyFace(NamedTuple):
    """A key to sign with; `secret` is None for RSA and Ed25519 keys."""

    key: str
    secret: str | None
    label: str


class AccountFace:
    """One account.

    Attributes:
        name: its name.
        api_key: text of its key, "" when this face did not make it.
        api_secret: the secret that belongs to it.
    """

    def __init__(self, backend: Backend, name: str, api_key: str = "", api_secret: str = "") -> None:
        self._backend = backend
        self.name = name
        self.api_key = api_key
        self.api_secret = api_secret

    def balance(self, asset: str) -> Balance:
        """What it owns of an asset."""
        row = self._row()["balances"].get(asset)
        return Balance(**row) if row else Balance("0.00000000", "0.00000000")

    @property
    def balances(self) -> dict[str, Balance]:
        """What it owns, by asset; without those of which it has nothing."""
        return {asset: Balance(**row) for asset, row in self._row()["balances"].items()}

    def assert_balance(self, asset: str, *, free: str | None = None, locked: str | None = None) -> None:
        """Fail unless the account owns just this of an asset; amounts are decimals in text.

        Raises:
            AssertionError: it owns more or less; the message shows the last requests that took effect.
        """
        __tracebackhide__ = True
        balance = self.balance(asset)
        wrong = [
            f"{name} {asset} is {has}, not {wanted}"
            for name, has, wanted in (("free", balance.free, free), ("locked", balance.locked, locked))
            if wanted is not None and Decimal(has) != Decimal(wanted)
        ]
        if wrong:
            done = Requests(self._backend, {"account": self.name, "executed": "true"}).find(limit=10)
            changes = [seen for seen in done if seen.method != "GET"]
            after = f"\nwhat took effect before:\n{table(changes)}" if changes else "\nno request changed anything"
            raise AssertionError(f"{'; '.join(wrong)}{after}")

    def set_balances(self, **balances: str) -> None:
        """Set what is free of each asset: `set_balances(BTC="1.5")`."""
        self._backend.call("PATCH", f"/accounts/{self.name}", {"balances": balances})

    def set(
        self,
        *,
        bnb_burn: bool | None = None,
        can_trade: bool | None = None,
        usdm_lock: str | None = None,
        options_liquidating: bool | None = None,
    ) -> None:
        """Switch paying commissions in BNB, or trading, on or off; lock it on USDⓈ-M futures or in options.

        Args:
            bnb_burn: whether commissions are paid in BNB.
            can_trade: whether it may place orders.
            usdm_lock: what keeps it from opening positions, such as "reduce_only", or "none".
            options_liquidating: whether it is being liquidated in options, and so may place no orders there.
        """
        wanted = {
            "bnb_burn": bnb_burn,
            "can_trade": can_trade,
            "usdm_lock": usdm_lock,
            "options_liquidating": options_liquidating,
        }
        self._backend.call("PATCH", f"/accounts/{self.name}", wanted)

    def add_key(
        self,
        *,
        key: str | None = None,
        secret: str | None = None,
        public_key: str | None = None,
        label: str = "",
        permissions: Sequence[str] | None = None,
        ips: Sequence[str] = (),
    ) -> ApiKeyFace:
        """Give it another key.

        Args:
            key: its text; made when left out.
            secret: for HMAC; made when left out.
            public_key: PEM text, for an RSA or Ed25519 key.
            label: how journal and log call it.
            permissions: TRADE, USER_DATA, USER_STREAM; all when left out.
            ips: addresses and networks it may be used from; any when empty.
        """
        made = self._backend.call(
            "POST",
            "/keys",
            {
                "account": self.name,
                "key": key,
                "secret": secret,
                "public_key": public_key,
                "label": label,
                "permissions": None if permissions is None else list(permissions),
                "ips": list(ips),
            },
        )
        return ApiKeyFace(made["key"], made["secret"], made["label"])

    def _row(self) -> dict[str, Any]:
        rows = self._backend.call("GET", "/accounts")["accounts"]
        return next(row for row in rows if row["name"] == self.name)

    def __repr__(self) -> str:
        return f"AccountFace({self.name!r})"


class AccountsFace:
    """Opens accounts; iterating gives those that there are."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def open(
        self,
        name: str,
        balances: Mapping[str, str] | None = None,
        *,
        trade_group: int = -1,
        bnb_burn: bool = False,
        can_trade: bool = True,
    ) -> AccountFace:
        """A new account with a key of its own.

        Args:
            name: its name.
            balances: decimals in text by asset.
            trade_group: tradeGroupId for self-trade prevention, -1 for none.
            bnb_burn: whether commissions are paid in BNB.
            can_trade: whether it may place orders.
        """
        made = self._backend.call(
            "POST",
            "/accounts",
            {
                "name": name,
                "balances": dict(balances or {}),
                "trade_group": trade_group,
                "bnb_burn": bnb_burn,
                "can_trade": can_trade,
            },
        )
        return AccountFace(self._backend, name, made["key"], made["secret"])

    def __getitem__(self, name: str) -> AccountFace:
        if name not in [account.name for account in self]:
            raise KeyError(name)
        return AccountFace(self._backend, name)

    def __iter__(self) -> Iterator[AccountFace]:
        for row in self._backend.call("GET", "/accounts")["accounts"]:
            yield AccountFace(self._backend, row["name"])
