"""What somebody at the board may say, and what is written of it: a pure decision with its reason.

Rule 1: what lies outside of the departments that somebody sees is not told from what there is not.
Rule 2: the time is the server's: an order says for how long, never until when.
"""

from collections.abc import Collection, Iterable
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from dashboards.access.rights import Principal, Right, may, may_everywhere
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.note_order import AddNote, NoteRefused, note_of
from schemas.alerts import RULE_PATTERN
from schemas.audit import Action
from schemas.calls import Identifier, ShortText
from schemas.commands import (
    LONGEST_NOTE,
    AlertCommand,
    AlertId,
    LineShown,
    LineTaken,
    Muted,
    Noted,
    Released,
    Unmuted,
)
from schemas.millis import DAY, MINUTE
from schemas.notes import Note as WrittenNote
from schemas.printable import printable
from schemas.targets import Targets

Words = Annotated[str, Meta(min_length=1, max_length=LONGEST_NOTE)]
Lasting = Annotated[int, Meta(ge=MINUTE, le=7 * DAY)]  # ms; what is forgotten ends by itself


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """What is asked for, as it is sent."""


class Acknowledge(Order, frozen=True, kw_only=True, tag="acknowledge"):
    """I have this alert."""

    alert_id: AlertId
    note: ShortText = ""


class Release(Order, frozen=True, kw_only=True, tag="release"):
    """Nobody has this alert any more."""

    alert_id: AlertId
    note: ShortText = ""


class Note(Order, frozen=True, kw_only=True, tag="note"):
    """What somebody found out about an alert that fires."""

    alert_id: AlertId
    note: Words


class Mute(Order, frozen=True, kw_only=True, tag="mute"):
    """Nobody is told of these alerts for so long; an empty `rule` or `queue` means any. Of an alert across queues `queue` is its
    place, as /api/board has it.
    """

    for_ms: Lasting
    note: Words
    rule: Annotated[str, Meta(pattern=f"^({RULE_PATTERN})?$")] = ""
    queue: ShortText = ""


class Unmute(Order, frozen=True, kw_only=True, tag="unmute"):
    """The mute ends now."""

    mute_id: Identifier


class ShowLine(Order, frozen=True, kw_only=True, tag="show_line"):
    """The boards of a department, or of all (""), show this line for so long."""

    for_ms: Lasting
    text: Words
    department: ShortText = ""


class TakeLine(Order, frozen=True, kw_only=True, tag="take_line"):
    """The line is taken from the boards."""

    line_id: Identifier


AnyOrder = Acknowledge | Release | Note | Mute | Unmute | ShowLine | TakeLine | AddNote


class OrderRefused(Struct, frozen=True):
    """Nothing is written. `is_trespass`: somebody asked for what the role may not, which is kept in the audit."""

    status: int
    code: str
    problem: str
    is_trespass: bool = False


class Decided(Struct, frozen=True):
    """`command` is to be written; `action` and `object` are for the audit."""

    command: AlertCommand | WrittenNote
    action: Action
    object: str


_TRESPASS = OrderRefused(403, "not_allowed", "your role may not do this here", is_trespass=True)


def decided(
    order: AnyOrder, who: Principal, latest: Latest, now: int, new_id: str
) -> Decided | OrderRefused:
    """Of every order but `Acknowledge`, whose races with other acknowledgements AckRoute settles. `new_id` names a mute or
    a line that begins.
    """
    known = latest.book.all_at(now)
    match order:
        case Release() | Note():
            return _of_alert(order, who, latest, now)
        case Mute():
            return _mute(order, who, latest, now, new_id)
        case Unmute():
            held = next((e for e in latest.commands.mutes(now) if e.mute_id == order.mute_id), None)
            if held is None or not _sees(who, latest, now, held.queue):
                return OrderRefused(404, "no_such_mute", "no such mute holds")
            if not _may_at(who, "change", latest, now, held.queue):
                return _TRESPASS
            at = max(now, held.at + 1)
            ended = Unmuted(who=who.who, at=at, mute_id=held.mute_id)
            return Decided(ended, "alert_unmute", held.mute_id)
        case ShowLine():
            return _show_line(order, who, known.values(), now, new_id)
        case TakeLine():
            line = next((e for e in latest.commands.lines(now) if e.line_id == order.line_id), None)
            if line is None or not (
                line.department == "" or may(who.grants, "see", line.department)
            ):
                return OrderRefused(404, "no_such_line", "no such line is shown")
            if not _may_in(who, line.department):
                return _TRESPASS
            taken = LineTaken(who=who.who, at=max(now, line.at + 1), line_id=line.line_id)
            return Decided(taken, "line_take", line.line_id)
        case AddNote():
            zone = latest.book.zone_at(now)
            return _add_note(note_of(order, who, known.values(), zone, now, new_id))
        case _:
            raise AssertionError("AckRoute acknowledges")


