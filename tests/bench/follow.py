"""How fast `send queue-log --follow` catches up with a log that lies there, acknowledged by Kafka."""

import argparse
import time
from pathlib import Path

from producers.asterisk.queue_log import QUEUE_LOG
from producers.position import PositionFile
from producers.publisher import Publisher
from producers.session import LiveCounts, Session
from schemas.privacy import key_from_secret
from tests.bench.part import Bench, Part

_LINES_A_CALL = 4
_CALLS_A_SECOND = 10
_AGENTS = 100


def lines_a_second(bootstrap: str, namespace: str, folder: Path, lines: int) -> float:
    """Lines read, told, delivered and noted a second; an event of a call or an agent each, and more."""
    path = folder / "queue_log"
    live = QUEUE_LOG.follow(path, "bench", key_from_secret(b"a secret of the bench"), {})
    _write(path, lines // _LINES_A_CALL)
    counts = LiveCounts()
    with (
        Publisher(bootstrap, namespace) as publisher,
        PositionFile(folder / "position.json", "bench") as file,
    ):
        session = Session(live, file, publisher, counts, print)
        began = time.monotonic()
        while session.step(_now()):
            session.hand_over(_now)
        session.hand_over(_now, at_once=True)
        took_s = time.monotonic() - began
        session.close()
    if counts.records != lines // _LINES_A_CALL * _LINES_A_CALL or counts.refused:
        raise AssertionError(f"{counts.records:,} lines read, {counts.refused:,} of them refused")
    return counts.records / took_s


def _write(path: Path, calls: int) -> None:
    start = int(time.time()) - calls // _CALLS_A_SECOND - 200
    timed: list[tuple[int, str]] = []
    for number in range(calls):
        at = start + number // _CALLS_A_SECOND
        head = f"{at}.{number}|bench-{number % 200:04d}"
        agent = f"PJSIP/{number % _AGENTS}"
        timed += [
            (at, f"{head}|NONE|ENTERQUEUE||555{number % 10_000:04}|1"),
            (at + 5, f"{head}|{agent}|RINGNOANSWER|4000"),
            (at + 9, f"{head}|{agent}|CONNECT|9|{at}.1|3"),
            (at + 99, f"{head}|{agent}|COMPLETECALLER|9|90|1"),
        ]
    timed.sort()
    path.write_text("".join(f"{at}|{text}\n" for at, text in timed))


def _now() -> int:
    return time.time_ns() // 1_000_000


def _in(bench: Bench) -> None:
    line, lines = bench.line("follow"), bench.options.lines
    rate = lines_a_second(bench.bootstrap, line.namespace, line.folder, lines)
    bench.note("follow_lines_per_s", rate, f"lines/s of a queue_log followed ({lines:,} lines)")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=int, default=200_000, help="of the queue_log to follow")


PART = Part("follow", _in, _options)
