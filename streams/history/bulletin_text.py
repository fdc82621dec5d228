"""A bulletin as HTML, CSV and JSON. Texts from outside are escaped; a hidden count is a word, never an empty cell."""

from html import escape

import msgspec

from schemas.bulletin import Bulletin, BulletinRow
from streams.history.render import rendered

HIDDEN = "few"
NO_VALUE = "–"
COLUMNS = (
    "group", "name", "calls", "answered", "gave_up", "refused", "otherwise", "served_percent", "goal_percent",
    "half_waited_s", "nine_of_ten_waited_s", "suppressed", "withheld",
)  # fmt: skip
_HEADINGS = (
    "Called", "Answered", "Gave up waiting", "Turned away", "Otherwise", "Served as promised", "Promised",
    "Half waited at most", "Nine of ten waited at most",
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
        {name: getattr(each, name) for name in COLUMNS[:-2]}
        | {"suppressed": " ".join(each.suppressed)}
        for each in of.rows
    ]
    rows += [{"withheld": each.text} for each in of.withheld]
    return rendered(rows, COLUMNS, "csv")


def as_html(of: Bulletin) -> str:
    """A page without scripts and without anything from elsewhere."""
    title = f"Calls of {escape(of.period)}"
    body = _withheld(of) if of.withheld else _table(of)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n<style>{_STYLE}</style>\n'
        f"<h1>{title}</h1>\n{body}<p>As known at {escape(of.known_at)}. Calls count when they came in, in opening hours, "
        f"on the clock of {escape(of.zone)}.</p>\n</html>\n"
    )


def _withheld(of: Bulletin) -> str:
    reasons = "".join(f"<li>{escape(each.text)}</li>\n" for each in of.withheld)
    return (
        f"<p>No figures are published, because they would not be whole:</p>\n<ul>\n{reasons}</ul>\n"
    )


def _table(of: Bulletin) -> str:
    heads = "".join(f'<th scope="col">{each}</th>' for each in ("", *_HEADINGS))
    rows = "".join(_row(each) for each in of.rows)
    return (
        f"<table>\n<tr>{heads}</tr>\n{rows}</table>\n"
        f"<p><b>{HIDDEN}</b>: a number that is not published, because it is below {of.smallest_count}, or because a "
        f"number below {of.smallest_count} could be worked out from it. {NO_VALUE}: fewer than {of.fewest} calls. "
        "<b>Otherwise</b>: passed on to another line, called back, sent on by a rule, or lost. <b>Served as promised</b>: "
        "by the promise of each line; rounded down.</p>\n"
    )


def _row(of: BulletinRow) -> str:
    counts = (of.calls, of.answered, of.gave_up, of.refused, of.otherwise)
    cells = [HIDDEN if each is None else f"{each:,}" for each in counts]
    cells += [
        NO_VALUE if each is None else f"{each} %" for each in (of.served_percent, of.goal_percent)
    ]
    waits = (of.half_waited_s, of.nine_of_ten_waited_s)
    cells += [NO_VALUE if each is None else f"{each} s" for each in waits]
    shown = "".join(f"<td>{each}</td>" for each in cells)
    return f'<tr><th scope="row" dir="auto">{escape(of.name)}</th>{shown}</tr>\n'
