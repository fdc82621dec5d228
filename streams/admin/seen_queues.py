"""Writes a first `queues.toml` with the queues that were seen in topics or in a file."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from producers.survey import Survey
from schemas.health import Health
from schemas.millis import to_datetime
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from schemas.topics import topic_name
from streams.admin.broker import AdminError, decodable, read_whole
from streams.core.rule_catalogue import RULE_TABLES

PLACEHOLDER = "80 % within 20s"  # the same as in _HEAD

_HEAD = """\
# Made by `queuewatch queues init`: one table a queue that was seen.
# answer_within and goal are placeholders: set what was promised, here or in each queue; any key of
# [defaults] may stand in a queue, a centre or a department instead.
[defaults]
time_zone = {zone}
formula = "short_abandons_ignored"
short_abandon = "5s"
answer_within = "20s"
goal = 0.8
opening = "always"

[defaults.alerts.oldest_wait]
raise_above = "2m"
clear_below = "1m"
"""


def queues_of_topics(bootstrap: str, namespace: str) -> list[str]:
    """Queues that have a snapshot, or that a health report of the stream names."""
    seen: set[str] = set()
    for record in read_whole(bootstrap, topic_name("snapshots", namespace)):
        if record.key and record.value is not None:
            seen.add(record.key.decode(errors="replace"))
    reports = read_whole(bootstrap, topic_name("health", namespace))
    for health in decodable(Health, (record.value for record in reports)):
        seen |= health.unexplained_legs.keys()
    if not seen:
        raise AdminError(
            "no queue was seen yet: send calls first, or use --from-records or --from-queue-log"
        )
    return sorted(seen)


def write_first_file(file: Path, queues: Mapping[str, str], zone: str) -> None:
    """Write a file that `queues check` accepts, with what is known of each queue as a comment; else AdminError."""
    try:
        text = render(queues, zone)
        parse_queues(text, RULE_TABLES)
        file.write_text(text, encoding="utf-8")
    except ConfigurationError as error:
        raise AdminError(str(error)) from None
    except OSError as error:
        raise AdminError(f"{file}: {error.strerror}") from None


def queues_of_file(source: Path, survey: Survey) -> dict[str, str]:
    """Queues of a surveyed file, with what is known of each; AdminError with the reason if there is none."""
    if survey.queues:
        return {queue: seen.in_words() for queue, seen in survey.queues.items()}
    if not survey.refused:
        raise AdminError(f"{source}: no call in it")
    # The most frequent refusal tells more than a message that there are no queues.
    reason, (n, line) = max(survey.refused.items(), key=lambda each: each[1][0])
    raise AdminError(f"{source}: no readable call in it; {n:,} x {reason} (first: line {line})")


def next_steps(
    file: Path, survey: Survey | None, send: list[str], zone: str, shell: Callable[..., str]
) -> Iterator[str]:
    """The commands that lead from FILE to a board and a report, as `shell` writes them.

    `send` is the command that sends the surveyed file; without a survey the calls were sent already.
    """
    if survey is None:
        yield f"next:\n  {shell('queues', 'publish', file)}"
        return
    if survey.refused:
        yield f"{survey.refusals:,} of the file are refused; why: {shell(*send, '--dry-run')}"
    yield "next, and in another terminal what follows:"
    yield f"  {shell('up', '--no-traffic', '--queues', file)}"
    yield f"  {shell(*send)}"
    yield f"  {shell('drain')}"
    if survey.first is not None and survey.last is not None:
        first = to_datetime(survey.first, ZoneInfo(zone)).date()
        end = to_datetime(survey.last, ZoneInfo(zone)).date() + timedelta(days=1)
        yield f"  {shell('history', 'summary', '--from', first, '--to', end)}"
    yield "on the wall, as if it came now:"
    yield f"  {shell(*send, '--replay')}"


def render(queues: Mapping[str, str], zone: str) -> str:
    """The text of a valid queues.toml: one table for each queue, with what is known of it as a comment."""
    tables = (table(queue, known) for queue, known in sorted(queues.items()))
    return _HEAD.format(zone=toml_text(zone)) + "".join(tables)


def table(queue: str, known: str) -> str:
    """The table of one queue; further keys may follow."""
    comment = f"  # {known}" if known else ""
    return f"\n[queues.{_key(queue)}]{comment}\nname = {toml_text(queue)}\n"


def _key(queue: str) -> str:
    bare = queue.isascii() and queue.replace("-", "").replace("_", "").isalnum()
    return queue if bare else toml_text(queue)


def toml_text(value: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
