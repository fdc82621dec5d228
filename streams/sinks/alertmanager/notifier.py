"""The shell around `decide`: reads alerts, and posts them until Alertmanager has accepted them."""

import asyncio
import logging
from collections.abc import Callable, Iterator

import aiohttp
from msgspec.structs import replace

from schemas.alerts import Alert
from schemas.commands_book import CommandsBook
from streams.plumbing.backoff import Backoff
from streams.plumbing.http_place import HttpPlace
from streams.sinks.alertmanager.decide import (
    Known,
    Links,
    Post,
    body,
    decide,
    expired,
    is_recorded_only,
    is_to_notify,
    learn,
    proved,
)
from streams.sinks.alertmanager.escalating import Escalating
from streams.sinks.alertmanager.escalation import copies
from streams.sinks.alertmanager.measures import Measures, open_alerts
from streams.sinks.alertmanager.pipeline_down import Down, after
from streams.sinks.alertmanager.pipeline_down import body as down_body
from streams.sinks.alertmanager.pipeline_keeper import PipelineKeeper
from streams.sinks.alertmanager.reading import AlertLog
from streams.sinks.alertmanager.silence_keeper import Silences
from streams.sinks.alertmanager.silences import quiet
from streams.sinks.alertmanager.status import NotifyStatus

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 15.0
_TIMEOUT = aiohttp.ClientTimeout(total=10)
# It looks every second, and less often while Alertmanager does not answer. After a longer pause it was its
# own machine that stood still: that is no silence of others.
_STOOD_STILL_MS = 45_000
_POST_PATH = "/api/v2/alerts"


