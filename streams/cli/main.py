"""The command `queuewatch`; it loads only the module of the command that runs, so that it starts fast."""

import errno
import os
import sys
from contextlib import suppress
from importlib import import_module

import click

from streams.cli.variables import slips
from streams.plumbing.unused_memory import one_heap

_COMMANDS = {
    "up": "everything on this machine",
    "stream": "count, judge and alert",
    "archive": "write the archive",
    "notify": "post alerts to Alertmanager",
    "deliver": "hand alerts to people: SMS, e-mail, Teams, ntfy and others",
    "board": "serve the wallboard",
    "access": "who may see the board: tokens, walls, sessions",
    "send": "calls from files and simulators",
    "drain": "wait until everything sent is counted and archived",
    "history": "figures of the past",
    "report": "a paper of a month, week or day: PDF, HTML, mail, CSV, JSON, XLSX",
    "reconcile": "live day counters against the archive",
    "doctor": "what is wrong here, and what to do: the first thing to run",
    "status": "age and lag of every process, books of every queue",
    "alerts": "list, acknowledge, mute, note, judge, rehearse",
    "reports": "make the reports of [[reports]] at their times; list, run",
    "bulletin": "figures for the public, of a day or a month",
    "publications": "reports as they were published: publish, list, show, check",
    "notes": "incidents, holidays, promised actions beside the figures: add, list, withdraw, done",
    "lines": "lines on boards: set, list, clear",
    "deliveries": "what was sent: list, show, withdraw",
    "quarantine": "what was set aside: list, show, replay, drop",
    "audit": "who changed what, was refused, or took figures out",
    "callers": "forget one, change the key of their tokens",
    "topics": "create or check the topics",
    "tables": "migrate or check the tables",
    "queues": "check, publish or begin queues.toml",
    "metrics": "metrics of your own: list, check, try a formula",
    "profiles": "how many calls are usual: make, show, publish",
    "mapping": "begin the mapping of somebody else's call records",
    "dashboards": "render, check or publish Grafana boards",
}


class LazyGroup(click.Group):
    """Loads `streams.cli.<name>` only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(f"streams.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="queuewatch")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Watch the queues of contact centres while calls are still waiting.

    \b
    Example:
      queuewatch up          everything on this machine, with a simulated municipality
    """
    if ctx.invoked_subcommand == "doctor":  # it tells this among all that is wrong
        return
    for slip in slips(os.environ):
        line = f"{slip.text}: {slip.question}"
        if slip.is_secret:
            raise click.UsageError(
                f"{line} It may be a secret that protects nothing now: correct or unset it."
            )
        click.echo(f"queuewatch: {line}", err=True)


def main() -> None:
    """Exit codes: 0 done, 1 failed (one line on stderr), 2 wrong use."""
    one_heap()
    try:
        try:
            cli(standalone_mode=True, auto_envvar_prefix=None)
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EPIPE}:
            raise
        with suppress(OSError):
            sys.stdout.close()  # else it would be tried once more at the end, with a traceback
        if error.errno == errno.ENOSPC:
            where = f"{error.filename}: " if error.filename else ""
            sys.stderr.write(f"queuewatch: {where}no space is left on the device\n")
        sys.exit(1)
