"""What the documents tell a reader to type, and where they point, is there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from publiccredit.site.commands import program
from tests.environment import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs/guide").glob("*.md"))]
LINE = re.compile(r"^(publiccredit .+)$", re.MULTILINE)
INLINE = re.compile(r"`(publiccredit [^`]+)`")
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
VARIABLE = re.compile(r"`((?:PUBLICCREDIT|DATABASE)_[A-Z_]+)`")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _commands(document: Path) -> list[str]:
    text = document.read_text()
    return sorted({*LINE.findall(text), *INLINE.findall(text)})


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_command_is_understood(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in _commands(document):
        words = shlex.split(command)[1:]
        for word in words:
            if word.endswith((".xlsx", ".csv", ".json", ".pdf")) or word == "文件":
                Path(word).parent.mkdir(parents=True, exist_ok=True)
                Path(word).touch()
        _understand(program, words, command)


def _understand(command: click.Command, words: list[str], written: str) -> None:
    while isinstance(command, click.Group):
        named = command.get_command(click.Context(command), words[0])
        assert named is not None, f"{written}: there is no {words[0]}"
        command, words = named, words[1:]
    if words or not any(isinstance(p, click.Argument) for p in command.params):  # else only the name is mentioned
        command.make_context(written, words)


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    for link in LINK.findall(document.read_text()):
        if not link.startswith(("http", "mailto", "<")):
            assert (document.parent / link).exists(), f"{_name(document)} points to {link}"


@pytest.mark.parametrize("document", [ROOT / "README.md", ROOT / "docs/guide/administrator.md"], ids=_name)
def test_every_variable_is_documented_and_real(document: Path) -> None:
    documented = set(VARIABLE.findall(document.read_text()))
    program_text = "".join(p.read_text() for p in (ROOT / "publiccredit").rglob("*.py"))
    settings = (ROOT / "publiccredit/site/settings.py").read_text()
    internal = {"PUBLICCREDIT_DATABASE_NAME", "PUBLICCREDIT_DATABASE_ROLE"}
    read = set(re.findall(r"environ(?:\.get\(|\[)\"((?:PUBLICCREDIT|DATABASE)_[A-Z_]+)\"", settings))
    assert read - internal <= documented
    assert all(name in program_text for name in documented)


def test_both_readmes_open_with_the_two_commands() -> None:
    for name in ("README.md", "README.zh.md"):
        head = "\n".join((ROOT / name).read_text().splitlines()[:8])
        assert "make demo" in head
        assert "make test" in head
