"""What is a correction: from versions as the archive holds them."""

from typing import Any

from schemas.millis import DAY
from schemas.tables import TABLES
from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.reports.corrections import REPORT, corrections
from streams.sinks.clickhouse.database import Answer
from tests.support.archived import ArchivedStory
from tests.support.builders import MONDAY, targets
from tests.support.fake_archive import FakeArchive


def versions(day: ArchivedStory) -> list[dict[str, Any]]:
    day.outputs.take(day.unit)
    found = [dict(zip(TABLES["leg_versions"], row, strict=True)) for row in day.version_rows()]
    return sorted(found, key=lambda version: (version["leg_id"], version["version"]))


def told() -> FakeArchive:
    """Ada is answered after all; Bo merely waits and is answered."""
    day = ArchivedStory()
    day.publish(targets())
    day.at("09:00:00").queued("ada")
    day.at("09:00:30").abandoned("ada")
    day.at("09:00:40").queued("bo")
    day.at("09:00:50").answered("bo")
    day.at("09:00:20").answered("ada", agent="ann")
    return FakeArchive(leg_versions=versions(day))


def test_what_is_taken_back_is_a_correction_and_what_goes_on_is_not() -> None:
    rows = corrections(told(), Catalogue("UTC", {}), Question(MONDAY, MONDAY + DAY))
    assert {row["leg_id"] for row in rows} == {"ada"}
    (outcome,) = (row for row in rows if row["column"] == "outcome")
    assert (outcome["was"], outcome["now"]) == ("abandoned", "answered")
    assert (outcome["cause"], outcome["late_s"]) == ("not archived", None)
    assert set(outcome) == set(REPORT.parts[0].names())


class Known:
    """Of which so many versions became known, of legs of the second minute of 1970."""

    def __init__(self, archive: FakeArchive, count: int) -> None:
        self._archive, self._count = archive, count
        self.asked = archive.asked

    def execute(self, sql: str) -> Answer:
        if not sql.startswith("SELECT count(), "):
            return self._archive.execute(sql)
        self.asked.append(sql)
        return Answer([], [(self._count, 60, 120) if self._count else (0, 0, 0)])

    def close(self) -> None: ...


def test_the_range_bounds_arrivals_or_what_became_known() -> None:
    archive = Known(told(), 3)
    corrections(archive, Catalogue("UTC", {}), Question(MONDAY, MONDAY + DAY, queue="billing"))
    assert f"argMax(arrived_at_ms, version) >= {MONDAY}" in archive.asked[0]
    question = Question(MONDAY + DAY, MONDAY + 2 * DAY, range_of="known")
    assert corrections(archive, Catalogue("UTC", {}), question) == []
    assert f"countIf(known_at_ms >= {MONDAY + DAY}" in archive.asked[-1]
    # Of years of months those alone are read that have such legs.
    within = "WHERE key_at >= toDateTime(60) AND key_at <= toDateTime(120)"
    assert archive.asked[-1].count(within) == archive.asked[-1].count("FROM leg_versions") > 0


def test_where_nothing_became_known_no_versions_are_read() -> None:
    archive = Known(told(), 0)
    question = Question(MONDAY, MONDAY + DAY, range_of="known")
    assert corrections(archive, Catalogue("UTC", {}), question) == []
    assert len(archive.asked) == 1
