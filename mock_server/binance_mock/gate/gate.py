"""The gate: what every request passes, in Binance's order (rule S-42).

1 firewall, 2 ban and limits, 3 route, 4 form of the key, 5 parameters and their form, 6 key known and allowed,
7 timestamp, 8 signature, 9 typed validation, 10 the handler, 11 headers. Faults stand before all of it.

Sans-IO: a `Request` and a time go in, a `Response` comes out, or a `Held` when a fault lets the request wait. Who calls
decides how to wait. The gate reads no clock; only the clock-jump fault moves the one it was given.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from binance_mock.gate import firewall, parameters, signing, timing
from binance_mock.gate.desk import Desk
from binance_mock.gate.faults import Fault, FaultBook
from binance_mock.gate.journal import Entry, Journal, Verdict, shown_key
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.meters import banned_for
from binance_mock.gate.request import Headers, Request, Response
from binance_mock.venues import errors
from binance_mock.venues.call import Call
from binance_mock.venues.endpoint import Endpoint, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.weights import Unit

_JSON: Final = (b"content-type", b"application/json;charset=UTF-8")
_HTML: Final = (b"content-type", b"text/html;charset=UTF-8")
_FORBIDDEN_PAGE: Final = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
_NOT_FOUND_PAGE: Final = b"<html><body><h2>404 Not found</h2></body></html>"
_TIME_UNITS: Final = {b"MILLISECOND": 1000, b"millisecond": 1000, b"MICROSECOND": 1, b"microsecond": 1}
# Plain names, which are read faster than members off their class.
_ACCEPTED: Final = Verdict.ACCEPTED
_PER_UID: Final = Unit.UID
_UNSUPPORTED: Final = (-1020, "This operation is not supported.")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the gate behaves where Binance changed its mind, or a tester may choose.

    Attributes:
        recv_window_code: how a recvWindow above 60000 is refused: -1131, or -1102 with the ceiling text (rule S-24).
        legacy_encoding: also accept signatures over the text before percent-encoding, as until 2026-01-15 (S-26).
        signature_last: refuse a signature that is not the last parameter (rule S-30).
        firewall: answer 403 to text that looks like SQL or a script (rule S-6).
    """

    recv_window_code: timing.WindowTooLong = timing.WindowTooLong.BAD_RECV_WINDOW
    legacy_encoding: bool = False
    signature_last: bool = False
    firewall: bool = True


class Clock(Protocol):
    """The clock that a fault may move."""

    @property
    def now(self) -> Callable[[], int]:
        """The present time in microseconds."""

    def move(self, by: int) -> None:
        """Go ahead by so many microseconds."""


class Held:
    """A request that waits: the caller lets `delay_ms` pass, then calls `resume` with the time it is then.

    Args:
        delay_ms: how long to wait.
        wall: wait in real time even where the world's clock stands still.
        resume: goes on with the request.
    """

    __slots__ = ("delay_ms", "resume", "wall")

    def __init__(self, delay_ms: int, wall: bool, resume: Callable[[int], Response]) -> None:
        self.delay_ms = delay_ms
        self.wall = wall
        self.resume = resume


class _Admitted(NamedTuple):
    """A request that passed everything up to its signature."""

    endpoint: Endpoint
    sent: dict[str, str]
    account: Any
    stamp: timing.Stamp | None
    per_unit: int
    key: ApiKey | None = None


_admitted: Final = tuple.__new__
"""Makes an `_Admitted` of its values in half the time that its own `__new__` takes."""


