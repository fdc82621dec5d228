"""Alerts that the running stream decided, and the same hours rehearsed from the archive, agree; nothing is written."""

import csv
import io
import time
from pathlib import Path

from producers.publisher import Publisher
from schemas.calls import Event, Mark
from schemas.millis import HOUR, MINUTE, SECOND, from_iso, iso
from streams.local.kafka import LocalKafka
from tests.support.builders import agent, call, mark
from tests.support.line import Line, Row

SOURCES = ("pbx", "gate")
LEAVES_MS = 23 * 150 * SECOND  # as the last call of the desk comes
ALERTS = """\
[defaults.alerts.oldest_wait]
raise_above = "{limit}"
clear_below = "1m"
[defaults.alerts.nobody_signed_in]
"""
QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
{alerts}[queues.billing]
[queues.desk]
[queues.empty]
"""


def play(publisher: Publisher, base: int) -> None:
    """An hour of two queues on two platforms, each of which tells the time every 5 seconds."""
    told: list[tuple[int, Event]] = []
    for n in range(24):
        at, queue, source = base + n * 150 * SECOND, ("billing", "desk")[n % 2], SOURCES[n % 2]
        wait = (20 + n * 13) * SECOND  # longer and longer
        told += [
            (at, call("queued", f"c{n}", at, queue, source=source)),
            (at + wait, call("answered", f"c{n}", at + wait, queue, source=source)),
            (at + wait + MINUTE, call("ended", f"c{n}", at + wait + MINUTE, queue, source=source)),
        ]
    at = base + 75 * MINUTE  # the archive reaches up to here
    told += [(at, call("rejected", "last", at, "billing", source="pbx", reason="full"))]
    for at in range(base, base + 80 * MINUTE, 5 * SECOND):
        told += [(at, mark("tick", at, source)) for source in SOURCES]
    for _, event in sorted(told, key=lambda each: each[0]):
        if isinstance(event, Mark):
            publisher.send_mark("calls", event)  # type: ignore[arg-type]  # by its kind
        else:
            publisher.send_call(event)  # type: ignore[arg-type]  # a fact, by its kind
    publisher.flush()


def rehearsed(line: Line, *arguments: str) -> list[Row]:
    text = line.run("alerts", "rehearse", *arguments, "--format", "csv")
    return list(csv.DictReader(io.StringIO(text)))


def time_firing(alerts: list[dict[str, str]]) -> int:
    return sum(from_iso(row["resolved_at"]) - from_iso(row["fired_at"]) for row in alerts)


def test_what_was_alerted_live_is_what_is_rehearsed(kafka: LocalKafka, tmp_path: Path) -> None:
    queues = QUEUES.format(alerts=ALERTS.format(limit="2m"))
    (other := tmp_path / "other.toml").write_text(QUEUES.format(alerts=ALERTS.format(limit="4m")))
    base = (time.time_ns() // 1_000_000 - 2 * HOUR) // MINUTE * MINUTE
    span = ("--from", iso(base), "--to", iso(base + 75 * MINUTE))
    with (
        Line(kafka.place.bootstrap, tmp_path, queues) as line,
        Publisher(kafka.place.bootstrap, line.namespace) as publisher,
    ):
        # Between the last two answers of the desk: an answer after it would say that somebody is there.
        publisher.send_agent(agent("logged_out", "ann", base + LEAVES_MS, "desk"))
        publisher.flush()
        line.drain()
        play(publisher, base)
        line.drain()
        listed = line.run("alerts", "list", "--all", "--format", "csv")
        live = list(csv.DictReader(io.StringIO(listed)))
        rows = rehearsed(line, *span)
        again = line.run("alerts", "list", "--all", "--format", "csv")
        loose = rehearsed(line, *span, "--rules", str(other), "--queue", "billing")
    shown = [row for row in rows if row["kind"] == "alert"]
    assert {(row["rule"], row["queue"]) for row in shown} == {
        ("oldest_wait", "billing"), ("oldest_wait", "desk"), ("nobody_signed_in", "desk"),
    }  # fmt: skip
    fired = [row for row in live if row["state"] in {"firing", "resolved"}]
    assert all(row["resolved_at"] for row in fired)
    assert sorted(
        (r["rule"], r["queue"], r["fired_at"], r["resolved_at"]) for r in shown
    ) == sorted((r["rule"], r["queue"], r["since"], r["resolved_at"]) for r in fired)
    assert [row["id"] for row in csv.DictReader(io.StringIO(again))] == [r["id"] for r in live]
    said = {(r["rule"], r["queue"]): r["result"] for r in rows if r["kind"] == "rule"}
    assert said["nobody_signed_in", "billing"].startswith("not evaluated: no agents")
    assert said["oldest_wait", "empty"].startswith("not evaluated: no events")
    fewer = [row for row in loose if row["kind"] == "alert"]
    billing = [row for row in shown if row["queue"] == "billing"]
    # Not fewer alerts: of those that flap several are one.
    assert 0 < time_firing(fewer) < time_firing(billing)
    assert {row["queue"] for row in loose} == {"billing"}
