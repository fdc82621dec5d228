"""What a queue asks of people: one word and its cause, judged in the core and shown by every screen."""

from typing import Literal

from msgspec import Struct

AttentionLevel = Literal["act", "watch", "ok", "closed", "no_goal"]
LEVELS: tuple[AttentionLevel, ...] = ("act", "watch", "ok", "closed", "no_goal")  # worst first


class Attention(Struct, frozen=True, gc=False, omit_defaults=True):
    """It holds for current figures only: a screen that shows old ones must show no judgement.

    act: move a person now. watch: look again soon. closed: out of opening hours, nobody waits.
    no_goal: the queue is not configured. `cause` is a sentence in English, empty for ok. `rule` is the alert rule that it is
    of; "" where it is of none, and of an earlier release.
    """

    level: AttentionLevel
    cause: str = ""
    rule: str = ""
