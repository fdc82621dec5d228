"""E17, E18: local midnights, both nights of changing clocks, half-hour zones, and queues at rest."""

import pytest

from schemas.counters import Counts
from schemas.formulas import FORMULAS, ratio
from schemas.millis import DAY, HOUR, MINUTE, SECOND, from_iso
from schemas.opening import Opening, business_day, parse_weekly
from tests.support.builders import MONDAY, call, clock, mark
from tests.support.retold import check
from tests.support.story import Story

SPRING = from_iso("2026-03-29T00:00:00Z")  # in London 01:00 becomes 02:00
AUTUMN = from_iso("2026-10-25T00:00:00Z")  # and 02:00 becomes 01:00


@pytest.mark.parametrize(
    ("zone", "at", "hours"),
    [
        ("Europe/London", "2026-03-29T12:00:00Z", 23),
        ("Europe/London", "2026-10-25T12:00:00Z", 25),
        ("Africa/Johannesburg", "2026-03-29T12:00:00Z", 24),
        ("Asia/Muscat", "2026-10-25T12:00:00Z", 24),
        ("Asia/Kolkata", "2026-03-02T12:00:00Z", 24),
        ("Australia/Lord_Howe", "2026-10-04T12:00:00+11:00", 23.5),  # half an hour is put on
    ],
)
def test_e17_a_business_day_is_as_long_as_its_zone_says(zone: str, at: str, hours: float) -> None:
    start, end = business_day(from_iso(at), zone, 0)
    assert end - start == hours * HOUR


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("UTC", "24:00"),
        ("Africa/Johannesburg", "22:00"),
        ("Asia/Kolkata", "18:30"),
        ("Asia/Kathmandu", "18:15"),
        ("America/St_Johns", "03:30"),
    ],
)
def test_e17_the_day_turns_at_local_midnight_and_a_call_over_it_counts_on_both(
    zone: str, midnight: str
) -> None:
    day = Story(time_zone=zone)
    turn = clock(midnight)
    day.say(call("queued", "ada", turn - 10 * SECOND))
    assert day.today() == Counts(offered=1)
    day.say(call("answered", "ada", turn + 5 * SECOND))
    assert day.today() == Counts(answered=1, answered_in_target=1, answer_wait_ms=15 * SECOND)
    assert day.snapshot().today_started_at == turn
    assert day.snapshot().windows[60].offered == 1  # rolling windows know no midnight
    row = day.legs()["ada"]
    assert (row.arrived_at, row.outcome) == (turn - 10 * SECOND, "answered")
    check(day)


def test_e17_a_moment_of_midnight_belongs_to_the_new_day() -> None:
    day = Story(time_zone="Asia/Kolkata")
    day.at("18:29:59.999").queued("old")
    day.at("18:30:00").queued("new")
    assert (day.today().offered, day.snapshot().waiting) == (1, 2)
    check(day)


