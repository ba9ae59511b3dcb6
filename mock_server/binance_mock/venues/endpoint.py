"""Declaring an endpoint: its decorator and annotations are the declaration, and everything else reads them.

    @endpoint("GET", "/api/v3/depth", group="market", weight=ByLimit((100, 5), (5000, 250), default=5))
    def depth(call: SpotCall, symbol: SymbolName, limit: Annotated[int, Whole(most=5000)] = 100) -> Json:
        ...

Routing, validation, the catalogue, the coverage table and the OpenAPI file come from the `Endpoint` that results.
A parameter without a default is mandatory; one with None or a value is optional.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple, NoReturn, get_args, get_type_hints

from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Default, Kind
from binance_mock.venues.weights import Quota, Unit, Weight

Json = Any
"""What a handler returns: anything that JSON can show."""


class Security(StrEnum):
    """What a call needs (rule S-35): the first needs nothing, the last two only a key, the others a signature.

    A key that may trade may trade on margin.
    """

    NONE = "NONE"
    TRADE = "TRADE"
    MARGIN = "MARGIN"
    USER_DATA = "USER_DATA"
    USER_STREAM = "USER_STREAM"
    MARKET_DATA = "MARKET_DATA"


SIGNED: Final = frozenset({Security.TRADE, Security.MARGIN, Security.USER_DATA})
TIMING: Final = ("recvWindow", "timestamp", "signature")
"""Parameters of every signed call; the gate reads them before the handler's own."""


class Param(NamedTuple):
    """One parameter of an endpoint."""

    name: str
    kind: Kind
    required: bool
    default: Any


class Endpoint:
    """One call of the API and the function that answers it.

    Args:
        method: HTTP verb.
        path: full path.
        handler: called as `handler(call, **values)`; returns what JSON can show or raises `Refusal`.
        group: general, market, trade, account, ...
        security: what the caller must prove.
        weight: what the call weighs.
        order_count: what a placement adds to the count of unfilled orders (rule S-67).
        order_burst: what it adds on top to the intervals of seconds (rule U-26).
        quota: counts the call instead of the weight (rule U-27); None where the weight does.
        unit: whose weight it is, in a market where that differs by endpoint.
        reads_all: refuse parameters that it does not know, as spot does (rule S-45).
    """

    __slots__ = (
        "_known", "_reads_all", "_required", "_shared", "_skipped", "_specs", "group", "handler", "method",
        "order_burst", "order_count", "params", "path", "permission", "quota", "secured", "security", "signed",
        "summary", "unit", "weight",
    )  # fmt: skip

    def __init__(
        self,
        method: str,
        path: str,
        handler: Callable[..., Json],
        *,
        group: str,
        security: Security = Security.NONE,
        weight: Weight,
        order_count: int = 0,
        order_burst: int = 0,
        quota: Quota | None = None,
        unit: Unit = Unit.IP,
        reads_all: bool = True,
    ) -> None:
        self.method = method
        self.path = path
        self.handler = handler
        self.group = group
        self.security = security
        self.weight = weight
        self.order_count = order_count
        self.order_burst = order_burst
        self.quota = quota
        self.unit = unit
        self.permission = Security.TRADE if security is Security.MARGIN else security
        """What the key must be allowed."""
        self.secured = security is not Security.NONE
        self.signed = security in SIGNED
        self.summary = (inspect.getdoc(handler) or "").split("\n", 1)[0]
        self.params, self._shared = _declared(handler)
        self._reads_all = reads_all
        self._specs = {param.name: param.kind.parse for param in self.params}
        self._skipped = frozenset(
            param.name
            for param in self.params
            if not (reads_all or param.required or type(param.kind).empty is not Kind.empty)
        )
        """Those that count as absent when they are empty, as clients of futures send them (rule U-36)."""
        self._required = frozenset(param.name for param in self.params if param.required)
        self._known = frozenset(self._specs).union(TIMING if self.signed else ())

    def bind(self, sent: Mapping[str, str]) -> dict[str, Any]:
        """The values for the handler, from the texts that were sent.

        Checks each parameter in the order of its declaration, then whether every sent one was read (rules S-43 to
        S-50). The usual case takes one pass over what was sent; only a refusal is worked out in order.

        Raises:
            Refusal: the first thing that is wrong.
        """
        specs = self._specs
        values = self._shared.copy()
        try:
            for name, text in sent.items():
                parse = specs.get(name)
                if parse is not None:
                    if text:
                        values[name] = parse(name, text)
                    elif name not in self._skipped:
                        self._empty(name)
                elif self._reads_all and name not in self._known:
                    raise self._first_refusal(sent)
        except Refusal:
            raise self._first_refusal(sent) from None
        if not self._required <= values.keys():
            raise self._first_refusal(sent)
        return values

    def _empty(self, name: str) -> NoReturn:
        raise errors.mandatory(name) if name in self._required else errors.parameter_empty(name)

    def _first_refusal(self, sent: Mapping[str, str]) -> Refusal:
        """What Binance would complain about first."""
        for param in self.params:
            text = sent.get(param.name)
            if text is None:
                if param.required:
                    return errors.mandatory(param.name)
            elif not text:
                if param.name in self._skipped:
                    continue
                return errors.mandatory(param.name) if param.required else param.kind.empty(param.name)
            else:
                try:
                    param.kind.parse(param.name, text)
                except Refusal as refusal:
                    return refusal
        unknown = [name for name in sent if name not in self._known]
        why = f"not known here: {', '.join(unknown[:5])}"
        if not self._known:
            return errors.too_many_parameters(len(sent))
        return errors.unread(len(sent) - len(unknown), len(sent), why)

    def __repr__(self) -> str:
        return f"Endpoint({self.method} {self.path})"


