"""The page behind the link in a message: who is to say "I have it", of which alert. Pure; no script in it.

Link scanners and previews open every link that they see. So the page is only a form: what is asked for with GET
changes nothing. It is in the language of the owner to whom the message went (streams/messages/languages).
"""

from html import escape
from shlex import quote
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.ack_link import Refusal
from schemas.alerts import Alert
from schemas.commands import LONGEST_NOTE, LONGEST_WHO, Acknowledged
from schemas.millis import to_datetime
from schemas.owners import Language
from schemas.pipeline_alerts import PipelineAlert
from streams.messages.fitting import clean, isolated
from streams.messages.sentences import sentence
from streams.messages.told import Told
from streams.messages.words import Words, words_of

_OK, _BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _GONE, _UNAVAILABLE = (
    200, 400, 403, 404, 409, 410, 503,
)  # fmt: skip
_COMMAND = "queuewatch alerts ack"


class Page(Struct, frozen=True):
    status: int
    html: str


class About(Struct, frozen=True):
    """What a page says of its alert: `zone` is that of the queue, `told` the owner to whom the message went."""

    alert: Alert | PipelineAlert
    alert_id: str
    zone: str
    told: str
    language: Language = "en"


class Typed(Struct, frozen=True):
    """What stands in the form, and whether it cannot be taken."""

    who: str = ""
    note: str = ""
    is_refused: bool = False


def form(about: About, now: int, typed: Typed | None = None) -> Page:
    """Ask who has it. With a mistake it comes again, with what was typed."""
    typed = typed or Typed()
    words = words_of(about.language)
    page = words.page
    refused = page.refused.format(who=LONGEST_WHO, note=LONGEST_NOTE)
    return _page(
        words,
        _BAD_REQUEST if typed.is_refused else _OK,
        page.ask,
        _facts(about, words, now)
        + _paragraph(page.nobody)
        + (_paragraph(refused, "problem") if typed.is_refused else "")
        + '<form method="post">'
        + f'<label>{escape(page.name)} <input name="who" required maxlength="{LONGEST_WHO}" autocomplete="name"'
        + f' dir="auto" value="{escape(typed.who)}"></label>'
        + f"<label>{escape(page.note)} <small>{escape(page.note_hint)}</small>"
        + f' <input name="note" maxlength="{LONGEST_NOTE}" autocomplete="off" dir="auto" value="{escape(typed.note)}"></label>'
        + f'<button type="submit">{escape(words.acknowledge)}</button></form>'
        + _paragraph(page.then, "small"),
    )


def done(about: About, had: Acknowledged, now: int) -> Page:
    words = words_of(about.language)
    title = words.acknowledged.format(who=_foreign(had.who, words))
    return _page(words, _OK, title, _facts(about, words, now) + _paragraph(words.page.done))


def taken(about: About, had: Acknowledged, now: int, *, tried: bool) -> Page:
    """Somebody has it already; `tried`: the form was sent all the same, and nothing was written."""
    words = words_of(about.language)
    page, who = words.page, _foreign(had.who, words)
    since = page.taken_since.format(
        who=who,
        duration=words.duration(max(0, now - had.at)),
        time=_clock(had.at, about.zone, now, words),
    )
    note = _paragraph(f"{page.note}: {_foreign(had.note, words)}") if had.note else ""
    return _page(
        words,
        _CONFLICT if tried else _OK,
        page.already.format(who=who),
        _facts(about, words, now)
        + _paragraph(f"{page.unchanged} {since}" if tried else since)
        + note
        + _hint(page.take_over, f"{_COMMAND} {_named(about)}"),
    )


def over(about: About, alert: Alert, now: int) -> Page:
    words = words_of(about.language)
    ended = alert.changed_at if alert.resolved_at is None else alert.resolved_at
    said = words.page.over_since.format(time=_clock(ended, about.zone, now, words))
    return _page(words, _GONE, words.page.over, _what(about, words) + _paragraph(said))


def unknown(alert_id: str, language: Language) -> Page:
    words = words_of(language)
    page = words.page
    return _page(
        words,
        _NOT_FOUND,
        page.unknown,
        _paragraph(page.unknown_why.format(alert=_foreign(alert_id, words)))
        + _hint(page.all_alerts, "queuewatch alerts list --all"),
    )


