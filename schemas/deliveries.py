"""Topic `deliveries`: what was sent, what became of it, and what was taken back.

Rule 1: each sending of files, and each run of a live feed, is a delivery. A leg of feed `history` carries
the id of the delivery that told it.
Rule 2: a withdrawal is a record of its own, and final. What a withdrawn delivery said of a leg holds no more;
what others said of it does.
"""

from typing import Literal

from msgspec import Struct

from schemas.calls import Feed, Identifier
from schemas.counted import counted
from schemas.millis import Millis, to_datetime

State = Literal["sending", "sent", "stopped", "failed"]


class DeliveryCounts(Struct, omit_defaults=True):
    """What became of the records of a delivery, in legs as history counts them.

    `legs` were sent; `open_legs` of them still went on at its end; `told_alike` of them are of rows without an id
    that say the same as a row before them: other calls, or the same ones twice; `again`: told again in it, not sent
    twice; `completed_here`, `corrected_here`: told again, with more or with other words than before in it;
    `colliding`: another call has the same identity, in the files or in history, so they were set aside.
    Each record that was not refused is one of these. Of those sent history had `known` already: `completed` of these say what it did not know yet,
    `corrected` say something else now, by column in `changes`. `elsewhere`: by source, those that history
    has from another source, too, with the same id, queue and second. `is_compared`: whether history could
    be asked at all. A feed that is followed counts its `records` (lines, messages) in place of legs;
    `events` are what was sent live.
    """

    legs: int = 0
    open_legs: int = 0
    told_alike: int = 0
    again: int = 0
    completed_here: int = 0
    corrected_here: int = 0
    changes_here: dict[str, int] = {}
    colliding: int = 0
    known: int = 0
    completed: int = 0
    corrected: int = 0
    elsewhere: dict[str, int] = {}
    changes: dict[str, int] = {}
    is_compared: bool = False
    refused: int = 0
    first_refusal: str = ""
    records: int | None = None
    events: int = 0

    @property
    def new(self) -> int:
        """Legs that history did not know; only where it could be asked."""
        return self.legs - self.known

    @property
    def same(self) -> int:
        """Legs of which history knew all that they say."""
        return self.known - self.completed - self.corrected

    @property
    def is_clean(self) -> bool:
        return not (self.refused or self.colliding)

    def by_result(self) -> dict[str, int]:
        """What each leg was to history, and how many rows were refused; the values are disjoint."""
        to_history = {"unasked": self.legs}
        if self.is_compared:
            to_history = {
                "new": self.new,
                "known": self.same,
                "completed": self.completed,
                "corrected": self.corrected,
            }
        return to_history | {
            "again": self.again,
            "completed_here": self.completed_here,
            "corrected_here": self.corrected_here,
            "colliding": self.colliding,
            "refused": self.refused,
        }

    def in_words(self) -> list[str]:
        """`3 legs`, and what else is to be said of them."""
        if self.records is not None:
            return [f"{counted(self.records, 'records')} read ({counted(self.events, 'events')})"]
        words = [counted(self.legs, "legs")]
        if self.open_legs:
            words.append(f"{self.open_legs:,} of them still open at its end")
        if self.told_alike:
            words.append(
                f"{self.told_alike:,} of them of rows like one before, without an id: counted apart, perhaps the same"
                " calls twice"
            )
        if self.is_compared:
            words.append(f"{self.new:,} new")
            words.append(f"{self.same:,} known already")
            if self.completed:
                words.append(f"{self.completed:,} completed")
            if self.corrected:
                words.append(f"{self.corrected:,} corrected ({_columns(self.changes)})")
        for source, n in _most_first(self.elsewhere):
            words.append(f"{n:,} also told by source {source} (the same node? --source {source})")
        if self.again:
            words.append(f"{self.again:,} told again in the file")
        if self.completed_here:
            words.append(f"{self.completed_here:,} completed in the file")
        if self.corrected_here:
            columns = _columns(self.changes_here)
            words.append(f"{self.corrected_here:,} corrected by a later file ({columns})")
        if self.colliding:
            words.append(f"{self.colliding:,} colliding, set aside")
        return words


class DeliveredFile(Struct, frozen=True):
    """A file as it lay on disk: `digest` is the SHA-256 of its bytes, in hex."""

    name: str
    size_bytes: int
    digest: str


class Delivery(Struct, frozen=True, omit_defaults=True, tag_field="type", tag="delivery"):
    """One version of what is known of a delivery; the highest `revision` holds.

    `at` is the sender's clock. A delivery whose newest state is `sending` goes on, or its sender was killed.
    """

    delivery_id: Identifier
    revision: int
    state: State
    platform: str
    source: Identifier
    feed: Feed
    began_at: Millis
    at: Millis
    counts: DeliveryCounts
    files: tuple[DeliveredFile, ...] = ()
    replay: bool = False


class Withdrawal(Struct, frozen=True, omit_defaults=True, tag_field="type", tag="withdrawal"):
    """A delivery was taken back. `gone`: legs that nobody else told; `restored`: those that others told."""

    delivery_id: Identifier
    at: Millis
    gone: int = 0
    restored: int = 0
    note: str = ""


def delivery_id(began_at: int, chance: int) -> str:
    """`20261129-093005-3fa9`: the second in UTC, and 16 bits that tell two of one second apart."""
    return f"{to_datetime(began_at):%Y%m%d-%H%M%S}-{chance & 0xFFFF:04x}"


def begun(
    *,
    at: int,
    chance: int,
    platform: str,
    source: str,
    feed: Feed,
    counts: DeliveryCounts,
    files: tuple[DeliveredFile, ...] = (),
    replay: bool = False,
) -> Delivery:
    """A delivery at its begin."""
    return Delivery(
        delivery_id=delivery_id(at, chance),
        revision=1,
        state="sending",
        platform=platform,
        source=source,
        feed=feed,
        began_at=at,
        at=at,
        counts=counts,
        files=files,
        replay=replay,
    )


def record_key(record: Delivery | Withdrawal) -> bytes:
    """Key in the compacted topic: a withdrawal must not replace the delivery that it is about."""
    is_withdrawal = isinstance(record, Withdrawal)
    return (record.delivery_id + ("/withdrawn" if is_withdrawal else "")).encode()


def _columns(changes: dict[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in _most_first(changes) if n)


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])
