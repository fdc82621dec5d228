"""After a purge each question has the figures of before, or none, and never those of what is left; on both databases."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.legs import LegRow
from schemas.metrics import Metric
from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.past_figures import Part as PagePart
from schemas.past_figures import PastAsked, PastTold
from schemas.periods import of_kind
from schemas.tables import TABLES
from streams.history import registry
from streams.history.alert_quality import REPORT as ALERTS
from streams.history.building import build_all, close_before
from streams.history.catalogue import read_catalogue
from streams.history.kept import DeletedError
from streams.history.papers.asked import asked
from streams.history.papers.making import paper_of
from streams.history.past_figures import past_figures
from streams.history.period import period_of
from streams.history.question import Question
from streams.history.report import Report, Row, answer
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.deletions import MOMENTS, Deleted, read_deleted
from streams.sinks.clickhouse.purge import TIME_OF_ROW, purge, wait_until_rewritten
from streams.sinks.clickhouse.rows import leg_row
from tests.integration.archive.databases import KINDS, keep, keep_as_archive, keep_targets, opened
from tests.support.legs import made_up_legs
from tests.support.promising import PROMISES, promised_row, promising_targets
from tests.support.services import ClickHouse

ZONE = "Europe/Berlin"
START = from_iso("2026-03-30T00:00:00+02:00")
APRIL, MAY = (from_iso(f"2026-0{month}-01T00:00:00+02:00") for month in (4, 5))
END = from_iso("2026-05-09T00:00:00+02:00")
CUT = from_iso("2026-04-15T09:00:00+02:00")
NOW = from_iso("2026-06-01T00:00:00Z")
AFTER = from_iso("2026-06-20T12:00:00Z")  # when it was purged
QUEUES = [*PROMISES, "elsewhere"]
ROWS: list[LegRow] = [
    replace(promised_row(leg, 2, leg.arrived_at + HOUR), contact_id=f"contact-{number % 400}")
    for number, leg in enumerate(made_up_legs(5, START, END, QUEUES, 1_200))
]
METRIC = Metric("soon", "answered_in_20_s / offered", "share")
REPORTS: Mapping[str, Report] = {
    **{name: registry.report(name) for name in registry.names()},
    "alerts quality": ALERTS,
}
MONTH = Question(
    APRIL, MAY, every_ms=30 * MINUTE, window_ms=30 * MINUTE, now=NOW, contact_id="contact-7"
)
# Of one report several questions, where it reads other tables for each.
QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "snapshots": (
        replace(MONTH, end=APRIL + DAY),
        replace(MONTH, end=APRIL + DAY, from_legs=True),
    ),
    "queue-length": (replace(MONTH, by="all"),),
    "corrections": (MONTH, replace(MONTH, range_of="known")),
    "intervals": (replace(MONTH, every_ms=DAY), replace(MONTH, every_ms=DAY, basis="event")),
    "summary": (
        *(replace(MONTH, by=by, every_ms=None) for by in ("queue", "centre", "all", "channel")),
        replace(MONTH, every_ms=None, basis="event"),
        replace(MONTH, every_ms=None, as_of=NOW),
    ),
}  # fmt: skip


def minute_row(at: int, number: int) -> tuple[object, ...]:
    known = {
        "queue": QUEUES[0],
        "at": at // 1000,
        "at_ms": at,
        "window_minutes": 30,
        "version": 1,
        "known_at_ms": at,
    }
    texts = {"formula": "short_abandons_ignored", "not_evaluated": "{}"}
    arrays: dict[str, object] = {"agents_states": [], "agents_counts": []}
    return tuple((known | texts | arrays).get(name, number % 3) for name in TABLES["minutes"])


def spell_row(at: int, number: int) -> tuple[object, ...]:
    known = {
        "agent": f"agent-{number % 5}", "started_at": at // 1000, "started_at_ms": at, "version": 1, "source": "pbx",
        "state": "available", "routing_state": "available", "activity": "", "reason": "", "known_at_ms": at + HOUR,
        "ended_at_ms": at + HOUR, "queues": [QUEUES[0]],
    }  # fmt: skip
    return tuple(known[name] for name in TABLES["spells"])


def fill(database: Database) -> None:
    keep_targets(database, replace(promising_targets(ZONE), metrics=(METRIC,)))
    keep_as_archive(
        database,
        "leg_versions",
        [leg_row(replace(leg, version=1, outcome="open")) for leg in ROWS[::7]],
    )
    keep_as_archive(database, "leg_versions", [leg_row(leg) for leg in ROWS])
    hours = [*enumerate(range(START, END, HOUR))]
    keep(database, "minutes", [minute_row(at, number) for number, at in hours])
    keep(database, "spells", [spell_row(at, number) for number, at in hours])
    build_all(database, NOW, NOW)


class Purged:
    """The answers of before, and the archive as the purge left it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._told: dict[tuple[str, Question], list[list[Row]] | DeletedError] = {}
        fill(database)
        self.before = {
            (name, question): self.ask(name, question)
            for name in REPORTS
            for question in QUESTIONS.get(name, (MONTH,))
        }
        self.pages = {part: self.page(part) for part in PAGE}
        self.paper = self.tables_of_paper()
        close_before(database, AFTER, CUT)
        purge(database, CUT, AFTER, lambda _: None)

    def after(self, name: str, question: Question) -> list[list[Row]] | DeletedError:
        """Asked once for all tests that only read."""
        if (name, question) not in self._told:
            self._told[name, question] = self.ask(name, question)
        return self._told[name, question]

    def ask(self, name: str, question: Question) -> list[list[Row]] | DeletedError:
        try:
            found = answer(
                REPORTS[name], self.database, read_catalogue(self.database, NOW), question
            )
        except DeletedError as error:
            return error
        return [[dict(row) for row in rows] for rows in found.rows]

    def page(self, part: PagePart) -> PastTold:
        period = of_kind(
            "day" if part == "calls" else "month", "2026-04-07" if part == "calls" else "2026-04"
        )
        queues = (QUEUES[0],) if part == "calls" else tuple(sorted(PROMISES))
        return past_figures(self.database, PastAsked(part, period, queues, clock="10:00"), NOW)

    def tables_of_paper(self) -> dict[str, list[Row]]:
        known = read_catalogue(self.database, NOW)
        of = asked(period_of("month", "2026-04", ZONE), known, None, NOW, None)
        paper = paper_of(self.database, of, "0.1.0")
        self.said = {each.name: each.text for each in paper.sentences}
        return {table.part.name: [dict(row) for row in table.rows] for table in paper.tables}


