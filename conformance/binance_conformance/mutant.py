"""A mutant: the reference client broken in exactly one way, as proof that a check can fail."""

from __future__ import annotations

import re

from binance_conformance.reference import Client


class Mutant:
    """A broken client.

    Attributes:
        name: the class's name with hyphens, such as `retries-unknown-outcomes`.
        client: the class: the reference client with one method overridden.
        kills: the checks that it is meant to fail.
        also: MUST checks that it fails as well, for what it breaks is asked for there, too.
        broken: what it does wrong, in a sentence: the class's doc.
    """

    def __init__(self, client: type[Client], kills: tuple[str, ...], also: tuple[str, ...] = ()) -> None:
        self.client = client
        self.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", client.__name__).lower()
        self.kills = kills
        self.also = also
        self.broken = (client.__doc__ or "").strip()

    def __repr__(self) -> str:
        return f"Mutant({self.name})"


def mutant(client: type[Client], *kills: str, also: tuple[str, ...] = ()) -> Mutant:
    """Name a broken client; see `Mutant`."""
    return Mutant(client, kills, also)
