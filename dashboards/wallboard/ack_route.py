"""The link in a message over HTTP: GET shows the form and changes nothing, POST writes the acknowledgement."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from msgspec import Struct

from dashboards.access.posted import posted_form
from dashboards.access.words import language_of
from dashboards.wallboard import ack_page
from dashboards.wallboard.ack_page import About, Page, Typed
from dashboards.wallboard.latest import Latest
from schemas.ack_link import AckLink, opened
from schemas.alerts import Alert
from schemas.codec import encode
from schemas.commands import Acknowledged, AlertCommand, checked_note, checked_who, command_key
from schemas.pipeline_alerts import parsed

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}
Write = Callable[[bytes, bytes], Awaitable[str]]


class Said(Struct, frozen=True):
    """How an acknowledgement went: `had` is who has the alert now, `problem` why nothing could be written."""

    is_new: bool = False
    had: Acknowledged | None = None
    problem: str = ""


class AckRoute:
    """`write` puts a record with that key into topic `commands`; "" when it is there, else one line.

    `key` None: the links are not switched on. `problem` is that of the feed, "" if there is none. `on_taken` is
    told of each acknowledgement by a link.
    """

    def __init__(
        self,
        latest: Latest,
        problem: Callable[[], str],
        clock: Callable[[], int],
        key: bytes | None,
        write: Write,
        on_taken: Callable[[web.Request, Acknowledged], None] = lambda _, __: None,
    ) -> None:
        self._latest = latest
        self._problem = problem
        self._clock = clock
        self._key = key
        self._write = write
        self._on_taken = on_taken
        self._one_at_a_time = asyncio.Lock()  # of two who send at once, the second sees the first

    async def get(self, request: web.Request) -> web.StreamResponse:
        found = self._opened(request)
        if isinstance(found, Page):
            return _answer(found)
        now = self._clock()
        had = self._latest.commands.taken(found.alert_id)
        page = ack_page.taken(found, had, now, tried=False) if had else ack_page.form(found, now)
        return _answer(page)

    async def post(self, request: web.Request) -> web.StreamResponse:
        typed = await posted_form(request)
        who, note = (str(typed.get(name, "")) for name in ("who", "note"))
        async with self._one_at_a_time:
            found = self._opened(request)
            if isinstance(found, Page):
                return _answer(found)
            return _answer(await self._take(request, found, who, note.strip()))

    def _opened(self, request: web.Request) -> About | Page:
        """The alert that the link is of, and that goes on; else the page that says why there is none."""
        language = language_of(request)
        if self._key is None:
            return ack_page.without_key(language)
        now = self._clock()
        link = opened(self._key, request.query, now)
        if not isinstance(link, AckLink):
            return ack_page.refused(link, language)
        if problem := self._problem():  # what it knows may be over
            return ack_page.later(problem, language)
        name, told = link.alert_id, link.owner
        if (of_pipeline := parsed(name)) is not None:
            return About(of_pipeline, name, self._latest.book.zone_at(now), told, language)
        if (alert := self._latest.alerts.get(name)) is not None:
            return About(alert, name, self._zone(alert.queue, now), told, language)
        if (ended := self._latest.ended.get(name)) is None:
            return ack_page.unknown(name, language)
        about = About(ended, name, self._zone(ended.queue, now), told, language)
        return ack_page.over(about, ended, now)

    async def _take(self, request: web.Request, about: About, who: str, note: str) -> Page:
        now = self._clock()
        try:
            said = await self._say(about.alert_id, who, note, about.told)
        except ValueError:
            return ack_page.form(about, now, Typed(who, note, is_refused=True))
        if said.had is None:
            return ack_page.later(said.problem, about.language)
        if said.is_new:
            self._on_taken(request, said.had)
            return ack_page.done(about, said.had, now)
        return ack_page.taken(about, said.had, now, tried=True)

    async def say(self, alert_id: str, who: str, note: str) -> Said:
        """Acknowledge for somebody whose role may. ValueError for a name or a note that cannot be taken."""
        async with self._one_at_a_time:
            return await self._say(alert_id, who, note, None)

    def problem(self) -> str:
        """Why nothing can be acknowledged now, "" if it can: what is known may be over."""
        return self._problem()

    def firing(self, alert_id: str) -> Alert | None:
        return self._latest.alerts.get(alert_id)

    def departments(self, alert: Alert) -> frozenset[str]:
        return self._latest.departments_of(alert, self._clock())

    async def _say(self, alert_id: str, who: str, note: str, link_of: str | None) -> Said:
        if (had := self._latest.commands.taken(alert_id)) is not None:
            return Said(had=had)
        who, note = checked_who(who), checked_note(note)
        said = self._latest.commands.told(alert_id)
        # After what was said before: the clock of another machine may be ahead.
        at = max([self._clock(), *(each.at + 1 for each in said)])
        command = Acknowledged(who=who, at=at, note=note, alert_id=alert_id, link_of=link_of)
        if problem := await self.put(command):
            return Said(problem=problem)
        return Said(is_new=True, had=command)

    async def put(self, command: AlertCommand) -> str:
        """Write a command; "" when it is there, else one line."""
        key, value = command_key(command), encode(command)
        if problem := await self._write(key, value):
            return problem
        # Its record comes, too, but a second POST may be quicker.
        self._latest.apply("commands", key, value)
        return ""

    def _zone(self, queue: str, now: int) -> str:
        targets = self._latest.book.at(queue, now)[0]
        return targets.time_zone if targets else self._latest.book.zone_at(now)


def _answer(page: Page) -> web.Response:
    return web.Response(
        status=page.status, text=page.html, content_type="text/html", headers=_HEADERS
    )
