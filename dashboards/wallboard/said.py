"""What is said of a row beside its figures, in the language of a page: sentences of alerts, who has them, remarks. Pure.

The sentences are those of the messages (streams.messages), made of the rule and its figures. In English the sentence of the
stream stands, which says the cause, too.
"""

from collections.abc import Iterable
from html import unescape

from dashboards.wallboard.page import SILENT, AlertLine, Board, Note, Part, Row
from dashboards.wallboard.texts import Clock, Texts, day, moment, texts_of
from schemas.commands_book import Quiet
from streams.charts.html import Html, el, escaped, joined, plain
from streams.messages.sentences import sentence
from streams.messages.told import shown_on_a_board
from streams.messages.words import words_of

_PARTLY_SEEN = frozenset({"incident", "passed_around"})


def alert_sentence(line: AlertLine, say: Texts) -> Html:
    """With the figures of its newest version, so that no moment stands beside it."""
    if line.is_partly_seen:
        return partly_seen(line.rule, say)
    if line.not_evaluated:
        why = say.reason(line.not_evaluated)
        return say("note_not_evaluated", rules=say.rule(line.rule), why=why)
    told = shown_on_a_board(line, line.place_name, line.since)
    # It runs as the page does; names that run otherwise are set apart in it.
    return Html(escaped(sentence(told, words_of(say.code))))


def partly_seen(rule: str, say: Texts) -> Html:
    """Of an alert of which the reader may not see all queues."""
    return say(f"others_too_{rule}" if rule in _PARTLY_SEEN else "others_too")


def quiet(told: Quiet, clock: str | Clock, now: int, say: Texts) -> Html:
    """Who has an alert, or why nobody is told of it."""
    time = moment(told.at, clock, now, seconds=False)
    if told.kind == "maintenance":
        return say("note_maintenance", time=time)
    return say(f"quiet_{told.kind}", who=el("bdi", {}, told.who), time=time)


def remarks(row: Row, say: Texts, now: int) -> list[Html]:
    """What happened, then the remarks: an incident is of no single queue, so no figure of the row tells of it."""
    incidents = [alert_sentence(line, say) for line in row.alerts if line.rule == "incident"]
    return [*incidents, *(note(each, row.clock, now, say) for each in row.remarks)]


def note(told: Note, clock: Clock, now: int, say: Texts) -> Html:
    if told.kind == "maintenance":
        until = moment(told.at or 0, clock, now, seconds=False)
        why = [el("bdi", {}, f"({told.text})")] if told.text else []
        return joined(" ", [say("note_maintenance", time=until), *why])
    if told.kind == "not_configured":
        return say("cause_not_configured")
    if told.kind == "replay":
        return say("note_replay", day=day(told.at or 0, clock.zone))
    if told.kind == "source_silent":
        return say("note_source_silent")
    if told.kind == "not_evaluated":
        rules = say.joined([Html(escaped(say.rule(each))) for each in told.rules])
        return say("note_not_evaluated", rules=rules, why=say.reason(told.text))
    if told.kind == "hung_up_at_once":
        return say("note_hung_up_at_once", n=told.n, all=told.of, within=say.span(told.within_ms))
    return say("doubtful" if told.kind == "doubtful" else f"note_{told.kind}", n=told.n)


def troubles(board: Board, say: Texts) -> list[Html]:
    """What people must know of before they trust the figures."""
    lines = [say("trouble_unread", why=_in_their_words(board.problem))] if board.problem else []
    lines += [
        say("trouble_part", part=el("bdi", {"lang": "en"}, part.name), state=part_state(part, say))
        for part in board.parts
        if not part.ready
    ]
    if board.dark:
        lines.append(say("trouble_dark", n=board.dark, all=len(board.rows)))
    return lines


def part_state(part: Part, say: Texts) -> Html:
    """Why a process is not ready. A word of another release stands as it is."""
    if part.state == SILENT:
        return say("part_silent", time=say.span(part.silent_ms))
    key = f"part_{part.state}"
    word = say(key) if say.has(key) else Html(escaped(part.state.replace("_", " ")))
    return joined(": ", [word, _in_their_words(part.detail)]) if part.detail else word


def _in_their_words(text: str) -> Html:
    """What a process says is for people who run it: in English on every page, and read out as such."""
    return el("bdi", {"lang": "en"}, text)


def in_english(parts: Iterable[Html]) -> tuple[str, ...]:
    """As text, for users of /api/board."""
    return tuple(unescape(plain(each)) for each in parts)


ENGLISH = texts_of("en")
