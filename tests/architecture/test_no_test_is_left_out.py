"""A test that does not run proves nothing, and a summary with an `s` in it gets believed."""

import ast

from tests.support.sources import parsed


def _leaves_out(name: str) -> bool:
    return name.lower().startswith("skip") or name.endswith("skip") or name == "xfail"


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.ImportFrom) and node.module in {"pytest", "unittest"}:
        return [alias.name for alias in node.names]
    return []


def test_no_test_can_leave_itself_out() -> None:
    found = [
        f"{path}:{node.lineno} {name}"
        for path, tree in parsed("tests", pattern=r"(?i)(?<!# fmt: )skip|xfail")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.ImportFrom)
        for name in _names(node)
        if _leaves_out(name)
    ]
    assert found == []
