"""What a person types: an alert is acknowledged, muted, noted; what is wrong is one line."""

import pytest
from click.testing import CliRunner, Result

from schemas.commands import (
    Acknowledged,
    AlertCommand,
    MarkedFalse,
    Muted,
    Noted,
    Released,
    Unmuted,
)
from schemas.millis import iso
from schemas.targets import TargetsVersion
from streams.admin import alerts, pipeline_alerts, targets
from streams.cli.alerts import command
from tests.support.alerts import NOON, alert
from tests.support.legs import targets_of


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--kafka", "nobody:1"])


def test_i_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[AlertCommand] = []
    _answer(monkeypatch, written)
    done = run("ack", "oldest_wait/billing", "--as", "ann", "--note", "on my way")
    assert done.output.startswith("ann has oldest_wait/billing/1: Billing: oldest wait")
    (had,) = written
    assert isinstance(had, Acknowledged)
    assert (had.who, had.note) == ("ann", "on my way")
    assert "ann has it for" in run("list").output
    assert "(before: ann, at " in run("ack", "oldest_wait/billing", "--as", "bo").output
    assert run("unack", "oldest_wait/billing").output.startswith("nobody has oldest_wait/billing/1")
    assert isinstance(written[-1], Released)
    again = run("unack", "oldest_wait/billing")
    assert (again.exit_code, again.output) == (1, "queuewatch: nobody has oldest_wait/billing/1\n")


@pytest.mark.parametrize("who", ["\x1b[31mann", "ann\nbo", " "])
def test_a_name_is_one_line_that_can_be_printed(monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    written: list[AlertCommand] = []
    _answer(monkeypatch, written)
    assert run("ack", "oldest_wait/billing", "--as", who).exit_code == 2
    assert written == []


def test_a_note_that_no_reader_takes_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[AlertCommand] = []
    _answer(monkeypatch, written)
    for arguments in (
        ("ack", "oldest_wait/billing", "--note"),
        ("note", "oldest_wait/billing"),
        ("mute", "--all", "--until", "1h", "--because"),
    ):
        done = run(*arguments, "x" * 201)
        assert (done.exit_code, "at most 200 characters" in done.output) == (2, True)
    assert written == []


def test_what_is_over_or_unknown_cannot_be_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, [])
    over = run("ack", "oldest_wait/repairs")
    assert (over.exit_code, over.output) == (
        1, "queuewatch: alert oldest_wait/repairs/1 is over: resolved\n",
    )  # fmt: skip
    assert run("ack", "nothing").exit_code == 1


def test_a_note_is_kept_with_what_is_over_too(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[AlertCommand] = []
    _answer(monkeypatch, written)
    assert run("note", "oldest_wait/repairs", "no power").exit_code == 0
    (noted,) = written
    assert isinstance(noted, Noted)
    assert "no power" in run("show", "oldest_wait/repairs").output
    assert run("note", "oldest_wait/repairs", "  ").exit_code == 2


def test_what_should_not_have_fired_is_marked_false(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[AlertCommand] = []
    _answer(monkeypatch, written)
    done = run("false", "oldest_wait/repairs", "--as", "ann", "--note", "a test call")
    assert done.output.startswith("oldest_wait/repairs/1 is marked false: ")
    (said,) = written
    assert isinstance(said, MarkedFalse)
    assert (said.who, said.note) == ("ann", "a test call")
    assert "ann marked false: a test call" in run("show", "oldest_wait/repairs").output
    assert run("false", "oldest_wait/repairs").exit_code == 2
    assert run("false", "oldest_wait/repairs", "--note", " ").exit_code == 2
    assert run("false", "nothing", "--note", "x").exit_code == 1
    never = alert("inactive", fired_at=None)
    monkeypatch.setattr(alerts, "read", lambda *_: alerts.known([never], []))
    unfired = run("false", "oldest_wait/billing", "--note", "x")
    assert (unfired.exit_code, len(written)) == (1, 1)
    assert "has not fired" in unfired.output


def test_a_mute_has_an_end_and_says_of_what(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[AlertCommand] = []
    _answer(monkeypatch, written)
    why = ("--because", "maintenance")
    for wrong in (
        ("--until", "2h", *why),
        ("--queue", "billing", "--all", "--until", "2h", *why),
        ("--rule", "oldest", "--until", "2h", *why),
        ("--queue", "billing", "--until", "2020-01-01", *why),
        ("--queue", "billing", "--until", "soon", *why),
        ("--queue", "billing", "--until", "2h"),
        ("--queue", "billing", "--until", "2h", "--because", " "),
    ):
        assert run("mute", *wrong).exit_code == 2, wrong
    unknown = run("mute", "--queue", "biling", "--until", "2h", *why)
    assert (unknown.exit_code, written) == (1, [])
    assert 'no queue "biling"' in unknown.output
    done = run("mute", "--queue", "billing", "--until", "2h", *why, "--as", "ann")
    (muted,) = written
    assert isinstance(muted, Muted)
    assert done.output.startswith(f"mute {muted.mute_id}: all rules of queue billing, until ")
    listed = run("list").output
    assert "muted:" in listed
    assert "muted by ann" in listed
    assert run("unmute", "other").exit_code == 1
    assert run("unmute", muted.mute_id).output == f"mute {muted.mute_id} has ended\n"
    assert isinstance(written[-1], Unmuted)


def test_the_end_of_a_mute_is_on_the_clock_of_its_queue_or_of_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the times of `history` are: an evening must not be muted two hours too long."""
    written: list[AlertCommand] = []
    _answer(monkeypatch, written)
    there = TargetsVersion(1, 0, 0, "Africa/Johannesburg")
    monkeypatch.setattr(targets, "read_versions", lambda *_: [there])
    done = run("mute", "--all", "--until", "2090-03-02T22:00", "--because", "maintenance")
    (muted,) = written
    assert isinstance(muted, Muted)
    assert iso(muted.until) == "2090-03-02T20:00:00Z"
    assert done.stderr == "times without an offset are in Africa/Johannesburg, the default zone\n"
    said = run("mute", "--all", "--until", "2090-03-02T22:00Z", "--because", "maintenance")
    assert said.stderr == ""
    assert iso(written[-1].until) == "2090-03-02T22:00:00Z"  # type: ignore[union-attr]
    of_queue = targets_of(["billing"], "Asia/Jakarta", version=2)
    monkeypatch.setattr(targets, "read_versions", lambda *_: [there, of_queue])
    said = run("mute", "--queue", "billing", "--until", "2090-03-02T22:00", "--because", "x")
    assert said.stderr == "times without an offset are in Asia/Jakarta, the zone of billing\n"
    assert iso(written[-1].until) == "2090-03-02T15:00:00Z"  # type: ignore[union-attr]


def _answer(monkeypatch: pytest.MonkeyPatch, written: list[AlertCommand]) -> None:
    """Each question is answered from what was written."""
    over = alert("resolved", alert_id="oldest_wait/repairs/1", queue="repairs", onset_at=NOON)
    monkeypatch.setattr(alerts, "read", lambda *_: alerts.known([alert(), over], written))
    monkeypatch.setattr(alerts, "say", lambda *given: written.append(given[-1]))
    monkeypatch.setattr(targets, "read_versions", lambda *_: [])
    monkeypatch.setattr(pipeline_alerts, "going_on", lambda _: [])
