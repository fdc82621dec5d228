"""The follower around its sessions: what it says, what it survives, and how it reports."""

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from producers.asterisk.queue_log import QUEUE_LOG
from producers.following import Follower
from producers.open_delivery import FollowedDelivery
from producers.pace import StoppableClock
from producers.position import PositionFile
from producers.publisher import AddressError, Publisher, PublishError
from schemas.privacy import key_from_secret
from tests.support.deliveries import begun_delivery
from tests.support.publishing import KeptPublisher
from tests.support.waiting import wait_until

KEY = key_from_secret(b"a secret of the tests")
ENTERED = "1772445600|7.1|sales|NONE|ENTERQUEUE||5550001|1\n"
LEFT = "1772445620|7.1|sales|NONE|ABANDON|1|1|20\n"


class Place:
    """A follower in a thread of its own, as `run` does not return before it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.path, self.clock, self.said = folder / "queue_log", StoppableClock(), io.StringIO()
        self.publisher = KeptPublisher()
        self.connect: Callable[[], Publisher] = lambda: self.publisher
        self._file = PositionFile(folder / "position.json", "pbx")
        live = QUEUE_LOG.follow(self.path, "pbx", KEY, {})
        self.follower = Follower(
            "queue-log",
            live,
            self._file,
            self._connect,
            self.clock,
            self.said,
            FollowedDelivery(begun_delivery()),
        )
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.clock.stop()
        if self._thread.is_alive():
            self._thread.join(30)

    def told(self) -> list[str]:
        return [type(event).__name__ for event in self.publisher.calls]

    def _connect(self) -> Publisher:
        return self.connect()

    def _run(self) -> None:
        with self._file:
            self.follower.run()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    yield found
    found.stop()


def test_it_waits_for_the_file_and_says_so_once(place: Place) -> None:
    place.start()
    wait_until(lambda: place.follower.health().state == "waiting_for_file", "it waits")
    health = place.follower.health()
    assert (health.ready, health.detail) == (False, f"{place.path} is not there yet")
    place.path.write_text(ENTERED)
    wait_until(lambda: place.follower.health().ready, "it has read the file")
    assert place.said.getvalue() == (
        f"queue-log: {place.path} is not there yet; waits for it\nqueue-log: {place.path} is there\n"
    )
    wait_until(lambda: "read_to" in place.follower.health().totals, "it reports")
    health = place.follower.health()
    assert (health.process, health.instance, health.state) == ("queue-log", "pbx", "running")
    assert health.totals["unread_bytes"] == 0
    assert health.ages_s["last_line"] > 10**6
    wait_until(lambda: any(m.at > 10**12 for _, m in place.publisher.marks), "it ticks")


def test_what_kafka_did_not_take_is_read_again(place: Place) -> None:
    class Away(KeptPublisher):
        def flush(self) -> None:
            raise PublishError("Kafka at nowhere did not take 1 of 2 records: away; send again")

    attempts = iter([Away(), Away()])
    place.connect = lambda: next(attempts, place.publisher)
    place.path.write_text(ENTERED)
    place.start()
    wait_until(lambda: place.told() == ["Queued"], "the line is told after all")
    wait_until(lambda: place.follower.health().state == "running", "it is well again")
    assert place.said.getvalue() == (
        "queue-log: Kafka at nowhere did not take 1 of 2 records: away; tries again until it does\n"
        "queue-log: Kafka answers again\n"
    )


def test_a_stop_notes_what_was_read_and_the_next_one_goes_on(tmp_path: Path) -> None:
    told = []
    for line in (ENTERED, LEFT):
        place = Place(tmp_path)
        with place.path.open("a") as file:
            file.write(line)
        place.start()
        wait_until(place.told, "it has read the line")
        place.stop()
        told.append(place.told())
    assert told == [["Queued"], ["Abandoned"]]


def test_a_wrong_address_ends_it(tmp_path: Path) -> None:
    place = Place(tmp_path)

    def connect() -> Publisher:
        raise AddressError("expected HOST:PORT (--kafka)")

    place.connect = connect
    with pytest.raises(AddressError):
        place.follower.run()
