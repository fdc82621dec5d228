"""What a mutant is: one module with one small fault, made from its text.

The usual operators: `<` for `<=` and the like, `and` for `or`, `+` for `-`, `min` for `max`, a number
plus one, another text, a condition turned round, a statement left out. Left alone are annotations,
docstrings, the text of exceptions, decorators, options of a class, `strict=` of zip, `__slots__` and the
nothing of `time or 0`: a fault there changes no figure, or every import fails of it.
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_CALCULATE: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.LShift: ast.RShift, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_LEFT_OUT = (
    ast.Attribute,
    ast.Subscript,
)  # an assignment to these can be missed; a name's is noticed
_PLAIN = (ast.Name, ast.Attribute, ast.Call)  # conditions that no other operator touches


def without_comment(line: str) -> str:
    """A comment that is worded anew makes no other mutant."""
    return re.sub(r"\s+# .*$", "", line)


class Mutant(NamedTuple):
    """`before` and `after`: the lines that differ, each as one. `where`: class and function, "" outside.
    `statement`: first and last line of the statement, without its body; who runs none of these cannot
    notice.

    path, where, before and after say which mutant it is, wherever its line has moved to.
    """

    path: str
    line: int
    statement: tuple[int, int]
    where: str
    before: str
    after: str
    source: str  # of the whole module, with the fault
    in_function: bool  # else it counts from the import on

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.path, self.where, without_comment(self.before), without_comment(self.after)


def mutants_of(path: str, source: str) -> list[Mutant]:
    """In the order of the lines. Two places of one function that read the same have the same key."""
    found = [_made(path, source, change) for change in _changes(ast.parse(source))]
    return sorted(found, key=lambda each: each.line)


class _Change(NamedTuple):
    node: ast.expr | ast.stmt
    text: str
    where: str
    in_function: bool
    statement: tuple[int, int]


def _made(path: str, source: str, change: _Change) -> Mutant:
    lines = source.splitlines(keepends=True)
    node = change.node
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head = lines[first].encode()[: node.col_offset].decode()
    tail = lines[last].encode()[node.end_col_offset :].decode()
    before = "".join(lines[first : last + 1])
    # As many lines as before, so that every function begins where it did.
    after = head + change.text + tail
    padding = "\n" * (last - first)
    whole = "".join(lines[:first]) + after + padding + "".join(lines[last + 1 :])
    return Mutant(path, first + 1, change.statement, change.where, _one_line(before), _one_line(after),
                  whole, change.in_function)  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _changes(
    tree: ast.AST,
    where: str = "",
    *,
    in_function: bool = False,
    statement: tuple[int, int] = (0, 0),
) -> Iterator[_Change]:
    for node in _children(tree):
        name, inside = where, in_function
        if isinstance(node, ast.stmt):
            statement = _without_body(node)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{where}.{node.name}".removeprefix(".")
            inside = in_function or isinstance(node, ast.FunctionDef)
        if isinstance(node, ast.arguments):  # defaults are worked out where the function is made
            inside = False
        for change, text in _changed(node):
            if isinstance(node, ast.Assign) and where.endswith("__init__"):
                continue  # an attribute is made known there, whoever sets it afterwards
            yield _Change(change, text, name, inside, statement)
        yield from _changes(node, name, in_function=inside, statement=statement)


def _without_body(node: ast.stmt) -> tuple[int, int]:
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return node.lineno, max(node.lineno, last)


def _children(node: ast.AST) -> list[ast.AST]:
    """What of a node may be mutated."""
    match node:
        case ast.FunctionDef():
            return [node.args, *_without_docstring(node.body)]
        case ast.ClassDef() | ast.Module():
            return [*_without_docstring(node.body)]
        case ast.AnnAssign():
            return [node.value] if node.value is not None else []
        case ast.Assign() if ast.unparse(node.targets[0]) == "__slots__":
            return []
        case ast.Assign() if "Literal[" in ast.unparse(node.value):
            return []
        case ast.arguments():
            return [each for each in (*node.defaults, *node.kw_defaults) if each is not None]
        case ast.Raise():
            return []
        case ast.BoolOp(values=[first, ast.Constant(value=0 | "" | b"")]):
            return [first]
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.match_case():
            return [*node.body] if isinstance(node, ast.match_case) else []
        case ast.Call():
            named = [each.value for each in node.keywords if each.arg not in {"strict", "gc"}]
            return [node.func, *node.args, *named]
    return list(ast.iter_child_nodes(node))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    return [each for each in body
            if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]  # fmt: skip


def _changed(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """(what is replaced, its text) for each fault of this node itself."""
    match node:
        case ast.expr():
            for each in _changed_expression(node):
                yield node, f"({each})" if isinstance(node, ast.BinOp | ast.BoolOp) else each
        case ast.Expr() | ast.Delete():
            yield node, "pass"
        case ast.AugAssign():
            yield node, "pass"
            if type(node.op) in _CALCULATE:
                other = _CALCULATE[type(node.op)]()
                yield node, ast.unparse(ast.AugAssign(node.target, other, node.value))
        case ast.Assign() if isinstance(node.targets[0], _LEFT_OUT):
            yield node, "pass"
        case ast.Continue():
            yield node, "break"
        case ast.Break():
            yield node, "continue"
        case ast.If() | ast.While() if isinstance(node.test, _PLAIN):
            yield node.test, f"not {ast.unparse(node.test)}"
        case ast.comprehension():
            for test in node.ifs:
                if isinstance(test, _PLAIN):
                    yield test, f"not {ast.unparse(test)}"


def _changed_expression(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Compare():
            for place, op in enumerate(node.ops):
                if type(op) in _COMPARE:
                    ops = [*node.ops[:place], _COMPARE[type(op)](), *node.ops[place + 1 :]]
                    yield ast.unparse(ast.Compare(node.left, ops, node.comparators))
        case ast.BoolOp():
            turned = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            # Each side in brackets: what binds less is not torn apart.
            word = " or " if isinstance(turned, ast.Or) else " and "
            yield word.join(f"({ast.unparse(value)})" for value in node.values)
        case ast.BinOp() if type(node.op) in _CALCULATE:
            yield ast.unparse(ast.BinOp(node.left, _CALCULATE[type(node.op)](), node.right))
        case ast.UnaryOp(op=ast.Not()) | ast.UnaryOp(op=ast.USub()):
            yield ast.unparse(node.operand)
        case ast.IfExp() if isinstance(node.test, _PLAIN):
            test = ast.UnaryOp(ast.Not(), node.test)
            yield f"({ast.unparse(ast.IfExp(test, node.body, node.orelse))})"
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield ast.unparse(ast.Call(ast.Name(_CALLED[name]), node.args, node.keywords))
        case ast.JoinedStr():
            yield ast.unparse(ast.JoinedStr([ast.Constant("XX"), *node.values]))
        case ast.Constant():
            yield from _other_constant(node.value)


def _other_constant(value: object) -> Iterator[str]:
    match value:
        case bool():
            yield str(not value)
        case int() | float():
            yield repr(value + 1)
        case str():
            yield repr(f"XX{value}")
        case bytes():
            yield repr(b"XX" + value)
