"""Clients that sign something else than they send."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.errors import ClientError, RetryLater
from binance_conformance.reference.keys import HmacKey, Key


class SignsDecodedText(Client):
    """Signs parameters, but for batches of orders, before they are percent-encoded."""

    def sign(self, payload: str) -> str:
        assert self.key is not None
        return self.key.sign((payload if "%7B" in payload else unquote(payload)).encode())


class SignsSpacesAsPlus(Client):
    """Signs a space as `+` and sends it as `%20`."""

    def sign(self, payload: str) -> str:
        return super().sign(payload.replace("%20", "+"))


class SortsAfterSigning(Client):
    """Sorts the parameters of a call that names an order by both ids after it has signed them."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        query = super().signed_query(params)
        if params.get("orderId") is None or params.get(self.venue.old_id) is None:
            return query
        payload, _, signature = query.rpartition("&")
        return "&".join((*sorted(payload.split("&")), signature))


class SignsTheSignatureField(Client):
    """With a key that is not HMAC signs its model of the request, in which the signature is an empty field."""

    def sign(self, payload: str) -> str:
        hmac = isinstance(self.key, HmacKey)
        return super().sign(payload if hmac else f"{payload}&signature=")


class WritesHexWithEveryKey(Client):
    """Writes signatures of every type in hexadecimal digits."""

    def sign(self, payload: str) -> str:
        text = super().sign(payload)
        return text if isinstance(self.key, HmacKey) else b64decode(text).hex()


class LeaksABytesLiteral(Client):
    """Writes a signature that is not HMAC as its language shows bytes."""

    def sign(self, payload: str) -> str:
        text = super().sign(payload)
        return text if isinstance(self.key, HmacKey) else repr(text.encode())


class WritesBase64ForHmac(Client):
    """Writes the HMAC of a call that names an order by both ids in base64."""

    def sign(self, payload: str) -> str:
        text = super().sign(payload)
        if "orderId=" not in payload or f"{self.venue.old_id}=" not in payload or not isinstance(self.key, HmacKey):
            return text
        return b64encode(bytes.fromhex(text)).decode()


class SendsJson(Client):
    """With a key that is not HMAC sends an order as JSON."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        if method != "POST" or self.key is None or isinstance(self.key, HmacKey):
            return super().send(method, path, params, signed=signed)
        fields = dict(parse_qsl(self.signed_query(params)))
        headers = {"X-MBX-APIKEY": self.key.api_key}
        return self.judge(self.session.post(f"{self.base_url}{path}", json=fields, headers=headers))


class JoinsQueryAndBody(Client):
    """With a key that is not HMAC splits an order between query and body, and signs the two with an `&` between."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        if method != "POST" or self.key is None or isinstance(self.key, HmacKey):
            return super().send(method, path, params, signed=signed)
        query, _, body = self.signed_query(params).partition("&")
        headers = {"X-MBX-APIKEY": self.key.api_key, "Content-Type": "application/x-www-form-urlencoded"}
        return self.judge(self.session.post(f"{self.base_url}{path}?{query}", body, headers=headers))


class PutsTheSignatureFirst(Client):
    """Puts the signature before the other parameters."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        payload, _, signature = super().signed_query(params).rpartition("&")
        return f"{signature}&{payload}"


class LeavesSignaturesBare(Client):
    """Puts signatures into the URL as they are, with all their plus signs."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        payload, _, signature = super().signed_query(params).rpartition("&")
        return f"{payload}&{unquote(signature)}"


class WritesSymbolsInAnotherCharset(Client):
    """Percent-encodes symbols that are not ASCII in GBK, not in UTF-8."""

    def encode(self, params: Mapping[str, Any]) -> str:
        symbol = str(params.get("symbol", ""))
        return super().encode(params).replace(quote(symbol), quote(symbol, encoding="gbk", errors="replace"))


class SignsNullsAsText(Client):
    """Signs a missing symbol as text, and does not send it."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        query = super().signed_query(params)
        if "symbol" not in params or params["symbol"] is not None:
            return query
        payload = query.rpartition("&")[0]
        return f"{payload}&signature={quote(self.sign(payload + '&symbol=None'), safe='')}"


class SendsUndefined(Client):
    """Sends `undefined` for a missing symbol of positions, or of open orders."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        bare = "symbol" in params and params["symbol"] is None
        return super().signed_query({"symbol": "undefined"} if bare else params)


class KeepsWhitespace(Client):
    """Uses key and secret as they were copied."""

    def usable(self, key: Key) -> Key:
        return key


class WritesListsAsPythonDoes(Client):
    """Writes a list of symbols as Python shows it."""

    def text(self, value: Any) -> str:
        words = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return str(value) if words else super().text(value)


class RepeatsTheTimestamp(Client):
    """Repeats a read with the timestamp of the first attempt."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        pause = super().pause_before_repeat(error, method, attempt)
        if pause and isinstance(error, RetryLater):
            self.offset_ms -= round(pause * 1000)
        return pause


_VERBS: Final = "signing.every-verb"
_ENCODED: Final = "signing.signature-encoded"

MUTANTS: Final = (
    mutant(SignsDecodedText, "signing.special-characters", "signing.non-ascii-symbol"),
    mutant(SignsSpacesAsPlus, "signing.special-characters"),
    mutant(SortsAfterSigning, _VERBS),
    mutant(SignsTheSignatureField, _VERBS),
    mutant(WritesHexWithEveryKey, _VERBS),
    mutant(LeaksABytesLiteral, _VERBS),
    mutant(WritesBase64ForHmac, _VERBS),
    mutant(SendsJson, _VERBS),
    mutant(JoinsQueryAndBody, _VERBS),
    mutant(PutsTheSignatureFirst, "signing.signature-last"),
    mutant(LeavesSignaturesBare, _ENCODED),
    mutant(WritesSymbolsInAnotherCharset, "signing.non-ascii-symbol"),
    mutant(SignsNullsAsText, "signing.absent-values"),
    mutant(SendsUndefined, "signing.absent-values"),
    mutant(KeepsWhitespace, "signing.stray-whitespace"),
    mutant(WritesListsAsPythonDoes, "signing.json-arrays"),
    mutant(RepeatsTheTimestamp, "signing.signed-anew"),
)
