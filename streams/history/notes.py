"""Notes of people about a range and queues, from the archive: incidents, holidays, planned events, promised actions."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from schemas.millis import iso
from schemas.notes import (
    ActionDone,
    AnyNoteRecord,
    Note,
    NoteWithdrawn,
    WrittenNote,
    shown_in,
    written,
)
from streams.history.catalogue import Catalogue
from streams.history.months import Range
from streams.history.report import Column, Part, Row
from streams.sinks.clickhouse.database import Reader

_NOT_AN_ACTION = "it is no promised action, or it is not done"
PART = Part(
    (
        Column("note", "text", "id of the note: `queuewatch notes list`"),
        Column("note_kind", "text", "`incident`, `holiday`, `planned` (an event) or `action` (one that was promised)"),
        Column("from", "time", "its begin; of an action when it was promised"),
        Column("to", "time", "its end; of an action when it is due"),
        Column("about", "text", "the queues, centres and departments that it is about; `all`"),
        Column("text", "text", "what somebody wrote"),
        Column("who", "text", "in whose name"),
        Column("done_at", "time", "when somebody said that it is done", _NOT_AN_ACTION),
        Column("how", "text", "what was done", _NOT_AN_ACTION),
    ),
    ("note_kind", "from", "to", "about", "text", "who", "done_at", "how"),
    name="notes",
    kind="note",
)  # fmt: skip


def notes_in(
    reader: Reader, catalogue: Catalogue, range_: Range, queues: Iterable[str], as_of: int | None = None
) -> list[WrittenNote]:  # fmt: skip
    """Those that are about any of the queues (present ids), by their begin, as they were known at `as_of` (ms).

    An action stands in every range from its promise until it is done, and in the one in which it was done.
    """
    about = {queue: catalogue.queues.get(queue) for queue in queues}
    return shown_in(read_notes(reader, as_of), range_.start, range_.end, about)


def read_notes(reader: Reader, as_of: int | None = None) -> list[WrittenNote]:
    """All notes that the archive has, with what was said of them up to `as_of`, in broker time."""
    known = "" if as_of is None else f" WHERE known_at_ms <= {as_of}"
    rows = reader.execute(
        "SELECT note, type, at_ms, who, kind, start_ms, end_ms, text, queues, centres, departments"
        f" FROM notes{known} ORDER BY known_at_ms, note, type"
    ).named()
    return written(map(_record, rows))


def note_row(each: WrittenNote, zone: str) -> Row:
    """A row of `PART`, on the clock of `zone`."""
    note, done = each.note, each.done
    local = ZoneInfo(zone)
    return {
        "note": note.note_id,
        "note_kind": note.kind,
        "from": iso(note.start, local),
        "to": iso(note.end, local),
        "about": ", ".join((*note.queues, *note.centres, *note.departments)) or "all",
        "text": note.text,
        "who": note.who,
        "done_at": iso(done.at, local) if done else None,
        "how": done.how if done else None,
    }


def _record(row: dict[str, Any]) -> AnyNoteRecord:
    said = {"note_id": row["note"], "who": row["who"], "at": int(row["at_ms"])}
    if row["type"] == "withdrawn":
        return NoteWithdrawn(**said, because=row["text"])
    if row["type"] == "done":
        return ActionDone(**said, how=row["text"])
    told = said | {
        "kind": row["kind"],
        "start": int(row["start_ms"]),
        "end": int(row["end_ms"]),
        "text": row["text"],
        "queues": row["queues"],
        "centres": row["centres"],
        "departments": row["departments"],
    }
    return msgspec.convert(told, Note)
