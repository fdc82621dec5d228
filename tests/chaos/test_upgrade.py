"""To the next release and back, again and again: no figure is another one."""

from pathlib import Path

from streams.admin.broker import read_whole
from tests.chaos import next_release
from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import System
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
                    lambda: _names_of_next_release(system) == {True, False},
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
    assert _names_of_next_release(system) == {True, False}


def _names_of_next_release(system: System) -> set[bool]:
    """Of each list of the names of counters in the state topic: whether the next release wrote it."""
    pieces = read_whole(system.bootstrap, f"{system.namespace}state")
    lists = [each.value or b"" for each in pieces if (each.key or b"").startswith(b"calls|names|")]
    return {b"of_next_release" in names for names in lists if b"offered" in names}
