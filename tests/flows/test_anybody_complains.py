"""Anybody complains of a body without an account, and follows it with the code of the receipt."""

import re
from typing import Any

import pytest
from django.test import Client

from publiccredit.casework.models import Case, Letter
from publiccredit.subjectdesk.models import ReaderChallenge
from publiccredit.subjectdesk.operations import challenging as limits
from publiccredit.subjects.models import Record
from tests.flows.cases import CLERK
from tests.flows.officers import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
CONTACT = "13812345678"


def _typed(client: Client, **more: Any) -> dict[str, Any]:
    page = client.get("/complaints/?department=taxation").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    typed = {"key": key[1], "department": "taxation", "ground": "service", "request": "窗口拒收材料。"}
    return typed | {"contact": CONTACT} | more


def _code(receipt: str) -> str:
    found = re.search(r"([A-Z2-9]{4}-){3}[A-Z2-9]{4}", receipt)
    assert found is not None
    return found[0]


def test_the_pages_lead_there_and_say_who_decides(client: Client) -> None:
    assert 'href="/complaints/?department=taxation"' in client.get("/departments/taxation/").content.decode()
    rights = client.get("/rights/").content.decode()
    assert 'href="/complaints/"' in rights
    assert "对办理不满，可以投诉" in rights
    page = client.get("/complaints/?department=taxation").content.decode()
    assert '<option value="taxation" selected>' in page
    assert "由县信用办在 15 个工作日内调查处理" in page
    assert "也可以向濉溪县发展和改革委员会提出" in page


def test_a_complaint_is_a_case_that_names_nobody_and_is_followed_with_its_code(client: Client) -> None:
    typed = _typed(client)
    receipt = client.post("/complaints/", typed).content.decode()
    case = Case.objects.get()
    assert (case.procedure, case.department_code, case.applicant, case.applicant_name, case.contact) == (
        "complaint", "taxation", "reader", "读者", "",
    )  # fmt: skip
    assert case.number in receipt
    assert "被投诉单位：" in Letter.objects.get(case=case).text
    assert ReaderChallenge.objects.get().contact == CONTACT
    assert CONTACT not in read(CLERK, f"/cases/{case.pk}/")
    assert client.post("/complaints/", typed).content.decode().count(case.number) == receipt.count(case.number)
    assert Case.objects.count() == 1
    state = client.post("/challenges/", {"number": case.number, "code": _code(receipt)})
    assert "窗口拒收材料。" in state.content.decode()
    refused = client.post("/challenges/", {"number": case.number, "code": "AAAA-BBBB-CCCC-DDDD"})
    assert refused.status_code == 422


def test_an_objection_of_the_same_numbers_hides_no_complaint(client: Client, record: Record) -> None:
    address = f"/records/{record.pk}/challenge/"
    key = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())
    assert key is not None
    contested = {"key": key[1], "field": "", "ground": "other", "wrong": "金额与决定书不符", "source": "决定书第二页"}
    objection = _code(client.post(address, contested).content.decode())
    complaint = _code(client.post("/complaints/", _typed(client)).content.decode())
    numbers = {case.procedure: case.number for case in Case.objects.all()}
    assert numbers["complaint"][3:] == numbers["objection"][3:]
    for procedure, code in (("objection", objection), ("complaint", complaint)):
        digits = numbers[procedure][3:]
        assert numbers[procedure] in client.post("/challenges/", {"number": digits, "code": code}).content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"department": ""}, "请选择被投诉单位。"),
        ({"request": "差"}, "请至少写 4 个字"),
        ({"request": "我是 110101199003078515，窗口拒收"}, "请不要写身份证号码"),
        ({"contact": "找我"}, "联系不到您"),
        ({"key": "made-up"}, "本页打开已超过一天"),
    ],
)
def test_a_complaint_is_refused_where_nobody_could_look_into_it(
    client: Client, changed: dict[str, str], said: str
) -> None:
    answer = client.post("/complaints/", _typed(client, **changed))
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert said in answer.content.decode()


def test_so_many_come_from_one_address(client: Client) -> None:
    for _ in range(limits.OF_SOURCE_IN_HOUR):
        client.post("/complaints/", _typed(client))
    refused = client.post("/complaints/", _typed(client))
    assert (refused.status_code, Case.objects.count()) == (422, limits.OF_SOURCE_IN_HOUR)
    assert "从这里提出的次数过多" in refused.content.decode()
