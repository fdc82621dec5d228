"""Whatever a file of any shape holds, each row of it is a leg or is refused, and nothing else happens.

Also of several files together, of what an earlier file left behind, and of a mapping that was guessed.
"""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import FinishedFile, LeftBehind, Platform
from producers.handing_over import WallClock
from producers.input_file import InputFile, InputFileError
from producers.joined_files import JoinedFiles
from producers.loose_ends import go_on_with_loose_ends, write_loose_ends
from producers.progress import silent
from producers.records.call_records import RECORDS
from producers.records.mapping import parse_mapping, read_mapping
from producers.records.reading import RecordsFile
from producers.sending import send_history, surveyed
from schemas.calls import FinishedLeg
from schemas.codec import decode_as, decode_call, encode
from schemas.millis import DAY, from_iso
from schemas.privacy import CALLER_PATTERN, key_from_secret
from schemas.quarantine import Quarantined
from schemas.targets_book import TargetsBook
from schemas.toml_reading import ConfigurationError
from streams.cli.mapping import command as mapping_command
from streams.core.history_leg import history_leg_row
from streams.core.unit import Cause
from tests.support import hostile, hostile_files
from tests.support.publishing import KeptPublisher
from tests.support.sources import ROOT

KEY = key_from_secret(b"a secret of the tests")
NOW = from_iso("2026-12-01T00:00:00Z")
CLOCK = WallClock(lambda: NOW, lambda _: None)
LARGEST_ROW = 32 * 1024
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
# A good log, and one that goes on after it.
LOG = """\
1761435001|7.1|sales|NONE|ENTERQUEUE||0315550001|1
1761435002|7.1|sales|SIP/1|RINGNOANSWER|1000
1761435009|7.1|sales|SIP/1|CONNECT|8|7.2|3
1761435010|7.9|sales|NONE|ENTERQUEUE||0315550002|1
1761435019|7.1|sales|SIP/1|COMPLETEAGENT|8|10|1
1761435024|7.9|sales|NONE|ABANDON|1|1|14
"""
MAPPING = (ROOT / "deploy/mappings/example.toml").read_text()
# A file is written over by each example: that is wanted.
of_files = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def sent(file: FinishedFile) -> KeptPublisher:
    """Everything that would be sent of a file is taken by the stream and by quarantine; a survey counts the same."""
    publisher = KeptPublisher()
    counts = send_history(file, publisher, CLOCK, io.StringIO()).counts
    assert counts.refused + counts.colliding == len(publisher.refused)
    for leg in publisher.calls:
        assert decode_call(encode(leg)) == leg
        assert isinstance(leg, FinishedLeg)
        row = history_leg_row(leg, Cause(1, NOW), TargetsBook())
        assert row is not None
        assert leg.arrived_at <= NOW
        is_in_order = leg.left_at is None or leg.arrived_at <= leg.left_at <= NOW
        assert is_in_order or row.flags, "a log whose clock went back"
    for record in publisher.refused:
        assert len(encode(record)) < LARGEST_ROW
        assert decode_as(Quarantined, encode(record)) == record
        assert record.detail
    assert all("\n" not in note for note in file.notes())
    assert surveyed(file, NOW, io.StringIO())[1] == counts
    return publisher


T = TypeVar("T")


def made(file: Callable[[], T], path: Path) -> T | None:
    """None if that is refused, in one line that names the file."""
    told = ""
    try:
        return file()
    except InputFileError as error:
        told = str(error)
    assert str(path) in told
    assert "\n" not in told
    return None


def opened(platform: Platform, path: Path, **given: Any) -> FinishedFile | None:
    return made(lambda: platform.open(path, "node", KEY, {"mapping_file": None, **given}), path)


@pytest.mark.parametrize(
    "shape", [hostile_files.delimited, hostile_files.json_lines, hostile_files.workbooks]
)
@of_files
@given(data=st.data())
def test_call_records_of_any_shape_are_read_or_refused_in_any_zone_and_encoding(
    shape: Any, tmp_path: Path, data: st.DataObject
) -> None:
    path = hostile.written(tmp_path / "calls", data.draw(shape()))
    encodings = st.sampled_from(["", "", "utf-8", "utf-16", "cp1252", "latin-1", "shift_jis"])
    zone = data.draw(st.sampled_from(["", *ZONES]))
    file = opened(RECORDS, path, encoding=data.draw(encodings), time_zone=zone or None)
    if file is not None:
        sent(file)


@of_files
@given(hostile_files.asterisk_tables(), st.sampled_from(ZONES))
def test_any_table_of_asterisk_is_read_or_refused(tmp_path: Path, data: bytes, zone: str) -> None:
    path = hostile.written(tmp_path / "table", data)
    file = opened(QUEUE_LOG, path, time_zone=zone)
    if file is not None:
        sent(file)


@of_files
@given(hostile.tomls(MAPPING), hostile_files.delimited() | hostile_files.workbooks())
def test_any_mapping_reads_any_file_or_says_in_one_line_why_not(
    tmp_path: Path, mapping: str, data: bytes
) -> None:
    try:
        read = parse_mapping(mapping)
    except ConfigurationError:
        return
    path = hostile.written(tmp_path / "calls", data)
    file = made(lambda: RecordsFile(InputFile(path, read.encoding), "node", KEY, read), path)
    if file is not None:
        sent(file)


