"""`queuewatch history`: figures of the past, from closed legs."""

import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from streams.cli import options
from streams.cli.options import Failure

_EVERY = ("15m", "30m", "1h", "1d")
_SUMMARY_SHOWN = (
    "start", "queue", "offered", "answered", "abandoned", "open", "answered_in_target", "sl",
    "abandonment_ab1", "asa_s", "wait_p90_s", "max_wait_s", "aht_talk_hold_s", "formula",
    "answer_within_s", "short_abandon_s", "basis",
)  # fmt: skip

Command = Callable[..., Any]


@click.group(name="history")
def command() -> None:
    """Figures of the past: by arrival unless --basis event, each with its formula, target and n.

    \b
    Example:
      queuewatch history summary --from 2026-11-01 --to 2026-11-08 --by centre
    """


def _placed(work: Command) -> Command:
    """Where the archive is, and how it answers."""
    for option in (
        click.option("--format", "output", type=click.Choice(["table", "csv", "json"]),
                     default="table", show_default=True),
        click.option("--query-port", envvar="QUEUEWATCH_QUERY_PORT", default=8124, show_default=True,
                     type=click.IntRange(1, 65535), help="Port of the embedded archive."),
        options.clickhouse,
        options.data,
    ):  # fmt: skip
        work = option(work)
    return work


def _asked(work: Command) -> Command:
    """The options of every report over a range, outermost last."""
    for option in (
        click.option("--queue", default=None, metavar="Q", help="Only this queue."),
        click.option("--to", "end", required=True, metavar="T", help="End of the range, not in it."),
        click.option("--from", "start", required=True, metavar="T",
                     help="Start: 2026-11-01, 2026-11-01T08:00 or with an offset (else the default zone)."),
    ):  # fmt: skip
        work = option(work)
    return _placed(work)


def _counted(work: Command) -> Command:
    for option in (
        click.option("--as-of", default=None, metavar="T", help="As it was known at this time."),
        click.option("--basis", type=click.Choice(["arrival", "event"]), default="arrival",
                     show_default=True, help="When a leg counts: all of it at its arrival, or each thing as it happened."),
        click.option("--by", type=click.Choice(["queue", "centre", "department", "all"]),
                     default="queue", show_default=True),
    ):  # fmt: skip
        work = option(work)
    return _asked(work)


@command.command()
@_counted
def summary(**asked: Any) -> None:
    """One row a queue or group for the whole range.

    \b
    Example:
      queuewatch history summary --from 2026-11-01 --to 2026-11-08 --format csv
    """
    _report(asked, None)


@command.command()
@_counted
@click.option("--every", type=click.Choice(_EVERY), default="30m", show_default=True,
              help="Length of an interval on the queue's own clock.")  # fmt: skip
def intervals(every: str, **asked: Any) -> None:
    """One row a queue or group and interval; empty intervals of opening hours are zeros.

    \b
    Example:
      queuewatch history intervals --from 2026-11-02 --to 2026-11-03 --every 15m --queue billing
    """
    _report(asked, every)


@command.command()
@_asked
@click.option("--as-of", default=None, metavar="T", help="As it was known at this time.")
def legs(**asked: Any) -> None:
    """The legs that arrived in the range, in the columns of `send records` and more.

    \b
    Example:
      queuewatch history legs --from 2026-11-02 --to 2026-11-03 --format csv > legs.csv
    """
    from streams.history.leg_list import LEG_LIST_COLUMNS, leg_list
    from streams.history.question import Question

    with _archive(asked) as (reader, catalogue):
        times = _times(asked, catalogue)
        question = Question(**times, queue=_known(reader, catalogue, asked["queue"]))
        _print(leg_list(reader, question), LEG_LIST_COLUMNS, asked["output"], LEG_LIST_COLUMNS[:11])


@command.command()
@_asked
@click.option("--window", default="30m", show_default=True, metavar="LENGTH",
              help="Length of the rolling window.")  # fmt: skip
