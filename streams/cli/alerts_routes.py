"""`queuewatch alerts routes`: Alertmanager's configuration from the owners of queues.toml."""

from pathlib import Path

import click

from streams.cli.options import Failure
from streams.cli.queues_file import queues_file, read_file
from streams.cli.secret_url import url_of_file

_OF_GROUP = 0o640


@click.command()
@queues_file
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="YML",
    help="Write it there.  [default: standard output]",
)
@click.option(
    "--notify",
    "notify_url",
    envvar="QUEUEWATCH_NOTIFY_URL",
    default="http://127.0.0.1:9103",
    show_default=True,
    metavar="URL",
    help="Where Alertmanager reaches notify, which gets its probes back there.",
)
def routes(file: Path, out: Path | None, notify_url: str) -> None:
    """Write Alertmanager's configuration from the [owners] of FILE: who is told what, and when.

    \b
    Example:
      queuewatch alerts routes queues.toml --out alertmanager.yml
      amtool check-config alertmanager.yml
    """
    from schemas.owners import check_url
    from streams.sinks.alertmanager.routing import remarks, rendered

    try:
        check_url("", notify_url)
    except ValueError:
        raise click.BadParameter("no URL that begins with http:// or https://") from None

    parsed = read_file(file)
    paths = {each.name: each.table.webhook_url_file for each in parsed.owners}
    urls = {
        path: url_of_file(f"{file}: owners.{name}.webhook_url_file", path)
        for name, path in paths.items()
        if path
    }
    text = rendered(parsed, urls, notify_url)
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(out, text, is_secret=bool(urls))
        click.echo(
            f"{out}: written; owners: {len(parsed.owners)}; check: amtool check-config {out}"
        )
    for remark in remarks(parsed):
        click.echo(remark, err=True)


def _write(out: Path, text: str, *, is_secret: bool) -> None:
    """In one step, so that Alertmanager never reads half of it."""
    draft = out.with_name(f"{out.name}.draft")
    try:
        draft.touch(mode=_OF_GROUP if is_secret else 0o666)
        draft.write_text(text, encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}") from None
