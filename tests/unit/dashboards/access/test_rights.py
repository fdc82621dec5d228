"""The table of roles, as it is enforced and as it stands in the documents."""

from typing import Any, get_args

import pytest

from dashboards.access import rights
from dashboards.access.rights import (
    RIGHTS,
    TABLE,
    WHOLE,
    Grant,
    Scope,
    may,
    may_everywhere,
    merged,
    reach,
    scope_of,
)
from schemas.roles import ROLES, Role
from tests.support.sources import ROOT

WATER = frozenset({"water"})
SUPERVISORS: tuple[Role, ...] = ("supervisor",)


def test_every_role_sees_and_only_the_administrator_administers() -> None:
    assert set(TABLE) == set(get_args(Role)) == set(ROLES)
    assert all("see" in TABLE[role] for role in ROLES)
    assert [role for role in ROLES if "administer" in TABLE[role]] == ["administrator"]
    assert TABLE["administrator"] == set(RIGHTS)


@pytest.mark.parametrize(
    ("role", "acknowledges"),
    [("viewer", False), ("executive", False), ("supervisor", True), ("on-call", True)],
)
def test_who_may_acknowledge(role: Any, acknowledges: bool) -> None:
    grants = (Grant(role, WATER),)
    assert may(grants, "acknowledge", "water") is acknowledges
    assert not may(grants, "acknowledge", "roads")
    assert not may_everywhere(grants, "acknowledge")


def test_grants_add_up_by_right_and_not_by_department() -> None:
    grants = (Grant("viewer"), Grant("on-call", WATER))
    assert reach(grants, "see") is None
    assert reach(grants, "acknowledge") == WATER
    assert reach(grants, "administer") == frozenset()
    assert not may(grants, "acknowledge", "roads")


def test_merged_grants_are_the_same_rights_with_each_role_once() -> None:
    many = (
        Grant("viewer", WATER),
        Grant("viewer", frozenset({"roads"})),
        Grant("on-call"),
        Grant("on-call", WATER),
    )
    assert merged(many) == (Grant("viewer", frozenset({"roads", "water"})), Grant("on-call"))
    assert merged(()) == ()


def test_who_has_nothing_reaches_nothing() -> None:
    assert reach((), "see") == frozenset()
    assert not scope_of((), ()).has("")


def test_a_queue_of_no_department_is_for_those_who_see_all() -> None:
    assert WHOLE.has("")
    assert not Scope(WATER).has("")


def test_names_are_shown_only_to_the_roles_of_the_queue_and_in_their_departments() -> None:
    scope = scope_of((Grant("viewer"), Grant("supervisor", WATER)), {"supervisor"})
    assert scope.has_names("water", SUPERVISORS)
    assert not scope.has_names("water", ())
    assert not scope.has_names("roads", SUPERVISORS)


def test_viewers_who_see_the_same_share_a_board_whatever_their_roles() -> None:
    one = scope_of((Grant("viewer", WATER),), ())
    assert one == scope_of((Grant("supervisor", WATER),), ())
    assert one != scope_of((Grant("supervisor", WATER),), {"supervisor"})


def test_the_table_stands_in_the_documents() -> None:
    assert rights.as_markdown() in (ROOT / "docs" / "operator.md").read_text(), (
        "print dashboards.access.rights.as_markdown() into docs/operator.md"
    )


def test_callers_are_listed_to_the_roles_of_their_queue_in_their_departments() -> None:
    scope = scope_of((Grant("supervisor", WATER), Grant("viewer")), (), SUPERVISORS)
    assert scope == Scope(None, frozenset(), frozenset({Grant("supervisor", WATER)}))
    assert scope.has_callers("water", SUPERVISORS)
    assert not scope.has_callers("roads", SUPERVISORS)
    assert not scope.has_callers("water", ())
    assert not scope.has_names("water", SUPERVISORS)
