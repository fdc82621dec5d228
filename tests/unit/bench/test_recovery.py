"""What is there when the worker is killed: an hour of calls in every queue, and calls that are open."""

from collections import Counter

from schemas.calls import Answered, Ended, Queued
from schemas.millis import HOUR, MINUTE
from tests.bench.recovery import OPEN, QUEUES, Recovered, an_hour, figures, rows

NOW = 1_795_000_000_000 // MINUTE * MINUTE


def test_every_queue_has_an_hour_and_the_last_calls_are_open() -> None:
    told = an_hour(NOW)
    assert [each.at for each in told] == sorted(each.at for each in told)
    assert all(NOW - HOUR <= each.at <= NOW for each in told)
    queued, answered, ended = (
        {each.leg_id for each in told if isinstance(each, kind)}
        for kind in (Queued, Answered, Ended)
    )
    assert ended < answered < queued
    assert len(answered) - len(ended) == OPEN
    calls = Counter(each.queue for each in told if isinstance(each, Queued))
    assert len(calls) == QUEUES
    assert min(calls.values()) > 20


def test_what_is_told_is_the_last_queue() -> None:
    found = Recovered(ready_s=1.234, first_s=1.0, all_s=2.5, cpu_s=1.5)
    assert figures(found) == {
        "recovery_s": 2.5,
        "recovery_ready_s": 1.23,
        "recovery_first_queue_s": 1.0,
        "recovery_cpu_s": 1.5,
    }
    ((_, value, what),) = rows(found)
    assert (value, "ready after 1.2 s" in what) == ("2.5 s", True)
