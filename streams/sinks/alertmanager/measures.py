"""How the alerts do that people are told of: counted as notify learns it, without a label for one alert. Pure.

Rule 1: each alert counts once at each stage, however often its records are read: after an outage of Kafka all is read
again. Rule 2: what was there when notify started counts at no stage that it had reached: a counter that began with the
past would rise at each start. So what happened while notify did not run is in none; `alerts quality` has all of it.
"""

from collections.abc import Iterable

from msgspec import Struct

from schemas.alerts import Alert
from schemas.commands import Acknowledged, AlertCommand, MarkedFalse
from schemas.commands_book import CommandsBook
from schemas.millis import DAY, SECOND
from streams.sinks.alertmanager.decide import Known, is_to_notify

_FORGOTTEN_AFTER_MS = 60 * DAY  # topic `alerts` keeps them for half as long

Sample = tuple[str, ...]  # the name of a series, and its labels


class _Life(Struct):
    rule: str
    severity: str
    fired_at: int
    changed_at: int
    is_over: bool = False


class Measures:
    """`totals` is replaced at each change, for another thread reads it."""

    def __init__(self) -> None:
        self.totals: dict[Sample, float] = {}
        self._lives: dict[str, _Life] = {}
        self._acknowledged: set[str] = set()
        self._false: set[str] = set()

    def learn(self, known: Known, *, is_quiet: bool, is_live: bool) -> None:
        """A version of an alert; `is_live`: not one of those that were there at the start."""
        alert = known.alert
        if alert.replay or alert.fired_at is None or not is_to_notify(known):
            return
        life = self._lives.get(alert.alert_id)
        if life is None:
            self._forget(alert.changed_at - _FORGOTTEN_AFTER_MS)
            life = _Life(alert.rule, alert.severity, alert.fired_at, alert.changed_at)
            self._lives[alert.alert_id] = life
            if is_live:
                self._add("queuewatch_alerts_fired_total", 1, alert.rule, alert.severity)
            if is_live and not is_quiet:
                self._add("queuewatch_alerts_notified_total", 1, alert.owner, alert.severity)
        if life.is_over or alert.resolved_at is None:
            return
        life.is_over, life.changed_at = True, alert.changed_at
        if is_live:
            self._took("resolve", life, alert.resolved_at)

    def hear(self, command: AlertCommand, *, is_live: bool) -> None:
        """The first acknowledgement of an alert counts, and that it was marked false counts once."""
        if isinstance(command, Acknowledged) and command.alert_id not in self._acknowledged:
            self._acknowledged.add(command.alert_id)
            life = self._lives.get(command.alert_id)
            if is_live and life is not None:
                self._took("acknowledge", life, command.at)
        elif isinstance(command, MarkedFalse) and command.alert_id not in self._false:
            self._false.add(command.alert_id)
            life = self._lives.get(command.alert_id)
            if is_live and life is not None:
                self._add("queuewatch_alerts_marked_false_total", 1, life.rule, life.severity)

    def _took(self, what: str, life: _Life, at: int) -> None:
        took_s = max(0, at - life.fired_at) / SECOND  # clocks differ
        self._add(f"queuewatch_alerts_{what}d_total", 1, life.rule, life.severity)
        self._add(f"queuewatch_alerts_{what}_seconds_total", took_s, life.rule, life.severity)

    def _add(self, name: str, value: float, *labels: str) -> None:
        sample = (name, *labels)
        self.totals = {**self.totals, sample: self.totals.get(sample, 0.0) + value}

    def _forget(self, before: int) -> None:
        gone = {id_ for id_, life in self._lives.items() if life.is_over and life.changed_at < before}  # fmt: skip
        for id_ in gone:
            del self._lives[id_]
        self._acknowledged -= gone
        self._false -= gone


def open_alerts(known: Iterable[Known], book: CommandsBook, now: int) -> dict[Sample, float]:
    """Those that fire, by what people said of them: `firing`, `acknowledged` or `muted`."""
    found: dict[Sample, float] = {}
    for each in known:
        alert = each.alert
        if alert.state == "firing" and not alert.replay and is_to_notify(each):
            sample = (
                "queuewatch_alerts_open",
                alert.rule,
                alert.severity,
                _state(alert, book, now),
            )
            found[sample] = found.get(sample, 0) + 1
    return found


def _state(alert: Alert, book: CommandsBook, now: int) -> str:
    if book.acknowledged(alert) is not None:
        return "acknowledged"
    return "firing" if book.muted(alert, now) is None else "muted"
