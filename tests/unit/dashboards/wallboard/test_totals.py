"""Sums over queues."""

from msgspec.structs import replace

from dashboards.wallboard.page import AgentCounts, Share
from dashboards.wallboard.view import board
from schemas.attention import Attention
from schemas.counters import Counts
from tests.support.floors import snapshot, targets
from tests.support.walls import NOW, latest_of, person


def test_a_person_who_paused_in_one_queue_counts_once_and_where_that_is_all_as_away() -> None:
    latest = latest_of(
        snapshot(NOW, queue="a", agents={"not_ready": 1}),
        snapshot(NOW, queue="b", agents={"available": 1}),
        promises=(targets(queue="a", centre="fleet"), targets(queue="b")),
        people=(replace(person("ada", "idle", "a", "b"), not_ready_queues=("a",)),),
    )
    wall = board(latest, NOW)
    assert wall.all.agents == AgentCounts(free=1, busy=0, wrap=0, away=0)
    assert [(group.id, group.agents) for group in wall.centres] == [
        ("fleet", AgentCounts(free=0, busy=0, wrap=0, away=1)),
        ("water", AgentCounts(free=1, busy=0, wrap=0, away=0)),
    ]


def test_totals_add_counts_and_count_a_person_once() -> None:
    small = Counts(offered=1, answered=1, answered_in_target=0)
    large = Counts(offered=99, answered=99, answered_in_target=99)
    promises = (targets(queue="a"), targets(queue="b"), targets(queue="c", centre="fleet"))
    latest = latest_of(
        snapshot(NOW, queue="a", windows={30: small}, waiting=2, oldest_arrived_at=NOW - 9_000, agents={"available": 2}),
        snapshot(NOW, queue="b", windows={30: large}, waiting=1, oldest_arrived_at=NOW - 3_000, agents={"talking": 1}),
        snapshot(NOW - 60_000, queue="c", windows={30: small}, waiting=50, agents={"available": 1}),
        promises=promises,
        people=(
            person("ada", "idle", "a", "b"),
            person("bob", "talking", "b"),
            person("cy", "idle", "c"),
            person("di", "idle", "a", routing="logged_out"),
        ),
    )  # fmt: skip
    wall = board(latest, NOW)
    everything = wall.all
    assert (everything.queues, everything.counted, everything.waiting) == (3, 2, 3)
    assert everything.service_level == Share(n=100, numerator=99, value=0.99, text="99")
    assert (everything.oldest_wait_ms, everything.ticking) == (9_000, True)
    assert everything.agents is not None
    assert (everything.agents.free, everything.agents.busy) == (1, 1)
    assert [(group.id, group.waiting) for group in wall.centres] == [("fleet", None), ("water", 3)]
    assert [(group.name, group.queues) for group in wall.departments] == [("Works", 3)]
    assert wall.messages == ("1 of 3 queues without data",)


def test_a_group_is_not_well_while_a_queue_of_it_is_not_heard_of() -> None:
    promises = (
        targets(queue="a"),
        targets(queue="b"),
        targets(queue="c", centre="fleet"),
        targets(queue="d", centre="office"),
    )
    well = Attention("ok")
    latest = latest_of(
        snapshot(NOW, queue="a", attention=well),
        snapshot(NOW - 60_000, queue="b", attention=well),
        snapshot(NOW - 15_000, queue="c", attention=well),
        snapshot(NOW, queue="d", attention=Attention("closed", "opens at 08:00")),
        promises=promises,
    )
    signs = {group.id: (group.sign.level, group.sign.word) for group in board(latest, NOW).centres}
    assert signs == {
        "water": ("none", "NO DATA"),
        "fleet": ("none", "STALE"),
        "office": ("none", "CLOSED"),
    }


def test_a_sum_below_the_goals_of_its_calls_is_not_rounded_up_to_them() -> None:
    """84.7 % of two queues that promise 85 % was shown as 85 %."""
    counts = Counts(offered=236, answered=236, answered_in_target=200)
    latest = latest_of(
        *(snapshot(NOW, queue=queue, goal=0.85, windows={30: counts}) for queue in ("a", "b")),
        promises=(targets(queue="a", goal=0.85), targets(queue="b", goal=0.85)),
    )
    level = board(latest, NOW).all.service_level
    assert level is not None
    assert (level.numerator, level.n, level.text) == (400, 472, "84")
