"""One message for a group of alerts (of an owner, a department and a severity): a title, a text, and an SMS.

The worst alert comes first and the others are counted, so that many queues that breach at once are one message.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, tzinfo
from urllib.parse import urlsplit

from msgspec import Struct

from schemas.millis import to_datetime
from schemas.owners import Language
from streams.messages.fitting import clean, cut, gsm7, isolated, sms_length
from streams.messages.sentences import (
    cost,
    is_past_limit,
    next_step,
    over,
    queue_name,
    sentence,
    title,
    who_has_it,
)
from streams.messages.told import Told
from streams.messages.words import Words, words_of

TITLE_LENGTH = 120
SHORT_LENGTH = 160
_OF_ISOLATES = 2  # signs around a name of the other direction
_MOST_OF_WHO = 70  # signs of an SMS
_LEAST_OF_A_NAME = 12  # with less of it nobody knows which queue is meant
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_LISTED = 10  # of those that fire, and of those that are over; the rest is counted


class Message(Struct, frozen=True):
    """`title` has at most 120 characters and `short` at most 160; both are one line."""

    title: str
    body: str
    short: str


def message(alerts: Sequence[Told], language: Language, now: int, zone: tzinfo = UTC) -> Message:
    """What is told of the alerts of one group; times of day are those of `zone`. There is at least one alert."""
    words = words_of(language)
    firing, ended = _worst_first(alerts, is_firing=True), _worst_first(alerts, is_firing=False)
    told = firing or ended
    return Message(
        _line(told, words, now, TITLE_LENGTH, "…", str, len),
        "\n".join(_body(firing, ended, words, now, zone)),
        _short(told, words, now),
    )


def _worst_first(alerts: Sequence[Told], *, is_firing: bool) -> list[Told]:
    found = [told for told in alerts if told.is_firing == is_firing]
    found.sort(key=lambda told: (told.starts_at, queue_name(told)))
    found.sort(key=lambda told: told.annotations.get("times_limit", ""), reverse=True)
    found.sort(key=is_past_limit, reverse=True)
    return found


def _short(told: Sequence[Told], words: Words, now: int) -> str:
    """With what can be added: where to say "I have it", and who could help. That nobody has it, which is why this person is woken,
    or who has it, is always said.
    """
    form: Callable[[str], str] = gsm7 if words.gsm7 else str
    worst = told[0]
    who = form(who_has_it(worst, words)) if worst.is_firing else ""
    who = cut(form(words.semicolon) + who, _MOST_OF_WHO, "...", sms_length) if who else ""
    text = _line(told, words, now, SHORT_LENGTH - sms_length(who), "...", form, sms_length) + who
    ack_url = _link(worst, "ack_url")
    added = (ack_url, next_step(worst, words)) if worst.is_firing else (cost(worst, words),)
    for each in added:
        longer = (
            form(f"{text} {each}") if each == ack_url else form(f"{text}{words.semicolon}{each}")
        )
        if each and sms_length(longer) <= SHORT_LENGTH:
            text = longer
    return text


def _line(
    told: Sequence[Told],
    words: Words,
    now: int,
    room: int,
    ending: str,
    form: Callable[[str], str],
    length: Callable[[str], int],
) -> str:
    """The worst one, for how long, and how many others. If room lacks, first the time is left out, then the name of
    the queue is shortened, and only then what is said.
    """
    worst, name = told[0], queue_name(told[0])
    more = " " + words.more.format(n=len(told) - 1) if len(told) > 1 else ""
    # Of one that is calm it would be read as the time for which it has been so.
    is_calm = worst.is_firing and not is_past_limit(worst)
    lasts = "" if is_calm else f"{words.comma}{_so_long(worst, words, now)}"

    def said(name: str, rest: str) -> str:
        what = title(worst, words, name) if worst.is_firing else over(worst, words, name)
        return form(what + rest)

    for rest in (lasts + more, more):
        text = said(name, rest)
        if length(text) <= room:
            return text
    spare = room - length(said("", more)) - _OF_ISOLATES
    shortened = cut(name, spare, ending, length) if spare >= _LEAST_OF_A_NAME else name
    end = form(more)
    return cut(said(shortened, ""), room - length(end), ending, length) + end


def _so_long(told: Told, words: Words, now: int) -> str:
    if told.is_firing:
        return words.for_so_long.format(duration=words.duration(now - told.starts_at))
    ended_at = now if told.ends_at is None else told.ends_at
    return words.lasted.format(duration=words.duration(ended_at - told.starts_at))


def _body(
    firing: Sequence[Told], ended: Sequence[Told], words: Words, now: int, zone: tzinfo
) -> Iterator[str]:
    for told in firing[:_LISTED]:
        yield from _firing(told, words, now, zone)
    if len(firing) > _LISTED:
        yield words.more.format(n=len(firing) - _LISTED)
    for told in ended[:_LISTED]:
        parts = (over(told, words, queue_name(told)), _so_long(told, words, now), cost(told, words))
        yield "- " + words.semicolon.join(part for part in parts if part)
    if len(ended) > _LISTED:
        yield words.over + ": " + words.more.format(n=len(ended) - _LISTED)
    boards = [_link(told, "board_url") for told in (*firing, *ended)]
    yield from (f"{words.board}: {url}" for url in boards[:1] if url)


def _firing(told: Told, words: Words, now: int, zone: tzinfo) -> Iterator[str]:
    time = _clock(told.starts_at, now, zone)
    # What it says has ended, of one that is calm or within its limit: only the alert has gone on since then.
    template = words.since if is_past_limit(told) else words.alert_since
    since = template.format(time=isolated(time) if words.right_to_left else time)
    yield f"- {sentence(told, words)}{words.semicolon}{since} ({words.duration(now - told.starts_at)})"
    if step := next_step(told, words):
        yield f"  {step}"
    if said := who_has_it(told, words):
        yield f"  {said}"
    for label, key in ((words.runbook, "runbook_url"), (words.acknowledge, "ack_url")):
        if url := _link(told, key):
            yield f"  {label}: {url}"


def _link(told: Told, key: str) -> str:
    """Empty for an address that opens on one machine only: whoever reads the message is elsewhere."""
    url = clean(told.annotations.get(key, ""))
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return ""
    return "" if host in _LOOPBACK else url


def _clock(at: int, now: int, zone: tzinfo) -> str:
    """The time of day, with the day unless it is today; never in doubt of which zone."""
    moment = to_datetime(at, zone)
    day = "" if moment.date() == to_datetime(now, zone).date() else f"{moment:%Y-%m-%d} "
    return f"{day}{moment:%H:%M} {moment:%Z}"
