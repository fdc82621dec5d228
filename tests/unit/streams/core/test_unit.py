"""State that is not what this program wrote is named, never counted on."""

import pytest

from schemas.calls import Queued
from schemas.codec import encode
from streams.core.agents_unit import AgentsUnit
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.unit import Record, UnreadablePieceError

GARBAGE = (b"", b"\xff\xfe", b"not ours", b"\x93\x01\x02\x03")


def pieces() -> dict[bytes, bytes | None]:
    """The state of one queue with one caller."""
    unit = CallsUnit(0, 1, Roster())
    unit.start(0)
    call = Queued(event_id="e", at=1_772_409_600_000, source="pbx", queue="q", leg_id="a")
    unit.apply([Record(0, call.at, b"q", encode(call))])
    checkpoint = unit.checkpoint()
    assert checkpoint is not None
    return dict(checkpoint.pieces)


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("kind", ["cursor", "queue|", "buckets|", "legs|"])
def test_a_piece_of_calls_that_cannot_be_read_is_named(kind: str, garbage: bytes) -> None:
    state = pieces()
    (key,) = [key for key in state if key.startswith(b"calls|" + kind.encode())]
    unit = CallsUnit(0, 1, Roster())
    for name, value in (state | {key: garbage}).items():
        unit.load(name, value)
    with pytest.raises(UnreadablePieceError) as caught:
        unit.start(0)
    assert str(caught.value).startswith(f"piece {key.decode()}: ")


def test_a_key_that_is_no_text_is_named_too() -> None:
    unit = CallsUnit(0, 1, Roster())
    unit.load(b"calls|\xff|x", b"")
    with pytest.raises(UnreadablePieceError, match=r"piece calls\|\\xff\|x: "):
        unit.start(0)


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("kind", ["cursor", "agent|ann"])
def test_a_piece_of_agents_that_cannot_be_read_is_named(kind: str, garbage: bytes) -> None:
    with pytest.raises(UnreadablePieceError, match=r"piece agents\|"):
        AgentsUnit(0, 1).load(b"agents|" + kind.encode(), garbage)
