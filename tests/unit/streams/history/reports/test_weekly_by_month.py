"""Half hours of one time of the week, month after month, on the clock of the group."""

from schemas.millis import from_iso
from streams.history.consistency import HalfHour
from streams.history.half_hours import GroupsHalfHours
from streams.history.promises_kept import Kept
from streams.history.reports.weekly_by_month import rows_of

ZONE = "Africa/Johannesburg"


def half_hour(start: str, good: int, due: int = 10) -> HalfHour:
    at = from_iso(start)
    return HalfHour(at, at + 1_800_000, Kept(good, due, 800_000 * due))


def group(*half_hours: HalfHour, without_target: int = 0) -> GroupsHalfHours:
    return GroupsHalfHours("billing", ZONE, list(half_hours), without_target)


def test_a_time_of_the_week_has_a_row_in_each_month() -> None:
    rows = rows_of(
        group(
            half_hour("2026-10-05T09:00:00+02:00", 5),  # Mondays
            half_hour("2026-10-12T09:00:00+02:00", 9),
            half_hour("2026-11-02T09:00:00+02:00", 10),
            half_hour("2026-11-03T09:00:00+02:00", 1),
        )
    )
    told = [
        (row["month"], row["weekday"], row["half_hour"], row["sl_promised"], row["half_hours"], row["half_hours_missed"])
        for row in rows
    ]  # fmt: skip
    assert told == [
        ("2026-10", 1, "09:00", 0.7, 2, 1),
        ("2026-11", 1, "09:00", 1.0, 1, 0),
        ("2026-11", 2, "09:00", 0.1, 1, 1),
    ]


def test_a_month_ends_at_midnight_of_the_group() -> None:
    rows = rows_of(
        group(half_hour("2026-10-31T21:30:00Z", 1), half_hour("2026-10-31T22:00:00Z", 1))
    )
    assert [(row["month"], row["half_hour"]) for row in rows] == [
        ("2026-10", "23:30"),
        ("2026-11", "00:00"),
    ]


def test_a_leg_without_a_target_leaves_no_share() -> None:
    (row,) = rows_of(group(half_hour("2026-10-05T09:00:00+02:00", 5), without_target=1))
    assert row["promised_calls"] == 10
    assert row.get("sl_promised") is None
