"""What people wrote of today beside its figures: incidents, holidays, planned events, promised actions. Pure."""

from dashboards.wallboard.texts import Texts, moment
from schemas.half_hours import PastDays
from schemas.notes import NoteKind, WrittenNote
from streams.charts.html import Html, el, every

_KINDS: dict[NoteKind, str] = {
    "incident": "note_incident",
    "holiday": "note_holiday",
    "planned": "note_planned",
    "action": "note_action",
}


def notes_of(days: PastDays, say: Texts) -> Html | None:
    """None where nobody wrote anything."""
    if not days.notes:
        return None
    return el(
        "section", {"id": "notes"},
        el("h2", {}, say("notes_title")),
        el("ul", {"class": "notes"}, every(_note(each, days, say) for each in days.notes)),
    )  # fmt: skip


def _note(each: WrittenNote, days: PastDays, say: Texts) -> Html:
    note = each.note

    def at(time: int) -> str:
        return moment(time, days.zone, days.as_of, seconds=False)

    done = say("note_done", time=at(each.done.at)) if each.done else None
    return el(
        "li", {"data-key": note.note_id, "data-kind": note.kind},
        el("strong", {}, say(_KINDS[note.kind])), " ", el("bdi", {}, note.text), " ",
        el("small", {}, el("bdi", {}, note.who), " · ", say("note_range", start=at(note.start), end=at(note.end)),
           every((" · ", done)) if done else None),
    )  # fmt: skip
