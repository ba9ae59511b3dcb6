"""How a client is named on the command line, and the driver that this leads to."""

from __future__ import annotations

import shlex
from typing import Final, NamedTuple

from binance_conformance import mutants
from binance_conformance.drivers import PATIENCE_S, Driver, InProcessDriver, ProcessDriver
from binance_conformance.reference.driver import ReferenceDriver

REFERENCE: Final = "reference"
MUTANT: Final = "mutant:"


class UnknownClient(Exception):
    """A name that leads to no client; the message says which there are."""


class ClientSpec(NamedTuple):
    """A client to be tested.

    Attributes:
        command: a command line; or the one word `reference`, or `mutant:NAME`.
        patience_s: real seconds that a driver may take for an answer.
    """

    command: tuple[str, ...]
    patience_s: float = PATIENCE_S

    @property
    def text(self) -> str:
        """The command as a shell reads it."""
        return shlex.join(self.command)

    @property
    def built_in(self) -> bool:
        """Whether it is one of the kit's own clients."""
        return self.command == (REFERENCE,) or (len(self.command) == 1 and self.command[0].startswith(MUTANT))

    def driver(self) -> Driver:
        """A new driver.

        Raises:
            UnknownClient: there is no such mutant.
        """
        if not self.built_in:
            return ProcessDriver(self.command, self.patience_s)
        word = self.command[0]
        if word == REFERENCE:
            return InProcessDriver(ReferenceDriver())
        name = word.removeprefix(MUTANT)
        found = next((mutant for mutant in mutants.ALL if mutant.name == name), None)
        if found is None:
            raise UnknownClient(f"there is no mutant {name!r}; `binance-mock check mutants` names them all")
        return InProcessDriver(ReferenceDriver(found.client, word))

    def reproduce(self, case: str) -> str:
        """A command line that plays one case of it."""
        separator = "" if self.built_in else "-- "
        return f"binance-mock check --check {shlex.quote(case)} --trace {separator}{self.text}"
