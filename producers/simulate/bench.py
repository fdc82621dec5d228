"""A generated centre for the benchmark: many equal queues, busy all day, half of the agents with two skills."""

from producers.simulate.centre import Break, Centre, Demand, Person, Scenario, Shift

_SHIFTS = tuple(
    Shift(start * 60, (start + 8) * 60, (Break(180, 20, "tea"), Break(330, 30, "lunch")))
    for start in (0, 8, 16)
)
_EVERY_DAY = tuple(range(7))
_QUEUES_A_CENTRE = 20
_BUSY = 0.8  # share of the agents' time; at this load queues build up and become empty again


def bench_centre(queues: int = 200, calls_an_hour: float = 260.0) -> Centre:
    """`queues` queues with `calls_an_hour` each, and staff to match; about 11 events a call.

    200 queues give a million events in two hours.
    """
    demands = tuple(
        Demand(
            f"bench-{place:04d}",
            f"bench-centre-{place // _QUEUES_A_CENTRE:02d}",
            calls_an_hour * 24,
            talk_median_s=100,
            transfers_to=(f"bench-{(place + 1) % queues:04d}",),
        )
        for place in range(queues)
    )
    handled_s = 100 * 1.5 + 27  # mean of the lognormal talking time, and wrap-up
    a_queue = max(2, round(calls_an_hour * handled_s / 3600 / _BUSY))
    people = tuple(
        Person(f"bench-{shift}-{place:05d}", _skills(place, a_queue, queues), hours, _EVERY_DAY)
        for shift, hours in enumerate(_SHIFTS)
        for place in range(queues * a_queue)
    )
    return Centre("bench", "UTC", demands, people, Scenario("bench", "b", day_sd=0.05))


def _skills(place: int, a_queue: int, queues: int) -> tuple[str, ...]:
    queue = place // a_queue
    own = f"bench-{queue:04d}"
    second = f"bench-{(queue + 1) % queues:04d}"
    return (own, second) if place % 2 and second != own else (own,)
