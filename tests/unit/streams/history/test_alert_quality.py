"""How rules did, from what fired and what people said of it; the SQL is tried on both databases in tests/integration."""

from typing import Any

from msgspec.structs import replace

from schemas.millis import HOUR, MINUTE, SECOND
from schemas.timing import FLAPS_WITHIN_MS
from streams.history.alert_quality import (
    Fired,
    flaps,
    nearest_rank_s,
    quality_of,
    said_of,
)
from streams.history.question import Question
from streams.history.report import Row
from tests.support.builders import MONDAY

AT = MONDAY + 9 * HOUR
DAY = Question(MONDAY, MONDAY + 24 * HOUR)


def fired(name: str, at: int, ended: int | None = None, **changes: Any) -> Fired:
    first = Fired(name, "oldest_wait", "billing", "page", "ann", False, at, at, ended)
    return replace(first, **changes)


def said(kind: str, at: int, alert: str = "", **more: Any) -> dict[str, Any]:
    row = {"at_ms": at, "type": kind, "alert_id": alert, "mute_id": "", "rule": "", "queue": "", "until_ms": 0}  # fmt: skip
    return row | more


def rows_of(*alerts: Fired, say: list[dict[str, Any]] | None = None, **asked: Any) -> list[Row]:
    return list(quality_of(alerts, said_of(say or []), replace(DAY, **asked)).rows[0])


def test_what_fired_is_counted_by_severity_and_what_nobody_was_told_apart() -> None:
    (row,) = rows_of(
        fired("a", AT, AT + MINUTE),
        fired("b", AT + HOUR, severity="warn", owner="bo"),
        fired("c", AT + 2 * HOUR, severity="note", owner=""),
        fired("d", AT + 3 * HOUR, severity="rehearse"),
        fired("e", AT + 4 * HOUR, replay=True),
        fired("f", AT + 5 * HOUR, severity="rehearse", replay=True),
        fired("before", DAY.start - 1), fired("after", DAY.end),
    )  # fmt: skip
    names = ("fired", "pages", "warnings", "notes", "told", "replayed", "rehearsed", "owner")
    assert [row[name] for name in names] == [3, 1, 1, 1, 2, 2, 1, "ann, bo"]


def test_times_are_from_firing_to_the_first_word_and_to_the_end() -> None:
    alerts = [fired(str(n), AT + n * HOUR, AT + n * HOUR + n * MINUTE) for n in range(1, 11)]
    words = [said("acknowledged", AT + n * HOUR + n * SECOND, str(n)) for n in (1, 2, 3)]
    words += [said("released", AT + HOUR + 2 * SECOND, "1")]
    words += [said("acknowledged", AT + HOUR + MINUTE, "1")]
    (row,) = rows_of(*alerts, say=words)
    assert (row["acknowledged"], row["never_acknowledged"]) == (3, 7)
    assert (row["time_to_acknowledge_p50_s"], row["time_to_acknowledge_p90_s"]) == (2, 3)
    assert (row["time_to_resolve_p50_s"], row["time_to_resolve_p90_s"]) == (5 * 60, 9 * 60)
    (early,) = rows_of(fired("a", AT), say=[said("acknowledged", AT - SECOND, "a")])
    assert (early["time_to_acknowledge_p50_s"], early["time_to_resolve_p50_s"]) == (0, None)


def test_what_comes_back_within_an_hour_is_a_flap() -> None:
    before = fired("before", MONDAY - HOUR, MONDAY - MINUTE)
    soon = fired("soon", MONDAY - MINUTE + FLAPS_WITHIN_MS - 1, AT)
    later = fired("later", AT + FLAPS_WITHIN_MS, AT + 2 * HOUR)
    other = fired("other", AT + MINUTE, queue="desk")
    firm = fired(
        "firm", AT + 2 * HOUR + 30 * SECOND, onset_at=AT + 2 * HOUR
    )  # was perhaps gone until then
    assert flaps([firm, other, later, soon, before]) == {"soon"}
    again = fired("again", AT + 2 * HOUR + 35 * SECOND, onset_at=AT + 2 * HOUR + 5 * SECOND)
    assert flaps([later, again]) == {"again"}
    assert flaps([replace(later, severity="rehearse"), again]) == frozenset()
    (row,) = rows_of(before, soon)
    assert (row["fired"], row["flaps"]) == (1, 1)


def test_a_mute_that_holds_when_it_fires_keeps_it_from_people() -> None:
    def mute(name: str, at: int, **of: str) -> dict[str, Any]:
        return said("muted", at, mute_id=name, until_ms=at + HOUR, **of)

    alerts = (fired("a", AT), fired("b", AT + 2 * HOUR), fired("c", AT + 30 * MINUTE, queue="desk"))
    (row,) = rows_of(*alerts, say=[mute("m", AT, queue="billing")])
    assert (row["muted"], row["told"], row["never_acknowledged"]) == (1, 2, 2)
    ended = said("unmuted", AT + 10 * MINUTE, mute_id="m")
    (row,) = rows_of(*alerts, say=[mute("m", AT), ended])
    assert (row["muted"], row["told"]) == (1, 2)
    (row,) = rows_of(*alerts, say=[mute("m", AT, rule="abandonment")])
    assert row["muted"] == 0


def test_a_row_for_each_queue_or_owner() -> None:
    alerts = (fired("a", AT), fired("b", AT, queue="desk", owner=""), fired("c", AT, queue="desk"))
    found = [(row["queue"], row["owner"], row["fired"]) for row in rows_of(*alerts, alerts_by="queue")]  # fmt: skip
    assert found == [("billing", "ann", 1), ("desk", "ann", 2)]
    found = [(row["queue"], row["owner"], row["fired"]) for row in rows_of(*alerts, alerts_by="owner")]  # fmt: skip
    assert found == [(None, None, 1), (None, "ann", 2)]


def test_rules_that_led_to_nothing() -> None:
    def idle(*words: dict[str, Any]) -> list[tuple[Any, ...]]:
        alerts = [fired("a", AT), fired("r", AT, rule="x", severity="rehearse")]
        found = quality_of(alerts, said_of(words), DAY).rows[1]
        return [(row["rule"], row["fired"], row["told"], row["marked_false"]) for row in found]

    assert idle() == [("oldest_wait", 1, 1, 0)]
    assert idle(said("marked_false", AT, "a")) == [("oldest_wait", 1, 1, 1)]
    assert idle(said("noted", AT, "a")) == []
    assert idle(said("acknowledged", AT, "a")) == []
    muted = said("muted", AT + MINUTE, mute_id="m", until_ms=AT + HOUR)
    assert idle(muted) == [("oldest_wait", 1, 1, 0)]  # all alerts of all queues
    assert idle(muted | {"queue": "billing"}) == []
    assert idle(muted | {"rule": "oldest_wait", "at_ms": DAY.start - 1, "until_ms": DAY.start}) != []  # fmt: skip


def test_the_nearest_rank() -> None:
    assert nearest_rank_s([], 50) is None
    assert nearest_rank_s([3000, 1000, 2000, 4000], 50) == 2
    assert nearest_rank_s([3000, 1000, 2000, 4000], 90) == 4
