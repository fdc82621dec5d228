"""`mapping init` as its user sees it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.mapping import command
from streams.cli.send import command as send

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
    assert f"{file}: nothing sent; 1 legs, 1 rows refused\n" in dry.stdout
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
