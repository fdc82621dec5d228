"""A bulletin as HTML, CSV and JSON. Texts from outside are escaped; a hidden count is a word, never an empty cell.

JSON and CSV have the same keys and figures in every language; headings are those of HTML alone.
"""

from collections.abc import Callable
from html import escape

import msgspec

from schemas.bulletin import Bulletin, BulletinRow
from schemas.millis import from_iso
from streams.history.language import NO_VALUE, Language, language_of
from streams.history.render import rendered
from streams.history.sentences import Moment, Span, sentence

COLUMNS = (
    "group", "name", "calls", "answered", "gave_up", "refused", "otherwise", "served_percent", "goal_percent",
    "half_waited_s", "nine_of_ten_waited_s", "suppressed", "withheld", "missing_at_most",
)  # fmt: skip
_OF_A_ROW = COLUMNS[:11]
HEADINGS = (
    "bulletin_calls", "bulletin_answered", "bulletin_gave_up", "bulletin_refused", "bulletin_otherwise",
    "bulletin_served", "bulletin_goal", "bulletin_half_waited", "bulletin_nine_of_ten_waited",
)  # fmt: skip
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
    "th,td{border:1px solid #767676;padding:.3em .6em;text-align:end}th:first-child,td:first-child{text-align:start}"
)


def as_json(of: Bulletin) -> str:
    """By schemas/json/bulletin.schema.json."""
    return msgspec.json.format(msgspec.json.encode(of), indent=2).decode() + "\n"


def as_csv(of: Bulletin) -> str:
    """One row a centre, that of all first; of one that is withheld a row for each reason."""
    rows: list[dict[str, str | int | None]] = [
        {name: getattr(each, name) for name in _OF_A_ROW}
        | {"suppressed": " ".join(each.suppressed)}
        for each in of.rows
    ]
    if rows:  # records are not known by centre
        rows[0]["missing_at_most"] = of.missing_at_most
    rows += [{"withheld": each.text} for each in of.withheld]
    return rendered(rows, COLUMNS, "csv")


def as_html(of: Bulletin) -> str:
    """A page without scripts and without anything from elsewhere."""
    language = language_of(of.language)
    title = escape(title_of(of))
    body = _withheld(of, language) if of.withheld else _table(of, language)
    known = Moment(from_iso(of.known_at), of.zone, dated=True)
    said = sentence("bulletin_known", known=known, zone=of.zone).said(language)
    direction = "rtl" if language.right_to_left else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{of.language}" dir="{direction}">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n<h1>{title}</h1>\n{body}<p>{escape(said)}</p>\n</html>\n"
    )


BULLETIN_WRITERS: dict[str, Callable[[Bulletin], str]] = {
    "html": as_html,
    "csv": as_csv,
    "json": as_json,
}


def title_of(of: Bulletin) -> str:
    period = Span(of.length, from_iso(of.start), of.zone)
    return sentence("bulletin_title", period=period).said(language_of(of.language))


def _withheld(of: Bulletin, language: Language) -> str:
    reasons = "".join(f"<li>{escape(each.text)}</li>\n" for each in of.withheld)
    said = language.text("bulletin_withheld")
    return f"<p>{escape(said)}</p>\n<ul>\n{reasons}</ul>\n"


def _table(of: Bulletin, language: Language) -> str:
    heads = "".join(
        f'<th scope="col">{escape(text)}</th>' for text in ("", *map(language.head, HEADINGS))
    )
    rows = "".join(_row(each, language) for each in of.rows)
    few = language.head("bulletin_few")
    told = [
        *([sentence("bulletin_missing", calls=of.missing_at_most)] if of.missing_at_most else []),
        sentence("bulletin_hidden", few=few, smallest=of.smallest_count),
        sentence("bulletin_no_value", sign=NO_VALUE, fewest=of.fewest),
        sentence("bulletin_meaning"),
    ]
    said = "".join(f"<p>{escape(each.said(language))}</p>\n" for each in told)
    return f"<table>\n<tr>{heads}</tr>\n{rows}</table>\n{said}"


def _row(of: BulletinRow, language: Language) -> str:
    few = language.head("bulletin_few")
    counts = (of.calls, of.answered, of.gave_up, of.refused, of.otherwise)
    cells = [few if each is None else language.number(each) for each in counts]
    cells += [
        NO_VALUE if each is None else language.percent_whole(each / 100)
        for each in (of.served_percent, of.goal_percent)
    ]
    waits = (of.half_waited_s, of.nine_of_ten_waited_s)
    cells += [
        NO_VALUE if each is None else language.formula(f"{language.number(each)} s")
        for each in waits
    ]
    shown = "".join(f"<td>{escape(each)}</td>" for each in cells)
    return f'<tr><th scope="row" dir="auto">{escape(of.name)}</th>{shown}</tr>\n'
