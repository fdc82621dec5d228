"""`queuewatch topics grow` on a real Kafka, with calls open and an alert firing across the move."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient

from dashboards.wallboard.latest import Latest
from schemas.agents import RosterEntry
from schemas.calls import Abandoned, Answered, Ended, Queued
from schemas.snapshots import QueueSnapshot
from schemas.topics import topic_name
from streams.admin import growing
from streams.admin.alerts import read as read_alerts
from streams.admin.broker import AdminError, read_whole
from streams.admin.growing import INPUTS
from streams.admin.topics import read_epoch
from streams.local.kafka import LocalKafka
from streams.plumbing.partitions import partition_of
from streams.plumbing.wall_clock import now_ms
from tests.support.line import Line
from tests.support.open_calls import Sender, newest, shown
from tests.support.waiting import wait_until

NAMES = [f"queue{number}" for number in range(10)]
FILE = """[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
alerts.oldest_wait = { raise_above = "60s", clear_below = "30s", clear_hold = "5s" }
""" + "".join(f"[queues.{name}]\n" for name in NAMES)
FORMER, WANTED = 3, 8


def boards(line: Line) -> Latest:
    """A board that is opened now, and reads the partitions in the order that is worst for it: newest first."""
    latest = Latest()
    name = topic_name("alerts", line.namespace)
    for record in reversed(read_whole(line.bootstrap, name)):
        latest.apply("alerts", record.key, record.value)
    return latest


def fired(line: Line) -> set[str]:
    known = read_alerts(line.bootstrap, line.namespace).alerts
    return {each.queue for each in known if each.state == "firing"}


def told(sender: Sender) -> None:
    """Of each queue one call that is over, one that is talked to, and one that waits."""
    for name in NAMES:
        sender.send(
            sender.call(Queued, f"{name}-done", name, 0),
            sender.call(Answered, f"{name}-done", name, 9_000, agent=f"agent-{name}"),
            sender.call(Ended, f"{name}-done", name, 60_000),
            sender.call(Queued, f"{name}-talks", name, 10_000),
            sender.call(Answered, f"{name}-talks", name, 15_000, agent=f"agent-{name}"),
            sender.call(Queued, f"{name}-waits", name, 20_000),
        )
    sender.send(sender.tick())


def test_live_figures_go_on_and_history_is_whole(kafka: LocalKafka, tmp_path: Path) -> None:
    line = Line(kafka.place.bootstrap, tmp_path, FILE, partitions=FORMER)
    sender = Sender(line.bootstrap, line.namespace)
    moved = [
        name
        for name in NAMES
        if partition_of(name.encode(), FORMER) != partition_of(name.encode(), WANTED)
    ]
    assert moved, "no queue of this test changes its partition"
    with line:
        sender.send(*(sender.agent(f"agent-{name}", name) for name in NAMES))
        told(sender)
        wait_until(lambda: fired(line) == set(NAMES), "an alert fires for each queue")
        line.drain()
        line.stream.stop()
        before, roster = (
            shown(line.bootstrap, line.namespace),
            newest(line.bootstrap, line.namespace, "roster", RosterEntry, "agent"),
        )
        assert all(row["waiting"] == 1 and row["in_service"] == 1 for row in before.values())

        # Somebody who only adds partitions: nothing is counted in two places.
        admin = KafkaAdminClient(bootstrap_servers=line.bootstrap)
        admin.create_partitions({topic_name("calls", line.namespace): WANTED})
        admin.close()
        line.stream.begin()
        remedy = f"topics grow --partitions {WANTED}"
        wait_until(lambda: remedy in line.stream.log.read_text(), "the worker says why it waits")
        line.stream.stop()

        said = line.run("topics", "grow", "--partitions", str(WANTED))
        agents_moved = sum(
            partition_of(f"agent-{name}".encode(), FORMER)
            != partition_of(f"agent-{name}".encode(), WANTED)
            for name in NAMES
        )
        assert f"{len(moved) + agents_moved} queues and agents moved" in said
        assert line.run("topics", "check") == "topics are as they must be\n"
        again = line.run("topics", "grow", "--partitions", str(WANTED))
        assert again == f"there are {WANTED} partitions already\n"
        epoch = read_epoch(line.bootstrap, line.namespace)
        assert epoch is not None
        assert (epoch.partitions, len(epoch.counted_from["calls"])) == (WANTED, FORMER)

        line.stream.start()

        def is_shown() -> bool:
            rows = newest(line.bootstrap, line.namespace, "snapshots", QueueSnapshot, "queue")
            return all(row.version >> 40 == epoch.epoch for row in rows.values())

        wait_until(is_shown, "each queue is shown by the worker of now")
        rows = newest(line.bootstrap, line.namespace, "snapshots", QueueSnapshot, "queue")
        assert {queue: row.partition for queue, row in rows.items()} == {
            name: partition_of(name.encode(), WANTED) for name in NAMES
        }
        after = shown(line.bootstrap, line.namespace)
        for name in NAMES:
            assert after[name] == before[name]
        assert set(boards(line).alerts) == {each.alert_id for each in _firing(line)}
        assert newest(line.bootstrap, line.namespace, "roster", RosterEntry, "agent") == roster

        for name in NAMES:
            sender.send(
                sender.call(Ended, f"{name}-talks", name, 100_000),
                sender.call(Answered, f"{name}-waits", name, 120_000, agent=f"agent-{name}"),
                sender.call(Ended, f"{name}-waits", name, 130_000),
            )
        sender.send(sender.tick())

        def is_over() -> bool:
            sender.send(sender.tick())
            return not fired(line)

        wait_until(is_over, "the alerts end")
        line.drain()
        assert boards(line).alerts == {}
        legs = line.history("legs", "--from", "2026-01-01", "--to", "2099-01-01")
        assert sorted((row["queue"], row["outcome"]) for row in legs) == sorted(
            (name, "answered") for name in NAMES for _ in range(3)
        )
        for row in shown(line.bootstrap, line.namespace).values():
            assert (row["today"]["offered"], row["waiting"], row["in_service"]) == (3, 0, 0)
        line.check_books(NAMES)


def _firing(line: Line) -> list[Any]:
    known = read_alerts(line.bootstrap, line.namespace).alerts
    return [each for each in known if each.state == "firing"]


def test_interrupted_it_goes_on_and_what_came_meanwhile_is_counted_in_its_new_place(
    kafka: LocalKafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(kafka.place.bootstrap, tmp_path, FILE, partitions=2)
    sender = Sender(line.bootstrap, line.namespace)
    add_partitions = growing._add_partitions

    def send_add_and_end(*arguments: Any) -> None:
        sender.send(
            *(sender.call(Abandoned, f"{name}-1", name, 30_000) for name in NAMES),
            *(sender.agent(f"late-{name}", name) for name in NAMES),
            sender.tick(),
        )
        add_partitions(*arguments)
        raise AdminError("interrupted")

    with line:
        sender.send(*(sender.call(Queued, f"{name}-1", name, 0) for name in NAMES), sender.tick())
        line.drain()
        line.stream.stop()
        with monkeypatch.context() as interrupted:
            interrupted.setattr(growing, "_add_partitions", send_add_and_end)
            with pytest.raises(AdminError, match="interrupted"):
                growing.grow(line.bootstrap, line.namespace, 5, now_ms, print)
        assert "topics grow --partitions 5" in line.fails("topics", "check")
        done = growing.grow(line.bootstrap, line.namespace, 5, now_ms, print)
        assert done.sent_again == 2 * len(NAMES) + 2 * len(INPUTS)
        line.stream.start()
        line.drain()
        line.check_books(NAMES)
        legs = line.history("legs", "--from", "2026-01-01", "--to", "2099-01-01")
        assert sorted((row["queue"], row["outcome"]) for row in legs) == [
            (name, "abandoned") for name in sorted(NAMES)
        ]
        rows = newest(line.bootstrap, line.namespace, "snapshots", QueueSnapshot, "queue")
        assert {queue: row.partition for queue, row in rows.items()} == {
            name: partition_of(name.encode(), 5) for name in NAMES
        }
        assert {row.waiting for row in rows.values()} == {0}
        assert len(newest(line.bootstrap, line.namespace, "roster", RosterEntry, "agent")) == len(
            NAMES
        )


def test_while_somebody_sends_or_something_is_uncounted_nothing_is_moved(
    kafka: LocalKafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(kafka.place.bootstrap, tmp_path, FILE, partitions=2)
    sender = Sender(line.bootstrap, line.namespace)
    with monkeypatch.context() as while_it_listens:
        ticking = SimpleNamespace(sleep=lambda _: sender.send(sender.tick()))
        while_it_listens.setattr(growing, "time", ticking)
        with pytest.raises(AdminError, match="somebody sends to"):
            growing.grow(line.bootstrap, line.namespace, 3, now_ms, print)
    with pytest.raises(AdminError, match="not everything is counted"):
        growing.grow(line.bootstrap, line.namespace, 3, now_ms, print)
    with pytest.raises(AdminError, match="there are 2 partitions: fewer cannot be had"):
        growing.grow(line.bootstrap, line.namespace, 1, now_ms, print)
    assert line.run("topics", "check") == "topics are as they must be\n"
