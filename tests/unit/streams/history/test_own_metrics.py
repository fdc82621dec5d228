from fractions import Fraction

from schemas.metrics import Computed, Metric
from schemas.metrics_book import Held, MetricsBook
from schemas.millis import from_iso
from schemas.targets import TargetsVersion
from streams.history.catalogue import ALL, Catalogue
from streams.history.own_metrics import (
    COLUMNS,
    Value,
    ranges,
    read_metrics,
    row_of,
    sums_of,
    values,
)
from streams.history.question import Question
from tests.support.fake_archive import FakeArchive

START, CHANGED, END = (from_iso(f"2026-10-{day}T00:00:00+02:00") for day in ("01", "16", "31"))
SOON = Metric("soon", "answered / offered", "share", {"en": "Soon", "id": "Segera"}, goal=0.8)
OTHER = Metric("soon", "answered_in_20_s / offered", "share")
LOST = Metric("lost", "abandoned", "legs")


def version(number: int, valid_from: int, *metrics: Metric) -> TargetsVersion:
    return TargetsVersion(number, valid_from, 10 * number, "Africa/Johannesburg", (), metrics)


def test_a_range_is_cut_where_a_definition_changes_and_only_for_the_metric_that_changed() -> None:
    book = MetricsBook([version(1, 0, SOON, LOST), version(2, CHANGED, OTHER, LOST)])
    found = {
        span: [(each.metric.name, each.version) for each in held]
        for span, held in ranges(book, START, END).items()
    }
    assert found == {
        (START, END): [("lost", 1)],
        (START, CHANGED): [("soon", 1)],
        (CHANGED, END): [("soon", 2)],
    }
    assert list(ranges(book, START, CHANGED)) == [(START, CHANGED)]
    assert ranges(MetricsBook(), START, END) == {}


def test_times_are_seconds_and_an_empty_row_is_all_zeros() -> None:
    sums = sums_of(
        {"n_offered": 3, "sum_answer_wait_ms": 1_500, "n_open": 1, "n_good": 2, "n_untargeted": 4}
    )
    assert (sums["offered"], sums["answer_wait_s"], sums["open"]) == (
        Fraction(3),
        Fraction(3, 2),
        Fraction(1),
    )
    assert (sums["served_as_promised"], sums["without_target"]) == (Fraction(2), Fraction(4))
    assert set(sums_of({}).values()) == {0}


def test_a_row_says_by_which_version_it_was_computed() -> None:
    computed = Computed(Fraction(2, 3), Fraction(30), None, "missed")
    row = row_of(Value(Held(SOON, 7), "first", START, END, "Africa/Johannesburg", computed), "id")
    assert set(row) == {column.name for column in COLUMNS}
    assert (row["value"], row["divisor"], row["against_goal"], row["metric_version"]) == (
        0.666667,
        30,
        "missed",
        7,
    )
    assert (row["title"], row["metric_formula"]) == ("Segera", "answered / offered")
    assert (row["start"], row["until"]) == (
        "2026-10-01T00:00:00+02:00",
        "2026-10-31T00:00:00+02:00",
    )


def test_as_it_was_known_only_what_was_published_then_is_asked_for() -> None:
    archive = FakeArchive(
        targets=[
            {"version": 1, "valid_from": 0, "published": 10, "zone": "UTC", "whole": ""},
            {
                "version": 2, "valid_from": 0, "published": 20, "zone": "UTC",
                "whole": '{"metrics":[{"name":"lost","formula":"abandoned","unit":"legs"}]}',
            },
        ]
    )  # fmt: skip
    assert [each.metric for each in read_metrics(archive, as_of=19).held()] == [LOST]
    read_metrics(archive)
    first, second = archive.asked
    assert "published_at_ms <= 19" in first
    assert "WHERE" not in second


def test_of_a_group_that_nobody_called_it_is_said() -> None:
    def is_empty(**record: int) -> bool:
        archive = FakeArchive(targets=[], legs=[{"report_group": ALL, "slot": START, **record}])
        question = Question(START, START + 1, by="all")
        book = MetricsBook([version(1, 0, LOST)])
        (found,) = values(archive, Catalogue("UTC", {}), question, book)
        return found.is_empty

    assert is_empty()
    assert not is_empty(n_rejected=1)
    assert not is_empty(n_abandoned=2)
