"""Every reader of the counters, asked for counters that were added a moment ago.

Run by tests/contract/test_counters.py in a copy of the program whose `Counts` has these two fields
more, and nothing else.
"""

import json
import re
from typing import Any

FIELDS = """\
    rung_back_late: Annotated[
        int,
        Counter(
            "leaving", "waits over T", When("answered", in_target=False, channel="callback"), "wait_ms"
        ),
    ] = 0
    rung_back_missed: Annotated[int, Counter("missed offer", "x", When(channel="callback"))] = 0
"""
NAMES = ("rung_back_late", "rung_back_missed")


def core() -> None:
    from tests.support.story import Story

    day = Story()
    day.at("09:00:00").queued("back", channel="callback")
    day.at("09:00:10").offer_missed("back", agent="ann")
    day.at("09:00:40").answered("back", agent="bob")
    day.tick("09:03:00")
    for counts in (day.today(), day.totals(), day.snapshot().windows[60]):
        assert [getattr(counts, name) for name in NAMES] == [40_000, 1]
    minute = day.minute("09:01")
    assert minute is not None
    assert [getattr(minute.windows[5], name) for name in NAMES] == [40_000, 1]
    day.at("09:00:00").queued("voice")
    day.at("09:00:40").answered("voice")
    assert [getattr(day.today(), name) for name in NAMES] == [40_000, 1]

    bare = Story(configured=False)  # without targets nobody is late
    bare.at("09:00:00").queued("back", channel="callback")
    bare.at("09:00:40").answered("back")
    assert [getattr(bare.today(), name) for name in NAMES] == [0, 0]


def state_of_the_former_release() -> None:
    from schemas.counters import COUNTERS
    from streams.core.calls_pieces import _BucketsPiece, read_buckets
    from streams.core.state_format import FORMAT, encode_piece

    former = tuple(name for name in COUNTERS if name not in NAMES)
    kept = encode_piece(_BucketsPiece(FORMAT, 9, {0: [7] * len(former)}))
    assert read_buckets(kept, {9: former}) == {0: [7] * len(former) + [0, 0]}


def prometheus() -> None:
    from schemas.counters import Counts
    from schemas.series import series
    from schemas.snapshots import QueueTotals
    from schemas.targets_book import TargetsBook
    from streams.exporters.queue_series import queue_families
    from tests.support.stream_figures import NOW, snapshot

    counts: Any = Counts(**dict(zip(NAMES, (40_000, 3), strict=True)))
    families = queue_families(
        [snapshot(today=counts)], [QueueTotals("billing", counts, counts)], TargetsBook(), [], NOW
    )
    values = {
        sample.name: sample.value
        for family in families
        for sample in family.samples
        if sample.labels.get("window", "today") == "today"
    }
    for name, value in {
        "callcentre_window_rung_back_late_seconds": 40,
        "callcentre_rung_back_late_seconds_total": 40,
        "callcentre_rung_back_late_reversed_seconds_total": 40,
        "callcentre_window_rung_back_missed_legs": 3,
        "callcentre_legs_rung_back_missed_total": 3,
        "callcentre_legs_rung_back_missed_reversed_total": 3,
    }.items():
        assert values[name] == value, name
        assert series(name).help


class Archive:
    """Says 1 of every counter, and has the columns of the former release."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def execute(self, sql: str) -> Any:
        from schemas.counters import COUNTERS
        from schemas.tables import TABLES
        from streams.sinks.clickhouse.database import Answer

        self.asked.append(sql)
        if "report_group" in sql:
            names = re.findall(r" AS ([a-z]+_\w+)", sql)
            return Answer(names, [tuple("billing" if n == "report_group" else 1 for n in names)])
        if "SELECT queue, leg_id, node, visit_s, arrived_at_ms, missed_offers" in sql:
            return Answer([], [("billing", "ada", "node", 0, 1, 1, 1, 1)])
        if "system.columns" in sql:
            there = {*COUNTERS, *TABLES["minutes"]} - set(NAMES)
            return Answer(["name"], [(name,) for name in there])
        return Answer([], [])

    def insert(self, *_: object) -> None: ...

    def close(self) -> None: ...


def history_and_reconciliation() -> None:
    from schemas.counters import Counts
    from streams.history.reconcile import QueueDay, compare

    found = compare("1970-01-01", [QueueDay("billing", 0, 86_400_000, 9, Counts())], Archive())
    differing = {each.figure: each.archive for each in found.differing()["billing"]}
    assert {name: differing.get(name) for name in NAMES} == dict.fromkeys(NAMES, 1)


def archive() -> None:
    from schemas.counters import Counts
    from schemas.minutes import MinuteRow
    from schemas.tables import TABLES
    from streams.sinks.clickhouse.migrate import migrate
    from streams.sinks.clickhouse.rows import minute_rows

    database = Archive()
    done = migrate(database)
    assert [each for each in done if each.startswith("column minutes")] == [
        f"column minutes.{name}" for name in NAMES
    ]
    assert sum(sql.startswith("ALTER TABLE minutes ADD COLUMN") for sql in database.asked) == 2
    counts: Any = Counts(**dict.fromkeys(NAMES, 5))
    (row,) = minute_rows(MinuteRow("billing", 0, 1, 0, windows={30: counts}))
    kept = dict(zip(TABLES["minutes"], row, strict=True))
    assert [kept[name] for name in NAMES] == [5, 5]


def documents() -> None:
    from schemas.render import rendered
    from tests.support.counter_table import table

    for name in NAMES:
        assert f"| `{name}` |" in table()
        for topic in ("minutes", "snapshots"):
            text = json.loads(rendered()[f"{topic}.schema.json"])
            assert name in text["$defs"]["Counts"]["properties"]


READERS = (
    core,
    state_of_the_former_release,
    prometheus,
    history_and_reconciliation,
    archive,
    documents,
)

if __name__ == "__main__":
    for reader in READERS:
        reader()
        print(reader.__name__)
