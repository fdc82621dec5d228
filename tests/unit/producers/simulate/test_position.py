from pathlib import Path

import pytest
from msgspec.structs import asdict, replace

from producers.position import PositionError
from producers.simulate.position import (
    MODEL,
    Beginning,
    Position,
    begin,
    position_file,
    read_position,
    write_position,
)
from schemas.millis import HOUR
from tests.support.digest_of_runs import digest
from tests.unit.producers.simulate.conftest import START

STOPPED = Position("ordinary", seed=4, start=START, at=START + HOUR)


def begins(position: Position | None, now: int, seed: int | None = None) -> Beginning:
    return begin(position, scenario="ordinary", seed=seed, wanted=now - 6 * HOUR, now=now)


def test_the_first_run_begins_where_it_was_told_to() -> None:
    assert begins(None, START) == Beginning(START - 6 * HOUR, 1)


def test_a_short_pause_goes_on() -> None:
    now = STOPPED.at + 6 * HOUR
    assert begins(STOPPED, now) == Beginning(START, 4, goes_on_from=STOPPED.at)


def test_a_long_pause_begins_anew_six_hours_ago() -> None:
    now = STOPPED.at + 6 * HOUR + 1
    assert begins(STOPPED, now) == Beginning(now - 6 * HOUR, 4, restarted=True)


@pytest.mark.parametrize(
    "position", [replace(STOPPED, scenario="bench"), replace(STOPPED, model=0)]
)
def test_another_simulation_begins_anew_but_never_before_what_was_sent(position: Position) -> None:
    assert begins(position, STOPPED.at + HOUR) == Beginning(STOPPED.at, 4, restarted=True)


def test_another_seed_begins_anew() -> None:
    assert begins(STOPPED, STOPPED.at + HOUR, seed=5) == Beginning(STOPPED.at, 5, restarted=True)
    assert begins(STOPPED, STOPPED.at + HOUR, seed=4).goes_on_from == STOPPED.at


def test_a_clock_that_was_set_back_begins_now() -> None:
    assert begins(STOPPED, STOPPED.at - HOUR) == Beginning(STOPPED.at - HOUR, 4, restarted=True)


def test_it_is_kept_in_a_file_of_its_namespace(tmp_path: Path) -> None:
    file = position_file(tmp_path / "new", "test.")
    assert file.name == "simulate-test..json"
    assert read_position(file) is None
    write_position(file, asdict(STOPPED))
    write_position(file, asdict(replace(STOPPED, at=STOPPED.at + 1)))
    assert read_position(file) == replace(STOPPED, at=STOPPED.at + 1)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_file_that_says_nothing_is_named(tmp_path: Path) -> None:
    file = position_file(tmp_path, "")
    file.write_text("{")
    with pytest.raises(PositionError, match=r"simulate\.json: .*remove it to begin anew"):
        read_position(file)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PositionError, match="cannot write"):
        write_position(position_file(tmp_path / "file", ""), asdict(STOPPED))


def test_the_model_is_raised_when_the_same_lots_give_other_events() -> None:
    """Else a run goes on by skipping what another model sent, and counts calls twice or not at all."""
    of_model = {3: "4a02a9f4bbeb75dd6b4f77eda14b014057ac106dc9d1ceee96655058f3d10ac1"}
    assert digest("ordinary", 120) == of_model[MODEL], "raise MODEL and add the new digest"
