"""Periods, days and the week: counts are added, shares made last."""

from streams.history.catalogue import Catalogue
from streams.history.consistency import HalfHour
from streams.history.papers.asked import asked
from streams.history.papers.trend import Trend, section, week_rows, whole_periods
from streams.history.period import period_of
from streams.history.promises_kept import Kept
from streams.history.sentences import Span
from tests.support.builders import MONDAY, targets

HALF = 30 * 60_000
DAY = 48 * HALF


def test_half_hours_of_one_name_are_added() -> None:
    halves = [
        HalfHour(MONDAY, MONDAY + HALF, Kept(5, 10, 8_000_000)),
        HalfHour(MONDAY + 7 * DAY, MONDAY + 7 * DAY + HALF, Kept(10, 10, 8_000_000)),
        HalfHour(MONDAY + DAY + HALF, MONDAY + DAY + 2 * HALF, Kept(1, 2, 1_600_000)),
    ]
    assert week_rows(halves, "UTC") == [
        {"weekday": 1, "half_hour": "00:00", "promised_calls": 20, "sl_promised": 0.75, "goal": 0.8},
        {"weekday": 2, "half_hour": "00:30", "promised_calls": 2, "sl_promised": 0.5, "goal": 0.8},
    ]  # fmt: skip
    assert week_rows(halves, "Asia/Kathmandu")[0]["half_hour"] == "05:45"


def test_a_period_of_which_the_archive_has_a_part_is_neither_best_nor_worst() -> None:
    """Of an archive that began on the last day of September that day was the best of three months."""
    september, october, november = (period_of("month", f"2026-{n:02}", "UTC") for n in (9, 10, 11))
    catalogue = Catalogue("UTC", {"a": targets("a")})
    known = (september.end - DAY, november.end - DAY)
    whole = whole_periods((september, october, november), known, catalogue.queues.values())
    assert whole == {"2026-10"}
    about = asked(november, catalogue, None, november.end, None)
    spans: list[tuple[Span, float | None]] = [
        (Span("month", each.start, "UTC"), 0.5) for each in (october, november)
    ]
    found = Trend([], [], spans[:1], ("2026-09", "2026-11"))
    assert [each.text for each in section(found, [], [], about).sentences] == [
        "The archive has only a part of 2026-09, 2026-11: what is shown of it is no figure of a whole period.",
        "There are no two whole periods with calls to compare.",
    ]
    (said,) = section(Trend([], [], spans), [], [], about).sentences
    assert said.text.startswith("Of the last 2 periods with calls that are whole here the best was")
