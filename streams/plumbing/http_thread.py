"""An HTTP server, in a thread of its own, for one WSGI application.

Its connections are bounded, for each has a thread. Of too many, the oldest that has not said what it wants goes, so that
whoever asks at once gets in beside any number of silent ones. While all are being answered, a new one is turned away.
"""

import selectors
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from streams.plumbing.door import OPEN, Door
from streams.plumbing.ports import port_problem

MOST_CONNECTIONS = 64
_CLIENT_WITHIN_S = 120.0  # a client that sends nothing for so long is gone
_TAKES_WITHIN_S = 30.0  # … or does not take its answer

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class HttpThread:
    """Serves from construction until `close`; PortTakenError when it cannot listen there.

    Every request has a thread of its own, so that a slow one does not delay others; there are `MOST_CONNECTIONS` at most.
    Port 0 takes a free port, which `port` tells. `option` is the command line's option for the port, for the error message.
    """

    def __init__(self, app: WsgiApp, host: str, port: int, option: str, door: Door = OPEN) -> None:
        try:
            self._server = _server(host, port)
        except OSError as error:
            raise port_problem(host, port, option, error) from None
        self._server.set_app(door.guarded(app))
        self._server.tls = door.tls
        self._server.timeout = 0  # a client that is gone before it was accepted holds nobody up
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening, without waiting for requests that are being answered."""
        self._stop.close()
        self._thread.join()
        self._stopped.close()
        self._server.server_close()

    def _serve(self) -> None:
        """`serve_forever` looks 20 times a second whether it is to stop: six servers of an idle system woke up 120 times."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            selector.register(self._stopped, selectors.EVENT_READ)
            while all(key.fileobj is not self._stopped for key, _ in selector.select()):
                self._server.handle_request()


def respond(
    start_response: Callable[..., Any], status: str, content_type: str, body: bytes
) -> list[bytes]:
    """The answer of a WSGI application, with the length of its body."""
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]


def _server(host: str, port: int) -> "_Server":
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = infos[0]
    kind = type("_Server", (_Server,), {"address_family": family})
    return kind(address, _Handler)  # type: ignore[no-any-return]


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64
    tls: ssl.SSLContext | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._turn = threading.Lock()
        self._silent: dict[socket.socket, None] = {}  # those that have not asked yet; oldest first
        self._answered: set[socket.socket] = set()
        super().__init__(*args, **kwargs)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002  its signature
        """Whether there is room for it, if need be in the place of a silent one."""
        with self._turn:
            if len(self._silent) + len(self._answered) >= MOST_CONNECTIONS:
                oldest = next(iter(self._silent), None)
                if oldest is None:
                    return False
                del self._silent[oldest]
                with suppress(OSError):  # it is gone already
                    # Its thread reads an end. Not by the method of TLS, which is not for two threads.
                    socket.socket.shutdown(oldest, socket.SHUT_RDWR)
            self._silent[request] = None
        return True

    def note_asked(self, request: socket.socket) -> None:
        """Its request is read: it is not given up for another one any more."""
        with self._turn:
            if request in self._silent:
                del self._silent[request]
                self._answered.add(request)

    def close_request(self, request: Any) -> None:
        with self._turn:
            self._silent.pop(request, None)
            self._answered.discard(request)
        super().close_request(request)

    def get_request(self) -> tuple[socket.socket, Any]:
        """The handshake is done in the thread of the request: a client that is slow at it delays no other one."""
        client, address = super().get_request()
        if self.tls is not None:
            client = self.tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        return client, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Without a word where the client is gone, does not trust us, or speaks no TLS: it knows."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up in the name service, which may take many seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = str(self.server_address[0])
        self.server_port = int(self.server_address[1])
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    timeout = _CLIENT_WITHIN_S
    server: _Server

    def parse_request(self) -> bool:
        is_good = super().parse_request()
        self.server.note_asked(self.request)
        self.request.settimeout(_TAKES_WITHIN_S)
        return is_good

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the standard library's name
        """Log no requests: scrapes are many, and a query may contain callers' tokens."""
