from pathlib import Path

from streams.doctor.checks.configuration import CHECK
from streams.doctor.finding import Finding
from streams.doctor.system import System
from tests.support.sources import ROOT


def found(system: System) -> list[Finding]:
    return list(CHECK.judge(system, CHECK.ask(system)))


def test_each_mistake_is_a_line() -> None:
    system = System(
        mistakes=("kafka.properties:4: sasl.pasword: unknown name",),
        variables={"QUEUEWATCH_KAKFA": "QUEUEWATCH_KAFKA"},
        queues_file=Path("/no/such/queues.toml"),
    )
    assert [(each.level, each.text) for each in found(system)] == [
        ("fail", "kafka.properties:4: sasl.pasword: unknown name"),
        ("fail", "/no/such/queues.toml: No such file or directory"),
        ("warn", "QUEUEWATCH_KAKFA is set, but no command knows it"),
    ]


def test_a_secret_that_others_read_is_told_and_one_that_is_not_there_is_not(tmp_path: Path) -> None:
    key = tmp_path / "caller.key"
    key.write_text("x")
    key.chmod(0o644)
    system = System(secret_files=(key, tmp_path / "link.key"))
    assert [(each.level, each.remedy) for each in found(system)] == [("warn", f"chmod o-rwx {key}")]
    key.chmod(0o640)
    assert [each.level for each in found(system)] == ["ok"]


def test_without_mistakes_it_says_how_many_queues() -> None:
    (line,) = found(System(queues_file=ROOT / "deploy" / "queues.toml"))
    assert line.text == f"no mistake found; 25 queues in {ROOT / 'deploy' / 'queues.toml'}"
