"""What a month says; that its figures are right is tried on both databases in tests/integration."""

from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.comparing import Change
from streams.history.consistency import HalfHour, consistency
from streams.history.counted_groups import Counted
from streams.history.league import Placed
from streams.history.losses import Loss, Losses
from streams.history.month import GroupsMonth
from streams.history.month_reached import Reached
from streams.history.month_sentences import month_sentences, what_changed
from streams.history.promises_kept import Kept
from streams.history.reports.month import league_row, loss_rows
from streams.history.reports.unserved import row_of
from streams.history.sentences import Moment, sentence
from streams.history.unserved import Unserved
from streams.sinks.clickhouse.deletions import Deleted
from tests.support.builders import MONDAY, targets

HALF = 30 * 60_000
CATALOGUE = Catalogue("UTC", {"billing": targets("billing")})


def month(
    group: str, *served: int, judged: bool = True, before: Change | None = None
) -> GroupsMonth:
    """Half hours of 20 calls from Monday on, so many of them served; promised 80 %."""
    halves = [
        HalfHour(MONDAY + n * HALF, MONDAY + (n + 1) * HALF, Kept(good, 20, 20 * 800_000))
        for n, good in enumerate(served)
    ]
    losses = Losses(
        group,
        (
            Loss("rejected", "", 3), Loss("abandoned_short", "", 1), Loss("abandoned", "", 4),
            Loss("answered_late", "", 5), Loss("answered_in_target", "", sum(served)),
        ),
        out_of_hours=7,
    )  # fmt: skip
    return GroupsMonth(
        group, "UTC", Counted(group, MONDAY, MONDAY, "UTC", {}, []), consistency(halves), judged,
        losses if served else None, Unserved(group, 8, 1, 7, 5, 0, 5, 2, 7) if served else None, before,
        Placed(group, 1),
    )  # fmt: skip


def said(*centres: GroupsMonth, whole: GroupsMonth | None = None) -> dict[str, str]:
    found = month_sentences(CATALOGUE, whole or month("ALL", 18), centres, centres, 12)
    return {each.name: each.text for each in found}


def test_what_was_deleted_has_no_value_and_is_said() -> None:
    gone = Deleted("legs", MONDAY, MONDAY + 90 * 86_400_000)
    whole = replace(month("ALL", 18), unserved=None, deleted=gone)
    texts = said(whole, whole=whole)
    assert "unserved" not in texts
    assert texts["calls_deleted"].startswith(
        "Calls of before Mon 2 Mar 2026 00:00 were deleted on Sun 31 May 2026 00:00: what needs each of them has no value"
    )
    assert league_row(whole)["unserved_callers"] is None
    once = replace(whole, deleted=Deleted("legs", MONDAY, None))
    assert "calls_deleted_once" in said(once, whole=once)


def test_nobody_who_failed_is_no_sentence() -> None:
    whole = replace(month("ALL", 18), unserved=Unserved("ALL"))
    assert not {"unserved", "calls_deleted"} & said(whole, whole=whole).keys()
    assert league_row(whole)["unserved_callers"] == 0


def test_a_bad_centre_is_told_with_all_of_its_figures() -> None:
    worse = Change(0.5, 0.7, -20.0, 3.0, "worse")
    texts = said(month("water", 18, 2, 4, before=worse))
    assert texts["bad"] == (
        "1. water: 40.0 % of 60 calls served as promised (goal 80.0 %). 2 of 3 half hours missed it, up to 2 in a row,"
        " the worst Mon 2 Mar 00:30 with 10.0 %; 40 calls came in them. 4 gave up, 3 were refused;"
        " 20.0 points worse than the month before (70.0 %)."
    )
    assert "average_hides" not in texts
    assert "12 legs of queues that nobody configured" in texts["scope"]


def test_a_fine_average_with_a_bad_half_hour_has_its_sentence() -> None:
    texts = said(month("switchboard", *[20] * 10, 2))
    assert texts["average_hides"].startswith(
        "switchboard: the average looks fine, but it hides bad half hours. 91.8 % of 220 calls were served as promised"
        " (goal 80.0 %), yet 1 of 11 half hours missed it, the worst Mon 2 Mar 05:00 with 10.0 % of 20 calls"
    )


def test_all_together() -> None:
    texts = said(month("fine", 20), whole=month("ALL", 18, 19))
    assert texts["whole"] == (
        "50 called in opening hours: 42 were answered, 4 gave up waiting, 1 hung up at once, 3 were refused. 92.5 % were"
        " served as each queue promised (goal 80.0 %)."
    )
    assert texts["unserved"].startswith("5 of 7 callers who gave up or were refused")
    assert "none_is_bad" in texts


