"""Between two Chinese characters stands a Chinese mark (GB/T 15834): a half-width comma there looks like an accident."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HALF_WIDTH = re.compile("[\u4e00-\u9fff\u201d\uff09][,;:?!][\u4e00-\u9fff\u201c\uff08]")
DATA = ("example:", "aliases:", "pattern:")  # what senders write, not what the platform says
READ_BY_PEOPLE = sorted(
    path
    for folder, pattern in (("publiccredit", "*.html"), ("packs", "*.yml"))
    for path in (ROOT / folder).rglob(pattern)
    if "samples" not in path.parts
)


@pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_half_width_mark_stands_between_chinese_characters(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    assert [(n, line.strip()) for n, line in lines if HALF_WIDTH.search(line) and not _is_data(line)] == []


GUIDES = sorted((ROOT / "docs" / "guide").glob("*.md"))
IN_BOLD = re.compile("[\u4e00-\u9fff\u201d\uff09](?:\\*\\*)?[,;:?!](?:\\*\\*)?[\u4e00-\u9fff\u201c\uff08]")


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_no_half_width_mark_stands_after_chinese_in_a_guide(path: Path) -> None:
    outside = path.read_text(encoding="utf-8").split("```")[::2]  # what stands between fences is typed or printed so
    assert [found for text in outside for found in IN_BOLD.findall(re.sub("`[^`]*`", "", text))] == []


def _is_data(line: str) -> bool:
    return line.strip().startswith(DATA)
