"""Owners, targets and tellings for the tests of `deliver`."""

import threading
from typing import Any

from schemas.millis import MINUTE, from_iso
from schemas.owners import Owner
from schemas.queues_toml import parse_queues
from streams.sinks.deliver.grouping import Posted
from streams.sinks.deliver.links import MessageLinks
from streams.sinks.deliver.recipients import Recipients
from streams.sinks.deliver.targets import Target, targets_of
from streams.sinks.deliver.telling import Heard, Telling, fingerprint, group_name
from streams.sinks.deliver.wording import Text

NOON = from_iso("2026-11-22T12:00:00Z")
LINKS = MessageLinks("https://wall.example.org", b"a key of the tests")
TEXT = Text("title", "body", "short")


def owners(*texts: str) -> dict[str, Owner]:
    """`name: keys` each; all have a file of addresses."""
    tables = []
    for text in texts:
        name, _, keys = text.partition(":")
        tables.append(f'[owners.{name}]\ndeliver_file = "/{name}"\n' + keys.replace(";", "\n"))
    return {each.name: each for each in parse_queues("\n".join(tables), {}).owners}


def targets(owner: str, *urls: str) -> list[Target]:
    return list(targets_of(owner, "\n".join(urls)))


def labels(queue: str, owner: str = "water", severity: str = "page", **more: str) -> dict[str, str]:
    return {
        "alertname": "OldestWait", "rule": "oldest_wait", "queue": queue, "owner": owner,
        "severity": severity, "department": "works",
    } | more  # fmt: skip


def posted(queue: str, now: int, *, is_over: bool = False, **of: Any) -> Posted:
    found = labels(queue, **of)
    ends_at = now if is_over else now + 2 * MINUTE
    return Posted(found, {"summary": f"{queue}: waits"}, now - MINUTE, ends_at)


def telling(
    *queues: str,
    over: tuple[str, ...] = (),
    severity: str = "page",
    owner: str = "water",
    at: int = NOON,
) -> Telling:
    heard = []
    for queue in (*queues, *over):
        found = labels(queue, owner, severity)
        is_firing = queue in queues
        heard.append(
            Heard(fingerprint(found), found, {"summary": f"{queue}: waits"}, at - MINUTE, 0 if is_firing else at, is_firing)
        )  # fmt: skip
    group = group_name(severity, {"owner": owner, "department": "works"})
    return Telling(owner, group, severity, tuple(heard))  # type: ignore[arg-type]


class Files:
    """Who is told, as the files of a test stand now."""

    def __init__(self, known: dict[str, Owner], found: list[Target]) -> None:
        self.problem = ""
        self.change(known, found)

    def change(self, known: dict[str, Owner], found: list[Target]) -> None:
        self._now = Recipients(known, tuple(found))

    def look(self) -> Recipients:
        return self._now


class Hands:
    """Remembers what it was handed; a target in `refuses` does not take it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Text]] = []
        self.refuses: set[str] = set()
        self._lock = threading.Lock()

    def send(self, target: Target, text: Text) -> str:
        with self._lock:
            if target.name in self.refuses:
                return "no connection"
            self.sent.append((target.name, text))
            return ""
