"""`queuewatch dashboards`: render, check or publish Grafana boards."""

import os
from pathlib import Path
from typing import Any

import click

from streams.cli import connections, options
from streams.cli.options import Failure, in_one_line


@click.group(name="dashboards")
def command() -> None:
    """Grafana boards: Wall, Supervisor, On call, Executive and Pipeline.

    \b
    Example:
      queuewatch dashboards publish --url https://grafana.example.org --token-file token.txt
    """


_docs_url = click.option(
    "--docs-url",
    callback=options.url,
    default=None,
    metavar="URL",
    help="Address of the folder docs where people read it: each panel links to its definition there.",
)


@command.command(name="render")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    metavar="DIR",
    help="Folder to write to; without it, where the package keeps them.",
)
@_docs_url
def render_boards(folder: Path | None, docs_url: str | None) -> None:
    """Write every board as JSON, for Grafana's provisioning by files.

    \b
    Example:
      queuewatch dashboards render --to /var/lib/grafana/dashboards
    """
    from dashboards.grafana.render import FOLDER, write

    target = folder if folder is not None else FOLDER
    try:
        for path in write(target, docs_url or ""):
            click.echo(str(path))
    except OSError as error:
        raise Failure(f"{target}: {error.strerror}: choose another folder with --to") from None


@command.command(name="check")
def check_boards() -> None:
    """Say whether the rendered files are fresh and hold to the rules of our boards.

    \b
    Example:
      queuewatch dashboards check
    """
    from dashboards.grafana.lint import lint
    from dashboards.grafana.render import BOARDS, FOLDER, board, stale

    findings = [*stale(FOLDER), *(line for name in BOARDS for line in lint(board(name)))]
    for finding in findings:
        click.echo(finding, err=True)
    if findings:
        raise Failure(f"{len(findings)} findings (stale files: `queuewatch dashboards render`)")
    click.echo(f"{len(BOARDS)} boards: fresh, nothing found")


@command.command(name="publish")
@click.option(
    "--url",
    envvar="QUEUEWATCH_GRAFANA",
    required=True,
    callback=options.url,
    metavar="URL",
    help="Address of Grafana, with its path if it has one.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    envvar="QUEUEWATCH_GRAFANA_TOKEN_FILE",
    metavar="FILE",
    help="File with a service account token (or QUEUEWATCH_GRAFANA_TOKEN in the environment).",
)
@connections.login_at("grafana", "Grafana, in place of the token, too")
@click.option("--folder-uid", default=None, metavar="UID", help="Folder there; made if missing.")
@click.option("--prometheus-uid", default=None, metavar="UID", help="Its Prometheus data source.")
@click.option("--clickhouse-uid", default=None, metavar="UID", help="Its ClickHouse data source.")
@_docs_url
def publish_boards(url: str, token_file: Path | None, docs_url: str | None, **uids: Any) -> None:
    """Publish every board to a Grafana through its API; the same again changes nothing.

    \b
    Example:
      queuewatch dashboards publish --url https://grafana.example.org --token-file token.txt
    """
    from dashboards.grafana.render import BOARDS, board
    from dashboards.publish import Destination, PublishError, publish

    chosen = {key: uid for key, uid in uids.items() if uid}
    where = connections.place("grafana", url, "--url")
    token = _token(token_file) if where.config.login is None else ""
    with in_one_line(PublishError):
        addresses = publish(
            Destination(url, **chosen),
            token,
            [board(name, docs_url or "") for name in BOARDS],
            where,
        )
    for name, address in zip(BOARDS, addresses, strict=True):
        click.echo(f"{name}: {address}")


def _token(file: Path | None) -> str:
    if file is None:
        token = os.environ.get("QUEUEWATCH_GRAFANA_TOKEN", "").strip()
        if not token:
            raise click.UsageError("no token: give --token-file FILE or QUEUEWATCH_GRAFANA_TOKEN")
        return token
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text file"
        raise Failure(f"{file}: {why}: it must hold a service account token") from None
    if not token:
        raise Failure(f"{file} is empty: it must hold a service account token")
    return token
