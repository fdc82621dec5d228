"""The words of `queuewatch publications`."""

import pytest
from click.testing import CliRunner

from streams.admin import publications
from streams.cli.publications import command
from tests.support.published import REPORT, publication

AWAY = ("--kafka", "127.0.0.1:1")
ONE = publication(REPORT)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    known = [ONE]
    monkeypatch.setattr(publications, "read", lambda *_: known)
    return known  # type: ignore[return-value]


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


def test_one_that_was_changed_is_told_and_not_shown(ledger: list[object]) -> None:
    ledger.append(publication(REPORT, publication_id="month-2026-10-2", digest="0" * 64))
    checked = CliRunner().invoke(command, ["check", *AWAY])
    assert checked.exit_code == 1
    assert "1 of 2 publications are not what was published" in checked.stderr
    shown = CliRunner().invoke(command, ["show", "month-2026-10-2", *AWAY])
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "has digest" in shown.stderr


@pytest.mark.usefixtures("ledger")
def test_the_list_has_a_line_for_each() -> None:
    result = CliRunner().invoke(command, ["list", *AWAY])
    assert result.exit_code == 0
    assert ONE.digest in result.stdout
    assert CliRunner().invoke(command, ["check", *AWAY]).exit_code == 0
