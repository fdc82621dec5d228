"""The columns of one leg, with the same name and meaning in every report."""

from streams.history.report import Column

_NOT_TOLD = "the platform did not say"
_NO_WAIT = "it still waits, was refused, or nobody told when it left (flag `wait_unknown`)"
_NOT_YET = "it did not happen, or not yet"
_NOT_MEASURED = "not answered, or not measured"
_NOT_CONFIGURED = "nobody had configured the queue"

_COLUMNS = (
    Column("leg_id", "text", "the leg: one stay of a contact in a queue"),
    Column("contact_id", "text", "the contact that the leg is part of", _NOT_TOLD),
    Column("queue", "text", "id of the queue"),
    Column("channel", "text", "`voice` or `callback`"),
    Column("caller", "text", "a token in place of the caller's number", _NOT_TOLD),
    Column("direction", "text", "`inbound`, `outbound` or `internal`; only inbound legs are counted"),
    Column("priority", "number", "the priority that the platform gave the call"),
    Column("topic", "text", "what the call is about, as the platform names it", _NOT_TOLD),
    Column("area", "text", "the area that the call is about, as the platform names it", _NOT_TOLD),
    Column("arrived_at", "time", "when the contact entered the queue"),
    Column("answered_at", "time", "when an agent answered", _NOT_YET),
    Column("left_at", "time", "when the contact left the queue; the answer, too, leaves it; with flag"
           " `wait_unknown` its arrival", _NOT_YET),
    Column("ended_at", "time", "when the conversation ended", _NOT_YET),
    Column("wrap_ended_at", "time", "when the after-call work ended", _NOT_MEASURED),
    Column("outcome", "text", "how the leg ended; `open` while it waits"),
    Column("reason", "text", "more about the outcome", _NOT_TOLD),
    Column("disposition", "text", "the result that the agent gave the contact", _NOT_TOLD),
    Column("agent", "text", "who answered", "nobody answered"),
    Column("wait_ms", "ms", "from arrival to leaving the queue", _NO_WAIT),
    Column("wait_s", "s", "from arrival to leaving the queue", _NO_WAIT),
    Column("talk_hold_ms", "ms", "conversation, holds included", _NOT_MEASURED),
    Column("talk_hold_s", "s", "conversation, holds included", _NOT_MEASURED),
    Column("hold_ms", "ms", "holds within the conversation", _NOT_MEASURED),
    Column("hold_s", "s", "holds within the conversation", _NOT_MEASURED),
    Column("wrap_ms", "ms", "after-call work", _NOT_MEASURED),
    Column("wrap_s", "s", "after-call work", _NOT_MEASURED),
    Column("offers", "offers", "how often it rang at an agent; told when the leg has left the queue"),
    Column("missed_offers", "offers", "how often the agent did not pick up"),
    Column("in_target", "yes = 1", "the wait was at most `answer_within_ms`"),
    Column("short", "yes = 1", "the wait was below `short_abandon_ms`"),
    Column("out_of_hours", "yes = 1", "it arrived outside of the queue's opening hours"),
    Column("doubtful", "yes = 1", "five who queued behind were answered first: perhaps nobody waits any more"),
    Column("answer_within_ms", "ms", "the target T that was valid at the arrival", _NOT_CONFIGURED),
    Column("short_abandon_ms", "ms", "the short-abandon limit s, likewise", _NOT_CONFIGURED),
    Column("goal", "share", "the promised service level, likewise", _NOT_CONFIGURED),
    Column("formula", "text", "the promised formula, likewise", _NOT_CONFIGURED),
    Column("targets_version", "number", "the version of the targets that judge the leg; 0 for none"),
    Column("feed", "text", "`live`, or `history` for what was sent later from files"),
    Column("source", "text", "the platform node that reported it"),
    Column("delivery", "text", "the delivery that told this version (`queuewatch deliveries list`)",
           "the live feed told it, or a release before 0.2.0"),
    Column("replay", "yes = 1", "old traffic that was shown as if it happened now"),
    Column("version", "number", "of the leg: every later one is higher"),
    Column("known_at", "time", "when this version became known"),
    Column("flags", "text", "quality flags (definitions.md lists them)", "nothing is odd about it"),
)  # fmt: skip
_BY_NAME = {column.name: column for column in _COLUMNS}


def leg_columns(*names: str) -> tuple[Column, ...]:
    """The columns of these names, in this order; KeyError for an unknown name."""
    return tuple(_BY_NAME[name] for name in names)
