"""A column of ringing times beside that of waits: whether the wait has it in it, only the platform's handbook says. Pure.

Some platforms count a wait until a telephone rings, and others until somebody answers. Callers wait until then: taken for the whole,
the first kind would make each answered call seconds faster than it was.
"""

from collections.abc import Sequence

from producers.records.cell_text import without_numbers
from producers.records.no_legs import bare_name

_NAMES = frozenset((
    "ringtime", "ringingtime", "ring", "ringing", "ringseconds", "rings", "ringduration", "timeringing", "ringms", "agentringtime",
    "klingelzeit", "klingeldauer", "rufzeit", "ruftondauer", "tiempodetimbre", "timbrado", "tempsdesonnerie", "sonnerie",
    "tempodichiamata", "squilli", "beltijd", "rinkeltijd", "tempodetoque", "toque", "waktudering",
))  # fmt: skip


def ring_remark(names: Sequence[str]) -> str:
    """What is asked of such a column, in one line; empty if there is none."""
    found = next((name for name in names if bare_name(name) in _NAMES), "")
    if not found:
        return ""
    return (
        f'is the time in "{without_numbers(found)}" in it? If not, waits end too early: name a column with the whole'
        " wait, or answered_at and left_at in place of it"
    )
