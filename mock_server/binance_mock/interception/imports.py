"""Being told of imports: modules that are loaded during an interception are caught as well."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

Loaded = Callable[[ModuleType], None]


class ImportWatcher(MetaPathFinder):
    """Stands before the other finders and asks them; calls back once a module has run, before its importer sees it.

    The interpreter's list of finders is also the order of the interceptions: the first watcher is the newest.

    Args:
        modules: what to call for each module.
    """

    def __init__(self, modules: Mapping[str, Loaded]) -> None:
        self._modules = modules

    def add(self) -> None:
        """Start watching."""
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Stop watching."""
        sys.meta_path.remove(self)

    def is_newest(self) -> bool:
        """Whether no other was added after this one."""
        return next((finder for finder in sys.meta_path if isinstance(finder, ImportWatcher)), None) is self

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders find, with a loader that calls back."""
        if fullname not in self._modules or self not in sys.meta_path:
            return None
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, self._loaded)
                return spec
        return None

    def _loaded(self, module: ModuleType) -> None:
        if self in sys.meta_path:
            self._modules[module.__name__](module)


class _Loader(Loader):
    """Loads a module as its real loader does, and leaves that behind in the module."""

    def __init__(self, loader: Loader, loaded: Loaded) -> None:
        self._loader = loader
        self._call = loaded

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._call(module)
