"""`queuewatch lines`: a line has an end, a department that there is, and is taken away by its name."""

import json

import pytest
from click.testing import CliRunner, Result

from schemas.commands import AlertCommand, LineShown, LineTaken
from schemas.targets import TargetsVersion
from streams.admin import alerts, targets
from streams.cli.lines import command
from tests.support import floors


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--kafka", "nobody:1"])


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[AlertCommand]:
    said: list[AlertCommand] = []
    there = TargetsVersion(1, 0, 0, "UTC", (floors.targets(department="water"),))
    monkeypatch.setattr(alerts, "read", lambda *_: alerts.known([], said))
    monkeypatch.setattr(alerts, "say", lambda _, __, each: said.append(each))
    monkeypatch.setattr(targets, "read_versions", lambda *_: [there])
    return said


def test_a_line_is_set_listed_and_cleared(written: list[AlertCommand]) -> None:
    assert run("list").output == "boards show no line\n"
    done = run("set", " Crews are out ", "--until", "2h", "--department", "water", "--as", "ann")
    (shown,) = written
    assert isinstance(shown, LineShown)
    assert (shown.who, shown.note, shown.department) == ("ann", "Crews are out", "water")
    assert 7_100_000 < shown.until - shown.at < 7_300_000
    assert done.output.startswith(f"line {shown.line_id}: on the boards of water, until ")
    (line,) = json.loads(run("list", "--format", "json").output)
    assert (line["id"], line["text"], line["who"]) == (shown.line_id, "Crews are out", "ann")
    assert (
        run("clear", shown.line_id, "--as", "bo").output == f"line {shown.line_id} is taken away\n"
    )
    taken = written[-1]
    assert isinstance(taken, LineTaken)
    assert (taken.who, taken.at > shown.at) == ("bo", True)
    assert run("list").output == "boards show no line\n"


def test_what_cannot_be_shown_is_refused_and_nothing_is_written(
    written: list[AlertCommand],
) -> None:
    for wrong in (
        ("Crews are out",),
        (" ", "--until", "2h"),
        ("two\nlines", "--until", "2h"),
        ("x" * 201, "--until", "2h"),
        ("x", "--until", "soon"),
        ("x", "--until", "2020-01-01T08:00:00Z"),
    ):
        assert run("set", *wrong).exit_code == 2, wrong
    unknown = run("set", "x", "--until", "2h", "--department", "watr")
    assert (unknown.exit_code, 'no department "watr" (there are: water)' in unknown.output) == (
        1,
        True,
    )
    assert run("clear", "nothing").exit_code == 1
    assert written == []


def test_without_a_department_it_is_for_all(written: list[AlertCommand]) -> None:
    assert "all departments" in run("set", "x", "--until", "2h").output
    assert "all" in run("list").output
