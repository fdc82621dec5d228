"""The options of reports. Each sets one field of the question, and has the same meaning in every report.

A report lists the options that it takes; the command line is made from that list.
"""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from schemas.metric_formula import read_condition, read_formula
from schemas.millis import MINUTE, parse_duration
from streams.history.intervals import EVERY as LENGTHS
from streams.history.question import ALERTS_BY as ALERT_GROUPS
from streams.history.question import BASES, BY, CHANNELS, RANGES_OF


class Option(Struct, frozen=True, kw_only=True):
    """`read` converts the typed text to the value; its ValueError is shown with the flag.

    Moments are converted later, when the default zone has been read from the archive; so is a month, an
    argument that sets `start` and `end`.
    """

    flag: str
    field: str  # of streams.history.question.Question
    kind: Literal["value", "moment", "month", "switch", "argument"] = "value"
    read: Callable[[str], Any] = str
    help: str | None = None
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    required: bool = False


def _whole_minutes(text: str) -> int:
    length = parse_duration(text)
    if length < MINUTE or length % MINUTE:
        raise ValueError(f"expected whole minutes, got {text}")
    return length


def _an_id(text: str) -> str:
    """A leg without a contact has "" for it, which is no contact of them all."""
    if not text.strip():
        raise ValueError("it is empty: give the id of a contact, or of one of its legs")
    return text


FROM = Option(
    flag="--from",
    field="start",
    kind="moment",
    metavar="T",
    required=True,
    help="Start: 2026-11-01, 2026-11-01T08:00 or with an offset (else the zone of the queue asked for, or of `[defaults]`).",
)
TO = Option(
    flag="--to",
    field="end",
    kind="moment",
    metavar="T",
    required=True,
    help="End of the range, not in it.",
)
RANGE = (FROM, TO)
MONTH = Option(flag="MONTH", field="start", kind="month", metavar="MONTH", required=True)
QUEUE = Option(flag="--queue", field="queue", metavar="Q", help="Only this queue.")
BY_GROUP = Option(flag="--by", field="by", choices=BY, default="queue")
CHANNEL = Option(
    flag="--channel",
    field="channel",
    choices=CHANNELS,
    help="Only legs of this channel: callers who waited in the line, or call backs.",
)
BASIS = Option(
    flag="--basis",
    field="basis",
    choices=BASES,
    default="arrival",
    help="When a leg counts: all of it at its arrival, or each thing as it happened.",
)
AS_OF = Option(
    flag="--as-of",
    field="as_of",
    kind="moment",
    metavar="T",
    help="As it was known at this time.",
)
EVERY = Option(
    flag="--every",
    field="every_ms",
    read=LENGTHS.__getitem__,
    choices=tuple(LENGTHS),
    default="30m",
    help="Length of an interval on the queue's own clock.",
)
STEP = Option(
    flag="--every",
    field="every_ms",
    read=_whole_minutes,
    metavar="LENGTH",
    default="1m",
    help="Whole minutes between the rows.",
)
WINDOW = Option(
    flag="--window",
    field="window_ms",
    read=_whole_minutes,
    metavar="LENGTH",
    default="30m",
    help="Length of the rolling window.",
)
FROM_LEGS = Option(
    flag="--from-legs",
    field="from_legs",
    kind="switch",
    help="Computed from the legs instead of as the wall showed it.",
)
RANGE_OF = Option(
    flag="--range-of",
    field="range_of",
    choices=RANGES_OF,
    default="arrival",
    help="What --from and --to bound: when the legs arrived, or when the correction became known.",
)
ALERTS_BY = Option(
    flag="--by",
    field="alerts_by",
    choices=ALERT_GROUPS,
    default="rule",
    help="A row for each rule, or for each rule and queue, or rule and owner.",
)
CONTACT_ID = Option(
    flag="ID", field="contact_id", kind="argument", read=_an_id, metavar="ID", required=True
)
FORMULA = Option(
    flag="FORMULA", field="formula", kind="argument", read=lambda text: read_formula(text).text,
    metavar="FORMULA", required=True,
)  # fmt: skip
NO_VALUE_WHEN = Option(
    flag="--no-value-when",
    field="no_value_when",
    read=lambda text: read_condition(text).text,
    metavar="CONDITION",
    help="When there is no value, such as 'offered < 20'. A divisor of 0 gives none always.",
)
PUBLICATION = Option(flag="ID", field="publication", kind="argument", metavar="[ID]")
