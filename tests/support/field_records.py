"""Call records as platforms of the field write them (`tests/support/field_records`), and what was read."""

from pathlib import Path
from typing import Any

import msgspec

from producers.contract import Refused
from producers.input_file import InputFile
from producers.progress import silent
from producers.records.mapping import parse_mapping
from producers.records.reading import RecordsFile
from schemas.calls import FinishedLeg, Queued
from schemas.privacy import key_from_secret

FIELD = Path(__file__).with_name("field_records")
KEY = key_from_secret(b"a secret of the tests")
NOW = 1_790_000_000_000

Told = tuple[str, str, float | None, float | None]


def field_file(name: str, mapping: str = "", **changes: Any) -> RecordsFile:
    """A file of the field with the mapping of that name, some of its keys and columns changed."""
    parsed = parse_mapping((FIELD / mapping).read_text() if mapping else "")
    for key, value in changes.items():
        if key == "columns":
            value = parsed.columns | value  # noqa: PLW2901
        parsed = msgspec.structs.replace(parsed, **{key: value})
    return RecordsFile(InputFile(FIELD / name, parsed.encoding), "records:field", KEY, parsed)


def told(file: RecordsFile) -> tuple[list[Told], list[str]]:
    """(leg id, outcome, wait in s, conversation in s) of each leg, and the refusals with their lines."""
    legs: list[Told] = []
    refusals: list[str] = []
    for item in file.read(NOW, silent()):
        if isinstance(item, Refused):
            refusals.append(f"{item.position}: {item.detail}")
        elif isinstance(item, FinishedLeg):
            legs.append(_told(item))
        else:
            assert isinstance(item, Queued)
            legs.append((item.leg_id, "open", None, None))
    return legs, refusals


def _told(leg: FinishedLeg) -> Told:
    wait_ms = leg.at - leg.arrived_at if leg.wait_ms is None else leg.wait_ms
    talk = (
        None if leg.ended_at is None or leg.answered_at is None else leg.ended_at - leg.answered_at
    )
    outcome = f"{leg.outcome}/{leg.reason}" if leg.reason else leg.outcome
    return leg.leg_id, outcome, wait_ms / 1_000, None if talk is None else talk / 1_000
