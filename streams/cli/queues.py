"""`queuewatch queues`: check, publish or begin queues.toml."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from streams.cli import options
from streams.cli.inputs import from_options, given_file, shell, survey_of_file
from streams.cli.options import Failure, in_one_line
from streams.cli.queues_file import queues_file, read_file
from streams.cli.queues_publish import publish


@click.group(name="queues")
def command() -> None:
    """Check, publish or begin queues.toml: names, targets and opening hours of the queues.

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
    parsed = read_file(file)
    centres = {targets.centre for targets in parsed.queues if targets.centre}
    rules = Counter(rule for targets in parsed.queues for rule in targets.alerts)
    alerts = ", ".join(f"{rule} {n}" for rule, n in sorted(rules.items())) or "none"
    print(
        f"{file}: no mistake found; queues: {len(parsed.queues)}, centres: {len(centres)};"
        f" queues with each alert rule: {alerts}"
    )


@command.command()
@queues_file
@options.data_of_up
@options.kafka
@options.namespace
@from_options
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help="Of --from-records; `queuewatch mapping init` begins one.",
)
@click.option("--time-zone", help="Zone of the queues.  [default: that of the mapping, else UTC]")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def init(
    *,
    file: Path,
    bootstrap: str,
    namespace: str,
    mapping_file: Path | None,
    time_zone: str | None,
    force: bool,
    **from_files: Path | None,
) -> None:
    """Write a first FILE with the queues seen in call records, in a queue_log or in the topics.

    \b
    Example:
      queuewatch queues init queues.toml --from-records calls.csv --time-zone Europe/Berlin
    """
    from streams.admin import seen_queues
    from streams.admin.broker import AdminError

    given = given_file(from_files)
    if mapping_file and (given is None or given[0] != "records"):
        raise click.UsageError("--mapping belongs to --from-records")
    if file.exists() and not force:
        raise Failure(f"{file} exists: choose another name, or overwrite it with --force")
    survey, zone, send = None, time_zone or "UTC", ["send"]
    if given is not None:
        platform, path = given
        own: dict[str, Any] = {"mapping_file": mapping_file}
        # Of times without an offset, where no mapping says their zone.
        is_of_times = bool(time_zone) and mapping_file is None
        if is_of_times:
            own["time_zone"] = time_zone
        survey, found = survey_of_file(platform, path, own)
        zone = time_zone or found.time_zone
        send += [platform, str(path)]
        send += ["--mapping", str(mapping_file)] if mapping_file else []
        send += ["--time-zone", str(time_zone)] if is_of_times else []
    with in_one_line(AdminError):
        if given is not None and survey is not None:
            queues = seen_queues.queues_of_file(given[1], survey)
        else:
            queues = dict.fromkeys(seen_queues.queues_of_topics(bootstrap, namespace), "")
        seen_queues.write_first_file(file, queues, zone)
    print(f"{file}: {len(queues)} queues, time zone {zone}")
    print(f"its promises ({seen_queues.PLACEHOLDER}) are placeholders: set your own")
    for line in seen_queues.next_steps(file, survey, send, zone, shell):
        print(line)


command.add_command(publish)
