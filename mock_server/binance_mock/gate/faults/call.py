"""What a fault rule looks at in a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Call(NamedTuple):
    """One call, as rules match it.

    Attributes:
        venue: the venue that it is to.
        method: the verb in capitals.
        path: the path without the query.
        key: text of the API key that was sent, None when there was none.
        label: the name of that key in the world, None when the key is not known.
        sent: reads its parameters; most rules never ask.
    """

    venue: str
    method: str
    path: str
    key: str | None = None
    label: str | None = None
    sent: Callable[[], Mapping[str, str]] = dict
