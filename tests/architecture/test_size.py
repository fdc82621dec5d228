"""A module or a function that nobody can hold in the head is two of them."""

import ast

from tests.support.sources import ROOT, SHIPPED, parsed, paths

MODULE_LINES = 400
FUNCTION_LINES = 60
VAGUE = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}


def test_modules_are_small() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in paths(*SHIPPED)}
    assert lengths, "no module found: is this the root of the repository?"
    assert {path: n for path, n in lengths.items() if n > MODULE_LINES} == {}


def test_functions_are_small() -> None:
    too_long = {
        f"{path}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, tree in parsed(*SHIPPED)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    }
    assert too_long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [path for path in paths(*SHIPPED, "tests") if VAGUE & set(_words(path))]
    assert named == []


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    busy = [
        path
        for path, tree in parsed(*SHIPPED)
        if path.endswith("__init__.py")
        and not (len(tree.body) == 1 and ast.get_docstring(tree) is not None)
    ]
    assert busy == []


def _words(path: str) -> list[str]:
    return path.removesuffix(".py").replace("/", "_").split("_")
