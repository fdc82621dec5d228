"""The text of a telling in the owner's language: the templates are those of streams/messages. Pure."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.messages import OutgoingMessage
from schemas.owners import Owner
from streams.messages.message import message
from streams.messages.told import Told
from streams.messages.words import words_of
from streams.sinks.deliver.telling import Telling

_SHORT = 160
_LISTED = 10


class Text(Struct, frozen=True):
    """`short` is for text messages of a telephone."""

    title: str
    body: str
    short: str


def text_of(telling: Telling, owner: Owner, now: int) -> Text:
    """A test message is marked as one, first of all."""
    told = [
        Told(each.labels, each.annotations, each.is_firing, each.starts_at, None if each.is_firing else each.ends_at)
        for each in telling.alerts
    ]  # fmt: skip
    made = message(told, owner.table.language, now, ZoneInfo(owner.time_zone))
    mark = "TEST: " if telling.is_test else ""
    body = mark + made.body
    if telling.left_out:
        body += f"\n{words_of(owner.table.language).more.format(n=telling.left_out)}"
    return Text(mark + made.title, body, (mark + made.short)[:_SHORT])


def text_of_all(message: OutgoingMessage, others: Sequence[OutgoingMessage], owner: Owner) -> Text:
    """The message, and what exceeded the rate of its target: the titles of the others, or their number."""
    if not others:
        return Text(message.title, message.body, message.short)
    more = words_of(owner.table.language).more.format(n=len(others))
    listed = "".join(f"\n- {each.title}" for each in others[:_LISTED])
    end = f" … {more}"
    return Text(
        message.title + end,
        f"{message.body}\n\n{more}:{listed}",
        message.short[: _SHORT - len(end)] + end,
    )
