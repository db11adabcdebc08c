"""What every page knows about its reader: the size of type they chose, who they are, where they may go."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from publiccredit.accounts.types import DEPARTMENT_ROLES, OFFICE_ROLES, Role
from publiccredit.site.demo.progress import read_progress
from publiccredit.site.guides import guide_of

TYPE_SIZE_COOKIE = "type_size"

PUBLIC_ENTRIES = (
    ("disclosure:departments", "部门"),
    ("disclosure:catalogue", "目录"),
    ("disclosure:glossary", "术语"),
    ("site:rights", "您的权利"),
    ("subjectdesk:desk", "我的信用"),
    ("site:api_page", "数据接口"),
)
FOOTER_ENTRIES = (
    ("site:about", "关于本平台"),
    ("site:rights", "您的权利"),
    ("site:help", "帮助"),
    ("subjectdesk:complain_of", "投诉"),
    ("site:accessibility", "无障碍说明"),
    ("disclosure:catalogue", "信息目录"),
    ("disclosure:glossary", "术语"),
    ("site:api_page", "数据接口"),
)
DESK_ENTRIES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("oversight:start", "待办", frozenset({Role.DEPARTMENT_HEAD})),
    ("site:office_start", "待办", OFFICE_ROLES),
    ("intake:desk", "报送", DEPARTMENT_ROLES),
    ("oversight:board", "监督", OFFICE_ROLES | {Role.AUDITOR}),
    ("casework:desk", "案件", DEPARTMENT_ROLES | OFFICE_ROLES | {Role.AUDITOR}),
    ("subjectdesk:proofs", "主体核验", OFFICE_ROLES),
    ("oversight:ledger", "留痕", frozenset({Role.AUDITOR, Role.OFFICE_HEAD})),
    ("recipients:escalated", "变更通知", OFFICE_ROLES),
    ("accounts:list", "账号", frozenset({Role.ADMINISTRATOR})),
    ("accounts:proposals", "权限审核", frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    ("recipients:list", "接收方", OFFICE_ROLES | {Role.ADMINISTRATOR}),
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
    demo: str  # what the banner of a demonstration says
    large_type: bool
    help_url: str
    navigation: tuple[Entry, ...]
    footer: tuple[Entry, ...]


def _demo() -> str:
    said = "演示环境：主体与记录均为虚构"
    state = read_progress(folder=settings.DATA_FOLDER)
    if state is None or state.complete:
        return said
    return f"{said}。演示数据正在报送：第 {state.filed} 项，共 {state.of} 项，刷新可见新的记录"


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


def _help(role: Role | None) -> str:
    """Lead an officer to the guide of the role, everybody else to the list."""
    name = guide_of(role=role)
    return reverse("site:guide", args=[name]) if name else reverse("site:help")


def _entries(named: list[tuple[str, str, bool]], *, path: str) -> tuple[Entry, ...]:
    """Give the entries that lead somewhere. The one whose address goes furthest along the path is the current one."""
    leading = [(text, url, apart) for name, text, apart in named if (url := _address(name))]
    nearest = max((url for _, url, _ in leading if path.startswith(url)), key=len, default="")
    return tuple(
        Entry(text=text, url=url, apart=apart, current="" if url != nearest else "page" if url == path else "true")
        for text, url, apart in leading
    )


def site(request: HttpRequest) -> dict[str, Reader]:
    """Give every template the value ``reader``."""
    path = request.path
    role = getattr(getattr(request, "user", None), "role", None)
    public = [(name, text, False) for name, text in PUBLIC_ENTRIES]
    desks = [(name, text, True) for name, text, roles in DESK_ENTRIES if role in roles]
    return {
        "reader": Reader(
            site_name=settings.SITE_NAME,
            demo=_demo() if settings.DEMO else "",
            large_type=request.COOKIES.get(TYPE_SIZE_COOKIE) == "large",
            help_url=_help(role),
            navigation=_entries([*public, *desks], path=path),
            footer=_entries([(name, text, False) for name, text in FOOTER_ENTRIES], path=path),
        )
    }
