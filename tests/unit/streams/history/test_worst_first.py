"""The order of a table for people."""

from streams.history.report import Row
from streams.history.worst_first import missing_calls, worst_first


def row(queue: str, good: int, due: int, goal: float | None, against: str | None) -> Row:
    return {
        "queue": queue, "offered": due, "served_as_promised": good, "promised_calls": due,
        "goal": goal, "against_goal": against,
    }  # fmt: skip


def test_who_missed_most_calls_comes_first_whatever_the_share() -> None:
    small, large = row("small", 1, 6, 0.8, "missed"), row("large", 700, 1_000, 0.8, "missed")
    good, few = row("good", 99, 100, 0.8, "met"), row("few", 0, 2, 0.8, "few calls")
    nobody, nothing = row("nobody", 0, 9, None, None), row("empty", 0, 0, None, None)
    shown = worst_first([few, nobody, good, nothing, small, large])
    assert [each["queue"] for each in shown.rows] == ["large", "small", "good", "few", "nobody"]
    assert shown.below == "1 without a call: empty"
    assert missing_calls(large) == 100.0


def test_a_queue_that_refused_everybody_is_not_empty() -> None:
    refused: Row = {"queue": "closed", "offered": 0, "rejected": 3}
    assert [each["queue"] for each in worst_first([refused]).rows] == ["closed"]


def test_many_empty_queues_are_a_number() -> None:
    rows = [row(f"q{number:02}", 0, 0, None, None) for number in range(40)]
    below = worst_first(rows).below
    assert below.startswith("40 without a call: q00, q01,")
    assert below.endswith("and 32 more")
