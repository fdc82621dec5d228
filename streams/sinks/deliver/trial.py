"""The test message of an owner, what became of it, and what its links lack. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from schemas.messages import OutgoingMessage
from streams.sinks.deliver.targets import Target
from streams.sinks.deliver.telling import Heard, Telling, fingerprint

_HERE = re.compile(r"https?://(?:127(?:\.\d+){3}|localhost|\[::1\])(?:[:/]|$)", re.IGNORECASE)


def opens_here_only(url: str) -> bool:
    """Whether it is an address of loopback, which a phone cannot open."""
    return _HERE.match(url) is not None


class Links(NamedTuple):
    """As `notify` was given them; `runbooks` "": those of the board."""

    board: str
    runbooks: str


def trial_telling(owner: str, links: Links, now: int) -> Telling:
    """A message as of an alert that was made up; `TEST` stands before it."""
    labels = {"alertname": "Test", "owner": owner, "severity": "page"}
    annotations = {
        "summary": f'a test message to "{owner}" by `queuewatch alerts test`: nothing has to be done',
        "board_url": f"{links.board}/",
        "runbook_url": f"{links.runbooks or f'{links.board}/runbooks'}/PipelineDown.md",
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
    if opens_here_only(links.board):
        yield (
            f"messages link to the board at {links.board}, which opens on this machine only:"
            " set --board-url of notify (QUEUEWATCH_BOARD_URL)"
        )
    if links.runbooks and not (
        re.match(r"https?://", links.runbooks) and not opens_here_only(links.runbooks)
    ):
        yield (
            f"messages link to runbooks at {links.runbooks}, which opens on this machine only:"
            " set --runbooks of notify (QUEUEWATCH_RUNBOOKS)"
        )
