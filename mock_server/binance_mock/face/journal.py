"""The requests that a world saw, from a test: a sequence that can be narrowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self, overload
from urllib.parse import parse_qsl

from binance_mock.face.backend import Backend
from binance_mock.face.report import table
from binance_mock.printable import printable


class Seen:
    """One request and how it was ruled; secrets are masked.

    Attributes are the fields of the journal: seq, time (ms), venue, method, path, query, body, client, key, account,
    status, code, msg, verdict, weight, executed (whether it took effect, whatever became of the answer), orders (how
    many it places), fault, why, and diagnosis (None, or a dict with cause, summary, expected, advice, and signed where
    it is known what was signed).
    """

    seq: int
    time: int
    venue: str
    method: str
    path: str
    query: str
    body: str
    client: str
    key: str
    account: str
    status: int
    code: int
    msg: str
    verdict: str
    weight: int
    executed: bool
    orders: int
    fault: str
    why: str
    diagnosis: dict[str, str] | None

    def __init__(self, row: dict[str, Any]) -> None:
        self.__dict__.update(row)

    @property
    def params(self) -> dict[str, str]:
        """Its parameters, decoded; of one that stands in query and body the query's value counts."""
        return dict(parse_qsl(self.body, keep_blank_values=True)) | dict(parse_qsl(self.query, keep_blank_values=True))

    def __repr__(self) -> str:
        code = f" {self.code} {self.msg}" if self.code else ""
        return printable(f"Seen({self.seq} {self.method} {self.path} -> {self.status}{code}, {self.verdict})")


class Requests(Sequence[Seen]):
    """The last requests, oldest first; each access asks the world.

        binance.requests.to("/api/v3/order", "POST").refused[0].msg

    Args:
        backend: makes control calls.
        filters: what the requests have in common, by field of the journal.
    """

    def __init__(self, backend: Backend, filters: Mapping[str, Any] | None = None) -> None:
        self._backend = backend
        self._filters = dict(filters or {})

    # -- narrowing ----------------------------------------------------------------------------------------------

    def where(self, **filters: Any) -> Self:
        """Those that also fit these: path (may end with `*`), method, verdict, status, code, key, account, executed."""
        return type(self)(self._backend, {**self._filters, **filters})

    def to(self, path: str, method: str | None = None) -> Self:
        """Those to a path, which may end with `*`, and by a verb if one is given."""
        return self.where(path=path) if method is None else self.where(path=path, method=method)

    @property
    def accepted(self) -> Self:
        """Those that were answered as wanted."""
        return self.where(verdict="accepted")

    @property
    def refused(self) -> Self:
        """Those that were refused."""
        return self.where(verdict="refused")

    @property
    def disturbed(self) -> Self:
        """Those whose answer a fault rule decided."""
        return self.where(verdict="fault")

    @property
    def executed(self) -> Self:
        """Those that took effect, whatever became of the answer."""
        return self.where(executed="true")

    # -- reading ------------------------------------------------------------------------------------------------

    def find(self, **filters: Any) -> list[Seen]:
        """Those that fit: as `where`, and since (a seq), limit (how many of the newest)."""
        query = {**self._filters, **filters}
        if isinstance(query.get("executed"), bool):
            query["executed"] = "true" if query["executed"] else "false"
        rows = self._backend.call("GET", "/requests", query=query)["requests"]
        return [Seen(row) for row in rows]

    @property
    def last(self) -> Seen:
        """The newest.

        Raises:
            IndexError: there is none.
        """
        found = self.find(limit=1)
        if not found:
            raise IndexError(f"the world has seen no {self._description}" + self._nearest())
        return found[0]

    def clear(self) -> None:
        """Forget all requests, those outside of this view too."""
        self._backend.call("DELETE", "/requests")

    @overload
    def __getitem__(self, index: int) -> Seen: ...
    @overload
    def __getitem__(self, index: slice) -> list[Seen]: ...
    def __getitem__(self, index: int | slice) -> Seen | list[Seen]:
        return self.find()[index]

    def __iter__(self) -> Iterator[Seen]:
        return iter(self.find())

    def __len__(self) -> int:
        return len(self.find())

    def __repr__(self) -> str:
        return f"<{len(self)} {self._description}>"

    def __str__(self) -> str:
        """The requests as a person reads them."""
        return table(self)

    # -- asserting ----------------------------------------------------------------------------------------------

    def assert_count(self, count: int) -> None:
        """Fail unless there are so many; the message shows them, and the nearest others with what differs.

        Raises:
            AssertionError: there are more, or fewer.
        """
        __tracebackhide__ = True
        found = self.find()
        if len(found) == count:
            return
        lines = [f"expected {count} {self._description}, found {len(found)}", *_indented(table(found))]
        raise AssertionError("\n".join(lines) + (self._nearest() if len(found) < count else ""))

    @property
    def _description(self) -> str:
        filters = dict(self._filters)
        verb, path = filters.pop("method", ""), filters.pop("path", "")
        effect = {"true": "executed", "false": "not executed"}.get(str(filters.pop("executed", "")).lower(), "")
        words = [str(filters.pop("verdict", "")), effect, "requests"]
        to = f"to {verb} {path}".replace("  ", " ").rstrip() if verb or path else ""
        return " ".join(word for word in (*words, to, *(f"with {n}={v}" for n, v in filters.items())) if word)

    def _nearest(self, most: int = 5) -> str:
        """The requests that fit all but a little, each with what differs."""
        near = []
        for seen in Requests(self._backend).find():
            differences = [
                f"{name} is {getattr(seen, name)}, not {wanted}"
                for name, wanted in self._filters.items()
                if not _fits(getattr(seen, name, wanted), wanted)
            ]
            if differences:
                near.append((len(differences), -seen.seq, seen, differences))
        near.sort(key=lambda each: each[:2])
        if not near:
            return "\nthe world has seen no other request" if self._filters else ""
        lines = ["", "nearest:"]
        for _, _, seen, differences in near[:most]:
            lines += _indented(table([seen], because=printable(f"differs: {'; '.join(differences)}")))
        return "\n".join(lines)


def _fits(value: object, wanted: object) -> bool:
    text, asked = str(value).lower(), str(wanted).lower()
    return text.startswith(asked[:-1]) if asked.endswith("*") else text == asked


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]
