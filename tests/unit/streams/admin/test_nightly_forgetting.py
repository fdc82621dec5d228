"""Forgotten callers are erased again once a day; a failure is told once and tried again."""

import pytest

from schemas.millis import DAY, MINUTE
from streams.admin import nightly_forgetting
from streams.admin.nightly_forgetting import NightlyForgetting
from streams.sinks.clickhouse.database import UnavailableError

NOW = 1_790_000_000_000


def test_once_a_day_and_again_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    answers: list[UnavailableError | int] = [
        UnavailableError("away"),
        UnavailableError("away"),
        3,
        0,
    ]

    def erase_again(_: object, now: int) -> int:
        asked.append(now)
        answer = answers.pop(0)
        if isinstance(answer, UnavailableError):
            raise answer
        return answer

    monkeypatch.setattr(nightly_forgetting, "erase_again", erase_again)
    ended = [2, 0]
    monkeypatch.setattr(nightly_forgetting, "delete_ended", lambda _, __: ended.pop(0))
    said: list[str] = []
    nightly = NightlyForgetting(said.append)
    turns = [NOW + n * 10 * MINUTE for n in range(4)]
    for now in (*turns, NOW + DAY + 20 * MINUTE):
        nightly.turn(None, now)  # type: ignore[arg-type]  # the answers above need no database
    assert asked == [*turns[:3], NOW + DAY + 20 * MINUTE]
    assert said == [
        "forgotten callers are not erased again, tried again: away",
        "erased again: 3 rows of callers who were forgotten",
        "2 callers' tokens of a former key cannot be joined any more",
    ]
