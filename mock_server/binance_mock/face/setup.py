"""Worlds for a `Mock`, from what its constructor was given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from binance_mock.config import config_from, default_config, read_config
from binance_mock.face.clock import Moment, milliseconds
from binance_mock.world import World
from binance_mock.worlds import Worlds


def make_worlds(config: str | Path | Mapping[str, Any] | None, seed: int | None, frozen_at: Moment | None) -> Worlds:
    """The worlds of a new server.

    Raises:
        ConfigError: the configuration is not legal.
    """
    if config is None:
        made = default_config()
    elif isinstance(config, str | Path):
        made = read_config(Path(config))
    else:
        made = config_from(dict(config), "config")
    settings = made.settings
    if seed is not None:
        settings = msgspec.structs.replace(settings, seed=seed)
    if frozen_at is not None:
        settings = msgspec.structs.replace(settings, frozen_at=milliseconds(frozen_at) * 1000)
    return Worlds(World(made.blueprint, settings))
