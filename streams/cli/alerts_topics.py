"""What the commands about alerts and lines share: where topics `alerts` and `commands` are, how they are read, what is said into
them, and until when.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from streams.cli import options
from streams.cli.options import in_one_line
from streams.cli.typed_time import typed
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from schemas.commands import AlertCommand
    from streams.admin.alerts import KnownAlerts

Command = Callable[..., Any]
named_alert = click.argument("name", metavar="ALERT")


def until_when(_: click.Context, __: click.Parameter, text: str) -> int | str:
    """The callback of an option that names an end."""
    return typed(text, now_ms(), ahead=True)


def alert_topics(work: Command) -> Command:
    """The options that say where they are; the command gets `bootstrap` and `namespace`."""
    for option in (options.namespace, options.kafka, options.data_of_up):
        work = option(work)
    return work


def read_alerts(bootstrap: str, namespace: str) -> "KnownAlerts":
    from streams.admin.alerts import read

    with one_line():
        return read(bootstrap, namespace)


def say(bootstrap: str, namespace: str, command: "AlertCommand") -> None:
    from streams.admin.alerts import say as said

    with one_line():
        said(bootstrap, namespace, command)


def one_line() -> Any:
    from streams.admin.broker import AdminError

    return in_one_line(AdminError)
