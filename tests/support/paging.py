"""The whole way of a page between real parts, twice at once: by Alertmanager, and by `deliver` alone.

A platform that lives in this process tells Kafka; `stream` decides; one `notify` posts to a real Alertmanager, another one to
`deliver`; at the end of each way a webhook of the tests is everybody's telephone.
"""

import json
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from prometheus_client.parser import text_string_to_metric_families

from producers.publisher import Publisher
from schemas.alerts import Alert, is_probe
from schemas.calls import Answered, LegFact, Queued, Tick
from schemas.codec import decode_as
from schemas.messages import OutgoingMessage
from schemas.millis import from_iso
from schemas.queues_toml import parse_queues
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, read_whole
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.kafka import free_ports
from streams.sinks.alertmanager.routing import rendered
from tests.support import services
from tests.support.forked import HURRIED
from tests.support.hurried import hurried_routes
from tests.support.line import Line
from tests.support.services import Server, Webhook, get
from tests.support.waiting import wait_until

_TICK_S = 0.5
RESEND = (
    "5s"  # so Alertmanager keeps an alert for 20 s without `notify`: longer than its start takes
)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Platform:
    """A source that says twice a second that it is alive, from a thread of its own, while it is not silent."""

    def __init__(self, bootstrap: str, namespace: str, source: str = "pbx") -> None:
        self._publisher = Publisher(bootstrap, namespace)
        self._source = source
        self._told, self._begun_at = 0, now_ms()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.speaks = threading.Event()
        self._thread = threading.Thread(target=self._tick_for_ever, daemon=True)

    def waits(self, *queues: str, at: int | None = None) -> None:
        """One caller more in each of these queues, named as the queue."""
        self.says(*[self._fact(Queued, queue, at) for queue in queues])

    def answers(self, *queues: str, at: int | None = None) -> None:
        self.says(*[self._fact(Answered, queue, at) for queue in queues])

    def says(self, *events: LegFact) -> None:
        with self._lock:
            for event in events:
                self._publisher.send_call(event)
            self._publisher.flush()

    def tick(self, at: int) -> None:
        with self._lock:
            mark = Tick(event_id=self._id(), at=at, source=self._source)
            self._publisher.send_mark("calls", mark)

    def _fact(self, kind: Any, queue: str, at: int | None) -> Any:
        told_at = now_ms() if at is None else at
        return kind(event_id=self._id(), at=told_at, source=self._source, queue=queue, leg_id=queue)

    def _id(self) -> str:
        self._told += 1
        return f"{self._source}:{self._begun_at}:{self._told}"

    def _tick_for_ever(self) -> None:
        while not self._ended.wait(_TICK_S):
            if self.speaks.is_set():
                self.tick(now_ms())
                with self._lock:
                    self._publisher.flush()

    def __enter__(self) -> Self:
        self.speaks.set()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._publisher.close()


class Got(NamedTuple):
    """What one person got once: alerts that fire and that are over, by queue."""

    owner: str
    firing: frozenset[str]
    over: frozenset[str]


