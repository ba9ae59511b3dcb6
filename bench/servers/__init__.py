"""The servers that are measured; each is run as `python -m bench.servers.NAME PORT`."""
