"""The pages of logging in and out: forms without a script, in the language of who asks. Pure."""

from html import escape
from urllib.parse import quote, urlencode

from msgspec import Struct

from dashboards.access.rights import Principal, may_everywhere
from dashboards.access.words import words_of
from schemas.owners import Language
from streams.messages.fitting import isolated

STYLE = "/access.css"
MARK_FIELD = "csrf"
# Each by its own name: who cannot read the page finds the way to one that he can read.
_LANGUAGES: dict[Language, str] = {
    "en": "English",
    "id": "Bahasa Indonesia",
    "ar": "العربية",
    "zu": "isiZulu",
}


class LogIn(Struct, frozen=True, kw_only=True):
    """What the form knows: `then` is where to go, `button` what stands on that of the provider ("": the usual words).

    `is_asked`: whether the address names the language, which so goes on to the next page.
    """

    problem: str = ""
    then: str = "/"
    button: str | None = None  # None: there is no provider
    is_asked: bool = False


def log_in(form: LogIn, language: Language) -> str:
    words = words_of(language)
    then = quote(form.then, safe="")
    lang = f"lang={language}" if form.is_asked else ""
    by_provider = ""
    if form.button is not None:
        text = escape(form.button or words.by_provider)
        to_provider = f"/access/oidc?then={then}" + (f"&amp;{lang}" if lang else "")
        by_provider = (
            f'<p><a class="button" href="{to_provider}">{text}</a></p>'
            f'<p class="small">{escape(words.either)}</p>'
        )
    action = "/access/log-in" + (f"?{lang}" if lang else "")
    by_token = (
        f'<form method="post" action="{action}">'
        f'<input type="hidden" name="then" value="{escape(form.then)}">'
        f'<label>{escape(words.your_token)} <input name="token" type="password" required maxlength="200" dir="ltr"'
        ' autocomplete="current-password" autocapitalize="none" spellcheck="false"></label>'
        f'<button type="submit">{escape(words.log_in)}</button></form>'
        f'<p class="small">{escape(words.no_token)}</p>'
    )
    others = " · ".join(
        f'<a href="/access/log-in?{escape(urlencode({"lang": each, "then": form.then}))}" lang="{each}">{name}</a>'
        for each, name in _LANGUAGES.items()
        if each != language
    )
    problem = f'<p class="problem" role="alert">{escape(form.problem)}</p>' if form.problem else ""
    return _page(
        words.log_in, problem + by_provider + by_token + f'<p class="small">{others}</p>', language
    )


def me(
    who: Principal, *, departments: tuple[str, ...] | None, ends_here: bool, language: Language
) -> str:
    """Who is logged in, what that person may, and the ways out; `ends_here`: the session is ours to end.

    `departments` None: all.
    """
    words = words_of(language)
    sees = words.all_departments if departments is None else ", ".join(departments)
    body = (
        f"<p><strong><bdi>{escape(who.who)}</bdi></strong> · <bdi>{escape(who.roles)}</bdi>"
        f" · <bdi>{escape(sees)}</bdi></p>"
    )
    if ends_here:
        body += _button("/access/log-out", who.csrf, words.log_out)
        body += _button(
            "/access/log-out-everywhere", who.csrf, words.log_out_everywhere, quiet=True
        )
    if may_everywhere(who.grants, "administer") and who.way in {"session", "proxy"}:
        body += _button("/access/end-all-sessions", who.csrf, words.end_all, quiet=True)
    board = f'<p class="small"><a href="/">{escape(words.board)}</a></p>'
    return _page(words.logged_in, body + board, language)


def refused(why: str, typed: str, back: str, language: Language) -> str:
    """Why an order was not written, with what was typed, so that it need not be thought of again, and the way back."""
    words = words_of(language)
    kept = f'<blockquote dir="auto">{escape(typed)}</blockquote>' if typed else ""
    link = f'<p><a class="button" href="{escape(back)}">{escape(words.back)}</a></p>'
    return _page(words.refused, f"<p>{escape(why)}</p>{kept}{link}", language)


def said(title: str, text: str, language: Language, *, way_in: bool = True) -> str:
    words = words_of(language)
    link = (
        f'<p><a class="button" href="/access/log-in">{escape(words.log_in)}</a></p>'
        if way_in
        else ""
    )
    return _page(title, f"<p>{escape(text)}</p>{link}", language)


def foreign(text: str, language: Language) -> str:
    """What is not of the language keeps its own direction."""
    return isolated(text) if words_of(language).right_to_left else text


def _button(action: str, csrf: str, text: str, *, quiet: bool = False) -> str:
    kind = "bare quiet" if quiet else "bare"
    return (
        f'<form method="post" action="{action}" class="{kind}">'
        f'<input type="hidden" name="{MARK_FIELD}" value="{escape(csrf)}">'
        f'<button type="submit">{escape(text)}</button></form>'
    )


def _page(title: str, body: str, language: Language) -> str:
    direction = "rtl" if words_of(language).right_to_left else "ltr"
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)} · queuewatch</title>"
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="{STYLE}"></head>'
        f'<body><main><p class="brand">queuewatch</p><h1>{escape(title)}</h1>{body}</main></body></html>\n'
    )
