"""A month is published; then calls come late, are corrected and are withdrawn: the ledger says which, on both databases."""

from base64 import b64decode
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from schemas.deliveries import Withdrawal
from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, MINUTE, SECOND, from_iso
from schemas.periods import period_of
from schemas.publications import Publication, bytes_of, figures, packed, unpacked
from schemas.quarantine import Quarantined
from schemas.report_plans import ReportPlan, parse_when
from schemas.topics import DECISION_BITS
from streams.history.catalogue import Catalogue, read_catalogue
from streams.history.papers import league
from streams.history.papers.asked import asked
from streams.history.papers.completeness import read_completeness
from streams.history.period import period_of as paper_period
from streams.history.publications import named, read_publications, with_figures
from streams.history.published_again import figures_now, frozen_paper
from streams.history.publishing import Published, Wanted, publication_of, report_named
from streams.history.question import HistoryError, Question
from streams.history.report import answer
from streams.history.reports.month import month_paper
from streams.history.reports.restated import REPORT
from streams.scheduled.making import Maker, NotReadyError
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.publication_rows import figure_rows, file_rows, publication_row
from streams.sinks.clickhouse.rows import leg_row, quarantine_row, withdrawal_row
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.builders import published, targets
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

TENTH = from_iso("2026-10-10T09:00:00Z")
START, END = from_iso("2026-10-01T00:00:00Z"), from_iso("2026-11-01T00:00:00Z")
PUBLISHED = END + 2 * DAY
MONTH = Wanted("month", "2026-10")
LATER = PUBLISHED + DAY
EARLY = START + 10 * MINUTE  # so the archive reaches back before what a bulletin tells of


def leg(
    name: str,
    version: int,
    known_at: int,
    wait_s: int = 10,
    at: int = TENTH,
    delivery: str = "first",
) -> LegRow:
    recorded = Recorded(name, "bursts", at, "answered", at + wait_s * SECOND)
    row = leg_row_of(recorded, version << DECISION_BITS, known_at)
    return replace(
        row, delivery=delivery, feed="history", contact_id=f"c-{name}", in_target=wait_s <= 20,
        answer_within_ms=20_000, short_abandon_ms=5_000, goal=0.8, formula="short_abandons_ignored", targets_version=1,
    )  # fmt: skip


KNOWN = [
    leg("0", 1, TENTH, at=START - HOUR),  # so the archive reaches back before the month
    leg("1", 1, TENTH + DAY),
    leg("2", 2, TENTH + DAY),
    leg("3", 3, TENTH + DAY, delivery="wrong"),
    leg("4", 4, END, at=END - MINUTE),
    leg("5", 5, END + 3 * HOUR, at=END + 2 * HOUR),  # so the archive reaches past the month
]


PLAN = ReportPlan(
    name="r", what="month", when=parse_when("06:30"), formats=("csv",), zone="UTC", period_zone="UTC"
)  # fmt: skip


class Left:
    """The archive, which a maker of reports does not close."""

    def __init__(self, database: Database) -> None:
        self.execute = database.execute

    def close(self) -> None: ...


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    with opened(request.param, tmp_path_factory.mktemp("restating"), clickhouse_server) as database:
        keep_targets(database, published(targets("bursts", centre="pipes")))
        keep(database, "leg_versions", [leg_row(each) for each in KNOWN])
        yield database


def catalogue(archive: Database) -> Catalogue:
    return read_catalogue(archive, LATER)


def publish(archive: Database, now: int = PUBLISHED, *, again: bool = False) -> str:
    return kept(archive, made(archive, MONTH, now, again=again), now)


def made(archive: Database, wanted: Wanted, now: int, *, again: bool = False) -> Published:
    return publication_of(
        archive, catalogue(archive), wanted, who="Ann", version="1", now=now, again=again
    )


def kept(archive: Database, of: Published, now: int) -> str:
    keep(archive, "publications", [publication_row(of.publication, now)])
    keep(archive, "published_figures", figure_rows(of.publication))
    keep(archive, "published_files", [row for each in of.files for row in file_rows(each)])
    return of.publication.publication_id


