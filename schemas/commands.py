"""Topic `commands`: what people say about alerts: I have it, not now, a note.

Rule 1: an acknowledgement is of one alert (rule, queue, onset), so it ends with that alert and never hides the
next one.
Rule 2: a mute has an end. What is said of one alert is kept whole, with its notes; of acknowledging and giving
back the newest word holds.
"""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.calls import Identifier, ShortText
from schemas.millis import Millis

Who = Annotated[str, Meta(min_length=1, max_length=100)]
AlertId = Annotated[str, Meta(min_length=1, max_length=500)]


class Command(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """`who` as that person gave it, `at` by the clock of where it was typed."""

    who: Who
    at: Millis
    note: ShortText = ""


class Acknowledged(Command, frozen=True, kw_only=True, omit_defaults=True, tag="acknowledged"):
    """Somebody works on the alert: it is not repeated."""

    alert_id: AlertId


class Released(Command, frozen=True, kw_only=True, omit_defaults=True, tag="released"):
    """Nobody works on the alert any more: its acknowledgement is taken back."""

    alert_id: AlertId


class Noted(Command, frozen=True, kw_only=True, omit_defaults=True, tag="noted"):
    """What somebody found out about the alert; `note` says it."""

    alert_id: AlertId


class Muted(Command, frozen=True, kw_only=True, omit_defaults=True, tag="muted"):
    """Nobody is told of these alerts before `until`; an empty `rule` or `queue` means any."""

    mute_id: Identifier
    until: Millis
    rule: ShortText = ""
    queue: ShortText = ""


class Unmuted(Command, frozen=True, kw_only=True, omit_defaults=True, tag="unmuted"):
    """The mute ends now."""

    mute_id: Identifier


AlertCommand = Acknowledged | Released | Noted | Muted | Unmuted


def command_key(command: AlertCommand) -> bytes:
    """Key in the compacted topic."""
    if isinstance(command, Acknowledged | Released | Noted):
        return f"{command.alert_id}/{command.at}/{command.who}".encode()
    return f"muted/{command.mute_id}".encode()
