"""A page of the board as HTML: what is drawn anew at each board, and the document around it. Pure."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from msgspec import Struct

from dashboards.wallboard.board_page import Asked, Asker, Beside, Page, Seen
from dashboards.wallboard.drawing.figures import trends_of
from dashboards.wallboard.headline import headline, heard
from dashboards.wallboard.last_hour import LastHour
from dashboards.wallboard.order import Held
from dashboards.wallboard.page import Board, Row
from dashboards.wallboard.page_catalogue import PAGES
from dashboards.wallboard.said import troubles
from dashboards.wallboard.texts import LANGUAGES, Texts, moment, texts_of, watch
from dashboards.wallboard.truth import Truth, banner, truth_of
from dashboards.wallboard.zone_change import next_change
from schemas.millis import SECOND
from schemas.owners import Language
from streams.charts.html import Attribute, Html, el, every, plain

_FOUND = 200
_LONG = 120  # characters
_LOST_AT = "{time}"  # filled in by the page, which knows when it heard last


class Painted(Struct, frozen=True):
    """The part that changes, `html`; `status` 404 if there is no such department, centre or queue."""

    title: str
    html: Html
    status: int
    held: Held | None


class Look(Struct, frozen=True):
    """How somebody wants a page, by its address: "" is by the machine. `dim` are the hours from-to, such as `22-6`."""

    theme: str = ""
    contrast: str = ""
    dim: str = ""


def look_of(theme: str, contrast: str, dim: str) -> Look:
    """What an address asks for; what it does not know is left out."""
    first, with_end, last = dim.partition("-")
    hours = {str(hour) for hour in range(25)}
    return Look(
        theme=theme if theme in {"light", "dark"} else "",
        contrast="high" if contrast == "high" else "",
        dim=dim if with_end and {first, last} <= hours else "",
    )


_NOTHING = Beside(LastHour())


def paint(
    board: Board,
    asked: Asked,
    before: Held | None,
    beside: Beside = _NOTHING,
    asker: Asker | None = None,
) -> Painted:
    """Draw the page that was asked for; an order of rows may be held from the drawing `before`."""
    say = texts_of(asked.language)
    drawn = PAGES[asked.page].draw(Seen(board, asked.id, say, before, asker, beside))
    rows = tuple(drawn.rows)
    truth = truth_of(rows, board.parts, board.now)
    html = el(
        "div",
        {"id": "page", "class": f"page-{asked.page}", "data-state": truth.state, "data-now": board.now,
         "data-offset": board.zone_offset_ms, "data-age": truth.age_ms,
         **_when_lost(say, truth, board), **_other_offset(board)},
        el("header", {},
            _top(drawn.title, board), _banner(truth, board, say),
            None if PAGES[asked.page].is_personal else _lines(rows, board, say),
            _headline(headline(rows, truth, say, board.now)) if drawn.status == _FOUND else None,
            el("p", {"id": "heard", "class": "heard", "aria-live": "polite"}, heard(rows, truth, say))),
        el("main", {"id": "main", "tabindex": "-1"}, drawn.html),
        _foot(truth, board, say),
    )  # fmt: skip
    return Painted(title=drawn.title, html=html, status=drawn.status, held=drawn.held)


def _headline(said: Html) -> Html:
    """A television has room for two lines of it."""
    is_long = len(plain(said)) > _LONG
    return el("p", {"id": "headline", "class": "long" if is_long else None}, said)


def _when_lost(say: Texts, truth: Truth, board: Board) -> dict[str, Attribute]:
    """What the page itself says when it hears nothing any more: it has no words of its own."""
    as_of = board.now if truth.as_of is None else truth.as_of
    return {
        "data-as-of": as_of,
        "data-lost": say("lost", time=_LOST_AT),
        "data-broken": say("broken"),
        "data-no-data": say("no_data"),
        "data-unknown": say("head_unknown"),
    }


def _other_offset(board: Board) -> dict[str, Attribute]:
    """A page that hears nothing goes on by its own clock, also through the night in which the zone's is changed."""
    change = next_change(board.zone, board.now)
    if change is None:
        return {}
    return {"data-offset-from": change.at, "data-offset-then": change.offset_ms}


def _top(title: str, board: Board) -> Html:
    return el(
        "div", {"class": "top"},
        el("h1", {}, el("bdi", {}, title)),
        el("time", {"id": "clock"}, moment(board.now, board.zone, board.now)),
    )  # fmt: skip


def _banner(truth: Truth, board: Board, say: Texts) -> Html:
    text = banner(truth, say, board.zone, board.now, simulated=board.simulated)
    messages = troubles(board, say)
    return el(
        "div", {"id": "told"},
        el("p", {"id": "banner", "role": "alert", "hidden": not text}, text),
        el("div", {"id": "messages", "hidden": not messages}, every(el("p", {}, each) for each in messages)),
    )  # fmt: skip


def _lines(rows: Sequence[Row], board: Board, say: Texts) -> Html | None:
    """What people wrote for all boards, or for a department of which the page shows a queue."""
    shown = {row.department_id for row in rows} | {""}
    lines = [each for each in board.lines if each.department in shown]
    if not lines:
        return None
    return el(
        "ul", {"id": "lines", "class": "lines"},
        every(el("li", {"data-key": each.line_id}, el("strong", {"dir": "auto"}, each.text), " ",
                 el("small", {}, say("desk_until", time=moment(each.until, board.zone, board.now, seconds=False))))
              for each in lines),
    )  # fmt: skip