def restated(archive: Database, id_: str | None = None) -> tuple[dict[str, tuple], list[tuple]]:  # type: ignore[type-arg]
    found = answer(
        REPORT, archive, catalogue(archive), Question(0, 0, publication=id_, now=LATER + DAY)
    )
    figures = {
        f"{row['part']}/{row['group']}/{row['figure']}": (row["published"], row["is_now"], row["calls_changed"])
        for row in found.rows[0]
    }  # fmt: skip
    return figures, [(row["leg_id"], row["column"], row["was"], row["now"], row["cause"]) for row in found.rows[1]]  # fmt: skip


def published_as(archive: Database, id_: str) -> Publication:
    return with_figures(archive, named(read_publications(archive), id_))


def test_what_was_published_comes_back_and_nothing_is_restated(archive: Database) -> None:
    id_ = publish(archive)
    publication = published_as(archive, id_)
    now = figures_now(archive, catalogue(archive), month_paper, publication, LATER)
    assert [*figures(unpacked(publication))] == now
    assert {each.part for each in now} == {"centres", "queues", "losses"}
    assert restated(archive) == ({}, [])
    counted = archive.execute(
        "SELECT value FROM published_figures WHERE part = 'centres' AND figure = 'called'"
    )
    assert [float(value) for (value,) in counted.rows] == [4.0]


def test_late_corrected_and_withdrawn_calls_are_told_by_figure_and_call(archive: Database) -> None:
    id_ = publish(archive)
    before = published_as(archive, id_)
    keep(archive, "leg_versions", [
        leg_row(leg("1", 6, LATER, wait_s=50)),
        leg_row(leg("2", 7, LATER)),  # the same, told again
        leg_row(leg("9", 8, LATER + MINUTE, wait_s=2)),
        leg_row(leg("5", 9, LATER, wait_s=50, at=END + 2 * HOUR)),  # of the day after: it may have served somebody
    ])  # fmt: skip
    keep(archive, "withdrawals", [withdrawal_row(Withdrawal("wrong", LATER), LATER)])
    figures, calls = restated(archive)
    assert figures["centres/pipes/sl_promised"][:2] == (1.0, 0.75)
    assert next(iter(figures)) == "periods/(all)/sl_promised"  # the headline first
    assert figures["periods/(all)/sl_promised"][:2] == (1.0, 0.75)
    assert "periods/(all)/called" not in figures
    assert figures["queues/bursts/calls_missing"][2] == 4
    assert "centres/pipes/called" not in figures  # one came, one went
    assert ("1", "wait_ms", 10_000, 50_000, "not archived") in calls
    assert ("9", "outcome", None, "answered", "not archived") in calls
    assert ("3", "outcome", "answered", None, "withdrawn") in calls
    assert {call[0] for call in calls} == {"1", "3", "5", "9"}
    assert published_as(archive, id_) == before  # nothing changed what was published


@pytest.mark.in_part
def test_figures_that_no_call_changed_say_that_the_queues_did(archive: Database) -> None:
    publish(archive)
    moved = published(
        targets("bursts", centre="water"), version=2, valid_from=LATER, published_at=LATER
    )
    keep_targets(archive, moved)
    figures, calls = restated(archive)
    assert figures["centres/pipes/called"] == (4, None, 0)
    assert figures["centres/water/called"] == (None, 4, 0)
    assert calls == []


@pytest.mark.in_part
def test_a_month_is_published_once_unless_it_says_something_else(archive: Database) -> None:
    publish(archive)
    with pytest.raises(HistoryError, match="is published with these figures: month-2026-10-1"):
        publish(archive, LATER)
    assert publish(archive, LATER, again=True) == "month-2026-10-2"
    keep(archive, "leg_versions", [leg_row(leg("9", 8, LATER))])
    assert publish(archive, LATER + HOUR) == "month-2026-10-3"
    assert restated(archive) == ({}, [])  # of the newest edition
    assert restated(archive, "month-2026-10-1")[0]["centres/pipes/called"] == (4, 5, 1)
    with pytest.raises(HistoryError, match="no publication"):
        restated(archive, "month-2026-10-9")


