"""Figures of call backs from matched legs; the SQL is tried on both databases in tests/integration."""

from schemas.millis import DAY, HOUR
from streams.history.call_backs import CallBacks, CallLeg
from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.report import Row
from streams.history.reports.callbacks import REPORT, call_back_rows, call_legs_sql
from tests.support.builders import MONDAY, targets

CATALOGUE = Catalogue("UTC", {"billing": targets("billing"), "quiet": targets("quiet")})
RANGE = Question(MONDAY, MONDAY + DAY)


def leg(
    contact: str,
    at: int,
    outcome: str,
    *,
    channel: str = "callback",
    queue: str = "billing",
    out_of_hours: bool = False,
) -> CallLeg:
    over_at = None if outcome == "open" else at
    return CallLeg(queue, contact, "", channel, "inbound", outcome, at, over_at, 0, out_of_hours)


def asked(contact: str, at: int, *, queue: str = "billing", out_of_hours: bool = False) -> CallLeg:
    return leg(contact, at, "callback", channel="voice", queue=queue, out_of_hours=out_of_hours)


def rows_of(*legs: CallLeg, question: Question = RANGE) -> dict[str, Row]:
    rows = call_back_rows(CallBacks(legs), CATALOGUE, question)
    return {str(row["queue"]): row for row in rows}


AT = MONDAY + 9 * HOUR
LEGS = (
    *(asked(f"c{number}", AT) for number in range(1, 11)),
    *(leg(f"c{number}", AT + number * 60_000, "answered") for number in range(1, 5)),
    leg("c5", AT + HOUR, "abandoned"), leg("c5", AT + 2 * HOUR, "exited"),
    leg("c6", AT + HOUR, "open"),
    asked("", AT), asked("c1", AT + 30_000), asked("night", MONDAY + 23 * HOUR, out_of_hours=True),
    leg("who", AT, "answered"), leg("who", AT, "answered", queue="elsewhere"),
)  # fmt: skip


def test_every_contact_is_in_one_of_four_states() -> None:
    row = rows_of(*LEGS)["billing"]
    assert row == {
        "queue": "billing", "requested": 12, "requested_out_of_hours": 1, "repeated": 1,
        "attempted": 6, "reached": 4, "not_reached": 1, "still_open": 6, "unknown": 1,
        "share_reached": round(4 / 11, 6), "time_to_reach_p50_s": 120.0,
        "time_to_reach_p90_s": 240.0, "attempts": 7, "unmatched_attempts": 1,
    }  # fmt: skip
    assert {column.name for column in REPORT.parts[0].columns} == row.keys()


def test_queues_without_call_backs_have_zeros_and_no_share() -> None:
    rows = rows_of(*LEGS)
    assert list(rows) == ["billing", "elsewhere", "quiet"]
    quiet = rows["quiet"]
    assert (quiet["requested"], quiet["reached"], quiet["unmatched_attempts"]) == (0, 0, 0)
    assert [quiet[name] for name in quiet if quiet[name] is None] == [None] * 3
    assert (quiet["share_reached"], quiet["time_to_reach_p90_s"]) == (None, None)
    assert rows["elsewhere"]["unmatched_attempts"] == 1


def test_the_range_bounds_requests_and_what_belongs_to_none() -> None:
    """An answer after the range counts; an attempt of an earlier request is not unmatched."""
    before, within, after = asked("a", MONDAY - 1), asked("b", MONDAY), asked("c", MONDAY + DAY)
    answers = [leg(contact, MONDAY + DAY, "answered") for contact in "ab"]
    row = rows_of(before, within, after, *answers, leg("x", MONDAY + DAY, "answered"))["billing"]
    assert (row["requested"], row["reached"], row["unmatched_attempts"]) == (1, 1, 0)
    (only,) = rows_of(*LEGS, question=Question(MONDAY, MONDAY + DAY, queue="elsewhere"))
    assert only == "elsewhere"


def test_the_question_is_of_all_queues_with_a_week_around_the_range() -> None:
    sql = call_legs_sql(Question(MONDAY, MONDAY + DAY, queue="billing"))
    assert "queue = " not in sql
    assert f"arrived_at_ms >= {MONDAY - 7 * DAY} AND arrived_at_ms < {MONDAY + 8 * DAY}" in sql
