"""Reading a curl command line as the request that curl would send.

Known are the options that shape a request, and those that only change how curl behaves, which are ignored. Files are
not read (`-d @file`), variables of the shell are not known, and the proxy and cookie options are left aside.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote_plus, unquote

from binance_mock.gate.request import Request

_SHORT: Final = {
    "H": "header", "X": "request", "d": "data", "G": "get", "I": "head", "A": "user-agent", "b": "cookie",
    "c": "cookie-jar", "e": "referer", "m": "max-time", "o": "output", "u": "user", "w": "write-out", "x": "proxy",
    "D": "dump-header", "E": "cert", "K": "config",
}  # fmt: skip
_SHORT_SWITCHES: Final = frozenset("0146LNOSfgijkqsv#GI")
_ONE_VALUE: Final = frozenset({
    "header", "request", "data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "url", "user-agent",
    "cookie", "cookie-jar", "referer", "max-time", "output", "user", "write-out", "proxy", "dump-header", "cert",
    "connect-timeout", "retry", "retry-delay", "retry-max-time", "cacert", "interface", "resolve", "limit-rate",
})  # fmt: skip
_SWITCHES: Final = frozenset({
    "get", "head", "silent", "show-error", "include", "verbose", "insecure", "location", "fail", "compressed",
    "globoff", "http1.0", "http1.1", "http2", "no-buffer", "no-progress-meter", "progress-bar", "remote-name", "ipv4",
    "ipv6", "path-as-is", "fail-with-body", "tcp-nodelay", "no-keepalive",
})  # fmt: skip
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHOD: Final = re.compile(r"[A-Za-z]{1,20}")


class UnusableRequest(ValueError):
    """A text that is no request; the message says what is wrong with it, and the next step."""


def read_curl(text: str) -> Request:
    """The request of a command line.

    Args:
        text: as it would be typed, `curl` at its beginning.

    Raises:
        UnusableRequest: it is no curl command, or holds what cannot be known here.
    """
    try:
        words = shlex.split(text.replace("\\\r\n", " ").replace("\\\n", " "))
    except ValueError as error:
        raise UnusableRequest(f"the command line does not end well ({error}); check its quotes") from None
    if not words or words[0].rsplit("/", 1)[-1] not in ("curl", "curl.exe"):
        raise UnusableRequest("this is no curl command; it must begin with curl, or say --method and --target")
    method, urls, headers, data, get = "", [], [], [], False
    for name, value in _options(words[1:]):
        if name == "url":
            urls.append(value)
        elif name == "header":
            headers.append(value)
        elif name == "request":
            method = value
        elif name in ("data", "data-ascii", "data-binary", "data-raw", "data-urlencode"):
            data.append(_data(name, value))
        elif name == "get":
            get = True
        elif name == "head":
            method = method or "HEAD"
    if len(urls) != 1:
        raise UnusableRequest(f"the command has {len(urls)} URLs where one is wanted; put the URL in quotes")
    target = urls[0]
    body = "&".join(data)
    if get and data:
        target, body = f"{target}{'&' if '?' in target else '?'}{body}", ""
    return make_request(method or ("POST" if data and not get else "GET"), target, headers, body)


def make_request(method: str, target: str, headers: Sequence[str], body: str) -> Request:
    """A request from its parts.

    Args:
        method: the verb.
        target: URL, or path with query.
        headers: as `Name: value`.
        body: form text.

    Raises:
        UnusableRequest: a part has not its form.
    """
    if not _METHOD.fullmatch(method):
        raise UnusableRequest(f"{method!r} is no HTTP method; write GET, POST, PUT or DELETE")
    target = target.partition("#")[0]
    if not target.startswith("/"):
        rest = target.partition("://")[2] or target
        host, mark, query = rest.partition("?")
        host, _, path = host.partition("/")
        if not host:
            raise UnusableRequest("there is no host in the URL; write http://127.0.0.1:8099/api/v3/order?...")
        target = f"/{path}{mark}{query}"
    path, _, query = target.partition("?")
    found: dict[bytes, bytes] = {}
    for line in headers:
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise UnusableRequest("a header has not the form 'Name: value'; write -H 'X-MBX-APIKEY: <key>'")
        found[name.lower().encode()] = _bytes(value.strip())
    return Request(method.upper(), unquote(path), _bytes(query), _bytes(body), found)


def _options(words: list[str]) -> list[tuple[str, str]]:
    """Options with their values; what is none is a URL."""
    found = []
    rest = iter(words)
    for word in rest:
        if word == "--" or word == "-" or not word.startswith("-"):
            if word != "--":
                found.append(("url", word))
        elif word.startswith("--"):
            found.append(_long(word[2:], _value(rest, word) if word[2:] in _ONE_VALUE else ""))
        else:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter in _SHORT_SWITCHES:
                    found.append((_SHORT.get(letter, ""), ""))
                elif letter in _SHORT:
                    found.append((_SHORT[letter], letters or _value(rest, f"-{letter}")))
                    letters = ""
                else:
                    raise _unknown(f"-{letter}")
    return found


def _value(rest: Iterator[str], option: str) -> str:
    """The word behind an option."""
    value = next(rest, None)
    if value is None:
        raise UnusableRequest(f"nothing follows {option}; the command line is cut off")
    return value


def _long(name: str, value: str) -> tuple[str, str]:
    if name not in _ONE_VALUE and name not in _SWITCHES:
        raise _unknown(f"--{name.partition('=')[0]}")
    return name, value


def _unknown(option: str) -> UnusableRequest:
    return UnusableRequest(
        f"the option {option[:40]} of curl is not known here; leave it out, or say --method, --target"
    )


def _data(option: str, value: str) -> str:
    """What curl puts into the body for one option."""
    if option == "data-urlencode":
        name, equals, content = value.partition("=")
        if not equals and "@" in value:
            raise UnusableRequest(f"--{option} names a file, and files are not read; write the data itself")
        if not equals:
            return quote_plus(value)
        return f"{name}={quote_plus(content)}" if name else quote_plus(content)
    if value.startswith("@") and option != "data-raw":
        raise UnusableRequest(f"--{option} names a file, and files are not read; write the data itself")
    return value


def _bytes(text: str) -> bytes:
    # A terminal's bytes that are no UTF-8 come as lone surrogates, and go back to what they were.
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
