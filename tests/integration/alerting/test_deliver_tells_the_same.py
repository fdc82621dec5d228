"""The same alerts given to a real Alertmanager with the routes of the owners, and to the groups of `deliver`."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from schemas.millis import HOUR, MINUTE, from_datetime, iso
from schemas.opening import WEEKDAYS
from schemas.queues_toml import parse_queues
from streams.sinks.alertmanager.routing import rendered
from streams.sinks.deliver.grouping import Groups, Posted
from streams.sinks.deliver.telling import Heard
from tests.support.delivery import labels
from tests.support.services import Alertmanager, Webhook, alertmanager
from tests.support.waiting import wait_until

PIPELINE = {"alertname": "PipelineDown", "job": "stream", "severity": "page", "owner": "queuewatch"}
NO_FEED = {"alertname": "QueueWithoutFeed", "queue": "deaf", "severity": "none"}
FENCE = labels("fence", "fence")

Labels = dict[str, str]


class Step(NamedTuple):
    """What begins and what ends at once; everything that goes on is posted again with it."""

    begins: Sequence[Labels] = ()
    ends: Sequence[Labels] = ()
    minutes: int = 2  # of `deliver`, so few that no message is repeated


A, B, C, LATE = (labels(queue) for queue in ("a", "b", "c", "late"))
STEPS = (
    Step([NO_FEED]),
    Step([A, B, C, labels("a", severity="warn"), labels("w", severity="warn"), labels("deaf"),
          labels("n", severity="note"), labels("r", replay="true"), labels("e", "power"),
          labels("x", "away"), labels("y", "asleep")]),
    Step([LATE], ends=[B]),
    Step([PIPELINE]),
    Step([labels("muted", "power")]),  # the stream is down: what its queues say may be over
    Step([], ends=[PIPELINE]),
    Step([], ends=[A, C, LATE], minutes=6),  # and its warning is told now
    Step([], ends=[labels("e", "power"), labels("muted", "power"), labels("x", "away")]),
)  # fmt: skip

Told = tuple[str, frozenset[str], frozenset[str]]  # receiver, what fires, what is over


def name_of(each: Labels) -> str:
    return f"{each['severity']} {each.get('queue', each['alertname'])}"


def tables(url: str, today: datetime) -> str:
    """`away` and `asleep` are not in their hours today."""
    other_day = WEEKDAYS[(today + timedelta(days=3)).weekday()]
    hook = f'webhook = "{url}"\n'
    never = f'hours = "{other_day} 09:00-17:00"\nout_of_hours = '
    text = "".join(
        f"[owners.{owner}]\n{hook}" for owner in ("queuewatch", "water", "power", "night", "fence")
    )
    return f'{text}[owners.away]\n{hook}{never}"night"\n[owners.asleep]\n{hook}{never}"nobody"\n'


class Played:
    """The alerts as a poster of them knows them, over the steps."""

    def __init__(self) -> None:
        self._known: list[tuple[Labels, int, int | None]] = []

    def after(self, step: Step, now: int) -> list[tuple[Labels, int, int]]:
        """Labels, start and end of each alert."""
        self._known = [
            (each, starts_at, now if each in step.ends and ends_at is None else ends_at)
            for each, starts_at, ends_at in self._known
        ] + [(each, now, None) for each in step.begins]
        return [
            (each, start, now + HOUR if end is None else end) for each, start, end in self._known
        ]


def by_deliver(text: str, now: int) -> list[set[Told]]:
    """What `deliver` tells of each step, in a time of its own."""
    groups = Groups({each.name: each for each in parse_queues(text, {}).owners}, now)
    played, found = Played(), []
    for step in STEPS:
        posted = [Posted(each, {}, start, end) for each, start, end in played.after(step, now)]
        groups.post(posted, now)
        told = set()
        for _ in range(step.minutes):
            now += MINUTE
            groups.post(
                [Posted(each.labels, {}, each.starts_at, each.ends_at) for each in posted], now
            )
            for due in list(groups.due(now)):
                if due.telling is not None:
                    told.add((due.telling.owner, *sides(due.telling.alerts)))
                groups.told(due, now)
        found.append(told)
    return found


def sides(alerts: Sequence[Heard]) -> tuple[frozenset[str], frozenset[str]]:
    fires, over = (
        frozenset(name_of(dict(each.labels)) for each in alerts if each.is_firing is is_firing)
        for is_firing in (True, False)
    )
    return fires, over


def by_alertmanager(
    pager: Alertmanager, webhook: Webhook, expected: Sequence[set[Told]]
) -> Iterator[set[Told]]:
    """What a real one tells of each step: read until it has told as much as is expected."""
    played, seen = Played(), 0
    for step, wanted in zip(STEPS, expected, strict=True):
        now = from_datetime(datetime.now(UTC))
        pager.post(
            [{"labels": each, "startsAt": iso(start), "endsAt": iso(end)} for each, start, end in played.after(step, now)]
        )  # fmt: skip
        wait_until(lambda: len(posts(webhook)) - seen >= len(wanted), f"{len(wanted)} are told")  # noqa: B023
        yield {told_by(post) for post in posts(webhook)[seen:]}
        seen = len(posts(webhook))


def posts(webhook: Webhook) -> list[dict[str, Any]]:
    return [post for post in list(webhook.posts) if post["receiver"] != "fence"]


def told_by(post: dict[str, Any]) -> Told:
    fires, over = (
        frozenset(name_of(each["labels"]) for each in post["alerts"] if each["status"] == status)
        for status in ("firing", "resolved")
    )
    return post["receiver"], fires, over


def test_alertmanager_and_deliver_tell_the_same(tmp_path: Path) -> None:
    today = datetime.now(UTC)
    with Webhook() as webhook:
        text = tables(webhook.url, today)
        expected = by_deliver(text, from_datetime(today))
        config = rendered(parse_queues(text, {}), {})
        for slow, fast in (("5s", "1s"), ("30s", "1s"), ("1m", "1s"), ("5m", "1s")):
            config = config.replace(f"_wait: {slow}", f"_wait: {fast}")
            config = config.replace(f"_interval: {slow}", f"_interval: {fast}")
        pager = alertmanager(tmp_path / "pager", config)
        with pager.server:
            found = list(by_alertmanager(pager, webhook, expected))
            # Whatever else it had to say would come before this.
            at = from_datetime(datetime.now(UTC))
            pager.post([{"labels": FENCE, "startsAt": iso(at), "endsAt": iso(at + HOUR)}])
            webhook.wait_for(
                lambda post: post["receiver"] == "fence", "the last alert of all is told"
            )
            told = len(posts(webhook))
    assert found == expected
    assert told == sum(map(len, expected))
    assert [len(each) for each in expected] == [0, 4, 1, 1, 0, 2, 2, 2], expected
