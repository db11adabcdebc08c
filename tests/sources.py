"""The program's own source as the contracts read it: parsed and walked once, however many rules look at it."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """Give the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(part: ast.AST) -> tuple[ast.AST, ...]:
    """Give every node of a tree or of a part of one, in the order of ``ast.walk``."""
    return tuple(ast.walk(part))


@cache
def calls(part: ast.AST) -> tuple[ast.Call, ...]:
    """Give every call in a tree or in a part of one."""
    return tuple(node for node in nodes(part) if isinstance(node, ast.Call))


@cache
def functions(part: ast.AST) -> tuple[ast.FunctionDef, ...]:
    """Give every function of a tree or of a part of one."""
    return tuple(node for node in nodes(part) if isinstance(node, ast.FunctionDef))
