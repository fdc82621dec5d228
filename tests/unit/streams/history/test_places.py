"""The spans in which events are looked for hold each quarter hour, and are few."""

from hypothesis import given
from hypothesis import strategies as st

from streams.history.places import QUARTER_S, events_sql, legs_sql, spans_of
from streams.sinks.clickhouse.database import Answer


class Archive:
    """Of which every question has this answer."""

    def __init__(self, *rows: tuple[object, ...]) -> None:
        self._rows = list(rows)
        self.asked: list[str] = []

    def execute(self, sql: str) -> Answer:
        self.asked.append(sql)
        return Answer([], self._rows)

    def close(self) -> None: ...


@given(st.lists(st.integers(0, 4_000).map(lambda n: n * QUARTER_S), unique=True).map(sorted))
def test_every_quarter_hour_is_in_one_of_few_spans(quarters: list[int]) -> None:
    spans = spans_of(quarters, most=5)
    assert len(spans) <= 5
    assert all(
        sum(start <= each and each + QUARTER_S <= end for start, end in spans) == 1
        for each in quarters
    )
    assert [edge for span in spans for edge in span] == sorted(
        edge for span in spans for edge in span
    )


def test_the_widest_gaps_are_left_out() -> None:
    quarters = [0, 900, 2_700, 9_000, 90_000]
    assert spans_of(quarters, most=5) == [
        (0, 1_800),
        (2_700, 3_600),
        (9_000, 9_900),
        (90_000, 90_900),
    ]
    assert spans_of(quarters, most=2) == [(0, 9_900), (90_000, 90_900)]
    assert spans_of(quarters, most=1) == [(0, 90_900)]
    assert spans_of([], most=5) == []


def test_ids_are_asked_for_by_their_hashes_and_once() -> None:
    archive = Archive(("billing", 60), ("o'clock", 120))
    where = legs_sql(archive, ("it's", "b", "b"))
    (asked,) = archive.asked
    assert r"FROM leg_places WHERE id_hash IN (cityHash64('b'), cityHash64('it\'s')) ORDER" in asked
    assert where == (
        "key_at >= toDateTime(60) AND key_at <= toDateTime(120)"
        r" AND (queue, key_at) IN (('billing', toDateTime(60)), ('o\'clock', toDateTime(120)))"
    )


def test_an_id_with_many_places_is_looked_for_by_the_database() -> None:
    where = legs_sql(Archive(*(("billing", at) for at in range(201))), ("1",))
    assert where == (
        "(queue, key_at) IN (SELECT queue, key_at FROM leg_places WHERE id_hash IN (cityHash64('1')))"
    )


def test_what_has_no_place_is_in_no_row() -> None:
    assert legs_sql(Archive(), ("a",)) == "0"
    assert events_sql(Archive(), ("a",)) == "0"
