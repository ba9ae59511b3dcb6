"""What the interception of every library has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import ModuleType
from typing import ClassVar

from binance_mock.interception.patches import Patches
from binance_mock.interception.route import Route


class Calls(ABC):
    """The calls of one library, sent to the mock from `install` to `remove`.

    Args:
        route: where calls go.

    Attributes:
        modules: those that `install` is to be given, once they are imported.
    """

    modules: ClassVar[tuple[str, ...]]

    def __init__(self, route: Route) -> None:
        self.route = route
        self.patches = Patches()

    @abstractmethod
    def install(self, module: ModuleType) -> None:
        """Catch the calls that go through a module."""

    def remove(self) -> None:
        """Put everything back, and close what was opened."""
        self.patches.undo()
