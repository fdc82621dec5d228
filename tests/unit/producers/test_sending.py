"""The shell of finished files, with two of our platforms."""

import io
from collections.abc import Iterator
from pathlib import Path

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import FileItem, FinishedFile, Refused
from producers.handing_over import WallClock
from producers.input_file import InputFile
from producers.joined_files import JoinedFiles
from producers.progress import Progress
from producers.records.mapping import Mapping, parse_mapping
from producers.records.reading import RecordsFile
from producers.sending import FileSent, send_as_live, send_history, surveyed
from producers.timeline import Marks
from schemas.calls import FinishedLeg, Restarted
from schemas.privacy import caller_token, key_from_secret
from tests.support.publishing import KeptPublisher

KEY = key_from_secret(b"a secret of the tests")
HEADER = "leg_id,queue,caller,arrived_at,answered_at,left_at,ended_at,outcome"
ROWS = (
    "1,billing,5550001,2010-08-01T07:00:00Z,2010-08-01T07:00:08Z,2010-08-01T07:00:08Z,2010-08-01T07:01:00Z,answered",
    "2,billing,5550002,2010-08-01T07:00:05Z,,2010-08-01T07:00:25Z,,abandoned",
    "3,sales,,2010-08-01T07:00:05Z,,,,open",
    "4,sales,5550004,2010-08-01T07:00:05Z,,,,exited",
    "5,sales",
)
LOG = """\
1675555000|NONE|NONE|NONE|QUEUESTART|\r
1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1\r
1675555002|7.1|sales|NONE|SURVEY|call 5550001\r
1675555009|7.1|sales|SIP/1|CONNECT|8|7.2|3\r
\r
1675555019|7.1|sales|SIP/1|COMPLETEAGENT|8|10|1\r
1675555020|7.9|sales|NONE|ENTERQUEUE||5550009|1\r
"""
NOW = 1_700_000_000_000
CLOCK = WallClock(lambda: NOW, lambda _: None)


def _records(path: Path, *rows: str, mapping: Mapping | None = None) -> FinishedFile:
    path.write_text("\n".join((HEADER, *rows)) + "\n")
    return RecordsFile(InputFile(path), "records:day", KEY, mapping)


def _log(path: Path) -> FinishedFile:
    path.write_text(LOG, newline="")
    return QUEUE_LOG.open(path, "pbx", KEY, {})


def _as_history(file: FinishedFile, publisher: KeptPublisher) -> FileSent:
    return send_history(file, publisher, CLOCK, io.StringIO())


def _as_live(file: FinishedFile, publisher: KeptPublisher) -> FileSent:
    return send_as_live(file, Marks(file.source), publisher, CLOCK, io.StringIO())


