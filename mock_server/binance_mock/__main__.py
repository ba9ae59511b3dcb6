"""`python -m binance_mock` is `binance-mock`."""

from __future__ import annotations

from binance_mock.cli import main

if __name__ == "__main__":
    main()
