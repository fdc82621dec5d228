"""What still lies before a reader, from offsets alone."""

from types import SimpleNamespace

from kafka import TopicPartition
from kafka.errors import CoordinatorLoadInProgressError

from schemas.topics import TOPICS
from streams.admin.drain import (
    ARCHIVE_INPUTS,
    STREAM_INPUTS,
    NotDrained,
    behind,
    committed_by,
    stages,
)
from streams.wiring.options import StreamOptions

A, B = TopicPartition("calls", 0), TopicPartition("calls", 1)


def test_a_partition_without_a_commit_is_behind_by_all_it_holds() -> None:
    assert behind({A: 0, B: 0}, {A: 7, B: 0}, {}) == {A: 7}


def test_expired_records_are_nobodys_debt() -> None:
    assert behind({A: 100}, {A: 100}, {}) == {}
    assert behind({A: 100}, {A: 130}, {A: 90}) == {A: 30}


def test_a_commit_at_or_past_the_noted_end_is_enough() -> None:
    assert behind({A: 0, B: 0}, {A: 7, B: 9}, {A: 7, B: 12}) == {}


def test_the_stream_is_waited_for_before_the_archive() -> None:
    stream, across, archive = stages("north.")
    assert (across.reader, across.group) == ("stream", StreamOptions("", "north.").reports_group)
    assert across.topics == ("north.reports",)
    assert (stream.reader, stream.group) == ("stream", "north.queuewatch-stream")
    assert (archive.reader, archive.group) == ("archive", "north.queuewatch-archive")
    assert set(stream.topics) == {"north.calls", "north.agents"}


def test_every_output_of_the_stream_that_is_archived_is_waited_for() -> None:
    outputs = {t.name for t in TOPICS if "stream" in t.writers and "archive" in t.readers}
    assert outputs <= set(ARCHIVE_INPUTS)
    assert STREAM_INPUTS == ("calls", "agents")


def test_a_broker_that_still_reads_its_groups_is_asked_again() -> None:
    class Loading:
        asked = 0

        def list_group_offsets(self, groups: list[str]) -> dict[str, dict[TopicPartition, object]]:
            self.asked += 1
            if self.asked == 1:
                raise CoordinatorLoadInProgressError("group archive")
            return {
                group: {A: SimpleNamespace(offset=7), B: SimpleNamespace(offset=-1)}
                for group in groups
            }

    assert committed_by(Loading(), "archive") == {A: 7}


def test_what_lags_is_named_by_partition_and_number() -> None:
    text = str(NotDrained("archive", {"legs-3": 1200, "minutes-0": 1}))
    assert text == "archive lags: legs-3 by 1,200 records, minutes-0 by 1 record"
