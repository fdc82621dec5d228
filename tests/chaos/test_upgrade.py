"""To the next release and back, again and again: no figure is another one."""

from pathlib import Path

from streams.admin.broker import read_whole
from tests.chaos import next_release
from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import System

_TURNS = 6  # this release and the next one, three times each


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
    # The next release was really there: its names stand beside ours.
    pieces = read_whole(system.bootstrap, f"{system.namespace}state")
    counters = [
        each.value
        for each in pieces
        if (each.key or b"").startswith(b"calls|names|") and b"offered" in (each.value or b"")
    ]
    assert {b"of_next_release" in (value or b"") for value in counters} == {True, False}
