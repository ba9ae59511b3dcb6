"""A session of `requests` for the exchange in this process, relieved of what only a network needs."""

from __future__ import annotations

from typing import Any

import requests

from binance_mock.inprocess.requests_adapter import RequestsAdapter


class InProcessSession(requests.Session):
    """Sends every call, whatever its host, to the adapter.

    Proxies, certificates and .netrc are not looked for: without a network they mean nothing, and looking for them takes
    a plain session more time than all that the exchange does.

    Args:
        adapter: answers the calls.
    """

    def __init__(self, adapter: RequestsAdapter) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """The settings of a call: only whether its body is streamed means something here."""
        return {"proxies": {}, "stream": self.stream if stream is None else stream, "verify": None, "cert": None}
