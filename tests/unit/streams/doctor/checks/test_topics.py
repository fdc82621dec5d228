from streams.doctor.checks.topics import CHECK
from streams.doctor.system import System


def test_the_first_mistakes_are_shown() -> None:
    found = list(CHECK.judge(System(), [f"topic t{n} is missing: create it" for n in range(18)]))
    assert [each.level for each in found] == ["fail"] * 4
    assert found[-1].text == "and 15 more"
    assert [each.level for each in CHECK.judge(System(), [])] == ["ok"]
