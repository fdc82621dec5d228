"""A department that a command names is one of the newest published targets."""

import pytest

from schemas.targets import TargetsVersion
from streams.admin import targets
from streams.cli.departments import check_departments, departments_there
from streams.cli.options import Failure
from tests.support import floors


def version(number: int, *departments: str) -> TargetsVersion:
    queues = tuple(floors.targets(queue=f"q{each}", department=each) for each in departments)
    return TargetsVersion(number, 0, 0, "UTC", queues)


def test_the_newest_targets_say_which_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    published = [version(1, "gone"), version(2, "water", "")]
    monkeypatch.setattr(targets, "read_versions", lambda *_: published)
    assert departments_there("nobody:1", "") == {"water"}
    published.clear()
    assert departments_there("nobody:1", "") == set()


def test_the_first_that_is_not_there_is_named() -> None:
    check_departments(["water"], {"water", "staff"})
    with pytest.raises(Failure) as failed:
        check_departments(["water", "wa\ntr"], {"water", "staff"})
    assert failed.value.message == r'no department "wa\ntr" (there are: staff, water)'
    with pytest.raises(Failure) as failed:
        check_departments(["water"], set())
    assert "there are: none" in failed.value.message
