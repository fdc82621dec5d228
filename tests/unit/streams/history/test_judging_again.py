"""Pieces of bounded size, and what other targets do to the service level of each queue."""

from msgspec.structs import replace

from schemas.millis import HOUR
from schemas.targets_book import TargetsBook
from schemas.topics import version_of
from streams.core.judged_again import judged_again
from streams.history.judging_again import Effect, Piece, is_of_today, pieces
from tests.support.builders import MONDAY, published, targets
from tests.support.fake_archive import FakeArchive
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded

HOURS = MONDAY // HOUR


def test_pieces_are_whole_hours_with_at_most_so_many_legs() -> None:
    counted = ((0, 4), (1, 6), (5, 1), (6, 30), (7, 2))
    archive = FakeArchive(legs=[{"hour": str(HOURS + hour), "n": n} for hour, n in counted])
    assert pieces(archive, MONDAY, 10) == [
        Piece(MONDAY, MONDAY + 2 * HOUR, 10),
        Piece(MONDAY + 5 * HOUR, MONDAY + 6 * HOUR, 1),
        Piece(MONDAY + 6 * HOUR, MONDAY + 7 * HOUR, 30),
        Piece(MONDAY + 7 * HOUR, MONDAY + 8 * HOUR, 2),
    ]
    assert pieces(FakeArchive(), MONDAY, 10) == []


def leg(name: str, outcome: str, wait_ms: int, version: int = 16) -> Recorded:
    return Recorded(
        leg_id=name, queue="billing", arrived_at=MONDAY, outcome=outcome,
        left_at=MONDAY + wait_ms, ended_at=None, wrap_ended_at=None, out_of_hours=False,
        direction="inbound", channel="voice",
    )  # fmt: skip


def test_the_effect_is_told_queue_by_queue_with_the_service_level() -> None:
    book = TargetsBook(
        [
            published(targets(), version=1),
            published(
                targets(answer_within_ms=10_000, formula="offered"), version=2, valid_from=MONDAY
            ),
        ]
    )
    effect = Effect()
    for each in (
        leg("a", "answered", 20_000), leg("b", "answered", 10_000), leg("c", "abandoned", 30_000),
    ):  # fmt: skip
        row = leg_row_of(each, version=version_of(1, 1))
        effect.count(row, judged_again(row, book, MONDAY))
    stuck = leg_row_of(leg("d", "answered", 20_000), version=version_of(1, 2) - 1)
    effect.count(stuck, judged_again(stuck, book, MONDAY))
    same = leg_row_of(leg("e", "abandoned", 1_000))
    effect.count(same, None)
    # What a later delivery hides is in no service level, and no call more.
    hidden = leg_row_of(leg("a", "answered", 20_000), version=version_of(1, 0))
    for row in (hidden, stuck, same):
        effect.count_hidden(judged_again(row, book, MONDAY) if row is not same else None)
    assert (effect.seen, effect.legs, effect.hidden, effect.stuck) == (5, 3, 1, 2)
    (line,) = effect.lines()
    assert line.startswith("billing: 3 calls: in_target of 1, ")
    assert "answer_within_ms of 3" in line
    # One that cannot be told keeps its promise, so that the queue has two: no service level.
    assert line.endswith("; service level 75.0 % (short_abandons_ignored) → –")


def test_the_wall_of_today_shows_live_calls_of_the_business_day() -> None:
    book = TargetsBook([published(targets(day_start_minute=6 * 60))])
    sent_later = leg_row_of(leg("a", "answered", 1))
    assert not is_of_today(sent_later, book, MONDAY + 5 * HOUR)
    live = replace(sent_later, feed="live")
    assert is_of_today(live, book, MONDAY + 5 * HOUR)
    assert not is_of_today(live, book, MONDAY + 6 * HOUR)
    assert is_of_today(live, TargetsBook(), MONDAY + 23 * HOUR)