PAGE: tuple[PagePart, ...] = (
    "glance",
    "league",
    "trend",
    "weekly",
    "compare",
    "corrections",
    "calls",
)


@pytest.fixture(scope="module", params=KINDS)
def purged(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Purged]:
    with opened(request.param, tmp_path_factory.mktemp("kept"), clickhouse_server) as database:
        yield Purged(database)


def assert_alike_or_without_value(before: Sequence[Row], after: Sequence[Row]) -> int:
    """Row by row; returns how many figures have no value any more."""
    assert len(before) == len(after)
    gone = 0
    for was, now in zip(before, after, strict=True):
        for name in {*was, *now}:
            if now.get(name) is None and was.get(name) is not None:
                gone += 1
            else:
                assert now.get(name) == was.get(name), (name, was, now)
    return gone


@pytest.mark.parametrize("name", REPORTS)
def test_a_question_has_the_figures_of_before_or_none(purged: Purged, name: str) -> None:
    for question in QUESTIONS.get(name, (MONTH,)):
        before, after = purged.before[name, question], purged.after(name, question)
        assert not isinstance(before, DeletedError)
        if isinstance(after, DeletedError):
            assert re.fullmatch(
                r"no value: .+ of before 2026-04-1\S+ were deleted on 2026-06-20 \(archive --keep.*",
                str(after),
            ), after
            continue
        for was, now in zip(before, after, strict=True):
            if name not in {
                "month",
                "contact",
            }:  # whose sentences say it, and whose events are gone
                assert_alike_or_without_value(was, now)


@pytest.mark.in_part
@pytest.mark.parametrize("name", REPORTS)
def test_what_was_not_deleted_is_answered_as_before(purged: Purged, name: str) -> None:
    later = replace(
        MONTH, start=CUT + 8 * DAY, end=MAY
    )  # a call back belongs to a request of a week before
    assert not isinstance(purged.ask(name, later), DeletedError)


@pytest.mark.parametrize(
    "name",
    ["summary", "intervals", "losses", "consistency", "weekly", "compare", "error-budget", "month"],
)
def test_what_roll_ups_have_is_answered(purged: Purged, name: str) -> None:
    """To the digit, though half of the legs of the month are gone."""
    question = QUESTIONS.get(name, (MONTH,))[0]
    assert not isinstance(purged.after(name, question), DeletedError)


@pytest.mark.parametrize(
    "name", ["legs", "waits", "patience", "unserved", "dispositions", "transfers", "people"]
)
def test_what_needs_each_call_says_that_it_has_no_value(purged: Purged, name: str) -> None:
    assert isinstance(purged.after(name, MONTH), DeletedError)


