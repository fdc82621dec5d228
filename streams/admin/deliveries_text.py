"""Deliveries as text: lines of a list, and one delivery whole."""

from collections.abc import Iterator

from schemas.deliveries import DeliveredFile, Delivery
from schemas.millis import iso
from schemas.printable import printable
from streams.admin.deliveries import KnownDelivery

COLUMNS = (
    "id",
    "began_at",
    "state",
    "platform",
    "source",
    "feed",
    "files",
    "legs",
    "told_alike",
    "new",
    "known",
    "completed",
    "corrected",
    "again",
    "completed_here",
    "corrected_here",
    "colliding",
    "refused",
    "records",
    "events",
    "digests",
)
SHOWN = (
    "id",
    "state",
    "source",
    "feed",
    "files",
    "legs",
    "new",
    "corrected",
    "colliding",
    "refused",
)
_STILL = "sending, or its sender was killed"
_FILES_SHOWN = 3

Line = dict[str, str | int | float | None]


def line(known: KnownDelivery) -> Line:
    """The figures are those that `send` printed; a figure that is not known has no value."""
    delivery = known.delivery
    counts = delivery.counts
    is_told = delivery.state != "sending"
    legs = {
        "legs": counts.legs,
        "told_alike": counts.told_alike,
        "new": counts.new if counts.is_compared else None,
        "known": counts.same if counts.is_compared else None,
        "completed": counts.completed if counts.is_compared else None,
        "corrected": counts.corrected if counts.is_compared else None,
        "again": counts.again,
        "completed_here": counts.completed_here,
        "corrected_here": counts.corrected_here,
        "colliding": counts.colliding,
        "refused": counts.refused,
        "events": counts.events if delivery.feed == "live" else None,
    }
    if counts.records is not None:  # followed: its legs are not known
        legs = {"records": counts.records, "events": counts.events, "refused": counts.refused}
        is_told = True
    return {
        "id": delivery.delivery_id,
        "began_at": iso(delivery.began_at),
        "state": known.state,
        "platform": delivery.platform,
        "source": delivery.source,
        "feed": "replay" if delivery.replay else delivery.feed,
        "files": _files(delivery),
        "digests": " ".join(file.digest for file in delivery.files) or None,
        **(legs if is_told else {}),
    }


def _files(delivery: Delivery) -> str | None:
    names = [printable(file.name) for file in delivery.files]
    more = f" and {len(names) - _FILES_SHOWN} more" if len(names) > _FILES_SHOWN else ""
    return ", ".join(names[:_FILES_SHOWN]) + more or None


def whole(known: KnownDelivery) -> Iterator[str]:
    """Everything about one delivery."""
    delivery, withdrawal = known.delivery, known.withdrawal
    counts = delivery.counts
    state = _STILL if delivery.state == "sending" else delivery.state
    parts = [
        ("id", delivery.delivery_id),
        ("platform", delivery.platform),
        ("source", delivery.source),
        ("feed", "live, a replay" if delivery.replay else delivery.feed),
        ("began", iso(delivery.began_at)),
        ("state", f"{state}, told at {iso(delivery.at)}"),
        *(("file", _file(file)) for file in delivery.files),
    ]
    if delivery.state != "sending" or counts.records is not None:
        parts.append(("counts", ", ".join((*counts.in_words(), f"{counts.refused:,} refused"))))
    parts.append(("first refusal", printable(counts.first_refusal)))
    if withdrawal is not None:
        changed = f"{withdrawal.gone:,} legs gone, {withdrawal.restored:,} back to what others told"
        parts.append(("withdrawn", f"{iso(withdrawal.at)}: {changed}"))
        parts.append(("because", printable(withdrawal.note)))
    return (f"{name:<14}{value}" for name, value in parts if value)


def _file(file: DeliveredFile) -> str:
    return f"{printable(file.name)}, {file.size_bytes:,} bytes, sha-256 {file.digest}"
