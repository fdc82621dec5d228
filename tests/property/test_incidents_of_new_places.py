"""Who begins to watch a busy platform is told of no incident that is none, and of a burst pipe with its fifth caller.

Days of callers by chance, which no seed of another test draws; what is said of rates holds for each of them.
"""

from random import Random
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.millis import HOUR, SECOND
from schemas.reports import Passed, Report, ReportsRecord
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


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("place", ["street", "ward"])
def test_a_platform_that_is_connected_after_a_day_has_no_incident_in_its_first_hours(
    place: str, seed: int
) -> None:
    """Its places, its own or those of the platform that was there, looked as if nobody had called about them for a day."""
    draw, noon = Random(f"connected/{seed}"), clock("36:05")
    end = noon + 3 * HOUR
    theirs: list[Place] = [(PIPES, f"topic-{n}", f"{place}-0", 12.0) for n in range(6)]
    desk = live(Desk(), callers(draw, QUIET, noon - 26 * HOUR, noon), noon)
    desk.say(Passed(0, "second", noon, since=noon))
    told = [(each, NODE) for each in callers(draw, QUIET, noon, end)]
    told += [(each, "second") for each in callers(draw, theirs, noon, end)]
    for each, node in sorted(told, key=lambda told: told[0].at):
        desk.say(replace(each, leg=(each.leg[0], node, each.leg[2])))
        desk.say(Passed(0, node, each.at))
    desk.say(Passed(0, "second", end)).say(Passed(0, NODE, end))
    assert desk.states() == []


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


class Incident(NamedTuple):
    """Of one place: callers since `since` are not ordinary, nor is any hour at whose end it went on. Hours up to `ended` had been
    learned when it was raised; its callers were taken out of them.
    """

    since: int
    ended: int
    closed_at: int | None

    def holds_at(self, end: int) -> bool:
        return end > self.ended and (self.closed_at is None or end < self.closed_at)

    def took(self, at: int) -> bool:
        end = at // HOUR * HOUR + HOUR
        return at >= self.since if end <= self.ended else self.holds_at(end)


class Seen:
    """A desk to which partitions tell their calls, and the incidents that it found while it read them."""

    def __init__(self) -> None:
        self.desk = Desk()
        self._begun: dict[tuple[str, int], int] = {}  # by area and first call: hours learned before

    def say(self, told: ReportsRecord, *, moves_time: bool) -> None:
        self.desk.say(told)
        found = self.desk.incidents
        boundary = (found.boundary or 0) - moves_time  # an hour that ends now is learned after it
        for place in found.open:
            begun = place[1], found.cells[place].since
            self._begun.setdefault(begun, boundary // HOUR * HOUR)

    def read(self, told: list[Report], end: int, *, moves_time: bool) -> "Seen":
        """Of the first partition, whose clock moves time, or of one that is read when all of its time has passed."""
        for each in told:
            self.say(each, moves_time=moves_time)
            if moves_time:
                self.say(Passed(0, NODE, each.at), moves_time=True)
        self.say(Passed(int(not moves_time), NODE, end), moves_time=moves_time)
        return self

    def incidents(self, area: str) -> list[Incident]:
        begun = sorted(each for each in self._begun if each[0] == area)
        alerts = [each for each in self.desk.alert_records() if each.area == area]
        return [
            Incident(each[1], self._begun[each], alert.resolved_at)
            for each, alert in zip(begun, alerts, strict=True)
        ]

    def taught(self, told: list[Report]) -> tuple[int, int]:
        """Callers of one place, and hours, that are ordinary: by a plain look at each."""
        found = self.incidents(told[0].area)
        first = told[0].at // HOUR * HOUR + HOUR
        return (
            sum(not any(each.took(call.at) for each in found) for call in told),
            sum(
                not any(each.holds_at(end) for each in found)
                for end in range(first, clock("12:00") + HOUR, HOUR)
            ),
        )


# By chance the calls of one street look like an incident beside those of the other; nothing is known of these in the other order.
@example(118134, 12.0, 4)
@settings(max_examples=15)
@given(st.integers(0, 2**32), st.floats(12, 120), st.integers(0, 59))
def test_what_partitions_teach_does_not_depend_on_their_order(
    seed: int, rate: float, minute: int
) -> None:
    """But for incidents: what is known when a call is judged raises one or not, and what it took is not ordinary."""
    draw, begin = Random(seed), clock(f"08:{minute:02}")
    end = clock("12:00")
    first = callers(draw, [(PIPES, "leak", "ward-1", 20.0)], begin, end)
    second = callers(draw, [(NO_WATER, "rates", "city", rate)], begin, end)
    by_time = sorted([*first, *second], key=lambda each: each.at)
    together = Seen().read(by_time, end + 5 * SECOND, moves_time=True)
    after = (
        Seen().read(first, end + 5 * SECOND, moves_time=True).read(second, end, moves_time=False)
    )
    for seen in (together, after):
        (of_first, _), (calls, hours) = seen.taught(first), seen.taught(second)
        own = seen.desk.incidents.cells["rates", "city"].own
        assert own.calls == pytest.approx(calls, rel=0.01)
        assert own.hours == pytest.approx(hours, abs=1)  # of a first hour that was seen in part
        assert seen.desk.incidents.baseline.total == pytest.approx(of_first + calls, rel=0.015)
    one, other = (seen.desk.incidents.baseline.queues for seen in (together, after))
    assert other.keys() == one.keys()
