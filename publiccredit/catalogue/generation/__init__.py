"""What is made from the packs and kept beside them: pages, schemas; and the workbooks, made when asked for."""

from pathlib import Path

from publiccredit.catalogue.generation.pages import page_files
from publiccredit.catalogue.generation.schemas import schema_files
from publiccredit.catalogue.generation.templates import template
from publiccredit.catalogue.types import Packs

__all__ = ["generated_files", "stale_files", "template", "write_files"]

OWNED = ("docs/catalogue", "docs/glossary.md", "docs/guide/issues.md")
"""Wholly generated: what stands there and is not generated any more is stale too."""


def generated_files(packs: Packs) -> dict[str, str]:
    """This will give the text of every generated file by its path below the repository."""
    return page_files(packs) | schema_files(packs)


def stale_files(packs: Packs, *, root: Path) -> list[str]:
    """This will give the paths whose file is missing, differs from the packs, or is left over."""
    files = generated_files(packs)
    differing = {p for p, text in files.items() if not (root / p).is_file() or (root / p).read_text("utf-8") != text}
    return sorted(differing | _left_over(files, root))


def write_files(packs: Packs, *, root: Path) -> list[str]:
    """This will bring every generated file up to date and give the paths that changed."""
    files = generated_files(packs)
    changed = stale_files(packs, root=root)
    for path in changed:
        if path in files:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(files[path], "utf-8")
        else:
            (root / path).unlink()
    return changed


def _left_over(files: dict[str, str], root: Path) -> set[str]:
    standing = {p.relative_to(root).as_posix() for folder in OWNED for p in (root / folder).rglob("*") if p.is_file()}
    return standing - set(files)
