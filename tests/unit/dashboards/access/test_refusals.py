from dashboards.access.refusals import (
    EVERY_MS,
    MOST_KINDS,
    OTHERS,
    UNKNOWN,
    Actor,
    Counted,
    Refusals,
    Refused,
)

NOW = 1_000_000_000


def refused(address: str = "a") -> Refused:
    return Refused(Actor(UNKNOWN, "", address), "a wrong token")


def test_the_first_is_told_at_once_and_the_others_as_a_number() -> None:
    refusals = Refusals()
    assert refusals.refused(refused(), NOW) == [Counted(refused())]
    assert [refusals.refused(refused(), NOW + n) for n in range(99)] == [[]] * 99
    assert refusals.due(NOW + EVERY_MS) == [Counted(refused(), 99)]
    assert refusals.due(NOW + 2 * EVERY_MS) == []


def test_a_flood_from_everywhere_is_a_bounded_number_of_entries_and_none_is_lost() -> None:
    refusals = Refusals()
    told = [e for n in range(5_000) for e in refusals.refused(refused(str(n)), NOW)]
    told += refusals.due(NOW + EVERY_MS)
    assert len(told) == MOST_KINDS + 2
    assert sum(each.times for each in told) == 5_000
    assert told[-1].refused.actor.address == OTHERS
