"""`queuewatch alerts routes`: Alertmanager's configuration from the owners of queues.toml."""

from pathlib import Path

import click

from streams.cli import connections, options
from streams.cli.deliver_place import deliver_url
from streams.cli.options import Failure, in_one_line
from streams.cli.queues_file import queues_file, read_file

_OF_GROUP = 0o640


@click.command()
@queues_file
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="YML",
    help="Write it there.  [default: standard output]",
)
@deliver_url
@connections.login_at("deliver", "deliver, as Alertmanager can read them")
@options.notify_url
@connections.login_at("notify", "notify, as Alertmanager can read them")
def routes(file: Path, out: Path | None, url: str, notify_url: str) -> None:
    """Write Alertmanager's configuration from the [owners] of FILE: who is told what, and when.

    \b
    Example:
      queuewatch alerts routes queues.toml --out alertmanager.yml
      amtool check-config alertmanager.yml
    """
    from streams.admin.queues_file import QueuesFileError, webhook_urls
    from streams.sinks.alertmanager.routing import remarks, rendered

    parsed = read_file(file)
    with in_one_line(QueuesFileError):
        urls = webhook_urls(file, parsed)
    text = rendered(
        parsed, urls, url, notify_url,
        deliver_http=_http("deliver", url), notify_http=_http("notify", notify_url),
    )  # fmt: skip
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(out, text, is_secret=bool(urls))
        click.echo(
            f"{out}: written; owners: {len(parsed.owners)}; check: amtool check-config {out}"
        )
    for remark in remarks(parsed):
        click.echo(remark, err=True)


def _http(target: str, url: str) -> str:
    """How Alertmanager is let in there; its file of secrets is never printed, only named."""
    from streams.plumbing.config_file import ConfigError
    from streams.sinks.alertmanager.webhook_login import http_config

    with in_one_line(ConfigError):
        return http_config(target, connections.place(target, url).config)


def _write(out: Path, text: str, *, is_secret: bool) -> None:
    """In one step, so that Alertmanager never reads half of it."""
    draft = out.with_name(f"{out.name}.draft")
    try:
        draft.touch(mode=_OF_GROUP if is_secret else 0o666)
        draft.write_text(text, encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}") from None
