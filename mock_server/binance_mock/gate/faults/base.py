"""What a fault is: declared parameters, and what it does to one request.

A fault is decided before a request is handled and applied when it is answered. The gate reads `jump_ms` (move the
clock), then `hold_ms` (handle the request that much later), then `executes` (handle it at all), and hands the real
response, or None, to `deliver`. Faults are immutable: the same fault may serve many rules and many worlds.

Parameters are dataclass fields whose metadata carries what is legal and what the parameter means (`declare`), so that
validation, catalogue and documentation read one declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Final, NamedTuple, Protocol, Self

from binance_mock.gate.faults.call import Call
from binance_mock.gate.request import Response


class Legal(Protocol):
    """What values a parameter takes. `str()` of it completes the sentence "write ..."."""

    def allows(self, value: object) -> bool:
        """Whether the parameter may have this value."""
        ...


class Flag:
    """True or false, and nothing that merely looks like it."""

    def allows(self, value: object) -> bool:
        """Whether it is a bool."""
        return isinstance(value, bool)

    def __str__(self) -> str:
        return "true or false"


class Whole:
    """A whole number within bounds.

    Args:
        low: the smallest legal number.
        high: the largest, None for no bound.
        zero: whether 0 is legal when it lies within the bounds.
        none: how to say and what to expect of None, as the end of "write ..."; empty when None is not legal.

    """

    def __init__(self, low: int, high: int | None = None, *, zero: bool = True, none: str = "") -> None:
        self._low = low
        self._high = high
        self._zero = zero
        self._none = none

    def allows(self, value: object) -> bool:
        """Whether it is an int (a bool is not) within the bounds."""
        if value is None:
            return bool(self._none)
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return value >= self._low and (self._high is None or value <= self._high) and (self._zero or value != 0)

    def __str__(self) -> str:
        text = f"a whole number from {self._low}"
        if self._high is not None:
            text += f" to {self._high}"
        if not self._zero:
            text += " other than 0"
        return f"{text}, {self._none}" if self._none else text


class OneOf:
    """One of a few values, compared with their type.

    Args:
        values: the values.
        none: how to say and what to expect of None, as the end of "write ..."; empty when None is not legal.

    """

    def __init__(self, *values: str | int, none: str = "") -> None:
        self._values = values
        self._none = none

    def allows(self, value: object) -> bool:
        """Whether it is one of the values; True is not 1."""
        if value is None:
            return bool(self._none)
        return any(type(value) is type(legal) and value == legal for legal in self._values)

    def __str__(self) -> str:
        text = " or ".join(repr(value) for value in self._values)
        return f"{text}, {self._none}" if self._none else text


FLAG: Final = Flag()


class Parameter(NamedTuple):
    """One parameter of a fault, as the catalogue shows it."""

    name: str
    legal: str
    """What may be written, in words."""
    required: bool
    default: Any
    """None when the parameter is required."""
    doc: str


def declare(legal: Legal, doc: str) -> Mapping[str, Any]:
    """Make the metadata by which a dataclass field is a declared parameter; `doc` says what it means."""
    return {"legal": legal, "doc": doc}


EXECUTED: Final = declare(FLAG, "whether the request takes effect; the answer does not say so")


def check(name: str, value: object, legal: Legal) -> None:
    """Refuse an illegal value.

    Raises:
        ValueError: `name: <value> is not legal; write ...`.

    """
    if not legal.allows(value):
        raise ValueError(f"{name}: {value!r} is not legal; write {legal}")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one request; each kind is a subclass.

    Raises:
        ValueError: a parameter has an illegal value; the message begins with the name of the parameter.

    """

    kind: ClassVar[str]
    """The stable name by which rules ask for it."""
    summary: ClassVar[str]
    """One line for the catalogue."""
    bare: ClassVar[bool] = False
    """The answer carries no weight and no order count headers: it does not come from the API (rule S-6)."""

    def __post_init__(self) -> None:
        for item in fields(self):
            check(item.name, getattr(self, item.name), item.metadata["legal"])

    @property
    def executes(self) -> bool:
        """Whether the request takes effect."""
        return True

    @property
    def hold_ms(self) -> int:
        """Milliseconds by which the request is held before it is handled."""
        return 0

    @property
    def jump_ms(self) -> int:
        """Milliseconds by which the world's clock jumps before the request is handled."""
        return 0

    def spares(self, call: Call) -> bool:
        """Whether this cannot befall a call: a rule does not match it then."""
        return False

    def at(self, wording: str) -> Self:
        """The same fault as a venue of this wording has it."""
        return self

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """Make the answer that leaves the gate.

        Args:
            response: the real answer when the fault executes the request, else None. It is not changed.
            now_us: the world's time of the answer, in microseconds.

        Returns:
            A response without weight headers and Content-Length; the gate adds them, unless the fault is `bare`.

        Raises:
            ValueError: the fault passes on a real answer, and none was given.

        """
        raise NotImplementedError

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """List the declared parameters in the order of their declaration."""
        return tuple(
            Parameter(
                name=item.name,
                legal=str(item.metadata["legal"]),
                required=item.default is MISSING,
                default=None if item.default is MISSING else item.default,
                doc=item.metadata["doc"],
            )
            for item in fields(cls)
        )

    def settings(self) -> dict[str, Any]:
        """Give the parameters with their values, fit for JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def _real(self, response: Response | None) -> Response:
        if response is None:
            raise ValueError(f"{self.kind} passes on the answer to an executed request, and there is none")
        return response


@dataclass(frozen=True, kw_only=True)
class NeverExecutes(Fault):
    """A fault whose request never takes effect."""

    @property
    def executes(self) -> bool:
        """False."""
        return False


@dataclass(frozen=True, kw_only=True)
class MayExecute(Fault):
    """A fault that hides from the client whether the request took effect; the tester chooses whether it did (S-7)."""

    executed: bool = field(default=True, metadata=EXECUTED)

    @property
    def executes(self) -> bool:
        """As the parameter `executed` says."""
        return self.executed
