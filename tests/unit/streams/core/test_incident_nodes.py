"""Calls of a platform that is heard for less than an hour are judged apart from those of the others."""

from schemas.millis import HOUR, LATEST, MINUTE
from streams.core.incident_nodes import parts

TEN = 10 * HOUR
HEARD = {
    "former": None,
    "old": TEN - 45 * MINUTE,
    "new": TEN - 44 * MINUTE,
    "newer": TEN + 5 * MINUTE,
    "untold": LATEST,
}


def found(*nodes: str, watched_from: int | None = None) -> list[tuple[str, int | None]]:
    told = parts(nodes, watched_from, HEARD.__getitem__, TEN)
    return [(" ".join(sorted(part.nodes)), part.watched_from) for part in told]


def test_nodes_that_are_heard_for_most_of_an_hour_are_judged_together() -> None:
    assert found("former", "old") == [("former old", None)]
    assert found("former", "old", watched_from=TEN) == [("former old", TEN)]


def test_calls_of_a_new_one_are_watched_since_it_is_heard_together_with_those_heard_before() -> (
    None
):
    assert found("old", "newer", "new") == [
        ("old", None),
        ("new old", HEARD["new"]),
        ("new newer old", HEARD["newer"]),
    ]
    assert found("new") == [("new", HEARD["new"])]


def test_nothing_is_known_of_its_queue_before_the_queue_is_watched() -> None:
    later = TEN + MINUTE
    assert found("old", "new", "newer", watched_from=later) == [
        ("old", later),
        ("new old", later),
        ("new newer old", HEARD["newer"]),
    ]


def test_one_that_told_no_clock_yet_is_not_watched() -> None:
    assert found("untold") == [("untold", LATEST)]


def test_a_place_without_calls_is_judged_as_its_queues_are() -> None:
    assert found() == [("", None)]
