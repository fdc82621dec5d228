"""Which of the desk's lines somebody asks for, and in which order: search and sort, as an address says it. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from msgspec import Struct

from dashboards.callers.not_back import HungUp
from dashboards.wallboard.callers import CallerLine
from dashboards.wallboard.desk import AgentCard, Desk
from dashboards.wallboard.page import Row

Sort = Literal["worst", "name", "waiting", "oldest", "level", "free"]
SORTS: tuple[Sort, ...] = get_args(Sort)
LONGEST_SEARCH = 100
_LEAST = -1.0


class Wanted(Struct, frozen=True):
    """What is searched for, "" for all; and the order of the queues, `worst` by what they ask of people."""

    q: str = ""
    sort: Sort = "worst"


class Waits(Struct, frozen=True):
    row: Row
    caller: CallerLine
    ticking: bool


class Gone(Struct, frozen=True):
    row: Row
    caller: HungUp


class Choice(Struct, frozen=True):
    """`waits` with who waits longest first, `gone` with who hung up last first."""

    rows: tuple[Row, ...]
    waits: tuple[Waits, ...]
    gone: tuple[Gone, ...]
    agents: tuple[AgentCard, ...]


def wanted(query: Mapping[str, str]) -> Wanted:
    """An order that there is not is the first; a search is cut where nobody would type on."""
    sort: Sort = next((each for each in SORTS if each == query.get("sort")), "worst")
    return Wanted(query.get("q", "").strip()[:LONGEST_SEARCH], sort)


def unknown_sorts(query: Mapping[str, str]) -> tuple[str, ...]:
    """What an address asks for as an order, and is none."""
    asked = query.get("sort", "")
    return () if asked in {"", *SORTS} else (asked[:LONGEST_SEARCH],)


def choice(desk: Desk, asked: Wanted) -> Choice:
    """Who searches for a queue gets all that is in it; who searches for a caller or an agent gets those."""
    word = asked.q.casefold()

    def is_in(*texts: str) -> bool:
        return any(word in text.casefold() for text in texts)

    rows = desk.board.rows
    found = {row.queue for row in rows if is_in(row.queue, row.name, row.centre, row.department)}
    listed = [(row, desk.callers[row.queue]) for row in rows if row.queue in desk.callers]
    waits = [
        Waits(row, caller, of_queue.ticking)
        for row, of_queue in listed
        for caller in of_queue.line
        if row.queue in found or is_in(caller.leg_id, caller.story.caller if caller.story else "")
    ]
    gone = [
        Gone(row, caller)
        for row, of_queue in listed
        for caller in (of_queue.not_back.callers if of_queue.not_back else ())
        if row.queue in found or is_in(caller.leg_id, caller.caller)
    ]
    return Choice(
        rows=_sorted(tuple(row for row in rows if row.queue in found), asked.sort),
        waits=tuple(sorted(waits, key=lambda each: -each.caller.wait_ms)),
        gone=tuple(sorted(gone, key=lambda each: -each.caller.left_at)),
        agents=tuple(
            card
            for card in desk.agents
            if is_in(card.agent, card.reason, card.state) or found & set(card.queues)
        ),
    )


def _sorted(rows: tuple[Row, ...], sort: Sort) -> tuple[Row, ...]:
    """What is not known stands last, whatever the order."""
    if sort == "worst":
        return rows
    return tuple(sorted(rows, key=_KEYS[sort]))


def _level(row: Row) -> float:
    level = row.service_level
    return float("inf") if level is None or level.value is None else level.value


_KEYS: Mapping[Sort, Callable[[Row], Any]] = {
    "name": lambda row: (row.name.casefold(), row.queue),
    "waiting": lambda row: -(_LEAST if row.waiting is None else row.waiting),
    "oldest": lambda row: -(_LEAST if row.oldest_wait_ms is None else row.oldest_wait_ms),
    "level": _level,
    "free": lambda row: row.agents.free if row.agents else float("inf"),
}
