from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import DetailedLeg, FileItem, FinishedFile, Refused
from producers.growing_log import LogReader
from producers.input_file import InputFileError
from producers.progress import silent
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, Queued, Restarted
from schemas.privacy import caller_token, key_from_secret, mask
from streams.cli.main import cli

KEY = key_from_secret(b"a secret of the tests")
LOG = """\
1675555000|NONE|NONE|NONE|QUEUESTART|\r
1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1\r
1675555002|7.1|sales|NONE|SURVEY|call 5550001\r
1675555009|7.1|sales|SIP/1|CONNECT|8|7.2|3\r
\r
1675555019|7.1|sales|SIP/1|COMPLETEAGENT|8|10|1\r
1675555020|7.9|sales|NONE|ENTERQUEUE||5550009|1\r
1675555021|7.8|sales|NONE|ENTERQUEUE||5550008|1\r
1675555029|7.8|sales|SIP/1|CONNECT|8|7.2|3\r
"""
NOW = 1_700_000_000_000


def _file(path: Path, text: str = LOG) -> FinishedFile:
    path.write_text(text, newline="")
    return QUEUE_LOG.open(path, "pbx", KEY, {})


def _items(tmp_path: Path) -> list[FileItem]:
    return list(_file(tmp_path / "queue_log").read(NOW, silent()))


def test_a_finished_log_gives_legs_agents_restarts_and_what_it_refused(tmp_path: Path) -> None:
    items = _items(tmp_path)
    legs = [item.whole for item in items if isinstance(item, DetailedLeg)]
    assert [(type(leg), leg.leg_id) for leg in legs] == [
        (FinishedLeg, "7.1/sales/1"), (Queued, "7.9/sales/1"), (FinishedLeg, "7.8/sales/1"),
    ]  # fmt: skip
    assert sum(isinstance(item, Restarted) for item in items) == 1
    states = [item.activity for item in items if isinstance(item, AgentState)]
    assert states == ["talking", "idle", "talking"]
    (refused,) = [item for item in items if isinstance(item, Refused)]
    assert (refused.position, refused.reason) == (3, "unknown_line")
    assert refused.detail == (
        "a verb that we do not know: SURVEY (--ignore SURVEY leaves such lines out)"
    )
    token = caller_token(KEY, "5550001")
    assert refused.original == f"1675555002|7.1|sales|NONE|SURVEY|xxxx {token}"
    assert refused.is_masked


def test_a_leg_has_its_own_events_and_an_open_one_as_far_as_the_log_goes(tmp_path: Path) -> None:
    told = [
        [type(event).__name__ for event in item.events]
        for item in _items(tmp_path)
        if isinstance(item, DetailedLeg)
    ]
    assert told == [["Queued", "Answered", "Ended"], ["Queued"], ["Queued", "Answered"]]


@pytest.mark.parametrize(
    ("end", "is_said"), [("", True), ("\n", False), ("\r\n", False), ("\n\n", False)]
)
def test_a_log_that_may_have_been_cut_within_a_figure_says_so(
    tmp_path: Path, end: str, is_said: bool
) -> None:
    """`|8|104|1` that was cut to `|8|10` is a conversation of 10 s."""
    file = _file(
        tmp_path / "queue_log", LOG + "1675555133|7.8|sales|SIP/1|COMPLETEAGENT|8|10" + end
    )
    list(file.read(NOW, silent()))
    said = "1 line without a line end, line 10: if the log was cut off there, its end is read shortened"
    assert file.notes() == ((said,) if is_said else ())


@pytest.mark.parametrize("end", ["1675555133|7.8|sales|SIP/1|COMPLETEAG", "1675555133|7.8|sa"])
def test_a_refused_last_line_is_not_said_to_be_read_shortened(tmp_path: Path, end: str) -> None:
    """It stands in quarantine: a person who is told that it was read would look for it among the calls."""
    file = _file(tmp_path / "queue_log", LOG + end)
    refused = [item for item in file.read(NOW, silent()) if isinstance(item, Refused)]
    assert ([each.position for each in refused][-1], file.notes()) == (10, ())


def test_a_csv_is_no_queue_log(tmp_path: Path) -> None:
    with pytest.raises(InputFileError) as caught:
        _file(tmp_path / "day.csv", "leg_id,queue\n1,sales\n")
    assert str(caught.value) == (
        f"{tmp_path / 'day.csv'}: no queue_log; expected lines such as epoch|callid|queue|agent|VERB|…"
    )


