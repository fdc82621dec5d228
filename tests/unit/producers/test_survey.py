"""What a file would say, before anything is sent."""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from producers.survey import QueueSeen, Survey, described
from schemas.calls import FinishedLeg, Queued
from schemas.millis import from_iso
from schemas.quarantine import Quarantined

TEN = from_iso("2026-05-01T10:00:00Z")


def _answered(number: int, wait_ms: int, queue: str = "billing") -> FinishedLeg:
    at = TEN + number * 1_000
    return FinishedLeg(
        event_id=f"{number}",
        at=at + wait_ms,
        source="s",
        queue=queue,
        leg_id=f"{number}",
        feed="history",
        outcome="answered",
        arrived_at=at,
        answered_at=at + wait_ms,
        left_at=at + wait_ms,
    )


def _refused(line: int, detail: str) -> Quarantined:
    return Quarantined(
        origin="f", position=line, reason="bad_row", detail=detail, known_at=TEN, original=""
    )


def test_a_queue_says_how_fast_it_was_answered() -> None:
    survey = Survey()
    for number, wait_ms in enumerate((0, 4_001, 7_000, 30_000)):
        survey.add(_answered(number, wait_ms))
    assert survey.queues["billing"].in_words() == (
        "4 calls; of the answered half within 5 s, 90 % within 30 s"
    )
    assert QueueSeen(calls=1).in_words() == "1 call, none answered"


def test_a_file_in_lines_with_its_refusals_by_reason() -> None:
    survey = Survey()
    survey.add(_answered(0, 5_000))
    survey.add(Queued(event_id="q", at=TEN + 60_000, source="s", queue="faults", leg_id="q"))
    for line, detail in ((7, "queue is empty"), (9, "outcome is empty"), (12, "outcome is empty")):
        survey.refuse(_refused(line, detail))
    assert (survey.legs, survey.open_legs, survey.refusals) == (2, 1, 3)
    assert list(described(survey, ZoneInfo("Europe/Berlin"))) == [
        "from 2026-05-01T12:00:00+02:00 to 2026-05-01T12:01:00+02:00",
        "  queue    calls  answered  abandoned  other  half answered within  90 %",
        "  billing      1         1          0      0                   5 s   5 s",
        "  faults       1         0          0      1                     –     –",
        "would go to quarantine:",
        "  2 x outcome is empty (first: line 9)",
        "  1 x queue is empty (first: line 7)",
    ]


def test_an_empty_survey_says_nothing() -> None:
    assert list(described(Survey(), ZoneInfo("UTC"))) == []


def test_calls_in_the_night_are_asked_about_in_the_zone_that_is_shown() -> None:
    survey = Survey()
    for number in range(60):
        survey.add(_answered(number, 0))  # from ten o'clock UTC on
    asked = "these calls lie at 22:00-23:00 local (Pacific/Auckland); is the zone right?"
    assert asked in list(described(survey, ZoneInfo("Pacific/Auckland")))
    assert not [line for line in described(survey, ZoneInfo("UTC")) if "zone" in line]


def test_names_of_queues_that_differ_in_capitals_or_spaces_only_are_asked_about() -> None:
    survey = Survey()
    for number, queue in enumerate(
        ("sales", "Sales", "sales 2", "sales-2", "+", "-", "T\u00fcr", "Tu\u0308r")
    ):
        survey.add(_answered(number, 1_000, queue))
    asked = [line for line in described(survey, ZoneInfo("UTC")) if "one queue?" in line]
    assert asked == [
        '"Sales", "sales": one queue? They are counted as 2',
        '"Tu\u0308r", "T\u00fcr": one queue? They are counted as 2',
        '"sales 2", "sales-2": one queue? They are counted as 2',
    ]


def test_calls_of_agents_are_in_no_queue_of_the_survey() -> None:
    survey = Survey()
    survey.add(_answered(0, 5_000))
    survey.add(replace(_answered(1, 9_000), direction="outbound"))
    assert (survey.legs, survey.not_inbound, survey.queues["billing"].calls) == (2, 1, 1)


def test_a_queue_that_is_called_like_several_others_is_asked_about() -> None:
    survey = Survey()
    for number, queue in enumerate(("Billing", "Tech", "billing, Tech", "Billing, Fax")):
        survey.add(_answered(number, 5_000, queue))
    lines = [line for line in described(survey, ZoneInfo("UTC")) if "one cell" in line]
    assert lines == [
        '"billing, Tech": the names of 2 queues in one cell? 1 call of it count in none of these'
    ]
