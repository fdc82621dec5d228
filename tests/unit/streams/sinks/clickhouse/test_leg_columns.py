"""Legs by column are the legs by row; whatever is not one leg a record is left to who looks at each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.sinks.clickhouse.leg_columns import leg_columns
from streams.sinks.clickhouse.rows import leg_row
from tests.support.legs import leg_row_of, made_up_legs, of_every_kind

AT = 1_790_000_000_000
ONE, TWO = (encode(leg_row_of(leg)) for leg in made_up_legs(3, AT, AT + 1_000, ["a"], 2))


def test_columns_are_the_rows_turned() -> None:
    legs = of_every_kind(100)
    columns = leg_columns([encode(leg) for leg in legs])
    assert columns is not None
    assert list(zip(*columns, strict=True)) == [leg_row(leg) for leg in legs]


@pytest.mark.parametrize(
    "value",
    [None, b"", b"{", b"\xff", b'{"queue": 1}', b"[" * 100_000, b"1", TWO + b"\n", TWO + TWO, TWO + b"\n" + TWO],
)  # fmt: skip
def test_legs_with_one_that_is_none_are_looked_at_one_by_one(value: bytes | None) -> None:
    assert leg_columns([ONE, value]) is None
    assert leg_columns([value]) is None
    assert leg_columns([ONE, TWO]) is not None


@given(st.lists(st.integers(1, len(TWO) - 1), min_size=1, max_size=3), st.sampled_from([b"", b" ", b"\n", b",", b",\n"]))  # fmt: skip
def test_parts_of_records_never_become_a_leg(cuts: list[int], between: bytes) -> None:
    """Halves that are one leg together, and elsewhere two legs in one record, so that the count is right again."""
    cuts = sorted(set(cuts))
    parts = [TWO[a:b] for a, b in zip([0, *cuts], [*cuts, len(TWO)], strict=True)]
    whole = between.join([ONE] * len(parts))
    assert leg_columns([*parts, whole]) is None
    assert leg_columns([whole, *parts]) is None
