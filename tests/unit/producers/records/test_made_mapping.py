"""A mapping that ships, made for a file that is written otherwise."""

import pytest

from producers.records.made_mapping import MadeMapping, made_mapping
from producers.records.mapping import parse_mapping
from producers.records.sample import Sample
from producers.records.shipped_mappings import shipped_mappings

SHIPPED = {each.name: each for each in shipped_mappings()}
GENESYS = ("Media Type", "Users", "Date", "Direction", "Queue", "Conversation ID", "Total Queue", "Abandoned")  # fmt: skip


def _made(*times: str, abandoned: str = "NO", zone: str = "Europe/Berlin") -> MadeMapping:
    rows: list[tuple[str, ...]] = [
        ("voice", "Ann", time, "Inbound", "Q", "g", "12000", abandoned) for time in times
    ]
    return made_mapping(SHIPPED["genesys-cloud"], Sample(GENESYS, rows, ";", "cp1252"), zone)


def test_delimiter_encoding_and_zone_are_those_of_the_file() -> None:
    mapping = parse_mapping(_made("6/23/25 07:00 AM").text)
    assert (mapping.delimiter, mapping.encoding, mapping.time_zone) == (
        ";", "cp1252", "Europe/Berlin",
    )  # fmt: skip
    assert mapping.time_format == "%m/%d/%y %I:%M %p"


@pytest.mark.parametrize(
    ("time", "time_format", "said"),
    [
        ("6/23/25 07:00 AM", "%m/%d/%y %I:%M %p", ""),
        ("23/6/25 07:00 AM", "%d/%m/%y %I:%M %p", "time_format: %d/%m/%y %I:%M %p, as this file writes it"),
        ("2025-06-23 07:00:00", "iso", "time_format: iso, as this file writes it"),
        ("3/4/25 07:00 AM", "%m/%d/%y %I:%M %p",
         "time_format: %m/%d/%y %I:%M %p and %d/%m/%y %I:%M %p both fit"),
        ("at seven", "%m/%d/%y %I:%M %p",
         "time_format: %m/%d/%y %I:%M %p does not fit; write the pattern of this file"),
    ],
)  # fmt: skip
def test_another_format_of_times_is_found_and_said(time: str, time_format: str, said: str) -> None:
    made = _made(time)
    assert parse_mapping(made.text).time_format == time_format
    zone = 'time_zone: "Europe/Berlin" is assumed, of times that say none'
    assert made.undecided == ((said, zone) if said else (zone,))


def test_no_zone_is_assumed_where_times_say_their_offset() -> None:
    assert _made("2025-06-23T07:00:00Z").undecided == ("time_format: iso, as this file writes it",)


def test_the_zone_of_the_platform_goes_before_the_one_that_was_given() -> None:
    names = tuple(SHIPPED["zendesk-talk"].mapping.recognised_by)
    first = Sample(names, [], encoding="utf-8")
    made = made_mapping(SHIPPED["zendesk-talk"], first, "Europe/Berlin")
    assert parse_mapping(made.text).time_zone == "UTC"
    assert made.undecided == (
        'time_zone: "UTC", as the platform writes these times; "Europe/Berlin" is not used',
    )


def test_words_without_a_meaning_are_counted_without_the_rows_that_are_skipped() -> None:
    made = _made("6/23/25 07:00 AM", "6/23/25 07:05 AM", abandoned="PERHAPS")
    assert made.undecided[-1] == (
        'outcomes: without a meaning, their rows refused: "PERHAPS Ann" (2)'
    )
    assert '# "PERHAPS Ann" = "?"   # 2 rows, refused' in made.text
    assert len(_made("6/23/25 07:00 AM").undecided) == 1


def test_a_header_with_a_name_twice_is_said() -> None:
    first = Sample((*GENESYS, "Queue"), [], encoding="utf-8")
    made = made_mapping(SHIPPED["genesys-cloud"], first, "UTC")
    assert made.undecided[0].startswith('the header names "Queue" twice, in columns 5 and 9')


def test_a_word_that_may_hold_a_number_of_a_caller_is_not_written() -> None:
    made = _made("6/23/25 07:00 AM", abandoned="0315550001")
    assert "0315550001" not in made.text
    assert len(made.undecided) == 1
