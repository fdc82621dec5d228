"""A process whose command has subcommands beside it, such as `archive purge`."""

import click
from click.core import ParameterSource

from streams.cli import options


def is_for_a_subcommand(context: click.Context) -> bool:
    """Whether a subcommand was given; UsageError for options before it.

    click would ignore those, and the subcommand would work on another system.
    """
    subcommand = context.invoked_subcommand
    if subcommand is None:
        if failure := context.meta.get(options.NO_KAFKA):
            raise failure
        return False
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"options of `{subcommand}` stand behind it: {context.info_name} {subcommand} …"
            )
    return True
