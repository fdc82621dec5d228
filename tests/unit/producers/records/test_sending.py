import io
from pathlib import Path

import pytest

from producers.delivery import Clock
from producers.input_file import InputFile, InputFileError
from producers.records.mapping import Mapping, parse_mapping
from producers.records.reading import RecordsFile
from producers.records.sending import send_as_live, send_history
from producers.timeline import Marks
from schemas.calls import FinishedLeg
from schemas.privacy import caller_token, key_from_secret
from tests.support.publishing import KeptPublisher

KEY = key_from_secret(b"a secret of the tests")
HEADER = "leg_id,queue,caller,arrived_at,answered_at,left_at,ended_at,outcome"
ROWS = (
    "1,billing,5550001,2010-08-01T07:00:00Z,2010-08-01T07:00:08Z,2010-08-01T07:00:08Z,2010-08-01T07:01:00Z,answered",
    "2,billing,5550002,2010-08-01T07:00:05Z,,2010-08-01T07:00:25Z,,abandoned",
    "3,sales,,2010-08-01T07:00:05Z,,,,open",
    "4,sales,5550004,2010-08-01T07:00:05Z,,,,abandoned",
    "5,sales",
)
CLOCK = Clock(lambda: 1_300_000_000_000, lambda _: None)


def _file(
    path: Path, *rows: str, header: str = HEADER, mapping: Mapping | None = None
) -> RecordsFile:
    path.write_text("\n".join((header, *rows)) + "\n")
    return RecordsFile(InputFile(path), mapping or Mapping(), KEY, "records:day")


def test_history_is_one_event_a_row(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    sent = send_history(_file(tmp_path / "day.csv", *ROWS), publisher, CLOCK, io.StringIO())
    assert [type(event) for event in publisher.calls] == [FinishedLeg, FinishedLeg]
    assert {event.feed for event in publisher.calls} == {"history"}
    tally = sent.tally
    assert (tally.legs, tally.open_legs, tally.refused, tally.left_out) == (2, 1, 2, 0)
    assert tally.first_refusal == "line 5: outcome is abandoned, but left_at is empty"
    assert [(record.position, record.origin, record.reason) for record in publisher.refused] == [
        (5, "day.csv", "bad_row"), (6, "day.csv", "bad_row"),
    ]  # fmt: skip
    assert "5550004" not in publisher.refused[0].original
    assert caller_token(KEY, "5550004") in publisher.refused[0].original
    assert publisher.flushes == 1


def test_live_is_every_event_of_every_leg(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    records = _file(tmp_path / "day.csv", *ROWS)
    sent = send_as_live(records, Marks("records:day"), publisher, CLOCK, io.StringIO())
    assert [(event.leg_id, type(event).__name__) for event in publisher.calls] == [
        ("1", "Queued"), ("2", "Queued"), ("3", "Queued"), ("1", "Answered"), ("2", "Abandoned"),
        ("1", "Ended"),
    ]  # fmt: skip
    assert (sent.delivered.events, sent.tally.open_legs, sent.tally.refused) == (6, 1, 2)


def test_rows_that_the_mapping_skips_are_counted(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    mapping = parse_mapping('[skip]\nqueue = ["sales", "test"]')
    records = _file(tmp_path / "day.csv", *ROWS[:4], mapping=mapping)
    sent = send_history(records, publisher, CLOCK, io.StringIO())
    assert (sent.tally.legs, sent.tally.left_out, sent.tally.refused) == (2, 2, 0)


def test_times_without_an_offset_are_said_to_be_utc(tmp_path: Path) -> None:
    row = "2,billing,,2010-08-01T07:00:05,,2010-08-01T07:00:25,,abandoned"
    for mapping, said in ((Mapping(), True), (parse_mapping('time_zone = "UTC"'), False)):
        records = _file(tmp_path / "day.csv", row, mapping=mapping)
        sent = send_history(records, KeptPublisher(), CLOCK, io.StringIO())
        assert sent.tally.read_as_utc is said


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("1,billing,answered", ("the header lacks queue, arrived_at, outcome;"
                               " it has: 1, billing, answered (other names: --mapping; `queuewatch mapping init` begins one)")),
        ('"open', "the first line is no CSV header"),
    ],
)  # fmt: skip
def test_a_first_line_that_is_no_header(tmp_path: Path, header: str, problem: str) -> None:
    with pytest.raises(InputFileError) as caught:
        _file(tmp_path / "day.csv", header=header)
    assert str(caught.value) == f"{tmp_path / 'day.csv'}: {problem}"


def test_a_header_alone_is_a_day_without_calls(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    sent = send_history(_file(tmp_path / "day.csv"), publisher, CLOCK, io.StringIO())
    assert (sent.tally.legs, publisher.told) == (0, [])
