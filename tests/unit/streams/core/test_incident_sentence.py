"""What the alert of an incident says of its place."""

import pytest

from schemas.millis import HOUR, MINUTE
from streams.core.incident_cell import Cell
from streams.core.incident_sentence import measured
from streams.core.rule import Measured
from tests.support.reporting import NO_WATER, report

NAMES = {"burst-pipes": "Burst pipes", "no-water": "No water"}


def told(rate: float = 2.0, highest: float | None = None) -> Measured:
    """Three callers in 90 s, one of them twice, and one who is unknown."""
    cell = Cell("burst pipe", "ward-12", since=HOUR)
    calls = (("ada", 0), ("bo", 30), ("", 60), ("ada", 70), ("cy", 90))
    for caller, seconds in calls:
        queue = NO_WATER if caller == "cy" else "burst-pipes"
        cell.add(report(caller, HOUR + seconds * 1000, queue=queue))
    here = HOUR + 5 * MINUTE
    return measured(cell, rate, here, 5, NAMES.__getitem__, over=False, highest=highest)


def test_it_counts_callers_and_tells_apart_who_called_again_and_who_is_unknown() -> None:
    assert told(rate=60.0).cause == (
        " in 2m, 2.0 expected (Burst pipes 4, No water 1); 1 called again; 1 without a caller"
    )
    assert (told().value, told().threshold, told().n) == (3, 5, 3)


@pytest.mark.parametrize(
    ("highest", "words"), [(30.0, "at most 1.0 expected"), (None, "0.1 expected")]
)
def test_in_the_first_hour_it_says_the_most_that_can_be_ordinary(
    highest: float | None, words: str
) -> None:
    assert f" in 2m, {words} (" in told(highest=highest).cause
