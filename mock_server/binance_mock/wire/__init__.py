"""HTTP: bytes in, bytes out. Owns no rule of the exchange."""
