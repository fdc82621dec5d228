"""Live day counters and archive agree to the integer over a day of everything, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.millis import DAY, HOUR
from schemas.opening import Opening, parse_weekly
from schemas.tables import TABLES
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from streams.core.calls_unit import CallsUnit
from streams.core.judged_again import judged_again
from streams.core.live_days import PartitionDays
from streams.core.roster import Roster
from streams.history.catalogue import read_catalogue, seen_queues
from streams.history.question import HistoryError
from streams.history.reconcile import (
    Reconciled,
    compare,
    differing_legs,
    queue_days,
)
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import leg_row
from tests.integration.archive.databases import KINDS, opened
from tests.support.archived import ArchivedStory
from tests.support.builders import MONDAY, call, clock, published, targets
from tests.support.services import ClickHouse

MON, TUE = "2026-03-02", "2026-03-03"
ADA_ENDED = 4  # the record of that event


def told() -> ArchivedStory:
    """Monday and the night to Tuesday: every outcome, late, twice, over midnight, out of hours."""
    day = ArchivedStory(configured=False)
    day.at("08:00:00").queued("before-targets")
    day.publish(targets(), targets("desk", opening=Opening(parse_weekly("Mon 09:00-17:00"))))
    day.at("08:00:30").abandoned("before-targets")
    day.at("09:00:00").queued("ada", contact_id="c-1")
    day.at("09:00:10").answered("ada", agent="ann")
    assert len(day.records) == ADA_ENDED
    day.at("09:05:00").ended("ada", by="caller")
    day.at("09:06:00").wrap_ended("ada")
    day.at("09:10:00").queued("short")
    day.at("09:10:02").abandoned("short")
    day.at("09:10:04").resumed("short")  # waits again
    day.at("09:10:40").answered("short", agent="ann")
    day.at("09:15:00").queued("missed")
    day.at("09:15:05").offer_missed("missed", agent="ann")
    day.at("09:15:05").offer_missed("missed", agent="eve")
    day.at("09:15:05").offer_missed("missed", agent="eve")  # told twice
    day.at("09:15:20").abandoned("missed")
    day.at("09:20:00").queued("never-ends")
    day.at("09:30:00").queued("passed-on")
    day.at("09:31:00").transferred("passed-on", to_queue="desk")
    day.at("09:31:00").queued("passed-on-2", "desk")
    day.at("09:32:00").exited("passed-on-2", "desk", reason="timeout")
    day.at("09:33:00").rejected("full", "desk", reason="full")
    day.at("18:00:00").queued("too-late", "desk")  # out of hours
    day.at("18:01:00").abandoned("too-late", "desk")
    day.at("20:00:00").queued("late-answer")
    day.tick("22:59:00")
    day.at("20:00:15").answered(
        "late-answer", agent="eve"
    )  # told three hours later, a ghost by then
    day.say(
        call("leg", "whole", clock("11:00:09"), arrived_at=clock("11:00:00"), outcome="abandoned")
    )
    day.say(
        call("leg", "told-in-one", clock("22:00:09"), arrived_at=clock("22:00:00"),
             outcome="abandoned", missed_offers=4)
    )  # fmt: skip
    day.at("23:00:00").leg(
        "back-fill", arrived_at=clock("22:59:00"), outcome="answered", feed="history"
    )
    day.at("23:59:50").queued("midnight")
    day.at("23:59:59").offer_missed("midnight", agent="eve")
    day.at("24:00:01").offer_missed("midnight", agent="ann")
    day.at("24:00:20").answered("midnight", agent="ann")
    day.at("24:03:00").ended("midnight")
    day.at("24:10:00").queued("open")
    for hour in (25, 26, 28):
        day.tick(f"{hour}:00:00")
    day.at("09:20:30").answered("never-ends", agent="eve")  # a fragment, its leg's state is gone
    return day


TOLD = told()


def state_of(day: ArchivedStory) -> PartitionDays:
    day.outputs.take(day.unit)
    found = PartitionDays()
    for key, value in sorted(day.outputs.pieces.items(), key=lambda piece: b"cursor" in piece[0]):
        found.load(key, value)
    return found


def reconcile(database: Database, day: str, state: PartitionDays) -> Reconciled:
    catalogue = read_catalogue(database, MONDAY + DAY)
    days = queue_days(day, [state], catalogue, seen_queues(database))
    return compare(day, days, database)


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[Database]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        TOLD.keep(database)
        yield database


def test_live_and_archive_agree_on_every_figure(archive: Database) -> None:
    state = state_of(TOLD)
    monday = reconcile(archive, MON, state)
    assert monday.differing() == {}
    counted = {(each.queue, each.figure): each.live for each in monday.figures}
    assert counted["billing", "offered"] == 9
    assert (counted["billing", "missed_offers"], counted["billing", "service_ended"]) == (7, 2)
    assert counted["billing", "answered"] == 3
    assert (counted["billing", "ghost"], counted["billing", "transferred"]) == (1, 1)
    assert (counted["desk", "exited"], counted["desk", "rejected"]) == (1, 1)
    assert counted["desk", "out_of_hours"] == 1
    assert counted["billing", "wrap_ms"] == 60_000
    tuesday = reconcile(archive, TUE, state)
    assert tuesday.differing() == {}
    counted = {(each.queue, each.figure): each.live for each in tuesday.figures}
    # Arrived on Monday, answered on Tuesday: each thing on its day.
    assert (counted["billing", "offered"], counted["billing", "answered"]) == (1, 1)
    assert (counted["billing", "missed_offers"], counted["billing", "service_ended"]) == (1, 1)


def test_versions_that_the_counters_do_not_know_yet_do_not_matter(archive: Database) -> None:
    state = state_of(TOLD)
    more = told()
    more.at("24:10:30").offer_missed("open", agent="ann")
    more.at("24:11:00").abandoned("open")
    more.at("28:00:30").queued("newer")
    more.keep(archive)
    assert reconcile(archive, TUE, state).differing() == {}
    assert reconcile(archive, TUE, state_of(more)).differing() == {}


def test_a_leg_that_the_archive_lost_or_has_old_makes_a_difference_and_is_named(
    archive: Database,
) -> None:
    for table in ("legs", "leg_versions"):
        archive.execute(f"TRUNCATE TABLE {table}")
    rows = [
        row
        for row in TOLD.version_rows()
        if row[2] not in {"short", "missed"} and not (row[2] == "ada" and row[8] == "answered")
    ]
    archive.insert("leg_versions", TABLES["leg_versions"], rows)
    found = reconcile(archive, MON, state_of(TOLD))
    differing = {each.figure: each.difference for each in found.differing()["billing"]}
    assert (differing["offered"], differing["answered"]) == (-2, -2)
    assert (differing["missed_offers"], differing["service_ended"]) == (-2, -2)
    legs = differing_legs(archive, found)
    assert {leg.leg_id for leg in legs} == {"ada", "missed", "short"}
    assert [(leg.leg_id, leg.by_events, leg.in_archive) for leg in legs if leg.column == "leg"] == [
        ("missed", "abandoned", None), ("short", "answered", None),
    ]  # fmt: skip


def test_live_counters_that_are_wrong_leave_no_leg_to_name(archive: Database) -> None:
    state = state_of(TOLD)
    (monday, *_) = state.queues["billing"].days
    monday.counts[0] += 1
    found = reconcile(archive, MON, state)
    assert {each.figure for each in found.differing()["billing"]} == {"offered"}
    assert differing_legs(archive, found) == []


def counted_anew(versions: list[TargetsVersion]) -> PartitionDays:
    """As `stream --rebuild-state` counts the same records by the targets of now."""
    unit, found = CallsUnit(0, 1, Roster()), PartitionDays()
    unit.set_targets(versions)
    unit.start(0)
    unit.apply(TOLD.records)
    checkpoint = unit.checkpoint()
    assert checkpoint is not None
    for key, value in checkpoint.pieces:
        found.load(key, value)
    return found


def test_calls_that_history_alone_judged_again_are_no_difference(archive: Database) -> None:
    """The live counters keep the former judgement, or have the new one if they were made anew since."""
    longer = targets("desk", opening=Opening(parse_weekly("Mon 09:00-20:00")))
    corrected = published(targets(answer_within_ms=5_000), longer, version=2, valid_from=MONDAY)
    versions = [*TOLD.versions, corrected]
    newest = {(leg.queue, leg.leg_id, leg.source, leg.key_at): leg for leg in TOLD.outputs.versions}
    found = [judged_again(leg, TargetsBook(versions), MONDAY + 2 * DAY) for leg in newest.values()]
    rows = [leg_row(each.row) for each in found if each is not None]
    assert len(rows) == len(newest)
    archive.insert("leg_versions", TABLES["leg_versions"], rows)

    former, anew = state_of(TOLD), counted_anew(versions)
    for state in (former, anew):
        agreed = reconcile(archive, MON, state)
        assert agreed.differing() == {}
        live = {(each.queue, each.figure): each.live for each in agreed.figures}
        assert live["desk", "out_of_hours"] == int(state is former)
    former.queues["desk"].days[0].counts[0] += 7
    odd = reconcile(archive, MON, former).differing()
    assert set(odd) == {"desk"}
    assert "offered" in {each.figure for each in odd["desk"]}


def test_a_day_whose_counters_are_gone_is_one_line(archive: Database) -> None:
    day = told()
    for hour in range(29, 80, 2):
        day.tick(f"{hour}:00:00")
    day.at("80:00:00").queued("much-later")
    day.at("80:00:00").queued("much-later", "desk")
    day.tick("80:05:00")
    with pytest.raises(HistoryError, match="2026-03-02 are no longer kept"):
        reconcile(archive, MON, state_of(day))
    assert clock("80:00:00") - 7 * HOUR > MONDAY + 2 * DAY
