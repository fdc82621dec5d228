"""All that is known of one contact: its legs in order, every version of them, every event."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import msgspec

from schemas.calls import LegEvent
from schemas.codec import UndecodableError, decode_call
from schemas.identity import LegKey
from schemas.millis import DAY, SECOND, iso
from schemas.tables import LEG_IDENTITY
from schemas.topics import is_decision, offset_of
from streams.history.catalogue import Catalogue
from streams.history.causes import NOT_ARCHIVED, TARGETS, WITHDRAWN
from streams.history.contact_journey import Journey
from streams.history.contact_kept import READS, deleted_calls, without_deleted
from streams.history.holding import Step, read_withdrawals, steps
from streams.history.holding import newest as newest_version
from streams.history.leg_columns import leg_columns
from streams.history.legs_of_events import KEY_COLUMNS, LegsOfEvents, row_key
from streams.history.options import CONTACT_ID
from streams.history.places import events_sql, legs_sql
from streams.history.question import HistoryError, Question
from streams.history.report import Column, Found, Part, Record, Report, Row
from streams.history.versions import COMPARED, changes
from streams.sinks.clickhouse.database import Reader, quoted

_LEG_COLUMNS = (
    *leg_columns("arrived_at", "queue", "leg_id", "outcome", "reason"),
    Column("to_queue", "text", "where the contact was passed on to", "it was not, or nobody knows"),
    *leg_columns("wait_s"),
    Column(
        "journey_wait_s",
        "s",
        "this wait and those of all inbound legs before it",
        "one of these waits is not known: it goes on, nobody told when it ended (flag `wait_unknown`),"
        " or the leg was given up as a `ghost`",
    ),
    Column("journey_wait_at_least_s", "s", "the same waits, those that are not known left out"),
    *leg_columns("offers", "missed_offers"),
    Column("missed_by", "text", "the agents who did not pick up", "nobody, or they were not named"),
    *leg_columns("agent", "answered_at", "left_at", "ended_at", "talk_hold_s", "hold_s", "wrap_s"),
    *leg_columns("disposition", "channel", "direction", "caller", "feed", "source"),
    Column("versions", "versions", "how many versions of the leg history has had"),
    *leg_columns("flags"),
)
_VERSION_COLUMNS = (
    *leg_columns("known_at", "queue", "leg_id", "version"),
    Column(
        "cause",
        "text",
        "type of the record that made it; `targets`; `withdrawn ID`; `not archived`",
    ),
    Column(
        "outcome",
        "text",
        "how the leg ended; `open` while it waits",
        "it is told by nobody any more",
    ),
    Column("changes", "text", "what it says otherwise than the version before"),
)
_EVENT_COLUMNS = (
    Column("at", "time", "when it happened, by the source's clock"),
    Column("known_at", "time", "when the broker had it"),
    Column("late_s", "s", "from the one to the other"),
    *leg_columns("queue", "leg_id"),
    Column("type", "text", "type of the event"),
    Column("agent", "text", "the agent whom it names", "it names none"),
    Column("detail", "text", "what else it says", "nothing"),
    *leg_columns("source"),
    Column("event_id", "text", "id of the event"),
    Column("partition", "text", "topic and partition of the record"),
    Column("offset", "number", "its place there"),
)
_LEGS_IN_TABLE = (
    *(column.name for column in _LEG_COLUMNS[:13]),
    "talk_hold_s",
    "hold_s",
    "wrap_s",
    "versions",
    "flags",
)
_READ = (
    "queue", *KEY_COLUMNS, "version", "known_at_ms", "contact_id", "channel", "caller", "feed", "source",
    "offers", "flags", "delivery", *COMPARED,
)  # fmt: skip
_IDENTITY = ", ".join(LEG_IDENTITY)
_SHOWN_APART = frozenset(
    {
        "type",
        "event_id",
        "at",
        "source",
        "feed",
        "queue",
        "leg_id",
        "contact_id",
        "agent",
        "caller",
        "visit_at",
    }
)
# Columns of a leg that are shown as the table has them, as times, and in seconds.
_TEXTS_SHOWN = (
    "queue", "leg_id", "outcome", "reason", "agent", "disposition", "channel", "direction", "caller",
    "feed", "source",
)  # fmt: skip
_TIMES_SHOWN = ("arrived_at", "answered_at", "left_at", "ended_at")
_SPANS_SHOWN = ("wait_s", "talk_hold_s", "hold_s", "wrap_s")


Leg = tuple[str, LegKey]  # its queue, and what tells it apart there


def read_story(reader: Reader, asked: str) -> Found:
    """Read the contact with that id, or that of the leg with that id; HistoryError if there is none."""
    found = _legs(reader, (asked,), f"(contact_id = {quoted(asked)} OR leg_id = {quoted(asked)})")
    contacts = sorted({contact for contact, _, _ in found if contact})
    if contacts and any(contact != asked for contact in contacts):  # a leg's id: its whole contact
        listed = ", ".join(map(quoted, contacts))
        found += _legs(reader, contacts, f"contact_id IN ({listed})")
    if not found:
        raise HistoryError(
            f'no contact "{asked}" in the archive, and no leg of that id'
            " (`history legs` lists the contacts of a range; what could not be counted is in quarantine)"
            f"{deleted_calls(reader)}"
        )
    keys = sorted({(queue, leg_id) for _, queue, leg_id in found})
    versions = _versions(reader, keys)
    # No event of a leg is written long before its arrival.
    earliest = min(version["arrived_at_ms"] for version in versions) - DAY
    events = _events(reader, keys, earliest)
    withdrawn_at = read_withdrawals(reader, [version["delivery"] for version in versions])
    told = story(", ".join(contacts) or asked, versions, events, withdrawn_at)
    return without_deleted(reader, told, earliest + DAY)


def story(
    contact_id: str,
    versions: Sequence[Record],
    events: Sequence[Record],
    withdrawn_at: Mapping[str, int] = MappingProxyType({}),
) -> Found:
    """Made from every version of every leg of the contact, and every event of these legs, in any order.

    Legs are ordered by arrival, versions by when they became known, events by their own time.
    The journey's wait is the sum of the waits of all inbound legs, as the caller experienced it.
    """
    by_leg: dict[Leg, list[Record]] = {}
    for version in sorted(versions, key=lambda version: version["version"]):
        by_leg.setdefault(_leg_of(version), []).append(version)
    told = [(event, msgspec.json.decode(event["body"] or b"{}")) for event in events]
    told.sort(key=lambda pair: (pair[0]["at_ms"], pair[0]["appended_at_ms"], pair[0]["offset"]))
    held = (newest_version(of_leg, withdrawn_at) for of_leg in by_leg.values())
    newest = sorted((leg for leg in held if leg is not None), key=_by_arrival)
    journey = Journey()
    for leg in newest:
        journey = journey.after(leg)
    count = f"{len(newest)} leg{'' if len(newest) == 1 else 's'}"
    return Found(
        rows=(
            _leg_rows(newest, by_leg, _by_leg(by_leg, told)),
            _version_rows(by_leg, events, withdrawn_at),
            [_event_row(event, body) for event, body in told],
        ),
        titles=(
            f"Contact {contact_id}: {count}, {journey.words()}",
            "What history said of it, when",
            "What was told, by its own time",
        ),
        facts={"contact_id": contact_id, **journey.figures()},
    )


def _leg_of(version: Record) -> Leg:
    return version["queue"], row_key(version)


def _by_leg(
    legs: Iterable[Leg], told: Iterable[tuple[Record, Record]]
) -> Mapping[Leg, list[Record]]:
    """The bodies of the events of each leg, in the order given."""
    keys: dict[str, list[LegKey]] = {}
    for queue, key in legs:
        keys.setdefault(queue, []).append(key)
    known = {queue: LegsOfEvents(each) for queue, each in keys.items()}
    found: dict[Leg, list[Record]] = {}
    for event, body in told:
        try:
            fact = decode_call(event["body"].encode())
        except UndecodableError:  # it is in quarantine
            continue
        if isinstance(fact, LegEvent) and fact.queue in known:
            of_leg = known[fact.queue].find(fact)
            if of_leg is not None:
                found.setdefault((fact.queue, of_leg), []).append(body)
    return found


def _by_arrival(leg: Record) -> tuple[int, str]:
    return leg["arrived_at_ms"], leg["leg_id"]


def _leg_rows(
    newest: Sequence[Record],
    by_leg: Mapping[Leg, Sequence[Record]],
    told: Mapping[Leg, Sequence[Record]],
) -> list[Row]:
    follower = {id(leg): after["queue"] for leg, after in pairwise(newest)}
    rows = []
    journey = Journey()
    for leg in newest:
        key = _leg_of(leg)
        own = told.get(key, [])
        journey = journey.after(leg)
        to_queue = None
        if leg["outcome"] == "transferred" or leg["reason"] == "transfer":
            named = [body["to_queue"] for body in own if body.get("to_queue")]
            to_queue = named[-1] if named else follower.get(id(leg))
        missed = [body.get("agent", "") for body in own if body.get("type") == "offer_missed"]
        rows.append(
            {
                **{name: leg[name] or None for name in _TEXTS_SHOWN},
                **{name: _iso(leg[f"{name}_ms"]) for name in _TIMES_SHOWN},
                **{name: _seconds(leg[f"{name[:-2]}_ms"]) for name in _SPANS_SHOWN},
                "to_queue": to_queue,
                **journey.figures(),
                "offers": leg["offers"],
                "missed_offers": leg["missed_offers"],
                "missed_by": ", ".join(dict.fromkeys(filter(None, missed))) or None,
                "versions": len(by_leg[key]),
                "flags": " ".join(leg["flags"]) or None,
            }
        )
    return rows


def _version_rows(
    by_leg: Mapping[Leg, Sequence[Record]],
    events: Iterable[Record],
    withdrawn_at: Mapping[str, int],
) -> list[Row]:
    types = {(event["appended_at_ms"], event["offset"]): event["type"] for event in events}
    found: list[tuple[int, int, Row]] = []
    for versions in by_leg.values():
        taken = list(steps(versions, withdrawn_at))
        held = {id(step.after) for step in taken}
        for step in taken:
            row = _version_row(step, types)
            found.append((step.known_at, int(row["version"] or 0), row))
        for version in versions:
            if (
                id(version) not in held
            ):  # it says less than what was known, or came after a withdrawal
                row = _version_row(Step(version["known_at_ms"], None, version), types)
                row["changes"] = "nothing: history knew more, or its delivery was withdrawn"
                found.append((version["known_at_ms"], version["version"], row))
    found.sort(key=lambda entry: entry[:2])
    return [row for _, _, row in found]


def _version_row(step: Step, types: Mapping[tuple[int, int], str]) -> Row:
    version = step.after or step.before
    assert version is not None  # noqa: S101  a step has one of the two
    number = version["version"]
    cause = types.get((step.known_at, offset_of(number)), NOT_ARCHIVED)
    if step.withdrawn:
        cause = f"{WITHDRAWN} {step.withdrawn}"
    elif is_decision(number):
        cause = TARGETS
    changed = "; ".join(map(str, changes(step.before, step.after)))
    return {
        "known_at": iso(step.known_at),
        "queue": version["queue"],
        "leg_id": version["leg_id"],
        "version": number,
        "cause": cause,
        "outcome": step.after["outcome"] if step.after else None,
        "changes": changed if step.before else "first version",
    }


def _event_row(event: Record, body: Record) -> Row:
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


def _legs(reader: Reader, ids: Sequence[str], condition: str) -> list[tuple[str, str, str]]:
    """(contact, queue, leg id) of every row that meets the condition, which asks for these ids."""
    answer = reader.execute(
        "SELECT DISTINCT contact_id, queue, leg_id FROM legs"
        f" WHERE {legs_sql(reader, ids)} AND {condition}"
    )
    return [(str(contact), str(queue), str(leg)) for contact, queue, leg in answer.rows]


def _versions(reader: Reader, keys: Sequence[tuple[str, str]]) -> Sequence[Record]:
    where = legs_sql(reader, (leg_id for _, leg_id in keys))
    found = _versions_in(reader, "leg_versions", where, keys)
    known = {(row["queue"], row["leg_id"]) for row in found}
    # Former versions may be deleted sooner than the legs, which have the newest ones.
    others = [key for key in keys if key not in known]
    return [*found, *_versions_in(reader, "legs", where, others)] if others else found


def _versions_in(
    reader: Reader, table: str, where: str, keys: Sequence[tuple[str, str]]
) -> Sequence[Record]:
    return reader.execute(
        f"SELECT {', '.join(_READ)} FROM {table} WHERE {where} AND {_any_of(keys)}"
        f" ORDER BY {_IDENTITY}, version LIMIT 1 BY {_IDENTITY}, version"
    ).named()


def _events(reader: Reader, keys: Sequence[tuple[str, str]], earliest: int) -> Sequence[Record]:
    columns = (
        "topic_partition",
        "`offset`",
        "appended_at_ms",
        "type",
        "queue",
        "leg_id",
        "event_id",
        "at_ms",
        "source",
        "body",
    )
    where = events_sql(reader, (leg_id for _, leg_id in keys))
    answer = reader.execute(
        f"SELECT {', '.join(columns)} FROM events WHERE ({where})"
        f" AND appended_at >= toDateTime({max(0, earliest) // SECOND}) AND {_any_of(keys)}"
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


def _ask(reader: Reader, _: Catalogue, question: Question) -> Found:
    return read_story(reader, question.contact_id)


REPORT = Report(
    options=(CONTACT_ID,),
    parts=(
        Part(_LEG_COLUMNS, _LEGS_IN_TABLE, name="legs", kind="leg"),
        Part(_VERSION_COLUMNS, name="versions", kind="version"),
        Part(
            _EVENT_COLUMNS,
            tuple(column.name for column in _EVENT_COLUMNS[:8]),
            name="events",
            kind="event",
        ),
    ),
    ask=_ask,
    reads=READS,
    notes="ID is that of the contact, or of one of its legs. CSV is one table with a column `kind`.",
    examples=("1762066805.4711 --format json",),
)
