"""Process `reports` with a real Kafka, ClickHouse and SMTP server: made and sent once, by two of them, and after `kill -9` in the
middle of a mail.
"""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.codec import encode
from schemas.millis import DAY, HOUR, MINUTE, SECOND, iso
from schemas.periods import Period, period_of
from schemas.scheduled_reports import Mail, Watched
from streams.admin import publications
from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka, free_port
from streams.plumbing.wall_clock import now_ms
from streams.scheduled.record_log import RecordLog
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.records import Source, rows_of
from tests.integration.archive.databases import keep, keep_legs, keep_targets, opened
from tests.support.builders import published, targets
from tests.support.names import unique
from tests.support.recount import Recorded
from tests.support.services import ClickHouse, Server, get
from tests.support.smtp import Mailbox
from tests.support.waiting import wait_until

ADA, BEN = "ada@example.org", "ben@example.org"
# A claim ends after 20 s in place of ten minutes, and what is due is looked for each 0.2 s.
HURRIED = (
    "import schemas.scheduled_reports as r; r.LEASE_MS = 20_000;"
    "import streams.scheduled.process as p; p.LOOK_EVERY_S = 0.2;"
    "from streams.cli.main import main; main()"
)
CALLS = 40


class Floor:
    """A system of which everybody but `reports` has done his work: yesterday is in the archive."""

    def __init__(
        self, folder: Path, bootstrap: str, database: ServerDatabase, box: Mailbox
    ) -> None:
        self.folder, self.bootstrap, self.box = folder, bootstrap, box
        self.namespace = f"{unique('reports')}."
        self.database = database
        address = database._address
        self.clickhouse = (
            f"clickhouse://{address.user}@{address.host}:{address.port}/{address.database}"
        )
        self.day: Period = period_of(iso(now_ms() - DAY)[:10])
        self.start, self.end = self.day.bounds("UTC")
        self.www = folder / "www"
        self.queues = folder / "queues.toml"
        create_topics(bootstrap, self.namespace, now_ms())
        self.log = RecordLog(bootstrap, self.namespace)

    def write(self, what: str = "day", formats: str = '"csv", "html"', also: str = "") -> None:
        self.queues.write_text(
            f'[mail]\nserver = "127.0.0.1:{self.box.port}"\nsender = "queues@example.org"\ntls = false\n'
            f'[queues.billing]\nanswer_within = "20s"\ngoal = 0.8\n'
            f'[[reports]]\nname = "daily"\nwhat = "{what}"\nwhen = "0s after"\nformats = [{formats}]\n'
            f'to = {{ folder = "{self.www}", email = ["{ADA}", "{BEN}"] }}\n{also}'
        )

    def watch(self) -> None:
        """As if the process had run before yesterday was over."""
        self.log.append(Watched(report="daily", since=self.end - 1))

    def place(self) -> list[str]:
        return [
            "--kafka",
            self.bootstrap,
            "--namespace",
            self.namespace,
            "--queues",
            str(self.queues),
        ]

    def archive(self) -> list[str]:
        return [*self.place(), "--data", str(self.folder), "--clickhouse", self.clickhouse]

    def process(self, name: str = "reports") -> Server:
        port = free_port()
        command = [
            sys.executable,
            "-c",
            HURRIED,
            "reports",
            *self.archive(),
            "--metrics-port",
            str(port),
        ]
        ready = f"http://127.0.0.1:{port}/healthz"
        found = Server(name, command, lambda: get(ready) == b"ok\n", self.folder / f"{name}.log")
        found.metrics = f"http://127.0.0.1:{port}/metrics"  # type: ignore[attr-defined]
        return found

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", HURRIED, "reports", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)

    def listed(self) -> list[dict[str, str]]:
        done = self.run("list", *self.place(), "--format", "json")
        assert done.returncode == 0, done.stderr
        found: list[dict[str, str]] = json.loads(done.stdout)
        return found

    def state(self) -> str:
        return " ".join(each["state"] for each in self.listed())

    def keep_calls(self) -> None:
        legs = [
            Recorded(
                f"c{n}",
                "billing",
                at := self.start + 9 * HOUR + n * MINUTE,
                "answered",
                at + 8 * SECOND,
            )
            for n in range(CALLS)
        ]
        late = self.end - MINUTE
        legs.append(Recorded("last", "billing", late, "answered", late + 5 * SECOND))
        before = self.start - MINUTE  # the archive is older than the day
        legs.append(Recorded("before", "billing", before, "answered", before + 5 * SECOND))
        keep_legs(self.database, legs, known_at=self.end)


