"""The reference client: how to write a client for Binance, in one sitting's reading. It passes every check.

`venues` says how the markets differ, `keys` signs, `connection` sends one call and judges what came of it, `client`
does what a trader wants done. `driver` stands between it and the kit.
"""

from binance_conformance.reference.client import Client as Client