def refused_for(
    who: Principal, right: Right, departments: Collection[str], told: str = _TRESPASS.problem
) -> OrderRefused | None:
    """Whether they may do something to an alert of these departments; `told` is said to who may see it and not do it.

    One of them is enough: an incident has one cause, and who looks after it is known to all of them by name.
    """
    # One that is of other departments alone is not told from one that there is not.
    if not any(may(who.grants, "see", each) for each in departments):
        return OrderRefused(404, "no_such_alert", "no such alert fires")
    if not any(may(who.grants, right, each) for each in departments):
        return replace(_TRESPASS, problem=told)
    return None


def _of_alert(
    order: Release | Note, who: Principal, latest: Latest, now: int
) -> Decided | OrderRefused:
    alert = latest.alerts.get(order.alert_id)
    departments = latest.departments_of(alert, now) if alert else frozenset()
    is_note = isinstance(order, Note)
    if refused := refused_for(who, "change" if is_note else "acknowledge", departments):
        return refused
    if printable(order.note) != order.note:
        return OrderRefused(400, "bad_text", "only characters that can be printed, in one line")
    said = latest.commands.told(order.alert_id)
    at = max([now, *(each.at + 1 for each in said)])  # the clock of another machine may be ahead
    note = order.note.strip()
    if is_note:
        noted = Noted(who=who.who, at=at, note=note, alert_id=order.alert_id)
        return Decided(noted, "alert_note", order.alert_id)
    if latest.commands.taken(order.alert_id) is None:
        return OrderRefused(409, "nobody_has_it", "nobody has this alert")
    given = Released(who=who.who, at=at, note=note, alert_id=order.alert_id)
    return Decided(given, "alert_unack", order.alert_id)


def _mute(
    order: Mute, who: Principal, latest: Latest, now: int, new_id: str
) -> Decided | OrderRefused:
    if order.queue and not _sees(who, latest, now, order.queue):
        return OrderRefused(404, "no_such_queue", f'no queue "{printable(order.queue)}"')
    if not _may_at(who, "change", latest, now, order.queue):
        return _TRESPASS
    if printable(order.note) != order.note:
        return OrderRefused(400, "bad_text", "only characters that can be printed, in one line")
    muted = Muted(
        who=who.who,
        at=now,
        note=order.note.strip(),
        mute_id=new_id,
        until=now + order.for_ms,
        rule=order.rule,
        queue=order.queue,
    )
    about = " ".join(part for part in (order.rule, order.queue) if part) or "everything"
    return Decided(muted, "alert_mute", f"{new_id}: {about}")


def _show_line(
    order: ShowLine, who: Principal, known: Iterable[Targets], now: int, new_id: str
) -> Decided | OrderRefused:
    ids = {each.department for each in known if each.department}
    department = order.department
    if department and (department not in ids or not may(who.grants, "see", department)):
        return OrderRefused(404, "no_such_department", f'no department "{printable(department)}"')
    if not _may_in(who, department):
        return _TRESPASS
    if printable(order.text) != order.text or not order.text.strip():
        return OrderRefused(400, "bad_text", "only characters that can be printed, in one line")
    shown = LineShown(
        who=who.who,
        at=now,
        note=order.text.strip(),
        line_id=new_id,
        until=now + order.for_ms,
        department=department,
    )
    return Decided(shown, "line_show", f"{new_id}: {department or 'all boards'}")


def _add_note(made: WrittenNote | NoteRefused) -> Decided | OrderRefused:
    if isinstance(made, WrittenNote):
        return Decided(made, "note_add", made.note_id)
    if made.code == _TRESPASS.code:
        return _TRESPASS
    return OrderRefused(404 if made.code == "no_such_place" else 400, made.code, made.problem)


def _may_in(who: Principal, department: str) -> bool:
    """Whether they may change something of a department; "" is all of them."""
    if department:
        return may(who.grants, "change", department)
    return may_everywhere(who.grants, "change")


def _departments_of(latest: Latest, now: int, place: str) -> frozenset[str]:
    """Of a queue, or of the alerts across queues that fire at that place."""
    if (targets := latest.book.at(place, now)[0]) is not None:
        return frozenset({targets.department})
    at_it = [each for each in latest.alerts.values() if each.place == place and not each.queue]
    return frozenset(
        department for each in at_it for department in latest.departments_of(each, now)
    )


def _sees(who: Principal, latest: Latest, now: int, place: str) -> bool:
    """Of no place in particular everybody knows."""
    return not place or any(
        may(who.grants, "see", each) for each in _departments_of(latest, now, place)
    )


def _may_at(who: Principal, right: Right, latest: Latest, now: int, place: str) -> bool:
    """Whether they hold the right for that place; "" is all of them. Of an alert across queues one department is enough, as to
    acknowledge it.
    """
    if not place:
        return may_everywhere(who.grants, right)
    return any(may(who.grants, right, each) for each in _departments_of(latest, now, place))
