"""Text that is fit for a terminal and a log."""

from __future__ import annotations


def printable(text: str) -> str:
    """Text with everything escaped that would end a line or move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
