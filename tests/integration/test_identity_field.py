"""Ids that platforms use again, logs that were cut: every call counts once, through the whole line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.local.kafka import LocalKafka
from tests.support.line import Line

DAY = ("--from", "2025-03-12T00:00:00Z", "--to", "2025-03-16T00:00:00Z")
QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
short_abandon = "5s"
goal = 0.8
[queues.rot]
[queues.nodes]
[queues.Excel]
[queues."CS Front"]
[queues."CS Back"]
[queues.Told]
[queues.again]
[queues.reports]
[queues.kept]
[queues.VQ]
answer_within = "30s"
"""
ROTATED = (
    """\
1741996200|1741996200.1|rot|NONE|ENTERQUEUE||5550301|1
1741996210|1741996200.1|rot|PJSIP/1|CONNECT|10|1741996201.2|9
1741996500|1741996500.3|rot|NONE|ENTERQUEUE||5550302|1
1741996560|1741996500.3|rot|NONE|EXITWITHTIMEOUT|1|1|60
1741996790|1741996790.5|rot|NONE|ENTERQUEUE||5550303|1
""",
    """\
1741996815|1741996790.5|rot|PJSIP/2|CONNECT|25|1741996791.6|24
1741996830|1741996500.3|rot|NONE|ENTERQUEUE||5550302|1
1741996870|1741996500.3|rot|NONE|ABANDON|1|1|40
1741996875|1741996790.5|rot|PJSIP/2|COMPLETEAGENT|25|60|1
1741996910|1741996200.1|rot|PJSIP/1|COMPLETECALLER|10|700|1
""",
)
NODE = """\
1742000400|1742000400.1|nodes|NONE|ENTERQUEUE||{number}|1
{answer}|1742000400.1|nodes|PJSIP/{node}|CONNECT|{wait}|1742000401.2|{wait}
{end}|1742000400.1|nodes|PJSIP/{node}|COMPLETECALLER|{wait}|60|1
"""
EXCEL = """\
leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome,agent
1.74177E+09,Excel,2025-03-12 17:00:00,2025-03-12 17:00:10,,2025-03-12 17:01:10,answered,A
1.74177E+09,Excel,2025-03-12 17:05:00,,2025-03-12 17:05:30,,abandoned,
1.74177E+09,Excel,2025-03-12 17:10:00,2025-03-12 17:10:50,,2025-03-12 17:11:50,answered,B
"""
RETURNING = """\
Call ID,Action Date/Time,Queue,Start Reason,End Reason,Queue Time,Talk Time,Agent
190980011,2025/03/12 15:30:00,CS Front,initial,transfer,10,100,Agent A
190980011,2025/03/12 15:31:50,CS Back,transfer,transfer,20,100,Agent B
190980011,2025/03/12 15:33:50,CS Front,transfer,disconnect,40,60,Agent C
"""
CALLBACKS = """\
leg_id,contact_id,queue,channel,arrived_at,answered_at,left_at,ended_at,outcome,agent
cb-1,c1,VQ,voice,2025-03-14T10:00:00Z,,2025-03-14T10:02:00Z,,callback,
cb-1b,c1,VQ,callback,2025-03-14T10:02:00Z,2025-03-14T10:20:00Z,,2025-03-14T10:25:00Z,answered,A
v-2,c2,VQ,voice,2025-03-14T10:03:00Z,2025-03-14T10:03:10Z,,2025-03-14T10:04:10Z,answered,B
v-3,c3,VQ,voice,2025-03-14T10:06:00Z,,2025-03-14T10:06:40Z,,abandoned,
cb-4,c4,VQ,voice,2025-03-14T10:08:00Z,,2025-03-14T10:08:50Z,,callback,
cb-4b,c4,VQ,callback,2025-03-14T10:08:50Z,,2025-03-14T10:38:50Z,,abandoned,
"""
REPORTS = (
    """\
leg_id,queue,caller,arrived_at,answered_at,ended_at,outcome,agent
k1,kept,0315550009,2025-03-15 09:00:00,2025-03-15 09:00:10,2025-03-15 09:02:10,answered,ann
""",
    """\
leg_id,queue,arrived_at,answered_at,outcome,agent
k1,kept,2025-03-15 09:00:00,2025-03-15 09:00:10,answered,eve
""",
)
MAPPING = """\
time_format = "%Y/%m/%d %H:%M:%S"
time_zone = "UTC"
durations = "s"
[columns]
leg_id = "Call ID"
queue = "Queue"
arrived_at = "Action Date/Time"
wait_ms = "Queue Time"
talk_ms = "Talk Time"
outcome = "End Reason"
agent = "Agent"
[outcomes]
"transfer" = "answered"
"disconnect" = "answered"
"""


