"""A believable floor for boards: 25 queues of eight centres on an ordinary morning, some in trouble."""

import random
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.agents import Activity, RosterEntry, RoutingState
from schemas.alerts import Alert
from schemas.attention import Attention
from schemas.codec import encode
from schemas.counters import Counts
from schemas.health import Health
from schemas.opening import Opening, parse_weekly
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets, TargetsVersion
from streams.core.attention import RaisedRule, attention
from tests.support.ruled import oldest_wait, ruled

ZONE = "Africa/Johannesburg"
SOURCE = "node-1"

# centre: (queue, T in s, goal, offered in 30 min, waiting, oldest s, share in target, abandoned share)
_CENTRES: dict[str, tuple[tuple[str, int, float, int, int, int, float, float], ...]] = {
    "Switchboard": (
        ("General enquiries", 20, 0.8, 214, 2, 1, 0.86, 0.03),
        ("Directory", 20, 0.8, 61, 0, 0, 0.93, 0.02),
        ("Councillors", 30, 0.8, 12, 0, 0, 0.92, 0.0),
    ),
    "Electricity": (
        ("Power outage", 20, 0.8, 388, 19, 262, 0.41, 0.19),
        ("Prepaid meters", 30, 0.8, 121, 4, 47, 0.72, 0.08),
        ("Connections", 60, 0.75, 38, 1, 22, 0.84, 0.05),
        ("Streetlights", 60, 0.75, 17, 0, 0, 0.94, 0.0),
    ),
    "Water and sanitation": (
        ("Burst pipes", 20, 0.8, 96, 6, 118, 0.63, 0.09),
        ("No water", 20, 0.8, 74, 2, 26, 0.78, 0.06),
        ("Sewer blockages", 20, 0.8, 41, 0, 0, 0.88, 0.02),
        ("Meter readings", 60, 0.75, 29, 0, 0, 0.97, 0.03),
    ),
    "Revenue": (
        ("Accounts", 30, 0.8, 176, 8, 96, 0.69, 0.11),
        ("Payment plans", 60, 0.75, 44, 2, 41, 0.82, 0.05),
        ("Rates clearance", 60, 0.75, 21, 0, 0, 0.9, 0.0),
        ("Refunds", 60, 0.75, 9, 0, 0, 1.0, 0.0),
    ),
    "Help desk": (
        ("Passwords", 30, 0.8, 52, 1, 9, 0.87, 0.02),
        ("Hardware", 60, 0.75, 18, 0, 0, 0.89, 0.06),
        ("Applications", 60, 0.75, 23, 1, 33, 0.83, 0.04),
    ),
    "Human resources": (
        ("Payroll", 60, 0.75, 26, 0, 0, 0.81, 0.04),
        ("Leave", 60, 0.75, 14, 0, 0, 0.93, 0.0),
    ),
    "Fleet": (
        ("Breakdowns", 20, 0.9, 11, 1, 1, 0.91, 0.0),
        ("Bookings", 60, 0.75, 6, 0, 0, 1.0, 0.0),
    ),
    "Sizakala": (
        ("Walk-in line", 30, 0.8, 47, 1, 4, 0.85, 0.04),
        ("Complaints", 30, 0.8, 33, 3, 52, 0.76, 0.09),
        ("Night line", 30, 0.8, 0, 0, 0, 0.0, 0.0),
    ),
}  # fmt: skip

Record = tuple[str, bytes, bytes]  # topic, key, value


def targets(**changes: object) -> Targets:
    """The promise of one queue; anything may be changed."""
    values: dict[str, object] = {
        "queue": "burst-pipes", "name": "Burst pipes", "centre": "water", "centre_name": "Water",
        "department": "works", "department_name": "Works", "time_zone": ZONE,
        "answer_within_ms": 20_000, "goal": 0.8,
    }  # fmt: skip
    return Targets(**(values | changes))  # type: ignore[arg-type]  # a builder: keywords by name


def snapshot(now: int, **changes: object) -> QueueSnapshot:
    """A live queue with nobody waiting; anything may be changed."""
    values: dict[str, object] = {
        "queue": "burst-pipes", "as_of": now, "version": 1, "published_at": now,
        "answer_within_ms": 20_000, "short_abandon_ms": 5_000, "goal": 0.8,
        "formula": "short_abandons_ignored", "attention": Attention("ok"),
    }  # fmt: skip
    return QueueSnapshot(**(values | changes))  # type: ignore[arg-type]  # as above


def healthy(process: str, now: int, **changes: object) -> Health:
    values: dict[str, object] = {
        "process": process, "instance": f"{process}-1", "at": now, "started_at": now - 60_000,
        "ready": True, "state": "running",
    }  # fmt: skip
    return Health(**(values | changes))  # type: ignore[arg-type]  # as above


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def records(now: int, version: int = 1) -> list[Record]:
    """Everything that the board reads, as it stands in Kafka at `now`."""
    made = [
        ("targets", b"1", encode(_targets_version(now))),
        *(("snapshots", s.queue.encode(), encode(s)) for s in _snapshots(now, version)),
        *(("roster", p.agent.encode(), encode(p)) for p in _roster(now, version)),
        *(("alerts", a.alert_id.encode(), encode(a)) for a in _alerts(now, version)),
    ]
    return made + [
        ("health", f"{name}/1".encode(), encode(healthy(name, now)))
        for name in ("stream", "archive", "notify")
    ]


