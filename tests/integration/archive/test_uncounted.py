"""Facts that the stream has not counted end what is known, hold publications back, and are said; on both databases."""

from collections.abc import Iterator, Sequence

import pytest
from msgspec.structs import replace

from schemas.calls import Abandoned, Answered, CallEvent, Ended, FinishedLeg, Offered, Queued
from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, MINUTE, SECOND, from_iso
from schemas.periods import period_of
from schemas.quarantine import Quarantined
from schemas.report_plans import ReportPlan, parse_when
from schemas.topics import version_of
from streams.history.catalogue import read_catalogue
from streams.history.known_range import check_known
from streams.history.months import Range
from streams.history.publishing import Wanted, publication_of
from streams.history.question import HistoryError, Question
from streams.history.reach import ends
from streams.history.uncounted import Uncounted, overdue, uncounted
from streams.scheduled.making import Maker, NotReadyError
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import event_row, leg_row, quarantine_row
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.builders import published, targets
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

START, END = from_iso("2026-10-05T00:00:00Z"), from_iso("2026-10-06T00:00:00Z")
RANGE = Range(START, END)
NOON = START + 12 * HOUR
NOW = END + 3 * HOUR
EPOCH = 77


def queued(offset: int, at: int, leg: str = "", queue: str = "bursts") -> Queued:
    return Queued(
        event_id=f"q{offset}", at=at, source="pbx", queue=queue, leg_id=leg or f"l{offset}"
    )


def tell(archive: Database, first: int, *events: CallEvent, partition: int = 0) -> None:
    """Appended a second after they happened, one after the other in the log."""
    rows = [
        event_row(each, f"calls-{partition}", first + n, each.at + SECOND)
        for n, each in enumerate(events)
    ]
    keep(archive, "events", rows)


def row(offset: int, at: int, outcome: str = "answered", queue: str = "bursts", caused: int | None = None) -> LegRow:  # fmt: skip
    """The leg of `queued`; `caused`: the offset of the fact by which it is so."""
    left = None if outcome == "open" else at + 10 * SECOND
    made = leg_row_of(Recorded(f"l{offset}", queue, at, outcome, left), 0, at + SECOND)
    version = version_of(EPOCH, offset if caused is None else caused)
    return replace(
        made, version=version, source="pbx", answer_within_ms=20_000, short_abandon_ms=5_000, goal=0.8,
        formula="short_abandons_ignored", targets_version=1, in_target=outcome == "answered",
    )  # fmt: skip


def count(archive: Database, rows: Sequence[LegRow]) -> None:
    keep(archive, "leg_versions", [leg_row(each) for each in rows])


# A call in each half hour from the eve to after the day, at both ends of the archive.
TIMES = [START - HOUR + n * 30 * MINUTE for n in range(55)]


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("uncounted")
    with opened(request.param, folder, clickhouse_server) as database:
        keep_targets(database, published(targets("bursts")))
        tell(database, 0, *(queued(n, at) for n, at in enumerate(TIMES)))
        yield database


def counted_to(archive: Database, end: int) -> None:
    """The stream has come to this time."""
    count(archive, [row(n, at) for n, at in enumerate(TIMES) if at < end])


def publish(archive: Database) -> str:
    made = publication_of(
        archive, read_catalogue(archive, NOW), Wanted("day", "2026-10-05"), who="Ann", version="1", now=NOW
    )  # fmt: skip
    return made.publication.publication_id


def test_what_is_known_ends_with_what_is_counted_and_publications_go_on_by_themselves(
    archive: Database,
) -> None:
    counted_to(archive, NOON)
    behind = uncounted(archive, RANGE)
    assert behind == Uncounted(24, 1, NOON)
    assert ends(archive) == (TIMES[0], NOON)
    with pytest.raises(HistoryError, match="2026-10-05 is not published: calls are counted until"):
        publish(archive)
    plan = ReportPlan(
        name="daily", what="day", when=parse_when("06:30"), formats=("csv",), zone="UTC", period_zone="UTC"
    )  # fmt: skip
    make = Maker(lambda: Kept(archive), "1")
    day = period_of("2026-10-05")
    with pytest.raises(NotReadyError, match=r"facts of 1 queue from then on \(24\) are in"):
        make(plan, day, NOW)
    catalogue = read_catalogue(archive, NOW)
    with pytest.raises(HistoryError, match=r"no value: nothing is known .*lags or has stopped"):
        check_known(archive, catalogue, Question(NOON + HOUR, NOON + 2 * HOUR))
    check_known(archive, catalogue, Question(NOON - HOUR, NOON + 2 * HOUR))  # in part
    assert uncounted(archive, Range(START, NOON)) is None

    counted_to(archive, NOW)
    assert uncounted(archive, RANGE) is None
    known = ends(archive)
    assert known is not None
    assert known[1] > END
    assert publish(archive) == "day-2026-10-05-1"
    assert make(plan, day, NOW).of


class Kept:
    """The archive, which its user closes."""

    def __init__(self, database: Database) -> None:
        self.execute = database.execute

    def close(self) -> None: ...


