"""Process `reports`, put together: queues.toml, the turns, `/metrics` and health reports."""

import logging
import signal
import threading
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from schemas.health import Health
from streams.admin.broker import AdminError
from streams.plumbing.door import OPEN, Door
from streams.plumbing.health_reports import Identity, reporting
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.metrics_http import application, collected, probe_of
from streams.plumbing.wall_clock import now_ms
from streams.scheduled.agenda import watches
from streams.scheduled.making import Maker
from streams.scheduled.plans_file import PlansFile
from streams.scheduled.publishing import Publisher
from streams.scheduled.record_log import RecordLog
from streams.scheduled.series import ReportsCollector
from streams.scheduled.smtp import send
from streams.scheduled.status import ReportsStatus
from streams.scheduled.turn import Around, Turns
from streams.sinks.clickhouse.database import Reader

LOOK_EVERY_S = 10.0
_log = logging.getLogger(__name__)


class ReportsOptions(Struct, frozen=True, kw_only=True):
    """`reader` opens the archive."""

    bootstrap: str
    namespace: str
    metrics_port: int
    bind: str
    reader: Callable[[], Reader]
    door: Door = OPEN


def run(options: ReportsOptions, file: PlansFile, version: str, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or Ctrl-C; the file or mail that is under way is finished first. PortTakenError."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    status = ReportsStatus()
    place = options.bootstrap, options.namespace
    app = application(
        collected(ReportsCollector(status, version)),
        {"/healthz": lambda: probe_of(status.ready, status.state, status.detail)},
    )
    server = HttpThread(app, options.bind, options.metrics_port, "--metrics-port", options.door)
    try:
        say(
            f"queuewatch: reports serves {options.door.scheme}://{options.bind}:{server.port}/metrics"
        )
        with reporting("reports", *place, partial(health, status), "kafka-python"):
            made = around(*place, options.reader, version, _log.info)
            turns = Turns(replace(made, is_stopping=stop.is_set))
            while not stop.is_set():
                _turn(turns, file, status)
                stop.wait(LOOK_EVERY_S)
    finally:
        server.close()


def around(
    bootstrap: str,
    namespace: str,
    reader: Callable[[], Reader],
    version: str,
    say: Callable[[str], None],
) -> Around:
    """What a run works with: no two runs have the same holder."""
    log, maker = RecordLog(bootstrap, namespace), Maker(reader, version)
    publisher = Publisher(bootstrap, namespace, reader, version)
    return Around(log, maker, send, uuid4().hex[:16], version, now_ms, say, publisher)


def _turn(turns: Turns, file: PlansFile, status: ReportsStatus) -> None:
    file.look()
    status.refused = file.problem
    try:
        turns.learn(file.plans)
        _tell(turns, file, status)  # before the work, which may take minutes
        turns.work(file.plans, file.mail)
    except AdminError as error:
        if status.detail != str(error):
            _log.warning("reports wait: %s", error)
        status.state, status.detail = "waiting_for_kafka", str(error)
        return
    _tell(turns, file, status)


def _tell(turns: Turns, file: PlansFile, status: ReportsStatus) -> None:
    """Of the reports of the file as they stand: of one that left it nothing is told any more."""
    status.watches = tuple(watches(file.plans, turns.ledger, now_ms()))
    status.state, status.detail = "running", ""


def health(status: ReportsStatus, identity: Identity, now: int) -> Health:
    """The report in topic `health`."""
    return identity.report(
        now,
        ready=status.ready,
        state=status.state,
        detail=status.remark,
        totals={
            "reports": len(status.watches),
            "failing_periods": sum(each.failing for each in status.watches),
        },
    )
