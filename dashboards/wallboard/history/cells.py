"""How values of reports stand on a page: the digits of `history`, units beside them, no value as a dash. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from dashboards.wallboard.texts import NO_VALUE, Texts
from schemas.csv_cells import plain_value
from schemas.goal import ENOUGH_CALLS
from schemas.past_figures import Figures, Value
from streams.charts.html import Html, el, every

_MINUS = "\N{MINUS SIGN}"


class Cell(Struct, frozen=True):
    """`value` goes into a file as it is, `shown` onto the page. `is_bad`: below its goal, with a mark beside it."""

    value: Value
    shown: Html


def text(value: Value) -> Html:
    """A name or a word of a platform, in its own direction."""
    return el("bdi", {}, NO_VALUE if value in (None, "") else str(value))


def number(value: Value, say: Texts) -> str:
    """A count with separators; anything else with its digits."""
    if value is None:
        return NO_VALUE
    return say.number(value) if isinstance(value, int) else plain_value(value)


def percent(value: Value) -> str:
    """`86.1 %`, as tables of `history` have it."""
    return f"{value * 100:.1f} %" if isinstance(value, int | float) else NO_VALUE


def points(value: Value) -> str:
    """`+3.0`; below zero with a minus sign, which is as long as a plus."""
    signed = f"{value:+.1f}" if isinstance(value, int | float) else NO_VALUE
    return signed.replace("-", _MINUS)


def seconds(value: Value, say: Texts) -> str:
    """`182.4 s`, with the word of the page's language for the unit."""
    return f"{value:.1f} {say.second}" if isinstance(value, int | float) else NO_VALUE


def moment(value: Value) -> str:
    """`2026-10-05 09:30` of a time of a report, which has the clock of its zone."""
    return NO_VALUE if not isinstance(value, str) else f"{value[:10]} {value[11:16]}"


def whole(row: Figures, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0


def share(row: Figures, name: str) -> float | None:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else None


def level(row: Figures, say: Texts) -> Html:
    """What was served as promised; of few calls those calls, as everywhere: `2/3`. Below its goal it has a mark."""
    kept, due = share(row, "sl_promised"), whole(row, "promised_calls")
    if kept is None:
        return Html(NO_VALUE)
    if due < ENOUGH_CALLS:
        return el("bdi", {"class": "few"}, f"{round(kept * due)}/{due}")
    mark = missed_mark(say) if is_missed(row) else None
    return every([el("bdi", {}, percent(kept)), mark or ""])


def is_missed(row: Figures) -> bool:
    return row.get("against_goal") == "missed"


def missed_mark(say: Texts) -> Html:
    return every([
        " ", el("span", {"class": "missed", "aria-hidden": "true"}, "▼"),
        el("span", {"class": "heard"}, say("history_missed")),
    ])  # fmt: skip


def cells(row: Figures, names: Sequence[str], shown: Sequence[Html | str]) -> tuple[Cell, ...]:
    return tuple(
        Cell(row.get(name), each if isinstance(each, Html) else el("bdi", {}, each))
        for name, each in zip(names, shown, strict=True)
    )
