from streams.doctor.checks.tables import CHECK
from streams.doctor.system import System


def test_mistakes_fail_and_none_is_well() -> None:
    mistakes = ["no table `migrations`: run `queuewatch tables migrate`"]
    assert [(each.level, each.text) for each in CHECK.judge(System(), mistakes)] == [
        ("fail", mistakes[0])
    ]
    assert [each.level for each in CHECK.judge(System(), [])] == ["ok"]
