"""Profiles as lines for people, and as a row for each quarter of an hour."""

from streams.history.profile_making import Made
from streams.history.profile_text import of_made, of_profile, slots
from tests.support.builders import clock
from tests.support.profiles import profile


def test_a_line_says_how_many_calls_and_from_when_on() -> None:
    line = of_profile(profile("a", version=3, valid_from=clock("03:02"), dispersion=1.4))
    assert (line["queue"], line["version"], line["calls_a_week"]) == ("a", 3, 10_080)
    assert line["valid_from"] == "2026-03-02T03:02:00+00:00"
    assert line["dispersion"] == 1.4


def test_what_is_missing_is_said() -> None:
    none = of_made(Made("a", None, {"Mon": 3, "Tue": 0}))
    assert none["note"] == "no profile: Mon (3 of 4 days), Tue (0 of 4 days)"
    part = of_made(Made("a", profile("a"), {"Mon": 8, "Sat": 2}))
    assert (part["note"], part["version"]) == ("no profile on Sat (2 of 4 days)", None)
    assert of_made(Made("a", profile("a"), {"Mon": 8}))["note"] is None


def test_each_quarter_of_an_hour_that_has_a_figure_is_a_row() -> None:
    made = profile("a", per_slot=lambda day, slot: 2.5 if (day, slot) == (1, 33) else None)
    assert slots([made]) == [
        {"queue": "a", "version": 1, "weekday": "Tue", "time": "08:15", "calls": 2.5}
    ]
