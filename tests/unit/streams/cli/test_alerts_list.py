"""One list of all that goes on: of queues and of the pipeline; what of it is not known is said."""

import pytest
from click.testing import CliRunner, Result

from schemas.commands import Acknowledged, AlertCommand
from streams.admin import alerts, pipeline_alerts
from streams.admin.pipeline_alerts import NotListedError
from streams.cli.alerts import command
from streams.sinks.alertmanager.pipeline_listed import Listed
from tests.support.alerts import NOON, alert

DOWN = {"alertname": "PipelineDown", "job": "archive", "severity": "page", "owner": "queuewatch"}
ID = f"PipelineDown/job=archive/{NOON}"
AWAY = "Alertmanager does not answer at http://127.0.0.1:9093"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--kafka", "nobody:1"])


def going(monkeypatch: pytest.MonkeyPatch, *listed: Listed, said: tuple[AlertCommand, ...] = ()) -> None:  # fmt: skip
    monkeypatch.setattr(alerts, "read", lambda *_: alerts.known([alert()], said))
    monkeypatch.setattr(pipeline_alerts, "going_on", lambda _: list(listed))


def down(*, is_inhibited: bool = False, is_silenced: bool = False) -> Listed:
    return Listed(ID, DOWN, {"summary": "archive is down"}, NOON, is_inhibited, is_silenced)


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_: str) -> list[Listed]:
        raise NotListedError(AWAY)

    monkeypatch.setattr(pipeline_alerts, "going_on", asked)


def test_when_nothing_goes_on_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    going(monkeypatch)
    monkeypatch.setattr(alerts, "read", lambda *_: alerts.known([], []))
    assert run("list").output == "no alert goes on\n"
    assert run("list", "--format", "json").output.strip() == "[]"


def test_what_is_wrong_with_the_pipeline_comes_first_and_has_no_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going(monkeypatch, down())
    done = run("list", "--format", "csv")
    _, first, second = done.stdout.splitlines()
    assert first.startswith(f"{ID},PipelineDown,")
    assert ",archive is down,,,,,," in first
    assert second.startswith("oldest_wait/billing/1")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("listed", "quiet"),
    [
        (down(is_inhibited=True), "another alert says it"),
        (down(is_silenced=True), "silenced in Alertmanager"),
    ],
)
def test_why_nobody_is_told_of_it_is_said(
    monkeypatch: pytest.MonkeyPatch, listed: Listed, quiet: str
) -> None:
    going(monkeypatch, listed)
    assert quiet in run("list").stdout
    going(monkeypatch, listed, said=(Acknowledged(who="ann", at=NOON, alert_id=ID),))
    assert "ann has it for" in run("list").stdout


def test_where_nobody_lists_them_the_list_says_that_they_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going(monkeypatch)
    away(monkeypatch)
    done = run("list")
    assert (done.exit_code, "oldest_wait/billing/1" in done.stdout) == (0, True)
    assert done.stderr == (
        f"queuewatch: alerts of the pipeline are not in this list: {AWAY} (another place: --alertmanager URL)\n"
    )
    monkeypatch.setattr(alerts, "read", lambda *_: alerts.known([], []))
    assert run("list").stdout == "no alert of a queue goes on\n"


def test_an_alert_of_the_pipeline_is_shown_whole_and_with_notes_when_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    had = Acknowledged(who="ann", at=NOON, alert_id=ID)
    going(monkeypatch, down(), said=(had,))
    shown = run("show", ID).stdout
    assert "runbook     docs/runbooks/PipelineDown.md" in shown
    assert "ann acknowledged" in shown
    going(monkeypatch, said=(had,))
    over = run("show", ID)
    assert over.stderr == f"queuewatch: {ID}: over, or not known at http://127.0.0.1:9093\n"
    assert "ann acknowledged" in over.stdout
