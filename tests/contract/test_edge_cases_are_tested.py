"""The table of edge cases names every case and, for each, tests that exist."""

import ast
import re

from tests.support.documents import read
from tests.support.sources import ROOT, parsed

DEFINITIONS = ROOT / "docs" / "definitions.md"
CASES = {f"E{number}" for number in range(1, 23)}
_ROW = re.compile(r"^\| (E\d+|) \|.*\|(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+)`")


def rows() -> list[tuple[str, list[str]]]:
    table = read(DEFINITIONS).partition("## Edge cases")[2]
    return [(found[1], _TEST.findall(found[2])) for found in _ROW.finditer(table)]


def test_every_case_has_a_row() -> None:
    assert [case for case, _ in rows() if case] == sorted(CASES, key=lambda case: int(case[1:]))


def test_every_named_test_exists_and_is_about_its_case() -> None:
    tests = {
        node.name
        for _, tree in parsed("tests", pattern=r"def test_(e\d|resumed_)")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for case, named in rows():
        assert named, case
        assert set(named) <= tests
        prefix = f"test_{case.lower()}_" if case else "test_resumed_"
        assert all(name.startswith(prefix) for name in named)


def test_every_edge_case_of_the_core_ends_with_the_check_of_its_books() -> None:
    """But for those that know the agents only, and one whose leg is in the archive alone."""
    stories = [
        (path, node)
        for path, tree in parsed("tests/unit/streams/core/edge_cases")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and re.match(r"test_(e\d+|resumed)_", node.name)
        and "Story" in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        and "agents_in_queues" not in path
    ]  # fmt: skip
    assert len(stories) > 50
    unchecked = {
        node.name
        for _, node in stories
        if "check" not in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    }
    assert unchecked == {
        "test_e13_beyond_six_hours_a_fragment_is_set_aside_and_a_whole_leg_corrects_history"
    }