def refused(why: Refusal, language: Language) -> Page:
    words = words_of(language)
    page = words.page
    is_old = why == "expired"
    said = _paragraph(page.expired_why if is_old else page.forged_why)
    return _page(
        words,
        _GONE if is_old else _FORBIDDEN,
        page.expired if is_old else page.forged,
        said + _hint(page.without_link, _COMMAND),
    )


def without_key(language: Language) -> Page:
    words = words_of(language)
    page = words.page
    said = _paragraph(page.no_links_why)
    return _page(words, _NOT_FOUND, page.no_links, said + _hint(page.without_link, _COMMAND))


def later(problem: str, language: Language) -> Page:
    """Nothing is known or could be written now; a write without an answer may have been taken all the same."""
    words = words_of(language)
    page = words.page
    said = page.later_why.format(problem=_foreign(problem, words))
    return _page(words, _UNAVAILABLE, page.later, _paragraph(said) + _paragraph(page.later_again))


def _facts(about: About, words: Words, now: int) -> str:
    page, alert = words.page, about.alert
    if isinstance(alert, PipelineAlert):
        time = _clock(alert.starts_at, about.zone, now, words)
        since = page.began.format(time=time)
    else:
        began = alert.onset_at if alert.fired_at is None else alert.fired_at
        since = page.goes_on.format(
            duration=words.duration(max(0, now - began)),
            time=_clock(began, about.zone, now, words),
        )
    told = f" {page.told.format(owner=_foreign(about.told, words))}" if about.told else ""
    return _what(about, words) + _paragraph(since + told, "small")


def _what(about: About, words: Words) -> str:
    """Which queue, and what is wrong with it; of an alert of the pipeline its name, its labels and its runbook."""
    alert = about.alert
    if isinstance(alert, PipelineAlert):
        link = f'<p><a href="/runbooks/{escape(alert.name)}.md">{escape(words.runbook)}</a></p>'
        return (
            _paragraph(_foreign(alert.name, words), "queue")
            + _paragraph(_foreign(alert.what, words))
            + link
        )
    told = Told(
        {"rule": alert.rule, "doubtful": "true" if alert.doubtful else ""},
        {
            "summary": alert.reason, "queue_name": alert.queue_name or alert.queue, "n": str(alert.n),
            "value": f"{alert.value:.10g}", "threshold": f"{alert.threshold:.10g}",
        },
        is_firing=True, starts_at=alert.onset_at, ends_at=None,
    )  # fmt: skip
    name = _foreign(alert.queue_name or alert.queue, words)
    return _paragraph(name, "queue") + _paragraph(sentence(told, words))


def _named(about: About) -> str:
    """As the command takes it."""
    if isinstance(about.alert, PipelineAlert):
        return quote(about.alert_id)
    return quote(f"{about.alert.rule}/{about.alert.place}")


def _clock(at: int, zone: str, now: int, words: Words) -> str:
    """`14:03:05` in the zone; with its date when it is not of the day of `now`."""
    local, today = to_datetime(at, ZoneInfo(zone)), to_datetime(now, ZoneInfo(zone))
    text = f"{local:%H:%M:%S}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M:%S}"
    return _foreign(text, words)


def _foreign(text: str, words: Words) -> str:
    """What is not of the language keeps its own direction."""
    return isolated(clean(text)) if words.right_to_left else text


def _hint(what: str, command: str) -> str:
    return f'<p class="small">{escape(what)}: <code dir="ltr">{escape(command)}</code></p>'


def _paragraph(text: str, kind: str = "") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return f"<p{of_kind}>{escape(text)}</p>"


def _page(words: Words, status: int, title: str, body: str) -> Page:
    direction = "rtl" if words.right_to_left else "ltr"
    return Page(
        status,
        f'<!doctype html><html lang="{words.language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/ack.css"></head>'
        f'<body><main><h1>{escape(title)}</h1>{body}<p class="small"><a href="/">{escape(words.board)}</a></p>'
        "</main></body></html>\n",
    )
