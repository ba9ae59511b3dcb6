"""Mark and index prices of contracts: as they were set, else following the market (rule U-108)."""

from __future__ import annotations


class Marks:
    """The prices that were set, by contract.

    A mark that was not set is the last price, and so is an index: without a move of its own the market is fair.
    """

    __slots__ = ("_indexes", "_marks")

    def __init__(self) -> None:
        self._marks: dict[str, int] = {}
        self._indexes: dict[str, int] = {}

    def mark(self, symbol: str, last: int) -> int:
        """The mark price, given the last one."""
        return self._marks.get(symbol, last)

    def index(self, symbol: str, last: int) -> int:
        """The index price, given the last one."""
        return self._indexes.get(symbol, last)

    def set(self, symbol: str, *, mark: int | None = None, index: int | None = None) -> None:
        """Let a price stand where it is set; None leaves it.

        Raises:
            ValueError: a price is not positive.
        """
        for prices, price in ((self._marks, mark), (self._indexes, index)):
            if price is not None:
                if price <= 0:
                    raise ValueError(f"{symbol} cannot be marked at {price}: prices are above zero")
                prices[symbol] = price

    def follow(self, symbol: str) -> None:
        """Let both prices follow the market again."""
        self._marks.pop(symbol, None)
        self._indexes.pop(symbol, None)

    def fork(self) -> Marks:
        """Equal marks that go their own way."""
        twin = Marks()
        twin._marks, twin._indexes = self._marks.copy(), self._indexes.copy()
        return twin
