"""Callers one by one: who waits and has been through what, and who hung up and is not back."""

from collections.abc import Collection, Mapping, Sequence

from dashboards.callers.story import Before, Story
from dashboards.wallboard.callers import Callers
from dashboards.wallboard.desk_choice import Gone, Waits
from dashboards.wallboard.drawing import figures
from dashboards.wallboard.drawing.one_by_one import one_by_one
from dashboards.wallboard.headline import name, wait
from dashboards.wallboard.page import Row
from dashboards.wallboard.texts import NO_VALUE, Texts, moment, watch
from schemas.snapshots import CALLERS_SHOWN
from streams.charts.html import Html, el, every

MOST = 200  # lines of a table: nobody reads more, and a phone draws them for seconds


def waiting(
    waits: Sequence[Waits],
    callers: Mapping[str, Callers],
    whole: Collection[str],
    names: Mapping[str, str],
    say: Texts,
    now: int,
    empty: Html | None = None,
) -> Html:
    """`callers` are of the queues that are shown and list them, `whole` those queues of which nobody is left out by a search;
    `names` of all queues that the reader sees. `empty` is said of an empty list in place of its own words.
    """
    hidden = sum(
        max(0, each.waiting - CALLERS_SHOWN) for queue, each in callers.items() if queue in whole
    )
    hidden += max(0, len(waits) - MOST)
    lines = [_waits(each, names, say, now) for each in waits[:MOST]]
    if empty is not None and not waits:
        body = el("p", {}, empty)
    elif not callers:
        body = el("p", {}, say("desk_not_listed"))
    elif not waits:
        body = el("p", {}, say("desk_nobody"))
    else:
        body = one_by_one(("desk_wait", "queue", "desk_caller", "desk_story"), lines, say)
    return el(
        "section", {"id": "callers"}, el("h2", {}, say("desk_callers")), body,
        el("p", {"class": "more"}, say("and_more", n=hidden)) if hidden else None,
    )  # fmt: skip


def not_back(
    gone: Sequence[Gone],
    callers: Mapping[str, Callers],
    whole: Collection[str],
    say: Texts,
    now: int,
    empty: Html | None = None,
) -> Html:
    """As `waiting`."""
    lists = [
        each.not_back
        for queue, each in callers.items()
        if each.not_back is not None and queue in whole
    ]
    unknown = sum(each.unknown for each in lists)
    hidden = max(0, sum(each.n for each in lists) - sum(len(each.callers) for each in lists))
    hidden += max(0, len(gone) - MOST)
    lines = [_gone(each, say, now) for each in gone[:MOST]]
    if empty is not None and not gone:
        body = el("p", {}, empty)
    elif not callers:
        body = el("p", {}, say("desk_not_listed"))
    elif not lists and not gone:
        body = el("p", {}, say("desk_reading"))
    elif not gone:
        body = el("p", {}, say("desk_all_back"))
    else:
        body = one_by_one(
            ("desk_hung_up", "queue", "desk_caller", "desk_waited", "desk_story"), lines, say
        )
    return el(
        "section", {"id": "not-back"}, el("h2", {}, say("desk_not_back")), body,
        el("p", {"class": "more"}, say("and_more", n=hidden)) if hidden else None,
        el("p", {}, say("desk_unknown", n=unknown)) if unknown else None,
        el("p", {"class": "more"}, say("desk_looked_back", wait=say.span(now - max(each.since for each in lists))))
        if lists else None,
    )  # fmt: skip


def _waits(each: Waits, names: Mapping[str, str], say: Texts, now: int) -> Html:
    caller, row = each.caller, each.row
    age = wait(caller.wait_ms, ticking=each.ticking)
    mark = "figure late" if caller.late else "figure"
    return el(
        "tr", {"data-key": f"{row.queue} {caller.leg_id} {caller.arrived_at}", "data-level": row.sign.level},
        el("td", {"class": "age", "data-label": say("desk_wait")}, el("span", {"class": mark}, age)),
        _queue(row, say),
        el("td", {"class": "caller", "data-label": say("desk_caller")}, _who(caller.story),
           el("small", {}, el("bdi", {}, caller.leg_id))),
        el("td", {"class": "story", "data-label": say("desk_story")},
           el("ul", {}, every(el("li", {}, told) for told in _told(each, names, say, now)))),
    )  # fmt: skip


def _told(each: Waits, names: Mapping[str, str], say: Texts, now: int) -> list[Html]:
    caller, clock = each.caller, each.row.clock
    found = []
    if caller.ringing:
        found.append(say("story_ringing"))
    if caller.doubtful:
        found.append(say("story_doubtful"))
    if caller.priority:
        found.append(say("story_priority", n=caller.priority))
    story = caller.story
    if story is None:
        return [*found, say("story_unknown")]
    if story.is_call_back:
        found.append(say("story_call_back"))
    if story.missed_offers:
        found.append(say("story_missed", n=story.missed_offers))
    if story.sent_from:
        found.append(say("story_sent", queue=name(names.get(story.sent_from, story.sent_from))))
    found += [_before(stay, names, say) for stay in story.before]
    if (more := story.stays_before - len(story.before)) > 0:
        found.append(say("and_more", n=more))
    if story.hung_up_at is not None:
        found.append(say("story_back", time=moment(story.hung_up_at, clock, now, seconds=False)))
    if story.rang_today is not None and story.rang_today > 1:
        found.append(say("story_rang", n=story.rang_today))
    return found


def _before(stay: Before, names: Mapping[str, str], say: Texts) -> Html:
    if not stay.queue:
        return say("story_elsewhere")
    waited = NO_VALUE if stay.wait_ms is None else watch(stay.wait_ms)
    return say("story_before", queue=name(names.get(stay.queue, stay.queue)), wait=waited)


def _gone(each: Gone, say: Texts, now: int) -> Html:
    caller, row = each.caller, each.row
    told = []
    if caller.tried:
        told.append(say("story_tried", n=caller.tried))
    if caller.rang_today is not None and caller.rang_today > 1:
        told.append(say("story_rang", n=caller.rang_today))
    waited = NO_VALUE if caller.wait_ms is None else watch(caller.wait_ms)
    return el(
        "tr", {"data-key": f"{row.queue} {caller.leg_id} {caller.left_at}"},
        el("td", {"class": "age", "data-label": say("desk_hung_up")}, moment(caller.left_at, row.clock, now)),
        _queue(row, say),
        el("td", {"class": "caller", "data-label": say("desk_caller")}, el("bdi", {}, caller.caller),
           el("small", {}, el("bdi", {}, caller.leg_id))),
        el("td", {"data-label": say("desk_waited")}, waited),
        el("td", {"class": "story", "data-label": say("desk_story")},
           el("ul", {}, every(el("li", {}, line) for line in told))),
    )  # fmt: skip


def _who(story: Story | None) -> Html:
    if story is None or not story.caller:
        return Html(NO_VALUE)
    return el("bdi", {}, story.caller)


def _queue(row: Row, say: Texts) -> Html:
    to = figures.link("queue", row.queue, say)
    return el(
        "td", {"class": "of", "data-label": say("queue")}, el("a", {"href": to}, name(row.name))
    )
