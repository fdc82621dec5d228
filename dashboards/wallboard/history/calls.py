"""The calls behind a figure: those that arrived in one half hour of one queue, each by its token. Pure."""

from zoneinfo import ZoneInfo

from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import cells, number, seconds, text
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, as_html
from dashboards.wallboard.texts import NO_VALUE, Texts
from schemas.legs import OUTCOMES
from schemas.millis import from_iso, to_datetime
from schemas.past_figures import Figures, PastTold, Value
from streams.charts.html import Html, el, every

_SECOND_MS = 1000


def section(shown: Shown) -> Html:
    heading = shown.say("history_calls", time=f"{shown.address.period.text} {shown.address.clock}")
    return block(shown, "calls", heading, lambda told: _drawn(shown, told))


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not told.rows:
        return None
    say = shown.say
    return every([
        el("p", {"class": "as-of"}, say("history_calls_says")),
        as_html(table(shown)),
        el("p", {"class": "trouble"}, say("history_more_calls", n=told.more)) if told.more else "",
    ])  # fmt: skip


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("arrived_at", say("history_arrived")),
        Head("caller", say("desk_caller")),
        Head("outcome", say("history_outcome")),
        Head("reason", say("history_reason")),
        Head("wait_ms", say("history_waited")),
        Head("in_target", say("history_in_target")),
        Head("talk_hold_ms", say("history_talked")),
        Head("missed_offers", say("history_missed_offers")),
        Head("leg_id", say("history_leg")),
    ]
    names = [head.name for head in heads]
    told = shown.told("calls")
    zone = told.zone if told else shown.zone
    rows = [cells(row, names, _row(row, zone, say)) for row in shown.rows("calls")]
    return Table("calls", say("trend_calls"), heads, rows)


def _row(row: Figures, zone: str, say: Texts) -> tuple[Html | str, ...]:
    outcome = str(row.get("outcome"))
    return (
        _clock(row.get("arrived_at"), zone), text(row.get("caller")),
        say(f"outcome_{outcome}") if outcome in OUTCOMES else text(outcome),
        text(row.get("reason")), _seconds(row.get("wait_ms"), say), _yes(row.get("in_target"), say),
        _seconds(row.get("talk_hold_ms"), say), number(row.get("missed_offers"), say), text(row.get("leg_id")),
    )  # fmt: skip


def _clock(value: Value, zone: str) -> str:
    return f"{to_datetime(from_iso(str(value)), ZoneInfo(zone)):%H:%M:%S}"


def _seconds(value: Value, say: Texts) -> str:
    return NO_VALUE if not isinstance(value, int) else seconds(value / _SECOND_MS, say)


def _yes(value: Value, say: Texts) -> Html:
    return Html(NO_VALUE) if value is None else say("history_yes" if value else "history_no")
