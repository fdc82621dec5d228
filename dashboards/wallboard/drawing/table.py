"""Queues, departments and centres as rows of a table; on a phone each row is a card, by the style sheet."""

from collections.abc import Callable, Sequence

from dashboards.wallboard.cause import cause
from dashboards.wallboard.drawing import figures
from dashboards.wallboard.drawing.names import size_of
from dashboards.wallboard.freshness import OLD
from dashboards.wallboard.headline import name, spaced
from dashboards.wallboard.page import Board, Row, Totals
from dashboards.wallboard.said import remarks
from dashboards.wallboard.sign import OLD_WORDS, place
from dashboards.wallboard.texts import Texts
from streams.charts.html import Html, el, every, joined, plain

# Of one page, the worst of its queues. A page of 1,000 rows was 2 MB, sent and drawn anew at each change.
MOST_ROWS = 100
_ONE_LINE = 60  # characters of a centre and a cause side by side on a television of 1366 pixels
Leads = Callable[[Row, str, Texts], str]
_COLUMNS = ("waiting", "oldest", "level_30", "level_today", "abandoned_30", "free")


def queue_table(
    rows: Sequence[Row],
    say: Texts,
    board: Board,
    caption: Html,
    leads: Leads | None = None,
    size: str = "",
) -> Html:
    """`leads` gives where a figure of a row leads, by its column; without it to the page of the queue. `size` is that of the names
    where the table is one of several; else they have their own.
    """
    return el(
        "table", {"class": f"queues {size or size_of([row.name for row in rows])}"},
        el("caption", {}, caption),
        _head(say("queue"), say, say("level_30"), say("level_today")),
        el("tbody", {"id": None if size else "rows"}, every(_queue(row, say, board.now, leads or _to_queue) for row in rows)),
    )  # fmt: skip


def group_table(
    groups: Sequence[Totals], kind: str, say: Texts, caption: Html, board: Board
) -> Html:
    """Departments or centres, the worst first."""
    titles = sum_titles(board.rows, say)
    worst = sorted(groups, key=lambda each: (-each.act, -each.watch, place(each.sign), each.name))
    return el(
        "table", {"class": f"groups {size_of([each.name for each in worst])}"},
        el("caption", {}, caption),
        _head(say(kind), say, *titles),
        el("tbody", {"id": "groups"}, every(_group(each, kind, say, titles) for each in worst)),
    )  # fmt: skip


def sum_titles(rows: Sequence[Row], say: Texts) -> tuple[Html, Html]:
    """What a sum over queues is called: of different promises it is no service level of any of them."""
    promised = {(row.formula, row.answer_within_ms) for row in rows if row.formula}
    each = len(promised) > 1
    return say("each_30" if each else "level_30"), say("each_today" if each else "level_today")


def _head(first: Html, say: Texts, level: Html, today: Html) -> Html:
    titles = _titles(say, level, today)
    return el(
        "thead", {},
        el("tr", {},
            el("th", {"scope": "col", "class": "sign-of"}, say("state")),
            el("th", {"scope": "col", "class": "who"}, first),
            every(el("th", {"scope": "col", "class": key}, titles[key]) for key in _COLUMNS)),
    )  # fmt: skip


def _titles(say: Texts, level: Html, today: Html) -> dict[str, Html]:
    """What each column is called: above it, and on a phone, where there is no head, above each figure."""
    return {key: say(key) for key in _COLUMNS} | {"level_30": level, "level_today": today}


def _queue(row: Row, say: Texts, now: int, leads: Leads) -> Html:
    why, notes = cause(row, say, now), remarks(row, say, now)
    is_long = len(row.centre) + len(plain(why)) > _ONE_LINE
    below = [part for part in (row.centre, promise(row, say)) if part]
    return el(
        "tr",
        {"data-key": row.queue, "data-queue": row.queue, "data-level": row.sign.level,
         "data-old": row.condition in OLD},
        el("td", {"class": "sign-of"}, figures.sign(row.sign, say)),
        el("th", {"scope": "row", "class": "who"},
            el("a", {"class": "name", "href": figures.link("queue", row.queue, say)}, name(row.name)),
            el("small", {"class": "where"}, spaced(below)),
             el("small", {"class": "why long" if is_long else "why"}, why) if why else None,
             el("small", {"class": "notes"}, joined(" · ", notes)) if notes else None),
        _cell("waiting", say, figures.waiting(row.waiting), row, leads),
        _cell("oldest", say, figures.oldest(row.oldest_wait_ms, ticking=row.ticking, late=row.late), row, leads),
        _cell("level_30", say, figures.share(row.service_level, say), row, leads,
              figures.bar(row.service_level, row.goal)),
        _cell("level_today", say, figures.share(row.service_level_today, say), row, leads,
              figures.bar(row.service_level_today, row.goal)),
        _cell("abandoned_30", say, figures.share(row.abandonment, say, bad="over"), row, leads),
        _cell("free", say, figures.agents(row.agents, say, figures.shared(row, say)), row, leads),
    )  # fmt: skip


def promise(row: Row, say: Texts) -> Html | None:
    if row.goal is None or row.answer_within_ms is None:
        return None
    goal = f"{100 * row.goal:g}%"
    return say("promise", goal=goal, within=say.span(row.answer_within_ms))


_PARTS = {
    "waiting": "waiting", "oldest": "waiting", "level_30": "calls", "level_today": "calls",
    "abandoned_30": "calls", "free": "agents",
}  # fmt: skip


def _cell(
    key: str, say: Texts, shown: Html, row: Row, leads: Leads, under: Html | None = None
) -> Html:
    to = leads(row, key, say)
    figure = el("a", {"class": "to", "href": to, "tabindex": "-1"}, shown)
    return el("td", {"class": key, "data-label": say(key)}, figure, under)


def _to_queue(row: Row, key: str, say: Texts) -> str:
    return figures.link("queue", row.queue, say, _PARTS[key])


def _group(group: Totals, kind: str, say: Texts, levels: tuple[Html, Html]) -> Html:
    shown = group.sign
    titles = _titles(say, *levels)
    oldest = figures.oldest(group.oldest_wait_ms, ticking=group.ticking)
    cells = {
        "waiting": figures.waiting(group.waiting),
        "oldest": oldest,
        "level_30": figures.share(group.service_level, say),
        "level_today": figures.share(group.service_level_today, say),
        "abandoned_30": figures.share(group.abandonment, say, bad="over"),
        "free": figures.agents(group.agents, say),
    }
    return el(
        "tr", {"data-key": group.id, "data-level": shown.level, "data-old": shown.word in OLD_WORDS},
        el("td", {"class": "sign-of"}, figures.sign(shown, say)),
        el("th", {"scope": "row", "class": "who"},
            el("a", {"class": "name", "href": figures.link(kind, group.id, say)}, name(group.name)),
            el("small", {"class": "where"}, say("queues", n=group.queues))),
        every(el("td", {"class": key, "data-label": titles[key]}, shown) for key, shown in cells.items()),
    )  # fmt: skip
