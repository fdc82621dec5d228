"""What was restated: the period before as it was known, and corrections by cause."""

from streams.history.catalogue import Catalogue
from streams.history.papers.asked import asked
from streams.history.papers.carried import Carried
from streams.history.papers.restated import Restated, corrected_rows, section
from streams.history.period import period_of
from streams.history.report import Row
from tests.support.builders import MONDAY, targets

ABOUT = asked(
    period_of("month", "2026-03", "UTC"), Catalogue("UTC", {"a": targets("a")}), None, MONDAY, None
)
THEN: Row = {"called": 90, "answered": 80, "gave_up": 10, "rejected": 0, "sl_promised": 0.8}


def said(then: Row, now: Row) -> str:
    return section(Restated(MONDAY, then, now, ()), Carried(), ABOUT).sentences[1].text


def test_the_month_before_then_and_now() -> None:
    now: Row = THEN | {"called": 100, "gave_up": 20, "sl_promised": 0.7}
    assert said(THEN, now) == (
        "The month before, as known on Mon 2 Mar 00:00 and as known now: 90 and 100 called, 10 and 20 gave up, 0 and 0 were"
        " refused, 80.0 % and 70.0 % were served as promised."
    )
    assert said(THEN, THEN).startswith("The month before has the same figures now")
    assert said(THEN | {"called": 0}, now).startswith("Of the month before nothing was known yet")
    assert said(THEN | {"called": 0}, THEN | {"called": 0}).startswith("In the month before nobody")


def test_of_a_month_that_the_archive_does_not_know_nobody_says_that_nobody_called() -> None:
    nothing = THEN | {"called": 0}
    found = section(Restated(MONDAY, nothing, nothing, (), is_known=False), Carried(), ABOUT)
    assert found.sentences[1].text == "Of the month before the archive knows nothing."


def test_of_a_day_that_is_not_over_nobody_says_what_was_known_at_its_end() -> None:
    """A month that runs for some hours was said to agree with what would be known tomorrow."""
    tomorrow = section(Restated(MONDAY + 1, THEN, THEN, ()), Carried(), ABOUT)
    assert [each.text for each in tomorrow.sentences[1:]] == [
        "No call was corrected in this month."
    ]


def test_corrections_by_column_cause_and_source() -> None:
    late = {"column": "outcome", "cause": "answered", "source": "node-b", "late_s": 40.0}
    rows = corrected_rows(
        [late, late | {"late_s": 90.0}, late | {"column": "wait", "late_s": None}]
    )
    assert [(row["column"], row["corrected_legs"], row["latest_s"]) for row in rows] == [
        ("outcome", 2, 90.0),
        ("wait", 1, None),
    ]
