"""One contact's story, from rows as the archive holds them."""

import csv
import io
import json
from typing import Any

import pytest

from schemas.tables import TABLES
from schemas.topics import version_of
from streams.history.render import rendered_report
from streams.history.report import Found
from streams.history.reports.contact import REPORT, story
from tests.support.archived import ArchivedStory
from tests.support.builders import call, clock, targets

TOKEN = "00000000." + 32 * "a"
NINE = "2026-03-02T09:00:00Z"


def told() -> ArchivedStory:
    """Ada waits for billing, is missed by Bob, passed on to repairs, and answered there by Eve."""
    day = ArchivedStory()
    day.publish(targets(), targets("repairs"))
    day.at("09:00:00").queued("ada", contact_id="c-1", caller=TOKEN)
    day.at("09:00:05").offered("ada", agent="bob")
    day.at("09:00:20").offer_missed("ada", agent="bob")
    day.at("09:00:30").transferred("ada", to_queue="repairs")
    day.at("09:00:30").queued("ada-2", "repairs", contact_id="c-1")
    day.at("09:00:40").answered("ada-2", "repairs", agent="eve")
    day.at("09:03:40").ended("ada-2", "repairs", by="caller")
    day.at("09:00:04").offered("ada", agent="old")
    return day


def story_of(day: ArchivedStory) -> Found:
    def rows(table: str, found: list[Any]) -> list[dict[str, Any]]:
        named = [dict(zip(TABLES[table], row, strict=True)) for row in found]
        return [row | {"visit_s": row["key_at"]} if table == "legs" else row for row in named]

    return story("c-1", rows("legs", day.version_rows()), rows("events", day.event_rows()))


def test_legs_in_order_with_the_wait_of_the_whole_journey() -> None:
    first, second = story_of(told()).rows[0]
    assert {name: first[name] for name in (
        "arrived_at", "queue", "outcome", "to_queue", "wait_s", "journey_wait_s", "offers",
        "missed_offers", "missed_by", "agent", "caller", "versions",
    )} == {
        "arrived_at": NINE, "queue": "billing", "outcome": "transferred", "to_queue": "repairs",
        "wait_s": 30.0, "journey_wait_s": 30.0, "offers": 2, "missed_offers": 1,
        "missed_by": "bob", "agent": None, "caller": TOKEN, "versions": 4,
    }  # fmt: skip
    assert (second["queue"], second["agent"], second["wait_s"]) == ("repairs", "eve", 10.0)
    assert (second["journey_wait_s"], second["talk_hold_s"]) == (40.0, 180.0)
    assert (second["to_queue"], second["reason"]) == (None, "caller")


def unknown_in_the_middle(second_outcome: str) -> ArchivedStory:
    """Ada waits for 30 s, then for nobody knows how long, then for 10 s until the answer."""
    day = ArchivedStory()
    day.publish(targets(), targets("repairs"), targets("claims"))
    day.at("09:00:00").queued("ada", contact_id="c-1")
    day.at("09:00:30").transferred("ada", to_queue="repairs")
    entered = clock("09:00:30")
    day.say(
        call(
            "leg", "ada-2", entered, queue="repairs", contact_id="c-1", arrived_at=entered,
            outcome=second_outcome, wait_unknown=True,
        )
    )  # fmt: skip
    day.at("09:05:00").queued("ada-3", "claims", contact_id="c-1")
    day.at("09:05:10").answered("ada-3", "claims", agent="eve")
    return day