@pytest.mark.in_part
def test_a_month_that_is_not_over_or_not_archived_from_its_beginning_to_its_end_is_not_published(
    archive: Database,
) -> None:
    for period, now, problem in (
        ("2026-10", END - 1, "is not over"),
        ("2026-11", END + 31 * DAY, "queue bursts was open after it|does not reach to the end"),
        (
            "2026-09",
            PUBLISHED,
            "begins|queue bursts was open before: what came before is missing, not zero",
        ),
        ("2026-08", PUBLISHED, "has nothing of it|does not reach to the end"),
        ("2026-W45", END + 10 * DAY, "has nothing of it|does not reach to the end"),
        ("2026-11-01", END + 1, "is not over"),
    ):
        for is_bulletin in (False, True):
            if is_bulletin and "W" in period:
                continue
            wanted = Wanted(report_named(period, is_bulletin=is_bulletin), period)
            with pytest.raises(HistoryError, match=problem):
                made(archive, wanted, now)


@pytest.mark.in_part
@pytest.mark.parametrize(
    ("wanted", "group", "figure"),
    [
        (Wanted("week", "2026-W41", ("en", "ar"), ("pdf", "html", "xlsx")), "centres/pipes", "called"),
        (Wanted("day", "2026-10-10", ("zu",)), "queues/bursts", "called"),
        (Wanted("month-bulletin", "2026-10", ("en", "id", "ar", "zu")), "bulletin/(all)", "answered"),
        (Wanted("day-bulletin", "2026-10-10", ("zu",)), "bulletin/(all)", "answered"),
    ],
    ids=lambda of: of.report if isinstance(of, Wanted) else "",
)  # fmt: skip
def test_weeks_days_and_bulletins_are_published_with_their_files_and_restated(
    archive: Database, wanted: Wanted, group: str, figure: str
) -> None:
    many = [leg(f"x{n}", 20 + n, END) for n in range(10)]  # on each day more than a small count
    many += [leg(f"y{n}", 40 + n, END, at=END - MINUTE) for n in range(10)]
    many += [leg(f"z{n}", 60 + n, END, at=EARLY) for n in range(10)]
    keep(archive, "leg_versions", [leg_row(each) for each in many])
    first = made(archive, wanted, PUBLISHED)
    names = [f"{language}.{each}" for language in wanted.languages for each in wanted.formats]
    assert [each.name for each in first.publication.files] == names
    id_ = kept(archive, first, PUBLISHED)
    assert id_ == f"{wanted.report}-{wanted.period}-1"
    stored = archive.execute("SELECT name, sha256, body FROM published_files ORDER BY name").rows
    assert [(name, digest) for name, digest, _ in stored] == sorted(
        (each.name, each.sha256) for each in first.publication.files
    )
    assert {name: b64decode(body) for name, _, body in stored} == {
        each.name: bytes_of(each) for each in first.files
    }
    assert restated(archive, id_) == ({}, [])
    with pytest.raises(HistoryError, match="is published with these figures"):
        made(archive, wanted, LATER)
    keep(archive, "leg_versions", [leg_row(leg("9", 80, LATER))])
    figures_changed, calls = restated(archive, id_)
    was, now, changed = figures_changed[f"{group}/{figure}"]
    assert (now, changed) == (was + 1, 1)
    assert {call[0] for call in calls} == {"9"}
    assert made(archive, wanted, LATER).publication.edition == 2


