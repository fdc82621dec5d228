from pathlib import Path

import pytest

from producers.contract import Refused
from producers.input_file import InputFile, InputFileError
from producers.progress import silent
from producers.records.mapping import Mapping, parse_mapping
from producers.records.reading import RecordsFile
from schemas.calls import FinishedLeg, Queued
from schemas.privacy import key_from_secret
from tests.support.field_records import field_file, told

KEY = key_from_secret(b"a secret of the tests")
HEADER = "leg_id,queue,caller,arrived_at,answered_at,left_at,ended_at,outcome"
ROWS = (
    "1,billing,5550001,2010-08-01T07:00:00Z,2010-08-01T07:00:08Z,2010-08-01T07:00:08Z,2010-08-01T07:01:00Z,answered",
    "2,billing,5550002,2010-08-01T07:00:05Z,,2010-08-01T07:00:25Z,,abandoned",
    "3,sales,,2010-08-01T07:00:05Z,,,,open",
    "4,sales,5550004,2010-08-01T07:00:05Z,,,,abandoned",
    "5,sales",
)
NOW = 1_300_000_000_000


def _file(
    path: Path, *rows: str, header: str = HEADER, mapping: Mapping | None = None
) -> RecordsFile:
    path.write_text("\n".join((header, *rows)) + "\n")
    return RecordsFile(InputFile(path), "records:day", KEY, mapping)


def test_rows_in_their_order_and_refusals_between_them(tmp_path: Path) -> None:
    file = _file(tmp_path / "day.csv", *ROWS)
    assert [
        item.position if isinstance(item, Refused) else type(item).__name__
        for item in file.read(NOW, silent())
    ] == ["FinishedLeg", "FinishedLeg", "Queued", "FinishedLeg", 6]
    assert file.notes() == (
        "1 abandon with an unknown wait: their left_at, ended_at and wait_ms are empty or not mapped",
    )


def test_rows_that_the_mapping_skips_are_counted(tmp_path: Path) -> None:
    mapping = parse_mapping('[skip]\nqueue = ["sales", "test"]')
    file = _file(tmp_path / "day.csv", *ROWS[:4], mapping=mapping)
    assert len(list(file.read(NOW, silent()))) == 2
    assert (file.left_out, file.notes()) == (2, ("2 rows skipped by the mapping",))


def test_times_without_an_offset_are_said_to_be_utc(tmp_path: Path) -> None:
    row = "2,billing,,2010-08-01T07:00:05,,2010-08-01T07:00:25,,abandoned"
    for mapping, said in ((Mapping(), True), (parse_mapping('time_zone = "UTC"'), False)):
        file = _file(tmp_path / "day.csv", row, mapping=mapping)
        list(file.read(NOW, silent()))
        assert file.read_as_utc is said


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("1,billing,answered", ("the header lacks queue, arrived_at, outcome;"
                               " it has: 1, billing, answered (other names: --mapping; `queuewatch mapping init` begins one);"
                               " is there no header? Then give each column that is read its number, such as queue = 2")),
        ('"open', "the first line is no CSV header"),
    ],
)  # fmt: skip
def test_a_first_line_that_is_no_header(tmp_path: Path, header: str, problem: str) -> None:
    with pytest.raises(InputFileError) as caught:
        _file(tmp_path / "day.csv", header=header)
    assert str(caught.value) == f"{tmp_path / 'day.csv'}: {problem}"


@pytest.mark.parametrize("file", ["r03-talkdesk-day-fraction.csv", "r03b-talkdesk-dhms.csv"])
@pytest.mark.parametrize("durations", ["s", "days"])
def test_durations_in_fractions_of_a_day_and_in_words(file: str, durations: str) -> None:
    records = field_file(file, "r03.toml", durations=durations)
    assert told(records) == (
        [
            ("td-1", "answered", 30, 60),
            ("td-2", "abandoned", 45, None),
            ("td-3", "answered", 15, 60),
        ],
        [],
    )


def test_seconds_with_decimals_and_waits_without_a_time_of_answer() -> None:
    legs = [
        ("7001", "answered", 12, None),
        ("7002", "abandoned", 45, None),
        ("7003", "exited/timeout", 61, None),
        ("7004", "rejected/closed", 0, None),
        ("7005", "answered", 7.5, None),
    ]
    assert told(field_file("r17-vicidial-closer-log.csv", "r17.toml")) == (legs, [])


