"""The rules of the tree that no linter knows: doors, sizes, names. Each message says what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.sources import nodes, tree

PROGRAM = ROOT / "publiccredit"
FILES = sorted(p for p in PROGRAM.rglob("*.py") if "migrations" not in p.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
DOORS = {"operations", "queries", "types"}
EXTRA_DOORS = {
    "accounts": {"access", "widgets"},  # pages and api modules declare who may open them; forms ask for codes
    "casework": {"pdf_face", "working"},  # the subject's copy is set like its letters; the shell is a desk as well
    "recipients": {"authentication"},  # the public interface lets a reader say who it is
    "disclosure": {"words"},  # what values are called on every screen
    "subjects": {"papers", "store"},  # the sealed files, which intake and casework both take in, and what they may be
    "intake": {"offline"},  # checks a file without the web framework, which operations and queries need
}
WIRING = {"settings", "urls", "wsgi", "apps", "commands", "middleware"}  # how the program is put together
BY_NAME = {"intake/reading/child.py"}  # the limited process is told by its own package which of its modules to run
pytestmark = pytest.mark.no_cover  # what is read here is source: no line of the program runs
GRAB_BAGS = {"utils", "common", "core", "helpers", "helper", "misc", "manager", "managers", "signals"}
FILE_LINES = 400
FUNCTION_LINES = 40
POSITIONAL_ARGUMENTS = 6


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _package(path: Path) -> str:
    return path.relative_to(PROGRAM).parts[0]


def _imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in nodes(module):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name


def _side_doors(path: Path) -> Iterator[str]:
    home = _package(path)
    for line, imported in _imports(tree(path)):
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


def _ways_around(path: Path) -> Iterator[str]:
    """Imports in which the check above would see no door: a whole package, a relative one, one named by a text."""
    home = _package(path)
    for node in nodes(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.level > 0 or node.module == "publiccredit"):
            yield f"{_name(path)}:{node.lineno} {ast.unparse(node)}"
        elif isinstance(node, ast.Call) and home != "site" and str(path.relative_to(PROGRAM)) not in BY_NAME:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__", "get_model", "import_string"):
                yield f"{_name(path)}:{node.lineno} {ast.unparse(node)}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_import_goes_around_the_doors(path: Path) -> None:
    found = list(_ways_around(path))
    assert found == [], f"Import the door itself, by its whole name: {found}"


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_files_of_tests_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES, f"{_name(path)} is long: split it by what it is about"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= FILE_LINES, f"{_name(path)} is long: make it a folder of modules"
    for node in nodes(tree(path)):
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
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{_name(path)}:{node.lineno} {node.name} says nothing to its callers"
            arguments = [a.arg for a in node.args.posonlyargs + node.args.args]
            assert len(arguments) <= 1, f"{_name(path)}:{node.lineno} {node.name}: make {arguments} keyword-only"


def test_every_environment_variable_is_documented() -> None:
    used = set()
    for path in FILES:
        used |= set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", path.read_text()))
    used -= {"DJANGO_SETTINGS_MODULE"}
    settings = (PROGRAM / "site" / "settings.py").read_text().split('"""')[1]
    missing = sorted(name for name in used if name not in settings)
    assert missing == [], f"Say in the docstring of site/settings.py what these do: {missing}"


@pytest.mark.parametrize("path", sorted(PROGRAM.rglob("*.html")), ids=_name)
def test_an_address_named_in_a_block_is_used_in_that_block(path: Path) -> None:
    """A name given in one block is unknown in the next: the link would lead to the page it stands on."""
    blocks = re.findall(r"{% block (\w+) %}(.*?){% endblock", path.read_text(encoding="utf-8"), re.S)
    given = {(block, name) for block, text in blocks for name in re.findall(r"{% url [^%]* as (\w+) %}", text)}
    for name in {name for _, name in given}:
        for block, text in blocks:
            used = re.search(rf"\b{name}\b", text)
            assert not used or (block, name) in given, f"give {name} its address in the block {block}, too"
