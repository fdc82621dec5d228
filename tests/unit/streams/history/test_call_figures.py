"""Rows from counts: that the counts are right is tried on both databases in tests/integration."""

import pytest

from schemas.counters import COUNTERS
from schemas.millis import HOUR, from_iso
from schemas.opening import Opening, parse_weekly
from streams.history.call_figures import COLUMNS, call_figures, figures_row
from streams.history.catalogue import Catalogue
from streams.history.question import Question
from tests.support.builders import targets
from tests.support.fake_archive import FakeArchive

COUNTED = {
    "n_offered": 5, "n_open": 1, "n_answered": 2, "n_abandoned": 2, "n_answered_in_target": 1,
    "n_short_abandoned": 1, "sum_answer_wait_ms": 25_000, "sum_abandon_wait_ms": 4_000,
    "max_answer_wait": 21_000, "n_waits": 3, "max_wait": 30_000, "wait_p50": 4_000, "wait_p90": 21_000,
    "wait_p95": 21_000, "n_service_timed": 2, "sum_talk_hold_ms": 61_000, "n_wrap_timed": 1, "sum_wrap_ms": 9_000,
    "n_untargeted": 0, "n_good": 1, "n_due": 4, "goal_millionths": 3_200_000, "n_targets": 1, "newest_targets": "offered 20000 5000",
}  # fmt: skip
PROMISE = targets("billing")
DAY = from_iso("2026-05-04T00:00:00Z")


def test_ratios_and_means_are_made_of_the_counts() -> None:
    row = figures_row(COUNTED, [PROMISE], "arrival")
    assert tuple(row) == tuple(column.name for column in COLUMNS)
    assert (row["offered"], row["open"], row["sl_offered"], row["sl_promised"]) == (
        5,
        1,
        0.25,
        0.25,
    )
    assert (row["goal"], row["against_goal"], row["promised_calls"]) == (0.8, "few calls", 4)
    assert figures_row(COUNTED | {"n_told_alike": 3}, [PROMISE], "arrival")["told_alike"] == 3
    assert (row["told_alike"], row["basis"]) == (0, "arrival")
    assert (row["asa_s"], row["mean_time_to_abandon_s"], row["wait_p90_s"]) == (12.5, 2.0, 21.0)
    assert (row["aht_talk_hold_s"], row["aht_with_wrap_s"]) == (30.5, 39.5)
    assert (row["formula"], row["answer_within_s"], row["basis"]) == ("offered", 20.0, "arrival")


def test_an_unknown_wait_is_in_no_mean_and_no_maximum() -> None:
    row = figures_row(COUNTED | {"n_abandoned_wait_unknown": 1}, [PROMISE], "arrival")
    assert (row["mean_time_to_abandon_s"], row["max_wait_s"]) == (4.0, 30.0)
    alone = figures_row(
        {
            "n_abandoned": 1,
            "n_abandoned_wait_unknown": 1,
            "n_exited": 1,
            "n_waits": 0,
            "max_wait": 0,
        },
        [PROMISE],
        "arrival",
    )
    assert (alone["mean_time_to_abandon_s"], alone["max_wait_s"]) == (None, None)
    assert alone["abandonment_ab1"] == 0.5


def test_where_nobody_called_only_counts_and_the_promise_have_a_value() -> None:
    row = figures_row({}, [PROMISE], "event")
    assert (row["offered"], row["answered"], row["formula"]) == (0, 0, PROMISE.formula)
    assert {name for name, value in row.items() if value is None} >= {
        "sl_promised", "goal", "against_goal", "sl_offered", "abandonment_ab1", "asa_s", "wait_p50_s", "max_wait_s",
        "mean_time_to_abandon_s", "aht_talk_hold_s", "aht_with_wrap_s",
    }  # fmt: skip


def test_a_leg_without_a_target_leaves_no_service_level() -> None:
    row = figures_row({**COUNTED, "n_untargeted": 1}, [PROMISE], "arrival")
    assert (row["sl_promised"], row["sl_offered"], row["abandonment_ab2"]) == (None, None, None)
    assert (row["abandonment_ab1"], row["without_target"], row["promised_calls"]) == (0.5, 1, 4)


def test_queues_that_promised_different_things_are_served_as_each_promised() -> None:
    other = targets("cards", answer_within_ms=30_000)
    row = figures_row(COUNTED, [PROMISE, other], "arrival")
    assert (row["formula"], row["answer_within_s"]) == (None, None)
    assert (row["sl_promised"], row["goal"]) == (0.25, 0.8)


@pytest.mark.parametrize(("every", "starts"), [(None, [0]), (HOUR, [8, 9])])
def test_rows_that_must_be_there_though_nobody_called(every: int | None, starts: list[int]) -> None:
    promise = targets("billing", opening=Opening(weekly=parse_weekly("Mon 08:00-09:30")))
    catalogue = Catalogue("UTC", {"billing": promise})
    question = Question(DAY, DAY + 24 * HOUR, every_ms=every)
    rows = call_figures(FakeArchive(), catalogue, question)
    assert [row["start"] for row in rows] == [
        f"2026-05-04T{hour:02}:00:00+00:00" for hour in starts
    ]


def test_queues_whose_intervals_begin_together_are_one_question() -> None:
    """Half hours do in most zones, days only on one clock."""
    queues = [targets("a"), targets("b"), targets("c", time_zone="Asia/Muscat")]
    catalogue = Catalogue("UTC", {promise.queue: promise for promise in queues})
    asked: dict[int | None, list[str]] = {}
    for every in (None, HOUR // 2, 24 * HOUR):
        archive = FakeArchive()
        rows = call_figures(archive, catalogue, Question(DAY, DAY + 48 * HOUR, every_ms=every))
        asked[every] = [sql for sql in archive.asked if "report_group" in sql]
        starts = {row["queue"]: row["start"] for row in rows}
        assert str(starts["c"]).endswith("+04:00")  # each on its own clock
        assert str(starts["a"]).endswith("+00:00")
    assert [len(found) for found in asked.values()] == [1, 1, 2]
    assert "queue IN ('a', 'b', 'c')" in asked[None][0]
    assert "queue IN ('a', 'b')" in asked[24 * HOUR][0]


def test_every_counter_has_its_column_and_missed_offers_none_by_event() -> None:
    names = {column.name for column in COLUMNS}
    shown = {f"{n.removesuffix('_ms')}_s" if n.endswith("_ms") else n for n in COUNTERS}
    assert shown <= names
    by_arrival = figures_row({**COUNTED, "n_missed_offers": 3}, [PROMISE], "arrival")
    assert (by_arrival["missed_offers"], by_arrival["talk_hold_s"]) == (3, 61.0)
    by_event = figures_row(COUNTED, [PROMISE], "event")
    assert (by_event["missed_offers"], by_event["service_timed"]) == (None, 2)


def test_a_channel_without_calls_has_its_row_of_zeros_too() -> None:
    catalogue = Catalogue("UTC", {"billing": PROMISE})
    rows = call_figures(FakeArchive(), catalogue, Question(DAY, DAY + HOUR, by="channel"))
    assert [(row["queue"], row["channel"], row["offered"], row["sl_promised"]) for row in rows] == [
        ("callback", "callback", 0, None), ("voice", "voice", 0, None),
    ]  # fmt: skip
    only = Question(DAY, DAY + HOUR, by="channel", channel="voice")
    assert [row["queue"] for row in call_figures(FakeArchive(), catalogue, only)] == ["voice"]