class Gate:
    """The gate of one world.

    Args:
        desks: the venues it leads to.
        keys: the API keys it knows.
        faults: the faults it plays.
        journal: where it notes every request.
        clock: the world's clock, for the clock-jump fault.
        settings: see `Settings`.
    """

    __slots__ = ("_desks", "_encode", "_routes", "clock", "faults", "journal", "keys", "settings")

    def __init__(
        self,
        desks: Iterable[Desk],
        keys: KeyRing,
        faults: FaultBook,
        journal: Journal,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._desks = tuple(desks)
        self._encode = msgspec.json.Encoder().encode
        self.keys = keys
        self.faults = faults
        self.journal = journal
        self.clock = clock
        self.settings = settings

    def handle(self, request: Request, now: int) -> Response | Held:
        """Answer a request.

        Args:
            request: as it came.
            now: the world's time in microseconds.

        Returns:
            the response, or `Held` when it has to wait first.
        """
        entry = self.journal.open(request, now)
        desk = self._desk(request.path)
        entry.venue = desk.name
        if self.faults:
            rule = self._pick(request, desk)
            if rule is not None:
                entry.fault = rule.name
                fault = rule.fault.at(self.faults.wording(desk.name))
                return self._play(fault, request, entry, desk, now)
        return self._answer(request, entry, desk, now)

    # -- faults -------------------------------------------------------------------------------------------------

    def _pick(self, request: Request, desk: Desk) -> Any:
        text = request.headers.get(b"x-mbx-apikey", b"").decode("latin-1")
        key = self.keys.get(text)
        label = key.label if key is not None else None
        return self.faults.pick(
            desk.name, request.method, request.path, text or None, label, partial(_readable, request)
        )

    def _play(self, fault: Fault, request: Request, entry: Entry, desk: Desk, now: int) -> Response | Held:
        """Let a fault have its way with a request."""
        if fault.jump_ms:
            self.clock.move(fault.jump_ms * 1000)
            now = self.clock.now()
        if not fault.executes:
            return self._deliver(fault, None, request, entry, desk, now)
        if not fault.hold_ms:
            return self._deliver(fault, self._answer(request, entry, desk, now), request, entry, desk, now)

        # The request arrives now and is checked now; it reaches the engine later and is checked again (rule S-22).
        try:
            admitted = self._admit(request, entry, desk, now)
        except Refusal as refusal:
            return self._refuse(refusal, entry, desk, request, now)

        def resume(later: int) -> Response:
            response = self._finish(admitted, request, entry, desk, later)
            return self._deliver(fault, response, request, entry, desk, later)

        return Held(fault.hold_ms, getattr(fault, "wall", False), resume)

    def _deliver(
        self, fault: Fault, response: Response | None, request: Request, entry: Entry, desk: Desk, now: int
    ) -> Response:
        """The response that the fault makes of the real one, with the headers that belong on it."""
        made = fault.deliver(response, now)
        if made is not response:
            if not fault.bare and not any(name.startswith(b"x-mbx-used-weight") for name, _ in made.headers):
                made.headers += _used(request, entry, desk, now)
            entry.status = made.status
            entry.verdict = Verdict.FAULT
        return made

    # -- the chain ----------------------------------------------------------------------------------------------

    def _answer(self, request: Request, entry: Entry, desk: Desk, now: int) -> Response:
        """The undisturbed answer."""
        try:
            admitted = self._admit(request, entry, desk, now)
        except Refusal as refusal:
            return self._refuse(refusal, entry, desk, request, now)
        return self._finish(admitted, request, entry, desk, now)

    def _admit(self, request: Request, entry: Entry, desk: Desk, now: int) -> _Admitted:
        """Steps 1 to 8: everything up to the signature.

        Raises:
            Refusal: the first thing that is wrong.
        """
        if self.settings.firewall and firewall.is_suspicious(request):
            raise Refusal(0, "", 403, why="the firewall takes the text for SQL or a script")
        methods = desk.routes.get(request.path)
        endpoint = methods.get(request.method) if methods is not None else None
        unreadable = None
        try:
            sent = parameters.read(request)
        except Refusal as refusal:
            sent, unreadable = {}, refusal
        self._weigh(endpoint, sent, request, entry, desk, now)
        if endpoint is None:
            raise self._no_route(request, desk, bool(methods))
        headers = request.headers
        accepted = headers.get(b"accept")
        if accepted is not None and _only_sbe(accepted):
            raise Refusal(-1155, "SBE is not enabled.", 406, why="only SBE is accepted; accept application/json too")
        if not endpoint.secured:
            if unreadable is not None:
                raise unreadable
            return _Admitted(endpoint, sent, None, None, _time_unit(headers, desk))
        key = self._named_key(headers.get(b"x-mbx-apikey", b"").decode("latin-1"), entry)
        if unreadable is not None:
            raise unreadable
        per_unit = _time_unit(headers, desk)
        stamp = signed = None
        if endpoint.signed:
            stamp = timing.read(
                sent, self.settings.recv_window_code, desk.dialect.longest_window_ms, desk.dialect.window_text
            )
            signed = signing.signed_parts(request)
            if not signed.signature:
                raise errors.mandatory("signature")
        if key is None:
            raise _rejected_key("the key is not known here; GET /_mock/accounts lists those that are")
        entry.account = key.account
        if endpoint.unit is _PER_UID:
            self._meter(endpoint, key.account, request, entry, desk, now)
        self._check_key(key, endpoint, request.client)
        if stamp is not None and signed is not None:
            timing.check(stamp, now)
            self._check_signature(key, signed)
        account = desk.account(key.account)
        # Market data asks for a key, not for an account (rule U-10).
        if account is None and endpoint.security is not Security.MARKET_DATA:
            raise _rejected_key(f"the account {key.account!r} of this key has no {desk.name} account")
        return _admitted(_Admitted, (endpoint, sent, account, stamp, per_unit, key))

    def _weigh(
        self, endpoint: Endpoint | None, sent: dict[str, str], request: Request, entry: Entry, desk: Desk, now: int
    ) -> None:
        """Charge the weight of a request; refuse it over a limit or from a banned sender (rules S-57 to S-63, U-27)."""
        if endpoint is not None and endpoint.quota is not None:
            desk.ip.turn_away(request.client, now)
            desk.quotas.admit(endpoint.quota.name, request.client, now)
            return
        charged = 1
        if endpoint is not None:
            weight = endpoint.weight
            charged = weight.default if weight.constant else weight.of(sent)
            if weight.on_success is not None:
                # What is over is charged when the request fails (rule S-62).
                entry.surcharge = charged - weight.on_success
                charged = weight.on_success
        entry.weight = charged
        desk.ip.admit(request.client, charged, now)
        if desk.meters is not None and endpoint is not None and endpoint.unit is Unit.IP:
            self._meter(endpoint, request.client, request, entry, desk, now)

    def _meter(self, endpoint: Endpoint, who: str, request: Request, entry: Entry, desk: Desk, now: int) -> None:
        """Charge the counter that an endpoint has for itself."""
        if desk.meters is None:
            return
        try:
            desk.meters.admit(endpoint, who, entry.weight, now)
        except Refusal as refusal:
            seconds = banned_for(refusal)
            if seconds:
                desk.ip.ban(request.client, seconds, now)
            raise

    def _named_key(self, text: str, entry: Entry) -> ApiKey | None:
        """The key that a request names, None for one that is not known; -2014 for what is no key (rule S-37)."""
        key = self.keys.get(text)
        if key is not None and key.label:
            entry.key = key.label
            return key
        entry.key = shown_key(text, self.keys) if text else ""
        if key is None and not self.keys.well_formed(text):
            raise Refusal(-2014, "API-key format invalid.", 401, why=_why_key(text))
        return key

    def _check_key(self, key: ApiKey, endpoint: Endpoint, client: str) -> None:
        """Refuse a key that may not do this from here (rule S-37)."""
        if not key.enabled:
            raise _rejected_key("the key is switched off")
        if key.ips and not key.admits(client):
            raise _rejected_key(f"the key may not be used from {client}")
        if not key.allows(endpoint.permission):
            raise _rejected_key(f"the key lacks the permission {endpoint.permission}")

    def _check_signature(self, key: ApiKey, signed: signing.Signed) -> None:
        """Refuse a wrong signature (rules S-25 to S-33)."""
        signature = signed.signature or ""
        settings = self.settings
        if settings.signature_last and not signed.last:
            raise Refusal(-1022, "Signature for this request is not valid.", why="the signature is not last")
        if not signing.accepts(key, signed, settings.legacy_encoding):
            if signing.malformed(key, signature):
                raise errors.illegal_characters("signature", "^[A-Fa-f0-9]{64}$")
            raise Refusal(-1022, "Signature for this request is not valid.")

    def _finish(self, admitted: _Admitted, request: Request, entry: Entry, desk: Desk, now: int) -> Response:
        """Steps 9 to 11: validation, handler, headers."""
        endpoint, sent, account, stamp, per_unit, key = admitted
        try:
            if stamp is not None and now != entry.now:
                self._check_again(stamp, endpoint, account, desk, now)
            if desk.pass_time is not None:
                desk.pass_time(now)
            call: Call[Any, Any] = Call(desk.venue, account, now, per_unit, desk, key)
            result = endpoint.handler(call, **endpoint.bind(sent))
            body = self._encode(result)
            if desk.pass_time is not None:
                desk.pass_time(now)  # What follows from the call, such as stop orders that it woke.
        except Refusal as refusal:
            return self._refuse(refusal, entry, desk, request, now)
        except Exception:
            return self._crash(entry, desk, request, now)
        entry.status = 200
        entry.verdict = _ACCEPTED
        entry.executed = True
        if endpoint.order_count:
            entry.orders = endpoint.order_count
        headers: Headers = [_JSON]
        headers += desk.ip.headers(request.client, now) if desk.meters is None else _used(request, entry, desk, now)
        if endpoint.order_count:
            headers += desk.orders.headers(account.name, now)
        return Response(200, body, headers)

    def _check_again(self, stamp: timing.Stamp, endpoint: Endpoint, account: Any, desk: Desk, now: int) -> None:
        """The age test before the engine; failing it counts as an order (rules S-22, S-23, U-17)."""
        try:
            timing.check(timing.Stamp(min(stamp.time, now), stamp.window), now)
        except Refusal:
            if endpoint.order_count:
                desk.orders.add(account.name, endpoint.order_count, now, endpoint.order_burst)
            if desk.dialect.late is not None:
                raise Refusal(*desk.dialect.late, why="it waited too long on its way to the engine") from None
            raise

    # -- answers ------------------------------------------------------------------------------------------------

    def _desk(self, path: str) -> Desk:
        for desk in self._desks:
            if path in desk.routes:
                return desk
        for desk in self._desks:
            if path.startswith(desk.prefixes):
                return desk
        return self._desks[0]

    def _refuse(self, refusal: Refusal, entry: Entry, desk: Desk, request: Request, now: int) -> Response:
        entry.status = refusal.status
        entry.code = refusal.code
        entry.msg = refusal.msg
        entry.why = refusal.why
        entry.verdict = Verdict.REFUSED
        if refusal.placed:
            entry.executed = True
            entry.orders = refusal.placed
        if refusal.status == 403:
            return Response(403, _FORBIDDEN_PAGE, [_HTML])
        if refusal.status == 404 and _wants_page(request, desk):
            return Response(
                404, _NOT_FOUND_PAGE, [_HTML, *(_used(request, entry, desk, now) if desk.dialect.page_for_404 else ())]
            )
        if refusal.status == 418:
            entry.weight = 0  # nothing is counted during a ban
        elif entry.surcharge:
            desk.ip.charge(request.client, entry.surcharge, now)
            entry.weight += entry.surcharge
        row: dict[str, Any] = {"code": refusal.code, "msg": refusal.msg}
        if refusal.data is not None:
            row["data"] = refusal.data
        headers: Headers = [_JSON]
        headers += _used(request, entry, desk, now)
        if refusal.retry_after is not None:
            headers.append((b"retry-after", b"%d" % refusal.retry_after))
        return Response(refusal.status, self._encode(row), headers)

    def _crash(self, entry: Entry, desk: Desk, request: Request, now: int) -> Response:
        """A defect of the mock: answered as Binance answers its own, and told apart in the journal."""
        why = traceback.format_exc()
        refusal = Refusal(-1000, "An unknown error occurred while processing the request.", 500, why=why)
        response = self._refuse(refusal, entry, desk, request, now)
        entry.verdict = Verdict.CRASHED
        return response

    def _no_route(self, request: Request, desk: Desk, known_path: bool) -> Refusal:
        """No endpoint under this path or verb (rules S-9, S-10, U-6)."""
        path = request.path
        if request.headers.get(b"upgrade", b"").lower() == b"websocket":
            status, why = 404, "WebSockets are not served yet"
        elif request.method == "GET" and (successor := dict(desk.dialect.successors).get(path)):
            msg = f"GET {path} is retired, please use GET {successor}"
            return Refusal(-5000, msg, 404, why=f"Binance has retired this path; {successor} takes its place")
        elif path in desk.retired:
            status, why = 410, "Binance has retired this path"
        elif known_path:
            # Where nothing is said of 405, a verb that is not offered is answered as a path that is not (rule O-70).
            status = 404 if desk.dialect.page_for_404 else 405
            why = f"{path} takes {', '.join(desk.routes[path])}, not {request.method}"
        else:
            near = get_close_matches(path, desk.routes, 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else "; `binance-mock catalog` lists what is served"
            status, why = 404, f"nothing is served at {path}{hint}"
        if desk.dialect.names_the_path:
            return Refusal(-5000, f"Path {path}, Method {request.method} is invalid", 404, why=why)
        return Refusal(*_UNSUPPORTED, status, why=why)


def _wants_page(request: Request, desk: Desk) -> bool:
    """Whether a path that is not served is answered with a page (rules S-9, U-6)."""
    if desk.dialect.names_the_path:
        return False
    return desk.dialect.page_for_404 or b"text/html" in request.headers.get(b"accept", b"")


def _used(request: Request, entry: Entry, desk: Desk, now: int) -> Headers:
    """The headers that tell the weight used so far."""
    if desk.meters is None:
        return desk.ip.headers(request.client, now)
    endpoint = desk.routes.get(request.path, {}).get(request.method)
    if endpoint is None:
        return []
    who = request.client if endpoint.unit is Unit.IP else entry.account
    return desk.meters.headers(endpoint, who, now) if who else []


def _readable(request: Request) -> Mapping[str, str]:
    """The parameters of a request, none where they cannot be read."""
    try:
        return parameters.read(request)
    except Refusal:
        return {}


def _only_sbe(accepted: bytes) -> bool:
    """Whether the caller takes SBE and neither JSON nor anything (rule S-13)."""
    return b"application/sbe" in accepted and b"json" not in accepted and b"*/*" not in accepted


def _time_unit(headers: Mapping[bytes, bytes], desk: Desk) -> int:
    """Microseconds in the unit of time that the caller wants (rules S-14, U-5)."""
    name = headers.get(b"x-mbx-time-unit")
    if name is None or not desk.dialect.time_units:
        return 1000
    unit = _TIME_UNITS.get(name)
    if unit is None:
        raise Refusal(-1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.")
    return unit


def _rejected_key(why: str) -> Refusal:
    return Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401, why=why)


def _why_key(text: str) -> str:
    return "the header X-MBX-APIKEY is missing" if not text else "the header X-MBX-APIKEY holds no key"
