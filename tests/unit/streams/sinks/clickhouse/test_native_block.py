"""Our blocks are those of the library, byte for byte; what it refuses is refused."""

import sys
from collections.abc import Sequence
from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest
from clickhouse_driver import Client, defines
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.connection import ServerInfo
from clickhouse_driver.context import Context
from clickhouse_driver.streams.native import BlockOutputStream
from hypothesis import given
from hypothesis import strategies as st

from streams.sinks.clickhouse.native_block import ColumnClient, _Block

FORMER, PRESENT = (
    54_400,
    defines.CLIENT_REVISION,
)  # before blocks said how they are packed, and after
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
SHORT = st.sampled_from(["", "voice", "callback", "é", "x" * 127, "y" * 128])
SIGNED, UNSIGNED = st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**64 - 1)
KINDS = {
    "Int64": SIGNED,
    "UInt64": UNSIGNED,
    "UInt32": st.integers(0, 2**32 - 1),
    "UInt8": st.integers(0, 255) | st.booleans(),
    "Float64": st.floats(allow_nan=False) | st.integers(-9, 9),
    "DateTime('UTC')": st.integers(1, 2**32 - 1),
    "String": TEXTS | SHORT,
    "Nullable(Int64)": st.none() | SIGNED,
    "Nullable(Float64)": st.none() | st.floats(allow_nan=False),
    "Nullable(String)": st.none() | SHORT,
    "Array(String)": st.lists(SHORT, max_size=4),
    "Array(Int64)": st.lists(SIGNED, max_size=4).map(tuple),
    "Array(Array(UInt64))": st.lists(st.lists(UNSIGNED, max_size=3), max_size=3),
    "Array(Nullable(Int64))": st.lists(st.none() | SIGNED, max_size=4),
    "Int16": st.integers(-(2**15), 2**15 - 1),  # by the library
    "Array(Tuple(Int64, String))": st.lists(st.tuples(SIGNED, SHORT), max_size=3),
}


class Sent:
    """A socket that keeps what is sent."""

    def __init__(self) -> None:
        self.data = b""

    def sendall(self, data: bytes) -> None:
        self.data += data


def context(revision: int) -> Context:
    made = Context()
    made.client_settings = {
        "use_numpy": False, "strings_as_bytes": False, "strings_encoding": "utf-8",
        "input_format_null_as_default": False,
    }  # fmt: skip
    made.settings = {}
    made.server_info = SimpleNamespace(
        used_revision=revision, get_timezone=lambda: "UTC", timezone="UTC"
    )
    return made


def by_library(type_: str, values: Sequence[Any], revision: int) -> bytes:
    sent = Sent()
    stream = BlockOutputStream(BufferedSocketWriter(sent, 4096), context(revision))
    stream.write(ColumnOrientedBlock([("c", type_)], [list(values)]))
    return sent.data


def by_us(type_: str, parts: Sequence[Sequence[Any]], revision: int) -> bytes:
    sent = Sent()
    block = _Block(context(revision), [("c", type_)], [[part] for part in parts])
    block.write(BufferedSocketWriter(sent, 4096), revision)
    return sent.data


@given(st.data(), st.sampled_from(sorted(KINDS)), st.sampled_from([FORMER, PRESENT]))
def test_a_block_is_the_one_of_the_library(data: st.DataObject, type_: str, revision: int) -> None:
    parts = data.draw(st.lists(st.lists(KINDS[type_], min_size=1, max_size=12), min_size=1, max_size=3))  # fmt: skip
    repeated = [part * data.draw(st.sampled_from([1, 6])) for part in parts]
    assert by_us(type_, repeated, revision) == by_library(type_, list(chain(*repeated)), revision)


@pytest.mark.parametrize("length", [127, 128, 16_383, 16_384, 2_097_152])
def test_texts_of_any_length_have_the_library_s_head(length: int) -> None:
    values = ["x" * length, "", "é"]
    assert by_us("String", [values], FORMER) == by_library("String", values, FORMER)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("Int64", 2**63), ("Int64", None), ("Int64", 1.5), ("Int64", "1"), ("UInt64", -1), ("DateTime('UTC')", 2**32),
        ("DateTime('UTC')", -1), ("UInt8", 256), ("UInt8", -1), ("UInt8", None), ("Float64", "1"), ("String", None),
        ("String", 1), ("Nullable(Int64)", "1"), ("Nullable(Int64)", 2**63), ("Array(Int64)", [None]), ("Array(String)", None),
        ("String", "\ud800"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error_and_nothing_is_sent(type_: str, value: Any) -> None:
    good = {"S": "x", "N": None, "A": ()}.get(type_[0], 1)
    for values in ([value], [good, value], [value] * 9, [good] * 20 + [value]):
        with pytest.raises((TypeError, ValueError, AttributeError, OverflowError)):
            _Block(context(FORMER), [("c", type_)], [[values]])


@pytest.mark.parametrize("columns", [[[1]], [[1], [1, 2]], [[1], [1], [1]]])
def test_columns_that_do_not_fit_together_are_an_error(columns: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="expected"):
        _Block(context(FORMER), [("a", "Int64"), ("b", "Int64")], [columns])


def inserted(client: Any, data: Any, revision: int, **how: bool) -> tuple[bytes, int, int]:
    """What an insert sends behind its statement, how often the server is then listened to, and the rows that are told."""
    sent = Sent()
    heard: list[int] = []
    connection = client.connection
    connection.server_info = ServerInfo("ClickHouse", 1, 1, 1, revision, "UTC", "one", revision)
    connection.context.server_info = connection.server_info
    connection.fout = BufferedSocketWriter(sent, 4096)
    connection.block_out = BlockOutputStream(connection.fout, connection.context)
    connection.send_query = connection.send_external_tables = lambda *_, **__: None
    client.receive_sample_block = lambda: ColumnOrientedBlock([("a", "Int64"), ("b", "String")], [])
    client.receive_profile_events = lambda: heard.append(1)
    client.receive_end_of_insert_query = lambda: None
    rows = client.process_insert_query("INSERT", data, **how)
    return sent.data, len(heard), rows


@pytest.mark.parametrize("revision", [FORMER, PRESENT])
def test_an_insert_is_the_one_of_the_library(revision: int) -> None:
    """The library calls what we override, which no promise of its own says: its next release may not."""
    chunks = [[[1, 2], ["x", "y"]], [[3], ["z"]]]
    together = [[1, 2, 3], ["x", "y", "z"]]
    theirs = inserted(Client("localhost"), together, revision, columnar=True)
    assert inserted(ColumnClient("localhost"), chunks, revision) == theirs
    nothing = inserted(Client("localhost"), [], revision, columnar=True)
    assert inserted(ColumnClient("localhost"), [], revision) == nothing != theirs


@pytest.mark.parametrize(("machine", "said"), [("little", "big"), ("big", "little")])
@pytest.mark.parametrize(("type_", "values", "n"), [("Int64", [1, -2], 2), ("Array(UInt64)", [[3], [4]], 4)])  # fmt: skip
def test_numbers_are_turned_where_the_machine_is_big_endian(
    type_: str, values: list[Any], n: int, machine: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server would take 1 for 2**56. This machine only says that it is of that kind, so what is right is turned into the wrong."""
    monkeypatch.setattr(sys, "byteorder", machine)
    one = by_us(type_, [values], FORMER)[-8 * n :]
    monkeypatch.setattr(sys, "byteorder", said)
    other = by_us(type_, [values], FORMER)[-8 * n :]
    assert [one[at : at + 8] for at in range(0, len(one), 8)] == [
        other[at : at + 8][::-1] for at in range(0, len(other), 8)
    ]
