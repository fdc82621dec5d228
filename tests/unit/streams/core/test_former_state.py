"""The first release's positions by the names that it had. What it wrote in earnest: tests/golden."""

import msgspec

from schemas.counters import COUNTERS
from streams.core import former_state
from streams.core.leg import Leg
from tests.support.golden import RELEASES, state_pieces


def test_every_kind_of_piece_that_the_first_release_wrote_is_read() -> None:
    assert "release-0.1.0" in RELEASES
    found = set()
    for piece in state_pieces("release-0.1.0"):
        unit, kind, *_ = (piece.key or b"").decode().split("|")
        value = piece.value or b""
        found.add((unit, kind))
        if kind == "cursor" and unit == "agents":
            assert former_state.decode_agents_cursor(value).next_offset > 0
        elif kind == "cursor":
            assert former_state.decode_cursor(value).sources
        elif kind == "queue":
            assert len(former_state.decode_queue(value).added) == len(former_state.COUNTERS)
        elif kind == "buckets":
            for counts in former_state.decode_buckets(value).values():
                assert len(counts) == len(former_state.COUNTERS)
        elif kind == "legs":
            for row in former_state.decode_legs(value):
                assert len(row) <= len(former_state.LEG_FIELDS)
        else:
            assert former_state.decode_agent(value).agent
    kinds = {("calls", kind) for kind in ("cursor", "queue", "buckets", "legs")}
    assert found == kinds | {("agents", "cursor"), ("agents", "agent")}


def test_every_name_that_release_0_1_0_wrote_is_one_that_this_release_reads() -> None:
    """A counter or a fact that goes must be named here, with what becomes of its value."""
    assert set(former_state.COUNTERS) - set(COUNTERS) == set()
    assert set(former_state.LEG_FIELDS) - set(Leg.__struct_fields__) == set()


def test_what_that_release_had_not_written_yet_takes_its_default() -> None:
    clock = msgspec.convert([5, 6], former_state.FormerSourceClock)
    assert (clock.ended, clock.replay) == (False, False)
    progress = msgspec.convert([], former_state.FormerProgress)
    assert (progress.stage, progress.onset_at, progress.fired_at) == ("inactive", 0, 0)
    without_shift = msgspec.convert(
        [[], [], [], None, 0, 0, [], {}, None, False, False, True], former_state.FormerQueue
    )
    assert without_shift.replay_shift_ms == 0
