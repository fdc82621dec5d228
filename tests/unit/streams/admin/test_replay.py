"""What can be told of a replay from its bytes alone."""

import pytest

from schemas.codec import encode
from schemas.quarantine import Quarantined
from streams.admin.quarantine import entries
from streams.admin.replay import still_bad
from tests.support.builders import MONDAY, agent, call

EVENT = encode(call("queued", "ada", MONDAY))


def told(origin: str, value: bytes, now: int = MONDAY) -> str | None:
    (entry,) = entries([Quarantined(origin, 1, "not_json", "", MONDAY, "")])
    return still_bad(entry, value, now)


def test_a_good_event_may_be_sent() -> None:
    assert told("calls-0", EVENT) is None
    assert told("agents-0", encode(agent("available", "ann", MONDAY))) is None


def test_a_bad_one_is_not_sent_again() -> None:
    assert str(told("calls-0", b"{")).startswith("still not_json: ")
    assert str(told("agents-0", EVENT)).startswith("still unknown_type: ")


@pytest.mark.parametrize(("now", "sent"), [(MONDAY - 5_000, True), (MONDAY - 5_001, False)])
def test_one_from_the_future_waits_for_its_time(now: int, sent: bool) -> None:
    why = told("calls-0", EVENT, now)
    assert why == (
        None if sent else "still in the future: can be replayed from 2026-03-02T00:00:00Z on"
    )


def test_of_an_output_only_its_reader_knows() -> None:
    assert told("legs-0", b"{") is None
