"""How a piece of state describes its content: a format version, and names instead of positions.

Rule 1: a piece is a map by names and begins with `format`. Names that this release does not know are
ignored, missing ones take their default, and a greater format is refused. Raise FORMAT when a name changes
its meaning, or when an older release that ignores a new name would give a wrong figure.
Rule 2: legs and counts are many, so they are lists without names. The list of names that gives their order
is a piece of its own, found by a tag. The tag is a hash of the names, so that two releases with different
names have different tags.
Rule 3: the former release's format is read (streams.core.former_state). It is never written.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

FORMAT = 2  # 1 is that of release 0.1.0: lists by position, without a header

Names = Mapping[int, tuple[str, ...]]  # lists of names by their tags

T = TypeVar("T")

encode_piece = msgspec.msgpack.Encoder().encode


class NewerFormatError(Exception):
    """The piece was written by a newer release, in a format that this one cannot read."""


class NamesPiece(Struct, gc=False):
    """A list of names, as it is written to the state topic under its tag."""

    format: int
    names: tuple[str, ...]


class _Header(Struct, gc=False):
    format: int = 1  # release 0.1.0 wrote agents as maps without it


_decode_header = msgspec.msgpack.Decoder(_Header).decode
_decode_names = msgspec.msgpack.Decoder(NamesPiece).decode
_SHORT_MAPS = range(0x81, 0x90)  # the first byte of a map with 1 to 15 entries, in MessagePack
_LONG_MAPS = (0xDE, 0xDF)
_SHORT_TEXTS = range(0xA0, 0xC0)
# After the first byte, as this release writes most pieces: nothing need be decoded to know that.
_OWN_HEAD = b"\xa6format" + bytes([FORMAT])


def format_of(value: bytes) -> int:
    """The format of a piece; NewerFormatError for one that this release does not know."""
    if value[1:9] == _OWN_HEAD and value[0] in _SHORT_MAPS:
        return FORMAT
    if not _is_named(value):
        return 1
    found = _decode_header(value).format
    if found > FORMAT:
        raise NewerFormatError(
            f"written by a newer queuewatch (state format {found}, this one reads up to {FORMAT});"
            " start that release again, or a later one"
        )
    return found


def tag_of(names: Sequence[str]) -> int:
    return zlib.crc32("\n".join(names).encode())


def encode_names(names: Sequence[str]) -> bytes:
    return encode_piece(NamesPiece(FORMAT, tuple(names)))


def read_names(value: bytes) -> tuple[str, ...]:
    format_of(value)
    return _decode_names(value).names


def names_under(tag: int, known: Names) -> tuple[str, ...]:
    """The names of that tag. ValueError if they are missing: a piece of the state is lost."""
    if tag not in known:
        raise ValueError(f"the names under tag {tag} that it refers to are missing")
    return known[tag]


def rearranged(
    values: Sequence[Any], written: Sequence[str], wanted: Sequence[str], defaults: Sequence[Any]
) -> list[Any]:
    """Bring `values` from the order of `written` into the order of `wanted`.

    Fewer values than names: those at the end were left out because they had their defaults.
    """
    told = dict(zip(written, values, strict=False))
    return [told.get(name, other) for name, other in zip(wanted, defaults, strict=True)]


def _is_named(value: bytes) -> bool:
    if not value:
        return False
    if value[0] in _SHORT_MAPS:
        first_key = 1
    elif value[0] in _LONG_MAPS:
        first_key = 3 if value[0] == _LONG_MAPS[0] else 5
    else:
        return False
    return len(value) > first_key and value[first_key] in _SHORT_TEXTS
