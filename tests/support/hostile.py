"""What the world may send in place of good input: good input, changed where its structure hurts most."""

import gzip
import json
from pathlib import Path

from hypothesis import strategies as st

from tests.support.sources import ROOT

EXAMPLES = ROOT / "schemas" / "examples"
_DEEP = 2_000

# As they stand in JSON, since json.dumps could not write most of them.
_TOKENS = (
    "null", "true", "0", "-1", "-0.0", "1e400", "-1e-400", "NaN", "Infinity", "-Infinity", "1.5",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "1" * 400, "-" + "9" * 25,
    "1772442005000", "1772442005", "1772442005.5", "00", "0x10", '""', '"\\u0000"', '"\\ud83d"',
    '"\\ud83d\\ude00"', '"\\udc00\\ud800"', '"../../etc"', '"a|b|c"', '"\\n"', '"0315550001"', '"<"',
    '"true"', '"history"', '"leg"', '"tick"', "[]", "{}", "[[[[]]]]", '{"type":"tick"}',
    json.dumps("x" * 201), json.dumps("\U0001f600" * 200), "[" * _DEEP, "[" * _DEEP + "]" * _DEEP,
    '{"a":' * _DEEP + "1" + "}" * _DEEP,
)  # fmt: skip
_SCRAPS = (
    b"\0", b"\xff", b"\xc3", b"\xed\xa0\xbd", b"\xef\xbb\xbf", b"\xf5\x80\x80\x80", b'"', b"\\", b",", b"}", b"{",
    b"|", b"\r", b"\n", b"\r\n", b"\x1a", b"\x85", b"\xe2\x80\xa8", b";", b"'", b"=", b"\x1f\x8b",
)  # fmt: skip


def examples(folder: str) -> list[str]:
    """The texts of the golden examples of a topic, the wrong ones too."""
    paths = [*(EXAMPLES / folder).glob("*.json"), *(EXAMPLES / "invalid" / folder).glob("*.json")]
    return [path.read_text() for path in sorted(paths)]


@st.composite
def _changed_object(draw: st.DrawFn, texts: list[str]) -> bytes:
    """A golden object with fields taken away, doubled, renamed or given something else to hold."""
    try:
        told = json.loads(draw(st.sampled_from(texts)))
    except json.JSONDecodeError:
        told = {}
    fields = (
        [(name, json.dumps(value)) for name, value in told.items()]
        if isinstance(told, dict)
        else []
    )
    value = st.sampled_from(_TOKENS) | st.text(max_size=30).map(json.dumps)
    value |= st.integers().map(str) | st.sampled_from([text for _, text in fields] or ["1"])
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(0, len(fields) - 1)))
        match draw(st.sampled_from(["delete", "double", "rename", "replace", "replace", "add"])):
            case "delete" if fields:
                del fields[place]
            case "double" if fields:
                fields.append((fields[place][0], draw(value)))
            case "rename" if fields:
                fields[place] = (draw(st.text(max_size=10)), fields[place][1])
            case "replace" if fields:
                fields[place] = (fields[place][0], draw(value))
            case _:
                fields.append((draw(st.text(max_size=10)), draw(value)))
    names = draw(st.booleans())
    text = ",".join(f"{json.dumps(name, ensure_ascii=names)}:{held}" for name, held in fields)
    return f"{{{text}}}".encode("utf-8", "surrogatepass")