def _summary(path: Path, *options: str) -> list[str]:
    done = CliRunner().invoke(
        cli, ["send", "queue-log", str(path), "--dry-run", *options], prog_name="queuewatch"
    )
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_lines_of_an_ignored_verb_are_left_out_and_counted_at_each_reading(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(LOG)
    file = QUEUE_LOG.open(path, "pbx", KEY, {"ignore": ("SURVEY", "INFO")})
    for _ in range(2):
        assert not [item for item in file.read(NOW, silent()) if isinstance(item, Refused)]
        assert file.notes() == ("0 lines with INFO ignored", "1 line with SURVEY ignored")


def test_the_command_names_an_unknown_verb_and_takes_it_as_one_to_ignore(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(LOG)
    assert _summary(path, "--accept")[-1] == (
        "  1 x a verb that we do not know: SURVEY (--ignore SURVEY leaves such lines out)"
        " (first: line 3)"
    )
    ignored = _summary(path, "--ignore", "survey", "--ignore", "INFO")
    assert ignored[0].endswith(
        "nothing sent; 3 legs, 2 of them still open at its end, 0 lines refused"
    )
    assert ignored[1:3] == ["0 lines with INFO ignored", "1 line with SURVEY ignored"]


def test_what_cannot_be_a_verb_is_not_ignored(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli, ["send", "queue-log", str(tmp_path / "q"), "--ignore", "two words"]
    )
    assert done.exit_code == 2
    assert '"two words" is no verb; expected one as in the fifth field of a line' in done.output


def test_a_followed_log_leaves_the_same_lines_out_and_says_so(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(LOG)
    live = QUEUE_LOG.follow(path, "pbx", KEY, {"ignore": ("SURVEY",)})
    reader = live.open(None, lambda _: None)
    reader.next_batch(0)
    records = list(reader.next_batch(0) or ())
    reader.close()
    assert not [item for each in records for item in each.items if isinstance(item, Refused)]
    assert records[2].at == 1675555002000  # time goes on by it
    assert live.notes() == ("1 line with SURVEY ignored",)


NAMES = """\
1741694000|1741694000.800|vagent|NONE|ENTERQUEUE||5550135|1|A CALLERS NAME
1741694009|1741694000.800|vagent|PJSIP/4455|CONNECT|9|1741694001.801|8
1741694019|1741694000.800|vagent|PJSIP/4455|COMPLETEAGENT|9|10|1
1741694100|1741694100.810|vagent|NONE|CIDNAME|A CALLERS NAME|A STREET 12
1741694200|1741694200.820|vagent|NONE|ENTERQUEUE|
1741694260|1741694200.820|vagent|NONE|ABANDON|1|1|60
"""


def test_a_callers_name_and_street_are_kept_nowhere(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(NAMES)
    items = list(QUEUE_LOG.open(path, "pbx", KEY, {}).read(1_800_000_000_000, silent()))
    legs = [item.whole for item in items if isinstance(item, DetailedLeg)]
    assert [
        (leg.outcome, leg.wait_ms) for leg in legs if isinstance(leg, FinishedLeg)
    ] == [("answered", 9_000), ("abandoned", 60_000)]  # fmt: skip
    (refused,) = [item for item in items if isinstance(item, Refused)]
    assert refused.original == (
        "1741694100|1741694100.810|vagent|NONE|CIDNAME|x xxxxxxx xxxx|x xxxxxx 00"
    )
    told = repr([(each, *each.events) if isinstance(each, DetailedLeg) else each for each in items])
    assert "CALLERS" not in told
    assert "STREET" not in told


def test_a_followed_log_keeps_no_name_either_nor_in_a_line_that_was_cut(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(NAMES)
    for keep_text, word in ((False, "xxxxxxx"), (True, "CALLERS")):
        live = QUEUE_LOG.follow(path, "pbx", KEY, {"keep_text": keep_text})
        reader = live.open(None, lambda _: None)
        reader.next_batch(0)
        records = list(reader.next_batch(0) or ())
        snapshot = msgspec.json.encode(reader.snapshot()).decode()
        assert isinstance(reader, LogReader)
        cut = reader._record(
            b"1741694100|1741694100.810|vagent|NONE|CIDNAME|A CALLERS NAME", "o", 9
        )
        reader.close()
        (item,) = [each for record in records for each in record.items if isinstance(each, Refused)]
        (rest,) = cut.items
        assert isinstance(rest, Refused)
        assert item.original.endswith(f"|CIDNAME|A {word} NAME|A STREET 12") is keep_text
        assert rest.original.split()[-2] == word
        assert rest.is_masked
        assert "CALLERS" not in snapshot


TABLE = """\
"id","time","callid","queuename","serverid","agent","event","data1","data2","data3","data4","data5"
"9001","2025-03-11 11:40:00","1741693200.700","rt-sales","","NONE","ENTERQUEUE","","5550160","1","",""
"9002","2025-03-11 11:40:14","1741693200.700","rt-sales","","PJSIP/7009","CONNECT","14","1741693201.701","13","",""
"9003","2025-03-11 11:41:14","1741693200.700","rt-sales","","PJSIP/7009","COMPLETECALLER","14","60","1","",""
"9004","2025-03-11 11:45:00","1741693500.710","rt-sales","","NONE","ENTERQUEUE","","5550161","1","",""
"9005","2025-03-11 11:45:33","1741693500.710","rt-sales","","NONE","ABANDON","1","1","33","",""
"""
AS_LOG = """\
1741693200|1741693200.700|rt-sales|NONE|ENTERQUEUE||5550160|1
1741693214|1741693200.700|rt-sales|PJSIP/7009|CONNECT|14|1741693201.701|13
1741693274|1741693200.700|rt-sales|PJSIP/7009|COMPLETECALLER|14|60|1
1741693500|1741693500.710|rt-sales|NONE|ENTERQUEUE||5550161|1
1741693533|1741693500.710|rt-sales|NONE|ABANDON|1|1|33
"""


def _legs(path: Path, text: str, **given: object) -> list[FinishedLeg | Queued]:
    path.write_text(text)
    items = QUEUE_LOG.open(path, "pbx", KEY, given).read(1_800_000_000_000, silent())
    assert not [item for item in items if isinstance(item, Refused)]
    return [
        item.whole
        for item in QUEUE_LOG.open(path, "pbx", KEY, given).read(1_800_000_000_000, silent())
        if isinstance(item, DetailedLeg)
    ]


def test_an_exported_table_is_read_as_the_log_with_the_same_lines(tmp_path: Path) -> None:
    legs = _legs(tmp_path / "table.csv", TABLE)
    assert legs == _legs(tmp_path / "queue_log", AS_LOG)
    assert [
        (leg.outcome, leg.wait_ms, leg.ended_at and leg.answered_at and leg.ended_at - leg.answered_at)
        for leg in legs
        if isinstance(leg, FinishedLeg)
    ] == [("answered", 14_000, 60_000), ("abandoned", 33_000, None)]  # fmt: skip


def test_a_dump_of_the_table_is_read_as_the_log_too(tmp_path: Path) -> None:
    names, *rows = TABLE.replace('"', "'").splitlines()
    columns = names.replace("'", "`")
    values = ",\n".join(f"({row})" for row in rows)
    dump = f"-- MySQL dump\nINSERT INTO `queue_log` ({columns}) VALUES\n{values};\n"
    assert _legs(tmp_path / "dump.sql", dump) == _legs(tmp_path / "queue_log", AS_LOG)


def test_the_local_times_of_a_table_are_of_the_given_zone(tmp_path: Path) -> None:
    (first, _) = _legs(tmp_path / "table.csv", TABLE, time_zone="Europe/Berlin")
    assert isinstance(first, FinishedLeg)
    assert first.arrived_at == (1741693200 - 3600) * 1000
    file = QUEUE_LOG.open(tmp_path / "table.csv", "pbx", KEY, {})
    assert file.notes() == ("times without an offset were read as UTC",)
    given = QUEUE_LOG.open(tmp_path / "table.csv", "pbx", KEY, {"time_zone": "UTC"})
    assert given.notes() == ()


def test_a_row_of_the_table_that_is_refused_has_its_line_and_is_masked(tmp_path: Path) -> None:
    (path := tmp_path / "table.csv").write_text(
        TABLE.replace("2025-03-11 11:45:33", "soon").replace('"33"', '"5550161"')
    )
    items = QUEUE_LOG.open(path, "pbx", KEY, {}).read(1_800_000_000_000, silent())
    (refused,) = [item for item in items if isinstance(item, Refused)]
    assert (refused.position, refused.reason) == (6, "bad_row")
    assert (
        mask(KEY, refused.detail)  # as the shell does
        == "time: expected a time such as 2026-03-02T09:00:05, or seconds since 1970"
    )
    token = caller_token(KEY, "5550161")
    assert refused.original == f"xxxx|1741693500.710|rt-sales|NONE|ABANDON|1|1|{token}||"


def test_a_zone_that_is_none_and_a_table_that_is_followed_are_one_line(tmp_path: Path) -> None:
    (path := tmp_path / "table.csv").write_text(TABLE)
    with pytest.raises(InputFileError, match='"Mars" is no IANA name'):
        QUEUE_LOG.open(path, "pbx", KEY, {"time_zone": "Mars"})
    with pytest.raises(InputFileError, match="does not grow: leave out --follow"):
        QUEUE_LOG.follow(path, "pbx", KEY, {}).check()
