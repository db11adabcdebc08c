"""The guides of docs/guide as pages of the site: one text, read in the repository and under 帮助."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from publiccredit.accounts.types import Role

FOLDER = Path(settings.BASE_DIR) / "docs" / "guide"
# Who reads which, in the order in which they are listed; a guide that is for a role is where its 帮助 leads.
GUIDES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("enterprise", "企业和其他组织", frozenset()),
    ("liaison", "部门联络员", frozenset({Role.LIAISON})),
    ("department-head", "部门负责人", frozenset({Role.DEPARTMENT_HEAD})),
    ("office", "信用办", frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD})),
    ("casework", "办理案件的人员", frozenset()),
    ("auditor", "审计人员", frozenset({Role.AUDITOR})),
    ("administrator", "系统管理员", frozenset({Role.ADMINISTRATOR})),
    ("second-factor", "用动态口令登录的人员", frozenset()),
    ("recipient", "采购人、银行、作决定的部门", frozenset()),
    ("issues", "看不懂退回原因的人", frozenset()),
    ("interface", "开发部门系统的人", frozenset()),
)
_TAGS = {
    "h1", "h2", "h3", "p", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "br",
    "table", "thead", "tbody", "tr", "th", "td", "blockquote", "hr",
}  # fmt: skip
_WIDE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2014\u2018-\u201d\u2026]")
_MARK = "\u3000"
_ATTRIBUTES = {"a": {"href"}, "h2": {"id"}, "h3": {"id"}, "pre": {"tabindex"}, "th": {"scope"}, "ol": {"start"}}


@dataclass(frozen=True)
class Section:
    anchor: str
    title: str


@dataclass(frozen=True)
class Guide:
    """A guide as a page: its title, its sections, and its text, cleaned of everything a page may not hold."""

    name: str
    title: str
    readers: str
    sections: tuple[Section, ...]
    html: str


def guide_of(*, role: Role | None) -> str:
    """Give the name of the guide of a role; nothing for who has no account."""
    return next((name for name, _, roles in GUIDES if role in roles), "")


def guides() -> tuple[Guide, ...]:
    """Give all guides in the order in which they are listed."""
    return tuple(guide for name, _, _ in GUIDES if (guide := read_guide(name=name)) is not None)


@cache
def read_guide(*, name: str) -> Guide | None:
    """Read a guide, or nothing where there is none of this name."""
    readers = {known: words for known, words, _ in GUIDES}
    file = FOLDER / f"{name}.md"
    if name not in readers or not file.exists():
        return None
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse("\n".join(line for line in file.read_text().splitlines() if not line.startswith("<!--")))
    title = ""
    sections: list[Section] = []
    for place, token in enumerate(tokens):
        words = tokens[place + 1].content if token.type == "heading_open" else ""
        if token.tag == "h1" and words:
            title = words
        elif token.tag == "h2" and words:
            sections.append(Section(f"s{len(sections) + 1}", words))
            token.attrSet("id", sections[-1].anchor)
        elif token.type in ("fence", "code_block"):
            token.attrSet("tabindex", "0")  # what may scroll sideways is reached by the keyboard
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        _lead(token)
        _join(token)
    first = next((i for i, t in enumerate(tokens) if t.type == "heading_close" and t.tag == "h1"), -1)
    html = parser.renderer.render(tokens[first + 1 :], parser.options, {})
    html = html.replace('<pre><code tabindex="0"', '<pre tabindex="0"><code')
    cleaned = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)
    return Guide(name=name, title=title, readers=readers[name], sections=tuple(sections), html=cleaned)


def _join(token: Token) -> None:
    """Leave no gap where a line of the text ends between two Chinese characters; elsewhere the break is a space."""
    children = token.children or []
    for before, child, after in zip(children, children[1:], children[2:], strict=False):
        if child.type == "softbreak" and _WIDE.search(_ends(before)[-1:]) and _WIDE.search(_ends(after)[:1]):
            child.type, child.content = "text", ""


def _ends(token: Token) -> str:
    """The words of a piece of text; for a mark around words, such as bold, a blank as wide as a Chinese character."""
    return (token.content if token.type in ("text", "code_inline") else "") or _MARK


def _lead(token: Token) -> None:
    """Let links between guides lead within the site; one to another file of the repository leads nowhere here."""
    for child in token.children or []:
        href = str(child.attrGet("href") or "") if child.type == "link_open" else ""
        target = urlsplit(href)
        if not href or target.scheme:
            continue
        name = Path(target.path).stem
        if any(name == known for known, _, _ in GUIDES) and target.path.endswith(".md"):
            child.attrSet("href", reverse("site:guide", args=[name]))
        elif not target.path.startswith("/"):
            child.attrs.pop("href")
