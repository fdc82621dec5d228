"""Callers who are sent from queue to queue: a naive recount finds the same alerts, in whatever order partitions are
read, and whenever a worker died.
"""

from itertools import groupby
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.reports import Passed, ReportsRecord, Stay
from streams.core.journeys import FOLLOWS_WITHIN_MS
from streams.core.rules.passed_around import PassedAroundTable
from tests.support.builders import MONDAY, NODE
from tests.support.passing import ACCOUNTS, METERS, PAYING, PassingDesk, all_followed

START = MONDAY + 9 * HOUR
END = START + 70 * MINUTE
STEP = 5 * SECOND
TABLE = PassedAroundTable(queues=3, raise_above_ms=6 * MINUTE, clear_hold_ms=0)
PARTITION = {METERS: 0, ACCOUNTS: 0, PAYING: 1}
Telling = tuple[int, Stay]  # when it is told


def calls(seed: int) -> list[Telling]:
    """Four calls of up to five stays; each told when it began, when it ended, and when the caller was sent on.

    Drawn evenly: hypothesis prefers short waits, and those raise nothing.
    """
    draw, found = Random(seed), list[Telling]()
    for caller in range(4):
        at = START + draw.randrange(10 * MINUTE)
        for number in range(5):
            queue = draw.choice(sorted(PARTITION))
            waits = Stay(queue, (f"{caller}/{number}", NODE, 0), f"c{caller}", at)
            found.append((at, waits))
            left_at = at + draw.randrange(6 * MINUTE)
            how = draw.choice(["sent"] * 6 + ["talked", "talked", "gone", "waits"])
            if how == "waits":
                break
            left = replace(waits, left_at=left_at, waited_ms=left_at - at)
            if how == "sent":
                left = replace(left, sent_on_at=left_at)
            found.append((left_at, left))
            if how == "gone":
                break
            at = left_at
            if how == "talked":
                at += draw.randrange(10 * MINUTE)
                found.append((at, replace(left, sent_on_at=at)))
            at += draw.choice([0, draw.randrange(MINUTE), draw.randrange(16 * MINUTE)])
    return sorted(found, key=lambda each: each[0])


told = st.integers(0, 2**32).map(calls)


def read(tellings: list[Telling], order: Random) -> list[ReportsRecord]:
    """As two partitions of `calls` tell it: what each has before its clock, in its order; interleaved by chance."""
    sides: list[list[ReportsRecord]] = []
    for partition in (0, 1):
        mine: list[ReportsRecord] = []
        waiting = [each for each in tellings if PARTITION[each[1].queue] == partition]
        for clock_at in range(START, END, 4 * MINUTE):
            mine += [stay for at, stay in waiting if at < clock_at]
            waiting = [each for each in waiting if each[0] >= clock_at]
            mine.append(Passed(partition, NODE, clock_at))
        sides.append(mine)
    merged: list[ReportsRecord] = []
    while any(sides):
        merged.append(order.choice([each for each in sides if each]).pop(0))
    return merged


def played(
    records: list[ReportsRecord], crashes: frozenset[int] = frozenset()
) -> tuple[PassingDesk, list[Alert]]:
    desk = PassingDesk(all_followed(TABLE))
    desk.broker_at = END
    for partition in (0, 1):  # a partition that was never heard of is not waited for
        desk.say(Passed(partition, NODE, START - MINUTE))
    for position, record in enumerate(records):
        if position in crashes:
            desk.restart()
        desk.say(record)
    return desk, desk.alert_records()


def recount(tellings: list[Telling], until: int) -> set[tuple[Any, ...]]:
    """(queue, onset, end) by looking at every boundary for itself, with a plain walk back from each who waits."""
    newest = {stay.leg: stay for _, stay in tellings}
    raised: dict[str, list[int]] = {queue: [] for queue in PARTITION}
    for here in range(START, until + STEP, STEP):
        for stay in newest.values():
            if stay.at >= here or (stay.left_at is not None and stay.left_at < here):
                continue  # she does not wait now
            queues, waited, came = [stay.queue], here - stay.at, stay.at
            caller, number = stay.leg[0].split("/")
            for before in range(int(number) - 1, -1, -1):
                former = newest[f"{caller}/{before}", NODE, 0]
                if former.sent_on_at is None or former.sent_on_at >= here:
                    continue
                if came - former.sent_on_at > FOLLOWS_WITHIN_MS:
                    break
                queues.append(former.queue)
                waited, came = waited + (former.waited_ms or 0), former.at
            stops = len(list(groupby(queues)))
            if stops >= TABLE.queues and waited > TABLE.raise_above_ms:
                raised[stay.queue].append(here)
    found = set()
    for queue, moments in raised.items():
        whole = sorted(set(moments))
        for _, run in groupby(enumerate(whole), lambda each: each[1] - each[0] * STEP):
            times = [at for _, at in run]
            found.add((queue, times[0], times[-1] + STEP if times[-1] < until else None))
    return found


def known(alerts: list[Alert]) -> list[tuple[object, ...]]:
    """All of an alert but which record caused it."""
    return [(a.alert_id, a.state, a.n, a.reason, a.value, a.changed_at, a.held_at) for a in alerts]


@given(told, st.integers(0, 2**32))
def test_a_naive_recount_finds_the_same_alerts(tellings: list[Telling], seed: int) -> None:
    desk, alerts = played(read(tellings, Random(seed)))
    until = desk.passed_around.boundary or 0
    # From the third time on an alert is damped, and lasts longer than it is raised.
    found = {(a.queue, a.onset_at, a.resolved_at) for a in alerts if a.times_fired < 3}
    damped = {each.queue for each in alerts if each.times_fired >= 3}
    wanted = recount(tellings, until)
    assert {each for each in found if each[0] not in damped} == {
        each for each in wanted if each[0] not in damped
    }
    assert found <= wanted


@given(told, st.integers(0, 2**32))
def test_the_order_in_which_partitions_are_read_changes_nothing(
    tellings: list[Telling], seed: int
) -> None:
    plain = played(read(tellings, Random(0)))[1]
    assert known(played(read(tellings, Random(seed)))[1]) == known(plain)


@given(told, st.sets(st.integers(0, 90), max_size=4))
def test_a_crash_after_any_checkpoint_changes_nothing(
    tellings: list[Telling], crashes: set[int]
) -> None:
    records = read(tellings, Random(1))
    calm, alerts = played(records)
    shaken, same = played(records, frozenset(crashes))
    assert same == alerts
    assert shaken.pieces == calm.pieces
