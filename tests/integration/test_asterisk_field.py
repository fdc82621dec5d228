"""Queue logs as other products write them, through the line: the right figures, and no name kept anywhere."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.admin.broker import read_whole
from streams.local.kafka import LocalKafka
from tests.support.line import Line
from tests.support.services import get
from tests.support.waiting import wait_until

DAY = ("--from", "2025-03-11T00:00:00Z", "--to", "2025-03-12T00:00:00Z")
QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
[queues.wazo]
[queues.wazo-live]
[queues.table]
[queues.vagent]
"""
WAZO = """\
1741688200|1741688200.1|wazo|NONE|JOINEMPTY|||||
1741688210|1741688210.2|wazo|NONE|FULL|||||
1741688220|1741688220.3|wazo|NONE|CLOSED|||||
1741688230|1741688230.4|wazo|NONE|DIVERT_CA_RATIO|||||
1741688240|1741688240.5|wazo|NONE|DIVERT_HOLDTIME|||||
1741688250|1741688250.6|wazo|NONE|ENTERQUEUE||5550110|1
1741688255|1741688255.9|wazo|Agent/3002|CALLOUTBOUND||5550119
1741688258|1741688255.9|wazo|Agent/3002|CONNECT|3|1741688256.1|3
1741688262|1741688250.6|wazo|NONE|EXITEMPTY|1|1|12
1741688262|1741688250.6|wazo|NONE|LEAVEEMPTY|||||
1741688270|1741688270.7|wazo|NONE|ENTERQUEUE||5550111|1
1741688275|1741688270.7|wazo|Agent/3001|CONNECT|5|1741688271.8|4
1741688300|1741688255.9|wazo|Agent/3002|COMPLETEAGENT|3|42|1
1741688335|1741688270.7|wazo|Agent/3001|COMPLETEAGENT|5|60|1
"""
TABLE = """\
time,callid,queuename,agent,event,data1,data2,data3
2025-03-11 11:45:33,1741693500.710,table,NONE,ABANDON,1,1,33
2025-03-11 11:45:00,1741693500.710,table,NONE,ENTERQUEUE,,5550161,1
2025-03-11 11:41:14,1741693200.700,table,PJSIP/7009,COMPLETECALLER,14,60,1
2025-03-11 11:40:14,1741693200.700,table,PJSIP/7009,CONNECT,14,1741693201.701,13
2025-03-11 11:40:00,1741693200.700,table,NONE,ENTERQUEUE,,5550160,1
"""
NAMES = """\
1741694000|1741694000.800|vagent|NONE|ENTERQUEUE||5550135|1|A CALLERS NAME
1741694009|1741694000.800|vagent|PJSIP/4455|CONNECT|9|1741694001.801|8
1741694019|1741694000.800|vagent|PJSIP/4455|COMPLETEAGENT|9|10|1
1741694100|1741694100.810|vagent|NONE|CIDNAME|A CALLERS NAME|A STREET 12
1741694200|1741694200.820|vagent|NONE|ENTERQUEUE|
1741694260|1741694200.820|vagent|NONE|ABANDON|1|1|60
"""
REFUSED = 'queuewatch_follower_refused_total{reason="unknown_line",source="followed"} 1.0'


@pytest.fixture(scope="module")
def line(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path_factory.mktemp("field"), QUEUES) as started:
        yield started


def _sent(line: Line, folder: Path, text: str, *options: str) -> str:
    (path := folder / "queue_log").write_text(text)
    said = line.run("send", "queue-log", str(path), *options)
    line.drain()
    return said


def _figures(line: Line, queue: str, *names: str) -> tuple[str, ...]:
    (row,) = [each for each in line.history("summary", *DAY) if each["queue"] == queue]
    return tuple(row[name] for name in names)


def test_callers_whom_wazo_refused_count_as_unanswered(line: Line, tmp_path: Path) -> None:
    assert _sent(line, tmp_path, WAZO).startswith(
        "7 legs sent, 7 new, 0 known already, 0 lines in quarantine"
    )
    live = WAZO.replace("|wazo|", "|wazo-live|")
    _sent(line, tmp_path, live, "--feed", "live", "--source", "live")
    for queue in ("wazo", "wazo-live"):
        assert _figures(
            line, queue, "offered", "answered", "asa_s", "aht_talk_hold_s", "exited", "rejected",
            "unanswered_ab7",
        ) == ("2", "1", "5", "60", "1", "5", "0.857143")  # fmt: skip


def test_a_table_whose_newest_row_comes_first_is_the_log(line: Line, tmp_path: Path) -> None:
    said = _sent(line, tmp_path, TABLE, "--source", "table")
    assert said.startswith("2 legs sent, 2 new, 0 known already, 0 lines")
    assert _figures(
        line, "table", "offered", "answered", "asa_s", "aht_talk_hold_s", "abandoned",
        "mean_time_to_abandon_s",
    ) == ("2", "1", "14", "60", "1", "33")  # fmt: skip


def test_a_follower_keeps_no_name_and_its_refused_line_is_counted(
    line: Line, tmp_path: Path
) -> None:
    (path := tmp_path / "queue_log").write_text(NAMES)
    follower = line.started("send", "queue-log", str(path), "--follow", "--source", "followed")
    try:
        wait_until(
            lambda: REFUSED in (get(line.archive_url, 30) or b"").decode(),
            "the archive has counted the refused line",
            within_s=60,
        )
    finally:
        follower.send_signal(signal.SIGTERM)
        said, _ = follower.communicate(timeout=60)
    assert "6 lines read" in said
    line.drain()
    assert _figures(
        line, "vagent", "offered", "answered", "asa_s", "abandoned", "mean_time_to_abandon_s"
    ) == ("2", "1", "9", "1", "60")
    entries = line.run("quarantine", "list", "--topic", "file", "--each", "--format", "csv")
    assert "CIDNAME" in entries
    kept = {
        topic: b"".join(
            record.value or b"" for record in read_whole(line.bootstrap, line.namespace + topic)
        )
        for topic in ("calls", "agents", "quarantine")
    }
    assert b"x xxxxxx 00" in kept["quarantine"]  # the street, as it is kept
    for topic, values in kept.items():
        assert b"CALLERS" not in values, topic
        assert b"STREET" not in values, topic
    position = (line.folder / "data").glob("*followed*.json")
    assert "CALLERS" not in "".join(file.read_text() for file in position)
