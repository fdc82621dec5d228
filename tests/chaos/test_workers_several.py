"""Workers that join, leave, die and sleep beside each other: every call is counted once."""

import signal

import pytest

from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.sharing import NAMES, shared_by
from tests.chaos.system import System


@pytest.mark.parametrize("member", ["--static-member", "--dynamic-member"])
@pytest.mark.parametrize("workers", SCALE.workers)
def test_workers_join_leave_and_die(system: System, workers: int, member: str) -> None:
    calls = ledger(system.queues(4), 21, SCALE.legs, agents=SCALE.agents)
    events = calls.told()
    fifth = len(events) // 5
    first = system.worker(NAMES[0], member)
    system.ready()
    system.send(events[:fifth])
    others = [system.worker(name, member) for name in NAMES[1:workers]]
    system.send(events[fifth : 2 * fifth])
    shared_by(system, workers)
    system.send(events[2 * fifth : 3 * fifth])
    system.remove(others[-1])
    system.send(events[3 * fifth : 4 * fifth])
    first.kill()
    system.workers.remove(first)
    system.send(events[4 * fifth :])
    system.worker(NAMES[workers - 1], member)  # the one that left comes back
    shared_by(system, workers - 1)  # once the session of the killed one is over
    judge(system, calls)


def test_a_worker_stopped_past_its_session_and_woken(system: System) -> None:
    calls = ledger(system.queues(4), 22, SCALE.legs, agents=SCALE.agents)
    events = calls.told()
    half = len(events) // 2
    sleeper = system.worker("w1")
    system.ready()
    system.send(events[:half])
    sleeper.signal(signal.SIGSTOP)  # in the middle of them
    system.workers.remove(sleeper)  # nobody looks at it while it sleeps
    system.worker("w2")
    system.send(events[half:])
    shared_by(system, 1)
    sleeper.signal(signal.SIGCONT)
    system.workers.append(sleeper)
    shared_by(system, 2)
    judge(system, calls)
