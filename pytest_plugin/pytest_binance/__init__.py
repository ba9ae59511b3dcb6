"""The pytest plugin of binance-mock."""