class Notifier:
    """`now` is the wall clock in milliseconds; `place` is Alertmanager, without a path."""

    def __init__(
        self,
        log: AlertLog,
        place: HttpPlace,
        resend_ms: int,
        links: Links,
        status: NotifyStatus,
        now: Callable[[], int],
        escalating: Escalating,
    ) -> None:
        self._log = log
        self._place = place
        self._url = place.url.rstrip("/")
        self._resend_ms = resend_ms
        self._links = links
        self._status = status
        self._now = now
        self._escalating = escalating
        self._known: dict[str, Known] = {}
        self._book = CommandsBook()
        self._measures = Measures()
        self._heard: dict[str, int] = {}  # by process, when it reported last
        self._downs: dict[str, Down] = {}
        self._downs_told: dict[str, Down] = {}
        self._downs_told_at = 0
        self._started_at = self._looked_at = now()
        self._silences = Silences(self._url, resend_ms, now)
        self._pipeline = PipelineKeeper(self._url, resend_ms, links)
        self._whole = False
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Run until cancelled. A bug ends it; an outage of Kafka or Alertmanager does not."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read())
            tasks.create_task(self._post_for_ever())
            tasks.create_task(self._escalating.run())

    async def _read(self) -> None:
        async for batch in self._log.batches():
            for alert, written_at in batch.alerts:
                # What was there at the start was posted before: it must not count as seen now.
                seen_at = self._now() if self._whole else written_at
                before = self._known.get(alert.alert_id)
                after = learn(before, alert, written_at, seen_at, is_live=self._whole)
                self._known[alert.alert_id] = after
                is_quiet = bool(self._book.why_quiet(alert, seen_at))
                self._measures.learn(after, is_quiet=is_quiet, is_live=self._whole)
                is_a_change = before is None or before.alert.state != alert.state
                if is_a_change and is_recorded_only(after):
                    self._status.recorded += 1
            for command in batch.commands:
                self._book.apply(command)
                self._measures.hear(command, is_live=self._whole)
            for process, reported_at in batch.reports:
                self._heard[process] = self._now() if self._whole else reported_at
            if batch.whole and self._status.state in {"starting", "waiting_for_kafka"}:
                self._status.state, self._status.detail = "running", ""
            self._whole = self._whole or batch.whole
            if batch.alerts or batch.commands:
                self._news.set()

    async def _post_for_ever(self) -> None:
        pauses = Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S)
        async with self._place.session(_TIMEOUT) as session:
            while True:
                self._news.clear()
                if await self._post_due(session):
                    pauses.reset()
                    await self._wait_for_news()
                else:  # what was not accepted is still due
                    await asyncio.sleep(pauses.pause_s())

    async def _wait_for_news(self) -> None:
        try:
            async with asyncio.timeout(min(_LOOK_EVERY_S, self._resend_ms / 4000)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _post_due(self, session: aiohttp.ClientSession) -> bool:
        """Post what is due; False when Alertmanager did not accept it."""
        now, owners = self._now(), self._escalating.owners().values()
        self._status.deliver_owners = (
            sum(bool(owner.table.deliver_file) for owner in owners) if owners else None
        )
        self._known = {
            key: proved(known, now) for key, known in self._known.items() if not expired(known, now)
        }
        if self._whole:
            await self._pipeline.ask(session, now)
        wanted = quiet(self._known.values(), self._book, now) if self._whole else {}
        wanted |= self._pipeline.quiet(self._book, now)
        self._status.quiet = len(wanted)
        going = open_alerts(self._known.values(), self._book, now) if self._whole else {}
        self._status.measured = {**self._measures.totals, **going}
        # Before the alerts are posted, so that this post does not repeat one that somebody has. Where it
        # fails they are posted all the same: rather told twice than never.
        unquieted = await self._silences.keep(session, wanted) if self._whole else None
        # Until all was read a newer version of an alert may still come.
        posts = decide(self._known.values(), now, self._resend_ms) if self._whole else []
        self._status.firing = sum(
            known.alert.state == "firing" and is_to_notify(known) for known in self._known.values()
        )
        bodies = [each for post in posts for each in self._bodies(post.known.alert, now)]
        bodies += self._down_bodies(now)
        further = self._pipeline.due(self._book, now)
        bodies += [each for of_alert in further.values() for each in of_alert]
        unposted = await self._posted(session, bodies) if bodies else None
        if bodies and unposted is None:
            self._accepted(posts, now)
            self._pipeline.accepted(further, self._escalating, self._book, now)
            self._downs_told, self._downs_told_at = self._downs, now
        problem = unposted or unquieted
        if problem is not None:
            self._failed(problem)
        else:
            self._answers_again()
            self._escalate(now)
        return problem is None

    def _escalate(self, now: int) -> None:
        """Only while Alertmanager answers: whoever could not be told yet must not be passed over."""
        if not self._whole:
            return
        alerts = [*self._known.values(), *self._pipeline.escalating()]
        for step in self._escalating.take(alerts, self._book, now, self._pipeline.reached):
            if step.step:
                known = self._known.get(step.alert_id)
                if known is None:
                    self._pipeline.due_now(step.alert_id)
                else:
                    self._known[step.alert_id] = replace(known, posted_at=0)  # due now
                self._news.set()

    def _down_bodies(self, now: int) -> list[dict[str, object]]:
        """The alerts about processes that report no more: at a change, and at each resend."""
        if now - self._looked_at > _STOOD_STILL_MS:
            self._heard = dict.fromkeys(self._heard, now)
            self._started_at = max(self._started_at, now)
        self._looked_at = now
        heard = dict(self._heard)
        if self._status.deliver_owners == 0:  # nobody needs it any more
            heard.pop("deliver", None)
        self._downs = after(self._downs, heard, self._started_at, now)
        if self._downs == self._downs_told and now - self._downs_told_at < self._resend_ms:
            return []
        problem = self._status.detail if self._status.state == "waiting_for_kafka" else ""
        return [
            down_body(process, down, now, self._resend_ms, self._links, problem)
            for process, down in self._downs.items()
        ]

    async def _posted(
        self, session: aiohttp.ClientSession, alerts: list[dict[str, object]]
    ) -> str | None:
        """Post; None when Alertmanager has accepted it, else one line that says why not."""
        try:
            async with session.post(self._url + _POST_PATH, json=alerts) as answer:
                if answer.ok:
                    return None
                if refusal := self._place.refusal(answer.status):
                    return refusal
                return f"answers {answer.status}: {' '.join((await answer.text()).split())[:200]}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return self._place.problem(error)

    def _bodies(self, alert: Alert, now: int) -> Iterator[dict[str, object]]:
        """The alert for its owner, and for each to whom it escalated."""
        had = self._book.acknowledged(alert)
        by = had.who if had else ""
        yield body(alert, now, self._resend_ms, self._links, by)
        for each in copies(alert, self._book):
            yield body(
                each.alert, now, self._resend_ms, self._links, by, each.step, each.told_first
            )

    def _accepted(self, posts: list[Post], now: int) -> None:
        for post in posts:
            alert = post.known.alert
            current = self._known[alert.alert_id]
            self._known[alert.alert_id] = replace(current, posted=alert, posted_at=now)
            self._escalating.accepted(alert.alert_id, self._book, now)
            if post.reason in {"fired", "resolved"}:
                _log.info("%s %s at %s: %s", alert.rule, post.reason, alert.place, alert.reason)
        self._status.posts_ok += 1
        self._status.last_post_at = now

    def _answers_again(self) -> None:
        if self._status.state == "blocked":
            _log.info("Alertmanager at %s is back", self._url)
            self._status.state, self._status.detail = "running", ""

    def _failed(self, problem: str) -> None:
        self._status.posts_failed += 1
        detail = f"Alertmanager at {self._url}: {problem}"
        if self._status.state != "blocked":
            _log.warning("%s (another place: --alertmanager URL)", detail)
        self._status.state, self._status.detail = "blocked", detail
