"""Asking for what not every client has, where a check can go on without it."""

from __future__ import annotations

from binance_conformance.operations import AnyOperation
from binance_conformance.scene import Scene, Skipped, Told


def attempt(scene: Scene, operation: AnyOperation) -> Told | None:
    """Ask for something; None when the client has no such operation."""
    try:
        return scene.call(operation)
    except Skipped:
        return None
