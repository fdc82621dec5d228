"""A long benchmark that is ended goes on where it was."""

from pathlib import Path

import pytest

from tests.bench.steps import Steps, TooLongError


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    said: list[str] = []
    for expected in (True, False):
        steps = Steps(tmp_path / "steps.json", 10, 1.0, said.append)
        with steps.step("legs", "legs 0") as todo:
            assert todo is expected
    assert len(said) == 1
    assert "legs (" in said[0]


def test_a_step_that_fails_is_done_again(tmp_path: Path) -> None:
    steps = Steps(tmp_path / "steps.json", 10, 1.0, print)
    with pytest.raises(OSError, match="full"), steps.step("legs", "legs 0"):
        raise OSError("full")
    assert not Steps(tmp_path / "steps.json", 10, 1.0, print).is_done("legs 0")


def test_parts_are_whole_when_they_are_said_to_be(tmp_path: Path) -> None:
    steps = Steps(tmp_path / "steps.json", 10, 1.0, print)
    for _ in range(2):
        with steps.step("rolled up", None):
            sum(range(100_000))
    assert not steps.is_done("rolled up")
    steps.finish("rolled up")
    assert steps.took_cpu_s("rolled up") > 0


def test_a_run_ends_between_two_steps_and_another_archive_is_refused(tmp_path: Path) -> None:
    steps = Steps(tmp_path / "steps.json", 10, -1.0, print)
    with pytest.raises(TooLongError, match="before: legs"), steps.step("legs", "legs 0"):
        raise AssertionError
    with pytest.raises(ValueError, match="an archive of 10 legs"):
        Steps(tmp_path / "steps.json", 11, 1.0, print)
