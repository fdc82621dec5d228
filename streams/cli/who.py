"""The option `--as`: in whose name something is said, and how words that somebody typed are checked."""

import getpass
import os
from collections.abc import Callable

import click

from schemas.commands import checked_who


def _who(_: click.Context, __: click.Parameter, value: str | None) -> str:
    if value is None:
        try:
            value = getpass.getuser()
        except (KeyError, OSError):  # no such user in a container
            value = f"user {os.getuid()}"
    return checked(checked_who, value)


def checked(check: Callable[[str], str], value: str) -> str:
    """What somebody typed; BadParameter where it cannot be taken."""
    try:
        return check(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


who_option = click.option(
    "--as",
    "who",
    envvar="QUEUEWATCH_WHO",
    default=None,
    callback=_who,
    metavar="NAME",
    help="Who says it.  [default: the user of this machine]",
)
