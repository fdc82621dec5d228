"""Formulas of users against a naive evaluator of trees; and no text does more than be refused."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from schemas.metric_formula import (
    LONGEST,
    Formula,
    FormulaError,
    holds,
    read_condition,
    read_formula,
    value_of,
)
from schemas.metrics import Metric, compute, shown

NAMES = ("offered", "answered", "abandoned", "rejected")  # of one unit, so that all may be added
COUNTS = st.fixed_dictionaries({name: st.integers(0, 10**9) for name in NAMES})


@dataclass
class Tree:
    text: str
    operation: str = ""
    left: "Tree | None" = None
    right: "Tree | None" = None


def _joined(parts: tuple[Tree, str, Tree, str]) -> Tree:
    left, operation, right, gap = parts
    return Tree(f"({left.text}{gap}{operation}{gap}{right.text})", operation, left, right)


def _trees(leaves: st.SearchStrategy[Tree], operations: str) -> st.SearchStrategy[Tree]:
    return st.recursive(
        leaves,
        lambda inner: st.tuples(inner, st.sampled_from(operations), inner, st.sampled_from(("", " ", "  \t"))).map(_joined),
        max_leaves=8,
    )  # fmt: skip


LEAVES = st.sampled_from(NAMES).map(Tree)
SUMS = _trees(LEAVES, "+-")  # legs
NUMBERS = st.decimals(0, 999, places=3).map(lambda n: Tree(str(n)))
ANY = _trees(SUMS | NUMBERS, "*/")


def naive(tree: Tree, counts: Mapping[str, int]) -> Fraction | None:
    if tree.left is None or tree.right is None:
        return Fraction(counts[tree.text]) if tree.text in counts else Fraction(tree.text)
    left, right = naive(tree.left, counts), naive(tree.right, counts)
    if left is None or right is None:
        return None
    match tree.operation:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else None


def read_or_not(text: str) -> tuple[Formula | None, FormulaError | None]:
    try:
        return read_formula(text), None
    except FormulaError as error:
        return None, error


def as_sums(counts: Mapping[str, int]) -> dict[str, Fraction]:
    return {name: Fraction(n) for name, n in counts.items()} | {"without_target": Fraction(0)}


@given(tree=ANY, counts=COUNTS)
def test_a_value_is_that_of_the_tree(tree: Tree, counts: dict[str, int]) -> None:
    found, problem = read_or_not(tree.text)
    if found is None:  # too long, too deep, no counter, or a plain 0 below the line
        known = ("at most", "within each other", "names no counter", "division by 0")
        assert any(said in str(problem) for said in known)
        return
    assert value_of(found.steps, as_sums(counts)) == naive(tree, counts)


@given(above=SUMS, below=SUMS, counts=st.lists(COUNTS, min_size=1, max_size=5))
def test_of_a_group_it_is_that_of_its_sums_and_of_no_part(
    above: Tree, below: Tree, counts: list[dict[str, int]]
) -> None:
    """Sums are added exactly, so that what stands above and below the line of a group is the sum of its parts'."""
    whole = {name: sum(each[name] for each in counts) for name in NAMES}
    parts = [(naive(above, each), naive(below, each)) for each in counts]
    divisor = sum((part[1] or Fraction(0) for part in parts), Fraction(0))
    total = sum((part[0] or Fraction(0) for part in parts), Fraction(0))
    text = f"{above.text} / {below.text}"
    if len(text) > LONGEST:
        return
    found = compute(Metric("m", text, "number"), as_sums(whole))
    assert found.value == (total / divisor if divisor else None)


@given(tree=ANY, counts=COUNTS, limit=st.integers(0, 10**9))
def test_a_condition_says_what_fractions_say(
    tree: Tree, counts: dict[str, int], limit: int
) -> None:
    with suppress(FormulaError):
        condition = read_condition(f"{tree.text} < {limit}")
        value = naive(tree, counts)
        assert holds(condition, as_sums(counts)) == (None if value is None else value < limit)


@given(value=st.fractions(0, 10**9))
def test_what_is_shown_is_the_value_to_its_last_digit(value: Fraction) -> None:
    for unit, digits in (("share", 6), ("s", 3), ("legs", 3), ("number", 6)):
        found = shown(value, unit)  # type: ignore[arg-type]
        assert found is not None
        assert abs(Fraction(str(found)) - value) <= Fraction(1, 2 * 10**digits)


_SIGNS = st.sampled_from(
    [*NAMES, "+", "-", "*", "/", "(", ")", " ", "1", "0", ".", "9" * 10, "e9", "<", "=", "_"]
)


@given(text=st.text() | st.lists(_SIGNS, max_size=80).map("".join))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    _, problem = read_or_not(text)
    if problem is not None:
        assert str(problem).isprintable()
        assert 0 <= problem.at <= max(len(text), LONGEST)
    with suppress(FormulaError):
        read_condition(text)
    made = compute(
        Metric("m", text, "number", no_value_when=text), as_sums(dict.fromkeys(NAMES, 7))
    )
    assert (made.value is None) == (made.no_value is not None)
