"""What `queues init` and `queues merge` share: the queues that a file or the topics tell of."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from streams.cli import options
from streams.cli.inputs import from_options, given_file, survey_of_file

if TYPE_CHECKING:
    from producers.survey import Survey


class Seen(NamedTuple):
    """Queues with what is known of each, their zone, and the command that sends the same file."""

    queues: dict[str, str]
    zone: str
    survey: "Survey | None"
    send: list[str]


def seen_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `seen` takes."""
    mapping = click.option(
        "--mapping",
        "mapping_file",
        type=click.Path(path_type=Path),
        metavar="FILE.toml",
        help="Of --from-records; `queuewatch mapping init` begins one.",
    )
    zone = click.option(
        "--time-zone", help="Zone of the queues.  [default: that of the mapping, else UTC]"
    )
    for option in (zone, mapping, from_options, options.namespace, options.kafka):
        command = option(command)
    return options.data_of_up(command)


def seen(given: dict[str, Any]) -> Seen:
    """The queues; AdminError if there is none, wrong use for options that do not fit together."""
    from streams.admin import seen_queues

    mapping_file, time_zone = given["mapping_file"], given["time_zone"]
    source = given_file(given)
    if mapping_file and (source is None or source[0] != "records"):
        raise click.UsageError("--mapping belongs to --from-records")
    if source is None:
        names = seen_queues.queues_of_topics(given["bootstrap"], given["namespace"])
        return Seen(dict.fromkeys(names, ""), time_zone or "UTC", None, ["send"])
    platform, path = source
    own: dict[str, Any] = {"mapping_file": mapping_file}
    # Of times without an offset, where no mapping says their zone.
    is_of_times = bool(time_zone) and mapping_file is None
    if is_of_times:
        own["time_zone"] = time_zone
    survey, found = survey_of_file(platform, path, own)
    send = ["send", platform, str(path)]
    send += ["--mapping", str(mapping_file)] if mapping_file else []
    send += ["--time-zone", str(time_zone)] if is_of_times else []
    queues = seen_queues.queues_of_file(path, survey)
    return Seen(queues, time_zone or found.time_zone, survey, send)
