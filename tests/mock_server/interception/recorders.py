"""Servers on the loopback interface that write down what reaches them."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve


class Seen(NamedTuple):
    """One request."""

    target: str
    host: str | None


class Recorder:
    """An HTTP server that answers everything with 200 and an empty object."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                seen.append(Seen(self.path, self.headers["Host"]))
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class SocketRecorder:
    """A WebSocket server that echoes."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

        def note(_: ServerConnection, request: Request) -> Response | None:
            self.seen.append(Seen(request.path, request.headers["Host"]))
            return None

        def echo(connection: ServerConnection) -> None:
            for message in connection:
                connection.send(message)

        self._server = serve(echo, "127.0.0.1", 0, process_request=note)
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
