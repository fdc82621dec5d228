"""What each role may do, and for which departments: the one table behind every door of the board. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, get_args

from msgspec import Struct

from schemas.roles import ROLES, Role

Right = Literal["see", "acknowledge", "change", "export", "administer"]
RIGHTS: tuple[Right, ...] = get_args(Right)

MEANING: Mapping[Right, str] = {
    "see": "the board, its events and `/api/board`",
    "acknowledge": "say *I have it* of an alert, or give it back, by `/api/orders`",
    "change": "mute and annotate alerts, and write the line of a department or of all, by `/api/orders`",
    "export": "take tables of the past away as files, by `/history.csv`",
    "administer": "end the sessions of everybody, by `/access/end-all-sessions`",
}
TABLE: Mapping[Role, frozenset[Right]] = {
    "viewer": frozenset({"see"}),
    "supervisor": frozenset({"see", "acknowledge", "change", "export"}),
    "on-call": frozenset({"see", "acknowledge"}),
    "executive": frozenset({"see", "export"}),
    "administrator": frozenset(RIGHTS),
}

Departments = frozenset[str]
EVERYWHERE = None  # in place of departments: all of them, and the queues that are of none
NOWHERE: Departments = frozenset()


class Grant(Struct, frozen=True):
    """A role for some departments (their ids in queues.toml); None: for all."""

    role: Role
    departments: Departments | None = EVERYWHERE


class Principal(Struct, frozen=True):
    """Somebody who is let in. `who` is shown and written down; `way` is how: session, token, wall, proxy, open."""

    who: str
    grants: tuple[Grant, ...]
    way: Literal["session", "token", "wall", "proxy", "open"]
    csrf: str = ""  # what a form of this principal's must carry; "" where no cookie speaks for it

    @property
    def roles(self) -> str:
        """For the audit: `supervisor`, or `supervisor, viewer`."""
        return ", ".join(sorted({grant.role for grant in self.grants}))


class Scope(Struct, frozen=True):
    """What is shown: the queues of these departments; `named_to`: those of the grants that may name agents somewhere,
    `listed_to`: that may list callers one by one somewhere.
    """

    departments: Departments | None = EVERYWHERE
    named_to: frozenset[Grant] = frozenset()
    listed_to: frozenset[Grant] = frozenset()

    def has(self, department: str) -> bool:
        return _is_in(department, self.departments)

    def has_names(self, department: str, roles: Collection[Role]) -> bool:
        """Of the agents of a queue of this department that says: they are named to these roles."""
        return _is_held(self.named_to, department, roles)

    def has_callers(self, department: str, roles: Collection[Role]) -> bool:
        """The same of the callers of a queue that says: they are listed to these roles."""
        return _is_held(self.listed_to, department, roles)


WHOLE = Scope()


def reach(grants: Iterable[Grant], right: Right) -> Departments | None:
    """The departments for which a right is held; None for all, an empty set for none."""
    return _together(grant for grant in grants if right in TABLE[grant.role])


def merged(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The same rights, with each role once."""
    held = tuple(grants)
    roles = [role for role in ROLES if any(grant.role == role for grant in held)]
    return tuple(
        Grant(role, _together(grant for grant in held if grant.role == role)) for role in roles
    )


def may(grants: Iterable[Grant], right: Right, department: str) -> bool:
    return _is_in(department, reach(grants, right))


def may_everywhere(grants: Iterable[Grant], right: Right) -> bool:
    return reach(grants, right) is EVERYWHERE


def scope_of(
    grants: Iterable[Grant], named_to: Collection[Role], listed_to: Collection[Role] = ()
) -> Scope:
    """What they see; `named_to` are the roles for which any queue switches names of agents on, `listed_to` lists of
    callers.

    Grants that make no difference are left out, so that as many viewers as can be share one board.
    """
    held = tuple(grants)
    return Scope(
        reach(held, "see"),
        frozenset(each for each in held if each.role in named_to),
        frozenset(each for each in held if each.role in listed_to),
    )


def as_markdown() -> str:
    """The table for documents."""
    head = [
        "| role |" + "".join(f" {right} |" for right in RIGHTS),
        "|---" * (len(RIGHTS) + 1) + "|",
    ]
    rows = [
        f"| `{role}` |" + "".join(" yes |" if right in TABLE[role] else " |" for right in RIGHTS)
        for role in ROLES
    ]
    meanings = [f"- **{right}**: {MEANING[right]}." for right in RIGHTS]
    return "\n".join([*head, *rows, "", *meanings])


def _together(grants: Iterable[Grant]) -> Departments | None:
    found: set[str] = set()
    for grant in grants:
        if grant.departments is None:
            return EVERYWHERE
        found |= grant.departments
    return frozenset(found)


def _is_held(grants: Iterable[Grant], department: str, roles: Collection[Role]) -> bool:
    return any(each.role in roles and _is_in(department, each.departments) for each in grants)


def _is_in(department: str, departments: Departments | None) -> bool:
    return departments is None or department in departments
