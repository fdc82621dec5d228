"""Who shares whose agents."""

from dashboards.wallboard.page import Spare
from dashboards.wallboard.view import board
from tests.support.floors import snapshot, targets
from tests.support.walls import ACT, NOW, latest_of, person

POOL = ("a", "b", "c", "d")


def test_queues_with_the_very_same_agents_say_so() -> None:
    shown = [snapshot(NOW, queue=queue, agents={"talking": 3}) for queue in (*POOL, "e")]
    people = (*(person(each, "talking", *POOL) for each in ("ada", "bo")), person("cy", "talking", "e", "a"))  # fmt: skip
    wall = board(latest_of(*shown, promises=tuple(targets(queue=q) for q in POOL), people=people), NOW)  # fmt: skip
    shared = {row.queue: row.shared_with for row in wall.rows}
    assert shared == {"a": (), "b": ("c", "d"), "c": ("b", "d"), "d": ("b", "c"), "e": ()}


def test_agents_of_the_same_centre_come_first_and_no_other_department_is_asked() -> None:
    def spare(*others: str) -> Spare | None:
        promises = (
            targets(queue="late"), targets(queue="near", name="Near"),
            targets(queue="far", name="Far", centre="fleet"), targets(queue="other", department="city"),
        )  # fmt: skip
        late = snapshot(NOW, queue="late", waiting=1, oldest_arrived_at=NOW, attention=ACT)
        shown = [snapshot(NOW, queue=each, agents={"available": 1}) for each in others]
        people = [person(f"{each}-{n}", "idle", each) for each in others for n in range(1 + (each == "far"))]  # fmt: skip
        wall = board(latest_of(late, *shown, promises=promises, people=tuple(people)), NOW)
        return next(row.spare for row in wall.rows if row.queue == "late")

    assert spare("near", "far", "other") == Spare("near", "Near", 1)
    assert spare("far", "other") == Spare("far", "Far", 2)
    assert spare("other") is None
