"""`queuewatch history`: figures of the past, from closed legs; one sub-command for each report."""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.cli import options
from streams.cli.audited import audited, say_of, with_kafka
from streams.cli.history_sql import NotingReader, is_asked
from streams.cli.history_sql import command as sql_command
from streams.cli.options import Failure
from streams.cli.typed_time import say_zone
from streams.history import registry

if TYPE_CHECKING:  # loaded only when a report is run, so that the list of reports is shown at once
    from streams.history.options import Option
    from streams.history.question import Question
    from streams.history.report import Report

_FORMAT = click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
Command = Callable[..., Any]
_FAR_FROM_UTC = "Pacific/Kiritimati"


class Reports(click.Group):
    """A sub-command for each report of `streams.history.registry`, loaded when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [*registry.names(), sql_command.name or ""]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name == sql_command.name:
            return sql_command
        return _command_of(cmd_name) if cmd_name in registry.names() else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        names = registry.names()
        limit = formatter.width - 6 - max(map(len, names))
        lines = [
            (name, click.utils.make_default_short_help(registry.help_line(name), limit))
            for name in names
        ]
        lines.append((sql_command.name or "", sql_command.get_short_help_str(limit)))
        with formatter.section("Commands"):
            formatter.write_dl(lines)


@click.group(name="history", cls=Reports)
def command() -> None:
    """Figures of the past: by arrival unless --basis event, each with its formula, target and n.

    \b
    Example:
      queuewatch history summary --from 2026-11-01 --to 2026-11-08 --by centre
    """


def _command_of(name: str) -> click.Command:
    return report_command("history", name, registry.report(name), registry.help_line(name))


def report_command(group: str, name: str, report: "Report", line: str) -> click.Command:
    """The command `queuewatch GROUP NAME`; `line` is what the list of commands says of it."""
    work: Any = partial(_run, report)
    if report.names_people:
        work = with_kafka(audited("export")(work))
    # The decorator that is applied last is the option that --help shows first.
    for option in reversed(
        (
            options.data,
            options.clickhouse,
            options.query_port,
            _FORMAT,
            *map(_declared, report.options),
        )
    ):
        work = option(work)
    return click.command(name, help=_help(f"{group} {name}", report, line))(work)


def _help(words: str, report: "Report", line: str) -> str:
    examples = "".join(f"  queuewatch {words} {each}\n" for each in report.examples)
    paragraphs = (line, report.notes, f"\b\nExample:\n{examples}")
    return "\n\n".join(filter(None, paragraphs))


def _declared(option: "Option") -> Callable[[Command], Command]:
    """A report's option as one of the command line."""
    if option.kind in ("argument", "month"):
        return click.argument(option.field, metavar=option.metavar, required=option.required)
    if option.kind == "switch":
        return click.option(option.flag, option.field, is_flag=True, help=option.help)
    # click takes a default of None for a default, and would no longer report a missing option.
    default: dict[str, Any] = {"default": option.default} if option.default else {}
    return click.option(
        option.flag,
        option.field,
        type=click.Choice(option.choices) if option.choices else None,
        required=option.required,
        metavar=option.metavar,
        help=option.help,
        show_default=True,
        **default,
    )


def _run(report: "Report", **given: Any) -> None:
    from msgspec import structs

    from streams.history.catalogue import read_catalogue
    from streams.history.render import rendered_report
    from streams.history.report import answer, unchecked
    from streams.plumbing.wall_clock import now_ms

    question = _question(report, given)
    say_of(f"{click.get_current_context().command_path}{_asked(report, given)}")
    _check_times(report, given)
    with archive_of(given["data"], given["query_port"], given["clickhouse_url"]) as reader:
        now = now_ms()
        catalogue = read_catalogue(reader, now)
        asked = question.queue
        zone = catalogue.default_zone if asked is None else catalogue.zone(asked)
        moments = _moments(report, given, zone)
        _check_order(moments)
        if moments != _moments(report, given, _FAR_FROM_UTC):  # some had no offset
            say_zone(zone, asked)
        question = structs.replace(question, **moments, now=now)
        _check_queue(reader, catalogue, question.queue)
        if is_asked(click.get_current_context()):
            noting = NotingReader(reader)
            unchecked(report, noting, catalogue, question)
            click.echo("".join(f"{each};\n\n" for each in noting.asked), nl=False)
            return
        found = answer(report, reader, catalogue, question)
        click.echo(rendered_report(report, found, given["output"]), nl=False)
        _say_late(report, reader, catalogue, question)


