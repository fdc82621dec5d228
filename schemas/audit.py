"""Topic `audit`: who changed what, logged in, was refused or took figures out, and a chain over all of it.

Rule 1: a record is written after the act and says how it ended. It holds no secret and no caller's number.
Rule 2: each record names the last one that its writer saw, with the digest of everything up to there (`Seen`).
Writers that write at the same time name the same one; the next record names both. So whoever changes, removes or
adds a record must rewrite every later one, and a digest that somebody wrote down shows even that.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct
from msgspec.structs import replace

from schemas.calls import ShortText
from schemas.commands import Who
from schemas.millis import Millis
from schemas.printable import printable

LONGEST_TEXT = 500
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Outcome = Literal["done", "refused", "failed"]
Action = Literal[
    # of people
    "log_in",
    "log_out",
    "log_out_everywhere",
    "token_issue",
    "open_page",
    "wall_link",
    "wall_enrol",
    "wall_revoke",
    # of alerts
    "alert_ack",
    "alert_unack",
    "alert_note",
    "alert_false",
    "alert_mute",
    "alert_unmute",
    # of boards
    "line_show",
    "line_take",
    # beside the figures
    "report_publish",
    "report_run",
    "note_add",
    "note_withdraw",
    "note_done",
    # of what is counted, and against what
    "queues_publish",
    "queues_restore",
    "profiles_publish",
    "delivery_withdraw",
    "quarantine_replay",
    "quarantine_drop",
    # of the installation
    "topics_create",
    "topics_grow",
    "topics_acl",
    # of what is kept
    "archive_mask",
    "archive_purge",
    "archive_reread",
    "callers_forget",
    "callers_rotate",
    # single contacts or persons, in any format
    "export",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
COMMAND_LINE = "command line"  # the role of whoever types a command


class Seen(Struct, frozen=True):
    """The last record that a writer saw. `offset` -1: there was none; digest "": what was there is deleted by age."""

    offset: Annotated[int, Meta(ge=-1)] = -1
    digest: ShortText = ""


class AuditRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`at` by the clock of the writer; the topic's own time is the broker's. `object`: what it was done to.

    `record_id` differs from act to act: a writer that got no answer writes again, and both may stand in the topic
    (`is_repeated`). "": of a release that gave none.
    """

    at: Millis
    who: Who
    role: ShortText
    from_address: ShortText
    action: Action
    object: Text = ""
    outcome: Outcome
    detail: Text = ""
    record_id: ShortText = ""
    seen: Seen = Seen()


def audit_record(
    *,
    at: int,
    who: str,
    role: str,
    from_address: str,
    action: Action,
    object_: str = "",
    outcome: Outcome,
    detail: str = "",
) -> AuditRecord:
    """Of texts from outside: each is cut, and put into one line, so that none can look like a record of its own."""
    return AuditRecord(
        at=at,
        who=_line(who, 100) or "unknown",
        role=_line(role, 200),
        from_address=_line(from_address, 200),
        action=action,
        object=_line(object_, LONGEST_TEXT),
        outcome=outcome,
        detail=_line(detail, LONGEST_TEXT),
    )


def is_repeated(record: AuditRecord, first: AuditRecord) -> bool:
    """Whether it is `first` once more. Of one id that says anything else neither is left out: it may be forged."""
    return bool(record.record_id) and record == replace(first, seen=record.seen)


def value_digest(value: bytes) -> str:
    """Of one record of the topic as it stands there."""
    return hashlib.sha256(value).hexdigest()


def seen_with(before: Seen, offset: int, of_value: str) -> Seen:
    """What is seen once the record at `offset`, whose `value_digest` that is, is read after `before`."""
    return Seen(offset, hashlib.sha256(f"{before.digest} {offset} {of_value}".encode()).hexdigest())


def last_seen(held: Iterable[tuple[int, str, Seen | None]], end: int) -> Seen | None:
    """What a writer names in its record: offset, digest and `seen` of the last records, in order, up to `end`.

    `seen` is None of a record that is none of ours. None: more records before them must be read.
    """
    records = list(held)
    if not records:
        return Seen(end - 1)
    first = records[0][0]
    for its_own, _, seen in reversed(records):
        # One that names what came after it is forged: believed, it would break the chain of all that follow.
        if seen is not None and first - 1 <= seen.offset < its_own:
            at = seen
            for offset, digest, _ in records:
                if offset > at.offset:
                    at = seen_with(at, offset, digest)
            return at
    return None


def _line(text: str, longest: int) -> str:
    line = printable(text.strip())
    return line if len(line) <= longest else line[: longest - 1] + "…"
