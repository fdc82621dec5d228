"""Wrong questions get one line and the right exit code, without an archive."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.history import _check_queue, command
from streams.history import registry
from streams.history.catalogue import Catalogue
from streams.history.question import HistoryError
from tests.support.builders import targets
from tests.support.fake_archive import FakeArchive

RANGE = ("--from", "2026-05-01", "--to", "2026-05-02")
OF_A_MONTH = ("month", "compare", "error-budget")


def ask(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(arguments))
    return done.exit_code, done.output.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "report",
    [
        *(
            (name, *RANGE)
            for name in registry.names()
            if name not in ("contact", "restated", *OF_A_MONTH)
        ),
        ("restated",),
        ("contact", "c-1"),
        *((name, "2026-10") for name in OF_A_MONTH),
    ],
)
def test_without_an_archive_it_says_what_to_start(report: tuple[str, ...], tmp_path: Path) -> None:
    code, line = ask(*report, "--data", str(tmp_path))
    assert code == 1
    assert line.startswith("queuewatch: no archive answers at 127.0.0.1:8124")
    assert "queuewatch up" in line
    assert str(tmp_path) in line


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("summary", "--from", "yesterday", "--to", "2026-05-02"), 2, 'got "yesterday"'),
        (("summary", "--from", "1026-05-01", "--to", "2026-05-02"), 2, "of this century"),
        (
            ("summary", "--from", "2026-05-03", "--to", "2026-05-02"),
            2,
            "--from: must be before --to",
        ),
        (
            ("summary", "--from", "2026-05-02", "--to", "2026-05-02"),
            2,
            "--from: must be before --to",
        ),
        (("summary", *RANGE, "--as-of", "then"), 2, "--as-of"),
        (("summary", *RANGE, "--by", "team"), 2, "--by"),
        (("intervals", *RANGE, "--every", "7m"), 2, "--every"),
        (("snapshots", *RANGE, "--window", "7m"), 2, "--from-legs takes any"),
        (("snapshots", *RANGE, "--window", "soon"), 2, "--window"),
        (("snapshots", *RANGE, "--every", "90s"), 2, "expected whole minutes"),
        (("summary", "--from", "2026-05-01"), 2, "Missing option '--to'"),
        (("month", "october"), 2, 'MONTH: expected a month such as "2026-10", got "october"'),
        (("month", "2026-10", "--as-of", "then"), 2, "--as-of"),
        (("compare",), 2, "Missing argument 'MONTH'"),
        (("people", *RANGE, "--by", "channel"), 2, "--by: agents are not told by channel"),
        (("transfers", *RANGE, "--by", "channel"), 2, "--by: a contact is not passed on"),
        (("queue-length", *RANGE, "--by", "channel"), 2, "--by: opening hours are not told"),
        (("contact",), 2, "Missing argument 'ID'"),
        (("contact", ""), 2, "ID: it is empty: give the id of a contact, or of one of its legs"),
        (("corrections", *RANGE, "--range-of", "leaving"), 2, "--range-of"),
        (
            ("summary", *RANGE, "--clickhouse", "http://h"),
            2,
            "clickhouse://user@host:9000/database",
        ),
        (("summary", *RANGE, "--clickhouse", "clickhouse://127.0.0.1:1/d"), 1, "does not answer"),
    ],
)
def test_a_wrong_question_is_one_line(
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path
) -> None:
    found_code, line = ask(*arguments, "--data", str(tmp_path))
    assert found_code == code
    assert words in line


def test_every_report_has_an_example() -> None:
    for report in registry.names():
        output = CliRunner().invoke(command, [report, "--help"]).output
        assert f"queuewatch history {report} " in output


def test_who_asks_for_a_former_id_is_told_the_present_one() -> None:
    catalogue = Catalogue("UTC", {"billing": targets(formerly=("bills",))})
    with pytest.raises(
        HistoryError, match=r'^"bills" is a former id of queue billing, .* --queue billing$'
    ):
        _check_queue(FakeArchive(), catalogue, "bills")
    _check_queue(FakeArchive(), catalogue, "billing")
