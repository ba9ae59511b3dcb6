"""Checks, drivers and reports that grade Binance clients."""
