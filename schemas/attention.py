"""What a queue asks of people: one word and its cause, judged in the core and shown by every screen."""

from typing import Literal

from msgspec import Struct

AttentionLevel = Literal["act", "watch", "ok", "closed", "no_goal"]
LEVELS: tuple[AttentionLevel, ...] = ("act", "watch", "ok", "closed", "no_goal")  # worst first


class Attention(Struct, frozen=True, gc=False, omit_defaults=True):
    """It holds for figures that are of now: whoever shows old ones shows no judgement.

    act: move a person now. watch: look again soon. closed: out of opening hours, nobody waits.
    no_goal: nobody wrote down what was promised. `cause` is a sentence, empty for ok.
    """

    level: AttentionLevel
    cause: str = ""
