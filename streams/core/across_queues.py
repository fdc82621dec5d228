"""What rules across queues say of each queue: told by the unit of `reports` (topic `across`), read by all units of `calls`.

The judgement of a queue, `/metrics` and boards have it from here. Nothing is decided from it: when it is read changes
what is shown, and no alert, row or state.
"""

from collections.abc import Iterable, Mapping

from schemas.across import DECIDED_KEY, AcrossRecord, AlertAcross, DecidedAcross
from schemas.alerts import Alert, Firing
from schemas.codec import encode
from schemas.millis import MINUTE, format_duration
from schemas.targets import Targets
from streams.core.attention import RaisedRule
from streams.core.rule_catalogue import RULES
from streams.core.unit import Output

# By event time. A source that has stopped is waited for for 30 s, so that a lag below this is usual.
BEHIND_MS = MINUTE

_ACROSS = {rule.name for rule in RULES if rule.across_queues}


class OpenAcross:
    """The open alerts across queues, by queue, and how far they are decided."""

    def __init__(self) -> None:
        self._open: dict[str, Alert] = {}
        self._of: dict[str, list[Alert]] = {}
        self._decided: DecidedAcross | None = None

    def update(self, told: AcrossRecord) -> None:
        if isinstance(told, DecidedAcross):
            self._decided = told
            return
        alert = told.alert
        self._open.pop(alert.alert_id, None)
        if alert.state in {"pending", "firing"}:
            self._open[alert.alert_id] = alert
        self._of = {}
        for each in sorted(self._open.values(), key=lambda one: (one.onset_at, one.alert_id)):
            for queue in each.queues or (each.queue,):
                self._of.setdefault(queue, []).append(each)

    def firing(self, queue: str, own: Iterable[str] = ()) -> list[Firing]:
        """What fires across queues behind the queue's `own` rules; without rehearsals."""
        return [Firing(rule, queue) for rule in own] + [
            Firing(each.rule, queue, each.topic, each.area)
            for each in self._of.get(queue, ())
            if each.state == "firing" and each.severity != "rehearse"
        ]

    def beside(self, rules: list[RaisedRule], queue: str, as_of: int) -> list[RaisedRule]:
        """The open alerts of the queue and its own `rules`; `as_of` is its clock.

        What many call about is said first: the waits that follow from it are figures of the row anyway. One that is not
        looked at any more says so, and comes last.
        """
        behind_ms = self._behind_ms(as_of)
        is_old = behind_ms > BEHIND_MS
        old = f" (as of {format_duration(behind_ms // MINUTE * MINUTE)} ago)" if is_old else ""
        across = [
            RaisedRule(each.rule, each.severity, each.state == "firing", f"{each.reason}{old}")
            for each in self._of.get(queue, ())
        ]
        return [*rules, *across] if is_old else [*across, *rules]

    def lacking(self, targets: Targets, as_of: int) -> dict[str, str]:
        """The rules across queues that are switched on and cannot be asked, though the queue lacks nothing."""
        found: dict[str, str] = {}
        for rule in targets.alerts:
            if rule not in _ACROSS:
                continue
            if self._decided is None or self._behind_ms(as_of) > BEHIND_MS:
                found[rule] = "reports are behind"
            elif (why := self._decided.lacking.get(rule)) is not None:
                found[rule] = why
        return found

    def _behind_ms(self, as_of: int) -> int:
        return 0 if self._decided is None else as_of - self._decided.to


class ToldAcross:
    """What the unit of `reports` tells of it in a checkpoint. It is not kept over a restart: told twice, it changes nothing."""

    def __init__(self) -> None:
        self._decided: DecidedAcross | None = None

    def take(
        self,
        alerts: Iterable[Alert],
        boundaries: Mapping[str, int],
        lacking: Mapping[str, str],
    ) -> list[Output]:
        """`alerts` are those that changed, each in its newest version; `boundaries` and `lacking` are by rule."""
        outputs = [
            Output("across", each.alert_id.encode(), encode(AlertAcross(each))) for each in alerts
        ]
        if boundaries:  # one that is held up by a bug holds up what is said of all
            decided = DecidedAcross(min(boundaries.values()), dict(lacking))
            if decided != self._decided:
                self._decided = decided
                outputs.append(Output("across", DECIDED_KEY, encode(decided)))
        return outputs