def test_epochs_of_zero_are_no_times() -> None:
    legs = [
        ("u-1", "answered", 12, 48),
        ("u-2", "abandoned", 33, None),
        ("u-3", "exited/timeout", 90, None),
    ]
    file = field_file("r05-fusionpbx-cdr.csv", "r05.toml")
    assert told(file) == (legs, [])
    assert file.notes() == ("3 rows skipped by the mapping",)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {
            "columns": {"outcome": "reason-changed"},
            "outcomes": {"": "abandoned", "ReplacedDst": "answered"},
        },
    ],
)
def test_an_empty_word_has_the_meaning_that_the_mapping_gives_it(
    changes: dict[str, dict[str, str]],
) -> None:
    file = field_file("r02b-3cx-cdr-header.csv", "r02b.toml", **changes)
    assert told(file) == (
        [
            ("00000195A1B2C3D4_1", "answered", 10, 60),
            ("00000195A1B2C3D4_2", "abandoned", 41, None),
            ("00000195A1B2C3D4_3", "answered", 30, 90),
        ],
        [],
    )


def test_a_column_of_times_may_have_a_format_of_its_own() -> None:
    file = field_file(
        "r17-vicidial-closer-log.csv",
        "r17.toml",
        columns={"ended_at": "end_epoch"},
        time_formats={"ended_at": "epoch_s"},
    )
    legs, refusals = told(file)
    assert refusals == []
    assert {leg[0]: leg[3] for leg in legs} == {
        "7001": 60, "7002": None, "7003": None, "7004": None, "7005": None,
    }  # fmt: skip


def test_the_night_when_clocks_are_put_back() -> None:
    file = field_file("r08-dst-berlin.csv", "r08.toml")
    legs, refusals = told(file)
    assert legs == [
        ("701", "answered", 15, 300),
        ("702", "answered", 180, 600),
        ("703", "abandoned", 900, None),
        ("704", "answered", 40, 600),
    ]
    assert len(refusals) == 1
    assert refusals[0].startswith(
        '6: arrived_at (arrived): "2025-03-30 02:30:00" was on no clock in Europe/Berlin:'
    )
    assert file.notes() == (
        "3 rows of the hour that came twice placed by their other times",
        "1 row doubtful: refused, their time was on the clock twice or never",
    )


def test_calls_of_the_doubled_hour_that_nothing_places_are_refused_and_counted() -> None:
    file = field_file("c04b-dst-local-no-offset.csv", "c04b.toml")
    legs, refusals = told(file)
    assert legs == []
    assert [line.partition(": ")[0] for line in refusals] == ["2", "3", "4", "5"]
    assert all("was on the clock twice when clocks were put back" in line for line in refusals)
    assert "4 rows doubtful" in file.notes()[0]


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {
            "leg_id": 1,
            "queue": 2,
            "arrived_at": 3,
            "answered_at": 4,
            "ended_at": 5,
            "outcome": 6,
            "agent": 7,
        },
    ],
)
def test_titles_empty_lines_and_totals_are_no_calls(columns: dict[str, int]) -> None:
    file = field_file("r07b-title-above-header.csv", "r07b.toml", columns=columns)
    assert told(file) == ([("601", "answered", 10, 60), ("602", "abandoned", 30, None)], [])
    assert file.notes() == (
        f"{5 if columns else 4} lines left out that are no calls (titles, totals, repeated headers)",
    )


def test_a_report_in_pages_without_and_with_its_header(tmp_path: Path) -> None:
    page = ("Report of calls,,,,,,,", ",,,,,,,", HEADER, *ROWS[:2], "Total,,,,,,,2")
    file = _file(tmp_path / "day.csv", *page, *page, header="Calls")
    legs, refusals = told(file)
    assert ([leg[0] for leg in legs], refusals) == (["1", "2", "1", "2"], [])
    assert file.no_calls == len(("Calls", "Report", "Total", "Report", "header", "Total"))
    numbers: dict[str, str | int | list[str | int]] = {
        name: place for place, name in enumerate(HEADER.split(","), 1)
    }
    bare = _file(
        tmp_path / "bare.csv", *ROWS[1:2], header=ROWS[0], mapping=Mapping(columns=numbers)
    )
    assert [leg[0] for leg in told(bare)[0]] == ["1", "2"]


