"""What holds of the commands: who has an alert, of which nobody is told, also by plan, and which lines boards show. Pure.

`notify`, the board and `queuewatch alerts` read it here, so that they agree.
"""

from typing import Literal

from msgspec import Struct

from schemas.alerts import Alert
from schemas.commands import (
    Acknowledged,
    AlertCommand,
    LineShown,
    LineTaken,
    Muted,
    Notified,
    OfAlert,
    OfLine,
    Released,
    Unmuted,
    command_key,
)
from schemas.millis import SECOND, format_duration


class Quiet(Struct, frozen=True, omit_defaults=True):
    """Why nobody is told of an alert that fires: `who` has had it since `at` (ms), or muted it until then, or it is within planned
    maintenance that lasts until then. `text` is that maintenance, in English.
    """

    kind: Literal["had", "muted", "maintenance"]
    at: int
    who: str = ""
    text: str = ""


class CommandsBook:
    """Every record of topic `commands`, in the order of the topic."""

    def __init__(self) -> None:
        self._of_alerts: dict[str, dict[bytes, OfAlert]] = {}
        self._of_mutes: dict[str, Muted | Unmuted] = {}
        self._of_lines: dict[str, LineShown | LineTaken] = {}
        self._notified: dict[str, dict[bytes, Notified]] = {}

    def apply(self, command: AlertCommand) -> None:
        if isinstance(command, OfAlert):
            self._of_alerts.setdefault(command.alert_id, {})[command_key(command)] = command
            return
        if isinstance(command, Notified):
            self._notified.setdefault(command.alert_id, {})[command_key(command)] = command
            return
        if isinstance(command, OfLine):
            before = self._of_lines.get(command.line_id)
            if before is None or command.at >= before.at:
                self._of_lines[command.line_id] = command
            return
        held = self._of_mutes.get(command.mute_id)
        if held is None or command.at >= held.at:  # clocks of two people may differ
            self._of_mutes[command.mute_id] = command

    def acknowledged(self, alert: Alert) -> Acknowledged | None:
        """Who has the alert; None once it is over."""
        return self.taken(alert.alert_id) if alert.state in {"pending", "firing"} else None

    def taken(self, alert_id: str) -> Acknowledged | None:
        """The same of an alert that goes on, by its id: also of one of the pipeline, which stands in no topic."""
        told = self.told(alert_id)
        words = [each for each in told if isinstance(each, Acknowledged | Released)]
        newest = words[-1] if words else None
        return newest if isinstance(newest, Acknowledged) else None

    def muted(self, alert: Alert, now: int) -> Muted | None:
        """The mute that keeps the alert quiet for longest from `now` on."""
        found = (each for each in self.mutes(now) if _is_about(each, alert))
        return max(found, key=lambda each: each.until, default=None)

    def quiet(self, alert: Alert, now: int) -> Quiet | None:
        """Who has it, else who muted it for longest, else what is planned; None if people are told of it."""
        if (had := self.acknowledged(alert)) is not None:
            return Quiet("had", had.at, had.who)
        if (mute := self.muted(alert, now)) is not None:
            return Quiet("muted", mute.until, mute.who)
        if alert.maintenance_until is not None and now < alert.maintenance_until:
            return Quiet("maintenance", alert.maintenance_until, text=alert.maintenance)
        return None

    def why_quiet(self, alert: Alert, now: int) -> str:
        """The same in English: `ann has it for 3m`, `muted by ann for another 20m` or `maintenance until 02:00`; empty if people
        are told of it.
        """
        quiet = self.quiet(alert, now)
        if quiet is None:
            return ""
        if quiet.kind == "had":
            return f"{quiet.who} has it for {_whole(now - quiet.at)}"
        if quiet.kind == "muted":
            return f"muted by {quiet.who} for another {_whole(quiet.at - now)}"
        return quiet.text

    def mutes(self, now: int) -> list[Muted]:
        """Those that hold at `now`, by their end."""
        found = [
            each for each in self._of_mutes.values() if isinstance(each, Muted) and now < each.until
        ]
        return sorted(found, key=lambda each: (each.until, each.mute_id))

    def lines(self, now: int) -> list[LineShown]:
        """Those that boards show at `now`, the newest first."""
        found = [
            each
            for each in self._of_lines.values()
            if isinstance(each, LineShown) and now < each.until
        ]
        return sorted(found, key=lambda each: (-each.at, each.line_id))

    def notified(self, alert: Alert) -> list[Notified]:
        """To whom the alert escalated, step by step. Of another owner than it has now it does not count."""
        found = self._notified.get(alert.alert_id, {}).values()
        return sorted(
            (each for each in found if each.owner == alert.owner), key=lambda each: each.step
        )

    def next_step_at(self, alert: Alert) -> int | None:
        """When the next owners are told unless somebody acknowledges; None at the end of the chain.

        Who gives an alert back gives those who were told the same time again.
        """
        notified = self.notified(alert)
        if not notified or not notified[-1].next_to:
            return None
        told = self.told(alert.alert_id)
        given_back = [each.at for each in told if isinstance(each, Released)]
        return max([notified[-1].at, *given_back]) + notified[-1].next_after_ms

    def told(self, alert_id: str) -> list[OfAlert]:
        """What people said of this alert, in order of time."""
        return sorted(self._of_alerts.get(alert_id, {}).values(), key=lambda each: each.at)


def _is_about(mute: Muted, alert: Alert) -> bool:
    """An alert of several queues is quiet only if a mute of its place (topic and area), its rule or everything says so: who mutes
    one queue for maintenance says nothing of the others. One of the pipeline, which has no place, is not muted at all.
    """
    if not (alert.queue or alert.topic):
        return False
    return mute.rule in {"", alert.rule} and mute.queue in {"", alert.place}


def _whole(duration_ms: int) -> str:
    """In whole seconds; of clocks that differ at least 0."""
    return format_duration(max(0, duration_ms) // SECOND * SECOND)
