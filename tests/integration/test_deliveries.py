"""A file with a wrong mapping is taken back whole, and counts once when it is sent right."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.deliveries import Withdrawal
from schemas.millis import from_iso, iso
from streams.admin.withdrawal import withdraw
from streams.local.kafka import LocalKafka
from streams.plumbing.wall_clock import now_ms
from tests.support.line import Line
from tests.support.services import get
from tests.support.waiting import wait_until

DAY = ("--from", "2025-05-12T00:00:00Z", "--to", "2025-05-14T00:00:00Z")
QUEUES = '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\nshort_abandon = "5s"\ngoal = 0.8\n[queues.q]\n'
CALLS = """\
leg_id,queue,caller,arrived_at,answered_at,left_at,ended_at,outcome
1,q,0315550001,2025-05-12 09:00:00,2025-05-12 09:00:10,,2025-05-12 09:02:00,answered
2,q,0315550002,2025-05-12 09:05:00,,2025-05-12 09:06:00,,abandoned
3,q,0315550003,never,,,,answered
"""
PIECES = (
    "1747040400|1747040400.1|q|NONE|ENTERQUEUE||0301234500|1\n",
    """\
1747040410|1747040400.1|q|PJSIP/1|CONNECT|10|x|4
1747040470|1747040400.1|q|PJSIP/1|COMPLETECALLER|10|60|1
""",
)


@pytest.fixture(scope="module")
def line(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path_factory.mktemp("deliveries"), QUEUES) as started:
        yield started


def sent(line: Line, *arguments: str) -> str:
    """The id of the delivery."""
    said = line.run("send", *arguments, "--accept")
    line.drain()
    found = re.search(r"^delivery (\S+)$", said, re.MULTILINE)
    assert found is not None, said
    return found[1]


def legs(line: Line, *more: str) -> list[tuple[str, str, str]]:
    rows = line.history("legs", *DAY, *more)
    return sorted((row["arrived_at"], row["outcome"], row["delivery"]) for row in rows)


def test_a_file_in_the_wrong_zone_is_taken_back_and_sent_right(line: Line, tmp_path: Path) -> None:
    (path := tmp_path / "calls.csv").write_text(CALLS)
    wrong = sent(
        line, "records", str(path), "--source", "pbx", "--time-zone", "Africa/Johannesburg"
    )
    assert legs(line) == [
        ("2025-05-12T07:00:00Z", "answered", wrong), ("2025-05-12T07:05:00Z", "abandoned", wrong)
    ]  # fmt: skip
    (row,) = [each for each in _list(line) if each["id"] == wrong]
    assert [row[name] for name in ("state", "source", "legs", "new", "refused")] == [
        "sent", "pbx", "2", "2", "1",
    ]  # fmt: skip
    assert "calls.csv:4" in line.run("quarantine", "list", "--each")
    assert "nothing withdrawn: say --yes" in line.fails("deliveries", "withdraw", wrong)
    said = line.run("deliveries", "withdraw", wrong, "--dry-run")
    assert "queue q: 2 legs go, 0 go back to what others told, 0 stay" in said
    assert legs(line) != []
    said = line.run("deliveries", "withdraw", wrong, "--yes", "--because", "wrong zone")
    assert f"delivery {wrong} withdrawn: 2 legs gone, 0 back" in said
    assert "1 row of quarantine put away" in said
    assert legs(line) == []
    assert "calls.csv:4" not in line.run("quarantine", "list", "--each")
    ledger = line.history("corrections", *DAY)
    assert {(row["cause"], row["delivery"]) for row in ledger} == {("withdrawn", wrong)}
    before = legs(line, "--as-of", _moment_before(ledger[0]["known_at"]))
    assert [each[2] for each in before] == [wrong, wrong]
    right = sent(line, "records", str(path), "--source", "pbx", "--time-zone", "UTC")
    assert legs(line) == [
        ("2025-05-12T09:00:00Z", "answered", right), ("2025-05-12T09:05:00Z", "abandoned", right)
    ]  # fmt: skip
    shown = line.run("deliveries", "show", wrong)
    assert "2 legs gone, 0 back to what others told" in shown
    assert "wrong zone" in shown
    assert "withdrawn already" in line.fails("deliveries", "withdraw", wrong, "--yes")
    assert 'no delivery "nothing"' in line.fails("deliveries", "show", "nothing")


def test_the_figures_of_send_are_series_of_the_archive(line: Line, tmp_path: Path) -> None:
    (path := tmp_path / "calls.csv").write_text(CALLS)
    sent(line, "records", str(path), "--source", "counted")
    wanted = {
        f'queuewatch_delivery_legs_total{{result="{result}",source="counted"}} {n}.0'
        for result, n in (("new", 2), ("refused", 1), ("corrected", 0))
    }
    wait_until(
        lambda: wanted <= set((get(line.archive_url, 30) or b"").decode().splitlines()),
        "the figures of the delivery",
    )


def test_what_a_withdrawn_piece_of_a_log_left_is_not_gone_on_with(
    line: Line, tmp_path: Path
) -> None:
    paths = [tmp_path / "queue_log.1", tmp_path / "queue_log.2"]
    for path, text in zip(paths, PIECES, strict=True):
        path.write_text(text)
    first = sent(line, "queue-log", str(paths[0]), "--source", "cut")
    line.run("deliveries", "withdraw", first, "--yes")
    second = sent(line, "queue-log", str(paths[1]), "--source", "cut")
    (row,) = [each for each in line.history("legs", *DAY) if each["delivery"] == second]
    assert (row["caller"], row["wait_ms"]) == ("", "10000")  # its caller stood in the first piece
    sent(line, "queue-log", *map(str, paths), "--source", "cut")
    (row,) = [each for each in line.history("legs", *DAY) if each["source"] == "cut"]
    assert (row["caller"] != "", row["talk_hold_ms"]) == (True, "60000")


def test_a_withdrawal_that_was_killed_is_ended_by_the_same_command(
    line: Line, tmp_path: Path
) -> None:
    paths = [tmp_path / "queue_log.1", tmp_path / "queue_log.2"]
    for path, text in zip(paths, PIECES, strict=True):
        path.write_text(text)
    with paths[0].open("a") as log:
        log.write("not a line\n")
    first = sent(line, "queue-log", str(paths[0]), "--source", "killed")
    withdraw(line.bootstrap, line.namespace, Withdrawal(first, now_ms()))  # and then it died
    assert "queue_log.1:" in line.run("quarantine", "list", "--each")
    assert "withdrawn already" in line.fails("deliveries", "withdraw", first, "--yes")
    assert "queue_log.1:" not in line.run("quarantine", "list", "--each")
    sent(line, "queue-log", str(paths[1]), "--source", "killed")
    (row,) = [each for each in line.history("legs", *DAY) if each["source"] == "killed"]
    assert row["caller"] == ""  # its caller stood in the withdrawn piece


def test_a_live_feed_is_listed_and_not_withdrawn(line: Line, tmp_path: Path) -> None:
    (path := tmp_path / "calls.csv").write_text(CALLS)
    live = sent(line, "records", str(path), "--source", "shown", "--feed", "live")
    (row,) = [each for each in _list(line) if each["id"] == live]
    assert [row[name] for name in ("feed", "legs", "refused")] == ["live", "2", "1"]
    assert int(row["events"]) > 0
    assert "was sent live" in line.fails("deliveries", "withdraw", live, "--yes")


def _list(line: Line) -> list[dict[str, str]]:
    text = line.run("deliveries", "list", "--format", "csv")
    return list(csv.DictReader(io.StringIO(text)))


def _moment_before(at: str) -> str:
    return iso(from_iso(at) - 1)
