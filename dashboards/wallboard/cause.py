"""Why a queue needs a look, from its present figures: never a sentence with the figures of an earlier moment. Pure."""

from dashboards.wallboard.freshness import MOVING
from dashboards.wallboard.page import AlertLine, Row
from dashboards.wallboard.said import quiet
from dashboards.wallboard.texts import Texts, moment
from streams.charts.html import Html, el, escaped, joined


def cause(row: Row, say: Texts, now: int) -> Html:
    """In a few words; "" for a queue that is well."""
    when = "" if row.as_of is None else moment(row.as_of, row.clock, now)
    if row.condition == "dead":
        return say("since", time=when)
    if row.condition in {"behind", "stale"}:
        return say("as_of", time=when)
    if row.sign.level in {"act", "watch"}:
        return joined(" · ", [_asked(row, say, now), *_had(row, say, now)])
    if row.closed:
        return opening(row, say, now)
    if row.condition == "unseen":
        return say("cause_quiet")
    if row.sign.word == "NO GOAL":
        return say("cause_not_configured")
    return say("cause_not_judged") if row.sign.word == "NONE" else Html("")


def opening(row: Row, say: Texts, now: int) -> Html:
    if row.opens_at is None:
        return say("no_opening")
    return say("opens", time=moment(row.opens_at, row.clock, now, seconds=False))


def alert(line: AlertLine, row: Row, say: Texts, now: int) -> Html:
    """One that is calm says so: nothing else of the row shows any more why it is there."""
    since = moment(line.since, row.clock, now, seconds=False)
    key = "cause_ending" if line.calm else "cause_alert"
    return say(key, what=say.rule(line.rule), since=since)


def _asked(row: Row, say: Texts, now: int) -> Html:
    loud = [line for line in row.alerts if row.sign.level != "act" or line.severity == "page"]
    if loud:
        # That one ends is the whole truth only where nothing else goes on.
        others = [line for line in row.alerts if line.severity == "warn"]
        goes_on = [line for line in (*loud, *others) if not line.calm]
        return alert((goes_on or loud)[0], row, say, now)
    waiting = bool(row.waiting) and row.condition in MOVING
    signed_in = sum(n for state, n in (row.agent_states or {}).items() if state != "logged_out")
    if row.sign.level == "act":
        unstaffed = waiting and row.agent_states and not signed_in
        return say("cause_unstaffed") if unstaffed else _raised(row, say)
    goal = el("bdi", {}, f"{100 * (row.goal or 0):g}%")
    if row.closed and waiting:
        return say("cause_closed_waiting")
    if row.service_level and row.service_level.against_goal == "missed":
        return say("cause_below", goal=goal)
    if row.late and row.answer_within_ms is not None:
        return say("cause_late", within=say.span(row.answer_within_ms))
    if row.agent_states and not signed_in:
        return say("cause_empty")
    if row.service_level_today and row.service_level_today.against_goal == "missed":
        return say("cause_below_today", goal=goal)
    return _raised(row, say)


def _raised(row: Row, say: Texts) -> Html:
    """A rule that is raised and does not fire yet; from a stream that does not name it, its sentence."""
    return Html(escaped(say.rule(row.sign.rule) if row.sign.rule else row.sign.why))


def _had(row: Row, say: Texts, now: int) -> list[Html]:
    """Who has its alerts, as soon as somebody has each of them."""
    told = [line.why_quiet for line in row.alerts if line.why_quiet is not None]
    if not told or len(told) < len(row.alerts):
        return []
    return [quiet(each, row.clock, now, say) for each in dict.fromkeys(told)]
