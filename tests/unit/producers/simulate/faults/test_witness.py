"""The witness hands everything on, and lets the recount hear of the calls."""

from producers.simulate.faults.recount import Recount
from producers.simulate.faults.witness import Witness
from tests.support.builders import BILLING, agent, call, clock, mark
from tests.support.faulty import HandClock, Topic


def test_what_is_sent_is_heard_at_the_time_of_the_clock() -> None:
    hand, recount = HandClock(), Recount()
    hand.now = clock("09:00")
    topic = Topic(hand)
    witness = Witness(topic, hand, recount)
    queued, early = call("queued", "ada", clock("09:00")), call("queued", "eve", clock("09:00:06"))
    witness.send_call(queued)
    witness.send_call(early)
    witness.send_mark("calls", mark("restarted", clock("09:00")))  # type: ignore[arg-type]
    witness.send_mark("agents", mark("restarted", clock("09:00")))  # type: ignore[arg-type]
    witness.send_agent(agent("available", "ann", clock("09:00")))
    witness.send_bytes("calls", BILLING, b"{")
    witness.flush()
    assert list(recount.stories) == [(BILLING, "ada")]
    assert recount.stories[BILLING, "ada"].outcome()[0] == "dropped"
    assert recount.refused == {"ahead_of_broker": 1, "malformed": 1}
    assert sum(map(len, topic.partitions)) == 5  # the mark in both partitions
