"""Legs by the minute of their first event; cold packs are bytes, old ones leave."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.calls import FinishedLeg, LegEvent
from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.calls_pieces import decode_own_legs, encode_legs
from streams.core.leg import Leg
from streams.core.leg_store import Entry, LegStore, entry_of
from streams.core.verdict import judge
from tests.support.builders import MONDAY, as_key, call, told
from tests.unit.streams.core.test_line import entry

AT = MONDAY


def stored(*legs: tuple[LegEvent, ...], unwritten: set[int] | None = None) -> LegStore:
    """Legs that were written; what changes from here on is noted in `unwritten`."""
    noted: set[int] = set() if unwritten is None else unwritten
    store = LegStore(noted)
    for facts in legs:
        made = entry(*facts)
        store.add(made, as_it_was)
        store.touch(made.leg)
    noted.clear()
    return store


def as_it_was(leg: Leg) -> Entry:
    return entry_of(leg, judge(leg, None, out_of_hours=False), 1)


CLOSED = (call("queued", "ada", AT), call("abandoned", "ada", AT + 9))
OPEN = (call("queued", "eve", AT),)
NOWHERE = (call("abandoned", "ghost", AT),)


def test_a_closed_pack_turns_cold_and_comes_back_the_same() -> None:
    store = stored(CLOSED)
    store.chill(AT + 15 * MINUTE)
    store.chill(AT + 15 * MINUTE + 9)
    assert store.entry_of[as_key("ada")].leg == entry(*CLOSED).leg  # not yet
    store.chill(AT + 15 * MINUTE + 10)
    assert not store.entry_of
    pack = store.cold_of[as_key("ada")]
    assert (pack.entries, pack.keys) == ([], (as_key("ada"),))
    assert store.encode(AT // MINUTE) == pack.cold
    store.thaw(pack, lambda _: entry(*CLOSED))
    assert (store.entry_of, store.cold_of) == ({as_key("ada"): entry(*CLOSED)}, {})
    assert store.encode(AT // MINUTE) is not None


def restored(*packs: list[tuple[LegEvent, ...]], is_own: bool = True) -> LegStore:
    """Packs as they are read back."""
    store = LegStore(set())
    for pack in packs:
        legs = [told(*facts) for facts in pack]
        store.restore(legs, encode_legs(legs) if is_own else None, as_it_was)
    return store


def test_a_pack_of_calls_that_are_over_is_read_back_cold() -> None:
    store = restored([CLOSED, (call("queued", "bob", AT), call("exited", "bob", AT + 5))])
    assert store.entry_of == {}
    assert store.cold_of.keys() == {as_key("ada"), as_key("bob")}
    assert not store.is_unknown(as_key("ada"))
    assert store.packs[AT // MINUTE].last_at == AT + 9
    store.thaw_since(AT + 10, as_it_was)
    assert store.entry_of == {}
    store.thaw_since(AT + 9, as_it_was)
    assert store.entry_of.keys() == {as_key("ada"), as_key("bob")}
    assert store.cold_of == {}
    assert store.entry_of[as_key("ada")] == as_it_was(told(*CLOSED))
    store.chill(AT + HOUR)
    assert store.entry_of.keys() == set()


@pytest.mark.parametrize("other", [OPEN, NOWHERE, (call("answered", "cat", AT),)])
def test_a_pack_with_a_call_that_is_not_over_is_read_back_warm(
    other: tuple[LegEvent, ...],
) -> None:
    store = restored([CLOSED, other])
    assert store.cold_of == {}
    assert len(store.entry_of) == 2


def test_a_pack_of_a_former_release_is_read_back_warm() -> None:
    store = restored([CLOSED], is_own=False)
    assert (store.cold_of, list(store.entry_of)) == ({}, [as_key("ada")])


def test_a_leg_is_unknown_only_where_no_node_can_have_it() -> None:
    one, other = as_key("ada", source="north"), as_key("ada", source="south")
    store = stored((call("queued", "ada", AT, source="north"),))
    assert store.is_unknown(as_key("bob", source="north"))
    assert not store.is_unknown(one)
    assert not store.is_unknown(other)  # perhaps another source of the same call
    assert not store.is_unknown(as_key("ada", AT, source="north"))  # begun without a visit
    two = stored(
        (call("queued", "ada", AT, source="north"),), (call("queued", "bob", AT, source="south"),)
    )
    assert not two.is_unknown(other)
    assert two.is_unknown(as_key("eve", source="south"))
    cold = stored(CLOSED)
    cold.chill(AT + HOUR)
    assert not cold.is_unknown(as_key("ada"))


def test_cold_packs_that_began_before_a_moment_are_found_by_the_node_of_their_legs() -> None:
    store = stored(CLOSED)
    node = as_key("ada")[1]
    assert store.cold_packs(node, AT + 1) == []  # it is warm
    store.chill(AT + HOUR)
    assert store.cold_packs(node, AT) == store.cold_packs("other", AT + 1) == []
    assert store.cold_packs(node, AT + 1) == [store.cold_of[as_key("ada")]]


def test_a_new_leg_of_a_cold_minute_is_written_with_those_that_lie_there() -> None:
    store = stored(CLOSED)
    store.chill(AT + HOUR)
    late = entry(call("queued", "eve", AT + 8))
    store.add(late, as_it_was)
    store.touch(late.leg)
    written = decode_own_legs(store.encode(AT // MINUTE) or b"")
    assert [leg.leg_id for leg in written] == ["ada", "eve"]
    assert (list(store.entry_of), store.cold_of) == ([as_key("ada"), as_key("eve")], {})


def test_what_is_open_or_not_written_yet_stays_warm() -> None:
    for store in (stored(OPEN), stored(NOWHERE)):
        store.chill(AT + HOUR)
        assert all(pack.cold is None for pack in store.packs.values())
    unwritten: set[int] = set()
    changed = stored(CLOSED, unwritten=unwritten)
    unwritten.add(AT // MINUTE)
    changed.chill(AT + HOUR)
    assert all(pack.cold is None for pack in changed.packs.values())


def test_an_old_pack_leaves_and_says_which_legs_could_never_be_counted() -> None:
    unwritten: set[int] = set()
    store = stored(CLOSED, NOWHERE, unwritten=unwritten)
    assert store.evict(AT) == store.evict(AT + MINUTE - 1) == []  # a minute goes as a whole
    (gone,) = store.evict(AT + HOUR)
    assert [leg.leg_id for leg in gone.unplaced] == ["ghost"]
    assert not store.entry_of
    assert store.encode(AT // MINUTE) is None
    assert unwritten == {AT // MINUTE}


def test_a_cold_pack_leaves_as_a_warm_one_does() -> None:
    store = stored(CLOSED)
    store.chill(AT + HOUR)
    store.evict(AT + 6 * HOUR)
    assert not store.cold_of


def test_a_waiting_caller_or_a_conversation_holds_its_pack() -> None:
    talking = (call("queued", "bob", AT), call("answered", "bob", AT + 1))
    for facts in (OPEN, talking):
        store = stored(CLOSED, facts)
        assert store.evict(AT + 6 * HOUR) == []


def test_a_leg_stays_where_it_was_first_heard_of() -> None:
    unwritten: set[int] = set()
    store = stored(OPEN, unwritten=unwritten)
    found = store.entry_of[as_key("eve")]
    found.leg = told(*OPEN, call("answered", "eve", AT + 5 * MINUTE))
    store.touch(found.leg)
    assert (unwritten, list(store.packs)) == ({AT // MINUTE}, [AT // MINUTE])
    assert store.packs[AT // MINUTE].last_at == AT + 5 * MINUTE


def test_a_pack_that_is_warm_again_turns_cold_again_or_leaves() -> None:
    for leaves in (False, True):
        store = stored(CLOSED)
        store.chill(AT + HOUR)
        store.thaw(store.cold_of[as_key("ada")], as_it_was)
        if leaves:
            store.evict(AT + 6 * HOUR)
        else:
            store.chill(AT + HOUR)
        assert not store.entry_of
        assert list(store.cold_of) == ([] if leaves else [as_key("ada")])


def test_a_cold_pack_is_not_packed_again_and_what_left_is_not_looked_for() -> None:
    unwritten: set[int] = set()
    store = stored(CLOSED, unwritten=unwritten)
    store.chill(AT + HOUR)
    store.chill(AT + HOUR)
    assert store.cold_of[as_key("ada")].keys == (as_key("ada"),)
    warm = stored(CLOSED, unwritten=unwritten)
    warm.evict(AT + 6 * HOUR)
    unwritten.clear()  # the checkpoint has written that it is gone
    warm.chill(AT + 6 * HOUR)
    assert not warm.packs


def test_a_pack_stays_as_long_as_its_newest_fact_and_holds_up_no_other() -> None:
    later = (call("queued", "bob", AT), call("abandoned", "bob", AT + 10 * MINUTE))
    next_minute = (call("queued", "eve", AT + MINUTE), call("abandoned", "eve", AT + MINUTE + 9))
    store = stored(later, next_minute)
    assert [gone.minute for gone in store.evict(AT + 10 * MINUTE)] == [AT // MINUTE + 1]
    assert [gone.minute for gone in store.evict(AT + 10 * MINUTE + 1)] == [AT // MINUTE]
    store = stored(OPEN, next_minute)
    assert [gone.minute for gone in store.evict(AT + 10 * MINUTE)] == [AT // MINUTE + 1]


def finished(leg: str) -> FinishedLeg:
    event = call("leg", leg, AT + 9, arrived_at=AT, feed="history")
    assert isinstance(event, FinishedLeg)
    return event


def test_a_leg_counts_as_placed_wherever_it_lies_once_its_arrival_is_known() -> None:
    store = stored(CLOSED, OPEN, NOWHERE)
    assert (store.holds_placed(finished("eve")), store.holds_placed(finished("ghost"))) == (
        True,
        False,
    )
    assert not store.holds_placed(finished("nobody"))
    store = stored(CLOSED)
    store.chill(AT + HOUR)
    assert (store.holds_placed(finished("ada")), store.holds_placed(finished("nobody"))) == (
        True,
        False,
    )


def test_stays_that_share_a_moment_are_one_call() -> None:
    store = stored((call("queued", "bob", AT), call("abandoned", "bob", AT + 9_000)))

    def is_known(arrived_at: int, left_at: int) -> bool:
        event = call("leg", "bob", left_at, arrived_at=arrived_at, feed="history")
        assert isinstance(event, FinishedLeg)
        return store.holds_placed(event)

    assert is_known(AT - 5_000, AT)
    assert not is_known(AT - 5_000, AT - 1)
    assert is_known(AT + 9_000, AT + 20_000)
    assert not is_known(AT + 9_001, AT + 20_000)


def test_a_leg_is_forgotten_when_its_newest_fact_is_old_whoever_called_in_its_minute() -> None:
    later = (call("queued", "bob", AT), call("abandoned", "bob", AT + 10 * MINUTE))
    store = stored(CLOSED, OPEN, later)
    for lies_cold in (False, True):
        if lies_cold:
            store = stored(CLOSED, later)
            store.chill(AT + HOUR)
            assert store.cold_of
        assert not store.is_forgotten(as_key("ada"), AT + 9)
        assert store.is_forgotten(as_key("ada"), AT + 10)
        assert not store.is_forgotten(as_key("bob"), AT + 10 * MINUTE)
        assert store.is_forgotten(as_key("bob"), AT + 10 * MINUTE + 1)
        assert store.is_forgotten(as_key("nobody"), AT)
    assert not stored(OPEN).is_forgotten(as_key("eve"), AT + HOUR)  # she waits
    nowhere = stored(NOWHERE)
    assert (
        nowhere.is_forgotten(as_key("ghost"), AT),
        nowhere.is_forgotten(as_key("ghost"), AT + 1),
    ) == (
        False,
        True,
    )


PBX, DESK = "pbx", "desk"


def visit(began: int, *, until: int | None = None, leg_id: str = "ada") -> tuple[LegEvent, ...]:
    """A stay that its telephone system tells with the visit."""
    about: dict[str, Any] = {"source": PBX, "visit_at": began}
    facts = [call("queued", leg_id, began, **about)]
    if until is not None:
        facts += [call("abandoned", leg_id, until, **about)]
    return tuple(facts)


def key(began: int) -> tuple[str, str, int]:
    return "ada", PBX, began // SECOND


def found(store: LegStore, at: int, source: str = DESK, kind: str = "answered") -> object:
    return store.find(call(kind, "ada", at, source=source))


@pytest.mark.parametrize("source", [PBX, DESK])
def test_an_event_without_a_visit_is_about_the_only_stay_that_goes_on(source: str) -> None:
    store = stored(visit(AT, until=AT + MINUTE), visit(AT + 5 * MINUTE), visit(AT, leg_id="eve"))
    assert found(store, AT + 6 * MINUTE, source) == key(AT + 5 * MINUTE)
    # One that says to queue begins a stay.
    assert found(store, AT + 6 * MINUTE, source, "queued") == ("ada", source, 0)


def test_of_several_stays_that_could_be_meant_none_is_guessed() -> None:
    both = stored(visit(AT), visit(AT + 5 * MINUTE))
    assert found(both, AT + 6 * MINUTE) == ("ada", DESK, 0)
    over = stored(visit(AT, until=AT + 1), visit(AT + MINUTE, until=AT + MINUTE + 1))
    assert found(over, AT + 2 * MINUTE) == ("ada", DESK, 0)


def test_a_stay_that_is_over_is_meant_for_a_quarter_of_an_hour_wherever_it_lies() -> None:
    for is_cold in (False, True):
        store = stored(visit(AT, until=AT + MINUTE))
        if is_cold:
            store.chill(AT + HOUR)
            assert not store.entry_of
        assert found(store, AT + 16 * MINUTE - 1) == key(AT)
        assert found(store, AT + 16 * MINUTE) == ("ada", DESK, 0)


def test_visits_that_come_move_and_leave_are_known_after_the_first_question() -> None:
    store = stored(visit(AT))
    assert found(store, AT + MINUTE) == key(AT)
    later = entry(*visit(AT + 2 * MINUTE))
    store.add(later, as_it_was)
    assert found(store, AT + 3 * MINUTE) == ("ada", DESK, 0)  # two go on now
    moved = replace(later.leg, source="node-2")
    store.move_to_node_of(later, moved)
    assert found(store, AT + 3 * MINUTE, PBX) == key(AT)
    gone = stored(visit(AT, until=AT + 1))
    assert found(gone, AT + 2) == key(AT)
    gone.evict(AT + HOUR)
    assert found(gone, AT + 2) == ("ada", DESK, 0)


def test_warm_legs_come_by_the_minute_and_the_newest_minute_first() -> None:
    later = tuple(replace(fact, leg_id="bo", at=fact.at + MINUTE) for fact in CLOSED)
    store = stored(CLOSED, later, OPEN)
    assert [each.leg.leg_id for each in store.warm_entries()] == ["bo", "ada", "eve"]
    store.chill(AT + HOUR)
    assert [each.leg.leg_id for each in store.warm_entries()] == ["ada", "eve"]
