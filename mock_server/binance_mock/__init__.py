"""A mock of the Binance exchange, with the reason for every refusal.

    with Mock() as binance:
        binance.url, binance.api_key, binance.api_secret

`Mock` runs a server in a thread; `Mock.connect(url)` drives one that runs elsewhere. Nothing heavy is imported until
it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from binance_mock.face.mock import Mock

__all__ = ["Mock", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "Mock":
        from binance_mock.face.mock import Mock

        return Mock
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