def _say_late(report: "Report", reader: Any, catalogue: Any, question: "Question") -> None:
    """On stderr, so that CSV and JSON stay as they are."""
    from streams.history.closed_days import came_too_late
    from streams.history.uncounted import overdue

    is_of_calls = any(each.table == "legs" for each in report.reads)
    if not is_of_calls or question.start >= question.end:
        return
    queues = None if question.queue is None else catalogue.ids_of(question.queue)
    if late := came_too_late(reader, question.start, question.end, queues):
        click.echo(f"{late}", err=True)
    if waits := overdue(reader, question, queues):
        zone = catalogue.default_zone if question.queue is None else catalogue.zone(question.queue)
        click.echo(waits.said(zone), err=True)


def _question(report: "Report", given: Mapping[str, Any]) -> "Question":
    """The question without its moments; the zone of those without an offset is known only to the archive."""
    from streams.history.question import Question, WrongOptionError

    values: dict[str, Any] = {"start": 0, "end": 0}
    for option in report.options:
        value = given[option.field]
        if option.kind in ("moment", "month"):
            continue
        try:
            values[option.field] = option.read(value) if isinstance(value, str) else value
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=option.flag) from None
    question = Question(**values)
    try:
        report.check(question)
    except WrongOptionError as error:
        raise click.BadParameter(str(error), param_hint=error.flag) from None
    return question


def _asked(report: "Report", given: Mapping[str, Any]) -> str:
    """The options as they were typed, for the audit record."""
    typed = ((option.flag, given[option.field]) for option in report.options)
    return (
        "".join(f" {flag} {value}" for flag, value in typed if value)
        + f" --format {given['output']}"
    )


def _check_times(report: "Report", given: Mapping[str, Any]) -> None:
    """Report wrong times as wrong use, before the archive (which knows the zones) is opened."""
    first, second = (_moments(report, given, zone) for zone in ("UTC", _FAR_FROM_UTC))
    # A time with an offset is the same in both zones. The order of the two times is known if both have
    # an offset, or if neither has.
    fixed = {name for name, at in first.items() if second[name] == at}
    if ("start" in fixed) == ("end" in fixed):
        _check_order(first)


def _check_order(moments: Mapping[str, int]) -> None:
    if "start" in moments and moments["start"] >= moments["end"]:
        raise click.BadParameter("must be before --to", param_hint="--from")


def _moments(report: "Report", given: Mapping[str, Any], zone: str) -> dict[str, int]:
    """The moments that were given, by field; `zone` is that of a text without an offset."""
    if any(option.kind == "month" for option in report.options):
        return _month(given["start"], zone) | _moments_typed(report, given, zone)
    return _moments_typed(report, given, zone)


def _month(text: str, zone: str) -> dict[str, int]:
    from streams.history.months import month_of

    try:
        found = month_of(text, zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="MONTH") from None
    return {"start": found.start, "end": found.end}


def _moments_typed(report: "Report", given: Mapping[str, Any], zone: str) -> dict[str, int]:
    return {
        option.field: options.moment(
            given[option.field], zone, option.flag, "2026-11-01T08:00:00+02:00"
        )
        for option in report.options
        if option.kind == "moment" and given[option.field] is not None
    }


def _check_queue(reader: Any, catalogue: Any, queue: str | None) -> None:
    from streams.history.catalogue import is_seen
    from streams.history.question import HistoryError

    if queue is not None and (present := catalogue.former.get(queue)) is not None:
        raise HistoryError(
            f'"{queue}" is a former id of queue {present}, where its calls count: --queue {present}'
        )
    if queue is not None and queue not in catalogue.queues and not is_seen(reader, queue):
        raise HistoryError(
            f'no queue "{queue}": neither configured nor ever called'
            " (`history summary` lists the queues of a range)"
        )


@contextmanager
def archive_of(data: Path, query_port: int, url: str | None) -> Any:
    """A reader of the archive; its errors end the command with one line."""
    from streams.history.question import HistoryError
    from streams.sinks.clickhouse.database import RefusedError, UnavailableError

    reader = archive_reader(data, query_port, url)
    try:
        yield reader
    except (HistoryError, UnavailableError) as error:
        raise Failure(str(error)) from None
    except RefusedError as error:
        raise Failure(f"the archive refuses the question: {error}") from None
    finally:
        reader.close()


def archive_reader(data: Path, query_port: int, url: str | None) -> Any:
    """A reader of the embedded archive on `data`, or of the server of `url`."""
    from streams.cli.tables import address_of
    from streams.sinks.clickhouse.driver import ServerDatabase
    from streams.sinks.clickhouse.query_client import QueryClient

    return QueryClient(data, query_port) if url is None else ServerDatabase(address_of(url))
