"""
An objection marks a record on every surface that names it, whoever reads and by whichever way (DP-14).

The surfaces are not listed by hand: every address of the site is opened by every kind of reader with what is on file,
and whatever names the record must say that it is contested.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.casework.models import Case, Letter
from publiccredit.casework.operations import take_back_request
from publiccredit.catalogue.types import ProcedureName
from publiccredit.site import commands, database
from publiccredit.subjects.models import Record
from tests.accounts import Post, opened_accounts
from tests.factories import penalty_row
from tests.flows.cases import CLERK, HEAD, LIAISON, OFFICE_HEAD, opened, people
from tests.flows.desks import at_the_desk
from tests.flows.filing import AT, send
from tests.flows.officers import browser
from tests.flows.recipients import given, registered

pytestmark = pytest.mark.django_db
NUMBER = "濉市监处罚〔2026〕1号"
MARK = "异议处理中：处罚内容"
AUDITOR = Actor(name="auditor", role=Role.AUDITOR)
ASKED = (  # addresses with a question in them
    f"search/?q={NUMBER}",
    "search/?q=濉市监处罚2026第1号",
    "records/?month=2026-11",
    "records/?decided=2026-07",
    f"severity/?q={NUMBER}",
    f"cases/?q={NUMBER}",
    "cases/new/?record={record_id}",
    "cases/new/?record={record_id}&procedure=credit_repair",
    "cases/letters/?letter={letter_id}",
    "subjects/{identifier}/?known=2026-11-23",
)
# What was done stands in the ledger in the words of its day; it discloses nothing of how the record stands.
NO_DISCLOSURE = re.compile(r"^oversight/ledger|^log-out|^accounts/")
NAMES_IT = {  # some surfaces that must name it, or this test would walk past an empty house
    "", "search/?q=", "records/", "records/<int:record_id>/", "subjects/<str:identifier>/", "departments/<str:code>/",
    "api/v1/subjects/<str:identifier>", "api/v1/records/<str:record_id>", "api/v1/changes",
    "records/<int:record_id>/challenge/", "mine/", "mine/records/<int:record_id>/", "mine/copy.json", "mine/copy/",
    "mine/recipients/", "mine/cases/<int:case_id>/", "cases/", "cases/<int:case_id>/",
    "cases/<int:case_id>/letters/<int:letter_id>/", "cases/notices/<int:record_id>/", "severity/",
    "severity/<int:record_id>/", "intake/submissions/<int:submission_id>/rows/<str:kind>/",
    "oversight/late/",
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What is on file: one contested penalty, with all that hangs on it."""

    record: Record
    values: dict[str, list[Any]]


@pytest.fixture
def held() -> Iterator[Held]:
    act_as(actor=PROGRAM)
    people()
    opened_accounts([Post(AUDITOR.name, Role.AUDITOR, "")], at=AT)
    row = penalty_row(1, severity="一般", decided_on="2026-07-10", served_on="2026-07-12")
    submission, again = send([row]), send([row], later=60)
    record = Record.objects.get()
    recipient = registered()
    given(recipient, record)
    opened(ProcedureName.OBJECTION, record, ground="other", field="penalty_content", at=AT)
    opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=AT)
    opened(ProcedureName.REVOCATION_OR_CHANGE, record, ground="revoked", at=AT, by=CLERK)
    values = {
        "record_id": [record.pk],
        "identifier": [record.subject.uscc if record.subject else ""],
        "case_id": list(Case.objects.order_by("pk").values_list("pk", flat=True)),
        "letter_id": list(Letter.objects.order_by("pk").values_list("pk", flat=True)),
        "submission_id": [submission.pk, again.pk],
        "kind": ["accepted", "duplicates"],
        "code": ["market_regulation"],
        "recipient_id": [recipient.pk],
        "procedure": ["repair", "objection"],
    }
    with patch("django.utils.timezone.now", return_value=AT):
        yield Held(record, values)


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern) and not route.startswith(("static", "^")):
            yield route