@click.option("--every", default="1m", show_default=True, metavar="LENGTH",
              help="Whole minutes between the rows.")  # fmt: skip
@click.option(
    "--from-legs", is_flag=True, help="Computed from the legs instead of as the wall showed it."
)
def snapshots(window: str, every: str, from_legs: bool, **asked: Any) -> None:
    """The wall minute by minute, as cut then or computed from the legs now.

    \b
    Example:
      queuewatch history snapshots --from 2026-11-02T08:00 --to 2026-11-02T09:00 --window 15m
    """
    from schemas.counters import WINDOW_MINUTES
    from schemas.millis import MINUTE
    from streams.history.snapshots import (
        SNAPSHOT_COLUMNS,
        SnapshotQuestion,
        cut_snapshots,
        swept_snapshots,
    )

    lengths = {"window_ms": _minutes(window, "--window"), "every_ms": _minutes(every, "--every")}
    if not from_legs and lengths["window_ms"] // MINUTE not in WINDOW_MINUTES:
        raise click.BadParameter(
            f"minutes are cut for {', '.join(f'{m}m' for m in WINDOW_MINUTES)}; --from-legs takes any",
            param_hint="--window",
        )
    with _archive(asked) as (reader, catalogue):
        times = _times(asked, catalogue)
        queue = _known(reader, catalogue, asked["queue"])
        question = SnapshotQuestion(times["start"], times["end"], **lengths, queue=queue)
        found = (swept_snapshots if from_legs else cut_snapshots)(reader, catalogue, question)
        lines = sorted(found, key=lambda line: (line["at"], line["queue"]))
        _print(lines, SNAPSHOT_COLUMNS, asked["output"], SNAPSHOT_COLUMNS)


@command.command()
@click.argument("contact_id", metavar="ID")
@_placed
def contact(contact_id: str, **asked: Any) -> None:
    """One contact's whole story: its legs in order, every version of them, every event told.

    ID is that of the contact, or of one of its legs. CSV is one table with a column `kind`.

    \b
    Example:
      queuewatch history contact 1762066805.4711 --format json
    """
    from streams.history import contact as stories
    from streams.history.render import rendered

    output = asked["output"]
    with _archive(asked) as (reader, _):
        story = stories.read_story(reader, contact_id)
    if output == "csv":
        _print(story.lines(), stories.STORY_COLUMNS, output, ())
    elif output == "json":
        click.echo(stories.as_json(story))
    else:
        for title, lines, shown in stories.sections(story):
            click.echo(f"{title}\n{rendered(lines, shown, 'table')}")


@command.command()
@_asked
@click.option("--range-of", type=click.Choice(["arrival", "known"]), default="arrival", show_default=True,
              help="What --from and --to bound: when the legs arrived, or when the correction became known.")  # fmt: skip
def corrections(range_of: Any, **asked: Any) -> None:
    """What history says otherwise than before: leg, column, from what to what, by which event, how late.

    \b
    Example:
      queuewatch history corrections --from 2026-11-02 --to 2026-11-03 --queue billing
      queuewatch history corrections --from 2026-11-20 --to 2026-11-21 --range-of known --format csv
    """
    from streams.history.corrections import (
        CORRECTION_COLUMNS,
        CorrectionsQuestion,
    )
    from streams.history.corrections import (
        corrections as found,
    )

    with _archive(asked) as (reader, catalogue):
        times = _times(asked, catalogue)
        queue = _known(reader, catalogue, asked["queue"])
        question = CorrectionsQuestion(times["start"], times["end"], range_of, queue)
        lines = found(reader, question)
        _print(lines, CORRECTION_COLUMNS, asked["output"], CORRECTION_COLUMNS[:10])


