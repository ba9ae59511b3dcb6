"""The reference for start-up and idle memory: Starlette with one route."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def time(request: Request) -> JSONResponse:
    return JSONResponse({"serverTime": 0})


app = Starlette(routes=[Route("/api/v3/time", time)])

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
