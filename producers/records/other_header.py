"""A second header below the first one, in files that were joined. Pure.

Rule: it is the same one if the columns that are read have their names at the same places. Else the rows below it are of other
columns: read by the first header, a wait would be a conversation, and nobody would know.
"""

from collections.abc import Sequence
from typing import Literal

from producers.records.header import Header, one_line


def told_header(cells: Sequence[str], header: Header) -> Literal["same", "other", ""]:
    """What a row that cannot be counted is: a header if more than half of the names stand in it."""
    names = [name.casefold() for name in header.names]
    told = [one_line(cell).casefold() for cell in cells]
    known = {name for name in names if name}
    if not known or len(known & {*told}) * 2 <= len(known):
        return ""
    read = {place for places in header.places.values() for place in places}
    read |= {place for place, _ in (*header.skips, *((at, "") for _, at in header.otherwise))}
    is_same = all(place < len(told) and told[place] == names[place] for place in read)
    return "same" if is_same else "other"


def below_other(line: int) -> str:
    """Why a row below it is refused."""
    return f"below line {line}, a header with other columns or another order: send these rows as a file of their own"
