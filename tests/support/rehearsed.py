"""A told day as the archive would give it to a rehearsal, and what the rehearsal decides."""

from collections.abc import Iterable, Sequence

from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.targets import TargetsVersion
from streams.history.rehearsal import Partition, Rehearsed, rehearse
from streams.history.ticks_between import ArchivedEvent, with_ticks
from tests.support.archived import ArchivedStory

Decided = tuple[str, str, int, int | None, int | None, bool]


def archived_events(day: ArchivedStory) -> list[ArchivedEvent]:
    """Without ticks, as the archive keeps them."""
    return [
        ArchivedEvent(row[1], row[3], row[4], row[8], row[9], row[11]) for row in day.event_rows()
    ]


def rehearsed(
    day: ArchivedStory,
    until: int,
    versions: Sequence[TargetsVersion] | None = None,
    entries: Iterable[RosterEntry] = (),
) -> Rehearsed:
    found = Rehearsed()
    told = with_ticks(archived_events(day), until)
    partition = Partition(told, entries)
    for _ in rehearse([partition], day.versions if versions is None else versions, found):
        pass
    return found


def decided(alerts: Iterable[Alert]) -> list[Decided]:
    """What must be the same live and rehearsed, of the alerts that fired."""
    return sorted(
        (a.rule, a.queue, a.onset_at, a.fired_at, a.resolved_at, a.doubtful)
        for a in alerts
        if a.fired_at is not None
    )
