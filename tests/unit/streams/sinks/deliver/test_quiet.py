"""Until when a message is held."""

from schemas.millis import DAY, HOUR
from streams.sinks.deliver.quiet import quiet_until
from tests.support.delivery import NOON, owners

NIGHT = NOON + 11 * HOUR  # Sunday 23:00 UTC


def test_hours_over_midnight_end_in_the_morning_and_are_of_that_severity_alone() -> None:
    water = owners('water:quiet={warn="Mon-Sun 22:00-06:00"}')["water"]
    assert quiet_until(water, "warn", NIGHT) == NIGHT + 7 * HOUR
    assert quiet_until(water, "warn", NIGHT + 5 * HOUR) == NIGHT + 7 * HOUR
    assert quiet_until(water, "warn", NIGHT + 7 * HOUR) is None
    assert quiet_until(water, "warn", NOON) is None
    assert quiet_until(water, "page", NIGHT) is None


def test_hours_that_follow_each_other_are_one_time_and_the_zone_counts() -> None:
    both = 'quiet={warn=["Sun 22:00-24:00", "Mon 00:00-08:00"]}'
    assert quiet_until(owners(f"water:{both}")["water"], "warn", NIGHT) == NIGHT + 9 * HOUR
    south = owners(f'water:{both};time_zone="Africa/Johannesburg"')["water"]
    assert quiet_until(south, "warn", NIGHT) == NIGHT + 7 * HOUR


def test_a_whole_week_of_quiet_ends_only_after_days() -> None:
    until = quiet_until(owners('water:quiet={warn="Mon-Sun 00:00-24:00"}')["water"], "warn", NIGHT)
    assert until is not None
    assert until - NIGHT >= 7 * DAY
