"""The page of the past as HTML: complete without a script, with its ways to other times, places and languages. Pure."""

from collections.abc import Callable, Iterable

from msgspec import Struct

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
from dashboards.wallboard.history.address import Address, WrongAddressError
from dashboards.wallboard.history.block import deleted
from dashboards.wallboard.history.place import Place
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.painting import Look
from dashboards.wallboard.texts import LANGUAGES, Texts, moment, texts_of
from schemas.past_figures import Part, PastTold
from schemas.periods import KINDS, Kind, Period, containing
from streams.charts.html import Attribute, Html, el, every, joined

AGAIN_S = 5  # a page that has not all its answers yet is loaded again
_OVER_TIME: frozenset[Part] = frozenset({"trend", "notes", "weekly", "months"})
_SHEETS = ("theme", "board", "desk", "trends", "history")


class Frame(Struct, frozen=True):
    """What stands around every page: `me` is who is logged in and can log out, "" where nobody is; `build` of the files.
    `troubles` are of the processes at that `time`: figures of a period that runs stand still while one of them does.
    """

    say: Texts
    look: Look
    me: str = ""
    build: str = ""
    troubles: tuple[Html, ...] = ()
    time: str = ""


def parts_of(address: Address, place: Place) -> tuple[Part, ...]:
    """What a page asks the archive, in the order in which it is drawn."""
    if address.clock:
        return ("calls",)
    kind = address.period.kind
    wanted: list[tuple[Part, bool]] = [
        ("glance", True),
        ("league", address.of != "queue"),
        ("trend", True),
        ("notes", True),
        ("weekly", kind != "day"),
        ("months", kind == "month"),
        ("compare", kind == "month"),
        ("metrics", True),
        ("corrections", True),
        ("published", address.of in ("all", "department")),
    ]
    return tuple(part for part, is_shown in wanted if is_shown and place.rows)


def page(shown: Shown, frame: Frame) -> bytes:
    say, address = shown.say, shown.address
    body = every([
        el("header", {},
           el("div", {"class": "top"}, el("h1", {}, _title(shown)), el("p", {"class": "as-of"}, _as_of(shown)),
              el("p", {"class": "as-of"}, say("history_clock"))),
           _up(shown), _times(address, say)),
        el("main", {"id": "main", "tabindex": "-1"},
           every(el("p", {"class": "trouble"}, each) for each in _cautions(shown)),
           every(_sections(shown))),
        _how(say) if not address.clock else "",
    ])  # fmt: skip
    return _document(_title(shown), body, frame, address, again=shown.is_asking)


def wrong(problem: WrongAddressError, frame: Frame) -> bytes:
    say = frame.say
    return _told(say("history_wrong"), [say(problem.key, given=problem.given)], frame)


def missing(address: Address, frame: Frame) -> bytes:
    say = frame.say
    return _told(say("not_found"), [say(f"not_found_{address.of}", id=address.id[:100])], frame)


def refused(key: str, frame: Frame) -> bytes:
    return _told(frame.say("history_refused"), [frame.say(key)], frame)


def _told(title: Html, lines: Iterable[Html], frame: Frame) -> bytes:
    body = every([
        el("header", {}, el("div", {"class": "top"}, el("h1", {}, title))),
        el("main", {"id": "main", "tabindex": "-1"}, every(el("p", {}, line) for line in lines),
           el("p", {}, el("a", {"href": _start(frame.say)}, frame.say("history_begin")))),
    ])  # fmt: skip
    return _document(title, body, frame, None, again=False)


def _sections(shown: Shown) -> Iterable[Html]:
    if shown.address.clock:
        yield calls.section(shown)
        return
    drawn: dict[Part, Callable[[Shown], Html | None]] = {
        "glance": glance.section, "league": league.section, "trend": trend.section, "notes": notes.section, "weekly": weekly.section,
        "months": months.section, "compare": compare.section, "metrics": metrics.section, "corrections": corrections.section,
        "published": published.section,
    }  # fmt: skip
    before_losses = [part for part in shown.known if part in _OVER_TIME][-1:]
    for part in shown.known:
        yield drawn[part](shown) or Html("")
        if part in before_losses:
            yield losses.section(shown) or Html("")


def _title(shown: Shown) -> Html:
    say, period = shown.say, shown.address.period
    name = shown.place.name or say("title_all")
    when = period.text
    if period.kind == "day":
        when = f"{period.text} {say(f'weekday_{period.first.isoweekday()}')}"
    return every([el("bdi", {}, name), " · ", el("bdi", {}, when)])


def _as_of(shown: Shown) -> Html:
    """The moment of the oldest answer, since all the others are newer."""
    asked = [known.told.as_of for known in shown.known.values() if known.told is not None]
    zone = _zone(shown)
    if not asked:
        return Html("")
    return every([shown.say("past_as_of", time=moment(min(asked), zone, shown.now)), " ", el("bdi", {}, zone)])  # fmt: skip


def _zone(shown: Shown) -> str:
    return next((known.told.zone for known in shown.known.values() if known.told), shown.zone)


def _cautions(shown: Shown) -> Iterable[Html]:
    """What nobody may overlook who reads the figures: how far they go, and of which queues they are."""
    told = next((known.told for known in shown.known.values() if known.told), None)
    if told is None:
        return
    say = shown.say
    if told.not_configured:
        yield say("history_not_configured", n=len(told.not_configured))
    yield from _reach(told, shown)
    if (gone := deleted(told, shown)) is not None:
        yield gone


