"""E2, E8, E21: one contact on its way through queues, other ids and callbacks; E7's caller comes back."""

from schemas.calls import FinishedLeg
from schemas.counters import Counts
from schemas.formulas import ASA, denominator, numerator, ratio, service_level
from schemas.legs import LegRow
from schemas.millis import MINUTE, SECOND
from tests.support.builders import clock
from tests.support.retold import check
from tests.support.story import Story


def journey_wait_ms(*rows: LegRow) -> int:
    """What the contact waited in all, by its legs in the archive."""
    assert len({row.contact_id for row in rows}) == 1
    return sum(row.wait_ms or 0 for row in rows)


def test_e2_a_transfer_is_two_legs_of_one_contact() -> None:
    day = Story()
    day.at("09:00:00").queued("leg1", contact_id="ada")
    day.at("09:01:00").transferred("leg1", to_queue="repairs", contact_id="ada")
    day.at("09:01:00").queued("leg2", queue="repairs", contact_id="ada")
    assert (day.snapshot().waiting, day.snapshot("repairs").waiting) == (0, 1)
    assert day.snapshot("repairs").oldest_arrived_at == clock("09:01:00")  # age in this queue
    day.at("09:01:30").answered("leg2", queue="repairs", contact_id="ada")
    first, second = day.legs()["leg1"], day.legs("repairs")["leg2"]
    assert (first.outcome, second.outcome) == ("transferred", "answered")
    assert journey_wait_ms(first, second) == 90 * SECOND
    assert (second.answered_at or 0) - first.arrived_at == 90 * SECOND
    assert day.totals() == Counts(offered=1, transferred=1)
    assert day.totals("repairs") == Counts(
        offered=1, answered=1, answer_wait_ms=30 * SECOND
    )  # not configured: nobody promised anything there
    assert ratio(service_level("offered"), day.today()) == 0  # in the base of the first queue
    check(day)


def test_e2_a_contact_that_comes_back_to_its_first_queue_has_a_leg_for_each_stay() -> None:
    day = Story()
    day.at("09:00:00").queued("leg1", contact_id="ada")
    day.at("09:00:10").transferred("leg1", to_queue="repairs", contact_id="ada")
    day.at("09:00:10").queued("leg2", queue="repairs", contact_id="ada")
    day.at("09:00:40").transferred("leg2", queue="repairs", to_queue="billing", contact_id="ada")
    day.at("09:00:40").queued("leg3", contact_id="ada")
    day.at("09:00:45").answered("leg3", contact_id="ada")
    rows = (*day.legs().values(), *day.legs("repairs").values())
    assert journey_wait_ms(*rows) == 45 * SECOND
    assert (day.today().offered, day.today().transferred, day.today().answered) == (2, 1, 1)
    assert (day.legs()["leg3"].wait_ms, day.legs()["leg3"].in_target) == (5 * SECOND, True)
    check(day)


def test_e2_the_new_leg_may_be_told_before_the_old_one_is_closed() -> None:
    """Two nodes report the two queues: until both have spoken the caller stands in both lines."""
    day = Story()
    day.at("09:00:00").queued("leg1", contact_id="ada")
    day.at("09:01:00").queued("leg2", queue="repairs", contact_id="ada", source="other")
    assert (day.snapshot().waiting, day.snapshot("repairs").waiting) == (1, 1)
    day.at("09:01:00").transferred("leg1", to_queue="repairs", contact_id="ada")
    assert (day.snapshot().waiting, day.snapshot("repairs").waiting) == (0, 1)
    assert (day.today().transferred, day.today().abandoned) == (1, 0)
    check(day)


def test_e8_an_attended_transfer_answered_under_another_id_is_one_leg() -> None:
    """The adapter joins the ids (tests of producers/asterisk); the leg keeps its first contact."""
    day = Story()
    day.at("09:00:00").queued("consult", contact_id="consult")
    day.at("09:00:20").answered("consult", contact_id="ada", agent="ann", wait_ms=20 * SECOND)
    row = day.legs()["consult"]
    assert (row.contact_id, row.outcome, row.wait_ms) == ("consult", "answered", 20 * SECOND)
    assert day.today().offered == 1
    check(day)


