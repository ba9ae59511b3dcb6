"""The real clients that the kit has drivers for: what conformance/drivers/drivers.toml says of them.

The file belongs to the repository. Where the kit was installed without it the catalogue is empty.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

DRIVERS: Final = Path(__file__).resolve().parents[1] / "drivers"
"""The folder of the drivers."""


class Entry(NamedTuple):
    """A client with a driver.

    Attributes:
        name: as `binance-mock check` takes it, such as python-binance.
        client: the client's own name.
        version: the version that is pinned.
        language: what it is written in.
        command: runs its driver.
        needs: what must be there before it runs, None for nothing.
    """

    name: str
    client: str
    version: str
    language: str
    command: tuple[str, ...]
    needs: Path | None

    @property
    def installed(self) -> bool:
        """Whether `make clients` installed it, or it needs nothing."""
        return self.needs is None or self.needs.exists()


def read(folder: Path = DRIVERS) -> tuple[Entry, ...]:
    """All entries, in the order of the file; none where there is no file.

    Args:
        folder: where drivers.toml is.
    """
    file = folder / "drivers.toml"
    if not file.is_file():
        return ()
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    places = {"{python}": sys.executable, "{drivers}": str(folder)}
    return tuple(
        Entry(
            name=name,
            client=row["client"],
            version=row["version"],
            language=row["language"],
            command=tuple(_filled(word, places) for word in row["command"]),
            needs=folder / row["needs"] if "needs" in row else None,
        )
        for name, row in rows.items()
    )


def find(name: str, folder: Path = DRIVERS) -> Entry | None:
    """The entry of a name; None when there is none."""
    return next((entry for entry in read(folder) if entry.name == name), None)


def _filled(word: str, places: dict[str, str]) -> str:
    for place, text in places.items():
        word = word.replace(place, text)
    return word
