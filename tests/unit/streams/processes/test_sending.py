"""What `send` says, and by which name a file reports."""

from pathlib import Path

import pytest

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import FinishedFile, Options, Platform, Sent
from producers.input_file import InputFile, InputFileError
from producers.records.call_records import RECORDS
from producers.records.reading import RecordsFile
from producers.sending import FileSent
from schemas.deliveries import DeliveryCounts
from schemas.privacy import TokenKey, key_from_secret
from streams.processes.sending import Input, SourceNameError, file_summary

KEY = key_from_secret(b"a secret of the tests")


@pytest.mark.parametrize(
    ("name", "platform", "given", "source"),
    [
        ("records", RECORDS, None, "records:day"),
        ("records", RECORDS, "node", "node"),
        ("queue-log", QUEUE_LOG, None, "asterisk"),
        ("queue-log", QUEUE_LOG, "", "asterisk"),
    ],
)
def test_the_source_is_what_was_asked_for_or_the_platforms_own(
    name: str, platform: Platform, given: str | None, source: str
) -> None:
    assert Input(name, platform, (Path("day.csv.gz"),), {}, given).source_name() == source


def test_a_source_with_too_long_a_name_is_refused() -> None:
    with pytest.raises(SourceNameError, match="at most 100 characters"):
        Input("records", RECORDS, (Path("day.csv"),), {}, "x" * 101).source_name()


def test_the_summary_of_history_of_live_traffic_and_of_a_stopped_replay(tmp_path: Path) -> None:
    (path := tmp_path / "day.csv").write_text("leg_id,queue,arrived_at,outcome\n")
    file = RECORDS.open(path, "s", KEY, {"mapping_file": None})
    counts = DeliveryCounts(legs=1_200, open_legs=2, refused=1, first_refusal="line 7: why")
    refused = "1 row in quarantine (first: line 7: why)"
    still_open = "2 of them still open at its end"
    for sent, is_live, said in (
        (Sent(), False, f"1,200 legs sent, {still_open}, {refused}"),
        (Sent(5, 4, 1, 9), True, f"1,200 legs sent (10 events, 9 ticks), {still_open}, {refused}"),
        (Sent(5, stopped=True), True, f"stopped after 5 events, {refused}"),
    ):
        assert file_summary(FileSent(counts, sent), file, is_live=is_live) == said


def test_a_platform_that_takes_no_encoding_says_so(tmp_path: Path) -> None:
    class Deaf(Platform):
        help = "Opens its files by itself."

        def open(self, path: Path, source: str, key: TokenKey, given: Options) -> FinishedFile:
            return RecordsFile(InputFile(path), source, key)

    (path := tmp_path / "day.csv").write_text("leg_id,queue,arrived_at,outcome\n")
    with pytest.raises(InputFileError, match="--encoding: platform deaf does not read files in a"):
        Input("deaf", Deaf(), (path,), {"encoding": "utf-8"}).open(KEY)
    assert Input("deaf", Deaf(), (path,), {"encoding": None}).open(KEY).size