@pytest.fixture(scope="module")
def line(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path_factory.mktemp("identity"), QUEUES) as started:
        yield started


def sent(line: Line, *arguments: str) -> str:
    said = line.run("send", *arguments)
    line.drain()
    return said


def figures(line: Line, queue: str, *names: str) -> tuple[str, ...]:
    (row,) = [each for each in line.history("summary", *DAY) if each["queue"] == queue]
    return tuple(row[name] for name in names)


def waits(line: Line, queue: str) -> list[tuple[str, str, str]]:
    rows = line.history("legs", *DAY, "--queue", queue)
    return sorted(
        (row["outcome"], _seconds(row["wait_ms"]), _seconds(row["talk_hold_ms"])) for row in rows
    )


def _seconds(text: str) -> str:
    return f"{int(text) / 1000:g}" if text else ""


def test_a_log_that_was_cut_is_the_log(line: Line, tmp_path: Path) -> None:
    for number, text in enumerate(ROTATED, 1):
        (tmp_path / f"rotated-{number}.log").write_text(text)
    whole = [
        ("abandoned", "40", ""), ("answered", "10", "700"), ("answered", "25", "60"),
        ("exited", "60", ""),
    ]  # fmt: skip
    first, second = (str(tmp_path / f"rotated-{number}.log") for number in (1, 2))
    said = sent(line, "queue-log", first)
    assert said.startswith("3 legs sent, 2 of them still open at its end, 3 new, 0 known already")
    assert waits(line, "rot") == [("answered", "10", ""), ("exited", "60", ""), ("open", "", "")]
    sent(line, "queue-log", second)
    assert waits(line, "rot") == whole
    sent(line, "queue-log", first)  # an older piece again takes nothing back
    assert waits(line, "rot") == whole
    assert sent(line, "queue-log", second, first).startswith(
        "4 legs sent, 0 new, 4 known already, 0 lines in quarantine"
    )
    assert waits(line, "rot") == whole
    assert figures(line, "rot", "offered", "answered", "exited", "abandoned") == (
        "4",
        "2",
        "1",
        "1",
    )


def test_two_nodes_with_one_channel_id_are_two_calls(line: Line, tmp_path: Path) -> None:
    for node, wait in (("a", 8), ("b", 31)):
        answer = 1742000400 + wait
        (path := tmp_path / f"{node}.log").write_text(
            NODE.format(
                number=f"55504{wait:02}", answer=answer, end=answer + 60, wait=wait, node=node
            )
        )
        for _ in range(2):
            sent(line, "queue-log", str(path), "--source", f"node-{node}")
    assert waits(line, "nodes") == [("answered", "31", "60"), ("answered", "8", "60")]


def test_ids_that_a_spreadsheet_cut_are_not_one_call(line: Line, tmp_path: Path) -> None:
    for name in ("yesterday.csv", "week.csv"):  # the same report under another name is the same
        (path := tmp_path / name).write_text(EXCEL)
        assert ("3 new" if name == "yesterday.csv" else "3 known already") in sent(
            line, "records", str(path)
        )
    assert figures(line, "Excel", "offered", "answered", "abandoned") == ("3", "2", "1")
    assert waits(line, "Excel") == [
        ("abandoned", "30", ""), ("answered", "10", "60"), ("answered", "50", "60"),
    ]  # fmt: skip