def test_a_month_has_all_but_the_callers_whom_nobody_answered(purged: Purged) -> None:
    before, after = purged.before["month", MONTH], purged.after("month", MONTH)
    assert isinstance(before, list)
    assert isinstance(after, list)
    for place in (1, 2):  # centres, queues
        assert any(row["unserved_callers"] for row in before[place])
        gone = assert_alike_or_without_value(before[place], after[place])
        assert gone == len(before[place])  # that column alone
    said = [str(row["text"]) for row in after[0]]
    assert any(re.search(r"Calls of before .*15.* were deleted on .*20", text) for text in said), (
        said
    )


@pytest.mark.parametrize("part", PAGE)
def test_the_page_of_the_past_shows_no_smaller_number(purged: Purged, part: PagePart) -> None:
    before, after = purged.pages[part], purged.page(part)
    assert (before.deleted_until, after.deleted_at) == (None, AFTER)
    assert after.deleted_until is not None
    if part in {"corrections", "calls"}:
        assert after.rows == ()
        return
    assert after.rows
    assert_alike_or_without_value(*([dict(row) for row in told.rows] for told in (before, after)))
    assert after.beside == before.beside


def test_a_paper_shows_no_smaller_number(purged: Purged) -> None:
    before, after = purged.paper, purged.tables_of_paper()
    for name in (
        "centres",
        "queues",
        "losses",
        "periods",
        "steps",
        "not_configured",
        "promises",
        "worst_half_hours",
    ):
        assert_alike_or_without_value(before[name], after[name])
    assert "sources" in before
    assert "sources" not in after
    assert not {"nothing_corrected", "unserved"} & purged.said.keys()
    assert "20 Jun 2026" in purged.said["calls_deleted"]


def test_a_contact_is_told_by_its_legs_when_their_former_versions_were_deleted_sooner(
    purged: Purged,
) -> None:
    """It was a traceback."""
    leg = next(leg for leg in ROWS if CUT + DAY < leg.key_at < MAY)
    purged.database.execute(
        f"ALTER TABLE leg_versions DELETE WHERE contact_id = '{leg.contact_id}'"
    )
    wait_until_rewritten(purged.database, "leg_versions")
    found = purged.ask("contact", replace(MONTH, contact_id=leg.contact_id))
    assert isinstance(found, list)
    assert leg.leg_id in {row["leg_id"] for row in found[0]}


def test_a_former_release_did_not_note_when(purged: Purged) -> None:
    deleted = read_deleted(purged.database, "legs", "arrival")
    assert deleted is not None
    assert (deleted.at, CUT - HOUR < deleted.until <= CUT + HOUR) == (AFTER, True)
    purged.database.execute("CREATE TABLE IF NOT EXISTS marks AS queue_days")
    purged.database.execute(
        "INSERT INTO marks SELECT * FROM queue_days WHERE queue = '' AND kind = 'closed'"
    )

    class OfFormerRelease:
        def execute(self, sql: str) -> object:
            return purged.database.execute(sql.replace("FROM queue_days", "FROM marks"))

        def close(self) -> None: ...

    day = from_iso("2026-04-16T00:00:00Z")
    assert read_deleted(OfFormerRelease(), "legs", "arrival") == Deleted("legs", day, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_that_came_late_does_not_hide_what_a_former_release_deleted(
    kind: str, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    """The first deletion that was noted was of that call alone: questions about later days counted what was left of them."""
    with opened(kind, tmp_path, clickhouse_server) as database:
        keep_targets(database, replace(promising_targets(ZONE), metrics=(METRIC,)))
        closed = from_iso("2026-04-16T00:00:00Z")
        mark = ("", 0, "closed", closed, 0, "", 0)
        database.insert("queue_days", TABLES["queue_days"], [mark])
        late, *_, last = sorted(ROWS, key=lambda leg: leg.arrived_at or 0)
        keep_as_archive(database, "leg_versions", [leg_row(late), leg_row(last)])
        for now in (AFTER, AFTER + DAY):
            close_before(database, now, CUT)
            purge(database, CUT, now, lambda _: None)
            for moment in MOMENTS["legs"]:
                assert read_deleted(database, "legs", moment) == Deleted("legs", closed, None)
        known = read_catalogue(database, NOW)
        later = replace(MONTH, start=from_iso("2026-04-10T00:00:00Z"))
        with pytest.raises(DeletedError):
            answer(REPORTS["waits"], database, known, later)


def test_every_table_that_is_purged_and_asked_has_a_moment() -> None:
    assert MOMENTS.keys() <= TIME_OF_ROW.keys()
    read = {each.table for report in REPORTS.values() for each in report.reads}
    assert read <= MOMENTS.keys()
