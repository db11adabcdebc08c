"""What every page knows about its reader: the size of type they chose, who they are, where they may go."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from publiccredit.accounts.types import DEPARTMENT_ROLES, OFFICE_ROLES, Role

TYPE_SIZE_COOKIE = "type_size"

PUBLIC_ENTRIES = (
    ("disclosure:departments", "部门"),
    ("disclosure:catalogue", "目录"),
    ("disclosure:glossary", "术语"),
    ("site:rights", "您的权利"),
    ("site:api_page", "数据接口"),
)
FOOTER_ENTRIES = (
    ("site:about", "关于本平台"),
    ("site:rights", "您的权利"),
    ("site:accessibility", "无障碍说明"),
    ("disclosure:catalogue", "信息目录"),
    ("disclosure:glossary", "术语"),
    ("site:api_page", "数据接口"),
)
DESK_ENTRIES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("intake:desk", "报送", DEPARTMENT_ROLES),
    ("oversight:board", "监督", OFFICE_ROLES | {Role.AUDITOR}),
    ("oversight:ledger", "留痕", frozenset({Role.AUDITOR, Role.OFFICE_HEAD})),
    ("oversight:ledger", "留痕", frozenset({Role.AUDITOR})),
    ("accounts:list", "账号", frozenset({Role.ADMINISTRATOR})),
)


@dataclass(frozen=True)
class Entry:
    text: str
    url: str
    current: str = ""  # "page" on the page itself, "true" on a page below it
    apart: bool = False


@dataclass(frozen=True)
class Reader:
    site_name: str
    demo: bool
    large_type: bool
    navigation: tuple[Entry, ...]
    footer: tuple[Entry, ...]


@cache
def _address(name: str) -> str:
    """Give an address, or nothing: a deployment may leave a part out, and then nothing leads to it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def own_desk(*, role: Role | None) -> str:
    """Give the address of the desk a role works at, else the home page."""
    return next((url for name, _, roles in DESK_ENTRIES if role in roles and (url := _address(name))), "/")


def _entry(name: str, text: str, *, path: str, apart: bool = False) -> Entry | None:
    url = _address(name)
    if not url:
        return None
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return Entry(text=text, url=url, current=current, apart=apart)


def site(request: HttpRequest) -> dict[str, Reader]:
    """Give every template the value ``reader``."""
    path = request.path
    public = [_entry(name, text, path=path) for name, text in PUBLIC_ENTRIES]
    role = getattr(getattr(request, "user", None), "role", None)
    desks = [_entry(name, text, path=path, apart=True) for name, text, roles in DESK_ENTRIES if role in roles]
    footer = [_entry(name, text, path=path) for name, text in FOOTER_ENTRIES]
    return {
        "reader": Reader(
            site_name=settings.SITE_NAME,
            demo=settings.DEMO,
            large_type=request.COOKIES.get(TYPE_SIZE_COOKIE) == "large",
            navigation=tuple(e for e in [*public, *desks] if e),
            footer=tuple(e for e in footer if e),
        )
    }
