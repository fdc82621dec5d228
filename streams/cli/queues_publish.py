"""`queuewatch queues publish`: write a new version of the targets, for the calls to come or also for past ones."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.cli import options
from streams.cli.audited import audited
from streams.cli.history import archive_of
from streams.cli.options import Failure, in_one_line
from streams.cli.progress import Progress
from streams.cli.queues_file import queues_file, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.queues_toml import QueuesFile
    from schemas.targets import TargetsVersion
    from schemas.targets_book import TargetsBook
    from streams.history.judging_again import Effect

_EXAMPLE = "2026-11-01"


@click.command()
@queues_file
@click.option(
    "--from",
    "since",
    metavar="DATE",
    help="Valid from DATE on, in the past: 2026-11-01 or 2026-11-01T08:00, in the file's default zone. Calls"
    " that arrived since then are judged again.",
)
@click.option("--dry-run", is_flag=True, help="With --from: say what would change, write nothing.")
@click.option("--yes", is_flag=True, help="With --from: do not ask.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    metavar="S",
    help="With --from: how long to wait for stream and archive, each time.",
)
@options.data
@options.kafka
@options.namespace
@options.clickhouse
@options.query_port
@audited("queues_publish", "file", unless="dry_run")
def publish(*, file: Path, since: str | None, dry_run: bool, yes: bool, **place: Any) -> None:
    """Write FILE as a new version of the targets, if it changes anything.

    It is valid from the next full minute that is at least 60 s ahead, and changes no call of before. With
    --from it corrects history: what changes is said first, and stands in `history corrections`.

    \b
    Example:
      queuewatch queues publish queues.toml
      queuewatch queues publish queues.toml --from 2026-11-01 --dry-run
    """
    from streams.admin.broker import AdminError
    from streams.admin.targets import publish
    from streams.plumbing.wall_clock import now_ms

    if since is None and (dry_run or yes):
        raise click.UsageError("--dry-run and --yes belong to --from")
    parsed = read_file(file)
    if since is None:
        with in_one_line(AdminError):
            done = publish(place["bootstrap"], place["namespace"], parsed, now_ms())
        print(done)
        return
    at = options.moment(since, parsed.default_zone, "--from", _EXAMPLE)
    if at > now_ms():
        raise click.BadParameter(
            "must lie in the past; for the calls to come publish without it", param_hint="--from"
        )
    reader = archive_of(place["data"], place["query_port"], place["clickhouse_url"])
    with reader as archive, in_one_line(AdminError):
        _Publication(parsed, at, archive, place).run(dry_run=dry_run, yes=yes)


class _Publication:
    """One run of `publish --from`."""

    def __init__(self, file: "QueuesFile", since: int, archive: Any, place: dict[str, Any]) -> None:
        self._file = file
        self._since = since
        self._archive = archive
        self._bootstrap, self._namespace = place["bootstrap"], place["namespace"]
        self._timeout_s = place["timeout_s"]

    def run(self, *, dry_run: bool, yes: bool) -> None:
        from schemas.targets_book import TargetsBook
        from streams.admin.correcting_targets import version_from
        from streams.admin.targets import read_versions
        from streams.plumbing.wall_clock import now_ms

        versions = read_versions(self._bootstrap, self._namespace)
        new = version_from(versions[-1] if versions else None, self._file, self._since, now_ms())
        book = TargetsBook([*versions, new] if new else versions)
        self._say_version(versions[-1:], new)
        self._drain()
        planned = self._effect("comparing", book)
        self._say_effect(planned)
        if new is None and not planned.legs and not planned.hidden:
            _end(planned, "nothing to do")
        elif dry_run:
            click.echo("dry run: nothing published, nothing written")
        else:
            if not yes:
                options.ask("Publish it, and correct these calls?", "nothing published")
            self._correct(new, (new or versions[-1]).version, book, planned)

    def _correct(
        self, new: "TargetsVersion | None", number: int, book: "TargetsBook", planned: "Effect"
    ) -> None:
        from streams.admin.correcting_targets import Correction
        from streams.admin.targets import read_versions, write_version
        from streams.admin.targets_taken import wait_until_taken
        from streams.plumbing.wall_clock import now_ms

        if new is not None:
            newest = read_versions(self._bootstrap, self._namespace)[-1:]
            if newest and newest[0].version >= number:  # by `up`, when the file was changed
                raise Failure(
                    f"nothing published: version {newest[0].version} was published meanwhile; run the"
                    " same command again"
                )
            write_version(self._bootstrap, self._namespace, new)
            click.echo(f"version {number} published")
        wait_until_taken(self._bootstrap, self._namespace, number, self._timeout_s)
        self._drain()
        correction = Correction(self._bootstrap, self._namespace, self._since, book, now_ms())
        with closing(Progress()) as progress:
            done = correction.run(
                self._archive, lambda n, of: progress.reading("judging again", n, of)
            )
        self._drain()
        left = self._effect("checking", book)
        if done.still_on_the_wall:
            click.echo(
                f"{done.still_on_the_wall:,} of these calls are of today and no longer held by the stream:"
                " the wall's totals of today, and what Prometheus counted, keep their former judgement"
            )
        if left.legs or left.hidden:
            raise Failure(
                f"{left.legs + left.hidden:,} calls of history are still judged otherwise: the same command again"
                " goes on"
            )
        by_stream = max(0, planned.legs - done.legs)
        _end(
            left,
            f"judged again by version {number}: {planned.legs:,} calls, {done.legs:,} in history alone"
            f" and {by_stream:,} that the stream still held",
        )

    def _say_version(
        self, newest: "Sequence[TargetsVersion]", new: "TargetsVersion | None"
    ) -> None:
        from zoneinfo import ZoneInfo

        from schemas.millis import iso
        from streams.admin.targets import METRICS_HOLD, difference, says_the_same

        if new is None:
            click.echo(f"version {newest[0].version} of the targets says the same already")
        elif newest and says_the_same(newest[0], self._file):
            click.echo(
                f"version {new.version} of the targets would say what version {newest[0].version}"
                " says, from an earlier time on"
            )
        else:
            change = difference(newest, new)
            held = f"; {METRICS_HOLD}" if change.metrics else ""
            click.echo(f"version {new.version} of the targets would be new: {change}{held}")
        zone = self._file.default_zone
        since = iso(self._since, ZoneInfo(zone))
        click.echo(f"for calls that arrived since {since} ({zone}, the default zone of the file)")

    def _say_effect(self, effect: "Effect") -> None:
        click.echo(
            f"{effect.seen:,} calls arrived since then; {effect.legs:,} are judged otherwise"
        )
        for line in effect.lines():
            click.echo(f"  {line}")
        if effect.hidden:
            click.echo(
                f"  beside these {effect.hidden:,} that hold if a later delivery of the same call is withdrawn"
            )
        if effect.stuck:
            click.echo(f"  {_stuck(effect)}")

    def _effect(self, what: str, book: "TargetsBook") -> "Effect":
        from streams.history.judging_again import effect_of

        with closing(Progress()) as progress:
            return effect_of(
                self._archive, self._since, book, lambda n, of: progress.reading(what, n, of)
            )

    def _drain(self) -> None:
        from streams.admin.drain import drain

        with closing(Progress()) as progress:
            remaining = drain(self._bootstrap, self._namespace, self._timeout_s, progress.waiting)
        if remaining is not None:
            raise Failure(
                f"history does not hold yet what was sent: {remaining} (--timeout waits longer);"
                " the same command again goes on"
            )


def _end(effect: "Effect", said: str) -> None:
    if effect.stuck:
        raise Failure(f"{said}; {_stuck(effect)}")
    click.echo(said)


def _stuck(effect: "Effect") -> str:
    return (
        f"{effect.stuck:,} calls stay as they are: they were judged again 15 times since their last record,"
        " and no version is left; send their file again"
    )
