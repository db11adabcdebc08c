"""Everything the program can write to the ledger has a Chinese word, found in the code itself and in no list by hand."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from publiccredit.casework.effects import REPAIR_EFFECTS
from publiccredit.catalogue import queries as catalogue
from publiccredit.oversight import ledger_words
from publiccredit.oversight.ledger_words import FORMER, GROUPS, NOTED, OBJECT_KINDS, value_in_words, word
from publiccredit.subjectdesk.types import MessageKind, Method, Right
from publiccredit.subjects.types import FiledCounts
from tests.environment import ROOT
from tests.sources import calls, functions, nodes, tree

PROGRAM = ROOT / "publiccredit"
TREES = {
    path: tree(path)
    for path in sorted(PROGRAM.rglob("*.py"))
    if "migrations" not in path.parts and path.parts[-2] != "ledger"
}
NAMED = ("operation", "object_kind")


@dataclass(frozen=True)
class Entering:
    """A function that takes the name of an operation and enters it, or hands it on."""

    parameters: tuple[str, ...]
    defaults: dict[str, ast.expr]


def _entering(module: ast.AST) -> dict[str, Entering]:
    found = {}
    for function in functions(module):
        arguments = function.args
        names = [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
        if "operation" not in names:
            continue
        positional = [a.arg for a in [*arguments.posonlyargs, *arguments.args]]
        defaults = dict(zip(reversed(positional), reversed(arguments.defaults), strict=False))
        defaults |= {a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d}
        found[function.name] = Entering(tuple(names), defaults)
    return found


OF_ACCOUNTS = PROGRAM / "accounts" / "acts.py"
DOORS = _entering(tree(PROGRAM / "ledger" / "operations.py")) | {"one_act": _entering(TREES[OF_ACCOUNTS])["one_act"]}


@cache
def _doors(path: Path) -> dict[str, Entering]:
    """The entering functions a module can call: the ledger's, the frame of an act, its own, and those of accounts."""
    found = DOORS | _entering(TREES[path])
    return found | _entering(TREES[OF_ACCOUNTS]) if path.parent == OF_ACCOUNTS.parent else found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@cache
def _calls(path: Path) -> tuple[tuple[ast.Call, Entering], ...]:
    doors = _doors(path)
    found = []
    for node in calls(TREES[path]):
        if door := doors.get(_name(node.func)):
            given = {k.arg for k in node.keywords} | set(door.parameters[: len(node.args)])
            if "operation" in given:
                found.append((node, door))
    return tuple(found)


def _argument(call: ast.Call, door: Entering, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if name in door.parameters and door.parameters.index(name) < len(call.args):
        return call.args[door.parameters.index(name)]
    return door.defaults.get(name)


def _kept_in_values(path: Path, name: str) -> set[str]:
    """The words a value of the same module is made with, where an act takes its name from the value."""
    found: set[str] = set()
    for made in (node for node in nodes(TREES[path]) if isinstance(node, ast.ClassDef)):
        keeps = [f.target.id for f in made.body if isinstance(f, ast.AnnAssign) and isinstance(f.target, ast.Name)]
        if name in keeps:
            door = Entering(tuple(keeps), {})
            making = [call for call in calls(TREES[path]) if _name(call.func) == made.name]
            found |= {word for call in making for word in _constants(_argument(call, door, name), path)}
    return found


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _constants(node: ast.expr | None, path: Path) -> set[str]:
    """The names an argument can stand for; a parameter of the same name is resolved where that function is called."""
    if node is None or (isinstance(node, ast.Name) and node.id in NAMED):
        return set()
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _constants(node.body, path) | _constants(node.orelse, path)
    if isinstance(node, ast.Attribute) and node.attr in NAMED:
        return _kept_in_values(path, node.attr)
    if isinstance(node, ast.Name) and node.id.isupper():
        return {str(getattr(import_module(_module(path)), node.id))}
    raise AssertionError(f"Write {ast.unparse(node)} as a word, so that what the ledger may hold can be found")


def _written(argument: str) -> set[str]:
    return {
        word
        for path in TREES
        for call, door in _calls(path)
        for word in _constants(_argument(call, door, argument), path)
    }


OPERATIONS = _written("operation")
KINDS = _written("object_kind")
MADE = {  # what is noted by an expression, and the names it gives
    "asdict(counts)": {f.name for f in fields(FiledCounts)},
    "others": set(),  # the collected arguments of the same function: found where it is called
    "payload": set(),
    "{f'dp{rule.number}': rule.count for rule in checked.rules}": set(),  # said by noted_word
    "carry_out(act=act, case=case, rules=rules, decision=decision)": "casework/effects.py",
    "done": "casework/effects.py",
    "{name: number for name, number in done.items() if number}": {  # subjectdesk/operations/erasing.py
        "reader_names",
        "reader_contacts",
        "message_contacts",
        "former_contacts",
        "handler_contacts",
        "proof_attempts",
    },
}


def _effects() -> set[str]:
    """What the effects of a decision count: the keys they give."""
    keys = {effect.column.removesuffix("_at") for effect in REPAIR_EFFECTS}
    for node in nodes(TREES[PROGRAM / "casework/effects.py"]):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict) and len(node.value.keys) == 1:
            keys |= {k.value for k in node.value.keys if isinstance(k, ast.Constant)}
        if isinstance(node, ast.Subscript) and _name(node.value) == "done" and isinstance(node.slice, ast.Constant):
            keys.add(node.slice.value)
    return keys


