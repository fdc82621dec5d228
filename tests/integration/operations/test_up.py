"""`queuewatch up` from its first start to its end, with every real part of it."""

import csv
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.kafka_place import HOST
from tests.support.documents import queuewatch_words, read, shell_lines
from tests.support.services import get
from tests.support.sources import ROOT
from tests.support.up import Up, alive
from tests.support.waiting import wait_until

QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
[queues.billing]
[queues.faults]
"""
RECORDS = """\
leg_id,contact_id,queue,channel,caller,arrived_at,answered_at,left_at,ended_at,outcome,agent
l1,c1,billing,voice,,2026-03-02T10:00:00Z,2026-03-02T10:00:05Z,2026-03-02T10:00:05Z,2026-03-02T10:02:00Z,answered,a1
l2,c2,billing,voice,,2026-03-02T10:01:00Z,,2026-03-02T10:01:40Z,,abandoned,
l3,c3,faults,voice,,2026-03-02T10:02:00Z,2026-03-02T10:02:30Z,2026-03-02T10:02:30Z,2026-03-02T10:03:00Z,answered,a2
"""
# What docs/first-log.md calls its reader's files; short, because its replay plays the records.
QUEUE_LOG = """\
1772449200|1772449200.1|billing|NONE|ENTERQUEUE||5550001|1
1772449208|1772449200.1|billing|PJSIP/11|CONNECT|8|1772449204.2|3
1772449210|1772449210.3|faults|NONE|ENTERQUEUE||5550002|1
1772449213|1772449200.1|billing|PJSIP/11|COMPLETEAGENT|8|5|1
1772449230|1772449210.3|faults|NONE|ABANDON|1|1|20
"""
SHORT_RECORDS = """\
leg_id,contact_id,queue,channel,caller,arrived_at,answered_at,left_at,ended_at,outcome,agent
s1,s1,billing,voice,5550003,2026-03-02T12:00:00Z,2026-03-02T12:00:01Z,2026-03-02T12:00:01Z,2026-03-02T12:00:03Z,answered,a1
"""
EXPORT = """\
Datum;Beginn;Warteschlange;Rufnummer;Angenommen;Verlassen;Ende;Ergebnis
02.03.2026;14:00:00;Störung;5550004;02.03.2026 14:00:09;02.03.2026 14:00:09;02.03.2026 14:01:00;angenommen
02.03.2026;14:00:00;Störung;;;02.03.2026 14:00:30;;aufgelegt
02.03.2026;14:00:00;Störung;;;02.03.2026 14:00:40;;aufgelegt
02.03.2026;14:05:00;Störung;5550005;;;;besetzt
02.03.2026;14:06:00;Störung;5550006;;;;Fax
"""
DAY = ("--from", "2026-03-02T00:00:00Z", "--to", "2026-03-03T00:00:00Z", "--format", "csv")


def _queues(folder: Path, text: str = QUEUES) -> Path:
    path = folder / "queues.toml"
    path.write_text(text)
    return path


def _refused(up: Up, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*up.arguments, *more], capture_output=True, text=True, timeout=120, check=False
    )


def _summary(up: Up) -> str:
    answer = up.run("history", "summary", *DAY)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_up_from_its_first_start_to_its_end(tmp_path: Path) -> None:
    up = Up(tmp_path / "data", "--no-traffic", "--queues", str(_queues(tmp_path)))
    with up:
        _a_second_one_is_refused(up)
        _status_is_well(up)
        _the_doctor_finds_nothing_that_fails(up)
        _what_is_sent_is_archived(up, tmp_path)
        before = _summary(up)
        _a_killed_child_comes_back(up)
        _while_kafka_is_away_the_others_wait(up)
        _a_changed_file_is_published_and_a_mistake_is_not(up, tmp_path)
        _everything_dies_with_a_killed_up(up)
        up.start()
        assert "targets unchanged" in up.said()
        assert _summary(up) == before
        _ctrl_c_leaves_nothing(up)


def test_the_first_log_as_its_page_says(tmp_path: Path) -> None:
    """docs/first-log.md as it stands, `up` itself apart; its sends twice: nothing counts twice."""
    with Up(tmp_path / "data", "--no-traffic", "--queues", str(_queues(tmp_path))) as up:
        _walk_the_page(up, tmp_path)


def _walk_the_page(up: Up, folder: Path) -> None:
    (folder / "queue_log").write_text(QUEUE_LOG)
    (folder / "calls.csv").write_text(SHORT_RECORDS)
    (folder / "export.csv").write_text(EXPORT, encoding="cp1252")
    files = ("calls.csv", "export.csv", "my-mapping.toml", "my-queues.toml")
    places = {name: str(folder / name) for name in files}
    places["/var/log/asterisk/queue_log"] = str(folder / "queue_log")
    text = read(ROOT / "docs/first-log.md")
    commands = [words for line in shell_lines(text) if (words := queuewatch_words(line))]
    assert [words[0] for words in commands] == [
        "queues", "queues", "mapping", "send", "queues", "queues", "up", "send", "send", "send", "send",
        "drain", "history", "history", "queues", "queues", "send",
    ]  # fmt: skip
    commands, later = commands[:-3], commands[-3:]
    said = []
    for words in (*commands, *commands[-6:-2]):
        if words[0] == "up":
            continue
        if words[:2] == ["queues", "init"]:  # three ways to one file
            (folder / "my-queues.toml").unlink(missing_ok=True)
        done = up.run(*(places.get(word, word) for word in words))
        has_refused = words[0] == "send" and "export.csv" in words  # the row with the word Fax
        assert done.returncode == int(has_refused), f"{words}: {done.stderr}"
        said.append(done.stdout)
    assert '"Fax" (1)' in said[2]
    assert "4 legs, 1 row refused" in said[3]
    assert "(first: line 6)" in said[3]
    (queue,) = parse_queues((folder / "my-queues.toml").read_text(), RULE_TABLES).queues
    assert (queue.queue, queue.time_zone) == ("Störung", "Europe/Berlin")
    half_hours = list(csv.DictReader(said[len(commands) - 2].splitlines()))  # `up` said nothing
    assert {(row["start"][:16], row["queue"]) for row in half_hours if row["offered"] != "0"} >= {
        ("2026-03-02T11:00", "billing"), ("2026-03-02T12:00", "billing"),
        ("2026-03-02T13:00", "Störung"),
    }  # fmt: skip
    assert {tuple(row.split(",")[1:5]) for row in _summary(up).splitlines()[1:]} == {
        ("billing", "2", "2", "0"), ("faults", "1", "0", "1"), ("Störung", "3", "1", "2"),
    }  # fmt: skip
    board = json.loads(get(f"{up.board}/api/board") or b"{}")
    assert {row["queue"] for row in board["rows"]} == {"billing", "faults"}
    (replayed,) = (row for row in board["rows"] if row.get("as_of"))
    assert replayed["queue"] == "billing"
    (folder / "second.csv").write_text(SHORT_RECORDS.replace("billing", "second"))
    places["second.csv"] = str(folder / "second.csv")
    for words in later:
        asked = ["--yes"] if words[1] == "publish" else []  # nobody can be asked here
        done = up.run(*(places.get(word, word) for word in words), *asked)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        said.append(done.stdout)
    merged = parse_queues((folder / "my-queues.toml").read_text(), RULE_TABLES).queues
    assert [each.queue for each in merged] == ["Störung", "second"]
    assert said[-1].startswith("1 leg sent, 1 new, 0 known already")


def _a_second_one_is_refused(up: Up) -> None:
    second = _refused(up)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"{up.data} is in use by another `queuewatch up`" in second.stderr


def _status_is_well(up: Up) -> None:
    def status() -> str:
        return up.run("status", "--format", "json").stdout

    wait_until(lambda: json.loads(status())["problems"] == [], "status finds no problem")
    report = json.loads(status())
    names = {process["process"] for process in report["processes"]}
    assert {"stream", "archive", "notify", "board"} <= names
    assert report["targets_version"] == 1


def _the_doctor_finds_nothing_that_fails(up: Up) -> None:
    done = up.run("doctor", "--json")
    lines = json.loads(done.stdout)
    assert [line for line in lines if line["level"] == "fail"] == []
    assert done.returncode == 0
    said = {line["check"]: line["text"] for line in lines}
    assert said["rights"] == "enough for all processes"
    assert said["tables"].endswith("migrations are applied")
    assert up.bootstrap in next(line["text"] for line in lines if line["check"] == "kafka")
    assert "Kafka's and those of" in said["clocks"] or "cannot be told" in said["clocks"]
    assert [line["level"] for line in lines if line["check"] == "addresses"] == ["warn", "warn"]


def _what_is_sent_is_archived(up: Up, folder: Path) -> None:
    (folder / "records.csv").write_text(RECORDS)
    sent = up.run("send", "records", str(folder / "records.csv"))
    assert sent.returncode == 0, sent.stderr
    drained = up.run("drain", "--timeout", "120")
    assert drained.returncode == 0, drained.stderr
    rows = _summary(up).splitlines()
    assert rows[0].startswith("start,queue,offered,answered,abandoned")
    assert {tuple(row.split(",")[1:5]) for row in rows[1:]} == {
        ("billing", "2", "1", "1"), ("faults", "1", "1", "0"),
    }  # fmt: skip


def _a_killed_child_comes_back(up: Up) -> None:
    former = up.children()["archive"]
    os.kill(former, signal.SIGKILL)
    wait_until(
        lambda: up.children().get("archive", former) != former, "the archive is started again"
    )
    assert "archive ended with code -9" in up.said()
    wait_until(lambda: get(f"{up.board}/healthz"), "the board is ready again", 120)


def _while_kafka_is_away_the_others_wait(up: Up) -> None:
    others = {name: pid for name, pid in up.children().items() if name != "kafka"}
    os.kill(up.children()["kafka"], signal.SIGKILL)
    wait_until(lambda: "kafka ready again" in up.said(), "kafka is back", 180)
    assert "kafka ended with code -9" in up.said()
    wait_until(lambda: get(f"{up.board}/healthz"), "the board is ready again", 180)
    assert set(up.children()) == {*others, "kafka"}
    assert up.said().count("starts again in") == 2  # the archive's and kafka's


def _a_changed_file_is_published_and_a_mistake_is_not(up: Up, folder: Path) -> None:
    _queues(folder, QUEUES.replace("0.8", "80"))
    wait_until(lambda: "the former targets stay" in up.said(), "the mistake is said")
    assert "defaults.goal: expected a share above 0 and at most 1, got 80" in up.said()
    _queues(folder, QUEUES.replace("0.8", "0.9"))
    wait_until(lambda: "version 2 published" in up.said(), "the change is published")


def _everything_dies_with_a_killed_up(up: Up) -> None:
    pids = list(up.children().values())
    up.kill()
    wait_until(lambda: alive(pids) == [], "every child dies with up")


def _ctrl_c_leaves_nothing(up: Up) -> None:
    pids = list(up.children().values())
    assert len(pids) >= 5
    assert up.stop() == 0
    assert alive(pids) == []
    assert not (up.data / "up.lock").exists()
    assert list((up.data / "run").glob("*.json")) == []


def test_up_with_traffic_goes_on_where_it_stopped(tmp_path: Path) -> None:
    up = Up(tmp_path / "data", "--from", "-30m")
    with up:
        first = _moves(up, 0)
        assert up.stop() == 0
        began = json.loads((up.data / "simulate.json").read_text())["start"]
        up.start()
        _moves(up, first)
        assert json.loads((up.data / "simulate.json").read_text())["start"] == began


def _moves(up: Up, after: int) -> int:
    """The newest event time on a board that is live and whose clock goes on."""

    def clock_of_the_board() -> int | None:
        board = json.loads(get(f"{up.board}/api/board") or b"{}")
        return board["as_of"] if board.get("condition") == "live" else None

    live = wait_until(lambda: (clock_of_the_board() or 0) > after and clock_of_the_board(), "live")
    assert live
    wait_until(lambda: (clock_of_the_board() or 0) > live, "the board moves")
    return live


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    up = Up(tmp_path / "data", "--no-traffic", "--queues", str(_queues(tmp_path)))
    with socket.create_server((HOST, up.ports["metrics"])):
        refused = _refused(up)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"queuewatch: port {up.ports['metrics']} on {HOST} is taken:"
        " stop what holds it or choose another with --metrics-port\n"
    )
    assert up.children() == {}


def test_a_path_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    up = Up(tmp_path / "file" / "data", "--queues", str(_queues(tmp_path)))
    refused = _refused(up)
    assert refused.returncode == 1
    assert refused.stderr.startswith("queuewatch: cannot write to ")
    assert refused.stderr.count("\n") == 1


def test_a_mistake_in_the_queues_file_is_named_with_its_path(tmp_path: Path) -> None:
    path = _queues(tmp_path, QUEUES + 'answer_witin = "20s"\n')
    refused = _refused(Up(tmp_path / "data", "--queues", str(path)))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"queuewatch: {path}: queues.faults.answer_witin: unknown key")


def test_a_kafka_of_others_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    up = Up(tmp_path / "data", "--queues", str(_queues(tmp_path)))
    refused = _refused(up, "--kafka", up.bootstrap)
    assert refused.returncode == 1
    assert f"Kafka does not answer at {up.bootstrap}" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_an_unknown_scenario_is_wrong_use_before_anything_starts(tmp_path: Path) -> None:
    refused = _refused(Up(tmp_path / "data", "--scenario", "no-such-day"))
    assert refused.returncode == 2
    assert 'there is no "no-such-day"; known: ordinary' in refused.stderr
    assert not (tmp_path / "data").exists()
