"""What the benchmark of alerts makes of what fired: delays from the cause, false pages, and nights."""

import json
import math
from typing import Any

from schemas.alerts import Alert
from schemas.millis import HOUR, MINUTE, SECOND
from tests.bench.alerts import Result, figures, found_in, is_at_night, rank, table
from tests.bench.decided import Decided
from tests.bench.troubles import MONDAY
from tests.support.alerts import alert

CAUSE = MONDAY + 10 * HOUR


def fired(rule: str, at: int, severity: str = "page") -> Alert:
    return alert(alert_id=f"{rule}/{at}", rule=rule, fired_at=at, severity=severity)


def decided(*alerts: Alert) -> Decided:
    return Decided({each.alert_id: each for each in alerts})


def test_a_trouble_is_found_by_its_first_page() -> None:
    early = fired("oldest_wait", CAUSE + MINUTE - 5 * SECOND)
    late = fired("understaffed", CAUSE + 3 * MINUTE)
    warned = fired("abandonment", CAUSE, "warn")
    calls = [CAUSE, CAUSE + MINUTE, CAUSE + 2 * MINUTE]
    found = found_in(
        [
            (CAUSE, decided(late, early, warned), calls),
            (CAUSE, decided(warned), calls),
            (CAUSE, decided(late), calls),
        ]
    )
    assert found.callers == [2, math.inf, 3]
    assert found.delays_s == [60.0, math.inf, 185.0]
    assert found.missed == 1
    assert dict(found.first) == {"oldest_wait": 1, "understaffed": 1}
    assert found.by_rule["abandonment"] == [5.0, 5.0, math.inf]
    assert found.by_rule["nobody_signed_in"] == [math.inf] * 3


def test_a_day_on_which_somebody_was_just_woken_says_nothing() -> None:
    before = fired("oldest_wait", CAUSE - 20 * MINUTE)
    assert (
        found_in([(CAUSE, decided(before, fired("oldest_wait", CAUSE + MINUTE)), ())]).delays_s
        == []
    )
    long_before = fired("oldest_wait", CAUSE - HOUR)
    assert found_in([(CAUSE, decided(long_before), ())]).delays_s == [math.inf]


def test_ranks() -> None:
    assert (rank([], 50), rank([3.0, 1.0, 2.0], 50), rank([1.0, math.inf], 90)) == (None, 2.0, None)


def test_what_the_file_holds() -> None:
    night = fired("oldest_wait", MONDAY + 23 * HOUR)
    day = fired("oldest_wait", MONDAY + 12 * HOUR)
    warned = fired("abandonment", MONDAY + 12 * HOUR, "warn")
    assert (is_at_night(night), is_at_night(day)) == (True, False)
    assert is_at_night(fired("oldest_wait", MONDAY + 5 * HOUR))
    drop = found_in([(CAUSE, decided(fired("understaffed", CAUSE + MINUTE)), ())] * 4)
    result = Result(
        2,
        {"large": [day], "small": [], "night": [night, night, day, warned]},
        {"staffing_drop_large": drop, "staffing_drop_small": drop},
        {"surge": "too few calls"},
    )
    made: dict[str, Any] = json.loads(json.dumps(figures(result)))
    assert made["false_pages_per_owner_week"] == {"large": 0.5, "small": 0, "night": 1.5, "night_hours": 1}  # fmt: skip
    assert made["false_alerts_per_week_by_rule"]["night"]["abandonment"] == 0.5
    delay = made["delay_s"]["staffing_drop_large"]
    assert (delay["median"], delay["p90"], delay["missed"]) == (65, 65, 0)
    assert delay["callers_median"] is None
    assert delay["by_rule"]["oldest_wait"] == {"median": None, "p90": None}
    text = table(result)
    assert "understaffed (page)" in text
    assert "not evaluated here: surge (too few calls)" in text
