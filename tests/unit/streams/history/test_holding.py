"""Which version of a leg held, and from when, with and without withdrawals."""

from itertools import permutations
from typing import Any

from streams.history.holding import Step, newest, read_withdrawals, steps
from tests.support.fake_archive import FakeArchive

Version = dict[str, Any]


def told(version: int, known_at: int, delivery: str = "") -> Version:
    return {"version": version, "known_at_ms": known_at, "delivery": delivery}


A, B, C = told(10, 100, "a"), told(20, 200, "b"), told(30, 300)


def held(
    versions: list[Version], withdrawn_at: dict[str, int]
) -> list[tuple[int, int | None, str]]:
    """The same in whatever order the versions are read: (time, version that holds from then on, withdrawn)."""
    found = [list(steps(order, withdrawn_at)) for order in permutations(versions)]
    assert all(each == found[0] for each in found)
    before = None
    for step in found[0]:
        assert step.before is before
        before = step.after
    assert before is newest(versions, withdrawn_at)
    return [(s.known_at, s.after["version"] if s.after else None, s.withdrawn) for s in found[0]]


def test_each_higher_version_takes_the_place_of_the_one_before() -> None:
    assert held([A, B, C], {}) == [(100, 10, ""), (200, 20, ""), (300, 30, "")]


def test_a_lower_version_holds_only_when_the_higher_one_is_withdrawn() -> None:
    less = told(2, 250, "c")
    assert held([B, less], {}) == [(200, 20, "")]
    assert held([B, less], {"b": 400}) == [(200, 20, ""), (400, 2, "b")]


def test_what_others_told_holds_again_after_a_withdrawal() -> None:
    assert held([A, B], {"b": 400}) == [(100, 10, ""), (200, 20, ""), (400, 10, "b")]
    assert held([A, B], {"a": 150}) == [(100, 10, ""), (150, None, "a"), (200, 20, "")]
    assert held([A, B, C], {"b": 400}) == [(100, 10, ""), (200, 20, ""), (300, 30, "")]
    assert held([A, B], {"a": 400, "b": 500})[2:] == [(500, None, "b")]


def test_what_is_sent_after_its_withdrawal_never_holds() -> None:
    assert held([A, told(40, 500, "b")], {"b": 400}) == [(100, 10, "")]


def test_a_version_of_the_very_moment_of_the_withdrawal_was_there_before() -> None:
    assert held([A], {"a": 100}) == [(100, 10, ""), (100, None, "a")]


def test_withdrawals_are_read_of_the_deliveries_named() -> None:
    archive = FakeArchive(withdrawals=[{"delivery": "a", "at": 7}])
    assert read_withdrawals(archive, ["a", "", "b'", "a"]) == {"a": 7}
    assert "IN ('a', 'b\\'')" in archive.asked[0]
    assert read_withdrawals(FakeArchive(), ["", ""]) == {}


def test_a_step_has_a_before_or_an_after() -> None:
    (first,) = steps([A], {})
    assert first == Step(100, None, A)
