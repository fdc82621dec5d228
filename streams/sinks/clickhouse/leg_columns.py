"""Legs by column: what `rows.leg_row` makes of each leg, of many at once. Pure.

What a row costs is the way into it and the way out of it again: a tuple of 43 values that the next step takes apart.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from schemas.identity import node_of
from schemas.legs import LegRow
from schemas.millis import SECOND
from streams.sinks.clickhouse.database import Columns
from streams.sinks.clickhouse.rows import ARRIVED_AT, FORMULA, KEY_AT, LEG_FIELDS, NODE

# Records: their legs, and all that is made of them on the way, are then still in the processor's own memory.
AT_ONCE = 256
_legs = msgspec.json.Decoder(LegRow)
_PLACES = tuple(LegRow.__struct_fields__.index(field) for field in LEG_FIELDS)


def leg_columns(values: Sequence[bytes | None]) -> Columns | None:
    """The columns of the records of topic `legs`, one row each; None if any record must be looked at by itself."""
    legs = _decoded(values)
    if legs is None:
        return None
    fields = tuple(zip(*map(astuple, legs), strict=True))
    columns: list[Sequence[Any]] = [fields[place] for place in _PLACES]
    for place in (KEY_AT, ARRIVED_AT):
        columns[place] = [at // SECOND for at in columns[place]]
    columns[NODE] = list(map(node_of, columns[NODE]))
    columns[FORMULA] = ["" if formula is None else formula for formula in columns[FORMULA]]
    return columns


def _decoded(values: Sequence[bytes | None]) -> list[LegRow] | None:
    """One leg a record, decoded as lines in one call.

    No record can run into the next one: where every line feed stands between } and {, each is between two values, since
    JSON has no } followed by { within a value and no line feed within a text. So every record is one value or several, and
    as many values as records are one each.
    """
    try:
        lines = b"\n".join(values)  # type: ignore[arg-type]  # a tombstone is a TypeError
    except TypeError:
        return None
    n_between = len(values) - 1
    if lines.count(b"\n") != n_between or lines.count(b"}\n{") != n_between:
        return None
    try:
        legs = _legs.decode_lines(lines)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return legs if len(legs) == len(values) else None