def test_calls_above_the_header_are_read(tmp_path: Path) -> None:
    file = _file(tmp_path / "day.csv", HEADER, *ROWS[1:3], header=ROWS[0])
    legs = list(file.read(NOW, silent()))
    assert [leg.leg_id for leg in legs if isinstance(leg, FinishedLeg | Queued)] == ["1", "2", "3"]
    assert not any("left out" in note for note in file.notes())


def test_a_call_above_the_header_may_have_several_lines(tmp_path: Path) -> None:
    row = "billing,2010-08-01T07:00:05Z,2010-08-01T07:00:25Z,abandoned"
    header = "leg_id,queue,arrived_at,left_at,outcome,topic"
    file = _file(
        tmp_path / "day.csv", f'2,{row},"leak,', 'in the road"', header, f"3,{row},x", header=f"1,{row},x"
    )  # fmt: skip
    legs = list(file.read(NOW, silent()))
    assert [(leg.leg_id, leg.topic) for leg in legs if isinstance(leg, FinishedLeg)] == [
        ("1", "x"), ("2", "leak,\nin the road"), ("3", "x"),
    ]  # fmt: skip
    assert (len(legs), file.no_calls) == (3, 0)


def test_the_first_row_like_one_before_it_is_named_where_ids_are_made(tmp_path: Path) -> None:
    row = "billing,2010-08-01T07:00:00Z,2010-08-01T07:00:20Z,abandoned"
    names = "queue,arrived_at,left_at,outcome"
    file = _file(tmp_path / "day.csv", row, row.replace("20Z", "21Z"), row, row, header=names)
    for _ in range(2):
        list(file.read(NOW, silent()))
        assert file.notes() == (
            "leg ids made from queue, arrival and caller; line 4 says the same as one before it",
        )


def test_rows_over_midnight_and_durations_that_contradict_their_times_are_counted(
    tmp_path: Path,
) -> None:
    mapping = parse_mapping("""
        time_format = "%d/%m/%Y %H:%M:%S"
        durations = "s"
        [columns]
        arrived_at = ["day", "start"]
        answered_at = ["day", "answer"]
        ended_at = ["day", "end"]
        wait_ms = "wait"
        talk_ms = "talk"
    """)
    file = _file(
        tmp_path / "day.csv",
        "1,q,25/11/2010,23:59:50,00:00:10,00:01:10,20,60,answered",
        "2,q,25/11/2010,09:00:00,09:00:10,09:01:10,10,45,answered",
        "3,q,25/11/2010,09:10:00,09:10:10,09:11:10,4,60,answered",
        f"{'4' * 151},q,25/11/2010,23:59:50,00:00:10,00:01:10,4,45,answered",  # refused
        header="leg_id,queue,day,start,answer,end,wait,talk,outcome",
        mapping=mapping,
    )
    for _ in range(2):
        assert (
            len([item for item in file.read(NOW, silent()) if isinstance(item, FinishedLeg)]) == 3
        )
        assert [note for note in file.notes() if note.startswith("1 row")] == [
            "1 row over midnight: clocks before that of the arrival are of the next day",
            "1 row whose talk_ms is not answered_at to ended_at by more than 1 s: their times count",
            "1 row whose wait_ms is not arrived_at to leaving by more than 1 s: their wait_ms counts",
        ]


def test_a_delimiter_more_or_less_at_the_end_costs_no_row(tmp_path: Path) -> None:
    file = _file(tmp_path / "day.csv", *ROWS[:2], ROWS[2] + ",,", header=f"{HEADER},,")
    legs = list(file.read(NOW, silent()))
    assert [leg.leg_id for leg in legs if isinstance(leg, FinishedLeg | Queued)] == ["1", "2", "3"]
    other = _file(tmp_path / "other.csv", f"{ROWS[0]},,", f"{ROWS[1]},more")
    first, second = other.read(NOW, silent())
    assert not isinstance(first, Refused)
    assert isinstance(second, Refused)
    assert second.detail == "expected 8 cells, found 9"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2010-08-01T07:00:25Z,,aban", ""),  # an unknown word: refused
        ("2010-08-01T07:00:25Z,,abandoned,Agent 1", "agent (who)"),
        ("2010-08-01T07:00:25Z,,abandoned,Agent 1   ", "agent (who)"),
        ("2010-08-01T07:00:25Z,,abandoned,", "agent (who)"),  # cut before its first letter
        ('2010-08-01T07:00:25Z,,abandoned,"Agent 17"', ""),
        ("2010-08-01T07:00:25Z,,abandoned,Agent 17\n", ""),
        ("2010-08-01T07:00:25Z,,abandoned,Agent 17\r\n\r\n", ""),
        ("2010-08-01T07:00:25Z,,abandoned,Agent 17\n  ", ""),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_may_have_been_cut_within_its_last_cell_says_so(
    tmp_path: Path, end: str, said: str, encoding: str
) -> None:
    mapping = parse_mapping('[columns]\nagent = "who"')
    path = tmp_path / "day.csv"
    path.write_bytes(
        f"{HEADER},who\n{ROWS[0]},Agent 17\n2,billing,,2010-08-01T07:00:05Z,,{end}".encode(encoding)
    )
    file = RecordsFile(InputFile(path), "records:day", KEY, mapping)
    list(file.read(NOW, silent()))
    expected = f"1 row without a line end, line 3: if the file was cut off there, its {said} is read shortened"
    notes = tuple(note for note in file.notes() if note != "read as utf-16")
    assert notes == ((expected,) if said else ())