def _targets_version(now: int) -> TargetsVersion:
    """The night line is closed at `now`, also in a test that runs at night."""
    office = Opening(weekly=parse_weekly("Mon-Sun 00:00-24:00"))
    hour = 11 if datetime.fromtimestamp(now / 1000, ZoneInfo(ZONE)).hour == 23 else 23
    night = Opening(weekly=parse_weekly(f"Mon-Sun {hour}:30-{hour}:59"))
    queues = tuple(
        targets(
            queue=slug(name), name=name, centre=slug(centre), centre_name=centre,
            department="city", department_name="City", answer_within_ms=within * 1000, goal=goal,
            opening=night if name == "Night line" else office,
            alerts=ruled(oldest_wait(raise_above_ms=180_000, clear_below_ms=60_000)),
        )
        for centre, members in _CENTRES.items()
        for name, within, goal, *_ in members
    )  # fmt: skip
    return TargetsVersion(1, 946_684_800_000, 946_684_800_000, ZONE, queues)


def _snapshots(now: int, version: int) -> list[QueueSnapshot]:
    """Each judged by its targets, as the stream does it."""
    promises = {each.queue: each for each in _targets_version(now).queues}
    fires = {
        each.queue: (RaisedRule(each.rule, each.severity, fires=True, sentence=each.reason),)
        for each in _alerts(now, version)
    }
    return [
        replace(
            shown,
            attention=attention(shown, promises[shown.queue], fires.get(shown.queue, ()), now),
        )
        for shown in _unjudged(now, version)
    ]


def _unjudged(now: int, version: int) -> list[QueueSnapshot]:
    return [
        snapshot(
            now - 1_400,
            queue=slug(name), version=version, published_at=now, waiting=waiting,
            oldest_arrived_at=now - oldest * 1000 if waiting else None,
            doubtful=1 if waiting > 15 else 0, in_service=offered // 9,
            windows={30: _counts(offered, share, abandoned)},
            today=_counts(offered * 7, min(1.0, share + 0.09), abandoned * 0.6),
            agents=_agents(offered, waiting), answer_within_ms=within * 1000, goal=goal,
        )
        for members in _CENTRES.values()
        for name, within, goal, offered, waiting, oldest, share, abandoned in members
        if name != "Night line"
    ]  # fmt: skip


def _counts(offered: int, share: float, abandoned: float) -> Counts:
    gone = round(offered * abandoned)
    short = gone // 5
    answered = offered - gone
    good = min(answered, round((offered - short) * share))
    return Counts(
        offered=offered, answered=answered, abandoned=gone, short_abandoned=short,
        abandoned_in_target=short, answered_in_target=good, answer_wait_ms=answered * 21_000,
    )  # fmt: skip


def _agents(offered: int, waiting: int) -> dict[str, int]:
    busy = max(1, offered // 9)
    return {
        "available": 0 if waiting else max(1, offered // 30), "talking": busy,
        "wrap": busy // 5, "not_ready": 1 + busy // 8, "logged_out": 3,
    }  # fmt: skip


def _roster(now: int, version: int) -> list[RosterEntry]:
    generator = random.Random(7)
    queues = [slug(name) for members in _CENTRES.values() for name, *_ in members]
    weights: dict[tuple[RoutingState, Activity], int] = {
        ("available", "talking"): 13, ("available", "wrap"): 2, ("available", "idle"): 3,
        ("not_ready", "idle"): 2, ("logged_out", "idle"): 2,
    }  # fmt: skip
    entries = []
    for number in range(200):
        routing, activity = generator.choices(list(weights), list(weights.values()))[0]
        entries.append(
            RosterEntry(
                f"agent-{number}", version, SOURCE, routing, activity, "", now, now,
                tuple(generator.sample(queues, 3)),
            )
        )  # fmt: skip
    return entries


def _alerts(now: int, version: int) -> list[Alert]:
    return [
        Alert(
            alert_id="oldest_wait:power-outage:1", version=version, rule="oldest_wait",
            queue="power-outage", queue_name="Power outage", state="firing", severity="page", onset_at=now - 85_000,
            changed_at=now - 85_000, known_at=now, value=262, threshold=180, n=19,
            reason="oldest wait 4:22 above 3:00, 19 waiting", fired_at=now - 85_000,
        )
    ]  # fmt: skip


def large(now: int, queues: int = 1_000) -> list[Record]:
    """A house of so many queues: those of the floor again and again, in departments of eighty; every ninth copy is in its trouble."""
    version = _targets_version(now)
    shown = {each.queue: each for each in _snapshots(now, 1)}
    promised, living = [], []
    for at in range(queues):
        of = version.queues[at % len(version.queues)]
        queue, house = f"{of.queue}-{at:04}", at // 80
        promised.append(
            replace(of, queue=queue, name=f"{of.name} {at:04}", department=f"house-{house:02}", department_name=f"House {house:02}",
                    centre=f"centre-{at // 20:02}", centre_name=f"Centre {at // 20:02}")
        )  # fmt: skip
        source = of.queue if at // len(version.queues) % 9 == 0 else "leave"
        if (alike := shown.get(source if of.queue in shown else of.queue)) is not None:
            living.append(
                replace(alike, queue=queue, answer_within_ms=of.answer_within_ms, goal=of.goal)
            )
    return [
        ("targets", b"1", encode(replace(version, queues=tuple(promised)))),
        *(("snapshots", each.queue.encode(), encode(each)) for each in living),
        *(("health", f"{name}/1".encode(), encode(healthy(name, now))) for name in ("stream", "archive", "notify")),
    ]  # fmt: skip