def test_e8_ids_that_nobody_joined_leave_the_consult_call_to_be_closed_as_withdrawn() -> None:
    """The answer brings its own wait, so it is a leg; the consult leg is neither answer nor abandon."""
    day = Story()
    day.at("09:00:00").queued("consult")
    day.at("09:00:20").answered("ada", agent="ann", wait_ms=20 * SECOND)
    day.at("09:00:20").exited("consult", reason="withdrawn")
    legs = day.legs()
    assert (legs["ada"].outcome, legs["ada"].flags) == ("answered", ("no_start",))
    assert (legs["consult"].outcome, legs["consult"].reason) == ("exited", "withdrawn")
    assert (day.today().answered, day.today().exited, day.today().abandoned) == (1, 1, 0)
    assert day.snapshot().waiting == 0
    check(day)


def test_e21_a_callback_closes_the_leg_without_an_abandon_and_out_of_the_asa() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", contact_id="c1")
    day.at("09:05:00").callback_requested("ada", contact_id="c1")
    assert day.snapshot().waiting == 0
    assert day.today() == Counts(offered=1, callback=1)
    day.at("10:00:00").queued("back", contact_id="c1", channel="callback")
    assert day.snapshot().oldest_arrived_at == clock("10:00:00")  # from its own start, not 09:00
    day.at("10:00:08").answered("back", contact_id="c1")
    first, second = day.legs()["ada"], day.legs()["back"]
    assert (first.outcome, first.wait_ms, first.in_target) == ("callback", 5 * MINUTE, False)
    assert (second.outcome, second.channel, second.wait_ms) == ("answered", "callback", 8 * SECOND)
    assert journey_wait_ms(first, second) == 308 * SECOND
    assert (day.today().callback, day.today().abandoned, day.today().answered) == (1, 0, 1)
    assert ratio(ASA, day.today()) is None  # nobody who waited in the line was answered
    day.at("10:01:00").queued("eve")
    day.at("10:01:30").answered("eve")
    assert day.today().answered == 2
    assert ratio(ASA, day.today()) == 30 * SECOND  # not (8 + 30) / 2: the line is Eve's alone
    check(day)


def test_e21_call_backs_are_in_no_service_level_of_the_queue() -> None:
    day = Story(short_abandon_ms=5 * SECOND)
    level = service_level("short_abandons_ignored")
    day.at("09:00:00").queued("eve")
    day.at("09:00:30").answered("eve")
    for leg, left, how in (
        ("back1", "09:10:08", "answered"),  # in time: would lift the level
        ("back2", "09:10:50", "abandoned"),  # late: would lower it
        ("back3", "09:10:03", "abandoned"),  # short
        ("back4", "09:12:00", "exited"),
        ("back5", "09:12:00", "dropped"),
    ):
        day.at("09:10:00").queued(leg, channel="callback")
        getattr(day.at(left), how)(leg)
    day.at("09:13:00").queued("back6", channel="callback")
    day.at("09:13:30").queued("bob")
    day.tick("09:14:00")
    today = day.today()
    assert (today.answered, today.abandoned, today.exited, today.dropped) == (2, 2, 1, 1)
    assert (today.callback_left, today.callback_answered_in_target) == (5, 1)
    assert (numerator(level, today), denominator(level, today)) == (0, 1)  # Eve alone
    seen = day.snapshot()
    assert (seen.waiting, seen.waiting_past_target) == (2, 1)  # Bob is a miss now, back6 is not
    day.tick("12:00")  # nobody told how back6 ended: a ghost is in no level in any case
    assert (day.today().ghost, day.today().callback_left) == (2, 5)
    assert denominator(level, day.today()) == 1
    check(day)


