"""What screens were told of the alert rules of a queue, kept until it may be otherwise."""

from typing import NamedTuple

from schemas.alerts import NotEvaluated
from schemas.targets import Targets
from streams.core.expected_calls import ExpectedCalls
from streams.core.leg_report import Reported


class Shown(NamedTuple):
    """What screens were told of the rules, and as of when and by what.

    `sentences`: of rules with `each_minute` whose alert is open.
    """

    of: tuple[int, bool, Reported]  # the minute, whether agents are known, what calls tell
    by: tuple[Targets, ExpectedCalls | None]
    lacking: dict[str, NotEvaluated]
    sentences: dict[str, str]