@pytest.mark.in_part
def test_a_bulletin_that_is_withheld_is_not_published(archive: Database) -> None:
    open_one = replace(leg("o", 30, END), outcome="open", left_at=None)
    keep(
        archive, "leg_versions", [leg_row(each) for each in (open_one, leg("z", 31, END, at=EARLY))]
    )
    with pytest.raises(HistoryError, match="withheld: Of 1 calls nobody knows the end yet"):
        made(archive, Wanted("month-bulletin", "2026-10"), PUBLISHED)


@pytest.mark.in_part
def test_a_month_that_a_former_release_published_is_compared_with_what_it_froze(
    archive: Database,
) -> None:
    question = Question(START, END, as_of=PUBLISHED, now=PUBLISHED)
    page = month_paper(archive, catalogue(archive), question)
    frozen, digest = packed(frozen_paper(page, "history month"))
    of_now = made(archive, MONTH, PUBLISHED).publication
    former = replace(of_now, frozen=frozen, digest=digest, files=())
    kept(archive, Published(former, ()), PUBLISHED)
    assert restated(archive) == ({}, [])
    keep(archive, "leg_versions", [leg_row(leg("9", 8, LATER))])
    assert restated(archive)[0]["centres/pipes/called"] == (4, 5, 1)


def of_gas(row: LegRow) -> LegRow:
    return replace(row, queue="gas", source="gas-node")


def two_departments(archive: Database, version: int = 2, bursts_in: str = "water") -> None:
    both = published(
        targets("bursts", centre="pipes", department=bursts_in),
        targets("gas", centre="gas", department="power"),
        version=version, valid_from=version, published_at=version,
    )  # fmt: skip
    keep_targets(archive, both)


@pytest.mark.in_part
def test_a_department_is_published_by_itself_beside_all_of_them(archive: Database) -> None:
    two_departments(archive)
    publish(archive)
    of_water = replace(MONTH, department="water")
    id_ = kept(archive, made(archive, of_water, PUBLISHED), PUBLISHED)
    assert id_ == "month-2026-10-water-1"
    one = published_as(archive, id_)
    assert (one.department, unpacked(one).facts["department"]) == ("water", "water")
    called = {
        (each.part, each.group): each.value
        for each in figures(unpacked(one))
        if each.name == "called"
    }
    assert called == {("centres", "pipes"): 4, ("queues", "bursts"): 4}
    with pytest.raises(HistoryError, match="with these figures: month-2026-10-water-1"):
        made(archive, of_water, LATER)


def test_a_department_is_restated_by_its_own_calls(archive: Database) -> None:
    two_departments(archive)
    reaching = [
        leg("g0", 10, END, at=START - HOUR),
        leg("g1", 11, END),
        leg("g2", 12, END, at=END + HOUR),
    ]
    keep(archive, "leg_versions", [leg_row(of_gas(each)) for each in reaching])
    water, power = (
        kept(archive, made(archive, replace(MONTH, department=each), PUBLISHED), PUBLISHED)
        for each in ("water", "power")
    )
    late = [leg("9", 30, LATER), of_gas(leg("8", 31, LATER))]
    keep(archive, "leg_versions", [leg_row(each) for each in late])
    for id_, ours, other, call in ((water, "pipes", "gas", "9"), (power, "gas", "pipes", "8")):
        changed, told = restated(archive, id_)
        was, now, count = changed[f"centres/{ours}/called"]
        assert (now, count) == (was + 1, 1)
        assert {each[0] for each in told} == {call}
        assert f"centres/{other}/called" not in changed


@pytest.mark.in_part
def test_a_department_that_is_none_any_more_says_which_figures_are_gone(
    archive: Database,
) -> None:
    two_departments(archive)
    water = kept(archive, made(archive, replace(MONTH, department="water"), PUBLISHED), PUBLISHED)
    two_departments(archive, version=LATER, bursts_in="pipes-and-more")
    keep(archive, "leg_versions", [leg_row(leg("9", 30, LATER))])
    figures_gone, calls = restated(archive, water)
    assert figures_gone["queues/bursts/called"][:2] == (4, None)
    assert {call[0] for call in calls} == {"9"}  # of the queue that it was about
    with pytest.raises(HistoryError, match='no department "water"; there are: pipes-and-more, power'):  # fmt: skip
        made(archive, replace(MONTH, department="water"), LATER)