def test_history_of_records_is_one_event_a_row(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    counts = _as_history(_records(tmp_path / "day.csv", *ROWS), publisher).counts
    legs = [event for event in publisher.calls if isinstance(event, FinishedLeg)]
    assert [(leg.outcome, leg.goes_on) for leg in legs] == [
        ("answered", False), ("abandoned", False), ("open", True),
    ]  # fmt: skip
    assert len(publisher.calls) == 3
    assert {event.feed for event in publisher.calls} == {"history"}
    assert (counts.legs, counts.open_legs, counts.refused) == (3, 1, 2)
    assert counts.first_refusal == "line 5: outcome is exited, but left_at is empty"
    assert [(record.position, record.origin, record.reason) for record in publisher.refused] == [
        (5, "day.csv", "bad_row"), (6, "day.csv", "bad_row"),
    ]  # fmt: skip
    assert {(record.source, record.known_at) for record in publisher.refused} == {
        ("records:day", NOW)
    }
    assert "5550004" not in publisher.refused[0].original
    assert caller_token(KEY, "5550004") in publisher.refused[0].original
    assert publisher.flushes == 1


def test_rows_without_an_id_that_say_the_same_are_apart_marked_and_counted_once(
    tmp_path: Path,
) -> None:
    names = "queue,arrived_at,left_at,outcome"
    waits = "billing,2010-08-01T07:00:00Z,,open"
    left = "billing,2010-08-01T07:00:00Z,2010-08-01T07:00:09Z,abandoned"
    files = []
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(f"{names}\n{waits}\n{waits}\n{left}\n{left}")
        files.append(RecordsFile(InputFile(tmp_path / name), "records:day", KEY))
    publisher = KeptPublisher()
    counts = _as_history(JoinedFiles(files), publisher).counts
    legs = [leg for leg in publisher.calls if isinstance(leg, FinishedLeg)]
    assert sorted((leg.outcome, leg.told_alike) for leg in legs) == [
        ("abandoned", False), ("abandoned", True), ("open", False), ("open", True),
    ]  # fmt: skip
    assert (counts.legs, counts.told_alike, counts.again) == (4, 2, 4)
    assert counts.is_clean


def test_live_records_are_every_event_of_every_leg(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    done = _as_live(_records(tmp_path / "day.csv", *ROWS), publisher)
    assert [(event.leg_id, type(event).__name__) for event in publisher.calls] == [
        ("1", "Queued"), ("2", "Queued"), ("3", "Queued"), ("1", "Answered"), ("2", "Abandoned"),
        ("1", "Ended"),
    ]  # fmt: skip
    assert (done.sent.events, done.counts.open_legs, done.counts.refused) == (6, 1, 2)


def test_a_header_alone_is_a_day_without_calls(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    done = _as_history(_records(tmp_path / "day.csv"), publisher)
    assert (done.counts.legs, publisher.told) == (0, [])


def test_history_of_a_log_is_its_calls_also_those_that_go_on(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    counts = _as_history(_log(tmp_path / "queue_log"), publisher).counts
    assert [leg.leg_id for leg in publisher.calls] == ["7.1/sales/1", "7.9/sales/1"]
    assert (counts.legs, counts.open_legs, counts.refused) == (2, 1, 1)
    assert counts.first_refusal.startswith("line 3: a verb that we do not know: SURVEY")
    assert (publisher.agents, publisher.marks) == ([], [])
    (record,) = publisher.refused
    assert (record.origin, record.position, record.reason) == ("queue_log", 3, "unknown_line")


def test_a_live_log_has_the_open_call_the_agents_and_the_restart_too(tmp_path: Path) -> None:
    publisher = KeptPublisher()
    done = _as_live(_log(tmp_path / "queue_log"), publisher)
    assert [type(event).__name__ for event in publisher.calls] == [
        "Queued", "Answered", "Ended", "Queued",
    ]  # fmt: skip
    assert sum(isinstance(mark, Restarted) for _, mark in publisher.marks) == 1
    assert [state.activity for state in publisher.agents] == ["talking", "idle"]
    assert publisher.marks[-1][0] == "agents"  # the end is said to both topics
    assert (done.counts.legs, done.counts.open_legs, done.sent.events) == (2, 1, 7)


def test_the_same_file_twice_is_the_same_events(tmp_path: Path) -> None:
    first, second = KeptPublisher(), KeptPublisher()
    for publisher in (first, second):
        _as_live(_log(tmp_path / "q"), publisher)
    assert first.told == second.told


def test_a_file_is_read_again_as_if_it_were_new(tmp_path: Path) -> None:
    file = _records(tmp_path / "day.csv", *ROWS, mapping=parse_mapping('[skip]\nqueue = ["sales"]'))
    for _ in range(2):
        _as_history(file, KeptPublisher())
        assert file.notes()[0] == "2 rows skipped by the mapping"


def test_a_survey_sends_nothing_and_counts_the_same(tmp_path: Path) -> None:
    for file in (_records(tmp_path / "day.csv", *ROWS), _log(tmp_path / "queue_log")):
        counts = _as_history(file, KeptPublisher()).counts
        survey, seen = surveyed(file, NOW, io.StringIO())
        assert seen == counts
        assert (survey.legs, survey.open_legs, survey.refusals) == (
            counts.legs,
            counts.open_legs,
            counts.refused,
        )


def test_what_a_platform_did_not_mask_the_shell_masks_and_cuts(tmp_path: Path) -> None:
    class Noise(FinishedFile):
        def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
            yield Refused("noise", "call 5550001 " + "x" * 10_000, 7)

    (path := tmp_path / "noise").write_text("x")
    publisher = KeptPublisher()
    _as_history(Noise(InputFile(path), "pbx", KEY), publisher)
    (record,) = publisher.refused
    assert record.original.startswith(f"call {caller_token(KEY, '5550001')} x")
    assert (record.origin, record.position, len(record.original)) == ("noise", 7, 4_000)
    assert not record.live  # who sends a file reads its summary; nobody is called


def test_what_the_files_of_one_command_say_of_one_call_is_counted_record_by_record(
    tmp_path: Path,
) -> None:
    abandoned = "1,billing,5550001,2010-08-01T07:00:00Z,,2010-08-01T07:00:08Z,,abandoned"
    files = [
        _records(tmp_path / "a.csv", "1,billing,5550001,2010-08-01T07:00:00Z,,,,open"),
        _records(tmp_path / "b.csv", abandoned),
        _records(tmp_path / "c.csv", abandoned, abandoned.replace("abandoned", "callback")),
        _records(tmp_path / "d.csv", abandoned.replace("abandoned", "exited")),
        _records(tmp_path / "e.csv", abandoned.replace("5550001", "5550002")),
    ]
    publisher = KeptPublisher()
    counts = _as_history(JoinedFiles(files), publisher).counts
    assert counts.in_words() == [
        "1 leg", "1 told again in the file", "1 completed in the file",
        "1 corrected by a later file (outcome 1, reason 1)", "2 colliding, set aside",
    ]  # fmt: skip
    assert [leg.outcome for leg in publisher.calls if isinstance(leg, FinishedLeg)] == [
        "open", "abandoned", "exited",
    ]  # fmt: skip
    assert [(row.origin, row.position) for row in publisher.refused] == [("c.csv", 3), ("e.csv", 2)]
    assert " and line 2 says otherwise" in publisher.refused[0].detail
    assert " and line 2 of d.csv says otherwise" in publisher.refused[1].detail
