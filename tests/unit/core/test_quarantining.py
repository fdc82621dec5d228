"""A refused record keeps its place and its words; runs of digits leave."""

import pytest

from streams.core.quarantining import LONGEST_ORIGINAL, mask_digits, quarantined
from streams.core.unit import Record


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
    text = '{"at": 1772442005000, "answered_at":1772442005001, "wait_ms":123456789, "leg_id": "1772442005.17"}'
    assert original(text) == text


def test_an_id_that_is_the_callers_number_goes() -> None:
    masked = original('{"leg_id": "5550001", "caller": "555 0001", "event_id": "4711-17724420"}')
    assert "5550001" not in masked
    assert "4711-17724420" in masked


def test_a_number_in_the_place_of_a_time_goes() -> None:
    assert "5550001" not in original('{"left_at": "5550001"}')


def test_bytes_that_are_no_text_are_escaped_and_long_ones_cut() -> None:
    assert original(b"\xff\xfe{") == r"\xff\xfe{"
    assert len(original("x" * 3 * LONGEST_ORIGINAL)) == LONGEST_ORIGINAL
