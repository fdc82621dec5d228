"""The queues as a catalogue: groups and zones, and what is asked of the archive."""

from typing import Any

from schemas.codec import encode
from schemas.targets_book import all_at_sql, zone_at_sql
from streams.history.catalogue import Catalogue, group_of, read_catalogue
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import targets

A = targets("a", centre="north", department="town", time_zone="Europe/Paris")
B = targets("b", centre="south", department="town")


class Archive:
    """Answers the two questions about targets, and no other."""

    def __init__(self, moment: int, bodies: list[tuple[str, str]], zones: list[tuple[str]]) -> None:
        self._rows: dict[str, list[Any]] = {
            all_at_sql(str(moment), "body"): bodies, zone_at_sql(str(moment)): zones,
        }  # fmt: skip

    def execute(self, sql: str) -> Answer:
        return Answer([], self._rows[sql])

    def close(self) -> None:
        pass


def test_the_catalogue_is_of_the_targets_that_hold_at_the_moment() -> None:
    archive = Archive(7, [("a", encode(A).decode())], [("Asia/Muscat",)])
    assert read_catalogue(archive, 7) == Catalogue("Asia/Muscat", {"a": A})


def test_before_anything_is_published_it_is_empty_and_in_utc() -> None:
    assert read_catalogue(Archive(7, [], []), 7) == Catalogue("UTC", {})


def test_queues_stand_in_the_groups_that_their_targets_name() -> None:
    catalogue = Catalogue("UTC", {"a": A, "b": B})
    assert catalogue.members("centre", None) == {"north": [A], "south": [B]}
    assert catalogue.members("department", None) == {"town": [A, B]}
    assert catalogue.members("queue", "b") == {"b": [B]}
    assert group_of("all", A) == "ALL"
    assert [catalogue.zone(queue) for queue in ("a", "elsewhere")] == ["Europe/Paris", "UTC"]


def test_former_ids_lead_to_the_present_one() -> None:
    renamed = targets("c", formerly=("old c", "c.1"))
    assert Catalogue("UTC", {"a": A, "c": renamed}).former == {"old c": "c", "c.1": "c"}
