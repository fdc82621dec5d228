"""Faust's app behind the port: its signals and names become calls of ours."""

from types import SimpleNamespace
from typing import Any

from aiokafka.errors import IllegalStateError
from faust.types import TP

from streams.wiring.consumer import Partition
from streams.wiring.faust_app import EndedError, FaustConsumer, create_consumer, settings
from streams.wiring.options import StreamOptions
from tests.support.engines import CALLS0, OPTIONS, new_engine, owned_unit, recovering


async def test_a_complete_rebalance_awaits_the_recovery_of_the_assignment() -> None:
    engine = new_engine()
    recovery = recovering(engine, [owned_unit(first=7)])
    consumer: Any = create_consumer(OPTIONS, engine)
    consumer._app.consumer = SimpleNamespace(
        assignment=lambda: {TP("x-calls", 10), TP("x-calls", 9), TP("x-agents", 0)}
    )
    await consumer._app.on_rebalance_complete.send()
    assert recovery.assignments == [
        [Partition("x-agents", 0), Partition("x-calls", 9), Partition("x-calls", 10)]
    ]
    assert engine.resume_at() == {CALLS0: 7}


async def test_both_inputs_have_a_processor_that_works_alone() -> None:
    consumer: Any = create_consumer(OPTIONS, new_engine())
    agents = consumer._app.agents.values()
    topics = {topic for agent in agents for topic in agent.channel.topics}
    assert topics == {"x-calls", "x-agents"}
    assert {agent.concurrency for agent in agents} == {1}


async def test_why_it_ended_is_told_even_where_it_gave_no_reason() -> None:
    async def at_once() -> None:
        """It is stopped already."""

    for reason, kind in ((OSError("gone"), OSError), (None, EndedError)):
        app: Any = SimpleNamespace(wait_until_stopped=at_once, crash_reason=reason)
        assert isinstance(await FaustConsumer(app).wait_until_ended(), kind)


async def test_a_partition_that_is_not_assigned_has_no_end_and_is_not_sought() -> None:
    def refuse(*_: object) -> int:
        raise IllegalStateError("not assigned")

    async def refuse_later(_: object) -> None:
        refuse()

    consumer: Any = create_consumer(OPTIONS, new_engine())
    fetching = consumer._app.consumer
    fetching.highwater, fetching.seek_wait = refuse, refuse_later
    assert consumer.highwater(CALLS0) is None
    await consumer.seek(CALLS0, 5)
    assert consumer.seeks(CALLS0) == 1  # chunks fetched before are stale nevertheless


def test_a_worker_keeps_its_partitions_over_a_restart_unless_it_is_dynamic() -> None:
    static = StreamOptions("a:1, b:2", "x-", instance="north", session_s=6.0)
    assert settings(static)["consumer_group_instance_id"] == "x-north"
    assert settings(static)["broker"] == ["kafka://a:1", "kafka://b:2"]
    assert settings(static)["broker_session_timeout"] == 6.0
    dynamic = StreamOptions("a:1", static_member=False)
    assert settings(dynamic)["consumer_group_instance_id"] is None


def test_a_rebuilding_of_the_state_does_not_cost_the_membership() -> None:
    rebuilding = StreamOptions("a:1", rebuild_state=True)
    assert settings(rebuilding)["broker_max_poll_interval"] >= rebuilding.recovered_within_s
