import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from streams.doctor.asking import UnreachedError, bare, get


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        self.send_response(503 if self.path == "/unwell" else 200)
        self.end_headers()
        self.wfile.write((self.headers.get("Authorization") or "nobody").encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    served = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,))
    thread.start()
    yield f"127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


def test_user_and_password_go_to_the_server_and_nowhere_else(server: str) -> None:
    answer = get(f"http://anna:pass%2Fword@{server}/")
    assert answer.body == b"Basic " + base64.b64encode(b"anna:pass/word")
    assert get(f"http://{server}/").body == b"nobody"
    assert bare("https://anna:pw@[::1]:8443/a?b=c") == "https://[::1]:8443/a?b=c"
    assert bare("http://anna:pw@wall.example.org") == "http://wall.example.org"


def test_every_answer_is_one_also_a_redirect(server: str) -> None:
    assert [get(f"http://{server}{path}").status for path in ("/", "/unwell", "/moved")] == [
        200,
        503,
        302,
    ]


def test_no_answer_is_one_line_without_the_password() -> None:
    with pytest.raises(UnreachedError) as caught:
        get("http://anna:secret@127.0.0.1:1/x")
    assert str(caught.value) == "http://127.0.0.1:1/x does not answer: Connection refused"
