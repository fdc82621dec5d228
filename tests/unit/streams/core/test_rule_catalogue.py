"""Every module of streams.core.rules is a rule; a new one is asked with no other change."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.alerts import SEVERITIES, NotEvaluated, RuleName, alert_name
from schemas.counters import COUNTERS
from schemas.queues_toml import keys_of
from schemas.targets_book import TargetsBook
from streams.core import rules
from streams.core.crew import NOBODY_KNOWN, Crew
from streams.core.leg_report import NOTHING_REPORTED
from streams.core.rule import HoldingTimes, Rule
from streams.core.rule_catalogue import RULE_TABLES, RULES, _found, across_queues
from tests.support.builders import BILLING, MONDAY, published, targets
from tests.support.sources import ROOT

FOLDER = ROOT / "streams" / "core" / "rules"

ONE_FILE = """
from streams.core.queue_view import QueueView
from streams.core.rule import HoldingTimes, Measured, Rule


class Idle(Rule[HoldingTimes]):
    name = "{name}"
    title = "nobody waits at all"
    severity = "warn"
    unit = "number"
    table = HoldingTimes

    def measure(self, table: HoldingTimes, view: QueueView) -> Measured:
        none = view.waiting == 0
        return Measured(view.waiting, 0, view.waiting, raised=none, calm=not none)

    def sentence(self, queue_name: str, measured: Measured) -> str:
        return f"{{queue_name}}: nobody waits"


RULE = Idle()
"""

ASKED = """
import sys
from streams.core import rules
rules.__path__.append(sys.argv[1])
from tests.support.story import Story
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES

file = '[queues.billing]\\nanswer_within = "20s"\\ngoal = 0.8\\n[queues.billing.alerts.nobody_waits]\\nhold = "1m"'
day = Story(alerts=parse_queues(file, RULE_TABLES).queues[0].alerts)
day.at("09:00:00").queued("ada")
day.at("09:00:02").abandoned("ada")
day.tick("09:00:20").tick("09:00:40").tick("09:01:20")
print(day.alerts())
day.at("14:00:00").queued("bo")
for minute in range(1, 4):
    day.tick(f"14:0{minute}:00")
print(day.alerts())
"""


def asked_with(folder: Path) -> subprocess.CompletedProcess[str]:
    """A story in another process, where this folder's modules are rules, too."""
    return subprocess.run(
        [sys.executable, "-c", ASKED, str(folder)], capture_output=True, text=True, check=False,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_a_rule_that_is_added_as_one_file_fires_also_where_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "nobody_waits.py").write_text(ONE_FILE.format(name="nobody_waits"))
    done = asked_with(tmp_path)
    assert done.stdout.splitlines() == ["['nobody_waits firing']", "['nobody_waits resolved']"], (
        done.stderr
    )


@pytest.mark.parametrize(
    ("module", "text"), [("empty", ""), ("misnamed", ONE_FILE.format(name="another"))]
)
def test_a_module_without_the_rule_of_its_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, text: str
) -> None:
    (tmp_path / f"{module}.py").write_text(text)
    monkeypatch.setattr(rules, "__path__", [str(tmp_path)])
    with pytest.raises(TypeError, match=f"{module}: RULE must be the rule of this name"):
        _found()


def test_each_file_is_a_rule_and_pages_come_first() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    found = _found()
    assert found == RULES
    pages = [rule.name for rule in found if rule.severity == "page"]
    assert pages == sorted(pages)
    assert {"nobody_signed_in", "oldest_wait"} <= set(pages)
    severities = [SEVERITIES.index(rule.severity) for rule in found]
    assert severities == sorted(severities)
    assert RULE_TABLES.keys() == {rule.name for rule in RULES} == names


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_can_be_written_in_queues_toml_and_named_in_an_alert(rule: Rule[Any]) -> None:
    assert issubclass(rule.table, HoldingTimes)
    keys = [key.name for key in keys_of(rule.table)]
    assert {"hold", "clear_hold"} <= set(keys)
    assert len(set(keys)) == len(keys)
    assert msgspec.convert(rule.name, RuleName) == rule.name
    assert alert_name(rule.name).isalnum()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_how_often_a_rule_is_wrong_stands_in_its_runbook(rule: Rule[Any]) -> None:
    runbook = (ROOT / "docs" / "runbooks" / f"{alert_name(rule.name)}.md").read_text()
    assert [n for n in re.findall(r"\d+\.\d+", rule.tuned_to) if n not in runbook] == []
    if rule.tuned_to:
        rule.table()  # only defaults can be meant: every key has one
        assert "How often it is wrong" in runbook


class _NoCalls:
    """The windows of a queue in which nothing was counted."""

    def summed(self, _: int) -> list[int]:
        return [0] * len(COUNTERS)


class _WithoutAgents:
    """Callers wait for an hour in every figure, but nobody knows agents, nor how many calls are usual."""

    targets = targets(BILLING)
    at = passed = MONDAY
    waiting = doubtful = 3
    oldest_wait_ms = oldest_doubtful_wait_ms = 3_600_000
    lost_and_resolved = (50, 60)
    rolling = _NoCalls()
    day_so_far = MONDAY, rolling.summed(0)
    reported = NOTHING_REPORTED

    def __init__(self) -> None:
        self.has_asked = self.has_asked_for_profile = False

    @property
    def unknown_agents(self) -> NotEvaluated:
        self.has_asked = True
        return "no agents reported"

    @property
    def agents(self) -> dict[str, int]:
        self.has_asked = True
        return {}

    @property
    def crew(self) -> Crew:
        self.has_asked = True
        return NOBODY_KNOWN

    @property
    def expected(self) -> None:
        self.has_asked_for_profile = True


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_asks_for_agents_or_a_profile_says_so(rule: Rule[Any]) -> None:
    """Else a rehearsal without agents would call it quiet."""
    given = {"raise_above_ms": 1, "clear_below_ms": 1, "raise_above": 0.1, "clear_below": 0.1}
    known = {name: given[name] for name in rule.table.__struct_fields__ if name in given}
    view: Any = _WithoutAgents()
    measured = rule.measure(rule.table(**known), view)
    assert view.has_asked == rule.reads_agents
    assert view.has_asked_for_profile == rule.reads_profile
    assert (measured.not_evaluated == "no profile") == rule.reads_profile


def test_rules_across_queues_are_those_that_any_queue_ever_had() -> None:
    on = published(targets("a", alerts={"incident": {}, "oldest_wait": {}}))
    assert [rule.name for rule in across_queues(TargetsBook([on]))] == ["incident"]
    assert across_queues(TargetsBook()) == ()
