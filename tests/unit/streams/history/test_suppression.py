"""Small counts are hidden, and nothing that is published gives them away."""

from streams.history.suppression import Cell, determined, hidden, total_of

A: Cell = ("a",)
B: Cell = ("b",)
C: Cell = ("c",)
ALL: Cell = ("all",)
SUM = total_of(ALL, [A, B, C])


def found(a: int, b: int, c: int) -> set[str]:
    counts = {A: a, B: b, C: c, ALL: a + b + c}
    return {cell[0] for cell in hidden(counts, [SUM], 5)}


def test_large_counts_and_zeros_are_published() -> None:
    assert found(5, 0, 90) == set()


def test_a_small_count_takes_the_next_smallest_with_it() -> None:
    assert found(4, 7, 90) == {"a", "b"}


def test_two_small_counts_that_are_few_together_take_a_third_one() -> None:
    assert found(1, 2, 90) == {"a", "b", "c"}
    assert found(3, 2, 90) == {"a", "b"}


def test_a_total_that_is_small_is_hidden_with_its_parts() -> None:
    assert found(2, 0, 0) == {"a", "all"}


def test_a_zero_is_hidden_where_nothing_else_protects() -> None:
    counts = {A: 3, B: 0, C: 0, ALL: 3, ("x",): 9}
    assert A in hidden(counts, [SUM], 5)
    assert determined([SUM], hidden(counts, [SUM], 5)) == set()


def test_two_sums_can_tell_what_none_tells_alone() -> None:
    rows = [total_of(("r1",), [("1",), ("2",)]), total_of(("r2",), [("3",), ("4",)])]
    columns = [total_of(("c1",), [("1",), ("3",)]), total_of(("c2",), [("2",), ("4",)])]
    square: set[Cell] = {("1",), ("2",), ("3",), ("4",)}
    assert determined([*rows, *columns], square) == set()
    assert determined([*rows, *columns, {("1",): 1, ("4",): -1}], square) == set()
    assert determined([*rows, *columns, {("1",): 1, ("4",): 1}], square) == square


def test_what_is_public_already_is_taken_as_known() -> None:
    counts = {A: 3, B: 40, C: 50, ALL: 93}
    assert hidden(counts, [SUM], 5, published=[B, C]) == {A, ALL}
    assert hidden(counts, [SUM], 5, published=[A, B, C, ALL]) == set()
