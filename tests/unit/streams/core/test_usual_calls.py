"""Which profile and targets the usual calls are made of, and when they are made anew."""

from msgspec.structs import replace

from schemas.millis import HOUR
from streams.core.profiles import Profiles
from streams.core.usual_calls import UsualCalls
from tests.support.builders import BILLING, MONDAY, targets
from tests.support.profiles import profile

RULED = targets(BILLING)


def test_without_a_profile_nothing_is_usual_until_one_is_published() -> None:
    profiles = Profiles()
    usual = UsualCalls(profiles)
    assert usual.at(RULED, MONDAY) is usual.at(RULED, MONDAY + HOUR) is None
    profiles.update(profile(BILLING))
    assert usual.at(RULED, MONDAY) is not None


def test_they_are_kept_until_profile_or_targets_are_others() -> None:
    profiles = Profiles()
    profiles.update(profile(BILLING))
    usual = UsualCalls(profiles)
    known = usual.at(RULED, MONDAY)
    assert usual.at(RULED, MONDAY + HOUR) is known
    others = targets(BILLING, goal=0.5)
    assert usual.at(others, MONDAY + HOUR) is not known
    assert usual.at(RULED, MONDAY) is not known
    now = usual.at(RULED, MONDAY)
    profiles.update(replace(profile(BILLING), version=1))
    assert usual.at(RULED, MONDAY) is not now


def test_a_version_that_begins_later_is_asked_for_from_its_beginning_on() -> None:
    profiles = Profiles()
    first = replace(profile(BILLING), version=1, valid_from=0)
    later = replace(first, version=2, valid_from=MONDAY + HOUR)
    for each in (first, later):
        profiles.update(each)
    usual = UsualCalls(profiles)
    found = [usual.at(RULED, at) for at in (MONDAY, MONDAY + HOUR, MONDAY, MONDAY + 2 * HOUR)]
    assert [each and each.profile.version for each in found] == [1, 2, 1, 2]
