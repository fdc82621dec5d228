"""The order `add_note`: somebody at the board writes an incident, a holiday, a planned event or a promised action.

It stands in topic `notes` for ever, and beside the figures of its time. Only here is a time typed, and no length: it may
be long past.
"""

from collections.abc import Collection, Iterable
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from dashboards.access.rights import Principal, may, may_everywhere
from schemas.calls import ShortText
from schemas.millis import EARLIEST, LATEST, from_iso, to_datetime
from schemas.notes import Note, NoteKind, NoteText, checked_text
from schemas.printable import printable
from schemas.targets import Targets

Of = Literal["queue", "centre", "department"]


class AddNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do", tag="add_note"):  # fmt: skip
    """Write a note about a queue, a centre or a department (at most one of them), else about all. `since` and `until` are ISO
    8601, in the default zone unless they say; of an action: when it was promised, and when it is due.
    """

    kind: NoteKind
    text: NoteText
    since: ShortText
    until: ShortText
    queue: ShortText = ""
    centre: ShortText = ""
    department: ShortText = ""


class NoteRefused(Struct, frozen=True):
    """`code` is one of `bad_text`, `bad_time`, `no_such_place`, `not_allowed`."""

    code: str
    problem: str = ""


def note_of(
    order: AddNote, who: Principal, known: Iterable[Targets], zone: str, now: int, new_id: str
) -> Note | NoteRefused:
    """`known` are the queues that are configured now."""
    places = [each for each in (order.queue, order.centre, order.department) if each]
    if len(places) > 1:
        return NoteRefused("no_such_place", "a queue, a centre or a department, not two of them")
    of: Of = "queue" if order.queue else "centre" if order.centre else "department"
    departments = departments_of(known, of, places[0]) if places else frozenset()
    seen = any(may(who.grants, "see", each) for each in departments)
    if places and not seen:  # what they do not see is not told from what there is not
        return NoteRefused("no_such_place", f'nothing is called "{printable(places[0])}"')
    if not may_note(who, departments if places else None):
        return NoteRefused("not_allowed")
    try:
        text = checked_text(order.text)
    except ValueError as error:
        return NoteRefused("bad_text", str(error))
    try:
        start, end = (_moment(each, zone) for each in (order.since, order.until))
    except ValueError as error:
        return NoteRefused("bad_time", str(error))
    if start >= end:
        return NoteRefused("bad_time", "it ends before it begins")
    return Note(
        note_id=f"{to_datetime(now):%Y%m%d-%H%M%S}-{new_id}",
        who=who.who,
        at=now,
        kind=order.kind,
        start=start,
        end=end,
        text=text,
        queues=(order.queue,) if order.queue else (),
        centres=(order.centre,) if order.centre else (),
        departments=(order.department,) if order.department else (),
    )


def departments_of(known: Iterable[Targets], of: Of, id_: str) -> frozenset[str]:
    """Those of the queues that a note about such a place is about."""
    return frozenset(each.department for each in known if getattr(each, of) == id_)


def may_note(who: Principal, departments: Collection[str] | None) -> bool:
    """Whether they may write notes about them; None: about everything. A centre may have queues of several departments: they must
    hold the right for each.
    """
    if departments is None:
        return may_everywhere(who.grants, "change")
    return bool(departments) and all(may(who.grants, "change", each) for each in departments)


def _moment(text: str, zone: str) -> int:
    try:
        at = from_iso(text, ZoneInfo(zone))
    except (ValueError, OverflowError):
        at = 0
    if not EARLIEST <= at < LATEST:
        raise ValueError(f'expected a time such as 2026-10-05T08:00, got "{printable(text)}"')
    return at
