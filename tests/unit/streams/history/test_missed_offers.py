"""Missed offers on the day on which they happened, from rows that only know how many."""

from schemas.millis import DAY, HOUR, MINUTE
from schemas.topics import EPOCHS_BEGIN, epoch_began, version_of
from streams.history.missed_offers import MissedLeg, counted
from tests.support.builders import MONDAY, as_key

END = MONDAY + DAY
MISSED = ("missed_offers",)


def test_each_counts_on_its_day_and_what_has_no_time_at_the_arrival() -> None:
    night = MissedLeg(
        "billing", as_key("night"), END - MINUTE, 3, MISSED
    )  # arrives before midnight
    told = {("billing", as_key("night")): {(END - 1, "ann"), (END, "ann"), (END, "eve")}}
    assert counted([night], told, MONDAY, END) == {"billing": {"missed_offers": 1}}
    assert counted([night], told, END, END + DAY) == {"billing": {"missed_offers": 2}}
    whole = MissedLeg(
        "desk", as_key("whole"), MONDAY + HOUR, 4, MISSED
    )  # told in one event, without times
    assert counted([night, whole], told, MONDAY, END) == {
        "billing": {"missed_offers": 1},
        "desk": {"missed_offers": 4},
    }
    assert counted([whole], {}, END, END + DAY) == {"desk": {"missed_offers": 0}}


def test_a_row_that_is_old_counts_less_than_its_events() -> None:
    row = MissedLeg("billing", as_key("ada"), MONDAY, 1, MISSED)
    told = {("billing", as_key("ada")): {(MONDAY + 1, "ann"), (MONDAY + 2, "ann")}}
    assert counted([row], told, MONDAY, END) == {"billing": {"missed_offers": 1}}
    assert counted([], told, MONDAY, END) == {}


def test_an_epoch_began_with_its_minute() -> None:
    assert epoch_began(version_of(7, 123)) == EPOCHS_BEGIN + 7 * MINUTE
