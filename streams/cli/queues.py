"""`queuewatch queues`: check, publish, begin or extend queues.toml."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from schemas.counted import counted
from streams.cli.inputs import shell
from streams.cli.options import Failure, in_one_line
from streams.cli.queues_file import queues_file, read_file
from streams.cli.queues_merge import merge
from streams.cli.queues_publish import publish
from streams.cli.queues_restore import restore
from streams.cli.queues_seen import seen, seen_options


@click.group(name="queues")
def command() -> None:
    """Check, publish, begin or extend queues.toml: names, targets and opening hours of the queues.

    \b
    Example:
      queuewatch queues check queues.toml
    """


@command.command()
@queues_file
def check(file: Path) -> None:
    """Say what FILE configures, or its first mistake with its path (exit 1).

    \b
    Example:
      queuewatch queues check queues.toml
    """
    from schemas.escalation import chains

    parsed = read_file(file)
    centres = {targets.centre for targets in parsed.queues if targets.centre}
    rules = Counter(rule for targets in parsed.queues for rule in targets.alerts)
    changed = Counter(each for targets in parsed.queues for each in targets.severities.items())
    alerts = ", ".join(f"{rule} {n}" for rule, n in sorted(rules.items())) or "none"
    print(
        f"{file}: no mistake found; queues: {len(parsed.queues)}, centres: {len(centres)};"
        f" queues with each alert rule: {alerts}"
    )
    for (rule, severity), n in sorted(changed.items()):
        print(f"{rule} is of severity {severity} in {n} of them")
    if parsed.metrics:
        print(f"metrics: {', '.join(metric.name for metric in parsed.metrics)}")
    if parsed.reports:
        print(f"reports: {', '.join(plan.name for plan in parsed.reports)}")
    if parsed.owners:
        print(f"owners: {', '.join(owner.name for owner in parsed.owners)}")
    for chain in chains({owner.name: owner for owner in parsed.owners}):
        print(f"a page that nobody acknowledges, of {chain}")


@command.command()
@queues_file
@seen_options
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def init(*, file: Path, force: bool, **given: Any) -> None:
    """Write a first FILE with the queues seen in call records, in a queue_log or in the topics.

    \b
    Example:
      queuewatch queues init queues.toml --from-records calls.csv --time-zone Europe/Berlin
    """
    from streams.admin import seen_queues
    from streams.admin.broker import AdminError

    if file.exists() and not force:
        raise Failure(
            f"{file} exists: choose another name, add to it with `queues merge`, or overwrite it with --force"
        )
    with in_one_line(AdminError):
        queues, zone, survey, send = seen(given)
        seen_queues.write_first_file(file, queues, zone)
    print(f"{file}: {counted(len(queues), 'queues')}, time zone {zone}")
    print(f"its promises ({seen_queues.PLACEHOLDER}) are placeholders: set your own")
    for line in seen_queues.next_steps(file, survey, send, zone, shell):
        print(line)


command.add_command(merge)
command.add_command(publish)
command.add_command(restore)
