"""Ways to break a copy of the packs, and what a refusal of a broken copy must say."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from publiccredit.catalogue import queries
from publiccredit.catalogue.loading import UnableToLoadPack, load_packs

OWN = queries.OWN_PACKS
PENALTY = "record_types/administrative_penalty.yml"
FORM = "exchanges/penalty_2015.yml"
SOURCE = "industries/taxation/sources/penalty.yml"
EDITION = "catalogue/national_2024.yml"
TERMS = "disclosure/terms/order_36.yml"
SEVERITY = "disclosure/severity/penalty_severity.yml"


def copied(folder: Path) -> Path:
    """Copy the packs, without the samples and the calendars of years gone by."""
    shutil.copytree(OWN, folder / "packs", ignore=shutil.ignore_patterns("samples", "20[01]*.yml", "202[0-4].yml"))
    return folder / "packs"


def edit(file: str, change: Callable[[dict], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        value = yaml.safe_load((folder / file).read_text("utf-8"))
        change(value)
        (folder / file).write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")

    return apply


def text(file: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = (folder / file).read_text("utf-8")
        assert old in content
        (folder / file).write_text(content.replace(old, new, 1), "utf-8")

    return apply


def write(file: str, content: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(content, "utf-8")

    return apply


def field(name: str, **changes: object) -> Callable[[dict], None]:
    return lambda value: next(f for f in value["fields"] if f["name"] == name).update(changes)


def column(header: str, **changes: object) -> Callable[[dict], None]:
    return lambda value: next(c for c in value["columns"] if c["header"] == header).update(changes)


def drop_column(header: str) -> Callable[[dict], None]:
    return lambda value: value.update(columns=[c for c in value["columns"] if c["header"] != header])


def item(**changes: object) -> Callable[[dict], None]:
    return lambda value: next(i for i in value["items"] if i["code"] == "3.2").update(changes)


ISSUES = """
- {code: R-001, check: required, title: 必填, severity: return, message: m, remedy: r, basis: b, confidence: K}
"""


def assert_refused(
    folder: Path, break_it: Callable[[Path], None], *, file: str, key: str, found: str, remedy: str
) -> None:
    """Break the copy, and hold that the refusal names file, key, finding and remedy."""
    if not (folder / "issues.yml").exists():
        write("issues.yml", ISSUES)(folder)
    break_it(folder)
    with pytest.raises(UnableToLoadPack) as refusal:
        load_packs.__wrapped__(folder)
    fitting = [p for p in refusal.value.problems if (p.file, p.key) == (file, key) and found in p.found]
    assert len(fitting) == 1, str(refusal.value)
    assert remedy in fitting[0].remedy
    assert str(fitting[0]) in str(refusal.value)
