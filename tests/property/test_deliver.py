"""Whatever comes in whatever order: nobody is told of nothing, nothing is lost, no rate is exceeded."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.millis import DAY, MINUTE
from streams.sinks.deliver.grouping import Groups
from streams.sinks.deliver.outbox import Outbox
from streams.sinks.deliver.wording import Text
from tests.support.delivery import NOON, owners, posted, targets, telling

KEY = ("water", "json, line 1")
QUEUES = ("a", "b", "c")
# A minute: queues that fire then, and whether the target takes what it is handed.
MINUTES = st.lists(
    st.tuples(st.frozensets(st.sampled_from(QUEUES)), st.booleans()), min_size=1, max_size=60
)
KEYS = st.sampled_from(
    ("", 'at_most="2/10m"', 'quiet={page="Mon-Sun 12:10-12:30"}', 'at_most="1/30m";quiet={page="Sun 12:00-12:20"}')
)  # fmt: skip


@given(MINUTES)
def test_what_was_told_last_is_what_holds_once_it_is_quiet(
    minutes: list[tuple[frozenset[str], bool]],
) -> None:
    groups = Groups(owners("water"), NOON)
    last: frozenset[str] = frozenset()
    now = NOON
    for firing in (*(each for each, _ in minutes), minutes[-1][0], minutes[-1][0]):
        now += MINUTE
        groups.post([posted(q, now, is_over=q not in firing) for q in QUEUES], now)
        for due in list(groups.due(now)):
            if due.telling is not None:
                assert due.telling.alerts
                last = frozenset(
                    each.labels["queue"] for each in due.telling.alerts if each.is_firing
                )
            groups.told(due, now)
    assert last == minutes[-1][0]


@given(MINUTES, KEYS)
def test_every_message_ends_and_the_target_ends_knowing_what_holds(
    minutes: list[tuple[frozenset[str], bool]], keys: str
) -> None:
    known = owners(f"water:{keys}")
    box = Outbox(known, targets("water", "json://127.0.0.1"))
    sent: list[tuple[int, str]] = []
    fires: frozenset[str] = frozenset()
    now = NOON

    def hand_over(*, takes: bool) -> bool:
        nonlocal box
        sending = box.next(KEY, now)
        if sending is None:
            return False
        if takes:
            sent.append((now, sending.message.title))
        done = box.done(sending, now) if takes else box.failed(sending, "no connection", now)
        box.commit(done)
        # A kill after each record was written changes nothing.
        again = Outbox(known, targets("water", "json://127.0.0.1"))
        again.commit(box.messages)
        assert again.restored(now) == []
        box = again
        return takes

    for number, (firing, takes) in enumerate(minutes):
        now = NOON + number * MINUTE
        if firing != fires:
            what = telling(*sorted(firing), over=tuple(sorted(fires - firing)))
            box.commit(box.take(what, Text(" ".join(sorted(firing)), "", ""), now))
            fires = firing
        hand_over(takes=takes)
    while now < NOON + DAY:
        now += 10 * MINUTE
        while hand_over(takes=True):
            pass
    assert {each.state for each in box.messages} <= {"sent", "joined", "not_told"}
    told = sent[-1][1] if sent else ""
    assert told == " ".join(sorted(fires))
    if (rate := known["water"].rate) is not None:
        times = [at for at, _ in sent]
        for at in times:
            assert sum(at - rate.within_ms < other <= at for other in times) <= rate.messages


@given(st.integers(2, 8), st.integers(1, 3))
def test_however_many_wait_no_rate_is_exceeded_and_all_are_told(count: int, most: int) -> None:
    box = Outbox(owners(f'water:at_most="{most}/h"'), targets("water", "json://127.0.0.1"))
    for number in range(count):
        what = replace(telling("a"), group=f"group {number}")
        box.commit(box.take(what, Text(f"title {number}", "", ""), NOON))
    bodies = []
    while (sending := box.next(KEY, NOON)) is not None:
        bodies.append(sending.text.title + sending.text.body)
        box.commit(box.done(sending, NOON))
    assert len(bodies) <= most
    assert all(f"title {number}" in "".join(bodies) for number in range(count))
    assert not box.queued()
