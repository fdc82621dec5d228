"""Bytes to structs and back. Only here are records from outside checked: one error, a closed set of reasons."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import msgspec

from schemas.agents import AgentEvent
from schemas.calls import CallEvent
from schemas.printable import printable
from schemas.quarantine import DecodeReason

LARGEST_RECORD = 256 * 1024  # of what comes from outside: `calls` and `agents`
LARGEST_OWN_RECORD = (
    16 * 1024 * 1024
)  # of what our processes write: the targets of 200 queues are over 256 KiB

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}  # of `decode_as`, by the type of the records
_calls: msgspec.json.Decoder[CallEvent] = msgspec.json.Decoder(CallEvent)
_agents: msgspec.json.Decoder[AgentEvent] = msgspec.json.Decoder(AgentEvent)


class UndecodableError(Exception):
    """The record is not what its topic holds; `reason` is one of a closed set of words."""

    def __init__(self, reason: DecodeReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: DecodeReason = reason
        self.detail = detail


encode: Callable[[Any], bytes] = _encoder.encode
"""JSON of any struct of ours, fields at their defaults left out."""


def decode_call(data: bytes) -> CallEvent:
    try:
        return _calls.decode(data) if len(data) <= LARGEST_RECORD else _too_large(data)
    except _FAILURES as error:
        raise _undecodable(error) from None


def decode_agent(data: bytes) -> AgentEvent:
    try:
        return _agents.decode(data) if len(data) <= LARGEST_RECORD else _too_large(data)
    except _FAILURES as error:
        raise _undecodable(error) from None


def decode_as(kind: type[T], data: bytes) -> T:
    """A record of another topic of ours as its struct; UndecodableError like the others."""
    try:
        # Kept, since making a decoder costs as much as decoding many records.
        decoder: msgspec.json.Decoder[T] = _decoders.get(kind) or _decoders.setdefault(
            kind, msgspec.json.Decoder(kind)
        )
        if len(data) > LARGEST_OWN_RECORD:
            _too_large(data, LARGEST_OWN_RECORD)
        return decoder.decode(data)
    except _FAILURES as error:
        raise _undecodable(error) from None


# RecursionError: a record with very many nested brackets must not end a worker.
_FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _too_large(data: bytes, largest: int = LARGEST_RECORD) -> NoReturn:
    raise UndecodableError("too_large", f"{len(data)} bytes, at most {largest}")


def _undecodable(error: Exception) -> UndecodableError:
    if isinstance(error, msgspec.ValidationError):
        # It may quote the record, and ends in a log.
        return UndecodableError(_reason(str(error)), printable(str(error)))
    if isinstance(error, RecursionError):
        return UndecodableError("not_json", "nested too deeply")
    return UndecodableError("not_json", str(error))


def _reason(message: str) -> DecodeReason:
    """The reason for a message of msgspec (tests fail when a new msgspec words them otherwise)."""
    if "missing required field" in message:
        return "missing_field"
    if message.startswith("Invalid value") and message.endswith("at `$.type`"):
        return "unknown_type"
    if "matching regex" in message:  # only tokens have a pattern
        return "caller_in_clear"
    bounds = (">=", "<=", "< ", "> ", "of length")
    if message.startswith("Expected") and any(bound in message for bound in bounds):
        return "out_of_range"
    return "wrong_type"
