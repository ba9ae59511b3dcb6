"""`python -m binance_conformance.reference`: the reference client behind the driver protocol."""

from __future__ import annotations

from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.serving import serve

if __name__ == "__main__":
    serve(ReferenceDriver())