class Paging:
    """`queues` is the text of a queues.toml without owners; `owners` are declared here.

    As a context: everything runs. `hurried`: with the short waits of tests/support/hurried.py. `mail_port`: an SMTP server
    gets all that `deliver` tells, too. Without `alertmanager` there is only the way by `deliver` alone, without `straight` only
    the other one. `heartbeat`: a file with the address that the `notify` of Alertmanager calls.
    """

    def __init__(
        self,
        bootstrap: str,
        folder: Path,
        queues: str,
        owners: Iterable[str],
        *,
        hurried: bool = True,
        alertmanager: bool = True,
        straight: bool = True,
        heartbeat: Path | None = None,
        mail_port: int | None = None,
    ) -> None:
        self.folder, self._owners = folder, list(owners)
        self._hurried, self._mail_port = hurried, mail_port
        self._has_alertmanager, self._has_straight = alertmanager, straight
        self.by_alertmanager, self.by_deliver = Webhook(), Webhook()
        self._open = ExitStack()
        for hook in (self.by_alertmanager, self.by_deliver):
            self._open.enter_context(hook)
        declared = "".join(
            f'[owners.{each}]\nwebhook = "{self.by_alertmanager.url}"\n' for each in self._owners
        )
        self.line = Line(bootstrap, folder, declared + queues)
        self.bootstrap, self.namespace = bootstrap, self.line.namespace
        self.deliver_port, *ports = free_ports(4)
        self.metrics = dict(zip(("deliver", "straight", "notify"), ports, strict=True))
        asked = f"http://127.0.0.1:{self.metrics['notify']}"
        routes = rendered(parse_queues(declared, RULE_TABLES), {}, notify_url=asked)
        self.pager = services.alertmanager(
            folder / "pager", hurried_routes(routes) if hurried else routes
        )
        self.deliver = self._server("deliver", "deliver", "--queues", str(self._addresses()),
                                    "--port", str(self.deliver_port))  # fmt: skip
        resend = ["--resend", RESEND] if hurried else []
        beats = [] if heartbeat is None else ["--heartbeat-url-file", str(heartbeat)]
        self.notify = self._server("notify", "notify", "--alertmanager", self.pager.url, *resend,
                                   *beats)  # fmt: skip
        url = f"http://127.0.0.1:{self.deliver_port}"
        self.straight = self._server("straight", "notify", "--alertmanager", url, *resend)
        self.platform = Platform(bootstrap, self.namespace)

    @property
    def ours(self) -> tuple[Server, ...]:
        """Our processes between Kafka and people."""
        straight = (self.deliver, self.straight) if self._has_straight else ()
        notify = (self.notify,) if self._has_alertmanager else ()
        return (self.line.stream, *straight, *notify)

    def killed_and_started(self) -> None:
        """`kill -9` of all of ours, and a new start of each."""
        for each in self.ours:
            each.kill()
        start_together(self.ours)

    def has_counted_all(self) -> bool:
        """Whether `stream` has committed everything that `calls` and `agents` hold now."""
        health = get(self.line.metrics_url.replace("/metrics", "/healthz"))
        positions = json.loads(health)["positions"] if health else {}
        with consumer(self.bootstrap) as client:
            return all(
                positions.get(f"{topic}-{place.partition}", 0) >= end
                for topic in ("calls", "agents")
                for place, end in client.end_offsets(
                    partitions_of(client, topic_name(topic, self.namespace))
                ).items()
            )

    def alerts(self) -> list[Alert]:
        """Every version of every alert, in the order of its log."""
        records = read_whole(self.bootstrap, topic_name("alerts", self.namespace))
        found = [decode_as(Alert, each.value) for each in records if each.value]
        return [each for each in found if not is_probe(each)]

    def versions(self, queue: str) -> list[Alert]:
        return [each for each in self.alerts() if each.queue == queue]

    def messages(self) -> list[OutgoingMessage]:
        """The newest record of each message of `deliver`, oldest first."""
        records = read_whole(self.bootstrap, topic_name("messages", self.namespace))
        newest = {each.key: each.value for each in records if each.value is not None}
        found = [decode_as(OutgoingMessage, each) for each in newest.values()]
        return sorted(found, key=lambda each: each.taken_at)

    def got_by_alertmanager(self, owner: str) -> list[Got]:
        """What arrived for an owner, in order."""
        return [
            Got(owner, *(frozenset(each["labels"]["queue"] for each in post["alerts"] if each["status"] == status)
                         for status in ("firing", "resolved")))
            for post in list(self.by_alertmanager.posts)
            if post["receiver"] == owner
        ]  # fmt: skip

    def got_by_deliver(self, owner: str) -> list[str]:
        """Titles that arrived for an owner, in order."""
        return [post["title"] for post in list(self.by_deliver.posts) if post["owner"] == owner]

    def starts_at(self, queue: str) -> set[int]:
        """Since when the alert of a queue fires, as Alertmanager told it."""
        return {
            from_iso(each["startsAt"])
            for post in list(self.by_alertmanager.posts)
            for each in post["alerts"]
            if each["labels"]["queue"] == queue
        }

    def told(self, owner: str, times: int = 1) -> None:
        """Wait until both ways have brought so many messages to the owner."""
        for what, got in (
            ("Alertmanager", self.got_by_alertmanager),
            ("deliver", self.got_by_deliver),
        ):
            wait_until(lambda: len(got(owner)) >= times, f"{owner}: told by {what}", 300)  # noqa: B023

    def figure(self, process: str, series: str, **labels: str) -> float:
        """A sample of one of ours; 0 where it is absent."""
        text = (get(f"http://127.0.0.1:{self.metrics[process]}/metrics") or b"").decode()
        return next(
            (
                float(sample.value)
                for family in text_string_to_metric_families(text)
                for sample in family.samples
                if sample.name == series and labels.items() <= sample.labels.items()
            ),
            0.0,
        )

    def sent_again(self, times: int = 1) -> None:
        """Wait until both ways were told everything that fires so many times more."""
        for name in ("notify", "straight"):
            before = self._posts(name)
            wait_until(lambda: self._posts(name) >= before + times, f"{name}: {times} posts more")  # noqa: B023

    def _posts(self, name: str) -> float:
        return self.figure(name, "queuewatch_notify_posts_total", result="ok")

    def _server(self, name: str, command: str, *arguments: str) -> Server:
        port = self.metrics[name]
        words = self.line.command(command, *arguments, "--metrics-port", str(port))
        if self._hurried:
            words = [*HURRIED, *words[1:]]
        ready = f"http://127.0.0.1:{port}/healthz"
        return Server(name, words, lambda: get(ready) == b"ok\n", self.folder / f"{name}.log")

    def _addresses(self) -> Path:
        """The owners as `deliver` knows them: the posts of each say whose they are."""
        tables = ""
        for owner in self._owners:
            file = self.folder / f"{owner}.urls"
            lines = [f"json://{self.by_deliver.url.removeprefix('http://')}?:owner={owner}"]
            if self._mail_port is not None:
                to = f"from=q@example.org&to={owner}@example.org&mode=insecure"
                lines.append(f"mailto://127.0.0.1:{self._mail_port}?{to}")
            file.write_text("\n".join(lines))
            tables += f'[owners.{owner}]\ndeliver_file = "{file}"\n'
        (self.folder / "owners.toml").write_text(tables)
        return self.folder / "owners.toml"

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._open.close)
            pager = (self.pager.server,) if self._has_alertmanager else ()
            for each in (*pager, *self.ours):
                self._open.enter_context(each)
            self._open.enter_context(self.platform)
            undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for hook in (self.by_alertmanager, self.by_deliver):
            hook.answers.set()
        self._open.close()

    def clean(self) -> None:
        """No process of ours wrote the stack of a bug."""
        for each in self.ours:
            assert "Traceback" not in each.log.read_text(), each.log.read_text()[-3000:]


def start_together(servers: Iterable[Server]) -> None:
    """All at the same time, then wait for each."""
    begun = list(servers)
    for each in begun:
        each.begin()
    for each in begun:
        each.wait_until_ready()
