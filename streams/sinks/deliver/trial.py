"""The test message of an owner, what became of it, and what its links lack. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from schemas.messages import OutgoingMessage
from streams.sinks.deliver.targets import Target
from streams.sinks.deliver.telling import Heard, Telling, fingerprint

_HERE = re.compile(r"https?://(?:127(?:\.\d+){3}|localhost|\[::1\])(?:[:/]|$)", re.IGNORECASE)


class Links(NamedTuple):
    """As `notify` was given them."""

    board: str
    runbooks: str


def trial_telling(owner: str, links: Links, now: int) -> Telling:
    """A message as of an alert that was made up; `TEST` stands before it."""
    labels = {"alertname": "Test", "owner": owner, "severity": "page"}
    annotations = {
        "summary": f'a test message to "{owner}" by `queuewatch alerts test`: nothing has to be done',
        "board_url": f"{links.board}/",
        "runbook_url": f"{links.runbooks}/README.md",
    }
    heard = Heard(fingerprint(labels), labels, annotations, now, 0, is_firing=True)
    return Telling(owner, "test", "page", (heard,), is_test=True)


def outcome(messages: Iterable[OutgoingMessage]) -> dict[str, Any]:
    """By target, what became of it: `queued` means that it is still tried."""
    found = sorted(messages, key=lambda each: each.target)
    return {
        "targets": [
            {"target": each.target, "state": each.state, "reason": each.reason} for each in found
        ]
    }


def remarks(targets: Sequence[Target], links: Links) -> Iterator[str]:
    """Links that nobody can open where the message is read, and the option that mends it."""
    if not any(target.leaves for target in targets):
        return
    if _HERE.match(links.board):
        yield (
            f"messages link to the board at {links.board}, which opens on this machine only:"
            " set --board-url of notify (QUEUEWATCH_BOARD_URL)"
        )
    if not re.match(r"https?://", links.runbooks) or _HERE.match(links.runbooks):
        yield (
            f"messages link to runbooks at {links.runbooks}, which opens on this machine only:"
            " set --runbooks of notify (QUEUEWATCH_RUNBOOKS)"
        )
