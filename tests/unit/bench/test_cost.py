"""What is compared is the same traffic with other rules, and the ratios are those of one round."""

from itertools import pairwise

import pytest

from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from tests.bench import cost
from tests.bench.cost import SETS, Spent, figures, queues_toml, rows


def test_the_sets_hold_more_and_more_rules() -> None:
    sets = [set(SETS[name]) for name in ("none", "two", "shipped", "all")]
    assert sets == sorted(sets, key=len)
    assert all(fewer < more for fewer, more in pairwise(sets))
    assert sets[-1] == RULE_TABLES.keys()


def test_every_queue_has_the_rules_of_its_set() -> None:
    queues = parse_queues(queues_toml(SETS["two"], 12), RULE_TABLES).queues
    assert [set(each.alerts) for each in queues] == [{"abandonment", "oldest_wait"}] * 12
    assert len({each.centre for each in queues}) == 2


def _spent(us: float) -> Spent:
    return Spent(records=100, records_s=us / 1e4, snapshots=100, snapshots_s=us / 1e4)


def test_a_ratio_is_the_median_of_the_ratios_of_a_round() -> None:
    """A slow round is slow for all sets; ratios of medians would compare one round with another."""
    rounds = [
        {"none": _spent(none), "two": _spent(none), "shipped": _spent(none), "all": _spent(all_on)}
        for none, all_on in ((40.0, 44.0), (80.0, 96.0), (40.0, 60.0))
    ]
    found = figures(rounds)
    assert found["rules_event_all_over"]["none"] == pytest.approx(1.2)
    assert found["rules_event_us"] == {"none": 40.0, "two": 40.0, "shipped": 40.0, "all": 60.0}
    assert found["rules_event_with_reports_all_over"]["none"] == pytest.approx(1.2)
    assert ("rules_snapshot_all_over", "1.20") in [row[:2] for row in rows(rounds)]


def test_all_sets_are_fed_alike_and_the_rules_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "WARM_MS", 5 * 60_000)
    (spent,) = cost.measured(queues=2, hours=0.3, rounds=1)
    assert len({(each.records, each.snapshots) for each in spent.values()}) == 1
    assert spent["all"].records > 0
    assert spent["all"].snapshots > 0
    assert spent["none"].written == {}
    assert spent["all"].with_reports_us() > spent["all"].record_us()