def endpoint(
    method: str,
    path: str,
    *,
    group: str,
    security: Security = Security.NONE,
    weight: Weight | int,
    order_count: int = 0,
    order_burst: int = 0,
    quota: Quota | None = None,
    unit: Unit = Unit.IP,
    reads_all: bool = True,
) -> Callable[[Callable[..., Json]], Endpoint]:
    """Declare the decorated function as an endpoint; see `Endpoint` for the arguments."""

    def declare(handler: Callable[..., Json]) -> Endpoint:
        return Endpoint(
            method,
            path,
            handler,
            group=group,
            security=security,
            weight=Weight(weight) if isinstance(weight, int) else weight,
            order_count=order_count,
            order_burst=order_burst,
            quota=quota,
            unit=unit,
            reads_all=reads_all,
        )

    return declare


def _declared(handler: Callable[..., Json]) -> tuple[tuple[Param, ...], dict[str, Any]]:
    """The parameters of a handler, read from its signature; the first argument is the call.

    `**fields: Unpack[SomeTypedDict]` stands for a set of optional parameters that several endpoints share. Those that
    have a `Default` are always among them.

    Returns:
        all parameters, and the defaults of the shared ones.
    """
    hints = get_type_hints(handler, include_extras=True)
    params: list[Param] = []
    defaults: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            (shared,) = get_args(hints[name])
            for key, hint in get_type_hints(shared, include_extras=True).items():
                for part in getattr(hint, "__metadata__", ()):
                    if isinstance(part, Default):
                        defaults[key] = part.value
                params.append(Param(key, _kind_of(hint, handler, key), False, defaults.get(key)))
            continue
        required = parameter.default is parameter.empty
        kind = _kind_of(hints[name], handler, name)
        params.append(Param(name, kind, required, None if required else parameter.default))
    return tuple(params), defaults


def _kind_of(hint: Any, handler: Callable[..., Json], name: str) -> Kind:
    kind = _find_kind(hint)
    if kind is None:
        raise TypeError(f"{handler.__qualname__}: annotate parameter {name!r} with Annotated[..., <a Kind>]")
    return kind


def _find_kind(hint: Any) -> Kind | None:
    """The `Kind` inside `Annotated[T, kind]` or `Annotated[T, kind] | None`."""
    for part in (*getattr(hint, "__metadata__", ()), *get_args(hint)):
        if isinstance(part, Kind):
            return part
        found = _find_kind(part) if get_args(part) else None
        if found is not None:
            return found
    return None
