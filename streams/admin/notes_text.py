"""Notes as lines of a list."""

from schemas.millis import iso
from schemas.notes import WrittenNote

COLUMNS = (
    "id", "kind", "from", "to", "queues", "centres", "departments", "text", "who", "at", "done_at", "done_by", "how",
    "withdrawn_at", "withdrawn_by", "because",
)  # fmt: skip
SHOWN = ("id", "kind", "from", "to", "about", "text", "who", "state")


def line(each: WrittenNote) -> dict[str, str | None]:
    """Of `COLUMNS` and `SHOWN`; times in UTC."""
    note, done, withdrawn = each.note, each.done, each.withdrawn
    state = ""
    if note.kind == "action":
        state = "done" if done else "open"
    return {
        "id": note.note_id,
        "kind": note.kind,
        "from": iso(note.start),
        "to": iso(note.end),
        "queues": " ".join(note.queues),
        "centres": " ".join(note.centres),
        "departments": " ".join(note.departments),
        "about": " ".join((*note.queues, *note.centres, *note.departments)) or "all",
        "text": note.text,
        "who": note.who,
        "at": iso(note.at),
        "state": "withdrawn" if withdrawn else state,
        "done_at": iso(done.at) if done else None,
        "done_by": done.who if done else None,
        "how": done.how if done else None,
        "withdrawn_at": iso(withdrawn.at) if withdrawn else None,
        "withdrawn_by": withdrawn.who if withdrawn else None,
        "because": withdrawn.because if withdrawn else None,
    }
