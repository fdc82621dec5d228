"""A block of the native protocol, packed from whole columns: the library packs value by value, in four passes where one may be NULL.

Rule 1: the bytes are those that the library writes for the same values.
Rule 2: a value that does not fit its column is an error before anything is sent of the block; nothing is cut.
Rule 3: a type that is not known here is packed by the library.
"""

from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from operator import itemgetter
from typing import Any, Protocol

from clickhouse_driver import Client, defines
from clickhouse_driver.block import BlockInfo
from clickhouse_driver.columns.service import write_column
from clickhouse_driver.protocol import ClientPacketTypes
from clickhouse_driver.varint import write_varint
from clickhouse_driver.writer import write_binary_str, write_binary_uint8

from streams.sinks.clickhouse.database import Columns

Values = Sequence[Any]
# By the names of the server: the typecode of `array`. Its items are as wide on every machine that has a ClickHouse.
_NUMBERS = {"Int64": "q", "UInt64": "Q", "UInt32": "I", "DateTime": "I", "Float64": "d"}
_SHORT = 128  # a shorter text has one byte for its length, which is also one character
_LENGTHS = tuple(map(chr, range(_SHORT)))
_SELDOM = 4  # times that a text must stand in a chunk on average to be packed once and looked up


class _Column(Protocol):
    """One column of a block."""

    def add(self, values: Values) -> None:
        """Pack the values of the next chunk."""
        ...

    def parts(self) -> list[bytes]:
        """What is to be sent, in this order."""
        ...


class ColumnClient(Client):  # type: ignore[misc]
    """The client of the library; the data of an insert are `Columns`, in chunks, and go as one block."""

    def send_data(self, sample_block: Any, data: Sequence[Columns], **_: Any) -> int:
        connection = self.connection
        packed = _Block(connection.context, sample_block.columns_with_types, data)
        if packed.n_rows:
            revision = connection.server_info.used_revision
            write_varint(ClientPacketTypes.DATA, connection.fout)
            if revision >= defines.DBMS_MIN_REVISION_WITH_TEMPORARY_TABLES:
                write_binary_str("", connection.fout)
            packed.write(connection.fout, revision)
            self.receive_profile_events()
        super().send_data(sample_block, [], columnar=True)  # the end
        return packed.n_rows


class _Block:
    """The columns of all chunks, packed; `types` are those that the server told, by name."""

    def __init__(
        self, context: Any, types: Sequence[tuple[str, str]], chunks: Sequence[Columns]
    ) -> None:
        self._types = types
        strings = _Strings()
        self._columns = [
            _column(type_, strings.packed) or _ByLibrary(context, name, type_)
            for name, type_ in types
        ]
        self.n_rows = 0
        for chunk in chunks:
            if len(chunk) != len(types):
                raise ValueError(f"expected {len(types)} columns, got {len(chunk)}")
            if len(lengths := set(map(len, chunk))) > 1:
                raise ValueError(f"expected as many rows in each column, got {sorted(lengths)}")
            for column, values in zip(self._columns, chunk, strict=True):
                column.add(values)
            self.n_rows += lengths.pop() if lengths else 0

    def write(self, out: Any, revision: int) -> None:
        if revision >= defines.DBMS_MIN_REVISION_WITH_BLOCK_INFO:
            BlockInfo().write(out)
        write_varint(len(self._types), out)
        write_varint(self.n_rows, out)
        for (name, type_), column in zip(self._types, self._columns, strict=True):
            write_binary_str(name, out)
            write_binary_str(type_, out)
            if revision >= defines.DBMS_MIN_REVISION_WITH_CUSTOM_SERIALIZATION:
                write_binary_uint8(0, out)
            if isinstance(column, _ByLibrary):
                column.write(out)
            else:
                out.write(b"".join(column.parts()))
        out.flush()


class _Plain:
    def __init__(self, pack: Callable[[Values], bytes]) -> None:
        self._pack = pack
        self._parts: list[bytes] = []

    def add(self, values: Values) -> None:
        self._parts.append(self._pack(values))

    def parts(self) -> list[bytes]:
        return self._parts


class _Nullable:
    """One byte a value that says whether it is NULL; then the values, with `filler` in the place of a NULL."""

    def __init__(self, inner: _Column, filler: Any) -> None:
        self._inner, self._filler = inner, filler
        self._nulls: list[bytes] = []

    def add(self, values: Values) -> None:
        try:
            self._inner.add(values)
        except (TypeError, AttributeError):  # there is a None, or what does not fit
            self._inner.add([self._filler if value is None else value for value in values])
            self._nulls.append(bytes([value is None for value in values]))
        else:
            self._nulls.append(bytes(len(values)))

    def parts(self) -> list[bytes]:
        return self._nulls + self._inner.parts()


class _Array:
    """Where each value ends among the items of all; then the items."""

    def __init__(self, inner: _Column) -> None:
        self._inner = inner
        self._ends: list[bytes] = []
        self._end = 0

    def add(self, values: Values) -> None:
        ends = array("Q", list(accumulate(map(len, values), initial=self._end)))
        self._end = ends[-1]
        self._ends.append(ends[1:].tobytes())
        if items := list(chain.from_iterable(values)):
            self._inner.add(items)

    def parts(self) -> list[bytes]:
        return self._ends + self._inner.parts()


class _ByLibrary:
    def __init__(self, context: Any, name: str, type_: str) -> None:
        self._arguments = context, name, type_
        self._values: list[Any] = []

    def add(self, values: Values) -> None:
        self._values += values

    def write(self, out: Any) -> None:
        write_column(*self._arguments, self._values, out)


class _Strings(dict[str, bytes]):
    """Texts of one block that came before, packed: its length as a varint, then UTF-8."""

    def __missing__(self, text: str) -> bytes:
        packed = self[text] = _packed(text)
        return packed

    def packed(self, values: Values) -> bytes:
        n_distinct = len(set(values))
        if n_distinct == 1:
            return self[values[0]] * len(values)
        if n_distinct * _SELDOM < len(values):
            return b"".join(map(self.__getitem__, values))
        lengths = list(map(len, values))
        if max(lengths) < _SHORT and "".join(values).isascii():
            between = zip(itemgetter(*lengths)(_LENGTHS), values, strict=True)
            return "".join(chain.from_iterable(between)).encode()
        return b"".join(map(_packed, values))


def _column(type_: str, strings: Callable[[Values], bytes]) -> _Column | None:
    """None: the library packs it."""
    name, _, of = type_.partition("(")
    if name == "Array":
        inner = _column(of.removesuffix(")"), strings)
        return None if inner is None else _Array(inner)
    if name == "Nullable":
        inner = _column(of.removesuffix(")"), strings)
        return None if inner is None else _Nullable(inner, "" if of == "String)" else 0)
    if name == "String":
        return _Plain(strings)
    if name == "UInt8":
        return _Plain(bytes)
    typecode = _NUMBERS.get(name)
    return None if typecode is None else _Plain(_numbers(typecode))


def _numbers(typecode: str) -> Callable[[Values], bytes]:
    return lambda values: array(typecode, values).tobytes()


def _packed(text: str) -> bytes:
    data = text.encode()
    left, head = len(data), bytearray()
    while left >= _SHORT:
        head.append(left % _SHORT + _SHORT)
        left //= _SHORT
    return bytes((*head, left)) + data
