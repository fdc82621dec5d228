"""The page behind the link in a message: who is to say "I have it", of which alert. Pure; no script in it.

Link scanners and previews open every link that they see. So the page is only a form: what is asked for with GET
changes nothing.
"""

from html import escape
from shlex import quote

from msgspec import Struct

from dashboards.wallboard.words import behind, clock
from schemas.ack_link import Refusal
from schemas.alerts import Alert
from schemas.commands import LONGEST_NOTE, LONGEST_WHO, Acknowledged

_OK, _BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _GONE, _UNAVAILABLE = (
    200, 400, 403, 404, 409, 410, 503,
)  # fmt: skip
_COMMAND = "queuewatch alerts ack"


class Page(Struct, frozen=True):
    status: int
    html: str


class About(Struct, frozen=True):
    """What a page says of its alert: `zone` is that of the queue, `told` the owner to whom the message went."""

    alert: Alert
    zone: str
    told: str


class Typed(Struct, frozen=True):
    """What stands in the form, and what is wrong with it."""

    who: str = ""
    note: str = ""
    problem: str = ""


def form(about: About, now: int, typed: Typed | None = None) -> Page:
    """Ask who has it. With a problem it comes again, with what was typed."""
    typed = typed or Typed()
    problem = _paragraph(typed.problem, "problem") if typed.problem else ""
    return _page(
        _BAD_REQUEST if typed.problem else _OK,
        "Do you have it?",
        _facts(about, now) + "<p>Nobody has it yet.</p>" + problem + '<form method="post">'
        f'<label>Your name <input name="who" required maxlength="{LONGEST_WHO}" autocomplete="name"'
        f' value="{escape(typed.who)}"></label>'
        f'<label>Note <small>may be empty; others see it</small> <input name="note" maxlength="{LONGEST_NOTE}"'
        f' autocomplete="off" value="{escape(typed.note)}"></label>'
        '<button type="submit">I have it</button></form>'
        '<p class="small">It is not repeated then, and nobody else is woken for it.</p>',
    )


def done(about: About, had: Acknowledged, now: int) -> Page:
    return _page(
        _OK,
        f"{had.who} has it",
        _facts(about, now)
        + _paragraph("It is not repeated while it goes on. You are told when it is over."),
    )


def taken(about: About, had: Acknowledged, now: int, *, tried: bool) -> Page:
    """Somebody has it already; `tried`: the form was sent all the same, and nothing was written."""
    since = f"{had.who} has it for {behind(max(0, now - had.at))}, since {clock(had.at, about.zone, now)}."
    told = (
        "Nothing was changed: the link was used already, or somebody was quicker. " if tried else ""
    )
    note = _paragraph(f"Note: {had.note}") if had.note else ""
    return _page(
        _CONFLICT if tried else _OK,
        f"{had.who} has it already",
        _facts(about, now)
        + _paragraph(told + since)
        + note
        + _hint(
            "To take it over", f"{_COMMAND} {quote(f'{about.alert.rule}/{about.alert.place}')}"
        ),
    )


def over(about: About, now: int) -> Page:
    alert = about.alert
    ended = alert.changed_at if alert.resolved_at is None else alert.resolved_at
    return _page(
        _GONE,
        "It is over",
        _paragraph(alert.queue_name or alert.queue, "queue")
        + _paragraph(alert.reason)
        + _paragraph(f"Over since {clock(ended, about.zone, now)}. There is nothing to take."),
    )


def unknown(alert_id: str) -> Page:
    return _page(
        _NOT_FOUND,
        "This alert is not known",
        _paragraph(f"{alert_id}: it ended more than a day ago, or it is of another system.")
        + _hint("All of the last 30 days", "queuewatch alerts list --all"),
    )


def refused(why: Refusal) -> Page:
    if why == "expired":
        return _page(
            _GONE,
            "This link has ended",
            _paragraph("A link can be used for 12 to 24 hours. While the alert goes on, each message has a newer one.")
            + _hint("Without a link", _COMMAND),
        )  # fmt: skip
    return _page(
        _FORBIDDEN,
        "This link is not valid",
        _paragraph("It was changed or cut off on its way, or the key of the links is another one now. Open it from the message itself.")
        + _hint("Without a link", _COMMAND),
    )  # fmt: skip


def without_key() -> Page:
    return _page(
        _NOT_FOUND,
        "This board takes no links",
        _paragraph("It was started without --link-key-file.") + _hint("Without a link", _COMMAND),
    )


def later(problem: str) -> Page:
    """Nothing is known or could be written now; a write without an answer may have been taken all the same."""
    return _page(
        _UNAVAILABLE,
        "Not now",
        _paragraph(f"It could not be kept: {problem}.")
        + _paragraph("Open the link again in a moment: it says whether somebody has the alert."),
    )


def _facts(about: About, now: int) -> str:
    alert = about.alert
    since = alert.onset_at if alert.fired_at is None else alert.fired_at
    told = f" Told: {about.told}." if about.told else ""
    return (
        _paragraph(alert.queue_name or alert.queue, "queue")
        + _paragraph(alert.reason)
        + _paragraph(
            f"For {behind(max(0, now - since))}, since {clock(since, about.zone, now)}.{told}",
            "small",
        )
    )


def _hint(what: str, command: str) -> str:
    return f'<p class="small">{escape(what)}: <code>{escape(command)}</code></p>'


def _paragraph(text: str, kind: str = "") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return f"<p{of_kind}>{escape(text)}</p>"


def _page(status: int, title: str, body: str) -> Page:
    return Page(
        status,
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/ack.css"></head>'
        f'<body><main><h1>{escape(title)}</h1>{body}<p class="small"><a href="/">The board</a></p>'
        "</main></body></html>\n",
    )