def _foot(truth: Truth, board: Board, say: Texts) -> Html:
    age = None if truth.age_ms is None else truth.age_ms // SECOND
    age_text = say("age", age="{age}")
    shown = say("age_none") if age is None else say("age", age=watch(age * SECOND))
    return el(
        "footer", {},
        el("p", {"id": "age", "data-text": age_text}, shown),
        el("p", {"data-live": True}, say("counted", n=truth.counted, all=truth.queues)),
        el("p", {"class": "no-script"}, say("no_script", time=moment(board.now, board.zone, board.now))),
    )  # fmt: skip


def document(painted: Painted, asked: Asked, look: Look, build: str, path: str) -> bytes:
    """The whole page as it is sent first: with all figures, also for a browser without scripts."""
    say, page = texts_of(asked.language), PAGES[asked.page]
    attributes = {
        **_language(say), "data-theme": look.theme or None,
        "data-contrast": look.contrast or None, "data-dim": look.dim or None,
    }  # fmt: skip
    body = el(
        "body", {"data-build": build, "data-path": path, "class": "" if page.scrolls else "still"},
        el("a", {"class": "skip", "href": "#main"}, say("skip")),
        painted.html,
        _ways(asked, page, say),
    )  # fmt: skip
    whole = el("html", attributes, _document_head(painted.title), body)
    return f"<!doctype html>{whole}\n".encode()


def no_page(path: str, language: Language) -> bytes:
    """What an address says at which there is nothing, with the ways on."""
    say = texts_of(language)
    inside = el(
        "main", {"id": "page"},
        el("section", {"class": "missing"}, el("h1", {}, say("not_found")),
           el("p", {}, say("not_found_page", id=el("bdi", {}, path[:_LONG])))),
    )  # fmt: skip
    ways = _ways(Asked("all", "", language), PAGES["all"], say)
    body = el("body", {}, inside, ways)
    whole = el("html", _language(say), _document_head(say("not_found"), is_live=False), body)
    return f"<!doctype html>{whole}\n".encode()


def _language(say: Texts) -> dict[str, Attribute]:
    return {"lang": say.code, "dir": "rtl" if say.is_right_to_left else "ltr"}


def _document_head(title: str, *, is_live: bool = True) -> Html:
    live = (
        el("noscript", {}, el("meta", {"http-equiv": "refresh", "content": "15"})),
        el("script", {"type": "module", "src": "/board.js"}),
        el("script", {"defer": True, "src": "/simple.js"}),
    )  # fmt: skip
    return el(
        "head", {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "robots", "content": "noindex"}),
        el("title", {}, f"{title} · queuewatch"),
        el("link", {"rel": "icon", "href": "/icon.svg", "type": "image/svg+xml"}),
        every(el("link", {"rel": "stylesheet", "href": f"/{name}.css"}) for name in ("theme", "board", "wall", "desk", "trends")),
        *(live if is_live else ()),
    )  # fmt: skip


def _ways(asked: Asked, page: Page, say: Texts) -> Html:
    """To other pages and languages; a television has nobody who would choose."""
    end = "" if say.code == "en" else f"?lang={say.code}"
    here = f"{_parameter(asked.id)}&" if page.by and asked.id else ""
    languages = every(
        el("a", {"href": f"?{here}lang={code}", "lang": code, "hreflang": code, "class": "language",
                 "aria-current": "true" if code == say.code else None}, texts_of(code).name)
        for code in LANGUAGES
    )  # fmt: skip
    name = asked.id.partition("=")[2] if page.by else asked.id
    wall = f"/wall/{quote(name, safe='')}" if name and page.scrolls else "/wall"
    return el(
        "nav", {"class": "ways", "aria-label": "queuewatch"},
        el("a", {"href": f"/{end}"}, say("to_all")),
        el("a", {"href": f"/desk{end}"}, say("desk")),
        el("a", {"href": f"{wall}{end}"}, say("wall")),
        _to_trends(asked, page, say),
        el("a", {"href": _history_of(asked, page, say)}, say("history")),
        el("span", {"class": "languages", "role": "group", "aria-label": say("language_of_page")}, languages),
        el("a", {"id": "me", "href": "/access/me", "hidden": True}),
    )  # fmt: skip


def _to_trends(asked: Asked, page: Page, say: Texts) -> Html | None:
    """To the days past of what the page shows."""
    if page.past is not None:
        return None
    is_one = asked.page in {"queue", "centre", "department"}
    to = trends_of(asked.page, asked.id, say) if is_one else trends_of("", "", say)
    return el("a", {"href": to}, say("trends"))


def _history_of(asked: Asked, page: Page, say: Texts) -> str:
    """The past of what the page shows."""
    kind, _, id_ = asked.id.partition("=") if page.by else (asked.page, "", asked.id)
    given = [(kind, id_)] if kind in {"queue", "centre", "department"} and id_ else []
    given += [] if say.code == "en" else [("lang", say.code)]
    return f"/history?{urlencode(given)}" if given else "/history"


def _parameter(given: str) -> str:
    """`queue=a&b` as it stands in an address."""
    key, _, value = given.partition("=")
    return f"{key}={quote(value, safe='')}"
