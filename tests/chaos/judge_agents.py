"""The judge of agents: spells and roster are those of the ledger's shifts, whatever happened.

Spells in the archive, agents per queue on /metrics, committed outputs without a repetition, and
outputs as a single undisturbed unit makes them of the same log.
"""

import re
from collections import Counter
from typing import Any

from schemas.agents import RosterEntry, Spell
from schemas.codec import decode_as
from streams.core.agents_unit import AgentsUnit
from tests.chaos.ledger import Ledger
from tests.chaos.outputs import Newest, compare, decoded, input_log, newest
from tests.chaos.shifts import Shifts, Stay
from tests.chaos.system import System

_AGENTS = re.compile(r'^callcentre_agents\{queue="([^"]*)",state="([^"]*)"\} (\S+)$', re.MULTILINE)
_ARCHIVED = (
    "agent", "started_at_ms", "ended_at_ms", "state", "routing_state", "activity", "reason", "queues",
)  # fmt: skip


def check_agents(system: System, ledger: Ledger) -> None:
    """Everything was archived before; the roster may be on its way to the workers still."""
    _check_archive(system, ledger.shifts)
    agents = set(ledger.shifts.stays)
    found, expected = _written(system, agents), _replayed(system, agents)
    for name in found:
        compare(name, found[name], expected[name])
    _check_shown(system, ledger)


def _check_archive(system: System, shifts: Shifts) -> None:
    expected = {(row[0], row[1]): row for row in _spells(shifts)}
    agents = ", ".join(f"'{agent}'" for agent in shifts.stays)
    sql = f"SELECT {', '.join(_ARCHIVED)} FROM spells FINAL WHERE agent IN ({agents})"
    with system.reader() as database:
        rows = [(*row[:-1], tuple(row[-1])) for row in database.execute(sql).rows]
    found = {(row[0], row[1]): row for row in rows}
    assert len(found) == len(rows), "a spell stands there twice"
    compare("spells of the archive", found, expected)


def _spells(shifts: Shifts) -> list[tuple[Any, ...]]:
    """As the archive must hold them; of several that begin at one instant the last."""
    rows = []
    for stays in shifts.stays.values():
        for stay, then in zip(stays, [*stays[1:], None], strict=True):
            ended_at = None if then is None else then.since
            queues = stay.queues_first if then is None else stay.queues_last
            rows.append((stay.agent, stay.since, ended_at, _shown(stay), *stay.what, queues))
    return rows


def _shown(stay: Stay) -> str:
    """Nobody of a ledger is signed out and on the phone."""
    routing_state, activity, _ = stay.what
    return routing_state if activity == "idle" else activity


def _written(system: System, agents: set[str]) -> dict[str, Newest]:
    """The newest of each spell and of each agent's entry in the topics; none was written twice."""

    def of(topic: str, kind: Any) -> list[Any]:
        return [row for row in decoded(system, topic, kind) if row.agent in agents]

    return {
        "spells": newest(of("spells", Spell), lambda row: (row.agent, row.started_at)),
        "roster": newest(of("roster", RosterEntry), lambda row: row.agent),
    }


def _replayed(system: System, agents: set[str]) -> dict[str, Newest]:
    """The same by units that read the log in one go, undisturbed."""
    spells, roster = [], []
    for partition, records in input_log(system, "agents").items():
        unit = AgentsUnit(partition, system.epoch)
        unit.start(0)
        unit.apply(records)
        checkpoint = unit.checkpoint()
        for output in checkpoint.outputs if checkpoint else ():
            if output.topic == "spells":
                spells.append(decode_as(Spell, output.value))
            elif output.topic == "roster":
                roster.append(decode_as(RosterEntry, output.value))
    return {
        "spells": {(row.agent, row.started_at): row for row in spells if row.agent in agents},
        "roster": {row.agent: row for row in roster if row.agent in agents},
    }


def _check_shown(system: System, ledger: Ledger) -> None:
    """Agents by queue and state: each counts in every queue that it serves."""
    expected: Counter[tuple[str, str]] = Counter()
    for stays in ledger.shifts.stays.values():
        for queue in stays[-1].queues_last:
            expected[queue, _shown(stays[-1])] += 1

    def shown() -> dict[tuple[str, str], int]:
        pages = [worker.get("/metrics", 30) or "" for worker in system.workers]
        return {
            (queue, state): int(float(number))
            for page in pages
            for queue, state, number in _AGENTS.findall(page)
            if queue in ledger.queues
        }

    try:
        system.until(lambda: shown() == expected, "agents by queue and state", within_s=20)
    except AssertionError:
        raise AssertionError(f"/metrics shows {shown()}, the ledger says {expected}") from None
