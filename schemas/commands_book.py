"""What holds of the commands about alerts: who has an alert, and of which nobody is told. Pure.

`notify`, the board and `queuewatch alerts` read it here, so that they agree.
"""

from schemas.alerts import Alert
from schemas.commands import (
    Acknowledged,
    AlertCommand,
    Muted,
    Noted,
    Released,
    Unmuted,
    command_key,
)
from schemas.millis import SECOND, format_duration

OfAlert = Acknowledged | Released | Noted


class CommandsBook:
    """Every record of topic `commands`, in the order of the topic."""

    def __init__(self) -> None:
        self._of_alerts: dict[str, dict[bytes, OfAlert]] = {}
        self._of_mutes: dict[str, Muted | Unmuted] = {}

    def apply(self, command: AlertCommand) -> None:
        if isinstance(command, Acknowledged | Released | Noted):
            self._of_alerts.setdefault(command.alert_id, {})[command_key(command)] = command
            return
        held = self._of_mutes.get(command.mute_id)
        if held is None or command.at >= held.at:  # clocks of two people may differ
            self._of_mutes[command.mute_id] = command

    def acknowledged(self, alert: Alert) -> Acknowledged | None:
        """Who has the alert; None once it is over."""
        if alert.state not in {"pending", "firing"}:
            return None
        words = [each for each in self.told(alert.alert_id) if not isinstance(each, Noted)]
        newest = words[-1] if words else None
        return newest if isinstance(newest, Acknowledged) else None

    def muted(self, alert: Alert, now: int) -> Muted | None:
        """The mute that keeps the alert quiet for longest from `now` on."""
        found = (each for each in self.mutes(now) if _is_about(each, alert))
        return max(found, key=lambda each: each.until, default=None)

    def why_quiet(self, alert: Alert, now: int) -> str:
        """`ann has it since 3m` or `muted by ann for another 20m`; empty if people are told of it."""
        if (had := self.acknowledged(alert)) is not None:
            return f"{had.who} has it since {_whole(now - had.at)}"
        if (mute := self.muted(alert, now)) is not None:
            return f"muted by {mute.who} for another {_whole(mute.until - now)}"
        return ""

    def mutes(self, now: int) -> list[Muted]:
        """Those that hold at `now`, by their end."""
        found = [
            each for each in self._of_mutes.values() if isinstance(each, Muted) and now < each.until
        ]
        return sorted(found, key=lambda each: (each.until, each.mute_id))

    def told(self, alert_id: str) -> "list[OfAlert]":
        """What people said of this alert, in order of time."""
        return sorted(self._of_alerts.get(alert_id, {}).values(), key=lambda each: each.at)


def _is_about(mute: Muted, alert: Alert) -> bool:
    """An alert of several queues is quiet only if a mute of its rule or of everything says so: who mutes one queue
    for maintenance says nothing of the others.
    """
    return mute.rule in {"", alert.rule} and mute.queue in {"", alert.queue}


def _whole(duration_ms: int) -> str:
    """In whole seconds; of clocks that differ at least 0."""
    return format_duration(max(0, duration_ms) // SECOND * SECOND)
