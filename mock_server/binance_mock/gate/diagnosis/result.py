"""What a diagnosis says: plain texts, free of secrets, ready for a journal, a log or a terminal."""

from __future__ import annotations


class Diagnosis:
    """Why a request was refused, and what to do about it.

    Args:
        cause: stable id of the mistake, such as "signed-sorted-parameters".
        summary: one or two sentences, what was done.
        expected: the payload that Binance signs for this request, as text; empty where none applies.
        advice: the next step.
        signed: the payload that was signed instead, where it could be found out, else empty.
        also: id of a second mistake made in the same request, else empty.
    """

    __slots__ = ("advice", "also", "cause", "expected", "signed", "summary")

    def __init__(
        self, cause: str, summary: str, *, advice: str, expected: str = "", signed: str = "", also: str = ""
    ) -> None:
        self.cause = cause
        self.summary = summary
        self.expected = expected
        self.advice = advice
        self.signed = signed
        self.also = also

    def as_dict(self) -> dict[str, str]:
        """Return the fields that say something, for JSON."""
        fields = {name: getattr(self, name) for name in ("cause", "also", "summary", "expected", "signed", "advice")}
        return {name: text for name, text in fields.items() if text}

    def __str__(self) -> str:
        lines = [f"{self.cause}: {self.summary}"]
        if self.signed:
            lines.append(f"  you signed:     {self.signed}")
        if self.expected:
            lines.append(f"  Binance signs:  {self.expected}")
        lines.append(f"  next step:      {self.advice}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Diagnosis({self.cause!r}, {self.summary!r})"
