"""No input does more than be refused: one declared error a parser, one row of quarantine a record.

In the suite for some seconds; `make fuzz` goes on for ten minutes, with other examples each time.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import DetailedLeg, FileItem, Options, Refused
from producers.input_file import InputFile, InputFileError
from producers.leg_events import leg_events
from producers.progress import silent
from producers.records.mapping import parse_mapping
from producers.records.reading import RecordsFile
from producers.sending import quarantined
from schemas.calls import FinishedLeg, Queued
from schemas.codec import (
    UndecodableError,
    decode_agent,
    decode_as,
    decode_call,
    encode,
)
from schemas.privacy import key_from_secret
from schemas.quarantine import Quarantined
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.agents_unit import AgentsUnit
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.unit import Output, Record
from streams.sinks.alertmanager.routing import rendered
from streams.sinks.clickhouse.database import RefusedError
from streams.sinks.clickhouse.records import Source, rows_of
from streams.sinks.clickhouse.rows import check_ranges
from tests.support import hostile
from tests.support.builders import MONDAY
from tests.support.sources import ROOT
from tests.support.unexplained import unexplained_by_queue

KEY = key_from_secret(b"a secret of the tests")
NOW = MONDAY + 10**9
APPENDED = 1_772_442_005_000 + 1_000  # the examples happened a moment ago
LARGEST_ROW = 32 * 1024
LONGEST_LINE = 2_000
RECORDS = """\
leg_id,contact_id,queue,channel,caller,arrived_at,answered_at,left_at,ended_at,outcome,agent,wait_ms,priority
c1,c1,billing,voice,0315550001,2010-08-01T06:57:47Z,2010-08-01T06:57:59Z,,2010-08-01T07:01:00Z,answered,ann,12000,1
c2,c2,billing,voice,+27 31 555 0001,2010-08-01T06:58:00Z,,2010-08-01T06:58:30Z,,abandoned,,,
"c3",c3,"bil""ling",callback,,2010-08-01T06:59:00Z,,,,open,,,
"""
LOG = """\
1675555000|NONE|NONE|NONE|QUEUESTART|
1675555001|1675555001.1|sales|NONE|ENTERQUEUE||0315550001|1
1675555002|1675555001.1|sales|SIP/1|RINGNOANSWER|1000
1675555009|1675555001.1|sales|SIP/1|CONNECT|8|1675555008.2|3
1675555010|NONE|sales|SIP/1|PAUSE|lunch
1675555019|1675555001.1|sales|SIP/1|COMPLETEAGENT|8|10|1
1675555020|1675555020.9|sales|NONE|ENTERQUEUE||5550009|1
1675555024|1675555020.9|sales|NONE|ABANDON|1|1|4
1675555030|1675555030.9|sales|NONE|ENTERQUEUE||5550009|1
1675555031|1675555030.9|sales|NONE|EXITWITHKEY|3|1|1|1
1675555032|NONE|sales|SIP/1|ADDMEMBER|
"""
TABLE = """\
id,time,callid,queuename,agent,event,data1,data2,data3
1,2023-02-05 00:56:41.5,7.1,sales,NONE,ENTERQUEUE,,0315550001,1
2,2023-02-05 00:56:49,7.1,sales,SIP/1,CONNECT,8,7.2,3
3,1675555019,7.1,sales,SIP/1,COMPLETEAGENT,8,10,1
4,2023-03-26 02:30:00,8.1,sales,NONE,FULL,,,
"""
DUMP = """\
-- MySQL dump
CREATE TABLE `queue_log` (
  `time` char(26),
  `callid` char(40),
  `queuename` char(40),
  `agent` char(40),
  `event` char(40),
  `data1` char(40)
);
INSERT INTO `queue_log` VALUES ('1675555019','7.1','q','NONE','ENTERQUEUE',NULL),('1675555029','7.1',
'q','NONE','ABANDON','it''s'),(1675555030,'8.1','q','NONE','FULL','a),(b');
"""
QUEUES = (ROOT / "deploy/queues.toml").read_text()
OWNERS = """
[mail]
server = "smtp.example.org:587"
sender = "a@example.org"
[owners.night]
webhook = "http://127.0.0.1:9095/"
[owners.day]
email = ["a@example.org"]
slack_url_file = "/run/slack"
slack_channel = "#x"
pagerduty_key_file = "/run/pagerduty"
hours = ["Sat 22:00-06:00"]
out_of_hours = "night"
language = "en"
[queues.q]
owner = "day"
answer_within = "20s"
goal = 0.8
"""
MAPPING = (ROOT / "deploy/mappings/example.toml").read_text()
# A file is written over by each example: that is wanted.
of_files = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
lasting = settings(suppress_health_check=[HealthCheck.too_slow])


def check_outputs(outputs: list[Output]) -> int:
    """Every output can be read and archived; the number of rows of quarantine."""
    for output in outputs:
        for table, row in rows_of(Source(output.topic, 0, 0, APPENDED, output.key, output.value)):
            check_ranges(table, [row])
        if output.topic == "quarantine":
            refused = decode_as(Quarantined, output.value)
            assert len(output.value) < LARGEST_ROW
            assert refused.detail
    return sum(output.topic == "quarantine" for output in outputs)


@lasting
@given(hostile.events("calls"))
def test_any_record_of_calls_is_counted_or_set_aside(value: bytes) -> None:
    unit = CallsUnit(0, 1, Roster())
    unit.start(0)
    unit.apply(
        [Record(0, APPENDED, value[:50], value), Record(1, APPENDED + 9 * 3_600_000, None, None)]
    )
    assert "internal_error" not in unit.reasons
    checkpoint = unit.checkpoint()
    assert checkpoint is not None
    answered = sum(output.key == b"probe/calls-0" for output in checkpoint.outputs)
    assert sum(unit.results.values()) + answered == 2  # a probe is in no figure
    assert (
        check_outputs([o for o in checkpoint.outputs if o.topic != "roster"])
        == unit.results["quarantined"]
    )
    assert set(unexplained_by_queue(unit).values()) <= {0}
    again = CallsUnit(0, 1, Roster())
    for key, piece in checkpoint.pieces:
        again.load(key, piece)
    again.start(0)
    assert again.snapshots(APPENDED) == unit.snapshots(APPENDED)


@lasting
@given(hostile.events("agents"))
def test_any_record_of_agents_is_known_or_set_aside(value: bytes) -> None:
    unit = AgentsUnit(0, 1)
    unit.start(0)
    unit.apply([Record(0, APPENDED, value[:50], value)])
    assert "internal_error" not in unit.reasons
    checkpoint = unit.checkpoint()
    assert checkpoint is not None
    outputs = [output for output in checkpoint.outputs if output.topic != "roster"]
    assert check_outputs(outputs) == unit.results["quarantined"]
    again = AgentsUnit(0, 1)
    for key, piece in checkpoint.pieces:
        again.load(key, piece)


@lasting
@given(hostile.events("calls"), hostile.events("agents"))
def test_what_a_decoder_takes_it_writes_and_reads_again(of_calls: bytes, of_agents: bytes) -> None:
    for decode, value in ((decode_call, of_calls), (decode_agent, of_agents)):
        try:
            event = decode(value)
        except UndecodableError:
            continue
        assert decode(encode(event)) == event
    for topic in ("calls", "legs", "spells", "minutes", "alerts", "quarantine", "targets"):
        with suppress(UndecodableError, RefusedError):
            for table, row in rows_of(Source(topic, 0, 0, APPENDED, b"k", of_calls)):
                check_ranges(table, [row])


FOREIGN = """
time_zone = "Europe/Berlin"
durations = "s"
none = ["x"]
[time_formats]
ended_at = "%d-%b-%Y %I:%M:%S %p"
[outcomes]
"" = "abandoned"
"""


@of_files
@given(hostile.tables(RECORDS, ","), st.sampled_from(["", FOREIGN]))
def test_any_file_of_records_is_read_or_refused_and_every_leg_would_be_taken(
    tmp_path: Path, data: bytes, mapping: str
) -> None:
    path = hostile.written(tmp_path / "calls.csv", data)
    try:
        file = RecordsFile(InputFile(path), "s", KEY, parse_mapping(mapping))
        items = list(file.read(NOW, silent()))
    except InputFileError:
        return
    check_refusals(items, path.name, "s")
    for leg in items:
        if not isinstance(leg, FinishedLeg | Queued):
            assert isinstance(leg, Refused)
            continue
        assert decode_call(encode(leg)) == leg
        for event in leg_events(leg):
            assert decode_call(encode(event)) == event


@of_files
@given(hostile.tables(LOG, "|"))
def test_any_queue_log_is_read_or_refused_and_every_event_would_be_taken(
    tmp_path: Path, data: bytes
) -> None:
    _check_queue_log(hostile.written(tmp_path / "queue_log", data), {})


@of_files
@given(hostile.tables(TABLE, ","))
def test_any_export_of_asterisks_table_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = hostile.written(tmp_path / "table.csv", data)
    _check_queue_log(path, {"time_zone": "Europe/Berlin"})


@of_files
@given(hostile.spoilt(st.just(DUMP.encode())))
def test_any_dump_of_asterisks_table_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    _check_queue_log(hostile.written(tmp_path / "dump.sql", data), {})


def _check_queue_log(path: Path, given: Options) -> None:
    try:
        items = list(QUEUE_LOG.open(path, "pbx", KEY, given).read(NOW, silent()))
    except InputFileError:
        return
    check_refusals(items, path.name, "pbx")
    for item in items:
        if isinstance(item, DetailedLeg):
            assert decode_call(encode(item.whole)) == item.whole
            for event in item.events:
                assert decode_call(encode(event)) == event
        elif not isinstance(item, Refused):
            assert (decode_agent if hasattr(item, "agent") else decode_call)(encode(item)) == item


def check_refusals(items: list[FileItem], name: str, source: str) -> None:
    """Each is a record that quarantine takes."""
    for item in items:
        if isinstance(item, Refused):
            record = quarantined(item, name, source, KEY, NOW)
            assert len(encode(record)) < LARGEST_ROW
            assert decode_as(Quarantined, encode(record)) == record


def _parse_queues(text: str) -> object:
    return parse_queues(text, RULE_TABLES)


def _routes(text: str) -> object:
    return rendered(parse_queues(text, RULE_TABLES), {})


@lasting
@pytest.mark.parametrize(
    ("parse", "good"),
    [(_parse_queues, QUEUES), (_routes, OWNERS), (parse_mapping, MAPPING)],
)
@given(data=st.data())
def test_any_configuration_is_read_or_refused_in_one_line(
    parse: Callable[[str], object], good: str, data: st.DataObject
) -> None:
    told = ""
    try:
        parse(data.draw(hostile.tomls(good)))
    except ConfigurationError as error:
        told = str(error)
    assert "\n" not in told
    assert len(told) < LONGEST_LINE
