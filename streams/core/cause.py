"""The record that made something change."""

from msgspec import Struct


class Cause(Struct, gc=False, frozen=True):
    """Its version (schemas.topics.version_of), and the broker's time of it in ms."""

    version: int
    known_at: int
