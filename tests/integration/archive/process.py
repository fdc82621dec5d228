"""`queuewatch archive` as a process of its own, on free ports."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from streams.local.kafka import free_ports
from streams.local.kafka_place import HOST
from tests.support import forked
from tests.support.services import Server, get
from tests.support.waiting import wait_until

RUN = forked.MAIN
# As a crash between the insert and the commit: the process ends itself where it would commit rows.
KILLED_AT_COMMIT = f"""
import os, signal
import streams.sinks.clickhouse.writer as writer
commit = writer.Writer._commit
def die_if_rows(self, moved):
    if sum(self._status.read().rows.values()):
        os.kill(os.getpid(), signal.SIGKILL)
    commit(self, moved)
writer.Writer._commit = die_if_rows
{RUN}
"""
# Batches are full at once, so each is inserted beside the reading of the next one.
_SMALL_BATCHES = """
import streams.sinks.clickhouse.batches as batches
import streams.sinks.clickhouse.writer as writer
batches.FULL_ROWS = writer.POLL_RECORDS = 20
"""
SMALL_BATCHES = f"{_SMALL_BATCHES}{RUN}"
# As a crash while the third batch is inserted and a later one was read.
KILLED_BESIDE = f"""
import os, signal, time
{_SMALL_BATCHES}
insert, inserted = writer.Writer._insert, []
def die_at_the_third(self, batch):
    insert(self, batch)
    inserted.append(batch)
    while len(inserted) == 3:
        if self._batch.size:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)
writer.Writer._insert = die_at_the_third
{RUN}
"""


@dataclass(frozen=True)
class ArchiveProcess:
    server: Server
    metrics_port: int
    query_port: int

    def metric(self, name: str) -> float | None:
        """The value of one sample, labels included in the name; None where it is absent."""
        text = (get(f"http://{HOST}:{self.metrics_port}/metrics") or b"").decode()
        match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(match[1]) if match else None

    def is_ready(self) -> bool:
        return get(f"http://{HOST}:{self.metrics_port}/healthz") is not None

    def wait_for_rows(self, table: str, rows: int) -> None:
        name = f'queuewatch_archive_rows_total{{table="{table}"}}'
        wait_until(lambda: (self.metric(name) or 0) >= rows, f"{rows} rows in {table}")

    def says(self, words: str) -> bool:
        return words in self.server.log.read_text()


def archive_process(
    folder: Path,
    bootstrap: str,
    namespace: str,
    *more: str,
    program: str = RUN,
    waits_until_ready: bool = True,
) -> ArchiveProcess:
    """Not yet started. `more`: further options; its data lies in `folder`/data."""
    metrics_port, query_port = free_ports(2)
    command = [
        sys.executable, "-c", program, "archive", "--kafka", bootstrap, "--namespace", namespace,
        "--data", str(folder / "data"), "--metrics-port", str(metrics_port),
        "--query-port", str(query_port), *more,
    ]  # fmt: skip

    def ready() -> bool:
        return not waits_until_ready or get(f"http://{HOST}:{metrics_port}/healthz") is not None

    folder.mkdir(parents=True, exist_ok=True)
    server = Server("archive", command, ready, folder / "archive.log")
    return ArchiveProcess(server, metrics_port, query_port)
