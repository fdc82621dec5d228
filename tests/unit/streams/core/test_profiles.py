"""Which version of a queue's profile holds at a moment."""

from streams.core.profiles import Profiles
from tests.support.profiles import profile


def test_the_newest_that_has_begun_holds_and_before_all_of_them_the_first() -> None:
    found = Profiles()
    for version, valid_from in ((2, 2_000), (1, 1_000), (3, 3_000)):
        found.update(profile("a", version=version, valid_from=valid_from))
    held = [found.at("a", moment) for moment in (0, 1_999, 2_000, 9_000)]
    assert [each.version for each in held if each] == [1, 1, 2, 3]
    assert found.at("b", 9_000) is None
    assert [each.version for each in found.newest().values()] == [3]


def test_one_that_was_deleted_is_gone_and_one_told_again_is_replaced() -> None:
    found = Profiles()
    found.update(profile("a", version=1))
    found.update(profile("a", version=1, per_slot=3.0))
    held = found.at("a", 0)
    assert held is not None
    assert held.days[0][0] == 3
    found.remove("a", 1)
    found.remove("never", 1)
    assert found.at("a", 0) is None
    assert found.newest() == {}
