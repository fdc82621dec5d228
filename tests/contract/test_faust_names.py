"""The transport overrides names that Faust and aiokafka call their own: they must exist as they did."""

import inspect
import subprocess
import sys
from importlib.metadata import version

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.consumer.fetcher import Fetcher
from faust import App, Schema
from faust.tables import TableManager
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer, ConsumerThread, ThreadDelegateConsumer
from faust.transport.drivers import aiokafka as driver

from streams.plumbing.fetch_wait import _AHEAD_AFTER_S
from streams.wiring.faust_transport import (
    BatchApp,
    BatchConsumer,
    BatchConsumerThread,
    BatchSchema,
    BatchTransport,
    NoTables,
)
from tests.support.sources import ROOT, SHIPPED

PARENTS = {
    BatchConsumer: driver.Consumer,
    BatchConsumerThread: driver.AIOKafkaConsumerThread,
    BatchTransport: driver.Transport,
    BatchApp: App,
    BatchSchema: Schema,
    NoTables: TableManager,
}
OURS = {
    "listener", "seeks", "seek_again", "end_of_log", "commit_now", "_seek_all", "_seek_while_paused",
    "_flows", "_note_fetch",
}  # fmt: skip


def test_the_release_is_the_one_that_was_tried() -> None:
    assert version("faust-streaming") == "0.15.3"
    assert version("aiokafka").startswith("0.14.")


@pytest.mark.parametrize("ours", PARENTS, ids=lambda each: each.__name__)
def test_every_overridden_name_exists(ours: type) -> None:
    names = {
        name
        for name in vars(ours)
        if not (name.startswith("__") and name.endswith("__")) and name not in OURS
    }
    assert names
    missing = {name for name in names if not hasattr(PARENTS[ours], name)}
    assert not missing


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Consumer, "_wait_next_records"),
        (Consumer, "perform_seek"),
        (Consumer, "force_commit"),
        (Consumer, "maybe_wait_for_commit_to_finish"),
        (Consumer, "_should_commit"),
        (ThreadDelegateConsumer, "seek_wait"),
        (ThreadDelegateConsumer, "highwater"),
        (driver.Consumer, "_to_message"),
        (driver.Consumer, "_new_consumer_thread"),
        (ConsumerThread, "on_partitions_revoked"),
        (AIOKafkaProducer, "send_batch"),
        (AIOKafkaProducer, "begin_transaction"),
    ],
)
def test_every_name_that_is_called_exists(owner: type, name: str) -> None:
    assert callable(getattr(owner, name))


def test_faust_still_awaits_the_rebalance_signal_before_it_seeks() -> None:
    source = inspect.getsource(Recovery._resume_streams)
    assert (
        source.index("on_rebalance_complete.send")
        < source.index("perform_seek")
        < source.index("resume_flow")
    )


def test_faust_still_reads_offsets_to_commit_from_the_overridden_names() -> None:
    assert "_filter_tps_with_pending_acks" in inspect.getsource(Consumer.force_commit)
    assert "_new_offset" in inspect.getsource(Consumer._filter_committable_offsets)


def test_the_start_of_tables_does_what_ours_does_after_a_second() -> None:
    theirs = inspect.getsource(TableManager.on_start).split('"""')[2].split()
    ours = inspect.getsource(NoTables.on_start).split("-> None:")[1].split()
    assert theirs == ["await", "self.sleep(1.0)", *ours]


def test_two_modules_name_it() -> None:
    """Others may import the app by its module's name and ask for the release; nothing else of theirs speaks of Faust."""
    naming = {
        path.relative_to(ROOT).as_posix()
        for folder in SHIPPED
        for path in (ROOT / folder).rglob("*.py")
        if "faust" in _without_names_of_packages(path.read_text().lower())
    }
    assert naming == {"streams/wiring/faust_app.py", "streams/wiring/faust_transport.py"}


def _without_names_of_packages(text: str) -> str:
    return text.replace("streams.wiring.faust_app", "").replace('"faust-streaming"', "")


def test_aiokafka_still_reads_the_wait_of_each_fetch_from_the_field_that_is_set_between_them() -> (
    None
):
    assert "self._fetch_max_wait_ms" in inspect.getsource(Fetcher._get_actions_per_node)


def test_aiokafka_still_waits_before_it_fetches_beside_records_not_taken() -> None:
    assert "backoff=self._prefetch_backoff" in inspect.getsource(Fetcher._proc_fetch_request)
    actions = inspect.getsource(Fetcher._get_actions_per_node)
    assert actions.index("if node_id in backoff_by_nodes") < actions.index("req = FetchRequest(")
    assert inspect.signature(Fetcher).parameters["prefetch_backoff"].default == _AHEAD_AFTER_S


def test_aiokafka_still_takes_the_fetch_wait_from_the_field_we_set() -> None:
    assert "self._fetch_max_wait_ms" in inspect.getsource(AIOKafkaConsumer.start)


def test_a_worker_loads_nothing_for_web_pages() -> None:
    """What is left out while Faust is loaded must not be wanted by the settings, or by an app that begins."""
    code = (
        "import asyncio, sys\n"
        "from streams.wiring.faust_app import create_consumer\n"
        "from streams.wiring.options import StreamOptions\n"
        "async def made(): create_consumer(StreamOptions('127.0.0.1:1'), None)\n"
        "asyncio.run(made())\n"
        "print(sorted({'faust.app.base', 'aiohttp', 'yaml'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['faust.app.base']"
