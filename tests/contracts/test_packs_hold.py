"""The packs of the platform itself: they load, what is made from them is fresh, and words mean one thing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from stdnum.cn import uscc

from publiccredit.catalogue import queries
from publiccredit.catalogue.generation import generated_files, stale_files, write_files
from tests.sources import nodes, tree

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(p for p in (ROOT / "publiccredit").rglob("*.py") if "migrations" not in p.parts)
DEMO = ROOT / "publiccredit/site/demo"  # a made-up county: its departments and files are its matter, and have names
TEXTS = sorted(
    p
    for p in (ROOT / "publiccredit").rglob("*")
    if p.suffix in {".py", ".html", ".js", ".css"} and not p.is_relative_to(DEMO)
)
PACKS = queries.packs()


def test_every_pack_loads():
    assert len(PACKS.version) == 64
    assert {s.record_type for s in PACKS.sources} == {r.name for r in PACKS.record_types}


def test_what_is_made_from_the_packs_is_fresh():
    assert stale_files(PACKS, root=ROOT) == [], "run python manage.py generate_docs"


def test_generation_writes_what_is_missing_and_removes_what_is_left_over(tmp_path):
    (tmp_path / "docs/catalogue").mkdir(parents=True)
    (tmp_path / "docs/catalogue/old.md").write_text("left over", "utf-8")
    changed = write_files(PACKS, root=tmp_path)
    assert sorted(changed) == sorted([*generated_files(PACKS), "docs/catalogue/old.md"])
    assert not (tmp_path / "docs/catalogue/old.md").exists()
    assert write_files(PACKS, root=tmp_path) == []


def test_the_command_says_what_is_stale_and_mends_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("publiccredit.catalogue.management.commands.generate_docs.ROOT", tmp_path)
    with pytest.raises(CommandError, match=r"generate_docs:\ndocs/catalogue/calendars\.md\n"):
        call_command("generate_docs", "--check")
    assert not any(tmp_path.iterdir())
    call_command("generate_docs")
    assert capsys.readouterr().out.splitlines() == sorted(generated_files(PACKS))
    call_command("generate_docs", "--check")


def test_every_record_type_and_field_is_in_the_glossary():
    known = {t.code for t in PACKS.terms}
    used = {r.name for r in PACKS.record_types} | {f.name for r in PACKS.record_types for f in r.fields}
    missing = sorted(used - known)
    assert missing == [], f"add to packs/glossary.yml a row with code: {missing}"


def test_every_model_and_state_is_in_the_glossary():
    known = {t.code for t in PACKS.terms}
    models = [m for m in apps.get_models() if m.__module__.startswith("publiccredit.")]
    states = {str(value) for m in models for f in m._meta.fields for value, _ in f.choices or ()}
    missing = sorted(({_snake(m.__name__) for m in models} | states) - known)
    assert missing == [], f"add to packs/glossary.yml a row with code: {missing}"


def test_every_synthetic_identifier_has_its_check_digit():
    for department in PACKS.departments:
        assert uscc.is_valid(department.uscc), department.code
    for record_type in PACKS.record_types:
        for field in record_type.fields:
            if field.type == "uscc" and field.example:
                assert uscc.is_valid(field.example), field.name
                assert field.example[2:8] == "000000"


@pytest.mark.no_cover  # no line of the program runs
@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_industry_is_named_in_code(path):
    words = set(re.findall(r"[a-z_]+", path.read_text("utf-8")))
    assert words & {i.name for i in PACKS.industries} == set()


@pytest.mark.no_cover  # no line of the program runs
@pytest.mark.parametrize("path", CODE, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_banned_synonym_is_a_name_in_code(path):
    banned = {word: t.code or t.zh for t in PACKS.terms for word in t.banned}
    names = set(_names_given(path))
    found = {name: banned[word] for name in names for word in banned if word in _words(name)}
    assert found == {}, "say it with the glossary's word"


def _names_given(path: Path) -> Iterator[str]:
    """The names this file gives; those of other libraries it merely uses."""
    for node in nodes(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _words(name: str) -> set[str]:
    parts = _snake(name).split("_")
    return {"_".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}


def test_the_pack_folder_holds_no_program():
    strange = [p for p in (ROOT / "packs").rglob("*.py")]
    assert strange == []


def test_public_doors_of_the_catalogue_are_keyword_only():
    body = tree(ROOT / "publiccredit/catalogue/queries.py").body
    doors = [n for n in body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    assert [d.name for d in doors if d.args.args] == []
