import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.doctor import command
from streams.doctor import registry
from streams.doctor.check import Check
from streams.doctor.checks.configuration import CHECK
from streams.doctor.finding import fail, ok
from streams.doctor.system import System
from streams.local.data_folder import DataFolder
from streams.local.owner import Owner, write_owner


class Asked:
    """Runs the command with one check, and keeps the system that it was asked about."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.system = System()
        self.is_well = True
        check = Check[System](
            rank=1, ask=self._ask, judge=lambda *_: [ok("a") if self.is_well else fail("b", "c")]
        )
        monkeypatch.setattr(registry, "all_checks", lambda: {"one": check})

    def _ask(self, system: System) -> System:
        self.system = system
        return system

    def run(self, *arguments: str, **env: str | None) -> Result:
        clean = {"QUEUEWATCH_KAFKA": None, "QUEUEWATCH_DATA": None, "QUEUEWATCH_KAFKA_CONFIG": None}
        return CliRunner(env=clean | env).invoke(command, arguments)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def test_only_a_failure_ends_with_1(asked: Asked) -> None:
    done = asked.run()
    assert (done.exit_code, done.stdout) == (0, "ok    one  a\n0 fail, 0 warn, 1 ok\n")
    asked.is_well = False
    done = asked.run()
    assert (done.exit_code, done.stdout, done.stderr) == (
        1, "fail  one  b: c\n", "queuewatch: 1 fail, 0 warn, 0 ok\n",
    )  # fmt: skip
    done = asked.run("--json")
    assert json.loads(done.stdout) == [
        {"check": "one", "level": "fail", "text": "b", "remedy": "c"}
    ]
    assert (done.exit_code, done.stderr) == (1, "")


def test_the_up_of_the_folder_is_found_with_its_servers(asked: Asked, tmp_path: Path) -> None:
    with DataFolder(tmp_path):
        owner = Owner(
            "a:1",
            "north.",
            7,
            board_url="http://b",
            alertmanager_url="http://c",
            prometheus_url="http://d",
        )
        write_owner(tmp_path, owner)
        asked.run("--data", str(tmp_path), "--board-url", "https://wall.example.org/")
    system = asked.system
    assert (system.kafka, system.namespace, system.query_port) == ("a:1", "north.", 7)
    assert (system.board, system.alertmanager, system.prometheus) == (
        "https://wall.example.org", "http://c", "http://d",
    )  # fmt: skip


def test_a_mistake_in_an_option_is_a_finding_and_the_rest_is_examined(
    asked: Asked, tmp_path: Path
) -> None:
    (tmp_path / "kafka").mkdir()  # of an `up` that does not run
    asked.run("--data", str(tmp_path), "--clickhouse", "http://anna@db")
    no_up, no_url = asked.system.mistakes
    assert no_up.startswith(f"no `queuewatch up` runs on --data {tmp_path}")
    assert no_url.startswith("--clickhouse: ")
    assert asked.system.kafka == ""
    file = tmp_path / "kafka.properties"
    file.write_text("sasl.pasword=secret\n")
    asked.run("--kafka", "a:1", "--kafka-config", str(file))
    assert asked.system.mistakes == (f"{file}:1: sasl.pasword: unknown name; is it sasl.password?",)
    assert asked.system.kafka == ""


def test_a_slip_in_a_variable_is_told_and_another_programs_variable_is_not(asked: Asked) -> None:
    asked.run("--kafka", "a:1", QUEUEWATCH_KAKFA="b:1", QUEUEWATCH_DB_PASSWORD="secret")
    assert asked.system.variables == {"QUEUEWATCH_KAKFA": "QUEUEWATCH_KAFKA"}
    assert [each.level for each in CHECK.judge(asked.system, CHECK.ask(System()))] == ["warn"]
