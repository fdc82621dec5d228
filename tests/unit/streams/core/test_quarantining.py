"""A refused record keeps its place and its words; runs of digits leave."""

import pytest

from schemas.quarantine import REPLAY_HEADER
from schemas.topics import version_of
from streams.core.quarantining import LONGEST_ORIGINAL, mask_digits, quarantined, unplaced
from streams.core.unit import Record
from tests.support.builders import MONDAY, call, told


def original(text: str | bytes) -> str:
    value = text.encode() if isinstance(text, str) else text
    return quarantined("calls-5", Record(7, 99, b"555 000 1", value), "not_json", "why").original


def test_the_row_says_where_from_and_why() -> None:
    row = quarantined(
        "calls-5", Record(7, 99, b"call 5550001", None), "not_json", "at 5550001", "n"
    )
    assert (row.origin, row.position, row.known_at, row.original) == ("calls-5", 7, 99, "")
    assert (row.original_key, row.detail, row.source) == ("call <7 digits>", "at <7 digits>", "n")


@pytest.mark.parametrize(
    "number", ["5550001", "+555 0001", "(555) 00-01", "555.000.1", "5-5-5-0-0-0"]
)
def test_a_number_is_masked_however_it_is_written(number: str) -> None:
    masked = mask_digits(f"call {number} back")
    assert masked.endswith(" digits> back")
    assert "555" not in masked
    assert "digits>" in original(f'{{"note": "call {number}"}}')


def test_five_digits_are_no_number() -> None:
    assert mask_digits("queue 12345") == "queue 12345"


def test_declared_times_and_ids_stay() -> None:
    text = '{"at": 1772442005000, "answered_at":1772442005001, "wait_ms":3456789, "leg_id": "1772442005.17"}'
    assert original(text) == text


def test_an_id_that_is_the_callers_number_goes() -> None:
    masked = original('{"leg_id": "5550001", "caller": "555 0001", "event_id": "4711-17724420"}')
    assert "5550001" not in masked
    assert "4711-17724420" in masked


@pytest.mark.parametrize("place", ["left_at", "at", "since", "queue", "note", "at_all"])
@pytest.mark.parametrize(
    "number", ['"5550001"', "5550001", "27315550001", '"+27 31 555\u00a00001"']
)
def test_a_number_in_the_place_of_something_else_goes(place: str, number: str) -> None:
    text = original(f'{{"{place}": {number}}}')
    assert "digits>" in text
    assert "555" not in text


def test_an_id_that_repeats_another_number_goes() -> None:
    text = original('{"phone": "031 5550001", "leg_id": "0315550001-17", "event_id": "4711-17"}')
    assert "5550001" not in text
    assert "4711-17" in text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_number_in_another_encoding_goes(encoding: str) -> None:
    text = original("call 031 555 0001".encode(encoding))
    assert "10 digits>" in text
    assert "5\0005" not in text


def test_a_number_in_escapes_of_json_goes() -> None:
    spelt = "".join(f"\\u00{ord(each):02x}" for each in "5550001")
    assert original(f'{{"note": "{spelt}"}}') == '{"note": "<7 digits>"}'


def test_a_replay_that_is_refused_again_keeps_its_first_place() -> None:
    headers = [("other", b"x"), (REPLAY_HEADER, b"calls-5:7")]
    row = quarantined("calls-5", Record(90, 99, None, b"{", headers), "not_json", "why")
    assert (row.origin, row.position, row.sent_as) == ("calls-5", 7, 90)


@pytest.mark.parametrize("header", [b"calls-4:7", b"calls-5", b"", b"calls-5:x", b"\xff"])
def test_a_strange_header_gives_no_place(header: bytes) -> None:
    row = quarantined(
        "calls-5", Record(90, 99, None, b"{", [(REPLAY_HEADER, header)]), "not_json", ""
    )
    assert (row.position, row.sent_as) == (90, -1)


def test_a_leg_that_was_never_placed_stands_where_its_newest_fact_stood() -> None:
    leg = told(call("offered", "ada", MONDAY, agent="x" * 200))
    leg.version, leg.known_at = version_of(3, 41), MONDAY
    row = unplaced("calls-5", "billing", leg)
    assert (row.origin, row.position, row.reason) == ("calls-5", 41, "too_old")


def test_bytes_that_are_no_text_are_escaped_and_long_ones_cut() -> None:
    assert original(b"\xff\xfe{") == r"\xff\xfe{"
    assert len(original("x" * 3 * LONGEST_ORIGINAL)) == LONGEST_ORIGINAL


def test_what_a_row_quotes_is_bounded_and_an_unreadable_key_is_escaped() -> None:
    long = Record(7, 99, b"k" * 300, b"o" * 5_000)
    row = quarantined("calls-5", long, "not_json", "d" * 600)
    assert (len(row.original), len(row.original_key), len(row.detail)) == (4_000, 200, 500)
    row = quarantined("calls-5", Record(7, 99, b"\xff", None), "not_json", "why")
    assert (row.original_key, row.source) == (r"\xff", "")
    assert quarantined("calls-5", Record(7, 99, None, None), "not_json", "").original_key == ""


def test_of_an_id_that_is_masked_the_name_of_its_field_stays() -> None:
    masked = original('{"leg_id": "5550001", "caller": "5550001"}')
    assert masked == '{"leg_id": "<7 digits>", "caller": "<7 digits>"}'


def test_an_unplaced_leg_says_what_never_came() -> None:
    row = unplaced("calls-5", "billing", told(call("offered", "ada", MONDAY)))
    assert row.detail == "leg ada: neither its start nor its wait ever came"
