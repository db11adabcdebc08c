"""The rules of the tree that no linter knows: doors, sizes, names. Each message says what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment import ROOT

PROGRAM = ROOT / "publiccredit"
FILES = sorted(p for p in PROGRAM.rglob("*.py") if "migrations" not in p.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
DOORS = {"operations", "queries", "types"}
EXTRA_DOORS = {
    "accounts": {"access"},  # pages and api modules declare who may open them
    "recipients": {"authentication"},  # the public interface lets a reader say who it is
    "disclosure": {"words"},  # what values are called on every screen
    "subjects": {"store"},  # the sealed files, which intake and casework both take in
    "intake": {"offline"},  # checks a file without the web framework, which operations and queries need
}
WIRING = {"settings", "urls", "wsgi", "apps", "commands", "middleware"}  # how the program is put together
GRAB_BAGS = {"utils", "common", "core", "helpers", "helper", "misc", "manager", "managers", "signals"}
FILE_LINES = 400
FUNCTION_LINES = 40
POSITIONAL_ARGUMENTS = 6


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _package(path: Path) -> str:
    return path.relative_to(PROGRAM).parts[0]


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name


def _side_doors(path: Path) -> Iterator[str]:
    home = _package(path)
    for line, imported in _imports(ast.parse(path.read_text())):
        parts = imported.split(".")
        if parts[0] != "publiccredit" or len(parts) < 3 or parts[1] in (home, "site"):
            continue
        if parts[2] == "urls" and (home, path.name) == ("site", "urls.py"):
            continue  # the site puts the addresses together, and says to accounts which departments there are
        if parts[2] not in DOORS | EXTRA_DOORS.get(parts[1], set()):
            yield f"{_name(path)}:{line} imports {imported}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_packages_open_only_through_their_doors(path: Path) -> None:
    found = list(_side_doors(path))
    assert found == [], f"Use the operations, queries or types of that package, or add what is missing there: {found}"


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_files_of_tests_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES, f"{_name(path)} is long: split it by what it is about"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= FILE_LINES, f"{_name(path)} is long: make it a folder of modules"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            assert length <= FUNCTION_LINES, f"{_name(path)}:{node.lineno} {node.name} has {length} lines: split it"
            positional = len(node.args.posonlyargs) + len(node.args.args)
            assert positional <= POSITIONAL_ARGUMENTS, f"{_name(path)}:{node.lineno} {node.name}: name its arguments"


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return (first.end_lineno or first.lineno) - first.lineno + 1 if is_text else 0


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_module_is_a_grab_bag(path: Path) -> None:
    words = {part.removesuffix(".py") for part in path.relative_to(PROGRAM).parts}
    assert not words & GRAB_BAGS, f"{_name(path)}: name it for what it does"


@pytest.mark.parametrize("path", [p for p in FILES if p.name in ("operations.py", "queries.py")], ids=_name)
def test_doors_take_named_arguments_and_say_what_they_promise(path: Path) -> None:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{_name(path)}:{node.lineno} {node.name} says nothing to its callers"
            arguments = [a.arg for a in node.args.posonlyargs + node.args.args]
            assert len(arguments) <= 1, f"{_name(path)}:{node.lineno} {node.name}: make {arguments} keyword-only"


@pytest.mark.parametrize(
    "path", [*sorted(PROGRAM.rglob("operations.py")), PROGRAM / "accounts" / "second_factor.py"], ids=_name
)
def test_every_operation_that_writes_enters_the_ledger(path: Path) -> None:
    """A public operation in a transaction calls record_entry, or a function of its module that does."""
    if _package(path) == "ledger":
        return
    functions = {n.name: n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)}
    entering = {"record_entry", "enter"}  # accounts.acts.enter calls record_entry with the account
    while True:
        more = {name for name, node in functions.items() if _calls(node) & entering} | entering
        if more == entering:
            break
        entering = more
    silent = [
        name
        for name, node in functions.items()
        if not name.startswith("_")
        and name not in entering
        and any("atomic" in ast.unparse(d) or "one_act" in ast.unparse(d) for d in node.decorator_list)
    ]
    assert silent == [], f"{_name(path)}: {silent} write without a ledger entry: call ledger.operations.record_entry"


def _calls(node: ast.AST) -> set[str]:
    return {
        c.func.id if isinstance(c.func, ast.Name) else c.func.attr
        for c in ast.walk(node)
        if isinstance(c, ast.Call) and isinstance(c.func, ast.Name | ast.Attribute)
    }


def test_every_environment_variable_is_documented() -> None:
    used = set()
    for path in FILES:
        used |= set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", path.read_text()))
    used -= {"DJANGO_SETTINGS_MODULE"}
    settings = (PROGRAM / "site" / "settings.py").read_text().split('"""')[1]
    missing = sorted(name for name in used if name not in settings)
    assert missing == [], f"Say in the docstring of site/settings.py what these do: {missing}"
