"""The order of a league."""

from streams.history.league import Placed, Standing, placed


def test_one_bad_centre_is_first_though_the_town_is_fine() -> None:
    found = placed([
        Standing("fine", True, -300.0, 0.02, 0.03),
        Standing("electricity", True, 120.0, 0.6, 0.2),
        Standing("hidden", True, -20.0, 0.4, 0.05),
    ])  # fmt: skip
    assert [each.group for each in found] == ["electricity", "hidden", "fine"]
    assert found[0] == Placed("electricity", 1, 1, 1, 1)


def test_one_figure_alone_does_not_decide() -> None:
    """The largest misses most calls; the small one is worst by half hours and by callers lost."""
    found = placed([
        Standing("large", True, 500.0, 0.1, 0.02),
        Standing("small", True, 90.0, 0.9, 0.4),
        Standing("fine", True, -10.0, 0.0, 0.01),
    ])  # fmt: skip
    assert [each.group for each in found] == ["small", "large", "fine"]


def test_few_calls_have_no_place() -> None:
    found = placed([Standing("few", False, 3.0, None, 1.0), Standing("a", True, 0.0, None, None)])
    assert found == [Placed("a", 1, 1, 1, 1), Placed("few", None)]
    assert placed([]) == []


def test_of_equals_the_one_that_missed_more_calls_comes_first() -> None:
    found = placed([Standing("b", True, 5.0, 0.2, 0.5), Standing("a", True, 9.0, 0.2, 0.1)])
    assert [(each.group, each.place) for each in found] == [("a", 1), ("b", 2)]
