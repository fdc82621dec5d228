"""Pages of docs/operations (backup, lost-kafka, more-partitions, upgrade), step by step, as they are written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.calls import Abandoned, Queued
from schemas.snapshots import QueueSnapshot
from streams.local.kafka import LocalKafka, free_ports
from streams.plumbing.partitions import partition_of
from tests.support import next_release
from tests.support.documents import section, shell_lines
from tests.support.names import unique
from tests.support.next_release import names_of_next_release
from tests.support.open_calls import Sender, newest, shown
from tests.support.services import ROOT, ClickHouse, Server, get
from tests.support.waiting import wait_until

BIN = Path(sys.executable).parent
PAGES = ROOT / "docs" / "operations"
QUEUES = '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\ngoal = 0.8\n[queues.billing]\n'
HEAD = "leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome\n"
DAY = ["--from", "2026-03-02", "--to", "2026-03-03", "--format", "csv"]


class Site:
    """A machine on which `systemctl` starts and stops our processes, with folders of its own."""

    def __init__(self, folder: Path, bootstrap: str) -> None:
        self.folder = folder
        self.namespace = unique("site") + "."
        self.bootstrap = bootstrap
        self.program = str(BIN / "queuewatch")  # of the release that is installed
        self.clickhouse = ""  # the embedded one
        names = ("archive", "stream", "notify", "board", "query")
        self._ports = dict(zip(names, free_ports(len(names)), strict=True))
        self._running: dict[str, Server] = {}
        (folder / "backup").mkdir()
        (folder / "queues.toml").write_text(QUEUES)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{Path(self.program).parent}:{BIN}:{os.environ['PATH']}",
            "QUEUEWATCH_KAFKA": self.bootstrap,
            "QUEUEWATCH_NAMESPACE": self.namespace,
            "QUEUEWATCH_DATA": str(self.folder / "data"),
            "QUEUEWATCH_QUERY_PORT": str(self._ports["query"]),
            "QUEUEWATCH_ARCHIVE_METRICS_PORT": str(self._ports["archive"]),
            "QUEUEWATCH_METRICS_PORT": str(self._ports["stream"]),
            "QUEUEWATCH_NOTIFY_METRICS_PORT": str(self._ports["notify"]),
            "QUEUEWATCH_BOARD_PORT": str(self._ports["board"]),
            **({"QUEUEWATCH_CLICKHOUSE": self.clickhouse} if self.clickhouse else {}),
        }

    def follow(self, lines: list[str]) -> None:
        for line in lines:
            self.step(line)

    def step(self, line: str) -> str:
        """One line of a page."""
        if line.startswith("systemctl "):
            _, verb, *units = line.split()
            for unit in units:
                self.systemctl(verb, unit.removeprefix("queuewatch-").partition("@")[0])
            return ""
        for theirs, ours in (
            ("/var/lib/queuewatch", "data"), ("/backup", "backup"), ("/etc/queuewatch/", ""),
        ):  # fmt: skip
            line = line.replace(
                theirs, str(self.folder / ours) + ("/" if theirs.endswith("/") else "")
            )
        done = subprocess.run(
            ["bash", "-ec", line], env=self.environment(), cwd=self.folder,
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        return done.stdout

    def systemctl(self, verb: str, process: str) -> None:
        if verb in {"stop", "restart"} and process in self._running:
            self._running.pop(process).stop()
        if verb in {"start", "restart"}:
            script = f"exec env {self._settings()} {self.program} {process}"
            url = f"http://127.0.0.1:{self._ports[process]}/healthz"
            server = Server(
                process,
                ["bash", "-c", script],
                lambda: get(url) is not None,
                self.folder / f"{process}.log",
            )
            self._running[process] = server.start()

    def _settings(self) -> str:
        given = self.environment()
        return " ".join(f"{name}={given[name]}" for name in given if name.startswith("QUEUEWATCH_"))

    def sent(self, *rows: str) -> str:
        """Send these legs, and wait until they are history; the figures of their day."""
        (self.folder / "calls.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows))
        self.step("queuewatch send records calls.csv --source pbx")
        self.step("queuewatch drain --timeout 120")
        return self.figures()

    def figures(self) -> str:
        return self.step(f"queuewatch history summary {' '.join(DAY)}")

    def stop(self) -> None:
        for process in tuple(self._running):
            self.systemctl("stop", process)


@pytest.fixture
def site(kafka: LocalKafka, tmp_path: Path) -> "Site":
    return Site(tmp_path, kafka.place.bootstrap)


def leg(number: int) -> str:
    at = f"2026-03-02T09:{number:02d}"
    return f"{number},billing,{at}:00Z,{at}:12Z,,{at}:50Z,answered"


def offered(figures: str) -> int:
    head, *rows = (line.split(",") for line in figures.splitlines())
    (row,) = [row for row in rows if "billing" in row]
    return int(row[head.index("offered")])


def test_a_copy_is_made_and_put_back_and_a_lost_kafka_made_anew(site: Site) -> None:
    backup, lost = ((PAGES / name).read_text() for name in ("backup.md", "lost-kafka.md"))
    site.follow(
        ["queuewatch topics create --partitions 1", "queuewatch queues publish queues.toml"]
    )
    (site.folder / "queues.toml").write_text(QUEUES.replace("20s", "10s"))
    site.step("queuewatch queues publish queues.toml")
    try:
        for process in ("archive", "stream"):
            site.systemctl("start", process)
        assert offered(site.sent(leg(1), leg(2))) == 2
        site.follow(shell_lines(section(backup, "A copy of the embedded archive")))
        after = site.sent(leg(3))
        assert offered(after) == 3
        site.follow(shell_lines(section(backup, "And back")))
        assert site.figures() == after

        site.systemctl("stop", "stream")
        site.namespace = unique("anew") + "."
        site.follow(shell_lines(lost))
        assert offered(site.sent(leg(4))) == 4
        assert "targets are there already" in site.step("queuewatch queues restore")
    finally:
        site.stop()


def test_there_are_more_partitions_and_every_call_is_history_once(site: Site) -> None:
    page = (PAGES / "more-partitions.md").read_text()
    site.follow(
        ["queuewatch topics create --partitions 3", "queuewatch queues publish queues.toml"]
    )
    sender = Sender(site.bootstrap, site.namespace)
    try:
        for process in ("archive", "stream", "board", "notify"):
            site.systemctl("start", process)
        sender.send(sender.call(Queued, "ada", "billing", 0), sender.tick())
        assert offered(site.sent(leg(1), leg(2))) == 2
        wait_until(
            lambda: shown(site.bootstrap, site.namespace)["billing"]["waiting"] == 1, "she waits"
        )
        before = shown(site.bootstrap, site.namespace)
        site.follow(shell_lines(page))
        wait_until(lambda: _partition_shown(site) == partition_of(b"billing", 16), "it has moved")
        assert shown(site.bootstrap, site.namespace) == before
        assert offered(site.sent(leg(2), leg(3))) == 3
        sender.send(sender.call(Abandoned, "ada", "billing", 30_000), sender.tick())
        site.step("queuewatch drain --timeout 120")
        wait_until(
            lambda: shown(site.bootstrap, site.namespace)["billing"]["waiting"] == 0, "she left"
        )
    finally:
        site.stop()


def _partition_shown(site: Site) -> int:
    rows = newest(site.bootstrap, site.namespace, "snapshots", QueueSnapshot, "queue")
    return int(rows["billing"].partition)


def test_the_next_release_is_installed_and_the_former_one_again(
    site: Site, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    page = (PAGES / "upgrade.md").read_text()
    ours, next_one = site.program, tmp_path / "next" / "bin" / "queuewatch"
    next_one.parent.mkdir(parents=True)
    text = next_release.program(tmp_path / "next" / "release")
    next_one.write_text(f"#!{sys.executable}\n{text}\n")
    next_one.chmod(0o755)
    place = f"{clickhouse_server.host}:{clickhouse_server.tcp_port}"
    database = unique("site")
    site.clickhouse = f"clickhouse://default@{place}/{database}"
    site.follow(
        ["queuewatch topics create --partitions 2", "queuewatch queues publish queues.toml"]
    )
    sender = Sender(site.bootstrap, site.namespace)
    callers = iter(("ada", "bo", "cy"))

    def counted(calls: int, waiting: int) -> None:
        """One more waits, one more has gone into history: nothing of before was lost or came twice."""
        sender.send(sender.call(Queued, next(callers), "billing", 1_000 * waiting), sender.tick())
        assert offered(site.sent(*(leg(number) for number in range(1, calls + 1)))) == calls
        wait_until(
            lambda: shown(site.bootstrap, site.namespace)["billing"]["waiting"] == waiting,
            f"{waiting} wait",
        )

    try:
        for process in ("archive", "stream", "board", "notify"):
            site.systemctl("start", process)
        counted(calls=1, waiting=1)
        site.program = str(next_one)
        site.follow(shell_lines(section(page, "Forward")))
        counted(calls=2, waiting=2)
        assert names_of_next_release(site.bootstrap, site.namespace) == {True, False}
        site.program = ours
        site.follow(shell_lines(section(page, "Back")))
        counted(calls=3, waiting=3)
        site.step("queuewatch topics check")
    finally:
        site.stop()
        clickhouse_server.drop(database)
