"""Of two live workers with one name the younger gives way; nobody gives way to the dead."""

import pytest

from schemas.health import Health
from schemas.millis import SECOND
from streams.admin.namesakes import reason_to_yield

NOW = 1_780_000_000_000


def report(
    started_s: int, at_s: int, pid: int = 7, instance: str = "a", state: str = "running"
) -> Health:
    return Health(
        process="stream", instance=instance, at=NOW + at_s * SECOND,
        started_at=NOW + started_s * SECOND, ready=True, state=state, pid=pid,
    )  # fmt: skip


YOUNGER = report(0, 20, pid=8)


def test_the_younger_one_yields_with_a_line_that_says_what_to_do() -> None:
    elder = report(-60, 19)
    assert reason_to_yield([elder, YOUNGER], YOUNGER) == (
        "another stream with --instance a is running (process 7, since 2026-05-28T20:25:40Z):"
        " give each an --instance of its own"
    )
    assert reason_to_yield([elder, YOUNGER], elder) is None


def test_of_two_that_started_at_once_one_yields() -> None:
    other = report(0, 20, pid=7)
    assert [reason_to_yield([other, YOUNGER], each) is None for each in (other, YOUNGER)] == [
        True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        report(-60, -1),  # killed: its last word is from before this one's start
        report(-60, 9),  # silent for more than ten seconds
        report(-60, 19, state="stopped"),
        report(-60, 19, instance="b"),
    ],
)
def test_nobody_yields_to_the_dead_or_to_another_name(other: Health) -> None:
    assert reason_to_yield([other, YOUNGER], YOUNGER) is None