@pytest.fixture
def floor(kafka: LocalKafka, clickhouse_server: ClickHouse, tmp_path: Path) -> Iterator[Floor]:
    with Mailbox() as box, opened("server", tmp_path, clickhouse_server) as database:
        assert isinstance(database, ServerDatabase)
        found = Floor(tmp_path, kafka.place.bootstrap, database, box)
        keep_targets(database, published(targets("billing")))
        found.write()
        yield found


def to(box: Mailbox) -> list[str]:
    return sorted(str(mail["To"]) for mail in list(box.mails))


def test_it_is_made_and_sent_once_though_two_run_and_start_again(floor: Floor) -> None:
    floor.keep_calls()
    floor.write(also="publish = true\n")
    floor.watch()
    with floor.process("one"), floor.process("two"):
        wait_until(lambda: floor.state() == "sent", "both mails are sent")
    with floor.process("three") as third:
        shown = wait_until(lambda: get(third.metrics), "metrics")  # type: ignore[attr-defined]
        late = re.search(
            rb'queuewatch_report_late_timestamp_seconds\{report="daily"\} (\S+)', shown or b""
        )
        assert late is not None
        assert (
            float(late[1]) == (floor.end + DAY + 2 * HOUR) / SECOND
        )  # of today, which is not over
        assert b'queuewatch_report_failing_periods{report="daily"} 0.0' in (shown or b"")
    assert to(floor.box) == [ADA, BEN]
    register = publications.read(floor.bootstrap, floor.namespace)
    (one,) = register.publications
    assert (one.publication_id, one.who) == (f"day-{floor.day.text}-1", "reports, daily")
    for each in ("csv", "html"):  # the files that went out, to the byte
        made = (floor.www / f"daily-{floor.day.text}.{each}").read_bytes()
        assert register.file(one, f"en.{each}") == made
    (standing,) = floor.listed()
    name = f"daily-{floor.day.text}"
    assert (standing["period"], standing["why"]) == (floor.day.text, "")
    assert standing["files"] == f"{name}.csv {name}.html"
    assert sorted(each.name for each in floor.www.iterdir()) == [
        f"{name}.csv",
        f"{name}.html",
        "index.html",
    ]
    assert f'href="{name}.html"' in (floor.www / "index.html").read_text()
    rows = list(csv.DictReader(io.StringIO((floor.www / f"{name}.csv").read_text("utf-8-sig"))))
    assert {row["called"] for row in rows if row["kind"] == "queue"} == {str(CALLS + 1)}
    attached = {
        part.get_filename(): part.get_content() for part in floor.box.mails[0].iter_attachments()
    }
    assert (
        attached[f"{name}.csv"].splitlines() == (floor.www / f"{name}.csv").read_text().splitlines()
    )


def test_killed_while_the_mail_server_has_a_mail_it_is_sent_once_more_by_the_same_name(
    floor: Floor,
) -> None:
    floor.keep_calls()
    floor.write(formats='"pdf"')
    floor.watch()
    floor.box.answers.clear()
    with floor.process("killed") as first:
        wait_until(lambda: floor.box.mails, "the first mail arrived")
        first.kill()
    floor.box.answers.set()
    with floor.process("heir"):
        wait_until(lambda: floor.state() == "sent", "another run sent all", within_s=120)
    assert len(floor.box.mails) == 3
    names = [str(mail["Message-ID"]) for mail in floor.box.mails]
    assert len(set(names)) == 2
    assert names.count(names[0]) == 2
    assert floor.box.mails[0].as_bytes() in [
        mail.as_bytes() for mail in floor.box.mails[1:]
    ]  # the same report
    (standing,) = floor.listed()
    assert standing["why"] == f"{standing['why'][:1]}…@example.org: perhaps twice"


