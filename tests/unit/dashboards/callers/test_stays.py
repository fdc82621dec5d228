"""What is remembered of stays: the newest version of each, of the live feed, for 26 hours."""

import pytest
from msgspec.structs import replace

from dashboards.callers import stays as module
from dashboards.callers.stays import REACH_MS, Stays
from schemas.codec import UndecodableError, encode
from schemas.millis import HOUR
from schemas.timing import AHEAD_OF_BROKER_MS
from tests.support.callers import ANN, BO, OTHER, QUEUE, came, stay_of, stays_of
from tests.support.walls import NOW


def test_the_newest_version_of_a_stay_holds_in_any_order() -> None:
    first = came("a")
    gone = replace(came("a", "abandoned"), version=2)
    for rows in ((first, gone), (gone, first), (gone, gone)):
        stays = stays_of(*rows)
        assert len(stays) == 1
        assert stay_of(stays, first).outcome == "abandoned"
        assert [each.key[1] for each in stays.gone(QUEUE)] == ["a"]
    back = replace(first, version=3)  # the platform says that the caller waits after all
    assert list(stays_of(gone, back).gone(QUEUE)) == []


def test_stays_of_one_call_and_of_one_caller() -> None:
    first = came("a", "transferred", before=3 * HOUR, contact_id="c1")
    then = came("b", queue=OTHER, contact_id="c1")
    elsewhere = came("x", contact_id="c1", source="node-2", caller=BO)
    alone = came("d", before=2 * HOUR)
    stays = stays_of(then, first, elsewhere, alone)
    assert [each.key[1] for each in stays.of_call(stay_of(stays, then))] == ["a", "b"]
    assert [each.key[1] for each in stays.of_call(stay_of(stays, alone))] == ["d"]
    assert [each.key[1] for each in stays.of_caller(ANN)] == ["a", "d", "b"]
    assert stays.of_caller("") == []


def test_a_caller_that_is_told_later_is_found_by_it() -> None:
    stays = stays_of(came("a", caller=""), replace(came("a"), version=2))
    assert [each.key[1] for each in stays.of_caller(ANN)] == ["a"]


def test_one_id_of_two_nodes_is_nobody_in_particular() -> None:
    stays = stays_of(came("a"), came("a", source="node-2", caller=BO))
    assert stays.of_leg(QUEUE, "a", NOW - 60_000) is None
    later = came("a", source="node-3", before=30_000)
    stays.take(encode(later))
    assert stay_of(stays, later).key[2] == "node-3"


def test_history_tells_of_nobody_of_now() -> None:
    stays = Stays()
    assert not stays.take(encode(came("a", "abandoned", feed="history")))
    assert len(stays) == 0
    with pytest.raises(UndecodableError):
        stays.take(b"{")


def test_what_is_too_old_is_forgotten_and_is_said() -> None:
    stays = stays_of(
        came("old", "abandoned", before=REACH_MS + 1),
        came("new", before=REACH_MS),
        known_since=None,
    )
    stays.whole(NOW - 48 * HOUR)
    assert stays.known_since == NOW - 48 * HOUR + AHEAD_OF_BROKER_MS
    stays.forget(NOW)
    assert [each.key[1] for each in stays.of_caller(ANN)] == ["new"]
    assert list(stays.gone(QUEUE)) == []
    assert stays.known_since == NOW - REACH_MS + AHEAD_OF_BROKER_MS


def test_what_is_too_much_is_forgotten_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    stays = stays_of(
        *(came(name, before=age) for name, age in (("a", 3000), ("b", 2000), ("c", 1)))
    )
    stays.forget(NOW)
    assert [each.key[1] for each in stays.of_caller(ANN)] == ["b", "c"]
    assert stays.known_since == NOW - 2999 + AHEAD_OF_BROKER_MS


def test_it_begins_again_knowing_nothing() -> None:
    stays = stays_of(came("a"))
    stays.begin()
    assert (stays.known_since, len(stays), stays.of_caller(ANN)) == (None, 0, [])
