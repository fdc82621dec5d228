from pathlib import Path

import pytest

from producers.input_file import InputFileError
from producers.records.mapping import Mapping, parse_mapping, read_mapping
from schemas.millis import from_iso
from schemas.toml_reading import ConfigurationError

EXAMPLE = Path(__file__).parents[4] / "deploy" / "mappings" / "example.toml"


def test_the_example_that_ships_shows_every_key() -> None:
    text = EXAMPLE.read_text()
    mapping = parse_mapping(text)
    assert mapping.columns["arrived_at"] == ["Date", "Start"]
    assert mapping.outcome_words()["timed out"] == ("exited", "timeout")
    missing = [
        key
        for key in Mapping.__struct_fields__
        if f"{key} =" not in text and f"[{key}]" not in text
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("delimiter = ", "not TOML: Invalid value (at end of document)"),
        ('timezone = "UTC"', ("timezone: unknown key; known: delimiter, encoding, sheet, time_format, "
                             "time_zone, durations, time_formats, none, columns, otherwise, constants, outcomes, skip, recognised_by")),
        ('[otherwise]\nqueue = "Line"', ("otherwise.queue: stands for an empty cell of a column under [columns];"
                                        " known: contact_id, queue, caller, agent, topic, area, disposition")),
        ('[columns]\nleft_at = "Left"\n[otherwise]\nleft_at = "End"', (
            "otherwise.left_at: stands for an empty cell of a column under [columns];"
            " known: contact_id, queue, caller, agent, topic, area, disposition")),
        ('delimiter = ";;"', 'delimiter: expected one character, got ";;"'),
        ('encoding = "latin-99"', 'encoding: unknown encoding "latin-99" (for example utf-8 or cp1252)'),
        ('encoding = "base64"', 'encoding: unknown encoding "base64" (for example utf-8 or cp1252)'),
        ('encoding = "\\u0000"', 'encoding: unknown encoding "\\x00" (for example utf-8 or cp1252)'),
        ('time_zone = "Africa/Atlantis"', ('time_zone: unknown time zone "Africa/Atlantis"'
                                          ' (an IANA name such as "Africa/Johannesburg")')),
        ('time_format = "%H:%M"', ('time_format: expected iso, epoch_s, epoch_ms or a pattern of date and'
                                  ' clock such as "%d.%m.%Y %H:%M:%S", got "%H:%M"')),
        ('time_format = "%d.%m.%Y %H:%M %H"', ('time_format: expected iso, epoch_s, epoch_ms or a pattern of date and'
                                              ' clock such as "%d.%m.%Y %H:%M:%S", got "%d.%m.%Y %H:%M %H"')),
        ('[time_formats]\nended_at = "%H:%M"', ('time_formats.ended_at: expected iso, epoch_s, epoch_ms or a'
                                              ' pattern of date and clock such as "%d.%m.%Y %H:%M:%S", got "%H:%M"')),
        ('[time_formats]\nqueue = "iso"', ("time_formats.queue: no column of times; known: arrived_at,"
                                           " answered_at, left_at, ended_at, wrap_ended_at")),
        ('durations = "hours"', "durations: unknown value 'hours'; known: ms, s, min, h:mm, days"),
        ("durations = 3", "durations: expected a text or nothing, got a whole number"),
        ("columns = 3", "columns: expected a table, got a whole number"),
        ('[columns]\nanwsered_at = "x"', ("columns.anwsered_at: unknown column; known: leg_id, contact_id, "
         "queue, channel, caller, arrived_at, answered_at, left_at, ended_at, outcome, agent, reason, "
         "direction, topic, area, priority, wait_ms, missed_offers, hold_ms, wrap_ended_at, disposition, talk_ms")),
        ('[columns]\nqueue = "x"\n[constants]\nqueue = "y"', "constants.queue: also stands in columns"),
        ('[outcomes]\nOK = "handled"', ('outcomes.OK: unknown outcome "handled"; known: answered, abandoned, '
         "exited, transferred, callback, dropped, ghost, rejected, open")),
    ],
)  # fmt: skip
def test_each_mistake_has_its_path(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_mapping(text)
    assert str(caught.value) == problem


def test_a_pattern_may_read_the_offset_of_each_row() -> None:
    mapping = parse_mapping('time_format = "%d/%b/%Y %H:%M:%S %z"')
    assert mapping.read_time("arrived_at")("02/Mar/2026 09:00:05 +0530") == (
        from_iso("2026-03-02T03:30:05Z"),
    )


def test_words_by_their_beginning_the_longest_first() -> None:
    mapping = parse_mapping(
        '[outcomes]\n"*" = "answered"\n"NO  Agent*" = "exited/empty"\nYES = "abandoned"'
    )
    assert mapping.outcome_beginnings() == [
        ("no agent", ("exited", "empty")),
        ("", ("answered", "")),
    ]
    assert "yes" in mapping.outcome_words()
    assert "*" not in mapping.outcome_words()


def test_a_mapping_that_is_no_text_is_one_line_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(b"\xeb\x00")
    with pytest.raises(InputFileError) as caught:
        read_mapping(path)
    assert str(caught.value) == f"{path}: not UTF-8 text: is it a mapping?"