def test_an_archive_without_the_day_is_said_and_tried_again_and_nothing_empty_goes_out(
    floor: Floor,
) -> None:
    floor.watch()
    with floor.process() as process:
        wait_until(lambda: floor.state() == "failed", "the failure is noted")
        failing = b'queuewatch_report_failing_periods{report="daily"} 1.0'
        wait_until(lambda: failing in (get(process.metrics) or b""), "Prometheus is told")  # type: ignore[attr-defined]
        assert floor.listed()[0]["why"] == "the archive has nothing of it"
        assert floor.box.mails == []
        assert not floor.www.exists()
        floor.keep_calls()
        wait_until(
            lambda: floor.state() == "sent", "it is made once the day is there", within_s=180
        )
    assert to(floor.box) == [ADA, BEN]


def test_by_hand_a_trial_changes_nothing_and_a_run_makes_it(floor: Floor) -> None:
    floor.keep_calls()
    asked = ("run", "daily", "--period", floor.day.text, *floor.archive())
    tried = floor.run(*asked, "--dry-run")
    assert (tried.returncode, tried.stderr) == (0, "")
    assert f"{floor.www}/daily-{floor.day.text}.csv: " in tried.stdout
    assert tried.stdout.endswith("nothing was written or sent\n")
    assert floor.box.mails == []
    assert floor.listed() == []
    for _ in "ab":  # the second one finds all of it done
        done = floor.run(*asked)
        assert done.returncode == 0, done.stderr
        assert "sent: daily-" in done.stdout
    assert to(floor.box) == [ADA, BEN]
    wrong = floor.run("run", "weekly", "--period", floor.day.text, *floor.archive())
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert 'has no report "weekly"; there are: daily' in wrong.stderr
    coming = floor.run("run", "daily", "--period", floor.day.following().text, *floor.archive())
    assert coming.returncode == 2
    assert "is not over" in coming.stderr


def test_a_bulletin_that_must_be_withheld_waits_for_a_person(floor: Floor) -> None:
    floor.keep_calls()
    at = floor.start + 20 * HOUR
    keep_legs(floor.database, [Recorded("lost", "billing", at, "open")], known_at=floor.end)
    floor.write(what="day bulletin", formats='"html"')
    asked = ("run", "daily", "--period", floor.day.text, *floor.archive())
    held = floor.run(*asked)
    assert held.returncode == 1
    assert "withheld: Of 1 calls nobody knows the end yet" in held.stderr
    assert floor.box.mails == []
    done = floor.run(*asked, "--incomplete")
    assert done.returncode == 0, done.stderr
    assert "No figures are published" in (floor.www / f"daily-{floor.day.text}.html").read_text()
    assert to(floor.box) == [ADA, BEN]


def test_what_became_of_it_stands_in_the_archive(floor: Floor) -> None:
    floor.keep_calls()
    done = floor.run("run", "daily", "--period", floor.day.text, *floor.archive())
    assert done.returncode == 0, done.stderr
    records = [each for each in floor.log.read() if each.record is not None]
    found = [
        row
        for number, each in enumerate(records)
        for row in rows_of(
            Source("scheduled_reports", 0, number, each.at, each.key, encode(each.record))
        )
    ]
    keep(floor.database, "scheduled_reports", [row for _, row in found])
    answer = floor.database.execute(
        "SELECT type, state, count() FROM scheduled_reports GROUP BY type, state ORDER BY type, state"
    )
    assert answer.rows == [("made", "made", 1), ("mail", "sending", 2), ("mail", "sent", 2)]
    assert ADA not in str(floor.database.execute("SELECT * FROM scheduled_reports").rows)
    assert all(ADA not in str(each.record) for each in records if isinstance(each.record, Mail))
