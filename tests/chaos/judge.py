"""The judge of all: whatever happened, the final figures are those of the ledger.

Books on /metrics, the archive leg by leg, committed outputs without a repetition, outputs as a
single undisturbed unit makes them of the same log, quarantine, and a fresh call that gets through;
where agents work beside the calls, the same of them (tests.chaos.judge_agents).
"""

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from schemas.quarantine import Quarantined
from tests.chaos.judge_agents import check_agents
from tests.chaos.ledger import Ledger
from tests.chaos.outputs import compare, decoded, replayed, written
from tests.chaos.system import System
from tests.support.recount import BASE, Recorded, recount

_BOOKS = (
    "offered", *BASE, "rejected", "answered_in_target", "abandoned_in_target", "short_abandoned",
)  # fmt: skip
_EVER = (-(2**62), 2**62)
_OF_A_QUEUE = re.compile(r'^(callcentre_\w+)\{queue="([^"]*)"\} (\S+)$', re.MULTILINE)
_ARCHIVED = (
    "leg_id", "queue", "outcome", "arrived_at_ms", "left_at_ms", "ended_at_ms", "wrap_ended_at_ms",
    "wait_ms", "in_target", "short",
)  # fmt: skip


def judge(system: System, ledger: Ledger, *, history: Ledger | None = None) -> None:
    """Everything must be as the ledger says; `history` is what a back-fill told besides."""
    system.ready()
    system.send(ledger.fresh())
    system.drained()
    check_books(system, ledger)
    _check_archive(system, [*ledger.legs.values(), *(history.legs.values() if history else ())])
    quarantined = _check_quarantine(system, ledger)
    _check_outputs(system, ledger, quarantined)
    if ledger.shifts.stays:
        check_agents(system, ledger)


def check_books(system: System, ledger: Ledger) -> None:
    """Totals are as of the last checkpoint: it may be under way still."""
    expected = {queue: _books(ledger, queue) for queue in ledger.queues}

    def wrong() -> dict[str, dict[str, int]]:
        return {
            queue: found
            for queue, found in books_shown(system, ledger.queues).items()
            if found != expected[queue]
        }

    def shown() -> bool:
        return len(books_shown(system, ledger.queues)) == len(expected) and not wrong()

    try:
        system.until(shown, "the books on /metrics are those of the ledger", within_s=20)
    except AssertionError:
        shows = books_shown(system, ledger.queues)
        raise AssertionError(f"/metrics shows {shows}, the ledger says {expected}") from None


def books_shown(system: System, queues: Iterable[str]) -> dict[str, dict[str, int]]:
    """Totals less what was taken back, and who waits, by queue; one worker shows each queue."""
    wanted = set(queues)
    found: dict[str, dict[str, int]] = {}
    for worker in system.workers:
        mine = figures(worker.get("/metrics", 30) or "", wanted)
        assert not mine.keys() & found.keys(), "two workers show the same queue"
        found |= mine
    return found


def figures(text: str, queues: set[str]) -> dict[str, dict[str, int]]:
    """The same of one page of /metrics."""
    samples: dict[tuple[str, str], float] = {}
    for name, queue, value in _OF_A_QUEUE.findall(text):
        if queue in queues:
            samples[name, queue] = float(value)
    return {queue: _queue_figures(samples, queue) for queue in {name for _, name in samples}}


def _queue_figures(samples: dict[tuple[str, str], float], queue: str) -> dict[str, int]:
    def value(name: str) -> int:
        return int(samples.get((name, queue), -(10**9)))  # what is missing must not look right

    return {
        **{
            name: value(f"callcentre_legs_{name}_total")
            - value(f"callcentre_legs_{name}_reversed_total")
            for name in _BOOKS
        },
        "waiting": value("callcentre_queue_waiting_callers"),
        "unexplained": value("callcentre_unexplained_legs"),
    }


def _books(ledger: Ledger, queue: str) -> dict[str, int]:
    found = recount([leg for leg in ledger.legs.values() if leg.queue == queue], *_EVER)
    return {
        **{name: found[name] for name in _BOOKS},
        "waiting": found["open"],
        "unexplained": 0,
    }


def _check_archive(system: System, legs: list[Recorded]) -> None:
    expected = {leg.leg_id: _archived(leg) for leg in legs}
    queues = ", ".join(f"'{queue}'" for queue in {leg.queue for leg in legs})
    sql = f"SELECT {', '.join(_ARCHIVED)} FROM legs FINAL WHERE queue IN ({queues})"
    with system.reader() as database:
        rows = [tuple(row) for row in database.execute(sql).rows]
    assert Counter(row[0] for row in rows).most_common(1)[0][1] == 1, "a leg stands there twice"
    found = {str(row[0]): row[1:] for row in rows}
    assert found.keys() == expected.keys()
    wrong = {leg: (found[leg], row) for leg, row in expected.items() if found[leg] != row}
    assert not wrong, f"{len(wrong)} legs, (archived, expected): {list(wrong.items())[:3]}"


def _archived(leg: Recorded) -> tuple[Any, ...]:
    wait = None if leg.left_at is None else leg.left_at - leg.arrived_at
    if leg.outcome == "rejected":
        wait = None
    assert leg.target_ms is not None
    assert leg.short_ms is not None
    return (
        leg.queue, leg.outcome, leg.arrived_at, leg.left_at, leg.ended_at, leg.wrap_ended_at, wait,
        int(wait is not None and wait <= leg.target_ms),
        int(wait is not None and wait < leg.short_ms),
    )  # fmt: skip


def _check_quarantine(system: System, ledger: Ledger) -> set[tuple[str, int]]:
    """Exactly what is expected was set aside, once each; returns where those records stand."""
    mine = {*ledger.queues, *ledger.shifts.stays}
    rows = [
        row for row in decoded(system, "quarantine", Quarantined) if row.original_key in mine
    ]  # fmt: skip
    assert Counter(row.reason for row in rows) == Counter(ledger.quarantined)
    places = {(row.origin, row.position) for row in rows}
    assert len(places) == len(rows), "a record was set aside twice"
    return places


def _check_outputs(
    system: System, ledger: Ledger, quarantined: AbstractSet[tuple[str, int]]
) -> None:
    """No (key, version) twice; and the newest of each as one unit makes it without a disturbance."""
    found, expected = written(system, ledger), replayed(system, ledger, quarantined)
    for name in found:
        compare(name, found[name], expected[name])
