"""More partitions for topics that hold live state: each queue and agent moves with its state to the partition of its key.

Rule 1: nothing counts and nothing is sent meanwhile: workers have left, and their ids are shut out at the broker.
Rule 2: what is moved is written in one transaction, with the new epoch. Before it all is as it was, but that topics have
more partitions than the state is made for: workers do not start then, and the command goes on where it ended.
Rule 3: the epoch is a minute that begins after the last record that was counted. So versions rise though offsets begin
anew, and what was counted before can be told by time alone.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import TopicPartition
from kafka.errors import (
    ClusterAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)
from msgspec import Struct
from msgspec.structs import replace

from schemas.agents import AgentState
from schemas.alerts import Alert, is_probe
from schemas.calls import Mark, Probe
from schemas.codec import UndecodableError, decode_agent, decode_as, decode_call, encode
from schemas.groups import stream_group, transactional_id, transactional_prefix
from schemas.millis import MINUTE, SECOND
from schemas.targets import TopicsEpoch
from schemas.timing import STEP_MS
from schemas.topics import EPOCH_KEY, EPOCHS_BEGIN, TOPICS, topic_name
from streams.admin.broker import (
    AdminError,
    admin_client,
    consumer,
    high_waters,
    partitions_of,
    producer,
    stable_ends,
    walk,
    write,
)
from streams.admin.reread import wait_until_left
from streams.admin.topics import next_epoch, read_epoch
from streams.core.agents_unit import AGENT
from streams.core.calls_pieces import CURSOR, QUEUE, Piece, keep, read_cursor
from streams.core.more_partitions import MisplacedError, moved_on, next_offsets, regrouped
from streams.core.rule_catalogue import ACROSS_QUEUES
from streams.plumbing.partitions import partition_of

INPUTS = ("calls", "agents")  # whose units are moved
_ALL_UNITS = (*INPUTS, "reports")
_QUIET_S = (STEP_MS + 2 * SECOND) / 1000  # whoever still sends says a tick within this time
_POLL_MS, _ASK_AGAIN_S = 500, 0.5
_DELIVERED_WITHIN_S = 60.0
_LONGEST_WAIT_MS = 2 * MINUTE
_NO_RIGHT = (
    ClusterAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

Say = Callable[[str], None]
Now = Callable[[], int]


class Grown(Struct, frozen=True):
    """What was done; `former` equal to `partitions`: nothing was to be done."""

    former: int
    partitions: int
    epoch: int
    moved: int = 0  # queues and agents
    sent_again: int = 0


class _Held(Struct, frozen=True):
    """What the topics held before the move."""

    state: list[dict[bytes, bytes]]  # the pieces of each former partition
    alerts: list[tuple[int, bytes, bytes, Alert]]  # open ones: partition, key, value


def grow(bootstrap: str, namespace: str, partitions: int, now: Now, say: Say) -> Grown:
    """Move everything to that many partitions; AdminError of one line where that cannot be. May be repeated."""
    epoch = read_epoch(bootstrap, namespace)
    if epoch is None:
        raise AdminError("there are no topics yet: `queuewatch topics create --partitions N`")
    with _administrator(), admin_client(bootstrap) as admin, consumer(bootstrap) as reader:
        counts = {
            topic.name: len(partitions_of(reader, topic_name(topic.name, namespace)))
            for topic in TOPICS
            if topic.partitions is None
        }
        former = epoch.partitions or counts["calls"]
        if partitions == former and set(counts.values()) == {former}:
            return Grown(former, partitions, epoch.epoch)
        if partitions < max(counts.values()):
            raise AdminError(f"there are {max(counts.values())} partitions: fewer cannot be had")
        say("waiting until the workers have left their group")
        wait_until_left(admin, stream_group(namespace), "a stream runs: stop all of them first")
        _check_quiet(admin, reader, namespace, say)
        _shut_out(bootstrap, namespace, former)
        held = _read(reader, namespace, former)
        if counts["calls"] == former:  # else no worker may count the rest: it is sent again below
            _check_counted(admin, namespace, held.state)
        later = _epoch_after(held.state, epoch, now)
        written = _regrouped(held.state, former, partitions, later)
        if epoch.partitions is None:  # else nobody would know it once there are more
            named = encode(replace(epoch, partitions=former))
            write(bootstrap, topic_name("targets", namespace), EPOCH_KEY, named)
        _add_partitions(admin, namespace, counts, partitions)
        read_to, again = _send_again(bootstrap, namespace, held.state, partitions)
        moved_on(written, read_to)
        _wait_for(later, now, say)
        whole = replace(
            epoch,
            epoch=later,
            created_at=now(),
            partitions=partitions,
            counted_from=read_to,
        )
        _write(bootstrap, namespace, written, _moving(held.alerts, partitions), whole)
    moved = sum(
        value is None and key.startswith((QUEUE, AGENT))
        for pieces in written
        for key, value in pieces
    )
    return Grown(former, partitions, later, moved, again)


@contextmanager
def _administrator() -> Iterator[None]:
    """`topics acl` gives nobody these rights, so its name must not stand in the message as the remedy."""
    try:
        yield
    except AdminError as error:
        if not isinstance(error.__cause__, _NO_RIGHT):
            raise
        raise AdminError(
            f"this user may not move queues to other partitions ({type(error.__cause__).__name__}): do it again with"
            " --kafka-config FILE of an administrator of Kafka, who may alter topics and write under the ids of workers"
        ) from error


def _check_quiet(admin: Any, reader: Any, namespace: str, say: Say) -> None:
    say(f"listening for {_QUIET_S:g} s whether anybody still sends")
    inputs = [tp for name in INPUTS for tp in partitions_of(reader, topic_name(name, namespace))]
    before = high_waters(admin, inputs)
    time.sleep(_QUIET_S)
    after = high_waters(admin, inputs)
    loud = sorted(f"{tp.topic}-{tp.partition}" for tp in inputs if before[tp] != after[tp])
    if loud:
        raise AdminError(
            f"somebody sends to {', '.join(loud[:3])}: stop every `queuewatch send`, `simulate` and `notify` first"
        )


def _shut_out(bootstrap: str, namespace: str, former: int) -> None:
    """As whoever takes a partition over: a worker that hangs and wakes up later must not write the old state again."""
    for unit in _ALL_UNITS:
        for number in range(1 if unit == "reports" else former):
            with producer(bootstrap, transactional_id(namespace, unit, number)):
                pass


def _read(reader: Any, namespace: str, former: int) -> _Held:
    state: list[dict[bytes, bytes]] = [{} for _ in range(former)]
    for tp, record in walk(reader, _former(topic_name("state", namespace), former)):
        if record.key is not None:
            keep(state[tp.partition], record.key, record.value)
    newest: dict[tuple[int, bytes], bytes | None] = {}
    for tp, record in walk(reader, _former(topic_name("alerts", namespace), former)):
        newest[tp.partition, record.key or b""] = record.value
    alerts = []
    for (number, key), value in newest.items():
        alert = _alert(value)
        if value is not None and alert is not None and alert.state in {"pending", "firing"}:
            alerts.append((number, key, value, alert))
    return _Held(state, alerts)


def _former(topic: str, former: int) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(former)]


def _alert(value: bytes | None) -> Alert | None:
    """None for what stays where it is: answers to probes, and what the unit of `reports` decides."""
    try:
        alert = decode_as(Alert, value or b"")
    except UndecodableError:
        return None
    across = {rule.name for rule in ACROSS_QUEUES}
    return None if is_probe(alert) or alert.rule in across else alert


def _check_counted(admin: Any, namespace: str, state: Sequence[Mapping[bytes, bytes]]) -> None:
    for name, places in _places(state).items():
        topic = topic_name(name, namespace)
        ends = high_waters(admin, _former(topic, len(state)))
        late = {tp: ends[tp] - places[tp.partition] for tp in ends}
        if behind := [f"{tp.topic}-{tp.partition} by {n}" for tp, n in late.items() if n > 0]:
            raise AdminError(
                f"not everything is counted ({', '.join(behind)}): start a stream, wait for `queuewatch drain`, and"
                " stop it"
            )


def _places(state: Sequence[Mapping[bytes, bytes]]) -> dict[str, list[int]]:
    try:
        return next_offsets(state)
    except MisplacedError as error:
        raise AdminError(str(error)) from None


def _regrouped(
    state: Sequence[Mapping[bytes, bytes]], former: int, partitions: int, epoch: int
) -> list[list[Piece]]:
    try:
        return regrouped(
            state,
            lambda key: partition_of(key, former),
            lambda key: partition_of(key, partitions),
            partitions,
            epoch,
        )
    except MisplacedError as error:
        raise AdminError(f"nothing was moved: {error}") from None


def _epoch_after(state: Sequence[Mapping[bytes, bytes]], former: TopicsEpoch, now: Now) -> int:
    counted = [read_cursor(each[CURSOR]).appended_at for each in state if CURSOR in each]
    last = max(counted, default=EPOCHS_BEGIN)
    return max(next_epoch(now(), former.epoch), next_epoch(last, None) + 1)


def _wait_for(epoch: int, now: Now, say: Say) -> None:
    left_ms = EPOCHS_BEGIN + epoch * MINUTE - now()
    if left_ms > _LONGEST_WAIT_MS:
        raise AdminError(
            f"the clock of this machine is {left_ms // SECOND} s behind that of Kafka, or the topics were just made:"
            " set it right, or try again in some minutes"
        )
    if left_ms > 0:
        say(f"waiting {left_ms / SECOND:.0f} s for the next minute to begin")
        time.sleep(left_ms / SECOND)


def _add_partitions(admin: Any, namespace: str, counts: Mapping[str, int], partitions: int) -> None:
    """`calls` first: by it a worker sees that it must not start."""
    few = {name: n for name, n in counts.items() if n < partitions}
    for name in sorted(few, key=lambda each: each != "calls"):
        admin.create_partitions({topic_name(name, namespace): partitions})
    admin.wait_for_topics([topic_name(name, namespace) for name in counts])


def _send_again(
    bootstrap: str,
    namespace: str,
    state: Sequence[Mapping[bytes, bytes]],
    partitions: int,
) -> tuple[dict[str, list[int]], int]:
    """Send to its new place what came to former partitions in the last seconds; where each goes on, and how many.

    Nothing comes as a rule: this is for a sender that was started too early.
    """
    read_to, again = _places(state), 0
    topics = [topic_name(name, namespace) for name in INPUTS]
    with consumer(bootstrap) as reader, _producer(bootstrap, topics, partitions) as client:
        for name, places in read_to.items():
            for tp, record in _after(reader, topic_name(name, namespace), places):
                home = partition_of(record.key or b"", partitions)
                client.send(
                    tp.topic,
                    record.value,
                    record.key,
                    partition=tp.partition if _is_mark(name, record.value) else home,
                    headers=list(record.headers),
                ).get(timeout=_DELIVERED_WITHIN_S)
                places[tp.partition] = record.offset + 1
                again += 1
    return read_to, again


@contextmanager
def _producer(
    bootstrap: str, topics: Sequence[str], partitions: int, own_id: str | None = None
) -> Iterator[Any]:
    """One that knows all partitions: a broker with much to do tells of new ones some seconds later."""
    deadline = time.monotonic() + _DELIVERED_WITHIN_S
    while True:
        with producer(bootstrap, own_id) as client:
            if all(len(client.partitions_for(topic)) >= partitions for topic in topics):
                yield client
                return
        if time.monotonic() > deadline:
            raise AdminError(
                "Kafka does not tell of the new partitions: it is overloaded; run this command again"
            )
        time.sleep(_ASK_AGAIN_S)


def _after(reader: Any, topic: str, places: list[int]) -> list[tuple[TopicPartition, Any]]:
    """All records from these offsets on, as of now."""
    former = _former(topic, len(places))
    ends = stable_ends(reader, former)
    reader.assign(former)
    for tp in former:
        reader.seek(tp, places[tp.partition])
    found = []
    while any(reader.position(tp) < ends[tp] for tp in former):
        for tp, records in reader.poll(timeout_ms=_POLL_MS).items():
            found += [(tp, each) for each in records if each.offset < ends[tp]]
    return found


def _is_mark(topic: str, value: bytes | None) -> bool:
    """Whether the record is of its partition, whatever its key."""
    try:
        if topic == "calls":
            return isinstance(decode_call(value or b""), Mark | Probe)
        return not isinstance(decode_agent(value or b""), AgentState)
    except UndecodableError:
        return False


def _moving(
    alerts: Sequence[tuple[int, bytes, bytes, Alert]], partitions: int
) -> list[tuple[int, bytes, bytes | None]]:
    """Open alerts go with their queues. The deletion lets no reader of all partitions find one open that has ended."""
    found: list[tuple[int, bytes, bytes | None]] = []
    for number, key, value, alert in alerts:
        home = partition_of(alert.queue.encode(), partitions)
        if home != number:
            found += [(home, key, value), (number, key, None)]
    return found


def _write(
    bootstrap: str,
    namespace: str,
    state: Sequence[Sequence[Piece]],
    alerts: Sequence[tuple[int, bytes, bytes | None]],
    epoch: TopicsEpoch,
) -> None:
    records = [("state", number, *piece) for number, pieces in enumerate(state) for piece in pieces]
    records += [("alerts", *each) for each in alerts]
    records.append(("targets", 0, EPOCH_KEY, encode(epoch)))
    topics = [topic_name(name, namespace) for name in ("state", "alerts")]
    own_id = f"{transactional_prefix(namespace)}grow"
    with _producer(bootstrap, topics, len(state), own_id) as client:
        client.begin_transaction()
        sent = [
            client.send(topic_name(topic, namespace), value, key, partition=number)
            for topic, number, key, value in records
        ]
        for each in sent:
            each.get(timeout=_DELIVERED_WITHIN_S)
        client.commit_transaction()
