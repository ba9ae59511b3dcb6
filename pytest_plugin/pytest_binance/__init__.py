"""The pytest plugin of binance-mock: a fresh exchange for each test, as fixtures.

Importing it loads nothing heavy: the exchange is loaded when a fixture is first used.
"""
