"""`queuewatch alerts list` and `show`: which alerts go on, of queues and of the pipeline, and what people said of them."""

from typing import TYPE_CHECKING, Any

import click

from streams.cli.alertmanager_place import alertmanager_url_of_up
from streams.cli.alerts_topics import alert_topics, named_alert, one_line, read_alerts
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from streams.sinks.alertmanager.pipeline_listed import Listed

_FORMAT = click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)


@click.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over (30 days).")
@_FORMAT
@alertmanager_url_of_up
@alert_topics
def list_(everything: bool, output: Any, alertmanager: str, bootstrap: str, namespace: str) -> None:
    """Say which alerts go on, of queues and of the pipeline, since when, and who has them; then which mutes hold.

    \b
    Example:
      queuewatch alerts list --all --format csv
    """
    from streams.admin.alerts_text import (
        COLUMNS,
        MUTE_COLUMNS,
        SHOWN,
        alert_line,
        mute_line,
        pipeline_line,
    )  # fmt: skip
    from streams.history.render import rendered

    known, now = read_alerts(bootstrap, namespace), now_ms()
    of_pipeline, problem = _of_pipeline(alertmanager)
    lines = [pipeline_line(each, known.book, now) for each in of_pipeline]
    shown = known.alerts if everything else known.open()
    lines += [alert_line(alert, known.book, now) for alert in shown]
    if lines or output != "table":
        click.echo(rendered(lines, COLUMNS, output, SHOWN), nl=False)
    else:
        print("no alert of a queue goes on" if problem else "no alert goes on")
    if problem:
        click.echo(f"queuewatch: alerts of the pipeline are not in this list: {problem}", err=True)
    mutes = known.book.mutes(now)
    if mutes and output == "table":
        print("muted:")
        click.echo(
            rendered([mute_line(each, now) for each in mutes], MUTE_COLUMNS, output), nl=False
        )


@click.command()
@named_alert
@alertmanager_url_of_up
@alert_topics
def show(name: str, alertmanager: str, bootstrap: str, namespace: str) -> None:
    """Show one alert whole, and what people said of it.

    \b
    Example:
      queuewatch alerts show oldest_wait/billing
    """
    from schemas.pipeline_alerts import parsed
    from streams.admin.alerts_text import what_was_said, whole, whole_of_pipeline

    known = read_alerts(bootstrap, namespace)
    if parsed(name) is None:
        with one_line():
            alert = known.named(name)
        lines = whole(alert, known.book, now_ms())
    else:
        of_pipeline, problem = _of_pipeline(alertmanager)
        found = next((each for each in of_pipeline if each.alert_id == name), None)
        if found is None:
            click.echo(
                f"queuewatch: {name}: {problem or f'over, or not known at {alertmanager}'}",
                err=True,
            )
            lines = what_was_said(known.book.told(name))
        else:
            lines = whole_of_pipeline(found, known.book, now_ms())
    for line in lines:
        print(line)


def _of_pipeline(url: str) -> "tuple[list[Listed], str]":
    """Those alerts of the pipeline that go on; and why that is not known."""
    from streams.admin.pipeline_alerts import NotListedError, going_on

    try:
        return going_on(url), ""
    except NotListedError as problem:
        return [], f"{problem} (another place: --alertmanager URL)"
