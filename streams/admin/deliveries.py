"""What was sent: every delivery with what became of it, as topic `deliveries` tells. Pure except for `read`."""

from collections.abc import Iterable

from msgspec import Struct

from schemas.codec import UndecodableError, decode_as
from schemas.deliveries import Delivery, Withdrawal
from schemas.topics import topic_name
from streams.admin.broker import AdminError, read_whole


class KnownDelivery(Struct, frozen=True):
    """A delivery by its newest record, and its withdrawal if there was one."""

    delivery: Delivery
    withdrawal: Withdrawal | None = None

    @property
    def state(self) -> str:
        return "withdrawn" if self.withdrawal is not None else self.delivery.state


def read(bootstrap: str, namespace: str) -> list[KnownDelivery]:
    """Every delivery, by its begin; AdminError for a record that cannot be decoded."""
    topic = topic_name("deliveries", namespace)
    records: list[Delivery | Withdrawal] = []
    for record in read_whole(bootstrap, topic):
        if record.value is None:
            continue
        try:
            records.append(decode_as(Delivery | Withdrawal, record.value))  # type: ignore[arg-type]  # a union of structs
        except UndecodableError as error:
            raise AdminError(f"{topic} offset {record.offset}: {error}") from None
    return known(records)


def known(records: Iterable[Delivery | Withdrawal]) -> list[KnownDelivery]:
    """The records in any order. Of a delivery that is withdrawn twice the first withdrawal holds."""
    newest: dict[str, Delivery] = {}
    withdrawals: dict[str, Withdrawal] = {}
    for record in records:
        if isinstance(record, Withdrawal):
            former = withdrawals.get(record.delivery_id)
            if former is None or record.at < former.at:
                withdrawals[record.delivery_id] = record
        else:
            held = newest.get(record.delivery_id)
            if held is None or record.revision > held.revision:
                newest[record.delivery_id] = record
    found = [KnownDelivery(each, withdrawals.get(name)) for name, each in newest.items()]
    return sorted(found, key=lambda each: (each.delivery.began_at, each.delivery.delivery_id))


def named(deliveries: Iterable[KnownDelivery], name: str) -> KnownDelivery:
    """The delivery of that id; AdminError if there is none."""
    for each in deliveries:
        if each.delivery.delivery_id == name:
            return each
    raise AdminError(f'no delivery "{name}" (`queuewatch deliveries list` shows their ids)')
