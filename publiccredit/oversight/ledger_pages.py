"""The ledger for those who audit: what was done, as sentences; the proof of the chain; the head to keep elsewhere."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import Access, open_to
from publiccredit.accounts.types import ROLE_TITLES, Role
from publiccredit.catalogue.queries import NotInPacks, department, source, term
from publiccredit.ledger import queries as ledger

AUDIT = Access(roles=frozenset({Role.AUDITOR, Role.OFFICE_HEAD}))
PAGE = 50
NOTED = {
    "account": "账号",
    "attached": "对上记录的决定书",
    "changed": "更正",
    "channel": "途径",
    "department": "部门",
    "duplicates": "已在库",
    "file_sha256": "文件摘要",
    "from": "自",
    "held_unmatched": "待判定主体",
    "held_unserved": "待送达声明",
    "new": "新入库",
    "officer": "工作人员",
    "overrides": "确认无误的疑问",
    "questions": "待判定的问题",
    "reason": "理由",
    "released": "随即公示",
    "returned": "退回",
    "role": "岗位",
    "served_on": "送达日期",
    "source": "报送内容",
    "unmatched": "没有对上的决定书",
    "until": "至",
}
CHANNELS = {"page": "页面", "api": "接口", "command": "命令行"}


@dataclass(frozen=True)
class Line:
    """<actor> <verb> <object> <time>, and what else was noted."""

    position: int
    at: datetime
    actor: str
    department: str
    verb: str
    object: str
    notes: str
    hash: str


@open_to(AUDIT)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Show the newest acts, fifty a page; ``before`` continues behind a position, ``operation`` keeps one kind."""
    found = ledger.latest_entries()
    before, operation = request.GET.get("before", ""), request.GET.get("operation", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(position__lt=int(before))
    if operation:
        found = found.filter(operation=operation)
    page = list(found[: PAGE + 1])
    next_url = ""
    if len(page) > PAGE:
        next_url = f"?before={page[PAGE - 1].position}" + (f"&operation={operation}" if operation else "")
    names = accounts.spoken_names(names=[entry.actor for entry in page])
    lines = [
        Line(
            position=entry.position,
            at=entry.at,
            actor=names.get(entry.actor, entry.actor),
            department=_department(entry.department_code),
            verb=_word(entry.operation),
            object=f"{_word(entry.object_kind)} {entry.object_id}",
            notes=_notes(entry.payload),
            hash=bytes(entry.hash).hex(),
        )
        for entry in page[:PAGE]
    ]
    context = {
        "lines": lines,
        "next_url": next_url,
        "operation": _word(operation) if operation else "",
        "verdict": None,
    }
    return render(request, "oversight/ledger.html", context)


@open_to(AUDIT)
@require_POST
def verification(request: HttpRequest) -> HttpResponse:
    """Recompute the chain now and show the verdict."""
    verdict = ledger.verify()
    context = {"verdict": verdict, "verified_at": timezone.now()}
    return render(request, "oversight/ledger.html", context)


@open_to(AUDIT)
@require_GET
def head(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Hand out the present head as a file to keep outside the platform."""
    present = ledger.head()
    body = {"head": asdict(present) if present else None, "exported_at": timezone.now().isoformat()}
    response = HttpResponse(json.dumps(body, ensure_ascii=False, indent=2) + "\n", content_type="application/json")
    name = f"ledger-head-{present.position if present else 0}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _word(code: str) -> str:
    try:
        return term(code=code).zh
    except NotInPacks:
        return code


def _department(code: str) -> str:
    try:
        return department(code=code).name if code else ""
    except NotInPacks:
        return code


def _source(name: str) -> str:
    try:
        return source(name=name).title
    except NotInPacks:
        return name


def _notes(payload: str) -> str:
    noted = json.loads(payload)
    said = (f"{NOTED.get(key) or _word(key)} {_value(key, value)}" for key, value in noted.items() if _says(value))
    return "；".join(said)


def _says(value: object) -> bool:
    """Tell whether a noted value is worth a reader's time; the nothings stay in the entry itself."""
    return value not in (None, "", 0)


def _value(key: str, value: object) -> str:
    text = str(value)
    if key == "source":
        return _source(text)
    if key == "department":
        return _department(text)
    if key == "channel":
        return CHANNELS.get(text, text)
    if key == "role":
        return next((title for role, title in ROLE_TITLES.items() if role == text), text)
    return f"{text[:12]}…" if len(text) == 64 else text
