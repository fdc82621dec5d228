"""The floor of `floors` as a supervisor works with it: departments, callers one by one with what they have been through, people who
pause, alerts of which somebody has one.
"""

import random
from hashlib import sha256

from msgspec.structs import replace

from dashboards.callers.stays import Stays
from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.codec import decode_as, encode
from schemas.commands import Acknowledged, command_key
from schemas.legs import LegRow, Outcome
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.roles import ROLES
from schemas.snapshots import QueueSnapshot, WaitingCaller
from schemas.targets import TargetsVersion
from tests.support.floors import Record, healthy, records

_DEPARTMENTS = {
    "electricity": "Trading services", "water-and-sanitation": "Trading services", "revenue": "Finance",
    "switchboard": "Customer care", "sizakala": "Customer care",
}  # fmt: skip
_INSIDE = "Corporate services"  # all other centres
_REASONS = ("lunch", "training", "meeting", "break")
_OUTAGE, _LEAK, _PREPAID, _ACCOUNTS = "power-outage", "burst-pipes", "prepaid-meters", "accounts"


def desk_records(now: int) -> list[Record]:
    """What Kafka holds of it at `now`."""
    generator = random.Random(11)
    changed = [_listed(record, now, generator) for record in records(now)]
    second = Alert(
        alert_id="service_level:accounts:1", version=1, rule="service_level_burn", queue=_ACCOUNTS, state="firing",
        severity="warn", onset_at=now - 19 * MINUTE, changed_at=now - 19 * MINUTE, known_at=now, value=3.4, threshold=2.0,
        n=176, reason="Accounts: the service level of the last hour is spent 3.4 times as fast as promised",
        fired_at=now - 19 * MINUTE,
    )  # fmt: skip
    taken = Acknowledged(
        who="Thandi", at=now - 12 * MINUTE, note="two people come from Payment plans", alert_id=second.alert_id, link_of=None,
    )  # fmt: skip
    return [
        *changed,
        ("alerts", second.alert_id.encode(), encode(second)),
        ("commands", command_key(taken), encode(taken)),
        ("health", b"notify/1", encode(healthy("notify", now))),
    ]


def _listed(record: Record, now: int, generator: random.Random) -> Record:
    topic, key, value = record
    if topic == "targets":
        version = decode_as(TargetsVersion, value)
        queues = tuple(
            replace(each, department=_slug(_department(each.centre)), department_name=_department(each.centre),
                    callers_listed_to=ROLES, agents_named_to=ROLES)
            for each in version.queues
        )  # fmt: skip
        return topic, key, encode(replace(version, queues=queues))
    if topic == "snapshots":
        shown = decode_as(QueueSnapshot, value)
        return topic, key, encode(replace(shown, callers=_in_line(shown), today_started_at=now - 8 * HOUR))  # fmt: skip
    if topic == "roster":
        return topic, key, encode(_since(decode_as(RosterEntry, value), now, generator))
    return record


def _department(centre: str) -> str:
    return _DEPARTMENTS.get(centre, _INSIDE)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _in_line(shown: QueueSnapshot) -> tuple[WaitingCaller, ...]:
    """As many as wait, from the oldest on, closer together the later they came."""
    oldest = shown.oldest_arrived_at
    if oldest is None:
        return ()
    age = shown.as_of - oldest
    return tuple(
        WaitingCaller(_leg(shown.queue, place), oldest + round(age * (place / shown.waiting) ** 0.8), ringing=place == 1)
        for place in range(shown.waiting)
    )  # fmt: skip


def _leg(queue: str, place: int) -> str:
    return f"1764506{sum(map(ord, queue)) % 900 + 100}.{place + 40}"


def _since(person: RosterEntry, now: int, generator: random.Random) -> RosterEntry:
    since = now - round(generator.expovariate(1 / (4 * MINUTE)))
    paused = person.routing_state == "not_ready"
    number = int(person.agent.partition("-")[2])
    return replace(
        person, agent=f"agent {number:03}", since=since, reason=generator.choice(_REASONS) if paused else "",
    )  # fmt: skip


def desk_stays(floor: list[Record], now: int) -> Stays:
    """What those in line have been through, and four who hung up and are not back."""
    stays = Stays()
    for topic, _, value in floor:
        if topic == "snapshots":
            shown = decode_as(QueueSnapshot, value)
            for place, waits in enumerate(shown.callers):
                for row in _told_of(shown.queue, place, waits):
                    stays.take(encode(row))
    for place, (queue, ago, wait) in enumerate(
        ((_OUTAGE, 4 * MINUTE, 190), (_OUTAGE, 11 * MINUTE, 245), (_LEAK, 26 * MINUTE, 131), (_ACCOUNTS, HOUR, 96))
    ):  # fmt: skip
        gone = _stay(queue, f"1764502{place}11.7", now - ago, _caller(f"gone {place}"), "abandoned", wait * SECOND)  # fmt: skip
        stays.take(encode(gone))
    stays.whole(now - 26 * HOUR)
    return stays


def _told_of(queue: str, place: int, waits: WaitingCaller) -> list[LegRow]:
    """Every third was somewhere before: sent on, gave up and came back, or rung in vain."""
    caller = _caller(f"{queue} {place}")
    contact = f"c-{queue}-{place}"
    leg = _stay(queue, waits.leg_id, waits.arrived_at, caller)
    if place % 3 == 0:
        before = _stay("general-enquiries", f"{waits.leg_id}0", waits.arrived_at - 3 * MINUTE, caller, "transferred", 95 * SECOND)  # fmt: skip
        return [replace(before, contact_id=contact), replace(leg, contact_id=contact)]
    if place % 3 == 1:
        return [_stay(queue, f"{waits.leg_id}1", waits.arrived_at - 21 * MINUTE, caller, "abandoned", 204 * SECOND), leg]  # fmt: skip
    return [replace(leg, missed_offers=1)]


def _caller(name: str) -> str:
    """A token, as `send` makes one of a number."""
    return f"9c41a07e.{sha256(name.encode()).hexdigest()[:32]}"


def _stay(
    queue: str, leg_id: str, arrived_at: int, caller: str, outcome: Outcome = "open", wait_ms: int = 0
) -> LegRow:  # fmt: skip
    leg = LegRow(
        queue=queue, leg_id=leg_id, version=1, key_at=arrived_at, known_at=arrived_at, feed="live", source="node-1",
        outcome=outcome, arrived_at=arrived_at, caller=caller,
    )  # fmt: skip
    return leg if outcome == "open" else replace(leg, left_at=arrived_at + wait_ms, wait_ms=wait_ms)
