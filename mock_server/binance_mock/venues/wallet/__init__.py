"""The part of `/sapi` that clients need to start: coins, key and account, wallets, cross margin."""
