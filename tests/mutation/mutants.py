"""Small mistakes made on purpose, one at a time, in the source of a module."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any"}

Change = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    """A module with one mistake in it.

    Parameters
    ----------
    line : int
        Line of the mistake in the source, from 1.
    before, after : str
        The smallest expression around it, as it was and as it is.
    code : str
        The whole module with the mistake.
    """

    line: int
    before: str
    after: str
    code: str


def mutants(source: str) -> list[Mutant]:
    """List all mutants of a source, in the order of its lines.

    Types, decorators, docstrings and what is said when input is refused are left alone: no test should depend on them.

    Examples
    --------
    >>> [(m.before, m.after) for m in mutants("def f(x: int) -> int:\\n    return x + 2")]
    [('x + 2', 'x - 2'), ('2', '3')]
    """
    tree = ast.parse(source)
    count = sum(1 for _ in _places(tree))
    made = []
    for place in range(count):
        mutated = copy.deepcopy(tree)
        node, change = list(_places(mutated))[place]
        before = ast.unparse(node)
        change()
        made.append(Mutant(node.lineno, _short(before), _short(ast.unparse(node)), ast.unparse(mutated)))
    return sorted(made, key=lambda m: m.line)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else line[:87] + "..."


def _places(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, Change]]:
    """Yield every node that can be changed, with what changes it."""
    if isinstance(node, ast.expr | ast.stmt):
        yield from ((node, change) for change in _changes(node))
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.Raise | ast.Import | ast.ImportFrom):
                yield from _places(child)


def _changes(node: ast.expr | ast.stmt) -> Iterator[Change]:
    match node:
        case ast.BinOp(op=old) | ast.AugAssign(op=old) if type(old) in ARITHMETIC:
            yield lambda: setattr(node, "op", ARITHMETIC[type(old)]())
        case ast.Compare(ops=ops):
            yield from (partial(ops.__setitem__, i, COMPARISON[type(each)]()) for i, each in enumerate(ops))
        case ast.BoolOp(op=op):
            yield lambda: setattr(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.USub()):
            yield lambda: setattr(node, "op", ast.UAdd())
        case ast.UnaryOp(op=op) if isinstance(op, ast.Not | ast.Invert):
            yield lambda: setattr(node, "operand", ast.UnaryOp(op, node.operand))
        case ast.IfExp(test=test) | ast.If(test=test) if not isinstance(test, ast.Compare | ast.UnaryOp):
            yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.Constant(value=bool()):
            yield lambda: setattr(node, "value", not node.value)
        case ast.Constant(value=int() | float() as number):
            yield lambda: setattr(node, "value", number + 1)
        case ast.Call(func=ast.Name(id=name) as func) if name in NAMES:
            yield lambda: setattr(func, "id", NAMES[name])
        case ast.Call(func=ast.Attribute(attr=name) as func) if name in NAMES:
            yield lambda: setattr(func, "attr", NAMES[name])