def test_e21_a_callback_that_is_abandoned_is_one_and_the_request_stays_what_it_was() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", contact_id="c1")
    day.at("09:01:00").callback_requested("ada", contact_id="c1")
    day.at("09:30:00").queued("back", contact_id="c1", channel="callback")
    day.at("09:30:30").abandoned("back", contact_id="c1")
    assert (day.today().callback, day.today().abandoned, day.today().offered) == (1, 1, 2)
    check(day)


def test_resumed_given_up_then_resumed_then_answered_is_one_answered_leg() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").abandoned("ada")
    assert (day.today().abandoned, day.snapshot().waiting) == (1, 0)
    assert day.legs()["ada"].outcome == "abandoned"
    day.at("09:00:12").resumed("ada")
    assert (day.today().abandoned, day.snapshot().waiting) == (0, 1)
    assert day.snapshot().oldest_arrived_at == clock("09:00:00")
    assert day.legs()["ada"].outcome == "open"
    day.at("09:00:40").answered("ada")
    assert (day.today().offered, day.today().answered, day.today().abandoned) == (1, 1, 0)
    row = day.legs()["ada"]
    assert (row.wait_ms, row.flags, row.in_target) == (40 * SECOND, ("resumed",), False)
    assert day.history("09:00", "10:00").counts == {"offered": 1, "answered": 1}
    added, taken_back = _added_and_reversed(day)
    assert (added.abandoned, taken_back.abandoned) == (1, 1)  # Prometheus counters never fall
    check(day)


def test_resumed_in_any_order_ends_the_same() -> None:
    """The platform had told the abandon; the resumption overtakes it on its way to us."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:12").resumed("ada")
    day.at("09:00:10").abandoned("ada")
    assert (day.snapshot().waiting, day.today().abandoned) == (1, 0)
    day.at("09:00:50").abandoned("ada")  # and gives up once more
    row = day.legs()["ada"]
    assert (row.outcome, row.wait_ms) == ("abandoned", 50 * SECOND)
    assert (day.today().offered, day.today().abandoned, day.today().short_abandoned) == (1, 1, 0)
    check(day)


def test_resumed_a_minute_later_corrects_history_and_leaves_the_frozen_minute() -> None:
    """What the wall showed at 09:01 stays; history knows better."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").abandoned("ada")
    day.tick("09:04:00")
    shown = day.minute("09:01")
    assert shown is not None
    assert shown.windows[1].abandoned == 1
    day.at("09:04:00").resumed("ada")
    day.at("09:04:30").answered("ada")
    day.tick("09:06:00")
    assert day.minute("09:01") == shown
    latest = day.minute("09:05")
    assert latest is not None
    assert (latest.windows[30].abandoned, latest.windows[30].answered) == (0, 1)
    assert day.history("09:00", "09:01", "event").counts == {"offered": 1}
    check(day)


def test_resumed_a_finished_leg_that_is_sent_again_corrects_itself() -> None:
    """A platform that re-sends contact records: the newest one says all."""
    day = Story()
    for outcome, left in (("abandoned", "09:00:10"), ("answered", "09:00:40")):
        leg = FinishedLeg(
            event_id=f"ada-{outcome}", at=clock(left), source="node", queue="billing", leg_id="ada",
            outcome=outcome, arrived_at=clock("09:00"), left_at=clock(left),  # type: ignore[arg-type]
            ended_at=clock("09:02") if outcome == "answered" else None,
        )  # fmt: skip
        day.say(leg)
    assert (day.today().offered, day.today().answered, day.today().abandoned) == (1, 1, 0)
    assert day.legs()["ada"].wait_ms == 40 * SECOND
    check(day)


def _added_and_reversed(day: Story) -> tuple[Counts, Counts]:
    day.legs()
    (totals,) = day.unit.committed_totals()
    return totals.added, totals.reversed
