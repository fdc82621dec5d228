"""The one sentence at the top of a page: what matters now. Pure."""

from collections.abc import Iterable, Sequence

from dashboards.wallboard.cause import cause, opening
from dashboards.wallboard.page import Note, Row
from dashboards.wallboard.said import note
from dashboards.wallboard.texts import Texts, watch
from dashboards.wallboard.truth import Truth
from schemas.goal import ENOUGH_CALLS
from streams.charts.html import Html, el, joined


def headline(rows: Sequence[Row], truth: Truth, say: Texts, now: int) -> Html:
    """`rows` are in their order, the worst first. Its waits go on by themselves in the browser."""
    if not rows:
        return say("head_empty")
    if truth.state not in {"live", "replay"}:
        return say("head_unknown")
    asking = [row for row in rows if row.sign.level in {"act", "watch"}]
    strange, lost = _hung_up_at_once(rows, say, now), _lost(rows, say)
    acting = [row for row in asking if row.sign.level == "act"]
    if strange and not acting:
        return joined(f"{say('semicolon')}", [*strange, *_more(len(asking), say), *lost])
    if asking:
        return joined(f"{say('semicolon')}", [*_worst(asking, say, now), *strange, *lost])
    seen = [row for row in rows if row.condition != "unseen" or row.closed]
    if seen and all(row.closed for row in seen):
        return _all_closed(seen, say, now)
    if truth.dark:
        return say("dark", n=truth.dark)
    if beyond := [row for row in rows if _waits_too_long(row)]:
        longest = max(beyond, key=lambda row: row.oldest_wait_ms or 0)
        return joined(
            f"{say('semicolon')}", [_said(longest, say, now), *_free(longest, say), *lost]
        )
    if lost:
        return joined(f"{say('semicolon')}", lost)
    waiting = sum(row.waiting or 0 for row in rows)
    return say("head_calm_waiting", n=waiting) if waiting else say("head_calm")


def heard(rows: Sequence[Row], truth: Truth, say: Texts) -> Html:
    """The same for people who hear the page, without a figure: it changes only when another queue needs a look."""
    if truth.state not in {"live", "replay"}:
        return say("head_unknown")
    named = {
        level: sorted(row.name for row in rows if row.sign.level == level)
        for level in ("act", "watch")
    }
    strange = sorted(row.name for row in rows if _at_once(row))
    told = [say("heard_hung_up", queues=_named(strange, say))] if strange else []
    told += [say("heard_lost")] if _lost(rows, say) else []
    if any(named.values()):
        shown = {
            level: _named(names, say) if names else say("heard_nothing")
            for level, names in named.items()
        }
        told.insert(0, say("heard", act=shown["act"], watch=shown["watch"]))
    return joined(" ", told) if told else say("heard_calm")


def name(text: str) -> Html:
    """A name in whatever script: it may run against the direction of what stands around it."""
    return el("bdi", {}, text)


def _named(names: Iterable[str], say: Texts) -> Html:
    return say.joined([name(each) for each in names])


def spaced(names: Iterable[str]) -> Html:
    """Several names in a line. What stands between is in none of them: it would follow the direction of that name."""
    dot = el("span", {"class": "dot"}, " · ")
    return joined(dot, [name(each) for each in names])


def wait(duration: int | None, *, ticking: bool) -> Html:
    """A wait that goes on in the browser while it is `ticking`."""
    if duration is None:
        return el("span", {"class": "wait"}, "\N{EN DASH}")
    return el(
        "span", {"class": "wait", "data-wait": duration, "data-ticking": ticking}, watch(duration)
    )


def _worst(asking: Sequence[Row], say: Texts, now: int) -> list[Html]:
    row = max(asking, key=lambda each: (each.sign.level == "act", _waits_too_long(each)))
    return [_said(row, say, now), *_free(row, say), *_more(len(asking) - 1, say)]


def _more(n: int, say: Texts) -> list[Html]:
    return [say("head_more", n=n)] if n else []


def _hung_up_at_once(rows: Sequence[Row], say: Texts, now: int) -> list[Html]:
    """Of the queue that has most of them."""
    found = [(each.n, row.queue, row, each) for row in rows for each in _at_once(row)]
    if not found:
        return []
    _, _, row, told = max(found, key=lambda each: each[:2])
    return [say("head_cause", queue=name(row.name), cause=note(told, row.clock, now, say))]


def _at_once(row: Row) -> list[Note]:
    return [each for each in row.remarks if each.kind == "hung_up_at_once"]


def _lost(rows: Sequence[Row], say: Texts) -> list[Html]:
    """A platform that hangs loses calls of many queues, a few of each; one or two are lost on any day."""
    n = sum(each.n for row in rows for each in row.remarks if each.kind == "lost")
    return [say("note_lost", n=n)] if n >= ENOUGH_CALLS else []


def _waits_too_long(row: Row) -> bool:
    """Who has just come is not why a queue needs a look."""
    return bool(row.waiting) and _is_beyond_promise(row)


def _is_beyond_promise(row: Row) -> bool:
    """One late caller is no reason to act, and none to say that all wait within what was promised; so with no promise."""
    return row.late or row.answer_within_ms is None


def _said(row: Row, say: Texts, now: int) -> Html:
    if _waits_too_long(row):
        oldest = wait(row.oldest_wait_ms, ticking=row.ticking)
        return say("head_waiting", queue=name(row.name), n=row.waiting, wait=oldest)
    return say("head_cause", queue=name(row.name), cause=cause(row, say, now))


def _free(row: Row, say: Texts) -> list[Html]:
    """Where agents are free; nothing for a queue in which nobody waits, or whose agents nobody knows."""
    if not _waits_too_long(row) or row.agents is None:
        return []
    if row.agents.free:
        return [say("head_own", n=row.agents.free)]
    here = row.agents.busy + row.agents.wrap + row.agents.away
    # How many there are tells what is wrong: three agents of an office that should have ten, or ten and too many callers.
    parts = [say("head_none_free", n=here) if here else say("head_nobody")]
    if row.spare is not None:
        parts.append(say("head_donor", n=row.spare.free, donor=name(row.spare.name)))
    return parts


def _all_closed(rows: Sequence[Row], say: Texts, now: int) -> Html:
    opening_ones = [row for row in rows if row.opens_at is not None]
    if not opening_ones:
        return say("head_closed")
    first = min(opening_ones, key=lambda row: row.opens_at or 0)
    return say("head_closed_until", queue=name(first.name), opens=opening(first, say, now))
