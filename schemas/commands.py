"""Topic `commands`: what people say about alerts (I have it, not now, a note, it was false), the lines that they write on
boards, and to whom `notify` escalated alerts.

Rule 1: an acknowledgement is of one alert (rule, queue, onset), so it ends with that alert and never hides the
next one.
Rule 2: a mute has an end. What is said of one alert is kept whole, with its notes; of acknowledging and giving
back the newest word holds.
Rule 3: an escalation is kept as it happened, so that a restart repeats no step and leaves none out.
"""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.calls import Identifier, ShortText
from schemas.millis import Millis
from schemas.printable import printable

LONGEST_WHO, LONGEST_NOTE = 100, 200
Who = Annotated[str, Meta(min_length=1, max_length=LONGEST_WHO)]
AlertId = Annotated[str, Meta(min_length=1, max_length=500)]


class Command(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """`who` as that person gave it, `at` by the clock of where it was typed."""

    who: Who
    at: Millis
    note: ShortText = ""


class Acknowledged(Command, frozen=True, kw_only=True, omit_defaults=True, tag="acknowledged"):
    """Somebody works on the alert: it is not repeated.

    `link_of`: said by the link in a message to that owner ("" is a message of no owner); None: by a command.
    """

    alert_id: AlertId
    link_of: ShortText | None = None


class Released(Command, frozen=True, kw_only=True, omit_defaults=True, tag="released"):
    """Nobody works on the alert any more: its acknowledgement is taken back."""

    alert_id: AlertId


class Noted(Command, frozen=True, kw_only=True, omit_defaults=True, tag="noted"):
    """What somebody found out about the alert; `note` says it."""

    alert_id: AlertId


class MarkedFalse(Command, frozen=True, kw_only=True, omit_defaults=True, tag="marked_false"):
    """There was nothing to do: the alert should not have fired. `note` says why; its rule is judged by it."""

    alert_id: AlertId


class Muted(Command, frozen=True, kw_only=True, omit_defaults=True, tag="muted"):
    """Nobody is told of these alerts before `until`; an empty `rule` or `queue` means any. Of an alert across queues `queue` is
    its place, `topic/area`.
    """

    mute_id: Identifier
    until: Millis
    rule: ShortText = ""
    queue: ShortText = ""


class Unmuted(Command, frozen=True, kw_only=True, omit_defaults=True, tag="unmuted"):
    """The mute ends now."""

    mute_id: Identifier


class LineShown(Command, frozen=True, kw_only=True, omit_defaults=True, tag="line_shown"):
    """`note` is a line that boards show until then; an empty `department` means all boards."""

    line_id: Identifier
    until: Millis
    department: ShortText = ""


class LineTaken(Command, frozen=True, kw_only=True, omit_defaults=True, tag="line_taken"):
    """The line is taken from the boards now."""

    line_id: Identifier


class Notified(Command, frozen=True, kw_only=True, omit_defaults=True, tag="notified"):
    """`notify` has told these owners: at step 0 that of the alert, at each further one those to whom it escalated.

    `owner` is that of the alert then. If nobody acknowledges, `next_to` are told `next_after_ms` later; of a chain
    at its end they are empty.
    """

    alert_id: AlertId
    owner: str
    step: Annotated[int, Meta(ge=0)]
    to: tuple[str, ...]
    next_to: tuple[str, ...] = ()
    next_after_ms: Annotated[int, Meta(ge=0)] = 0
    # Of `to`, whom `notify` cannot reach: `deliver` is in use alone, and no address of theirs takes anything.
    untold: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        return tuple(owner for owner in self.to if owner not in self.untold)


OfAlert = Acknowledged | Released | Noted | MarkedFalse
OfLine = LineShown | LineTaken
AlertCommand = (
    Acknowledged
    | Released
    | Noted
    | MarkedFalse
    | Muted
    | Unmuted
    | Notified
    | LineShown
    | LineTaken
)


def command_key(command: AlertCommand) -> bytes:
    """Key in the compacted topic."""
    if isinstance(command, OfAlert):
        return f"{command.alert_id}/{command.at}/{command.who}".encode()
    if isinstance(command, Notified):  # written twice it is the same step
        return f"{command.alert_id}/notified/{command.owner}/{command.step}".encode()
    if isinstance(command, OfLine):
        return f"line/{command.line_id}".encode()
    return f"muted/{command.mute_id}".encode()


def told_said(step: Notified) -> str:
    """`told lead, ops`; `told lead; not reached: ops`."""
    parts = [f"told {', '.join(step.told)}"] if step.told else []
    if step.untold:
        parts.append(f"not reached: {', '.join(step.untold)}")
    return "; ".join(parts)


def checked_who(text: str) -> str:
    """A name as somebody typed it; ValueError if it would break the line of a board or a message."""
    who = text.strip()
    if not 0 < len(who) <= LONGEST_WHO:
        raise ValueError(f"1 to {LONGEST_WHO} characters")
    if printable(who) != who:
        raise ValueError("only characters that can be printed, in one line")
    return who


def checked_note(text: str) -> str:
    """A note as somebody typed it; ValueError if it is longer than its readers take."""
    if len(text) > LONGEST_NOTE:
        raise ValueError(f"at most {LONGEST_NOTE} characters, these are {len(text)}")
    return text