def _report(asked: dict[str, Any], every: str | None) -> None:
    from streams.history.intervals import EVERY
    from streams.history.question import Question
    from streams.history.report import REPORT_COLUMNS, report

    with _archive(asked) as (reader, catalogue):
        question = Question(
            **_times(asked, catalogue),
            by=asked["by"],
            every_ms=EVERY[every] if every else None,
            basis=asked["basis"],
            queue=_known(reader, catalogue, asked["queue"]),
        )
        lines = report(reader, catalogue, question)
        if asked["output"] == "table":
            lines = [line | {"sl": line.get(f"sl_{line['formula']}")} for line in lines]
        _print(lines, REPORT_COLUMNS, asked["output"], _SUMMARY_SHOWN)


def _print(lines: Any, columns: Iterable[str], output: Any, shown: Iterable[str]) -> None:
    from streams.history.render import rendered

    click.echo(rendered(lines, tuple(columns), output, tuple(shown)), nl=False)


@contextmanager
def _archive(asked: dict[str, Any]) -> Any:
    """(reader, catalogue) of what is asked."""
    from streams.history.catalogue import read_catalogue

    if "start" in asked:
        _check_times(asked)
    with archive_of(asked["data"], asked["query_port"], asked["clickhouse_url"]) as reader:
        yield reader, read_catalogue(reader, time.time_ns() // 1_000_000)


@contextmanager
def archive_of(data: Path, query_port: int, url: str | None) -> Any:
    """A reader of the archive; whatever it says against the questions is one line."""
    from streams.cli.tables import address_of
    from streams.history.question import HistoryError
    from streams.sinks.clickhouse.database import RefusedError, UnavailableError
    from streams.sinks.clickhouse.driver import ServerDatabase
    from streams.sinks.clickhouse.query_client import QueryClient

    reader: Any = QueryClient(data, query_port) if url is None else ServerDatabase(address_of(url))
    try:
        yield reader
    except (HistoryError, UnavailableError) as error:
        raise Failure(str(error)) from None
    except RefusedError as error:
        raise Failure(f"the archive refuses the question: {error}") from None
    finally:
        reader.close()


def _check_times(asked: dict[str, Any]) -> None:
    """Wrong times are wrong use, with or without an archive that knows the default zone."""
    zones = ("UTC", "Pacific/Kiritimati")  # a text with an offset means the same in both
    start, end = ([_time(asked[name], zone, name) for zone in zones] for name in ("start", "end"))
    if (start[0] == start[1]) == (end[0] == end[1]) and start[0] >= end[0]:
        raise click.BadParameter("must be before --to", param_hint="--from")
    if asked.get("as_of"):
        _time(asked["as_of"], "UTC", "as_of")


def _times(asked: dict[str, Any], catalogue: Any) -> dict[str, Any]:
    zone = catalogue.default_zone
    start, end = _time(asked["start"], zone, "start"), _time(asked["end"], zone, "end")
    if start >= end:
        raise click.BadParameter("must be before --to", param_hint="--from")
    times: dict[str, Any] = {"start": start, "end": end}
    if asked.get("as_of"):
        times["as_of"] = _time(asked["as_of"], zone, "as_of")
    return times


def _time(text: str, zone: str, name: str) -> int:
    hint = {"start": "--from", "end": "--to", "as_of": "--as-of"}[name]
    return options.moment(text, zone, hint, "2026-11-01T08:00:00+02:00")


def _minutes(text: str, option: str) -> int:
    from schemas.millis import MINUTE, parse_duration

    try:
        length = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
    if length < MINUTE or length % MINUTE:
        raise click.BadParameter(f"expected whole minutes, got {text}", param_hint=option)
    return length


def _known(reader: Any, catalogue: Any, queue: str | None) -> str | None:
    from streams.history.catalogue import is_seen
    from streams.history.question import HistoryError

    if queue is not None and queue not in catalogue.queues and not is_seen(reader, queue):
        raise HistoryError(
            f'no queue "{queue}": neither configured nor ever called'
            " (`history summary` lists the queues of a range)"
        )
    return queue
