"""Who was passed on from where to where: one row for each pair of queues or groups, and how it happened.

A move is a leg of a contact that is followed by another leg of the same contact, the next one by arrival, within 24 hours; it
counts by the arrival of the first. Contacts without an id cannot be followed and are left out.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.millis import DAY
from streams.history.catalogue import Catalogue
from streams.history.group_sql import group_sql
from streams.history.kept import LEGS
from streams.history.legs_sql import newest_legs
from streams.history.options import AS_OF, BY_GROUP, RANGE
from streams.history.question import Question, WrongOptionError
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

WITHIN_MS = DAY
COLUMNS: tuple[Column, ...] = (
    Column("from_queue", "text", "id of the queue that the contact left, or name of its group"),
    Column("to_queue", "text", "id of the queue that it came to, or name of its group"),
    Column("moves", "legs", "legs that were followed by another one"),
    Column("transferred", "legs", "those that the platform moved on, unanswered"),
    Column("answered", "legs", "those that an agent had answered first"),
    Column("otherwise", "legs", "all others: taken out by a rule, given up, dropped, and called again as one contact"),
    Column("contacts", "contacts", "contacts that made these moves"),
    Column("back_again", "legs", "moves to a queue or group in which the contact had been before"),
)  # fmt: skip
_COLUMNS = ("arrived_at_ms", "contact_id", "outcome", "direction")


def transfers_sql(catalogue: Catalogue, question: Question) -> str:
    """Rows of one group to another. `places` and `ends` are in the order of the arrivals `began`."""
    legs = newest_legs(
        _COLUMNS,
        question.start - WITHIN_MS,
        question.end + WITHIN_MS,
        None,
        question.as_of,
        former=catalogue.former,
    )
    sorted_by_arrival = "arraySort((each, at) -> at, {0}, all_began)"
    contacts = (
        f"SELECT contact_id, groupArray(arrived_at_ms) AS all_began,"
        f" groupArray({group_sql(catalogue, question)}) AS all_places, groupArray(outcome) AS all_ends"
        f" FROM {legs} WHERE direction = 'inbound' AND contact_id != ''"
        " GROUP BY contact_id HAVING count() > 1"
    )
    ordered = (
        "SELECT contact_id, arraySort(all_began) AS began,"
        f" {sorted_by_arrival.format('all_places')} AS places,"
        f" {sorted_by_arrival.format('all_ends')} AS ends FROM ({contacts})"
    )
    moves = (
        "SELECT contact_id, places[place] AS left, places[place + 1] AS came, ends[place] AS how,"
        " began[place] AS at, began[place + 1] AS next_at,"
        " has(arraySlice(places, 1, place), places[place + 1]) AS is_back"
        f" FROM ({ordered}) ARRAY JOIN arrayPopBack(arrayEnumerate(began)) AS place"
    )
    return (
        "SELECT left, came, count() AS n_moves, countIf(how = 'transferred') AS n_transferred,"
        " countIf(how = 'answered') AS n_answered, uniqExact(contact_id) AS n_contacts,"
        " sum(is_back) AS n_back"
        f" FROM ({moves}) WHERE at >= {question.start} AND at < {question.end}"
        f" AND next_at - at <= {WITHIN_MS} GROUP BY left, came ORDER BY n_moves DESC, left, came"
    )


def transfer_row(record: Mapping[str, Any]) -> Row:
    moves, transferred, answered = (
        int(record[name]) for name in ("n_moves", "n_transferred", "n_answered")
    )
    return {
        "from_queue": str(record["left"]),
        "to_queue": str(record["came"]),
        "moves": moves,
        "transferred": transferred,
        "answered": answered,
        "otherwise": moves - transferred - answered,
        "contacts": int(record["n_contacts"]),
        "back_again": int(record["n_back"]),
    }


def transfer_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    found = reader.execute(transfers_sql(catalogue, replace(question, queue=None))).named()
    return [transfer_row(record) for record in found]


def _check(question: Question) -> None:
    if question.by == "channel":
        raise WrongOptionError("--by", "a contact is not passed on between channels")


REPORT = Report(
    options=(*RANGE, BY_GROUP, AS_OF),
    parts=(Part(COLUMNS),),
    ask=transfer_rows,
    reads=(replace(LEGS, earlier_ms=WITHIN_MS),),
    examples=("--from 2026-10-01 --to 2026-11-01 --by centre",),
    check=_check,
)
