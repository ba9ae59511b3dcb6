"""Worlds for a `Mock`, from what its constructor was given. Loaded when a mock starts, for it loads the exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binance_mock.face.backend import MockError
from binance_mock.face.link import LocalLink

if TYPE_CHECKING:
    from binance_mock.gate.journal import Entry
    from binance_mock.world import World
    from binance_mock.worlds import Worlds


def open_worlds(
    config: str | Path | Mapping[str, Any] | None,
    options: Mapping[str, Any],
    host: str,
    port: int,
    *,
    serve: bool,
    log: Callable[[Entry, World], None] | None,
) -> LocalLink:
    """New worlds in this process, and the link to them.

    Args:
        config: a TOML file, what one would hold as a mapping, or None.
        options: how the default world differs, as `plain` gives them.
        host: address to listen on.
        port: 0 for a free one.
        serve: whether to listen.
        log: called with each finished request and its world.

    Raises:
        ConfigError: the configuration or an option is not legal.
        MockError: the address is taken or not ours.
    """
    from binance_mock.control.control import Control
    from binance_mock.reception import Reception

    worlds = _worlds(config, options)
    server = None
    if serve:
        from binance_mock.face.server import ServerThread

        try:
            server = ServerThread(worlds, host, port, log)
        except OSError as error:
            raise MockError(
                f"cannot listen on {host} port {port}: {error.strerror}; leave the port out for a free one"
            ) from error
    return LocalLink(Reception(worlds), Control(worlds), server, host)


def _worlds(config: str | Path | Mapping[str, Any] | None, options: Mapping[str, Any]) -> Worlds:
    from binance_mock.config import config_from, default_config, read_config
    from binance_mock.world import World
    from binance_mock.world_options import with_options
    from binance_mock.worlds import Worlds

    if config is None:
        made = default_config()
    elif isinstance(config, str | Path):
        made = read_config(Path(config))
    else:
        made = config_from(dict(config), "config")
    blueprint, settings = with_options(made.blueprint, made.settings, options, "options")
    return Worlds(World(blueprint, settings), most=made.server.max_worlds, idle_s=made.server.world_idle_s or None)
