"""The units of deploy/systemd: systemd reads every line, they are hardened, and what they set is an option of ours."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streams.plumbing.kafka_config import read_config
from streams.wiring.deadlines import STOP_WITHIN_S
from tests.support.documents import all_commands
from tests.support.services import ROOT, program

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
HARDENING = "queuewatch-.service.d/hardening.conf"
PROGRAM = "/opt/queuewatch/bin/queuewatch"
MOST_EXPOSED = 15  # tenths of systemd's points; a unit without hardening has 96
COMMANDS = dict(all_commands())


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A copy whose program is there."""
    copy = tmp_path / "units"
    shutil.copytree(UNITS, copy)
    ours = str(Path(sys.executable).with_name("queuewatch"))
    for service in copy.glob("*.service"):
        service.write_text(service.read_text().replace(PROGRAM, ours))
    shutil.copy(copy / "queuewatch-stream@.service", copy / "queuewatch-stream@1.service")
    return copy


def analyzed(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("systemd-analyze", "systemd"), *arguments],
        cwd=units, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def named(units: Path) -> list[str]:
    return [f"./{path.name}" for path in sorted(units.glob("*.service")) if "@." not in path.name]


def test_systemd_understands_every_line(units: Path) -> None:
    done = analyzed(units, "verify", "--man=no", *named(units), "./queuewatch.target")
    assert (done.returncode, done.stderr) == (0, "")
    broken = units / HARDENING
    broken.write_text(broken.read_text().replace("ProtectSystem=", "ProtectSystm="))
    assert "ProtectSystm" in analyzed(units, "verify", "--man=no", *named(units)).stderr


def test_every_unit_is_hardened(units: Path) -> None:
    ask = ("security", "--offline=true", f"--threshold={MOST_EXPOSED}")
    for name in named(units):
        assert (done := analyzed(units, *ask, name)).returncode == 0, done.stdout
    shutil.rmtree(units / "queuewatch-.service.d")
    assert analyzed(units, *ask, "./queuewatch-board.service").returncode != 0


def test_each_unit_runs_a_command_and_sets_only_what_it_knows() -> None:
    common = _variables((UNITS / HARDENING).read_text() + (UNITS / "queuewatch.env").read_text())
    known = {option.envvar for command in COMMANDS.values() for option in command.params}
    assert common - known == set()
    for service in SERVICES:
        text = service.read_text()
        found = re.findall(rf"^ExecStart={PROGRAM} (\w+)$", text, re.MULTILINE)
        assert len(found) == 1, service.name
        assert service.name.startswith(f"queuewatch-{found[0]}")
        assert _variables(text) <= {option.envvar for option in COMMANDS[found[0],].params}
    assert {service.stem.rstrip("@") for service in SERVICES} == {
        f"queuewatch-{name}"
        for name in ("stream", "archive", "notify", "deliver", "board", "reports")
    }


def _variables(text: str) -> set[str]:
    return set(re.findall(r"^(?:Environment=)?(QUEUEWATCH_\w+)=", text, re.MULTILINE))


def test_a_stop_leaves_time_for_the_last_checkpoint() -> None:
    found = re.search(r"^TimeoutStopSec=(\d+)$", (UNITS / HARDENING).read_text(), re.MULTILINE)
    assert found is not None
    assert int(found[1]) > STOP_WITHIN_S


def test_the_target_starts_units_that_are_there() -> None:
    wants = re.findall(r"^Wants=(.*)$", (UNITS / "queuewatch.target").read_text(), re.MULTILINE)
    files = {re.sub(r"@\w+\.", "@.", name) for line in wants for name in line.split()}
    assert files == {service.name for service in SERVICES} - {
        "queuewatch-deliver.service",
        "queuewatch-reports.service",
    }


def test_the_shipped_way_to_kafka_is_one() -> None:
    assert read_config(UNITS / "kafka.properties", {}).is_open
