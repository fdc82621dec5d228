"""The disk under Kafka is full while all that tells people runs: clear words, and nothing is lost afterwards."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from producers.publisher import Publisher, PublishError
from schemas.calls import Queued
from streams.local.kafka import LocalKafka, free_ports, spawn
from streams.local.kafka_place import KafkaPlace
from tests.chaos.scale import open_only, real_only
from tests.support.paging import Paging, Platform, now_ms
from tests.support.services import KAFKA_LIBS, program
from tests.support.waiting import wait_until

_DISK_MB = 96
_WITHIN_S = 240.0
OWNERS = ("before", "during", "after")
QUEUES = """
[defaults]
answer_within = "20s"
goal = 0.8
alerts.oldest_wait = { raise_above = "2s", clear_below = "1s", hold = "0s", clear_hold = "5s" }
""" + "".join(f'[queues.{each}]\nowner = "{each}"\n' for each in OWNERS)


@contextmanager
def small_disk(place: KafkaPlace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The storage of a broker on a file system of its own, in memory; the path by which we see it.

    A process holds the mount, which goes with it whatever happens to the test. A `java` before the real one on the PATH
    runs there, so that what the broker wrote outlives the broker.
    """
    place.storage.mkdir(parents=True)
    mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
    mount = f'mount -t tmpfs -o size={_DISK_MB}m tmpfs "$0" && echo mounted && exec sleep infinity'
    holder = subprocess.Popen(
        [program("unshare", "util-linux"), *mapped, "--mount", "sh", "-c", mount, str(place.storage)],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mounted\n"
        holder.stdout.close()
        inside = ["--mount", f"--target={holder.pid}", *(["--user"] if mapped else [])]
        words = [
            program("nsenter", "util-linux"),
            *inside,
            "--",
            program("java", "openjdk-17-jre-headless"),
        ]
        (folder / "bin").mkdir()
        java = folder / "bin" / "java"
        java.write_text(f'#!/bin/sh\nexec {" ".join(words)} "$@"\n')
        java.chmod(0o755)
        monkeypatch.setenv("PATH", f"{java.parent}:{os.environ['PATH']}")
        yield Path(f"/proc/{holder.pid}/root{place.storage}")
    finally:
        holder.kill()
        holder.wait()


def filled(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:

        def fill() -> None:
            while True:
                file.write(bytes(1 << 12))

        with pytest.raises(OSError, match="No space left"):
            fill()


def refused(bootstrap: str, namespace: str, event: Queued) -> str:
    """What a sender is told whose record Kafka does not take."""

    def send() -> None:
        with Publisher(bootstrap, namespace, delivered_within_s=20) as publisher:
            while True:  # a full disk may have some bytes left in its last page
                publisher.send_call(event)
                publisher.flush()

    with pytest.raises(PublishError) as error:
        send()
    return str(error.value)


@real_only
@open_only
def test_the_disk_under_kafka_is_full_while_people_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = KafkaPlace(tmp_path / "kafka", KAFKA_LIBS, *free_ports(2))
    with small_disk(place, tmp_path, monkeypatch) as disk:
        broker = spawn(place)
        (place.storage / "meta.properties").touch()  # behind the mount: we see that it is formatted
        try:
            broker.wait_until_ready()
            broker = _told_before_and_after(broker, disk, tmp_path)
        finally:
            broker.stop()


def _told_before_and_after(broker: LocalKafka, disk: Path, folder: Path) -> LocalKafka:
    paging = Paging(broker.place.bootstrap, folder, QUEUES, OWNERS)
    lost = Queued(event_id="lost:1", at=now_ms(), source="pbx-2", queue="during", leg_id="lost")
    with paging:
        paging.platform.waits("before")
        paging.told("before")
        paging.platform.speaks.clear()
        filled(disk / "ballast")
        said = refused(paging.bootstrap, paging.namespace, lost)
        print(f"a sender is told: {said}")
        assert "\n" not in said
        wait_until(lambda: broker.process.poll() is not None, "Kafka gives up", _WITHIN_S)
        assert "No space left on device" in broker.place.log.read_text()
        assert paging.bootstrap in paging.line.fails("alerts", "ack", "oldest_wait/before")
        (disk / "ballast").unlink()
        broker = spawn(broker.place)
        broker.wait_until_ready()
        wait_until(
            lambda: all(each.is_tended() for each in paging.ours), "all are ready", _WITHIN_S
        )
        _goes_on(paging, lost)
    return broker


def _goes_on(paging: Paging, lost: Queued) -> None:
    with Platform(paging.bootstrap, paging.namespace, "pbx-2") as second:
        second.says(lost, lost)  # its sender sends it again, twice
        second.waits("after")
        for owner in ("during", "after"):
            paging.told(owner)
        with Platform(paging.bootstrap, paging.namespace) as first:
            first.answers("before")
            paging.told("before", 2)
        assert (
            len(paging.got_by_alertmanager("before")) == len(paging.got_by_deliver("before")) == 2
        )
        for owner in ("during", "after"):
            assert len(paging.got_by_alertmanager(owner)) == len(paging.got_by_deliver(owner)) == 1
        assert {each.n for each in paging.versions("during")} == {1}
    paging.line.check_books(OWNERS)
    paging.clean()
