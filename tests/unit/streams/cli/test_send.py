"""What a person sees who gives `send` something wrong: one line, and the right exit code."""

import gzip
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.send import command
from streams.history.known_legs import Comparison
from streams.processes import asking, sending
from tests.support.publishing import KeptPublisher

HEADER = "leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome\n"
ROW = "1,billing,2010-08-01T07:00:05Z,,2010-08-01T07:00:25Z,,abandoned\n"
NOWHERE = ("--kafka", "127.0.0.1:1")


def _send(tmp_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--data", str(tmp_path / "data")])


def _problem(result: Result, exit_code: int = 1) -> str:
    assert result.exit_code == exit_code, result.output
    assert result.stdout == ""
    line = result.stderr.removesuffix("\n")
    assert "\n" not in line
    return line.removeprefix("queuewatch: ")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01\x02\x03", "line 1 is not utf-8 text: a binary file, or another encoding? (--encoding names it)"),
        (b"name,street\nada,1\n", ("the header lacks queue, arrived_at, outcome;"
                                  " it has: name, street (other names: --mapping;"
                                  " `queuewatch mapping init` begins one)")),
        (gzip.compress(HEADER.encode())[:-3],
         "damaged gzip: Compressed file ended before the end-of-stream marker was reached"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_line(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    assert _problem(_send(tmp_path, "records", str(path), *NOWHERE)) == f"{path}: {problem}"


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    for kind in ("records", "queue-log"):
        problem = _problem(_send(tmp_path, kind, str(path), *NOWHERE))
        assert problem == f"{path}: No such file or directory"


def test_a_wrong_mapping_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    mapping = tmp_path / "ours.toml"
    mapping.write_text("[column]\n")
    result = _send(
        tmp_path, "records", str(tmp_path / "day.csv"), "--mapping", str(mapping), *NOWHERE
    )
    assert _problem(result) == (
        f"{mapping}: column: unknown key; known: delimiter, encoding, sheet, time_format, time_zone,"
        " durations, time_formats, none, columns, otherwise, constants, outcomes, skip, recognised_by"
    )


def test_a_csv_is_no_queue_log(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    problem = _problem(_send(tmp_path, "queue-log", str(tmp_path / "day.csv"), *NOWHERE))
    assert problem == (
        f"{tmp_path / 'day.csv'}: no queue_log; expected lines such as epoch|callid|queue|agent|VERB|…"
    )


def test_kafka_away_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    problem = _problem(_send(tmp_path, "records", str(tmp_path / "day.csv"), *NOWHERE))
    assert problem == "Kafka at 127.0.0.1:1 does not answer; is it running? (--kafka)"


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    (tmp_path / "file").write_text("no folder")
    data = tmp_path / "file" / "data"
    arguments = ["records", str(tmp_path / "day.csv"), "--data", str(data), *NOWHERE]
    assert _problem(CliRunner().invoke(command, arguments)) == (
        f"cannot write {data / 'caller.key'}: Not a directory; choose another folder with --data"
    )


def test_a_replay_of_history_is_wrong_use(tmp_path: Path) -> None:
    result = _send(tmp_path, "records", "day.csv", "--replay", "--feed", "history")
    assert result.exit_code == 2
    assert "--replay is live: leave out --feed history" in result.stderr


@pytest.mark.parametrize("option", ["--dry-run", "--feed=live", "--follow"])
def test_a_source_with_too_long_a_name_is_wrong_use(tmp_path: Path, option: str) -> None:
    arguments = ("queue-log", "queue_log", "--source", "x" * 101, option, *NOWHERE)
    result = _send(tmp_path, *arguments)
    assert result.exit_code == 2
    assert "--source: at most 100 characters" in result.stderr


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--follow", "--feed", "history"), "--follow is live: leave out --feed history"),
        (("--follow", "--replay"), "--follow shows what happens now: leave out --replay"),
        (("--follow", "--dry-run"), "--dry-run is for a finished file: leave out --follow"),
        (("--position", "p.json"), "--position is for --follow"),
    ],
)
def test_a_follower_of_something_else_is_wrong_use(
    tmp_path: Path, options: tuple[str, ...], problem: str
) -> None:
    result = _send(tmp_path, "queue-log", "queue_log", *options)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_following_what_is_no_log_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    result = _send(tmp_path, "queue-log", str(tmp_path / "day.csv"), "--follow", *NOWHERE)
    assert _problem(result).startswith(f"{tmp_path / 'day.csv'}: no queue_log; expected lines")


def test_following_with_a_wrong_address_is_one_line(tmp_path: Path) -> None:
    result = _send(
        tmp_path, "queue-log", str(tmp_path / "none"), "--follow", "--kafka", "127.0.0.1:many"
    )
    assert _problem(result) == (
        "Kafka at 127.0.0.1:many does not answer; expected HOST:PORT (--kafka)"
    )


def test_the_summary_says_what_became_of_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "Publisher", _kept)
    (tmp_path / "day.csv").write_text(
        HEADER + ROW + "2,billing,2010-08-01T07:00:05,,,,open\n3,billing,never,,,,open\n"
    )
    result = _send(tmp_path, "records", str(tmp_path / "day.csv"))
    summary, delivery = result.stdout.splitlines()
    assert (result.exit_code, summary) == (
        1,
        (
            "2 legs sent, 1 of them still open at its end, 1 row in quarantine (first: line 4:"
            ' arrived_at: "never" is no time such as 2010-08-01T06:57:47Z'
            " (other formats: time_format in a mapping)), times without an offset were read as UTC"
        ),
    )
    assert re.fullmatch(r"delivery \d{8}-\d{6}-[0-9a-f]{4}", delivery)
    assert result.stderr.startswith(
        "queuewatch: what history knows of these calls could not be asked: no archive answers at"
    )
    assert _send(tmp_path, "records", str(tmp_path / "day.csv"), "--accept").exit_code == 0
    result = _send(tmp_path, "records", str(tmp_path / "day.csv"), "--feed", "live")
    assert result.stdout.startswith(
        "2 legs sent (3 events, 68 ticks), 1 of them still open at its end, 1 row in"
    )


def test_sending_while_a_known_archive_is_away_ends_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent unasked may take back what history knows: exit code 0 would hide that from a program."""
    monkeypatch.setattr(sending, "Publisher", _kept)
    monkeypatch.setattr(asking, "_RESTARTED_WITHIN_MS", 0)
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    never = _send(tmp_path, "records", str(tmp_path / "day.csv"), "--query-port", "1")
    (tmp_path / "data" / "archive.token").write_text("a token of an archive that ran here")
    words = ("records", str(tmp_path / "day.csv"), "--query-port", "1")
    away, accepted = _send(tmp_path, *words), _send(tmp_path, *words, "--accept")
    assert [done.exit_code for done in (never, away, accepted)] == [0, 1, 0]
    delivery = away.stdout.split("delivery ")[1].strip()
    assert f"`queuewatch deliveries withdraw {delivery}` once the archive answers" in away.stderr


def test_what_is_sent_behind_an_archive_that_lags_is_said_to_be_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """History does not know yet what is on its way: a file that leaves a column out would take it back, with exit code 0."""
    lags = "archive lags: legs-3 by 7 records"
    monkeypatch.setattr(sending, "Publisher", _kept)
    monkeypatch.setattr(asking.AskArchive, "wait", lambda *_: True)
    monkeypatch.setattr(asking, "compare", lambda _, legs: [Comparison("new") for _ in legs])
    monkeypatch.setattr(sending, "wait_until_landed", lambda *_: lags)
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    words = ("records", str(tmp_path / "day.csv"))
    assert _send(tmp_path, *words).exit_code == 0  # no archive has run here
    (tmp_path / "data" / "archive.token").write_text("a token of an archive that ran here")
    behind, accepted = _send(tmp_path, *words), _send(tmp_path, *words, "--accept")
    assert [done.exit_code for done in (behind, accepted)] == [1, 0]
    delivery = behind.stdout.split("delivery ")[1].strip()
    assert f"history does not know yet all that was sent before: {lags}." in behind.stderr
    assert f"`queuewatch deliveries withdraw {delivery}` after `queuewatch drain`" in behind.stderr
    monkeypatch.setattr(sending, "wait_until_landed", lambda *_: "")
    assert _send(tmp_path, *words).exit_code == 0


def test_a_dry_run_says_that_an_archive_that_was_here_was_not_asked(tmp_path: Path) -> None:
    """`1 leg, 0 rows refused` alone reads like a file without a collision."""
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    (tmp_path / "key").write_text("a secret of the callers, long enough for one")
    words = (
        "records", str(tmp_path / "day.csv"), "--dry-run", "--query-port", "1",
        "--caller-key-file", str(tmp_path / "key"),
    )  # fmt: skip
    never = _send(tmp_path, *words)
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "archive.token").write_text("a token of an archive that ran here")
    away = _send(tmp_path, *words)
    assert [done.stdout.splitlines()[0] for done in (never, away)] == [
        f"{tmp_path / 'day.csv'}: nothing sent; 1 leg, 0 rows refused"
    ] * 2
    said = "could not be asked: no archive answers at 127.0.0.1:1"
    assert [said in done.stderr for done in (never, away)] == [False, True]


def test_a_broken_off_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(KeptPublisher):
        def send_call(self, event: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(sending, "Publisher", lambda *_: Interrupted())
    (tmp_path / "day.csv").write_text(HEADER + ROW)
    assert _problem(_send(tmp_path, "records", str(tmp_path / "day.csv"))) == (
        "stopped before the end; send again, what arrived is not counted twice"
    )


def test_a_replay_may_begin_at_a_time_of_day_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "Publisher", _kept)
    # It ends at the minute that is now: what lies ahead would be waited for.
    (tmp_path / "day.csv").write_text(HEADER + ROW.replace("07:00:25Z", "07:01:00Z"))
    arguments = ("records", str(tmp_path / "day.csv"), "--replay", "--time-zone", "Europe/Berlin")
    late = _send(tmp_path, *arguments, "--at", "09:02")
    assert late.exit_code == 1
    assert "--at 09:02: nothing of the file would be left to play" in late.stderr
    early = _send(tmp_path, *arguments, "--at", "09:01")
    said = "replay: 2010-08-01T09:01:00+02:00 of the file (Europe/Berlin) is now; its times are moved by"
    assert early.exit_code == 0
    assert said in early.stdout
    assert early.stderr.startswith(said)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--at", "09:00"), "--at says where a replay begins: add --replay, or leave out --at"),
        (("--at", "9 am", "--replay"), 'Invalid value for \'--at\': "9 am" is no time of day such as 09:00'),
        (("--time-zone", "Berlin"), "Invalid value for '--time-zone': \"Berlin\" is no IANA name such as Europe/Berlin"),
    ],
)  # fmt: skip
def test_wrong_use_of_a_time_of_day_is_one_line(
    tmp_path: Path, options: tuple[str, ...], problem: str
) -> None:
    result = _send(tmp_path, "records", "day.csv", *options)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"Error: {problem}"


@pytest.mark.parametrize(
    ("written", "options", "note"),
    [
        ("utf-8", (), ""),
        ("utf-8", ("--encoding", "utf-8"), ""),
        ("cp1252", (), ", read as cp1252"),
        ("utf-16", (), ", read as utf-16"),
        ("cp1252", ("--encoding", "cp1252"), ""),
        ("utf-16-le", ("--encoding", "utf-16-le"), ""),
    ],
)
def test_an_encoding_found_by_trial_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    options: tuple[str, ...],
    note: str,
) -> None:
    kept = KeptPublisher()
    monkeypatch.setattr(sending, "Publisher", lambda *_: kept)
    (tmp_path / "day.csv").write_bytes((HEADER + ROW.replace("billing", "Küche")).encode(written))
    result = _send(tmp_path, "records", str(tmp_path / "day.csv"), *options)
    assert result.stdout.splitlines()[0] == f"1 leg sent, 0 rows in quarantine{note}"
    assert [event.queue for event in kept.calls] == ["Küche"]


def test_an_encoding_goes_before_that_of_the_mapping(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(HEADER + ROW, encoding="utf-16-be")
    (tmp_path / "m.toml").write_text('encoding = "utf-16-le"')
    arguments = ("records", str(tmp_path / "day.csv"), "--mapping", str(tmp_path / "m.toml"))
    assert _send(tmp_path, *arguments, "--dry-run").exit_code == 1
    assert _send(tmp_path, *arguments, "--dry-run", "--encoding", "utf-16-be").exit_code == 0


def test_a_queue_log_is_read_in_a_named_encoding(tmp_path: Path) -> None:
    line = "1675555001|7.1|Küche|NONE|ENTERQUEUE||5550001|1\n"
    (tmp_path / "queue_log").write_text(line, encoding="cp1252")
    arguments = ("queue-log", str(tmp_path / "queue_log"), "--dry-run")
    assert "Küche" not in _send(tmp_path, *arguments).stdout
    assert "Küche" in _send(tmp_path, *arguments, "--encoding", "cp1252").stdout


@pytest.mark.parametrize(
    ("platform", "options", "problem"),
    [
        ("records", ("--encoding", "latin-99"),
         "Invalid value for '--encoding': unknown encoding \"latin-99\" (for example utf-8 or cp1252)"),
        ("queue-log", ("--encoding", "cp1252", "--follow"),
         "--encoding is for a finished file: leave out --follow"),
    ],
)  # fmt: skip
def test_wrong_use_of_an_encoding_is_one_line(
    tmp_path: Path, platform: str, options: tuple[str, ...], problem: str
) -> None:
    result = _send(tmp_path, platform, "day.csv", *options)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"Error: {problem}"


def test_a_time_of_day_of_a_queue_log_is_of_the_zone_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "Publisher", _kept)
    (tmp_path / "queue_log").write_text(
        "1675555001|7.1|q|NONE|ENTERQUEUE||5550001|1\n1675555020|7.1|q|NONE|ABANDON|1|1|19\n"
    )
    arguments = ("queue-log", str(tmp_path / "queue_log"), "--replay", "--at", "00:57")
    result = _send(tmp_path, *arguments, "--time-zone", "Europe/Berlin")
    assert result.exit_code == 0
    assert "replay: 2023-02-05T00:57:00+01:00 of the file (Europe/Berlin) is now" in result.stdout


def test_help_of_every_command_has_an_example() -> None:
    for name in (None, "records", "queue-log", "simulate"):
        result = CliRunner().invoke(command, [*([name] if name else []), "--help"])
        assert result.exit_code == 0
        assert "Example" in result.stdout


def _kept(*_: object) -> KeptPublisher:
    return KeptPublisher()
