"""When a source was away, by its events: against a reader that looks at each of them; on both databases."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from schemas.calls import CallEvent, Disconnected, Queued, Restarted
from schemas.millis import DAY, MINUTE, SECOND, from_iso
from streams.history import missing
from streams.history.missing import SILENT_MS, sources_away
from streams.history.months import Range
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import event_row, leg_row
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

START, END = from_iso("2026-10-05T00:00:00Z"), from_iso("2026-10-06T00:00:00Z")
RANGE = Range(START, END)


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[Database]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        yield database


def lost(source: str, at: int, number: int) -> Disconnected:
    return Disconnected(event_id=f"d{number}", at=at, source=source)


def call(source: str, at: int, number: int) -> Queued:
    return Queued(event_id=f"q{number}", at=at, source=source, queue="q", leg_id=f"l{number}")


def tell(archive: Database, events: Sequence[CallEvent]) -> None:
    """Appended a minute after they happened, or, of each tenth, hours later, as a file that was told anew."""
    rows = [
        event_row(each, "calls-0", n, each.at + MINUTE + (n % 10 == 0) * 300 * MINUTE)
        for n, each in enumerate(events)
    ]
    keep(archive, "events", rows)


def naive(events: Sequence[CallEvent]) -> list[tuple[str, int]]:
    found = []
    for source in sorted({each.source for each in events}):
        ours = [each for each in events if each.source == source]
        told = sorted(each.at for each in ours if not isinstance(each, Disconnected | Restarted))
        back = 0
        for at in sorted(each.at for each in ours if isinstance(each, Disconnected)):
            if not RANGE.start <= at < RANGE.end or at < back:
                continue
            again = next((each for each in told if each > at), None)
            back = RANGE.end if again is None else again
            if again is None or again - at >= SILENT_MS:
                found.append((source, at))
    return sorted(found, key=lambda each: (each[1], each[0]))


@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_who_was_away_for_long_is_what_each_event_says(
    archive: Database, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing, "_AT_ONCE", at_once)
    chance = Random(5)
    events: list[CallEvent] = []
    for source, often in (("pbx", 60), ("other", 5), ("calm", 0)):
        times = [chance.randrange(START - 3_600, END + 3_600, SECOND) for _ in range(often)]
        events += [lost(source, at, len(events) + n) for n, at in enumerate(times)]
        told = [chance.randrange(START - DAY, END + DAY, SECOND) for _ in range(200)]
        events += [call(source, at, len(events) + n) for n, at in enumerate(told)]
    events.append(Restarted(event_id="r", at=events[0].at + SECOND, source="pbx"))
    events.append(lost("gone", END - MINUTE, len(events)))  # it told nothing ever since
    tell(archive, events)
    found = sources_away(archive, RANGE)
    assert sorted(found, key=lambda each: (each[1], each[0])) == naive(events)
    assert {"pbx", "gone"} <= {source for source, _ in found}
    assert len(found) < sum(isinstance(each, Disconnected) for each in events)


def test_of_some_queues_only_sources_that_told_of_them_were_away(archive: Database) -> None:
    noon = START + DAY // 2
    tell(archive, [lost("pbx", noon, 1), lost("other", noon + SECOND, 2)])
    for queue, source in (("water", "pbx"), ("power", "other")):
        row = leg_row_of(Recorded(queue, queue, START, "answered", START + SECOND))
        keep(archive, "leg_versions", [leg_row(replace(row, source=source))])
    assert sources_away(archive, RANGE) == [("pbx", noon), ("other", noon + SECOND)]
    assert sources_away(archive, RANGE, {"water"}) == [("pbx", noon)]
    assert sources_away(archive, RANGE, {"power"}) == [("other", noon + SECOND)]
    assert sources_away(archive, RANGE, {"nobody's"}) == []
