"""What ships is accepted by the programs that will read it."""

import re
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest
import yaml

from streams.plumbing.key_file import read_key
from tests.support.services import ROOT, program

DEPLOY = ROOT / "deploy"
_HANGS_AFTER_S = (
    900  # the unit tests of rules are half a minute of processor, of which others may leave a tenth
)


def accepted(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=_HANGS_AFTER_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_accepts_the_rules_and_their_unit_tests() -> None:
    promtool = program("promtool", "prometheus")
    rules = DEPLOY / "prometheus/rules"
    assert "SUCCESS" in accepted(promtool, "check", "rules", "--lint=all", rules / "pipeline.yml")
    cases = sorted(rules.glob("*_test.yml"))
    assert len(cases) == 2
    accepted(promtool, "test", "rules", *cases)


def failing(folder: Path, rules: str, alerts: Collection[str]) -> str:
    """What the unit tests of these alerts say of these rules; they must not pass.

    Cases of other alerts are left out: each takes promtool seconds.
    """
    cases = yaml.safe_load((DEPLOY / "prometheus/rules/pipeline_test.yml").read_text())
    cases["tests"] = [
        case
        for case in cases["tests"]
        if any(
            asked["alertname"] in alerts and asked["exp_alerts"]
            for asked in case["alert_rule_test"]
        )
    ]
    (folder / "pipeline_test.yml").write_text(yaml.safe_dump(cases))
    (folder / "pipeline.yml").write_text(rules)
    command = [program("promtool", "prometheus"), "test", "rules", "pipeline_test.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return done.stdout + done.stderr


RULES = (DEPLOY / "prometheus/rules/pipeline.yml").read_text()
ALERTS = dict(re.findall(r"- alert: (\w+)(.*?runbook_url)", RULES, re.DOTALL))


def test_a_broken_rule_fails_its_unit_test(tmp_path: Path) -> None:
    """The unit tests can fail: a threshold that nobody reaches is noticed."""
    broken = RULES.replace(":max > 30\n", ":max > 6000\n")
    assert "FeedStale" in failing(tmp_path, broken, {"FeedStale"})


def test_without_its_twin_each_rule_that_pages_fails_its_unit_test(tmp_path: Path) -> None:
    """All twins at once, since no rule asks another one: a run takes half a minute, and there are a dozen rules."""
    paging = [name for name, text in ALERTS.items() if "severity: page" in text]
    rules = RULES
    for name in paging:
        rules = rules.replace(ALERTS[name], ALERTS[name].replace("absent(", "0 > absent("))
    said = failing(tmp_path, rules, paging)
    assert [name for name in paging if f"alertname: {name}" not in said] == []


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-local.yml"])
def test_promtool_accepts_the_configuration(name: str) -> None:
    promtool = program("promtool", "prometheus")
    assert "1 rule files found" in accepted(
        promtool, "check", "config", DEPLOY / "prometheus" / name
    )


def test_amtool_accepts_the_routing() -> None:
    amtool = program("amtool", "prometheus-alertmanager")
    out = accepted(amtool, "check-config", DEPLOY / "alertmanager/alertmanager.yml")
    assert "5 inhibit rules" in out


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=OldestWait queue=billing rule=oldest_wait severity=page", "page"),
        ("alertname=Abandonment queue=billing rule=abandonment severity=warn", "warn"),
        ("alertname=OldestWait rule=oldest_wait severity=page replay=true", "nobody"),
        ("alertname=Watchdog severity=none", "nobody"),
        ("alertname=Probe severity=none owner=queuewatch", "probe"),
        ("alertname=ProbeLost severity=page owner=queuewatch job=notify", "page"),
        ("alertname=Abandonment queue=billing rule=abandonment severity=note", "nobody"),
        ("alertname=PipelineDown severity=page", "page"),
        ("alertname=SomebodyElses", "page"),
    ],
)
def test_each_alert_reaches_its_receiver(labels: str, receiver: str) -> None:
    amtool = program("amtool", "prometheus-alertmanager")
    config = f"--config.file={DEPLOY / 'alertmanager/alertmanager.yml'}"
    assert accepted(amtool, "config", "routes", "test", config, *labels.split()).strip() == receiver


def test_docker_compose_accepts_the_whole_system() -> None:
    compose = program("docker-compose", "docker-compose")
    profile = ("--profile", "deliver", "--profile", "reports")
    services = accepted(
        compose, "--file", ROOT / "docker-compose.yml", *profile, "config", "--services"
    )
    assert set(services.split()) == {
        "kafka", "clickhouse", "setup", "stream", "archive", "notify", "deliver", "board", "reports",
        "simulate", "prometheus", "alertmanager", "grafana",
    }  # fmt: skip
    accepted(compose, "--file", ROOT / "docker-compose.yml", "config", "--quiet")


def test_in_the_containers_whoever_signs_or_reads_a_link_has_the_key_that_setup_makes(
    tmp_path: Path,
) -> None:
    compose = program("docker-compose", "docker-compose")
    whole = accepted(
        compose, "--file", ROOT / "docker-compose.yml", "--profile", "deliver", "config"
    )
    services = dict(re.findall(r"^  (\w+):\n((?:    .*\n)+)", whole, re.MULTILINE))
    key = tmp_path / "link.key"
    for name in ("setup", "notify", "deliver", "board"):
        assert "QUEUEWATCH_LINK_KEY_FILE: /var/lib/queuewatch/link.key" in services[name]
        assert re.search(r"(?:queuewatch:|target: )/var/lib/queuewatch\b", services[name])
    made = re.search(r'python -c "(.*?)" &&', " ".join(services["setup"].split()))
    assert made is not None
    code = made[1].replace('\\"', '"')
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={"QUEUEWATCH_LINK_KEY_FILE": str(key)},
        cwd=ROOT,
    )
    assert len(read_key(key, "the key")) == 64
