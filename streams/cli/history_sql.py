"""`queuewatch history sql QUESTION`: the queries that a report asks, to check it or to ask them elsewhere."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from streams.sinks.clickhouse.database import Answer, Reader

_ASKED = "queuewatch.history.sql"  # in the meta data that a command shares with the one it runs


class NotingReader:
    """Keeps each statement, in order."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self.asked: list[str] = []

    def execute(self, sql: str) -> "Answer":
        self.asked.append(sql)
        return self._reader.execute(sql)

    def close(self) -> None:
        self._reader.close()


def is_asked(context: click.Context) -> bool:
    """Whether the queries are wanted in place of the figures."""
    return bool(context.meta.get(_ASKED))


@click.command(name="sql", context_settings={"ignore_unknown_options": True})
@click.argument("question", metavar="QUESTION")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="OPTIONS")
@click.pass_context
def command(context: click.Context, question: str, words: tuple[str, ...]) -> None:
    """Print the queries of a report, with the options that it takes; they are run, for one may depend on another.

    \b
    Example:
      queuewatch history sql summary --from 2026-11-01 --to 2026-11-08 --by centre
    """
    group = context.parent
    reports = group.command if group is not None else None
    report = reports.get_command(context, question) if isinstance(reports, click.Group) else None
    if report is None or report is command:
        raise click.BadParameter(f'no report "{question}"', param_hint="QUESTION")
    context.meta[_ASKED] = True
    with report.make_context(question, list(words), parent=group) as asked:
        report.invoke(asked)
