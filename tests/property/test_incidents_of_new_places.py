"""Who begins to watch a busy platform is told of no incident that is none, and of a burst pipe with its fifth caller.

Days of callers by chance, which no seed of another test draws; what is said of rates holds for each of them.
"""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.millis import HOUR, SECOND
from schemas.reports import Passed, Report
from tests.support.builders import NODE, clock
from tests.support.reporting import NO_WATER, PIPES, Desk, report

Place = tuple[str, str, str, float]  # queue, topic, area, callers an hour

CITY: Place = (NO_WATER, "rates", "city", 71.0)
QUIET: list[Place] = [(PIPES, f"topic-{n % 6}", f"ward-{n // 6}", 0.3) for n in range(60)]
DIAGONAL: list[Place] = [(PIPES, f"topic-{n}", f"ward-{n}", 40.0) for n in range(6)]
UNEQUAL: list[Place] = [
    (PIPES, f"topic-{n % 5}", f"ward-{n // 5}", 0.3 * 2.2 ** (n * 7 % 8)) for n in range(20)
]


def callers(draw: Random, places: list[Place], start: int, end: int) -> list[Report]:
    found = []
    for queue, topic, area, rate in places:
        at = float(start)
        while (at := at + draw.expovariate(rate) * HOUR) < end:
            name = f"{topic}/{area}/{at:.0f}"
            found.append(report(name, int(at), queue=queue, topic=topic, area=area))
    return sorted(found, key=lambda each: each.at)


def live(desk: Desk, calls: list[Report], end: int) -> Desk:
    for each in calls:
        desk.say(each)
        desk.say(Passed(0, NODE, each.at))
    return desk.say(Passed(0, NODE, end))


DAYS = [
    ("one busy place", [CITY]),
    ("one busy place among quiet ones", [CITY, *QUIET]),
    ("each topic from one ward", DIAGONAL),
    ("places of very unequal rates", UNEQUAL),
]


@pytest.mark.parametrize("start", ["08:00", "08:40", "11:00"])
@pytest.mark.parametrize(("name", "places"), DAYS)
def test_a_first_day_of_steady_places_has_no_incident(
    name: str, places: list[Place], start: str
) -> None:
    begin = clock(start)
    calls = callers(Random(f"{name}/{start}"), places, begin, begin + 5 * HOUR)
    assert live(Desk(), calls, begin + 5 * HOUR).states() == []


@pytest.mark.parametrize("seed", range(3))
def test_a_queue_that_opens_later_than_others_has_a_first_hour_of_its_own(seed: int) -> None:
    draw, nine = Random(f"opens/{seed}"), clock("09:00")
    offices: list[Place] = [(NO_WATER, f"office-{n % 3}", f"desk-{n // 3}", 15.0) for n in range(9)]
    calls = callers(draw, QUIET, clock("07:00"), clock("12:00"))
    calls += callers(draw, offices, nine, clock("12:00"))
    early = report("early", clock("07:20"), queue=NO_WATER, topic="office-1", area="desk-1")
    calls = sorted([*calls, early], key=lambda each: each.at)
    assert live(Desk(), calls, clock("12:00")).states() == []


@pytest.mark.parametrize("hours", [1, 3, 6])
def test_a_partition_that_is_read_after_the_others_has_no_incident(hours: int) -> None:
    """A backlog: the first partition is read to its end before anything is heard of the second one."""
    draw, begin = Random(f"backlog/{hours}"), clock("08:00")
    end = begin + hours * HOUR
    desk = live(Desk(), callers(draw, QUIET, begin, end), end)
    for number, each in enumerate(callers(draw, [CITY, *DIAGONAL], begin, end)):
        desk.say(each)
        if number % 20 == 0:
            desk.say(Passed(1, NODE, each.at))
    assert desk.say(Passed(1, NODE, end)).states() == []


@pytest.mark.parametrize("hour", ["09:10", "11:10", "14:10"])
@pytest.mark.parametrize("busy", [[], [CITY]])
def test_the_fifth_caller_of_a_quiet_place_is_told_on_the_first_day(
    busy: list[Place], hour: str
) -> None:
    draw, burst = Random(f"pipe/{hour}"), clock(hour)
    calls = callers(draw, [*busy, *QUIET], clock("08:00"), burst)
    place = {"topic": "topic-1", "area": "ward-5"}
    calls = [each for each in calls if (each.topic, each.area) != tuple(place.values())]
    calls += [report(f"pipe-{n}", burst + 20 * SECOND * n, **place) for n in range(5)]
    (found,) = live(Desk(), calls, burst + 5 * 20 * SECOND).states()
    assert found == "ward-5 firing 5"


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.floats(12, 120), st.integers(0, 59))
def test_what_partitions_teach_does_not_depend_on_their_order(
    seed: int, rate: float, minute: int
) -> None:
    draw, begin = Random(seed), clock(f"08:{minute:02}")
    end = clock("12:00")
    first = callers(draw, [(PIPES, "leak", "ward-1", 20.0)], begin, end)
    second = callers(draw, [(NO_WATER, "rates", "city", rate)], begin, end)
    together = live(Desk(), sorted([*first, *second], key=lambda each: each.at), end + 5 * SECOND)
    after = live(Desk(), first, end + 5 * SECOND)
    for each in second:
        after.say(each)
    after.say(Passed(1, NODE, end))
    place = ("rates", "city")
    one, other = (desk.incidents.cells[place].own for desk in (together, after))
    assert other.calls == pytest.approx(one.calls, rel=0.02)
    assert other.hours == pytest.approx(one.hours, abs=1)  # of a first hour that was seen in part
    one_all, other_all = (desk.incidents.baseline for desk in (together, after))
    assert other_all.total == pytest.approx(one_all.total, rel=0.03)
    assert other_all.queues.keys() == one_all.queues.keys()
