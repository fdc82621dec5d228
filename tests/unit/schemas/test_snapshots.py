"""Whether a judgement holds at the time at which somebody reads it."""

import msgspec

from schemas.snapshots import QueueSnapshot, is_judged
from schemas.timing import FRESH_MS
from tests.support.floors import snapshot

AT = 1_780_000_000_000


def test_a_judgement_holds_while_the_figures_are_of_now() -> None:
    assert is_judged(snapshot(AT), AT + FRESH_MS - 1)
    assert not is_judged(snapshot(AT), AT + FRESH_MS)
    assert not is_judged(snapshot(AT, source_stale=True), AT)
    assert not is_judged(snapshot(AT, attention=None), AT)


def test_a_replay_is_of_another_day_and_judged_until_it_ends() -> None:
    assert is_judged(snapshot(AT, replay=True), AT + 1_000 * FRESH_MS)
    assert not is_judged(snapshot(AT, replay=True, source_stale=True), AT)


def test_a_snapshot_of_an_earlier_release_is_read_and_is_not_judged() -> None:
    former = {"queue": "billing", "as_of": AT, "version": 1, "published_at": AT, "waiting": 3}
    read = msgspec.json.decode(msgspec.json.encode(former), type=QueueSnapshot)
    assert (read.waiting, read.attention) == (3, None)


def test_a_snapshot_of_a_later_release_that_has_another_reason_is_read() -> None:
    """Else the row of that queue stands still on each board that is started anew later than the streams."""
    later = msgspec.to_builtins(snapshot(AT)) | {"not_evaluated": {"surge": "moon is full"}}
    read = msgspec.json.decode(msgspec.json.encode(later), type=QueueSnapshot)
    assert read.not_evaluated == {"surge": "moon is full"}
