"""Interception: code that knows nothing of the mock calls Binance, and the mock answers.

    with Interception(binance.url):
        run_my_bot()

Calls over requests and urllib3, httpx, aiohttp and websockets are caught, however early the code took its names from
them. Other libraries (http.client, urllib.request, pycurl) are not touched, not even by `strict`.
"""

from __future__ import annotations

from binance_mock.interception.errors import InterceptionError, NotIntercepted
from binance_mock.interception.interception import Interception

__all__ = ["Interception", "InterceptionError", "NotIntercepted"]
