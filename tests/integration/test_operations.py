"""The pages docs/operations/backup.md and lost-kafka.md, step by step, as they are written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.local.kafka import LocalKafka, free_ports
from tests.support.documents import section, shell_lines
from tests.support.names import unique
from tests.support.services import ROOT, Server, get

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
        self._bootstrap = bootstrap
        self._ports = dict(zip(("archive", "stream", "query"), free_ports(3), strict=True))
        self._running: dict[str, Server] = {}
        (folder / "backup").mkdir()
        (folder / "queues.toml").write_text(QUEUES)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "QUEUEWATCH_KAFKA": self._bootstrap,
            "QUEUEWATCH_NAMESPACE": self.namespace,
            "QUEUEWATCH_DATA": str(self.folder / "data"),
            "QUEUEWATCH_QUERY_PORT": str(self._ports["query"]),
            "QUEUEWATCH_ARCHIVE_METRICS_PORT": str(self._ports["archive"]),
            "QUEUEWATCH_METRICS_PORT": str(self._ports["stream"]),
        }

    def follow(self, lines: list[str]) -> None:
        for line in lines:
            self.step(line)

    def step(self, line: str) -> str:
        """One line of a page."""
        if line.startswith("systemctl "):
            _, verb, unit = line.split()
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
            script = f"exec env {self._settings()} {BIN / 'queuewatch'} {process}"
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
