from typing import get_args

from schemas.attention import LEVELS, AttentionLevel


def test_every_level_stands_once_and_the_worst_first() -> None:
    assert sorted(LEVELS) == sorted(get_args(AttentionLevel))
    assert LEVELS[:3] == ("act", "watch", "ok")
