"""Topic `notes`: what people write beside the figures: an incident, a holiday, a planned event, an action that was promised.

Rule 1: a record is final. A note that is wrong is withdrawn and written anew, so that two writers never overwrite each other.
Rule 2: a note without queues, centres and departments is about all of them.
Rule 3: an action is promised at `start` and due at `end`; reports carry it until somebody says that it is done.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypeVar, get_args

from msgspec import Meta, Struct

from schemas.calls import Identifier
from schemas.commands import Who
from schemas.millis import Millis
from schemas.printable import printable
from schemas.privacy import DIGIT_RUN
from schemas.targets import Targets

LONGEST_TEXT = 500
NoteKind = Literal["incident", "holiday", "planned", "action"]
KINDS: tuple[NoteKind, ...] = get_args(NoteKind)
NoteText = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
_DATE = re.compile(r"\b20\d\d-[01]\d-[0-3]\d(?:T[0-2]\d:[0-5]\d)?\b")


class NoteRecord(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """`who` as that person gave it, `at` by the clock of where it was typed."""

    note_id: Identifier
    who: Who
    at: Millis


class Note(NoteRecord, frozen=True, kw_only=True, omit_defaults=True, tag="note"):
    """About `[start, end)`."""

    kind: NoteKind
    start: Millis
    end: Millis
    text: NoteText
    queues: tuple[Identifier, ...] = ()
    centres: tuple[Identifier, ...] = ()
    departments: tuple[Identifier, ...] = ()

    def is_about(self, queue: str, targets: Targets | None) -> bool:
        """`targets` of the queue; None: nobody configured it."""
        if not (self.queues or self.centres or self.departments):
            return True
        if queue in self.queues:
            return True
        return targets is not None and (
            targets.centre in self.centres or targets.department in self.departments
        )


class NoteWithdrawn(NoteRecord, frozen=True, kw_only=True, omit_defaults=True, tag="withdrawn"):
    """The note was wrong: nothing shows it any more. `because` says why."""

    because: NoteText


class ActionDone(NoteRecord, frozen=True, kw_only=True, omit_defaults=True, tag="done"):
    """What was promised is done. `how` says what was done."""

    how: NoteText


AnyNoteRecord = Note | NoteWithdrawn | ActionDone
Said = TypeVar("Said", NoteWithdrawn, ActionDone)


class WrittenNote(Struct, frozen=True):
    """A note with what was said of it since."""

    note: Note
    withdrawn: NoteWithdrawn | None = None
    done: ActionDone | None = None


def note_key(record: AnyNoteRecord) -> bytes:
    """Key in the compacted topic: what is said of a note must not replace it."""
    if isinstance(record, Note):
        return record.note_id.encode()
    return f"{record.note_id}/{record.__struct_config__.tag}".encode()


def written(records: Iterable[AnyNoteRecord]) -> list[WrittenNote]:
    """The notes by their begin; of what is said twice the first holds. What is said of no known note is left out."""
    notes: dict[str, Note] = {}
    withdrawn: dict[str, NoteWithdrawn] = {}
    done: dict[str, ActionDone] = {}
    for record in records:
        match record:
            case Note():
                notes.setdefault(record.note_id, record)
            case NoteWithdrawn():
                _keep_first(withdrawn, record)
            case ActionDone():
                _keep_first(done, record)
    found = [WrittenNote(each, withdrawn.get(id_), done.get(id_)) for id_, each in notes.items()]
    return sorted(found, key=lambda each: (each.note.start, each.note.note_id))


def _keep_first(kept: dict[str, Said], record: Said) -> None:
    held = kept.get(record.note_id)
    if held is None or record.at < held.at:
        kept[record.note_id] = record


def shown_in(
    notes: Iterable[WrittenNote], start: int, end: int, queues: Mapping[str, Targets | None]
) -> list[WrittenNote]:
    """Those of `[start, end)` that are about any of the queues, by their begin; nothing that was withdrawn.

    An action stands in every range from its promise until it is done, and in the one in which it was done.
    """
    return [
        each
        for each in notes
        if each.withdrawn is None
        and _is_in(each, start, end)
        and any(each.note.is_about(queue, targets) for queue, targets in queues.items())
    ]


def _is_in(each: WrittenNote, start: int, end: int) -> bool:
    if each.note.start >= end:
        return False
    if each.note.kind == "action":
        return each.done is None or each.done.at >= start
    return each.note.end > start


def checked_text(text: str) -> str:
    """A text as somebody typed it; ValueError for one that no report may show."""
    found = text.strip()
    if not 0 < len(found) <= LONGEST_TEXT:
        raise ValueError(f"1 to {LONGEST_TEXT} characters")
    if printable(found) != found:
        raise ValueError("only characters that can be printed, in one line")
    if DIGIT_RUN.search(_DATE.sub("", found)):
        raise ValueError(
            "six digits or more may be somebody's number, and reports are published: leave them out"
            " (a date is written 2026-12-01)"
        )
    return found