@pytest.mark.parametrize("outcome", ["abandoned", "exited"])
def test_a_wait_that_nobody_knows_leaves_the_journey_without_one(outcome: str) -> None:
    found = story_of(unknown_in_the_middle(outcome))
    assert [
        (row["wait_s"], row["journey_wait_s"], row["journey_wait_at_least_s"])
        for row in found.rows[0]
    ] == [(30.0, 30.0, 30.0), (None, None, 30.0), (10.0, None, 40.0)]
    document = json.loads(rendered_report(REPORT, found, "json"))
    assert (document["journey_wait_s"], document["journey_wait_at_least_s"]) == (None, 40.0)
    first, *_ = rendered_report(REPORT, found, "table").splitlines()
    assert first == "Contact c-1: 3 legs, waited at least 40 s: one wait is not known"
    rows = list(csv.DictReader(io.StringIO(rendered_report(REPORT, found, "csv"))))
    assert [(row["journey_wait_s"], row["journey_wait_at_least_s"]) for row in rows[:3]] == [
        ("30", "30"), ("", "30"), ("", "40"),
    ]  # fmt: skip


def test_who_waits_still_has_waited_for_at_least_what_is_known() -> None:
    day = told()
    day.at("09:10:00").queued("ada-3", "billing", contact_id="c-1")
    *_, last = story_of(day).rows[0]
    assert (last["journey_wait_s"], last["journey_wait_at_least_s"]) == (None, 40.0)


def test_the_cap_of_a_ghost_is_nobodys_wait_and_who_is_refused_waits_for_nothing() -> None:
    day = told()
    day.at("09:10:00").rejected("full", contact_id="c-1")
    refused = story_of(day)
    assert refused.rows[0][-1]["journey_wait_s"] == 40.0
    day.at("09:20:00").queued("lost", contact_id="c-1")
    day.tick("11:40:00")
    *_, ghost = story_of(day).rows[0]
    assert (ghost["outcome"], ghost["wait_s"]) == ("ghost", 7200.0)
    assert (ghost["journey_wait_s"], ghost["journey_wait_at_least_s"]) == (None, 40.0)


def test_events_by_their_own_time_with_the_time_each_became_known() -> None:
    events = story_of(told()).rows[2]
    assert [(line["at"], line["type"], line["agent"], line["late_s"]) for line in events[:3]] == [
        (NINE, "queued", None, 0.0),
        ("2026-03-02T09:00:04Z", "offered", "old", 216.0),
        ("2026-03-02T09:00:05Z", "offered", "bob", 0.0),
    ]
    assert events[1]["known_at"] == "2026-03-02T09:03:40Z"
    assert [line["detail"] for line in events if line["type"] == "ended"] == ["by caller"]


def test_versions_say_what_changed_and_by_which_event() -> None:
    versions = [line for line in story_of(told()).rows[1] if line["leg_id"] == "ada"]
    assert [(line["cause"], line["outcome"]) for line in versions] == [
        ("queued", "open"), ("offer_missed", "open"), ("transferred", "transferred"),
        ("offered", "transferred"),
    ]  # fmt: skip
    assert versions[0]["version"] == version_of(1, 0)
    assert versions[0]["changes"] == "first version"
    assert "wait_ms – → 30000" in str(versions[2]["changes"])


def test_a_leg_that_new_targets_judged_again_says_so() -> None:
    day = ArchivedStory(configured=False)
    day.at("09:00:00").queued("ada", contact_id="c-1")
    day.publish(targets(), valid_from="09:01:00")
    day.tick("09:01:00")
    second = story_of(day).rows[1][1]
    assert second["cause"] == "targets"
    assert "answer_within_ms – → 20000" in str(second["changes"])


def test_every_format_has_all_of_it() -> None:
    found = story_of(told())
    document = json.loads(rendered_report(REPORT, found, "json"))
    assert (document["contact_id"], document["journey_wait_s"]) == ("c-1", 40.0)
    assert [len(document[kind]) for kind in ("legs", "versions", "events")] == [2, 7, 8]
    rows = list(csv.DictReader(io.StringIO(rendered_report(REPORT, found, "csv"))))
    assert [row["kind"] for row in rows] == ["leg"] * 2 + ["version"] * 7 + ["event"] * 8
    assert rows[0]["journey_wait_s"] == "30"
    first, *_ = rendered_report(REPORT, found, "table").splitlines()
    assert first == "Contact c-1: 2 legs, waited 40 s in all"