def _keys(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Dict):
        found = set()
        for key, value in zip(node.keys, node.values, strict=True):
            found |= {str(key.value)} if isinstance(key, ast.Constant) else _keys(value)
        return found
    if isinstance(node, ast.BinOp):
        return _keys(node.left) | _keys(node.right)
    if isinstance(node, ast.Call) and _name(node.func) == "dict":
        return _keys(node.args[0])
    text = ast.unparse(node)
    if text in ("act.payload", "None", "payload or {}"):
        return set()
    assert text in MADE, f"Say in MADE which names {text} notes in the ledger, or note them as a dictionary"
    made = MADE[text]
    return _effects() if isinstance(made, str) else made


def _collected(path: Path) -> Iterator[str]:
    """What is handed by name, anywhere in its package, to a function that notes it as ``**payload`` or the like."""
    package = path.relative_to(PROGRAM).parts[0]
    callers = [t for p, t in TREES.items() if p.relative_to(PROGRAM).parts[0] == package]
    for function in functions(TREES[path]):
        collects = function.args.kwarg
        if collects is None or not any(_name(c.func) == "record_entry" for c in calls(function)):
            continue
        own = {a.arg for a in [*function.args.args, *function.args.kwonlyargs]}
        for call in (c for module in callers for c in calls(module)):
            if _name(call.func) == function.name:
                yield from (k.arg for k in call.keywords if k.arg and k.arg not in own)


def _set_on_acts(module: ast.Module) -> Iterator[str]:
    """What is set on the payload of an act under way: ``act.payload |= {...}`` and ``act.payload[...] = ...``."""
    for node in nodes(module):
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Attribute) and target.attr == "payload":
            yield from _keys(node.value)
        elif isinstance(target, ast.Subscript) and _name(target.value) == "payload":
            assert isinstance(target.slice, ast.Constant)
            yield str(target.slice.value)


def _noted() -> set[str]:
    found: set[str] = set()
    for path, module in TREES.items():
        found |= {*_collected(path), *_set_on_acts(module)}
        for call, _ in _calls(path):
            found |= {key for k in call.keywords if k.arg == "payload" for key in _keys(k.value)}
    return found


def test_operations_are_found_wherever_they_are_entered() -> None:
    assert {"decide", "escalate_case", "take_copy", "renew_recipient_key", "reset_password", "answer_question"} <= (
        OPERATIONS
    )
    assert {"case", "record", "officer", "question", "notice"} <= KINDS


@pytest.mark.parametrize("name", sorted(OPERATIONS | KINDS))
def test_an_operation_and_an_object_have_their_word(name: str) -> None:
    assert word(name) != name, f"Add to packs/glossary.yml a row with code: {name}"


def test_the_count_of_a_rule_is_called_by_the_rule_s_number() -> None:
    assert ledger_words.noted_word("dp7") == "规则 DP-07"


def test_every_operation_and_object_can_be_looked_for() -> None:
    offered = {name for _, names in GROUPS for name in names}
    assert offered == OPERATIONS | set(FORMER), (
        "Bring GROUPS of oversight/ledger_words.py up to what the program enters"
    )
    assert set(OBJECT_KINDS) == KINDS, "Bring OBJECT_KINDS of oversight/ledger_words.py up to what the program enters"


def test_everything_noted_has_its_word_and_no_word_is_left_over() -> None:
    assert _noted() == set(NOTED), "Bring NOTED of oversight/ledger_words.py up to what acts note"


def _given_as(name: str, *called: str) -> set[str]:
    """The words written as one argument of certain functions anywhere in the program."""
    found = set()
    for module in TREES.values():
        for call in calls(module):
            if _name(call.func) in called:
                found |= {
                    k.value.value
                    for k in call.keywords
                    if k.arg == name and isinstance(k.value, ast.Constant) and isinstance(k.value.value, str)
                }
    return found


def _first_words(function: str, *, position: int) -> set[str]:
    return {
        call.args[position].value
        for module in TREES.values()
        for call in calls(module)
        if _name(call.func) == function and len(call.args) > position
        if isinstance(call.args[position], ast.Constant)
    }


@cache
def _values() -> dict[str, set[str]]:
    held = catalogue.packs().procedures
    return {
        "because": _first_words("NotSignedOn", position=0),
        "channel": _given_as("channel", "receive_submission"),
        "form": _first_words("_copy", position=1),
        "kind": {k.value for k in MessageKind},
        "method": {m.value for m in Method},
        "outcome": {o.name for p in held for o in p.outcomes},
        "paper": {paper.name for p in held for paper in p.papers},
        "procedure": {p.name.value for p in held},
        "reason": _given_as("code", "UnableToRead") | (_first_words("_refuse", position=1) - {""}),
        "rights": {r.value for r in Right},
    }


@pytest.mark.parametrize("key", sorted(_values()))
def test_every_noted_value_that_is_a_code_has_its_word(key: str) -> None:
    values = _values()[key]
    assert values, f"nothing is found any more that notes {key}"
    silent = sorted(value for value in values if value_in_words(key, value) == value)
    assert silent == [], f"Give in oversight/ledger_words.py the words of these values of “{key}”"


def test_words_kept_here_are_those_of_the_packages_they_speak_of() -> None:
    assert dict(Method.choices) == ledger_words.METHODS
    assert dict(Right.choices) == ledger_words.RIGHTS
