"""Every rule across queues has the module that decides it, by its name."""

import pytest

from streams.core import decider_catalogue
from streams.core.decider_catalogue import deciders
from streams.core.rule_catalogue import ACROSS_QUEUES
from tests.support.reporting import NOTHING_ASKED


def test_each_rule_has_one_and_takes_records_of_its_own() -> None:
    found = deciders(NOTHING_ASKED)
    assert list(found) == sorted(rule.name for rule in ACROSS_QUEUES)
    assert len({each.told for each in found.values()}) == len(found)


def test_a_rule_that_nobody_decides_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decider_catalogue, "ACROSS_QUEUES", ACROSS_QUEUES[:1])
    with pytest.raises(TypeError, match="one module for each rule across queues"):
        deciders(NOTHING_ASKED)