def test_a_call_that_comes_back_to_the_queue_is_two_legs(line: Line, tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(RETURNING)
    (tmp_path / "ours.toml").write_text(MAPPING)
    sent(line, "records", str(tmp_path / "calls.csv"), "--mapping", str(tmp_path / "ours.toml"))
    assert waits(line, "CS Front") == [("answered", "10", "100"), ("answered", "40", "60")]
    assert waits(line, "CS Back") == [("answered", "20", "100")]


def test_what_is_sent_again_says_what_it_corrects_and_what_collides(
    line: Line, tmp_path: Path
) -> None:
    header = "leg_id,queue,caller,arrived_at,answered_at,left_at,outcome\n"
    rows = (
        "1,Told,0315550001,2025-03-13 09:00:00,,2025-03-13 09:00:30,abandoned\n",
        "2,Told,0315550002,2025-03-13 09:01:00,,2025-03-13 09:01:30,abandoned\n",
        "3,Told,0315550003,2025-03-13 09:02:00,,2025-03-13 09:02:30,abandoned\n",
    )
    (path := tmp_path / "told.csv").write_text(header + "".join(rows))
    sent(line, "records", str(path))
    corrected = rows[0].replace("abandoned", "exited")
    other = rows[1].replace("0315550002", "0315559999")
    path.write_text(header + corrected + other + rows[2] + rows[2] + rows[2].replace(":30", ":31"))
    what = "1 known already, 1 corrected (outcome 1, reason 1), 1 told again in the file, 2 colliding, set aside"
    for option in ("--dry-run", "--accept"):
        said = line.run("send", "records", str(path), "--accept", option)
        assert f"0 new, {what}" in said
    assert "colliding" in line.fails("send", "records", str(path), "--dry-run")
    line.drain()
    assert waits(line, "Told") == [
        ("abandoned", "30", ""),
        ("abandoned", "30", ""),
        ("exited", "30", ""),
    ]


def test_call_backs_are_apart_from_those_who_wait(line: Line, tmp_path: Path) -> None:
    (path := tmp_path / "callbacks.csv").write_text(CALLBACKS)
    sent(line, "records", str(path))

    def one(report: str, *more: str) -> dict[str, str]:
        (row,) = [each for each in line.history(report, *DAY, *more) if each["queue"] == "VQ"]
        return row

    voice = one("summary", "--channel", "voice")
    names = ("offered", "answered", "abandoned", "callback", "sl_short_abandons_ignored", "asa_s")
    assert [voice[name] for name in names] == ["4", "1", "1", "2", "0.25", "10"]
    both = one("summary")  # the service level and the mean wait are those of the line in any case
    assert [both[name] for name in names[-2:]] == ["0.25", "10"]
    told = one("callbacks")
    figures = ("requested", "attempted", "reached", "not_reached", "time_to_reach_p50_s")
    assert [told[name] for name in figures] == ["2", "2", "1", "1", "1080"]


def test_what_a_later_report_leaves_out_stays(line: Line, tmp_path: Path) -> None:
    said = []
    for number, text in enumerate(REPORTS):
        (path := tmp_path / f"report-{number}.csv").write_text(text)
        said.append(sent(line, "records", str(path)))
    assert "1 corrected (agent 1)" in said[1]
    (row,) = line.history("legs", *DAY, "--queue", "kept")
    assert (row["agent"], row["caller"] != "", row["talk_hold_ms"]) == ("eve", True, "120000")


def test_an_older_piece_or_report_that_is_sent_again_takes_nothing_back(
    line: Line, tmp_path: Path
) -> None:
    pieces = (
        "1773392400|1773392400.1|again|NONE|ENTERQUEUE||0301234500|1\n",
        """\
1773392403|1773392400.1|again|Agent/1|RINGNOANSWER|3000
1773392408|1773392400.1|again|Agent/2|CONNECT|8|x|4
1773392558|1773392400.1|again|Agent/2|COMPLETECALLER|8|150|1
""",
    )
    day = ("--from", "2026-03-13T00:00:00Z", "--to", "2026-03-15T00:00:00Z")

    def told(queue: str) -> list[tuple[str, ...]]:
        rows = line.history("legs", *day, "--queue", queue)
        names = ("outcome", "wait_ms", "talk_hold_ms", "missed_offers")
        return sorted(
            (*(row[name] for name in names), "a caller" if row["caller"] else "") for row in rows
        )

    paths = [tmp_path / "r1", tmp_path / "r2"]
    for path, text in zip(paths, pieces, strict=True):
        path.write_text(text)
        sent(line, "queue-log", str(path), "--source", "again")
    expected = [("answered", "8000", "150000", "1", "a caller")]
    assert told("again") == expected
    for path in (paths[1], paths[0]):
        said = sent(line, "queue-log", str(path), "--source", "again")
        assert said.startswith("1 leg sent")
        assert "1 known already" in said
        assert told("again") == expected
    header = "leg_id,queue,caller,arrived_at,answered_at,ended_at,outcome,agent\n"
    talks = "u1,reports,0301234561,2026-03-14T09:00:00Z,2026-03-14T09:00:05Z,{},answered,a1\n"
    old, new = tmp_path / "u1.csv", tmp_path / "u2.csv"
    old.write_text(header + talks.format(""))
    new.write_text(header + talks.format("2026-03-14T09:03:05Z"))
    assert "1 completed" in sent(line, "records", str(old)) + sent(line, "records", str(new))
    assert "1 known already" in sent(line, "records", str(old))
    assert told("reports") == [("answered", "5000", "180000", "0", "a caller")]
    both = sent(line, "records", str(old), str(new), "--source", "both")
    assert both.startswith("1 leg sent, 1 new, 0 known already")
