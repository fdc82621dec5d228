"""Takes a delivery back: a record in topic `deliveries`, which every figure of history is made without.

Rule 1: nothing is deleted. `--as-of` an earlier time shows what the delivery said, and `history corrections`
what its withdrawal changed.
Rule 2: what it left for the next file of its source, and its rows in quarantine, go with it.
"""

from collections.abc import Iterable, Sequence

from schemas.codec import encode
from schemas.deliveries import Withdrawal, record_key
from schemas.millis import iso
from schemas.quarantine import Quarantined
from schemas.topics import topic_name
from streams.admin import quarantine
from streams.admin.broker import AdminError, decodable, producer, read_whole, write
from streams.admin.deliveries import KnownDelivery

_ACKNOWLEDGED_WITHIN_S = 20.0


def check(known: KnownDelivery) -> None:
    """AdminError, one line, for a delivery that cannot be withdrawn."""
    delivery = known.delivery
    if known.withdrawal is not None:
        at = iso(known.withdrawal.at)
        raise AdminError(f"delivery {delivery.delivery_id} was withdrawn already, at {at}")
    if delivery.feed == "live":
        raise AdminError(
            f"delivery {delivery.delivery_id} was sent live: walls and alerts have counted it, and it cannot"
            " be withdrawn; correct its calls with `queuewatch send records`"
        )


def withdraw(bootstrap: str, namespace: str, withdrawal: Withdrawal) -> None:
    """Write the withdrawal; return when every replica has it."""
    topic = topic_name("deliveries", namespace)
    write(bootstrap, topic, record_key(withdrawal), encode(withdrawal))


def put_away_refused(bootstrap: str, namespace: str, delivery: str, now: int) -> int:
    """Note of the rows that it left in quarantine that nothing is to be done; returns how many there were."""
    topic = topic_name("quarantine", namespace)
    records = list(decodable(Quarantined, (each.value for each in read_whole(bootstrap, topic))))
    found = refused_of(records, delivery)
    with producer(bootstrap) as client:
        sent = [
            client.send(
                topic,
                encode(quarantine.dropped(entry, now, f"delivery {delivery} was withdrawn")),
                (entry.original_key or entry.origin).encode(),
            )
            for entry in found
        ]
        for each in sent:
            each.get(timeout=_ACKNOWLEDGED_WITHIN_S)
    return len(found)


def refused_of(records: Iterable[Quarantined], delivery: str) -> Sequence[quarantine.Entry]:
    """The open entries whose newest refusal is of that delivery. Pure."""
    newest: dict[str, Quarantined] = {}
    every = list(records)
    for record in every:
        place = f"{record.origin}:{record.position}"
        held = newest.get(place)
        if record.handled is None and (held is None or record.known_at >= held.known_at):
            newest[place] = record
    return [
        entry
        for entry in quarantine.entries(every)
        if entry.state == "open" and newest[entry.place].delivery == delivery
    ]