@pytest.mark.parametrize(("end", "is_said"), [("Agent 1", True), ("Agent 17,", False)])
def test_where_the_header_ends_with_a_delimiter_the_last_cell_is_that_of_the_row(
    tmp_path: Path, end: str, is_said: bool
) -> None:
    path = tmp_path / "day.csv"
    row = "2,billing,,2010-08-01T07:00:05Z,,2010-08-01T07:00:25Z,,abandoned,"
    path.write_text(f"{HEADER},who,\n{ROWS[0]},Agent 17\n{row}{end}")
    file = RecordsFile(InputFile(path), "s", KEY, parse_mapping('[columns]\nagent = "who"'))
    assert len(list(file.read(NOW, silent()))) == 2
    said = "1 row without a line end, line 3: if the file was cut off there, its agent (who) is read shortened"
    assert file.notes() == ((said,) if is_said else ())


def test_a_last_cell_that_is_not_read_cannot_be_shortened(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text(f"{HEADER},remark\n{ROWS[0]},will call ba")
    file = RecordsFile(InputFile(path), "records:day", KEY)
    assert (len(list(file.read(NOW, silent()))), file.notes()) == (1, ())


def test_a_header_alone_is_said_for_an_export_that_failed_looks_so(tmp_path: Path) -> None:
    for rows, said in (
        ((), ("0 rows below the header",)),
        (("",), ("0 rows below the header",)),
        (ROWS[:1], ()),
    ):
        file = _file(tmp_path / "day.csv", *rows)
        list(file.read(NOW, silent()))
        assert file.notes() == said


def test_offers_of_one_call_to_several_agents_are_asked_about(tmp_path: Path) -> None:
    header = "contact_id,queue,arrived_at,left_at,answered_at,outcome,agent"
    begin = "77,billing,2010-08-01T07:00:00Z"
    file = _file(
        tmp_path / "offers.csv",
        f"{begin},2010-08-01T07:00:20Z,,abandoned,ann",
        f"{begin},,2010-08-01T07:00:45Z,answered,cat",
        f"{begin},,2010-08-01T07:00:45Z,answered,cat",
        "78,billing,2010-08-01T07:00:00Z,,2010-08-01T07:00:45Z,answered,cat",
        header=header,
    )
    assert len(list(file.read(NOW, silent()))) == 4
    assert file.notes() == (
        (
            "1 row with queue, arrival, caller and contact of one before, but other words, first line 3: offers of one call to"
            " several agents? Each is counted as a call"
        ),
        "leg ids made from queue, arrival and caller; line 4 says the same as one before it",
    )


def test_a_caller_whom_a_spreadsheet_has_cut_is_nobody(tmp_path: Path) -> None:
    row = "2.7115E+10,2010-08-01T07:00:05Z,2010-08-01T07:00:25Z,abandoned"
    file = _file(
        tmp_path / "cut.csv",
        f"1,billing,{row}",
        f"2,billing,{row}".replace("2.7115E+10", "27115550001"),
        header="leg_id,queue,caller,arrived_at,left_at,outcome",
    )
    callers = [leg.caller for leg in file.read(NOW, silent()) if isinstance(leg, FinishedLeg)]
    assert [bool(caller) for caller in callers] == [False, True]
    assert file.notes() == (
        "1 row whose caller or contact a spreadsheet has shortened: they name nobody",
    )


def test_rows_that_are_not_inbound_are_said_to_count_nowhere(tmp_path: Path) -> None:
    row = "billing,2010-08-01T07:00:05Z,2010-08-01T07:00:25Z,abandoned"
    file = _file(
        tmp_path / "ways.csv",
        f"1,{row},Incoming",
        f"2,{row},Outgoing",
        header="leg_id,queue,arrived_at,left_at,outcome,direction",
    )
    legs = [leg for leg in file.read(NOW, silent()) if isinstance(leg, FinishedLeg)]
    assert [leg.direction for leg in legs] == ["inbound", "outbound"]
    assert file.notes() == ("1 row outbound or internal: they count nowhere",)


def test_names_with_line_breaks_and_repeated_headers_with_them(tmp_path: Path) -> None:
    names = 'leg_id,queue,"arrived\nat","left  at",outcome'
    row = "billing,2010-08-01T07:00:05Z,2010-08-01T07:00:25Z,abandoned"
    mapping = parse_mapping('[columns]\narrived_at = "Arrived At"\nleft_at = "Left At"')
    file = _file(
        tmp_path / "broken.csv", f"1,{row}", names, f"2,{row}", header=names, mapping=mapping
    )
    assert [item.position for item in file.read(NOW, silent()) if isinstance(item, Refused)] == []
    assert file.notes() == ("1 line left out that are no calls (titles, totals, repeated headers)",)


@pytest.mark.parametrize(("second", "is_said"), [("00", True), ("07", False)])
def test_waits_of_times_without_seconds_are_said_to_be_no_figures(
    tmp_path: Path, second: str, is_said: bool
) -> None:
    rows = [
        f"{n},billing,2010-08-01T07:0{n}:00Z,2010-08-01T07:0{n}:{second if n == 4 else '00'}Z,abandoned"
        for n in range(5)
    ]
    file = _file(tmp_path / "minutes.csv", *rows, header="leg_id,queue,arrived_at,left_at,outcome")
    list(file.read(NOW, silent()))
    said = "5 waits of times without seconds: whole minutes, each up to a minute wrong; export with seconds, or name wait_ms"
    assert file.notes() == ((said,) if is_said else ())


def test_times_without_seconds_beside_waits_are_no_matter(tmp_path: Path) -> None:
    mapping = parse_mapping('durations = "s"')
    rows = [f"{n},billing,2010-08-01T07:0{n}:00Z,7,abandoned" for n in range(5)]
    header = "leg_id,queue,arrived_at,wait_ms,outcome"
    file = _file(tmp_path / "waits.csv", *rows, header=header, mapping=mapping)
    list(file.read(NOW, silent()))
    assert file.notes() == ()


def test_rows_below_a_header_of_another_order_are_not_read_by_the_first(tmp_path: Path) -> None:
    """Joined exports of two months: read by the first header, waits were conversations."""
    header, moved = (
        "leg_id,queue,arrived_at,outcome,wait_ms,talk_ms",
        "leg_id,queue,arrived_at,outcome,talk_ms,wait_ms",
    )
    row = "billing,2010-08-01T07:00:05Z,answered,10,60"
    file = _file(
        tmp_path / "joined.csv", f"1,{row}", moved, f"2,{row}", header, f"3,{row}",
        header=header, mapping=parse_mapping('durations = "s"'),
    )  # fmt: skip
    items = list(file.read(NOW, silent()))
    assert [item.leg_id for item in items if isinstance(item, FinishedLeg)] == ["1", "3"]
    assert [item.detail for item in items if isinstance(item, Refused)] == [
        "below line 3, a header with other columns or another order: send these rows as a file of their own"
    ]
    assert file.no_calls == 2


def test_a_header_that_the_mapping_skips_is_looked_at_too(tmp_path: Path) -> None:
    row = "billing,2010-08-01T07:00:05Z,answered"
    header, moved = (
        "leg_id,queue,arrived_at,outcome,wait_ms,talk_ms",
        "leg_id,queue,arrived_at,outcome,talk_ms,wait_ms",
    )
    mapping = parse_mapping('durations = "s"\n[skip]\nqueue = ["queue", "fax"]')
    file = _file(
        tmp_path / "joined.csv", f"1,{row},10,60", header, f"2,{row},10,60", moved, f"3,{row},60,10",
        header=header, mapping=mapping,
    )  # fmt: skip
    items = list(file.read(NOW, silent()))
    assert [item.leg_id for item in items if isinstance(item, FinishedLeg)] == ["1", "2"]
    assert len(items) == 3
    assert file.left_out == 2
