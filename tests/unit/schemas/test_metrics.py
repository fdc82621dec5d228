from fractions import Fraction

import pytest
from msgspec.structs import replace

from schemas.codec import decode_as, encode
from schemas.goal import ENOUGH_CALLS
from schemas.metrics import Metric, compute, names_of, shown
from schemas.targets import TargetsVersion

SOON = Metric("soon", "answered / offered", "share", {"en": "Soon", "id": "Segera"}, goal=0.9)
SUMS = {name: Fraction(0) for name in ("answered", "offered", "without_target", "answered_in_target", "rejected")}  # fmt: skip


def counted(**of: int) -> dict[str, Fraction]:
    return SUMS | {name: Fraction(n) for name, n in of.items()}


def test_a_value_with_its_n_against_its_goal() -> None:
    found = compute(SOON, counted(answered=9, offered=10))
    assert (found.value, found.divisor) == (Fraction(9, 10), Fraction(10))
    assert found.against == "met"  # 0.9 is nine tenths
    assert compute(SOON, counted(answered=89, offered=100)).against == "missed"
    few = compute(SOON, counted(answered=0, offered=ENOUGH_CALLS - 1))
    assert (few.value, few.against) == (Fraction(0), "few calls")
    assert compute(replace(SOON, goal=None), counted(answered=1, offered=2)).against is None
    lower = replace(SOON, direction="lower", goal=0.5)
    assert [compute(lower, counted(answered=n, offered=10)).against for n in (5, 6)] == [
        "met",
        "missed",
    ]
    legs = Metric("lost", "rejected", "legs", goal=0, direction="lower")
    assert (
        compute(legs, counted(rejected=1)).against == "missed"
    )  # a number of calls is no share of few


def test_why_there_is_no_value() -> None:
    assert compute(SOON, counted()).no_value == "division by 0"
    least = replace(SOON, no_value_when="offered < 20")
    assert compute(least, counted(answered=9, offered=19)).no_value == "no value when"
    assert compute(least, counted(answered=9, offered=20)).value == Fraction(9, 20)
    undecided = replace(SOON, no_value_when="answered / rejected < 2")
    assert compute(undecided, counted(answered=9, offered=20)).no_value == "no value when"
    judged = replace(SOON, formula="answered_in_target / offered")
    assert compute(judged, counted(offered=9, without_target=1)).no_value == "without target"
    assert compute(SOON, counted(offered=9, without_target=1)).value == 0
    newer = replace(SOON, formula="blended / offered")
    assert compute(newer, counted(offered=9)).no_value == "not known here"
    assert names_of(newer) == frozenset()
    huge = Metric("huge", "offered" + "*999999999" * 20, "legs")
    assert compute(huge, counted(offered=9)).no_value == "too large"


@pytest.mark.parametrize(
    ("value", "unit", "as_shown"),
    [
        (Fraction(2, 3), "share", 0.666667),
        (Fraction(2, 3), "s", 0.667),
        (Fraction(4), "legs", 4),
        (Fraction(9, 2), "legs", 4.5),
        (Fraction(4), "s", 4.0),
        (None, "share", None),
    ],
)
def test_what_is_shown_is_rounded_once(value: Fraction | None, unit: str, as_shown: object) -> None:
    found = shown(value, unit)  # type: ignore[arg-type]
    assert (found, type(found)) == (as_shown, type(as_shown))


def test_titles_fall_back() -> None:
    assert [SOON.title(code) for code in ("en", "id", "zu")] == ["Soon", "Segera", "Soon"]
    assert replace(SOON, titles={"ar": "x"}).title("zu") == "x"
    assert replace(SOON, titles={"ar": "x", "en": "Soon"}).title("zu") == "Soon"
    assert replace(SOON, titles={}).title() == "soon"


def test_titles_and_the_first_day_change_no_figure() -> None:
    assert SOON.computes_as(replace(SOON, titles={}, valid_from=9))
    for changed in (
        replace(SOON, formula="offered / answered"), replace(SOON, goal=0.8), replace(SOON, direction="lower"),
        replace(SOON, no_value_when="offered < 2"), replace(SOON, unit="number"),
    ):  # fmt: skip
        assert not SOON.computes_as(changed)


def test_targets_of_older_and_newer_releases_are_read() -> None:
    former = b'{"version":1,"valid_from":0,"published_at":0,"default_zone":"UTC","queues":[]}'
    assert decode_as(TargetsVersion, former).metrics == ()
    later = TargetsVersion(2, 0, 0, "UTC", metrics=(replace(SOON, formula="blended ^ 2"),))
    assert decode_as(TargetsVersion, encode(later)) == later


def test_bounds_of_what_is_few_and_of_what_is_too_large() -> None:
    assert compute(SOON, counted(answered=0, offered=ENOUGH_CALLS)).against == "missed"
    most = Metric("most", "offered * 1000000", "legs")
    assert compute(most, counted(offered=10**9)).value == 10**15
    assert compute(most, counted(offered=10**9 + 1)).no_value == "too large"
    assert [shown(Fraction(2, 3), unit) for unit in ("legs", "number")] == [0.667, 0.666667]


def test_it_is_computed_of_the_counters_of_both_its_texts() -> None:
    assert names_of(replace(SOON, no_value_when="rejected < 1")) == {
        "answered",
        "offered",
        "rejected",
    }
    assert names_of(SOON) == {"answered", "offered"}
