"""What an address asks for, and what is refused rather than answered with an empty board."""

import pytest

from dashboards.wallboard.filters import EVERYTHING, MOST_VALUES, Chosen, UnknownFilterError, chosen
from dashboards.wallboard.page import Row, Sign


def row(queue: str, department: str = "", centre: str = "") -> Row:
    return Row(
        queue=queue, name=queue, centre=centre, department=department, sign=Sign("none", "QUIET", "–"),
        condition="unseen", centre_id=centre, department_id=department,
    )  # fmt: skip


KNOWN = (row("burst-pipes", "works", "water"), row("payroll", "staff", "hr"), row("new"))


def test_nothing_asked_for_is_everything() -> None:
    assert chosen([], KNOWN) == EVERYTHING
    assert all(EVERYTHING.has(each) for each in KNOWN)
    assert EVERYTHING.shows(Sign("none", "QUIET", "–"))


@pytest.mark.parametrize(
    ("query", "queues"),
    [
        ([("department", "works")], {"burst-pipes"}),
        ([("department", "works"), ("department", "staff")], {"burst-pipes", "payroll"}),
        ([("centre", "hr")], {"payroll"}),
        ([("queue", "new"), ("queue", "payroll")], {"new", "payroll"}),
        ([("centre", "hr"), ("queue", "burst-pipes")], set()),
    ],
)
def test_kinds_narrow_and_values_of_one_kind_add_up(
    query: list[tuple[str, str]], queues: set[str]
) -> None:
    asked = chosen(query, KNOWN)
    assert {each.queue for each in KNOWN if asked.has(each)} == queues


def test_a_sign_is_asked_for_by_its_word() -> None:
    asked = chosen([("sign", "ACT"), ("sign", "NO DATA")], KNOWN)
    assert asked == Chosen(signs=frozenset({"ACT", "NO DATA"}))
    assert asked.shows(Sign("act", "ACT", "◆"))
    assert not asked.shows(Sign("ok", "OK", "✓"))


@pytest.mark.parametrize(
    ("query", "told", "is_missing"),
    [
        ([("queues", "a")], "filters are department, centre, queue, sign", False),
        ([("sign", "act")], 'no sign "act"; known: ACT, WATCH', False),
        ([("department", "roads")], 'no department "roads"', True),
        ([("centre", "")], 'no centre ""', True),
        ([("queue", "payroll "), ("queue", "new")], 'no queue "payroll "', True),
        ([("sign", "ACT")] * (MOST_VALUES + 1), "filters are", False),
    ],
)
def test_what_there_is_not_is_said(
    query: list[tuple[str, str]], told: str, is_missing: bool
) -> None:
    with pytest.raises(UnknownFilterError) as refused:
        chosen(query, KNOWN)
    assert str(refused.value).startswith(told)
    assert refused.value.is_missing is is_missing
