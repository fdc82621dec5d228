"""Whether the files of one command tell of one leg twice, and whether they contradict each other.

Rule 1: what agrees in queue, id and visit is one leg (schemas.identity). The same words again are the same
call; a call that went on before is completed. Another caller or contact is another call, whose id was used again
within a second: it collides, which means that it is set aside and never replaces the former.
Rule 2: other words are either a correction or another call. Inside of one file nothing says which, so the later
one collides; so does, in any file, a leg whose id was made and that names neither caller nor contact. The words of
another file, which was read later, correct the former; but what a later file leaves out stays (schemas.kept_words).

The archive is asked in the same way (streams.history.known_legs), but it has nothing of these files yet.
"""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.calls import FinishedLeg
from schemas.identity import is_made, leg_key
from schemas.kept_words import MAY_STAY, is_same_outcome, is_unsaid, what_stays

Place = tuple[str, int]  # file and line; empty and 0 where they are not known

_NEVER_CORRECTED = ("caller", "contact_id")
# An answer is the moment of leaving, and `at` follows from the other times.
_FIELDS = (
    *_NEVER_CORRECTED, "outcome", "reason", "agent", "arrived_at", "left_at", "ended_at", "wrap_ended_at", "wait_ms",
    "hold_ms", "channel", "direction", "topic", "area", "priority", "missed_offers", "disposition",
)  # fmt: skip
_values_of = attrgetter(*_FIELDS)
_pack = msgspec.msgpack.Encoder().encode
_UNSAID = None


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
    """What the newest record of a leg said, by `_FIELDS`."""

    told: dict[str, Any]
    went_on: bool
    place: Place


class ToldTwice:
    """Of one file, or of several that are sent together; it holds some 300 bytes of each leg.

    Values, place and whether it went on are one text of bytes: nothing that Python's garbage collection looks at again and
    again while a file is read.
    """

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}
        self._files: dict[str, int] = {}  # by name: its number in `_known`

    def check(self, leg: FinishedLeg, place: Place) -> Told:
        """`leg` as history gets it, also one that still waits."""
        key = _key(leg)
        known = self._known.get(key)
        if known is None:
            self._known[key] = self._packed(leg, place)
            return Told("first", place)
        former = self._former(known)
        told = _compared(leg, former, place)
        if told.kept:
            leg = replace(leg, **told.kept)
        is_repeated = (
            told.known == "again"
            and place[0] != former.place[0]
            and _said(_told(leg)) == _said(former.told)
        )
        if told.known in ("completed", "corrected") or is_repeated:  # now this file says it, too
            self._known[key] = self._packed(leg, place)
        return told

    def _packed(self, leg: FinishedLeg, place: Place) -> bytes:
        name, line = place
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = len(self._files)
        return _pack((_values_of(leg), leg.goes_on, file, line))

    def _former(self, known: bytes) -> _Former:
        values, went_on, file, line = msgspec.msgpack.decode(known)
        names = list(self._files)
        return _Former(dict(zip(_FIELDS, values, strict=True)), went_on, (names[file], line))


def _compared(leg: FinishedLeg, former: _Former, place: Place) -> Told:
    told, went_on, before = former
    old, new = _said(told), _said(_told(leg))
    changed = {name: (old[name], new[name]) for name in _FIELDS if old[name] != new[name]}
    if any(_UNSAID not in changed.get(name, (_UNSAID,)) for name in _NEVER_CORRECTED):
        return Told("collides", before)
    if not changed or (leg.goes_on and not went_on):
        return Told("again", before)
    is_other_file = before[0] != place[0]
    said = {name: words for name, words in changed.items() if words[1] != _UNSAID}
    kept = _kept(leg, told, changed.keys() - said.keys())
    if is_other_file or went_on:
        if not said:  # an older report takes nothing back that a later one has told
            return Told("again", before)
        if _is_completed(said, went_on=went_on):
            return Told("completed", before, went_on=went_on, kept=kept)
    names_nobody = is_made(leg.leg_id) and not (leg.caller or leg.contact_id)
    if names_nobody or not is_other_file:
        return Told("collides", before)
    return Told("corrected", before, tuple(said), went_on, kept)


def _kept(leg: FinishedLeg, former: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    is_same = is_same_outcome(leg.outcome, leg.left_at, former["outcome"], former["left_at"])
    stays = left_out & {*what_stays(is_same_outcome=is_same)}
    return {name: former[name] for name in MAY_STAY if name in stays}


def _is_completed(said: Mapping[str, tuple[Any, Any]], *, went_on: bool) -> bool:
    """Whether only what was not said before is new; who waits may still get missed offers."""
    grows = {"missed_offers"} if went_on else set()
    return all(old == _UNSAID or name in grows for name, (old, _) in said.items())


def _told(leg: FinishedLeg) -> dict[str, Any]:
    return dict(zip(_FIELDS, _values_of(leg), strict=True))


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    """`_UNSAID` for what a record says nothing of."""
    return {name: _UNSAID if is_unsaid(name, value) else value for name, value in told.items()}


def _key(leg: FinishedLeg) -> int:
    """64 bits, for this process only: two legs of ten millions agree in them by chance once in 400,000 files."""
    visit_at = leg.arrived_at if leg.visit_at is None else leg.visit_at
    return hash((leg.queue, leg_key(leg.leg_id, leg.source, visit_at)))