def test_where_no_queue_belongs_to_a_centre_the_worst_are_queues() -> None:
    """A system that was just connected had `1. : 18.1 % of 2,230 calls …`, a centre without a name."""
    nowhere = month("", 18, 2)
    found = month_sentences(CATALOGUE, month("ALL", 18), [nowhere], [month("billing", 2)], 0)
    texts = {each.name: each.text for each in found}
    assert texts["bad"].startswith("1. billing: 10.0 % of 20 calls")
    assert "1 configured queues of 0 centres" in texts["scope"]
    none = month_sentences(CATALOGUE, month("ALL", 18), [nowhere], [month("billing", 20)], 0)
    assert "No queue missed its goal, in the month or in a half hour." in [e.text for e in none]


def test_queues_without_a_centre_beside_others_have_words_for_a_name() -> None:
    texts = said(month("", *[20] * 10, 2), month("water", 20))
    assert texts["average_hides"].startswith("queues without a centre: the average looks fine")
    assert texts["bad"].startswith("1. queues without a centre: ")
    assert "of 1 centres" in texts["scope"]


def test_where_no_platform_told_whose_calls_they_were_nobody_says_that_all_were_served() -> None:
    """A bank without callers' numbers had 728 failed calls and `0 callers whom nobody answered`."""
    whole = replace(month("ALL", 18), unserved=Unserved("ALL", 728, 728))
    assert league_row(whole)["unserved_callers"] is None
    row = row_of(Unserved("ALL", 728, 728))
    assert (row["unserved_callers"], row["share_unserved"]) == (None, None)
    assert "nobody_named" in said(whole=whole)


def test_who_ended_a_conversation_is_no_reason_of_its_being_late() -> None:
    """A paper said of late answers: `caller 1,950`."""
    steps = (
        Loss("abandoned", "timeout", 3),
        Loss("answered_late", "caller", 5),
        Loss("answered_in_target", "agent", 9),
    )
    whole = replace(month("ALL", 18), losses=Losses("ALL", steps, 0))
    found = {str(row["step"]): row.get("reasons") for row in loss_rows(whole)}
    assert (found["abandoned"], found["answered_late"], found["answered_in_target"]) == (
        "timeout 3",
        None,
        None,
    )


def test_nobody_called_and_no_share() -> None:
    assert set(said(whole=month("ALL"))) == {"scope", "nobody_called"}
    texts = said(month("new", 1, judged=False), whole=month("ALL", 18, judged=False))
    assert "– were served as each queue promised (goal –)" in texts["whole"]
    assert "bad" not in texts


def test_what_changed_in_words() -> None:
    def words(change: Change | None) -> str:
        return what_changed(month("a", 18, before=change), "month").text

    assert (
        words(None)
        == words(Change(0.8, None, None, None, None))
        == ("cannot be compared with the month before")
    )
    assert words(Change(0.8, 0.75, 5.0, 1.0, "better")) == (
        "5.0 points better than the month before (75.0 %)"
    )
    assert "no more than days differ by (noise up to 6.0)" in words(
        Change(0.8, 0.75, 5.0, 6.0, "noise")
    )
    assert words(Change(0.8, 0.75, 5.0, None, "few calls")).startswith("too few calls")


def test_where_the_archive_has_nothing_of_the_month_nobody_says_that_nobody_called() -> None:
    told = Reached(any=False, sentences=(sentence("no_data"),))

    def names(whole: GroupsMonth, reached: Reached) -> list[str]:
        return [each.name for each in month_sentences(CATALOGUE, whole, [], [], 0, reached)]

    assert names(month("ALL"), told) == ["no_data"]
    runs = Reached(
        any=True, sentences=(sentence("runs", end=Moment(0, "UTC"), last=Moment(0, "UTC")),)
    )
    assert names(month("ALL"), runs) == ["runs", "scope", "nobody_called"]
    assert names(month("ALL", 18), told)[:3] == ["no_data", "scope", "whole"]


def test_within_the_first_day_nobody_knows_who_was_not_answered_within_a_day() -> None:
    """455 callers of this morning, 323 of them not answered so far: not 0 who were left without an answer."""
    whole = replace(month("ALL", 18), unserved=Unserved("ALL", 500, 1, 455, 0, 323, 400, 20, 0))
    texts = said(whole=whole)
    assert "unserved" not in texts
    assert "is not known yet: 323 were not answered so far" in texts["unserved_unknown"]
    assert league_row(whole)["unserved_callers"] is None
    assert (row := row_of(whole.unserved or Unserved("", 0, 0, 0, 0, 0, 0, 0, 0)))["callers"] == 455
    assert (row["unserved_callers"], row["share_unserved"]) == (None, None)
    all_served = replace(whole, unserved=Unserved("ALL", 5, 0, 5, 0, 0, 5, 5, 0))
    assert league_row(all_served)["unserved_callers"] == 0  # nobody waits for an answer any more
    assert "unserved" in said(whole=all_served)
