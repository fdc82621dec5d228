"""Topic `messages`: what `deliver` hands to people, one record of each message and target, rewritten at each change.

Rule 1: a message is `sent` only after its target has taken it. Killed between the two, it is sent once more.
Rule 2: every message ends as sent, joined, failed or not_told, with the reason. None is dropped in silence.
Rule 3: no secret. A target is named by its scheme and its line in the file of addresses.
"""

from typing import Literal

from msgspec import Struct

from schemas.alerts import Severity

MessageState = Literal["queued", "sent", "joined", "failed", "not_told"]


class ToldAlert(Struct, frozen=True):
    """One alert of a message: `fingerprint` is that of its labels."""

    fingerprint: str
    starts_at: int
    is_firing: bool


class OutgoingMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message to one target. Times in ms by the clock of `deliver`.

    `group` is what Alertmanager makes one message of. `due_at`: not handed over before; None: as soon as it can be.
    """

    message_id: str
    owner: str
    target: str  # such as `ntfy, line 2`
    group: str
    severity: Severity
    state: MessageState
    alerts: tuple[ToldAlert, ...]
    title: str
    body: str
    short: str
    taken_at: int
    changed_at: int
    due_at: int | None = None
    attempts: int = 0
    reason: str = ""  # one line: why the last attempt failed, or why nobody is told
    into: str = ""  # joined: the message that tells it
    others: int = 0  # sent: how many it told beside itself
    is_test: bool = False