def _reach(told: PastTold, shown: Shown) -> Iterable[Html]:
    say = shown.say
    # "07:06" alone on the page of a month does not say of which day.
    today = shown.now if shown.address.period.kind == "day" else 0

    def at(time: int) -> str:
        return moment(time, told.zone, today, seconds=False)

    if told.reaches is None or told.reaches[1] <= told.start or told.reaches[0] >= told.end:
        yield say("history_not_begun" if told.start > shown.now else "history_no_data")
        return
    first, last = told.reaches
    if first > told.start:
        yield say("history_from", time=at(first))
    if last < told.end:
        yield say("history_runs" if told.end > shown.now else "history_until", time=at(last))


def _up(shown: Shown) -> Html | None:
    """The way down to this page: each step leads back."""
    say, address = shown.say, shown.address
    if not shown.place.above and not address.clock:
        return None
    steps = [
        el("a", {"href": address.below(step.of, step.id)}, el("bdi", {}, step.name or say("title_all")))
        for step in shown.place.above
    ]  # fmt: skip
    if address.clock:
        steps.append(el("a", {"href": address.at(address.period)}, el("bdi", {}, shown.place.name)))
    return el("nav", {"class": "up", "aria-label": say("history_up")}, joined(" / ", steps))


def _times(address: Address, say: Texts) -> Html:
    """The period before and after, and the month, week or day that this one lies in."""
    period = address.period
    back, on = ("→", "←") if say.is_right_to_left else ("←", "→")
    kinds = [
        el("a", {"href": address.at(_in(kind, period)), "aria-current": "true" if kind == period.kind else None},
           say(f"history_{kind}"))
        for kind in KINDS
    ]  # fmt: skip
    return el(
        "nav", {"class": "times", "aria-label": say("history_times")},
        el("a", {"href": address.at(period.previous()), "rel": "prev"}, back, " ", el("bdi", {}, period.previous().text)),
        el("span", {}, joined(" · ", kinds)),
        el("a", {"href": address.at(period.following()), "rel": "next"}, el("bdi", {}, period.following().text), " ", on),
    )  # fmt: skip


def _in(kind: Kind, period: Period) -> Period:
    return period if kind == period.kind else containing(kind, period.first)


def _how(say: Texts) -> Html:
    keys = (
        "how_half_hour",
        "how_promised",
        "history_how_league",
        "history_how_noise",
        "history_how_unserved",
    )
    return el(
        "footer", {},
        el("details", {"class": "how"}, el("summary", {}, say("how")),
           el("ul", {}, every(el("li", {}, say(key)) for key in keys))),
    )  # fmt: skip


def _start(say: Texts) -> str:
    return "/history" if say.code == "en" else f"/history?lang={say.code}"


def _document(
    title: Html, body: Html, frame: Frame, address: Address | None, *, again: bool
) -> bytes:
    say, look = frame.say, frame.look
    attributes: dict[str, Attribute] = {
        "lang": say.code, "dir": "rtl" if say.is_right_to_left else "ltr", "data-theme": look.theme or None,
        "data-contrast": look.contrast or None,
    }  # fmt: skip
    head = el(
        "head", {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "robots", "content": "noindex"}),
        el("meta", {"http-equiv": "refresh", "content": AGAIN_S}) if again else None,
        el("title", {}, title, " · queuewatch"),
        el("link", {"rel": "icon", "href": "/icon.svg", "type": "image/svg+xml"}),
        every(el("link", {"rel": "stylesheet", "href": f"/{name}.css"}) for name in _SHEETS),
    )  # fmt: skip
    whole = el(
        "html", attributes, head,
        el("body", {"data-build": frame.build},
           el("a", {"class": "skip", "href": "#main"}, say("history_skip")),
           el("div", {"id": "page", "class": "page-history"}, _troubles(frame), body),
           _ways(frame, address)),
    )  # fmt: skip
    return f"<!doctype html>{whole}\n".encode()


def _troubles(frame: Frame) -> Html | None:
    """With their moment: nothing moves on this page, and what stood still may run again."""
    if not frame.troubles:
        return None
    return el(
        "div", {"id": "messages"},
        el("p", {}, frame.say("history_troubles", time=frame.time)), every(el("p", {}, each) for each in frame.troubles),
    )  # fmt: skip


def _ways(frame: Frame, address: Address | None) -> Html:
    say = frame.say
    end = "" if say.code == "en" else f"?lang={say.code}"
    languages = every(
        el("a", {"href": address.in_language(code) if address else f"/history?lang={code}", "lang": code,
                 "hreflang": code, "class": "language", "aria-current": "true" if code == say.code else None},
           texts_of(code).name)
        for code in LANGUAGES
    )  # fmt: skip
    return el(
        "nav", {"class": "ways", "aria-label": "queuewatch"},
        el("a", {"href": f"/{end}"}, say("to_all")),
        el("a", {"href": f"/desk{end}"}, say("desk")),
        el("a", {"href": f"/trends{end}"}, say("trends")),
        el("span", {"class": "languages", "role": "group", "aria-label": say("language_of_page")}, languages),
        el("a", {"id": "me", "href": f"/access/me{end}"}, el("bdi", {}, frame.me)) if frame.me else None,
    )  # fmt: skip
