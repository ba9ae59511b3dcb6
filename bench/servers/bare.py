"""The reference for throughput: an ASGI application that does nothing, on uvicorn set up as ours is."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

BODY = b'{"filler":"' + b"x" * 287 + b'"}'
HEADERS = [(b"content-type", b"application/json;charset=UTF-8"), (b"content-length", b"%d" % len(BODY))]


async def app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="auto",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        proxy_headers=False,
        log_level="warning",
        server_header=False,
    )