def test_another_departments_source_does_not_vouch_for_the_end_of_the_month(
    archive: Database,
) -> None:
    two_departments(archive)
    ended = [leg("g0", 10, END, at=START - HOUR), leg("g1", 11, END)]
    keep(archive, "leg_versions", [leg_row(of_gas(each)) for each in ended])
    with pytest.raises(HistoryError, match=r"knows nothing after .*, and queue gas was open"):
        made(archive, replace(MONTH, department="power"), PUBLISHED)
    assert made(archive, replace(MONTH, department="water"), PUBLISHED).files
    scheduled = replace(PLAN, department="power")
    with pytest.raises(NotReadyError, match=r"knows nothing after .*, and queue gas was open"):
        Maker(lambda: Left(archive), "1")(scheduled, period_of("2026-10"), PUBLISHED)
    with pytest.raises(HistoryError, match="a bulletin is of all departments"):
        made(archive, Wanted("month-bulletin", "2026-10", department="water"), PUBLISHED)


def test_a_paper_of_a_department_lists_its_own_sources_and_what_they_were_refused(
    archive: Database,
) -> None:
    """It listed those of all departments: a sum of calls that was in no other figure of it."""
    two_departments(archive)
    gas = [of_gas(leg("g0", 10, END, at=START - HOUR)), of_gas(leg("g1", 11, END))]
    gas = [replace(each, source="gas-node") for each in gas]
    keep(archive, "leg_versions", [leg_row(each) for each in gas])
    water_node = KNOWN[0].source
    refused = [
        Quarantined("calls-0", position, "not_json", "", TENTH, "", source=source)
        for position, source in enumerate(("gas-node", water_node, "", "never-told"))
    ]
    keep(archive, "quarantine", [quarantine_row(each) for each in refused])
    known = catalogue(archive)

    def told(
        department: str | None, as_of: int | None = None
    ) -> tuple[dict[object, object], set[object]]:
        about = asked(paper_period("month", "2026-10", "UTC"), known, department, LATER, as_of)
        found = read_completeness(archive, about)
        return (
            {row["source"]: row["calls"] for row in found.sources},
            {row["source"] for row in found.quarantined},
        )

    # Of a source that never told of a queue nobody knows whose it is; what is refused of it may be all of its calls.
    nobodys = {None, "never-told"}
    assert told("water") == ({water_node: 4}, {water_node} | nobodys)
    assert told("power") == ({"gas-node": 1}, {"gas-node"} | nobodys)
    assert told(None) == ({water_node: 4, "gas-node": 1}, {water_node, "gas-node"} | nobodys)
    # A correction is no further call; and a paper as of a time says the same whatever came since.
    later = replace(of_gas(leg("g2", 12, LATER)), source="never-told")
    moved = leg("1", 13, LATER, wait_s=50)
    keep(archive, "leg_versions", [leg_row(each) for each in (later, moved)])
    assert told("water") == ({water_node: 4}, {water_node, None})
    assert told("water", PUBLISHED) == ({water_node: 4}, {water_node} | nobodys)


@pytest.mark.parametrize("release", ["this", "former"])
def test_without_centres_nothing_is_restated_where_no_call_changed(
    archive: Database, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    """The paper has no centres then; the report with which it is compared has one without a name, as papers of former releases had."""
    keep_targets(archive, published(targets("bursts"), version=2))
    if release == "former":
        monkeypatch.setattr(league, "has_centres", lambda _: True)
    publish(archive)
    assert restated(archive) == ({}, [])
    keep(archive, "leg_versions", [leg_row(leg("1", 6, LATER, wait_s=50))])
    figures, _ = restated(archive)
    assert figures["queues/bursts/sl_promised"][:2] == (1.0, 0.75)
    assert ("centres//sl_promised" in figures) == (release == "former")
