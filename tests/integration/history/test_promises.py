"""Figures of queues that promised different things against a naive reader, the same on chDB and on Debian's server."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, from_iso, iso
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.question import By, Question
from streams.history.report import Row, answer
from streams.history.reports.consistency import REPORT as CONSISTENCY
from streams.history.reports.losses import REPORT as LOSSES
from streams.history.reports.unserved import REPORT as UNSERVED
from streams.history.reports.weekly_by_month import REPORT as BY_MONTH
from streams.history.unserved import unserved, unserved_by
from streams.sinks.clickhouse.database import Database
from tests.integration.history.promised import KNOWN_AT, NEVER, QUEUES, ROWS, SPANS, ZONE
from tests.support.promising import (
    OTHER_ZONE,
    PROMISES,
    half_hour_of,
    naive_half_hours,
    naive_losses,
    naive_unserved,
    tally,
)


def ask(promising: Database, question: Question) -> dict[str, Row]:
    rows = call_figures(promising, read_catalogue(promising, NEVER), question)
    return {str(row["queue"]): row for row in rows}


@pytest.mark.in_part
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("by", ["queue", "centre", "all"])
def test_served_as_each_queue_promised(promising: Database, span: str, by: str) -> None:
    start, end = map(from_iso, SPANS[span])
    rows = ask(promising, Question(start, end, by=by))  # type: ignore[arg-type]
    groups = {
        "queue": {queue: [queue] for queue in PROMISES},
        "centre": {
            centre: [queue for queue, of in PROMISES.items() if of[0] == centre]
            for centre in ("first", "second")
        },
        "all": {"ALL": QUEUES},
    }[by]
    for group, queues in groups.items():
        expected = tally([row for row in ROWS if row.queue in queues], start, end)
        row = rows[group]
        assert row["offered"] == expected.offered > 0
        assert (row["served_as_promised"], row["promised_calls"]) == (expected.good, expected.due)
        if by == "all":  # of some legs nobody promised anything
            assert (row["sl_promised"], row["goal"]) == (None, None)
            assert int(str(row["without_target"])) > 0
            continue
        assert row["sl_promised"] == pytest.approx(expected.share, abs=1e-6)
        assert row["goal"] == pytest.approx(expected.should / expected.due, abs=1e-6)
        assert row["against_goal"] == ("met" if expected.met else "missed")


@pytest.mark.in_part
def test_of_one_queue_it_is_the_service_level_that_it_promised(promising: Database) -> None:
    start, end = map(from_iso, SPANS["autumn"])
    for queue, row in ask(promising, Question(start, end)).items():
        formula = row["formula"]
        assert row["sl_promised"] == (row[f"sl_{formula}"] if queue in PROMISES else None)


def test_nothing_and_one_call(promising: Database) -> None:
    row = ask(promising, Question(NEVER, NEVER + DAY))["billing"]
    assert (row["promised_calls"], row["sl_promised"], row["against_goal"]) == (0, None, None)
    leg = next(
        leg
        for leg in ROWS
        if (leg.queue, leg.outcome, leg.channel, leg.direction)
        == ("billing", "answered", "voice", "inbound")
        and not leg.out_of_hours
    )
    row = ask(promising, Question(leg.arrived_at, leg.arrived_at + 1))["billing"]
    share = float(leg.in_target)
    assert (row["promised_calls"], row["sl_promised"]) == (1, share)
    assert row["against_goal"] == ("met" if share else "few calls")


@pytest.mark.in_part
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("by", ["queue", "centre"])
def test_half_hours_that_met_the_goal(promising: Database, span: str, by: str) -> None:
    start, end = map(from_iso, SPANS[span])
    question = Question(start, end, by=by, configured_only=True)  # type: ignore[arg-type]
    rows = answer(CONSISTENCY, promising, read_catalogue(promising, NEVER), question).rows[0]
    assert [row["queue"] for row in rows] == sorted(
        PROMISES if by == "queue" else {of[0] for of in PROMISES.values()}
    )
    for row in rows:
        legs = [
            leg
            for leg in ROWS
            if leg.queue in PROMISES and row["queue"] in (leg.queue, PROMISES[leg.queue][0])
        ]
        zone = OTHER_ZONE.get(str(row["queue"]), ZONE)
        expected = naive_half_hours(legs, start, end, zone)
        assert (row["half_hours"], row["half_hours_missed"], row["low_volume"]) == (
            expected.eligible, expected.missed, expected.low,
        )  # fmt: skip
        assert row["half_hours"] != 0
        assert (row["calls_in_missed"], row["longest_run"]) == (
            expected.calls_in_missed,
            expected.run,
        )
        assert expected.worst is not None
        share, calls, at = expected.worst
        assert (row["worst_start"], row["worst_calls"]) == (iso(at, ZoneInfo(zone)), -calls)
        assert row["worst_sl"] == pytest.approx(share, abs=1e-6)
        whole = tally(legs, start, end).share or 0
        gap = whole - 1 + expected.calls_in_missed / expected.calls
        assert row["masking_gap"] == pytest.approx(gap * 100, abs=1e-3)


def queues_of(group: str, by: str) -> set[str]:
    if by == "all":
        return set(QUEUES)
    if by == "queue":
        return {group}
    return {queue for queue in QUEUES if PROMISES.get(queue, ("not configured",))[0] == group}


@pytest.mark.in_part
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("by", ["queue", "centre", "all"])
def test_where_calls_were_lost(promising: Database, span: str, by: str) -> None:
    start, end = map(from_iso, SPANS[span])
    question = Question(start, end, by=by)  # type: ignore[arg-type]
    rows = answer(LOSSES, promising, read_catalogue(promising, NEVER), question).rows[0]
    counted = ask(promising, question)
    for group in {str(row["queue"]) for row in rows}:
        of_group = [row for row in rows if row["queue"] == group]
        found = {
            (str(row["step"]), str(row.get("reason") or "")): row["legs"]
            for row in of_group
            if row["step"] != "called"
        }
        assert found == naive_losses(
            [leg for leg in ROWS if leg.queue in queues_of(group, by)], start, end
        )
        steps = [
            int(str(row["legs"]))
            for row in of_group
            if row["step"] not in ("called", "out_of_hours")
        ]
        (called,) = [row["legs"] for row in of_group if row["step"] == "called"]
        summary = counted[group]
        assert called == sum(steps) == int(str(summary["offered"])) + int(str(summary["rejected"]))


@pytest.mark.in_part
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("by", ["queue", "centre", "all"])
def test_callers_who_were_not_served(promising: Database, span: str, by: str) -> None:
    start, end = map(from_iso, SPANS[span])
    start += 6 * HOUR  # calls before and after the range matter, too
    question = Question(start, end - 3 * HOUR, by=by)  # type: ignore[arg-type]
    rows = answer(UNSERVED, promising, read_catalogue(promising, NEVER), question).rows[0]
    assert rows
    of_span = [leg for leg in ROWS if start - DAY < leg.arrived_at < question.end + DAY]
    counted = ask(promising, question)
    for row in rows:
        group = str(row["queue"])
        expected = naive_unserved(of_span, queues_of(group, by), start, question.end)
        assert (row["attempts"], row["attempts_without_caller"], row["callers"]) == (
            expected.attempts, expected.nameless, expected.callers,
        )  # fmt: skip
        assert (row["unserved_callers"], row["not_yet_known"]) == (
            expected.told,
            expected.unknown,
        )
        assert (row["abandoned_with_caller"], row["redialled"]) == (
            expected.abandoned, expected.redialled,
        )  # fmt: skip
        summary = counted[group]
        assert row["attempts"] == int(str(summary["abandoned"])) + int(str(summary["rejected"]))


def test_of_many_legs_the_callers_are_counted_in_parts_and_in_all_groupings_at_once(
    promising: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = read_catalogue(promising, NEVER)
    start, end = map(from_iso, SPANS["autumn"])
    groupings: tuple[By, ...] = ("centre", "queue", "all", "channel")
    for as_of in (None, KNOWN_AT + 1):
        question = Question(start, end, as_of=as_of)
        whole = {
            by: unserved(promising, catalogue, structs.replace(question, by=by)) for by in groupings
        }
        assert all(whole.values())
        monkeypatch.setattr("streams.history.unserved.LEGS_AT_ONCE", 400)
        assert unserved_by(promising, catalogue, question, groupings) == whole
        monkeypatch.undo()


def test_what_was_known_before_the_correction(promising: Database) -> None:
    """Version 1 of every second answered leg said that it was not answered in time; nothing else was known."""
    start, end = map(from_iso, SPANS["autumn"])
    catalogue = read_catalogue(promising, NEVER)
    before = Question(start, end, as_of=KNOWN_AT)
    (rows,) = answer(LOSSES, promising, catalogue, before).rows
    assert {str(row["step"]) for row in rows} <= {
        "called",
        "answered_late",
        "answered_without_target",
        "out_of_hours",
    }
    first = [leg for leg in ROWS[::2] if leg.outcome == "answered"]
    for queue in PROMISES:
        expected = tally([leg for leg in first if leg.queue == queue], start, end)
        (row,) = [
            row for row in call_figures(promising, catalogue, before) if row["queue"] == queue
        ]
        assert (row["promised_calls"], row["served_as_promised"]) == (expected.due, 0)
        assert row["against_goal"] == "missed"
    (now,) = answer(LOSSES, promising, catalogue, Question(start, end, as_of=KNOWN_AT + 1)).rows
    assert now == answer(LOSSES, promising, catalogue, Question(start, end)).rows[0]


@pytest.mark.parametrize("by", ["queue", "centre"])
def test_each_month_by_weekday_and_half_hour(promising: Database, by: str) -> None:
    """The end of one year and the beginning of the next, on two clocks."""
    start, end = map(from_iso, SPANS["week 53"])
    question = Question(start, end, by=by, configured_only=True)  # type: ignore[arg-type]
    rows = answer(BY_MONTH, promising, read_catalogue(promising, NEVER), question).rows[0]
    assert {row["month"] for row in rows} == {"2026-12", "2027-01"}
    for group in {str(row["queue"]) for row in rows}:
        zone = ZoneInfo(OTHER_ZONE.get(group, ZONE))
        found: dict[tuple[str, int, str], list[LegRow]] = {}
        for leg in ROWS:
            if leg.queue in PROMISES and group in (leg.queue, PROMISES[leg.queue][0]):
                # One that the range cuts has the name of what is left of it, as in every report.
                begins = max(half_hour_of(leg.arrived_at, zone.key), start)
                local = datetime.fromtimestamp(begins / 1000, zone)
                slot = f"{local:%Y-%m}", local.isoweekday(), f"{local:%H:%M}"
                found.setdefault(slot, []).append(leg)
        counted = {slot: tally(legs, start, end) for slot, legs in found.items()}
        assert {
            (row["month"], row["weekday"], row["half_hour"]): (row["served_as_promised"], row["promised_calls"])
            for row in rows
            if row["queue"] == group
        } == {slot: (each.good, each.due) for slot, each in counted.items() if each.due}  # fmt: skip
