"""Thousands of walls on one process `board`: from a changed figure to each of them.

The topics are written here as the stream writes them, so that nothing but Kafka, the board and the walls takes part. Some queues change ten
times a second; once a second each department's first queue changes to a number that was never there, and each wall says when
that number came. All are on one machine, so its clock is the same for all of them.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from kafka import KafkaProducer
from msgspec import Struct

from schemas.attention import Attention
from schemas.codec import encode
from schemas.counters import Counts
from schemas.opening import Opening, parse_weekly
from schemas.targets import TargetsVersion
from schemas.topics import topic_name
from streams.admin.topics import create_topics
from streams.local.kafka import free_port
from tests.bench.part import Bench, Part
from tests.bench.processes import cpu_s, memory_mb, waited_s
from tests.bench.traffic import MANY_QUEUES
from tests.support.floors import snapshot, targets
from tests.support.forked import QUEUEWATCH
from tests.support.names import unique
from tests.support.recount import nearest_rank_s
from tests.support.services import ROOT, Server, get

DEPARTMENTS = 5
LANGUAGES = ("en", "id", "zu", "ar")
_MOVING = 20  # queues that change, ten times a second
_EVERY_S = 0.1
_LATEST_S = 5.0  # for the last number to come to the last wall
_COUNTS = Counts(offered=40, answered=36, answered_in_target=33, abandoned=4)


class Found(Struct):
    """`walls` are those that had every number within a second; times from the change of the figure to the wall's having it."""

    asked: int
    queues: int
    walls: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    board_cpu: float  # a share of one core, while the walls were there
    board_waited: float  # of that time, how long it had work and no core
    board_mb: float
    page_bytes: int
    update_cpu_ms: float  # of the board, for one update of all walls


def measure(bootstrap: str, folder: Path, walls: int, queues: int, seconds: int) -> Found:
    namespace = unique("walls") + "."
    create_topics(bootstrap, namespace, _now(), 1)
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    command = [
        QUEUEWATCH,
        "board",
        "--kafka",
        bootstrap,
        "--namespace",
        namespace,
        "--port",
        str(port),
    ]
    with (
        Server("board", command, lambda: get(url) is not None, folder / "board.log") as board,
        _Writer(bootstrap, namespace, queues) as writer,
    ):
        process = board._process
        assert process is not None
        command = [
            sys.executable,
            "-m",
            "tests.bench.wall_clients",
            str(port),
            str(walls),
            *pages(),
        ]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as clients:
            assert clients.stdout is not None
            assert clients.stdin is not None
            writer.until(lambda: False, 1.0)
            ready = clients.stdout.readline().strip()
            assert ready == "ready", ready
            used, began = cpu_s(process.pid), time.monotonic()
            queued = waited_s(process.pid)
            sent = writer.numbers(seconds)
            took = time.monotonic() - began
            share = (cpu_s(process.pid) - used) / took
            waits = (waited_s(process.pid) - queued) / took
            memory = memory_mb(process.pid)
            clients.stdin.write("end\n")
            clients.stdin.close()
            said = json.loads(clients.stdout.read())
    found = _found(sent, said, queues, share, waits, memory)
    found.update_cpu_ms = 1000 * share * took / max(said["events"] / walls, 1)
    return found


def pages() -> Iterator[str]:
    """As in a house with several departments: some see all of it, in several languages."""
    for language in LANGUAGES:
        yield f"/wall?lang={language}"
        yield from (f"/wall/d{each}?lang={language}" for each in range(DEPARTMENTS))


def figures(found: Found) -> dict[str, Any]:
    return {
        "walls": found.walls, "walls_asked": found.asked, "wall_queues": found.queues,
        "wall_update_p50_ms": round(found.p50_ms), "wall_update_p99_ms": round(found.p99_ms),
        "wall_board_cpu_share": round(found.board_cpu, 3),
        "wall_board_waited_share": round(found.board_waited, 3), "wall_board_mb": round(found.board_mb, 1),
    }  # fmt: skip


def rows(found: Found) -> Iterator[tuple[str, str, str]]:
    what = f"walls of {found.asked:,} on one board had every change within 1 s ({found.queues:,} queues)"
    yield "walls", f"{found.walls:,}", what
    yield (
        "wall_update_p99_ms",
        f"{found.p99_ms:.0f} ms",
        f"half {found.p50_ms:.0f} ms, most {found.max_ms:.0f} ms",
    )
    yield (
        "  CPU of the board meanwhile",
        f"{found.board_cpu:.0%} of a core",
        f"{found.board_waited:.0%} of the time it had none; {found.board_mb:.0f} MB, {found.page_bytes:,} bytes a page, {found.update_cpu_ms:.0f} ms of CPU for an update of all",
    )


