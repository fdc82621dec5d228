"""Fault `silence`: one source says nothing for minutes; then all of it comes at once, or is lost."""

from itertools import pairwise
from random import Random

from producers.simulate.faults.parcel import Parcel
from producers.simulate.faults.silence import Silence
from schemas.millis import MINUTE
from tests.support.faulty import MORNING
from tests.unit.producers.simulate.faults.conftest import struck


def test_what_one_source_says_is_held_or_lost_for_minutes(said: list[Parcel]) -> None:
    kinds = set()
    for seed in range(8):
        fault = Silence(Random(seed), "node-3", MORNING)
        after = struck(fault, said)
        if fault.struck != 1:
            continue  # two of them are looked at one by one with other lots
        others = [p for p in said if p.event.source != "node-3"]
        assert [p for p in after if p.event.source != "node-3"] == others
        ours = [p for p in said if p.event.source == "node-3"]
        heard = [p for p in after if p.event.source == "node-3"]
        held = [p for p in heard if p.due > p.event.at]
        if held:  # all of it, at the end of the silence, and in the order in which it was said
            assert [p.event for p in heard] == [p.event for p in ours]
            (end,) = {p.due for p in held}
            length = end - min(p.event.at for p in held)
        else:
            times = [p.due for p in heard]
            length = max(b - a for a, b in pairwise(times))
            assert len(heard) < len(ours)
        kinds.add(bool(held))
        assert 5 * MINUTE < length <= 15 * MINUTE or not held
    assert kinds == {True, False}
