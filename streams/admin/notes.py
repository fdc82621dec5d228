"""Notes as topic `notes` tells them, and writing them. Pure except for `read` and `say`."""

from collections.abc import Iterable, Sequence

from schemas.codec import encode
from schemas.millis import iso, to_datetime
from schemas.notes import (
    ActionDone,
    AnyNoteRecord,
    Note,
    NoteWithdrawn,
    WrittenNote,
    note_key,
    written,
)
from schemas.targets import Targets
from schemas.topics import topic_name
from streams.admin.broker import AdminError, decodable, read_whole, write


def read(bootstrap: str, namespace: str) -> list[WrittenNote]:
    values = (record.value for record in read_whole(bootstrap, topic_name("notes", namespace)))
    return written(decodable(AnyNoteRecord, values))  # type: ignore[arg-type]  # a union of structs


def say(bootstrap: str, namespace: str, record: AnyNoteRecord) -> None:
    """Write the record; return when every replica has it."""
    write(bootstrap, topic_name("notes", namespace), note_key(record), encode(record))


def note_id(at: int, chance: int) -> str:
    """`20261005-101500-3fa9`: the second in UTC, and 16 bits that tell two of one second apart."""
    return f"{to_datetime(at):%Y%m%d-%H%M%S}-{chance & 0xFFFF:04x}"


def check(note: Note, known: Iterable[Targets]) -> None:
    """AdminError for a range that ends before it begins, or a place that nobody configured: no report would show it."""
    if note.start >= note.end:
        raise AdminError(f"it ends ({iso(note.end)}) before it begins ({iso(note.start)})")
    queues = list(known)
    for named, ids, what in (
        (note.queues, {each.queue for each in queues}, "queue"),
        (note.centres, {each.centre for each in queues if each.centre}, "centre"),
        (note.departments, {each.department for each in queues if each.department}, "department"),
    ):
        for id_ in named:
            if id_ not in ids:
                raise AdminError(f'no {what} "{id_}"; known: {", ".join(sorted(ids)) or "none"}')


def named(notes: Sequence[WrittenNote], id_: str) -> WrittenNote:
    """The note of that id, which still stands; AdminError else."""
    for each in notes:
        if each.note.note_id == id_:
            if each.withdrawn is not None:
                raise AdminError(f"note {id_} was withdrawn already, by {each.withdrawn.who}")
            return each
    raise AdminError(f'no note "{id_}" (`queuewatch notes list` shows their ids)')


def withdrawal(of: WrittenNote, who: str, at: int, because: str) -> NoteWithdrawn:
    return NoteWithdrawn(note_id=of.note.note_id, who=who, at=at, because=because)


def done(of: WrittenNote, who: str, at: int, how: str) -> ActionDone:
    """AdminError for what is no action, or is done already."""
    if of.note.kind != "action":
        raise AdminError(f"note {of.note.note_id} is no promised action: {of.note.kind}")
    if of.done is not None:
        raise AdminError(f"note {of.note.note_id} is done already, said by {of.done.who}")
    return ActionDone(note_id=of.note.note_id, who=who, at=at, how=how)
