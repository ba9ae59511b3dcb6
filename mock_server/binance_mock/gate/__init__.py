"""What every request passes, in Binance's order: pure, without sockets and without a clock of its own."""
