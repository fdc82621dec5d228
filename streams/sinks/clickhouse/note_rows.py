"""Records of topic `notes` as rows of table `notes`. Pure."""

from schemas.millis import SECOND
from schemas.notes import ActionDone, AnyNoteRecord, Note, NoteWithdrawn
from streams.sinks.clickhouse.database import Row


def note_row(record: AnyNoteRecord, known_at: int) -> Row:
    """`known_at`: when the broker had it. What a record does not say is empty or 0."""
    said = (
        record.note_id,
        str(record.__struct_config__.tag),
        record.at // SECOND,
        record.at,
        known_at,
        record.who,
    )
    match record:
        case Note():
            about = (list(record.queues), list(record.centres), list(record.departments))
            return (*said, record.kind, record.start, record.end, record.text, *about)
        case NoteWithdrawn():
            return (*said, "", 0, 0, record.because, [], [], [])
        case ActionDone():
            return (*said, "", 0, 0, record.how, [], [], [])
