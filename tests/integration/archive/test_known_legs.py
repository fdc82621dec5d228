"""What history knows of legs that are about to be sent, asked of both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from producers.calls_out_of_hours import Hours
from schemas.calls import FinishedLeg
from schemas.identity import made_id
from schemas.millis import DAY, SECOND, from_iso
from schemas.opening import Opening, parse_weekly
from schemas.targets_book import TargetsBook
from streams.core.history_leg import history_leg_row
from streams.core.unit import Cause
from streams.history.known_legs import MOST_AT_ONCE, Comparison, compare
from streams.processes.asking import AskArchive
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import leg_row
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.builders import MONDAY, published, targets
from tests.support.services import ClickHouse

NINE = from_iso("2026-05-04T09:00:00Z")
TOKEN = "00000000." + 32 * "a"
LEG = FinishedLeg(
    event_id="7:leg", at=NINE + 8 * SECOND, source="records:a.csv", feed="history", queue="bill'ing",
    leg_id="7", contact_id="c-7", outcome="answered", arrived_at=NINE, answered_at=NINE + 8 * SECOND,
    left_at=NINE + 8 * SECOND, ended_at=NINE + 60 * SECOND, agent="ann", caller=TOKEN, topic="water",
)  # fmt: skip


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("known")
    with opened(request.param, folder, clickhouse_server) as database:
        yield database


def sent(archive: Database, *legs: FinishedLeg) -> None:
    made = [history_leg_row(leg, Cause(9 + n, NINE), TargetsBook()) for n, leg in enumerate(legs)]
    keep(archive, "leg_versions", [leg_row(row) for row in made if row is not None])


def test_new_the_same_corrected_and_another_call(archive: Database) -> None:
    assert compare(archive, [LEG]) == [Comparison("new")]
    assert compare(archive, []) == []
    sent(archive, LEG)

    def known(**changed: Any) -> Comparison:
        (found,) = compare(archive, [replace(LEG, **changed)])
        return found

    assert known() == known(source="records:b.csv", event_id="other") == Comparison("same")
    assert known(leg_id="8") == known(queue="x") == Comparison("new")
    assert known(source="other") == Comparison("elsewhere", other="records:a.csv")
    assert known(arrived_at=NINE + SECOND, at=NINE + 9 * SECOND) == Comparison("new")
    eve = Comparison("corrected", ("agent",), kept={"topic": "water"})
    assert known(agent="eve", topic="") == eve
    assert known(ended_at=NINE + 90 * SECOND) == Comparison(
        "corrected", ("talk_hold_ms", "ended_at")
    )
    other = "00000000." + 32 * "b"
    assert known(caller=other) == known(contact_id="c-8") == Comparison("collides")
    less = Comparison("less")
    assert known(caller="") == known(contact_id="", agent="") == less  # takes nothing back
    assert known(ended_at=None, goes_on=True) == known(ended_at=None) == less  # its end is known
    waiting = {
        "outcome": "open",
        "answered_at": None,
        "left_at": None,
        "ended_at": None,
        "agent": "",
    }
    assert known(at=NINE, goes_on=True, **waiting) == less


def test_what_a_correction_leaves_out_stays(archive: Database) -> None:
    sent(archive, replace(LEG, missed_offers=2, disposition="d", hold_ms=5))
    nothing: dict[str, Any] = {
        "caller": "", "contact_id": "", "topic": "", "missed_offers": 0, "disposition": "", "ended_at": None,
        "hold_ms": None,
    }  # fmt: skip
    of_the_call = {"caller": TOKEN, "contact_id": "c-7", "topic": "water", "missed_offers": 2}
    (found,) = compare(archive, [replace(LEG, agent="eve", **nothing)])
    assert (found.known, found.changed) == ("corrected", ("agent",))
    assert found.kept == of_the_call | {
        "disposition": "d", "ended_at": NINE + 60 * SECOND, "hold_ms": 5
    }  # fmt: skip
    gone = replace(LEG, agent="", outcome="abandoned", answered_at=None, **nothing)
    (found,) = compare(archive, [gone])
    assert found.known == "corrected"
    assert found.kept == of_the_call  # who answered, and how it ended, was of the answer


def test_who_waits_may_get_more_missed_offers(archive: Database) -> None:
    waits = replace(
        LEG, outcome="open", goes_on=True, at=NINE, answered_at=None, left_at=None, ended_at=None, agent="",
        missed_offers=1,
    )  # fmt: skip
    sent(archive, waits)
    assert [each.known for each in compare(archive, [replace(LEG, missed_offers=2)])] == [
        "completed"
    ]


def test_a_made_id_without_a_caller_says_no_more_than_its_words(archive: Database) -> None:
    made = replace(LEG, leg_id=made_id(("billing", "1")) + "-2", caller="", contact_id="")
    waits = replace(
        made, leg_id=made_id(("billing", "2")), outcome="open", goes_on=True, at=NINE,
        answered_at=None, left_at=None, ended_at=None, agent="",
    )  # fmt: skip
    sent(archive, made, waits)
    ended = replace(made, leg_id=waits.leg_id)
    others = [made, replace(made, agent="eve"), ended, replace(made, agent="eve", caller=TOKEN)]
    assert [each.known for each in compare(archive, others)] == [
        "same", "collides", "completed", "corrected",
    ]  # fmt: skip


def test_as_many_as_may_be_asked_at_once(archive: Database) -> None:
    legs = [replace(LEG, leg_id=f"{n}" + "x" * 100) for n in range(MOST_AT_ONCE)]
    sent(archive, legs[0], legs[-1])
    found = [each.known for each in compare(archive, legs)]
    assert (found.count("same"), found.count("new")) == (2, MOST_AT_ONCE - 2)


def test_the_opening_hours_that_held_at_a_moment_are_known(archive: Database) -> None:
    ask = AskArchive(archive)
    assert ask.hours(MONDAY) == {}
    opening = Opening(parse_weekly("Mon-Fri 08:00-17:00"))
    keep_targets(archive, published(targets("sales", opening=opening), version=1))
    keep_targets(archive, published(targets("sales"), version=2, valid_from=MONDAY + DAY))
    zone = targets("sales").time_zone
    assert ask.hours(MONDAY) == {"sales": Hours(opening, zone)}
    assert ask.hours(MONDAY + DAY) == {"sales": Hours(Opening(), zone)}
