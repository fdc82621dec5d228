"""`mapping init` as its user sees it."""

from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from producers.input_file import InputFile
from producers.progress import silent
from producers.records.mapping import parse_mapping, read_mapping
from producers.records.reading import RecordsFile
from schemas.calls import FinishedLeg
from schemas.millis import iso
from streams.cli.mapping import command
from streams.cli.send import command as send
from tests.support.field_records import FIELD, KEY, NOW

EXPORT = (
    "Beginn;Warteschlange;Angenommen;Verlassen;Ergebnis\r\n"
    "31.03.2026 09:00:00;Störung;31.03.2026 09:00:05;;angenommen\r\n"
    "31.03.2026 09:01:00;Störung;;31.03.2026 09:01:40;Anrufer weg\r\n"
)


def _init(*arguments: Path | str) -> Result:
    return CliRunner().invoke(command, ["init", *map(str, arguments)])


def test_a_guess_is_written_and_what_is_left_to_decide_is_said(tmp_path: Path) -> None:
    file, mapping = tmp_path / "x.csv", tmp_path / "m.toml"
    file.write_text(EXPORT, encoding="cp1252", newline="")
    done = _init(file, mapping, "--time-zone", "Europe/Berlin")
    assert (done.exit_code, done.stderr) == (0, "")
    assert '"Anrufer weg" (1)' in done.stdout
    assert "leg_id: none" in done.stdout
    assert f"send records {file} --mapping {mapping} --dry-run" in done.stdout
    dry = CliRunner().invoke(
        send,
        [
            "records",
            str(file),
            "--mapping",
            str(mapping),
            "--dry-run",
            "--data",
            str(tmp_path / "d"),
        ],
    )
    assert f"{file}: nothing sent; 1 leg, 1 row refused\n" in dry.stdout
    assert "from 2026-03-31T09:00:00+02:00" in dry.stdout
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("text", "what", "words"),
    [
        ("id,time,callid,queuename,agent,event,data1\n", "Asterisk's table queue_log",
         " --time-zone Europe/Berlin"),
        (" time | callid | queuename | agent | event | data1\n----+---\n",
         "Asterisk's table queue_log", " --time-zone Europe/Berlin"),
        ("1741688250|7.1|q|NONE|ENTERQUEUE||555|1\n", "a queue_log of Asterisk", ""),
    ],
)  # fmt: skip
def test_what_asterisk_wrote_needs_no_mapping(
    tmp_path: Path, text: str, what: str, words: str
) -> None:
    (file := tmp_path / "x.csv").write_text(text)
    done = _init(file, tmp_path / "m.toml", "--time-zone", "Europe/Berlin")
    assert done.exit_code == 1
    assert f"{file}: {what}, which needs no mapping; type: " in done.stderr
    assert done.stderr.endswith(f"send queue-log {file}{words} --dry-run\n")
    assert not (tmp_path / "m.toml").exists()


def test_call_records_with_pipes_are_not_taken_for_a_queue_log(tmp_path: Path) -> None:
    (file := tmp_path / "x.csv").write_text(
        "start|id|queue|agent|status\n1741688250|7.1|q|ann|answered\n"
    )
    assert _init(file, tmp_path / "m.toml").exit_code == 0


def test_an_existing_mapping_stays(tmp_path: Path) -> None:
    file, mapping = tmp_path / "x.csv", tmp_path / "m.toml"
    file.write_text(EXPORT)
    mapping.write_text("mine")
    assert _init(file, mapping).exit_code == 1
    assert mapping.read_text() == "mine"
    assert _init(file, mapping, "--force").exit_code == 0


def test_wrong_input_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    done = _init(file, tmp_path / "m.toml")
    assert (done.exit_code, done.stderr) == (1, f"queuewatch: {file}: No such file or directory\n")
    file.write_bytes(b"\x7fELF\x02\x01\x00")
    done = _init(file, tmp_path / "m.toml")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "m.toml").exists()
    file.write_text(EXPORT)
    done = _init(file, tmp_path / "m.toml", "--time-zone", "Mars")
    assert (done.exit_code, "IANA" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "time", ["Mar 12, 2025 9:00:10 AM", "2025-03-12T13:00:10Z", "1741784410", "the 12th at nine"]
)
def test_the_time_zone_reaches_the_mapping_whatever_the_format(tmp_path: Path, time: str) -> None:
    file, mapping = tmp_path / "x.csv", tmp_path / "m.toml"
    file.write_text(f'queue,start,status\nTF,"{time}",answered\n')
    assert _init(file, mapping, "--time-zone", "America/New_York").exit_code == 0
    assert parse_mapping(mapping.read_text()).time_zone == "America/New_York"


