"""A range that the archive does not know has no figure; that no report shows 0 of one is tried on both databases."""

import re

import pytest

from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.opening import Opening, parse_weekly
from streams.history.catalogue import Catalogue
from streams.history.known_range import check_known, lacks
from streams.history.months import Range
from streams.history.question import HistoryError, Question
from streams.history.report import answer, unchecked
from streams.history.reports.losses import REPORT
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import targets

FIRST, LAST = from_iso("2026-03-02T10:00:00Z"), from_iso("2026-04-10T10:00:00Z")
CATALOGUE = Catalogue("Europe/Berlin", {"billing": targets("billing", time_zone="Asia/Tokyo")})
ALWAYS = [targets("billing")]
OFFICE = [targets("billing", opening=Opening(weekly=parse_weekly("Mon-Fri 08:00-17:00")))]


class Archive:
    """Of live events alone; without any where `first` is 0."""

    def __init__(self, first: int = FIRST, last: int = LAST) -> None:
        self._first, self._last = first, last

    def execute(self, sql: str) -> Answer:
        if "FROM events" not in sql or "count(), toUInt32(max(" in sql or not self._first:
            return Answer([], [])  # all of it is counted
        if "appended_at))" in sql:
            return Answer(["n", "first", "last"], [(2, self._first // 1000, self._last // 1000)])
        return Answer(["first", "last"], [(self._first, self._last)])

    def close(self) -> None: ...


def test_a_range_that_is_known_in_part_has_its_figures() -> None:
    for start, end in ((FIRST - DAY, FIRST + DAY), (LAST - DAY, LAST + DAY), (FIRST, LAST)):
        check_known(Archive(), CATALOGUE, Question(start, end))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (
            Question(LAST, LAST + DAY),
            "the archive knows of 2026-03-02T11:00:00+01:00 to 2026-04-10T1",
        ),
        (Question(FIRST - DAY, FIRST), "nothing is known of this range; the archive knows"),
        (Question(FIRST - DAY, FIRST, queue="billing"), "knows of 2026-03-02T19:00:00+09:00"),
        (Question(FIRST + HOUR, LAST, as_of=FIRST), "range, as of 2026-03-02T11:00:00+01:00;"),
    ],
)
def test_one_of_which_nothing_is_known_says_what_is(question: Question, words: str) -> None:
    with pytest.raises(HistoryError, match=f"no value: .*{re.escape(words)}"):
        check_known(Archive(), CATALOGUE, question)


def test_a_report_that_has_no_value_there_is_not_asked() -> None:
    with pytest.raises(HistoryError, match="nothing is known of this range"):
        answer(REPORT, Archive(), CATALOGUE, Question(LAST, LAST + DAY))
    unchecked(REPORT, Archive(), CATALOGUE, Question(LAST, LAST + DAY))  # as for its queries


def test_an_empty_archive_is_said_to_be_that() -> None:
    with pytest.raises(HistoryError, match="nothing is known of this range, nor of any other"):
        check_known(Archive(first=0), CATALOGUE, Question(FIRST, LAST))


def test_calls_of_a_source_that_has_just_begun_are_counted() -> None:
    """No whole minute of it is known yet; its calls are there."""

    class Begun(Archive):
        def execute(self, sql: str) -> Answer:
            return Answer(["n"], [(1,)]) if "WHERE arrived_at_ms >= " in sql else Answer([], [])

    check_known(Begun(), CATALOGUE, Question(FIRST, LAST))


def test_what_lacks_at_either_end_of_a_range() -> None:
    whole = Range(FIRST, LAST - DAY)
    assert lacks((FIRST, LAST), whole, ALWAYS, "UTC") == ""
    early = lacks((FIRST, LAST - 2 * DAY), whole, ALWAYS, "UTC")
    assert early.startswith("the archive knows nothing after 2026-04-08T10:00:00+00:00, and queue")
    assert "those of the next day show that nothing is missing" in early
    for known in (None, (FIRST - DAY, FIRST), (LAST, LAST + DAY)):
        assert lacks(known, whole, ALWAYS, "UTC") == "the archive has nothing of it"
    late = lacks((FIRST + 3 * HOUR, LAST), whole, ALWAYS, "Europe/Berlin")
    assert late.startswith(
        "the archive knows nothing before 2026-03-02T14:00:00+01:00, and queue billing was open"
    )


def test_hours_in_which_every_queue_was_closed_do_not_lack() -> None:
    monday = Range(from_iso("2026-03-02T00:00:00Z"), from_iso("2026-03-03T00:00:00Z"))
    known = (from_iso("2026-03-02T08:20:00Z"), LAST)
    assert lacks(known, monday, OFFICE, "UTC") == ""
    assert "was open before" in lacks(known, monday, ALWAYS, "UTC")


def test_a_month_of_records_ends_with_its_last_call_not_at_midnight() -> None:
    month = Range(from_iso("2026-03-01T00:00:00Z"), from_iso("2026-04-01T00:00:00Z"))
    begins = from_iso("2026-03-01T00:10:00Z")
    for last, found in (("16:20", ""), ("15:50", "nothing after 2026-03-31T16:50")):
        # A file reaches an hour past its last call; that evening its lines were closed.
        known = (begins, from_iso(f"2026-03-31T{last}:00Z") + HOUR)
        assert found in lacks(known, month, OFFICE, "UTC")
        assert bool(lacks(known, month, OFFICE, "UTC")) == bool(found)
        assert "was open after it" in lacks(known, month, ALWAYS, "UTC")


def test_of_a_live_source_the_last_hour_of_an_open_line_is_missing_not_quiet() -> None:
    month = Range(FIRST, from_iso("2026-04-01T00:00:00Z"))
    for minutes, is_missing in ((1, True), (0, False), (-5, False)):
        known = (FIRST, month.end - minutes * MINUTE)
        assert bool(lacks(known, month, ALWAYS, "UTC")) is is_missing
