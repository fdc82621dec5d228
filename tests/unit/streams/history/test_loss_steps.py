"""Each leg is in one step, and each step has one column of the roll-ups."""

import re

from schemas.legs import OUTCOMES
from schemas.tables import COUNTED_COLUMNS
from streams.history.loss_steps import COLUMNS, OUT_OF_HOURS, STEPS, column_of_step, step_sql


def test_every_step_has_a_column_of_its_own() -> None:
    columns = [column_of_step(step) for step in (*STEPS, OUT_OF_HOURS)]
    assert len(set(columns)) == len(columns)
    assert set(columns) <= set(COUNTED_COLUMNS)


def test_an_outcome_is_a_step_by_its_own_name_or_is_told_apart() -> None:
    told_apart = {"abandoned", "answered"}
    assert told_apart < set(OUTCOMES)
    assert set(OUTCOMES) - told_apart <= set(STEPS)
    assert set(STEPS) - set(OUTCOMES) == set(COLUMNS) - told_apart
    assert re.findall(r"outcome\)$", step_sql())  # whatever is not told apart is its outcome


def test_a_call_out_of_hours_is_in_no_step_whatever_became_of_it() -> None:
    first, then, *_ = re.findall(r"([^,(]+), '(\w+)'", step_sql())
    assert (first[0].strip(), first[1]) == ("out_of_hours = 1", OUT_OF_HOURS)
    assert (
        then[1] == "abandoned_without_target"
    )  # without a target nothing is short, and nothing late
    assert set(re.findall(r", '(\w+)'", step_sql())) == {OUT_OF_HOURS, *COLUMNS} - {"abandoned"}
