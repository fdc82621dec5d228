"""`queuewatch reports`: the process that makes the reports of `[[reports]]`, and what became of them."""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.cli import connections, options
from streams.cli.audited import audited, say_of
from streams.cli.options import Failure, in_one_line
from streams.cli.queues_file import queues_option
from streams.cli.subcommands import is_for_a_subcommand

if TYPE_CHECKING:
    from schemas.periods import Period
    from schemas.report_plans import ReportPlan
    from streams.scheduled.plans_file import PlansFile

_log = logging.getLogger(__name__)
_queues = queues_option("Whose [[reports]] are made; read again when it changes.")


@click.group(name="reports", invoke_without_command=True)
@options.kafka
@options.namespace
@options.data
@options.clickhouse
@options.query_port
@_queues
@options.metrics_port("QUEUEWATCH_REPORTS_METRICS_PORT", 9105)
@connections.door_of_ours
@options.bind()
def command(
    *,
    bootstrap: str,
    namespace: str,
    data: Path,
    clickhouse_url: str | None,
    query_port: int,
    file: Path,
    metrics_port: int,
    bind: str,
) -> None:
    """Make the reports of [[reports]] at their times, each once a period: into a folder, by e-mail.

    What was due while it did not run is made up for. Two of them make nothing twice.

    \b
    Example:
      queuewatch reports --queues queues.toml
    """
    if is_for_a_subcommand(click.get_current_context()):
        return
    from importlib.metadata import version

    from streams.cli.history import archive_reader
    from streams.plumbing.log_lines import handler
    from streams.plumbing.ports import PortTakenError
    from streams.scheduled.process import ReportsOptions, run

    logging.basicConfig(level=logging.INFO, handlers=[handler()])
    plans = _plans(file)
    chosen = ReportsOptions(
        bootstrap=bootstrap,
        namespace=namespace,
        metrics_port=metrics_port,
        bind=bind,
        reader=partial(archive_reader, data, query_port, clickhouse_url),
        door=connections.door(),
    )
    with in_one_line(PortTakenError):
        run(chosen, plans, version("queuewatch"), lambda line: click.echo(line, err=True))


@command.command(name="list")
@options.kafka
@options.namespace
@options.data_of_up
@_queues
@click.option(
    "--format", "output", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
)  # fmt: skip
def list_(bootstrap: str, namespace: str, file: Path, output: Any) -> None:
    """Every period of each report: due, made, sent, failed or missed, and why.

    \b
    Example:
      queuewatch reports list
    """
    from streams.admin.broker import AdminError
    from streams.history.render import rendered
    from streams.plumbing.wall_clock import now_ms
    from streams.scheduled.agenda import COLUMNS, standings
    from streams.scheduled.ledger import Ledger
    from streams.scheduled.record_log import RecordLog

    plans = _plans(file).plans
    with in_one_line(AdminError):
        ledger = Ledger.of(RecordLog(bootstrap, namespace).read())
    now = now_ms()
    lines = [each.line() for plan in plans for each in standings(plan, ledger, now)]
    if not lines and output == "table":
        told = "none was due yet" if plans else f"{file} has no [[reports]]"
        print(told)
        return
    shown = ("report", "period", "state", "due_at", "attempts", "mails", "why")
    click.echo(rendered(lines, COLUMNS, output, shown), nl=False)


@command.command(name="run")
@click.argument("name", metavar="NAME")
@click.option(
    "--period", "text", required=True, metavar="PERIOD",
    help="Such as 2026-10, 2026-W44 or 2026-10-05; it must be over.",
)  # fmt: skip
@click.option(
    "--incomplete",
    is_flag=True,
    help="Also where calls are missing or the books do not balance; the report says so.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Make it, write no file and send nothing; say what would go where.",
)
@options.kafka
@options.namespace
@options.data
@options.clickhouse
@options.query_port
@_queues
@audited("report_run", "name", "text", unless="dry_run")
def run_(  # noqa: PLR0913 - the options of a command
    *,
    name: str,
    text: str,
    incomplete: bool,
    dry_run: bool,
    bootstrap: str,
    namespace: str,
    data: Path,
    clickhouse_url: str | None,
    query_port: int,
    file: Path,
) -> None:
    """Make the report NAME of a period now, or send what of it was not sent. What was made and sent stays as it is.

    \b
    Example:
      queuewatch reports run committee --period 2026-10 --dry-run
    """
    from importlib.metadata import version

    from streams.cli.history import archive_reader
    from streams.plumbing.wall_clock import now_ms
    from streams.scheduled.making import Maker
    from streams.scheduled.process import around

    plans = _plans(file)
    plan = _named(plans, name, file)
    period = _finished(plan, text, now_ms())
    reader = partial(archive_reader, data, query_port, clickhouse_url)
    if dry_run:
        _try(plan, period, Maker(reader, version("queuewatch")), now_ms(), incomplete=incomplete)
        return
    _run(around(bootstrap, namespace, reader, version("queuewatch"), click.echo), plans, plan, period, incomplete=incomplete)  # fmt: skip


def _run(
    around: Any, plans: "PlansFile", plan: "ReportPlan", period: "Period", *, incomplete: bool
) -> None:
    from streams.admin.broker import AdminError
    from streams.scheduled.agenda import standing
    from streams.scheduled.turn import HeldByAnotherError, Turns

    turns = Turns(around)
    try:
        with in_one_line(AdminError):
            turns.by_hand(plan, period, plans.mail, incomplete=incomplete)
    except HeldByAnotherError:
        raise Failure(
            f"another process makes {plan.name} {period.text} now: look again with `queuewatch reports list`"
        ) from None
    found = standing(plan, period, turns.ledger.one(plan.name, period.text))
    say_of(detail=found.state)
    if not found.is_finished:
        raise Failure(f"{plan.name} {period.text}: {found.state}: {found.why}")
    print(f"{plan.name} {period.text}: {found.state}: {', '.join(found.files)}")


def _try(plan: "ReportPlan", period: "Period", make: Any, now: int, *, incomplete: bool) -> None:
    from streams.scheduled.making import NotReadyError

    with in_one_line(NotReadyError):
        files = make(plan, period, now, incomplete=incomplete)
    print(files.title)
    for name, body in files.of.items():
        where = f"{plan.folder}/{name}" if plan.folder else name
        print(f"  {where}: {len(body):,} bytes")
    for address in plan.email:
        print(f"  to {address}")
    if plan.publish and not incomplete:
        print("  published, if the period is not published yet")
    if files.remark:
        print(f"  {files.remark}")
    print("nothing was written or sent")


def _plans(file: Path) -> "PlansFile":
    from streams.admin.queues_file import QueuesFileError
    from streams.scheduled.plans_file import PlansFile

    if not file.exists():
        raise Failure(f"{file}: no such file; --queues FILE names the one with [[reports]]")
    with in_one_line(QueuesFileError):
        return PlansFile(file, _log.warning)


def _named(plans: "PlansFile", name: str, file: Path) -> "ReportPlan":
    for each in plans.plans:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in plans.plans) or "none"
    raise Failure(f'{file} has no report "{name}"; there are: {known}')


def _finished(plan: "ReportPlan", text: str, now: int) -> "Period":
    from streams.history.period import finished
    from streams.history.question import HistoryError

    try:
        return finished(plan.length, text, plan.period_zone, now).of
    except HistoryError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None
