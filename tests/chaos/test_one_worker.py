"""One worker that is killed or told to end: every call is counted once."""

import random
import time

from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import System


def test_a_worker_killed_at_random_moments(system: System) -> None:
    chance = random.Random(20)
    queues = system.queues(SCALE.queues_killed)
    calls = ledger(queues, 20, SCALE.legs_killed, agents=SCALE.agents)
    worker = system.steady()
    system.ready()
    events = calls.told()
    slices = SCALE.kills + 1
    for number in range(slices):
        system.send(events[number * len(events) // slices : (number + 1) * len(events) // slices])
        if number < SCALE.kills:
            time.sleep(chance.uniform(0, 0.5))  # the moment of the kill is the random thing here
            worker.kill()
            worker.start()
            if chance.random() < 0.5:  # the others hit it while it recovers
                system.ready()
    judge(system, calls)


def test_sigterm_writes_the_last_checkpoint_and_leaves(system: System) -> None:
    calls = ledger(system.queues(), 23, SCALE.legs)
    events = calls.events()
    half = len(events) // 2
    worker = system.steady()
    system.ready()
    system.send(events[:half])
    assert worker.terminate() == 0, worker.said()
    assert "last checkpoint written" in worker.said()
    system.send(events[half:])
    worker.start()
    judge(system, calls)
    assert worker.exits == []
