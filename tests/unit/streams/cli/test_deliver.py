"""`queuewatch deliver` and `alerts test`: what is said before anything is started or sent."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from streams.cli.main import cli
from streams.local.data_folder import DataFolder
from streams.local.owner import Owner, write_owner


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "urls").write_text("json://127.0.0.1\n")
    path = tmp_path / "queues.toml"
    path.write_text(f'[owners.water]\ndeliver_file = "{tmp_path / "urls"}"')
    return path


@pytest.mark.parametrize("option", ["--port", "--metrics-port"])
def test_a_taken_port_is_one_line_that_names_the_option(file: Path, option: str) -> None:
    other = "--metrics-port" if option == "--port" else "--port"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        place = ("--kafka", "127.0.0.1:1", "--queues", file)
        done = run("deliver", *place, option, port, other, "0")
    assert done.exit_code == 1
    assert f"port {port} on 127.0.0.1 is taken" in done.stderr
    assert done.stderr.endswith(f"{option}\n")


def test_without_addresses_it_does_not_start(tmp_path: Path) -> None:
    path = tmp_path / "queues.toml"
    path.write_text('[owners.water]\nwebhook = "http://x/"')
    done = run("deliver", "--queues", path)
    assert done.exit_code == 1
    assert (
        done.stderr == f"queuewatch: {path}: no [owners] with deliver_file: nobody would be told\n"
    )


def test_a_place_of_deliver_must_be_an_address() -> None:
    done = run("alerts", "test", "water", "--deliver", "here:9096")
    assert done.exit_code == 2
    assert 'expected http://HOST:PORT, got "here:9096"' in done.stderr


class _Asked(BaseHTTPRequestHandler):
    """Answers as `deliver` does, and keeps what it was asked."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"targets": [], "remarks": []}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        pass


def test_the_runbooks_of_a_test_message_are_those_of_the_board_as_notify_has_it() -> None:
    with HTTPServer(("127.0.0.1", 0), _Asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = ("--deliver", f"http://127.0.0.1:{server.server_port}")
        board = ("--board-url", "https://wall.example.org/")
        _Asked.asked.clear()
        for more in ((), ("--runbooks", "https://wiki.example.org/")):
            done = run("alerts", "test", "water", *place, *board, *more)
            assert done.exit_code == 0, done.stderr
        server.shutdown()
    first, second = (parse_qs(urlsplit(path).query)["runbooks"] for path in _Asked.asked)
    assert first == ["https://wall.example.org/runbooks"]
    assert second == ["https://wiki.example.org"]


def test_a_test_goes_to_the_deliver_of_the_up_on_the_data(tmp_path: Path) -> None:
    with DataFolder(tmp_path), HTTPServer(("127.0.0.1", 0), _Asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        write_owner(tmp_path, Owner("127.0.0.1:1", "", 1, deliver_url=url))
        _Asked.asked.clear()
        done = run("alerts", "test", "power", "--data", tmp_path)
        assert done.exit_code == 0, done.stderr
        server.shutdown()
    assert [urlsplit(path).path for path in _Asked.asked] == ["/test/power"]
