"""Whether what a page shows may be believed: one condition for its rows, and the line that says so. Pure."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from dashboards.wallboard.freshness import SHOWN
from dashboards.wallboard.page import Part, Row
from dashboards.wallboard.texts import Texts, day, moment
from streams.charts.html import Html

State = Literal["live", "replay", "behind", "stale", "recovering", "dead"]


class Truth(Struct, frozen=True):
    """`as_of` is the newest event time of the rows; `dark` how many of them have no figures though they had some."""

    state: State
    as_of: int | None
    age_ms: int | None
    queues: int = 0
    counted: int = 0
    dark: int = 0
    replayed: tuple[int, int] | None = None  # the first and the last original moment
    is_stream_down: bool = False


def truth_of(rows: Sequence[Row], parts: Sequence[Part], now: int) -> Truth:
    """The best condition of any row: one queue that lives shows that the rest is silent by itself."""
    known = [row.as_of for row in rows if row.as_of is not None]
    as_of = max(known, default=None)
    conditions = {row.condition for row in rows}
    stream = next((part for part in parts if part.name == "stream" and not part.ready), None)
    state: State = "dead"
    for each in ("replay", "live", "behind", "stale"):
        if each in conditions:
            state = each
            break
    if state not in {"live", "replay"} and stream is not None and stream.state == "recovering":
        state = "recovering"
    moments = [row.replay_of for row in rows if row.replay_of is not None]
    return Truth(
        state=state,
        as_of=as_of,
        age_ms=None if as_of is None else max(0, now - as_of),
        queues=len(rows),
        counted=sum(row.condition in SHOWN for row in rows),
        dark=sum(row.condition not in SHOWN and row.as_of is not None for row in rows),
        replayed=(min(moments), max(moments)) if moments else None,
        is_stream_down=stream is not None,
    )


def banner(truth: Truth, say: Texts, zone: str, now: int, *, simulated: bool) -> Html:
    """The line over the whole width; "" while the figures are live and of real callers."""
    when = "" if truth.as_of is None else moment(truth.as_of, zone, now)
    if truth.state == "recovering":
        return say("recovering", time=when) if when else say("recovering_never")
    if truth.state == "dead":
        if not when:
            return say("dead_never")
        return say("dead_stream" if truth.is_stream_down else "dead", time=when)
    if truth.state in {"stale", "behind"}:
        return say("stale_since" if truth.state == "stale" else "behind", time=when)
    if truth.replayed:
        first, last = (day(each, zone) for each in truth.replayed)
        return (
            say("replay", day=first)
            if first == last
            else say("replay_days", first=first, last=last)
        )
    return say("simulated", day=day(now, zone)) if simulated else Html("")
