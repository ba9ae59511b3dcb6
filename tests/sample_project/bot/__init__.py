"""A small trading bot on python-binance. It knows Binance, and nothing else."""
