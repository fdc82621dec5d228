"""Incidents do not depend on the order in which reports are read, nor on when a worker died."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import Alert
from schemas.millis import HOUR, MINUTE
from schemas.reports import Passed, Report, ReportsRecord
from tests.support.builders import MONDAY
from tests.support.reporting import NO_WATER, PIPES, Desk, report

START = MONDAY + 9 * HOUR
END = START + 4 * HOUR + 30 * MINUTE
CALLERS = st.sampled_from(["", *(f"citizen-{n}" for n in range(12))])


@st.composite
def told(draw: st.DrawFn) -> list[Report]:
    """Calls about three places in three hours, many of them close together."""
    begin = draw(st.integers(0, 2 * HOUR))
    near, far = st.integers(begin, begin + 20 * MINUTE), st.integers(0, 3 * HOUR)
    found = []
    for number in range(draw(st.integers(1, 40))):
        at = START + draw(near | far)
        queue = draw(st.sampled_from([PIPES, NO_WATER]))
        area = draw(st.sampled_from(["ward-1", "ward-1", "ward-1", "ward-2"]))
        found.append(report(draw(CALLERS), at, f"leg-{number}", queue, area=area))
    return sorted(found, key=lambda each: each.at)


def read(reports: list[Report], order: Random | None = None) -> list[ReportsRecord]:
    """As two partitions of `calls` tell it: each queue's reports before its clock, interleaved by chance."""
    sides: list[list[ReportsRecord]] = []
    for partition, queue in enumerate((PIPES, NO_WATER)):
        mine: list[ReportsRecord] = []
        waiting = [each for each in reports if each.queue == queue]
        for clock_at in range(START, END, 10 * MINUTE):
            ready = [each for each in waiting if each.at < clock_at]
            waiting = [each for each in waiting if each.at >= clock_at]
            if order is not None:
                order.shuffle(ready)
            mine += [*ready, Passed(partition, "node", clock_at)]
        sides.append(mine)
    merged: list[ReportsRecord] = []
    while any(sides):
        going = [each for each in sides if each]
        merged.append((order.choice(going) if order else going[0]).pop(0))
    return merged


def played(
    records: list[ReportsRecord], crashes: frozenset[int] = frozenset()
) -> tuple[Desk, list[Alert]]:
    desk = Desk().ordinary("08:00", hours=1)
    desk.broker_at = END
    for partition in (0, 1):  # a partition that was never heard of is not waited for
        desk.pass_to("09:00", partition)
    for position, record in enumerate(records):
        if position in crashes:
            desk.restart()
        desk.say(record)
    return desk, desk.alert_records()


def known(alerts: list[Alert]) -> list[tuple[object, ...]]:
    """All of an alert but which record caused it."""
    return [
        (a.alert_id, a.state, a.n, a.reason, a.owner, a.queues, a.changed_at, a.held_at)
        for a in alerts
    ]


@given(told(), st.integers(0, 2**32))
def test_the_order_in_which_partitions_are_read_changes_nothing(
    reports: list[Report], seed: int
) -> None:
    plain = played(read(reports, Random(0)))[1]
    assert known(played(read(reports, Random(seed)))[1]) == known(plain)


@given(told(), st.sets(st.integers(0, 90), max_size=4))
def test_a_crash_after_any_checkpoint_changes_nothing(
    reports: list[Report], crashes: set[int]
) -> None:
    records = read(reports, Random(1))
    calm, alerts = played(records)
    shaken, same = played(records, frozenset(crashes))
    assert same == alerts
    assert shaken.pieces == calm.pieces


@given(told())
def test_an_incident_has_one_alert_and_enough_callers(reports: list[Report]) -> None:
    alerts = played(read(reports, Random(1)))[1]
    for alert in alerts:
        callers = {each.caller for each in reports if each.area == alert.area and each.caller}
        assert 5 <= alert.n <= len(callers)
        assert alert.state == "resolved"
    for former, later in pairwise(alerts):
        if former.area == later.area:
            assert later.onset_at - (former.resolved_at or 0) >= 2 * HOUR
