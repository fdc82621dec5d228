"""Traffic with faults through the core: every leg is what a plain recount of the delivered events says.

The recount shares no code with the core, so what both say is said twice.
"""

import functools
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from producers.simulate.faults.catalogue import NAMES
from schemas.millis import HOUR, MINUTE
from schemas.opening import is_open
from tests.support.agreement import milliseconds
from tests.support.faulty import (
    MORNING,
    Counted,
    Line,
    Played,
    count,
    differences,
    play,
    shipped_targets,
)
from tests.support.recount import Recorded, Recount, recount

TARGETS = shipped_targets()
HALF_HOUR = 30 * MINUTE
_SEED = 7  # a morning on which each fault strikes somebody: who restarts beside an empty line takes nothing from the truth
_COUNTED = (
    "offered", "answered", "abandoned", "exited", "callback", "dropped", "ghost", "rejected",
    "answered_in_target", "abandoned_in_target", "short_abandoned", "out_of_hours",
)  # fmt: skip


def recorded(line: Line) -> Recorded:
    targets = TARGETS[line["queue"]]
    arrived_at = milliseconds(line["arrived_at"])
    return Recorded(
        line["leg_id"], line["queue"], arrived_at, line["outcome"],
        milliseconds(line["left_at"]) if line["left_at"] else None,
        out_of_hours=not is_open(targets.opening, targets.time_zone, arrived_at),
        target_ms=targets.answer_within_ms, short_ms=targets.short_abandon_ms,
    )  # fmt: skip


def check(played: Played, counted: Counted) -> None:
    """Leg by leg, the live counters of each queue, the books, and the half hours of history."""
    assert differences(played.expected, counted.legs) == []
    assert counted.unexplained == 0
    known: dict[str, list[Recorded]] = {queue: [] for queue in counted.totals}
    for line in played.expected.values():
        known[line["queue"]].append(recorded(line))
    for queue, legs in known.items():
        whole = recount(legs, 0, 2**62)
        totals = counted.totals[queue]
        assert {name: totals[name] for name in _COUNTED} == {n: whole[n] for n in _COUNTED}
        rows = [row for row in counted.legs.values() if row.queue == queue]
        for start in range(MORNING - 2 * HOUR, MORNING + 16 * HOUR, HALF_HOUR):
            ours: Recount = recount(legs, start, start + HALF_HOUR)
            arrived = [row for row in rows if start <= row.arrived_at < start + HALF_HOUR]
            theirs = Counter(row.outcome for row in arrived if not row.out_of_hours)
            good = [r for r in arrived if r.outcome == "answered" and r.in_target]
            assert {name: ours[name] for name in theirs} == theirs
            assert ours["answered_in_target"] == sum(not row.out_of_hours for row in good)
    unplaced = [row for row in counted.quarantined if row.detail.startswith("leg ")]
    reasons = Counter(r.reason for r in counted.quarantined if r not in unplaced)
    assert reasons["too_old"] == played.refused.get("too_old", 0)
    assert reasons["internal_error"] == 0


def distance(played: Played) -> Counter[str]:
    """What the faults took from the truth, in legs."""
    found: Counter[str] = Counter()
    for leg in played.truth.keys() | played.expected.keys():
        truth, known = played.truth.get(leg), played.expected.get(leg)
        if truth is None or known is None:
            found["never were" if truth is None else "unknown"] += 1
        elif truth["outcome"] != known["outcome"]:
            found[f"{truth['outcome']} seen as {known['outcome']}"] += 1
        else:
            found["alike" if truth["left_at"] == known["left_at"] else "other times"] += 1
    print(dict(found))
    return found


@functools.cache
def without_faults() -> Played:
    return play((), _SEED, hours=2.5)


def test_without_faults_the_recount_knows_what_happened() -> None:
    played = without_faults()
    check(played, count(played.topic, TARGETS))
    assert set(distance(played)) == {"alike"}


@pytest.mark.parametrize("name", NAMES)
def test_one_fault(name: str) -> None:
    played = play((name,), _SEED, hours=2.5)
    assert played.faults[name].struck > 0
    check(played, count(played.topic, TARGETS))
    found = distance(played)
    assert played.truth == without_faults().truth
    if name in {"shuffled", "duplicated"}:
        assert set(found) == {"alike"}, "it must cost nothing"
    elif name == "late":  # what would come hours after the end never does
        assert found["alike"] > 0.98 * len(played.truth)
    elif name != "silence":  # which may hold everything and lose nothing
        assert set(found) > {"alike"}


@pytest.mark.parametrize("seed", [1, 2])
def test_all_faults_over_a_long_day(seed: int) -> None:
    """Long enough that some facts come after their calls are forgotten."""
    played = play(NAMES, seed, hours=12)
    assert all(fault.struck > 0 for fault in played.faults.values())
    check(played, count(played.topic, TARGETS))
    found = distance(played)
    assert found["alike"] > 0.8 * len(played.truth)
    assert played.refused["too_old"] > 3


def test_live_a_clock_that_is_ahead_is_refused() -> None:
    played = play(("missing-ends", "clock"), 4, hours=2.5, live=True)
    check(played, count(played.topic, TARGETS))
    distance(played)
    assert played.refused["ahead_of_broker"] > 100


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, two = play(NAMES, 8, hours=1), play(NAMES, 8, hours=1)
    assert one.topic.partitions == two.topic.partitions
    assert one.expected == two.expected
    assert play(NAMES, 9, hours=1).topic.partitions != one.topic.partitions


@settings(max_examples=max(4, settings().max_examples // 25))
@given(st.integers(0, 999), st.sets(st.sampled_from(NAMES), min_size=1), st.integers(1, 3))
@example(3, set(NAMES), 1)
def test_any_faults_together(seed: int, faults: set[str], sources: int) -> None:
    names = tuple(name for name in NAMES if name in faults)
    played = play(names, seed, hours=2.5, sources=sources, live=seed % 2 == 1)
    check(played, count(played.topic, TARGETS))
