"""Profiles made of archived calls and published reach the running stream, and alert for too many calls and for none."""

import csv
import io
import time
from pathlib import Path

from producers.publisher import Publisher
from schemas.calls import Event, Mark
from schemas.millis import DAY, HOUR, MINUTE, SECOND, iso
from schemas.profiles import KEPT_VERSIONS
from streams.admin.profiles import publish_profiles, read_profiles
from streams.local.kafka import LocalKafka
from tests.support.builders import call, mark
from tests.support.line import Line, Row
from tests.support.profiles import profile

QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
[defaults.alerts.surge]
[defaults.alerts.no_calls]
weeks = 0.01
[queues.billing]
[queues.desk]
[queues.young]
"""
EVERY_MS = 15 * MINUTE  # one call each is usual


def back_fill(publisher: Publisher, end: int) -> None:
    """37 days of two queues, sent as history; the third one has one day."""
    for queue, days in (("billing", 37), ("desk", 37), ("young", 1)):
        for at in range(end - days * DAY, end, EVERY_MS):
            publisher.send_call(
                call(
                    "leg", f"{queue}-{at}", at + 10 * SECOND, queue, source="records", feed="history",
                    outcome="abandoned", arrived_at=at, left_at=at + 10 * SECOND,
                )
            )  # fmt: skip
    publisher.flush()


def play(publisher: Publisher, base: int) -> None:
    """80 minutes: many call billing at once, and nobody calls desk after the first call."""
    told: list[tuple[int, Event]] = [(at, mark("tick", at, "pbx")) for at in _every_5_s(base)]
    callers = [("desk", base + 30 * SECOND), ("young", base + 30 * SECOND)]
    callers += [("billing", base + n * 15 * MINUTE + SECOND) for n in range(6)]
    callers += [("billing", base + 20 * MINUTE + n * 30 * SECOND) for n in range(20)]
    for number, (queue, at) in enumerate(callers):
        told += [
            (at, call("queued", f"c{number}", at, queue, source="pbx")),
            (at + 5_000, call("abandoned", f"c{number}", at + 5_000, queue, source="pbx")),
        ]
    for _, event in sorted(told, key=lambda each: each[0]):
        if isinstance(event, Mark):
            publisher.send_mark("calls", event)  # type: ignore[arg-type]  # by its kind
        else:
            publisher.send_call(event)  # type: ignore[arg-type]  # a fact, by its kind
    publisher.flush()


def _every_5_s(base: int) -> range:
    return range(base, base + 80 * MINUTE, 5 * SECOND)


def rows_of(line: Line, *arguments: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(line.run(*arguments, "--format", "csv"))))


def test_published_profiles_decide_in_the_stream_and_in_a_rehearsal(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    base = (time.time_ns() // 1_000_000 - 2 * HOUR) // MINUTE * MINUTE
    with (
        Line(kafka.place.bootstrap, tmp_path, QUEUES) as line,
        Publisher(kafka.place.bootstrap, line.namespace) as publisher,
    ):
        back_fill(publisher, base // EVERY_MS * EVERY_MS)
        line.drain()
        slots = rows_of(line, "profiles", "make", "--queue", "billing")
        assert len(slots) == 7 * 96
        assert {float(row["calls"]) for row in slots} == {1.0}
        said = line.run("profiles", "publish")
        assert "2 published, 0 unchanged" in said
        assert "no profile: Mon (" in said
        assert "0 published, 2 unchanged" in line.run("profiles", "publish")
        assert [row["queue"] for row in rows_of(line, "profiles", "show")[:1]] == ["billing"]
        assert "no profile of young is published" in line.fails(
            "profiles", "show", "--queue", "young"
        )
        assert "queue other is not configured" in line.fails("profiles", "make", "--queue", "other")
        play(publisher, base)
        line.drain()
        live = rows_of(line, "alerts", "list", "--all")
        again = rows_of(
            line, "alerts", "rehearse", "--from", iso(base), "--to", iso(base + 75 * MINUTE)
        )
    surges = [row for row in live if row["rule"] == "surge"]
    assert {row["queue"] for row in surges} == {"billing"}
    assert ("no_calls", "desk") in {(row["rule"], row["queue"]) for row in live}
    assert "young" not in {row["queue"] for row in live}
    shown = {(r["rule"], r["queue"], r["fired_at"]) for r in again if r["kind"] == "alert"}
    assert shown == {(row["rule"], row["queue"], row["since"]) for row in live}
    results = {(r["rule"], r["queue"]): r["result"] for r in again if r["kind"] == "rule"}
    assert results["surge", "young"] == "not evaluated: no profile"


def test_the_topic_keeps_the_newest_versions(kafka: LocalKafka, tmp_path: Path) -> None:
    line = Line(kafka.place.bootstrap, tmp_path, QUEUES)
    place = (line.bootstrap, line.namespace)
    for calls in range(1, KEPT_VERSIONS + 3):
        (new,) = publish_profiles(*place, [profile("billing", per_slot=float(calls))], calls)
        assert new.version == calls
    kept = [each.version for each in read_profiles(*place)["billing"]]
    assert kept == list(range(3, KEPT_VERSIONS + 3))
