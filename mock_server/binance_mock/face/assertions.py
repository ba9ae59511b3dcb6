"""What a test may demand of a world; a demand that fails shows the requests that matter."""

from __future__ import annotations

from binance_mock.face.duplicates import duplicates
from binance_mock.face.journal import Requests
from binance_mock.face.report import table


class Assertions:
    """Demands on the requests of a world."""

    requests: Requests

    def assert_accepted(self, count: int, path: str | None = None, method: str | None = None) -> None:
        """Fail unless so many requests were accepted.

        Args:
            count: how many.
            path: only those to a path, which may end with `*`; None counts all.
            method: only those by a verb.

        Raises:
            AssertionError: more were, or fewer; the message shows them, and the nearest others with what differs.
        """
        __tracebackhide__ = True
        self._view(path, method).accepted.assert_count(count)

    def assert_refused(
        self, count: int, path: str | None = None, method: str | None = None, *, code: int | None = None
    ) -> None:
        """Fail unless so many requests were refused; see `assert_accepted`.

        Args:
            count: how many.
            path: only those to a path.
            method: only those by a verb.
            code: only those with this error code.
        """
        __tracebackhide__ = True
        view = self._view(path, method).refused
        (view if code is None else view.where(code=code)).assert_count(count)

    def assert_no_duplicates(self, *, strict: bool = False) -> None:
        """Fail when one intention led to two orders.

        Two orders are taken for one intention when both took effect, ask for the same but for time, signature and
        client order id, and either bear the same client order id, or the caller was not told that the first one
        was placed: its answer was lost, late or an error, and so the order was sent again. A query or cancellation by
        the client order id of the first, if it was answered, told the caller too.

        Args:
            strict: also when the caller was told. Right for code that never places two equal orders.

        Raises:
            AssertionError: naming each pair.
        """
        __tracebackhide__ = True
        found = duplicates(self.requests.executed, strict=strict)
        if not found:
            return
        lines = [f"{len(found)} orders were placed twice" if len(found) > 1 else "an order was placed twice"]
        for pair in found:
            lines.append(f"{pair.why}:")
            lines += [f"  {line}" for line in table([pair.first, pair.second]).splitlines()]
            lines += [f"  both ask for: {pair.intention}", f"  they differ in: {pair.differences or 'nothing'}"]
        lines.append("after an unknown outcome, query the order by its client order id before sending it again")
        raise AssertionError("\n".join(lines))

    def _view(self, path: str | None, method: str | None) -> Requests:
        view = self.requests if path is None else self.requests.to(path)
        return view if method is None else view.where(method=method)