def _found(
    sent: Mapping[int, int],
    said: Mapping[str, Any],
    queues: int,
    cpu: float,
    waited: float,
    memory: float,
) -> Found:
    waits: list[int] = []
    quick = 0
    for seen in said["seen"]:
        times = {int(number): at for number, at in seen.items()}
        of_wall = [_first_at_or_after(times, number) - at for number, at in sent.items()]
        waits += of_wall
        quick += max(of_wall) <= 1_000
    return Found(
        asked=len(said["seen"]), queues=queues, walls=quick,
        p50_ms=(nearest_rank_s(waits, 50) or 0) * 1000, p99_ms=(nearest_rank_s(waits, 99) or 0) * 1000,
        max_ms=max(waits), board_cpu=cpu, board_waited=waited, board_mb=memory, page_bytes=said["bytes"], update_cpu_ms=0.0,
    )  # fmt: skip


def _first_at_or_after(times: Mapping[int, int], number: int) -> int:
    """When a wall had this number or a newer one: a slow one gets the newest alone."""
    return min(at for each, at in times.items() if each >= number)


class _Writer:
    """Writes what a stream would."""

    def __init__(self, bootstrap: str, namespace: str, queues: int) -> None:
        self._namespace = namespace
        self._producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0)
        self._version = 1
        self._number = 0
        self._queues = [f"q{each:04d}" for each in range(queues)]
        open_ = Opening(weekly=parse_weekly("Mon-Sun 00:00-24:00"))
        promised = tuple(
            targets(
                queue=queue, name=f"Queue {each}", centre=f"c{each % 40}", centre_name=f"Centre {each % 40}",
                department=f"d{each % DEPARTMENTS}", department_name=f"Department {each % DEPARTMENTS}", opening=open_,
            )
            for each, queue in enumerate(self._queues)
        )  # fmt: skip
        self._send("targets", b"1", TargetsVersion(1, 0, 0, "UTC", promised))
        for queue in self._queues:
            self._say(queue, _now(), 0)
        self._producer.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()

    def numbers(self, seconds: int) -> dict[int, int]:
        """When each number was written, ms since 1970."""
        sent = {}
        for _ in range(seconds):
            self._number += 1
            sent[self._number] = now = _now()
            for queue in self._queues[:DEPARTMENTS]:
                self._say(queue, now, self._number)
            self._producer.flush()
            self.until(lambda: False, 1.0)
        self.until(lambda: False, _LATEST_S)
        return sent

    def until(self, is_over: Any, within_s: float) -> None:
        """Meanwhile the other queues go on as they do."""
        end = time.monotonic() + within_s
        while time.monotonic() < end and not is_over():
            now = _now()
            for each in range(_MOVING):
                place = DEPARTMENTS + (self._version + each) % (len(self._queues) - DEPARTMENTS)
                self._say(self._queues[place], now, 0)
            # Each is said anew every 2 s, as by a stream: else its figures grow old.
            share = len(self._queues) // 20 + 1
            start = (self._version // 1) % 20 * share
            for queue in self._queues[max(start, DEPARTMENTS) : start + share]:
                self._say(queue, now, 0)
            for queue in self._queues[:DEPARTMENTS]:
                self._say(queue, now, self._number)
            time.sleep(_EVERY_S)

    def _say(self, queue: str, now: int, waiting: int) -> None:
        self._version += 1
        asks = (
            Attention("act", "callers wait")
            if queue in self._queues[:DEPARTMENTS]
            else Attention("ok")
        )
        shown = snapshot(
            now, queue=queue, version=self._version, published_at=now, waiting=waiting,
            oldest_arrived_at=now - 9_000 if waiting else None, windows={30: _COUNTS}, today=_COUNTS,
            agents={"available": 2, "talking": 4}, attention=asks,
        )  # fmt: skip
        self._send("snapshots", queue.encode(), shown)

    def _send(self, topic: str, key: bytes, value: Struct) -> None:
        self._producer.send(topic_name(topic, self._namespace), encode(value), key=key)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _in(bench: Bench) -> None:
    found = measure(
        bench.bootstrap,
        bench.place("walls"),
        bench.options.walls,
        MANY_QUEUES,
        round(bench.options.latency_seconds),
    )
    bench.take(figures(found), rows(found))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--walls", type=int, default=2_000, help="screens that follow one board")


PART = Part("walls", _in, _options)
