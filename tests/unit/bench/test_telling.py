"""What the benchmark makes of the times at which somebody was told."""

from tests.bench.telling import FROM_CAUSE_S, FROM_FIRING_S, figures, rows, told

CAUSES = {"a": 1_000, "b": 2_000, "c": 3_000}
FIRING = {"a": 17_000, "b": 18_000, "c": 19_500}
ARRIVED = {
    "alertmanager": {"a": 28_000, "b": 29_500, "c": 30_000},
    "deliver": {"a": 27_500, "b": 28_500, "c": 30_500},
}


def test_median_and_worst_of_each_way_stand_beside_the_aims() -> None:
    found = figures(told(CAUSES, FIRING, ARRIVED))
    assert found["from_firing_alertmanager"] == {"median_s": 11.0, "worst_s": 11.5}
    assert found["from_firing_deliver"] == {"median_s": 10.5, "worst_s": 11.0}
    assert found["from_cause_alertmanager"] == {"median_s": 27.0, "worst_s": 27.5}
    assert found["from_cause_deliver"] == {"median_s": 26.5, "worst_s": 27.5}
    assert (found["from_firing_aim_s"], found["from_cause_aim_s"]) == (10.0, 25.0)
    assert (FROM_FIRING_S, FROM_CAUSE_S, found["pages"]) == (10.0, 25.0, 3)


def test_a_row_says_the_aim_and_what_is_in_the_figure() -> None:
    first, *_, last = rows(told(CAUSES, FIRING, ARRIVED))
    assert first == (
        "from firing to the webhook, by alertmanager", "11.0 s",
        "worst 11.5 s of 3; aim 5 s + group_wait (5 s)",
    )  # fmt: skip
    assert last[0] == "from the cause to the webhook, by deliver"
    assert "holding time (10 s)" in last[2]
