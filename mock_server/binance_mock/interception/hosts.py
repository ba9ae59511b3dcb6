"""Which hosts are Binance's.

By domain: everything below binance.com (api, api1 to api4, api-gcp, fapi, dapi, eapi, papi, stream, ws-api, ws-fapi,
ws-dapi, fstream, fstream-auth, dstream, nbstream, vstream, margin-stream, demo-api, demo-fapi and their streams),
binance.vision (data-api, data-stream, testnet and its streams), binancefuture.com (testnet, fstream, dstream) and
binance.us. Only these domains belong to the exchange; sites that merely have its name in theirs do not.
"""

from __future__ import annotations

from typing import Final

from binance_mock.loopback import normal

DOMAINS: Final = ("binance.com", "binance.vision", "binance.us", "binancefuture.com")
"""All hosts in these are Binance's."""
OTHERS: Final = frozenset({"testnet.binanceops.com"})
"""Hosts of Binance in domains that serve something else as well."""


def is_binance(host: str) -> bool:
    """Whether a host is one of Binance's.

    Args:
        host: the name without port, in any case, with or without the dot at its end.
    """
    name = normal(host)
    return name in OTHERS or any(name == domain or name.endswith("." + domain) for domain in DOMAINS)
