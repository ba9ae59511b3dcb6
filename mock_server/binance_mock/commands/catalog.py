"""`binance-mock catalog` for people: what is served, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from binance_mock.catalog import NOT_SERVED, endpoints, faults


def table() -> str:
    """Endpoints, faults, and how much is not served yet."""
    rows = [
        (row["method"], row["path"], row["security"], _weight(row["weight"]["default"], row["weight"]["rules"]))
        for row in endpoints()
    ]
    kinds = [(row["kind"], row["summary"]) for row in faults()]
    return "\n\n".join(
        [
            _columns(("method", "path", "security", "weight"), rows),
            _columns(("fault", "what happens"), kinds),
            f"{len(rows)} endpoints are served, {len(NOT_SERVED)} are not yet; --markdown tells which.",
        ]
    )


def _weight(default: int, rules: list[dict[str, str]]) -> str:
    return f"{default} (varies)" if rules else str(default)


def _columns(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]
    )
