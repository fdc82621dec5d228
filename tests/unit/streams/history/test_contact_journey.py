"""How long a contact waited in all: an unknown wait is not counted as none."""

from streams.history.contact_journey import Journey


def leg(
    wait_ms: int | None, outcome: str = "answered", direction: str = "inbound"
) -> dict[str, object]:
    return {"wait_ms": wait_ms, "outcome": outcome, "direction": direction}


def test_waits_of_all_inbound_legs_are_added() -> None:
    journey = (
        Journey()
        .after(leg(12_000))
        .after(leg(8_000, "transferred"))
        .after(leg(5_000, direction="outbound"))
    )
    assert journey.figures() == {"journey_wait_s": 20.0, "journey_wait_at_least_s": 20.0}
    assert journey.words() == "waited 20 s in all"


def test_a_wait_that_nobody_knows_leaves_the_least() -> None:
    journey = Journey().after(leg(12_000)).after(leg(None)).after(leg(7_200_000, "ghost"))
    assert journey.figures() == {"journey_wait_s": None, "journey_wait_at_least_s": 12.0}
    assert journey.words() == "waited at least 12 s: 2 waits are not known"


def test_who_was_refused_did_not_wait() -> None:
    assert Journey().after(leg(None, "rejected")).figures()["journey_wait_s"] == 0