@of_files
@given(hostile_files.delimited() | hostile_files.json_lines() | hostile_files.workbooks())
def test_a_mapping_guessed_from_any_file_can_be_read_and_used(tmp_path: Path, data: bytes) -> None:
    path = hostile.written(tmp_path / "calls", data)
    mapping = tmp_path / "mapping.toml"
    words = ["init", str(path), str(mapping), "--force", "--time-zone", "Europe/Berlin"]
    done = CliRunner().invoke(mapping_command, words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    if done.exit_code:
        assert len(done.stderr.splitlines()) == 1
        return
    read_mapping(mapping)
    file = opened(RECORDS, path, mapping_file=mapping)
    if file is not None:
        sent(file)


SPOILT = (
    "31.11.2025;09:00:00;sales;;31.11.2025 09:00:10;10;aufgelegt",
    "30.11.2025;09:xx:00;sales;;30.11.2025 09:00:10;10;aufgelegt",
    "30.11.2025;25:00:00;sales;;30.11.2025 09:00:10;10;aufgelegt",
    "Gesamt;;12;;;Ø 10;",
    ";;;;;;",
    "Stand: 30.11.2025;;;;;;",
    "Datum;Beginn;Queue;Caller;Verlassen;Wartezeit;Ergebnis",
)


@of_files
@given(st.data(), st.booleans())
def test_spoilt_rows_are_refused_or_left_out_and_hide_nothing_of_the_others(
    tmp_path: Path, data: st.DataObject, has_header: bool
) -> None:
    """As many as the good ones less one, anywhere: the mapping reads every good row."""
    good = [
        f"{day:02}.11.2025;09:00:{day:02};sales;031555000{day % 10};{day:02}.11.2025 09:01:00;{60 - day};aufgelegt"
        for day in range(1, data.draw(st.integers(3, 12)))
    ]
    spoilt = data.draw(st.lists(st.sampled_from(SPOILT), max_size=len(good) - 1))
    first, rest = good[0], data.draw(st.permutations([*good[1:], *spoilt]))
    header = "Datum;Beginn;Queue;Caller;Verlassen;Wartezeit;Ergebnis"
    if not has_header:  # one cell holds date and clock: without names nobody joins two
        rest = [row.replace("Datum;Beginn", ";Beginn") for row in rest]
        first, *rest = (row.replace(";", " ", 1) for row in (first, *rest))
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(([header] if has_header else []) + [first, *rest]))
    mapping = tmp_path / "mapping.toml"
    done = CliRunner().invoke(mapping_command, ["init", str(path), str(mapping), "--force"])
    assert done.exit_code == 0, done.stderr
    file = opened(RECORDS, path, mapping_file=mapping)
    assert file is not None
    calls = sent(file).calls
    assert len(calls) == len(good), mapping.read_text()


def joined_or_refused(files: list[FinishedFile]) -> JoinedFiles | None:
    """None, with one line, for files that nothing puts in an order."""
    try:
        return JoinedFiles(files)
    except InputFileError as error:
        problem = str(error)
    assert "\n" not in problem
    return None


@of_files
@given(st.data(), st.booleans())
def test_any_files_together_are_read_or_refused(
    tmp_path: Path, data: st.DataObject, is_log: bool
) -> None:
    logs = hostile.tables(LOG, "|") | hostile_files.asterisk_tables()
    shapes = logs if is_log else hostile_files.delimited() | hostile_files.json_lines()
    files = []
    for number in range(data.draw(st.integers(2, 4))):
        path = hostile.written(tmp_path / f"piece-{number}", data.draw(shapes))
        file = opened(QUEUE_LOG if is_log else RECORDS, path)
        if file is not None:
            files.append(file)
    if files:
        names = {file.file.name for file in files}
        joined = joined_or_refused(files)
        if joined is not None:
            assert {record.origin for record in sent(joined).refused} <= names


@of_files
@given(hostile.tables(LOG, "|"), hostile.tables(LOG, "|"))
def test_whatever_one_log_leaves_behind_the_next_one_goes_on_with(
    tmp_path: Path, first: bytes, second: bytes
) -> None:
    kept = tmp_path / "kept.json"
    kept.unlink(missing_ok=True)
    for name, data in (("first", first), ("second", second), ("first", first)):
        file = opened(QUEUE_LOG, hostile.written(tmp_path / name, data))
        if file is None:
            continue
        go_on_with_loose_ends(file, kept)
        sent(file)
        write_loose_ends(kept, "node", file.left_by_each())


@of_files
@given(data=st.data())
def test_a_spoilt_file_of_loose_ends_is_refused_in_one_line_or_can_be_used(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = hostile.written(tmp_path / "queue_log", LOG.encode())
    other = hostile.written(tmp_path / "before", LOG.splitlines()[0].encode())
    kept = tmp_path / "kept.json"
    kept.unlink(missing_ok=True)
    before = opened(QUEUE_LOG, other)
    assert before is not None
    list(before.read(NOW, silent()))
    left = before.left_behind()
    assert left is not None
    write_loose_ends(kept, "node", [LeftBehind(left.ends_at - DAY, _spoilt_memory(data, left))])
    hostile.written(kept, data.draw(hostile.spoilt(st.just(kept.read_bytes()))))
    file = opened(QUEUE_LOG, path)
    assert file is not None

    def going_on() -> FinishedFile:
        go_on_with_loose_ends(file, kept)
        return file

    if made(going_on, kept) is not None:
        for item in file.read(NOW, silent()):
            leg = getattr(item, "whole", item)
            assert is_token(getattr(leg, "caller", "")), "no number leaves in clear"


def is_token(caller: str) -> bool:
    return re.fullmatch(CALLER_PATTERN, caller) is not None


def _spoilt_memory(data: st.DataObject, left: LeftBehind) -> msgspec.Raw:
    """The memory with one value changed: of another release, or edited."""
    told = json.loads(bytes(left.memory))
    name = data.draw(st.sampled_from(sorted(told)))
    told[name] = data.draw(st.sampled_from([told[name], None, 1, "x", [], {}, [{}], {"a": {}}]))
    return msgspec.Raw(json.dumps(told).encode())
