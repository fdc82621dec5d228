"""A page that nobody acknowledges is told to the next, in time, once, and to nobody twice."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.commands import Acknowledged, Muted, Notified, Released
from schemas.commands_book import CommandsBook
from schemas.escalation import Step
from schemas.millis import HOUR, MINUTE
from schemas.owners import Owner
from schemas.queues_toml import parse_queues
from streams.sinks.alertmanager import escalation
from streams.sinks.alertmanager.decide import Known
from streams.sinks.alertmanager.escalation import copies, due
from tests.support.alerts import NOON, alert

HOOK = 'webhook = "http://127.0.0.1:9095/"\n'
DUTY = f'[owners.billing-duty]\n{HOOK}escalate_to = "lead"\nescalate_after = "5m"\n'
LEAD = f'[owners.lead]\n{HOOK}escalate_to = "chief"\nescalate_after = "10m"\n'
CHIEF, NIGHT = f"[owners.chief]\n{HOOK}", f"[owners.night]\n{HOOK}"


def owners(text: str = DUTY + LEAD + CHIEF + NIGHT) -> dict[str, Owner]:
    return {owner.name: owner for owner in parse_queues(text, {}).owners}


def told(**changes: Any) -> Known:
    """A firing alert that Alertmanager has."""
    firing = alert(**changes)
    return Known(firing, NOON, NOON, posted=firing, posted_at=NOON)


class Shift:
    """What follows as time goes on, with the records that are written on the way."""

    def __init__(self, text: str = DUTY + LEAD + CHIEF + NIGHT) -> None:
        self.book = CommandsBook()
        self.owners = owners(text)

    def at(self, after_ms: int, known: Known | None = None) -> list[tuple[int, tuple[str, ...]]]:
        """The steps that are taken then, each with who is told."""
        found = due([known or told()], self.book, self.owners, NOON + after_ms)
        for each in found:
            self.book.apply(each)
        return [(each.step, each.to) for each in found]


def test_each_next_one_is_told_when_nobody_has_it_for_so_long_and_last_all() -> None:
    shift = Shift()
    assert shift.at(0) == [(0, ("billing-duty",))]
    assert shift.at(0) == []
    assert shift.at(5 * MINUTE - 1) == []
    assert shift.at(5 * MINUTE) == [(1, ("lead",))]
    assert shift.at(5 * MINUTE) == []
    assert shift.at(15 * MINUTE - 1) == []
    assert shift.at(15 * MINUTE) == [(2, ("chief",))]
    assert shift.at(25 * MINUTE) == [(3, ("night",))]  # the only one of all who was not told
    assert shift.at(24 * HOUR) == []


def test_the_time_counts_from_the_step_before_whenever_that_came() -> None:
    """The machine slept, or notify was down: nobody is passed over in one go."""
    shift = Shift()
    assert shift.at(0) == [(0, ("billing-duty",))]
    assert shift.at(HOUR) == [(1, ("lead",))]
    assert shift.at(HOUR) == []
    assert shift.at(HOUR + 10 * MINUTE) == [(2, ("chief",))]


@pytest.mark.parametrize(
    "known",
    [
        Known(alert(), NOON, NOON),  # nobody was told yet
        told(severity="warn"),
        told(replay=True),
        told(state="resolved"),
        told(owner="unknown"),
    ],
)
def test_only_a_page_that_was_told_escalates(known: Known) -> None:
    shift = Shift()
    assert shift.at(0, known) == []
    assert shift.at(HOUR, known) == []


def test_nobody_more_is_told_while_it_is_calm() -> None:
    shift = Shift()
    assert shift.at(0, told(calm=True)) == []
    assert shift.at(0) == [(0, ("billing-duty",))]
    assert shift.at(HOUR, told(calm=True)) == []
    assert shift.at(HOUR) == [(1, ("lead",))]  # it rose again, and nobody has it


def test_whom_the_way_in_use_does_not_reach_is_not_said_to_be_told() -> None:
    book, chain = CommandsBook(), owners()
    for after_ms in (0, 5 * MINUTE, 15 * MINUTE):
        for step in due([told()], book, chain, NOON + after_ms, frozenset({"chief", "night"})):
            book.apply(step)
    first, second, third = book.notified(alert())
    assert (first.told, first.untold) == ((), ("billing-duty",))
    assert (second.told, second.untold) == ((), ("lead",))
    assert second.note == "step 1: not reached: lead"
    assert (third.told, third.untold) == (("chief",), ())
    assert {each.told_first for each in copies(alert(), book)} == {""}


def test_nobody_waits_for_whom_nothing_reaches() -> None:
    """The step of an owner whose addresses all fail, or who has none, lasts no minute."""
    shift = Shift()

    def at(after_ms: int, reached: frozenset[str] | None) -> list[tuple[str, ...]]:
        taken = due([told()], shift.book, shift.owners, NOON + after_ms, reached)
        for each in taken:
            shift.book.apply(each)
        return [each.to for each in taken]

    assert at(0, frozenset({"lead", "chief"})) == [("billing-duty",)]
    assert at(1_000, frozenset({"lead", "chief"})) == [("lead",)]
    assert at(2_000, frozenset({"lead", "chief"})) == []
    assert at(3_000, None) == []  # Alertmanager does not say whom it reaches
    assert at(90_000, frozenset({"chief"})) == [("chief",)]  # the addresses of lead began to fail
    assert at(91_000, frozenset({"chief"})) == []


def test_who_has_it_or_muted_it_stops_the_chain() -> None:
    shift = Shift()
    shift.at(0)
    shift.book.apply(Acknowledged(who="ann", at=NOON, alert_id=alert().alert_id))
    assert shift.at(24 * HOUR) == []  # however long ago: it is listed with its age
    shift.book.apply(Released(who="ann", at=NOON + 24 * HOUR, alert_id=alert().alert_id))
    assert shift.at(24 * HOUR + 5 * MINUTE - 1) == []
    assert shift.at(24 * HOUR + 5 * MINUTE) == [(1, ("lead",))]
    muted = Shift()
    muted.book.apply(Muted(who="ann", at=NOON, mute_id="m", until=NOON + HOUR, queue="billing"))
    assert muted.at(0) == []  # nobody was told of it
    assert muted.at(HOUR) == [(0, ("billing-duty",))]
    assert muted.at(HOUR + 5 * MINUTE) == [(1, ("lead",))]


def test_a_file_that_changes_takes_nothing_back_and_holds_for_what_follows() -> None:
    shift = Shift()
    shift.at(0)
    shift.owners = owners(DUTY.replace("lead", "night").replace("5m", "20m") + LEAD + CHIEF + NIGHT)
    assert shift.at(5 * MINUTE) == [(0, ("billing-duty",))]  # the same step, with another next
    (first,) = shift.book.notified(alert())
    assert (first.at, first.next_to, first.next_after_ms) == (NOON, ("night",), 20 * MINUTE)
    assert shift.at(20 * MINUTE) == [(1, ("night",))]
    shift.owners = owners(DUTY + LEAD + CHIEF + NIGHT)
    assert shift.at(20 * MINUTE) == [(1, ("night",))]  # its next is told
    assert shift.at(25 * MINUTE) == [(2, ("lead",))]
    shift.owners = {}
    assert shift.at(HOUR) == [(2, ("lead",))]  # there is no next
    assert shift.book.next_step_at(alert()) is None
    assert shift.at(HOUR) == []


def test_another_owner_begins_a_chain_of_his_own() -> None:
    shift = Shift()
    shift.at(0)
    shift.at(5 * MINUTE)
    assert shift.at(6 * MINUTE, told(owner="lead")) == [(0, ("lead",))]
    assert shift.at(16 * MINUTE, told(owner="lead")) == [(1, ("chief",))]


def test_each_further_owner_has_an_alert_of_his_own() -> None:
    shift = Shift()
    assert list(copies(alert(), shift.book)) == []
    shift.at(0)
    assert list(copies(alert(), shift.book)) == []
    shift.at(5 * MINUTE)
    shift.book.apply(_step(2, ("chief", "night")))
    found = list(copies(alert(), shift.book))
    assert [(each.alert.owner, each.step, each.told_first) for each in found] == [
        ("lead", 1, "billing-duty"), ("chief", 2, "billing-duty"), ("night", 2, "billing-duty"),
    ]  # fmt: skip
    had = Acknowledged(who="ann", at=NOON, alert_id=alert().alert_id)
    shift.book.apply(had)
    for state in ("firing", "resolved"):  # it goes on as long as the alert, and ends with it
        ended = alert(state)
        expected = [replace(ended, owner=owner) for owner in ("lead", "chief", "night")]
        assert [each.alert for each in copies(ended, shift.book)] == expected
        assert {each.told_first for each in copies(ended, shift.book)} == {""}


def _step(step: int, to: tuple[str, ...]) -> Notified:
    return Notified(
        who="notify", at=NOON, alert_id=alert().alert_id, owner=alert().owner, step=step, to=to
    )


def test_names_of_everybody_do_not_make_a_record_that_cannot_be_read() -> None:
    names = tuple(f"owner {n} of a large organisation" for n in range(40))
    step = escalation._notified(alert(), 1, names, [Step(1, names)], NOON, None)
    assert len(step.note) == 200
    assert step.to == names