def test_months_by_name_are_read_in_the_zone_that_was_given(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    _init(FIELD / "r21-month-name-dates.csv", mapping, "--time-zone", "America/New_York")
    file = RecordsFile(
        InputFile(FIELD / "r21-month-name-dates.csv"), "s", KEY, read_mapping(mapping)
    )
    arrivals = [
        iso(leg.arrived_at) for leg in file.read(NOW, silent()) if isinstance(leg, FinishedLeg)
    ]
    assert arrivals == ["2025-03-12T13:00:10Z", "2025-03-14T16:05:00Z"]


def test_titles_above_the_header_and_totals_below_do_not_mislead_the_guess(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    done = _init(FIELD / "r07b-title-above-header.csv", mapping)
    assert "outcomes" not in done.stdout
    read = read_mapping(mapping)
    assert (read.delimiter, read.columns["arrived_at"], read.columns["outcome"]) == (
        ";", "Start", "Result",
    )  # fmt: skip
    assert read.outcomes == {}  # Answered and Abandoned are our own words, the totals no words


VENDORS = FIELD.parent / "vendor_records"


def test_an_export_of_a_known_platform_takes_the_mapping_that_ships(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    done = _init(VENDORS / "3cx.csv", mapping, "--time-zone", "Asia/Muscat")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"{mapping}: made from the mapping 3cx, which ships; read it" in done.stdout
    assert 'time_zone: "Asia/Muscat" is assumed' in done.stdout
    assert read_mapping(mapping).time_zone == "Asia/Muscat"


def test_what_is_no_call_records_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    (file := tmp_path / "x.csv").write_text("Interval,Offered,Answered\n09:00,9,8\n09:30,7,7\n")
    done = _init(file, tmp_path / "m.toml")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"{file}: a report of intervals" in done.stderr
    assert not (tmp_path / "m.toml").exists()


def test_send_without_a_mapping_says_which_one_ships(tmp_path: Path) -> None:
    for name, zone in (("3cx", " --time-zone ZONE"), ("aircall", "")):
        file = VENDORS / f"{name}.csv"
        done = CliRunner().invoke(
            send, ["records", str(file), "--dry-run", "--data", str(tmp_path / "d")]
        )
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == (
            f"queuewatch: {file}: the mapping {name}, which ships, knows these columns; type: queuewatch mapping init"
            f" {file} my-mapping.toml{zone}, then the same again with --mapping my-mapping.toml\n"
        )


def test_ids_that_a_spreadsheet_cut_are_not_read_and_each_row_is_a_leg(tmp_path: Path) -> None:
    rows = "".join(
        f"1.74177E+09,Excel,2025-03-12 09:0{n}:00,2025-03-12 09:0{n}:10,answered\n"
        for n in range(3)
    )
    (file := tmp_path / "x.csv").write_text(f"leg_id,queue,arrived_at,answered_at,outcome\n{rows}")
    done = _init(file, tmp_path / "m.toml")
    assert "leg_id: not leg_id, which repeats in 2 rows: cut by a spreadsheet?" in done.stdout
    mapping = read_mapping(tmp_path / "m.toml")
    legs = [
        leg
        for leg in RecordsFile(InputFile(file), "s", KEY, mapping).read(NOW, silent())
        if isinstance(leg, FinishedLeg)
    ]
    assert (len({leg.leg_id for leg in legs}), {leg.contact_id for leg in legs}) == (3, {""})


def test_a_workbook_and_json_lines_are_guessed_and_then_sent(tmp_path: Path) -> None:
    names = ("Queue Name", "Start Time", "Result", "Wait Time")
    cells = ("q", datetime(2026, 3, 31, 9), "handled", timedelta(seconds=12))  # noqa: DTZ001 - as in a sheet
    book = openpyxl.Workbook()
    book.active.append(names)
    book.active.append(cells)
    book.save(tmp_path / "day.xlsx")
    book.close()
    (tmp_path / "day.jsonl").write_text(
        '{"queue": {"name": "q"}, "start": "2026-03-31T09:00:00", "result": "handled", "waittime": "0:00:12"}'
    )
    for name in ("day.xlsx", "day.jsonl"):
        mapping = tmp_path / f"{name}.toml"
        done = _init(tmp_path / name, mapping, "--time-zone", "Europe/Berlin")
        assert (done.exit_code, done.stderr) == (0, "")
        file = RecordsFile(InputFile(tmp_path / name), "s", KEY, read_mapping(mapping))
        (leg,) = file.read(NOW, silent())
        assert isinstance(leg, FinishedLeg)
        assert (leg.queue, leg.wait_ms, iso(leg.arrived_at)) == (
            "q",
            12_000,
            "2026-03-31T07:00:00Z",
        )


def _day(file: Path, opens: int) -> Path:
    """Ten calls an hour for nine hours."""
    times = (f"2026-03-31 {opens + n // 10:02}:{n % 10:02}" for n in range(90))
    rows = (f"{time}:00,Bills,,{time}:30,abandoned\n" for time in times)
    file.write_text("Arrived,Queue,Answered,Left,Result\n" + "".join(rows))
    return file


def test_calls_that_lie_in_the_night_are_asked_about_here_and_by_a_dry_run(tmp_path: Path) -> None:
    night, day = _day(tmp_path / "night.csv", 0), _day(tmp_path / "day.csv", 8)
    mapping = tmp_path / "m.toml"
    for file, asked in ((night, True), (day, False)):
        made = _init(file, mapping, "--time-zone", "Asia/Singapore", "--force")
        assert (made.exit_code, made.stderr) == (0, "")
        arguments = ["--mapping", str(mapping), "--dry-run", "--data", str(tmp_path / "d")]
        dry = CliRunner().invoke(send, ["records", str(file), *arguments])
        assert dry.exit_code == 0, dry.output
        remark = "these calls lie at 00:00-09:00 local (Asia/Singapore); is the zone right?"
        assert [remark in done.stdout for done in (made, dry)] == [asked, asked]


def test_rows_that_would_be_refused_are_said_at_once(tmp_path: Path) -> None:
    file, mapping = tmp_path / "x.csv", tmp_path / "m.toml"
    more = "31.11.2025 09:00:00;Nord;;31.11.2025 09:00:40;aufgelegt\n"
    good = "30.11.2025 09:00:00;Nord;30.11.2025 09:00:05;;angenommen\n"
    file.write_text(EXPORT.replace("\r", "") + more + good + "Gesamt;4;;;\n", encoding="utf-8")
    done = _init(file, mapping)
    assert (
        'time_format: %d.%m.%Y %H:%M:%S reads 3 of 4 times that were looked at, not "31.11'
        in done.stdout
    )
    assert (
        '1 of 4 rows would be refused, the first at line 4: arrived_at (Beginn): "31.11.2025 09:00:00" is no time'
        in done.stdout
    )
    file.write_text(EXPORT, encoding="utf-8")
    assert (
        "would be refused" not in _init(file, mapping, "--force").stdout
    )  # an unknown word is said


@pytest.mark.parametrize(
    ("word", "said"), [("up", "3 of 3 rows would be refused"), ("In", ""), ("outgoing", "")]
)
def test_what_init_says_of_refused_rows_is_what_a_dry_run_says(
    tmp_path: Path, word: str, said: str
) -> None:
    """A column of our own name is read without being named: init had said nothing of its words."""
    file, mapping = tmp_path / "x.csv", tmp_path / "m.toml"
    rows = [
        f"{n},{word},Nord,2025-03-02 09:0{n}:05,2025-03-02 09:0{n}:15,answered" for n in range(3)
    ]
    file.write_text("\n".join(("leg_id,direction,queue,arrived_at,answered_at,outcome", *rows, "")))
    made = _init(file, mapping)
    words = ["records", str(file), "--mapping", str(mapping), "--dry-run"]
    dry = CliRunner().invoke(send, [*words, "--data", str(tmp_path)], prog_name="queuewatch send")
    assert (said in made.stdout, "would be refused" in made.stdout) == (True, bool(said))
    assert (dry.exit_code, "3 rows refused" in dry.stdout) == (int(bool(said)), bool(said))


def test_a_file_without_a_header_is_said_to_be_one(tmp_path: Path) -> None:
    file, mapping = tmp_path / "x.csv", tmp_path / "m.toml"
    rows = [f"2026-03-02 09:0{n}:05,billing,2026-03-02 09:0{n}:15,answered" for n in range(3)]
    file.write_text("\n".join(rows))
    done = _init(file, mapping)
    assert "no header: columns are numbers; the file lists them" in done.stdout
    assert "queue: column 2, the only one whose words repeat; is it?" in done.stdout
    assert read_mapping(mapping).columns == {"arrived_at": 1, "outcome": 4, "queue": 2}
    named = mapping.read_text().replace("[columns]", "[columns]\nanswered_at = 3")
    mapping.write_text(named)
    read = RecordsFile(InputFile(file), "node", KEY, read_mapping(mapping))
    assert len([leg for leg in read.read(NOW, silent()) if isinstance(leg, FinishedLeg)]) == 3
