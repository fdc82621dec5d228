"""Which version says that a file holds from a moment of the past; the rest is in tests/integration."""

from typing import Any

from msgspec.structs import replace

from schemas.codec import decode_as
from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, from_iso
from schemas.queues_toml import QueuesFile, parse_queues
from schemas.tables import TABLES
from schemas.targets_book import TargetsBook
from schemas.topics import version_of
from streams.admin.correcting_targets import Correction, version_from
from streams.admin.targets import next_version
from streams.core.rule_catalogue import RULE_TABLES
from streams.history.judging_again import Piece
from streams.sinks.clickhouse.rows import leg_row
from tests.support.builders import published, targets
from tests.support.fake_archive import FakeArchive

NOW = from_iso("2026-11-22T10:00:00Z")
SINCE = NOW - 30 * DAY


def _file(goal: float = 0.8) -> QueuesFile:
    text = f'[defaults]\nanswer_within = "20s"\ngoal = {goal}\n[queues.billing]\n'
    return parse_queues(text, RULE_TABLES)


def test_it_holds_from_then_on_and_not_before() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    assert first is not None
    second = version_from(first, _file(0.9), SINCE, NOW)
    assert second is not None
    assert (second.version, second.valid_from, second.published_at) == (2, SINCE, NOW)
    book = TargetsBook([first, second])
    assert [book.at("billing", at)[1] for at in (SINCE - 1, SINCE, NOW)] == [1, 2, 2]


def test_it_takes_the_place_of_versions_that_began_later() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    wrong = next_version(first, _file(0.5), NOW - 20 * DAY)
    right = version_from(wrong, _file(0.9), SINCE, NOW)
    assert first is not None
    assert wrong is not None
    assert right is not None
    book = TargetsBook([first, wrong, right])
    assert [book.at("billing", at)[1] for at in (SINCE - 1, SINCE, NOW - DAY)] == [1, 3, 3]


def test_what_is_said_already_is_not_published_again() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    second = version_from(first, _file(0.9), SINCE, NOW)
    assert version_from(second, _file(0.9), SINCE, NOW + 1) is None
    assert version_from(second, _file(0.9), SINCE + DAY, NOW + 1) is None
    earlier = version_from(second, _file(0.9), SINCE - DAY, NOW + 1)
    assert earlier is not None
    assert (earlier.version, earlier.valid_from) == (3, SINCE - DAY)


def test_published_for_the_calls_to_come_it_can_be_made_to_hold_from_before() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    to_come = next_version(first, _file(0.9), NOW)
    found = version_from(to_come, _file(0.9), SINCE, NOW)
    assert found is not None
    assert (found.version, found.valid_from) == (3, SINCE)


def test_the_first_version_of_all_holds_from_the_beginning_of_time() -> None:
    found = version_from(None, _file(), SINCE, NOW)
    assert found is not None
    assert (found.version, found.valid_from) == (1, 0)


class Client:
    """Kafka that took everything."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, LegRow, bytes]] = []

    def send(self, topic: str, value: bytes, key: bytes) -> Any:
        self.sent.append((topic, decode_as(LegRow, value), key))
        return self

    def get(self, timeout: float) -> None:
        assert timeout > 0


def archive_of(*legs: LegRow) -> FakeArchive:
    rows = (zip(TABLES["legs"], leg_row(leg), strict=True) for leg in legs)
    return FakeArchive(legs=[dict(row) for row in rows])


def leg(name: str, arrived_at: int, **more: Any) -> LegRow:
    told = LegRow(
        "billing", name, version_of(1, 7), arrived_at, arrived_at, "live", "node", "answered",
        arrived_at, left_at=arrived_at + 20_000, wait_ms=20_000, in_target=True,
    )  # fmt: skip
    return replace(told, **more)


def test_what_is_judged_otherwise_is_written_once_and_what_today_still_shows_is_counted() -> None:
    book = TargetsBook([published(targets(answer_within_ms=19_999))])
    correction = Correction("kafka:9092", "a.", SINCE, book, NOW)
    piece, client = Piece(0, NOW, 4), Client()
    today, used_up = NOW - HOUR, version_of(1, 8) - 1
    legs = (
        leg("today", today), leg("yesterday", NOW - DAY), leg("sent", today, feed="history"),
        leg("stuck", today, version=used_up),
    )  # fmt: skip
    correction.correct(archive_of(*legs), piece, client)
    assert (correction.done.legs, correction.done.still_on_the_wall) == (3, 1)
    assert [(topic, row.leg_id, key) for topic, row, key in client.sent] == [
        ("a.legs", name, b"billing") for name in ("today", "yesterday", "sent")
    ]
    rows = [row for _, row, _ in client.sent]
    assert {(row.in_target, row.known_at, row.version) for row in rows} == {
        (False, NOW, version_of(1, 7) + 1)
    }
    correction.correct(archive_of(*rows), piece, client)
    assert len(client.sent) == 3


def test_what_a_later_delivery_hides_is_judged_too_for_it_holds_when_that_is_withdrawn() -> None:
    book = TargetsBook([published(targets(answer_within_ms=19_999))])
    correction = Correction("kafka:9092", "a.", SINCE, book, NOW)
    client, before = Client(), SINCE - HOUR
    told_twice = (
        leg("a", NOW - HOUR, feed="history", delivery="first"),
        leg("a", NOW - HOUR, feed="history", delivery="second", version=version_of(1, 9)),
        # Its arrival was corrected: what holds lies before the range, what is hidden within.
        leg("b", SINCE, feed="history", delivery="first"),
        leg("b", before, feed="history", delivery="second", key_at=SINCE, version=version_of(1, 9)),
    )  # fmt: skip
    archive = archive_of(*told_twice)
    correction.correct(archive, Piece(0, NOW, 4), client)
    assert (correction.done.legs, correction.done.still_on_the_wall) == (1, 0)
    assert [(row.leg_id, row.delivery, row.version, row.in_target) for _, row, _ in client.sent] == [
        ("a", "first", version_of(1, 7) + 1, False), ("a", "second", version_of(1, 9) + 1, False),
        ("b", "first", version_of(1, 7) + 1, False),
    ]  # fmt: skip
