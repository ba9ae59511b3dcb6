"""The access log: one line a request, and under it the reason when it was refused.

Times are those of the world's clock. Secrets are masked wherever a caller's text is shown. Control characters are
escaped, so that no request can forge a line. A log that can no longer be written is given up: serving goes on.

Cost: an accepted request takes about 1.5 us besides the writing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import msgspec

from binance_mock.config import LogLevel
from binance_mock.gate.journal import Entry, Verdict
from binance_mock.gate.secrets import redact
from binance_mock.printable import printable
from binance_mock.world import DEFAULT_WORLD, World

_SECOND_US: Final = 1_000_000
_MOST_SHOWN: Final = 2000
"""Characters of a path, query or body that are logged."""


class AccessLog:
    """Writes finished journal entries.

    Args:
        stream: where to.
        json: write one JSON object a line.
        level: "info" logs every request, "debug" with query and body, "warning" and "error" only those that failed by a
            defect of the mock.
    """

    __slots__ = ("_all", "_json", "_parameters", "_second", "_stream", "_time", "_write")

    def __init__(self, stream: TextIO, *, json: bool = False, level: LogLevel = "info") -> None:
        self._stream = stream
        self._write: Callable[[str], object] = stream.write
        self._json = json
        self._all = level in ("debug", "info")
        self._parameters = level == "debug"
        self._second = -1
        self._time = ""

    def __call__(self, entry: Entry, world: World) -> None:
        """Log one request."""
        verdict = entry.verdict
        if not self._all and verdict is not Verdict.CRASHED:
            return
        if self._json:
            text = msgspec.json.encode(self._row(entry, world)).decode() + "\n"
        elif verdict is Verdict.ACCEPTED and not self._parameters and entry.key.isprintable():
            # An accepted path is one of our own, so it can hold nothing that must be masked.
            text = (
                f"{self._moment(entry.now)} {entry.request.method} {entry.request.path} {entry.status} accepted"
                f" weight={entry.weight} key={entry.key or '-'}{_named(world)}\n"
            )
        else:
            text = self._block(entry, world)
        try:
            self._write(text)
        except (OSError, ValueError):  # whoever read the log is gone
            self._write = _nowhere

    def _moment(self, now: int) -> str:
        """A time in ISO form, with milliseconds."""
        second = now // _SECOND_US
        if second != self._second:
            self._second = second
            try:
                self._time = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            except (ValueError, OverflowError, OSError):  # a clock may be set beyond the calendar
                self._time = f"{second}s"
        return f"{self._time}.{now // 1000 % 1000:03d}Z"

    def _row(self, entry: Entry, world: World) -> dict[str, Any]:
        """The entry as JSON shows it; what does not apply is left out."""
        request, keys = entry.request, world.keys
        accepted = entry.verdict is Verdict.ACCEPTED
        row: dict[str, Any] = {
            "time": self._moment(entry.now),
            "method": request.method,
            "path": request.path if accepted else redact(request.path, keys)[:_MOST_SHOWN],
            "status": entry.status,
            "code": entry.code,
            "verdict": entry.verdict.value,
            "weight": entry.weight,
            "key": entry.key,
        }
        if world.name != DEFAULT_WORLD:
            row["world"] = world.name
        if self._parameters:
            row["query"] = redact(request.query.decode("utf-8", "replace"), keys)[:_MOST_SHOWN]
            row["body"] = redact(request.body.decode("utf-8", "replace"), keys)[:_MOST_SHOWN]
        if entry.fault:
            row["fault"] = entry.fault
        if entry.verdict is Verdict.CRASHED:
            row["traceback"] = redact(entry.why, keys)
        elif entry.why:
            row["why"] = redact(entry.why, keys)
        diagnosis = None if accepted else entry.diagnosis(keys)
        if diagnosis is not None:
            row["diagnosis"] = {"cause": diagnosis.cause, "summary": diagnosis.summary}
        return row

    def _block(self, entry: Entry, world: World) -> str:
        """The line of an entry with all that is to be said, and the reasons on lines of their own."""
        row = self._row(entry, world)
        head = f"{row['time']} {printable(row['method'])} {printable(row['path'])} {row['status']} {row['verdict']}"
        marks = [f"code={row['code']}"] if row["code"] else []
        marks += [f"weight={row['weight']}", f"key={printable(row['key']) or '-'}"]
        marks += [f"{name}={printable(row[name])}" for name in ("fault", "query", "body") if row.get(name)]
        lines = [" ".join([head, *marks]) + _named(world)]
        if "why" in row:
            lines.append(f"    why: {printable(row['why'])}")
        if "diagnosis" in row:
            lines.append(f"    {row['diagnosis']['cause']}: {printable(row['diagnosis']['summary'])}")
        lines += [f"    {printable(line)}" for line in row.get("traceback", "").splitlines()]
        return "\n".join(lines) + "\n"


def _named(world: World) -> str:
    """The name of a world, where it is not the default one."""
    return "" if world.name == DEFAULT_WORLD else f" world={world.name}"


def _nowhere(_: str) -> None:
    """Takes the lines of a log that is gone."""