@pytest.mark.parametrize(("night", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_e17_a_day_of_another_length_counts_each_of_its_hours_once(night: int, hours: int) -> None:
    day = Story(time_zone="Europe/London", day=night)
    start, end = business_day(night + 12 * HOUR, "Europe/London", 0)
    for at in range(start - HOUR, end + HOUR, HOUR):
        leg = f"at{at}"
        day.say(call("queued", leg, at + MINUTE))
        day.say(call("answered", leg, at + MINUTE + SECOND))
        if at == end - HOUR:
            assert (day.today().offered, day.today().answered) == (hours, hours)
            assert day.snapshot().today_started_at == start
    assert day.today().offered == 1
    assert day.totals().offered == hours + 2
    check(day)


def test_e17_two_calls_in_both_hours_of_one_o_clock_stay_apart() -> None:
    day = Story(time_zone="Europe/London", day=AUTUMN)
    day.at("00:30:00").queued("summer")  # 01:30 BST
    day.at("00:30:10").answered("summer")
    day.at("01:30:00").queued("winter")  # 01:30 GMT
    arrivals = {leg: row.arrived_at for leg, row in day.legs().items()}
    assert arrivals["winter"] - arrivals["summer"] == HOUR
    assert day.today().offered == 2
    assert day.history("00:00", "01:00")["offered"] == 1
    assert day.snapshot().oldest_arrived_at == arrivals["winter"]
    check(day)


@pytest.mark.parametrize(("night", "closes"), [(SPRING, "05:00"), (AUTUMN, "06:00")])
def test_e17_a_shift_over_the_night_of_changing_clocks_ends_by_the_clock_on_the_wall(
    night: int, closes: str
) -> None:
    """Open from Saturday 22:00 to Sunday 06:00, which is 05:00 UTC in summer and 06:00 in winter."""
    day = Story(
        time_zone="Europe/London", day=night, opening=Opening(parse_weekly("Sat 22:00-06:00"))
    )
    end = clock(closes, night)
    day.say(call("queued", "within", end - 1))
    day.say(call("queued", "after", end))
    assert {leg: row.out_of_hours for leg, row in day.legs().items()} == {
        "within": False, "after": True,
    }  # fmt: skip
    assert (day.today().offered, day.today().out_of_hours) == (1, 1)
    check(day)


def test_e17_a_business_day_may_begin_in_the_evening() -> None:
    """A night shift that is one day: day_start 18:00."""
    day = Story(day_start_minute=18 * 60)
    for at in ("17:59:59", "18:00:00", "23:59:59", "24:00:01", "41:59:59"):
        day.at(at).rejected(f"leg{at}")
    assert day.today().rejected == 4
    day.at("42:00:00").rejected("next")
    assert day.today().rejected == 1
    check(day)


def test_e17_minutes_are_minutes_of_utc_in_every_zone() -> None:
    """Every zone in use is whole minutes off UTC, so that a minute row needs no zone."""
    day = Story(time_zone="Asia/Kathmandu")
    day.at("09:00:30").queued("ada")
    day.tick("09:01:10")
    assert list(day.minutes()) == [clock("09:01")]
    check(day)


def test_e18_an_idle_queue_is_shown_and_has_no_service_level() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada")
    day.at("09:01:00").ended("ada")
    for hour in range(10, 35):
        day.tick(f"{hour}:00:00")
    seen = day.snapshot()
    assert (seen.waiting, seen.windows[60], seen.today) == (0, Counts(), Counts())
    assert seen.as_of == clock("34:00")
    assert not seen.source_stale
    assert all(ratio(rule, seen.windows[30]) is None for rule in FORMULAS)
    assert max(day.minutes()) <= clock("10:02")  # an empty hour has no rows
    day.unit.changed_snapshots(clock("34:00"))
    assert [each.queue for each in day.unit.changed_snapshots(clock("34:00:02"))] == ["billing"]
    check(day)


def test_e18_a_queue_that_fell_silent_is_shown_as_stale_and_its_line_stands() -> None:
    """No tick and no call: nothing is known, which is not the same as nothing."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.say(mark("tick", clock("09:01:00"), "other"))
    seen = day.snapshot()
    assert (seen.source_stale, seen.waiting, seen.as_of) == (True, 1, clock("09:00:00"))
    day.tick("09:01:30")
    assert not day.snapshot().source_stale
    check(day)


def test_e18_the_first_call_of_a_queue_shows_at_once_on_a_platform_that_ticks() -> None:
    """Its source's clock passed no boundary with it: nothing was summed yet."""
    day = Story()
    day.at("08:59:55").queued("other", queue="repairs")
    day.at("08:59:58").queued("ada")
    assert day.snapshot().windows[1].offered == 1
    check(day)


def test_out_of_hours_counts_in_one_column_and_no_other() -> None:
    day = Story(opening=Opening(parse_weekly("Mon 08:00-17:00")))
    day.at("16:59:59.999").queued("last")
    day.at("17:00:00").queued("late")
    seen = day.snapshot()
    assert (seen.waiting, seen.out_of_hours_waiting) == (1, 1)
    day.at("17:00:10").answered("late")
    assert day.today() == Counts(offered=1, out_of_hours=1)
    assert day.snapshot().in_service == 0
    assert day.legs()["late"].out_of_hours
    day.at("17:00:20").answered("last")  # arrived in time: counted whenever she is answered
    assert day.today().answered == 1
    check(day)


def test_days_are_forgotten_after_two_and_a_new_one_begins_at_zero() -> None:
    day = Story()
    for number in range(4):
        day.say(call("rejected", f"leg{number}", MONDAY + number * DAY))
        assert day.today().rejected == 1
    assert len(day.unit.monitors["billing"].legs.tally.days.freeze()) <= 3
    check(day)
