"""Every command that changes something leaves an audit record, however it ends; reading leaves none."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from msgspec.json import decode

from schemas.audit import ACTIONS, AuditRecord
from streams.admin import audit_unsent
from streams.admin.audit_unsent import FILE_NAME
from streams.cli import options
from streams.cli.audited import audited, say_of, user_name, with_kafka
from streams.cli.main import cli
from streams.cli.options import Failure

# A new command stands here if it changes nothing that people see or is counted; else it has `@audited(…)`.
# What `send` carries stands in topic `deliveries`; processes write what they do into their own topics.
NOT_AUDITED = frozenset(
    """
    up; stream; archive; notify; deliver; board; doctor; send records; send queue-log; send simulate; drain
    history callbacks; history corrections; history intervals; history not-evaluated; history snapshots; history sql; history summary; reconcile; status
    history compare; history consistency; history dispositions; history error-budget; history losses; history month
    history patience; history people; history promises; history queue-length; history transfers; history unserved; history waits; history weekly
    report month; report week; report day; reports; reports list
    alerts list; alerts quality; alerts rehearse; alerts routes; alerts show; alerts test; lines list
    access check; access list; audit list; audit check; deliveries list; deliveries show; quarantine list; quarantine show; topics check
    tables check; tables migrate; queues check; queues init; queues merge; profiles make; profiles show; mapping init
    history metrics; history weekly-by-month; metrics check; metrics list; metrics try
    bulletin; history weekly; notes list; publications list; publications show; publications check; history restated
    dashboards check; dashboards publish; dashboards render
    """.replace("\n", ";")
    .replace("  ", "")
    .strip("; ")
    .split(";")
)
# Written by the board, not by a command.
OF_THE_BOARD = {
    "log_in", "log_out", "log_out_everywhere", "open_page",
    "wall_link", "wall_enrol", "wall_revoke",
}  # fmt: skip


def _commands(command: click.Command, words: tuple[str, ...]) -> dict[str, click.Command]:
    if not isinstance(command, click.Group):
        return {" ".join(words): command}
    found: dict[str, click.Command] = (
        {" ".join(words): command} if command.invoke_without_command else {}
    )
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        found |= _commands(inner, (*words, name))
    return found


def _action(command: click.Command) -> str | None:
    marked = getattr(command.callback, "audited", None)
    return None if marked is None else marked.action


ACTION_OF = {words: _action(command) for words, command in _commands(cli, ()).items()}


def test_every_command_is_audited_or_known_to_change_nothing() -> None:
    without = {words for words, action in ACTION_OF.items() if action is None}
    assert without == {words.strip() for words in NOT_AUDITED if words.strip()}


def test_every_action_has_somebody_who_does_it() -> None:
    assert {action for action in ACTION_OF.values() if action} | OF_THE_BOARD == set(ACTIONS)


def test_what_names_the_object_is_a_parameter() -> None:
    for words, command in _commands(cli, ()).items():
        marked = getattr(command.callback, "audited", None)
        if marked is None:
            continue
        names = {parameter.name for parameter in command.params}
        wanted = {*marked.of, *filter(None, (marked.only_if, marked.unless))}
        assert wanted <= names, words


def _ran(work: Any, folder: Path, *arguments: str) -> Any:
    return CliRunner().invoke(work, ["--data", str(folder), "--kafka", "127.0.0.1:1", *arguments])


@click.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True)
@click.option("--how", default="")
@click.option("--as", "who", default=None)
@options.data_of_up
@options.kafka
@options.namespace
@audited("alert_ack", "name", unless="dry_run")
def _change(name: str, how: str, **_: Any) -> None:
    if how == "failure":
        raise Failure("Kafka is away")
    if how == "exit":
        raise SystemExit(3)
    if how == "usage":
        raise click.UsageError("wrong")
    if how == "bug":
        raise ZeroDivisionError("bug")
    if how == "token":
        say_of(object_="a token", detail="instead of a number")
    print(f"changed {name}")


def test_what_was_done_is_recorded_with_who_and_where(
    tmp_path: Path, told: list[AuditRecord]
) -> None:
    done = _ran(_change, tmp_path, "one")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "changed one\n", "")
    (record,) = told
    assert (record.who, record.role) == (user_name(), "command line")
    assert (record.action, record.object, record.outcome) == ("alert_ack", "one", "done")
    assert record.from_address


@pytest.mark.parametrize(
    ("how", "code", "detail"),
    [
        ("failure", 1, "Kafka is away"),
        ("exit", 3, "exit code 3"),
        ("bug", 1, "ZeroDivisionError('bug')"),
    ],
)
def test_what_failed_is_recorded_with_why(
    how: str, code: int, detail: str, tmp_path: Path, told: list[AuditRecord]
) -> None:
    assert _ran(_change, tmp_path, "one", "--how", how).exit_code == code
    assert [(record.outcome, record.detail) for record in told] == [("failed", detail)]


@pytest.mark.parametrize("arguments", [("--dry-run",), ("--how", "usage")])
def test_what_changes_nothing_is_not_recorded(
    arguments: tuple[str, ...], tmp_path: Path, told: list[AuditRecord]
) -> None:
    _ran(_change, tmp_path, "one", *arguments)
    assert told == []


def test_a_typed_name_never_stands_for_the_user(tmp_path: Path, told: list[AuditRecord]) -> None:
    _ran(_change, tmp_path, "one", "--as", "the mayor")
    assert [(record.who, record.detail) for record in told] == [(user_name(), "as the mayor")]


def test_a_command_may_say_its_object_itself(tmp_path: Path, told: list[AuditRecord]) -> None:
    _ran(_change, tmp_path, "5550007", "--how", "token")
    (record,) = told
    assert (record.object, record.detail) == ("a token", "instead of a number")


def test_a_command_without_kafka_need_not_know_of_it(
    tmp_path: Path, told: list[AuditRecord]
) -> None:
    @click.command()
    @options.data
    @with_kafka
    @audited("archive_purge")
    def purge(data: Path) -> None:
        print(data)

    assert _ran(purge, tmp_path).exit_code == 0
    assert [record.action for record in told] == ["archive_purge"]


def test_a_record_that_no_kafka_takes_waits_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(*_: object) -> str:
        return "Kafka is away"

    monkeypatch.setattr(audit_unsent, "write_audit", write)
    done = _ran(_change, tmp_path, "one")
    kept = tmp_path / FILE_NAME
    assert (done.exit_code, done.stdout) == (0, "changed one\n")
    assert str(kept) in done.stderr
    assert decode(kept.read_bytes(), type=AuditRecord).object == "one"
    assert kept.stat().st_mode & 0o077 == 0
