"""`up`, put together: the data folder, a broker, topics and targets, and the processes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from schemas.counted import counted
from schemas.queues_toml import QueuesFile
from streams.admin.queues_file import read_queues_file, webhook_urls
from streams.admin.watch import QueuesFileWatch
from streams.local import monitoring, plan
from streams.local.apart import apart
from streams.local.broker import Broker, OthersBroker, OwnBroker
from streams.local.child import Command
from streams.local.data_folder import DataFolder
from streams.local.kafka import free_port
from streams.local.kafka_place import KafkaPlace
from streams.local.leftovers import end_leftovers
from streams.local.owner import Owner, remove_owner, write_owner
from streams.local.plan import Telling, UpOptions
from streams.local.ports import Port, check_ports
from streams.local.supervisor import Stopping, StopRequestedError, Supervisor
from streams.plumbing.key_file import make_key
from streams.plumbing.wall_clock import now_ms
from streams.sinks.alertmanager.routing import rendered

Say = Callable[[str], None]


def run(options: UpOptions, say: Say) -> None:
    """Run until a signal; LocalError, LocalKafkaError, AdminError, KeyFileError or QueuesFileError if it cannot."""
    file = read_queues_file(options.queues)
    programs = Programs(options, monitoring.find_prometheus(), monitoring.find_alertmanager())
    programs.learn(file)
    stopping = Stopping()
    stopping.install()
    try:
        with DataFolder(options.data) as folder:
            if ended := end_leftovers(folder.run):
                say(f"ended what an `up` that was killed had left: {', '.join(ended)}")
            make_key(options.link_key)
            check_ports(programs.ports())
            supervisor = Supervisor(folder, broker(options, folder, say), stopping, say)

            def take(changed: QueuesFile) -> str | None:
                programs.learn(changed)
                said = published(options, changed)
                supervisor.take([*programs.monitors(folder, lambda _: None), *programs.ours()])
                write_owner(folder.path, programs.place())
                return said

            with found_by_commands(folder, programs.place()):
                supervisor.run(
                    list(programs.monitors(folder, say)),
                    programs.ours(),
                    plan.traffic(options),
                    lambda: _prepare(options, file),
                    QueuesFileWatch(options.queues, take).look,
                    options.board_url,
                )
    except StopRequestedError:
        say("stopped")


class Programs:
    """Which programs run, by queues.toml as it stands. `deliver` runs from the first owner with `deliver_file` on, `reports`
    from the first of [[reports]] on, and both stay.

    `prometheus` and `alertmanager` are their paths, None where they are not installed.
    """

    def __init__(
        self, options: UpOptions, prometheus: str | None, alertmanager: str | None
    ) -> None:
        self._options = options
        self._prometheus, self._alertmanager = prometheus, alertmanager
        self._routes: str | None = None
        self.telling = Telling(bool(alertmanager), deliver=False)

    def learn(self, file: QueuesFile) -> None:
        """QueuesFileError, and nothing has changed, where a file that it names cannot be read."""
        deliver = self.telling.deliver or any(each.table.deliver_file for each in file.owners)
        # Of every owner, also one with a webhook or e-mail alone: the file that ships would tell none of them, without a word.
        if self.telling.alertmanager and (deliver or file.owners or self._routes is not None):
            self._routes = routes_of(self._options, file)
        reports = self.telling.reports or bool(file.reports)
        self.telling = Telling(self.telling.alertmanager, deliver, reports)

    def ports(self) -> list[Port]:
        return plan.ports(self._options, self.telling, prometheus=bool(self._prometheus))

    def ours(self) -> list[Command]:
        return plan.processes(self._options, self.telling)

    def monitors(self, folder: DataFolder, say: Say) -> Iterator[Command]:
        return monitors(
            self._options,
            folder,
            self._prometheus,
            self._alertmanager,
            self._routes,
            self.telling,
            say,
        )

    def place(self) -> Owner:
        """How commands reach this system."""
        config, clickhouse = self._options.kafka_config, self._options.clickhouse_config
        return Owner(
            self._options.bootstrap,
            self._options.namespace,
            self._options.query_port,
            self._options.clickhouse,
            None if config is None else str(config.absolute()),
            self._options.deliver_url,
            plan.told_by(self._options, self.telling),
            None if clickhouse is None else str(clickhouse.absolute()),
            self._options.messages_url,
            self._options.prometheus_url if self._prometheus else None,
        )


@contextmanager
def found_by_commands(folder: DataFolder, place: Owner) -> Iterator[None]:
    """Lets `send`, `drain`, `history` and others find this system by its folder."""
    write_owner(folder.path, place)
    try:
        yield
    finally:
        remove_owner(folder.path)


def broker(options: UpOptions, folder: DataFolder, say: Say) -> Broker:
    """The broker that was named with `--kafka`, else one of our own under the folder."""
    if options.kafka:
        return OthersBroker(options.kafka)
    place = KafkaPlace(folder.kafka, options.kafka_libs, options.kafka_port, free_port())
    return OwnBroker(place, folder.run, say)


def monitors(
    options: UpOptions,
    folder: DataFolder,
    prometheus: str | None,
    alertmanager: str | None,
    routes: str | None,
    telling: Telling,
    say: Say,
) -> Iterator[Command]:
    """The commands of those two programs that are installed; for a missing one, `say` what is missing."""
    moved = plan.moved_ports(options, telling)
    if prometheus:
        yield monitoring.prometheus_command(prometheus, folder, options.prometheus_port, moved)
    else:
        say("prometheus is not on the PATH: no rules about the pipeline, no Grafana source")
    if alertmanager:
        port = options.alertmanager_port
        yield monitoring.alertmanager_command(alertmanager, folder, port, routes, moved)
    elif telling.deliver:
        say("alertmanager is not on the PATH: deliver tells the owners that have deliver_file")
    else:
        say("alertmanager is not on the PATH: alerts are shown on the board only")


def routes_of(options: UpOptions, file: QueuesFile) -> str:
    """Alertmanager's configuration from the owners; of those with `deliver_file` it hands over to `deliver`."""
    urls = webhook_urls(options.queues, file)
    return rendered(file, urls, options.deliver_url, options.notify_url)


def _prepare(options: UpOptions, file: QueuesFile) -> list[str]:
    return apart(lambda: _topics_and_targets(options, file))


def _topics_and_targets(options: UpOptions, file: QueuesFile) -> list[str]:
    from streams.admin.topics import create_topics

    began_s = time.monotonic()
    created = create_topics(options.bootstrap, options.namespace, now_ms())
    took_s = time.monotonic() - began_s
    said = _published(options, file)
    return [
        f"topics ready after {took_s:.1f} s ({len(created.topics)} of them new)",
        said or f"targets unchanged: {counted(len(file.queues), 'queues')} of {options.queues}",
    ]


def published(options: UpOptions, file: QueuesFile) -> str | None:
    """Publish the file; return what changed, or None if nothing did."""
    return apart(lambda: _published(options, file))


def _published(options: UpOptions, file: QueuesFile) -> str | None:
    from streams.admin.targets import publish

    done = publish(options.bootstrap, options.namespace, file, now_ms())
    return None if done.difference is None else f"{options.queues.name}: {done}"
