"""A contact whose events or former versions were deleted says so, and has no value where only they knew."""

from schemas.millis import DAY, from_iso
from streams.history.contact_kept import deleted_calls, without_deleted
from streams.history.report import Found
from streams.sinks.clickhouse.database import Answer

UNTIL = from_iso("2026-05-05T07:00:00Z")
STORY = Found(
    ([{"leg_id": "1", "missed_by": "ada", "to_queue": "cards", "wait_s": 3.0}], [], []),
    ("Contact c-1", "What history said of it, when", "What was told, by its own time"),
)


class Archive:
    """Of which these tables lost rows."""

    def __init__(self, *tables: str) -> None:
        self._tables = tables

    def execute(self, sql: str) -> Answer:
        if "FROM targets" in sql:
            return Answer(["default_zone"], [("Europe/Berlin",)])
        gone = any(f"'deleted {table} " in sql for table in self._tables)
        return Answer(["until_ms", "noted_ms", "is_noted"], [(UNTIL, UNTIL, 1)] if gone else [])

    def close(self) -> None: ...


def test_nothing_is_taken_away_where_nothing_was_deleted() -> None:
    assert without_deleted(Archive(), STORY, UNTIL - DAY) == STORY
    assert without_deleted(Archive("events", "leg_versions"), STORY, UNTIL) == STORY


def test_who_missed_it_is_not_known_without_its_events() -> None:
    found = without_deleted(Archive("events"), STORY, UNTIL - DAY)
    assert found.rows[0] == [{"leg_id": "1", "wait_s": 3.0}]
    assert found.titles[1] == STORY.titles[1]
    assert found.titles[2].endswith("(events of before 2026-05-05T09:00:00+02:00 were deleted)")


def test_that_former_versions_are_gone_is_said() -> None:
    found = without_deleted(Archive("leg_versions"), STORY, UNTIL - DAY)
    assert found.rows == STORY.rows
    assert "versions of legs of before 2026-05-05T09:00:00+02:00 were deleted" in found.titles[1]


def test_a_contact_that_is_not_there_may_be_a_deleted_one() -> None:
    assert (
        deleted_calls(Archive("legs")) == "; calls of before 2026-05-05T09:00:00+02:00 were deleted"
    )
    assert deleted_calls(Archive()) == ""
