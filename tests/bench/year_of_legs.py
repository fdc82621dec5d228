"""A year of legs in the archive, made by SQL inside the database: skewed queues, versions, corrections.

The same number makes the same legs. Of twelve legs one was told as open first, so it has two versions; of a hundred one
was corrected later, half of these to another hour or day of arrival.
"""

from schemas.millis import DAY, SECOND, from_iso
from schemas.targets import Targets, TargetsVersion
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.target_rows import target_rows

START = from_iso("2025-01-01T00:00:00Z")
END = from_iso("2026-01-01T00:00:00Z")
DAYS = (END - START) // DAY
ZONES = ("Europe/Berlin", "Africa/Johannesburg", "Asia/Jakarta")
_PER_STEP = 500_000
_KNOWN_AFTER_MS = 600 * SECOND
_OFFICE_OPENS_S, _OFFICE_S = 5 * 3_600, 13 * 3_600  # of UTC
_CENTRES = 8


def targets_of(queues: int) -> TargetsVersion:
    made = tuple(
        Targets(
            name(place), name(place).title(), f"centre-{place % _CENTRES}", f"Centre {place % _CENTRES}", "town", "Town",
            ZONES[place % len(ZONES)], (20, 30, 60)[place % 3] * SECOND, 0.8, short_abandon_ms=5 * SECOND,
        )
        for place in range(queues)
    )  # fmt: skip
    return TargetsVersion(1, 0, START - DAY, ZONES[0], made)


def name(place: int) -> str:
    return f"queue-{place:03d}"


def keep_targets(database: Database, queues: int) -> None:
    from schemas.tables import TABLES

    database.insert("targets", TABLES["targets"], target_rows(targets_of(queues)))


def steps(legs: int) -> list[tuple[int, int]]:
    """The legs in the order of their arrival, a part of the year at a time, as a year would come."""
    count = max(1, -(-legs // _PER_STEP))
    return [(legs * number // count, legs * (number + 1) // count) for number in range(count)]


def keep_step(database: Database, step: tuple[int, int], legs: int, queues: int) -> None:
    """May be repeated: the same rows are the same legs."""
    for kind, which in enumerate(("1", "n % 12 = 0", "n % 100 = 7")):
        database.execute(_insert(*step, legs, queues, which, kind))


def _insert(first: int, last: int, legs: int, queues: int, which: str, kind: int) -> str:
    """`kind` 0: as it holds; 1: as it was while it waited; 2: corrected since."""
    share_of_year = (END - START) // SECOND
    version = {0: 20, 1: 10, 2: 30}[kind] * 1_000_000_000
    moved = "if(n % 200 = 7, 5400000 + 86400000 * (n % 3 = 0), 0)" if kind == 2 else "0"
    is_open = kind == 1
    return f"""
INSERT INTO leg_versions (queue, key_at, leg_id, node, version, known_at_ms, feed, source, outcome, arrived_at,
  arrived_at_ms, contact_id, channel, direction, caller, agent, reason, topic, area, priority, answered_at_ms, left_at_ms,
  ended_at_ms, wrap_ended_at_ms, wait_ms, talk_hold_ms, hold_ms, wrap_ms, offers, missed_offers, in_target, short,
  out_of_hours, doubtful, replay, answer_within_ms, short_abandon_ms, goal, formula, targets_version, disposition, flags,
  delivery)
SELECT queue, toDateTime(intDiv(came, 1000), 'UTC'), leg_id, 'pbx', {version} + n, arrived + {_KNOWN_AFTER_MS}, 'history',
  'pbx', outcome, toDateTime(intDiv(arrived, 1000), 'UTC'), arrived, concat('contact-', toString(n)), channel, 'inbound',
  concat('token-', toString(r4 % 3000000)), if(outcome = 'answered', concat('agent-', toString(r3 % 900)), ''),
  multiIf(outcome = 'rejected', 'full', outcome = 'exited', 'timeout', ''), '', '', 0,
  if(outcome = 'answered', arrived + waited, NULL), if(outcome = 'open', NULL, arrived + waited),
  if(outcome = 'answered', arrived + waited + talked, NULL),
  if(outcome = 'answered', arrived + waited + talked + 20000, NULL),
  if(outcome IN ('open', 'rejected'), NULL, waited), if(outcome = 'answered', talked, NULL),
  if(outcome = 'answered', toInt64(0), NULL), if(outcome = 'answered', toInt64(20000), NULL), 1,
  r3 % 20 = 0, outcome NOT IN ('open', 'rejected') AND waited <= within, outcome NOT IN ('open', 'rejected')
  AND waited < 5000, r3 % 40 = 0, 0, 0, toNullable(within), toNullable(toInt64(5000)), toNullable(0.8),
  'short_abandons_ignored', 1, '', [], ''
FROM (
  SELECT n, r3, r4, concat('queue-', substring(toString(1000 + place), 2)) AS queue,
    multiIf(place % 3 = 0, 20000, place % 3 = 1, 30000, 60000) AS within, came, came + {moved} AS arrived,
    concat('leg-', toString(n)) AS leg_id, if(r3 % 15 = 0, 'callback', 'voice') AS channel,
    {"'open'" if is_open else "multiIf(r2 % 100 < 82, 'answered', r2 % 100 < 93, 'abandoned', r2 % 100 < 96, 'exited', r2 % 100 < 98, 'transferred', 'rejected')"} AS outcome,
    if(outcome = 'rejected', 0, toInt64(r1 % 1000 * (r1 % 1000) * (1 + r2 % 4) / 20)) AS waited, toInt64(30000 + r3 % 400000) AS talked
  FROM (
    SELECT toInt64(number) AS n, cityHash64(number, 1) AS r1, cityHash64(number, 2) AS r2, cityHash64(number, 3) AS r3,
      cityHash64(number, 4) AS r4,
      toInt64(least({queues - 1}, floor(pow((cityHash64(number, 5) % 1000000) / 1000000, 2.2) * {queues}))) AS place,
      {START} + intDiv(toInt64(number) * {share_of_year}, {legs}) * 1000 AS at,
      intDiv(at, {DAY}) * {DAY} + ({_OFFICE_OPENS_S} + toInt64(cityHash64(number, 6) % {_OFFICE_S})) * 1000 + toInt64(r3 % 1000) AS came
    FROM numbers({first}, {last - first})
  )
)
WHERE {which}"""
