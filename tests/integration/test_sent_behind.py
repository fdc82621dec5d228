"""A file that is sent right behind another one, while the stream does not keep up, takes back nothing of it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.local.kafka import LocalKafka
from tests.support.line import Line

DAY = ("--from", "2025-05-12T00:00:00Z", "--to", "2025-05-14T00:00:00Z")
QUEUES = '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\ngoal = 0.8\n[queues.q]\n'
CALL = "1,q,2025-05-12T09:00:00Z,2025-05-12T09:00:10Z,,2025-05-12T09:02:00Z,answered"
HEADER = "leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome"
WITH = f"{HEADER},topic\n{CALL},water\n"
WITHOUT = f"{HEADER}\n{CALL}\n"


@pytest.fixture
def line(kafka: LocalKafka, tmp_path: Path) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path, QUEUES) as started:
        yield started


def test_a_file_behind_another_one_waits_and_takes_back_nothing(line: Line) -> None:
    (former := line.folder / "former.csv").write_text(WITH)
    (later := line.folder / "later.csv").write_text(WITHOUT)
    line.stream.send(signal.SIGSTOP)
    try:
        line.run("send", "records", str(former), "--source", "pbx")
        sender = line.started("send", "records", str(later), "--source", "pbx")
        assert sender.stdout is not None
        told = sender.stdout.readline()
    finally:
        line.stream.send(signal.SIGCONT)
    said, _ = sender.communicate(timeout=60)
    assert told.startswith("queuewatch: waiting until history knows what was sent before: stream")
    assert sender.returncode == 0, said
    line.drain()
    (leg,) = line.history("legs", *DAY)
    assert leg["topic"] == "water"
