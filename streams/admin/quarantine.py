"""Entries of quarantine: what was refused, and what was done about it. Pure except for `read`.

Rule 1: an entry is a place, `calls-3:1042` or `calls.csv:17`, however often it was refused.
Rule 2: the order of the topic's records does not matter, because they lie in several partitions.
Rule 3: an entry that is refused again after it was handled is open again.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from msgspec import Struct

from schemas.quarantine import Handled, InputReason, Quarantined
from schemas.topics import TOPICS, topic_name
from streams.admin.broker import AdminError, decodable, read_whole

State = Literal["open", "replayed", "dropped"]
STATES: tuple[State, ...] = ("open", "replayed", "dropped")
FILE = "file"  # in place of a topic, for rows that a producer refused

_TOPIC_PLACE = re.compile(rf"({'|'.join(topic.name for topic in TOPICS)})-(\d+)")

WHAT_TO_DO = {
    "not_json": "correct the producer; the bytes stay unreadable",
    "too_large": "correct the producer: one event, at most 256 KiB",
    "unknown_type": "replay after an upgrade that knows the type; else correct the producer",
    "missing_field": "correct the producer",
    "wrong_type": "correct the producer",
    "out_of_range": "correct the producer (seconds in place of milliseconds?)",
    "caller_in_clear": "let the producer send a token in place of the number, then drop",
    "ahead_of_broker": "correct the clock that is wrong, then replay once the time has come",
    "too_old": "send the whole leg again, as one event `leg`; a lone fragment stays too old",
    "too_many_queues": "publish the queue in queues.toml, or raise the limit, then replay",
    "too_many_sources": "find out who invents source names, then replay what is genuine",
    "internal_error": "report it with `quarantine show`; replay after the repair",
    "bad_row": "correct the row and send the file again: what is counted already counts once",
    "unknown_line": "correct the line and send the file again, or drop it",
    "refused_by_archive": "repair the database or its tables, then replay",
}


class Entry(Struct, frozen=True):
    """One place with its newest refusal. Times in ms; `replays` is how often it was sent again."""

    origin: str
    position: int
    reason: str
    detail: str
    original: str
    original_key: str
    source: str
    first_at: int
    last_at: int
    replays: int
    state: State
    handled_at: int | None
    note: str

    @property
    def place(self) -> str:
        return f"{self.origin}:{self.position}"

    @property
    def topic(self) -> str:
        return (topic_and_partition(self) or (FILE, 0))[0]


class Wanted(Struct, frozen=True):
    """Which entries are wanted; an empty field means any."""

    reason: str = ""
    topic: str = ""
    since: int = 0
    states: frozenset[State] = frozenset({"open"})

    def has(self, entry: Entry) -> bool:
        return (
            entry.reason == (self.reason or entry.reason)
            and entry.topic == (self.topic or entry.topic)
            and entry.last_at >= self.since
            and entry.state in self.states
        )

    @classmethod
    def of_any_state(cls, reason: str, topic: str, since: int) -> "Wanted":
        return cls(reason, topic, since, frozenset(STATES))


def read(bootstrap: str, namespace: str, *, settled: bool = False) -> list[Entry]:
    """Every entry that the topic still holds, oldest first. Records that cannot be decoded are skipped."""
    topic = topic_name("quarantine", namespace)
    records = read_whole(bootstrap, topic, settled=settled)
    return entries(decodable(Quarantined, (record.value for record in records)))


def entries(records: Iterable[Quarantined]) -> list[Entry]:
    """The records as entries, by the time of their first refusal."""
    places: dict[tuple[str, int], list[Quarantined]] = {}
    for record in records:
        places.setdefault((record.origin, record.position), []).append(record)
    found = [_entry(of_place) for of_place in places.values()]
    return sorted(found, key=lambda entry: (entry.first_at, entry.origin, entry.position))


def _entry(records: Sequence[Quarantined]) -> Entry:
    # The topic may no longer hold the refusals; a record of what was done repeats the newest refusal.
    refusals = [each for each in records if each.handled is None] or list(records)
    newest = max(refusals, key=lambda each: (_refused_as(each), each.known_at))
    handlings = {each.handled for each in records if each.handled is not None}
    last = max(handlings, key=lambda each: each.at, default=None)
    state: State = "open" if last is None else _state(last, refusals)
    return Entry(
        newest.origin,
        newest.position,
        newest.reason,
        newest.detail,
        newest.original,
        newest.original_key,
        newest.source,
        min(each.known_at for each in records),
        max(each.known_at for each in refusals),
        sum(each.what == "replayed" for each in handlings),
        state,
        None if last is None else last.at,
        "" if last is None else last.note,
    )


def _state(last: Handled, refusals: Sequence[Quarantined]) -> State:
    """For a replay compare offsets: the stream may refuse it before its sender has noted that it was sent."""
    if last.what == "replayed":
        return "replayed" if last.sent_as > max(map(_refused_as, refusals)) else "open"
    return "dropped" if last.at >= max(each.known_at for each in refusals) else "open"


def _refused_as(record: Quarantined) -> int:
    return max(record.sent_as, record.position)


def topic_and_partition(entry: Entry) -> tuple[str, int] | None:
    """Topic and partition of the original; None for a row of a file, which was never in a topic."""
    match = _TOPIC_PLACE.fullmatch(entry.origin)
    if match is None or entry.reason in get_args(InputReason):
        return None
    return match[1], int(match[2])


def counted(found: Iterable[Entry]) -> list[dict[str, str | int]]:
    """One line for each reason and topic, the most frequent first."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in found:
        groups.setdefault((entry.reason, entry.topic), []).append(entry)
    lines: list[dict[str, str | int]] = [
        {
            "reason": reason,
            "topic": topic,
            "count": len(group),
            "first_at": min(each.first_at for each in group),
            "last_at": max(each.last_at for each in group),
            "what_to_do": WHAT_TO_DO[reason],
        }
        for (reason, topic), group in groups.items()
    ]
    return sorted(lines, key=lambda line: (-int(line["count"]), line["reason"], line["topic"]))


def chosen(found: Sequence[Entry], places: Sequence[str], wanted: Wanted) -> list[Entry]:
    """The entries of these places, whatever their state, else those that are wanted."""
    if not places:
        return [entry for entry in found if wanted.has(entry)]
    by_place = {entry.place: entry for entry in found}
    for place in places:
        if place not in by_place:
            raise AdminError(f"no entry {place} (`queuewatch quarantine list --each` shows them)")
    return [by_place[place] for place in dict.fromkeys(places)]


def dropped(entry: Entry, at: int, note: str) -> Quarantined:
    """The record of a drop; `at` is never before the refusal, even if this machine's clock is."""
    return _noted(entry, Handled("dropped", max(at, entry.last_at), note))


def replayed(entry: Entry, at: int, sent_as: int) -> Quarantined:
    return _noted(entry, Handled("replayed", at, sent_as=sent_as))


def _noted(entry: Entry, handled: Handled) -> Quarantined:
    return Quarantined(
        entry.origin,
        entry.position,
        entry.reason,  # type: ignore[arg-type]  # read from such a record
        entry.detail,
        entry.first_at,
        entry.original,
        entry.original_key,
        entry.source,
        handled=handled,
    )
