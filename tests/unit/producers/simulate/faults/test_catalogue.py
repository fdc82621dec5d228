"""Faults by name; each has lots of its own."""

from random import Random

import pytest

from producers.simulate.faults.catalogue import NAMES, FaultyRun, chain, parse_faults
from producers.simulate.faults.parcel import Parcel
from tests.support.faulty import MORNING
from tests.unit.producers.simulate.faults.conftest import SOURCES, struck

RUN = FaultyRun("run", SOURCES, MORNING)


@pytest.mark.parametrize(
    ("text", "means"),
    [("all", NAMES), ("late", ("late",)), ("malformed, clock", ("clock", "malformed"))],
)
def test_names_are_read_in_the_order_of_the_chain(text: str, means: tuple[str, ...]) -> None:
    assert parse_faults(text) == means


@pytest.mark.parametrize("text", ["", "flood", "late,flood", "all,late"])
def test_another_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected all or some of snapshots, "):
        parse_faults(text)


def test_what_a_fault_does_never_depends_on_which_others_are_on(said: list[Parcel]) -> None:
    some = said[: Random(1).randrange(2_000, 4_000)]
    alone = struck(chain(("malformed",), 3, RUN)["malformed"], some)
    assert struck(chain(NAMES, 3, RUN)["malformed"], some) == alone
    assert struck(chain(NAMES, 4, RUN)["malformed"], some) != alone
