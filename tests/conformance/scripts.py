"""Drivers for tests, written to files: right ones, and ones that fail in every way."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

from binance_conformance.clients import ClientSpec

HELLO = (
    '{"protocol":1,"client":"odd","version":"1","language":"python",'
    '"capabilities":{"venues":["spot"],"key_types":["hmac"]}}'
)

LINES = f"""
import json, os, signal, sys
def say(text):
    print(text, flush=True)
def lines():
    for line in sys.stdin:
        command = json.loads(line)["cmd"]
        if command == "hello":
            say('{HELLO}')
        elif command == "configure":
            say('{{"ok":true}}')
        elif command == "bye":
            say('{{"ok":true}}')
            return
        else:
            yield json.loads(line)
"""
"""The beginning of a driver that answers all but calls."""


def spec(folder: Path, text: str, *, patience_s: float = 20.0) -> ClientSpec:
    """A driver with this text."""
    path = folder / "driver.py"
    path.write_text(dedent(text), "utf-8")
    return ClientSpec((sys.executable, str(path)), patience_s)


def after_hello(folder: Path, text: str, *, patience_s: float = 20.0) -> ClientSpec:
    """A driver that is right until it is called: `text` is what it does then, with the call in `call`."""
    body = LINES + "for call in lines():\n" + "".join(f"    {line}\n" for line in dedent(text).strip().splitlines())
    return spec(folder, body, patience_s=patience_s)


def subject(folder: Path, text: str) -> ClientSpec:
    """A driver around a subject `Driver`, made from the reference client by `text`."""
    head = """
    from binance_conformance.operations import *
    from binance_conformance.protocol import *
    from binance_conformance.reference.driver import ReferenceDriver
    from binance_conformance.serving import serve
    """
    return spec(folder, dedent(head) + dedent(text) + "\nserve(Driver())\n")
