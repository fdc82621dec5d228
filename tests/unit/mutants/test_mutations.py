"""Which faults are tried, and which are not worth a try."""

import ast

import pytest

from tests.mutants.mutations import mutants_of

MODULE = '''"""A module."""

LIMIT: int = 5


class Line:
    """Who waits."""

    __slots__ = ("waiting",)

    def longest(self, at: int, least: int = 0) -> int:
        """In ms."""
        for came in self.waiting:
            if (
                came < at
                and came >= least
            ):
                return at - came
        raise ValueError("nobody waits")
'''


def faults(statement: str) -> list[str]:
    return [mutant.after for mutant in mutants_of("a.py", statement)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("late = at < now", ["late = at <= now"]),
        ("a = b is None", ["a = b is not None"]),
        ("a = b and c or d", ["a = ((b and c) and (d))", "a = ((b) or (c)) or d"]),
        ("a = b - c", ["a = (b + c)"]),
        ("a = not b", ["a = b"]),
        ("a = min(b, c)", ["a = max(b, c)"]),
        ("a = 'late'", ["a = 'XXlate'"]),
        ("a = f'{b} late'", ["a = f'XX{b} late'"]),
        ("a += b", ["pass", "a -= b"]),
        ("a.b = c", ["pass"]),
        ("del a[b]", ["pass"]),
        ("note(a)", ["pass"]),
        ("a = b if c else d", ["a = (b if not c else d)"]),
        ("a = [b for b in c if b]", ["a = [b for b in c if not b]"]),
        ("a: Literal['b'] = c", []),
        ("a = zip(b, c, strict=True)", []),
        ("raise ValueError('late')", []),
    ],
)
def test_each_operator_makes_the_fault_that_it_is_for(statement: str, expected: list[str]) -> None:
    assert sorted(faults(statement)) == sorted(expected)


def test_a_mutant_is_the_module_with_one_fault_and_every_line_where_it_was() -> None:
    found = mutants_of("line.py", MODULE)
    for mutant in found:
        ast.parse(mutant.source)
        assert len(mutant.source.splitlines()) == len(MODULE.splitlines())
    limit, least, *inside = sorted(found, key=lambda each: each.in_function)
    assert (limit.line, limit.where, limit.after) == (3, "", "LIMIT: int = 6")
    assert (least.line, least.where) == (11, "Line.longest")  # a default: from the import on
    assert {mutant.line for mutant in inside} == {15, 16, 18}
    assert {mutant.statement for mutant in inside} == {(14, 17), (18, 18)}


def test_a_line_that_moves_is_the_same_mutant() -> None:
    moved = MODULE.replace("LIMIT", "\n\nLIMIT")
    keys = [mutant.key for mutant in mutants_of("line.py", MODULE)]
    assert [mutant.key for mutant in mutants_of("line.py", moved)] == keys
