"""The pages of logging in and out: forms without a script. Pure."""

from html import escape
from urllib.parse import quote

from dashboards.access.rights import Principal, may_everywhere

STYLE = "/access.css"


def log_in(*, problem: str, then: str, button: str | None, tokens: bool) -> str:
    """Ask who it is. `button`: what stands on that of the provider, None if there is none."""
    by_provider = (
        f'<p><a class="button" href="/access/oidc?then={quote(then, safe="")}">{escape(button)}</a></p>'
        if button is not None
        else ""
    )
    by_token = (
        '<form method="post" action="/access/log-in">'
        f'<input type="hidden" name="then" value="{escape(then)}">'
        '<label>Your token <input name="token" type="password" required maxlength="200"'
        ' autocomplete="current-password" autocapitalize="none" spellcheck="false"></label>'
        '<button type="submit">Log in</button></form>'
        '<p class="small">Nobody has sent you a token? Ask the people who run the system.</p>'
    )
    either = '<p class="small">or</p>' if by_provider and tokens else ""
    return _page(
        "Log in",
        (f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else "")
        + by_provider
        + either
        + (by_token if tokens else ""),
    )


def me(who: Principal, *, sees: str, ends_here: bool) -> str:
    """Who is logged in, what that person may, and the ways out; `ends_here`: the session is ours to end."""
    body = f"<p><strong>{escape(who.who)}</strong> · {escape(who.roles)} · {escape(sees)}</p>"
    if ends_here:
        body += _button("/access/log-out", who.csrf, "Log out")
        body += _button(
            "/access/log-out-everywhere", who.csrf, "Log out on all devices", quiet=True
        )
    if may_everywhere(who.grants, "administer") and who.way in {"session", "proxy"}:
        body += _button(
            "/access/end-all-sessions", who.csrf, "End the sessions of everybody", quiet=True
        )
    return _page("Logged in", body + '<p class="small"><a href="/">The board</a></p>')


def said(title: str, text: str, *, way_in: bool = True) -> str:
    link = '<p><a class="button" href="/access/log-in">Log in</a></p>' if way_in else ""
    return _page(title, f"<p>{escape(text)}</p>{link}")


def _button(action: str, csrf: str, text: str, *, quiet: bool = False) -> str:
    kind = "bare quiet" if quiet else "bare"
    return (
        f'<form method="post" action="{action}" class="{kind}">'
        f'<input type="hidden" name="csrf" value="{escape(csrf)}">'
        f'<button type="submit">{escape(text)}</button></form>'
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)} · queuewatch</title>"
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="{STYLE}"></head>'
        f'<body><main><p class="brand">queuewatch</p><h1>{escape(title)}</h1>{body}</main></body></html>\n'
    )
