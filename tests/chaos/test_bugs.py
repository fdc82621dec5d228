"""Bugs of our own on one event: it is set aside, or the worker that hangs on it ends itself."""

import sys
from dataclasses import replace

from tests.chaos.judge import judge
from tests.chaos.ledger import Ledger, ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import Process, System

EXIT_STUCK = 3


def faulty(worker: Process, how: str, leg_id: str) -> list[str]:
    """The command of a worker, with the bug."""
    arguments = worker.command[worker.command.index("stream") :]
    return [sys.executable, "-m", "tests.chaos.faulty", how, leg_id, *arguments]


def answered_leg(calls: Ledger) -> str:
    return next(leg.leg_id for leg in calls.legs.values() if leg.outcome == "answered")


def test_an_event_that_trips_a_bug_is_set_aside_alone(system: System) -> None:
    calls = ledger(system.queues(), 30, SCALE.legs)
    unlucky = answered_leg(calls)
    events = calls.events()
    worker = system.steady()
    worker.kill()
    worker.start(faulty(worker, "raise", unlucky))
    system.ready()
    system.send(event for event in events if event.leg_id != unlucky)
    system.send([event for event in events if event.leg_id == unlucky][:2])  # queued, answered
    # What the answer would have told is not in the state: the caller still waits.
    leg = calls.legs[unlucky]
    calls.legs[unlucky] = replace(
        leg, outcome="open", left_at=None, ended_at=None, wrap_ended_at=None
    )
    calls.quarantined = {"internal_error": 1}
    judge(system, calls)
    worker.kill()
    worker.start()


def test_a_worker_that_hangs_shows_its_stacks_and_ends(system: System) -> None:
    calls = ledger(system.queues(), 31, SCALE.legs)
    unlucky = answered_leg(calls)
    worker = system.steady()
    worker.kill()
    worker.start(faulty(worker, "hang", unlucky))
    system.ready()
    assert worker.get("/healthz/live") is not None
    worker.wanted = False  # nobody starts it again before its end was seen
    system.send(calls.events())
    code = system.until(worker.process.poll, "the worker that hangs ends itself")
    assert code == EXIT_STUCK
    said = worker.said()
    assert "the event loop stands still" in said
    assert "faulty.py" in said, "the stacks name the place"
    worker.start()
    judge(system, calls)
