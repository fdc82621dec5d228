"""Of which queues a page of the past is, by its address: those that its reader sees, with the way down to them. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from dashboards.wallboard.history.address import GROUPS, Address, Of
from dashboards.wallboard.page import Board, Row
from schemas.past_figures import Groups


class Step(Struct, frozen=True):
    """What lies above, and where it leads."""

    of: Of
    id: str
    name: str


class Place(Struct, frozen=True):
    """`name` "": everything that the reader sees. `names` are those of everything that can be a row, by kind and id."""

    of: Of
    id: str
    name: str
    rows: tuple[Row, ...]
    above: tuple[Step, ...]
    names: Mapping[str, Mapping[str, str]]

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(sorted(row.queue for row in self.rows))

    def groups(self) -> tuple[Groups, ...]:
        """What lies below, the nearest first; one alone is left out, since it would be the same again."""
        below = GROUPS[GROUPS.index(self.of) + 1 :] if self.of != "all" else GROUPS
        found = [each for each in below if each == "queue" or len(self.names[each]) > 1]
        return tuple(found)


def place_of(board: Board, address: Address) -> Place | None:
    """None if there is no such thing, or if the reader does not see it."""
    rows = tuple(row for row in board.rows if _is_in(row, address.of, address.id))
    if not rows and address.of != "all":
        return None
    names = {
        "department": {row.department_id: row.department or row.department_id for row in rows},
        "centre": {row.centre_id: row.centre or row.centre_id for row in rows},
        "queue": {row.queue: row.name for row in rows},
    }
    name = "" if address.of == "all" else names[address.of].get(address.id, address.id)
    return Place(address.of, address.id, name, rows, _above(rows, address.of), names)


def _is_in(row: Row, of: Of, id_: str) -> bool:
    if of == "queue":
        return row.queue == id_
    if of == "centre":
        return row.centre_id == id_
    return of == "all" or row.department_id == id_


def _above(rows: Sequence[Row], of: Of) -> tuple[Step, ...]:
    if of == "all":
        return ()
    first, found = rows[0], [Step("all", "", "")]
    if of != "department" and first.department_id:
        found.append(Step("department", first.department_id, first.department))
    if of == "queue" and first.centre_id:
        found.append(Step("centre", first.centre_id, first.centre))
    return tuple(found)
