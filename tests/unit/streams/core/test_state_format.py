"""A piece of state says its format and names; a newer format is refused in one line."""

import msgspec
import pytest

from streams.core.state_format import (
    FORMAT,
    NewerFormatError,
    encode_names,
    encode_piece,
    format_of,
    names_under,
    read_names,
    rearranged,
    tag_of,
)


class Piece(msgspec.Struct):
    format: int
    text: str = "x"


def test_a_piece_says_its_format() -> None:
    assert format_of(encode_piece(Piece(FORMAT))) == FORMAT
    wide = {"format": FORMAT, **{f"name{n}": n for n in range(40)}}
    assert format_of(msgspec.msgpack.encode(wide)) == FORMAT


@pytest.mark.parametrize(
    "former", [[1, 2, {"a": 1}], [], {1_772_434_800_000: [1, 2]}, {"agent": "ann", "version": 3}]
)
def test_what_has_no_header_is_of_the_first_release(former: object) -> None:
    assert format_of(msgspec.msgpack.encode(former)) == 1


def test_a_newer_format_is_refused_in_one_line_that_says_what_to_do() -> None:
    with pytest.raises(NewerFormatError) as refused:
        format_of(encode_piece(Piece(FORMAT + 1)))
    assert "\n" not in str(refused.value)
    assert f"state format {FORMAT + 1}" in str(refused.value)
    assert "start that release again" in str(refused.value)


@pytest.mark.parametrize("bytes_of_nobody", [b"", b"\xc1", b"\x81"])
def test_bytes_that_nobody_wrote_have_the_first_format_and_fail_where_they_are_read(
    bytes_of_nobody: bytes,
) -> None:
    assert format_of(bytes_of_nobody) == 1


def test_names_are_found_by_their_tag() -> None:
    names = ("offered", "answered")
    assert read_names(encode_names(names)) == names
    assert names_under(tag_of(names), {tag_of(names): names}) == names
    assert tag_of(names) != tag_of(names[::-1])
    with pytest.raises(ValueError, match="are missing"):
        names_under(7, {})


def test_values_move_to_their_names_unknown_ones_go_missing_ones_take_their_default() -> None:
    assert rearranged([1, 2, 3], ("a", "gone", "b"), ("b", "new", "a"), (0, 9, 0)) == [3, 9, 1]
    assert rearranged([1], ("a", "b"), ("a", "b"), (0, 5)) == [1, 5]


def test_the_bytes_of_this_format_are_those_that_every_worker_of_it_reads() -> None:
    """A worker of this release that runs beside this one wrote them."""
    assert encode_piece(Piece(FORMAT)) == b"\x82\xa6format\x02\xa4text\xa1x"
    assert format_of(b"\x81\xa6format\x02") == 2


@pytest.mark.parametrize("entries", [1, 2, 15, 16, 65_536])
def test_a_map_of_any_size_says_its_format(entries: int) -> None:
    named = {"format": FORMAT, **{f"n{n}": 0 for n in range(entries - 1)}}
    assert format_of(msgspec.msgpack.encode(named)) == FORMAT


def test_names_of_a_newer_format_are_refused() -> None:
    newer = msgspec.msgpack.encode({"format": FORMAT + 1, "names": ["a"]})
    with pytest.raises(NewerFormatError):
        read_names(newer)