def test_a_quiet_night_a_fact_told_twice_and_one_that_changes_no_count_hold_nothing_back(
    archive: Database,
) -> None:
    counted_to(archive, NOW)
    last = len(TIMES) - 1
    offered = Offered(
        event_id="o", at=TIMES[last] + 1, source="pbx", queue="bursts", leg_id=f"l{last}"
    )
    tell(archive, 100, queued(0, TIMES[last], f"l{last}"), offered)
    assert uncounted(archive) is None
    tell(archive, 102, queued(102, TIMES[last] + MINUTE))
    assert uncounted(archive) == Uncounted(1, 1, TIMES[last] + MINUTE)


def test_a_queue_whose_part_of_the_log_is_not_read_is_found_beside_one_that_is(
    archive: Database,
) -> None:
    counted_to(archive, NOW)
    tell(archive, 7, queued(7, NOON + 5, queue="other"), partition=1)
    assert uncounted(archive, RANGE) == Uncounted(1, 1, NOON + 5)
    assert uncounted(archive, RANGE, {"bursts"}) is None
    assert uncounted(archive, RANGE, set()) is None
    assert uncounted(archive, RANGE, appended_by=NOON) is None
    assert uncounted(archive, RANGE, appended_by=NOON + 2 * SECOND) is not None
    keep(
        archive,
        "quarantine",
        [quarantine_row(Quarantined("calls-1", 7, "too_old", "", NOON + 5 + SECOND, ""))],
    )
    assert uncounted(archive, RANGE) is None  # it is refused, and said to be that


def test_an_answer_or_an_end_of_a_leg_that_is_still_open_is_waited_for(archive: Database) -> None:
    counted_to(archive, END)
    at, leg = END - MINUTE, "l200"
    tell(archive, 200, queued(200, at))
    count(archive, [row(200, at, "open")])
    answered = Answered(event_id="a", at=END + MINUTE, source="pbx", queue="bursts", leg_id=leg)
    tell(archive, 201, answered)
    last = END - 1  # the fact lies behind the range, its call in it
    assert uncounted(archive, RANGE) == Uncounted(1, 1, last)
    count(archive, [row(200, at, "answered", caused=201)])
    assert uncounted(archive, RANGE) is None
    ended = Ended(event_id="e", at=END + 2 * MINUTE, source="pbx", queue="bursts", leg_id=leg)
    gone = Abandoned(event_id="g", at=END + 3 * MINUTE, source="pbx", queue="bursts", leg_id=leg)
    tell(archive, 202, ended, gone)
    assert uncounted(archive, RANGE) == Uncounted(1, 1, last)  # of an answered one nobody leaves


def test_facts_of_one_batch_have_one_time_and_are_told_apart_by_their_places(
    archive: Database,
) -> None:
    counted_to(archive, NOW)
    late = TIMES[-1] + HOUR
    batch = [queued(300 + n, late) for n in range(3)]
    tell(archive, 300, *batch)
    count(archive, [row(300, late), replace(row(301, late), version=version_of(EPOCH, 301))])
    assert uncounted(archive) == Uncounted(1, 1, late)


def test_new_targets_do_not_move_the_stream_on(archive: Database) -> None:
    counted_to(archive, NOON)
    judged = row(0, TIMES[0])
    count(archive, [replace(judged, version=judged.version + 1, known_at=NOW)])
    assert uncounted(archive, RANGE) == Uncounted(24, 1, NOON)


def test_records_that_are_sent_end_their_own_range_alone(archive: Database) -> None:
    counted_to(archive, NOW)
    of_old = [
        FinishedLeg(
            event_id=f"h{n}", at=START - 9 * DAY + n * HOUR + SECOND, source="records", feed="history", queue="bursts",
            leg_id=f"h{n}", outcome="abandoned", arrived_at=START - 9 * DAY + n * HOUR, left_at=START - 9 * DAY + n * HOUR + SECOND,
        )
        for n in range(4)
    ]  # fmt: skip
    keep(
        archive,
        "events",
        [event_row(each, "calls-0", 400 + n, NOW) for n, each in enumerate(of_old)],
    )
    first = START - 9 * DAY
    assert uncounted(archive) is None
    assert uncounted(archive, Range(first, first + DAY)) == Uncounted(4, 1, first)
    assert uncounted(archive, RANGE) is None
    made = leg_row_of(Recorded("h3", "bursts", first + 3 * HOUR, "abandoned", first + 3 * HOUR), 0, NOW)  # fmt: skip
    count(archive, [replace(made, version=version_of(EPOCH, 403), feed="history")])
    assert uncounted(archive, Range(first, first + DAY)) is None


def test_in_the_last_minute_nothing_is_overdue(archive: Database) -> None:
    counted_to(archive, NOON)
    asked = Question(START, END, now=NOON + 31 * SECOND)
    assert overdue(archive, asked, None) is None
    late = Question(START, END, now=NOON + 2 * MINUTE)
    found = overdue(archive, late, None)
    assert found == Uncounted(1, 1, NOON)
