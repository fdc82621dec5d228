"""A simulated desk, fed to the stream's own core with every alert rule of the catalogue: which alerts fired, and when."""

import json
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct, field

from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.calls import Abandoned, Answered, CallEvent, Ended, Queued, Tick
from schemas.codec import decode_as, encode
from schemas.millis import MINUTE
from schemas.privacy import caller_token, key_from_secret
from schemas.profiles import Profile
from schemas.queues_toml import parse_queues
from schemas.targets import TargetsVersion
from schemas.timing import DISORDER_MS, STEP_MS
from streams.core.calls_unit import CallsUnit
from streams.core.profiles import Profiles
from streams.core.reports_unit import ReportsUnit
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.unit import Output, Record
from tests.bench.desk import Happened
from tests.support.services import ROOT

# Of rules whose table has keys without a default, as in docs/on-call.md; of others of this kind those that are shipped.
LIMITS = {
    "oldest_wait": '{ raise_above = "5m", clear_below = "2m" }',
    "abandonment": "{ raise_above = 0.2, clear_below = 0.12 }",
}
_TAKEN_EVERY_MS = 30 * MINUTE
_SOURCE = "desk"
_KEY = key_from_secret(b"benchmark")


class Decided(Struct):
    """`fired`: the newest record of each alert that fired, by id. `not_evaluated`: the rules that could not be asked
    at the last look, with the reason; `asked`: those that could at any look.
    """

    fired: dict[str, Alert] = field(default_factory=dict)
    not_evaluated: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def pages(self) -> list[Alert]:
        """By time."""
        found = [each for each in self.fired.values() if each.severity == "page"]
        return sorted(found, key=decided_at)


def decided_at(alert: Alert) -> int:
    """When the stream can know it: a boundary is decided when the source's clock is so far past it."""
    return (alert.fired_at or 0) + DISORDER_MS


def rules_toml(queue: str, opening: str = "") -> str:
    """A queue with the goal of the table in the field's literature (90 % within 20 s), and every rule."""
    rules = "".join(f"alerts.{name} = {settings(name)}\n" for name in sorted(RULE_TABLES))
    hours = f'opening = ["{opening}"]\n' if opening else ""
    return (
        f'[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\ngoal = 0.9\nformula = "offered"\n'
        f'owner = "{queue}"\n{hours}{rules}[queues.{queue}]\n'
    )


def settings(rule: str) -> str:
    """The table of a rule in queues.toml: its defaults, or limits where it has none."""
    if rule in LIMITS:
        return LIMITS[rule]
    if not any(each.required for each in msgspec.structs.fields(RULE_TABLES[rule])):
        return "{}"
    shipped = tomllib.loads((ROOT / "deploy" / "queues.toml").read_text())["defaults"]["alerts"]
    return "{ " + ", ".join(f"{key} = {json.dumps(v)}" for key, v in shipped[rule].items()) + " }"


class Units:
    """The units of one worker: that of the calls, and that of the rules across queues."""

    def __init__(self, toml: str, profile: Profile | None) -> None:
        self.roster, profiles = Roster(), Profiles()
        if profile is not None:
            profiles.update(profile)
        self.calls = CallsUnit(0, 1, self.roster, profiles=profiles)
        self.reports = ReportsUnit(0, 1)
        versions = [TargetsVersion(1, 0, 0, "UTC", tuple(parse_queues(toml, RULE_TABLES).queues))]
        for unit in (self.calls, self.reports):
            unit.start(0)
            unit.set_targets(versions)

    def outputs(self, now: int) -> Iterator[Output]:
        """What both write; the second one reads what the first one tells it."""
        told: list[Output] = []
        for unit in (self.calls, self.reports):
            if unit is self.reports and told:
                first = self.reports.next_offset or 0
                records = enumerate(told, first)
                unit.apply([Record(at, now, each.key, each.value) for at, each in records])
            checkpoint = unit.checkpoint()
            for output in checkpoint.outputs if checkpoint is not None else ():
                if output.topic == "reports":
                    told.append(output)
                yield output
            unit.commit_done()


def decide(
    queue: str,
    toml: str,
    happened: Iterable[Happened],
    start: int,
    end: int,
    profile: Profile | None = None,
) -> Decided:
    """Feed all that happened in `[start, end)`, with a tick at each boundary, as a live source does."""
    units = Units(toml, profile)
    unit, roster = units.calls, units.roster
    found, offset, taken_at = Decided(), 0, start
    for at, step in _steps(happened, start, end):
        records = []
        for each in step:
            for entry in _entries(each, queue):
                roster.update(entry)
            if (event := _event(each, queue)) is not None:
                records.append(Record(offset, each.at, b"", encode(event)))
                offset += 1
        tick = Tick(event_id=f"tick-{at}", at=at, source=_SOURCE)
        records.append(Record(offset, at, b"", encode(tick)))
        offset += 1
        unit.apply(records)
        if at - taken_at >= _TAKEN_EVERY_MS or at + STEP_MS >= end:
            taken_at = at
            _take(units, found, at)
    return found


def _steps(
    happened: Iterable[Happened], start: int, end: int
) -> Iterator[tuple[int, list[Happened]]]:
    """What happened up to each boundary."""
    coming = iter(happened)
    each = next(coming, None)
    for at in range(start // STEP_MS * STEP_MS + STEP_MS, end + 1, STEP_MS):
        step = []
        while each is not None and each.at <= at:
            step.append(each)
            each = next(coming, None)
        yield at, step


def _take(units: Units, found: Decided, now: int) -> None:
    for output in units.outputs(now):
        if output.topic == "quarantine":
            raise AssertionError(f"the core refuses what the desk tells: {output.value!r}")
        if output.topic == "alerts":
            alert = decode_as(Alert, output.value)
            if alert.fired_at is not None:
                found.fired[alert.alert_id] = alert
    for snapshot in units.calls.snapshots(now):
        found.asked |= RULE_TABLES.keys() - snapshot.not_evaluated.keys()
        found.not_evaluated = dict(snapshot.not_evaluated)


_STATES = {
    "signed_in": ("available", "idle"),
    "signed_out": ("logged_out", "idle"),
    "answered": ("available", "talking"),
    "ended": ("available", "idle"),
}
_versions = iter(range(1, 2**62))


def _entries(each: Happened, queue: str) -> Iterator[RosterEntry]:
    if each.kind not in _STATES:
        return
    routing, activity = _STATES[each.kind]
    agent = each.who if each.kind.startswith("signed") else each.agent
    yield RosterEntry(
        f"agent-{agent}", next(_versions), _SOURCE, routing, activity, "", each.at, each.at, (queue,)  # type: ignore[arg-type]
    )  # fmt: skip


def _event(each: Happened, queue: str) -> CallEvent | None:
    about: dict[str, Any] = {
        "event_id": f"{each.kind}-{each.who}", "at": each.at, "source": _SOURCE, "queue": queue,
        "leg_id": f"leg-{each.who}",
    }  # fmt: skip
    match each.kind:
        case "queued":
            topic, _, area = each.subject.partition("/")
            return Queued(**about, caller=caller_token(_KEY, str(each.who)), topic=topic, area=area)
        case "answered":
            return Answered(**about, agent=f"agent-{each.agent}")
        case "ended":
            return Ended(**about)
        case "abandoned":
            return Abandoned(**about)
        case _:
            return None
