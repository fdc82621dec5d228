"""Who is not back, kept as calls come, is who is found by looking through all of them: whatever came, in any order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboards.callers.stays import Stay, Stays
from schemas.codec import encode
from schemas.legs import OUTCOMES, LegRow
from tests.support.callers import ANN, BO, came
from tests.support.walls import NOW

ROWS = st.builds(
    lambda leg, outcome, before, wait, version, **changes: came(
        leg, outcome, before=before, wait=wait, version=version, key_at=NOW, known_at=NOW, **changes
    ),
    leg=st.sampled_from("abcd"),
    outcome=st.sampled_from(OUTCOMES),
    before=st.integers(0, 6),
    wait=st.integers(0, 6),
    version=st.integers(1, 3),
    caller=st.sampled_from(["", ANN, BO]),
    queue=st.sampled_from(["burst-pipes", "payroll"]),
    channel=st.sampled_from(["voice", "callback"]),
    direction=st.sampled_from(["inbound", "outbound"]),
    short=st.booleans(),
    out_of_hours=st.sampled_from([False, False, True]),
)


def is_not_back(stay: Stay, every: list[Stay]) -> bool:
    """As docs/definitions.md says it."""
    asked = stay.outcome == "abandoned" and stay.direction == "inbound" and stay.channel == "voice"
    if not asked or stay.short or stay.out_of_hours or stay.left_at is None:
        return False
    for other in every:
        if not stay.caller or other.caller != stay.caller or other.key == stay.key:
            continue
        rang = other.direction == "inbound" and other.channel == "voice"
        with_us = other.outcome != "rejected" and (rang or other.outcome == "answered")
        if with_us and (other.left_at is None or other.left_at > stay.left_at):
            return False
    return True


@given(st.lists(ROWS, max_size=25))
def test_who_is_not_back(rows: list[LegRow]) -> None:
    stays = Stays()
    newest: dict[Any, LegRow] = {}
    for row in rows:
        stays.take(encode(row))
        key = (row.queue, row.leg_id)
        if key not in newest or row.version >= newest[key].version:
            newest[key] = row
    every = [stay for caller in ("", ANN, BO) for stay in _all(stays, caller, newest)]
    for queue in ("burst-pipes", "payroll"):
        expected = {each.key for each in every if each.queue == queue and is_not_back(each, every)}
        assert {each.key for each in stays.gone(queue)} == expected
    assert len(stays) == len(newest)


def _all(stays: Stays, caller: str, newest: dict[Any, LegRow]) -> list[Stay]:
    if caller:
        return stays.of_caller(caller)
    found = [stays.of_leg(row.queue, row.leg_id, row.arrived_at) for row in newest.values()]
    return [each for each in found if each is not None and not each.caller]
