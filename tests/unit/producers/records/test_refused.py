import pytest

from producers.records.csv_rows import Row, split
from producers.records.header import read_header
from producers.records.mapping import Mapping, parse_mapping
from producers.records.refused import Refusals
from schemas.privacy import caller_token, key_from_secret

KEY = key_from_secret(b"a secret of the tests")
TOKEN = caller_token(KEY, "0315550001")
NAMES = ("leg_id", "queue", "caller", "arrived_at", "outcome", "note")


def _original(text: str, *, keep_text: bool = False) -> str:
    refusals = Refusals(read_header(NAMES, Mapping()), Mapping(), KEY, keep_text=keep_text)
    return refusals.refused(Row(7, text, split(text, ",")), "why").original


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("1234567,q,0315550001,2010-08-01T25:00:00Z,x,", f"1234567,q,{TOKEN},2010-08-01T25:00:00Z,x,"),
        ("0315550001,q,0315550001,,x,", f"{TOKEN},q,{TOKEN},,x,"),
        ("1,q,200,,x,", f"1,q,{caller_token(KEY, '200')},,x,"),
        ("1,q,,0315550001,x,call 0315550001 back", f"1,q,,{TOKEN},x,call {TOKEN} back"),
        ("1,q,0315550001,,x,10:30h 0315550001", f"1,q,{TOKEN},,x,10:30h {TOKEN}"),
        ("1,q,200,,x,200", f"1,q,{caller_token(KEY, '200')},,x,{caller_token(KEY, '200')}"),
        ("1,q,0315550001", f"1,q,{TOKEN}"),
        ('"1,q,0315550001', f'"1,q,{TOKEN}'),
    ],
)  # fmt: skip
def test_no_number_stands_in_clear(text: str, original: str) -> None:
    assert _original(text, keep_text=True) == original


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("7,q,0315550001,2010-08-01T25:00:00Z,besetzt,Anna Bold 12 Street",
         f"7,q,{TOKEN},2010-08-01T25:00:00Z,besetzt,xxxx xxxx 00 xxxxxx"),
        ("7,q,0315550001,Anna Bold,x,", f"7,q,{TOKEN},xxxx xxxx,x,"),
        ("7,q,0315550001,,x,0315550001 of Müller", f"7,q,{TOKEN},,x,{TOKEN} xx xxxxxx"),
        (f"7,q,,,{'x y' * 14},", f"7,q,,,{'x x' * 14},"),  # too long for a word
        ("7,q,,,x,2026-03-02 09:00:05", "7,q,,,x,2026-03-02 09:00:05"),
        ("Anna,Bold,0315550001", f"xxxx,xxxx,{TOKEN}"),
        ('"7,Anna Bold', '"0,xxxx xxxx'),
    ],
)  # fmt: skip
def test_of_words_that_nobody_needs_only_the_shape_is_kept(text: str, original: str) -> None:
    assert _original(text) == original


@pytest.mark.parametrize(
    "cell",
    [
        "02.03.2026",
        "2026/3/2",
        "3/2/26",
        "09:00:05",
        "9:05 AM",
        "2 Mar 2026 09:00",
        "Mar 2, 2026 9:00:10 AM",
    ],
)
def test_a_column_of_times_keeps_parts_of_times_too(cell: str) -> None:
    assert _original(f'7,q,,"{cell}",x,') in (f"7,q,,{cell},x,", f'7,q,,"{cell}",x,')


@pytest.mark.parametrize("number", ["0315-55-0001", "0315550001", "031 555 00 01"])
def test_a_number_in_a_column_of_times_is_none(number: str) -> None:
    assert _original(f"7,q,,{number},x,") == f"7,q,,{TOKEN},x,"


def test_durations_and_words_of_a_mapping_stay_and_free_text_of_a_mapping_does_not() -> None:
    names = ("id", "queue", "arrived_at", "outcome", "wait_ms", "talk_ms", "topic", "reason")
    mapping = Mapping(columns={"leg_id": "id"})
    header = read_header(names, mapping)
    row = "7,q,,x,12.5,a lot,leak,asked for Anna"
    refusals = Refusals(header, mapping, KEY)
    assert refusals.refused(Row(1, row, split(row, ",")), "why").original == (
        "7,q,,x,12.5,x xxx,xxxx,xxxxx xxx xxxx"
    )


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("x-0315550001,q,,25:00,x,0315550001", f"x-{TOKEN},q,,25:00,x,{TOKEN}"),
        ("x-0315550001,q,-,25:00,x,0315550001", f"x-{TOKEN},q,,25:00,x,{TOKEN}"),
        ("7,q,0315550001,25:00,x,200", f"7,q,{TOKEN},25:00,x,{caller_token(KEY, '200')}"),
    ],
)
def test_the_number_of_a_column_that_stands_for_an_empty_one_is_hidden_too(
    text: str, original: str
) -> None:
    mapping = parse_mapping('[columns]\ncaller = "caller"\n[otherwise]\ncaller = "note"')
    refusals = Refusals(read_header(NAMES, mapping), mapping, KEY, keep_text=True)
    assert refusals.refused(Row(7, text, split(text, ",")), "why").original == original


def test_line_and_reason() -> None:
    refusals = Refusals(read_header(NAMES, Mapping()), Mapping(), KEY)
    record = refusals.refused(Row(7, "a,b", ("a", "b")), "expected 6 cells, found 2")
    assert (record.position, record.reason, record.detail, record.is_masked) == (
        7, "bad_row", "expected 6 cells, found 2", True,
    )  # fmt: skip
