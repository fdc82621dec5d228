"""Decides `passed_around`: follows callers through all queues, and keeps one alert for each queue where they wait.

Rule 1: every 5-second boundary is decided for whom something can change: queues in which somebody waits who was
sent on before, and queues with an open alert. All other time passes at once.
"""

from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from schemas.alerts import Alert, NotEvaluated, Severity
from schemas.codec import decode_as, encode
from schemas.maintenance import maintenance_at
from schemas.millis import MINUTE
from schemas.reports import Stay, Told
from schemas.targets import Targets
from schemas.timing import STEP_MS
from streams.core.alerting import Change, Progress, advance, lately
from streams.core.decider import Asked
from streams.core.journeys import Contact, Journey, Stop, contact_of, matters_until
from streams.core.rule import NOT_ASKED, Measured, severity_of, table_of, tuned_to
from streams.core.rules.passed_around import RULE, Passed, PassedAroundTable
from streams.core.state_format import FORMAT, encode_piece, format_of
from streams.core.unit import Cause
from streams.core.verdict import arrived_out_of_hours
from streams.core.windows import floor_step

_JOURNEY = b"passed_around|journey|"
_QUEUE = b"passed_around|queue|"
MOST_JOURNEYS = 50_000  # with more, a clock stands still: those that began first go first


class QueueAlerts(Struct, gc=False):
    """Of one queue where somebody waits: where its alert stands, and when it ended lately."""

    progress: Progress = field(default_factory=Progress)
    ends: list[int] = []
    replay: bool = False  # those who raised it are of a replay

    @property
    def is_open(self) -> bool:
        return self.progress.stage != "inactive"


class _JourneyPiece(Struct, gc=False):
    format: int
    journey: Journey


class _QueuePiece(Struct, gc=False):
    format: int
    alerts: QueueAlerts


_decode_journey = msgspec.msgpack.Decoder(_JourneyPiece).decode
_decode_queue = msgspec.msgpack.Decoder(_QueuePiece).decode


