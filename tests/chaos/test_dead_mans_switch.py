"""What is not there any more cannot say so: an address outside, called while the whole chain works, is what speaks then."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.chaos.scale import real_only
from tests.support.paging import Paging, start_together
from tests.support.services import Server
from tests.support.waiting import wait_until

QUEUES = '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.q]\nowner = "duty"\n'
_EVERY_S = 60
SPEAKS_AFTER_S = 3 * _EVERY_S


class Switch:
    """A heartbeat service on loopback: it speaks when it was not called for some time."""

    def __init__(self) -> None:
        self.called_at = time.monotonic()
        self.calls = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.calls += 1
                outer.called_at = time.monotonic()
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def speaks(self) -> bool:
        return time.monotonic() - self.called_at > SPEAKS_AFTER_S

    def is_quiet(self) -> None:
        """Wait until it is called."""
        before = self.calls
        wait_until(lambda: self.calls > before, "the heartbeat comes", 4 * _EVERY_S + 60)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def switch() -> Iterator[Switch]:
    made = Switch()
    yield made
    made.close()


@real_only
def test_it_speaks_when_the_pipeline_stops_whole_or_in_any_part(
    bootstrap: str, tmp_path: Path, switch: Switch
) -> None:
    (tmp_path / "heartbeat.url").write_text(switch.url)
    made = Paging(bootstrap, tmp_path, QUEUES, ["duty"], straight=False, hurried=False,
                  heartbeat=tmp_path / "heartbeat.url")  # fmt: skip

    def kill(*parts: Server) -> None:
        switch.is_quiet()
        for each in parts:
            each.kill()
        stopped = ", ".join(each.name for each in parts)
        wait_until(switch.speaks, f"it speaks: {stopped} stopped", SPEAKS_AFTER_S + 60)
        start_together(parts)

    with made as chain:
        parts = (chain.line.stream, chain.pager.server, chain.notify)
        kill(*parts)
        for each in parts:
            kill(each)
        switch.is_quiet()
        assert chain.by_alertmanager.posts == []
