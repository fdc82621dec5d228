"""`history contact ID`: the whole story of one contact, leg by leg, with everything that was told of it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Struct

from schemas.millis import DAY, SECOND, iso
from schemas.topics import is_decision, offset_of
from streams.history.causes import NOT_ARCHIVED, TARGETS
from streams.history.question import HistoryError
from streams.history.versions import COMPARED, changes
from streams.sinks.clickhouse.database import Reader, quoted

LEG_LINE_COLUMNS: tuple[str, ...] = (
    "arrived_at", "queue", "leg_id", "outcome", "reason", "to_queue", "wait_s", "journey_wait_s",
    "offers", "missed_offers", "missed_by", "agent", "answered_at", "left_at", "ended_at",
    "talk_hold_s", "hold_s", "wrap_s", "disposition", "channel", "direction", "caller", "feed",
    "source", "versions", "flags",
)  # fmt: skip
VERSION_LINE_COLUMNS: tuple[str, ...] = (
    "known_at", "queue", "leg_id", "version", "cause", "outcome", "changes",
)  # fmt: skip
EVENT_LINE_COLUMNS: tuple[str, ...] = (
    "at", "known_at", "late_s", "queue", "leg_id", "type", "agent", "detail", "source", "event_id",
    "partition", "offset",
)  # fmt: skip
# CSV is one table: what the three kinds of line share, under one name each.
STORY_COLUMNS: tuple[str, ...] = (
    "kind", *LEG_LINE_COLUMNS, *(
        name for name in (*VERSION_LINE_COLUMNS, *EVENT_LINE_COLUMNS) if name not in LEG_LINE_COLUMNS
    ),
)  # fmt: skip
_READ = (
    "queue", "leg_id", "version", "known_at_ms", "contact_id", "channel", "caller", "feed", "source",
    "offers", "flags", *COMPARED,
)  # fmt: skip
_LEGS_SHOWN = (
    *LEG_LINE_COLUMNS[:12], "talk_hold_s", "hold_s", "wrap_s", "versions", "flags",
)  # fmt: skip
_SHOWN_APART = frozenset({
    "type", "event_id", "at", "source", "feed", "queue", "leg_id", "contact_id", "agent", "caller",
})  # fmt: skip

Line = dict[str, str | int | float | None]
Row = Mapping[str, Any]


class Story(Struct, frozen=True):
    """Lines by kind; legs by arrival, versions by when they became known, events by their own time.

    `journey_wait_s` is the wait of all inbound legs together: what the caller remembers.
    """

    contact_id: str
    journey_wait_s: float
    legs: list[Line]
    versions: list[Line]
    events: list[Line]

    def lines(self) -> list[Line]:
        """All as one table: the kind of each in front."""
        return [
            {"kind": kind, **line}
            for kind, lines in (
                ("leg", self.legs), ("version", self.versions), ("event", self.events),
            )
            for line in lines
        ]  # fmt: skip


def as_json(story: Story) -> str:
    """Every column of every line, null where it has no value."""
    document = {"contact_id": story.contact_id, "journey_wait_s": story.journey_wait_s} | {
        kind: [{name: line.get(name) for name in columns} for line in lines]
        for kind, lines, columns in (
            ("legs", story.legs, LEG_LINE_COLUMNS),
            ("versions", story.versions, VERSION_LINE_COLUMNS),
            ("events", story.events, EVENT_LINE_COLUMNS),
        )
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def sections(story: Story) -> list[tuple[str, list[Line], tuple[str, ...]]]:
    """For a terminal: heading, lines and the columns that fit."""
    count = f"{len(story.legs)} leg{'' if len(story.legs) == 1 else 's'}"
    return [
        (
            f"Contact {story.contact_id}: {count}, waited {story.journey_wait_s:g} s in all",
            story.legs,
            _LEGS_SHOWN,
        ),
        ("What history said of it, when", story.versions, VERSION_LINE_COLUMNS),
        ("What was told, by its own time", story.events, EVENT_LINE_COLUMNS[:8]),
    ]


def read_story(reader: Reader, asked: str) -> Story:
    """Of the contact with that id, or of the contact of the leg with that id; HistoryError for neither."""
    found = reader.execute(
        "SELECT DISTINCT contact_id, queue, leg_id FROM legs"
        f" WHERE contact_id = {quoted(asked)} OR leg_id = {quoted(asked)}"
    ).rows
    contacts = sorted({contact for contact, _, _ in found if contact})
    if contacts and any(contact != asked for contact in contacts):  # a leg's id: its whole contact
        listed = ", ".join(map(quoted, contacts))
        found += reader.execute(
            f"SELECT DISTINCT contact_id, queue, leg_id FROM legs WHERE contact_id IN ({listed})"
        ).rows
    if not found:
        raise HistoryError(
            f'no contact "{asked}" in the archive, and no leg of that id'
            " (`history legs` lists the contacts of a range; what could not be counted is in quarantine)"
        )
    keys = sorted({(queue, leg_id) for _, queue, leg_id in found})
    versions = _versions(reader, keys)
    # nobody tells of a leg long before it
    earliest = min(version["arrived_at_ms"] for version in versions) - DAY
    return story(", ".join(contacts) or asked, versions, _events(reader, keys, earliest))


def story(contact_id: str, versions: Sequence[Row], events: Sequence[Row]) -> Story:
    """From every version of every leg of the contact, and every event of these legs, in any order."""
    by_leg: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(versions, key=lambda row: row["version"]):
        by_leg.setdefault((row["queue"], row["leg_id"]), []).append(row)
    told = [(event, msgspec.json.decode(event["body"] or b"{}")) for event in events]
    told.sort(key=lambda pair: (pair[0]["at_ms"], pair[0]["appended_at_ms"], pair[0]["offset"]))
    newest = sorted((rows[-1] for rows in by_leg.values()), key=_by_arrival)
    waits = [leg["wait_ms"] or 0 for leg in newest if leg["direction"] == "inbound"]
    return Story(
        contact_id,
        sum(waits) / 1000,
        _leg_lines(newest, by_leg, told),
        _version_lines(by_leg, events),
        [_event_line(event, body) for event, body in told],
    )


def _by_arrival(leg: Row) -> tuple[int, str]:
    return leg["arrived_at_ms"], leg["leg_id"]


def _leg_lines(
    newest: Sequence[Row],
    by_leg: Mapping[tuple[str, str], Sequence[Row]],
    told: Sequence[tuple[Row, Row]],
) -> list[Line]:
    follower = {id(leg): after["queue"] for leg, after in pairwise(newest)}
    lines = []
    journey_ms = 0
    for leg in newest:
        key = leg["queue"], leg["leg_id"]
        own = [body for event, body in told if (event["queue"], event["leg_id"]) == key]
        if leg["direction"] == "inbound":
            journey_ms += leg["wait_ms"] or 0
        to_queue = None
        if leg["outcome"] == "transferred" or leg["reason"] == "transfer":
            named = [body["to_queue"] for body in own if body.get("to_queue")]
            to_queue = named[-1] if named else follower.get(id(leg))
        missed = [body.get("agent", "") for body in own if body.get("type") == "offer_missed"]
        lines.append({
            **{name: leg[name] or None for name in (
                "queue", "leg_id", "outcome", "reason", "agent", "disposition", "channel",
                "direction", "caller", "feed", "source",
            )},
            **{name: _iso(leg[f"{name}_ms"]) for name in (
                "arrived_at", "answered_at", "left_at", "ended_at",
            )},
            **{name: _seconds(leg[f"{name[:-2]}_ms"]) for name in (
                "wait_s", "talk_hold_s", "hold_s", "wrap_s",
            )},
            "to_queue": to_queue,
            "journey_wait_s": _seconds(journey_ms),
            "offers": leg["offers"],
            "missed_offers": leg["missed_offers"],
            "missed_by": ", ".join(dict.fromkeys(filter(None, missed))) or None,
            "versions": len(by_leg[key]),
            "flags": " ".join(leg["flags"]) or None,
        })  # fmt: skip
    return lines


def _version_lines(
    by_leg: Mapping[tuple[str, str], Sequence[Row]], events: Iterable[Row]
) -> list[Line]:
    types = {(event["appended_at_ms"], event["offset"]): event["type"] for event in events}
    found: list[tuple[int, int, Line]] = []
    for rows in by_leg.values():
        before: Row | None = None
        for row in rows:
            at, offset = row["known_at_ms"], offset_of(row["version"])
            cause = types.get((at, offset), NOT_ARCHIVED)
            found.append((at, row["version"], {
                "known_at": iso(at),
                "queue": row["queue"],
                "leg_id": row["leg_id"],
                "version": row["version"],
                "cause": TARGETS if is_decision(row["version"]) else cause,
                "outcome": row["outcome"],
                "changes": "; ".join(map(str, changes(before, row))) if before else "first version",
            }))  # fmt: skip
            before = row
    found.sort(key=lambda entry: entry[:2])
    return [line for _, _, line in found]


def _event_line(event: Row, body: Row) -> Line:
    detail = "; ".join(
        f"{key} {iso(value) if key.endswith('_at') else value}"
        for key, value in body.items()
        if key not in _SHOWN_APART
    )
    return {
        "at": iso(event["at_ms"]),
        "known_at": iso(event["appended_at_ms"]),
        "late_s": _seconds(event["appended_at_ms"] - event["at_ms"]),
        "queue": event["queue"],
        "leg_id": event["leg_id"],
        "type": event["type"],
        "agent": body.get("agent") or None,
        "detail": detail or None,
        "source": event["source"],
        "event_id": event["event_id"],
        "partition": event["topic_partition"],
        "offset": event["offset"],
    }


def _versions(reader: Reader, keys: Sequence[tuple[str, str]]) -> Sequence[Row]:
    answer = reader.execute(
        f"SELECT {', '.join(_READ)} FROM leg_versions WHERE {_any_of(keys)}"
        " ORDER BY queue, leg_id, version LIMIT 1 BY queue, leg_id, version"
    )
    return answer.named()


def _events(reader: Reader, keys: Sequence[tuple[str, str]], earliest: int) -> Sequence[Row]:
    columns = (
        "topic_partition", "`offset`", "appended_at_ms", "type", "queue", "leg_id", "event_id",
        "at_ms", "source", "body",
    )  # fmt: skip
    answer = reader.execute(
        f"SELECT {', '.join(columns)} FROM events"
        f" WHERE appended_at >= toDateTime({max(0, earliest) // SECOND}) AND {_any_of(keys)}"
        " ORDER BY topic_partition, appended_at_ms, `offset`"
        " LIMIT 1 BY topic_partition, appended_at_ms, `offset`"
    )
    return answer.named()


def _any_of(keys: Sequence[tuple[str, str]]) -> str:
    pairs = ", ".join(f"({quoted(queue)}, {quoted(leg)})" for queue, leg in keys)
    return f"(queue, leg_id) IN ({pairs})"


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
