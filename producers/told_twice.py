"""Whether the files of one command tell of one leg twice, and whether they contradict each other.

Rule 1: what agrees in queue, id and visit is one leg (schemas.identity). The same words again are the same
call; a call that went on before is completed. Another caller or contact is another call, whose id was used again
within a second: it collides, which means that it is set aside and never replaces the former.
Rule 2: other words are either a correction or another call. Inside of one file nothing says which, so the later
one collides; so does, in any file, a leg whose id was made and that names neither caller nor contact. The words of
another file, which was read later, correct the former; but what a later file leaves out stays (schemas.kept_words).

The archive is asked in the same way (streams.history.known_legs), but it has nothing of these files yet.
"""

import struct
from collections.abc import Mapping
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.calls import FinishedLeg
from schemas.identity import is_made, leg_key
from schemas.kept_words import COUNTED, MAY_STAY, UNSAID, is_same_outcome, what_stays

Place = tuple[str, int]  # file and line; empty and 0 where they are not known

_NEVER_CORRECTED = ("caller", "contact_id")
# An answer is the moment of leaving, and `at` follows from the other times.
_FIELDS = (
    *_NEVER_CORRECTED, "outcome", "reason", "agent", "arrived_at", "left_at", "ended_at", "wrap_ended_at", "wait_ms",
    "hold_ms", "channel", "direction", "topic", "area", "priority", "missed_offers", "disposition",
)  # fmt: skip
_WORDS = struct.Struct(f"{len(_FIELDS)}I")
_UNSAID = 0
_told = attrgetter(*_FIELDS)
_may_stay = attrgetter(*MAY_STAY)
_COUNTED = tuple(_FIELDS.index(name) for name in COUNTED)
_pack_values = msgspec.msgpack.Encoder().encode


class Told(Struct, frozen=True):
    """What a leg is to what was read so far, and where it was told before.

    `changed`: the fields of a correction, without those that it leaves out; `went_on`: the former record was of a
    call that still went on; `kept`: what this record leaves out and the former said, to be sent with it.
    """

    known: Literal["first", "again", "completed", "corrected", "collides"]
    before: Place
    changed: tuple[str, ...] = ()
    went_on: bool = False
    kept: Mapping[str, Any] = {}


class _Former(NamedTuple):
    """What the newest record of a leg said; `may_stay`: values of schemas.kept_words.MAY_STAY, packed."""

    words: bytes
    went_on: bool
    place: Place
    outcome: str
    left_at: int | None
    may_stay: bytes


class ToldTwice:
    """Of one file, or of several that are sent together; it holds some 200 bytes and a place of each leg."""

    def __init__(self) -> None:
        self._known: dict[bytes, _Former] = {}

    def check(self, leg: FinishedLeg, place: Place) -> Told:
        """`leg` as history gets it, also one that still waits."""
        key = _key(leg)
        former = self._known.get(key)
        if former is None:
            self._known[key] = _former(leg, place)
            return Told("first", place)
        told = _compared(leg, former, place)
        if told.kept:
            leg = replace(leg, **told.kept)
        is_repeated = (
            told.known == "again" and place[0] != former.place[0] and _words(leg) == former.words
        )
        if told.known in ("completed", "corrected") or is_repeated:  # now this file says it, too
            self._known[key] = _former(leg, place)
        return told


def _compared(leg: FinishedLeg, former: _Former, place: Place) -> Told:
    went_on, before = former.went_on, former.place
    pairs = zip(_FIELDS, _WORDS.unpack(former.words), _WORDS.unpack(_words(leg)), strict=True)
    changed = {name: (old, new) for name, old, new in pairs if old != new}
    if any(_UNSAID not in changed.get(name, (_UNSAID,)) for name in _NEVER_CORRECTED):
        return Told("collides", before)
    if not changed or (leg.goes_on and not went_on):
        return Told("again", before)
    is_other_file = before[0] != place[0]
    said = {name: words for name, words in changed.items() if words[1] != _UNSAID}
    kept = _kept(leg, former, changed.keys() - said.keys())
    if is_other_file or went_on:
        if not said:  # an older report takes nothing back that a later one has told
            return Told("again", before)
        if _is_completed(said, went_on=went_on):
            return Told("completed", before, went_on=went_on, kept=kept)
    names_nobody = is_made(leg.leg_id) and not (leg.caller or leg.contact_id)
    if names_nobody or not is_other_file:
        return Told("collides", before)
    return Told("corrected", before, tuple(said), went_on, kept)


def _kept(leg: FinishedLeg, former: _Former, left_out: set[str]) -> dict[str, Any]:
    is_same = is_same_outcome(leg.outcome, leg.left_at, former.outcome, former.left_at)
    stays = left_out & {*what_stays(is_same_outcome=is_same)}
    if not stays:
        return {}
    values = dict(zip(MAY_STAY, msgspec.msgpack.decode(former.may_stay), strict=True))
    return {name: values[name] for name in MAY_STAY if name in stays}


def _is_completed(said: Mapping[str, tuple[int, int]], *, went_on: bool) -> bool:
    """Whether only what was not said before is new; who waits may still get missed offers."""
    grows = {"missed_offers"} if went_on else set()
    return all(old == _UNSAID or name in grows for name, (old, _) in said.items())


def _words(leg: FinishedLeg) -> bytes:
    """31 bits of each value that was said, `_UNSAID` for none; of every leg that is read, so without a call for each."""
    values = _told(leg)
    digests = [
        _UNSAID if value in UNSAID else hash(value) << 1 & 0xFFFF_FFFF | 1 for value in values
    ]
    for place in _COUNTED:
        if not values[place]:
            digests[place] = _UNSAID
    return _WORDS.pack(*digests)


def _former(leg: FinishedLeg, place: Place) -> _Former:
    may_stay = _pack_values(_may_stay(leg))
    return _Former(_words(leg), leg.goes_on, place, leg.outcome, leg.left_at, may_stay)


def _key(leg: FinishedLeg) -> bytes:
    visit_at = leg.arrived_at if leg.visit_at is None else leg.visit_at
    text = repr((leg.queue, *leg_key(leg.leg_id, leg.source, visit_at)))
    return blake2b(text.encode(), digest_size=8).digest()
