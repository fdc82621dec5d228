"""What holds of everything that decides a rule across queues: one that is added is looked at here without a word."""

import pytest

from schemas.reports import Passed
from streams.core.decider import Decider
from streams.core.decider_catalogue import deciders
from streams.core.unit import Cause
from tests.support.builders import MONDAY, clock
from tests.support.passing import PassingDesk
from tests.support.reporting import NOTHING_ASKED, report

_COMPUTED_ANEW = ("_recent", "_ended", "_is_late")


def state_of(decider: Decider) -> dict[str, object]:
    """All that it holds, but what is computed anew, at the latest by the next step."""
    held = {name: value for name, value in vars(decider).items() if name not in _COMPUTED_ANEW}
    return {name: value for name, value in held.items() if not callable(value)}


NAMES = sorted(deciders(NOTHING_ASKED))


def told() -> PassingDesk:
    """Something of each kind, in state."""
    desk = PassingDesk()
    desk.ordinary(hours=1)
    desk.sent("ada", minute=61)
    desk.say(report("bo", clock("10:40"))).say(Passed(0, "node", clock("10:30")))
    return desk


@pytest.mark.parametrize("name", NAMES)
def test_its_pieces_bring_it_back_and_are_nobody_elses(name: str) -> None:
    desk = told()
    desk.take()
    alone, whole = deciders(NOTHING_ASKED), deciders(NOTHING_ASKED)
    mine = desk.unit.deciders[name]
    mine_keys = {key for key, _ in told().unit.deciders[name].pieces()}
    assert mine_keys
    for key, value in desk.pieces.items():
        rest = key.removeprefix(b"reports|")
        whole[name].load(rest, value)
        if rest in mine_keys:
            alone[name].load(rest, value)
    for brought in (alone[name], whole[name]):
        brought.boundary = mine.boundary
        assert state_of(brought) == state_of(mine)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_not_written_again(name: str) -> None:
    decider = told().unit.deciders[name]
    decider.written()
    assert (decider.pieces(), decider.alerts) == ([], {})


@pytest.mark.parametrize("name", NAMES)
def test_time_never_goes_back_and_no_clock_is_no_time(name: str) -> None:
    decider = deciders(NOTHING_ASKED)[name]
    decider.advance(None, Cause(1, MONDAY))
    assert decider.boundary is None
    decider.advance(MONDAY, Cause(1, MONDAY))
    decider.advance(MONDAY - 5_000, Cause(2, MONDAY))
    assert decider.boundary == MONDAY