def _addresses(values: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Give every address of the site with what is on file in it, each with the route it belongs to."""
    templates = [(route, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)) for route in _routes(get_resolver())]
    for route, template in [*templates, *((asked.partition("=")[0] + "=", asked) for asked in ASKED)]:
        named = re.findall(r"{(\w+)}", template)
        for chosen in product(*(values.get(name, [1]) for name in named)):
            yield route, "/" + template.format(**dict(zip(named, chosen, strict=True)))


def _readers(record: Record) -> dict[str, Client]:
    assert record.subject is not None
    officers = {actor.name: browser(actor) for actor in (LIAISON, HEAD, CLERK, OFFICE_HEAD, AUDITOR)}
    return {"anybody": Client(), "the subject": at_the_desk(record.subject, Client()), **officers}


def _text(answer: HttpResponse) -> str:
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code != 200 or not kind.startswith(("text/html", "application/json")):
        return ""
    text = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
    if kind.startswith("application/json"):
        return json.dumps(json.loads(text), ensure_ascii=False)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text.decode())))


def _is_marked(text: str) -> bool:
    contested = '"contested_fields": [{"name": "penalty_content", "title": "处罚内容"}]'
    return MARK in text or ('"dispute": "open"' in text and contested in text)


def test_whatever_names_a_contested_record_says_so(held: Held) -> None:
    named, unmarked = set(), set()
    for reader, client in _readers(held.record).items():
        for route, address in _addresses(held.values):
            if NO_DISCLOSURE.match(route):
                continue
            text = _text(client.get(address))
            act_as(actor=PROGRAM)
            if NUMBER in text:
                named.add(route)
                if not _is_marked(text):
                    unmarked.add(f"{reader}: {route}")
    assert sorted(unmarked) == []
    assert sorted(NAMES_IT - named) == []


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setattr(database, "start", lambda: None)
    for module in ("asking", "running", "severity"):
        monkeypatch.setattr(f"publiccredit.site.commands.{module}.today", AT.date)

    def said(*words: str) -> str:
        monkeypatch.setattr("sys.argv", ["publiccredit", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            commands.main()
        act_as(actor=PROGRAM)
        assert not ended.value.code
        return capsys.readouterr().out

    return said


def test_whatever_the_shell_says_of_a_contested_record_says_so(held: Held, run: Callable[..., str]) -> None:
    number = str(held.record.pk)
    for words in (
        ("show", held.values["identifier"][0]),
        ("case", "navigate", number, "--by", LIAISON.name),
        ("case", "notice", number, "--by", LIAISON.name),
        ("severity", "show", number, "--by", LIAISON.name),
    ):
        assert MARK in run(*words), words
        told = run(*words, "--json")
        assert MARK in told or '"dispute": "open"' in told, words


def test_a_citation_carries_the_mark_and_its_address_leads_to_it(held: Held) -> None:
    page = Client().get(f"/records/{held.record.pk}/").content.decode()
    name = f"行政处罚 {NUMBER}（{MARK}）"
    assert f"<title>{name} - " in page
    cited = re.findall(r'data-copy="([^"]*)"', page)
    assert cited == [
        f"http://testserver/records/{held.record.pk}/",
        f"濉溪县示例1号建材有限公司，{name}，公共信用信息平台，2026-11-10 查阅，http://testserver/records/{held.record.pk}/",
    ]
    assert f"{cited[1]}</p>" in page  # and without a script


@pytest.mark.parametrize("asked", [NUMBER, "濉市监处罚2026第1号"])
def test_a_search_by_document_number_shows_the_mark_beside_the_record(held: Held, asked: str) -> None:
    page = Client().get("/search/", {"q": asked}).content.decode()
    entry = page.split(f'<a href="/records/{held.record.pk}/">')[1].split("</li>")[0]
    assert MARK in entry


def test_the_line_of_time_of_a_subject_shows_the_mark(held: Held) -> None:
    page = Client().get(f"/subjects/{held.values['identifier'][0]}/").content.decode()
    table = page.split("不利的记录公示到哪一天")[1].split("</table>")[0]
    assert MARK in table


def test_a_mark_that_is_taken_back_is_gone_from_every_surface(held: Held) -> None:
    take_back_request(by=CLERK, case_id=held.values["case_id"][0], stated="来函撤回。", at=AT + timedelta(minutes=1))
    for route, address in _addresses(held.values):
        if route.startswith(("records/", "subjects/", "search/", "departments/", "api/v1/")):
            now = _text(Client().get(address)).partition(" 版本 ")[0]  # its versions tell that there was one
            assert not _is_marked(now), route
