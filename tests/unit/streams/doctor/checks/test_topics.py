from streams.admin.access import USERS
from streams.doctor.checks.topics import CHECK
from streams.doctor.system import System


def test_only_those_who_may_see_all_topics_are_asked() -> None:
    asked = [user for user in ("", *USERS) if not CHECK.unasked(System(user=user))]
    assert asked == ["", "stream", "operator"]


def test_the_first_mistakes_are_shown() -> None:
    found = list(CHECK.judge(System(), [f"topic t{n} is missing: create it" for n in range(18)]))
    assert [each.level for each in found] == ["fail"] * 4
    assert found[-1].text == "and 15 more"
    assert [each.level for each in CHECK.judge(System(), [])] == ["ok"]
