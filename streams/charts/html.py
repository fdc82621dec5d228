"""HTML as text that is safe by its type: what is not `Html` is escaped when it is put into an element. Pure."""

import re
from collections.abc import Iterable
from html import escape, unescape

_TAG = re.compile(r"<[^>]*>")
_VOID = frozenset({"br", "img", "input", "link", "meta"})


class Html(str):
    """Markup that stands as it is."""

    __slots__ = ()


Child = str | None
Attribute = str | int | bool | None


def escaped(text: str) -> str:
    """`text`, escaped unless it is markup already."""
    return text if isinstance(text, Html) else escape(text)


def joined(between: str, parts: Iterable[str]) -> Html:
    return Html(escaped(between).join(escaped(part) for part in parts if part))


def el(name: str, attributes: dict[str, Attribute] | None = None, /, *children: Child) -> Html:
    """An element. An attribute of None or False is left out, one of True has no value."""
    shown = "".join(
        f" {key}" if value is True else f' {key}="{escape(str(value))}"'
        for key, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{shown}>")
    inside = "".join(escaped(child) for child in children if child is not None)
    return Html(f"<{name}{shown}>{inside}</{name}>")


def plain(markup: Html) -> str:
    """What is read of it, with its entities."""
    return _TAG.sub("", markup)


def as_text(text: str) -> str:
    """Of markup the words that are read of it, without entities; a text stands as it is. For what is no HTML: a chart, a file."""
    return unescape(plain(text)) if isinstance(text, Html) else text


def every(children: Iterable[str]) -> Html:
    """Several children as one."""
    return Html("".join(escaped(child) for child in children))
