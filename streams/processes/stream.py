"""Process `stream`: a worker put together from the core, the wiring, its consumer and the exporters."""

from schemas.health import Health
from schemas.targets_book import TargetsBook
from streams.admin.problem import AdminError
from streams.admin.topics_seen import check_topics
from streams.core.across_queues import OpenAcross
from streams.core.agents_unit import AgentsUnit
from streams.core.calls_unit import CallsUnit
from streams.core.limits import Limits
from streams.core.profiles import Profiles
from streams.core.rebuild import Rebuild
from streams.core.rebuild_reports import RebuildReports
from streams.core.reports_unit import ReportsUnit
from streams.core.roster import Roster
from streams.exporters.queue_series import queue_families
from streams.exporters.stream_series import StreamTelemetry, stream_families
from streams.plumbing.families import exposition
from streams.plumbing.health_reports import HealthReporter
from streams.plumbing.wall_clock import now_ms
from streams.wiring import logs, runner
from streams.wiring.faust_app import create_consumer
from streams.wiring.options import StreamOptions
from streams.wiring.units import UnitFactories
from streams.wiring.view import StreamView


async def run(options: StreamOptions, limits: Limits) -> int:
    """Run until a signal or a failure; return the exit code. See streams.wiring.runner.run."""
    logs.configure(options.instance)
    return await runner.run(options, parts(options, limits))


def parts(options: StreamOptions, limits: Limits) -> runner.Parts:
    bootstrap, namespace = options.bootstrap, options.namespace
    roster, profiles, across = Roster(), Profiles(), OpenAcross()

    def calls(partition: int, epoch: int) -> CallsUnit:
        return CallsUnit(partition, epoch, roster, limits, profiles, across)

    return runner.Parts(
        now=now_ms,
        consumer=create_consumer,
        factories=UnitFactories(
            calls=calls,
            agents=AgentsUnit,
            reports=ReportsUnit,
            rebuild={
                "calls": lambda partition, epoch: Rebuild(calls(partition, epoch)),
                "reports": lambda partition, epoch: RebuildReports(
                    ReportsUnit(partition, epoch), ReportsUnit(partition, epoch)
                ),
            },
        ),
        roster=roster,
        profiles=profiles,
        across=across,
        check=lambda: check(bootstrap, namespace),
        render=render,
        reporter=lambda read: HealthReporter(bootstrap, namespace, read, "aiokafka"),
        namesake=lambda mine: namesake(bootstrap, namespace, mine),
    )


def namesake(bootstrap: str, namespace: str, mine: Health) -> str | None:
    """The line with which this worker ends because another one has its name."""
    from streams.admin.namesakes import read_reason_to_yield  # kafka-python: rarely asked, 9 MB

    return read_reason_to_yield(bootstrap, namespace, mine)


def check(bootstrap: str, namespace: str) -> None:
    """NotYetError unless Kafka answers and its topics are as in the table: the worker waits till then."""
    try:
        mistakes = check_topics(bootstrap, namespace)
    except AdminError as error:
        raise runner.NotYetError(str(error)) from None
    if mistakes:
        raise runner.NotYetError(mistakes[0])


def render(view: StreamView) -> bytes:
    """The text of `/metrics`: the queues at the moment of `view`, and the worker's own series."""
    telemetry = StreamTelemetry(
        results=view.results,
        quarantined=view.quarantined,
        source_times=view.source_times,
        sources_behind_ms=view.sources_behind_ms,
        checkpoints=view.checkpoints,
        checkpoint_s=view.checkpoint_s,
        unconfigured_queues=view.unconfigured,
    )
    book = TargetsBook(view.versions)
    queues = queue_families(view.snapshots, view.totals, book, view.firing, view.now)
    return exposition([*queues, *stream_families(view.health, telemetry)])
