"""Which hosts are this machine alone."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host is this machine and nothing else: a loopback address, localhost, or a name below localhost.

    Args:
        host: a name or address without port, in any case, with or without brackets or the dot at its end.
    """
    name = normal(host)
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def normal(host: str) -> str:
    """A host name as it is compared: in lower case, without the brackets of IPv6 or the dot at its end."""
    return host.lower().strip("[]").removesuffix(".")
