"""`queuewatch notify`: post alerts to Alertmanager."""

import logging
from pathlib import Path
from typing import Any

import click

from schemas.addresses import STATUS_PATH
from schemas.millis import SECOND, parse_duration
from schemas.owners import Owner
from streams.cli import connections, options
from streams.cli.alertmanager_place import alertmanager_url
from streams.cli.options import in_one_line

_log = logging.getLogger(__name__)
_HEARTBEAT = "--heartbeat-url-file"


def _resend(_: click.Context, __: click.Parameter, value: str) -> int:
    try:
        resend_ms = parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if resend_ms < SECOND:
        raise click.BadParameter("at least 1s")
    return resend_ms


@click.command(name="notify")
@options.kafka
@options.namespace
@alertmanager_url
@click.option(
    "--resend",
    "resend_ms",
    envvar="QUEUEWATCH_RESEND",
    default="30s",
    show_default=True,
    callback=_resend,
    metavar="DURATION",
    help="Time between posts of an alert that goes on firing.",
)
@options.board_url
@click.option(
    "--runbooks",
    envvar="QUEUEWATCH_RUNBOOKS",
    default="",
    metavar="URL",
    help="Where the runbooks are, if not on the board: a link in every message.",
)
@options.link_key
@click.option(
    "--queues",
    "queues_file",
    envvar="QUEUEWATCH_QUEUES",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="queues.toml: to which owners a page escalates; read again when it changes."
    " Without it nothing escalates.",
)
@click.option(
    _HEARTBEAT,
    envvar="QUEUEWATCH_HEARTBEAT_URL_FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="FILE holds an address outside that is called each minute in which a probe has passed.",
)
@connections.login_at("alertmanager", "Alertmanager")
@connections.login_at("heartbeat", "the heartbeat outside")
@connections.door_of_ours
@options.metrics_port("QUEUEWATCH_NOTIFY_METRICS_PORT", 9103)
@options.bind()
def command(
    *,
    alertmanager: str,
    board_url: str,
    runbooks: str,
    link_key: bytes | None,
    queues_file: Path | None,
    heartbeat_url_file: Path | None,
    **others: Any,
) -> None:
    """Post every alert of a queue to Alertmanager when it changes, and again while it fires.

    Alertmanager away: tried again with growing pauses, nothing is lost. Alerts of the past (a
    back-fill, a source that catches up) are counted, not posted. Each minute a probe passes Kafka, the
    stream, Alertmanager and its webhook, and comes back to /probe here.

    \b
    Example:
      queuewatch notify --alertmanager http://127.0.0.1:9093 --queues queues.toml
      queuewatch notify --heartbeat-url-file /etc/queuewatch/heartbeat.url
    """
    from streams.admin.owners_file import OwnersFile
    from streams.admin.queues_file import QueuesFileError
    from streams.admin.secret_url import SecretUrlError, url_of_file
    from streams.plumbing.log_lines import handler
    from streams.plumbing.ports import PortTakenError
    from streams.sinks.alertmanager.decide import Links
    from streams.sinks.alertmanager.process import NotifyOptions, run

    logging.basicConfig(level=logging.INFO, handlers=[handler()])
    with in_one_line(PortTakenError, QueuesFileError, SecretUrlError):
        heartbeat = url_of_file(_HEARTBEAT, heartbeat_url_file) if heartbeat_url_file else ""
        if queues_file is None:
            _say("queuewatch: no page escalates: no --queues FILE")
        owners = OwnersFile(queues_file, _log.warning) if queues_file else dict[str, Owner]
        links = Links(
            board_url,
            runbooks.rstrip("/"),
            link_key,
            lambda: {name: owner.table.language for name, owner in owners().items()},
        )
        pager = connections.place("alertmanager", alertmanager)
        connections.check_let_in(pager, STATUS_PATH)
        outside = connections.place("heartbeat", heartbeat, _HEARTBEAT) if heartbeat else None
        chosen = NotifyOptions(
            alertmanager=pager,
            heartbeat=outside,
            links=links,
            owners=owners,
            door=connections.door(),
            **others,
        )
        run(chosen, _say)


def _say(line: str) -> None:
    click.echo(line, err=True)
