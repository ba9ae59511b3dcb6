"""`@pytest.mark.binance(...)`: how the world of a test differs."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from binance_mock.face.options import WorldOptions

NAME: Final = "binance"


def check_marker(item: pytest.Item) -> None:
    """Fail a test whose marker names an unknown option."""
    markers = list(item.iter_markers(NAME))
    if not markers:
        return
    from binance_mock.face.options import WorldOptions

    known = list(WorldOptions.__annotations__)
    for marker in markers:
        if marker.args:
            pytest.fail(
                f"@pytest.mark.{NAME} takes options by name, such as balances={{'USDT': '1000'}}, not "
                f"{', '.join(map(repr, marker.args))}",
                pytrace=False,
            )
        for name in marker.kwargs:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                pytest.fail(
                    f"@pytest.mark.{NAME} has no option {name!r}{hint}; its options are {', '.join(known)}",
                    pytrace=False,
                )


def options_of(item: pytest.Item) -> WorldOptions:
    """The options of a test: those of its own marker before those of its class, its module and its package."""
    options: WorldOptions = {}
    for marker in reversed(list(item.iter_markers(NAME))):
        options.update(marker.kwargs)  # type: ignore[typeddict-item]  # the names were checked
    return options
