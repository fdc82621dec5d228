"""The task is the one that other engines get, and all of it is counted."""

from collections import Counter

from schemas.codec import decode_call
from tests.bench.call_event import QUEUES, applied, calls_an_event, events
from tests.bench.cost import SETS


def test_each_call_comes_and_goes_in_the_partition_of_its_queue_in_order() -> None:
    partitions = events(400)
    said = [[decode_call(record.value or b"") for record in records] for records in partitions]
    kinds = Counter(type(each).__name__ for part in said for each in part)
    assert kinds["Queued"] == kinds["Answered"] + kinds["Abandoned"] == 400
    assert all([e.at for e in part] == sorted(e.at for e in part) for part in said)
    queues = [{e.queue for e in part if hasattr(e, "queue")} for part in said]
    assert 100 < len(set.union(*queues)) <= QUEUES
    assert sum(map(len, queues)) == len(set.union(*queues))


def test_what_is_counted_is_told() -> None:
    records = events(400)[0]
    spent = applied(0, records, SETS["none"])
    assert spent.events == len(records)
    assert spent.cpu_s >= spent.checkpoints_s > 0
    assert calls_an_event(records, SETS["all"]) > calls_an_event(records, SETS["none"]) > 1