class PassedAroundDecider:
    """Satisfies streams.core.decider.Decider."""

    told: type[Told] = Stay

    def __init__(self, asked: Asked) -> None:
        self.targets_at = asked.targets_at
        self.boundary: int | None = None
        self.journeys: dict[Contact, Journey] = {}
        self.queues: dict[str, QueueAlerts] = {}
        self.alerts: dict[str, Alert] = {}
        # From when on somebody may wait who was sent on; others raise nothing, and cost nothing at a boundary.
        self._waits_from: dict[Contact, int] = {}
        self._forget_from: dict[Contact, int] = {}  # when there is something to forget
        self._changed: set[Contact] = set()
        self.stored: set[Contact] = set()  # whose piece stands in the state
        self._changed_queues: set[str] = set()

    # ---- stays and time ----------------------------------------------------------------------

    def take(self, told: Told) -> None:
        if not isinstance(told, Stay):
            raise TypeError(f"no stay: {told}")
        contact, until = contact_of(told), matters_until(told)
        journey = self.journeys.get(contact)
        if journey is not None:
            journey.tell(told)
            self._keep(contact, journey)
        elif told.taken_back or until <= (self.boundary or 0):
            return  # nothing is known of her, and nothing is to be
        else:  # who is in a queue for the first time was not sent on: she raises nothing
            self.journeys[contact], self._forget_from[contact] = Journey([told]), until
            self._changed.add(contact)
        if len(self.journeys) > MOST_JOURNEYS:
            self._make_room()

    def _keep(self, contact: Contact, journey: Journey) -> None:
        """After a change: nothing is kept of a caller of whom nothing can matter any more."""
        self._changed.add(contact)
        self._note(contact, journey, self.boundary or 0)
        self._forget(contact)

    def _forget(self, contact: Contact) -> None:
        """What cannot matter any more of a caller who is known."""
        here, journey = self.boundary or 0, self.journeys[contact]
        if journey.stays and self._forget_from[contact] > here:
            return
        self._changed.add(contact)
        if len(journey.stays) == 1:  # it is the stay that is over
            self._drop(contact)
            return
        journey.forget(here)
        if journey.stays:
            self._note(contact, journey, here)
        else:
            self._drop(contact)

    def _note(self, contact: Contact, journey: Journey, here: int) -> None:
        """What is derived from a journey: when something of it is to be forgotten, and whether she may raise anything."""
        stays = journey.stays
        # Most callers are in one queue once.
        self._forget_from[contact] = (
            matters_until(stays[0]) if len(stays) == 1 else journey.forget_from()
        )
        self._note_wait(contact, journey.waits_from(here) if len(stays) > 1 else None)

    def _note_wait(self, contact: Contact, begins: int | None) -> None:
        if begins is not None:
            self._waits_from[contact] = begins
        elif self._waits_from:
            self._waits_from.pop(contact, None)

    def _drop(self, contact: Contact) -> None:
        del self.journeys[contact], self._forget_from[contact]
        self._waits_from.pop(contact, None)

    def advance(self, target: int | None, cause: Cause) -> None:
        if target is None or (self.boundary is not None and target <= self.boundary):
            return
        before = self._begins(target) if self.boundary is None else self.boundary
        here = before
        while (here := self._next(here, target)) <= target:
            self._step(here, cause)
        self.boundary = target
        if target // MINUTE != before // MINUTE:
            self._tidy(target)

    def _begins(self, target: int) -> int:
        """The first boundary: what was told before any clock was is decided, too."""
        first = min((each.stays[0].at for each in self.journeys.values()), default=target)
        return min(target, floor_step(first))

    def _next(self, here: int, target: int) -> int:
        """The first boundary after `here` at which anything can be decided; behind `target` where there is none before it."""
        if any(each.is_open for each in self.queues.values()):
            return here + STEP_MS
        begins = min(self._waits_from.values(), default=target + STEP_MS)
        return max(here + STEP_MS, -(-begins // STEP_MS) * STEP_MS)

    def _step(self, here: int, cause: Cause) -> None:
        waiting = self._waiting(here)
        open_ones = {queue for queue, each in self.queues.items() if each.is_open}
        for queue in sorted(waiting.keys() | open_ones):
            targets = self.targets_at(queue, here)
            self._decide(_Look(queue, targets, here, cause), waiting.get(queue, []))

    def _waiting(self, here: int) -> dict[str, list[tuple[Stay, list[Stop]]]]:
        """By queue: who waits there now and was sent on before."""
        found: dict[str, list[tuple[Stay, list[Stop]]]] = {}
        for contact, begins in list(self._waits_from.items()):
            if begins > here:
                continue
            journey, waits = self.journeys[contact], False
            for present in journey.waits(here):
                stops = journey.stops(present, here)
                if len(stops) > 1:
                    waits = True
                    found.setdefault(present.queue, []).append((present, stops))
            if not waits:
                self._note_wait(contact, journey.waits_from(here + 1))
        return found

    def _tidy(self, here: int) -> None:
        for contact in [each for each, at in self._forget_from.items() if at <= here]:
            self._forget(contact)
        for queue, each in list(self.queues.items()):
            if not each.is_open and not lately(each.ends, here):
                del self.queues[queue]
                self._changed_queues.add(queue)

    def _make_room(self) -> None:
        first = sorted(self.journeys, key=lambda each: (self.journeys[each].stays[0].at, each))
        for contact in first[: MOST_JOURNEYS // 10]:
            self._drop(contact)
            self._changed.add(contact)

    # ---- one queue at a boundary -------------------------------------------------------------

    def _decide(self, look: "_Look", waiting: list[tuple[Stay, list[Stop]]]) -> None:
        table, here = look.table, look.here
        alerts = self.queues.get(look.queue) or QueueAlerts()
        before = alerts.progress
        if table is None:
            if alerts.is_open:  # the rule was taken out of queues.toml
                change: Change = "resolved" if before.stage == "firing" else "inactive"
                alerts.progress = Progress()
                self._changed_queues.add(look.queue)
                self._write(look, before, NOT_ASKED, change, replay=alerts.replay)
            return
        counted = [(stay, stops) for stay, stops in waiting if not self._is_out_of_hours(stay)]
        measured = RULE.measure_callers(table, [self._passed(stops, here) for _, stops in counted])
        after, told = advance(
            before,
            here,
            raised=measured.raised,
            calm=measured.calm,
            hold_ms=table.hold_ms,
            clear_hold_ms=table.clear_hold_ms,
            ends=alerts.ends,
        )
        if before.stage == after.stage == "inactive":
            return
        if told == "resolved":
            alerts.ends = [*lately(alerts.ends, here), here]
        if measured.raised:
            alerts.replay = any(stay.replay for stay, _ in counted)
        after.severity = look.severity
        if after.stage == "firing" and (here % MINUTE == 0 or before.severity != after.severity):
            told = "firing"
        alerts.progress, self.queues[look.queue] = after, alerts
        self._changed_queues.add(look.queue)
        if told is not None:
            started = after if told in {"pending", "firing"} else before
            self._write(look, started, measured, told, replay=alerts.replay)

    def _is_out_of_hours(self, stay: Stay) -> bool:
        return arrived_out_of_hours(self.targets_at(stay.queue, stay.at), stay.at)

    def _passed(self, stops: list[Stop], here: int) -> Passed:
        route = []
        for queue, waited_ms in stops:
            targets = self.targets_at(queue, here)
            route.append((targets.name if targets else queue, waited_ms))
        return Passed(sum(waited_ms for _, waited_ms in route), tuple(route))

    def _write(
        self, look: "_Look", started: Progress, measured: Measured, change: Change, *, replay: bool
    ) -> None:
        targets, here = look.targets, look.here
        planned = maintenance_at(targets.maintenance, targets.time_zone, here) if targets else None
        name = targets.name if targets else look.queue
        alert = Alert(
            alert_id=f"{RULE.name}/{look.queue}/{started.onset_at}",
            version=look.cause.version,
            rule=RULE.name,
            queue=look.queue,
            state=change,
            severity=started.severity or RULE.severity,
            onset_at=started.onset_at,
            changed_at=started.fired_at if change == "firing" else here,
            held_at=here,
            known_at=look.cause.known_at,
            value=measured.value,
            threshold=measured.threshold,
            n=measured.n,
            reason=RULE.sentence(name, measured),
            fired_at=started.fired_at or None,
            resolved_at=here if change == "resolved" else None,
            owner=targets.owner if targets else "",
            department=targets.department if targets else "",
            queue_name=name,
            replay=replay,
            tuned_to=tuned_to(RULE, look.table),
            maintenance_until=planned.until if planned else None,
            maintenance=planned.text if planned else "",
            times_fired=started.times_fired,
        )
        self.alerts[alert.alert_id] = alert

    # ---- state out and in --------------------------------------------------------------------

    def lacking(self) -> NotEvaluated | None:
        return None  # it asks for nothing that must be learned

    def rebuilt(
        self, former: "PassedAroundDecider", log_begins_at: int, *, is_damaged: bool
    ) -> None:
        self.boundary = former.boundary if self.boundary is None else self.boundary
        for contact, journey in former.journeys.items():
            if contact not in self.journeys and journey.stays[0].at < log_begins_at:
                self.journeys[contact] = journey
        for contact, journey in self.journeys.items():
            self._note(contact, journey, self.boundary or 0)
        self.queues = {**self.queues, **former.queues} if is_damaged else former.queues
        self._changed, self._changed_queues = set(self.journeys), set(self.queues)
        self.stored = set(former.stored)

    def pieces(self) -> list[tuple[bytes, bytes | None]]:
        found: list[tuple[bytes, bytes | None]] = []
        for contact in self._changed & self._forget_from.keys():
            self._forget(contact)  # who came and went since the last checkpoint is not written
        for contact in sorted(self._changed):
            journey = self.journeys.get(contact)
            if journey is not None:
                self.stored.add(contact)
                found.append(
                    (_JOURNEY + encode(contact), encode_piece(_JourneyPiece(FORMAT, journey)))
                )
            elif contact in self.stored:
                self.stored.discard(contact)
                found.append((_JOURNEY + encode(contact), None))
        for queue in sorted(self._changed_queues):
            alerts = self.queues.get(queue)
            value = None if alerts is None else encode_piece(_QueuePiece(FORMAT, alerts))
            found.append((_QUEUE + queue.encode(), value))
        return found

    def load(self, key: bytes, value: bytes | None) -> None:
        if value is not None and key.startswith((_JOURNEY, _QUEUE)):
            format_of(value)
        if key.startswith(_JOURNEY):
            contact = decode_as(tuple[str, str], key[len(_JOURNEY) :])
            if contact in self.journeys:
                self._drop(contact)
            self.stored.discard(contact)
            if value is not None:
                self.stored.add(contact)
                journey = self.journeys[contact] = _decode_journey(value).journey
                self._note(contact, journey, 0)  # the boundary is in another piece
        elif key.startswith(_QUEUE):
            queue = key[len(_QUEUE) :].decode()
            self.queues.pop(queue, None)
            if value is not None:
                self.queues[queue] = _decode_queue(value).alerts

    def written(self) -> None:
        self.alerts, self._changed, self._changed_queues = {}, set(), set()


class _Look(NamedTuple):
    """A queue at a boundary."""

    queue: str
    targets: Targets | None
    here: int
    cause: Cause

    @property
    def table(self) -> PassedAroundTable | None:
        """None where the rule is off, or another release wrote settings that this one cannot read."""
        targets = self.targets
        found = None if targets is None else table_of(RULE, targets.alerts.get(RULE.name))
        return found if isinstance(found, PassedAroundTable) else None

    @property
    def severity(self) -> Severity:
        return RULE.severity if self.targets is None else severity_of(RULE, self.targets)


DECIDER = PassedAroundDecider
