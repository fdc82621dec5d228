"""Which column of a file holds the directions of its calls, told by its cells. Pure.

Without it the calls that agents make would count as callers who waited.
"""

from collections.abc import Container, Mapping, Sequence

from producers.records.call_words import DIRECTION_WORDS
from producers.records.cell_text import without_numbers

Samples = Mapping[str, Sequence[str]]  # name of a column -> some of its cells


def columns_of_directions(samples: Samples) -> set[str]:
    """Those of which more than half of the cells are directions, not all internal: beside External these are no directions."""
    return {
        name
        for name, texts in samples.items()
        if sum(map(_is_known, texts)) * 2 > len(texts) and any(map(_is_of_callers, texts))
    }


def directions_by_cells(samples: Samples, taken: Container[object]) -> str:
    """The first column whose cells are nothing but directions, some of them outbound; empty if there is none."""
    for name, texts in samples.items():
        if name not in taken and all(map(_is_known, texts)) and any(map(_is_outbound, texts)):
            return name
    return ""


def by_cells_remark(name: str) -> str:
    """What is asked of a column that was taken for its cells alone: who hung up may be written In and Out, too."""
    return f'"{without_numbers(name)}" is taken by its cells alone: if it is not who made the calls, delete direction under [columns]'


def outbound_remark(samples: Samples) -> str:
    """What is asked where a column of other words says "outbound" of some calls, such as Amazon's InitiationMethod."""
    for name, texts in samples.items():
        word = next(filter(_is_outbound, texts), "")
        if word:
            return (
                f'"{without_numbers(name)}" says "{word}" of some calls, and all would count as inbound: leave these out by'
                " [skip], or name the column of directions"
            )
    return ""


def _is_known(text: str) -> bool:
    return text.casefold() in DIRECTION_WORDS


def _is_of_callers(text: str) -> bool:
    return DIRECTION_WORDS.get(text.casefold()) in {"inbound", "outbound"}


def _is_outbound(text: str) -> bool:
    return DIRECTION_WORDS.get(text.casefold()) == "outbound"
