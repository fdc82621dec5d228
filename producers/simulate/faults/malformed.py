"""Fault `malformed`: one fact in two hundred arrives as bytes that the codec refuses."""

import json
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.codec import encode

_SHARE = 0.005


class Malformed:
    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not travels_alone(parcel) or self._draw.random() >= _SHARE:
            return (parcel,)
        self.struck += 1
        spoil = self._draw.choice(KINDS)
        return (replace(parcel, spoiled=spoil(encode(parcel.event))),)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _not_text(data: bytes) -> bytes:
    return b"\xff\xfe" + data


def _twice(data: bytes) -> bytes:
    return data + data


def _a_list(data: bytes) -> bytes:
    return b"[" + data + b"]"


def _with(**fields: Any) -> Callable[[bytes], bytes]:
    """Replaces values of some fields; None removes a field."""

    def spoil(data: bytes) -> bytes:
        found = json.loads(data) | fields
        return json.dumps({name: v for name, v in found.items() if v is not None}).encode()

    return spoil


def _in_seconds(data: bytes) -> bytes:
    found = json.loads(data)
    return json.dumps(found | {"at": found["at"] // 1000}).encode()


KINDS: tuple[Callable[[bytes], bytes], ...] = (
    _cut,
    _not_text,
    _twice,
    _a_list,
    _in_seconds,
    _with(source=None),
    _with(type="teleported"),
    _with(at="nine o'clock"),
    _with(event_id=""),
)
