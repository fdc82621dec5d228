"""Compares one business day of the stream with the archive, both as of the same checkpoint."""

from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import from_iso
from schemas.topics import topic_name
from streams.admin.broker import AdminError
from streams.admin.drain import stage_of_archive, wait_for_reader
from streams.admin.live_days import read_live_days
from streams.history import reconcile
from streams.history.catalogue import read_catalogue, read_zone, seen_queues
from streams.history.leg_recount import Disagreement
from streams.history.reconcile import Reconciled
from streams.sinks.clickhouse.database import Reader


class Reconciliation(Struct, frozen=True):
    """The comparison of a day, and the legs that explain its differences."""

    found: Reconciled
    legs: list[Disagreement]


def reconciled(
    bootstrap: str, namespace: str, reader: Reader, day: str | None, now: int, timeout_s: float
) -> Reconciliation:
    """Reconcile `day`, or without it the newest day that late facts can no longer change.

    AdminError when Kafka does not answer or the archive does not catch up; HistoryError when the day is
    not over or no longer kept; UnavailableError or RefusedError of the archive.
    """
    zone = read_zone(reader, now)
    wanted = day or reconcile.settled_day(now, zone)
    # The stream began that day by the targets of that day, not by those that were published since.
    catalogue = read_catalogue(reader, from_iso(f"{wanted}T12:00", ZoneInfo(zone)))
    partitions = read_live_days(bootstrap, topic_name("state", namespace))
    days = reconcile.queue_days(wanted, partitions, catalogue, seen_queues(reader))
    reconcile.check_over(days, wanted, now, catalogue)
    # The day counts are as of a checkpoint, which also wrote legs: wait until the archive has these.
    stage = stage_of_archive(namespace, ("legs", "calls", "quarantine"))
    behind = wait_for_reader(bootstrap, stage, timeout_s)
    if behind is not None:
        raise AdminError(f"{behind}: nothing compared (--timeout waits longer)")
    found = reconcile.compare(wanted, days, reader)
    return Reconciliation(found, reconcile.differing_legs(reader, found))
