"""To the next release and back, one worker or two of different releases: no figure is another one."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE, real_only
from tests.chaos.sharing import shared_by
from tests.chaos.system import Process, System
from tests.support import former_release, next_release
from tests.support.next_release import names_of_next_release
from tests.support.waiting import wait_until

_TURNS = 6  # this release and the next one, three times each
_WRITES = 3  # before this turn the next release runs until it has written; others end at once


def test_an_upgrade_and_the_way_back_change_no_figure(system: System, tmp_path: Path) -> None:
    calls = ledger(system.queues(), 31, SCALE.legs, agents=SCALE.agents)
    worker = system.steady()
    system.ready()
    ours = worker.command
    theirs = [ours[0], "-c", next_release.program(tmp_path / "next"), *ours[3:]]
    events = calls.told()
    try:
        for turn in range(_TURNS):
            system.send(events[turn * len(events) // _TURNS : (turn + 1) * len(events) // _TURNS])
            if turn == _WRITES:
                # A worker that is stopped at once may leave all of its events to the one after it,
                # and the next release would have written nothing that ours has to understand.
                wait_until(
                    lambda: (
                        names_of_next_release(system.bootstrap, system.namespace) == {True, False}
                    ),
                    "the next release writes its names beside ours",
                )
            worker.command = theirs if turn % 2 == 0 else ours
            if turn in (1, 2):  # half of them in the middle of their work
                worker.kill()
            else:
                assert worker.terminate() == 0, worker.said()
            worker.start()
            system.ready()
        assert worker.command == ours
        judge(system, calls)
    finally:
        worker.command = ours
    assert names_of_next_release(system.bootstrap, system.namespace) == {True, False}


@pytest.mark.parametrize("other", [next_release, pytest.param(former_release, marks=real_only)])
def test_workers_of_two_releases_share_the_partitions(
    system: System, tmp_path: Path, other: ModuleType
) -> None:
    calls = ledger(system.queues(4), 33, SCALE.legs, agents=SCALE.agents)
    program, events = other.program(tmp_path / "other"), calls.told()
    sixths = iter([events[n * len(events) // 6 : (n + 1) * len(events) // 6] for n in range(6)])

    def joins(name: str) -> Process:
        worker = system.process("stream", name, *SCALE.worker_options)
        worker.command = [worker.command[0], "-c", program, *worker.command[3:]]
        system.workers.append(worker)
        worker.start()
        return worker

    ours = system.worker("ours")
    system.ready()
    system.send(next(sixths))
    theirs = joins("theirs")
    shared_by(system, 2)
    system.send(next(sixths))
    system.remove(ours)  # all of it counted by the other release
    system.send(next(sixths))
    ours = system.worker("ours")
    shared_by(system, 2)
    system.send(next(sixths))
    theirs.kill()  # in the middle of it; ours takes over what it left
    system.workers.remove(theirs)
    system.send(next(sixths))
    shared_by(system, 1)
    joins("theirs")
    system.send(next(sixths))
    shared_by(system, 2)
    judge(system, calls)
