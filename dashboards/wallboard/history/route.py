"""`/history` over HTTP, and its tables as files. The archive is asked apart from everything live; who may what is checked here."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Protocol
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec import Struct

from dashboards.access.entrance import ASKED, Entrance, principal_of
from dashboards.access.rights import Principal, Scope, may
from dashboards.wallboard import headers
from dashboards.wallboard.history import (
    calls,
    compare,
    corrections,
    glance,
    league,
    losses,
    metrics,
    months,
    notes,
    published,
    trend,
    weekly,
)
from dashboards.wallboard.history.address import (
    CSV_PATH,
    PART,
    PATH,
    Address,
    WrongAddressError,
    address_of,
)
from dashboards.wallboard.history.page import Frame, missing, page, parts_of, refused, wrong
from dashboards.wallboard.history.place import Place, place_of
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Table, as_csv
from dashboards.wallboard.hub import Hub
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.note_order import departments_of, may_note
from dashboards.wallboard.page import Board
from dashboards.wallboard.painting import look_of
from dashboards.wallboard.past import KnownFigures, Past
from dashboards.wallboard.queue_detail import lists_callers
from dashboards.wallboard.said import troubles
from dashboards.wallboard.texts import chosen, moment, texts_of
from schemas.millis import to_datetime
from schemas.past_figures import Part, PastAsked

PATIENCE_S = (
    4.0  # how long a page waits for the archive; then it shows what it knows, and is loaded again
)
PATIENCE_OF_FILE_S = 30.0
_NOT_KEPT = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
_FORBIDDEN, _UNAVAILABLE = 403, 503


class Tabled(Struct, frozen=True):
    """A table that can be taken as a file, and the part of the page that it is made from."""

    table: Callable[[Shown], Table]
    part: Part


FILES: Mapping[str, Tabled] = {
    "glance": Tabled(glance.table, "glance"),
    "league": Tabled(league.table, "league"),
    "trend": Tabled(trend.table, "trend"),
    "notes": Tabled(notes.table, "notes"),
    "weekly": Tabled(weekly.table, "weekly"),
    "months": Tabled(months.table, "months"),
    "losses": Tabled(losses.table, "glance"),
    "compare": Tabled(compare.table, "compare"),
    "metrics": Tabled(metrics.table, "metrics"),
    "corrections": Tabled(corrections.table, "corrections"),
    "published": Tabled(published.table, "published"),
    "calls": Tabled(calls.table, "calls"),
}


class Source(Protocol):
    """What there is to show, and to whom (dashboards.wallboard.server)."""

    @property
    def latest(self) -> Latest: ...
    @property
    def hub(self) -> Hub: ...
    @property
    def past(self) -> Past: ...
    @property
    def build(self) -> str: ...
    def clock(self) -> int: ...
    def scope_of(self, who: Principal) -> Scope: ...


class _Request(Struct, frozen=True):
    """A request whose address is one of ours, of something that its reader sees."""

    address: Address
    place: Place
    board: Board
    frame: Frame
    who: Principal
    may_list: bool


class HistoryRoute:
    def __init__(self, source: Source, entrance: Entrance) -> None:
        self._source = source
        self._entrance = entrance

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(PATH, self._page)
        app.router.add_get(CSV_PATH, self._file)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        asked = self._read(request)
        if isinstance(asked, web.Response):
            return asked
        if asked.address.clock and not asked.may_list:
            return self._refuse(request, asked.frame, "history_no_calls_for_you")
        parts = parts_of(asked.address, asked.place)
        shown = await self._shown(asked, parts, PATIENCE_S)
        if asked.address.clock and shown.rows("calls"):
            self._note(request, asked, "page")  # of single calls: kept whatever they are shown as
        return _html(page(shown, asked.frame), with_form=shown.may_note)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        asked = self._read(request)
        if isinstance(asked, web.Response):
            return asked
        wanted = request.query.get(PART, "")
        tabled = FILES.get(wanted)
        there = parts_of(asked.address, asked.place)
        if not wanted:
            names = ", ".join(name for name, each in FILES.items() if each.part in there)
            return _html(wrong(WrongAddressError("history_no_part", names), asked.frame), 400)
        if tabled is None or tabled.part not in there:
            return _html(wrong(WrongAddressError("history_wrong_part", wanted), asked.frame), 400)
        if not _may_export(asked.who, asked.place):
            return self._refuse(request, asked.frame, "history_no_export")
        if asked.address.clock and not asked.may_list:
            return self._refuse(request, asked.frame, "history_no_calls_for_you")
        parts: tuple[Part, ...] = (tabled.part,)
        shown = await self._shown(asked, parts, PATIENCE_OF_FILE_S)
        if shown.told(tabled.part) is None:  # an empty file would be read as no calls
            return _html(refused("history_file_not_now", asked.frame), _UNAVAILABLE)
        self._note(request, asked, f"{wanted}.csv")
        name = "-".join(each for each in ("history", wanted, asked.address.period.text, _plain(asked.address.id)) if each)  # fmt: skip
        return web.Response(
            text=as_csv(tabled.table(shown)), content_type="text/csv", charset="utf-8",
            headers={**_NOT_KEPT, "Content-Disposition": f'attachment; filename="{name}.csv"'},
        )  # fmt: skip

    def _read(self, request: web.Request) -> "_Request | web.Response":
        """Of an address that is none, or of what is not there for its reader, the page that says so."""
        who, source = principal_of(request), self._source
        scope = source.scope_of(who)
        board = source.hub.board(scope)
        frame = _frame(request, who, board, source.build)
        today = to_datetime(source.clock(), ZoneInfo(board.zone)).date()
        try:
            address = address_of(list(request.query.items()), today)
        except WrongAddressError as problem:
            return _html(wrong(problem, frame), 400)
        place = place_of(board, address)
        if place is None or (address.by and address.by not in place.groups()):
            if place is None:
                return _html(missing(address, frame), 404)
            return _html(wrong(WrongAddressError("history_wrong_by", address.by), frame), 400)
        targets = source.latest.book.all_at(source.clock()).get(address.id)
        listed = address.of == "queue" and lists_callers(scope, targets)
        return _Request(address, place, board, frame, who, listed)

    async def _shown(self, asked: _Request, parts: tuple[Part, ...], patience_s: float) -> Shown:
        """Every part is asked for at once; the archive answers one after the other."""
        past, address, place = self._source.past, asked.address, asked.place
        by = address.by or (place.groups() or ("queue",))[0]
        wanted = {
            part: PastAsked(part, address.period, ()) if part == "published" else PastAsked(
                part, address.period, place.queues, by if part in ("league", "metrics") else "queue", address.clock
            )
            for part in parts
        }  # fmt: skip
        for each in wanted.values():
            past.figures(each)
        await asyncio.gather(*(past.settled(each, patience_s) for each in wanted.values()))
        known: dict[Part, KnownFigures] = {
            part: past.figures(each) for part, each in wanted.items()
        }
        if "published" in known:
            scope = self._source.scope_of(asked.who)
            known["published"] = published.seen(known["published"], scope, address)
        return Shown(
            address, place, known, asked.frame.say, self._source.clock(), asked.board.zone,
            may_export=_may_export(asked.who, place), may_list=asked.may_list,
            may_note=may_note(asked.who, self._departments(address)), mark=asked.who.csrf,
        )  # fmt: skip

    def _departments(self, address: Address) -> Collection[str] | None:
        """Of all queues that a note of this page is about, also of those that its reader does not see; None: of everything."""
        known = self._source.latest.book.all_at(self._source.clock()).values()
        return None if address.of == "all" else departments_of(known, address.of, address.id)

    def _refuse(self, request: web.Request, frame: Frame, key: str) -> web.Response:
        self._entrance.refused(request[ASKED], "a role that may not", request.path)
        return _html(refused(key, frame), _FORBIDDEN)

    def _note(self, request: web.Request, asked: _Request, what: str) -> None:
        who = asked.who
        detail = asked.address.to().partition("?")[2]
        self._entrance.note(request[ASKED], who.who, who.roles, "export", f"history {what}", detail)


def _may_export(who: Principal, place: Place) -> bool:
    """Of every department that a queue of the page is of."""
    departments = {row.department_id for row in place.rows}
    return all(may(who.grants, "export", each) for each in departments)


def _frame(request: web.Request, who: Principal, board: Board, build: str) -> Frame:
    query = request.query
    language = chosen(query.get("lang", ""), request.headers.get("Accept-Language", ""))
    me = who.who if who.way in {"session", "proxy"} else ""
    look = look_of(query.get("theme", ""), query.get("contrast", ""), "")
    say = texts_of(language)
    told = tuple(troubles(board, say))
    return Frame(say, look, me, build, told, moment(board.now, board.zone, board.now))


def _html(body: bytes, status: int = 200, *, with_form: bool = False) -> web.Response:
    return web.Response(
        body=body, status=status, content_type="text/html", charset="utf-8",
        headers={**_NOT_KEPT, **(headers.WITH_FORM if with_form else {})},
    )  # fmt: skip


def _plain(text: str) -> str:
    """What a name of a file may hold everywhere."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)[:60]
