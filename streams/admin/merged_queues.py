"""Adds queues that were seen to a queues.toml that stands already, without touching what stands there."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from schemas.queues_toml import QueuesFile, parse_queues
from schemas.toml_reading import ConfigurationError
from streams.admin.broker import AdminError
from streams.admin.seen_queues import table, toml_text
from streams.core.rule_catalogue import RULE_TABLES

_HEAD = """
# Added by `queuewatch queues merge`: answer_within, goal and opening are placeholders, set what was
# promised; what is not said here is that of [defaults].
"""
# Said in each table: [defaults] of the file hold what others were promised.
_PLACEHOLDERS = 'answer_within = "20s"\ngoal = 0.8\nopening = "always"\n'


class Merged(Struct, frozen=True):
    """`text` is to follow what stands in the file; empty if nothing is new."""

    text: str
    added: tuple[str, ...]
    present: tuple[str, ...]


def merged(former: str, queues: Mapping[str, str], zone: str) -> Merged:
    """What is to be added to the text of a valid queues.toml; ConfigurationError where it cannot follow that.

    `queues` are those that were seen, with what is known of each; `zone` is theirs.
    """
    file = parse_queues(former, RULE_TABLES)
    known = {id_ for each in file.queues for id_ in (each.queue, *each.formerly)}
    added = tuple(sorted(queue for queue in queues if queue not in known))
    present = tuple(sorted(queue for queue in queues if queue in known))
    if not added:
        return Merged("", added, present)
    own_zone = "" if zone == file.default_zone else f"time_zone = {toml_text(zone)}\n"
    tables = (table(queue, queues[queue]) + own_zone + _PLACEHOLDERS for queue in added)
    begin = "" if former.endswith("\n") or not former else "\n"
    text = begin + _HEAD + "".join(tables)
    _check(file, former + text, added)
    return Merged(text, added, present)


def _check(before: QueuesFile, text: str, added: tuple[str, ...]) -> None:
    """A text of TOML cannot always be added to: `queues = { … }` on one line is closed for good."""
    try:
        after = parse_queues(text, RULE_TABLES)
    except ConfigurationError as error:
        if error.path:
            raise
        after = None
    if after is None or tuple(q for q in after.queues if q.queue not in added) != before.queues:
        raise ConfigurationError("queues", "cannot be added to; write each queue as [queues.ID]")


def merge_into(file: Path, queues: Mapping[str, str], zone: str) -> Merged:
    """Append to the file; AdminError of one line, and an untouched file, where that cannot be."""
    try:
        former = file.read_bytes()
        found = merged(former.decode(), queues, zone)
        text = found.text
        if b"\r\n" in former:
            text = text.replace("\n", "\r\n")
        if text:
            with file.open("ab") as opened:
                opened.write(text.encode())
    except (ConfigurationError, UnicodeDecodeError) as error:
        told = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise AdminError(f"{file}: {told}; nothing was added") from None
    except FileNotFoundError:
        raise AdminError(f"no file {file}: begin it with `queuewatch queues init`") from None
    except OSError as error:
        raise AdminError(f"{file}: {error.strerror}") from None
    return found