@st.composite
def spoilt(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes cut, repeated, torn apart, in another encoding or packed."""
    data = draw(whole)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(data)))
        scrap = draw(st.sampled_from(_SCRAPS) | st.binary(max_size=8))
        match draw(
            st.sampled_from(["insert", "over", "cut", "twice", "utf-16", "utf-32", "bom", "latin"])
        ):
            case "insert":
                data = data[:place] + scrap + data[place:]
            case "over":
                data = data[:place] + scrap + data[place + len(scrap) :]
            case "cut":
                data = data[:place]
            case "twice":
                data += data[:place]
            case "bom":
                data = b"\xef\xbb\xbf" + data
            case encoding:
                text = data.decode("utf-8", "replace")
                data = text.encode({"latin": "cp1252"}.get(encoding, encoding), "replace")
    return data


def events(folder: str) -> st.SearchStrategy[bytes]:
    """Records of topic `calls` or `agents`."""
    changed = _changed_object(examples(folder))
    return spoilt(changed) | changed | st.binary(max_size=60) | st.sampled_from(
        [token.encode() for token in _TOKENS]
    )  # fmt: skip


def cells() -> st.SearchStrategy[str]:
    return st.sampled_from([
        "", " ", "0", "-1", "1e9999999", "Infinity", "NaN", "9" * 30, "9" * 5_000, "\0", '"', '""', ',"', "\n",
        "\u2028", "\ufeff", "NONE", "0315550001", "+27 31 555 0001", "x" * 151, "x" * 300, "../../etc", "\U0001f600",
        "answered", "abandoned", "open", "rejected", "outbound", "callback",
        "2010-08-01T06:57:47Z", "2010-08-01T06:57:47+25:00", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
        "1280645867", "1280645867000", "1280645867.123456", "٣١٢٣٤٥٦", "²", "1_000",
    ]) | st.text(max_size=12)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn, good: str, between: str) -> bytes:
    """Lines of cells, in which cells, columns and lines were changed; perhaps spoilt as bytes, perhaps packed."""
    rows = [line.split(between) for line in good.splitlines()]
    for _ in range(draw(st.integers(0, 5))):
        row = rows[draw(st.integers(0, len(rows) - 1))]
        place = draw(st.integers(0, len(row)))
        match draw(st.sampled_from(["set", "set", "set", "insert", "drop", "row"])):
            case "set" if place < len(row):
                row[place] = draw(cells())
            case "drop" if place < len(row):
                del row[place]
            case "row":
                rows.insert(draw(st.integers(0, len(rows))), draw(st.lists(cells(), max_size=8)))
            case _:
                row.insert(place, draw(cells()))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(between.join(row) for row in rows) + draw(st.sampled_from(["", end]))
    data = draw(spoilt(st.just(text.encode("utf-8", "replace"))))
    if draw(st.integers(0, 9)) == 0:
        packed = gzip.compress(data)
        data = packed[: draw(st.integers(2, len(packed)))]
    return data


@st.composite
def tomls(draw: st.DrawFn, good: str) -> str:
    """A TOML text with lines taken away, doubled, moved, or holding something else."""
    lines = good.splitlines()
    values = st.sampled_from([
        "1", "-1", "1.5", "nan", "inf", "true", '""', '"fast"', '"20s"', '"1h"', '"366d"', '"9" * 9', "[]", "{}", "[[]]",
        "{ x = 1 }", "2026-11-22", "07:00:00", "0x10", '"\\u0000"', '"Mon-Fri 07:00-19:00"', '["Mon 25:00-26:00"]',
        '["Mon-Sun 00:00-24:00", "x"]', '"always"', '"UTC"', '"../../etc/passwd"', '"Europe/Berlin\\n"', '"a" = 1',
        '"' + "x" * 300 + '"', "9" * 5_000, "1e400", "[" * _DEEP, "[" * _DEEP + "]" * _DEEP, "'''", '"""',
    ])  # fmt: skip
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(lines) - 1)))
        line = lines[place] if lines else ""
        match draw(st.sampled_from(["value", "value", "value", "drop", "double", "table", "text"])):
            case "value" if "=" in line:
                lines[place] = f"{line.partition('=')[0]}= {draw(values)}"
            case "drop" if lines:
                del lines[place]
            case "double":
                lines.insert(draw(st.integers(0, len(lines))), line)
            case "table":
                name = draw(st.sampled_from(["queues", "centres", "departments", "defaults", "x"]))
                lines.insert(place, f"[{name}.{json.dumps(draw(st.text(max_size=5)))}]")
            case _:
                lines.insert(place, draw(st.text(max_size=20)))
    return "\n".join(lines)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
