"""A mock of the Binance exchange: spot, with the reason for every refusal."""
