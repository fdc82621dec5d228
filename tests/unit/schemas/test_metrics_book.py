from itertools import permutations

import pytest
from msgspec.structs import replace

from schemas.codec import UndecodableError, decode_as
from schemas.metrics import Metric
from schemas.metrics_book import MetricsBook, body_of_metrics, metrics_of_body
from schemas.millis import HOUR, from_iso
from schemas.targets import TargetsVersion

ZONE = "Africa/Johannesburg"
SOON = Metric("soon", "answered / offered", "share", {"en": "Soon"})
OTHER = replace(SOON, formula="answered_in_20_s / offered")
NOON = from_iso("2026-10-15T12:00:00+02:00")
NEXT_DAY = from_iso("2026-10-16T00:00:00+02:00")


def day(text: str) -> int:
    return from_iso(f"{text}T00:00:00+02:00")


def version(number: int, valid_from: int, *metrics: Metric) -> TargetsVersion:
    return TargetsVersion(number, valid_from, valid_from, ZONE, (), metrics)


def held(*versions: TargetsVersion) -> list[tuple[str, int, int, int | None]]:
    found = {
        tuple(
            (each.metric.formula, each.version, each.start, each.end)
            for each in MetricsBook(order).held()
        )
        for order in permutations(versions)
    }
    (same,) = found  # whatever order they are told in
    return list(same)


def test_the_first_definition_holds_from_the_beginning_and_a_later_one_from_the_next_local_day() -> (
    None
):
    assert held(version(1, 0), version(2, NOON - HOUR, SOON), version(3, NOON, OTHER)) == [
        (SOON.formula, 2, 0, NEXT_DAY),
        (OTHER.formula, 3, NEXT_DAY, None),
    ]
    assert (
        held(version(1, 0, SOON), version(2, NEXT_DAY, OTHER))[1][2] == NEXT_DAY
    )  # not a day later


def test_what_changes_no_figure_is_no_version_and_its_title_is_the_newest() -> None:
    titled = replace(SOON, titles={"en": "Answered"}, valid_from=NOON)
    versions = version(1, 0, SOON), version(2, NOON, titled)
    assert held(*versions) == [(SOON.formula, 1, 0, None)]
    assert MetricsBook(versions).held()[0].metric.title() == "Answered"


def test_a_first_day_bounds_the_first_definition_and_delays_a_later_one() -> None:
    first, later = day("2026-10-01"), day("2026-12-01")
    assert held(
        version(1, 0, replace(SOON, valid_from=first)),
        version(2, NOON, replace(OTHER, valid_from=later)),
    ) == [
        (SOON.formula, 1, first, later),
        (OTHER.formula, 2, later, None),
    ]
    # What is published in the ordinary way does not reach back.
    back = replace(OTHER, valid_from=first)
    assert held(version(1, 0, SOON), version(2, NOON, back))[1] == (
        OTHER.formula,
        2,
        NEXT_DAY,
        None,
    )


def test_who_publishes_for_the_past_changes_it() -> None:
    october = day("2026-10-01")
    assert held(
        version(1, 0, SOON), version(2, NOON, OTHER), version(3, october, replace(SOON, goal=0.5))
    ) == [
        (SOON.formula, 1, 0, october),
        (SOON.formula, 3, october, None),
    ]


def test_a_definition_that_never_began_is_replaced() -> None:
    planned = replace(SOON, valid_from=day("2026-12-01"))
    assert held(
        version(1, 0, planned), version(2, NOON, replace(OTHER, valid_from=day("2027-01-01")))
    ) == [(OTHER.formula, 2, day("2027-01-01"), None)]


def test_one_that_is_taken_out_ends_and_may_come_back() -> None:
    back = day("2026-11-01")
    assert held(version(1, 0, SOON), version(2, NOON), version(3, back, SOON)) == [
        (SOON.formula, 1, 0, NEXT_DAY),
        (SOON.formula, 3, back, None),
    ]


def test_at_a_moment() -> None:
    book = MetricsBook([version(1, 0, SOON), version(2, NOON, OTHER)])
    assert [each.version for at in (0, NEXT_DAY - 1, NEXT_DAY) for each in book.at(at)] == [1, 1, 2]
    assert MetricsBook().held() == []


def test_the_archive_gives_back_what_it_was_given() -> None:
    assert metrics_of_body(body_of_metrics((SOON, OTHER))) == (SOON, OTHER)
    assert body_of_metrics(()) == ""
    assert metrics_of_body("") == ()


def test_a_forged_time_ends_no_reader() -> None:
    assert held(version(1, 0, SOON), version(2, 10**18, OTHER)) == [(SOON.formula, 1, 0, None)]
    forged = b'{"name":"soon","formula":"offered","unit":"legs","valid_from":1000000000000000000}'
    with pytest.raises(UndecodableError):
        decode_as(Metric, forged)


def test_each_metric_has_versions_of_its_own() -> None:
    lost = Metric("lost", "abandoned", "legs")
    changed = replace(lost, formula="abandoned + rejected")
    assert held(version(1, 0, SOON, lost), version(2, NOON, SOON, changed)) == [
        (lost.formula, 1, 0, NEXT_DAY),
        (changed.formula, 2, NEXT_DAY, None),
        (SOON.formula, 1, 0, None),
    ]


def test_of_two_that_begin_with_the_same_day_the_later_published_one_holds() -> None:
    assert held(
        version(1, 0, SOON),
        version(2, NOON, OTHER),
        version(3, NOON + HOUR, replace(SOON, goal=0.5)),
    ) == [
        (SOON.formula, 1, 0, NEXT_DAY),
        (SOON.formula, 3, NEXT_DAY, None),
    ]
