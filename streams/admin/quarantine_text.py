"""Entries of quarantine as text: lines of a list, one entry whole, and the outcome of a replay."""

from collections.abc import Iterable, Iterator

from schemas.millis import iso
from schemas.printable import printable
from streams.admin.quarantine import WHAT_TO_DO, Entry, counted, topic_and_partition
from streams.admin.replay import Replay
from streams.core.quarantining import masked

GROUP_COLUMNS = ("reason", "topic", "count", "first", "last", "what_to_do")
ENTRY_COLUMNS = (
    "id",
    "reason",
    "topic",
    "at",
    "state",
    "replays",
    "key",
    "source",
    "detail",
    "note",
)
ENTRY_SHOWN = ("id", "reason", "at", "state", "replays", "detail")  # these fit a terminal

Line = dict[str, str | int | float | None]


def group_lines(entries: Iterable[Entry]) -> list[Line]:
    """One line for each reason and topic, the most frequent first."""
    return [
        {**group, "first": iso(int(group["first_at"])), "last": iso(int(group["last_at"]))}
        for group in counted(entries)
    ]


def entry_line(entry: Entry) -> Line:
    return {
        "id": entry.place,
        "reason": entry.reason,
        "topic": entry.topic,
        "at": iso(entry.last_at),
        "state": entry.state,
        "replays": entry.replays,
        "key": entry.original_key or None,
        "source": entry.source or None,
        "detail": printable(entry.detail),
        "note": entry.note or None,
    }


def whole(entry: Entry, original: bytes | None) -> Iterator[str]:
    """Everything about one entry; `original` is None if its topic no longer has the bytes."""
    place = topic_and_partition(entry)
    where = f"line {entry.position} of file {entry.origin}"
    if place:
        where = f"topic {place[0]}, partition {place[1]}, offset {entry.position}"
    text, cut = entry.original, ""
    if original is not None:
        text = masked(original)
    elif place:
        cut = " (the input topic no longer keeps its bytes; cut at 4,000 characters)"
    for name, value in (
        ("id", entry.place),
        ("from", where),
        ("key", entry.original_key),
        ("source", entry.source),
        ("reason", entry.reason),
        ("why", entry.detail),
        ("first", iso(entry.first_at)),
        ("last", iso(entry.last_at)),
        ("state", _state(entry)),
        ("replays", str(entry.replays)),
        ("what to do", WHAT_TO_DO[entry.reason]),
    ):
        if value:
            yield f"{name + ':':<12}{printable(value)}"
    yield f"original, masked{cut}:"
    yield printable(text)


def outcome(done: Replay) -> str:
    accepted = len(done.sent) - len(done.refused_again)
    return (
        f"{len(done.sent)} sent again: {accepted} accepted, {len(done.refused_again)} refused again;"
        f" {len(done.not_sent)} not sent"
    )


def not_accepted(done: Replay, most: int) -> list[str]:
    """A line for each entry that was not sent or was refused again: at most `most`, then how many more."""
    lines = [f"{each.entry.place}: {each.why}" for each in done.not_sent]
    lines += [
        f"{each.place}: refused again: {each.reason}: {each.detail}" for each in done.refused_again
    ]
    shown = [printable(line) for line in lines[:most]]
    return shown if len(lines) <= most else [*shown, f"… and {len(lines) - most} more"]


def _state(entry: Entry) -> str:
    if entry.handled_at is None:
        return entry.state
    note = f": {entry.note}" if entry.note else ""
    return f"{entry.state} (last handled at {iso(entry.handled_at)}{note})"
