"""The words of `queuewatch publications`."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from schemas.publications import KeptFile, PublicationRecord, packed_file
from streams.admin import publications
from streams.cli.publications import command
from tests.support.published import REPORT, publication

AWAY = ("--kafka", "127.0.0.1:1")
ONE = publication(REPORT)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> list[PublicationRecord]:
    known: list[PublicationRecord] = [ONE]
    monkeypatch.setattr(publications, "read", lambda *_, **__: publications.Register.of(known))
    return known


@pytest.mark.usefixtures("ledger")
def test_a_published_report_is_made_again_to_the_byte() -> None:
    shown = [
        CliRunner().invoke(command, ["show", ONE.publication_id, "--format", "csv", *AWAY])
        for _ in "ab"
    ]
    assert [each.exit_code for each in shown] == [0, 0]
    assert shown[0].stdout == shown[1].stdout == (
        "queue,called,share,against,worst\nwater,120,0.8,met,2026-10-05\nstaff,0,,,\n"
    )  # fmt: skip


def test_one_that_was_changed_is_told_and_not_shown(ledger: list[PublicationRecord]) -> None:
    ledger.append(publication(REPORT, publication_id="month-2026-10-2", digest="0" * 64))
    checked = CliRunner().invoke(command, ["check", *AWAY])
    assert checked.exit_code == 1
    assert "1 of 2 publications is not what was published" in checked.stderr
    shown = CliRunner().invoke(command, ["show", "month-2026-10-2", *AWAY])
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "has digest" in shown.stderr


@pytest.mark.usefixtures("ledger")
def test_the_list_has_a_line_for_each() -> None:
    result = CliRunner().invoke(command, ["list", *AWAY])
    assert result.exit_code == 0
    assert ONE.digest in result.stdout
    assert CliRunner().invoke(command, ["check", *AWAY]).exit_code == 0


def test_a_file_is_shown_to_the_byte_whatever_the_program_would_make_now(
    ledger: list[PublicationRecord], tmp_path: Path
) -> None:
    id_ = "week-2026-W40-1"
    bodies = {"zu.pdf": b"%PDF \xff\x00", "zu.csv": b"\xef\xbb\xbfa,b\r\n", "en.csv": b"a,b\r\n"}
    files = [packed_file(id_, 1, name, body) for name, body in bodies.items()]
    kept = tuple(KeptFile(each.name, each.size, each.sha256) for each in files)
    ledger += [*files, replace(ONE, publication_id=id_, files=kept)]
    out = tmp_path / "week.pdf"
    shown = CliRunner().invoke(command, ["show", id_, "--format", "pdf", "--out", str(out), *AWAY])
    assert (shown.exit_code, out.read_bytes()) == (0, bodies["zu.pdf"])
    words = ["show", id_, "--format", "csv"]
    assert CliRunner().invoke(command, [*words, *AWAY]).stdout_bytes == bodies["zu.csv"]
    english = CliRunner().invoke(command, [*words, "--language", "en", *AWAY])
    assert english.stdout_bytes == bodies["en.csv"]
    figures = CliRunner().invoke(command, ["show", id_, *AWAY])
    assert "water" in figures.stdout
    missing = CliRunner().invoke(command, ["show", id_, "--format", "xlsx", *AWAY])
    assert (missing.exit_code, "not published as zu.xlsx" in missing.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["October"], "expected 2026-10, 2026-W44 or 2026-10-14"),
        (["2026-W40", "--bulletin"], "a bulletin is of a day or a month, not of a week"),
    ],
)
def test_a_wrong_period_is_said_before_the_archive_is_opened(words: list[str], said: str) -> None:
    result = CliRunner().invoke(command, ["publish", *words, *AWAY])
    assert result.exit_code == 1
    assert said in result.stderr
